"""What the tests of file formats share: small networks, and writers that can be told to write nonsense."""

from __future__ import annotations

import io
import json
import pickle
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exactrev.errors import BadInput
from exactrev.network import Network, load

# 2-3-1, all weights dyadic and small: exact in every format, distinct sizes, no symmetry.
DYADIC = Network.from_arrays(
    [([[1, 0.5], [-0.25, 2], [3, -1]], [0, -1, 0.125]), ([[1, -2, 0.75]], [-0.5])]
)
PUBLISHED = Path(__file__).resolve().parents[3] / "../shared/nets"


def published(name: str) -> Path:
    """A published network that lies beside the repository; the test is skipped where it does not."""
    path = PUBLISHED / name
    if not path.exists():
        pytest.skip(f"{name} is not here")
    return path


def refusal(path: Path) -> str:
    """The one line with which `load` refuses a file; it has to name the file."""
    with pytest.raises(BadInput) as caught:
        load(path)
    line = str(caught.value)
    assert "\n" not in line
    assert line.startswith(str(path))
    assert "found " in line
    assert "; expected " in line
    return line


class Marker:
    """Unpickling this makes a file: the test for pickles that were run."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return Path.touch, (self.path,)


def poisoned(marker: Path) -> bytes:
    """A pickle that touches `marker` when it is loaded (which is checked right here)."""
    data = pickle.dumps(Marker(marker))
    pickle.loads(data)
    assert marker.exists()
    marker.unlink()
    return data


# -- npz -------------------------------------------------------------------------------------------------------------


def npy(array: Any, **replaced: str) -> bytes:
    """The bytes of an ``.npy`` file, with parts of the header replaced: descr, shape, fortran_order."""
    array = np.asarray(array)
    fields = {"descr": repr(array.dtype.str), "fortran_order": "False", "shape": repr(array.shape)} | replaced
    header = "{" + ", ".join(f"'{key}': {value}" for key, value in fields.items()) + ", }"
    padded = header.ljust(-(len(header) + 11) % 64 + len(header)) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(padded)) + padded.encode("latin-1") + array.tobytes()


def zipped(path: Path, members: Mapping[str, bytes] | list[tuple[str, bytes]], deflate: bool = False) -> Path:
    """An archive of these members; a list may repeat names."""
    pairs = members.items() if isinstance(members, Mapping) else members
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED) as archive:
        for name, data in pairs:
            info = zipfile.ZipInfo(name)
            info.compress_type = archive.compression
            archive.writestr(info, data)
    return path


def npz_with(path: Path, **members: Any) -> Path:
    """W0, b0 of a 1-1 network, some members replaced by arrays or by bytes."""
    arrays: dict[str, Any] = {"W0": np.ones((1, 1)), "b0": np.zeros(1)} | members
    return zipped(path, {f"{k}.npy": v if isinstance(v, bytes) else npy(v) for k, v in arrays.items()})


def deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def raw_zip(name: bytes, packed: bytes, size: int, crc: int, method: int = 8, flags: int = 0) -> bytes:
    """An archive of one member whose headers say what they are told to say."""
    common = struct.pack("<4H3L", flags, method, 0, 0x21, crc, len(packed), size)
    local = b"PK\x03\x04" + struct.pack("<H", 20) + common + struct.pack("<2H", len(name), 0) + name + packed
    after = struct.pack("<5H2L", len(name), 0, 0, 0, 0, 0, 0) + name
    entry = b"PK\x01\x02" + struct.pack("<2H", 20, 20) + common + after
    return local + entry + b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 1, 1, len(entry), len(local), 0)


# -- safetensors -----------------------------------------------------------------------------------------------------

_SAFE_DTYPES = {"f8": "F64", "f4": "F32", "f2": "F16", "u2": "BF16"}


def safetensors(tensors: Mapping[str, Any], **replaced: Any) -> bytes:
    """The bytes of a ``.safetensors`` file; unsigned words stand for bfloat16; header entries may be replaced."""
    header: dict[str, Any] = {}
    body = b""
    for name, tensor in tensors.items():
        array = np.ascontiguousarray(tensor)
        offsets = [len(body), len(body) + array.nbytes]
        header[name] = {"dtype": _SAFE_DTYPES[array.dtype.str[1:]], "shape": list(array.shape), "data_offsets": offsets}
        body += array.tobytes()
    text = json.dumps(header | replaced).encode()
    return struct.pack("<Q", len(text)) + text + body


# -- Keras -----------------------------------------------------------------------------------------------------------


def keras_layer(class_name: str, name: str, **config: Any) -> dict[str, Any]:
    """A layer as Keras 3 writes it."""
    config = {"name": name, **config}
    return {"module": "keras.layers", "class_name": class_name, "config": config, "registered_name": None}


def dense(name: str, units: int, activation: Any = "linear", use_bias: bool = True) -> dict[str, Any]:
    return keras_layer("Dense", name, units=units, activation=activation, use_bias=use_bias)


def sequential(*layers: Any, batch_shape: Any = (None, 2)) -> dict[str, Any]:
    first = keras_layer("InputLayer", "in", batch_shape=batch_shape)
    return {"module": "keras", "class_name": "Sequential", "config": {"name": "s", "layers": [first, *layers]}}


def keras_h5(path: Path, config: Any, weights: Mapping[str, list[Any]]) -> Path:
    """A whole model in HDF5, as Keras 2 and 3 write it."""
    h5py = pytest.importorskip("h5py")
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(config)
        for layer, arrays in weights.items():
            group = file.create_group(f"model_weights/{layer}")
            names = [f"{layer}/{kind}:0" for kind in ("kernel", "bias", "more")[: len(arrays)]]
            group.attrs["weight_names"] = [name.encode() for name in names]
            for name, array in zip(names, arrays, strict=True):
                group.create_dataset(name, data=array)
    return path


def keras_archive(path: Path, config: Any, weights: list[tuple[str, list[Any]]], root: str = "layers") -> Path:
    """A ``.keras`` archive: the groups are numbered, and each knows the name of its layer."""
    h5py = pytest.importorskip("h5py")
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        for number, (layer, arrays) in enumerate(weights):
            group = file.create_group(f"{root}/dense_{number}/vars" if number else f"{root}/dense/vars")
            group.attrs["name"] = layer
            for i, array in enumerate(arrays):
                group.create_dataset(str(i), data=array)
    text = json.dumps(config).encode()
    return zipped(path, {"metadata.json": b"{}", "config.json": text, "model.weights.h5": buffer.getvalue()})
