"""Tensors as affine functions: what the wires of a graph carry, exactly.

A `Value` is a tensor whose entries are affine functions of one vector: the input, or the activations behind one ReLU.
A constant is a value that depends on no vector. Knows how values combine; knows nothing of ONNX.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import prod

import numpy as np

from exactrev.errors import ExactrevError
from exactrev.network.affine import AffineMap
from exactrev.network.files.exact_arrays import MAX_ENTRIES, ExactArray, IndexArray, check_room

__all__ = ["Impossible", "Layer", "Value"]


class Impossible(ExactrevError):
    """The operation cannot be carried out on affine functions; `found` and `expected` say why."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__("no affine function", found=found, expected=expected)


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A vector that later values are affine functions of.

    The input has no `preactivation`; a hidden layer is the ReLU of one.
    """

    name: str
    size: int
    preactivation: Value | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """A tensor of shape `shape` and ONNX element type `elem_type`: entry p, in row-major order, is

        offset[p] + sum_i linear[p, i] * layer[i],    or    offset[p] + layer[picks[p]].

    The second form, with `picks`, keeps copies and rearrangements of a vector small. A constant has no `layer`.
    """

    shape: tuple[int, ...]
    elem_type: int
    offset: ExactArray
    layer: Layer | None = None
    picks: IndexArray | None = None
    linear: ExactArray | None = None

    @classmethod
    def constant(cls, numbers: ExactArray, elem_type: int) -> Value:
        return cls(numbers.shape, elem_type, numbers.reshape(-1))

    @classmethod
    def whole(cls, layer: Layer, shape: tuple[int, ...], elem_type: int) -> Value:
        """The vector itself, in this shape."""
        return cls(shape, elem_type, ExactArray.zeros((layer.size,)), layer, np.arange(layer.size))

    # -- structure -----------------------------------------------------------------------------------------------

    @property
    def size(self) -> int:
        return prod(self.shape)

    def positions(self) -> IndexArray:
        """The row-major positions of the entries, in the tensor's own shape: what rearrangements act on."""
        return np.arange(self.size).reshape(self.shape)

    def rearranged(self, positions: IndexArray) -> Value:
        """The tensor that has entry `positions[q]` of this one at q, in the shape of `positions`."""
        flat = positions.reshape(-1)
        return Value(
            positions.shape,
            self.elem_type,
            self.offset.take(flat),
            self.layer,
            None if self.picks is None else self.picks[flat],
            None if self.linear is None else self.linear.take(flat),
        )

    def reshaped(self, shape: tuple[int, ...]) -> Value:
        return Value(shape, self.elem_type, self.offset, self.layer, self.picks, self.linear)

    def transposed(self, permutation: tuple[int, ...]) -> Value:
        return self.rearranged(self.positions().transpose(permutation))

    def with_type(self, elem_type: int) -> Value:
        return Value(self.shape, elem_type, self.offset, self.layer, self.picks, self.linear)

    def dense(self) -> ExactArray:
        """The linear part as a matrix (size, layer.size). `Impossible` for a constant."""
        if self.layer is None:
            raise Impossible("an output that does not depend on the input", "a network")
        if self.linear is not None:
            return self.linear
        matrix = ExactArray.zeros((self.size, self.layer.size))
        matrix.integers[np.arange(self.size), self.picks] = 1
        return matrix

    def affine_map(self) -> AffineMap:
        """The value as an affine map of its layer. `Impossible` for a constant."""
        return self.dense().affine_map(self.offset)

    # -- arithmetic ----------------------------------------------------------------------------------------------

    def scaled(self, factor: Fraction) -> Value:
        if factor == 1:
            return self
        scaled = None if self.layer is None else self.dense().scaled(factor)
        return Value(self.shape, self.elem_type, self.offset.scaled(factor), self.layer, None, scaled)

    def __add__(self, other: Value) -> Value:
        """The sum, with the broadcasting of NumPy."""
        try:
            shape = np.broadcast_shapes(self.shape, other.shape)
        except ValueError:
            raise Impossible(f"the shapes {self.shape} and {other.shape}", "shapes that broadcast") from None
        left, right = self._broadcast(shape), other._broadcast(shape)
        offset = left.offset + right.offset
        if left.layer is None:
            left, right = right, left
        if right.layer is None:
            return Value(shape, self.elem_type, offset, left.layer, left.picks, left.linear)
        if left.layer is not right.layer and left.layer is not None:
            raise Impossible(
                f"a sum of two branches, one from {left.layer.name} and one from {right.layer.name}",
                "both operands from one layer",
            )
        return Value(shape, self.elem_type, offset, left.layer, None, left.dense() + right.dense())

    def __matmul__(self, other: Value) -> Value:
        """The matrix product of NumPy, batches included, where at least one factor is a constant matrix."""
        if self.layer is not None and other.layer is not None:
            raise Impossible("a product of two tensors that both depend on the input", "a constant factor")
        if not self.shape or not other.shape:
            raise Impossible("a scalar", "vectors, matrices, or stacks of matrices")
        a = self.shape if len(self.shape) > 1 else (1, *self.shape)
        b = other.shape if len(other.shape) > 1 else (*other.shape, 1)
        if a[-1] != b[-2]:
            raise Impossible(f"the shapes {self.shape} and {other.shape}", "matrices that chain")
        try:
            stack = np.broadcast_shapes(a[:-2], b[:-2])
        except ValueError:
            raise Impossible(f"the shapes {self.shape} and {other.shape}", "stacks that broadcast") from None
        if other.layer is None and prod(b[:-2]) == 1:
            product = self._times(other.offset.reshape(b[-2], b[-1]))
        elif self.layer is None and prod(a[:-2]) == 1:
            # A X = (X^T A^T)^T, in every matrix X of the stack.
            swapped = other.rearranged(np.swapaxes(other.positions().reshape(b), -1, -2))
            product = swapped._times(self.offset.reshape(a[-2], a[-1]).T)
            product = product.rearranged(np.swapaxes(product.positions().reshape(*stack, b[-1], a[-2]), -1, -2))
        else:
            raise Impossible(f"a constant stack of matrices, {self.shape} times {other.shape}", "a constant matrix")
        shape = (*stack, *(a[-2:-1] if len(self.shape) > 1 else ()), *(b[-1:] if len(other.shape) > 1 else ()))
        return product.reshaped(shape)

    def relu(self, name: str) -> Value:
        """The ReLU of this tensor: a constant, or the vector of a new layer called `name`."""
        if self.layer is None:
            positive = np.maximum(self.offset.integers, 0)
            return Value(self.shape, self.elem_type, ExactArray(positive, self.offset.denominator))
        return Value.whole(Layer(name, self.size, self), self.shape, self.elem_type)

    def _broadcast(self, shape: tuple[int, ...]) -> Value:
        if shape == self.shape:
            return self
        if prod(shape) > MAX_ENTRIES:
            raise Impossible(f"a tensor of shape {shape}", f"at most {MAX_ENTRIES} entries")
        return self.rearranged(np.broadcast_to(self.positions(), shape))

    def _times(self, C: ExactArray) -> Value:
        """Every row (the last axis) of this tensor times the matrix C of shape (k, n)."""
        k, n = C.shape
        rows = self.size // k
        offset = self.offset.reshape(rows, k).matmul(C).reshape(-1)
        linear = None if self.layer is None else self._linear_times(C, rows, self.layer.size)
        return Value((*self.shape[:-1], n), self.elem_type, offset, self.layer, None, linear)

    def _linear_times(self, C: ExactArray, rows: int, width: int) -> ExactArray:
        """The linear part of `_times`, a matrix (rows * n, width)."""
        k, n = C.shape
        check_room(rows * n * width, 1)
        if self.picks is not None and len(np.unique(self.picks)) == self.size:
            # No entry occurs twice, so the columns of C only change their places.
            spread = np.zeros((rows, n, width), dtype=object)
            for row, columns in zip(spread, self.picks.reshape(rows, k), strict=True):
                row[:, columns] = C.integers.T
            return ExactArray(spread.reshape(rows * n, width), C.denominator)
        matrix = self.dense()
        side_by_side = matrix.integers.reshape(rows, k, width).transpose(1, 0, 2).reshape(k, rows * width)
        product = C.T.matmul(ExactArray(side_by_side, matrix.denominator))
        stacked = product.integers.reshape(n, rows, width).transpose(1, 0, 2).reshape(rows * n, width)
        return ExactArray(stacked, product.denominator)
