"""The exact simplex method: from a vertex of {x : a_i x <= b_i} up to where a linear objective is largest.

Knows integer rows and flint. Decides everything exactly, whatever the start; who finds a good start (`basis_guess`)
and what the answers mean (`linear_programs`) is not its business.

A vertex is given by n tight *conditions*: rows, or *pins*. A pin holds one coordinate where the climb starts; it
makes a vertex of any point, so the method may start anywhere and needs no slack or artificial variables. Pins leave
as soon as they hold the climb back and never come back; those that never do are directions in which nothing changes.

The pivot rule takes the steepest ascent while the objective grows, and Bland's rule ("New finite pivoting rules for
the simplex method", Math. Oper. Res. 2, 1977) from a step of length zero until the next that is longer. Every longer
step raises the objective to a value never seen before, and Bland's rule cannot cycle, so the climb ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import flint

__all__ = ["Escape", "Start", "Summit", "climb", "is_vertex"]

Row = Sequence[int]
"""(a, b): the condition a x <= b, length n + 1."""


@dataclass(frozen=True, slots=True)
class Start:
    """n conditions and where the pins hold: condition i < m is row i, condition m + j is x_j = origin_j."""

    conditions: tuple[int, ...]
    origin: tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class Summit:
    """No feasible point is higher. One multiplier for each row: y >= 0, y A = c, y b = c x."""

    point: tuple[Fraction, ...]
    multipliers: tuple[Fraction, ...]
    conditions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Escape:
    """From the point, the ray never leaves the polyhedron and climbs for ever: A ray <= 0, c ray > 0."""

    point: tuple[Fraction, ...]
    ray: tuple[Fraction, ...]


def is_vertex(rows: Sequence[Row], start: Start) -> bool:
    """Whether the conditions meet in exactly one point and that point satisfies every row."""
    basis, right = _tight(_conditions(rows, start.origin), start.conditions)
    try:
        x, scale = basis.solve(right).numer_denom()
    except ZeroDivisionError:  # singular: the conditions do not single out a point
        return False
    return all(slack >= 0 for slack in _slacks(*_split(rows, len(start.origin)), x, scale))


def climb(rows: Sequence[Row], objective: Sequence[int], start: Start) -> Summit | Escape:
    """Climb from a vertex (see `is_vertex`) to the highest one, or along an edge that has no end."""
    n = len(start.origin)
    conditions = _conditions(rows, start.origin)
    A, b = _split(rows, n)
    c = flint.fmpz_mat(n, 1, list(objective))
    tight = list(start.conditions)
    stalled = False
    while True:
        basis, right = _tight(conditions, tight)
        y = basis.transpose().solve(c).entries()
        place = _find_leaving(tight, y, len(rows), conditions, stalled)
        x, scale = basis.solve(right).numer_denom()
        if place is None:
            multipliers = [Fraction(0)] * len(rows)
            for condition, multiplier in zip(tight, y, strict=True):
                if condition < len(rows):
                    multipliers[condition] = _fraction(multiplier)
            return Summit(_over(x, scale), tuple(multipliers), tuple(tight))
        away = flint.fmpz_mat(n, 1)
        away[place, 0] = -1 if y[place] < 0 else 1  # off the row, or along the coordinate that the pin holds
        ray, length = basis.solve(away).numer_denom()
        slacks = _slacks(A, b, x, scale)
        entering = _find_entering(slacks, (A * ray).entries())
        if entering is None:
            return Escape(_over(x, scale), _over(ray, length))
        stalled = slacks[entering] == 0
        tight[place] = entering


def _find_leaving(
    tight: Sequence[int], y: Sequence[flint.fmpq], m: int, conditions: Sequence[Row], stalled: bool
) -> int | None:
    """The place of the condition to give up: a pin with a multiplier, else a row whose multiplier is negative."""
    for place, condition in enumerate(tight):
        if condition >= m and y[place] != 0:
            return place
    negative = [place for place, condition in enumerate(tight) if condition < m and y[place] < 0]
    if stalled:
        return min(negative, key=lambda place: tight[place], default=None)  # Bland: the least index
    return min(negative, key=lambda place: y[place] * max(map(abs, conditions[tight[place]][:-1])), default=None)


def _find_entering(slacks: Sequence[flint.fmpz], slopes: Sequence[flint.fmpz]) -> int | None:
    """The row that stops a move first: the least slack/slope over positive slopes, the least index among ties."""
    first: int | None = None
    for i, slope in enumerate(slopes):
        if slope > 0 and (first is None or slacks[i] * slopes[first] < slacks[first] * slope):
            first = i
    return first


def _conditions(rows: Sequence[Row], origin: Sequence[Fraction]) -> list[Row]:
    """The rows, then the pins, each as (a, b)."""
    n = len(origin)
    return [
        *rows,
        *([*(held.denominator if k == j else 0 for k in range(n)), held.numerator] for j, held in enumerate(origin)),
    ]


def _tight(conditions: Sequence[Row], chosen: Sequence[int]) -> tuple[flint.fmpz_mat, flint.fmpz_mat]:
    return _split([conditions[i] for i in chosen], len(chosen))


def _split(rows: Sequence[Row], n: int) -> tuple[flint.fmpz_mat, flint.fmpz_mat]:
    """A and b, as matrices, of rows (a, b)."""
    m = len(rows)
    A = flint.fmpz_mat(m, n, [entry for row in rows for entry in row[:-1]])
    return A, flint.fmpz_mat(m, 1, [row[-1] for row in rows])


def _slacks(A: flint.fmpz_mat, b: flint.fmpz_mat, x: flint.fmpz_mat, scale: flint.fmpz) -> list[flint.fmpz]:
    """b - A x at the point x / scale, times scale (positive)."""
    return list((b * scale - A * x).entries())


def _over(x: flint.fmpz_mat, scale: flint.fmpz) -> tuple[Fraction, ...]:
    return tuple(Fraction(int(entry), int(scale)) for entry in x.entries())


def _fraction(value: flint.fmpq) -> Fraction:
    return Fraction(int(value.p), int(value.q))
