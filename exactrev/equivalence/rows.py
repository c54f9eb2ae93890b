"""How far the first layers of two networks are apart: rows normalised and matched, the largest difference exactly.

Knows first layers only. This judges an extraction: its rows are right up to order and positive scale, or nearly so.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from exactrev.arithmetic.numbers import nearest_float
from exactrev.network import AffineMap, Network

__all__ = ["RowDistance", "find_row_distance"]

Rows = list[list[Fraction]]


@dataclass(frozen=True, slots=True)
class RowDistance:
    """The largest difference of any two matched entries; neuron i of the first is matched with ``partners[i]``."""

    largest: Fraction
    partners: tuple[int, ...]


def find_row_distance(a: Network, b: Network) -> RowDistance | None:
    """The matching of the first layers' neurons that makes the largest difference smallest; None if widths differ.

    A row (w, b) is divided by its largest absolute weight, so that positive scales do not matter; then all its entries
    are compared, the bias among them. Networks without hidden layers have no such rows.

    >>> a = Network.from_arrays([([[2, 0], [1, 1]], [1, 0]), ([[1, 1]], [0])])
    >>> b = Network.from_arrays([([[3, 3], [1, 0]], ["1/10", "1/2"]), ([[1, 1]], [0])])
    >>> find_row_distance(a, b)
    RowDistance(largest=Fraction(1, 30), partners=(1, 0))
    """
    if not a.depth or not b.depth or a.widths[:2] != b.widths[:2]:
        return None
    table = _distances(_normalised(a.layers[0]), _normalised(b.layers[0]))
    values = sorted({entry for row in table for entry in row})
    # The least value for which every neuron finds a partner that is no farther away.
    least = bisect_left(values, True, key=lambda value: _match(table, value) is not None)
    partners = _match(table, values[least])
    return None if partners is None else RowDistance(values[least], tuple(partners))


def _normalised(layer: AffineMap) -> Rows:
    rows = []
    for w, b in zip(layer.W, layer.b, strict=True):
        size = max(map(abs, w)) or Fraction(1)
        rows.append([entry / size for entry in (*w, b)])
    return rows


def _distances(ours: Rows, theirs: Rows) -> list[list[Fraction]]:
    """The largest difference of entries for every pair of rows. Floats say where it may be, with room for errors."""
    p, q = (np.array([[nearest_float(*c.as_integer_ratio()) for c in row] for row in rows]) for rows in (ours, theirs))
    table = []
    with np.errstate(invalid="ignore"):
        for i, row in enumerate(ours):
            gaps = np.abs(p[i] - q)
            slack = 1e-12 * (1 + np.abs(p[i]) + np.abs(q))
            least = np.nan_to_num((gaps - slack).max(axis=1), nan=-np.inf)
            near = ~(gaps + slack < least[:, None])  # where floats overflow, everything
            table.append(
                [max(abs(row[k] - other[k]) for k in np.flatnonzero(near[j])) for j, other in enumerate(theirs)]
            )
    return table


def _match(table: Sequence[Sequence[Fraction]], most: Fraction) -> list[int] | None:
    """A perfect matching within a distance, by augmenting paths, or None."""
    owner: dict[int, int] = {}
    for i in range(len(table)):
        reached: dict[int, int] = {}
        waiting, free = [i], None
        while waiting and free is None:
            row = waiting.pop()
            for j, distance in enumerate(table[row]):
                if distance <= most and j not in reached:
                    reached[j] = row
                    if j not in owner:
                        free = j
                        break
                    waiting.append(owner[j])
        if free is None:
            return None
        while True:
            row = reached[free]
            previous = next((j for j, held in owner.items() if held == row), None)
            owner[free] = row
            if previous is None:
                break
            free = previous
    return [j for _, j in sorted((row, j) for j, row in owner.items())]
