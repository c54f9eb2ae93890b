"""The numbers in an ONNX `TensorProto`, taken from the model itself and from nowhere else.

Knows how each element type is stored, raw or typed. External data are refused: no path in a model is ever opened.
"""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from exactrev.network.files.assembly import AnyArray, number_of_entries, widen_bfloat16
from exactrev.network.files.disk import Source, shown

__all__ = ["FLOATS", "INTEGERS", "check_no_external_data", "dtype_name", "import_onnx", "read_tensor"]

# TensorProto.DataType: number -> (name, little-endian dtype of the raw bytes, field of the typed numbers)
_TYPES = {
    1: ("float32", "<f4", "float_data"),
    2: ("uint8", "<u1", "int32_data"),
    3: ("int8", "<i1", "int32_data"),
    4: ("uint16", "<u2", "int32_data"),
    5: ("int16", "<i2", "int32_data"),
    6: ("int32", "<i4", "int32_data"),
    7: ("int64", "<i8", "int64_data"),
    10: ("float16", "<f2", "int32_data"),
    11: ("float64", "<f8", "double_data"),
    12: ("uint32", "<u4", "uint64_data"),
    13: ("uint64", "<u8", "uint64_data"),
    16: ("bfloat16", "<u2", "int32_data"),
}
_EXTERNAL = 1
_STORED_AS_BITS = {"float16": "<u2", "bfloat16": "<u2"}  # when typed: the bit pattern in an int32

FLOATS = {1: 24, 10: 11, 11: 53, 16: 8}
"""The floating point types and the bits of their significands."""

INTEGERS = {number: name for number, (name, _, _) in _TYPES.items() if number not in FLOATS}
"""The integer types by number."""


def import_onnx(name: str) -> Any:
    """The package onnx; without it a `BadInput` about the file `name` says what to install."""
    from exactrev.errors import BadInput

    try:
        return importlib.import_module("onnx")
    except ImportError:
        raise BadInput(
            name, "", "an ONNX file, and the package onnx is not installed", 'pip install "exactrev[formats]"'
        ) from None


def dtype_name(elem_type: int) -> str:
    """float32, int64, ... for an element type number."""
    return _TYPES[elem_type][0] if elem_type in _TYPES else f"element type {elem_type}"


def check_no_external_data(source: Source, place: str, tensor: Any) -> None:
    """Refuse a tensor whose numbers are said to lie in another file."""
    if tensor.data_location == _EXTERNAL or len(tensor.external_data):
        raise source.refuse(place, "external data", "numbers inside the model file")


def read_tensor(source: Source, place: str, tensor: Any) -> AnyArray:
    """The array in a `TensorProto`; bfloat16 widened to float32."""
    check_no_external_data(source, place, tensor)
    if tensor.HasField("segment"):
        raise source.refuse(place, "a tensor in segments", "a whole tensor")
    if tensor.data_type not in _TYPES:
        raise source.refuse(place, dtype_name(tensor.data_type), "integers or floats of at most 64 bits")
    name, raw_dtype, field = _TYPES[tensor.data_type]
    shape = tuple(tensor.dims)
    if any(size < 0 for size in shape):
        raise source.refuse(place, f"the shape {shown(shape)}", "sizes of at least 1")
    entries = number_of_entries(source, place, shape)
    if tensor.HasField("raw_data"):
        words = _raw(source, place, tensor.raw_data, np.dtype(raw_dtype), entries)
    else:
        words = _typed(source, place, list(getattr(tensor, field)), name, raw_dtype, entries)
    return (widen_bfloat16(words) if name == "bfloat16" else words).reshape(shape)


def _raw(source: Source, place: str, data: bytes, dtype: np.dtype[Any], entries: int) -> AnyArray:
    if len(data) != entries * dtype.itemsize:
        raise source.refuse(place, f"{len(data)} bytes of data", f"{entries * dtype.itemsize}")
    return np.frombuffer(data, dtype)


def _typed(source: Source, place: str, numbers: list[Any], name: str, raw_dtype: str, entries: int) -> AnyArray:
    if len(numbers) != entries:
        raise source.refuse(place, f"{len(numbers)} numbers", f"{entries}")
    try:
        return np.array(numbers, dtype=_STORED_AS_BITS.get(name, raw_dtype)).view(raw_dtype)
    except OverflowError:
        raise source.refuse(place, "a number out of range", f"numbers of type {name}") from None
