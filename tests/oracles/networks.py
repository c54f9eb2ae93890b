"""Networks for the tests of the geometry: small ones for Hypothesis, full of degeneracies, and larger ones by seed."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from exactrev.network import Network

__all__ = ["he_network", "quarter_network", "small_boxes", "small_networks", "tangled_network", "wide_ranging_network"]

MAX_NEURONS = {1: 8, 2: 7, 3: 5}
"""By n_in: so that the tree of sign prefixes stays within some hundred leaves."""

ENTRIES = (
    st.integers(-1, 1),
    st.integers(-3, 3),
    st.integers(-8, 8).map(lambda p: Fraction(p, 4)),
    st.fractions(-5, 5, max_denominator=12),
)


@st.composite
def small_networks(draw: st.DrawFn) -> Network:
    """Up to three hidden layers, entries of one kind a network. Small integers make parallel, coincident and dead rows.

    Now and then a row is a multiple of an earlier one. Shrinks to two inputs, one neuron, zeros.
    """
    n = draw(st.sampled_from([2, 1, 3]))
    widths: list[int] = []
    for _ in range(draw(st.sampled_from([1, 2, 3, 0]))):
        room = min(4, MAX_NEURONS[n] - sum(widths))
        if room:
            widths.append(draw(st.sampled_from(range(1, room + 1)[::-1])))
    entry = draw(st.sampled_from(ENTRIES))
    layers = []
    n_below = n
    for width in [*widths, draw(st.integers(1, 2))]:
        rows: list[list[Any]] = []
        for _ in range(width):
            if rows and not draw(st.integers(0, 5)):
                factor = draw(st.sampled_from([1, -1, Fraction(7, 3), -2]))
                rows.append([factor * a for a in draw(st.sampled_from(rows))])
            else:
                rows.append([draw(entry) for _ in range(n_below + 1)])
        layers.append(([row[:-1] for row in rows], [row[-1] for row in rows]))
        n_below = width
    return Network.from_arrays(layers)


def tangled_network(seed: int) -> Network:
    """A small network of rows that meet in special ways: parallel, opposite, through one point, sums that cancel.

    By seed rather than by Hypothesis, whose first hundreds of examples are mostly smaller than is interesting here.
    """
    rng = random.Random(seed)
    n = rng.choice([1, 2, 2, 3])
    widths: list[int] = []
    while not widths or (sum(widths) < MAX_NEURONS[n] and rng.random() < 0.8):
        widths.append(min(rng.choice([1, 2, 3, 3, 4]), MAX_NEURONS[n] - sum(widths)))
    size = rng.choice([1, 2, 3])
    layers = []
    n_below = n
    for width in [*widths, 1]:
        rows: list[list[int]] = []
        for _ in range(width):
            row = [rng.randint(-size, size) for _ in range(n_below)]
            bias = rng.randint(-size, size)
            if rows and rng.random() < 0.4:  # opposite, parallel, or the same hyperplane as an earlier row
                factor = rng.choice([-1, -1, 1, 2])
                *row, bias = (factor * entry for entry in rng.choice(rows))
                bias += rng.choice([0, 0, 1, -1])
            rows.append([*row, bias])
        layers.append(([row[:-1] for row in rows], [row[-1] for row in rows]))
        n_below = width
    return Network.from_arrays(layers)


@st.composite
def small_boxes(draw: st.DrawFn, n: int) -> tuple[tuple[Fraction, ...], tuple[Fraction, ...]]:
    """Corners lo < hi with small rational coordinates, which often lie on boundaries."""
    lo = tuple(Fraction(p, 2) for p in draw(st.lists(st.integers(-8, 6), min_size=n, max_size=n)))
    size = tuple(Fraction(p, 2) for p in draw(st.lists(st.integers(1, 12), min_size=n, max_size=n)))
    return lo, tuple(a + b for a, b in zip(lo, size, strict=True))


def he_network(seed: int, *widths: int) -> Network:
    """Weights N(0, 2/fan-in), biases N(0, 1): floats, taken exactly."""
    rng = random.Random(seed)
    return Network.from_arrays(
        (
            [[rng.gauss(0, (2 / n) ** 0.5) for _ in range(n)] for _ in range(width)],
            [rng.gauss(0, 1) for _ in range(width)],
        )
        for n, width in pairwise(widths)
    )


def quarter_network(seed: int, *widths: int) -> Network:
    """Weights and biases from -1, -3/4, ..., 1: many coincidences."""
    rng = random.Random(seed)
    return Network.from_arrays(
        (
            [[Fraction(rng.randint(-4, 4), 4) for _ in range(n)] for _ in range(width)],
            [Fraction(rng.randint(-4, 4), 4) for _ in range(width)],
        )
        for n, width in pairwise(widths)
    )


def wide_ranging_network(seed: int, *widths: int) -> Network:
    """Entries of magnitude 1, 10^12, 10^-12, 10^200, 10^-200: beyond what floats can add up or multiply."""
    rng = random.Random(seed)

    def entry() -> Fraction:
        return rng.choice([-1, 1]) * rng.randint(1, 9) * Fraction(10) ** rng.choice([0, 0, 0, 0, 12, -12, 200, -200])

    return Network.from_arrays(
        ([[entry() for _ in range(n)] for _ in range(width)], [entry() for _ in range(width)])
        for n, width in pairwise(widths)
    )
