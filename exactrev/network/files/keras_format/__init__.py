"""Keras models: ``.h5`` files of Keras 1, 2 and 3, and ``.keras`` archives of Keras 3.

Knows where each kind keeps its configuration (`config`) and its weights (`hdf5`): a kernel of shape (in, out) and a
bias for each Dense layer. Keras itself is not needed. Consecutive Dense layers without an activation are folded
exactly; a model that ends in a ReLU becomes a hidden layer with an identity output layer.
"""

from __future__ import annotations

import re

import numpy as np

from exactrev.errors import BudgetSpent
from exactrev.network.affine import AffineMap
from exactrev.network.files.assembly import (
    AnyArray,
    NamedLayer,
    affine_map_of,
    check_room_for,
    network_of_maps,
)
from exactrev.network.files.disk import Source, shown
from exactrev.network.files.exact_arrays import ExactArray, fold
from exactrev.network.files.keras_format.config import Step, find_steps
from exactrev.network.files.keras_format.hdf5 import SIGNATURE, Hdf5, open_hdf5
from exactrev.network.files.zip_archive import find_members, unpack
from exactrev.network.network import Network

__all__ = ["read_keras"]

_CONFIG, _WEIGHTS = "config.json", "model.weights.h5"


def read_keras(source: Source, extension: str) -> Network:
    """The network in a Keras model; `extension` is ``.keras``, ``.h5`` or ``.hdf5``."""
    if extension == ".keras" and not source.data.startswith(SIGNATURE):
        return _read_archive(source)
    return _read_whole_model(source)


def _read_whole_model(source: Source) -> Network:
    """HDF5 alone: the configuration is an attribute, each layer has a group that lists its weights by name."""
    file = open_hdf5(source, source.data)
    config = file.text("", "model_config")
    if config is None:
        raise source.refuse("model_config", "no such attribute", "a whole model, not its weights alone")
    steps, n_in = find_steps(source, "model_config", config.encode("utf-8", "surrogatepass"))
    layers: dict[str, NamedLayer] = {}
    for step in steps:
        if step.units is not None:
            group = f"model_weights/{step.name}"
            names = file.texts(group, "weight_names") or []
            _check_count(source, group, len(names), step)
            layers[step.name] = _dense_layer(source, step, file, [f"{group}/{name}" for name in names])
    return _network(source, steps, n_in, layers, "Keras HDF5")


def _read_archive(source: Source) -> Network:
    """A zip of the configuration and an HDF5 file whose groups are numbered by class: dense, dense_1, ... ."""
    members = find_members(source)
    for name in (_CONFIG, _WEIGHTS):
        if name not in members:
            raise source.refuse("", f"no member {name}", f"{_CONFIG} and {_WEIGHTS}")
    steps, n_in = find_steps(source, _CONFIG, unpack(source, members[_CONFIG]))
    dense = [step for step in steps if step.units is not None]
    layers: dict[str, NamedLayer] = {}
    file = open_hdf5(source, unpack(source, members[_WEIGHTS]))
    roots = ("layers", "_layer_checkpoint_dependencies")
    root = next((root for root in roots if file.has_group(root)), None)
    if root is None:
        raise source.refuse(_WEIGHTS, "no group of layers", f"the group {roots[0]}")
    groups = [name for name in file.names(root) if re.fullmatch("dense(_[0-9]+)?", name)]
    if len(groups) != len(dense):
        raise source.refuse(f"{_WEIGHTS}/{root}", f"{len(groups)} groups of Dense weights", f"{len(dense)}")
    for number, step in enumerate(dense):
        group = f"{root}/dense_{number}/vars" if number else f"{root}/dense/vars"
        owner = file.text(group, "name")
        if owner is not None and owner != step.name:
            raise source.refuse(f"{_WEIGHTS}/{group}", f"weights of {shown(owner)}", f"those of {shown(step.name)}")
        names = sorted(file.names(group))
        if names != [str(i) for i in range(len(names))]:
            raise source.refuse(f"{_WEIGHTS}/{group}", f"the names {shown(names)}", "0, 1")
        _check_count(source, f"{_WEIGHTS}/{group}", len(names), step)
        layers[step.name] = _dense_layer(source, step, file, [f"{group}/{name}" for name in names])
    return _network(source, steps, n_in, layers, "Keras archive")


def _check_count(source: Source, place: str, found: int, step: Step) -> None:
    expected = 2 if step.use_bias else 1
    if found != expected:
        what = "a kernel and a bias" if step.use_bias else "a kernel"
        raise source.refuse(place, f"{found} arrays", f"{expected}, {what}")


def _dense_layer(source: Source, step: Step, file: Hdf5, paths: list[str]) -> NamedLayer:
    kernel = file.array(paths[0])
    if kernel.ndim != 2 or kernel.shape[1] != step.units:
        raise source.refuse(paths[0], f"the shape {kernel.shape}", f"(inputs, {step.units})")
    bias: AnyArray = file.array(paths[1]) if step.use_bias else np.zeros(kernel.shape[1], kernel.dtype)
    return NamedLayer(paths[0], kernel.T, paths[1] if step.use_bias else paths[0], bias)


def _network(
    source: Source, steps: list[Step], n_in: int | None, layers: dict[str, NamedLayer], format: str
) -> Network:
    if not layers:
        raise source.refuse("", "no Dense layers", "at least one")
    check_room_for(source, (layer.W.shape for layer in layers.values()))
    maps: list[AffineMap] = []
    width = n_in
    pending: AffineMap | None = None  # the affine map since the last ReLU
    try:
        for step in steps:
            if step.units is not None:
                affine = affine_map_of(source, layers[step.name])
                if width is not None and affine.n_in != width:
                    place = f"layer {shown(step.name)}"
                    raise source.refuse(place, f"a kernel with {affine.n_in} inputs", f"{width}, what comes before")
                pending = affine if pending is None else fold(pending, affine)
                width = affine.n_out
            if step.relu or step.units is None:
                if width is None:
                    place = f"layer {shown(step.name)}"
                    raise source.refuse(place, "a ReLU on inputs of unknown number", "their shape")
                maps.append(pending or _identity(width))
                pending = None
        ends_in_relu = pending is None
        maps.append(_identity(maps[-1].n_out) if pending is None else pending)
    except BudgetSpent as error:
        raise source.refuse("", str(error), "a smaller network") from None
    arrays = [array for layer in layers.values() for array in (layer.W, layer.b)]
    dtype = ", ".join(sorted({array.dtype.newbyteorder("=").name for array in arrays}))
    reading = f"{dtype} exact, consecutive affine maps folded exactly"
    if ends_in_relu:
        reading += "; ends in a ReLU, identity output layer added"
    return network_of_maps(source, maps, format=format, dtype=dtype, reading=reading)


def _identity(width: int) -> AffineMap:
    return ExactArray.identity(width).affine_map(ExactArray.zeros((width,)))
