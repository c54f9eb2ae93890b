"""The affine pieces along one scanned line, as far as they are known, and what they tell of those that are not.

Knows breakpoints, slopes and pieces; asks nothing. From one piece to the next N changes by kappa times the form of the
boundary between them. Where some form seen before, on this line or another, has its zero exactly at the breakpoint,
the slopes along the line give kappa, and the next piece is guessed for nothing. Whoever uses it confirms it first.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from exactrev.arithmetic.integer_matrices import clear_denominators
from exactrev.network.affine import AffineMap
from exactrev.network.network import Point
from exactrev.recovery.points import dot, to_integers

__all__ = ["Chart", "Forms"]

Forms = dict[tuple[int, ...], None]
"""Forms of boundaries in primitive integers, the first entry positive, in the order in which they were seen."""


class Chart:
    """Pieces 0, ..., m of a line with the slopes of N on them, and m breakpoints; `forms` is shared by many lines."""

    def __init__(self, direction: Point, breakpoints: Sequence[Point], slopes: Sequence[Point], forms: Forms) -> None:
        self._direction, self._q = to_integers(direction)
        self._zeros = [(*numerators, q) for numerators, q in map(to_integers, breakpoints)]
        self._slopes = slopes
        self._forms = forms
        self._pieces: dict[int, AffineMap] = {}

    def __getitem__(self, index: int) -> AffineMap | None:
        """Piece number `index`, if it is known."""
        return self._pieces.get(index)

    def note(self, index: int, piece: AffineMap) -> None:
        """Piece number `index` is known now; with a neighbour, the form between them is."""
        self._pieces[index] = piece
        for left, right in ((index - 1, index), (index, index + 1)):
            if left in self._pieces and right in self._pieces:
                form = _form_between(self._pieces[left], self._pieces[right])
                if form is not None:
                    self._forms.setdefault(form)

    def guess(self, index: int) -> AffineMap | None:
        """What piece number `index` ought to be, from a known one with nothing but known forms in between."""
        for step in (1, -1):
            place, crossed = index, list[tuple[int, tuple[int, ...]]]()
            while 0 <= place < len(self._slopes):
                if place in self._pieces:
                    return self._carried(self._pieces[place], crossed, -step)
                gap = place if step > 0 else place - 1  # the breakpoint between this piece and the next one
                form = self._form_at(gap) if 0 <= gap < len(self._zeros) else None
                if form is None:
                    break
                crossed.append((gap, form))
                place += step
        return None

    def _form_at(self, gap: int) -> tuple[int, ...] | None:
        zero = self._zeros[gap]
        return next((form for form in self._forms if not dot(form, zero) and dot(form[:-1], self._direction)), None)

    def _carried(self, piece: AffineMap, crossed: Sequence[tuple[int, tuple[int, ...]]], step: int) -> AffineMap:
        """The piece on the other side of these breakpoints."""
        rows = [[Fraction(entry, piece.denominator) for entry in row] for row in piece.rows]
        for gap, form in crossed:
            rate = Fraction(dot(form[:-1], self._direction), self._q)
            for row, before, after in zip(rows, self._slopes[gap], self._slopes[gap + 1], strict=True):
                kappa = step * (after - before) / rate
                row[:] = [entry + kappa * c for entry, c in zip(row, form, strict=True)]
        return AffineMap.from_fractions(rows)


def _form_between(left: AffineMap, right: AffineMap) -> tuple[int, ...] | None:
    low, high = left.denominator, right.denominator
    for before, after in zip(left.rows, right.rows, strict=True):
        form, _ = clear_denominators([b * low - a * high for a, b in zip(before, after, strict=True)])
        if any(form[:-1]):
            return form if next(entry for entry in form if entry) > 0 else tuple(-entry for entry in form)
    return None
