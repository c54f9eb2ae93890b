"""Networks in files: `load`, `save`, and fitted scikit-learn estimators.

Knows which format a name stands for; each format is a module of its own and is imported when it is first needed, with
the optional packages it takes. A file is hostile until its reader has checked it: nothing in it is executed,
unpickled or guessed, and whatever is wrong ends in one `BadInput` with the file, the place, what was found and what
was expected. Numbers are taken exactly: a binary float is a dyadic rational, a decimal a decimal.

| extension | format | read | written |
|---|---|---|---|
| .json | our own: rationals | yes | yes |
| .npz | NumPy arrays W0, b0, W1, b1, ... | yes | where exact |
| .onnx | ONNX: affine operators and Relu | yes | where exact |
| .nnet | Stanford's text format | yes | |
| .safetensors | pairs prefix.weight, prefix.bias | yes | |
| .pt, .pth | PyTorch state dicts, with PyTorch 2.10 or later | yes | |
| .h5, .hdf5, .keras | Keras models of Dense layers | yes | |
"""

from __future__ import annotations

import os
from typing import Any

from exactrev.errors import BadInput, BudgetSpent, InexactInput, InvalidNetwork
from exactrev.network.files.disk import MAX_FILE_BYTES, Source, printable, read_source, write_atomically
from exactrev.network.network import Network

__all__ = ["READABLE", "WRITABLE", "from_sklearn", "load", "save"]

READABLE = (".h5", ".hdf5", ".json", ".keras", ".nnet", ".npz", ".onnx", ".pt", ".pth", ".safetensors")
WRITABLE = (".json", ".npz", ".onnx")


def load(path: str | os.PathLike[str], raw: bool = False) -> Network:
    """The network in a file, with its provenance; the extension names the format.

    `raw` skips the normalisation that a ``.nnet`` file asks for; other formats have none. Raises `BadInput` for
    everything that is not a network in one of the formats.
    """
    extension = _extension(path, READABLE)
    source = read_source(path)
    if not source.data:
        raise source.refuse("", "an empty file", "a network")
    try:
        return _read(source, extension, raw)
    except (InvalidNetwork, InexactInput, BudgetSpent) as error:
        raise source.refuse("", str(error), "a network of rational numbers") from None


def save(net: Network, path: str | os.PathLike[str]) -> None:
    """Write the network to a file, exactly and completely or not at all; the extension names the format.

    JSON holds every network. The formats .npz and .onnx hold binary floats: a network with a weight that is not
    exactly one is refused. Raises `BadInput`.
    """
    extension = _extension(path, WRITABLE)
    name = printable(path)
    if extension == ".json":
        from exactrev.network.files.json_format import write_json

        data = write_json(name, net)
    elif extension == ".npz":
        from exactrev.network.files.npz_format import write_npz

        data = write_npz(name, net)
    else:
        from exactrev.network.files.onnx_format import write_onnx

        data = write_onnx(name, net)
    if len(data) > MAX_FILE_BYTES:
        raise BadInput(name, "", f"a network that takes {len(data)} bytes", f"at most {MAX_FILE_BYTES}")
    write_atomically(path, data)


def from_sklearn(estimator: Any) -> Network:
    """The network in a fitted scikit-learn `MLPClassifier` or `MLPRegressor` with ReLU; see `sklearn_format`."""
    from exactrev.network.files import sklearn_format

    return sklearn_format.from_sklearn(estimator)


def _extension(path: str | os.PathLike[str], known: tuple[str, ...]) -> str:
    name = printable(path)
    extension = os.path.splitext(name)[1].lower()
    if extension not in known:
        found = f"the extension {extension!a}" if extension else "no extension"
        raise BadInput(name, "", found, ", ".join(known))
    return extension


def _read(source: Source, extension: str, raw: bool) -> Network:
    if extension == ".json":
        from exactrev.network.files.json_format import read_json

        return read_json(source)
    if extension == ".npz":
        from exactrev.network.files.npz_format import read_npz

        return read_npz(source)
    if extension == ".onnx":
        from exactrev.network.files.onnx_format import read_onnx

        return read_onnx(source)
    if extension == ".nnet":
        from exactrev.network.files.nnet_format import read_nnet

        return read_nnet(source, raw)
    if extension == ".safetensors":
        from exactrev.network.files.safetensors_format import read_safetensors

        return read_safetensors(source)
    if extension in (".pt", ".pth"):
        from exactrev.network.files.torch_format import read_torch

        return read_torch(source)
    from exactrev.network.files.keras_format import read_keras

    return read_keras(source, extension)
