"""Solving for one neuron's row: every region in which its form is known gives n_in + 1 linear equations.

Where the activations of the last known layer are a = ReLU(v) with known signs, z = W a + b is, on a region,
sum over active i of W_i v_i + b. Independent gradients on a few regions determine weights whose boundaries were never
crossed: more than the paper uses, and about half the crossings. Asks nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import flint

from exactrev.recovery.known import KnownLayers, Place
from exactrev.recovery.walk import Form

__all__ = ["RowSystem", "Solved", "solve_uniquely"]


@dataclass(frozen=True, slots=True)
class Solved:
    """What the equations say: the weights (None where they leave one open) and the bias; or that they contradict."""

    weights: tuple[Fraction | None, ...]
    bias: Fraction | None
    is_consistent: bool
    surplus: int  # equations beyond the rank: how much agreement there has been

    @property
    def missing(self) -> list[int]:
        return [i for i, w in enumerate(self.weights) if w is None]

    @property
    def is_complete(self) -> bool:
        return self.is_consistent and self.bias is not None and not self.missing


class RowSystem:
    """Linear equations for (W_z, b_z), in the scale of the forms that are added."""

    def __init__(self, known: KnownLayers) -> None:
        self._known = known
        self._width = known.last_width
        self._rows: list[list[Fraction]] = []
        self._seen: set[tuple[Place, Form]] = set()

    def add_form(self, place: Place, form: Form) -> None:
        """z is `form` on the region at `place`; rows of the last known layer are taken with their signs."""
        if (place, form) in self._seen:
            return
        self._seen.add((place, form))
        affine = self._known.maps(place.pattern)[-1]
        active = [i for i, side in enumerate(place.sides) if side > 0]
        for k, target in enumerate(form):
            row = [Fraction(0)] * (self._width + 2)
            for i in active:
                row[i] = Fraction(affine.rows[i][k], affine.denominator)
            row[self._width] = Fraction(int(k == len(form) - 1))
            row[-1] = target
            self._rows.append(row)

    def add_weight(self, index: int, value: Fraction) -> None:
        """A weight that a bend has shown."""
        row = [Fraction(0)] * (self._width + 2)
        row[index], row[-1] = Fraction(1), value
        self._rows.append(row)

    def solve(self) -> Solved:
        """All that follows from the equations so far."""
        unknowns = self._width + 1
        if not self._rows:
            return Solved((None,) * self._width, None, True, 0)
        reduced, rank = flint.fmpq_mat(
            [[flint.fmpq(e.numerator, e.denominator) for e in row] for row in self._rows]
        ).rref()
        values: list[Fraction | None] = [None] * unknowns
        for i in range(rank):
            entries = [j for j in range(unknowns) if reduced[i, j] != 0]
            if not entries:  # 0 = 1: nothing is known
                return Solved((None,) * self._width, None, False, len(self._rows) - rank)
            if len(entries) == 1:
                value = reduced[i, unknowns]
                values[entries[0]] = Fraction(int(value.p), int(value.q))
        return Solved(tuple(values[:-1]), values[-1], True, len(self._rows) - rank)


def solve_uniquely(rows: Sequence[Sequence[Fraction]]) -> list[Fraction] | None:
    """The solution of linear equations (coefficients, right side), if there is one and only one.

    >>> solve_uniquely([[Fraction(2), Fraction(1)], [Fraction(4), Fraction(2)]])
    [Fraction(1, 2)]
    """
    unknowns = len(rows[0]) - 1
    table = [[flint.fmpq(e.numerator, e.denominator) for e in row] for row in rows]
    reduced, rank = flint.fmpq_mat(table).rref()
    if rank != unknowns or any(reduced[i, i] != 1 for i in range(unknowns)):
        return None
    return [Fraction(int(reduced[i, unknowns].p), int(reduced[i, unknowns].q)) for i in range(unknowns)]
