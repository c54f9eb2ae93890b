"""Systems of affine rows: a point that satisfies all of them, or multipliers that show that there is none.

Knows rows and linear programs. Knows nothing of networks, and nothing of the checker, which checks what is found here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd

from exactrev.arithmetic.linear_programs import EmptyInterior, Infeasible, Optimal, find_interior_point, maximise
from exactrev.errors import TheoryContradicted

__all__ = ["STRICT", "WEAK", "ZERO", "Form", "Point", "Refutation", "Row", "decide", "negative", "primitive", "value"]

Form = tuple[int, ...]
Point = tuple[Fraction, ...]
STRICT, WEAK, ZERO = ">", ">=", "="
Row = tuple[str, Form]
"""A relation and a form (c_1, ..., c_n, c_0): c.x + c_0 is positive, at least zero, or zero."""


@dataclass(frozen=True, slots=True)
class Refutation:
    """Numbers of rows, in order, that contradict each other, and of which none can be spared.

    Hence the multipliers that show it are unique up to a factor.
    """

    rows: tuple[int, ...]


def primitive(form: Sequence[int]) -> Form:
    """The form without the common factor of its entries."""
    factor = gcd(*form) or 1
    return tuple(c // factor for c in form)


def negative(form: Sequence[int]) -> Form:
    return tuple(-c for c in form)


def value(form: Sequence[int], point: Point) -> Fraction:
    """c.x + c_0, exactly.

    >>> value((2, -1, 5), (Fraction(1, 2), Fraction(3)))
    Fraction(3, 1)
    """
    return sum((c * x for c, x in zip(form[:-1], point, strict=True)), Fraction(form[-1]))


def decide(rows: Sequence[Row], dimension: int) -> Point | Refutation:
    """A point that satisfies all rows, or a refutation of them: some rows that have no common solution.

    >>> decide([(STRICT, (1, 0)), (STRICT, (-1, 1))], 1)
    (Fraction(1, 2),)
    >>> decide([(STRICT, (1, 0)), (WEAK, (-2, 0))], 1)
    Refutation(rows=(0, 1))
    """
    outcome = _solve(rows, dimension)
    return Refutation(_irreducible(rows, outcome, dimension)) if isinstance(outcome, list) else outcome


def _solve(rows: Sequence[Row], n: int) -> Point | list[int]:
    """A point, or the rows that are used in a contradiction."""
    if all(relation == STRICT for relation, _ in rows):
        A, b = [negative(form[:-1]) for _, form in rows], [form[-1] for _, form in rows]
        outcome = find_interior_point(A, b, dimension=n)
        if isinstance(outcome, EmptyInterior):
            return [i for i, multiplier in enumerate(outcome.multipliers) if multiplier]
        return outcome.point
    return _solve_mixed(rows, n)


def _solve_mixed(rows: Sequence[Row], n: int) -> Point | list[int]:
    """By the largest t <= 1 such that every form that has to be positive is at least t."""
    strict = [relation == STRICT for relation, _ in rows]
    A = [[*negative(form[:-1]), int(s)] for (_, form), s in zip(rows, strict, strict=True)]
    b = [form[-1] for _, form in rows]
    opposite = [i for i, (relation, _) in enumerate(rows) if relation == ZERO]
    A += [[-a for a in A[i]] for i in opposite] + [[0] * n + [1]]
    b += [-b[i] for i in opposite] + [1]
    outcome = maximise([0] * n + [int(any(strict))], A, b)
    if isinstance(outcome, Optimal) and (outcome.value > 0 or not any(strict)):
        return outcome.point[:n]
    if not isinstance(outcome, (Optimal, Infeasible)):
        raise TheoryContradicted("a bounded linear program has a ray", ray=outcome.ray)
    used = [*range(len(rows)), *opposite]
    return sorted({i for i, y in zip(used, outcome.multipliers, strict=False) if y})


def _irreducible(rows: Sequence[Row], used: list[int], n: int) -> tuple[int, ...]:
    """A subset of the rows that contradict each other, without any that can be spared."""
    if all(rows[i][0] == STRICT for i in used):
        return tuple(used)  # those of a vertex of the dual program
    for i in list(used):
        if i in used and len(used) > 1:
            fewer = [j for j in used if j != i]
            outcome = _solve([rows[j] for j in fewer], n)
            if isinstance(outcome, list):
                used = [fewer[j] for j in outcome]
    return tuple(used)
