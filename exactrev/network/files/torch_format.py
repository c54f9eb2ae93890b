"""PyTorch state dicts: ``.pt`` and ``.pth`` files, read by PyTorch itself, and only where that is safe.

Such a file is a pickle. It is opened by `torch.load(weights_only=True)` of PyTorch 2.10 or later and by nothing else:
earlier versions could be made to run code from it all the same (CVE-2025-32434, CVE-2026-24747). Without that
version the file is refused unread, with the advice to convert it. exactrev itself contains no unpickler.
"""

from __future__ import annotations

import importlib
import io
import re
from typing import Any

import numpy as np

from exactrev.network.files.assembly import AnyArray, layers_by_name, network_of_layers, number_of_entries
from exactrev.network.files.disk import Source, shown
from exactrev.network.network import Network

__all__ = ["read_torch"]

_OLDEST = (2, 10)
_ADVICE = "a .safetensors file: safetensors.torch.save_file(model.state_dict(), 'net.safetensors')"
_DTYPES = ("float64", "float32", "float16", "bfloat16")


def read_torch(source: Source) -> Network:
    """The network in a state dict: pairs ``<prefix>.weight``, ``<prefix>.bias``, ReLU between them assumed."""
    if not source.data.startswith((b"PK\x03\x04", b"\x80")):
        raise source.refuse("", f"a file that starts with {source.data[:4]!r}", "a PyTorch state dict")
    torch = _torch(source)
    try:
        contents = torch.load(io.BytesIO(source.data), map_location="cpu", weights_only=True)
    except Exception as error:  # whatever PyTorch raises, it has refused the file
        line = str(error).strip().split("\n")[0]
        raise source.refuse("", f"a file that PyTorch refuses ({shown(line, 120)[1:-1]})", "a state dict") from None
    if not isinstance(contents, dict) or not all(isinstance(name, str) for name in contents):
        raise source.refuse("", f"a {type(contents).__name__}", "a state dict: tensors by name")
    tensors: dict[str, AnyArray] = {}
    dtypes: set[str] = set()
    for name, tensor in contents.items():
        tensors[name], dtype = _array(source, torch, name, tensor)
        dtypes.add(dtype)
    dtype = ", ".join(sorted(dtypes))
    layers = layers_by_name(source, tensors)
    order = ", ".join(layer.weight_name.removesuffix(".weight") for layer in layers)
    return network_of_layers(
        source,
        layers,
        format="PyTorch state dict",
        dtype=dtype,
        reading=f"{dtype} exact; layers in the order {shown(order, 200)[1:-1]}; ReLU between them assumed",
    )


def _torch(source: Source) -> Any:
    """The module torch, if it is installed and recent enough; else the file is refused."""
    try:
        torch = importlib.import_module("torch")
    except (ImportError, OSError):  # not there, or its libraries do not load
        raise source.refuse("", "a PyTorch file, a pickle, and PyTorch is not installed", _ADVICE) from None
    match = re.match(r"([0-9]{1,9})\.([0-9]{1,9})", str(torch.__version__))
    if match is None or (int(match[1]), int(match[2])) < _OLDEST:
        found = f"a PyTorch file, a pickle, and PyTorch {torch.__version__}, which does not load it safely"
        raise source.refuse("", found, f"PyTorch {_OLDEST[0]}.{_OLDEST[1]} or later, or {_ADVICE}")
    return torch


def _array(source: Source, torch: Any, name: str, tensor: Any) -> tuple[AnyArray, str]:
    if not isinstance(tensor, torch.Tensor):
        raise source.refuse(shown(name), f"a {type(tensor).__name__}", "a tensor")
    dtype = str(tensor.dtype).removeprefix("torch.")
    if dtype not in _DTYPES:
        raise source.refuse(shown(name), f"the dtype {dtype}", ", ".join(_DTYPES))
    number_of_entries(source, shown(name), tuple(tensor.shape))
    try:
        if dtype == "bfloat16":
            tensor = tensor.to(torch.float32)  # exact: the upper half of a float32
        return np.asarray(tensor.detach().cpu().numpy()), dtype
    except (RuntimeError, TypeError, NotImplementedError):
        raise source.refuse(shown(name), "a tensor without plain numbers", "a dense tensor with its data") from None
