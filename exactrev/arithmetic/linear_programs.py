"""Linear programs over Q, answered with a certificate either way.

Knows what each answer claims and how its certificate is checked, in plain rational arithmetic; the searching is done
by `basis_guess` (floats, never trusted) and `simplex` (exact). Knows nothing of networks: a cell of a ReLU network is
a system A x < b like any other.

Two questions are asked. `maximise` c x over A x <= b is answered by an `Optimal`, `Infeasible` or `Unbounded`
outcome, and `outcome.check(c, A, b)` holds. `find_interior_point` of A x < b is answered by an `InteriorPoint` or, by
Motzkin's transposition theorem, `EmptyInterior`, and `outcome.check(A, b)` holds. The checks rest on weak duality
alone (Schrijver, *Theory of Linear and Integer Programming*, §7) and believe nothing of how an answer was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from exactrev.arithmetic.basis_guess import Guess, guess_optimum
from exactrev.arithmetic.integer_matrices import clear_denominators
from exactrev.arithmetic.numbers import lift
from exactrev.arithmetic.simplex import Escape, Start, Summit, climb, is_vertex
from exactrev.errors import TheoryContradicted

__all__ = [
    "EmptyInterior", "Infeasible", "InteriorPoint", "Optimal", "Unbounded", "find_interior_point", "maximise"
]  # fmt: skip

Vector = tuple[Fraction, ...]
Matrix = Sequence[Sequence[Any]]
"""Rows of anything that `lift` takes."""

_GUESS_FROM = 6
"""From this many unknowns on it pays to ask for a guess. With fewer, and up to a hundred rows of float64 numbers, the
exact method alone takes as long as HiGHS does or less."""


@dataclass(frozen=True, slots=True)
class Optimal:
    """c point = value is the maximum: the multipliers y >= 0 give y A = c, so c x = y A x <= y b = value."""

    point: Vector
    value: Fraction
    multipliers: Vector

    def check(self, c: Sequence[Any], A: Matrix, b: Sequence[Any]) -> bool:
        """Whether the point is feasible and the multipliers prove that no feasible point is better."""
        A, b, c = _exact_matrix(A), _exact(b), _exact(c)
        x, y = _exact(self.point), _exact(self.multipliers)
        return (
            _fits(A, b, unknowns=[c, x], multipliers=y)
            and _is_feasible(x, A, b)
            and all(entry >= 0 for entry in y)
            and _combine(y, A, len(c)) == c
            and _dot(c, x) == self.value == _dot(y, b)
        )


@dataclass(frozen=True, slots=True)
class Infeasible:
    """No x has A x <= b (Farkas): the multipliers y >= 0 give y A = 0 and y b < 0, so 0 = y A x <= y b < 0."""

    multipliers: Vector

    def check(self, c: Sequence[Any], A: Matrix, b: Sequence[Any]) -> bool:
        """Whether the multipliers prove that A x <= b has no solution; of c only the length matters."""
        A, b, y = _exact_matrix(A), _exact(b), _exact(self.multipliers)
        return (
            _fits(A, b, unknowns=[_exact(c)], multipliers=y)
            and all(entry >= 0 for entry in y)
            and not any(_combine(y, A, len(c)))
            and _dot(y, b) < 0
        )


@dataclass(frozen=True, slots=True)
class Unbounded:
    """c x has no maximum: point + t ray is feasible for all t >= 0, since A ray <= 0, and c ray > 0."""

    point: Vector
    ray: Vector

    def check(self, c: Sequence[Any], A: Matrix, b: Sequence[Any]) -> bool:
        """Whether the point is feasible and the ray stays feasible and rises."""
        A, b, c = _exact_matrix(A), _exact(b), _exact(c)
        x, ray = _exact(self.point), _exact(self.ray)
        return (
            _fits(A, b, unknowns=[c, x, ray])
            and _is_feasible(x, A, b)
            and all(_dot(row, ray) <= 0 for row in A)
            and _dot(c, ray) > 0
        )


@dataclass(frozen=True, slots=True)
class InteriorPoint:
    """A point with A point < b in every row. Its coordinates are dyadic and as short as its distance to b allows."""

    point: Vector

    def check(self, A: Matrix, b: Sequence[Any]) -> bool:
        """Whether every inequality holds strictly at the point."""
        A, b, x = _exact_matrix(A), _exact(b), _exact(self.point)
        return _fits(A, b, unknowns=[x]) and all(_dot(row, x) < bound for row, bound in zip(A, b, strict=True))


@dataclass(frozen=True, slots=True)
class EmptyInterior:
    """No x has A x < b: integers l >= 0, not all zero, give l A = 0 and l b <= 0, but A x < b makes l A x < l b.

    A row of zeros, 0 < b_i, is an inequality like the others; with b_i <= 0 it is a certificate all by itself.
    """

    multipliers: tuple[int, ...]

    def check(self, A: Matrix, b: Sequence[Any]) -> bool:
        """Whether the multipliers prove that A x < b has no solution."""
        A, b, multipliers = _exact_matrix(A), _exact(b), _exact(self.multipliers)
        return (
            _fits(A, b, multipliers=multipliers)
            and all(entry >= 0 and entry.denominator == 1 for entry in multipliers)
            and any(multipliers)
            and not any(_combine(multipliers, A, len(A[0])))
            and _dot(multipliers, b) <= 0
        )


def maximise(c: Sequence[Any], A: Matrix, b: Sequence[Any]) -> Optimal | Infeasible | Unbounded:
    """Maximise c x subject to A x <= b, x free: A of shape (m, n), b of length m, c of length n.

    Numbers are taken as `lift` takes them, which raises `InexactInput`; shapes that do not fit are a `ValueError`.

    >>> maximise([1, 1], [[1, 2], [2, 1]], [3, 3])
    Optimal(point=(Fraction(1, 1), Fraction(1, 1)), value=Fraction(2, 1), multipliers=(Fraction(1, 3), Fraction(1, 3)))
    >>> maximise([1], [[1], [-1]], [0, -1])
    Infeasible(multipliers=(Fraction(1, 2), Fraction(1, 2)))
    >>> maximise([1, 1], [[1, -1]], [0])
    Unbounded(point=(Fraction(0, 1), Fraction(0, 1)), ray=(Fraction(1, 1), Fraction(1, 1)))
    """
    n = len(c)
    rows, scales = _integer_rows(A, b, n)
    objective, scale = clear_denominators(c)
    start = _guessed_vertex(rows, _guess(rows, objective))
    if start is None:
        elastic = _elastic(rows, n)
        deepest = _find_deepest(elastic, _guess(elastic, _depth(n)))
        if deepest.point[n] < 0:
            return Infeasible(tuple(y * s for y, s in zip(deepest.multipliers[1:], scales, strict=True)))
        start = Start(tuple(range(len(rows), len(rows) + n)), deepest.point[:n])
    end = climb(rows, objective, start)
    if isinstance(end, Escape):
        return Unbounded(end.point, end.ray)
    multipliers = tuple(y * s / scale for y, s in zip(end.multipliers, scales, strict=True))
    return Optimal(end.point, _dot(_exact(c), end.point), multipliers)


def find_interior_point(A: Matrix, b: Sequence[Any], *, dimension: int | None = None) -> InteriorPoint | EmptyInterior:
    """A point with A x < b strictly, or integers that prove that there is none: A of shape (m, n), b of length m.

    The dimension n has to be given only where no row shows it. Raises as `maximise` does.

    >>> find_interior_point([[1, 1], [-1, 0], [0, -1]], ["1/2", 0, 0])
    InteriorPoint(point=(Fraction(1, 8), Fraction(1, 8)))
    >>> find_interior_point([[2, 2], [-1, 0], [0, -1]], [0, 0, 0])
    EmptyInterior(multipliers=(1, 2, 2))
    """
    if dimension is None and not len(A):
        raise ValueError("a system without rows needs its dimension")
    n = len(A[0]) if dimension is None else dimension
    rows, scales = _integer_rows(A, b, n)
    elastic = _elastic(rows, n)
    guess = _guess(elastic, _depth(n))
    if guess and guess.point[n] > 0:
        point = _shorten(tuple(map(lift, guess.point[:n])), lift(guess.point[n]))
        if all(_dot(row, (*point, -1)) < 0 for row in rows):
            return InteriorPoint(point)
    deepest = _find_deepest(elastic, guess)
    if deepest.point[n] > 0:
        return InteriorPoint(_shorten(deepest.point[:n], deepest.point[n]))
    # y A = 0 and y b <= 0. And y is not zero: else the bound on the depth alone would keep it from 1.
    multipliers, _ = clear_denominators(y * s for y, s in zip(deepest.multipliers[1:], scales, strict=True))
    return EmptyInterior(multipliers)


# -- where to start ----------------------------------------------------------------------------------------------------


def _guess(rows: Sequence[Sequence[int]], objective: Sequence[int]) -> Guess | None:
    return guess_optimum(rows, objective) if len(objective) >= _GUESS_FROM else None


def _guessed_vertex(rows: Sequence[Sequence[int]], guess: Guess | None) -> Start | None:
    """The guess, if it is a vertex."""
    if guess is None:
        return None
    start = Start(guess.conditions, (Fraction(0),) * len(guess.point))
    return start if is_vertex(rows, start) else None


def _elastic(rows: Sequence[Sequence[int]], n: int) -> list[list[int]]:
    """The program in (x, t) that asks how deep a point x can lie: t <= 1, then a x + |a| t <= b for each row (a, b).

    |a| is the 1-norm, so that t is a distance in the maximum norm; a row of zeros counts as one of norm one. Every x
    is feasible with some t, and t is bounded, so there is always an optimum. A x <= b has a solution exactly if it is
    at least 0, A x < b exactly if it is positive; else the multipliers of the rows prove the contrary.
    """
    deep = [[*row[:-1], sum(map(abs, row[:-1])) or 1, row[-1]] for row in rows]
    return [[0] * n + [1, 1], *deep]


def _depth(n: int) -> tuple[int, ...]:
    """The objective t of an elastic program."""
    return (*([0] * n), 1)


def _find_deepest(elastic: Sequence[Sequence[int]], guess: Guess | None) -> Summit:
    """The optimum (x, t), from the guess if it is a vertex, else from as deep as one can be at the guessed x, or 0."""
    n = len(elastic[0]) - 2
    start = _guessed_vertex(elastic, guess)
    if start is None:
        x = tuple(map(lift, guess.point[:n])) if guess else (Fraction(0),) * n
        room = [(row[-1] - _dot(row[:n], x)) / row[n] for row in elastic]
        pins = range(len(elastic), len(elastic) + n)
        start = Start((room.index(min(room)), *pins), (*x, Fraction(0)))
    top = climb(elastic, _depth(n), start)
    if isinstance(top, Escape):
        raise TheoryContradicted("a bounded linear program has a ray", ray=top.ray)
    return top


def _shorten(x: Vector, margin: Fraction) -> Vector:
    """The nearest point of a dyadic grid no wider than the margin, so nearer than the margin in every coordinate."""
    bits = (-(-margin.denominator // margin.numerator) - 1).bit_length()
    return tuple(Fraction(round(entry * 2**bits), 2**bits) for entry in x)


# -- rows and sums -----------------------------------------------------------------------------------------------------


def _integer_rows(A: Matrix, b: Sequence[Any], n: int) -> tuple[list[tuple[int, ...]], list[Fraction]]:
    """Each row (a_i, b_i) as a primitive integer row, with the positive factor that makes it one."""
    if len(A) != len(b) or any(len(row) != n for row in A):
        lengths = sorted({len(row) for row in A})
        raise ValueError(f"{len(A)} rows of lengths {lengths} and {len(b)} bounds do not fit {n} unknowns")
    cleared = [clear_denominators([*row, bound]) for row, bound in zip(A, b, strict=True)]
    return [row for row, _ in cleared], [scale for _, scale in cleared]


def _fits(A: Sequence[Vector], b: Vector, unknowns: Sequence[Vector] = (), multipliers: Vector | None = None) -> bool:
    """Whether A and b form a system, with as many unknowns as each of the vectors has, and one multiplier a row."""
    return (
        len(A) == len(b)
        and len({len(row) for row in (*A, *unknowns)}) <= 1
        and (multipliers is None or len(multipliers) == len(A))
    )


def _is_feasible(x: Vector, A: Sequence[Vector], b: Vector) -> bool:
    return all(_dot(row, x) <= bound for row, bound in zip(A, b, strict=True))


def _exact(vector: Iterable[Any]) -> Vector:
    return tuple(map(lift, vector))


def _exact_matrix(A: Matrix) -> list[Vector]:
    return [_exact(row) for row in A]


def _dot(u: Sequence[Any], v: Sequence[Any]) -> Fraction:
    return sum((p * q for p, q in zip(u, v, strict=True) if p and q), Fraction(0))


def _combine(y: Vector, A: Sequence[Vector], n: int) -> Vector:
    """y A, of length n."""
    return tuple(_dot(y, [row[j] for row in A]) for j in range(n))
