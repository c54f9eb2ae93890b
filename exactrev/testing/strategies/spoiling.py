"""Networks with degeneracies by name: neurons are set aside for each, and their rows changed until they have it.

Knows where there is room for a degeneracy, and how it is made. Whether a network has it at the end is decided by
`exactrev.testing.degeneracies`, whatever happened here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from hypothesis import assume
from hypothesis import strategies as st

from exactrev.network import AffineMap, Network, Neuron, Point
from exactrev.testing.degeneracies import has_degeneracy

__all__ = ["Tables", "has_room", "network_of", "rows_of", "spoilt"]

Row = list[Fraction]
Tables = list[list[Row]]
"""The rows [W | b] of every layer, the output layer last."""

ZERO, ONE = Fraction(0), Fraction(1)


@st.composite
def spoilt(draw: st.DrawFn, nets: st.SearchStrategy[Network], names: Sequence[str]) -> Network:
    """Networks from `nets`, which have room for the degeneracies `names`, with all of them."""
    drawn = draw(nets)
    rows, widths = rows_of(drawn), drawn.widths
    seats = {}
    taken: frozenset[Neuron] = frozenset()
    for name in _by_need(names):
        options = _seats(name, widths, taken, _by_need(names))
        assume(options)
        seats[name] = draw(st.sampled_from(options))
        taken |= set(seats[name])
    for name in sorted(seats, key=list(_SPOIL).index):
        _SPOIL[name](draw, rows, seats[name])
    net = network_of(rows)
    assume(all(has_degeneracy(net, name) for name in names))
    return net


def rows_of(net: Network) -> Tables:
    return [[[*row, constant] for row, constant in zip(f.W, f.b, strict=True)] for f in net.layers]


def network_of(layers: Tables) -> Network:
    return Network(tuple(AffineMap.from_fractions(rows) for rows in layers))


# -- who is set aside --------------------------------------------------------------------------------------------------


def has_room(widths: Sequence[int], names: Sequence[str]) -> bool:
    """Can neurons be set aside for every degeneracy, as few as will do, and the last ones first?"""
    taken: frozenset[Neuron] = frozenset()
    for name in _by_need(names):
        options = _seats(name, widths, taken, names)
        if not options:
            return False
        fewest: tuple[Neuron, ...] = min(options[::-1], key=len)
        taken |= set(fewest)
    return True


def _by_need(names: Sequence[str]) -> list[str]:
    """Those that need much room, or a particular place, first."""
    order = ("dead_layer", "concurrent", "coincident", "thick", "parallel", "duplicated", "dead", "zero_row")
    return [name for name in order if name in names]


def _seats(
    name: str, widths: Sequence[int], taken: frozenset[Neuron], names: Sequence[str]
) -> list[tuple[Neuron, ...]]:
    """The possible sets of neurons for a degeneracy, earliest first."""
    layers = [[Neuron(k, i) for i in range(width)] for k, width in enumerate(widths[1:-1], start=1)]
    free = [[neuron for neuron in layer if neuron not in taken] for layer in layers]
    if name == "dead_layer":  # whatever lies behind a dead layer is constant
        return [tuple(layer) for layer in (layers if len(names) == 1 else layers[-1:])]
    if name == "concurrent":
        earliest = [neuron for layer in free for neuron in layer][: widths[0] + 1]
        return [tuple(earliest)] if len(earliest) > widths[0] else []
    if name in ("duplicated", "parallel", "coincident"):
        pairs = [(layer[i], z) for layer in free for i in range(len(layer)) for z in layer[i + 1 :]]
        if name == "parallel":  # of one input, all hyperplanes are
            return [(y, z) for y, z in pairs if widths[y.layer - 1] > 1]
        if name == "duplicated":
            return list(pairs)
        first = [pair for pair in pairs if pair[0].layer == 1]  # deeper, a boundary may be empty
        return [*first, *((*pair, z) for pair in first for layer in free[1:2] for z in layer)]
    if name == "thick":
        deep = [(z, below) for layer in free[1:2] for z in layer for below in free[0]]
        return [*((z,) for layer in free for z in layer), *deep]
    return [(z,) for layer in free for z in layer]


# -- what becomes of them ----------------------------------------------------------------------------------------------


def _row(rows: Tables, neuron: Neuron) -> Row:
    return rows[neuron.layer - 1][neuron.index]


def _with_weights(row: Row) -> Row:
    """The row, with a weight if it has none."""
    if not any(row[:-1]):
        row[0] = ONE
    return row


def _zero_row(draw: st.DrawFn, rows: Tables, seats: Sequence[Neuron]) -> None:
    row = _row(rows, seats[0])
    row[:-1] = [ZERO] * (len(row) - 1)


def _dead(draw: st.DrawFn, rows: Tables, seats: Sequence[Neuron]) -> None:
    """No weight is positive; in layer 1, where inputs have both signs, there is none."""
    for neuron in seats:
        row = _row(rows, neuron)
        row[:] = [ZERO if neuron.layer == 1 else -abs(weight) for weight in row[:-1]] + [-abs(row[-1])]


def _duplicated(draw: st.DrawFn, rows: Tables, seats: Sequence[Neuron]) -> None:
    factor = draw(st.sampled_from([ONE, Fraction(2), Fraction(2, 3)]))
    _row(rows, seats[1])[:] = [factor * entry for entry in _with_weights(_row(rows, seats[0]))]


def _parallel(draw: st.DrawFn, rows: Tables, seats: Sequence[Neuron]) -> None:
    factor = draw(st.sampled_from([ONE, -ONE, Fraction(2)]))
    shift = draw(st.sampled_from([ONE, -ONE, Fraction(1, 2)]))
    _row(rows, seats[1])[:] = [factor * entry for entry in _with_weights(_row(rows, seats[0]))]
    _row(rows, seats[1])[-1] += shift


def _coincident(draw: st.DrawFn, rows: Tables, seats: Sequence[Neuron]) -> None:
    """Opposite neurons u and -c u of layer 1; and in layer 2, if there is a third, ReLU(u) - ReLU(-c u)/c = u."""
    factor = draw(st.sampled_from([-ONE, Fraction(-2), Fraction(-1, 3)]))
    _row(rows, seats[1])[:] = [factor * entry for entry in _with_weights(_row(rows, seats[0]))]
    for deeper in seats[2:]:
        row = _row(rows, deeper)
        row[:] = [ZERO] * len(row)
        row[seats[0].index], row[seats[1].index] = ONE, 1 / factor


def _concurrent(draw: st.DrawFn, rows: Tables, seats: Sequence[Neuron]) -> None:
    """All preactivations vanish at one point, for the biases are chosen so, layer by layer."""
    point: Point = tuple(draw(st.sampled_from([ZERO, ONE, -ONE, Fraction(1, 2)])) for _ in rows[0][0][:-1])
    for neuron in sorted(seats):
        row = _with_weights(_row(rows, neuron))
        below = network_of(rows[: neuron.layer - 1])(point) if neuron.layer > 1 else point
        active = [max(entry, ZERO) for entry in below] if neuron.layer > 1 else below
        row[-1] = -sum((weight * entry for weight, entry in zip(row, active, strict=False)), ZERO)


def _thick(draw: st.DrawFn, rows: Tables, seats: Sequence[Neuron]) -> None:
    """A row of zeros; or, of two neurons, a multiple of the ReLU of the earlier one, which is off somewhere."""
    row = _row(rows, seats[0])
    row[:] = [ZERO] * len(row)
    for below in seats[1:]:
        _with_weights(_row(rows, below))
        row[below.index] = draw(st.sampled_from([ONE, -ONE, Fraction(2)]))


_SPOIL: dict[str, Callable[[st.DrawFn, Tables, Sequence[Neuron]], None]] = {
    "zero_row": _zero_row,
    "parallel": _parallel,
    "duplicated": _duplicated,
    "coincident": _coincident,
    "thick": _thick,
    "concurrent": _concurrent,
    "dead": _dead,
    "dead_layer": _dead,
}
"""In the order in which they are made: lower layers are finished before a point is carried through them."""
