"""Networks that can be looked into, for tests of recovery: lines across them, their rows, and rows that are phantoms.

A phantom is the row that a neuron of layer k + 1 has as if it were one of layer k: exact in one cell of layer k, and
nowhere else. Computed from the true weights.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from exactrev.network import Network
from exactrev.oracle import Oracle
from exactrev.recovery.candidates import Candidate
from exactrev.recovery.known import KnownLayers
from exactrev.recovery.lines import points_on_line
from exactrev.recovery.points import random_vector
from exactrev.recovery.probe import Probe
from exactrev.recovery.sightings import Sighting, Sightings

Row = tuple[Fraction, ...]


def lines_across(net: Network, count: int, seed: int = 0) -> Sightings:
    """Random lines, scanned from end to end."""
    probe, rng = Probe(Oracle(net), net.n_in, seed=seed), random.Random(seed)
    sightings = Sightings(probe)
    for _ in range(count):
        origin, direction = ([Fraction(c, 1 << 12) for c in random_vector(net.n_in, rng)] for _ in range(2))
        sightings.add(points_on_line(probe, origin, direction, -(2**20), 2**20))
    return sightings


def known_below(net: Network, layer: int) -> KnownLayers | None:
    """The layers below one, as recovery has them when it comes to that layer."""
    return KnownLayers(net.layers[: layer - 1]) if layer > 1 else None


def zeros_of(net: Network, sightings: Sightings) -> Iterator[tuple[Sighting, int, int]]:
    """Every breakpoint that lies on one boundary, with that neuron's layer and index."""
    every = sightings.all()
    for sighting, signs in zip(every, net.sign_vectors([s.point for s in every]), strict=True):
        zeros = [(k, i) for k, layer in enumerate(signs, start=1) for i, sign in enumerate(layer) if sign == 0]
        if len(zeros) == 1:
            yield sighting, *zeros[0]


def candidate(weights: Sequence[Any], bias: Any, origin: Sighting) -> Candidate:
    return Candidate(tuple(None if w is None else Fraction(w) for w in weights), Fraction(bias), origin)


def up_to_scale(row: Sequence[Fraction]) -> Row:
    """The row with its first entry that is not zero 1."""
    lead = next(c for c in row if c)
    return tuple(c / lead for c in row)


def rows_of(net: Network, layer: int) -> list[Row]:
    """(W, b) of every neuron of a layer."""
    affine = net.layers[layer - 1]
    return [(*w, b) for w, b in zip(affine.W, affine.b, strict=True)]


def true_rows(net: Network, layer: int) -> set[Row]:
    return {up_to_scale(row) for row in rows_of(net, layer)}


@dataclass(frozen=True)
class Phantom:
    """The row that neuron `index` of layer `layer` + 1 would have in `layer`, where the units `on` of `layer` are."""

    layer: int
    index: int
    on: tuple[int, ...]
    row: Row
    seen_at: Sighting


def phantoms(net: Network, layer: int, sightings: Sightings) -> Iterator[Phantom]:
    """What is seen of the next layer's neurons, read as rows of this layer; each once, zero rows left out."""
    met = set()
    above = net.layers[layer]
    for sighting, k, index in zeros_of(net, sightings):
        on = tuple(i for i, sign in enumerate(net.sign_vector(sighting.point)[layer - 1]) if sign > 0)
        if k != layer + 1 or (index, on) in met:
            continue
        met.add((index, on))
        parts = [[above.W[index][i] * entry for entry in rows_of(net, layer)[i]] for i in on]
        *weights, bias = (sum(column, Fraction(0)) for column in zip(*parts, strict=True)) if parts else [Fraction(0)]
        if any(weights):
            yield Phantom(layer, index, on, (*weights, bias + above.b[index]), sighting)
