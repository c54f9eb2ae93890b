"""HDF5 files, read with caution: groups, text attributes and plain arrays of numbers, all inside this one file.

Knows h5py and what a hostile file may ask of it: links and storage that lead to other files, virtual datasets,
filters that are loaded as plugins, shapes without data. All of that is refused before it is followed. The file is
opened from the bytes that were read, so what is hashed is what is parsed.
"""

from __future__ import annotations

import importlib
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import prod
from typing import Any, TypeVar

import numpy as np

from exactrev.errors import ExactrevError
from exactrev.network.files.assembly import AnyArray, number_of_entries
from exactrev.network.files.disk import Source, shown
from exactrev.network.files.exact_arrays import MAX_ENTRIES

__all__ = ["Hdf5", "open_hdf5"]

SIGNATURE = b"\x89HDF\r\n\x1a\n"
_MAX_NAMES = 10_000
_T = TypeVar("_T")


@contextmanager
def open_hdf5(source: Source, data: bytes) -> Iterator[Hdf5]:
    """The HDF5 file with these bytes, closed in the end. Without h5py, `BadInput` says what to install."""
    if not data.startswith(SIGNATURE):
        raise source.refuse("", f"a file that starts with {data[:4]!r}", "an HDF5 file")
    try:
        h5py = importlib.import_module("h5py")
    except ImportError:
        raise source.refuse(
            "", "an HDF5 file, and the package h5py is not installed", 'pip install "exactrev[formats]"'
        ) from None
    file = _guarded(source, "", lambda: h5py.File(io.BytesIO(data), "r"))
    try:
        yield Hdf5(source, h5py, file)
    finally:
        file.close()


class Hdf5:
    """The root group of an open file."""

    def __init__(self, source: Source, h5py: Any, root: Any) -> None:
        self._source = source
        self._h5py = h5py
        self._root = root

    def has_group(self, path: str) -> bool:
        """Whether there is a group at this path."""
        return isinstance(self._find(path), self._h5py.Group)

    def names(self, path: str) -> list[str]:
        """The names in a group."""
        return _guarded(self._source, path, lambda: list(self._group(path)))

    def text(self, path: str, attribute: str) -> str | None:
        """A text attribute of the group at `path`, None if there is none."""
        texts = self.texts(path, attribute)
        if texts is not None and len(texts) != 1:
            raise self._source.refuse(f"{path or '/'}, {attribute}", f"{len(texts)} strings", "one")
        return None if texts is None else texts[0]

    def texts(self, path: str, attribute: str) -> list[str] | None:
        """A text attribute with any number of strings; also one cut into pieces ``name0``, ``name1``, ... ."""
        return _guarded(self._source, f"{path or '/'}, {attribute}", lambda: self._texts(path, attribute))

    def array(self, path: str) -> AnyArray:
        """The numbers of a dataset: IEEE floats of 16, 32 or 64 bits, stored in this file, unfiltered."""
        return _guarded(self._source, path, lambda: self._array(path))

    def _array(self, path: str) -> AnyArray:
        dataset = self._find(path)
        if not isinstance(dataset, self._h5py.Dataset):
            raise self._source.refuse(path, "no dataset", "an array of numbers")
        if dataset.is_virtual or dataset.external:
            raise self._source.refuse(path, "data in another file", "data inside this file")
        types = self._h5py.h5t
        standard = [getattr(types, f"IEEE_F{bits}{order}") for bits in (16, 32, 64) for order in ("LE", "BE")]
        if not any(dataset.id.get_type().equal(each) for each in standard):
            raise self._source.refuse(path, f"the dtype {shown(str(dataset.dtype))}", "float16, float32 or float64")
        if dataset.shape is None:
            raise self._source.refuse(path, "a dataset without a shape", "an array of numbers")
        number_of_entries(self._source, path, dataset.shape)
        if dataset.id.get_create_plist().get_nfilters():
            raise self._source.refuse(path, "compressed or filtered data", "plain data")
        if dataset.chunks is not None and prod(dataset.chunks) > MAX_ENTRIES:
            raise self._source.refuse(path, f"chunks of shape {dataset.chunks}", "smaller chunks")
        if dataset.id.get_storage_size() < dataset.size * dataset.dtype.itemsize:
            raise self._source.refuse(path, "fewer data than its shape needs", "all of them")
        return np.asarray(dataset[()])

    def _texts(self, path: str, attribute: str) -> list[str] | None:
        attributes = self._group(path).attrs
        if attribute in attributes:
            return self._strings(f"{path or '/'}, {attribute}", attributes, attribute)
        texts: list[str] = []
        piece = 0
        while f"{attribute}{piece}" in attributes and piece < _MAX_NAMES:
            texts += self._strings(f"{path or '/'}, {attribute}{piece}", attributes, f"{attribute}{piece}")
            piece += 1
        return texts if piece else None

    def _strings(self, place: str, attributes: Any, name: str) -> list[str]:
        attribute = attributes.get_id(name)
        if attribute.dtype.kind not in "SO" or prod(attribute.shape or ()) > _MAX_NAMES:
            raise self._source.refuse(place, f"the dtype {attribute.dtype}, shape {attribute.shape}", "text")
        texts: list[str] = []
        for item in np.ravel(np.asarray(attributes[name], dtype=object)).tolist():
            if not isinstance(item, (str, bytes)):
                raise self._source.refuse(place, f"a {type(item).__name__}", "text")
            texts.append(item if isinstance(item, str) else item.decode("utf-8"))
        return texts

    def _group(self, path: str) -> Any:
        group = self._find(path)
        if not isinstance(group, self._h5py.Group):
            raise self._source.refuse(path, "no group", "a group of this name")
        return group

    def _find(self, path: str) -> Any:
        """The object at a path, None if there is none."""
        return _guarded(self._source, path, lambda: self._follow(path))

    def _follow(self, path: str) -> Any:
        """Step by step, and through hard links only: others may lead to any file."""
        here = self._root
        for name in path.split("/") if path else []:
            if not isinstance(here, self._h5py.Group):
                return None
            link = here.get(name, getlink=True)
            if link is None:
                return None
            if not isinstance(link, self._h5py.HardLink):
                raise self._source.refuse(path, f"a link ({type(link).__name__})", "an object in this file")
            here = here[name]
        return here


def _guarded(source: Source, place: str, read: Callable[[], _T]) -> _T:
    """What `read` returns. A damaged file makes h5py raise almost anything; here it becomes one line."""
    try:
        return read()
    except ExactrevError:
        raise
    except Exception as error:
        line = str(error).strip().split("\n")[0]
        raise source.refuse(place, f"damaged data ({shown(line, 100)[1:-1]})", "a sound HDF5 file") from None
