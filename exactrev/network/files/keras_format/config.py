"""What a Keras model's configuration says: a chain of Dense layers and activations, or a reason to refuse it.

Knows the JSON that Keras 1, 2 and 3 write for Sequential and for Functional models. Layers that do nothing when a
model is evaluated (dropout, noise) are passed over, Flatten keeps the row-major order; every other layer is refused by
name, as is a model whose layers do not form one chain.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

from exactrev.arithmetic.numbers import parse_decimal
from exactrev.errors import InexactInput
from exactrev.network.files.disk import Source, shown
from exactrev.network.files.strict_json import NumberText, kind_of, parse_json

__all__ = ["Step", "find_steps"]

_MAX_DEPTH = 100
_IDLE = ("ActivityRegularization", "AlphaDropout", "Dropout", "GaussianDropout", "GaussianNoise")
_SUPPORTED = "Dense, Activation and ReLU, Flatten, dropout and noise"


@dataclass(frozen=True, slots=True)
class Step:
    """One Dense layer or (without `units`) one ReLU. A Dense layer with `relu` is followed by one."""

    name: str
    units: int | None = None
    use_bias: bool = True
    relu: bool = False


def find_steps(source: Source, place: str, text: bytes) -> tuple[list[Step], int | None]:
    """The steps of a model in order, and the number of inputs if the configuration tells it."""
    model = parse_json(source, place, text, max_depth=_MAX_DEPTH)
    layers = _layers(source, place, model)
    steps: list[Step] = []
    shape: tuple[int, ...] | None = None
    n_in: int | None = None
    for position, layer in enumerate(layers):
        class_name, name, config = _layer(source, place, layer)
        label = f"{place}, {shown(class_name)[1:-1]} layer {shown(name)}"
        declared = config.get("batch_input_shape", config.get("batch_shape"))
        if position == 0 and declared is not None:
            shape = _input_shape(source, label, declared)
            n_in = prod(shape)
        if class_name == "InputLayer":
            if position:
                raise source.refuse(label, "a second input", "one input")
        elif class_name == "Flatten":
            if config.get("data_format") == "channels_first" and (shape is None or len(shape) > 1):
                raise source.refuse(label, "data_format channels_first", "channels_last, which keeps the order")
            shape = None if shape is None else (prod(shape),)
        elif class_name == "Dense":
            if shape is not None and len(shape) != 1:
                raise source.refuse(label, f"an input of shape {shape}", "a vector (a Flatten layer before it)")
            step = _dense(source, label, name, config)
            if any(other.name == name for other in steps):
                raise source.refuse(label, "a second layer of this name", "every name once")
            steps.append(step)
            shape = (step.units or 0,)
        elif class_name in ("Activation", "ReLU"):
            if class_name == "ReLU":
                _check_plain_relu(source, label, config)
            if class_name == "ReLU" or _is_relu(source, label, config.get("activation")):
                steps.append(Step(name))
        elif class_name not in _IDLE:
            raise source.refuse(label, "an unsupported layer", _SUPPORTED)
    return steps, n_in


def _layers(source: Source, place: str, model: Any) -> list[Any]:
    """The layers of a model in the order in which they act."""
    class_name, _, config = _parts(source, place, model)
    if class_name not in ("Sequential", "Functional", "Model"):
        raise source.refuse(place, f"a model of class {shown(class_name)}", "Sequential or Functional")
    layers = config if isinstance(config, list) else config.get("layers")  # Keras 1 and early 2: the list itself
    if not isinstance(layers, list) or not layers:
        raise source.refuse(place, "no layers", "at least one layer")
    if class_name != "Sequential":
        _check_chain(source, place, config, layers)
    return layers


def _parts(source: Source, place: str, value: Any) -> tuple[str, Any, Any]:
    """class_name, name (None if not given beside the configuration), and config, of Keras' own classes only."""
    if not isinstance(value, dict) or not isinstance(value.get("class_name"), str):
        raise source.refuse(place, kind_of(value), "an object with a class_name")
    class_name = value["class_name"]
    module = value.get("module", "keras")
    registered = value.get("registered_name")
    ours = isinstance(module, str) and (module == "keras" or module.startswith("keras."))
    if not ours or registered not in (None, class_name):
        raise source.refuse(place, f"the custom class {shown(class_name)}", "a class of Keras")
    config = value.get("config")
    if not isinstance(config, (dict, list)):
        raise source.refuse(f"{place}, {shown(class_name)}", "no config", "an object")
    return class_name, value.get("name"), config


def _layer(source: Source, place: str, layer: Any) -> tuple[str, str, dict[str, Any]]:
    class_name, outer_name, config = _parts(source, place, layer)
    name = config.get("name", outer_name) if isinstance(config, dict) else None
    if not isinstance(config, dict) or not isinstance(name, str):
        raise source.refuse(f"{place}, {shown(class_name)}", "a layer without a name", "an object with a name")
    return class_name, name, config


def _dense(source: Source, label: str, name: str, config: dict[str, Any]) -> Step:
    units = config.get("units", config.get("output_dim"))  # Keras 1 says output_dim
    count = units.natural() if isinstance(units, NumberText) else None
    if not count:
        raise source.refuse(label, f"units: {kind_of(units)}", "a positive number of units")
    use_bias = config.get("use_bias", config.get("bias"))
    if not isinstance(use_bias, bool):
        raise source.refuse(label, f"use_bias: {kind_of(use_bias)}", "true or false")
    if config.get("quantization_config") is not None:
        raise source.refuse(label, "quantized weights", "floating point weights")
    return Step(name, count, use_bias, _is_relu(source, label, config.get("activation")))


def _is_relu(source: Source, label: str, activation: Any) -> bool:
    if activation == "relu":
        return True
    if activation in (None, "linear"):
        return False
    raise source.refuse(label, f"activation: {kind_of(activation)}", "relu or linear")


def _check_plain_relu(source: Source, label: str, config: dict[str, Any]) -> None:
    for key in ("max_value", "negative_slope", "threshold"):
        value = config.get(key)
        try:
            plain = value is None or (isinstance(value, NumberText) and key != "max_value" and not parse_decimal(value))
        except InexactInput:
            plain = False
        if not plain:
            raise source.refuse(label, f"{key}: {kind_of(value)}", "the plain ReLU")


def _input_shape(source: Source, label: str, declared: Any) -> tuple[int, ...]:
    sizes = declared[1:] if isinstance(declared, list) else []
    shape = [size.natural() if isinstance(size, NumberText) else None for size in sizes]
    known = tuple(size for size in shape if size)
    if not shape or len(known) < len(shape):
        raise source.refuse(label, "an input shape with unknown or no sizes", "[null, n], n known")
    return known


# -- functional models -----------------------------------------------------------------------------------------------


def _check_chain(source: Source, place: str, config: Any, layers: list[Any]) -> None:
    """Each layer is called once, on the output of the one before; the last one gives the output."""
    names = [_layer(source, place, layer)[1] for layer in layers]
    for end, name in (("input_layers", names[0]), ("output_layers", names[-1])):
        if _references(config.get(end) if isinstance(config, dict) else None) != [name]:
            raise source.refuse(f"{place}, {end}", "another end than that of one chain", f"the layer {shown(name)}")
    for position, layer in enumerate(layers):
        label = f"{place}, layer {shown(names[position])}"
        calls = layer.get("inbound_nodes")
        if not isinstance(calls, list) or len(calls) != (1 if position else 0):
            raise source.refuse(label, "a layer that is not called exactly once", "a chain of layers")
        if position and _call(source, label, calls[0]) != [names[position - 1]]:
            raise source.refuse(label, "inputs from other layers", f"the one input {shown(names[position - 1])}")


def _call(source: Source, label: str, call: Any) -> list[str]:
    """The names of the layers that a call takes its inputs from."""
    keywords: Any = {}
    inputs: Any
    if isinstance(call, dict):  # Keras 3: {"args": [tensor], "kwargs": {}}
        arguments, keywords = call.get("args"), call.get("kwargs")
        tensors = arguments if isinstance(arguments, list) else []
        inputs = [
            tensor["config"].get("keras_history")
            for tensor in tensors
            if isinstance(tensor, dict) and isinstance(tensor.get("config"), dict)
        ]
        if len(inputs) != len(tensors):
            inputs = None
    else:  # Keras 2: [[name, node, tensor, kwargs]]
        inputs = call
        if isinstance(call, list) and len(call) == 1 and isinstance(call[0], list) and len(call[0]) == 4:
            inputs, keywords = [call[0][:3]], call[0][3]
    # Dropout is told whether to drop: only a model that drops in use would mean something else.
    idle = isinstance(keywords, dict) and all(key in ("training", "mask") for key in keywords)
    if not idle or any(value not in (None, False) for value in keywords.values()):
        raise source.refuse(label, "arguments of the call", "a call on one tensor and nothing else")
    return _references(inputs)


def _references(value: Any) -> list[str]:
    """The names in [name, 0, 0] or [[name, 0, 0], ...]; empty for anything else."""
    if not isinstance(value, list) or not value:
        return []
    references = value if isinstance(value[0], list) else [value]
    names = [
        reference[0]
        for reference in references
        if isinstance(reference, list) and len(reference) == 3 and reference[1:] == ["0", "0"]
    ]
    return names if len(names) == len(references) and all(isinstance(name, str) for name in names) else []
