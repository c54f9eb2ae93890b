"""An affine map over Q in normal form: integer entries over one denominator. Knows nothing of layers or activations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import Any

import flint
import numpy as np
import numpy.typing as npt

from exactrev.arithmetic.numbers import lift
from exactrev.errors import InvalidNetwork

__all__ = ["AffineMap", "FloatArray"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AffineMap:
    """x -> W x + b over Q, W of shape (out, in) as in PyTorch.

    Kept as integer rows of [W | b] over one positive denominator, in lowest terms, so that two maps are equal
    exactly when they compare equal.

    >>> f = AffineMap.from_arrays([["1/2", 3]], [0.25])
    >>> f.W, f.b
    (((Fraction(1, 2), Fraction(3, 1)),), (Fraction(1, 4),))
    >>> f(("1/3", 2)) == (Fraction(77, 12),)
    True
    """

    rows: tuple[tuple[int, ...], ...]
    denominator: int
    n_in: int

    def __post_init__(self) -> None:
        if any(len(row) != self.n_in + 1 for row in self.rows):
            raise InvalidNetwork("the rows of an affine map differ in length", n_in=self.n_in)
        if self.denominator <= 0:
            raise InvalidNetwork("a denominator has to be positive", denominator=self.denominator)
        common = gcd(self.denominator, *(entry for row in self.rows for entry in row))
        if common > 1:
            object.__setattr__(self, "rows", tuple(tuple(entry // common for entry in row) for row in self.rows))
            object.__setattr__(self, "denominator", self.denominator // common)

    @classmethod
    def from_arrays(cls, W: Iterable[Iterable[Any]], b: Iterable[Any]) -> AffineMap:
        """From a matrix (out, in) and a vector (out) of exact or binary floating point numbers.

        Raises `InvalidNetwork` for a ragged or empty matrix or a vector of the wrong length, `InexactInput` for
        NaN, infinities and anything that is not a number.
        """
        matrix = [[lift(entry) for entry in row] for row in W]
        vector = [lift(entry) for entry in b]
        if len(matrix) != len(vector):
            raise InvalidNetwork("weights and bias differ in length", weights=len(matrix), bias=len(vector))
        if len({len(row) for row in matrix}) > 1:
            raise InvalidNetwork("the weight matrix is ragged", row_lengths=sorted({len(row) for row in matrix}))
        if not matrix or not matrix[0]:
            raise InvalidNetwork("a layer needs at least one neuron and one input", shape=(len(matrix), 0))
        return cls.from_fractions([[*row, constant] for row, constant in zip(matrix, vector, strict=True)])

    @classmethod
    def from_fractions(cls, rows: Sequence[Sequence[Fraction]]) -> AffineMap:
        """From the rows of [W | b]; at least one row."""
        denominator = lcm(*(entry.denominator for row in rows for entry in row))
        scaled = tuple(
            tuple(entry.numerator * (denominator // entry.denominator) for entry in row) for row in rows
        )
        return cls(scaled, denominator, len(rows[0]) - 1)

    @property
    def n_out(self) -> int:
        return len(self.rows)

    @property
    def W(self) -> tuple[tuple[Fraction, ...], ...]:
        """The matrix, shape (out, in)."""
        return tuple(tuple(Fraction(entry, self.denominator) for entry in row[:-1]) for row in self.rows)

    @property
    def b(self) -> tuple[Fraction, ...]:
        """The constant part, length out."""
        return tuple(Fraction(row[-1], self.denominator) for row in self.rows)

    def __call__(self, point: Iterable[Any]) -> tuple[Fraction, ...]:
        x = [lift(entry) for entry in point]
        if len(x) != self.n_in:
            raise InvalidNetwork("a point has the wrong number of coordinates", found=len(x), expected=self.n_in)
        return tuple(
            sum((c * t for c, t in zip(row[:-1], x, strict=True) if c), Fraction(row[-1])) / self.denominator
            for row in self.rows
        )

    def homogeneous(self) -> flint.fmpz_mat:
        """The integer matrix [[D W, D b], [0, D]] that acts on (x q, q), D being the denominator."""
        last = [0] * self.n_in + [self.denominator]
        return flint.fmpz_mat([*map(list, self.rows), last])

    def as_floats(self) -> tuple[FloatArray, FloatArray]:
        """W and b, every entry correctly rounded to float64 (infinite where it overflows)."""
        table = np.array(
            [[_nearest_float(entry, self.denominator) for entry in row] for row in self.rows], dtype=np.float64
        ).reshape(self.n_out, self.n_in + 1)
        return np.ascontiguousarray(table[:, :-1]), np.ascontiguousarray(table[:, -1])


def _nearest_float(numerator: int, denominator: int) -> float:
    try:
        return numerator / denominator  # int / int is correctly rounded
    except OverflowError:
        return float("inf") if numerator > 0 else float("-inf")
