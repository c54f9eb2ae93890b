"""Where regions are enumerated: a rational box, or a simplex so large that it stands for all of R^n.

Knows walls and the corners between them. Knows nothing of networks. Both domains are simple polytopes (n walls meet at
every corner), which is what the subdivision of edges starts from.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import numpy as np
import numpy.typing as npt

from exactrev.arithmetic.numbers import lift
from exactrev.errors import InvalidNetwork

__all__ = ["Box", "Corners", "Domain", "Simplex"]

IntArray = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Corners:
    """The 1-skeleton of a simple polytope: for every corner the walls that meet there, for every edge its two corners.

    `points` are exact; `edges` lists pairs of corners.
    """

    walls_at: list[tuple[int, ...]]
    points: list[tuple[Fraction, ...]]
    edges: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Box:
    """The closed box lo <= x <= hi with rational sides, of positive volume.

    >>> Box.cube(2, -1, "1/2").hi
    (Fraction(1, 2), Fraction(1, 2))
    """

    lo: tuple[Fraction, ...]
    hi: tuple[Fraction, ...]

    def __init__(self, lo: Iterable[Any], hi: Iterable[Any]) -> None:
        object.__setattr__(self, "lo", tuple(lift(entry) for entry in lo))
        object.__setattr__(self, "hi", tuple(lift(entry) for entry in hi))
        if len(self.lo) != len(self.hi) or not self.lo:
            raise InvalidNetwork("a box needs as many lower as upper ends", lower=len(self.lo), upper=len(self.hi))
        for axis, (low, high) in enumerate(zip(self.lo, self.hi, strict=True)):
            if low >= high:
                raise InvalidNetwork("a box needs lower < upper on every axis", axis=axis, lower=low, upper=high)

    @classmethod
    def cube(cls, n: int, lo: Any, hi: Any) -> Box:
        """The same interval on each of n axes."""
        return cls([lo] * n, [hi] * n)

    @property
    def n_in(self) -> int:
        return len(self.lo)

    def walls(self) -> list[tuple[tuple[int, ...], Fraction]]:
        """Pairs (a, c) with the box equal to {a.x + c >= 0}: the lower walls, then the upper ones."""
        n = self.n_in
        unit = [tuple(int(i == axis) for i in range(n)) for axis in range(n)]
        lower = [(row, -low) for row, low in zip(unit, self.lo, strict=True)]
        return lower + [(tuple(-a for a in row), high) for row, high in zip(unit, self.hi, strict=True)]

    def corners(self) -> Corners:
        n = self.n_in
        choices = list(product((0, 1), repeat=n))
        number = {choice: index for index, choice in enumerate(choices)}
        edges = [
            (index, number[(*choice[:axis], 1, *choice[axis + 1 :])])
            for index, choice in enumerate(choices)
            for axis in range(n)
            if choice[axis] == 0
        ]
        return Corners(
            walls_at=[tuple(axis + n * side for axis, side in enumerate(choice)) for choice in choices],
            points=[tuple((self.lo, self.hi)[side][axis] for axis, side in enumerate(choice)) for choice in choices],
            edges=edges,
        )


@dataclass(frozen=True, slots=True)
class Simplex:
    """{x_i >= -R, sum x_i <= n R}: every bounded set is inside for R large. Convex cells meet it in one piece."""

    n_in: int
    radius: int

    def walls(self) -> list[tuple[tuple[int, ...], Fraction]]:
        """Pairs (a, c) with the simplex equal to {a.x + c >= 0}."""
        n = self.n_in
        lower = [(tuple(int(i == axis) for i in range(n)), Fraction(self.radius)) for axis in range(n)]
        return [*lower, ((-1,) * n, Fraction(n * self.radius))]

    def wall_speeds(self) -> tuple[int, ...]:
        """dc/dR of every wall (a, c): how fast the walls recede as the simplex grows."""
        return (*([1] * self.n_in), self.n_in)

    def corners(self) -> Corners:
        n, R = self.n_in, Fraction(self.radius)
        # Corner k is the one that wall k misses.
        points = [tuple((2 * n - 1) * R if i == k else -R for i in range(n)) for k in range(n + 1)]
        walls_at = [tuple(wall for wall in range(n + 1) if wall != k) for k in range(n + 1)]
        return Corners(walls_at, points, list(combinations(range(n + 1), 2)))


Domain = Box | Simplex
