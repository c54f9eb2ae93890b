"""NumPy archives: plain numbers in every spelling, exactly; and not one byte of anything else."""

from __future__ import annotations

import io
import re
import struct
import tracemalloc
import zipfile
import zlib
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from file_builders import DYADIC, deflated, npy, npz_with, poisoned, raw_zip, refusal, zipped
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exactrev.errors import BadInput
from exactrev.network import Network, load, save
from exactrev.network.files.disk import Source
from exactrev.network.files.npz_format import write_npz
from exactrev.network.files.zip_archive import find_members, unpack


def first_weight(net: Network) -> Fraction:
    return net.layers[0].W[0][0]


# -- what is read ----------------------------------------------------------------------------------------------------


def test_a_dyadic_network_comes_back_as_it_was(tmp_path: Path) -> None:
    save(DYADIC, tmp_path / "net.npz")
    assert load(tmp_path / "net.npz") == DYADIC


def test_numpy_reads_what_is_written(tmp_path: Path) -> None:
    save(DYADIC, tmp_path / "net.npz")
    with np.load(tmp_path / "net.npz", allow_pickle=False) as arrays:
        assert sorted(arrays.files) == ["W0", "W1", "b0", "b1"]
        assert arrays["W0"].tolist() == [[1, 0.5], [-0.25, 2], [3, -1]]
        assert arrays["b1"].tolist() == [-0.5]


@pytest.mark.parametrize("writer", [np.savez, np.savez_compressed])
def test_what_numpy_writes_is_read(tmp_path: Path, writer: Any) -> None:
    (W0, b0), (W1, b1) = (layer.as_floats() for layer in DYADIC.layers)
    writer(tmp_path / "net.npz", W0=W0, b0=b0, W1=W1, b1=b1)
    net = load(tmp_path / "net.npz")
    assert net == DYADIC
    assert net.provenance is not None
    assert net.provenance.dtype == "float64"
    assert net.provenance.reading.startswith("float64 exact")


@pytest.mark.parametrize("dtype", ["<f2", ">f2", "<f4", ">f4", "<f8", ">f8", "i1", "u1", "<i2", ">u4", "<i8", ">u8"])
def test_all_plain_dtypes_of_either_byte_order_are_read(tmp_path: Path, dtype: str) -> None:
    net = load(npz_with(tmp_path / "n.npz", W0=np.array([[3, 100]], dtype), b0=np.array([7], dtype)))
    assert (net.layers[0].W, net.layers[0].b) == (((3, 100),), (7,))


@pytest.mark.parametrize(
    ("value", "exact"),
    [
        (np.float64(5e-324), Fraction(1, 2**1074)),
        (np.float64(-0.0), Fraction(0)),
        (np.float64(0.1), Fraction(3602879701896397, 2**55)),
        (np.float32(0.1), Fraction(13421773, 2**27)),
        (np.float16(0.1), Fraction(819, 2**13)),
        (np.uint64(2**63), Fraction(2**63)),
        (np.int64(-(2**63)), Fraction(-(2**63))),
    ],
)
def test_values_are_exact(tmp_path: Path, value: Any, exact: Fraction) -> None:
    assert first_weight(load(npz_with(tmp_path / "n.npz", W0=np.array([[value]])))) == exact


def test_fortran_order_is_read_in_the_right_order(tmp_path: Path) -> None:
    W = np.arange(6.0).reshape(2, 3)
    np.savez(tmp_path / "n.npz", W0=np.asfortranarray(W), b0=np.zeros(2))
    assert load(tmp_path / "n.npz").layers[0].W == ((0, 1, 2), (3, 4, 5))


def test_mixed_dtypes_are_named(tmp_path: Path) -> None:
    net = load(npz_with(tmp_path / "n.npz", b0=np.array([1], "i2")))
    assert net.provenance is not None
    assert net.provenance.dtype == "float64, int16"


def test_a_network_that_is_not_dyadic_is_not_written(tmp_path: Path) -> None:
    net = Network.from_arrays([([[1, 2], [3, "1/3"]], [0, 0]), ([[1, 1]], [0])])
    with pytest.raises(BadInput, match=r"W0\[1, 1\]: found a weight that is not exactly a float64"):
        save(net, tmp_path / "net.npz")
    assert list(tmp_path.iterdir()) == []


def test_streamed_archives_tell_the_sizes_afterwards_and_are_read(tmp_path: Path) -> None:
    class Stream(io.RawIOBase):
        """A file that cannot seek: the sizes follow the data."""

        def __init__(self) -> None:
            self.data = b""

        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            self.data += bytes(data)
            return len(data)

    stream = Stream()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, array in (("W0.npy", np.array([[3.0]])), ("b0.npy", np.zeros(1))):
            archive.writestr(name, npy(array))
    (tmp_path / "n.npz").write_bytes(stream.data)
    assert first_weight(load(tmp_path / "n.npz")) == 3


# -- arrays that are refused -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_nan_and_infinities_are_refused_with_their_place(tmp_path: Path, value: float) -> None:
    line = refusal(npz_with(tmp_path / "n.npz", W0=np.array([[0, value]])))
    assert f"W0[0, 1]: found {value}; expected a finite number" in line


@pytest.mark.parametrize(
    "array",
    [np.zeros((1, 1), dtype) for dtype in ("c8", "?", "U1", "S1", "g", "f8,f4", "M8[s]", "V8")],
    ids=lambda array: str(array.dtype),
)
def test_other_dtypes_are_refused(tmp_path: Path, array: Any) -> None:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, allow_pickle=False)
    assert "W0.npy: found the dtype" in refusal(npz_with(tmp_path / "n.npz", W0=buffer.getvalue()))


def test_a_pickled_array_is_refused_and_not_run(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    payload = poisoned(marker)
    line = refusal(npz_with(tmp_path / "n.npz", W0=npy(np.ones(1), descr="'|O'", shape="(1, 1)")[:-8] + payload))
    assert "the dtype '|O'" in line
    refusal(npz_with(tmp_path / "n.npz", W0=payload))
    refusal(zipped(tmp_path / "n.npz", {"data.pkl": payload}))
    (tmp_path / "n.npz").write_bytes(payload)
    refusal(tmp_path / "n.npz")
    assert not marker.exists()


@pytest.mark.parametrize(
    ("W0", "found"),
    [
        (npy(np.ones(2), shape="(1, 3)"), "16 bytes of data"),
        (npy(np.ones(2), shape="(1, 1)"), "16 bytes of data"),
        (npy(np.ones(1), shape="(100000000000, 1)"), "the shape"),
        (npy(np.ones(1), shape="(99999999999999999999, 1)"), "the shape"),
        (npy(np.ones(1), shape="(0, 1)"), "the shape"),
        (npy(np.ones(1), shape="(1)"), "the shape"),
        (npy(np.ones(1), shape="(1, -1)"), "the header"),
        (npy(np.ones(1), shape="(1, 1) or exit()"), "the header"),
        (npy(np.ones(1), fortran_order="1"), "the header"),
        (npy(np.ones(1), descr="'=f8'"), "the dtype"),
        (npy(np.ones(1), descr="'<f16'"), "the dtype"),
        (npy(np.ones((1, 1)))[:9], "data that start with"),
        (npy(np.ones((1, 1)))[:40], "a header of"),
        (npy(np.ones((1, 1))).replace(b"NUMPY\x01", b"NUMPY\x07"), ".npy version 7.0"),
        (b"\x93NUMPY\x02\x00\xff\xff\xff\xff{", "a header of"),
        (b"\x93NUMPY\x02\x00\xff\xff", "a cut header"),
        (b"", "data that start with b''"),
        (np.ones(2), "the shape (2,)"),
        (np.ones((1, 1, 1)), "the shape (1, 1, 1)"),
    ],
)
def test_a_damaged_array_is_refused(tmp_path: Path, W0: Any, found: str) -> None:
    line = refusal(npz_with(tmp_path / "n.npz", W0=W0))
    assert "W0" in line
    assert f"found {found}" in line


def test_a_transposed_network_is_refused_with_a_hint(tmp_path: Path) -> None:
    line = refusal(npz_with(tmp_path / "n.npz", W0=np.ones((2, 3)), b0=np.ones(3), W1=np.ones((3, 1)), b1=np.ones(1)))
    assert "W0 and W1: found the shapes (2, 3) and (3, 1), which chain transposed" in line


@pytest.mark.parametrize(
    ("members", "found"),
    [
        ({"b0.npy": npy(np.ones(1))}, "no member W0.npy"),
        ({"W0.npy": npy(np.ones((1, 1)))}, "no member b0.npy"),
        ({"W1.npy": npy(np.ones((1, 1))), "b1.npy": npy(np.ones(1))}, "an unknown member"),
        ({"arr_0.npy": npy(np.ones((1, 1)))}, "an unknown member"),
        ({"W0.npy": npy(np.ones((2, 1))), "b0.npy": npy(np.ones(1))}, "the shape (1,)"),
        ({}, "no members"),
        ({"../W0.npy": b""}, "a name that leads elsewhere"),
        ({"/etc/W0.npy": b""}, "a name that leads elsewhere"),
        ({"a\\..\\b": b""}, "a name that leads elsewhere"),
        ([("W0.npy", npy(np.ones((1, 1))))] * 2 + [("b0.npy", npy(np.ones(1)))], "two members of this name"),
        ({f"W{i}.npy": b"" for i in range(1001)}, "1001 members"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_other_members_are_refused(tmp_path: Path, members: Any, found: str) -> None:
    assert f"found {found}" in refusal(zipped(tmp_path / "n.npz", members))


# -- archives that are refused ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "crc", "keywords", "found"),
    [
        (3, zlib.crc32(b"1234"), {}, "another length than declared"),
        (5, zlib.crc32(b"1234"), {}, "another length than declared"),
        (4, 0, {}, "a wrong checksum"),
        (4, zlib.crc32(b"1234"), {"method": 12}, "packing method 12"),
        (4, zlib.crc32(b"1234"), {"flags": 1}, "encrypted data"),
        (4, zlib.crc32(b"1234"), {"flags": 1 << 6}, "packing method 8 with flags 0x40"),
        (1 << 31, zlib.crc32(b"1234"), {}, "an archive that unpacks to 2147483648 bytes"),
        (0xFFFFFFFF, 0, {}, "the zip64 form"),
        (100, zlib.crc32(b"1234"), {}, "another length than declared"),
    ],
)
def test_a_member_that_is_not_what_it_declares_is_refused(
    size: int, crc: int, keywords: dict[str, int], found: str
) -> None:
    source = Source("a.zip", raw_zip(b"W0.npy", deflated(b"1234"), size, crc, **keywords), "")
    with pytest.raises(BadInput, match=re.escape(f"found {found}")):
        unpack(source, find_members(source)["W0.npy"])


def test_bombs_are_refused_without_being_inflated(tmp_path: Path) -> None:
    zeros = b"\0" * 80_000_000
    packed = deflated(zeros)
    honest = raw_zip(b"W0.npy", packed, len(zeros), zlib.crc32(zeros))
    liar = zipped(tmp_path / "liar.npz", {"W0.npy": packed, "b0.npy": npy(np.ones(1))})
    data = liar.read_bytes()
    for header in (b"PK\x03\x04", b"PK\x01\x02"):  # W0 is stored: call it deflated, of the same size
        at = data.index(header) + (8 if header == b"PK\x03\x04" else 10)
        data = data[:at] + struct.pack("<H", 8) + data[at + 2 :]
    liar.write_bytes(data)
    (tmp_path / "honest.npz").write_bytes(honest)
    del zeros
    tracemalloc.start()
    assert "unpacks to 80000000 bytes" in refusal(tmp_path / "honest.npz")
    assert "another length than declared" in refusal(liar)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10_000_000


def test_members_that_share_bytes_are_refused(tmp_path: Path) -> None:
    path = npz_with(tmp_path / "n.npz")
    data = path.read_bytes()
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 1)
    # The entry of b0 now points to the header of W0, and is called W0 there: the names disagree.
    path.write_bytes(data[: second + 42] + struct.pack("<L", 0) + data[second + 46 :])
    assert "contradicts the central directory" in refusal(path)


def test_overlapping_data_are_refused(tmp_path: Path) -> None:
    # The data of the first member contain the whole second member, header and all.
    inner = b"PK\x03\x04" + struct.pack("<5H3L2H", 20, 0, 0, 0, 0x21, zlib.crc32(b"x"), 1, 1, 2, 0) + b"b0" + b"x"
    first = b"PK\x03\x04" + struct.pack("<5H3L2H", 20, 0, 0, 0, 0x21, zlib.crc32(inner), len(inner), len(inner), 2, 0)
    body = first + b"W0" + inner

    def entry(name: bytes, data: bytes, header: int) -> bytes:
        fields = struct.pack("<6H3L", 20, 20, 0, 0, 0, 0x21, zlib.crc32(data), len(data), len(data))
        return b"PK\x01\x02" + fields + struct.pack("<5H2L", len(name), 0, 0, 0, 0, 0, header) + name

    directory = entry(b"W0", inner, 0) + entry(b"b0", b"x", len(first) + 2)
    end = b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 2, 2, len(directory), len(body), 0)
    (tmp_path / "n.npz").write_bytes(body + directory + end)
    assert "bytes shared with another member" in refusal(tmp_path / "n.npz")


def test_damaged_deflated_data_are_refused() -> None:
    cut = deflated(b"12345678" * 9)[:-3]
    for packed, found in (
        (b"\xff" * 9, "damaged data"),
        (deflated(b"1234") + b"more", "deflated data that do not end where they should"),
        (cut, "deflated data that do not end where they should"),
    ):
        source = Source("a.zip", raw_zip(b"W0.npy", packed, 72 if packed == cut else 4, zlib.crc32(b"1234")), "")
        with pytest.raises(BadInput, match=found):
            unpack(source, find_members(source)["W0.npy"])


@pytest.mark.parametrize(
    ("position", "value", "found"),
    [
        (8, b"\x00\x00\x00\x00", "a directory longer than its members"),  # no members, says the end
        (8, b"\x03\x00\x03\x00", "a cut entry"),  # three members
        (8, b"\x01\x00\x02\x00", "an archive in several volumes"),
        (8, b"\xff\xff\xff\xff", "the zip64 form"),
        (4, b"\x01\x00", "an archive in several volumes"),
        (16, b"\x01\x00", "a directory that is not where it says"),
    ],
)
def test_an_end_that_contradicts_the_directory_is_refused(
    tmp_path: Path, position: int, value: bytes, found: str
) -> None:
    path = npz_with(tmp_path / "n.npz")
    data = bytearray(path.read_bytes())
    end = data.rindex(b"PK\x05\x06") + position
    data[end : end + len(value)] = value
    path.write_bytes(data)
    assert f"found {found}" in refusal(path)


def test_a_header_outside_the_archive_is_refused(tmp_path: Path) -> None:
    path = npz_with(tmp_path / "n.npz")
    data = bytearray(path.read_bytes())
    entry = data.index(b"PK\x01\x02")
    data[entry + 42 : entry + 46] = struct.pack("<L", len(data))
    path.write_bytes(data)
    assert "a header outside the archive" in refusal(path)


def test_weights_beyond_the_limit_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = npz_with(tmp_path / "n.npz", W0=np.ones((2, 3)), b0=np.ones(2))
    monkeypatch.setattr("exactrev.network.files.assembly.MAX_ENTRIES", 7)
    assert "found 8 weights; expected at most 7" in refusal(path)


def test_numbers_too_far_apart_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Over their common denominator 2^1074 the entries have up to 2098 bits.
    path = npz_with(tmp_path / "n.npz", W0=np.array([[1e308, 5e-324]]))
    monkeypatch.setattr("exactrev.network.files.exact_arrays.MAX_BITS", 4000)
    assert "W0: found the numbers need too many digits" in refusal(path)
    # Each array by itself has entries of one bit or two; side by side they need 2098.
    path = npz_with(tmp_path / "n.npz", W0=np.full((2, 1), 1e308), b0=np.full(2, 5e-324))
    assert "W0: found the numbers need too many digits" in refusal(path)


def test_bytes_before_or_after_the_archive_are_refused(tmp_path: Path) -> None:
    data = npz_with(tmp_path / "n.npz").read_bytes()
    (tmp_path / "n.npz").write_bytes(data + b"x")
    assert "bytes after its end" in refusal(tmp_path / "n.npz")
    (tmp_path / "n.npz").write_bytes(b"PK\x03\x04" + data)
    assert "a directory that is not where it says" in refusal(tmp_path / "n.npz")


@pytest.mark.parametrize("magic", [b"\x80\x04", b"\x89HDF\r\n\x1a\n", b"\x93NUMPY\x01\x00", b'{"a": 1}', b"\x1f\x8b"])
def test_other_formats_under_this_name_are_refused_by_their_first_bytes(tmp_path: Path, magic: bytes) -> None:
    (tmp_path / "n.npz").write_bytes(magic + b"\0" * 100)
    assert "expected a zip archive" in refusal(tmp_path / "n.npz")


@pytest.mark.parametrize("deflate", [False, True])
def test_an_archive_cut_anywhere_is_refused(tmp_path: Path, deflate: bool) -> None:
    path = zipped(tmp_path / "n.npz", {"W0.npy": npy(np.ones((1, 2))), "b0.npy": npy(np.ones(1))}, deflate)
    load(path)
    data = path.read_bytes()
    for end in range(len(data)):
        path.write_bytes(data[:end])
        refusal(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(st.data())
def test_a_damaged_archive_is_refused_or_the_damage_does_not_matter(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "n.npz"
    contents = bytearray(write_npz("n.npz", DYADIC))
    position = data.draw(st.integers(0, len(contents) - 1))
    contents[position] ^= data.draw(st.integers(1, 255))
    path.write_bytes(contents)
    try:
        net = load(path)
    except BadInput:
        return
    assert net == DYADIC


def test_a_comment_at_the_end_is_accepted(tmp_path: Path) -> None:
    path = npz_with(tmp_path / "n.npz")
    with zipfile.ZipFile(path, "a") as opened:
        opened.comment = b"made by hand"
    assert load(path).widths == (1, 1)
