"""What the tests of equivalence share: small changes to a network."""

from __future__ import annotations

from fractions import Fraction

from exactrev.network import AffineMap, Network, Neuron


def without(net: Network, neuron: Neuron) -> Network:
    """The network with one hidden neuron removed: the same wherever that neuron is off."""
    rows = [[[*row, constant] for row, constant in zip(f.W, f.b, strict=True)] for f in net.layers]
    del rows[neuron.layer - 1][neuron.index]
    for row in rows[neuron.layer]:
        del row[neuron.index]
    return Network(tuple(AffineMap.from_fractions(layer) for layer in rows))


def with_neuron(net: Network, layer: int, row: list[Fraction | int], out: list[Fraction | int]) -> Network:
    """The network with one more neuron at the end of a hidden layer; `row` is (W, b), `out` the weights out of it."""
    rows = [[[*r, constant] for r, constant in zip(f.W, f.b, strict=True)] for f in net.layers]
    rows[layer - 1].append([*map(Fraction, row)])
    rows[layer] = [[*r[:-1], Fraction(w), r[-1]] for r, w in zip(rows[layer], out, strict=True)]
    return Network(tuple(AffineMap.from_fractions(each) for each in rows))


def made_linear(net: Network, neuron: Neuron) -> Network:
    """The network with ReLU(-z) subtracted from ReLU(z) for one neuron: the same wherever that neuron is on."""
    f, g = net.layers[neuron.layer - 1], net.layers[neuron.layer]
    row = [-c for c in (*f.W[neuron.index], f.b[neuron.index])]
    return with_neuron(net, neuron.layer, [*row], [-r[neuron.index] for r in g.W])
