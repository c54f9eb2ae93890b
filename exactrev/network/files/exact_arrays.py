"""Arrays of exact rationals: integers over one common denominator, and the affine maps made of them.

Knows binary floating point numbers bit by bit, and how to multiply, add and select exactly. Knows nothing of files.
The sizes of numbers are limited, because a short file can ask for a product or a common denominator that no memory
holds: whatever would exceed the limits raises `BudgetSpent` before it is computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm, prod
from typing import Any

import flint
import numpy as np
import numpy.typing as npt

from exactrev.errors import BudgetSpent, InexactInput
from exactrev.network.affine import AffineMap, FloatArray

__all__ = ["MAX_ENTRIES", "ExactArray", "IndexArray", "find_inexact", "fold"]

IndexArray = npt.NDArray[np.intp]

MAX_ENTRIES = 1 << 22
"""The largest number of entries of one array, and of parameters of one network that is read."""

MAX_BITS = 1 << 31
"""The largest size of one array: entries times the bits of the longest one."""

MAX_WORK = 1 << 44
"""The largest entries * bits^2: beyond, even bringing a layer to lowest terms takes minutes."""


@dataclass(frozen=True, slots=True, eq=False)
class ExactArray:
    """`integers / denominator`: an object array of Python integers over one positive denominator.

    Not necessarily in lowest terms: that is left to the `AffineMap` in the end.

    >>> half = ExactArray.from_numpy(np.array([[0.5, -3.0]]))
    >>> half.integers.tolist(), half.denominator
    ([[1, -6]], 2)
    >>> half.matmul(ExactArray.from_numpy(np.array([[2.0], [0.25]]))).fractions()
    [Fraction(1, 4)]
    """

    integers: npt.NDArray[np.object_]
    denominator: int = 1

    # -- from and to other numbers -------------------------------------------------------------------------------

    @classmethod
    def from_numpy(cls, array: npt.NDArray[Any]) -> ExactArray:
        """An array of integers or binary floats of at most 64 bits, exactly.

        Raises `InexactInput` with the `index` of the first NaN or infinity, and for any other dtype.
        """
        check_room(array.size, 64)
        if array.dtype.kind in "iu":
            return cls(array.astype(object))
        if array.dtype.kind != "f" or array.dtype.itemsize > 8:
            raise InexactInput("not an array of integers or of floats up to 64 bits", dtype=array.dtype)
        with np.errstate(invalid="ignore"):  # a signalling NaN; refused below
            values = array.astype(np.float64)
        finite = np.isfinite(values)
        if not finite.all():
            index = tuple(map(int, np.argwhere(~finite)[0]))
            raise InexactInput("NaN and infinities have no exact value", index=index, value=float(values[index]))
        # value = mantissa * 2**exponent with an odd mantissa below 2**53 (or 0).
        fraction, exponent = np.frexp(values)
        mantissa = np.ldexp(fraction, 53).astype(np.int64)
        exponent = exponent.astype(np.int64) - 53
        lowest_bit = mantissa & -mantissa
        zeros = np.where(mantissa == 0, 0, np.frexp(lowest_bit.astype(np.float64))[1] - 1)
        mantissa >>= zeros
        exponent = np.where(mantissa == 0, 0, exponent + zeros)
        scale = max(0, -int(exponent.min(initial=0)))
        shift = exponent + scale
        check_room(array.size, 53 + int(shift.max(initial=0)))
        integers = np.empty(array.shape, dtype=object)  # operations on arrays without axes give scalars, not arrays
        integers[...] = mantissa.astype(object) << shift.astype(object)
        return cls(integers, 1 << scale)

    @classmethod
    def from_fractions(cls, values: Sequence[Fraction], shape: tuple[int, ...]) -> ExactArray:
        """Rationals in row-major order."""
        denominator = flint.fmpz(1)
        for each in {value.denominator for value in values}:
            denominator = denominator.lcm(each)
            check_room(len(values), denominator.bit_length())
        common = int(denominator)
        array = np.empty(len(values), dtype=object)
        array[:] = [value.numerator * (common // value.denominator) for value in values]
        return cls(array.reshape(shape), common)

    @classmethod
    def zeros(cls, shape: tuple[int, ...]) -> ExactArray:
        check_room(prod(shape), 1)
        return cls(np.zeros(shape, dtype=object))

    @classmethod
    def identity(cls, size: int) -> ExactArray:
        check_room(size * size, 1)
        return cls(np.identity(size, dtype=object))

    def fractions(self) -> list[Fraction]:
        """The entries in row-major order."""
        return [Fraction(entry, self.denominator) for entry in self.integers.ravel().tolist()]

    def affine_map(self, bias: ExactArray) -> AffineMap:
        """x -> W x + b, this being W of shape (out, in), and b of shape (out,)."""
        common = lcm(self.denominator, bias.denominator)
        W = self._over(common)
        b = bias._over(common)
        check_room(W.size, _bits(W))
        return AffineMap(tuple(map(tuple, np.column_stack((W, b)).tolist())), common, self.shape[1])

    # -- arithmetic ----------------------------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        return self.integers.shape

    @property
    def size(self) -> int:
        return self.integers.size

    @property
    def bits(self) -> int:
        """The length of the longest integer."""
        return max(_bits(self.integers), self.denominator.bit_length())

    def __add__(self, other: ExactArray) -> ExactArray:
        """The sum of two arrays of one shape."""
        common = lcm(self.denominator, other.denominator)
        check_room(self.size, max(self.bits, other.bits) + common.bit_length())
        return ExactArray(self._over(common) + other._over(common), common)

    def scaled(self, factor: Fraction) -> ExactArray:
        """Every entry times `factor`."""
        check_room(self.size, self.bits + factor.numerator.bit_length() + factor.denominator.bit_length())
        return ExactArray(self.integers * factor.numerator, self.denominator * factor.denominator)

    def matmul(self, other: ExactArray) -> ExactArray:
        """The product of two matrices."""
        (m, k), (_, n) = self.shape, other.shape
        check_room(m * n, self.bits + other.bits + k.bit_length())
        product = flint.fmpz_mat(self.integers.tolist()) * flint.fmpz_mat(other.integers.tolist())
        integers = np.empty(m * n, dtype=object)
        integers[:] = [int(entry) for entry in product.entries()]
        return ExactArray(integers.reshape(m, n), self.denominator * other.denominator)

    # -- arrangement ---------------------------------------------------------------------------------------------

    def take(self, positions: IndexArray) -> ExactArray:
        """The entries (of a vector) or rows (of a matrix) at these positions, in this order."""
        check_room(positions.size * prod(self.shape[1:]), 1)
        return ExactArray(self.integers[positions], self.denominator)

    def reshape(self, *shape: int) -> ExactArray:
        return ExactArray(self.integers.reshape(shape), self.denominator)

    @property
    def T(self) -> ExactArray:
        return ExactArray(self.integers.T, self.denominator)

    def _over(self, common: int) -> npt.NDArray[np.object_]:
        factor = common // self.denominator
        return self.integers if factor == 1 else self.integers * factor


def fold(below: AffineMap, above: AffineMap) -> AffineMap:
    """The affine map x -> above(below(x)), exactly."""
    check_room(above.n_out * (below.n_in + 1), _map_bits(below) + _map_bits(above) + below.n_out.bit_length())
    product = (above.homogeneous() * below.homogeneous()).tolist()
    rows = tuple(tuple(map(int, row)) for row in product[:-1])
    return AffineMap(rows, int(product[-1][-1]), below.n_in)


def find_inexact(layer: AffineMap, W: FloatArray, b: FloatArray) -> tuple[int, int] | None:
    """The first (row, column) of [W | b] whose float is not the exact entry; None when all of them are."""
    for i, (row, floats) in enumerate(zip(layer.rows, np.column_stack((W, b)).tolist(), strict=True)):
        for j, (entry, value) in enumerate(zip(row, floats, strict=True)):
            if value in (float("inf"), float("-inf")):
                return i, j
            numerator, denominator = value.as_integer_ratio()
            if numerator * layer.denominator != entry * denominator:
                return i, j
    return None


def check_room(entries: int, bits: int) -> None:
    """Raise `BudgetSpent` when an array of so many entries of so many bits is out of proportion."""
    if entries > MAX_ENTRIES:
        raise BudgetSpent(f"an array of more than {MAX_ENTRIES} numbers", entries=entries)
    if entries * bits > MAX_BITS or entries * bits * bits > MAX_WORK:
        raise BudgetSpent("the numbers need too many digits over a common denominator", entries=entries, bits=bits)


def _bits(integers: npt.NDArray[np.object_]) -> int:
    return max((entry.bit_length() for entry in integers.ravel().tolist()), default=0)


def _map_bits(layer: AffineMap) -> int:
    return max(layer.denominator.bit_length(), max(entry.bit_length() for row in layer.rows for entry in row))
