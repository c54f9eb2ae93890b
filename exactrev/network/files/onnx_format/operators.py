"""What each ONNX operator means, on exact values.

Knows the operators Add, Cast, Constant, Flatten, Gemm, Identity, MatMul, Relu, Reshape, Sub and Transpose from
operator set 7 on, with all their attributes. An attribute or a use that it does not know is refused, never ignored.
Rounding does not exist here: floating point types stand for real numbers, and a Cast is accepted only where it
changes no value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

from exactrev.arithmetic.numbers import lift
from exactrev.errors import BadInput, BudgetSpent, InexactInput
from exactrev.network.files.assembly import exact_array_of
from exactrev.network.files.disk import Source, shown
from exactrev.network.files.exact_arrays import MAX_ENTRIES, ExactArray
from exactrev.network.files.onnx_format.tensors import FLOATS, INTEGERS, dtype_name, read_tensor
from exactrev.network.files.onnx_format.values import Impossible, Value

__all__ = ["OPERATORS", "Operators", "node_label"]

MAX_PRODUCTS = 1 << 32
"""The most multiplications that folding one model may take."""

_ATTRIBUTE_FIELDS = {1: "f", 2: "i", 4: "t", 6: "floats", 7: "ints"}  # AttributeProto.AttributeType

# operator: (least and greatest number of inputs, attributes)
OPERATORS: dict[str, tuple[int, int, frozenset[str]]] = {
    "Add": (2, 2, frozenset()),
    "Cast": (1, 1, frozenset({"to", "saturate", "round_mode"})),
    "Constant": (0, 0, frozenset({"value", "value_float", "value_floats", "value_int", "value_ints"})),
    "Flatten": (1, 1, frozenset({"axis"})),
    "Gemm": (2, 3, frozenset({"alpha", "beta", "transA", "transB"})),
    "Identity": (1, 1, frozenset()),
    "MatMul": (2, 2, frozenset()),
    "Relu": (1, 1, frozenset()),
    "Reshape": (2, 2, frozenset({"allowzero"})),
    "Sub": (2, 2, frozenset()),
    "Transpose": (1, 1, frozenset({"perm"})),
}


def node_label(node: Any) -> str:
    """How error messages name a node: by its name, or by what it produces."""
    if node.name:
        return f"{shown(node.op_type)[1:-1]} node {shown(node.name)}"
    return f"{shown(node.op_type)[1:-1]} node that produces {', '.join(map(shown, node.output))}"


@dataclass(slots=True)
class Operators:
    """Evaluates nodes of one model."""

    source: Source
    _products: int = field(default=0, init=False)

    def evaluate(self, node: Any, operands: list[Value]) -> Value:
        """What the node produces. Raises `BadInput` naming the node where that is no affine function or unknown."""
        least, greatest, allowed = OPERATORS[node.op_type]
        label = node_label(node)
        if not least <= len(operands) <= greatest:
            raise self.source.refuse(label, f"{len(operands)} inputs", f"{least} to {greatest}")
        attributes = self._attributes(label, node, allowed)
        operator: Callable[..., Value] = getattr(self, f"_{node.op_type.lower()}")
        try:
            return operator(label, attributes, *operands)
        except Impossible as error:
            raise self.source.refuse(label, error.found, error.expected) from None
        except BudgetSpent as error:
            raise self.source.refuse(label, str(error), "a smaller network") from None

    def _attributes(self, label: str, node: Any, allowed: frozenset[str]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for attribute in node.attribute:
            name = attribute.name
            if name not in allowed or name in values:
                raise self.source.refuse(label, f"the attribute {shown(name)}", ", ".join(sorted(allowed)) or "none")
            if attribute.type not in _ATTRIBUTE_FIELDS or attribute.ref_attr_name:
                raise self.source.refuse(label, f"an attribute {name} of another kind", "numbers, or a tensor")
            values[name] = getattr(attribute, _ATTRIBUTE_FIELDS[attribute.type])
        return values

    # -- arithmetic ----------------------------------------------------------------------------------------------

    def _add(self, label: str, attributes: dict[str, Any], a: Value, b: Value) -> Value:
        self._same_type(label, a, b)
        return a + b

    def _sub(self, label: str, attributes: dict[str, Any], a: Value, b: Value) -> Value:
        self._same_type(label, a, b)
        return a + b.scaled(Fraction(-1))

    def _matmul(self, label: str, attributes: dict[str, Any], a: Value, b: Value) -> Value:
        self._same_type(label, a, b)
        self._count(label, a, b)
        return a @ b

    def _gemm(self, label: str, attributes: dict[str, Any], a: Value, b: Value, c: Value | None = None) -> Value:
        """alpha * A B + beta * C, A and B transposed if asked for; C broadcasts to the shape of the product."""
        self._same_type(label, a, b, *([] if c is None else [c]))
        if len(a.shape) != 2 or len(b.shape) != 2:
            raise Impossible(f"the shapes {a.shape} and {b.shape}", "matrices")
        if self._whole(label, attributes, "transA", 0):
            a = a.transposed((1, 0))
        if self._whole(label, attributes, "transB", 0):
            b = b.transposed((1, 0))
        self._count(label, a, b)
        product = (a @ b).scaled(self._real(label, attributes, "alpha"))
        if c is None:
            return product
        total = product + c.scaled(self._real(label, attributes, "beta"))
        if total.shape != product.shape:
            raise Impossible(f"C of shape {c.shape} for a product of shape {product.shape}", "C to broadcast to it")
        return total

    def _relu(self, label: str, attributes: dict[str, Any], x: Value) -> Value:
        return x.relu(label)

    # -- structure -----------------------------------------------------------------------------------------------

    def _identity(self, label: str, attributes: dict[str, Any], x: Value) -> Value:
        return x

    def _flatten(self, label: str, attributes: dict[str, Any], x: Value) -> Value:
        axis = self._whole(label, attributes, "axis", 1)
        rank = len(x.shape)
        if not -rank <= axis <= rank:
            raise Impossible(f"the axis {axis}", f"one of the shape {x.shape}")
        axis += rank if axis < 0 else 0
        return x.reshaped((prod(x.shape[:axis]), prod(x.shape[axis:])))

    def _reshape(self, label: str, attributes: dict[str, Any], x: Value, target: Value) -> Value:
        if target.layer is not None or len(target.shape) != 1 or target.offset.denominator != 1:
            raise Impossible("a shape that is no constant vector of integers", "a constant shape")
        copy_zeros = not self._whole(label, attributes, "allowzero", 0)
        wanted: list[int] = target.offset.integers.tolist()
        shape = [x.shape[i] if n == 0 and copy_zeros and i < len(x.shape) else n for i, n in enumerate(wanted)]
        if shape.count(-1) == 1 and 0 < (known := -prod(shape)) <= MAX_ENTRIES and x.size % known == 0:
            shape[shape.index(-1)] = x.size // known
        if any(n < 1 for n in shape) or prod(shape) != x.size:
            raise Impossible(f"the shape {shown(wanted)} for a tensor of shape {x.shape}", "a shape of as many entries")
        return x.reshaped(tuple(shape))

    def _transpose(self, label: str, attributes: dict[str, Any], x: Value) -> Value:
        permutation = attributes.get("perm", range(len(x.shape))[::-1])
        if isinstance(permutation, (int, float)) or sorted(permutation) != list(range(len(x.shape))):
            raise Impossible("a perm that permutes other axes", f"the {len(x.shape)} axes of the shape {x.shape}")
        return x.transposed(tuple(permutation))

    def _constant(self, label: str, attributes: dict[str, Any]) -> Value:
        if len(attributes) != 1:
            raise Impossible(f"{len(attributes)} values", "one")
        ((name, value),) = attributes.items()
        if name == "value":
            if not hasattr(value, "data_type"):
                raise Impossible("a value that is no tensor", "a tensor")
            return self.tensor(f"{label}, value", value)
        array = np.array(value, dtype=np.float32 if "float" in name else np.int64)
        if array.size == 0:
            raise Impossible("an empty constant", "at least one number")
        return Value.constant(exact_array_of(self.source, f"{label}, {name}", array), 1 if "float" in name else 7)

    def _cast(self, label: str, attributes: dict[str, Any], x: Value) -> Value:
        to = self._whole(label, attributes, "to", 0)
        if x.elem_type == to:
            return x
        if to not in FLOATS and to not in INTEGERS:
            raise Impossible(f"a Cast to {dtype_name(to)}", "a Cast to integers or floats of at most 64 bits")
        if x.elem_type in FLOATS and to in FLOATS and _contains(to, x.elem_type):
            return x.with_type(to)
        if x.layer is None and _all_representable(x.offset, to):
            return x.with_type(to)
        raise Impossible(f"a Cast from {dtype_name(x.elem_type)} to {dtype_name(to)} that rounds", "one that does not")

    # -- helpers -------------------------------------------------------------------------------------------------

    def tensor(self, place: str, tensor: Any) -> Value:
        """A constant from a `TensorProto`."""
        return Value.constant(
            exact_array_of(self.source, place, read_tensor(self.source, place, tensor)), tensor.data_type
        )

    def _same_type(self, label: str, *operands: Value) -> None:
        types = {operand.elem_type for operand in operands}
        if len(types) > 1:
            raise self.source.refuse(label, " and ".join(sorted(map(dtype_name, types))), "operands of one type")

    def _count(self, label: str, a: Value, b: Value) -> None:
        """Keep count of the multiplications that the product a b takes, over the whole model."""
        width = max((v.layer.size for v in (a, b) if v.layer is not None and v.linear is not None), default=1)
        self._products += a.size * b.size * width // max(a.shape[-1:], default=1)
        if self._products > MAX_PRODUCTS:
            raise self.source.refuse(label, "more multiplications than allowed", f"at most {MAX_PRODUCTS}")

    def _whole(self, label: str, attributes: dict[str, Any], name: str, default: int) -> int:
        value = attributes.get(name, default)
        if not isinstance(value, int):
            raise self.source.refuse(label, f"an attribute {name} that is no integer", "an integer")
        return value

    def _real(self, label: str, attributes: dict[str, Any], name: str) -> Fraction:
        value = attributes.get(name, 1.0)
        try:
            return lift(value)
        except InexactInput:
            raise self._no_number(label, name) from None

    def _no_number(self, label: str, name: str) -> BadInput:
        return self.source.refuse(label, f"an attribute {name} that is no finite number", "a finite number")


def _contains(wide: int, narrow: int) -> bool:
    """Whether every number of the floating point type `narrow` is one of `wide`."""
    return wide == 11 or (wide == 1 and narrow in (10, 16))


def _all_representable(numbers: ExactArray, to: int) -> bool:
    """Whether every number is exactly a number of this type."""
    values = numbers.fractions()
    if to in INTEGERS:
        limits = np.iinfo(INTEGERS[to])
        return all(v.denominator == 1 and int(limits.min) <= v <= int(limits.max) for v in values)
    try:
        floats = np.array([float(v) for v in values])
    except OverflowError:
        return False
    with np.errstate(over="ignore", under="ignore"):
        if to == 16:  # bfloat16: a float32 whose lower half is zero
            stored: np.ndarray[Any, Any] = (floats.astype(np.float32).view(np.uint32) & 0xFFFF0000).view(np.float32)
        else:
            stored = floats.astype(dtype_name(to))
    return all(
        bool(np.isfinite(s)) and Fraction(float(s)) == v for s, v in zip(stored, values, strict=True)
    )
