"""Linear equations of which some are wrong: the solution that most of them agree with.

Knows blocks of equations in integers, each block right or wrong as a whole; knows neither networks nor what the
unknowns mean. Which blocks are right is guessed from small random selections, modulo a prime (RANSAC, Fischler and
Bolles 1981, with equality in place of a tolerance). Which blocks agree with the solution is decided exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import lcm, log, log1p
from random import Random

import flint

from exactrev.recovery.signs import echelon

__all__ = ["Consensus", "find_consensus"]

Integers = tuple[int, ...]
Block = Sequence[Integers]

_PRIME = 2**61 - 1
"""Guesses are made modulo this prime."""

_FAILURE = 1e-4
"""Selections are drawn until one without a wrong block was missed with at most this probability."""


@dataclass(frozen=True, slots=True)
class Consensus:
    """What most blocks say.

    - `fit`: equations, reduced and with positive leading entries, from which exactly the blocks that agree follow.
    - `contradicting`: the blocks that do not.
    - `surplus`: how many equations of the blocks that agree are not needed for the fit. Each could have contradicted
      it; a fit with no surplus says nothing about whether its blocks are right.
    """

    fit: tuple[Integers, ...]
    contradicting: tuple[int, ...]
    surplus: int


def find_consensus(blocks: Sequence[Block], n: int, attempts: int = 1500) -> Consensus:
    """The equations that agree with most blocks, of rows of n coefficients and one or more right sides each.

    Exact whatever the guesses are; only that no larger consensus exists is not shown. At most `attempts` selections
    are drawn (the same in every run), fewer where a share w of the blocks agrees and k blocks make a fit: w^k of the
    selections have no wrong block. Many equations a block are therefore worth more than many blocks.

    >>> through_origin = [[(x, 2 * x)] for x in (1, 2, 3)]  # the equations x E = 2 x
    >>> find_consensus([*through_origin, [(5, 11)]], 1)
    Consensus(fit=((1, 2),), contradicting=(3,), surplus=2)
    """
    residues = [[[entry % _PRIME for entry in row] for row in block] for block in blocks]
    chosen = list(range(len(blocks)))
    if _reduce([row for block in residues for row in block], n) is None:
        chosen = _Selections(residues, n).find_largest(attempts)
    fit, agreeing = _solve_exactly(blocks, residues, chosen, n)
    equations = sum(any(row) for i in agreeing for row in blocks[i])
    kept = set(agreeing)
    return Consensus(tuple(fit), tuple(i for i in range(len(blocks)) if i not in kept), equations - len(fit))


class _Selections:
    """Random selections of blocks, modulo the prime."""

    def __init__(self, residues: Sequence[Sequence[Sequence[int]]], n: int) -> None:
        self._residues, self._n = residues, n
        self._random = Random(0)
        reduced = [_reduce(block, n) for block in residues]
        self._own = [0 if rows is None else len(rows) for rows in reduced]  # equations that the block is good for
        self._possible = [i for i, rows in enumerate(reduced) if rows is not None]
        self._usable = [i for i in self._possible if self._own[i]]
        self._weights = [*accumulate(self._own[i] ** 2 for i in self._usable)]
        coefficients = [row[:n] for i in self._usable for row in residues[i]]
        self._rank = len(_reduce(coefficients, n) or []) if coefficients else 0
        # A random combination of a block's equations vanishes modulo a fit if all of them do, else hardly ever.
        self._combined = [
            [sum(f * row[k] for f, row in zip(factors, block, strict=True)) % _PRIME for k in range(len(block[0]))]
            for block in residues
            for factors in [[self._random.randrange(_PRIME) for _ in block]]
        ]
        self._table = flint.nmod_mat(self._combined, _PRIME)
        self._mixture = [self._random.randrange(_PRIME) for _ in self._combined[0]]

    def find_largest(self, attempts: int) -> list[int]:
        """The blocks of the largest consensus found, those that agree first, then those that it leaves room for."""
        best: list[int] = [i for i in self._possible if not self._own[i]]
        fit: list[list[int]] = []
        needed = float(attempts)
        drawn = 0
        while self._usable and drawn < min(needed, attempts):
            drawn += 1
            guess, size = self._draw()
            agreeing = self._agreeing(guess) if guess else []
            if len(agreeing) > len(best):
                best, fit = agreeing, guess
                share = (len(best) / len(self._residues)) ** size
                needed = log(_FAILURE) / log1p(-share) if share < 1 else 0.0
        for i in sorted(set(self._possible).difference(best)) if len(fit) < self._rank else ():
            extended = _reduce([*fit, *self._residues[i]], self._n)
            if extended is not None:
                best, fit = [*best, i], extended
        return best

    def _draw(self) -> tuple[list[list[int]], int]:
        """A fit to blocks at random, until one contradicts or the rank is full, and the number of blocks it took."""
        names = self._random.choices(self._usable, cum_weights=self._weights, k=2 * self._n + 8)
        fit: list[list[int]] = []
        pending: list[int] = []
        room = self._rank
        taken = 0
        for i in dict.fromkeys(names):
            pending.append(i)
            room -= self._own[i]
            if room > 0:  # so far nothing can contradict, or not much of it
                continue
            extended = _reduce([*fit, *(row for j in pending for row in self._residues[j])], self._n)
            if extended is None:
                return fit, taken
            fit, taken, room, pending = extended, taken + len(pending), 0, []
            if len(fit) == self._rank:
                break
        return fit, taken

    def _agreeing(self, fit: Sequence[Sequence[int]]) -> list[int]:
        """The blocks that follow from the fit: modulo it they leave nothing of a random combination of columns."""
        mixture = list(self._mixture)
        for row in fit:
            pivot = next(k for k, entry in enumerate(row) if entry)
            mixture[pivot] -= sum(map(int.__mul__, row, self._mixture))
        rest = self._table * flint.nmod_mat([[entry % _PRIME] for entry in mixture], _PRIME)
        return [i for i, entry in enumerate(rest.entries()) if entry == 0]


def _reduce(rows: Sequence[Sequence[int]], n: int) -> list[list[int]] | None:
    """The reduced echelon form modulo the prime; None if the rows contradict."""
    if not rows:
        return []
    reduced, rank = flint.nmod_mat([*map(list, rows)], _PRIME).rref()
    table = [[int(entry) for entry in row] for row in reduced.tolist()[: int(rank)]]
    return None if table and not any(table[-1][:n]) else table


def _solve_exactly(
    blocks: Sequence[Block], residues: Sequence[Sequence[Sequence[int]]], chosen: Sequence[int], n: int
) -> tuple[list[Integers], list[int]]:
    """The reduced equations that the chosen blocks add up to, and the blocks that follow from them."""
    rows = [(i, k) for i in chosen for k in range(len(blocks[i]))]
    if not rows:
        return [], _following([], blocks)
    reduced, rank = flint.nmod_mat([residues[i][k] for i, k in rows], _PRIME).transpose().rref()
    places = [next(k for k, entry in enumerate(row) if entry != 0) for row in reduced.tolist()[: int(rank)]]
    fit = _join([], (blocks[i][k] for i, k in (rows[place] for place in places)), n) or []
    agreeing = _following(fit, blocks)
    while others := set(chosen).difference(agreeing):
        # Only where the prime has hidden something: a block that contradicts after all is left out.
        extended = next((new for i in sorted(others) if (new := _join(fit, blocks[i], n)) is not None), None)
        if extended is None:
            break
        fit, agreeing = extended, _following(extended, blocks)
    return fit, agreeing


def _join(fit: Sequence[Integers], rows: Iterable[Integers], n: int) -> list[Integers] | None:
    """The reduced equations with some more; None if they contradict."""
    reduced, pivots = echelon([*fit, *rows])
    if any(pivot >= n for pivot in pivots):
        return None
    return [row if row[pivot] > 0 else tuple(-e for e in row) for row, pivot in zip(reduced, pivots, strict=True)]


def _following(fit: Sequence[Integers], blocks: Sequence[Block]) -> list[int]:
    """The blocks that follow from the fit, exactly."""
    right = _rows_that_follow(fit, [row for block in blocks for row in block])
    ends = [*accumulate(map(len, blocks), initial=0)]
    return [i for i, (start, end) in enumerate(pairwise(ends)) if all(right[start:end])]


def _rows_that_follow(fit: Sequence[Integers], rows: Sequence[Integers]) -> list[bool]:
    """For each equation whether it is the combination of the fit's that its entries at the pivots say."""
    if not fit or not rows:
        return [not any(row) for row in rows]
    pivots = [next(i for i, entry in enumerate(row) if entry) for row in fit]
    others = sorted(set(range(len(fit[0]))).difference(pivots))  # at the pivots nothing can be left
    scale = lcm(*(row[pivot] for row, pivot in zip(fit, pivots, strict=True)))
    F = flint.fmpz_mat(
        [[row[k] * (scale // row[pivot]) for k in others] for row, pivot in zip(fit, pivots, strict=True)]
    )
    at_pivots = flint.fmpz_mat([[row[pivot] for pivot in pivots] for row in rows])
    at_others = flint.fmpz_mat([[row[k] for k in others] for row in rows])
    rest = (scale * at_others - at_pivots * F).tolist()
    return [not any(map(bool, row)) for row in rest]
