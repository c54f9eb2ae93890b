"""From an ONNX model to a network: walks the graph once, node by node, exactly.

Knows graphs: names, inputs, outputs, which operators occur. A model is accepted when it has one input, one output,
and every node is one of `OPERATORS`; then it is a chain of affine maps and ReLUs, consecutive affine maps folded, or
some node is refused by name. A first axis of unknown size is the batch and is read as 1. A model that ends in a ReLU
becomes a hidden layer with an identity output layer.
"""

from __future__ import annotations

from typing import Any

from exactrev.errors import BudgetSpent
from exactrev.network.affine import AffineMap
from exactrev.network.files.assembly import network_of_maps, number_of_entries
from exactrev.network.files.disk import Source, shown
from exactrev.network.files.onnx_format.operators import OPERATORS, Operators, node_label
from exactrev.network.files.onnx_format.tensors import (
    FLOATS,
    check_no_external_data,
    dtype_name,
    import_onnx,
)
from exactrev.network.files.onnx_format.values import Impossible, Layer, Value
from exactrev.network.network import Network

__all__ = ["read_onnx"]

OLDEST_OPSET = 7
"""Before, Add and Gemm broadcast by other rules."""

MAX_NODES = 10_000


def read_onnx(source: Source) -> Network:
    """The network in an ONNX model."""
    onnx = import_onnx(source.name)
    if source.data[:1] in (b"P", b"\x89", b"\x80", b"\x1f", b"\x93", b"{"):
        raise source.refuse("", f"a file that starts with {source.data[:4]!r}", "an ONNX model")
    try:
        model = onnx.ModelProto.FromString(source.data)
    except Exception as error:  # DecodeError, of a protobuf whose exceptions have moved between versions
        raise source.refuse("", f"data that are no ONNX model ({type(error).__name__})", "an ONNX model") from None
    _check_model(source, model)
    graph = model.graph
    _check_graph(source, graph)
    operators = Operators(source)
    wires, reading = _input(source, graph)
    initializers = {tensor.name: tensor for tensor in graph.initializer}
    used = {dtype_name(value.elem_type) for value in wires.values()}
    for node in graph.node:
        label = node_label(node)
        names = list(node.input)
        while names and not names[-1]:
            names.pop()  # optional inputs left out
        operands: list[Value] = []
        for name in names:
            if name not in wires and name in initializers:
                wires[name] = operators.tensor(f"initializer {shown(name)}", initializers[name])
                if wires[name].elem_type in FLOATS:
                    used.add(dtype_name(wires[name].elem_type))
            if name not in wires:
                raise source.refuse(label, f"the input {shown(name)}, which nothing before produces", "nodes in order")
            operands.append(wires[name])
        value = operators.evaluate(node, operands)
        if node.op_type == "Constant" and value.elem_type in FLOATS:
            used.add(dtype_name(value.elem_type))
        wires[node.output[0]] = value
    maps, ends_in_relu = _maps(source, _output(source, graph, wires))
    dtype = ", ".join(sorted(used))
    reading = f"{dtype} exact, consecutive affine maps folded exactly{reading}"
    if ends_in_relu:
        reading += "; ends in a ReLU, identity output layer added"
    return network_of_maps(source, maps, format="ONNX", dtype=dtype, reading=reading)


def _check_model(source: Source, model: Any) -> None:
    """One default operator set, recent enough; no functions, no training graphs."""
    if not model.HasField("graph") or not len(model.graph.node):
        raise source.refuse("", "no graph", "an ONNX model with nodes")
    versions = [entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")]
    if len(versions) != 1:
        raise source.refuse("opset_import", f"{len(versions)} versions of the operators", "one (or a cut file?)")
    if versions[0] < OLDEST_OPSET:
        raise source.refuse("opset_import", f"operator set {versions[0]}", f"{OLDEST_OPSET} or later")
    if len(model.functions):
        raise source.refuse("functions", f"the function {shown(model.functions[0].name)}", "no functions")
    if len(model.training_info):
        raise source.refuse("training_info", "a training graph", "none")


def _check_graph(source: Source, graph: Any) -> None:
    """Every name means one thing, every node is known, and no data lie outside."""
    if len(graph.node) > MAX_NODES:
        raise source.refuse("graph", f"{len(graph.node)} nodes", f"at most {MAX_NODES}")
    if len(graph.sparse_initializer):
        raise source.refuse("graph", "sparse initializers", "dense ones")
    names: set[str] = set()
    for tensor in graph.initializer:
        check_no_external_data(source, f"initializer {shown(tensor.name)}", tensor)
        if not tensor.name or tensor.name in names:
            raise source.refuse(f"initializer {shown(tensor.name)}", "a second one of this name", "every name once")
        names.add(tensor.name)
    inputs = [entry.name for entry in graph.input]
    if len(set(inputs)) < len(inputs):
        raise source.refuse("graph inputs", "a name twice", "every name once")
    names.update(inputs)  # old models list their initializers among the inputs
    for node in graph.node:
        label = node_label(node)
        if node.domain not in ("", "ai.onnx"):
            raise source.refuse(label, f"an operator of the domain {shown(node.domain)}", "standard operators")
        if node.op_type not in OPERATORS:
            raise source.refuse(label, "an unsupported operator", ", ".join(sorted(OPERATORS)))
        if len(node.output) != 1 or not node.output[0]:
            raise source.refuse(label, f"{len(node.output)} outputs", "1")
        if node.output[0] in names:
            raise source.refuse(label, f"an output {shown(node.output[0])}, a name in use", "every name once")
        names.add(node.output[0])


def _input(source: Source, graph: Any) -> tuple[dict[str, Value], str]:
    """The wires that the graph starts with, and what the reading rule has to say about them."""
    constants = {tensor.name for tensor in graph.initializer}
    inputs = [entry for entry in graph.input if entry.name not in constants]
    if len(inputs) != 1:
        found = ", ".join(shown(entry.name) for entry in inputs) or "none"
        raise source.refuse("graph inputs", f"{len(inputs)} ({found})", "one")
    (entry,) = inputs
    place = f"graph input {shown(entry.name)}"
    if not entry.type.HasField("tensor_type") or not entry.type.tensor_type.HasField("shape"):
        raise source.refuse(place, "no tensor shape", "a tensor of known shape")
    tensor_type = entry.type.tensor_type
    if tensor_type.elem_type not in FLOATS:
        raise source.refuse(place, dtype_name(tensor_type.elem_type), "a floating point tensor")
    sizes = [dimension.dim_value for dimension in tensor_type.shape.dim]
    reading = ""
    if len(sizes) > 1 and sizes[0] == 0:
        sizes[0] = 1
        reading += "; batch axis read as 1"
    if any(size < 1 for size in sizes):
        raise source.refuse(place, f"the shape {shown(sizes)}, 0 for unknown", "known sizes but for the first axis")
    size = number_of_entries(source, place, sizes)
    if size not in (sizes[-1:] or [1]):
        reading += f"; input tensor of shape {'x'.join(map(str, sizes))} in row-major order"
    return {entry.name: Value.whole(Layer(place, size), tuple(sizes), tensor_type.elem_type)}, reading


def _output(source: Source, graph: Any, wires: dict[str, Value]) -> Value:
    outputs = [entry.name for entry in graph.output]
    if len(outputs) != 1:
        producers = {node.output[0]: node_label(node) for node in graph.node}
        found = ", ".join(f"{shown(name)} of {producers.get(name, 'no node')}" for name in outputs)
        raise source.refuse("graph outputs", f"{len(outputs)} ({found})", "one")
    if outputs[0] not in wires:
        raise source.refuse(f"graph output {shown(outputs[0])}", "no node that produces it", "an output of a node")
    return wires[outputs[0]]


def _maps(source: Source, output: Value) -> tuple[list[AffineMap], bool]:
    """The affine maps from the input to the output, and whether the model ended in a ReLU."""
    value: Value | None = output
    maps: list[AffineMap] = []
    try:
        while value is not None:
            maps.append(value.affine_map())
            value = None if value.layer is None else value.layer.preactivation
    except Impossible as error:
        raise source.refuse("graph output", error.found, error.expected) from None
    except BudgetSpent as error:
        raise source.refuse("graph", str(error), "a smaller network") from None
    ends_in_relu = (
        output.picks is not None
        and output.layer is not None
        and output.layer.preactivation is not None
        and not any(output.offset.integers)
    )
    return maps[::-1], ends_in_relu
