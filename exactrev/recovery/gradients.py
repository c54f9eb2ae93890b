"""The span of all gradients that have been seen, and a gradient within it from few of its entries.

Knows vectors; asks nothing. The gradients of a network lie in the span of its first layer's rows. Where these are few
and the inputs many, the entries at as many places as the span has dimensions determine all others. That a new gradient
lies in the span is a guess, which whoever uses it has to confirm.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

import flint

from exactrev.arithmetic.integer_matrices import clear_denominators

__all__ = ["GradientSpan"]

_MOST = 16
"""Of more dimensions no use is made: the reduced vectors have long entries."""

_SAVES = 3
"""A gradient is guessed if that takes at most one in so many of the questions that would show all of it."""

_PATIENCE = 4
"""Guesses end when so many more of them were wrong than right."""


class GradientSpan:
    """The span of vectors of length n, in reduced echelon form.

    >>> span = GradientSpan(9)
    >>> span.add([(0, 2, 0, 4, 0, 0, 0, 0, 6)])
    >>> span.pivots, span.extend([Fraction(-3)])
    ((1,), (Fraction(0, 1), Fraction(-3, 1), Fraction(0, 1), Fraction(-6, 1), Fraction(0, 1), Fraction(0, 1), \
Fraction(0, 1), Fraction(0, 1), Fraction(-9, 1)))
    """

    def __init__(self, n: int) -> None:
        self._n = n
        self._rows: list[list[Any]] = []  # of flint rationals
        self._failures = 0
        self.pivots: tuple[int, ...] = ()

    @property
    def is_useful(self) -> bool:
        """Whether to guess: the span is not zero, and small, and guesses have mostly been right."""
        few = 0 < len(self.pivots) <= _MOST and _SAVES * (len(self.pivots) + 2) <= self._n
        return few and self._failures < _PATIENCE

    def add(self, vectors: Iterable[Sequence[Any]]) -> None:
        """Some more vectors. Once there is no use in it, they are not looked at."""
        for vector in vectors:
            if len(self.pivots) > _MOST or _SAVES * (len(self.pivots) + 1) > self._n:
                return
            integers, _ = clear_denominators(vector)
            if not self._contains(integers):
                matrix, rank = flint.fmpq_mat([*self._rows, [*map(flint.fmpq, integers)]]).rref()
                self._rows = matrix.tolist()[: int(rank)]
                self.pivots = tuple(next(i for i, entry in enumerate(row) if entry) for row in self._rows)

    def _contains(self, integers: Sequence[int]) -> bool:
        extended = self._combined([flint.fmpq(integers[i]) for i in self.pivots])
        return all(a == b for a, b in zip(extended, integers, strict=True))

    def extend(self, entries: Sequence[Fraction]) -> tuple[Fraction, ...]:
        """The vector of the span with these entries at the pivots."""
        combined = self._combined([flint.fmpq(e.numerator, e.denominator) for e in entries])
        return tuple(Fraction(int(c.p), int(c.q)) for c in combined)

    def _combined(self, factors: Sequence[Any]) -> list[Any]:
        if not factors:
            return [flint.fmpq(0)] * self._n
        (combined,) = (flint.fmpq_mat([[*factors]]) * flint.fmpq_mat(self._rows)).tolist()
        return [*combined]

    def learn(self, *, was_right: bool) -> None:
        """How a guess turned out."""
        self._failures = max(0, self._failures + (-1 if was_right else 1))
