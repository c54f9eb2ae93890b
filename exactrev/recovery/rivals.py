"""Where do two networks differ that are the same but for a few weights? There a question decides between them.

Knows two networks of one architecture. Up to the first layer with a weight that differs they are one network, and in
that layer only the rows that differ are there twice; so the search for a point has little to do. Asks nothing.
"""

from __future__ import annotations

from fractions import Fraction

from exactrev.network import AffineMap, Network, Point
from exactrev.search import Budget, Found, find_point, output_is_positive

__all__ = ["find_deciding_point", "subtract"]

MOST_CASES = 1500
"""So many cases of each search are looked at."""

Rows = list[list[Fraction]]


def find_deciding_point(one: Network, other: Network) -> Point | None:
    """A point where the networks have other values; None if there is none, or none was found in a short search.

    >>> one = Network.from_arrays([([[1], [-1]], [0, -5]), ([[1, 1]], [-1]), ([[1]], [0])])
    >>> other = Network.from_arrays([([[1], [-1]], [0, -5]), ([[1, 3]], [-1]), ([[1]], [0])])
    >>> point = find_deciding_point(one, other)
    >>> point is not None and one(point) != other(point)
    True
    """
    if one == other:
        return None
    difference = subtract(one, other)
    for output in range(one.n_out):
        for sign in (1, -1):
            answer = find_point(difference, [output_is_positive(difference, output, sign)], Budget(MOST_CASES))
            if isinstance(answer, Found):
                return answer.point
    return None


def subtract(one: Network, other: Network) -> Network:
    """The network x -> one(x) - other(x), for two of the same architecture; what both have below is there once.

    Raises `ValueError` if the architectures differ.
    """
    if one.widths != other.widths:
        raise ValueError(f"networks of one architecture were expected, not {one.architecture}, {other.architecture}")
    pairs = list(zip(one.layers, other.layers, strict=True))
    first = next((k for k, (f, g) in enumerate(pairs[:-1]) if f != g), len(pairs) - 1)
    layers = [f for f, _ in pairs[:first]]
    place = list(range(pairs[first][0].n_in))  # where the other network's units stand among the shared ones
    width = len(place)
    for f, g in pairs[first:-1]:
        rows, twins = _rows_of(f, list(range(f.n_in)), width), _rows_of(g, place, width)
        place = []
        for z in range(f.n_out):
            if rows[z] == twins[z]:
                place.append(z)
            else:
                place.append(len(rows))
                rows.append(twins[z])
        width = len(rows)
        layers.append(AffineMap.from_fractions(rows))
    f, g = pairs[-1]
    rows, twins = _rows_of(f, list(range(f.n_in)), width), _rows_of(g, place, width)
    last = [[p - q for p, q in zip(row, twin, strict=True)] for row, twin in zip(rows, twins, strict=True)]
    return Network((*layers, AffineMap.from_fractions(last)))


def _rows_of(layer: AffineMap, place: list[int], width: int) -> Rows:
    """Rows [W | b] of a layer over `width` units, of which its own are those at `place`."""
    rows = []
    for weights, bias in zip(layer.W, layer.b, strict=True):
        row = [Fraction(0)] * width + [bias]
        for unit, weight in zip(place, weights, strict=True):
            row[unit] += weight
        rows.append(row)
    return rows
