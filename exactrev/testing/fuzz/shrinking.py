"""The smallest network that still shows something: without layers, neurons, inputs and numbers that do not matter.

Knows networks and what makes one simpler than another. Does not know what is shown. Unlike Hypothesis' own shrinking
this starts from the network, not from the choices that led to it, so a finding can be made smaller in another process,
or a year later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from math import gcd, lcm
from typing import TypeVar

from exactrev.network import AffineMap, Network

__all__ = ["Size", "shrink", "size_of"]

T = TypeVar("T")
Size = tuple[int, int, int, int, int, str]
Tables = list[list[list[Fraction]]]

MOST_TRIALS = 2000


def size_of(net: Network) -> Size:
    """A measure by which networks are in order: neurons, depth, inputs and outputs, entries, and the bits of these."""
    entries = [entry for f in net.layers for row in (*f.W, f.b) for entry in row]
    bits = sum(entry.numerator.bit_length() + entry.denominator.bit_length() + (entry < 0) for entry in entries)
    return (
        sum(net.hidden_widths),
        net.depth,
        net.n_in + net.n_out,
        sum(map(bool, entries)),
        bits,
        " ".join(map(str, entries)),
    )


def shrink(net: Network, shows: Callable[[Network], bool], trials: int = MOST_TRIALS) -> Network:
    """A network that `shows` it, of which nothing can be left out or made simpler on its own; `net` is one that does.

    After so many trials, the smallest that was found until then. The same network and the same question give the same
    answer.

    >>> def bends(net: Network) -> bool:  # somewhere between -1 and 1
    ...     return net((-1,))[0] + net((1,))[0] != 2 * net((0,))[0]
    >>> net = Network.from_arrays([([[3], [7]], [0, "1/2"]), ([[2, -1]], [5])])
    >>> shrink(net, bends) == Network.from_arrays([([[1]], [0]), ([[1]], [0])])
    True
    """
    best = net
    improved = True
    while improved:
        improved = False
        place = 0
        while trials and (candidates := _changes(best, place)) is not None:
            simpler = [candidate for candidate in candidates if size_of(candidate) < size_of(best)]
            for candidate in simpler[:trials]:
                trials -= 1
                if shows(candidate):
                    best, improved = candidate, True
                    break
            else:  # nothing to be gained here; else look at the same place again, where something else is now
                place += 1
    return best


def _changes(net: Network, place: int) -> list[Network] | None:
    """What may be simpler at a place, or None past the end: layers, neurons, inputs, outputs, rows, entries."""
    rows: Tables = [[[*row, constant] for row, constant in zip(f.W, f.b, strict=True)] for f in net.layers]
    for size, change in (
        (net.depth, _without_layer),
        (sum(net.hidden_widths), _without_neuron),
        (net.n_in, _without_input),
        (net.n_out, _without_output),
        (sum(f.n_out for f in net.layers), _with_simpler_row),
        (net.parameters, _with_simpler_entry),
    ):
        if place < size:
            return [Network(tuple(map(AffineMap.from_fractions, changed))) for changed in change(rows, place)]
        place -= size
    return None


def _without_layer(rows: Tables, k: int) -> Iterator[Tables]:
    """The next layer reads what this one read, as far as it goes."""
    below, after = len(rows[k][0]) - 1, rows[k + 1]
    cut = [[*(row[:-1] + [Fraction(0)] * below)[:below], row[-1]] for row in after]
    yield [*rows[:k], cut, *rows[k + 2 :]]


def _without_neuron(rows: Tables, place: int) -> Iterator[Tables]:
    """With nothing in its stead, or what it is at the origin in the next biases."""
    for k, layer in enumerate(rows[:-1]):
        if place < len(layer):
            if len(layer) > 1:
                rest = [_without(row, place) for row in rows[k + 1]]
                yield [*rows[:k], _without(layer, place), rest, *rows[k + 2 :]]
                constant = max(layer[place][-1], Fraction(0))
                moved = [
                    [*row[:-1], row[-1] + old[place] * constant] for row, old in zip(rest, rows[k + 1], strict=True)
                ]
                yield [*rows[:k], _without(layer, place), moved, *rows[k + 2 :]]
            return
        place -= len(layer)


def _without_input(rows: Tables, i: int) -> Iterator[Tables]:
    if len(rows[0][0]) > 2:
        yield [[_without(row, i) for row in rows[0]], *rows[1:]]


def _without_output(rows: Tables, i: int) -> Iterator[Tables]:
    if len(rows[-1]) > 1:
        yield [*rows[:-1], _without(rows[-1], i)]


def _with_simpler_row(rows: Tables, place: int) -> Iterator[Tables]:
    """Zeros, or a positive multiple: with a first entry of 1 or -1, or of integers."""
    for k, layer in enumerate(rows):
        if place < len(layer):
            row = layer[place]
            lead = next((abs(entry) for entry in row if entry), Fraction(1))
            common = lcm(*(entry.denominator for entry in row))
            for factor in (Fraction(0), 1 / lead, Fraction(common, gcd(*(int(entry * common) for entry in row)) or 1)):
                changed = [factor * entry for entry in row]
                yield [*rows[:k], [*layer[:place], changed, *layer[place + 1 :]], *rows[k + 1 :]]
            return
        place -= len(layer)


def _with_simpler_entry(rows: Tables, place: int) -> Iterator[Tables]:
    for k, layer in enumerate(rows):
        for i, row in enumerate(layer):
            if place < len(row):
                for entry in dict.fromkeys(_simpler(row[place])):
                    changed = [*row[:place], entry, *row[place + 1 :]]
                    yield [*rows[:k], [*layer[:i], changed, *layer[i + 1 :]], *rows[k + 1 :]]
                return
            place -= len(row)


def _simpler(entry: Fraction) -> Iterator[Fraction]:
    yield Fraction(0)
    yield Fraction(1)
    yield Fraction(-1)
    yield abs(entry)
    yield Fraction(entry.numerator)
    yield Fraction(round(entry))
    yield Fraction(abs(entry.numerator) // 2 * (1 if entry > 0 else -1), entry.denominator)
    yield Fraction(entry.numerator, (entry.denominator + 1) // 2)


def _without(items: list[T], i: int) -> list[T]:
    return [*items[:i], *items[i + 1 :]]
