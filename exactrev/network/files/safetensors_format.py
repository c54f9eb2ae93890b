"""safetensors: a JSON header that says where each tensor lies, then the bytes. Nothing in it can be executed.

Knows the container completely and checks all of it: every byte of the data belongs to exactly one tensor. The layers
are the pairs ``<prefix>.weight`` (out, in) and ``<prefix>.bias`` (out,). The file holds no activation functions: ReLU
is taken to act between the layers, and the reading rule says so.
"""

from __future__ import annotations

import struct
from math import prod
from typing import Any

import numpy as np

from exactrev.network.files.assembly import (
    AnyArray,
    check_room_for,
    layers_by_name,
    network_of_layers,
    number_of_entries,
    widen_bfloat16,
)
from exactrev.network.files.disk import Source, shown
from exactrev.network.files.strict_json import NumberText, check_keys, kind_of, parse_json
from exactrev.network.network import Network

__all__ = ["read_safetensors"]

MAX_HEADER_BYTES = 1 << 20
MAX_TENSORS = 10_000

_DTYPES = {"F64": ("float64", "<f8"), "F32": ("float32", "<f4"), "F16": ("float16", "<f2"), "BF16": ("bfloat16", "<u2")}


def read_safetensors(source: Source) -> Network:
    """The network in a ``.safetensors`` file."""
    data = source.data
    if len(data) < 8:
        raise source.refuse("header", f"a file of {len(data)} bytes", "a length of 8 bytes, then the header")
    (length,) = struct.unpack_from("<Q", data)
    if length > MAX_HEADER_BYTES or length > len(data) - 8:
        raise source.refuse("header", f"a length of {length} bytes", f"at most {MAX_HEADER_BYTES}, and within the file")
    text = data[8 : 8 + length]
    if not text.startswith(b"{"):
        raise source.refuse("header", f"text that starts with {text[:4]!r}", "a JSON object")
    header = parse_json(source, "header", text, max_depth=8)
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict):
        raise source.refuse("header.__metadata__", kind_of(metadata), "an object")
    if len(header) > MAX_TENSORS:
        raise source.refuse("header", f"{len(header)} tensors", f"at most {MAX_TENSORS}")
    tensors, dtypes = _tensors(source, header, data[8 + length :])
    dtype = ", ".join(sorted(dtypes))
    layers = layers_by_name(source, tensors)
    order = ", ".join(layer.weight_name.removesuffix(".weight") for layer in layers)
    return network_of_layers(
        source,
        layers,
        format="safetensors",
        dtype=dtype,
        reading=f"{dtype} exact; layers in the order {shown(order, 200)[1:-1]}; ReLU between them assumed",
    )


def _tensors(source: Source, header: dict[str, Any], body: bytes) -> tuple[dict[str, AnyArray], set[str]]:
    """The tensors by name, and the names of their dtypes. They have to cover the data without gap or overlap."""
    places: list[tuple[int, int, str, str, tuple[int, ...]]] = []
    for name, entry in header.items():
        place = f"header[{shown(name)}]"
        check_keys(source, place, entry, {"dtype", "shape", "data_offsets"})
        kind = entry["dtype"]
        if not isinstance(kind, str) or kind not in _DTYPES:
            raise source.refuse(f"{place}.dtype", kind_of(kind), ", ".join(_DTYPES))
        shape = _naturals(source, f"{place}.shape", entry["shape"])
        begin, end = _naturals(source, f"{place}.data_offsets", entry["data_offsets"], length=2)
        size = number_of_entries(source, place, shape) * np.dtype(_DTYPES[kind][1]).itemsize
        if end - begin != size:
            raise source.refuse(f"{place}.data_offsets", f"{end - begin} bytes", f"{size} for {shape} of {kind}")
        places.append((begin, end, name, kind, shape))
    check_room_for(source, (shape for *_, shape in places))
    tensors: dict[str, AnyArray] = {}
    covered = 0
    for begin, end, name, kind, shape in sorted(places):
        if begin != covered:
            fault = "an overlap" if begin < covered else "a gap"
            raise source.refuse(f"header[{shown(name)}]", f"{fault} in the data at byte {begin}", f"byte {covered}")
        covered = end
        if end > len(body):
            found = f"data up to byte {end}"
            raise source.refuse(f"header[{shown(name)}]", found, f"at most {len(body)} (a cut file?)")
        words = np.frombuffer(body, _DTYPES[kind][1], count=prod(shape), offset=begin)
        tensors[name] = (widen_bfloat16(words) if kind == "BF16" else words).reshape(shape)
    if covered != len(body):
        raise source.refuse("", f"{len(body)} bytes of data", f"{covered}, as the header says")
    return {name: tensors[name] for name in header}, {_DTYPES[kind][0] for *_, kind, _ in places}


def _naturals(source: Source, place: str, value: Any, length: int | None = None) -> tuple[int, ...]:
    expected = f"an array of {'' if length is None else f'{length} '}natural numbers"
    if not isinstance(value, list) or len(value) > 8 or (length is not None and len(value) != length):
        raise source.refuse(place, kind_of(value), expected)
    numbers: list[int] = []
    for entry in value:
        number = entry.natural() if isinstance(entry, NumberText) else None
        if number is None:
            raise source.refuse(place, kind_of(entry), expected)
        numbers.append(number)
    return tuple(numbers)
