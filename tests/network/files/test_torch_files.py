"""PyTorch state dicts: opened by a safe PyTorch or not at all. Here a double stands in for PyTorch."""

from __future__ import annotations

import io
import sys
from collections import OrderedDict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from file_builders import DYADIC, poisoned, refusal

from exactrev.network import load


class Bodiless:
    """A tensor without data."""

    def detach(self) -> None:
        raise NotImplementedError("Cannot copy out of meta tensor; no data!")


class Tensor:
    """As much of a tensor as the reader may touch."""

    def __init__(self, array: Any, dtype: str = "torch.float32") -> None:
        self.array, self.dtype = np.asarray(array), dtype
        self.shape = self.array.shape

    def to(self, dtype: str) -> Tensor:
        return Tensor(self.array, dtype)

    def detach(self) -> Tensor:
        return self

    cpu = detach

    def numpy(self) -> Any:
        if self.dtype == "torch.bfloat16":
            raise TypeError("NumPy has no bfloat16")
        return self.array


def fake_torch(contents: Any, version: str = "2.10.0") -> SimpleNamespace:
    """A PyTorch whose `load` gives these contents, and insists on being called safely."""

    def load_file(file: io.BytesIO, *, map_location: str, weights_only: bool) -> Any:
        assert weights_only is True
        assert map_location == "cpu"
        assert file.read(4) == b"PK\x03\x04"
        if isinstance(contents, Exception):
            raise contents
        return contents

    return SimpleNamespace(load=load_file, Tensor=Tensor, __version__=version, float32="torch.float32")


def state() -> dict[str, Tensor]:
    tensors: dict[str, Tensor] = OrderedDict()
    for name, layer in zip(("fc1", "fc2"), DYADIC.layers, strict=True):
        W, b = layer.as_floats()
        tensors |= {f"{name}.weight": Tensor(W.astype("f4")), f"{name}.bias": Tensor(b.astype("f4"))}
    return tensors


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "net.pt").write_bytes(b"PK\x03\x04 and so on")
    return tmp_path / "net.pt"


@pytest.mark.parametrize("version", ["2.10.0", "2.11.1+cu130", "3.0.0a0"])
def test_a_state_dict_is_read_with_a_safe_pytorch(path: Path, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    monkeypatch.setitem(sys.modules, "torch", fake_torch(state(), version))
    net = load(path)
    assert net == DYADIC
    assert net.provenance is not None
    assert net.provenance.dtype == "float32"
    assert "fc1, fc2" in net.provenance.reading


def test_bfloat16_is_widened(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tensors = {name: Tensor(tensor.array, "torch.bfloat16") for name, tensor in state().items()}
    monkeypatch.setitem(sys.modules, "torch", fake_torch(tensors))
    net = load(path)
    assert net == DYADIC
    assert net.provenance is not None
    assert net.provenance.dtype == "bfloat16"


@pytest.mark.parametrize("version", ["2.9.1", "2.5.1", "1.13.0", "unknown"])
def test_an_unsafe_pytorch_is_not_used(path: Path, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    monkeypatch.setitem(sys.modules, "torch", fake_torch(AssertionError("load was called"), version))
    line = refusal(path)
    assert "PyTorch 2.10 or later" in line
    assert "safetensors" in line


def test_without_pytorch_a_pickle_is_refused_with_advice_and_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    marker = tmp_path / "marker"
    payload = poisoned(marker)
    for name in ("net.pt", "net.pth"):
        (tmp_path / name).write_bytes(payload)
        line = refusal(tmp_path / name)
        assert "PyTorch is not installed" in line
        assert "safetensors.torch.save_file" in line
    assert not marker.exists()


@pytest.mark.parametrize(
    ("contents", "found"),
    [
        (RuntimeError("Weights only.\nMore lines"), "a file that PyTorch refuses (Weights only.)"),
        ([1, 2], "a list"),
        ({1: Tensor([1.0])}, "a dict"),
        ({"a.weight": 1}, "a int"),
        ({"a.weight": Tensor([[1]], "torch.int64")}, "the dtype int64"),
        ({"a.weight": Tensor([[1.0]])}, "weights without a bias"),
        ({}, "no tensors"),
    ],
)
def test_what_is_no_state_dict_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch, contents: Any, found: str
) -> None:
    monkeypatch.setitem(sys.modules, "torch", fake_torch(contents))
    assert f"found {found}" in refusal(path)


def test_a_tensor_without_data_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tensor = Tensor([[1.0]])
    monkeypatch.setattr(tensor, "detach", Bodiless().detach, raising=False)
    monkeypatch.setitem(sys.modules, "torch", fake_torch({"a.weight": tensor}))
    assert "a.weight': found a tensor without plain numbers" in refusal(path)


def test_a_file_that_is_no_pickle_is_refused_by_its_first_bytes(tmp_path: Path) -> None:
    (tmp_path / "net.pt").write_bytes(b"\x89HDF\r\n\x1a\n")
    assert "expected a PyTorch state dict" in refusal(tmp_path / "net.pt")
