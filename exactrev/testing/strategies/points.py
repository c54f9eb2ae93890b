"""Strategies for points and lines: anywhere, or in a region, on a boundary, on a ridge of a network; all exact.

Knows how to move a point within the face of the region complex that it is on. Does not know how networks are made.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Literal

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from exactrev.arithmetic.integer_matrices import integer_nullspace
from exactrev.geometry import Boundaries, boundaries, regions
from exactrev.network import Network, Neuron, Point
from exactrev.recovery.points import Line
from exactrev.testing.strategies.rationals import rationals

__all__ = ["Place", "lines", "points"]

Place = Literal["anywhere", "region", "boundary", "ridge"]
_PLACES = ("anywhere", "region", "boundary", "ridge")

_MOST_HALVINGS = 60


def points(
    space: int | Network,
    entries: st.SearchStrategy[Fraction] | None = None,
    *,
    on: Place = "anywhere",
    neuron: Neuron | None = None,
) -> st.SearchStrategy[Point]:
    """Points of Q^n, or of the input space of a network; there also `on` a "region", "boundary" or "ridge".

    In a region no preactivation vanishes; on a boundary, the point is inside a piece of one (of several, where they
    coincide); on a ridge, boundaries cross in a face of codimension two. With `neuron`, it is its boundary, or a ridge
    on it. The point is one that the geometry found, moved within its region or face by a vector of `entries`, halved
    until it stays there.

    Shrinks towards the origin; in a region, on a boundary or a ridge towards the first one, and no move. Where there
    is no such place, because all cells are thick, or no boundaries cross, no example can be drawn
    (`hypothesis.errors.Unsatisfiable`). Raises `ValueError` for a dimension below 1, an unknown place, or a place
    without a network.
    """
    numbers = entries if entries is not None else rationals()
    n = space.n_in if isinstance(space, Network) else space
    if n < 1:
        raise ValueError(f"a point needs at least one coordinate, not {n}")
    if on not in _PLACES:
        raise ValueError(f"no place is called {on!r}; there are {', '.join(_PLACES)}")
    if on == "anywhere":
        if neuron is not None:
            raise ValueError("anywhere is on no neuron's boundary")
        return st.tuples(*[numbers] * n)
    if not isinstance(space, Network):
        raise ValueError(f"a {on} is a network's, not one of a space of dimension {space}")
    if neuron is not None:
        if on == "region":
            raise ValueError("a region is on no neuron's boundary")
        space.require_neuron(neuron)
    # Found once, when the first point is drawn.
    return _found(space, on, neuron, numbers, cache(lambda: boundaries(regions(space))))


@st.composite
def lines(
    draw: st.DrawFn,
    space: int | Network,
    entries: st.SearchStrategy[Fraction] | None = None,
    *,
    on: Place = "anywhere",
    neuron: Neuron | None = None,
) -> Line:
    """Lines {origin + t direction}, as recovery scans them; the origin is from `points`, which see.

    Shrinks towards the last axis, through the simplest origin.
    """
    numbers = entries if entries is not None else rationals()
    origin = draw(points(space, entries, on=on, neuron=neuron))
    direction = [draw(numbers) for _ in origin]
    if not any(direction):
        direction[-1] = Fraction(1)
    return Line(origin, tuple(direction))


@st.composite
def _found(
    draw: st.DrawFn,
    net: Network,
    on: Place,
    neuron: Neuron | None,
    numbers: st.SearchStrategy[Fraction],
    find_boundaries: Callable[[], Boundaries],
) -> Point:
    point = _representative(draw, find_boundaries(), on, neuron)
    # Along the face, the preactivations that vanish keep vanishing: a direction that their forms map to zero.
    signs, pattern = net.sign_vector(point), net.pattern(point)
    maps = net.preactivation_maps(pattern)
    vanishing = [maps[k].rows[i][:-1] for k, layer in enumerate(signs) for i, sign in enumerate(layer) if sign == 0]
    basis = integer_nullspace(vanishing) if vanishing else _axes(net.n_in)
    move = [Fraction(0)] * net.n_in
    for vector in basis:
        amount = draw(numbers)
        move = [entry + amount * v for entry, v in zip(move, vector, strict=True)]
    for halvings in range(_MOST_HALVINGS if any(move) else 0):
        moved = tuple(x + entry / 2**halvings for x, entry in zip(point, move, strict=True))
        if net.sign_vector(moved) == signs:
            return moved
    return point


def _representative(draw: st.DrawFn, found: Boundaries, on: Place, neuron: Neuron | None) -> Point:
    complex = found.complex
    if on == "region":
        assume(complex.n_regions)
        return complex.interior_point(draw(st.integers(0, complex.n_regions - 1)))
    if on == "boundary":
        facets = range(complex.n_facets) if neuron is None else found.of(neuron).pieces.tolist()
        assume(facets)
        return complex.facet_point(draw(st.sampled_from(facets)))
    ridges = np.flatnonzero(found.ridges.is_ridge).tolist()
    if neuron is not None:
        ridges = [ridge for ridge in ridges if neuron in found.ridge_neurons(ridge)]
    assume(ridges)
    return found.ridge_point(draw(st.sampled_from(ridges)))


def _axes(n: int) -> list[tuple[int, ...]]:
    return [tuple(int(i == k) for i in range(n)) for k in range(n)]
