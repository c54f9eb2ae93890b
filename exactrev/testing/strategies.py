"""Hypothesis strategies for rationals, points, networks and isomorphisms.

Knows which networks break naive tools, and makes them often: rows of zeros, duplicates, parallel and coincident
hyperplanes, zero biases, neurons that are never active, width 1. Does not know any statement about networks.
The only module of exactrev that imports Hypothesis.
"""

from __future__ import annotations

from fractions import Fraction

from exactrev.network import AffineMap, Network, Point
from exactrev.network.isomorphisms import Isomorphism

try:
    from hypothesis import strategies as st
except ModuleNotFoundError as error:
    raise ImportError("exactrev.testing.strategies needs Hypothesis: pip install hypothesis") from error

__all__ = ["isomorphisms", "networks", "points", "rationals"]

_ROW_KINDS = ("any", "zero bias", "zero weights", "never active", "multiple", "parallel")
_FIRST_ROW_KINDS = _ROW_KINDS[:4]


def rationals(max_numerator: int = 4, max_denominator: int = 3) -> st.SearchStrategy[Fraction]:
    """Fractions p/q with |p| <= `max_numerator` and 1 <= q <= `max_denominator`.

    Small on purpose: coincidences are where networks go wrong. Shrinks towards 0, then towards positive integers.
    """
    if max_numerator < 0 or max_denominator < 1:
        raise ValueError(f"no rationals with max_numerator={max_numerator}, max_denominator={max_denominator}")
    return st.builds(
        Fraction, st.integers(-max_numerator, max_numerator), st.integers(min_value=1, max_value=max_denominator)
    )


def points(n: int, entries: st.SearchStrategy[Fraction] | None = None) -> st.SearchStrategy[Point]:
    """Points of Q^n. Shrinks towards the origin."""
    if n < 1:
        raise ValueError(f"a point needs at least one coordinate, not {n}")
    return st.tuples(*[entries if entries is not None else rationals()] * n)


@st.composite
def networks(
    draw: st.DrawFn,
    n_in: int | None = None,
    n_out: int | None = None,
    max_width: int = 3,
    min_depth: int = 0,
    max_depth: int = 4,
    entries: st.SearchStrategy[Fraction] | None = None,
) -> Network:
    """Networks of `min_depth` to `max_depth` hidden layers, no layer wider than `max_width`, weights from `entries`.

    About every second row is degenerate: see the module. `n_in` and `n_out` are drawn from 1 to `max_width` unless
    given. Shrinks towards few, narrow layers and ordinary rows, and these towards zeros.
    """
    if max_width < 1 or not 0 <= min_depth <= max_depth:
        raise ValueError(f"no networks with max_width={max_width}, min_depth={min_depth}, max_depth={max_depth}")
    widths = st.integers(1, max_width)
    numbers = entries if entries is not None else rationals()
    below = draw(widths) if n_in is None else n_in
    layers = []
    for _ in range(draw(st.integers(min_depth, max_depth))):
        layers.append(draw(_layers(below, draw(widths), numbers)))
        below = layers[-1].n_out
    layers.append(draw(_layers(below, draw(widths) if n_out is None else n_out, numbers)))
    return Network(tuple(layers))


@st.composite
def isomorphisms(draw: st.DrawFn, net: Network) -> Isomorphism:
    """Isomorphisms of `net`: permutations and positive scales of its hidden neurons. Shrinks towards the identity."""
    factors = st.builds(Fraction, st.integers(1, 4), st.integers(1, 3))
    return Isomorphism(
        tuple(tuple(draw(st.permutations(range(width)))) for width in net.hidden_widths),
        tuple(draw(st.tuples(*[factors] * width)) for width in net.hidden_widths),
    )


@st.composite
def _layers(draw: st.DrawFn, n_in: int, n_out: int, entries: st.SearchStrategy[Fraction]) -> AffineMap:
    rows: list[tuple[Fraction, ...]] = []
    for _ in range(n_out):
        kind = draw(st.sampled_from(_ROW_KINDS if rows else _FIRST_ROW_KINDS))
        rows.append(_ROWS[kind](draw, rows, n_in, entries))
    return AffineMap.from_fractions(rows)


def _any(draw: st.DrawFn, rows: list[Point], n_in: int, entries: st.SearchStrategy[Fraction]) -> Point:
    return draw(points(n_in + 1, entries))


def _zero_bias(draw: st.DrawFn, rows: list[Point], n_in: int, entries: st.SearchStrategy[Fraction]) -> Point:
    return (*draw(points(n_in, entries)), Fraction(0))


def _zero_weights(draw: st.DrawFn, rows: list[Point], n_in: int, entries: st.SearchStrategy[Fraction]) -> Point:
    """Always active, never active, or zero everywhere."""
    return (*[Fraction(0)] * n_in, draw(entries))


def _never_active(draw: st.DrawFn, rows: list[Point], n_in: int, entries: st.SearchStrategy[Fraction]) -> Point:
    """Never positive, in layer 2 and deeper; the boundary may still be non-empty."""
    return tuple(-abs(entry) for entry in draw(points(n_in + 1, entries)))


def _multiple(draw: st.DrawFn, rows: list[Point], n_in: int, entries: st.SearchStrategy[Fraction]) -> Point:
    """The hyperplane of an earlier row: a duplicate, a scaled or a negated one."""
    factor = draw(st.sampled_from([Fraction(1), Fraction(-1), Fraction(2), Fraction(-2, 3)]))
    return tuple(factor * entry for entry in draw(st.sampled_from(rows)))


def _parallel(draw: st.DrawFn, rows: list[Point], n_in: int, entries: st.SearchStrategy[Fraction]) -> Point:
    """A hyperplane parallel to that of an earlier row."""
    sign = draw(st.sampled_from([1, -1]))
    return (*(sign * entry for entry in draw(st.sampled_from(rows))[:-1]), draw(entries))


_ROWS = {
    "any": _any,
    "zero bias": _zero_bias,
    "zero weights": _zero_weights,
    "never active": _never_active,
    "multiple": _multiple,
    "parallel": _parallel,
}
