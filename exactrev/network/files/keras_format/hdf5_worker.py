"""A program of its own: reads an HDF5 file from standard input and writes down what is in it.

The HDF5 library is not made for hostile files: a damaged one can make it loop for ever or crash. So it runs here, in a
process that `hdf5` starts, limits and may end. The answer is a length (8 bytes, little-endian), a JSON object of that
length, and the bytes of the arrays:

    {"groups": {path: {attribute: [text, ...]}},
     "arrays": {path: {"dtype": "<f4", "shape": [2, 3]} or {"refused": found, "expected": expected}}}

with the arrays in the order of their paths. Only text attributes are told. Links and data that lead out of the file are
not followed. Knows h5py and NumPy, nothing else of the package: it is run as a file, not imported.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from math import prod
from typing import Any

MAX_ENTRIES = 1 << 22
MAX_OBJECTS = 10_000
MAX_DEPTH = 16
MAX_BYTES = 1 << 26
MAX_MEMORY = 1 << 32
MAX_SECONDS = 20
SKIPPED = "optimizer_weights"


def main() -> None:
    """Answer on standard output; anything wrong with the file ends in a traceback and a failure, which is expected."""
    _limit_resources()
    import h5py

    data = sys.stdin.buffer.read()
    groups: dict[str, dict[str, list[str]]] = {}
    arrays: dict[str, dict[str, Any]] = {}
    bodies: dict[str, bytes] = {}
    with h5py.File(io.BytesIO(data), "r") as file:
        waiting: list[tuple[str, Any]] = [("", file)]
        while waiting:
            path, group = waiting.pop()
            groups[path] = _texts(h5py, group)
            for name in group:
                below = f"{path}/{name}" if path else name
                if len(groups) + len(arrays) + len(waiting) > MAX_OBJECTS or below.count("/") > MAX_DEPTH:
                    raise ValueError("too many groups and arrays, or nested too deep")
                if below == SKIPPED:
                    continue
                if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                    arrays[below] = {"refused": "a link", "expected": "an object in this file"}
                    continue
                item = group[name]
                if isinstance(item, h5py.Group):
                    waiting.append((below, item))
                elif isinstance(item, h5py.Dataset):
                    arrays[below] = _fault(h5py, item) or {"dtype": item.dtype.str, "shape": list(item.shape)}
                    if "dtype" in arrays[below]:
                        bodies[below] = item[()].tobytes()
                    if sum(map(len, bodies.values())) > MAX_BYTES:
                        raise ValueError("too many numbers")
    answer = json.dumps({"groups": groups, "arrays": dict(sorted(arrays.items()))}).encode("ascii")
    sys.stdout.buffer.write(len(answer).to_bytes(8, "little") + answer)
    for path in sorted(bodies):
        sys.stdout.buffer.write(bodies[path])
    sys.stdout.buffer.flush()


def _limit_resources() -> None:
    """Memory and time, where the system can limit them."""
    try:
        import resource
    except ImportError:
        return
    for kind, limit in (("AS", MAX_MEMORY), ("CPU", MAX_SECONDS), ("CORE", 0), ("FSIZE", 0)):
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, f"RLIMIT_{kind}"), (limit, limit))


def _texts(h5py: Any, group: Any) -> dict[str, list[str]]:
    """The text attributes of a group."""
    texts: dict[str, list[str]] = {}
    for name in group.attrs:
        attribute = group.attrs.get_id(name)
        if h5py.check_string_dtype(attribute.dtype) is None or attribute.shape is None:
            continue
        if prod(attribute.shape) > MAX_OBJECTS:
            raise ValueError("an attribute of too many strings")
        value = group.attrs[name]
        items = [value] if isinstance(value, (str, bytes)) else value.ravel().tolist()
        texts[name] = [item if isinstance(item, str) else item.decode("utf-8") for item in items]
    return texts


def _fault(h5py: Any, dataset: Any) -> dict[str, Any] | None:
    """Why a dataset is not read: it is not plain IEEE floats, inside this file, unfiltered, all there."""
    standard = [getattr(h5py.h5t, f"IEEE_F{bits}{order}") for bits in (16, 32, 64) for order in ("LE", "BE")]
    found, expected = "", ""
    if dataset.is_virtual or dataset.external:
        found, expected = "data in another file", "data inside this file"
    elif not any(dataset.id.get_type().equal(each) for each in standard):
        found, expected = f"the dtype {str(dataset.dtype)[:40]}", "float16, float32 or float64"
    elif dataset.shape is None or not 0 < prod(dataset.shape) <= MAX_ENTRIES:
        found, expected = f"the shape {dataset.shape}", f"1 to {MAX_ENTRIES} entries"
    elif dataset.id.get_create_plist().get_nfilters():
        found, expected = "compressed or filtered data", "plain data"
    elif dataset.chunks is not None and prod(dataset.chunks) > MAX_ENTRIES:
        found, expected = f"chunks of shape {dataset.chunks}", "smaller chunks"
    elif dataset.id.get_storage_size() < dataset.size * dataset.dtype.itemsize:
        found, expected = "fewer data than its shape needs", "all of them"
    return {"refused": found, "expected": expected} if found else None


if __name__ == "__main__":
    main()
