"""Zip archives, as far as arrays and models need them: stored or deflated members of a plain, small archive.

Knows the container and nothing of the members' meaning. Member names are keys, never paths: nothing is ever
extracted. Sizes are what the central directory declares and are limited before anything is unpacked; members that
overlap, repeat or disagree with their own headers are refused, so no two programs can read one archive differently.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, replace
from itertools import pairwise

from exactrev.network.files.disk import MAX_FILE_BYTES, Source, shown

__all__ = ["MAX_MEMBERS", "ZipMember", "find_members", "unpack"]

MAX_MEMBERS = 1000

_END = struct.Struct("<4s4H2LH")  # signature, 2 disk numbers, 2 counts, directory size and offset, comment length
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _SIZES_FOLLOW, _UTF8 = 1 << 0, 1 << 3, 1 << 11
_ALLOWED_FLAGS = 0b110 | _SIZES_FOLLOW | _UTF8  # bits 1 and 2 tell how hard the deflater tried
_IN_EXTRA_FIELD = 0xFFFFFFFF
_EXPECTED = "a zip archive"


@dataclass(frozen=True, slots=True)
class ZipMember:
    """Where the packed bytes of one member lie, and what they have to unpack to."""

    name: str
    method: int
    flags: int
    crc: int
    packed: int
    size: int
    header: int
    start: int = 0


def find_members(source: Source) -> dict[str, ZipMember]:
    """The members of an archive by name, every header checked, nothing unpacked."""
    data = source.data
    if not data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        raise source.refuse("", f"a file that starts with {data[:4]!r}", _EXPECTED)
    end = data.rfind(b"PK\x05\x06", max(0, len(data) - _END.size - 0xFFFF))
    if end < 0 or end + _END.size > len(data):
        raise source.refuse("", "no end of the central directory (a truncated file?)", _EXPECTED)
    _, disk, first_disk, here, count, size, offset, comment = _END.unpack_from(data, end)
    if end + _END.size + comment != len(data):
        raise source.refuse("central directory", "bytes after its end, or a cut comment", _EXPECTED)
    if count == 0xFFFF or _IN_EXTRA_FIELD in (size, offset):
        raise source.refuse("central directory", "the zip64 form", f"at most {MAX_MEMBERS} members and 4 GiB")
    if disk or first_disk or here != count:
        raise source.refuse("central directory", "an archive in several volumes", "a single one")
    if count > MAX_MEMBERS:
        raise source.refuse("central directory", f"{count} members", f"at most {MAX_MEMBERS}")
    if offset + size != end:
        raise source.refuse("central directory", "a directory that is not where it says", _EXPECTED)
    members: dict[str, ZipMember] = {}
    position = offset
    for _ in range(count):
        member, position = _entry(source, position, end)
        if member.name in members:
            raise source.refuse(f"member {shown(member.name)}", "two members of this name", "every name once")
        members[member.name] = member
    if position != end:
        raise source.refuse("central directory", "a directory longer than its members", _EXPECTED)
    total = sum(member.size for member in members.values())
    if total > MAX_FILE_BYTES:
        raise source.refuse("", f"an archive that unpacks to {total} bytes", f"at most {MAX_FILE_BYTES}")
    members = {name: _local_header(source, member, offset) for name, member in members.items()}
    laid_out = sorted(members.values(), key=lambda member: member.header)
    for member, following in pairwise(laid_out):
        if member.start + member.packed > following.header:
            raise source.refuse(f"member {shown(following.name)}", "bytes shared with another member", "its own bytes")
    return members


def unpack(source: Source, member: ZipMember) -> bytes:
    """The bytes of a member: exactly as many as declared, with the declared checksum."""
    place = f"member {shown(member.name)}"
    packed = source.data[member.start : member.start + member.packed]
    if member.method == _STORED:
        data = packed
    else:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            data = inflater.decompress(packed, member.size + 1)
        except zlib.error as error:
            raise source.refuse(place, f"damaged data ({error})", "deflated data") from None
        if len(data) <= member.size and (not inflater.eof or inflater.unused_data or inflater.unconsumed_tail):
            raise source.refuse(place, "deflated data that do not end where they should", "complete data")
    if len(data) != member.size:
        raise source.refuse(place, "another length than declared", f"{member.size} bytes")
    if zlib.crc32(data) != member.crc:
        raise source.refuse(place, "a wrong checksum", "undamaged data")
    return data


def _entry(source: Source, position: int, end: int) -> tuple[ZipMember, int]:
    """One entry of the central directory and the position of the next."""
    if position + _ENTRY.size > end:
        raise source.refuse("central directory", "a cut entry", _EXPECTED)
    fields = _ENTRY.unpack_from(source.data, position)
    signature, _, _, flags, method, _, _, crc, packed, size = fields[:10]
    name_length, extra_length, comment_length, disk, _, _, header = fields[10:]
    after = position + _ENTRY.size + name_length + extra_length + comment_length
    if signature != b"PK\x01\x02" or after > end:
        raise source.refuse("central directory", "a damaged entry", _EXPECTED)
    name = _name(source, source.data[position + _ENTRY.size :][:name_length], flags)
    place = f"member {shown(name)}"
    if flags & _ENCRYPTED:
        raise source.refuse(place, "encrypted data", "data in the clear")
    if flags & ~_ALLOWED_FLAGS or method not in (_STORED, _DEFLATED) or disk:
        raise source.refuse(place, f"packing method {method} with flags {flags:#x}", "stored or deflated data")
    if _IN_EXTRA_FIELD in (packed, size, header):
        raise source.refuse(place, "the zip64 form", "sizes below 4 GiB")
    return ZipMember(name, method, flags, crc, packed, size, header), after


def _name(source: Source, encoded: bytes, flags: int) -> str:
    try:
        name = encoded.decode("utf-8" if flags & _UTF8 else "ascii")
    except UnicodeDecodeError:
        raise source.refuse("central directory", f"the member name {encoded[:60]!r}", "ASCII or UTF-8") from None
    if name.startswith("/") or "\\" in name or "\0" in name or ".." in name.split("/"):
        raise source.refuse(f"member {shown(name)}", "a name that leads elsewhere", "a plain name")
    return name


def _local_header(source: Source, member: ZipMember, limit: int) -> ZipMember:
    """The same member with `start` set; its own header has to agree with the central directory."""
    place = f"member {shown(member.name)}"
    if member.header + _LOCAL.size > limit:
        raise source.refuse(place, "a header outside the archive", _EXPECTED)
    fields = _LOCAL.unpack_from(source.data, member.header)
    signature, _, flags, method, _, _, crc, packed, size, name_length, extra_length = fields
    after_name = member.header + _LOCAL.size + name_length
    start = after_name + extra_length
    name = source.data[after_name - name_length : after_name].decode("utf-8", "replace")
    agrees = (signature, flags, method, name) == (b"PK\x03\x04", member.flags, member.method, member.name)
    if not member.flags & _SIZES_FOLLOW:
        agrees &= crc == member.crc
        agrees &= packed in (member.packed, _IN_EXTRA_FIELD) and size in (member.size, _IN_EXTRA_FIELD)
    if not agrees:
        raise source.refuse(place, "a header that contradicts the central directory", "one and the same description")
    if start + member.packed > limit:
        raise source.refuse(place, "data beyond the end of the archive", _EXPECTED)
    return replace(member, start=start)
