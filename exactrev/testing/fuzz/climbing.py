"""Networks like one that is at hand, for a search that climbs: towards many regions, near misses, long numbers.

Knows how a network is varied a little, and by what its variants are compared: a variant has a neuron more, a hyperplane
moved to within a hair of a corner, or a longer number. (Hypothesis' own `target` changes one drawn number at a time. At
the size of a shard, that was measured to find less than plain drawing.)
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from random import Random

import numpy as np

from exactrev.geometry import RegionComplex
from exactrev.network import AffineMap, Network, Point

__all__ = ["SCORES", "corners_of", "scores_of", "varied"]

SCORES = ("regions", "nearness", "denominators")

_MOST_CORNERS = 64
_MOST_NEURONS = 10

Tables = list[list[list[Fraction]]]


def scores_of(complex: RegionComplex) -> dict[str, int]:
    """What is climbed: regions, bits of the distance between the closest corners, bits of the corners' denominators.

    Of the first corners only, and of neighbours in their order: it guides, and decides nothing. All of it exact, so
    that it is the same on every machine.
    """
    corners = corners_of(complex)
    gaps = [max(abs(x - y) for x, y in zip(p, q, strict=True)) for p, q in pairwise(corners)]
    return {
        "regions": complex.n_regions,
        "nearness": max((gap.denominator.bit_length() - gap.numerator.bit_length() for gap in gaps), default=0),
        "denominators": max((x.denominator.bit_length() for p in corners for x in p), default=0),
    }


def corners_of(complex: RegionComplex) -> list[Point]:
    """Some points where as many boundaries meet as there are dimensions, in order."""
    skeleton = complex.found.skeleton
    inner = (skeleton.tight[: skeleton.vertices] < skeleton.M).all(axis=1)
    return sorted({complex.lift(p) for p in complex.found.points_of(np.flatnonzero(inner)[:_MOST_CORNERS])})


def varied(net: Network, score: str, corners: list[Point], random: Random) -> Network:
    """A network like this one, which may have more of the score; `corners` are its own, as far as they are known.

    >>> net = Network.from_arrays([([[1]], [0]), ([[1]], [0])])
    >>> varied(net, "regions", [], Random(0)).hidden_widths
    (2,)
    """
    rows: Tables = [[[*row, constant] for row, constant in zip(f.W, f.b, strict=True)] for f in net.layers]
    if net.depth == 0:
        rows = [[[Fraction(int(i == 0)) for i in range(net.n_in)] + [Fraction(0)]], [row[-2:] for row in rows[0]]]
    _VARY[score](rows, corners, random)
    return _network(rows)


def _one_more_neuron(rows: Tables, corners: list[Point], random: Random) -> None:
    """In some layer; where there are many already, one of them has another row."""
    k = random.randrange(len(rows) - 1)
    if sum(map(len, rows[:-1])) >= _MOST_NEURONS:
        rows[k][random.randrange(len(rows[k]))] = [_small(random) for _ in rows[k][0]]
        return
    rows[k].append([_small(random) for _ in rows[k][0]])
    for row in rows[k + 1]:
        row.insert(-1, _small(random))


def _near_miss(rows: Tables, corners: list[Point], random: Random) -> None:
    """The bias of a neuron is set so that it all but vanishes at a corner, or does vanish."""
    n_in = len(rows[0][0]) - 1
    point = random.choice(corners) if corners else tuple(_small(random) for _ in range(n_in))
    k = random.randrange(len(rows) - 1)
    i = random.randrange(len(rows[k]))
    if not any(rows[k][i][:-1]):
        rows[k][i][0] = Fraction(1)
    value = _network(rows[: k + 1])(point)[i]
    hair = Fraction(random.choice([-1, 0, 1, 1]), 1 << random.randrange(4, 40))
    rows[k][i][-1] += hair - value


def _longer_number(rows: Tables, corners: list[Point], random: Random) -> None:
    bits = random.randrange(4, 64)
    row = random.choice(random.choice(rows[:-1]))
    i = random.randrange(len(row))
    row[i] = (row[i] or Fraction(1)) * Fraction(1 + random.getrandbits(bits), 1 + random.getrandbits(bits))


_VARY: dict[str, Callable[[Tables, list[Point], Random], None]] = {
    "regions": _one_more_neuron,
    "nearness": _near_miss,
    "denominators": _longer_number,
}


def _small(random: Random) -> Fraction:
    return Fraction(random.randint(-4, 4), random.randint(1, 3))


def _network(rows: Tables) -> Network:
    return Network(tuple(map(AffineMap.from_fractions, rows)))
