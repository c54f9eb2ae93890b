"""Hypothesis strategies for rationals, points, networks and isomorphisms.

Knows which networks break naive tools, and makes them often: rows of zeros, duplicates, parallel and coincident
hyperplanes, zero biases, neurons that are never active, width 1. Does not know any statement about networks.
The only module of exactrev that imports Hypothesis.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TypeVar

from exactrev.network import AffineMap, Network, Point
from exactrev.network.isomorphisms import Isomorphism

try:
    from hypothesis import strategies as st
except ModuleNotFoundError as error:
    raise ImportError("exactrev.testing.strategies needs Hypothesis: pip install hypothesis") from error

__all__ = ["isomorphisms", "networks", "points", "rationals"]

_LISTED = 1000  # a list to choose from is drawn from faster than two integers, as long as it is short


def rationals(max_numerator: int = 4, max_denominator: int = 3) -> st.SearchStrategy[Fraction]:
    """Fractions p/q with |p| <= `max_numerator` and 1 <= q <= `max_denominator`.

    Small on purpose: coincidences are where networks go wrong. Shrinks towards 0, then towards positive integers.
    """
    if max_numerator < 0 or max_denominator < 1:
        raise ValueError(f"no rationals with {max_numerator=}, {max_denominator=}")
    if max_numerator * max_denominator > _LISTED:
        return st.builds(Fraction, st.integers(-max_numerator, max_numerator), st.integers(1, max_denominator))
    values = {Fraction(p, q) for p in range(-max_numerator, max_numerator + 1) for q in range(1, max_denominator + 1)}
    return st.sampled_from(sorted(values, key=lambda t: (t.denominator, abs(t), t < 0)))


def points(n: int, entries: st.SearchStrategy[Fraction] | None = None) -> st.SearchStrategy[Point]:
    """Points of Q^n. Shrinks towards the origin."""
    if n < 1:
        raise ValueError(f"a point needs at least one coordinate, not {n}")
    return st.tuples(*[entries if entries is not None else rationals()] * n)


def networks(
    n_in: int | None = None,
    n_out: int | None = None,
    max_width: int = 3,
    min_depth: int = 0,
    max_depth: int = 4,
    entries: st.SearchStrategy[Fraction] | None = None,
) -> st.SearchStrategy[Network]:
    """Networks of `min_depth` to `max_depth` hidden layers, no layer wider than `max_width`, weights from `entries`.

    About every third row is degenerate (see the module), and every eighth network has width 1. `n_in` and `n_out` are
    drawn from 1 to `max_width` unless given. Shrinks towards few, narrow layers and ordinary rows, and these towards
    zeros; a row of zeros may be left over.
    """
    if max_width < 1 or not 0 <= min_depth <= max_depth or any(n is not None and n < 1 for n in (n_in, n_out)):
        raise ValueError(
            f"no networks with {n_in=}, {n_out=}, {max_width=}, {min_depth=}, {max_depth=}: "
            "widths are positive, and min_depth is at most max_depth"
        )
    # Every row is drawn wide enough for any layer and cut to size, so that layers and rows can be left out one by one.
    row = _rows(max(max_width, n_in or 1), entries if entries is not None else rationals())

    def at_most(width: int) -> st.SearchStrategy[Network]:
        return st.builds(
            _network,
            st.integers(1, width) if n_in is None else st.just(n_in),
            st.lists(st.lists(row, min_size=1, max_size=width), min_size=min_depth, max_size=max_depth),
            st.lists(row, min_size=n_out or 1, max_size=n_out or width),
        )

    return _choose(at_most(1), *[at_most(max_width)] * 7)


@st.composite
def isomorphisms(draw: st.DrawFn, net: Network) -> Isomorphism:
    """Isomorphisms of `net`: permutations and positive scales of its hidden neurons. Shrinks towards the identity."""
    factors = st.builds(Fraction, st.integers(1, 4), st.integers(1, 3))
    return Isomorphism(
        tuple(tuple(draw(st.permutations(range(width)))) for width in net.hidden_widths),
        tuple(draw(st.tuples(*[factors] * width)) for width in net.hidden_widths),
    )


T = TypeVar("T")

# A row that is not yet cut to size: takes the rows above it and the number of weights.
_Row = Callable[[list[Point], int], Point]


def _network(n_in: int, hidden: list[list[_Row]], output: list[_Row]) -> Network:
    layers = []
    below = n_in
    for recipe in [*hidden, output]:
        rows: list[Point] = []
        for row in recipe:
            rows.append(row(rows, below))
        layers.append(AffineMap.from_fractions(rows))
        below = len(rows)
    return Network(tuple(layers))


def _rows(size: int, entries: st.SearchStrategy[Fraction]) -> st.SearchStrategy[_Row]:
    """Ordinary rows two times out of three, else degenerate ones; the first kind is the one to shrink to.

    A row is cut to its last weights: shrinking moves simple rows to the front of a layer, and can leave them out there.
    """
    weights = st.tuples(*[entries] * size)
    earlier = st.integers(0, size)
    ordinary = st.builds(_ordinary, weights, entries)
    degenerate = [
        st.builds(_ordinary, weights, st.just(Fraction(0))),
        st.builds(_ordinary, st.just((Fraction(0),) * size), entries),
        st.builds(_never_active, weights, entries),
        st.builds(_multiple, st.sampled_from([Fraction(1), Fraction(-1), Fraction(2), Fraction(-2, 3)]), earlier),
        st.builds(_parallel, st.sampled_from([Fraction(1), Fraction(-1)]), earlier, entries),
    ]
    return _choose(ordinary, ordinary, st.one_of(degenerate))


def _choose(*alternatives: st.SearchStrategy[T]) -> st.SearchStrategy[T]:
    """One of the alternatives, each as often as it is listed (`st.one_of` looks inside them). Shrinks to the first."""
    return st.sampled_from(alternatives).flatmap(lambda chosen: chosen)


def _ordinary(weights: Point, bias: Fraction) -> _Row:
    return lambda rows, n: (*weights[-n:], bias)


def _never_active(weights: Point, bias: Fraction) -> _Row:
    """Never positive, in layer 2 and deeper; the boundary may still be non-empty."""
    return lambda rows, n: (*(-abs(weight) for weight in weights[-n:]), -abs(bias))


def _multiple(factor: Fraction, earlier: int) -> _Row:
    """The hyperplane of an earlier row: a duplicate, a scaled or a negated one. Zeros if there is no earlier row."""
    return lambda rows, n: (
        tuple(factor * entry for entry in rows[earlier % len(rows)]) if rows else (Fraction(0),) * (n + 1)
    )


def _parallel(sign: Fraction, earlier: int, bias: Fraction) -> _Row:
    """A hyperplane parallel to that of an earlier row. Without one, no weights at all."""
    return lambda rows, n: (
        *(tuple(sign * entry for entry in rows[earlier % len(rows)][:-1]) if rows else (Fraction(0),) * n),
        bias,
    )
