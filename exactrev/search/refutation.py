"""From a guess which multipliers are not zero to exact ones; and where no guess helps, from an exact linear program.

Knows one case of a system. What it returns as closed passes `certificates.closes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd

import flint

from exactrev.arithmetic.integer_matrices import clear_denominators
from exactrev.arithmetic.linear_programs import Infeasible, Optimal, maximise
from exactrev.errors import TheoryContradicted
from exactrev.network import Point
from exactrev.search.certificates import Closed, States, closes
from exactrev.search.conditions import Relation
from exactrev.search.relaxation import Support
from exactrev.search.system import Form, System

__all__ = ["Solved", "close_case", "solve_case"]


@dataclass(frozen=True, slots=True)
class Solved:
    """An exact point of the relaxed case with a positive margin, and the units whose activations it relaxes."""

    point: Point
    relaxed: tuple[int, ...]


def close_case(system: System, states: States, support: Support) -> Closed | None:
    """Exact multipliers with this support, or None if there are none.

    All multipliers but those that balance an open unit are unknown, and the inputs have to cancel: as a rule that
    leaves one solution up to scale.
    """
    unknowns = [("target", i) for i in support.targets] + [("unit", j) for j in support.units]
    if not unknowns:
        return None
    vanishing, balances = _propagate(system, states, support, unknowns)
    solution = _only_solution(vanishing, len(unknowns))
    if solution is None:
        return None
    for sign in (1, -1):
        targets, units = [0] * len(system.targets), {}
        for (kind, index), entry in zip(unknowns, solution, strict=True):
            if kind == "target":
                targets[index] = sign * entry
            elif entry:
                units[index] = sign * entry
        for j, weights in balances:
            balance = -sign * sum(w * y for w, y in zip(weights, solution, strict=True))
            if balance:
                units[j] = balance
        leaf = Closed(tuple(targets), units)
        if closes(system, states, leaf):
            return leaf
    return None


def _propagate(
    system: System, states: States, support: Support, unknowns: Sequence[tuple[str, int]]
) -> tuple[list[list[int]], list[tuple[int, list[int]]]]:
    """What each unknown adds to what has to vanish, and to the open units that are as if on: one number an unknown."""
    n, width = system.n, len(unknowns)
    sums: list[list[int] | None] = [None] * (n + len(system.units))
    place = {unknown: r for r, unknown in enumerate(unknowns)}

    def add(form: Form, weights: Sequence[int]) -> None:
        active = [(r, w) for r, w in enumerate(weights) if w]
        for s, c in form.terms:
            row = sums[s]
            if row is None:
                row = sums[s] = [0] * width
            for r, w in active:
                row[r] += c * w

    for i in support.targets:
        add(system.targets[i], [int(r == place["target", i]) for r in range(width)])
    vanishing, balances = [], []
    for j in reversed(range(len(system.units))):
        above, state = sums[n + j], states.get(j)
        root = place.get(("unit", j))
        if state is None and above is not None:
            if j in support.as_on:
                balances.append((j, above))
            elif j in support.balanced:
                vanishing.append(above)
        passes = state if state is not None else j in support.as_on
        weights = list(above) if passes and above is not None else [0] * width
        if root is not None:
            weights[root] += 1 if state else -1
        if any(weights):
            add(system.units[j], weights)
    return [*vanishing, *(row for row in sums[:n] if row is not None)], balances


def _only_solution(rows: Sequence[Sequence[int]], width: int) -> list[int] | None:
    """The solution of rows . y = 0, up to scale, if there is one only."""
    shrunk = []
    for row in rows:
        divisor = gcd(*row)
        if divisor:
            shrunk.append([entry // divisor for entry in row])
    if not shrunk:
        return [1] if width == 1 else None
    basis, nullity = flint.fmpz_mat(shrunk).nullspace()
    if nullity != 1:
        return None
    column = [int(basis[r, 0]) for r in range(width)]
    divisor = gcd(*column)
    return [entry // divisor for entry in column]


# -- exactly -----------------------------------------------------------------------------------------------------------


def solve_case(system: System, states: States) -> Closed | Solved:
    """The relaxed case decided by an exact linear program in the inputs and the activations of the open units."""
    open_units = [j for j in range(len(system.units)) if j not in states]
    column = {j: system.n + place for place, j in enumerate(open_units)}
    size = system.n + len(open_units) + 1  # the last column is the margin
    rows: list[list[Fraction]] = []  # (row, constant): row . z + constant >= 0
    meaning: list[tuple[str, int, int]] = []
    expressions: list[list[Fraction]] = [[Fraction(int(i == k)) for k in range(size + 1)] for i in range(system.n)]

    def expression(form: Form) -> list[Fraction]:
        total = [Fraction(0)] * size + [Fraction(form.constant)]
        for s, c in form.terms:
            for k, entry in enumerate(expressions[s]):
                if entry:
                    total[k] += c * entry
        return total

    for j, unit in enumerate(system.units):
        u, state = expression(unit), states.get(j)
        if state is None:
            a = [Fraction(int(k == column[j])) for k in range(size + 1)]
            rows += [a, [p - q for p, q in zip(a, u, strict=True)]]
            meaning += [("open", j, 1), ("unit", j, 1)]
            expressions.append(a)
        else:
            rows.append(u if state else [-entry for entry in u])
            meaning.append(("unit", j, 1))
            expressions.append(u if state else [Fraction(0)] * (size + 1))
    has_margin = Relation.POSITIVE in system.relations
    for i, (form, relation) in enumerate(zip(system.targets, system.relations, strict=True)):
        row = expression(form)
        if relation is Relation.POSITIVE:
            row[size - 1] -= 1
        rows.append(row)
        meaning.append(("target", i, 1))
        if relation is Relation.ZERO:
            rows.append([-entry for entry in row])
            meaning.append(("target", i, -1))
    rows.append([Fraction(0)] * (size - 1) + [Fraction(-1), Fraction(1)])
    meaning.append(("margin", 0, 1))
    objective = [0] * (size - 1) + [int(has_margin)]
    outcome = maximise(objective, [[-entry for entry in row[:-1]] for row in rows], [row[-1] for row in rows])
    if isinstance(outcome, Infeasible) or (isinstance(outcome, Optimal) and has_margin and outcome.value <= 0):
        leaf = _as_leaf(system, meaning, outcome.multipliers)
        if not closes(system, states, leaf):
            raise TheoryContradicted("the multipliers of a linear program do not close its case", leaf=leaf)
        return leaf
    if not isinstance(outcome, Optimal):
        raise TheoryContradicted("a bounded linear program has a ray", outcome=outcome)
    x = outcome.point
    return Solved(x[: system.n], _relaxed(system, x, column))


def _as_leaf(system: System, meaning: Iterable[tuple[str, int, int]], multipliers: Iterable[Fraction]) -> Closed:
    keys = [(kind, index, sign) for kind, index, sign in meaning if kind in ("target", "unit")]
    chosen = [y for (kind, _, _), y in zip(meaning, multipliers, strict=True) if kind in ("target", "unit")]
    integers, _ = clear_denominators(chosen)
    targets, units = [0] * len(system.targets), {}
    for (kind, index, sign), y in zip(keys, integers, strict=True):
        if kind == "target":
            targets[index] += sign * y
        elif y:
            units[index] = y
    return Closed(tuple(targets), units)


def _relaxed(system: System, x: Sequence[Fraction], column: dict[int, int]) -> tuple[int, ...]:
    """The open units whose activation is larger at x than their own form says, farthest first."""
    values: list[Fraction] = list(x[: system.n])
    gaps: list[tuple[Fraction, int]] = []
    for j, unit in enumerate(system.units):
        u = sum((c * values[s] for s, c in unit.terms), Fraction(unit.constant))
        own = max(u, Fraction(0))
        values.append(x[column[j]] if j in column else own)
        if values[-1] > own:
            gaps.append(((values[-1] - own) / (1 + abs(u)), j))
    return tuple(j for _, j in sorted(gaps, key=lambda pair: -pair[0]))
