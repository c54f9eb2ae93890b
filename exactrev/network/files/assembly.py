"""From named arrays to a network: the checks that every format shares, done once.

Knows shapes, orders and exact values; does not know how a format stores them. Every refusal is a `BadInput` that
names the file, the place and what was expected there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from exactrev.errors import BudgetSpent, InexactInput
from exactrev.network.affine import AffineMap
from exactrev.network.files.disk import Source, shown
from exactrev.network.files.exact_arrays import MAX_ENTRIES, ExactArray
from exactrev.network.network import Network

__all__ = [
    "AnyArray",
    "NamedLayer",
    "affine_map_of",
    "check_room_for",
    "exact_array_of",
    "layers_by_name",
    "network_of_layers",
    "network_of_maps",
    "number_of_entries",
    "widen_bfloat16",
]

AnyArray = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class NamedLayer:
    """One affine map as a file stores it: a matrix (out, in) and a vector (out), with the names of both."""

    weight_name: str
    W: AnyArray
    bias_name: str
    b: AnyArray


def widen_bfloat16(words: AnyArray) -> npt.NDArray[np.float32]:
    """The values of bfloat16 numbers, given as unsigned 16 bit words: the upper halves of float32 numbers."""
    return (words.astype(np.uint32) << 16).view(np.float32)


def exact_array_of(source: Source, name: str, array: AnyArray) -> ExactArray:
    """`array` exactly. A NaN or an infinity is refused with its place."""
    try:
        return ExactArray.from_numpy(array)
    except InexactInput as error:
        if "index" not in error.data:
            raise source.refuse(name, f"the dtype {array.dtype}", "integers or floats of at most 64 bits") from None
        place = f"{name}[{', '.join(map(str, error.index))}]"
        raise source.refuse(place, str(error.value), "a finite number") from None
    except BudgetSpent as error:
        raise source.refuse(name, str(error), "a smaller array") from None


def affine_map_of(source: Source, layer: NamedLayer) -> AffineMap:
    """The affine map of one layer: a matrix and a vector with as many entries as the matrix has rows."""
    if layer.W.ndim != 2 or 0 in layer.W.shape:
        raise source.refuse(layer.weight_name, f"the shape {layer.W.shape}", "a matrix of shape (out, in), not empty")
    n_out = layer.W.shape[0]
    if layer.b.shape != (n_out,):
        raise source.refuse(
            layer.bias_name,
            f"the shape {layer.b.shape}",
            f"({n_out},), one bias for each row of {layer.weight_name} of shape {layer.W.shape}",
        )
    W = exact_array_of(source, layer.weight_name, layer.W)
    b = exact_array_of(source, layer.bias_name, layer.b)
    try:
        return W.affine_map(b)
    except BudgetSpent as error:
        raise source.refuse(layer.weight_name, str(error), "a smaller array") from None


def network_of_layers(
    source: Source, layers: Sequence[NamedLayer], *, format: str, dtype: str, reading: str
) -> Network:
    """The network with these layers in this order, ReLU between them."""
    for below, above in pairwise(layers):
        if below.W.ndim == above.W.ndim == 2 and below.W.shape[0] != above.W.shape[1]:
            transposed = below.W.shape[1] == above.W.shape[0]
            raise source.refuse(
                f"{below.weight_name} and {above.weight_name}",
                f"the shapes {below.W.shape} and {above.W.shape}" + (", which chain transposed" if transposed else ""),
                "matrices of shape (out, in), each taking in what the one before puts out",
            )
    check_room_for(source, (layer.W.shape for layer in layers))
    maps = [affine_map_of(source, layer) for layer in layers]
    return network_of_maps(source, maps, format=format, dtype=dtype, reading=reading)


def network_of_maps(source: Source, maps: Sequence[AffineMap], *, format: str, dtype: str, reading: str) -> Network:
    """The network with these affine maps, ReLU between them, and its provenance."""
    for k, (below, above) in enumerate(pairwise(maps), start=1):
        if below.n_out != above.n_in:
            raise source.refuse(
                f"layers {k} and {k + 1}",
                f"{below.n_out} outputs, then {above.n_in} inputs",
                "as many inputs as the layer before has outputs",
            )
    return Network(tuple(maps), source.provenance(format, dtype, reading))


def check_room_for(source: Source, shapes: Iterable[Sequence[int]]) -> None:
    """Refuse arrays of more than `MAX_ENTRIES` entries together, before any of them is converted."""
    total = sum(prod(shape) for shape in shapes)
    if total > MAX_ENTRIES:
        raise source.refuse("", f"{total} weights", f"at most {MAX_ENTRIES}")


def number_of_entries(source: Source, place: str, shape: Sequence[int]) -> int:
    """The number of entries of an array with this shape; shapes beyond all limits are refused."""
    entries = prod(shape)
    if not 0 < entries <= MAX_ENTRIES:
        raise source.refuse(place, f"the shape {shown(tuple(shape))}", f"1 to {MAX_ENTRIES} entries")
    return entries


# -- layers from names -----------------------------------------------------------------------------------------------


def layers_by_name(source: Source, tensors: Mapping[str, AnyArray]) -> list[NamedLayer]:
    """The layers of a dictionary of tensors named ``<prefix>.weight`` and ``<prefix>.bias``.

    Such files do not say in which order the layers act. Prefixes that differ in their numbers only (``fc1``, ``fc2``,
    ``fc10``) are taken in the order of the numbers. Others (``hidden``, ``head``) are accepted when their shapes
    chain in exactly one order.
    """
    layers: dict[str, NamedLayer] = {}
    for name, tensor in tensors.items():
        prefix, _, kind = name.rpartition(".")
        if kind not in ("weight", "bias"):
            raise source.refuse(shown(name), "a tensor of this name", "names that end in .weight or .bias only")
        if f"{prefix}.weight" not in tensors:
            raise source.refuse(shown(name), "a bias without weights", f"a tensor {shown(prefix + '.weight')} too")
        if f"{prefix}.bias" not in tensors:
            raise source.refuse(shown(name), "weights without a bias", f"a tensor {shown(prefix + '.bias')} too")
        if kind == "weight":
            if tensor.ndim != 2:
                raise source.refuse(shown(name), f"the shape {tensor.shape}", "the matrix of a fully connected layer")
            layers[prefix] = NamedLayer(name, tensor, f"{prefix}.bias", tensors[f"{prefix}.bias"])
    if not layers:
        raise source.refuse("", "no tensors", "tensors named <prefix>.weight and <prefix>.bias")
    numbers = {prefix: tuple(map(int, re.findall(r"[0-9]{1,18}", prefix))) for prefix in layers}
    template = {re.sub(r"[0-9]{1,18}", "0", prefix) for prefix in layers}
    if len(template) == 1 and len(set(numbers.values())) == len(numbers):
        return [layers[prefix] for prefix in sorted(layers, key=numbers.__getitem__)]
    orders = _orders_that_chain([layer.W.shape for layer in layers.values()])
    if len(orders) != 1:
        names = ", ".join(map(shown, layers))
        how = "several orders" if orders else "no order"
        expected = "numbered names, such as fc1, fc2"
        raise source.refuse(shown(names, 200), f"layers whose shapes chain in {how}", expected)
    by_position = list(layers.values())
    return [by_position[i] for i in orders[0]]


def _orders_that_chain(shapes: Sequence[tuple[int, ...]]) -> list[list[int]]:
    """Orders in which the matrices chain: none, the only one, or two of several (then nobody needs the others)."""
    found: list[list[int]] = []
    steps = 0

    def extend(order: list[int]) -> None:
        nonlocal steps
        steps += 1
        if len(order) == len(shapes):
            found.append(list(order))
            return
        for i, shape in enumerate(shapes):
            if len(found) > 1 or steps > 10_000:
                return
            if i not in order and (not order or shape[1] == shapes[order[-1]][0]):
                order.append(i)
                extend(order)
                order.pop()

    if len(shapes) <= 100:
        extend([])
    return found if steps <= 10_000 else []
