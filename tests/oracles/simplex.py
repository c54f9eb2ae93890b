"""A linear program over the integers: fraction-free simplex with Bland's rule, started at a known feasible point.

Both answers are checked against the input before they are returned: a point or a ray by substitution, an optimum by
its dual multipliers. A mistake in the pivoting can thus make it raise or run on, but not lie.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from oracles.forms import Form, HomogeneousPoint, dot, negated, primitive, sign

__all__ = ["LinearProgramResult", "find_common_point", "find_strict_point", "is_bounded_above", "maximise"]


class SimplexMistake(Exception):
    """An answer failed its own check."""


@dataclass(frozen=True, slots=True)
class LinearProgramResult:
    """`point` is feasible. With `ray`, the objective grows without bound along it; else `value` is attained at `point`.

    `is_optimal` says that no feasible point has a larger value (not so after an early stop).
    """

    point: HomogeneousPoint
    value: Fraction
    ray: tuple[int, ...] | None
    is_optimal: bool


def maximise(
    objective: Form, constraints: Sequence[Form], start: HomogeneousPoint, stop_above_zero: bool = False
) -> LinearProgramResult:
    """Maximise a form over {constraint >= 0 for all}, from a point of that set; the variables are free."""
    n = len(objective) - 1
    *P, q = start
    # In y = q x - P the start is 0. Variables 0..n-1 are the free y, n+i is the slack of constraint i. The dictionary:
    # D * (basic variable) = row[0] + sum_j row[1+j] * (nonbasic variable j), and likewise D * objective in `top`.
    rows: list[list[int]] = [[dot(form, start), *form[:-1]] for form in constraints]
    if any(row[0] < 0 for row in rows):
        raise ValueError("the start is not feasible")
    top = [dot(objective, start), *objective[:-1]]
    basic = [n + i for i in range(len(rows))]
    nonbasic = list(range(n))
    D = 1
    while not (stop_above_zero and top[0] > 0):
        # Free variables first (each enters at most once), then Bland's smallest index.
        candidates = [j for j in range(n) if (top[1 + j] if nonbasic[j] < n else top[1 + j] > 0)]
        if not candidates:
            break
        j = min(candidates, key=lambda j: nonbasic[j])
        direction = sign(top[1 + j])
        r = _find_leaving_row(rows, basic, 1 + j, direction, n)
        if r is None:
            ray = _find_ray(rows, basic, nonbasic, j, direction, D, n)
            point = _read_point(rows, basic, P, q, D, n)
            return _checked_ray(objective, constraints, point, ray)
        rows, top, D = _pivot(rows, top, D, r, 1 + j)
        basic[r], nonbasic[j] = nonbasic[j], basic[r]
    point = _read_point(rows, basic, P, q, D, n)
    if any(dot(form, point) < 0 for form in constraints):
        raise SimplexMistake("an infeasible point")
    value = Fraction(dot(objective, point), point[-1])
    if stop_above_zero and value > 0:
        return LinearProgramResult(point, value, None, is_optimal=False)
    _check_multipliers(objective, constraints, value, {nonbasic[j]: -top[1 + j] for j in range(n)}, D, n)
    return LinearProgramResult(point, value, None, is_optimal=True)


def _find_leaving_row(rows: list[list[int]], basic: list[int], column: int, direction: int, n: int) -> int | None:
    """The row that blocks first when the entering variable moves; the smallest variable among ties; None: none does."""
    best: int | None = None
    for i, row in enumerate(rows):
        fall = -direction * row[column]
        if basic[i] < n or fall <= 0:
            continue
        if best is not None:
            difference = row[0] * -direction * rows[best][column] - rows[best][0] * fall
            if difference > 0 or (difference == 0 and basic[i] > basic[best]):
                continue
        best = i
    return best


def _pivot(
    rows: list[list[int]], top: list[int], D: int, r: int, column: int
) -> tuple[list[list[int]], list[int], int]:
    """Exchange the basic variable of row r and the nonbasic one of a column; all divisions are exact (Bareiss)."""
    pivot_row = rows[r]
    s, size = sign(pivot_row[column]), abs(pivot_row[column])

    def exchanged(row: list[int]) -> list[int]:
        factor = s * row[column]
        new = [(size * a - factor * b) // D for a, b in zip(row, pivot_row, strict=True)]
        new[column] = factor
        return new

    entering = [-s * entry for entry in pivot_row]
    entering[column] = s * D
    return [entering if i == r else exchanged(row) for i, row in enumerate(rows)], exchanged(top), size


def _read_point(rows: list[list[int]], basic: list[int], P: Sequence[int], q: int, D: int, n: int) -> HomogeneousPoint:
    coordinates = [D * p for p in P]
    for variable, row in zip(basic, rows, strict=True):
        if variable < n:
            coordinates[variable] += row[0]
    return primitive([*coordinates, D * q])


def _find_ray(
    rows: list[list[int]], basic: list[int], nonbasic: list[int], j: int, direction: int, D: int, n: int
) -> tuple[int, ...]:
    ray = [0] * n
    if nonbasic[j] < n:
        ray[nonbasic[j]] = direction * D
    for variable, row in zip(basic, rows, strict=True):
        if variable < n:
            ray[variable] = direction * row[1 + j]
    return primitive(ray)


def _checked_ray(
    objective: Form, constraints: Sequence[Form], point: HomogeneousPoint, ray: tuple[int, ...]
) -> LinearProgramResult:
    if any(dot(form, point) < 0 or dot(form[:-1], ray) < 0 for form in constraints) or dot(objective[:-1], ray) <= 0:
        raise SimplexMistake("not an improving ray")
    return LinearProgramResult(point, Fraction(dot(objective, point), point[-1]), ray, is_optimal=False)


def _check_multipliers(
    objective: Form, constraints: Sequence[Form], value: Fraction, multipliers: dict[int, int], D: int, n: int
) -> None:
    """D * objective + sum of multiplier * constraint == D * value, identically, with multipliers >= 0."""
    total = [D * entry for entry in objective]
    for variable, multiplier in multipliers.items():
        if multiplier < 0 or (variable < n and multiplier):
            raise SimplexMistake("a multiplier has the wrong sign")
        if multiplier:
            form = constraints[variable - n]
            total = [entry + multiplier * a for entry, a in zip(total, form, strict=True)]
    if any(total[:-1]) or total[-1] != D * value:
        raise SimplexMistake("the multipliers prove nothing")


def find_strict_point(
    constraints: Sequence[Form], inside: HomogeneousPoint, objective: Form, equations: Sequence[Form] = ()
) -> HomogeneousPoint | None:
    """A point where all constraints and the objective are positive and the equations are 0, or None.

    `inside` has all constraints positive and the equations 0.
    """
    if dot(objective, inside) > 0:
        return inside
    weak = [*constraints, *equations, *map(negated, equations)]
    result = maximise(objective, weak, inside, stop_above_zero=True)
    far = result.point
    if result.ray is not None:
        slope = dot(objective[:-1], result.ray)
        steps = max(0, -dot(objective, far)) // (slope * far[-1]) + 1
        far = primitive([*(x + steps * far[-1] * d for x, d in zip(far, result.ray, strict=False)), far[-1]])
    elif result.value <= 0:
        return None
    # Every point strictly between `inside` and `far` has all constraints positive; near `far` so is the objective.
    high = Fraction(dot(objective, far), far[-1])
    low = Fraction(dot(objective, inside), inside[-1])
    share = high / (2 * (high - low))
    point = between(far, inside, share)
    if dot(objective, point) <= 0 or any(dot(form, point) <= 0 for form in constraints):
        raise SimplexMistake("not strictly inside")
    if any(dot(form, point) for form in equations):
        raise SimplexMistake("not a solution of the equations")
    return point


def between(start: HomogeneousPoint, end: HomogeneousPoint, share: Fraction) -> HomogeneousPoint:
    """(1 - share) * start + share * end."""
    a = (share.denominator - share.numerator) * end[-1]
    b = share.numerator * start[-1]
    return primitive(
        [*(a * x + b * y for x, y in zip(start[:-1], end[:-1], strict=True)), share.denominator * start[-1] * end[-1]]
    )


def is_bounded_above(objective: Form, constraints: Sequence[Form], inside: HomogeneousPoint) -> bool:
    return maximise(objective, constraints, inside).ray is None


def find_common_point(constraints: Sequence[Form], n: int) -> HomogeneousPoint | None:
    """A point where all constraints are >= 0, or None. An equation is two constraints."""
    # Minimise t >= 0 subject to constraint + t >= 0: at x = 0 a large t is feasible, and the optimum is attained.
    lifted = [(*form[:-1], 1, form[-1]) for form in constraints]
    slack_only = (*([0] * n), 1, 0)
    start = (*([0] * n), max([1, *(-form[-1] for form in constraints)]), 1)
    result = maximise(negated(slack_only), [*lifted, slack_only], start)
    if result.ray is not None or not result.is_optimal:
        raise SimplexMistake("a minimum of t >= 0 has to exist")
    if result.value < 0:
        return None
    return primitive([*result.point[:n], result.point[-1]])
