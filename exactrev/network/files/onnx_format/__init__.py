"""ONNX models in and out.

`tensors` reads the numbers of a tensor, `values` knows affine functions of a layer and how they combine, `operators`
what each node means, `reading` walks the graph; `writing` makes a model of a network.
"""

from __future__ import annotations

from exactrev.network.files.onnx_format.reading import read_onnx
from exactrev.network.files.onnx_format.writing import write_onnx

__all__ = ["read_onnx", "write_onnx"]
