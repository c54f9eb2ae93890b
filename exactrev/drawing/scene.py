"""What there is to draw in a two-dimensional window, as arrays of floats. Knows nothing of matplotlib.

One polygon for every cell, one segment for every piece of every boundary, the bends, and the boundaries that are mere
points. All of it is read off a complex that was enumerated inside the window, so nothing is clipped here.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from exactrev.errors import InvalidNetwork
from exactrev.geometry import Boundaries, Box, RegionComplex, boundaries
from exactrev.network import Network, Neuron
from exactrev.network.affine import FloatArray

__all__ = ["BoundaryTrace", "Scene", "float_gradients", "float_values", "read_scene", "require_drawable"]

IntArray = npt.NDArray[np.int64]

SMALLEST = Fraction(1, 2**40)  # of a coordinate: a narrower window cannot be told apart in floats
LARGEST = 2**1000


@dataclass(frozen=True, slots=True)
class BoundaryTrace:
    """B[z] in the window: its pieces, `facets` of the complex.

    Boundaries of `sharers[k]` layers coincide along piece k; this one's layer is number `turn[k]` of them, from 0.

    `segments`: (pieces, 2, 2), a row per end; `bends`, `points`: (k, 2), the latter the isolated points of B[z].
    """

    neuron: Neuron
    facets: IntArray
    segments: FloatArray
    turn: IntArray
    sharers: IntArray
    bends: FloatArray
    points: FloatArray


@dataclass(frozen=True, slots=True)
class Scene:
    """The cells in the window as polygons, in the complex's order (regions first), and the boundaries between them."""

    complex: RegionComplex
    polygons: list[FloatArray]
    traces: list[BoundaryTrace]

    @property
    def network(self) -> Network:
        return self.complex.network

    @property
    def centres(self) -> FloatArray:
        """The mean of every polygon's corners (cells, 2)."""
        return np.array([polygon.mean(axis=0) for polygon in self.polygons])


def require_drawable(box: Box) -> None:
    """Raises `InvalidNetwork` for a window whose sides cannot be told apart in floats, or are beyond their range."""
    for axis, (low, high) in enumerate(zip(box.lo, box.hi, strict=True)):
        size = max(abs(low), abs(high))
        if size > LARGEST or high - low < SMALLEST * size or high - low < Fraction(1, LARGEST):
            raise InvalidNetwork("a window is too narrow or too large to be drawn", axis=axis, lower=low, upper=high)


def read_scene(complex: RegionComplex) -> Scene:
    """Everything to be drawn of a complex inside a two-dimensional box."""
    polygons = [_in_order(complex.cell_vertices(cell)) for cell in range(complex.n_cells)]
    segments = [_ends(complex.facet_vertices(facet)) for facet in range(complex.n_facets)]
    owners = [complex.facet_neurons(facet) for facet in range(complex.n_facets)]
    pieces: dict[Neuron, list[tuple[int, int, int]]] = {neuron: [] for neuron in complex.network.neurons()}
    for facet, neurons in enumerate(owners):
        layers = sorted({neuron.layer for neuron in neurons})
        for neuron in neurons:
            pieces[neuron].append((facet, layers.index(neuron.layer), len(layers)))
    bends, points = _marks(boundaries(complex), owners)
    traces = [
        BoundaryTrace(
            neuron,
            np.array([facet for facet, _, _ in own], np.int64),
            np.array([segments[facet] for facet, _, _ in own]).reshape(-1, 2, 2),
            np.array([turn for _, turn, _ in own], np.int64),
            np.array([count for _, _, count in own], np.int64),
            np.array(bends[neuron]).reshape(-1, 2),
            np.array(points[neuron]).reshape(-1, 2),
        )
        for neuron, own in pieces.items()
    ]
    return Scene(complex, polygons, traces)


def float_gradients(net: Network, signs: npt.NDArray[np.int8]) -> FloatArray:
    """The gradient of N's first output in cells with the given sign vectors (neurons, cells): (cells, n_in)."""
    W = [layer.as_floats()[0] for layer in net.layers]
    active = np.split((signs > 0).T, np.cumsum(net.hidden_widths)[:-1], axis=1) if net.depth else []
    rows = np.repeat(W[-1][:1], signs.shape[1], axis=0)
    with np.errstate(all="ignore"):
        for matrix, on in zip(reversed(W[:-1]), reversed(active), strict=True):
            rows = np.where(on, rows, 0.0) @ matrix
    return np.asarray(np.nan_to_num(rows))


def float_values(net: Network, points: FloatArray) -> FloatArray:
    """N's first output at points (k, n_in), rounded; what floats cannot hold comes out as the largest float."""
    with np.errstate(all="ignore"):
        values = points
        for layer in net.layers[:-1]:
            W, b = layer.as_floats()
            values = np.maximum(values @ W.T + b, 0.0)
        W, b = net.layers[-1].as_floats()
        return np.asarray(np.nan_to_num(values @ W[0] + b[0]))


def _marks(
    bounds: Boundaries, owners: list[tuple[Neuron, ...]]
) -> tuple[dict[Neuron, list[list[float]]], dict[Neuron, list[list[float]]]]:
    """For every neuron the points where its boundary bends, and the isolated points of its boundary."""
    bends: dict[Neuron, list[list[float]]] = {neuron: [] for neuron in bounds.complex.network.neurons()}
    isolated: dict[Neuron, list[list[float]]] = {neuron: [] for neuron in bends}
    neurons = list(bends)
    table = bounds.ridges
    for ridge in range(len(table)):
        ids = table.ids[ridge].tolist()
        bending = table.bends[table.ids.starts[ridge] : table.ids.starts[ridge + 1]].tolist()
        around = {neuron for facet in table.facets[ridge].tolist() for neuron in owners[facet]}
        alone = [neurons[i] for i in ids if neurons[i] not in around]
        turning = [neurons[i] for i, bend in zip(ids, bending, strict=True) if bend and neurons[i] in around]
        if alone or turning:
            point = [float(x) for x in bounds.ridge_point(ridge)]
            for neuron in alone:
                isolated[neuron].append(point)
            for neuron in turning:
                bends[neuron].append(point)
    return bends, isolated


def _in_order(corners: FloatArray) -> FloatArray:
    """The corners of a convex polygon, counter-clockwise."""
    offsets = corners - corners.mean(axis=0)
    return corners[np.argsort(np.arctan2(offsets[:, 1], offsets[:, 0]), kind="stable")]


def _ends(corners: FloatArray) -> FloatArray:
    """The two ends of a segment, given points on it that include them."""
    if len(corners) == 2:
        return corners
    far = corners[np.argmax(np.abs(corners - corners[0]).sum(axis=1))]
    return np.array([far, corners[np.argmax(np.abs(corners - far).sum(axis=1))]])
