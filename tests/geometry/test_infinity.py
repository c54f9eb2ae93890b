"""The certificate at infinity: it never accepts a simplex that is too small, whatever lies exactly on its walls."""

from __future__ import annotations

import random
from collections import Counter
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from geometry.agreement import check_agreement
from geometry.nasty_networks import relu_network
from oracles import brute_force
from oracles.networks import he_network, quarter_network, tangled_network

from exactrev.geometry import RegionComplex, complex, regions
from exactrev.geometry.complex import FIRST_EXPONENT
from exactrev.geometry.domain import Simplex
from exactrev.geometry.enumeration import MEMORY, Enumeration
from exactrev.geometry.infinity import is_complete_at_infinity
from exactrev.geometry.rounding import RoundedNetwork
from exactrev.network import Network

R = 2**FIRST_EXPONENT


def inside_simplex(net: Network, radius: int) -> RegionComplex:
    """The cells inside a simplex of any size (for networks whose first layer has full column rank)."""
    found, cells = complex._enumerate(net, Simplex(net.n_in, radius), None, MEMORY)
    return RegionComplex(net, None, found, cells, tuple(range(net.n_in)))


def combinatorics(cells: RegionComplex) -> object:
    signs = [cells.sign_vector(cell) for cell in range(cells.n_cells)]
    facets = {
        frozenset({signs[one], signs[other]}): cells.facet_neurons(facet)
        for facet, (one, other) in enumerate(cells.facet_cells.tolist())
    }
    return {s: bool(cells.is_bounded(i)) for i, s in enumerate(signs)}, facets


def coinciding_network(seed: int, radius: int) -> Network:
    """Small weights, and biases that are multiples of the radius: much vanishes on walls and in corners."""
    rng = random.Random(seed)
    n = rng.choice([1, 2, 2, 3])
    widths = (n, *rng.choice([(2,), (3,), (2, 2), (3, 2), (2, 1, 1), (1, 2, 1)]), 1)
    size = [0, 1, -1, radius, -radius, 2 * radius, -2 * radius, n * radius, -n * radius, radius**2, -(radius**2)]
    rows = [
        [[*(rng.choice([-1, 0, 1, 1]) for _ in range(below)), rng.choice(size)] for _ in range(width)]
        for below, width in pairwise(widths)
    ]
    return relu_network(*rows[:-1], output=rows[-1])


def wall_coincidences(found: Enumeration) -> int:
    """Vertices exactly on a wall without being tight there, which leave it when the simplex grows."""
    skeleton, zeros = found.skeleton, found.zeros
    if zeros is None:
        return 0
    M, count = skeleton.M, skeleton.vertices
    on_wall = zeros[M:, :count] & (skeleton.signs[M:, :count] > 0)
    leaving = 0
    vertices = np.flatnonzero(on_wall.any(axis=0))
    directions = found.exact.directions(skeleton.tight[vertices], skeleton.signs[:, vertices]) if len(vertices) else []
    for v, q in zip(vertices.tolist(), directions, strict=True):
        for w, (normal, _) in enumerate(found.domain.walls()):
            slope = sum(a * x for a, x in zip(normal, q, strict=True)) + found.exact.wall_speeds[w]
            leaving += bool(on_wall[w, v] and slope != 0)
    return leaving


@pytest.mark.parametrize("exponent", [1, 2, 3])
def test_coincidences_with_the_walls_of_the_first_simplex(exponent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(complex, "FIRST_EXPONENT", exponent)
    monkeypatch.setattr(complex, "_scale_exponent", lambda network: 0)
    radii: Counter[bool] = Counter()
    for seed in range(40):
        for net in (coinciding_network(seed, 2**exponent), tangled_network(seed)):
            found = regions(net)
            check_agreement(found, brute_force(net))
            assert isinstance(found.found.domain, Simplex)
            radii[found.found.domain.radius > 2**exponent] += 1
    assert min(radii[True], radii[False]) > 10  # both: a first simplex that was enough, and one that was not


def test_what_was_accepted_does_not_change_as_the_simplex_grows() -> None:
    verdicts: Counter[bool] = Counter()
    for seed in range(60):
        net = coinciding_network(seed, 4) if seed % 2 else quarter_network(seed, 2, 4, 3, 1)
        if len(complex._independent_coordinates(net)) < net.n_in:
            continue
        here = inside_simplex(net, 4)
        accepted = is_complete_at_infinity(here.found)
        verdicts[accepted] += 1
        if accepted:
            # All zeros persist: those of walls need no check of their own (docs/error_bound.md [9]).
            assert not wall_coincidences(here.found)
            for radius in (5, 7, 1000, 2**40):
                assert combinatorics(inside_simplex(net, radius)) == combinatorics(here)
    assert min(verdicts[True], verdicts[False]) > 5


@pytest.mark.parametrize("widths", [(2, 5, 4, 1), (3, 4, 3, 1), (2, 3, 3, 3, 1), (1, 4, 4, 1)], ids=str)
def test_a_simplex_that_is_too_small_is_refused(widths: tuple[int, ...]) -> None:
    too_small = 0
    for seed in range(8):
        net = he_network(seed, *widths)
        everywhere = combinatorics(regions(net))
        for radius in (1, 4, 64):
            here = inside_simplex(net, radius)
            if combinatorics(here) != everywhere:
                too_small += 1
                assert not is_complete_at_infinity(here.found)
    assert too_small > 3


ON_WALLS = {
    # ReLU(x) = R: the boundary is the wall of the simplex; layer 1 alone says nothing of this size.
    "a_wall_in_one_dimension": relu_network([[1, 0], [-1, 0]], [[1, 0, -R], [0, 1, -R]]),
    "a_wall_in_two_dimensions": relu_network([[-1, 0, 0], [0, 1, 0]], [[1, 0, -R], [1, 1, -R]]),
    "both_walls": relu_network([[-1, 0, 0], [0, -1, 0]], [[1, 0, -R], [0, 1, -R], [1, 1, -2 * R]]),
    # -x - y = 2R touches the corner (-R, -R) from outside, x - y goes through it.
    "the_corner": relu_network([[-1, 0, 0], [0, -1, 0]], [[1, 1, -2 * R], [1, -1, 0]]),
    "the_corner_from_inside": relu_network([[-1, -1, 0], [1, 0, 0]], [[-1, 0, 2 * R], [1, 1, -2 * R]]),
    "the_slanted_wall": relu_network([[1, 1, 0], [1, 0, 0]], [[1, 0, -2 * R], [-1, 0, 2 * R]]),
    "a_slanted_line_through_a_far_corner": relu_network([[1, 0, 0], [0, -1, 0]], [[1, 0, -3 * R], [1, 3, -6 * R]]),
    "the_second_simplex": relu_network([[1, 0, 0], [0, 1, 0], [-1, -1, 0]], [[1, 0, 0, -R], [0, 0, 1, -2 * R * R]]),
    "the_third_simplex": relu_network([[-1, 0]], [[1, -R]], [[1, R - R**2]], [[1, R**2 - R**4]]),
    "a_thick_cell_that_begins_at_a_wall": relu_network([[-1, 0, 0], [0, 1, 0]], [[1, 0, -R]], [[1, 0], [2, 0]]),
    "a_thick_cell_that_ends_at_a_wall": relu_network([[-1, 0, 0], [0, 1, 0]], [[-1, 0, R]], [[1, 0], [1, -1]]),
    "two_planes_that_meet_on_a_wall": relu_network(
        [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]], [[1, 1, 0, -R], [1, -1, 0, -R]]
    ),
}


@pytest.mark.parametrize("net", ON_WALLS.values(), ids=ON_WALLS.keys())
def test_boundaries_exactly_on_walls_and_corners(net: Network) -> None:
    found = regions(net)
    check_agreement(found, brute_force(net))
    # And with the signs turned round, so that what counts as plus is the other side.
    turned = [([[-w for w in row] for row in layer.W], [-b for b in layer.b]) for layer in net.layers[1:-1]]
    other = Network.from_arrays([(net.layers[0].W, net.layers[0].b), *turned, (net.layers[-1].W, net.layers[-1].b)])
    check_agreement(regions(other), brute_force(other))


@pytest.mark.parametrize("scale", [1, 2**19, 2**20, 3 * 2**18, 2**40, 10**30])
def test_regions_keep_their_number_when_inputs_are_scaled(scale: int) -> None:
    # Biases and inputs times `scale`: the same complex, larger.
    for seed in range(6):
        net = quarter_network(seed, 2, 4, 3, 1)
        layers = [(layer.W, [b * scale for b in layer.b]) for layer in net.layers]
        assert combinatorics(regions(Network.from_arrays(layers))) == combinatorics(regions(net))


def test_parallel_lines_that_are_told_apart_far_away_only() -> None:
    # 2^-40 apart in slope: they meet at x = 2^40, beyond the first simplex.
    net = relu_network([[1, 0, 0], [0, 1, 0], [-1, 2**40, 2**40]], [[1, 0, 0, -(2**41)]])
    check_agreement(regions(net), brute_force(net))
    later = relu_network([[1, 0, 0], [0, 1, 0]], [[1, 0, 1], [1, "1/1099511627776", 0], [1, -1, -1]])
    check_agreement(regions(later), brute_force(later))


def test_an_inactive_neuron_that_drifts_towards_zero_by_less_than_floats_tell() -> None:
    # Along x = y, where z[2,0] vanishes, only x - y + 1 is active, so everything later is constant there; but
    # (1 + 2^-60) x - y - 1, inactive so far, becomes active at x = 2^60.
    net = relu_network([[1, -1, 1], [1 + Fraction(1, 2**60), -1, -1]], [[1, 0, -1]])
    check_agreement(regions(net), brute_force(net))
    assert not is_complete_at_infinity(inside_simplex(net, R).found)


@pytest.mark.parametrize("widths", [(2, 5, 4, 1), (3, 4, 3, 1)], ids=str)
def test_a_simplex_that_is_too_small_is_refused_in_exact_integers(
    widths: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    original = RoundedNetwork.__init__

    def out_of_range(self: RoundedNetwork, *args: Any) -> None:
        original(self, *args)
        self.is_in_range = False

    monkeypatch.setattr(RoundedNetwork, "__init__", out_of_range)
    refused = 0
    for seed in range(4):
        net = he_network(seed, *widths)
        everywhere = combinatorics(regions(net))
        for radius in (1, 16):
            here = inside_simplex(net, radius)
            accepted = is_complete_at_infinity(here.found)
            refused += not accepted
            assert not accepted or combinatorics(here) == everywhere
    assert refused > 3
