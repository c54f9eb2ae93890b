"""Rows from several breakpoints at once, none of which says enough by itself: sample consensus over breakpoints.

At a breakpoint in a known cell the local form h is a multiple of sum_i W_i v_i + b, v_i being the forms of the active
units: n_in homogeneous equations for (W, b). With few inputs no cell shows more than n_in weights in units of each
other, but a few breakpoints of one neuron in different cells determine its row, and others then satisfy it. So small
random sets of breakpoints are tried, modulo a prime, and the rows that most breakpoints satisfy are solved exactly.
Goes beyond the paper. Asks nothing; that the rows belong to the layer is for others to judge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import ceil, comb

import flint
import numpy as np
import numpy.typing as npt

from exactrev.arithmetic.integer_matrices import clear_denominators, integer_nullspace
from exactrev.recovery.candidates import Candidate
from exactrev.recovery.known import KnownLayers
from exactrev.recovery.sightings import Sighting
from exactrev.recovery.walk import Form

__all__ = ["Equations", "find_equations", "find_supported_rows"]

Residues = npt.NDArray[np.int64]

_PRIME = 2**31 - 1
"""Products of two residues fit 64 bits."""

MOST_SETS = 20_000
"""So many sets of breakpoints are tried at most."""

SPARE = 2
"""So many breakpoints at least have to satisfy a row beyond those that determine it."""


@dataclass(frozen=True, slots=True)
class Equations:
    """What one breakpoint says of the row (W, b) of its neuron, in integers: `rows` that vanish on it, n_in of them,
    and `form`, the row whose value is its factor to the local form and is not zero."""

    rows: tuple[tuple[int, ...], ...]
    form: tuple[int, ...]
    origin: Sighting


def find_equations(known: KnownLayers, sighting: Sighting, form: Form) -> Equations:
    """The equations of a breakpoint with this local form; all layers of `known` have their signs."""
    place = known.place(sighting.point)
    local = known.maps(place.pattern)[-1]
    active = [i for i, side in enumerate(place.sides) if side > 0]
    h = clear_denominators(form)[0]
    columns = []  # for each coordinate of x, and the constant, what (W, b) makes of it, times the denominator
    for k in range(len(h)):
        entries = [local.rows[i][k] if i in active else 0 for i in range(known.last_width)]
        columns.append([*entries, local.denominator if k == len(h) - 1 else 0])
    pivot = max(range(len(h)), key=lambda k: abs(h[k]))
    rows = [
        tuple(entry * h[pivot] - other * h[k] for entry, other in zip(columns[k], columns[pivot], strict=True))
        for k in range(len(h))
        if k != pivot
    ]
    return Equations(tuple(rows), tuple(columns[pivot]), sighting)


def find_supported_rows(equations: Sequence[Equations], seed: int = 0) -> list[Candidate]:
    """Rows that more breakpoints satisfy than it takes to determine them, those with the most first.

    A weight is None where its unit is off at all of them. Equal breakpoints count once.
    """
    different = list({each.rows: each for each in equations}.values())
    if not different:
        return []
    width, n_in = len(different[0].form), len(different[0].rows)
    size = max(2, ceil((width - 1) / n_in))
    if len(different) < size + SPARE:
        return []
    table = np.array([[[e % _PRIME for e in row] for row in each.rows] for each in different], dtype=np.int64)
    forms = np.array([[e % _PRIME for e in each.form] for each in different], dtype=np.int64)
    found: list[Candidate] = []
    explained: set[int] = set()
    for supporters in _find_support(table, forms, size, seed):
        if explained.issuperset(supporters) or not _is_corroborated(table[[*supporters]]):
            continue
        row = _solve([different[j] for j in supporters])
        if row is not None:
            explained.update(supporters)
            found.append(row)
    return found


def _find_support(table: Residues, forms: Residues, size: int, seed: int) -> list[tuple[int, ...]]:
    """The breakpoints that satisfy the row which a set determines, for each such row, the largest first."""
    sets = _choose(len(table), size, seed)
    vectors = _only_solutions(table[sets].reshape(len(sets), -1, table.shape[2]))
    support = set()
    for vector in np.unique(vectors, axis=0):
        vanishes = ~((table * vector % _PRIME).sum(axis=2) % _PRIME).any(axis=1)
        shows = (forms * vector % _PRIME).sum(axis=1) % _PRIME != 0
        supporters = tuple(np.flatnonzero(vanishes & shows).tolist())
        if len(supporters) >= size + SPARE:
            support.add(supporters)
    return sorted(support, key=lambda chosen: (-len(chosen), chosen))


def _is_corroborated(systems: Residues) -> bool:
    """Whether the row is determined without any one of the breakpoints.

    Neighbouring breakpoints of one boundary share equations, and any other one may then be what determines a row.
    """
    live = systems.any(axis=(0, 1)).sum()
    without = (np.delete(systems, j, 0).reshape(-1, systems.shape[2]) for j in range(len(systems)))
    return all(flint.nmod_mat(rows.tolist(), _PRIME).rank() >= live - 1 for rows in without)


def _choose(count: int, size: int, seed: int) -> npt.NDArray[np.intp]:
    """All sets of so many, or random ones if there are too many."""
    if comb(count, size) <= MOST_SETS:
        return np.array([*combinations(range(count), size)], dtype=np.intp)
    drawn = np.random.default_rng(seed).integers(0, count, (MOST_SETS, size))
    drawn.sort(axis=1)
    return drawn[(np.diff(drawn, axis=1) > 0).all(axis=1)]


def _only_solutions(systems: Residues) -> Residues:
    """For each system of homogeneous equations that has just one solution up to a factor, that solution.

    A column without entries is an unknown that is 0. Shape (systems, rows, unknowns) to (solved, unknowns); the last
    entry that is free is 1.
    """
    n = systems.shape[2]
    silent = ~np.asarray(systems.any(axis=1))
    rows = np.concatenate([systems, np.eye(n, dtype=np.int64)[None] * silent[:, :, None]], axis=1)
    count = len(rows)
    every = np.arange(count)
    rank = np.zeros(count, dtype=np.int64)
    free = np.full(count, -1)
    for column in range(n):
        ahead = np.arange(rows.shape[1])[None, :] >= rank[:, None]
        usable = (rows[:, :, column] != 0) & ahead
        has = usable.any(axis=1)
        lead = np.where(has, usable.argmax(axis=1), np.minimum(rank, rows.shape[1] - 1))
        free = np.where(has, free, np.where(free == -1, column, n))  # n: more than one column is free
        place = np.minimum(rank, rows.shape[1] - 1)
        pivot_rows, there = rows[every, lead].copy(), rows[every, place].copy()
        rows[every, lead] = np.where(has[:, None], there, pivot_rows)
        pivot_rows = pivot_rows * _inverse(np.where(has, pivot_rows[:, column], 1))[:, None] % _PRIME
        rows[every, place] = np.where(has[:, None], pivot_rows, rows[every, place])
        factors = np.where(has[:, None], rows[:, :, column], 0)
        factors[every, place] = 0
        rows = (rows - factors[:, :, None] * pivot_rows[:, None, :] % _PRIME) % _PRIME
        rank += has
    chosen = np.flatnonzero((rank == n - 1) & (free >= 0) & (free < n))
    solutions = np.zeros((len(chosen), n), dtype=np.int64)
    for k, system in enumerate(chosen.tolist()):
        column = int(free[system])
        pivots = [i for i in range(n) if i != column]
        solutions[k, pivots] = -rows[system, : n - 1, column] % _PRIME
        solutions[k, column] = 1
    return solutions


def _inverse(values: Residues) -> Residues:
    """Inverses modulo the prime, by Fermat."""
    result, power, exponent = np.ones_like(values), values.copy(), _PRIME - 2
    while exponent:
        if exponent & 1:
            result = result * power % _PRIME
        power = power * power % _PRIME
        exponent >>= 1
    return result


def _solve(members: Sequence[Equations]) -> Candidate | None:
    """The one row that all members satisfy, exactly, in units of its bias."""
    rows = [row for each in members for row in each.rows]
    width = len(members[0].form)
    live = [i for i in range(width) if any(row[i] for row in (*rows, *(each.form for each in members)))]
    basis = integer_nullspace([[row[i] for i in live] for row in rows])
    if len(basis) != 1 or not basis[0][-1] or live[-1] != width - 1:
        return None
    bias = basis[0][-1]
    values = {i: Fraction(entry, bias) for i, entry in zip(live, basis[0], strict=True)}
    return Candidate(tuple(values.get(i) for i in range(width - 1)), Fraction(1), members[0].origin)
