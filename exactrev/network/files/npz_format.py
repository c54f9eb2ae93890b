"""NumPy archives: ``W0.npy``, ``b0.npy``, ``W1.npy``, ..., W of shape (out, in) as in PyTorch, b of shape (out,).

Knows the headers of ``.npy`` members down to the last byte and reads plain numbers only. Objects are never unpickled:
a member whose dtype is not an integer or a binary float of at most 64 bits is refused by its header. A float is the
dyadic rational that it is. ReLU acts between the layers; the last one is the output layer.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from math import prod

import numpy as np

from exactrev.errors import BadInput
from exactrev.network.files.assembly import AnyArray, NamedLayer, check_room_for, network_of_layers, number_of_entries
from exactrev.network.files.disk import Source, shown
from exactrev.network.files.exact_arrays import find_inexact
from exactrev.network.files.zip_archive import find_members, unpack
from exactrev.network.network import Network

__all__ = ["parse_npy", "read_npz", "write_npz"]

_HEADER = re.compile(
    r"\{\s*'descr':\s*(?P<descr>'[^']*'|\[.*\]),\s*'fortran_order':\s*(?P<fortran>True|False),"
    r"\s*'shape':\s*\((?P<shape>[0-9L,\s]*)\),?\s*\}\s*"
)
_DTYPE = re.compile(r"'(?:[<>](?:[iu][248]|f[248])|[|<>][iu]1)'")
_MAX_HEADER = 4096
_MEMBERS = "W0.npy, b0.npy, W1.npy, b1.npy, ..."


def read_npz(source: Source) -> Network:
    """The network in an ``.npz`` archive."""
    members = find_members(source)
    count = 0
    while f"W{count}.npy" in members or f"b{count}.npy" in members:
        count += 1
    names = [f"{kind}{k}.npy" for k in range(count) for kind in "Wb"]
    for name in members:
        if name not in names:
            raise source.refuse(f"member {shown(name)}", "an unknown member", f"{_MEMBERS} only")
    for name in names:
        if name not in members:
            raise source.refuse("", f"no member {name}", _MEMBERS)
    if not names:
        raise source.refuse("", "no members", _MEMBERS)
    arrays: dict[str, AnyArray] = {}
    for name in names:
        arrays[name] = parse_npy(source, name, unpack(source, members[name]))
        check_room_for(source, (array.shape for array in arrays.values()))
    layers = [
        NamedLayer(f"W{k}", arrays[f"W{k}.npy"], f"b{k}", arrays[f"b{k}.npy"]) for k in range(count)
    ]
    dtype = ", ".join(sorted({array.dtype.newbyteorder("=").name for array in arrays.values()}))
    return network_of_layers(
        source, layers, format="npz", dtype=dtype, reading=f"{dtype} exact, W of shape (out, in), ReLU between layers"
    )


def parse_npy(source: Source, place: str, data: bytes) -> AnyArray:
    """The array in the bytes of an ``.npy`` file: plain numbers, as many as the header says, and nothing after them."""
    if not data.startswith(b"\x93NUMPY") or len(data) < 10:
        raise source.refuse(place, f"data that start with {data[:6]!r}", "an .npy array")
    major, minor = data[6], data[7]
    if (major, minor) not in ((1, 0), (2, 0), (3, 0)):
        raise source.refuse(place, f".npy version {major}.{minor}", "version 1.0, 2.0 or 3.0")
    length_format = "<H" if major == 1 else "<L"
    start = 8 + struct.calcsize(length_format)
    if len(data) < start:
        raise source.refuse(place, "a cut header", "an .npy array")
    (length,) = struct.unpack_from(length_format, data, 8)
    if length > min(_MAX_HEADER, len(data) - start):
        raise source.refuse(place, f"a header of {length} bytes", f"at most {_MAX_HEADER}, and within the file")
    header = data[start : start + length].decode("latin-1")
    match = _HEADER.fullmatch(header)
    if match is None:
        raise source.refuse(place, f"the header {shown(header.strip())}", "keys descr, fortran_order and shape")
    if _DTYPE.fullmatch(match["descr"]) is None:
        raise source.refuse(
            place, f"the dtype {shown(match['descr'].strip(chr(39)))}", "integers or floats of at most 64 bits"
        )
    shape = _shape(source, place, match["shape"])
    dtype = np.dtype(match["descr"].strip("'"))
    number_of_entries(source, place, shape)
    body = data[start + length :]
    size = prod(shape) * dtype.itemsize
    if size != len(body):
        raise source.refuse(place, f"{len(body)} bytes of data", f"{size} for the shape {shape} and {dtype.name}")
    return np.frombuffer(body, dtype).reshape(shape, order="F" if match["fortran"] == "True" else "C")


def _shape(source: Source, place: str, text: str) -> tuple[int, ...]:
    parts = [part.strip().removesuffix("L") for part in text.split(",")]
    if len(parts) > 1 and not parts[-1]:
        parts.pop()  # (3,)
    elif len(parts) == 1 and parts != [""]:
        parts = ["("]  # (3) is no tuple
    if not all(re.fullmatch("[0-9]{1,18}", part) for part in parts if parts != [""]) or len(parts) > 8:
        raise source.refuse(place, f"the shape {shown(text)}", "a tuple of at most 8 sizes")
    return tuple(int(part) for part in parts if part)


def write_npz(name: str, net: Network) -> bytes:
    """The network as float64 arrays; refused when an entry is not exactly a float64 number.

    The bytes depend on the network alone: the members carry no time of writing.
    """
    buffer = io.BytesIO()
    archive = zipfile.ZipFile(buffer, "w")
    for k, layer in enumerate(net.layers):
        W, b = layer.as_floats()
        inexact = find_inexact(layer, W, b)
        if inexact is not None:
            i, j = inexact
            place = f"W{k}[{i}, {j}]" if j < layer.n_in else f"b{k}[{i}]"
            raise BadInput(name, place, "a weight that is not exactly a float64", "dyadic weights, or the format .json")
        for member, array in ((f"W{k}.npy", W), (f"b{k}.npy", b)):
            data = io.BytesIO()
            np.lib.format.write_array(data, array.astype("<f8"), allow_pickle=False)
            info = zipfile.ZipInfo(member)
            info.create_system = 3  # the same on every system
            archive.writestr(info, data.getvalue())
    archive.close()
    return buffer.getvalue()
