"""ONNX models: exactly the affine function that the nodes define, or a refusal that names the node."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from file_builders import DYADIC, refusal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from exactrev.errors import BadInput
from exactrev.network import AffineMap, Network, load, save

onnx = pytest.importorskip("onnx")
reference = pytest.importorskip("onnx.reference")
FLOAT, DOUBLE, INT64 = 1, 11, 7


def node(op: str, inputs: str, output: str = "y", name: str = "", **attributes: Any) -> Any:
    return onnx.helper.make_node(op, inputs.split(), output.split(), name=name, **attributes)


def tensor(name: str, values: Any, dtype: str = "f4") -> Any:
    return onnx.numpy_helper.from_array(np.array(values, dtype), name)


def model(nodes: list[Any], constants: list[Any], shape: Any = (1, 2), elem_type: int = FLOAT, **replaced: Any) -> Any:
    """A model with input x of this shape and output y."""
    keywords: dict[str, Any] = {"outputs": ["y"], "inputs": [("x", shape)], "opset": 13} | replaced
    graph = onnx.helper.make_graph(
        nodes,
        "g",
        [onnx.helper.make_tensor_value_info(name, elem_type, sizes) for name, sizes in keywords["inputs"]],
        [onnx.helper.make_tensor_value_info(name, elem_type, None) for name in keywords["outputs"]],
        constants,
    )
    opset = onnx.helper.make_opsetid(keywords.get("domain", ""), keywords["opset"])
    return onnx.helper.make_model(graph, opset_imports=[opset], ir_version=8)


def written(folder: Path, contents: Any) -> Path:
    path = folder / "net.onnx"
    path.write_bytes(contents if isinstance(contents, bytes) else contents.SerializeToString())
    return path


def layers_of(folder: Path, *arguments: Any, **keywords: Any) -> tuple[AffineMap, ...]:
    return load(written(folder, model(*arguments, **keywords))).layers


def affine(W: Any, b: Any) -> AffineMap:
    return AffineMap.from_arrays(W, b)


W23 = tensor("W", [[1, 2, 3], [4, 5, 6]])  # x W with x of shape (1, 2)


# -- writing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "net",
    [
        DYADIC,
        Network.from_arrays([([[0.1, 2]], [5e-324])]),  # float64 and no hidden layer
        Network.from_arrays([([[1]], [0]), ([[2]], [1]), ([[3], [4]], [2, -1])]),
    ],
    ids=lambda net: net.architecture,
)
def test_a_dyadic_network_comes_back_as_it_was(tmp_path: Path, net: Network) -> None:
    save(net, tmp_path / "net.onnx")
    assert load(tmp_path / "net.onnx") == net
    onnx.checker.check_model(str(tmp_path / "net.onnx"), full_check=True)


def test_float32_is_written_where_it_is_exact_and_float64_elsewhere(tmp_path: Path) -> None:
    save(DYADIC, tmp_path / "single.onnx")
    save(Network.from_arrays([([[0.1]], [0])]), tmp_path / "double.onnx")
    for name, elem_type in (("single.onnx", FLOAT), ("double.onnx", DOUBLE)):
        graph = onnx.load(str(tmp_path / name)).graph
        assert {t.data_type for t in graph.initializer} == {elem_type}
        assert graph.input[0].type.tensor_type.elem_type == elem_type


def test_a_network_that_is_not_dyadic_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"layer 2, b\[0\]: found a weight that is not exactly a float64"):
        save(Network.from_arrays([([[1]], [0]), ([[1]], ["1/3"])]), tmp_path / "net.onnx")
    assert list(tmp_path.iterdir()) == []


def test_the_reference_evaluator_agrees_with_what_is_written(tmp_path: Path) -> None:
    save(DYADIC, tmp_path / "net.onnx")
    session = reference.ReferenceEvaluator(str(tmp_path / "net.onnx"))
    points = [[0.5, 2], [-1, 0.25], [3, -2]]
    (answers,) = session.run(None, {"input": np.array(points, np.float32)})
    assert [[Fraction(float(v)) for v in row] for row in answers] == [list(v) for v in DYADIC.evaluate(points)]


# -- the operators ---------------------------------------------------------------------------------------------------


def test_gemm_scales_and_transposes(tmp_path: Path) -> None:
    nodes = [node("Gemm", "x W c", alpha=0.5, beta=2.0, transB=1)]
    constants = [tensor("W", [[1, 2], [3, 4], [5, 6]]), tensor("c", [1, 10, 100])]
    expected = affine([["1/2", 1], ["3/2", 2], ["5/2", 3]], [2, 20, 200])
    assert layers_of(tmp_path, nodes, constants) == (expected,)


def test_gemm_without_c_or_with_an_empty_name_for_it(tmp_path: Path) -> None:
    for inputs in (["x", "W"], ["x", "W", ""]):
        nodes = [onnx.helper.make_node("Gemm", inputs, ["y"])]
        assert layers_of(tmp_path, nodes, [W23]) == (affine([[1, 4], [2, 5], [3, 6]], [0, 0, 0]),)


def test_gemm_transposes_its_first_factor(tmp_path: Path) -> None:
    nodes = [node("Gemm", "x W", transA=1)]  # the column x transposed, times W
    assert layers_of(tmp_path, nodes, [W23], shape=(2, 1)) == (affine([[1, 4], [2, 5], [3, 6]], [0, 0, 0]),)


def test_a_stack_of_matrices_is_multiplied_matrix_by_matrix(tmp_path: Path) -> None:
    # Two columns (a, b) and (c, d), each multiplied by [[1, 2]] from the left, and by [[3]] from the right.
    nodes = [node("MatMul", "L x", "a"), node("MatMul", "a R")]
    layers = layers_of(tmp_path, nodes, [tensor("L", [[1, 2]]), tensor("R", [[3]])], shape=(2, 2, 1))
    assert layers == (affine([[3, 6, 0, 0], [0, 0, 3, 6]], [0, 0]),)


def test_an_input_that_is_repeated_counts_as_often_as_it_occurs(tmp_path: Path) -> None:
    # x + 0 with a zero matrix of shape (2, 2) repeats the row x; then [1, 10] adds up the two copies.
    nodes = [node("Add", "x O", "a"), node("MatMul", "L a", "b"), node("MatMul", "b I")]
    constants = [tensor("O", np.zeros((2, 2))), tensor("L", [[1, 10]]), tensor("I", np.eye(2))]
    assert layers_of(tmp_path, nodes, constants) == (affine([[11, 0], [0, 11]], [0, 0]),)


def test_gemm_with_the_constant_on_the_left(tmp_path: Path) -> None:
    nodes = [node("Gemm", "W x", transB=1)]  # (2, 2) times the column x^T
    assert layers_of(tmp_path, nodes, [tensor("W", [[1, 2], [3, 4]])]) == (affine([[1, 2], [3, 4]], [0, 0]),)


def test_matmul_on_either_side_and_with_vectors(tmp_path: Path) -> None:
    by_row = affine([[1, 4], [2, 5], [3, 6]], [0, 0, 0])
    assert layers_of(tmp_path, [node("MatMul", "x W")], [W23]) == (by_row,)
    assert layers_of(tmp_path, [node("MatMul", "x W")], [W23], shape=(2,)) == (by_row,)
    transposed = tensor("W", np.array([[1, 2, 3], [4, 5, 6]]).T)
    assert layers_of(tmp_path, [node("MatMul", "W x")], [transposed], shape=(2,)) == (by_row,)
    assert layers_of(tmp_path, [node("MatMul", "W x")], [transposed], shape=(2, 1)) == (by_row,)


def test_a_matrix_as_input_is_multiplied_row_by_row(tmp_path: Path) -> None:
    # [[a, b], [c, d]] times the column (1, 2): a + 2b, c + 2d.
    layers = layers_of(tmp_path, [node("MatMul", "x W")], [tensor("W", [[1], [2]])], shape=(2, 2))
    assert layers == (affine([[1, 2, 0, 0], [0, 0, 1, 2]], [0, 0]),)


def test_sub_add_and_identity_fold_into_the_layer(tmp_path: Path) -> None:
    nodes = [
        node("Sub", "x m", "a"),
        node("MatMul", "a W", "b"),
        node("Identity", "b", "c"),
        node("Sub", "k c", "d"),
        node("Add", "d d"),
    ]
    constants = [tensor("m", [[1, -1]]), W23, tensor("k", 0.5)]  # y = 2 (1/2 - (x - m) W), and m W = (-3, -3, -3)
    assert layers_of(tmp_path, nodes, constants) == (affine([[-2, -8], [-4, -10], [-6, -12]], [-5, -5, -5]),)


def test_consecutive_affine_maps_are_folded_exactly(tmp_path: Path) -> None:
    # 1 + 2^-20 squared is no float32 number; as rationals nothing is lost.
    w = 1 + 2.0**-20
    nodes = [node("MatMul", "x W", "a"), node("MatMul", "a W")]
    expected = Fraction(2**20 + 1, 2**20) ** 2
    assert layers_of(tmp_path, nodes, [tensor("W", [[w]])], shape=(1, 1)) == (affine([[expected]], [0]),)


def test_a_shared_initialiser_is_used_as_often_as_it_occurs(tmp_path: Path) -> None:
    nodes = [node("MatMul", "x W", "a"), node("Relu", "a", "b"), node("MatMul", "b W")]
    W = tensor("W", [[1, 2], [3, 4]])
    assert layers_of(tmp_path, nodes, [W]) == (affine([[1, 3], [2, 4]], [0, 0]),) * 2


def test_rearrangements_follow_the_entries(tmp_path: Path) -> None:
    # x = [[a, b, c], [d, e, f]]; transposed and flattened: a d b e c f.
    nodes = [node("Transpose", "x", "t", perm=[1, 0]), node("Flatten", "t", "v", axis=0), node("MatMul", "v W")]
    weights = tensor("W", np.diag([1, 2, 3, 4, 5, 6])[:, [0, 1]])
    layers = layers_of(tmp_path, nodes, [weights], shape=(2, 3))
    assert layers == (affine([[1, 0, 0, 0, 0, 0], [0, 0, 0, 2, 0, 0]], [0, 0]),)


@pytest.mark.parametrize(
    ("target", "allowzero", "expected"), [([2, 2], 0, (2, 2)), ([-1, 4], 0, (1, 4)), ([0, -1, 2], 0, (1, 2, 2))]
)
def test_reshape_infers_and_copies_sizes(
    tmp_path: Path, target: list[int], allowzero: int, expected: tuple[int, ...]
) -> None:
    ones = tensor("c", np.ones(expected))
    nodes = [node("Reshape", "x s", "r", allowzero=allowzero), node("Add", "r c")]
    layers = layers_of(tmp_path, nodes, [tensor("s", target, "i8"), ones], shape=(1, 4))
    assert layers == (affine(np.eye(4), np.ones(4)),)


def test_constants_are_computed_in_the_graph(tmp_path: Path) -> None:
    nodes = [
        onnx.helper.make_node("Constant", [], ["i"], value=tensor("v", [[1, 2], [3, -4]], "i4")),
        node("Cast", "i", "f", to=FLOAT),
        node("Relu", "f", "g"),
        node("Transpose", "g", "t"),
        onnx.helper.make_node("Constant", [], ["k"], value_floats=[0.5, 0.25]),
        node("Gemm", "x t k"),
    ]
    assert layers_of(tmp_path, nodes, []) == (affine([[1, 2], [3, 0]], ["1/2", "1/4"]),)


def test_a_cast_that_changes_nothing_is_accepted(tmp_path: Path) -> None:
    nodes = [node("Cast", "x", "d", to=DOUBLE), node("Cast", "W", "v", to=DOUBLE), node("MatMul", "d v")]
    assert layers_of(tmp_path, nodes, [W23]) == (affine([[1, 4], [2, 5], [3, 6]], [0, 0, 0]),)


@pytest.mark.parametrize(
    ("values", "dtype", "to", "accepted"),
    [
        ([[1, 2]], "f4", INT64, True),
        ([[1, 0.5]], "f4", INT64, False),
        ([[1, 300]], "i8", 2, False),  # uint8
        ([[1, 2**53 + 1]], "i8", DOUBLE, False),
        ([[1, 2**60]], "i8", FLOAT, True),
        ([[1, 0.5]], "f8", 10, True),
        ([[1, 1e300]], "f8", FLOAT, False),
        ([[1, 1.5]], "f4", 16, True),  # bfloat16 has 8 significant bits
        ([[1, 1.001]], "f4", 16, False),
    ],
)
def test_a_constant_is_cast_only_if_no_value_changes(
    tmp_path: Path, values: Any, dtype: str, to: int, accepted: bool
) -> None:
    nodes = [node("Cast", "c", "d", to=to), node("Cast", "d", "e", to=DOUBLE), node("Add", "x e")]
    path = written(tmp_path, model(nodes, [tensor("c", values, dtype)], elem_type=DOUBLE))
    if accepted:
        assert load(path).layers == (affine(np.eye(2), values[0]),)
    else:
        assert "Cast node that produces 'd': found a Cast from" in refusal(path)


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_other_float_types_are_exact(tmp_path: Path, dtype: str) -> None:
    W = tensor("W", [[0.1]], dtype)
    (layer,) = layers_of(tmp_path, [node("MatMul", "x W")], [W], shape=(1, 1), elem_type=W.data_type)
    assert layer == affine([[float(np.array(0.1, dtype))]], [0])


@pytest.mark.parametrize("raw", [True, False])
def test_bfloat16_is_the_upper_half_of_a_float32(tmp_path: Path, raw: bool) -> None:
    W = onnx.TensorProto(name="W", data_type=16, dims=[1, 1])
    if raw:
        W.raw_data = b"\xcd\x3d"
    else:
        W.int32_data.append(0x3DCD)
    (layer,) = layers_of(tmp_path, [node("MatMul", "x W")], [W], shape=(1, 1), elem_type=16)
    assert layer == affine([["205/2048"]], [0])  # 0.10009765625, the bfloat16 nearest to 0.1


@pytest.mark.parametrize(
    ("data_type", "field", "numbers", "exact"),
    [
        (1, "float_data", [0.1], Fraction(13421773, 2**27)),
        (10, "int32_data", [0x2E66], Fraction(819, 2**13)),
        (11, "double_data", [5e-324], Fraction(1, 2**1074)),
    ],
)
def test_typed_data_are_read_like_raw_data(
    tmp_path: Path, data_type: int, field: str, numbers: list[Any], exact: Fraction
) -> None:
    W = onnx.TensorProto(name="W", data_type=data_type, dims=[1, 1])
    getattr(W, field).extend(numbers)
    (layer,) = layers_of(tmp_path, [node("MatMul", "x W")], [W], shape=(1, 1), elem_type=data_type)
    assert layer == affine([[exact]], [0])


def test_a_model_that_ends_in_a_relu_gets_an_identity_output_layer(tmp_path: Path) -> None:
    path = written(tmp_path, model([node("MatMul", "x W", "a"), node("Relu", "a")], [W23]))
    net = load(path)
    assert net.layers == (affine([[1, 4], [2, 5], [3, 6]], [0, 0, 0]), affine(np.eye(3), np.zeros(3)))
    assert net.provenance is not None
    assert "identity output layer" in net.provenance.reading


def test_a_relu_on_the_input_is_a_hidden_layer(tmp_path: Path) -> None:
    assert layers_of(tmp_path, [node("Relu", "x")], []) == (affine(np.eye(2), [0, 0]),) * 2


def test_a_batch_of_unknown_size_is_read_as_one_point(tmp_path: Path) -> None:
    net = load(written(tmp_path, model([node("MatMul", "x W")], [W23], shape=("N", 2))))
    assert net.widths == (2, 3)
    assert net.provenance is not None
    assert "batch axis read as 1" in net.provenance.reading


def test_an_image_as_input_is_read_in_row_major_order(tmp_path: Path) -> None:
    nodes = [node("Flatten", "x", "v"), node("MatMul", "v W")]
    net = load(written(tmp_path, model(nodes, [tensor("W", [[1], [2], [3], [4]])], shape=("N", 1, 2, 2))))
    assert net.layers == (affine([[1, 2, 3, 4]], [0]),)
    assert net.provenance is not None
    assert "1x1x2x2 in row-major order" in net.provenance.reading


def test_branches_that_are_affine_in_the_same_layer_are_joined(tmp_path: Path) -> None:
    nodes = [
        node("MatMul", "x W", "a"),
        node("Relu", "a", "h"),
        node("MatMul", "h V", "b"),
        node("Add", "b h"),  # both affine in h
    ]
    layers = layers_of(tmp_path, nodes, [W23, tensor("V", np.ones((3, 3)))])
    assert layers[1] == affine(np.ones((3, 3)) + np.eye(3), [0, 0, 0])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.data())
def test_random_graphs_mean_what_the_reference_evaluator_says(tmp_path: Path, data: st.DataObject) -> None:
    """Chains of random operators with small integer weights, which floats evaluate without rounding."""

    def drawn(*shape: int) -> np.ndarray:
        return data.draw(hnp.arrays(np.int64, shape, elements=st.integers(-3, 3)))

    nodes, constants, shape, wire = [], [], (1, 3), "x"
    for k in range(data.draw(st.integers(1, 7))):
        op = data.draw(st.sampled_from(["Gemm", "MatMul", "Left", "Add", "Sub", "From", "Relu", "Transpose", "Double"]))
        out, c = f"w{k}", f"c{k}"
        if op == "Gemm":
            n = data.draw(st.integers(1, 3))
            constants += [tensor(c, drawn(n, shape[1])), tensor(c + "b", drawn(n))]
            nodes.append(node("Gemm", f"{wire} {c} {c}b", out, transB=1, alpha=2.0, beta=-1.0))
            shape = (shape[0], n)
        elif op == "MatMul":
            n = data.draw(st.integers(1, 3))
            constants.append(tensor(c, drawn(shape[1], n)))
            nodes.append(node("MatMul", f"{wire} {c}", out))
            shape = (shape[0], n)
        elif op == "Left":
            n = data.draw(st.integers(1, 2))
            constants.append(tensor(c, drawn(n, shape[0])))
            nodes.append(node("MatMul", f"{c} {wire}", out))
            shape = (n, shape[1])
        elif op in ("Add", "Sub", "From"):
            constants.append(tensor(c, drawn(*data.draw(st.sampled_from([shape, shape[1:], (1, 1), ()])))))
            nodes.append(node("Add" if op == "Add" else "Sub", f"{c} {wire}" if op == "From" else f"{wire} {c}", out))
        elif op == "Transpose":
            nodes.append(node("Transpose", wire, out))
            shape = shape[::-1]
        else:
            nodes.append(node("Relu", wire, out) if op == "Relu" else node("Add", f"{wire} {wire}", out))
        wire = out
    path = written(tmp_path, model(nodes, constants, shape=(1, 3), outputs=[wire]))
    net = load(path)
    session = reference.ReferenceEvaluator(str(path))
    for _ in range(3):
        point = drawn(1, 3)
        (answer,) = session.run(None, {"x": point.astype(np.float32)})
        assert net(point[0].tolist()) == tuple(Fraction(float(v)) for v in answer.ravel())


# -- refusals --------------------------------------------------------------------------------------------------------

EMPTY = onnx.NodeProto(op_type="Constant", output=["y"])
EMPTY.attribute.add(name="value_ints", type=onnx.AttributeProto.INTS)
RELU_AND_W = [node("MatMul", "x W", "a"), node("Relu", "a", "h")]


@pytest.mark.parametrize(
    ("nodes", "found"),
    [
        ([node("Softmax", "x", name="top")], "Softmax node 'top': found an unsupported operator"),
        ([node("Softmax", "x")], "Softmax node that produces 'y': found an unsupported operator"),
        ([node("Mul", "x x")], "Mul node that produces 'y': found an unsupported operator"),
        ([node("Relu", "x", domain="my.ops")], "an operator of the domain 'my.ops'"),
        ([node("MatMul", "x W", leaky=1)], "the attribute 'leaky'"),
        ([node("Relu", "nowhere")], "the input 'nowhere', which nothing before produces"),
        ([node("Relu", "later"), node("Relu", "x", "later")], "the input 'later'"),
        ([node("Relu", "x", "x")], "an output 'x', a name in use"),
        ([node("Relu", "x", "W")], "an output 'W', a name in use"),
        ([node("Relu", "x"), node("Relu", "x")], "an output 'y', a name in use"),
        ([node("Relu", "x", "y z")], "2 outputs"),
        ([node("Relu", "x x")], "2 inputs"),
        ([node("MatMul", "x x")], "a product of two tensors that both depend on the input"),
        ([node("MatMul", "W W")], "the shapes (2, 3) and (2, 3)"),
        ([node("Add", "x W")], "the shapes (1, 2) and (2, 3)"),
        ([node("Add", "x i")], "float32 and int64"),
        ([node("Gemm", "x W", alpha=float("inf"))], "an attribute alpha that is no finite number"),
        ([node("Gemm", "x W W")], "C of shape (2, 3) for a product of shape (1, 3)"),
        ([*RELU_AND_W, node("Add", "h a")], "a sum of two branches, one from Relu node that produces 'h' and one from"),
        ([node("Reshape", "x x")], "a shape that is no constant vector of integers"),
        ([node("Reshape", "x i")], "for a tensor of shape (1, 2)"),
        ([node("Flatten", "x", axis=3)], "the axis 3"),
        ([node("Transpose", "x", perm=[0, 0])], "a perm that permutes other axes"),
        ([node("Cast", "x", to=INT64)], "a Cast from float32 to int64 that rounds"),
        ([node("Cast", "x", to=10)], "a Cast from float32 to float16 that rounds"),
        ([node("Cast", "x", to=9)], "a Cast to element type 9"),
        ([node("Cast", "tenth", "t", to=10), node("Cast", "t", to=1)], "a Cast from float32 to float16 that rounds"),
        ([node("Identity", "tenth")], "an output that does not depend on the input"),
        ([onnx.helper.make_node("Constant", [], ["y"], value_string="x")], "the attribute 'value_string'"),
        ([onnx.helper.make_node("Constant", [], ["y"])], "0 values"),
        ([onnx.helper.make_node("Constant", [], ["y"], value=1.0)], "a value that is no tensor"),
        ([EMPTY], "an empty constant"),
        ([onnx.helper.make_node("Constant", [], ["y"], value_floats=[float("nan")])], "value_floats[0]: found nan"),
        ([node("Flatten", "x", axis=1.5)], "an attribute axis that is no integer"),
        ([node("Flatten", "x", axis="1")], "an attribute axis of another kind"),
        ([node("Gemm", "x vector")], "the shapes (1, 2) and (2,)"),
        ([node("MatMul", "x tenth")], "a scalar"),
        ([node("MatMul", "x stack")], "a constant stack of matrices"),
        ([node("Reshape", "x shape", "s"), node("MatMul", "s three")], "stacks that broadcast"),
        ([node("MatMul", "big big", "c"), node("Cast", "c", to=FLOAT)], "a Cast from float64 to float32 that rounds"),
        ([node("Reshape", "x six", "s"), node("MatMul", "s stack")], "a tensor of shape (1, 2)"),
        ([node("Add", "column row")], "a tensor of shape (4096, 4096)"),
    ],
)
def test_a_node_that_is_no_affine_function_is_refused_by_name(tmp_path: Path, nodes: list[Any], found: str) -> None:
    constants = [
        *(W23, tensor("i", [3, 3], "i8"), tensor("six", [6], "i8"), tensor("tenth", 0.1), tensor("vector", [1, 2])),
        *(tensor("shape", [2, 1, 1], "i8"), tensor("big", [[1e300]], "f8"), tensor("three", np.ones((3, 1, 1)))),
        *(tensor("stack", np.ones((3, 2, 1))), tensor("column", np.ones((4096, 1))), tensor("row", np.ones(4096))),
    ]
    assert found in refusal(written(tmp_path, model(nodes, constants)))


@pytest.mark.parametrize(
    ("replaced", "found"),
    [
        ({"outputs": ["y", "a"]}, "graph outputs: found 2 ('y' of Relu node that produces 'y', 'a' of MatMul node"),
        ({"outputs": []}, "graph outputs: found 0"),
        ({"outputs": ["q"]}, "graph output 'q'"),
        ({"inputs": [("x", (1, 2)), ("u", (1, 2))]}, "graph inputs: found 2 ('x', 'u')"),
        ({"inputs": []}, "graph inputs: found 0 (none)"),
        ({"inputs": [("x", None)]}, "no tensor shape"),
        ({"inputs": [("x", (1, "n"))]}, "the shape [1, 0]"),
        ({"inputs": [("x", ("n",))]}, "the shape [0]"),
        ({"inputs": [("x", (1, 1 << 40))]}, "the shape"),
        ({"inputs": [("x", (1, 2)), ("x", (1, 2))]}, "graph inputs: found a name twice"),
        ({"elem_type": INT64}, "int64; expected a floating point tensor"),
        ({"opset": 6}, "operator set 6"),
        ({"domain": "other"}, "0 versions of the operators"),
    ],
)
def test_a_graph_that_is_no_network_is_refused(tmp_path: Path, replaced: dict[str, Any], found: str) -> None:
    nodes = [node("MatMul", "x W", "a"), node("Relu", "a")]
    assert found in refusal(written(tmp_path, model(nodes, [W23], **replaced)))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_nan_and_infinities_are_refused_with_their_place(tmp_path: Path, value: float) -> None:
    W = tensor("W", [[0, 0, 0], [0, value, 0]])
    assert f"initializer 'W'[1, 1]: found {value}" in refusal(written(tmp_path, model([node("MatMul", "x W")], [W])))


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"raw_data": b"\0" * 23}, "23 bytes of data"),
        ({"float_data": [1.0]}, "1 numbers"),
        ({"dims": [-2, -3]}, "the shape"),
        ({"dims": [1 << 40, 1 << 40]}, "the shape"),
        ({"data_type": 8}, "element type 8"),
        ({"data_type": 14}, "element type 14"),
    ],
)
def test_a_damaged_tensor_is_refused(tmp_path: Path, fields: dict[str, Any], found: str) -> None:
    W = onnx.TensorProto(**({"name": "W", "dims": [2, 3], "data_type": 1} | fields))
    line = refusal(written(tmp_path, model([node("MatMul", "x W")], [W])))
    assert f"initializer 'W': found {found}" in line


@pytest.mark.parametrize("link", ["none", "symbolic", "hard"])
def test_external_data_are_refused_and_never_opened(tmp_path: Path, link: str) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(np.ones(6, "f4").tobytes())
    location = "../../etc/passwd"
    if link != "none":
        location = "inside"
        (os.symlink if link == "symbolic" else os.link)(outside, tmp_path / location)
    os.utime(outside, (1, 1))
    W = onnx.TensorProto(name="W", dims=[2, 3], data_type=1, data_location=onnx.TensorProto.EXTERNAL)
    W.external_data.add(key="location", value=location)
    for constants, nodes in (
        ([W], [node("MatMul", "x W")]),
        ([], [onnx.helper.make_node("Constant", [], ["W"], value=W), node("MatMul", "x W")]),
        ([W], [node("Identity", "x")]),  # not even when nobody needs it
    ):
        assert "found external data; expected numbers inside the model file" in refusal(
            written(tmp_path, model(nodes, constants))
        )
    assert outside.stat().st_atime == 1


def test_two_initialisers_of_one_name_are_refused(tmp_path: Path) -> None:
    assert "a second one of this name" in refusal(written(tmp_path, model([node("MatMul", "x W")], [W23, W23])))


def test_functions_and_sparse_tensors_are_refused(tmp_path: Path) -> None:
    whole = model([node("MatMul", "x W")], [W23])
    whole.functions.add(name="f", domain="d")
    assert "the function 'f'" in refusal(written(tmp_path, whole))
    whole = model([node("MatMul", "x W")], [W23])
    whole.graph.sparse_initializer.add()
    assert "sparse initializers" in refusal(written(tmp_path, whole))


def test_a_training_graph_is_refused(tmp_path: Path) -> None:
    whole = model([node("MatMul", "x W")], [W23])
    whole.training_info.add()
    assert "a training graph" in refusal(written(tmp_path, whole))


def test_segments_and_numbers_out_of_range_are_refused(tmp_path: Path) -> None:
    W = onnx.TensorProto(name="W", dims=[1, 1], data_type=1, segment=onnx.TensorProto.Segment(begin=0, end=1))
    assert "a tensor in segments" in refusal(written(tmp_path, model([node("Add", "x W")], [W])))
    W = onnx.TensorProto(name="W", dims=[1, 1], data_type=2, int32_data=[256])
    assert "a number out of range; expected numbers of type uint8" in refusal(
        written(tmp_path, model([node("Add", "x W")], [W]))
    )


def test_more_nodes_than_allowed_are_refused(tmp_path: Path) -> None:
    nodes = [node("Identity", "x", f"a{k}") for k in range(10_001)]
    assert "10001 nodes" in refusal(written(tmp_path, model(nodes, [], outputs=["a0"])))


def test_a_layer_too_large_to_write_down_is_refused(tmp_path: Path) -> None:
    # A ReLU on 3000 inputs needs an identity matrix with 9 million entries.
    assert "an array of more than" in refusal(written(tmp_path, model([node("Relu", "x")], [], shape=(1, 3000))))
    wide = [node("Flatten", "x", "v"), node("MatMul", "x W")]
    path = written(tmp_path, model(wide, [tensor("W", np.ones((1, 3000)))], shape=(3000, 1)))
    assert "MatMul node that produces 'y': found an array of more than" in refusal(path)


def test_a_product_that_never_ends_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exactrev.network.files.onnx_format.operators.MAX_PRODUCTS", 100_000)
    nodes = [node("MatMul", f"{f'a{k - 1}' if k else 'x'} W", f"a{k}") for k in range(300)]
    whole = model(nodes, [tensor("W", np.eye(10))], shape=(1, 10), outputs=["a299"])
    # 100 multiplications for the first, which only places the entries of W, then 1000 each.
    assert "MatMul node that produces 'a100': found more multiplications" in refusal(written(tmp_path, whole))


@pytest.mark.parametrize("start", [b"PK\x03\x04", b"\x89HDF\r\n\x1a\n", b"\x80\x04", b'{"a": 1}', b"text", b"\0" * 99])
def test_other_files_under_this_name_are_refused(tmp_path: Path, start: bytes) -> None:
    assert "expected an ONNX model" in refusal(written(tmp_path, start))


def test_a_model_cut_anywhere_is_refused(tmp_path: Path) -> None:
    save(DYADIC, tmp_path / "net.onnx")
    data = (tmp_path / "net.onnx").read_bytes()
    for end in range(len(data)):
        refusal(written(tmp_path, data[:end]))


def test_without_the_package_onnx_one_line_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(DYADIC, tmp_path / "net.onnx")
    monkeypatch.setitem(__import__("sys").modules, "onnx", None)
    assert 'pip install "exactrev[formats]"' in refusal(tmp_path / "net.onnx")
    with pytest.raises(BadInput, match=r"exactrev\[formats\]"):
        save(DYADIC, tmp_path / "other.onnx")
