"""Networks published by others: read exactly, or refused by the name of the node that is in the way."""

from __future__ import annotations

import sys
from fractions import Fraction

import numpy as np
import pytest
from file_builders import published, refusal

from exactrev.arithmetic.numbers import parse_decimal
from exactrev.network import Network, load


@pytest.mark.parametrize(
    ("name", "architecture", "reading"),
    [
        ("fc1.onnx", "2-25-25-25-2", "float32 exact"),
        ("fc_2-2-3.onnx", "2-2-3", "float32 exact"),
        ("fc_2-2-3.nnet", "2-2-3", ".nnet decimals exact, normalisation applied"),
        ("ACASXU_experimental_v2a_1_1.onnx", "5-50-50-50-50-50-50-5", "float32 exact"),
        ("ACASXU_experimental_v2a_1_1.nnet", "5-50-50-50-50-50-50-5", ".nnet decimals exact, normalisation applied"),
        ("ACASXU_run2a_1_1_tiny_2.nnet", "5-50-5", "of 8 means and ranges the first 5 are the inputs'"),
        ("TestNetwork2.onnx", "5-50-50-50-50-50-50-5", "float32 exact"),
        ("KerasTestNetwork.h5", "5-45-45-45-45-45-45-5", "float32 exact"),
        ("victim_32-2-2-1.npz", "32-2-2-1", "float64 exact"),
        ("extracted_12p_32-2-2-1.npz", "32-2-2-1", "float64 exact"),
        ("extracted_14p_32-2-2-1.npz", "32-2-2-1", "float64 exact"),
        ("victim_512-2-2-1.npz", "512-2-2-1", "float64 exact"),
    ],
)
def test_a_published_network_is_read(name: str, architecture: str, reading: str) -> None:
    if name.endswith((".onnx", ".h5")):
        pytest.importorskip("onnx" if name.endswith(".onnx") else "h5py")
    net = load(published(name))
    assert net.architecture == architecture
    assert net.provenance is not None
    assert net.provenance.path == name
    assert reading in net.provenance.reading


@pytest.mark.parametrize(
    ("name", "node"),
    [
        ("KJ_TinyTaxiNet.onnx", "Conv node 'conv2d/Conv2D'"),
        ("linear2-3_bn1-linear3-1.onnx", "BatchNormalization node 'BatchNormalization_1'"),
        ("oneInput_twoBranches.onnx", "Add node that produces 'add1'"),
    ],
)
def test_what_is_no_fully_connected_network_is_refused_by_node(name: str, node: str) -> None:
    pytest.importorskip("onnx")
    assert node in refusal(published(name))


def test_two_formats_of_one_small_network_are_one_function() -> None:
    pytest.importorskip("onnx")
    assert load(published("fc_2-2-3.onnx")) == load(published("fc_2-2-3.nnet"))


def test_two_formats_of_the_acas_network_are_two_functions() -> None:
    # The decimals of the text are not the float32 numbers; the raw weights are the nearest decimals of 6 digits.
    pytest.importorskip("onnx")
    single = load(published("ACASXU_experimental_v2a_1_1.onnx"))
    raw = load(published("ACASXU_experimental_v2a_1_1.nnet"), raw=True)
    assert single.layers[0].W != raw.layers[0].W
    assert np.allclose(single.layers[1].as_floats()[0], raw.layers[1].as_floats()[0], rtol=1e-5)


def evaluated_like_nnet(name: str, point: list[Fraction]) -> list[Fraction]:
    """The file's own definition, in Fractions, written independently of the reader: normalise, walk, denormalise."""
    lines = [line for line in published(name).read_text().splitlines() if not line.startswith("//")]
    rows = [[parse_decimal(field.strip()) for field in line.split(",") if field.strip()] for line in lines]
    widths, mean, spread, rest = [int(width) for width in rows[1]], rows[5], rows[6], iter(rows[7:])
    values = [(x - m) / s for x, m, s in zip(point, mean, spread, strict=False)]
    for k, width in enumerate(widths[1:], start=1):
        weights = [next(rest) for _ in range(width)]
        biases = [next(rest)[0] for _ in range(width)]
        products = [sum((w * v for w, v in zip(row, values, strict=True)), Fraction(0)) for row in weights]
        values = [product + bias for product, bias in zip(products, biases, strict=True)]
        if k < len(widths) - 1:
            values = [max(value, Fraction(0)) for value in values]
    return [value * spread[-1] + mean[-1] for value in values]


@pytest.mark.parametrize(
    "name", ["fc_2-2-3.nnet", "ACASXU_run2a_1_1_tiny_2.nnet", "ACASXU_experimental_v2a_1_1.nnet"]
)
def test_an_nnet_file_means_what_its_definition_says(name: str) -> None:
    net = load(published(name))
    for point in ([Fraction(k, 3) for k in range(net.n_in)], [Fraction(1000 - 300 * k) for k in range(net.n_in)]):
        assert list(net(point)) == evaluated_like_nnet(name, point)


@pytest.mark.parametrize(
    "name", ["fc1.onnx", "fc_2-2-3.onnx", "ACASXU_experimental_v2a_1_1.onnx", "TestNetwork2.onnx"]
)
def test_an_onnx_model_agrees_with_the_reference_evaluator_up_to_rounding(name: str) -> None:
    onnx = pytest.importorskip("onnx")
    reference = pytest.importorskip("onnx.reference")
    path = published(name)
    net = load(path)
    model = onnx.load(str(path))
    constants = {tensor.name for tensor in model.graph.initializer}
    (entry,) = [entry for entry in model.graph.input if entry.name not in constants]
    shape = [dimension.dim_value or 1 for dimension in entry.type.tensor_type.shape.dim]
    session = reference.ReferenceEvaluator(model)
    rng = np.random.default_rng(3)
    for _ in range(3):
        x = rng.normal(size=shape).astype(np.float32)
        (answer,) = session.run(None, {entry.name: x})
        exact = np.array([float(value) for value in net(x.ravel().tolist())])
        assert np.allclose(answer.ravel(), exact, rtol=1e-3, atol=1e-4)


def test_an_npz_file_is_read_bit_by_bit() -> None:
    path = published("victim_512-2-2-1.npz")
    with np.load(path, allow_pickle=False) as arrays:
        expected = Network.from_arrays([(arrays[f"W{k}"], arrays[f"b{k}"]) for k in range(3)])
    assert load(path) == expected


def test_importing_the_package_imports_no_format() -> None:
    import subprocess

    program = (
        "import sys, exactrev, exactrev.network; "
        "print([m for m in ('onnx', 'h5py', 'torch', 'sklearn', 'exactrev.network.files') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
