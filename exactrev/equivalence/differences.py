"""A rational point where two networks differ: guessed at, searched for, and checked exactly.

Knows both networks. A point that is returned is a proof; None is none: see `equality` for proofs. Random points go
first. What a sample misses, a neuron that is hardly ever on for example, is left to the exact search on what remains of
the difference once the neurons that both have are made one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from exactrev.equivalence.climbing import Floats, starts
from exactrev.equivalence.side_by_side import owner_of, require_comparable, side_by_side
from exactrev.equivalence.vanishing import Vanishes, find_nonzero_point
from exactrev.network import Network, Point
from exactrev.parallel import Workers
from exactrev.search import Budget, Found, Open

__all__ = [
    "find_difference",
    "find_easy_difference",
    "find_easy_differences",
    "find_nonzero_difference",
    "first_difference",
]

FloatArray = npt.NDArray[np.float64]
_BITS = 24
"""Points are rounded to 2^-24."""

_CHUNK = 64
"""So many points are checked at once."""


def find_difference(truth: Network, candidate: Network, seed: int = 0, budget: int = 20_000) -> Point | None:
    """A point where the networks have other values, or None if no point was found at a cost of about `budget` points.

    At most 200 points, random ones of several sizes, are checked exactly; a case of the search that follows counts as
    one more. The same `seed` gives the same point. Raises `InvalidNetwork` if the networks cannot be compared.

    >>> truth = Network.from_arrays([([[1], [1]], [0, -1000]), ([[1, 1]], [0])])
    >>> candidate = Network.from_arrays([([[1]], [0]), ([[1]], [0])])
    >>> point = find_difference(truth, candidate)
    >>> point[0] > 1000
    True
    """
    require_comparable(truth, candidate)
    left = budget
    for batch in _batches(truth, candidate, np.random.default_rng(seed)):
        points = [_exact(x) for x in batch[:left]]
        left -= len(points)
        found = first_difference(truth, candidate, points)
        if found is not None or left <= 0:
            return found
    answer = find_nonzero_difference(truth, candidate, Budget(left))
    return answer.point if isinstance(answer, Found) else None


def find_nonzero_difference(
    a: Network, b: Network, budget: Budget | None = None, workers: Workers | None = None
) -> Found | Vanishes | Open:
    """A point where a - b is not zero, or the proof that there is none, by search alone."""
    difference = side_by_side(a, b)
    return find_nonzero_point(
        difference, budget, side_of=lambda neuron: owner_of(a, b, neuron)[0], workers=workers
    )


def find_easy_difference(a: Network, b: Network, seed: int = 0) -> Point | None:
    """A point of difference among a few random ones and those of many that are most suspicious in floats."""
    for batch in _batches(a, b, np.random.default_rng(seed)):
        found = first_difference(a, b, [_exact(x) for x in batch])
        if found is not None:
            return found
    return None


def find_easy_differences(a: Network, b: Network, most: int = 12) -> list[Point]:
    """The first few of a few random points at which the networks differ."""
    points = [_exact(x) for x in starts(40, a.n_in, np.random.default_rng(0))]
    found: list[Point] = []
    for start in range(0, len(points), 10):
        chunk = points[start : start + 10]
        found += [x for x, p, q in zip(chunk, a.evaluate(chunk), b.evaluate(chunk), strict=True) if p != q]
        if len(found) >= most:
            break
    return found[:most]


def first_difference(a: Network, b: Network, points: Sequence[Point]) -> Point | None:
    """The first of these points at which a and b have other values."""
    for start in range(0, len(points), _CHUNK):
        chunk = points[start : start + _CHUNK]
        for x, p, q in zip(chunk, a.evaluate(chunk), b.evaluate(chunk), strict=True):
            if p != q:
                return x
    return None


def _batches(truth: Network, candidate: Network, rng: np.random.Generator) -> Iterator[FloatArray]:
    """Points to check: a few, then a few more, then those that look most suspicious of very many."""
    nets = [_floats(truth), _floats(candidate)]
    with np.errstate(all="ignore"):
        yield starts(10, truth.n_in, rng)
        yield starts(140, truth.n_in, rng)
        yield _most_suspicious(nets, starts(20_000, truth.n_in, rng), 50)


def _most_suspicious(nets: Sequence[Floats], points: FloatArray, most: int) -> FloatArray:
    """The points at which the float values differ most for their size, in that order."""
    p, q = (_forward(layers, points) for layers in nets)
    gap = np.nan_to_num((np.abs(p - q) / (1 + np.abs(p) + np.abs(q))).max(axis=1), nan=np.inf)
    return points[np.argsort(-gap, kind="stable")[:most]]


def _forward(layers: Floats, x: FloatArray) -> FloatArray:
    """The outputs, shape (points, outputs)."""
    for k, (W, b) in enumerate(layers):
        x = (x if k == 0 else np.maximum(x, 0)) @ W.T + b
    return x


def _floats(net: Network) -> Floats:
    return [layer.as_floats() for layer in net.layers]


def _exact(x: FloatArray) -> Point:
    return tuple(Fraction(round(Fraction(entry) * 2**_BITS), 2**_BITS) for entry in x.tolist())
