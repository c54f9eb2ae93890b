"""Keras models: the chain of Dense layers that the configuration describes, with the weights that belong to it."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from file_builders import (
    DYADIC,
    dense,
    keras_archive,
    keras_h5,
    keras_layer,
    npy,
    published,
    refusal,
    sequential,
    zipped,
)

from exactrev.errors import BadInput
from exactrev.network import AffineMap, load
from exactrev.network.files.disk import Source
from exactrev.network.files.keras_format.config import Step, find_steps

h5py = pytest.importorskip("h5py")

(W0, B0), (W1, B1) = ([array.astype("f4") for array in layer.as_floats()] for layer in DYADIC.layers)
WEIGHTS = {"first": [W0.T, B0], "last": [W1.T, B1]}
MODEL = sequential(dense("first", 3, "relu"), dense("last", 1))
FIRST, LAST = Step("first", 3, relu=True), Step("last", 1)
IDENTITY = AffineMap.from_arrays(np.eye(3), np.zeros(3))


def steps_of(config: Any) -> tuple[list[Step], int | None]:
    """What the configuration alone says."""
    return find_steps(Source("net.h5", b"", ""), "model_config", json.dumps(config).encode())


def refused(config: Any) -> str:
    with pytest.raises(BadInput) as caught:
        steps_of(config)
    return str(caught.value)


@pytest.fixture
def h5(tmp_path: Path) -> Path:
    return tmp_path / "net.h5"


# -- what is read ----------------------------------------------------------------------------------------------------


def test_a_whole_model_in_hdf5_is_read(h5: Path) -> None:
    net = load(keras_h5(h5, MODEL, WEIGHTS))
    assert net == DYADIC
    assert net.provenance is not None
    assert (net.provenance.format, net.provenance.dtype) == ("Keras HDF5", "float32")


@pytest.mark.parametrize("root", ["layers", "_layer_checkpoint_dependencies"])
def test_a_keras_archive_is_read(tmp_path: Path, root: str) -> None:
    net = load(keras_archive(tmp_path / "net.keras", MODEL, list(WEIGHTS.items()), root))
    assert net == DYADIC
    assert net.provenance is not None
    assert net.provenance.format == "Keras archive"


def test_the_published_keras_1_model_is_read_exactly(tmp_path: Path) -> None:
    path = published("KerasTestNetwork.h5")
    net = load(path)
    assert net.architecture == "5-45-45-45-45-45-45-5"
    with h5py.File(path) as file:
        for k, layer in enumerate(net.layers, start=1):
            group = file[f"model_weights/dense_{k}"]
            assert layer == AffineMap.from_arrays(group[f"dense_{k}_W"][()].T, group[f"dense_{k}_b"][()])


@pytest.mark.parametrize("dtype", ["<f2", "<f8", ">f4"])
def test_all_ieee_floats_are_exact(h5: Path, dtype: str) -> None:
    weights = {name: [array.astype(dtype) for array in arrays] for name, arrays in WEIGHTS.items()}
    assert load(keras_h5(h5, MODEL, weights)) == DYADIC


@pytest.mark.parametrize(
    "layers",
    [
        [keras_layer("Dropout", "d", rate=0.5), dense("first", 3, "relu"), dense("last", 1, None)],
        [dense("first", 3, "relu"), keras_layer("GaussianNoise", "d", stddev=1), dense("last", 1)],
        [keras_layer("Flatten", "f", data_format="channels_last"), dense("first", 3, "relu"), dense("last", 1)],
        [keras_layer("Activation", "a", activation="linear"), dense("first", 3, "relu"), dense("last", 1)],
    ],
)
def test_layers_that_do_nothing_are_passed_over(layers: list[Any]) -> None:
    assert steps_of(sequential(*layers)) == ([FIRST, LAST], 2)


@pytest.mark.parametrize(
    "layer",
    [
        keras_layer("Activation", "a", activation="relu"),
        keras_layer("ReLU", "a", max_value=None, negative_slope=0.0, threshold=0),
        keras_layer("ReLU", "a"),
    ],
)
def test_an_activation_may_be_a_layer_of_its_own(layer: dict[str, Any]) -> None:
    model = sequential(dense("first", 3), layer, dense("last", 1))
    assert steps_of(model) == ([Step("first", 3), Step("a"), LAST], 2)


def test_the_relu_of_an_activation_layer_is_the_same_relu(h5: Path) -> None:
    model = sequential(dense("first", 3), keras_layer("ReLU", "a"), dense("last", 1))
    assert load(keras_h5(h5, model, WEIGHTS)) == DYADIC


def test_keras_1_spells_it_otherwise() -> None:
    config = [
        {"class_name": "Dense", "config": {"name": "first", "output_dim": 3, "activation": "relu", "bias": True,
                                           "batch_input_shape": [None, 2]}},
        {"class_name": "Dense", "config": {"name": "last", "output_dim": 1, "activation": "linear", "bias": True}},
    ]  # fmt: skip
    assert steps_of({"class_name": "Sequential", "config": config}) == ([FIRST, LAST], 2)


def test_a_layer_without_bias_has_a_zero_bias(h5: Path) -> None:
    model = sequential(dense("first", 3, "relu", use_bias=False), dense("last", 1))
    net = load(keras_h5(h5, model, {"first": [W0.T], "last": WEIGHTS["last"]}))
    assert net.layers[0] == AffineMap.from_arrays(W0, [0, 0, 0])


def test_dense_layers_without_an_activation_are_folded(h5: Path) -> None:
    net = load(keras_h5(h5, sequential(dense("first", 3), dense("last", 1)), WEIGHTS))
    assert net.depth == 0
    assert net((1, 2)) == DYADIC.layers[1](DYADIC.layers[0]((1, 2)))


def test_a_model_that_ends_in_a_relu_gets_an_identity_output_layer(h5: Path) -> None:
    net = load(keras_h5(h5, sequential(dense("first", 3, "relu")), {"first": WEIGHTS["first"]}))
    assert net.layers == (DYADIC.layers[0], IDENTITY)
    assert net.provenance is not None
    assert "identity output layer" in net.provenance.reading


def test_names_cut_into_pieces_are_put_together(h5: Path) -> None:
    keras_h5(h5, MODEL, WEIGHTS)
    with h5py.File(h5, "a") as file:
        attributes = file["model_weights/first"].attrs
        kernel, bias = attributes["weight_names"]
        del attributes["weight_names"]
        attributes["weight_names0"], attributes["weight_names1"] = [kernel], [bias]
    assert load(h5) == DYADIC


# -- functional models -----------------------------------------------------------------------------------------------


def functional(*layers: dict[str, Any], keras: int = 3, **calls: Any) -> dict[str, Any]:
    """A chain, unless `calls` says of a layer what else it is called on."""
    first = keras_layer("InputLayer", "in", batch_shape=[None, 2])
    first["inbound_nodes"] = []
    chain = [first]
    for layer in layers:
        before, name = chain[-1]["config"]["name"], layer["config"]["name"]
        if keras == 3:
            tensor = {"class_name": "__keras_tensor__", "config": {"shape": [None, 2], "keras_history": [before, 0, 0]}}
            call: Any = {"args": [tensor], "kwargs": {"training": False, "mask": None}}
        else:
            call = [[before, 0, 0, {}]]
        chain.append({**layer, "name": name, "inbound_nodes": calls.get(name, [call])})
    config = {"layers": chain, "input_layers": [["in", 0, 0]], "output_layers": [chain[-1]["config"]["name"], 0, 0]}
    return {"module": "keras.src.models.functional", "class_name": "Functional", "config": config}


@pytest.mark.parametrize("keras", [2, 3])
def test_a_functional_model_that_is_a_chain_is_read(keras: int) -> None:
    model = functional(dense("first", 3, "relu"), keras_layer("Dropout", "d"), dense("last", 1), keras=keras)
    assert steps_of(model) == ([FIRST, LAST], 2)


@pytest.mark.parametrize(
    "calls",
    [
        [],
        [[["in", 0, 0, {}]]],
        [[["first", 0, 0, {}], ["in", 0, 0, {}]]],
        [[["first", 0, 0, {}]]] * 2,
        [[["first", 1, 0, {}]]],
        [[["first", 0, 0, {"training": True}]]],
        [{"args": [], "kwargs": {}}],
        [{"args": [["first", 0, 0]], "kwargs": {}}],
        "first",
        [None],
    ],
)
def test_a_functional_model_that_is_no_chain_is_refused_by_layer(calls: Any) -> None:
    assert "layer 'last'" in refused(functional(dense("first", 3, "relu"), dense("last", 1), last=calls))


def test_another_output_than_the_last_layer_is_refused() -> None:
    model = functional(dense("first", 3, "relu"), dense("last", 1))
    model["config"]["output_layers"] = [["first", 0, 0], ["last", 0, 0]]
    assert "output_layers" in refused(model)


# -- configurations that are refused ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "found"),
    [
        (keras_layer("BatchNormalization", "bn"), "BatchNormalization layer 'bn': found an unsupported layer"),
        (keras_layer("Conv2D", "c"), "Conv2D layer 'c': found an unsupported layer"),
        (dense("first", 3, "softmax"), "Dense layer 'first': found activation: the string 'softmax'"),
        (dense("first", 3, {"class_name": "function", "config": "relu"}), "activation: an object"),
        (keras_layer("ReLU", "r", max_value=6), "max_value: the number 6"),
        (keras_layer("ReLU", "r", negative_slope=0.1), "negative_slope: the number 0.1"),
        (keras_layer("ReLU", "r", threshold="0"), "threshold: the string '0'"),
        (keras_layer("Activation", "a", activation="tanh"), "activation: the string 'tanh'"),
        (keras_layer("Dense", "first", units=3, activation=None), "use_bias: null"),
        (dense("first", 0), "units: the number 0"),
        (dense("first", 3) | {"module": "my.layers"}, "the custom class 'Dense'"),
        (dense("first", 3) | {"registered_name": "mine>Dense"}, "the custom class 'Dense'"),
        (dense("last", 3), "a second layer of this name"),
        (keras_layer("ReLU", "r", threshold=float("nan")), "threshold: the number NaN"),
        ({"class_name": "Dense", "config": {"units": 3}}, "a layer without a name"),
        ({"class_name": "Dense", "config": []}, "a layer without a name"),
        (keras_layer("InputLayer", "more", batch_shape=[None, 1]), "a second input"),
        (keras_layer("Dense", "first", units=3, use_bias=True, quantization_config={}), "quantized weights"),
        ({"class_name": "Dense"}, "no config"),
        ({"config": {}}, "an object"),
        (7, "the number 7"),
    ],
)
def test_a_layer_that_is_not_supported_is_refused_by_name(layer: Any, found: str) -> None:
    assert found in refused(sequential(layer, dense("last", 1)))


@pytest.mark.parametrize(
    ("config", "found"),
    [
        ([], "an array"),
        ({"class_name": "Mine", "config": {"layers": [1]}}, "a model of class 'Mine'"),
        ({"class_name": "Sequential", "config": {"layers": []}}, "no layers"),
    ],
)
def test_a_configuration_that_is_no_model_is_refused(config: Any, found: str) -> None:
    assert found in refused(config)


@pytest.mark.parametrize("shape", [[None, None], [None], [None, 2.5], "2", [None, 0]])
def test_an_input_of_unknown_shape_is_refused(shape: Any) -> None:
    assert "InputLayer layer 'in'" in refused(sequential(batch_shape=shape))


def test_without_any_input_shape_the_kernel_decides(h5: Path) -> None:
    assert load(keras_h5(h5, sequential(*MODEL["config"]["layers"][1:], batch_shape=None), WEIGHTS)) == DYADIC


def test_a_relu_on_inputs_of_unknown_number_is_refused(h5: Path) -> None:
    model = sequential(keras_layer("ReLU", "r"), dense("first", 3, "relu"), dense("last", 1), batch_shape=None)
    assert "layer 'r': found a ReLU on inputs of unknown number" in refusal(keras_h5(h5, model, WEIGHTS))


def test_a_layer_too_large_to_write_down_is_refused(h5: Path) -> None:
    # A ReLU on 3000 inputs needs an identity matrix with 9 million entries.
    model = sequential(keras_layer("ReLU", "r"), dense("last", 1), batch_shape=[None, 3000])
    weights = {"last": [np.ones((3000, 1), "f4"), np.ones(1, "f4")]}
    assert "an array of more than" in refusal(keras_h5(h5, model, weights))


def test_an_image_needs_to_be_flattened_in_row_major_order() -> None:
    layers = MODEL["config"]["layers"][1:]
    assert "an input of shape (2, 1)" in refused(sequential(*layers, batch_shape=[None, 2, 1]))
    flattened = keras_layer("Flatten", "f", data_format="channels_first")
    assert "data_format channels_first" in refused(sequential(flattened, *layers, batch_shape=[None, 2, 1]))
    flattened = keras_layer("Flatten", "f", data_format="channels_last")
    assert steps_of(sequential(flattened, *layers, batch_shape=[None, 2, 1])) == ([FIRST, LAST], 2)


# -- HDF5 that is refused --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "found"),
    [
        (sequential(keras_layer("Dropout", "d")), "no Dense layers"),
        (sequential(dense("first", 3, "relu"), dense("last", 1), batch_shape=[None, 5]), "2 inputs; expected 5"),
        (sequential(dense("first", 2, "relu"), dense("last", 1)), "the shape (2, 3)"),
    ],
)
def test_weights_of_another_model_are_refused(h5: Path, config: Any, found: str) -> None:
    assert found in refusal(keras_h5(h5, config, WEIGHTS))


@pytest.mark.parametrize(
    ("weights", "found"),
    [
        ({"first": WEIGHTS["first"]}, "model_weights/last: found no group"),
        (WEIGHTS | {"last": [W1.T]}, "1 arrays; expected 2"),
        (WEIGHTS | {"last": [W1.T, B1, B1]}, "3 arrays; expected 2"),
        (WEIGHTS | {"last": [W1, B1]}, "the shape (1, 3); expected (inputs, 1)"),
        (WEIGHTS | {"last": [W1.T, W1]}, "the shape (1, 3)"),
        (WEIGHTS | {"last": [np.array([[1], [np.nan], [0]]), B1]}, "last/kernel:0[0, 1]: found nan"),
        (WEIGHTS | {"last": [np.array([[1], [np.inf], [0]]), B1]}, "last/kernel:0[0, 1]: found inf"),
        (WEIGHTS | {"last": [np.ones((3, 1), "i4"), B1]}, "the dtype int32"),
        (WEIGHTS | {"last": [np.ones((3, 1), "c8"), B1]}, "the dtype complex64"),
        (WEIGHTS | {"last": [np.ones((3, 1), "S3"), B1]}, "the dtype |S3"),
        (WEIGHTS | {"last": [np.ones((3, 1), "g"), B1]}, "the dtype float128"),
    ],
)
def test_weights_that_do_not_fit_are_refused(h5: Path, weights: Any, found: str) -> None:
    if "float128" in found and np.dtype("g").itemsize != 16:
        pytest.skip("long doubles are no wider than doubles here")
    assert found in refusal(keras_h5(h5, MODEL, weights))


def test_weights_without_a_model_are_refused(h5: Path) -> None:
    keras_h5(h5, MODEL, WEIGHTS)
    with h5py.File(h5, "a") as file:
        del file.attrs["model_config"]
    assert "a whole model, not its weights alone" in refusal(h5)


@pytest.mark.parametrize(
    "kind", ["soft", "external link", "external data", "virtual", "compressed", "no data", "chunks"]
)
def test_data_that_are_elsewhere_or_filtered_are_refused(tmp_path: Path, kind: str) -> None:
    path, outside = keras_h5(tmp_path / "net.h5", MODEL, WEIGHTS), tmp_path / "outside.h5"
    with h5py.File(outside, "w") as other:
        other["kernel"] = W1.T
    with h5py.File(path, "a") as file:
        place = "model_weights/last/last/kernel:0"
        del file[place]
        if kind == "soft":
            file[place] = h5py.SoftLink("/model_weights/first/first/kernel:0")
        elif kind == "external link":
            file[place] = h5py.ExternalLink(str(outside), "kernel")
        elif kind == "external data":
            file.create_dataset(place, (3, 1), "f4", external=[(str(tmp_path / "raw"), 0, 12)])
        elif kind == "virtual":
            layout = h5py.VirtualLayout((3, 1), "f4")
            layout[:] = h5py.VirtualSource(str(outside), "kernel", (3, 1))
            file.create_virtual_dataset(place, layout)
        elif kind == "compressed":
            file.create_dataset(place, data=W1.T, compression="gzip")
        elif kind == "no data":
            file.create_dataset(place, (3, 1), "f4")
        else:
            file.create_dataset(place, (3, 1), "f4", maxshape=(None, None), chunks=(1 << 13, 1 << 13))
    line = refusal(path)
    assert "last/kernel:0" in line
    expected = {"soft": "a link", "external link": "a link", "external data": "data in another file",
                "virtual": "data in another file", "compressed": "compressed or filtered data",
                "no data": "fewer data", "chunks": "chunks of shape"}  # fmt: skip
    assert f"found {expected[kind]}" in line


def test_a_text_in_several_pieces_where_one_is_due_is_refused(h5: Path) -> None:
    keras_h5(h5, MODEL, WEIGHTS)
    with h5py.File(h5, "a") as file:
        del file.attrs["model_config"]
        file.attrs["model_config"] = [b"{}", b"{}"]
    assert "/, model_config: found 2 strings" in refusal(h5)


def test_numbers_too_far_apart_are_refused(h5: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exactrev.network.files.exact_arrays.MAX_BITS", 300)
    model = sequential(dense("first", 3), dense("last", 1))
    huge = {"first": [W0.T * np.float32(1e5), B0], "last": [W1.T * np.float32(2.0**-60), B1]}
    assert "too many digits" in refusal(keras_h5(h5, model, huge))


def test_groups_that_contain_themselves_do_not_trap_the_reader(h5: Path) -> None:
    keras_h5(h5, MODEL, WEIGHTS)
    with h5py.File(h5, "a") as file:
        file["model_weights/again"] = file["model_weights"]
    assert "too many groups and arrays, or nested too deep" in refusal(h5)


def test_a_file_that_traps_the_library_is_given_up(h5: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exactrev.network.files.keras_format.hdf5.MAX_SECONDS", 0.001)
    assert "busy without end" in refusal(keras_h5(h5, MODEL, WEIGHTS))


def test_a_damaged_file_is_refused_with_the_complaint_of_the_library(h5: Path) -> None:
    data = bytearray(keras_h5(h5, MODEL, WEIGHTS).read_bytes())
    data[0x60:0x68] = b"\xff" * 8  # inside the root group's header
    h5.write_bytes(data)
    assert "damaged data (" in refusal(h5)


def test_a_file_cut_anywhere_is_refused(h5: Path) -> None:
    data = keras_h5(h5, MODEL, WEIGHTS).read_bytes()
    for end in [*range(200), *range(200, len(data), 97), len(data) - 1]:
        h5.write_bytes(data[:end])
        refusal(h5)
    h5.write_bytes(data + b"\0")
    assert "superblock" in refusal(h5)


# -- archives that are refused ---------------------------------------------------------------------------------------


def members_of(path: Path) -> dict[str, bytes]:
    import zipfile

    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_archives_without_their_parts_are_refused(tmp_path: Path) -> None:
    path = keras_archive(tmp_path / "net.keras", MODEL, list(WEIGHTS.items()))
    members = members_of(path)
    for name in ("config.json", "model.weights.h5"):
        zipped(path, {k: v for k, v in members.items() if k != name})
        assert f"no member {name}" in refusal(path)
    zipped(path, members | {"model.weights.h5": npy(np.ones(1))})
    assert "expected an HDF5 file" in refusal(path)
    zipped(path, members | {"config.json": b"{"})
    assert "config.json, line 1" in refusal(path)


@pytest.mark.parametrize(
    ("weights", "found"),
    [
        ([("first", WEIGHTS["first"])], "1 groups of Dense weights; expected 2"),
        ([("last", WEIGHTS["last"]), ("first", WEIGHTS["first"])], "weights of 'last'; expected those of 'first'"),
        ([("first", [W0.T]), ("last", WEIGHTS["last"])], "1 arrays; expected 2"),
    ],
)
def test_archives_whose_weights_do_not_fit_are_refused(tmp_path: Path, weights: Any, found: str) -> None:
    assert found in refusal(keras_archive(tmp_path / "net.keras", MODEL, weights))


def test_weights_with_other_names_are_refused(tmp_path: Path) -> None:
    path = keras_archive(tmp_path / "net.keras", MODEL, list(WEIGHTS.items()))
    members = members_of(path)
    buffer = io.BytesIO(members["model.weights.h5"])
    with h5py.File(buffer, "a") as file:
        file.move("layers/dense/vars/1", "layers/dense/vars/bias")
    zipped(path, members | {"model.weights.h5": buffer.getvalue()})
    assert "the names ['0', 'bias']; expected 0, 1" in refusal(path)


def test_an_archive_without_layers_is_refused(tmp_path: Path) -> None:
    path = keras_archive(tmp_path / "net.keras", MODEL, list(WEIGHTS.items()), "elsewhere")
    assert "no group of layers" in refusal(path)


def test_an_archive_cut_anywhere_is_refused(tmp_path: Path) -> None:
    path = keras_archive(tmp_path / "net.keras", MODEL, list(WEIGHTS.items()))
    data = path.read_bytes()
    for end in [*range(0, len(data), 97), *range(len(data) - 30, len(data))]:
        path.write_bytes(data[:end])
        refusal(path)


def test_without_h5py_one_line_says_what_to_install(h5: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keras_h5(h5, MODEL, WEIGHTS)
    monkeypatch.setitem(sys.modules, "h5py", None)
    assert 'pip install "exactrev[formats]"' in refusal(h5)


def test_the_worker_answers_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: Any) -> None:
    from exactrev.network.files.keras_format import hdf5_worker

    data = keras_h5(tmp_path / "net.h5", MODEL, WEIGHTS).read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    monkeypatch.setattr(hdf5_worker, "_limit_resources", lambda: None)  # this process goes on
    hdf5_worker.main()
    answer = capsysbinary.readouterr().out
    length = int.from_bytes(answer[:8], "little")
    contents = json.loads(answer[8 : 8 + length])
    paths = [f"model_weights/{name}/{name}/{kind}:0" for name in ("first", "last") for kind in ("bias", "kernel")]
    assert list(contents["arrays"]) == paths
    body = b"".join(np.ascontiguousarray(array).tobytes() for array in (B0, W0.T, B1, W1.T))
    assert answer[8 + length :] == body
