"""safetensors: every byte accounted for, and an order of layers that is never a guess."""

from __future__ import annotations

import json
import struct
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from file_builders import DYADIC, refusal, safetensors

from exactrev.network import Network, load


def written(folder: Path, data: bytes) -> Path:
    path = folder / "net.safetensors"
    path.write_bytes(data)
    return path


def with_header(header: Any, body: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + body


def state(*names: str, dtype: str = "f4") -> dict[str, Any]:
    """DYADIC under these two names."""
    arrays = [layer.as_floats() for layer in DYADIC.layers]
    tensors: dict[str, Any] = {}
    for name, (W, b) in zip(names, arrays, strict=True):
        tensors |= {f"{name}.weight": W.astype(dtype), f"{name}.bias": b.astype(dtype)}
    return tensors


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_pairs_of_weights_and_biases_are_layers(tmp_path: Path, dtype: str) -> None:
    net = load(written(tmp_path, safetensors(state("net.0", "net.2", dtype=dtype))))
    assert net == DYADIC
    assert net.provenance is not None
    assert net.provenance.dtype == np.dtype(dtype).name
    assert "layers in the order net.0, net.2; ReLU between them assumed" in net.provenance.reading


def test_what_the_package_safetensors_writes_is_read(tmp_path: Path) -> None:
    numpy_files = pytest.importorskip("safetensors.numpy")
    tensors = state("fc.1", "fc.2")
    numpy_files.save_file(tensors, str(tmp_path / "net.safetensors"), metadata={"made by": "a test"})
    assert load(tmp_path / "net.safetensors") == DYADIC


def test_bfloat16_is_the_upper_half_of_a_float32(tmp_path: Path) -> None:
    # 0x3dcd is the bfloat16 nearest to 0.1: 205/2048. 0xc040 is -3.
    tensors = {"a.weight": np.array([[0x3DCD]], "u2"), "a.bias": np.array([0xC040], "u2")}
    net = load(written(tmp_path, safetensors(tensors)))
    assert net == Network.from_arrays([([[Fraction(205, 2048)]], [-3])])
    assert net.provenance is not None
    assert net.provenance.dtype == "bfloat16"


def test_numbers_in_names_are_ordered_as_numbers(tmp_path: Path) -> None:
    # By the alphabet, layers.10 would come before layers.9; both orders chain.
    tensors: dict[str, Any] = {}
    for k in (10, 9, 11):
        tensors |= {f"layers.{k}.weight": np.array([[float(k)]]), f"layers.{k}.bias": np.zeros(1)}
    net = load(written(tmp_path, safetensors(tensors)))
    assert [layer.W for layer in net.layers] == [((9,),), ((10,),), ((11,),)]


def test_other_names_are_ordered_by_their_shapes_if_they_chain_in_one_way(tmp_path: Path) -> None:
    assert load(written(tmp_path, safetensors(state("hidden", "classifier")))) == DYADIC


def test_names_that_leave_the_order_open_are_refused(tmp_path: Path) -> None:
    square = {f"{name}.{kind}": np.ones((1, 1) if kind == "weight" else 1)
              for name in ("hidden", "head") for kind in ("weight", "bias")}  # fmt: skip
    assert "layers whose shapes chain in several orders" in refusal(written(tmp_path, safetensors(square)))
    square["head.weight"] = np.ones((2, 2))
    assert "layers whose shapes chain in no order" in refusal(written(tmp_path, safetensors(square)))


def test_many_names_do_not_make_the_search_for_an_order_endless(tmp_path: Path) -> None:
    names = ["".join(chr(97 + int(d)) for d in str(i)) for i in range(10, 40)]
    tensors: dict[str, Any] = {}
    for name in names:
        tensors |= {f"{name}.weight": np.ones((1, 1)), f"{name}.bias": np.zeros(1)}
    tensors["end.weight"], tensors["end.bias"] = np.ones((1, 7)), np.zeros(1)
    assert "chain in" in refusal(written(tmp_path, safetensors(tensors)))


@pytest.mark.parametrize(
    ("tensors", "found"),
    [
        ({"a.weight": np.ones((1, 1))}, "weights without a bias"),
        ({"a.bias": np.ones(1)}, "a bias without weights"),
        ({"a.weight": np.ones((1, 1)), "a.bais": np.ones(1)}, "weights without a bias"),
        ({"bn.running_mean": np.ones(1)}, "a tensor of this name"),
        ({"bn.weight": np.ones(1), "bn.bias": np.ones(1)}, "the shape (1,)"),
        ({"conv.weight": np.ones((1, 1, 3, 3)), "conv.bias": np.ones(1)}, "the shape (1, 1, 3, 3)"),
        ({"a.weight": np.ones((2, 1)), "a.bias": np.ones(1)}, "the shape (1,)"),
        ({"a.weight": np.array([[np.nan]]), "a.bias": np.ones(1)}, "nan"),
        ({"a.weight": np.array([[1.0]]), "a.bias": np.array([-np.inf])}, "-inf"),
        ({}, "no tensors"),
    ],
)
def test_tensors_that_are_no_layers_are_refused(tmp_path: Path, tensors: dict[str, Any], found: str) -> None:
    assert f"found {found}" in refusal(written(tmp_path, safetensors(tensors)))


def entry(dtype: Any = "F32", shape: Any = (1, 1), offsets: Any = (0, 4)) -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


BIAS = entry(shape=[1], offsets=[4, 8])


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"\0" * 7, "a file of 7 bytes"),
        (struct.pack("<Q", 1 << 60) + b"{}", "a length of 1152921504606846976 bytes"),
        (struct.pack("<Q", 3) + b"{}", "a length of 3 bytes"),
        (with_header(b"[]"), "text that starts with b'[]'"),
        (with_header(b"\x80\x04\x95"), "text that starts with"),
        (with_header(b'{"a": 1, "a": 2}'), "the key 'a' twice"),
        (with_header({"a.weight": 1}), "the number 1"),
        (with_header({"a.weight": {"dtype": "F32", "shape": [1, 1]}}), "no key 'data_offsets'"),
        (with_header({"a.weight": entry() | {"more": 1}}), "the unknown key 'more'"),
        (with_header({"a.weight": entry("I64")}), "the string 'I64'"),
        (with_header({"a.weight": entry(["F32"])}), "an array"),
        (with_header({"a.weight": entry(shape=[-1, -1])}), "the number -1"),
        (with_header({"a.weight": entry(shape=[1.0, 1])}), "the number 1.0"),
        (with_header({"a.weight": entry(shape=[10**30, 1])}), "the number 1000000000000000000000000000000"),
        (with_header({"a.weight": entry(shape=[1 << 40, 1 << 40])}), "the shape"),
        (with_header({"a.weight": entry(shape=[0, 1], offsets=[0, 0])}), "the shape"),
        (with_header({"a.weight": entry(shape=[1] * 9)}), "an array"),
        (with_header({"a.weight": entry(offsets=[0, 4, 8])}), "an array"),
        (with_header({"a.weight": entry(offsets=[0, 3])}, b"123"), "3 bytes"),
        (with_header({"a.weight": entry(offsets=[4, 0])}, b"1234"), "-4 bytes"),
        (with_header({"a.weight": entry(), "a.bias": BIAS}, b"1234567"), "data up to byte 8"),
        (with_header({"a.weight": entry(), "a.bias": BIAS}, b"123456789"), "9 bytes of data"),
        (with_header({"a.weight": entry(), "a.bias": entry(shape=[1], offsets=[2, 6])}, b"123456"), "an overlap"),
        (with_header({"a.weight": entry(), "a.bias": entry(shape=[1], offsets=[6, 10])}, b"1234567890"), "a gap"),
        (with_header({"a.weight": entry(offsets=[2, 6])}, b"123456"), "a gap in the data at byte 2"),
        (with_header({"__metadata__": []}), "an array"),
        (with_header({str(i): entry() for i in range(10_001)}), "10001 tensors"),
        (struct.pack("<Q", (1 << 20) + 1) + b" " * ((1 << 20) + 1), "a length of 1048577 bytes"),
        (with_header(b'{"a":' * 1000), "nesting deeper than 8"),
    ],
)
def test_a_damaged_container_is_refused(tmp_path: Path, data: bytes, found: str) -> None:
    assert f"found {found}" in refusal(written(tmp_path, data))


def test_a_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    data = safetensors({"a.weight": np.ones((1, 2), "f4"), "a.bias": np.ones(1, "f4")})
    for end in range(len(data)):
        refusal(written(tmp_path, data[:end]))
