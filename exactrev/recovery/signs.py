"""Signs of a hidden layer from a linear system, and whether they are the only ones (Theorem 3, Appendix C).

Knows equations whose unknowns are +1 or -1. The system comes from z, a neuron of layer k, seen at points of its
boundary: its gradient g_s, the gradients v_i of layer k-1's units there, up to the signs t_i that are sought, and on
which side sigma_i of each unit's boundary the point lies. Unit i is active or not, 1_i = (1 + t_i sigma_i)/2, so

    2 g_s = sum_i W_i (t_i + sigma_i) v_i        at every point s,

linear in t; the sign of z cancels, its known weights and gradients carrying the same. Knows nothing of queries,
regions and networks: what visits the points stands above, and whoever reconstructs from boundaries alone uses this too.

Where the rank falls short of the number of units, that t_i = +1 or -1 has to do the rest. A solution that happens to
be found shows nothing about others, so here every solution is found, or uniqueness is shown by a lattice without
short vectors, or it is said that it was not shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import isqrt, prod
from typing import Any

import flint
import numpy as np
import numpy.typing as npt

from exactrev.arithmetic.integer_matrices import clear_denominators, integer_nullspace
from exactrev.arithmetic.lattices import find_sign_vector, reduce_lattice
from exactrev.arithmetic.numbers import lift

__all__ = [
    "SignDecision",
    "Trail",
    "Visit",
    "decide_signs",
    "echelon",
    "eliminate",
    "recover_signs",
    "visit_equations",
]

Vector = Sequence[Any]
Signs = tuple[int, ...]
Integers = tuple[int, ...]
Residues = npt.NDArray[np.int64]

_PRIME = 2**61 - 1
"""Sums of signs are compared modulo this prime before they are compared exactly; sums of two residues fit 64 bits."""

_MAX_DIMENSION = 40
"""All signs of so many unknowns are searched: the square root of 2**40 sums on either side fits a few megabytes."""

_MAX_CANDIDATES = 2**16
"""So many candidates are compared exactly; more come only from small integer weights."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A point of B_z as the sign system sees it.

    `gradient` is that of z there, in one scale for the whole trail; `units` are the gradients of all units of the layer
    below there, each up to its sign; `sides` are the signs of the corresponding forms at the point, +1 or -1.
    """

    gradient: Vector
    units: tuple[Vector, ...]
    sides: Signs


@dataclass(frozen=True, slots=True)
class Trail:
    """Points visited on one boundary, and the weights into its neuron in the same scale: None where not known."""

    weights: tuple[Any, ...]
    visits: tuple[Visit, ...]


@dataclass(frozen=True, slots=True)
class SignDecision:
    """Which signs satisfy the equations, and how sure it is that no others do.

    - `exists`: True with `signs`; False if it is shown that none do; None if none were found.
    - `unique`: True or False if shown, with `second` another solution; None if not shown. Where there is no system,
      and `rank` is None, it says what all that was seen agrees with, which is no proof.
    - `open`: units whose sign differs between the solutions found; `all_known`: every solution was taken into account.
    - `rank` of the linear system, beside `rank_claimed`, what the theory expects of it (None: nothing claimed, and
      no system where the signs were decided in another way).
    - `reason`: how it was decided, for people.
    """

    signs: Signs | None
    exists: bool | None
    unique: bool | None
    second: Signs | None
    open: tuple[int, ...]
    all_known: bool
    rank: int | None
    rank_claimed: int | None
    reason: str

    @property
    def settled(self) -> Signs | None:
        """The signs that hold in every solution, 0 for a unit that is open; None where that is not known."""
        if self.signs is None or not self.all_known:
            return None
        return tuple(0 if i in self.open else sign for i, sign in enumerate(self.signs))


def recover_signs(trails: Sequence[Trail], rho: int | None = None) -> SignDecision:
    """The signs of a layer's units from the trails on boundaries of the next layer.

    A weight that is not known adds two real unknowns, W_i and W_i t_i, which are eliminated, so that a trail need not
    be complete; what is said about other solutions is said of the equations that remain. A unit whose weight no trail
    knows has no sign, 0, and `unique` speaks of the others. `rho` is the rank of the activation gradients two layers
    below over the cells visited (n_in for k = 2): then the rank to expect is min(n, rho) for one trail and
    min(n, rho times the number of trails) for several, if no weight is missing.

    Raises `ValueError` for no trails, for lengths that do not match, and for a side that is not +1 or -1.

    >>> visit = Visit(gradient=(1, 0), units=((1, 0), (0, 3)), sides=(1, -1))  # z = a_1 + a_2, u = (x, 3y), y < 0
    >>> recover_signs([Trail((1, 1), (visit,))]).signs
    (1, 1)
    """
    if not trails or len({len(trail.weights) for trail in trails}) > 1:
        raise ValueError("signs need at least one trail, and all trails the same number of units")
    n = len(trails[0].weights)
    equations = [equation for trail in trails for equation in _trail_equations(trail)]
    known = [i for i in range(n) if any(trail.weights[i] is not None for trail in trails)]
    claimed = None if rho is None else min(n, rho * len(trails))
    found = decide_signs(_select(equations, [*known, n]), len(known), claimed)

    def place(signs: Signs | None) -> Signs | None:
        return None if signs is None else tuple(signs[known.index(i)] if i in known else 0 for i in range(n))

    opened = tuple(known[i] for i in found.open)
    return replace(found, signs=place(found.signs), second=place(found.second), open=opened)


def decide_signs(
    equations: Iterable[Vector], n: int, rank_claimed: int | None = None, *, max_dimension: int = _MAX_DIMENSION
) -> SignDecision:
    """All t in {+1, -1}^n with a . t = b for every equation (a, b), a row of n + 1 numbers.

    Decides completely where the solutions of the linear system have at most `max_dimension` dimensions. Beyond that,
    LLL finds a solution or not, and it is the only one if the integer vectors of the nullspace are all longer than a
    difference of signs can be.

    >>> decide_signs([(1, 1, 1, 1), (1, -1, 0, 0)], 3).settled
    (1, 1, -1)
    >>> decide_signs([(1, 1, 1, 1)], 3).second is not None
    True
    """
    rows = _distinct(equations, n + 1)
    reduced, pivots = echelon(rows)
    rank = sum(pivot < n for pivot in pivots)
    seen = [i for i in range(n) if any(row[i] for row in reduced)]
    dimension = len(seen) - rank
    solutions: list[Signs] = []
    if n in pivots:
        complete, reason = True, "the equations contradict each other"
    elif dimension <= max_dimension:
        solutions, complete = _search(
            _select(reduced, [*seen, n]), [seen.index(pivot) for pivot in pivots], len(seen), max_dimension
        )
        reason = f"searched {'all' if complete else _MAX_CANDIDATES} signs on {dimension} dimensions"
        reason = reason if dimension else "the rank is full"
    else:
        independent = _select([rows[i] for i in _independent(rows)], [*seen, n])
        solutions, complete = _reduce(independent, len(seen))
        reason = f"lattice reduction on {dimension} dimensions{', without short vectors' if complete else ''}"
    # Units in no equation take either sign.
    full = [tuple(solution[seen.index(i)] if i in seen else 1 for i in range(n)) for solution in solutions]
    full += [_flipped(full[0], i) for i in range(n) if full and i not in seen]
    return SignDecision(
        signs=full[0] if full else None,
        exists=True if full else False if complete else None,
        unique=False if len(full) > 1 else True if full and complete else None,
        second=full[1] if len(full) > 1 else None,
        open=tuple(i for i in range(n) if any(signs[i] != full[0][i] for signs in full)),
        all_known=complete,
        rank=rank,
        rank_claimed=rank_claimed,
        reason=reason,
    )


def eliminate(rows: Iterable[Vector], n_free: int) -> list[Integers]:
    """What linear equations say when their first `n_free` unknowns may be anything: rows in the other unknowns.

    >>> eliminate([(1, 1, 0, 5), (1, 0, 1, 7)], 1)
    [(-1, 1, 2)]
    """
    table = [tuple(row) for row in rows]
    if not n_free or not table:
        return _distinct(table, len(table[0])) if table else []
    reduced, pivots = echelon(_distinct(table, len(table[0])))
    return [row[n_free:] for row, pivot in zip(reduced, pivots, strict=True) if pivot >= n_free]


def _trail_equations(trail: Trail) -> list[Integers]:
    """The equations of one trail. Visits that see the same gradients of the units differ by crossings only, which say
    nothing new: they are used where they contradict."""
    unknown = [i for i, weight in enumerate(trail.weights) if weight is None]
    weights = [Fraction(0) if weight is None else lift(weight) for weight in trail.weights]
    first: dict[tuple[tuple[Fraction, ...], ...], tuple[Visit, list[Fraction]]] = {}
    rows: list[Vector] = []
    for visit in trail.visits:
        _check_visit(visit, len(weights))
        units = tuple(tuple(map(lift, unit)) for unit in visit.units)
        equations = visit_equations(weights, Visit(tuple(map(lift, visit.gradient)), units, visit.sides))
        right = [equation[-1] for equation in equations]
        earlier, earlier_right = first.setdefault(units, (visit, right))
        same_sides = all(earlier.sides[i] == visit.sides[i] for i in unknown)
        if earlier is not visit and earlier_right == right and same_sides:
            continue
        for column, equation in zip(zip(*units, strict=True), equations, strict=True):
            free = [column[i] * factor for i in unknown for factor in (1, visit.sides[i])]
            rows.append((*free, *equation))
    return eliminate(rows, 2 * len(unknown))


def visit_equations(weights: Vector, visit: Visit) -> list[tuple[Any, ...]]:
    """2 g = sum_i W_i (t_i + sigma_i) v_i at one point: for each coordinate a row, all W_i v_i and the right-hand side.

    Entries are elements of one field, numbers or letters.

    >>> visit_equations((3, 5), Visit(gradient=(6,), units=((2,), (7,)), sides=(1, -1)))
    [(6, 35, 41)]
    """
    rows = []
    for entry, column in zip(visit.gradient, zip(*visit.units, strict=True), strict=True):
        terms = [weight * v for weight, v in zip(weights, column, strict=True)]
        switched = (term * side for term, side in zip(terms, visit.sides, strict=True))
        rows.append((*terms, 2 * entry - sum(switched)))
    return rows


def _check_visit(visit: Visit, n: int) -> None:
    if len(visit.units) != n or len(visit.sides) != n or any(len(unit) != len(visit.gradient) for unit in visit.units):
        raise ValueError(f"a visit of {len(visit.units)} units and {len(visit.sides)} sides does not fit {n} weights")
    if any(side not in (1, -1) for side in visit.sides):
        raise ValueError(f"sides are +1 or -1, not {visit.sides!r}: a visit lies on no boundary of the layer below")


def _search(rows: Sequence[Integers], pivots: Sequence[int], n: int, limit: int) -> tuple[list[Signs], bool]:
    """The sign vectors that satisfy a reduced system, and whether they are all.

    The signs off the pivots determine those on the pivots. They are split in two halves whose sums have to meet: one
    equation, with its pivot's sign unknown too, then a combination of two, three, ... until few candidates are left.
    """
    free = [i for i in range(n) if i not in set(pivots)]
    candidates = np.zeros((1, 0), dtype=np.int8)
    complete = True
    for m in range(1, max(1, min(len(rows), limit + 1 - len(free))) + 1) if free and rows else ():
        variables = [*free, *pivots[:m]]
        combined = [sum(row[i] * pow(3, k, _PRIME) for k, row in enumerate(rows[:m])) % _PRIME for i in (*variables, n)]
        candidates, complete = _meet_in_the_middle(combined[:-1], combined[-1])
        if complete:
            break
    solutions = []
    for signs in dict.fromkeys(map(tuple, candidates[:, : len(free)].tolist())):
        solution = _complete_solution(rows, pivots, dict(zip(free, signs, strict=True)), n)
        if solution is not None:
            solutions.append(solution)
    return solutions, complete


def _complete_solution(
    rows: Sequence[Integers], pivots: Sequence[int], signs: dict[int, int], n: int
) -> Signs | None:
    """The sign vector that extends the signs off the pivots, exactly, if there is one."""
    solution = dict(signs)
    for row, pivot in zip(rows, pivots, strict=True):
        value = row[n] - sum(row[i] * sign for i, sign in signs.items())
        if value not in (row[pivot], -row[pivot]):
            return None
        solution[pivot] = 1 if value == row[pivot] else -1
    return tuple(solution[i] for i in range(n))


def _meet_in_the_middle(coefficients: Sequence[int], target: int) -> tuple[npt.NDArray[np.int8], bool]:
    """The signs t with coefficients . t = target modulo the prime, as rows; False if there are more than are listed."""
    half = len(coefficients) // 2
    left, right = _signed_sums(coefficients[:half]), _signed_sums(coefficients[half:])
    order = np.argsort(right, kind="stable")
    wanted = (target - left) % _PRIME
    start = np.searchsorted(right, wanted, "left", sorter=order)
    count = np.searchsorted(right, wanted, "right", sorter=order) - start
    complete = int(count.sum()) <= _MAX_CANDIDATES
    pairs: list[tuple[int, int]] = []
    for i in np.flatnonzero(count).tolist():
        pairs += [(i, int(j)) for j in order[start[i] : start[i] + count[i]][: _MAX_CANDIDATES - len(pairs)]]
        if len(pairs) >= _MAX_CANDIDATES:
            break
    bits = [[i >> k & 1 for k in range(half)] + [j >> k & 1 for k in range(len(coefficients) - half)] for i, j in pairs]
    return 2 * np.array(bits, dtype=np.int8).reshape(len(bits), len(coefficients)) - 1, complete


def _signed_sums(coefficients: Sequence[int]) -> Residues:
    """The sums of all signs times the coefficients modulo the prime; bit k of the index says the sign of the k-th."""
    sums: Residues = np.zeros(1, dtype=np.int64)
    for coefficient in coefficients:
        sums = np.concatenate([(sums - coefficient) % _PRIME, (sums + coefficient) % _PRIME])
    return sums


def _reduce(rows: Sequence[Integers], n: int) -> tuple[list[Signs], bool]:
    """A sign vector that lattice reduction finds, if any, and whether it is shown to be the only one."""
    found = find_sign_vector([row[:n] for row in rows], [row[n] for row in rows])
    if found is None:
        return [], False
    return [found], _has_no_short_vector([row[:n] for row in rows], n)


def _has_no_short_vector(rows: Sequence[Integers], n: int) -> bool:
    """Whether no two sign vectors can satisfy the same equations with these coefficients, if that can be shown.

    Half a difference of two is an integer vector of the nullspace with squared length at most n. Every vector of a
    lattice is at least as long as the shortest of the Gram-Schmidt vectors of a basis. A reduction that leaves
    enough vectors in the nullspace has found a basis of its integer vectors: they are part of a basis of Z^n.
    """
    weight = 2**n * prod(isqrt(sum(entry**2 for entry in row)) + 1 for row in rows)
    lattice = reduce_lattice(
        [[*(int(i == j) for j in range(n)), *(weight * row[i] for row in rows)] for i in range(n)]
    )
    basis = [vector[:n] for vector in lattice if not any(vector[n:])]
    if len(basis) != len(integer_nullspace(rows)):
        return False
    B = flint.fmpz_mat([*map(list, basis)])
    permutation, _, _, U = (B * B.transpose()).fflu()
    if not permutation.is_one():
        return False
    minors = [1, *(int(U[i, i]) for i in range(len(basis)))]  # of the Gram matrix: products of squared lengths
    return all(minors[i + 1] > n * minors[i] for i in range(len(basis)))


def _distinct(rows: Iterable[Vector], width: int) -> list[Integers]:
    """The rows as primitive integer rows, each once, zero rows left out."""
    table = [tuple(row) for row in rows]
    if any(len(row) != width for row in table):
        raise ValueError(f"equations of lengths {sorted({len(row) for row in table})}, not {width}")
    return [row for row in dict.fromkeys(clear_denominators(row)[0] for row in table) if any(row)]


def echelon(rows: Sequence[Integers]) -> tuple[list[Integers], list[int]]:
    """The rows that are not zero of the reduced echelon form, in integers, and the columns of their pivots."""
    if not rows:
        return [], []
    matrix, _, rank = flint.fmpz_mat([*map(list, rows)]).rref()
    reduced = [clear_denominators(map(int, row))[0] for row in matrix.tolist()[: int(rank)]]
    return reduced, [next(i for i, entry in enumerate(row) if entry) for row in reduced]


def _independent(rows: Sequence[Integers]) -> list[int]:
    """Which rows come before all that depend on them: as many as the rank, of small numbers."""
    return echelon([*zip(*rows, strict=True)])[1]


def _select(rows: Iterable[Integers], columns: Sequence[int]) -> list[Integers]:
    return [tuple(row[i] for i in columns) for row in rows]


def _flipped(signs: Signs, i: int) -> Signs:
    return (*signs[:i], -signs[i], *signs[i + 1 :])
