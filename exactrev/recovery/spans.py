"""The span test: signs of a hidden layer from the gradients of the network alone, with no boundary of the next layer.

Knows gradients on pieces of the input space. On every piece the gradient of each output lies in the span of the
gradients of layer k's active units, if layer k is complete. Signs decide which units are active, so wrong signs, and a
missing unit, are contradicted wherever the active units do not span everything. Knows nothing of queries and regions:
who found the pieces stands above.

All 2^m choices are counted modulo a prime; what is returned is then recounted exactly, so a false residue may at worst
leave a choice out of the list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from exactrev.arithmetic.integer_matrices import clear_denominators, integer_rank
from exactrev.errors import BudgetSpent

__all__ = ["Piece", "SpanCandidate", "SpanCount", "SpanTest", "find_signs_by_span"]

Vector = Sequence[Any]
Residues = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]

_PRIME = 2**31 - 1
"""Products of two residues fit 64 bits."""

_MAX_UNITS = 16
"""One byte for each piece and choice of active units."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A region where N is affine, and no boundary of layer k or below passes: what the span test sees of it.

    `gradients` are those of the outputs; `units` the gradients of the units of layer k, each up to its sign; `sides`
    the signs, +1 or -1, of their forms there.
    """

    gradients: tuple[Vector, ...]
    units: tuple[Vector, ...]
    sides: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SpanCandidate:
    """A choice of signs, the pieces that contradict it, and the informative ones, which could have contradicted it.

    No contradiction on no informative piece supports nothing.
    """

    signs: tuple[int, ...]
    contradicted: tuple[int, ...]
    informative: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SpanTest:
    """The choices with the fewest contradictions, the best first, and the pieces that contradict every choice.

    On a `hopeless` piece not even all units together span the gradients: the layer lacks a unit. `ties` counts the
    choices with as few contradictions as the best; there may be more of them than candidates are kept. `contested` are
    the units of which both signs occur among these choices.
    """

    candidates: tuple[SpanCandidate, ...]
    hopeless: tuple[int, ...]
    ties: int
    contested: tuple[int, ...]

    @property
    def signs(self) -> tuple[int, ...] | None:
        """The signs, if exactly one choice is not contradicted and some piece could have contradicted it."""
        best, *others = self.candidates
        if best.contradicted or not best.informative or not all(other.contradicted for other in others):
            return None
        return best.signs


class SpanCount:
    """The contradictions of every choice of signs, modulo a prime, as pieces are added.

    Leave out pieces where something about an active unit is only a placeholder. Raises `BudgetSpent` for more than 16
    units, `ValueError` for no pieces and for shapes that do not fit.
    """

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.pieces: list[Piece] = []
        self._m = _check_shapes(pieces)
        self._counts: Residues = np.zeros(2**self._m, dtype=np.int64)
        self.add(pieces)

    def add(self, pieces: Sequence[Piece]) -> None:
        """Count some more pieces, of the same shape."""
        if _check_shapes([*self.pieces[:1], *pieces]) != self._m:
            raise ValueError("the pieces differ in their numbers of units")
        if not pieces:
            return
        choices = np.arange(2**self._m)
        for column, piece in zip(_find_spanning_sets(pieces, self._m).T, pieces, strict=True):
            negative = sum(1 << i for i, side in enumerate(piece.sides) if side < 0)
            # Bit i of a choice says t_i = +1; unit i is active where t_i is its side.
            self._counts += ~column[choices ^ negative]
        self.pieces += pieces

    @property
    def best(self) -> tuple[int, ...]:
        """A choice with the fewest contradictions."""
        return self._signs(int(self._counts.argmin()))

    @property
    def contested(self) -> tuple[int, ...]:
        """The units of which both signs occur among the choices with the fewest contradictions."""
        tied = np.flatnonzero(self._counts == self._counts.min())
        return tuple(i for i in range(self._m) if 0 < (tied >> i & 1).sum() < len(tied))

    def judge(self, keep: int = 8) -> SpanTest:
        """The `keep` (at least 2) choices with the fewest contradictions, counted again exactly."""
        best = np.argsort(self._counts, kind="stable")[: max(keep, 2)]
        rows = [_Rows(piece) for piece in self.pieces]
        candidates = [_count_exactly(rows, self._signs(choice)) for choice in best.tolist()]
        candidates.sort(key=lambda candidate: len(candidate.contradicted))
        hopeless = tuple(p for p, piece in enumerate(rows) if not piece.is_spanned(range(self._m)))
        ties = int((self._counts == self._counts.min()).sum())
        return SpanTest(tuple(candidates), hopeless, ties, self.contested)

    def _signs(self, choice: int) -> tuple[int, ...]:
        return tuple(1 if choice >> i & 1 else -1 for i in range(self._m))


def find_signs_by_span(pieces: Sequence[Piece], keep: int = 8) -> SpanTest:
    """Count for every choice of signs the pieces that contradict it, and return the `keep` (at least 2) best.

    See `SpanCount` for what is raised.

    >>> pieces = [Piece(((0, 2),), ((1, 0), (0, 1)), (-1, 1)), Piece(((1, 0),), ((1, 0), (0, 1)), (1, -1))]
    >>> find_signs_by_span(pieces).signs  # N = ReLU(x) + 2 ReLU(y), seen on two quadrants
    (1, 1)
    """
    return SpanCount(pieces).judge(keep)


def _check_shapes(pieces: Sequence[Piece]) -> int:
    if not pieces:
        raise ValueError("a span test needs a piece")
    shapes = {(len(p.gradients), len(p.units), *map(len, (*p.gradients, *p.units))) for p in pieces}
    m = len(pieces[0].units)
    if len(shapes) > 1 or len(set(next(iter(shapes))[2:])) != 1 or any(len(p.sides) != m for p in pieces):
        raise ValueError("the pieces differ in their numbers of units, outputs or inputs")
    if any(side not in (1, -1) for piece in pieces for side in piece.sides):
        raise ValueError("sides are +1 or -1: a piece lies on no boundary of its layer")
    if m > _MAX_UNITS:
        raise BudgetSpent("the span test tries all signs", units=m, limit=_MAX_UNITS)
    return m


def _find_spanning_sets(pieces: Sequence[Piece], m: int) -> Truths:
    """Entry (S, p): whether the units in the set S (bit i for unit i) span the gradients on piece p, modulo the prime.

    Depth first through the sets that do not span yet, all pieces at once; every larger set spans as well.
    """
    spanned = np.zeros((2**m, len(pieces)), dtype=np.bool_)
    rows = np.array([[*map(_residues, (*p.units, *p.gradients))] for p in pieces], dtype=np.int64)

    def visit(chosen: int, first: int, alive: Residues, rest: Residues) -> None:
        """`rest`: units first, ..., m-1 and the gradients modulo the span of the chosen ones, on the pieces alive."""
        done = ~rest[:, m - first :].any(axis=(1, 2))
        spanned[chosen, alive[done]] = True
        alive, rest = alive[~done], rest[~done]
        if not len(alive):
            return
        for i in range(first, m):
            fresh = rest[:, i - first].any(axis=1)  # elsewhere unit i adds nothing to the chosen ones
            if fresh.any():
                visit(chosen | 1 << i, i + 1, alive[fresh], _modulo_first(rest[fresh, i - first :]))

    visit(0, 0, np.arange(len(pieces)), rows)
    for i in range(m):
        without = (np.arange(2**m) >> i & 1) == 0
        spanned[~without] |= spanned[without]
    return spanned


def _modulo_first(rows: Residues) -> Residues:
    """Rows 1, 2, ... of every piece modulo row 0, which is not zero: the column of its first entry is cleared."""
    pieces = np.arange(len(rows))
    pivot = (rows[:, 0] != 0).argmax(axis=1)
    head = rows[pieces, 0, pivot][:, None, None]
    factor = rows[pieces, 1:, pivot][:, :, None]
    cleared: Residues = (rows[:, 1:] * head - factor * rows[:, :1] % _PRIME) % _PRIME
    return cleared


def _residues(row: Vector) -> list[int]:
    """A positive multiple of the row, which has the same span, modulo the prime."""
    return [entry % _PRIME for entry in clear_denominators(row)[0]]


class _Rows:
    """A piece's gradients as integer rows, each up to a positive factor."""

    def __init__(self, piece: Piece) -> None:
        self.sides = piece.sides
        self.units = [clear_denominators(row)[0] for row in piece.units]
        self.gradients = [clear_denominators(row)[0] for row in piece.gradients]
        self.rank = integer_rank([*self.units, *self.gradients])

    def rank_of(self, active: Sequence[int]) -> int:
        return integer_rank([self.units[i] for i in active])

    def is_spanned(self, active: Sequence[int]) -> bool:
        """Whether the gradients lie in the span of the active units."""
        return integer_rank([*(self.units[i] for i in active), *self.gradients]) == self.rank_of(active)


def _count_exactly(pieces: Sequence[_Rows], signs: tuple[int, ...]) -> SpanCandidate:
    contradicted = []
    informative = []
    for p, piece in enumerate(pieces):
        active = [i for i, (sign, side) in enumerate(zip(signs, piece.sides, strict=True)) if sign == side]
        if not piece.is_spanned(active):
            contradicted.append(p)
        if piece.rank_of(active) < piece.rank:
            informative.append(p)
    return SpanCandidate(signs, tuple(contradicted), tuple(informative))
