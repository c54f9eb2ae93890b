"""HDF5 files: their groups, text attributes and plain arrays of numbers.

Knows h5py only by way of a second process. A damaged HDF5 file can make the library behind h5py loop for ever or
crash, so the library runs in `hdf5_worker`, for a limited time; whatever goes wrong there, here it becomes one line.
What is hashed is what is parsed: the worker gets the bytes, not the name of a file.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from exactrev.network.files.assembly import AnyArray
from exactrev.network.files.disk import Source, shown
from exactrev.network.files.strict_json import parse_json

__all__ = ["SIGNATURE", "Hdf5", "open_hdf5"]

SIGNATURE = b"\x89HDF\r\n\x1a\n"
MAX_SECONDS = 30
_WORKER = Path(__file__).with_name("hdf5_worker.py")


def open_hdf5(source: Source, data: bytes) -> Hdf5:
    """What the HDF5 file with these bytes holds. Without h5py, `BadInput` says what to install."""
    if not data.startswith(SIGNATURE):
        raise source.refuse("", f"a file that starts with {data[:4]!r}", "an HDF5 file")
    _check_length(source, data)
    if importlib.util.find_spec("h5py") is None:
        raise source.refuse(
            "", "an HDF5 file, and the package h5py is not installed", 'pip install "exactrev[formats]"'
        )
    # The worker finds the packages where this process finds them, and nothing beside its own file (-P).
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    try:
        run = subprocess.run(
            [sys.executable, "-P", str(_WORKER)], input=data, capture_output=True, env=environment, timeout=MAX_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise source.refuse("", "a file that keeps the HDF5 library busy without end", "a sound HDF5 file") from None
    answer = run.stdout
    length = int.from_bytes(answer[:8], "little")
    if run.returncode or len(answer) < 8 + length:
        reason = run.stderr.decode("utf-8", "replace").strip().split("\n")[-1] or f"status {run.returncode}"
        raise source.refuse("", f"damaged data ({shown(reason, 120)[1:-1]})", "a sound HDF5 file")
    contents = parse_json(source, "", answer[8 : 8 + length], max_depth=8)
    return Hdf5(source, contents, answer[8 + length :])


class Hdf5:
    """The contents of a file, by path."""

    def __init__(self, source: Source, contents: dict[str, Any], body: bytes) -> None:
        self._source = source
        self._groups: dict[str, dict[str, list[str]]] = contents["groups"]
        self._arrays: dict[str, dict[str, Any]] = contents["arrays"]
        self._data: dict[str, AnyArray] = {}
        start = 0
        for path, entry in self._arrays.items():
            if "dtype" in entry:
                shape = tuple(map(int, entry["shape"]))
                self._data[path] = np.frombuffer(body, entry["dtype"], count=prod(shape), offset=start).reshape(shape)
                start += self._data[path].nbytes

    def has_group(self, path: str) -> bool:
        """Whether there is a group at this path."""
        return path in self._groups

    def names(self, path: str) -> list[str]:
        """The names in a group."""
        self._group(path)
        below = f"{path}/" if path else ""
        paths = [*self._groups, *self._arrays]
        return [p.removeprefix(below) for p in paths if p.startswith(below) and "/" not in p.removeprefix(below)]

    def text(self, path: str, attribute: str) -> str | None:
        """A text attribute of the group at `path`, None if there is none."""
        texts = self.texts(path, attribute)
        if texts is not None and len(texts) != 1:
            raise self._source.refuse(f"{path or '/'}, {attribute}", f"{len(texts)} strings", "one")
        return None if texts is None else texts[0]

    def texts(self, path: str, attribute: str) -> list[str] | None:
        """A text attribute with any number of strings; also one cut into pieces ``name0``, ``name1``, ... ."""
        attributes = self._group(path)
        if attribute in attributes:
            return attributes[attribute]
        pieces: list[list[str]] = []
        while f"{attribute}{len(pieces)}" in attributes:
            pieces.append(attributes[f"{attribute}{len(pieces)}"])
        return [text for piece in pieces for text in piece] if pieces else None

    def array(self, path: str) -> AnyArray:
        """The numbers of a dataset: IEEE floats of 16, 32 or 64 bits, stored in this file, unfiltered."""
        if path not in self._data:
            entry = self._arrays.get(path, {"refused": "no dataset", "expected": "an array of numbers"})
            raise self._source.refuse(path, entry["refused"], entry["expected"])
        return self._data[path]

    def _group(self, path: str) -> dict[str, list[str]]:
        if path not in self._groups:
            raise self._source.refuse(path, "no group", "a group of this name")
        return self._groups[path]


def _check_length(source: Source, data: bytes) -> None:
    """The superblock says where the file ends; a cut file is refused before anybody starts a process for it."""
    version = data[8] if len(data) > 8 else 255
    widths = {0: (13, 24), 1: (13, 28), 2: (9, 12), 3: (9, 12)}  # where the width of an offset is, where offsets begin
    if version not in widths:
        raise source.refuse("superblock", f"version {version}, or a cut file", "version 0 to 3")
    width_at, offsets_at = widths[version]
    width = data[width_at] if len(data) > width_at else 0
    end = int.from_bytes(data[offsets_at + 2 * width : offsets_at + 3 * width], "little")
    if width not in (2, 4, 8) or end != len(data):
        raise source.refuse("superblock", f"a file of {len(data)} bytes", f"{end}, as the superblock says")
