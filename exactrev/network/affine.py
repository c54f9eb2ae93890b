"""An affine map over Q in normal form: integer entries over one denominator. Knows nothing of layers or activations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from operator import mul
from typing import Any

import flint
import numpy as np
import numpy.typing as npt

from exactrev.arithmetic.numbers import lift, nearest_float
from exactrev.errors import InvalidNetwork

__all__ = ["AffineMap", "FloatArray", "lift_vector"]

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
        matrix = [lift_vector(row) for row in _entries(W)]
        vector = lift_vector(b)
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
        if not rows:
            raise InvalidNetwork("an affine map needs at least one row", n_out=0)
        denominator = lcm(*(entry.denominator for row in rows for entry in row))
        scaled = tuple(
            tuple(entry.numerator * (denominator // entry.denominator) for entry in row) for row in rows
        )
        return cls(scaled, denominator, len(rows[0]) - 1)

    @classmethod
    def from_homogeneous(cls, matrix: flint.fmpz_mat) -> AffineMap:
        """From an integer matrix [[D W, D b], [0, D]] with D > 0: the inverse of `homogeneous`."""
        table = matrix.tolist()
        rows = tuple(tuple(map(int, row)) for row in table[:-1])
        return cls(rows, int(table[-1][-1]), matrix.ncols() - 1)

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
        x = lift_vector(point)
        if len(x) != self.n_in:
            raise InvalidNetwork("a point has the wrong number of coordinates", found=len(x), expected=self.n_in)
        q = lcm(*(entry.denominator for entry in x))
        numerators = [*(entry.numerator * (q // entry.denominator) for entry in x), q]
        return tuple(Fraction(sum(map(mul, row, numerators)), self.denominator * q) for row in self.rows)

    def after(self, inner: AffineMap) -> AffineMap:
        """The composition x -> self(inner(x)).

        >>> double, shift = AffineMap.from_arrays([[2]], [0]), AffineMap.from_arrays([[1]], [5])
        >>> double.after(shift) == AffineMap.from_arrays([[2]], [10])
        True
        """
        if inner.n_out != self.n_in:
            raise InvalidNetwork("affine maps do not chain", produced=inner.n_out, consumed=self.n_in)
        return AffineMap.from_homogeneous(self.homogeneous() * inner.homogeneous())

    def homogeneous(self) -> flint.fmpz_mat:
        """The integer matrix [[D W, D b], [0, D]] that acts on (x q, q), D being the denominator."""
        last = [0] * self.n_in + [self.denominator]
        return flint.fmpz_mat([*map(list, self.rows), last])

    def as_floats(self) -> tuple[FloatArray, FloatArray]:
        """W and b, every entry correctly rounded to float64 (infinite where it overflows)."""
        table = np.array(
            [[nearest_float(entry, self.denominator) for entry in row] for row in self.rows], dtype=np.float64
        ).reshape(self.n_out, self.n_in + 1)
        return np.ascontiguousarray(table[:, :-1]), np.ascontiguousarray(table[:, -1])


def lift_vector(values: Iterable[Any]) -> list[Fraction]:
    """The exact values of a sequence of numbers. Refuses text, mappings and sets, which iterate over something else."""
    return [lift(value) for value in _entries(values)]


def _entries(values: Iterable[Any]) -> Iterable[Any]:
    if isinstance(values, (str, bytes, Mapping, Set)) or not isinstance(values, Iterable):
        raise InvalidNetwork("not a list of numbers", found=type(values).__name__)
    return values
