"""The network in float64, with a rigorous bound on every rounding error. Decides nothing: callers compare.

The proof of each bound is in docs/error_bound.md; numbers in brackets refer to its sections. Knows weights and
activation masks; does not know how the cells fit together.

Conventions: arrays are (points, neurons). A mask says which neurons of a layer are active in the one closed cell that
is used for a point; neurons that vanish at the point count as inactive there. A request (point, id) asks for the affine
form of neuron `id`, or of wall `id - M`, in that cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from exactrev.arithmetic.numbers import nearest_float
from exactrev.geometry.domain import Domain
from exactrev.network import Network

__all__ = ["BoolArray", "FloatArray", "Forms", "Forward", "IntArray", "Masks", "RoundedNetwork", "is_in_range"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]
Masks = Sequence[BoolArray]  # per hidden layer p = 1.. at index p - 1: (points, n_p)

UNIT = 2.0**-53
TINY = 2.0**-930  # absorbs underflow: UNIT * TINY exceeds any sum of 2**39 underflow errors [2]
SLACK = 1.0 + 2.0**-30  # covers the rounding of the last few operations of a bound itself [3]


def is_in_range(image: FloatArray, is_nonzero: BoolArray) -> bool:
    """Are the bounds claimed for a matrix with this float image? If not, every sign is decided exactly [2].

    `is_nonzero` is of the exact matrix: an entry below all floats has the image 0.
    """
    sizes = np.abs(image[is_nonzero])
    return bool((sizes > 2.0**-200).all() and (sizes < 2.0**200).all())


@dataclass(slots=True)
class Forward:
    """A forward pass through layers 1..p: masked activations, and bounds on what each layer's own arithmetic adds."""

    activations: list[FloatArray]  # index 0 holds the points
    local_errors: list[FloatArray]  # masked; index 0 is empty


@dataclass(slots=True)
class Forms:
    """The linear parts of requested forms, with the backward traces that the adjoint bound needs.

    `order` sorts the requests by layer, deepest first. `traces[p]` belongs to layer p and to the requests above it,
    which are a prefix in that order: (masked G, masked Gbar).
    """

    order: IntArray
    gradients: FloatArray  # (requests, n_in)
    magnitudes: FloatArray  # the same sums, over absolute values
    traces: list[tuple[FloatArray, FloatArray]]


class RoundedNetwork:
    """Float images of the hidden layers of a network and of the walls of its domain."""

    def __init__(self, net: Network, domain: Domain) -> None:
        hidden = net.layers[:-1]
        images = [layer.as_floats() for layer in hidden]
        self.W = [W for W, _ in images]
        self.b = [b for _, b in images]
        self.absW = [np.abs(W) for W in self.W]
        self.absb = [np.abs(b) for b in self.b]
        self.widths = [net.n_in, *net.hidden_widths]
        self.offsets: list[int] = [0, *np.cumsum(net.hidden_widths, dtype=int).tolist()]
        self.M = self.offsets[-1]
        walls = domain.walls()
        self.wall_normals = np.array([a for a, _ in walls], dtype=np.float64)
        self.wall_constants = np.array([nearest_float(c.numerator, c.denominator) for _, c in walls])
        self.wall_sizes = np.abs(self.wall_normals)
        layer_of = [p for p, width in enumerate(net.hidden_widths, start=1) for _ in range(width)]
        self.layer_of = np.array(layer_of + [0] * len(walls), dtype=np.int64)  # a wall is in layer 0
        self.gamma = [2 * UNIT * (width + 4) for width in self.widths]  # [1] for sums over layer p
        self.gamma_back = 2 * UNIT * (sum(self.widths) + 4 * len(self.widths))  # [4]
        self.is_in_range = all(
            is_in_range(np.column_stack(image), np.array([[c != 0 for c in row] for row in layer.rows]))
            for image, layer in zip(images, hidden, strict=True)
        )

    def forward(self, points: FloatArray, masks: Masks, upto: int) -> list[FloatArray]:
        """Masked activations of layers 0..upto, without bounds."""
        activations = [points]
        for p in range(1, upto + 1):
            activations.append((activations[-1] @ self.W[p - 1].T + self.b[p - 1]) * masks[p - 1])
        return activations

    def forward_with_errors(self, points: FloatArray, masks: Masks, upto: int, constants: bool = True) -> Forward:
        """As `forward`, with the local error of each layer [1]; without the biases for linear parts."""
        activations, errors = [points], [np.zeros((len(points), 0))]
        for p in range(1, upto + 1):
            h, mask = activations[-1], masks[p - 1]
            z = h @ self.W[p - 1].T
            size = np.abs(h) @ self.absW[p - 1].T + TINY
            if constants:
                z += self.b[p - 1]
                size += self.absb[p - 1]
            activations.append(z * mask)
            errors.append(self.gamma[p - 1] * size * mask)
        return Forward(activations, errors)

    def spread_errors(self, radii: FloatArray, forward: Forward, masks: Masks, upto: int) -> FloatArray:
        """Bound on the error of layer `upto`'s masked activations if the points are off by at most `radii` [5]."""
        spread = radii
        for p in range(1, upto + 1):
            spread = (spread @ self.absW[p - 1].T) * masks[p - 1] * SLACK + forward.local_errors[p]
        return spread

    def forms(self, ids: IntArray, at: IntArray, masks: Masks) -> Forms:
        """The linear parts of the forms `ids[r]` in the cells of points `at[r]`, by backward passes [4]."""
        layers = self.layer_of[ids]
        order = np.argsort(-layers, kind="stable")
        ids, at, layers = ids[order], at[order], layers[order]
        deepest = int(layers[0]) if len(layers) else 0
        nothing = [np.zeros((0, width)) for width in self.widths]
        traces: list[tuple[FloatArray, FloatArray]] = list(zip(nothing, nothing, strict=True))
        G, Gbar = np.zeros((0, 0)), np.zeros((0, 0))
        ends = np.searchsorted(-layers, -np.arange(deepest + 1), side="right").tolist()  # requests in layers >= p
        for p in range(deepest, 0, -1):
            above, here = len(G), ends[p]
            own = ids[above:here] - self.offsets[p - 1]
            parts, sizes = self.W[p - 1][own], self.absW[p - 1][own]
            if above:
                mask = masks[p - 1][at[:above]]
                G, Gbar = G * mask, Gbar * mask
                traces[p] = (G, Gbar)
                parts = np.concatenate([G @ self.W[p - 1], parts])
                sizes = np.concatenate([Gbar @ self.absW[p - 1] + TINY, sizes])
            G, Gbar = parts, sizes
        walls = ids[ends[1] if deepest else 0 :] - self.M
        width = self.widths[0]
        gradients, magnitudes = np.empty((len(ids), width)), np.empty((len(ids), width))
        gradients[order] = np.concatenate([G.reshape(-1, width), self.wall_normals[walls]])
        magnitudes[order] = np.concatenate([Gbar.reshape(-1, width), self.wall_sizes[walls]])
        return Forms(order, gradients, magnitudes, traces)

    def values(self, ids: IntArray, at: IntArray, forward: list[FloatArray]) -> FloatArray:
        """The float values of the forms at their points; `forward` reaches below the deepest requested layer."""
        values = np.empty(len(ids))
        layers = self.layer_of[ids]
        for p in np.unique(layers).tolist():
            here = np.flatnonzero(layers == p)
            rows, constants = self._rows(ids[here], p)
            values[here] = np.einsum("ij,ij->i", rows, forward[max(p - 1, 0)][at[here]]) + constants
        return values

    def value_errors(
        self, ids: IntArray, at: IntArray, forward: Forward, spread: FloatArray | None = None
    ) -> FloatArray:
        """Bound on a form's own last sum [1]; with `spread`, also on what its inputs' errors add to it [5].

        `spread` belongs to one layer: all requests are then of the next one.
        """
        errors = np.empty(len(ids))
        layers = self.layer_of[ids]
        for p in np.unique(layers).tolist():
            here = np.flatnonzero(layers == p)
            rows, constants = self._rows(ids[here], p)
            np.abs(rows, out=rows)
            below = max(p - 1, 0)
            inputs = np.abs(forward.activations[below][at[here]])
            own = np.einsum("ij,ij->i", rows, inputs) + np.abs(constants) + TINY
            errors[here] = self.gamma[below] * own
            if spread is not None:
                errors[here] += np.einsum("ij,ij->i", rows, spread[at[here]]) * SLACK
        return errors

    def adjoint_errors(self, forms: Forms, at: IntArray, forward: Forward) -> FloatArray:
        """What the local errors of the layers below add to each form, weighted by its true sensitivities [6]."""
        errors = np.zeros(len(at))
        for p in range(1, len(self.widths)):
            G, Gbar = forms.traces[p]
            if len(G):
                prefix = forms.order[: len(G)]
                weights = np.abs(G) + self.gamma_back * Gbar
                errors[prefix] += np.einsum("ij,ij->i", weights, forward.local_errors[p][at[prefix]]) * SLACK
        return errors

    def _rows(self, ids: IntArray, layer: int) -> tuple[FloatArray, FloatArray]:
        if layer == 0:
            return self.wall_normals[ids - self.M], self.wall_constants[ids - self.M]
        own = ids - self.offsets[layer - 1]
        return self.W[layer - 1][own], self.b[layer - 1][own]
