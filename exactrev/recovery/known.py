"""The layers that are known so far: all but the last with their signs, the last one up to the sign of each neuron.

Knows rows, patterns and affine forms on a region. Asks nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from exactrev.network import AffineMap, Network, Neuron, Pattern, Point

__all__ = ["KnownLayers", "OpenWeights", "Place"]

OpenWeights = tuple[tuple[Neuron, int], ...]
"""Weights that are placeholders: (neuron, index of the unit below, whose weight into the neuron it is)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a point lies: the pattern of the layers with signs, and the sides (-1, 0, +1) of the last known layer.

    A side belongs to the row as it is written down; whether +1 means active is not known.
    """

    pattern: Pattern
    sides: tuple[int, ...]

    @property
    def is_open(self) -> bool:
        """Off all boundaries of the last known layer?"""
        return all(self.sides)


@dataclass(frozen=True, slots=True)
class KnownLayers:
    """Layers 1..m as affine maps of the activations below: 1..m-1 with their signs, rows of m perhaps negated.

    Where a unit is active whose weight into some neuron is open, nothing that these layers say is sure.

    >>> known = KnownLayers((AffineMap.from_arrays([[1, 0], [1, 1]], [0, -1]),))
    >>> known.place((2, -3)).sides
    (1, -1)
    """

    layers: tuple[AffineMap, ...]
    open_weights: OpenWeights = ()
    _maps: dict[Pattern, list[AffineMap]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def depth(self) -> int:
        return len(self.layers)

    @property
    def n_in(self) -> int:
        return self.layers[0].n_in

    @property
    def last_width(self) -> int:
        return self.layers[-1].n_out

    def place(self, point: Point) -> Place:
        return self.places([point])[0]

    def places(self, points: Sequence[Point]) -> list[Place]:
        net = Network(self.layers)
        patterns = [tuple(tuple(s > 0 for s in layer) for layer in signs) for signs in net.sign_vectors(points)]
        values = net.evaluate(points)
        return [
            Place(pattern, tuple((v > 0) - (v < 0) for v in value))
            for pattern, value in zip(patterns, values, strict=True)
        ]

    def maps(self, pattern: Pattern) -> list[AffineMap]:
        """The affine maps x -> z^1(x), ..., z^m(x) where layers 1..m-1 have the given pattern."""
        if pattern not in self._maps:
            self._maps[pattern] = Network(self.layers).preactivation_maps(pattern)
        return self._maps[pattern]

    def are_sure(self, points: Sequence[Point]) -> list[bool]:
        """For every point, whether no unit below an open weight is active there."""
        if not self.open_weights:
            return [True] * len(points)
        return [
            not any(neuron.layer == 1 or signs[neuron.layer - 2][unit] > 0 for neuron, unit in self.open_weights)
            for signs in Network(self.layers).sign_vectors(points)
        ]

    def touches(self, point: Point) -> bool:
        """Does the point lie on a boundary of a known neuron?"""
        net = Network(self.layers)
        return any(0 in layer for layer in net.sign_vector(point)) or 0 in net(point)
