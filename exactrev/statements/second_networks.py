"""Other networks with the same boundaries, by the two constructions that Theorem 2 overlooks. Knows how to make them.

*Signs.* Turning round a neuron of the last hidden layer leaves its boundary where it is.

*Exchange.* Let z_1 and z_2 be neurons of one layer with biases of one sign, and let the neurons of the layer before
that are active somewhere on their boundaries fall into two sets such that no part of a boundary sees active neurons of
both. Scale z_2 so that the biases agree. Then, where the neurons of one set are off, each z_i depends on the other set
alone, and exchanging the weights of one set between z_1 and z_2 exchanges their boundaries there: their union stays the
same. (New zeros can appear where neurons of both sets are on, so whoever uses the result has to compare boundaries.)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations

from exactrev.geometry import RegionComplex
from exactrev.network import AffineMap, Network, Neuron

__all__ = ["exchange_pieces", "find_exchanges", "turn_round"]


def turn_round(net: Network, indices: Sequence[int], output: AffineMap | None = None) -> Network:
    """The network with the rows of some neurons of the last hidden layer negated, perhaps with another output layer."""
    *lower, last, out = net.layers
    rows = [tuple(-e for e in row) if i in indices else row for i, row in enumerate(last.rows)]
    return Network((*lower, AffineMap(tuple(rows), last.denominator, last.n_in), output or out))


def exchange_pieces(net: Network, layer: int, pair: tuple[int, int], sources: Sequence[int]) -> Network:
    """Two neurons of a layer, scaled to equal biases, with the weights from some neurons of the layer before exchanged.

    Raises `ValueError` unless the biases have one sign.

    >>> net = Network.from_arrays([([[1], [-1]], [0, 0]), ([[1, 2], [6, 8]], [-1, -2]), ([[1, 1]], [0])])
    >>> exchange_pieces(net, 2, (0, 1), [1]).layers[1].rows
    ((1, 4, -1), (6, 4, -2))
    """
    map = net.layers[layer - 1]
    one, other = pair
    if map.b[one] * map.b[other] <= 0:
        raise ValueError("the biases of neurons whose pieces are exchanged have one sign")
    ratio = map.b[one] / map.b[other]
    rows: list[list[Fraction]] = [[*row, constant] for row, constant in zip(map.W, map.b, strict=True)]
    for i in sources:
        rows[one][i], rows[other][i] = rows[other][i] * ratio, rows[one][i] / ratio
    return Network((*net.layers[: layer - 1], AffineMap.from_fractions(rows), *net.layers[layer:]))


def find_exchanges(complex: RegionComplex) -> Iterator[tuple[int, tuple[int, int], list[int]]]:
    """Layer, pair of neurons, and neurons of the layer before, for which an exchange may keep all boundaries.

    Along a part of a boundary neurons of the layer before are switched one at a time, and are not all off, unless the
    bias is 0: so sets of active neurons that have one in common are enough to tell the parts apart.
    """
    net = complex.network
    seen = _active_before(complex)
    for k in range(2, net.depth + 1):
        biases = net.layers[k - 1].b
        for one, other in combinations(range(net.hidden_widths[k - 1]), 2):
            if biases[one] * biases[other] <= 0:
                continue
            classes: list[set[int]] = []
            for active in seen[Neuron(k, one)] | seen[Neuron(k, other)]:
                joined = [group for group in classes if group & active]
                classes = [group for group in classes if not group & active] + [set(active).union(*joined)]
            for group in sorted(classes, key=min)[1:]:
                yield k, (one, other), sorted(group)


def _active_before(complex: RegionComplex) -> dict[Neuron, set[frozenset[int]]]:
    """For every neuron after layer 1 the sets of neurons of the layer before that are active along a piece of it."""
    seen: dict[Neuron, set[frozenset[int]]] = {neuron: set() for neuron in complex.network.neurons()}
    for facet, (cell, _) in enumerate(complex.facet_cells.tolist()):
        for neuron in complex.facet_neurons(facet):
            if neuron.layer > 1:
                active = complex.pattern(cell)[neuron.layer - 2]
                seen[neuron].add(frozenset(i for i, on in enumerate(active) if on))
    return seen
