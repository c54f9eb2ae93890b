"""Bytes in and out: a file is read once, whole and within limits; a file is written whole or not at all.

Knows nothing of formats. What comes from a file is hostile until a reader has checked it: names and values go into
error messages only through `shown`.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from exactrev.errors import BadInput
from exactrev.network.network import Provenance

__all__ = ["MAX_FILE_BYTES", "Source", "printable", "read_source", "shown", "write_atomically"]

MAX_FILE_BYTES = 1 << 26
"""The largest file that is read, and the most that an archive may unpack to: 64 MiB."""

_KINDS = {
    stat.S_IFDIR: "a directory",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def shown(value: Any, limit: int = 60) -> str:
    """A value from a file as an error message may show it: escaped, on one line, not too long.

    >>> shown("W\\n" + "0" * 100, limit=12)
    "'W\\\\n0000000'... (102 characters)"
    """
    text = value if isinstance(value, str) else repr(value)
    if len(text) <= limit:
        return ascii(text) if isinstance(value, str) else ascii(text)[1:-1]
    head = ascii(text[: max(limit - 3, 1)])
    return f"{head if isinstance(value, str) else head[1:-1]}... ({len(text)} characters)"


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of one file, its name as the user gave it (made printable), and the digest of exactly these bytes."""

    name: str
    data: bytes = field(repr=False)
    sha256: str

    def refuse(self, place: str, found: str, expected: str) -> BadInput:
        """The error to raise about this file."""
        return BadInput(self.name, place, found, expected)

    def provenance(self, format: str, dtype: str, reading: str) -> Provenance:
        """Where the numbers came from; the path is the file's own name, without folders."""
        return Provenance(os.path.basename(self.name), self.sha256, format, dtype, reading)


def read_source(path: str | os.PathLike[str]) -> Source:
    """All bytes of a regular file. Raises `BadInput` for anything else, and for more than `MAX_FILE_BYTES`."""
    name = printable(path)
    try:
        # Without O_NONBLOCK, opening a pipe would wait for somebody to write.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags)
    except (OSError, ValueError) as error:
        raise BadInput(name, "", _reason(error), "a file that can be read") from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            kind = _KINDS.get(stat.S_IFMT(status.st_mode), "something that is not a file")
            raise BadInput(name, "", kind, "a regular file")
        if status.st_size > MAX_FILE_BYTES:
            raise BadInput(name, "", f"{status.st_size} bytes", f"at most {MAX_FILE_BYTES}")
        with open(descriptor, "rb", closefd=False) as file:
            data = file.read(status.st_size + 1)
    except OSError as error:
        raise BadInput(name, "", _reason(error), "a file that can be read") from None
    finally:
        os.close(descriptor)
    if len(data) != status.st_size:
        raise BadInput(name, "", "a file that changes while it is read", "a file at rest")
    return Source(name, data, hashlib.sha256(data).hexdigest())


def write_atomically(path: str | os.PathLike[str], data: bytes | Iterable[bytes]) -> None:
    """Put `data` under the name `path`: all of it, or nothing changes there. Chunks need not fit into memory together.

    The bytes go to a temporary file in the same folder, are flushed to the disk, and take the final name in one
    step. Whatever interrupts the writing (Ctrl-C included), the temporary file is removed. Raises `BadInput` where
    the folder cannot be written to or the name belongs to something that is not a file, and whatever making a chunk
    raises.
    """
    name = printable(path)
    target = os.fspath(path)
    if os.path.exists(target) and not os.path.isfile(target):
        raise BadInput(name, "", "something that is not a file", "a file name that is free or a regular file")
    folder, base = os.path.split(target)
    temporary = os.path.join(folder, f".{base[:100]}.{secrets.token_hex(8)}.part")
    try:
        # Not through tempfile: its files are private to the user whatever the umask says.
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(temporary, flags, 0o666)
    except (OSError, ValueError) as error:
        raise BadInput(name, "", _reason(error), "a folder that can be written to") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines([data] if isinstance(data, bytes) else data)
            file.flush()
            os.fsync(descriptor)
        os.replace(temporary, target)
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        if isinstance(error, OSError):
            raise BadInput(name, "", _reason(error), "a folder that can be written to") from None
        raise


def printable(path: str | os.PathLike[str]) -> str:
    """The name as the user gave it, with what no terminal can show escaped."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[0].lower() + error.strerror[1:]
    return str(error)
