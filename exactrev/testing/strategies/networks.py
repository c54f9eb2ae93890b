"""Strategies for networks: a mixture in which degeneracies are common, generic ones, or with degeneracies by name.

Knows how rows of weights are drawn and put together. The degeneracies by name are made by `spoiling`, and decided by
`exactrev.testing.degeneracies`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from hypothesis import strategies as st

from exactrev.network import AffineMap, Network, Neuron, Point
from exactrev.testing.degeneracies import DEGENERACIES, find_degeneracies, is_dead
from exactrev.testing.strategies.rationals import choose, rationals
from exactrev.testing.strategies.spoiling import has_room, spoilt

__all__ = ["networks"]


def networks(
    n_in: int | None = None,
    n_out: int | None = None,
    max_width: int = 3,
    min_depth: int = 0,
    max_depth: int = 4,
    entries: st.SearchStrategy[Fraction] | None = None,
    *,
    widths: Sequence[int] | None = None,
    degeneracies: Iterable[str] | None = None,
) -> st.SearchStrategy[Network]:
    """Networks of `min_depth` to `max_depth` hidden layers, no layer wider than `max_width`, weights from `entries`.

    `n_in` and `n_out` are drawn from 1 to `max_width` unless given. With `widths` = (n_in, n_1, ..., n_out) the
    architecture is that one, and the bounds do not matter.

    `degeneracies` None: about every third row is degenerate (zeros, no weights, never active, a multiple of an earlier
    row, parallel to one), and every eighth network has width 1. Shrinks towards few, narrow layers and ordinary rows,
    and these towards zeros; a row of zeros may be left over.

    `degeneracies` names of `exactrev.testing.degeneracies`: networks that have all of these, and otherwise ordinary
    rows. Shrinks towards the earliest place for each, and the rest towards zeros.

    `degeneracies` empty: generic networks, which have none, in larger numbers (numerators to 99, denominators to 20).
    Shrinks towards few, narrow layers and small numbers, as far as they are generic.

    Raises `ValueError` if there are no such networks. Whether a network is generic takes its region complex: keep such
    networks small.
    """
    if max_width < 1 or not 0 <= min_depth <= max_depth or any(n is not None and n < 1 for n in (n_in, n_out)):
        raise ValueError(
            f"no networks with {n_in=}, {n_out=}, {max_width=}, {min_depth=}, {max_depth=}: "
            "widths are positive, and min_depth is at most max_depth"
        )
    hidden = None
    if widths is not None:
        if len(widths) < 2 or min(widths) < 1 or n_in is not None or n_out is not None:
            raise ValueError(f"no networks with {widths=}, {n_in=}, {n_out=}: widths are positive, and say it all")
        n_in, *hidden, n_out = widths
    shape = _Shape(n_in, n_out, max_width, (min_depth, max_depth), hidden)
    if degeneracies is None:
        return _mixture(shape, entries if entries is not None else rationals())
    names = _checked(degeneracies)
    if not names:
        generic = _ordinary_networks(shape, entries if entries is not None else rationals(99, 20)).map(_revived)
        return generic.filter(lambda net: not find_degeneracies(net))
    if not has_room(shape.widest, names):
        bounds = f"{widths=}" if widths is not None else f"{n_in=}, {max_width=}, {max_depth=}"
        raise ValueError(f"no networks with {bounds} have room for the degeneracies {', '.join(names)}")
    ordinary = _ordinary_networks(shape, entries if entries is not None else rationals())
    return spoilt(ordinary.filter(lambda net: has_room(net.widths, names)), names)


def _checked(degeneracies: Iterable[str]) -> list[str]:
    """The names, each once, in the order of the table."""
    wanted = [degeneracies] if isinstance(degeneracies, str) else list(degeneracies)
    for name in wanted:
        if name not in DEGENERACIES:
            raise ValueError(f"no degeneracy is called {name!r}; there are {', '.join(DEGENERACIES)}")
    return [name for name in DEGENERACIES if name in wanted]


class _Shape(NamedTuple):
    """Bounds of an architecture, or with `hidden` the hidden widths themselves."""

    n_in: int | None
    n_out: int | None
    max_width: int
    depths: tuple[int, int]
    hidden: Sequence[int] | None

    @property
    def widest(self) -> tuple[int, ...]:
        """The architecture with most room: two inputs at most, and as many neurons as possible."""
        hidden = [self.max_width] * self.depths[1] if self.hidden is None else self.hidden
        return (self.n_in or min(self.max_width, 2), *hidden, self.n_out or 1)

    @property
    def row_size(self) -> int:
        """As many weights as any row may need. A row is drawn that wide and cut to size: so layers can be left out."""
        return max(self.max_width, self.n_in or 1, *(self.hidden or [1]))


def _revived(net: Network) -> Network:
    """The network with every dead neuron negated: then it is never negative, and not dead unless it is zero."""
    for k in range(1, net.depth + 1):
        layer = net.layers[k - 1]
        dead = [is_dead(net, Neuron(k, i)) for i in range(layer.n_out)]
        rows = [tuple(-entry for entry in row) if off else row for row, off in zip(layer.rows, dead, strict=True)]
        changed = AffineMap(tuple(rows), layer.denominator, layer.n_in)
        net = Network((*net.layers[: k - 1], changed, *net.layers[k:]))
    return net


# -- the mixture -------------------------------------------------------------------------------------------------------

# A row that is not yet cut to size: takes the rows above it and the number of weights.
_Row = Callable[[list[Point], int], Point]


def _mixture(shape: _Shape, entries: st.SearchStrategy[Fraction]) -> st.SearchStrategy[Network]:
    """Every eighth of width 1, if the widths are not given."""
    row = _rows(shape.row_size, entries)
    narrow = shape if shape.hidden is not None else shape._replace(max_width=1)
    return choose(_of_rows(narrow, row), *[_of_rows(shape, row)] * 7)


def _ordinary_networks(shape: _Shape, entries: st.SearchStrategy[Fraction]) -> st.SearchStrategy[Network]:
    return _of_rows(shape, st.builds(_ordinary, st.tuples(*[entries] * shape.row_size), entries))


def _of_rows(shape: _Shape, row: st.SearchStrategy[_Row]) -> st.SearchStrategy[Network]:
    low, high = shape.depths
    some = st.lists(st.lists(row, min_size=1, max_size=shape.max_width), min_size=low, max_size=high)
    these = st.tuples(*(st.lists(row, min_size=width, max_size=width) for width in shape.hidden or []))
    return st.builds(
        _network,
        st.integers(1, shape.max_width) if shape.n_in is None else st.just(shape.n_in),
        some if shape.hidden is None else these,
        st.lists(row, min_size=shape.n_out or 1, max_size=shape.n_out or shape.max_width),
    )


def _network(n_in: int, hidden: Sequence[list[_Row]], output: list[_Row]) -> Network:
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
    return choose(ordinary, ordinary, st.one_of(degenerate))


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
