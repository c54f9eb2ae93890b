"""From a network to an ONNX model: Gemm and Relu nodes, weights in float32 or float64, whichever holds them exactly.

Nothing is rounded: a network with a weight that is no float64 number is refused. The bytes depend on the network
alone, not on the installed versions.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from exactrev.errors import BadInput
from exactrev.network.affine import FloatArray
from exactrev.network.files.exact_arrays import find_inexact
from exactrev.network.files.onnx_format.tensors import import_onnx
from exactrev.network.network import Network

__all__ = ["write_onnx"]

_OPSET = 13
_IR_VERSION = 8


def write_onnx(name: str, net: Network) -> bytes:
    """The model as bytes; `name` is the file that errors speak of. The input is a batch of any size."""
    onnx = import_onnx(name)
    layers: list[tuple[FloatArray, FloatArray]] = []
    for k, layer in enumerate(net.layers, start=1):
        W, b = layer.as_floats()
        inexact = find_inexact(layer, W, b)
        if inexact is not None:
            i, j = inexact
            place = f"layer {k}, " + (f"W[{i}, {j}]" if j < layer.n_in else f"b[{i}]")
            raise BadInput(name, place, "a weight that is not exactly a float64", "dyadic weights, or the format .json")
        layers.append((W, b))
    single = all(_fits_float32(array) for pair in layers for array in pair)
    dtype = np.dtype(np.float32 if single else np.float64)
    elem_type = onnx.TensorProto.FLOAT if single else onnx.TensorProto.DOUBLE
    nodes: list[Any] = []
    tensors: list[Any] = []
    wire = "input"
    for k, (W, b) in enumerate(layers, start=1):
        last = k == len(layers)
        for kind, array in (("W", W), ("b", b)):
            raw = array.astype(dtype.newbyteorder("<")).tobytes()
            tensors.append(onnx.helper.make_tensor(f"{kind}{k}", elem_type, array.shape, raw, raw=True))
        affine = "output" if last else f"z{k}"
        nodes.append(onnx.helper.make_node("Gemm", [wire, f"W{k}", f"b{k}"], [affine], name=f"affine{k}", transB=1))
        if not last:
            wire = f"a{k}"
            nodes.append(onnx.helper.make_node("Relu", [affine], [wire], name=f"relu{k}"))
    model = onnx.helper.make_model(
        onnx.helper.make_graph(
            nodes,
            "network",
            [onnx.helper.make_tensor_value_info("input", elem_type, ["batch", net.n_in])],
            [onnx.helper.make_tensor_value_info("output", elem_type, ["batch", net.n_out])],
            tensors,
        ),
        opset_imports=[onnx.helper.make_opsetid("", _OPSET)],
        producer_name="exactrev",
        ir_version=_IR_VERSION,
    )
    data: bytes = model.SerializeToString(deterministic=True)
    return data


def _fits_float32(array: FloatArray) -> bool:
    with np.errstate(over="ignore", under="ignore"):
        return bool((array.astype(np.float32) == array).all())
