"""The floating point bounds hold: true errors, worked out in rationals, never exceed them (docs/error_bound.md)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from geometry.agreement import check_agreement
from geometry.nasty_networks import relu_network
from oracles import brute_force
from oracles.networks import he_network

from exactrev.geometry import regions
from exactrev.geometry.enumeration import Enumeration
from exactrev.network import Network

DEEP = [(2, *[10] * 8, 1), (2, *[16] * 10, 1), (3, *[8] * 4, 1), (5, 7, 7, 1), (1, *[12] * 6, 1)]
KINDS = ["scaled", "nearly_parallel", "at_the_ends_of_the_range", "thirds", "cancelling"]
WIDTHS = [(2, 6, 6, 6, 1), (3, 5, 5, 1), (2, 4, 4, 4, 4, 4, 1), (1, 5, 5, 5, 1), (4, 5, 4, 1)]


def wild_network(seed: int, kind: str, widths: tuple[int, ...]) -> Network:
    """Hard for floats: large and small scales, nearly equal rows, sums that cancel to 40 bits."""
    rng = random.Random(seed)

    def matrix(rows: int, columns: int) -> list[list[Fraction | float]]:
        if kind == "nearly_parallel":
            base = [rng.gauss(0, 1) for _ in range(columns)]
            return [[x * (1 + 1e-9 * rng.gauss(0, 1)) for x in base] for _ in range(rows)]
        return [[entry() for _ in range(columns)] for _ in range(rows)]

    def entry() -> Fraction | float:
        if kind == "thirds":
            return Fraction(rng.randint(-9, 9), rng.choice([3, 7, 11]))
        if kind == "cancelling":
            return rng.choice([1, -1]) * (1 + rng.randint(0, 3) * 2.0**-40)
        exponents = [-190, 190, 0, 0] if kind == "at_the_ends_of_the_range" else range(-30, 31)
        return rng.gauss(0, 1) * 2.0 ** rng.choice(exponents)

    scale = rng.choice([1.0, 1e-8, 1e8])
    return Network.from_arrays(
        (matrix(rows, columns), [rng.gauss(0, 1) * scale for _ in range(rows)]) for columns, rows in pairwise(widths)
    )


def located(found: Enumeration, count: int) -> np.ndarray:
    """Some vertices that floats alone have located."""
    vertices = np.setdiff1d(np.arange(found.skeleton.vertices), list(found.exact_signs))
    return np.sort(np.random.default_rng(0).permutation(vertices)[:count])


def shares(exact: Iterator[Fraction], floats: np.ndarray, bounds: np.ndarray) -> list[float]:
    """|exact - float| / bound for every finite bound; infinite where the bound is 0 and the float is wrong."""
    result = []
    for x, f, bound in zip(exact, floats.ravel().tolist(), bounds.ravel().tolist(), strict=True):
        if np.isfinite(bound):
            error = abs(Fraction(f) - x)
            result.append(0.0 if not error else float(error / Fraction(bound)) if bound else float("inf"))
    return result


def position_shares(found: Enumeration, count: int) -> list[float]:
    vertices = located(found, count)
    exact = (x for point in found.points_of(vertices) for x in point)
    return shares(exact, found.skeleton.points[vertices], found.skeleton.radii[vertices])


def direction_shares(found: Enumeration, count: int) -> list[float]:
    skeleton = found.skeleton
    vertices, directions, radii = found.moving_vertices()
    chosen = np.random.default_rng(0).permutation(len(vertices))[:count]
    exact = found.exact.directions(skeleton.tight[vertices[chosen]], skeleton.signs[:, vertices[chosen]])
    return shares((x for direction in exact for x in direction), directions[chosen], radii[chosen])


def value_shares(found: Enumeration, count: int) -> tuple[list[float], list[float]]:
    """Both filters, for every neuron at some vertices, in the cell that the enumeration uses there."""
    rounded, skeleton = found.rounded, found.skeleton
    vertices = located(found, count)
    exact = [found.net.preactivations(point) for point in found.points_of(vertices)]
    offsets, n = rounded.offsets, len(vertices)
    first, second = [], []
    for layer in range(1, found.net.depth + 1):
        masks = [(skeleton.signs[low:high, vertices] > 0).T for low, high in pairwise(offsets[:layer])]
        radii = skeleton.radii[vertices]
        with np.errstate(all="ignore"):
            forward = rounded.forward_with_errors(skeleton.points[vertices], masks, layer - 1)
            spread = rounded.spread_errors(radii, forward, masks, layer - 1)
            ids = np.tile(np.arange(offsets[layer - 1], offsets[layer]), n)
            at = np.repeat(np.arange(n), offsets[layer] - offsets[layer - 1])
            values = rounded.values(ids, at, forward.activations)
            forms = rounded.forms(ids, at, masks)
            adjoint = rounded.value_errors(ids, at, forward) + rounded.adjoint_errors(forms, at, forward)
            slopes = np.abs(forms.gradients) + rounded.gamma_back * forms.magnitudes
            adjoint += (slopes * radii[at]).sum(axis=1)
            plain = rounded.value_errors(ids, at, forward, spread)
        truth = [z for point in exact for z in point[layer - 1]]
        first += shares(iter(truth), values, plain)
        second += shares(iter(truth), values, adjoint)
    return first, second


def gradient_shares(found: Enumeration, count: int) -> list[float]:
    """The backward passes, for the tight forms at some vertices."""
    skeleton, rounded = found.skeleton, found.rounded
    vertices = located(found, count)
    tight = skeleton.tight[vertices]
    result = []
    offsets = rounded.offsets
    masks = [(skeleton.signs[low:high, vertices] > 0).T for low, high in pairwise(offsets)]
    ids, at = tight.ravel().astype(np.int64), np.repeat(np.arange(len(vertices)), tight.shape[1])
    with np.errstate(all="ignore"):
        forms = rounded.forms(ids, at, masks)
    for r, (i, k) in enumerate(zip(ids.tolist(), at.tolist(), strict=True)):
        if i < rounded.M:
            layer = int(rounded.layer_of[i])
            pattern = [mask[k].tolist() for mask in masks]
            row = found.net.preactivation_map(layer, pattern).W[i - offsets[layer - 1]]
            result += shares(iter(row), forms.gradients[r], rounded.gamma_back * forms.magnitudes[r])
    return result


@pytest.mark.parametrize("widths", DEEP, ids=str)
def test_true_errors_stay_far_below_their_bounds_in_deep_networks(widths: tuple[int, ...]) -> None:
    found = regions(he_network(3, *widths)).found
    assert found.open_signs == 0  # the bounds are sharp enough to decide everything
    # Measured: at most 0.08 for positions and 0.14 for directions.
    assert max(position_shares(found, 150)) < 0.3
    assert max(direction_shares(found, 40)) < 0.5
    first, second = value_shares(found, 8)
    assert max(first) < 0.3
    assert max(second) < 0.3
    assert max(gradient_shares(found, 30)) < 0.3


@pytest.mark.parametrize("kind", KINDS)
def test_true_errors_stay_below_their_bounds_in_networks_that_are_hard_for_floats(kind: str) -> None:
    compared = 0
    for seed in range(10):
        found = regions(wild_network(seed, kind, WIDTHS[seed % len(WIDTHS)])).found
        assert found.rounded.is_in_range
        every = [position_shares(found, 40), direction_shares(found, 20), gradient_shares(found, 6)]
        every += value_shares(found, 6)
        # The bound may be attained up to the factors that cover its own rounding.
        assert all(share < 1 for part in every for share in part)
        compared += sum(map(len, every))
    assert compared > 700


def far_off_network(*later_rows: list[int]) -> Network:
    """z[2,0] vanishes at x = 4/3, but in floats at x = 1: its weight 1.5 * 2^-1074 is rounded to 2^-1073.

    2^900 x * 1.5 * 2^-1074 = 2^-173 gives x = 4/3.
    """
    weight, bias = Fraction(3, 2) / 2**1074, Fraction(-1, 2**173)
    return relu_network([[2**900, 0, 0], *later_rows], [[weight, *[0] * len(later_rows), bias]])


def test_no_radius_is_claimed_where_rounding_a_weight_is_a_large_relative_error() -> None:
    found = regions(far_off_network([1, 1, -1])).found
    assert not found.rounded.is_in_range
    vertices = np.arange(found.skeleton.vertices)
    exact = (x for point in found.points_of(vertices) for x in point)
    assert all(share < 1 for share in shares(exact, found.skeleton.points[vertices], found.skeleton.radii[vertices]))


@pytest.mark.parametrize("seed", range(12))
def test_regions_of_a_network_whose_vertices_floats_misplace(seed: int) -> None:
    # Lines that cross between x = 1 and x = 4/3: the corners of cells come in another order in floats.
    rng = random.Random(seed)
    rows = []
    for _ in range(rng.choice([3, 4])):
        x, y = Fraction(rng.randint(10, 14), 11), Fraction(rng.randint(-3, 3), 10)
        slope, rise = rng.randint(-3, 3), rng.choice([1, -1, 2, 3])
        rows.append([slope, rise, -(slope * x + rise * y)])
    net = far_off_network(*rows)
    check_agreement(regions(net), brute_force(net))


SIZES = {
    "the_ends_of_the_range": [199, -199, 0],
    "just_outside_the_range": [-201, -199, 199, 201],
    "subnormals": [0, 0, -1074, -1070, -1022],
    "nearly_overflow": [0, 0, 1000, -1000],
    "no_floats_at_all": [0, 1300, -1300],
    "subnormal_weights_of_large_activations": [0, 0, 0, -1074, 900, -173],
}


@pytest.mark.parametrize("exponents", SIZES.values(), ids=SIZES.keys())
def test_regions_of_networks_with_numbers_of_extreme_sizes(exponents: list[int]) -> None:
    for seed in range(5):
        rng = random.Random(seed)
        widths = rng.choice([(2, 4, 2, 1), (2, 2, 2, 2, 1), (1, 4, 4, 1), (3, 3, 1, 1)])
        rows = [
            [[rng.randint(-3, 3) * Fraction(2) ** rng.choice(exponents) for _ in range(n + 1)] for _ in range(width)]
            for n, width in pairwise(widths)
        ]
        net = relu_network(*rows[:-1], output=rows[-1])
        check_agreement(regions(net), brute_force(net))
