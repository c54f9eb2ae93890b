"""One network that computes the difference of two: their hidden layers side by side, block by block.

Knows two networks. Knows nothing of regions: whoever wants to know where the difference vanishes stands above.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import zip_longest
from typing import Literal

from exactrev.errors import InvalidNetwork
from exactrev.network import AffineMap, Network, Neuron

__all__ = ["Side", "owner_of", "require_comparable", "side_by_side"]

Rows = list[list[Fraction]]
Side = Literal["A", "B"]


def require_comparable(a: Network, b: Network) -> None:
    """Raise `InvalidNetwork` unless both networks have as many inputs and as many outputs."""
    if (a.n_in, a.n_out) != (b.n_in, b.n_out):
        raise InvalidNetwork(
            "networks with other numbers of inputs or outputs cannot be compared",
            first=(a.n_in, a.n_out),
            second=(b.n_in, b.n_out),
        )


def side_by_side(a: Network, b: Network) -> Network:
    """The network x -> a(x) - b(x), with the hidden neurons of a above those of b in every layer.

    Where one has fewer hidden layers, its last activations are handed on by neurons with weight one: ReLU changes
    nothing that is not negative. Raises `InvalidNetwork` if the networks cannot be compared.

    >>> a = Network.from_arrays([([[1]], [0]), ([[1]], [0])])  # ReLU(x)
    >>> b = Network.from_arrays([([[1]], [2]), ([[1]], [-1]), ([[3]], [0])])
    >>> difference = side_by_side(a, b)
    >>> difference.architecture, difference((5,)) == (a((5,))[0] - b((5,))[0],)
    ('1-2-2-1', True)
    """
    require_comparable(a, b)
    if not a.depth or not b.depth:
        a, b = _with_hidden_layer(a), _with_hidden_layer(b)
    layers = []
    for k, (f, g) in enumerate(zip_longest(a.layers[:-1], b.layers[:-1])):
        f = f or _hand_on(a.hidden_widths[-1])
        g = g or _hand_on(b.hidden_widths[-1])
        layers.append(_stack(f, g) if k == 0 else _block_diagonal(f, g))
    f, g = a.layers[-1], b.layers[-1]
    rows = [[*p, *(-c for c in q), s - t] for p, q, s, t in zip(f.W, g.W, f.b, g.b, strict=True)]
    return Network((*layers, AffineMap.from_fractions(rows)))


def owner_of(a: Network, b: Network, neuron: Neuron) -> tuple[Side, Neuron | None]:
    """Which of the two a neuron of ``side_by_side(a, b)`` belongs to, and which neuron it is there.

    None if it is no neuron of that network, but hands on what a layer below gives.
    """
    width = _width(a, neuron.layer)
    if neuron.index < width:
        return "A", neuron if neuron.layer <= a.depth else None
    return "B", Neuron(neuron.layer, neuron.index - width) if neuron.layer <= b.depth else None


def _width(net: Network, layer: int) -> int:
    """How many neurons stand for this network in a hidden layer side by side."""
    if not net.depth:
        return 2 * net.n_in
    return net.hidden_widths[min(layer, net.depth) - 1]


def _with_hidden_layer(net: Network) -> Network:
    """The same function with a hidden layer, if there is none: x = ReLU(x) - ReLU(-x)."""
    if net.depth:
        return net
    n = net.n_in
    units = [[Fraction(sign * (i == j)) for j in range(n)] for sign in (1, -1) for i in range(n)]
    output = net.layers[0]
    rows = [[*row, *(-c for c in row), constant] for row, constant in zip(output.W, output.b, strict=True)]
    return Network((AffineMap.from_arrays(units, [0] * (2 * n)), AffineMap.from_fractions(rows)))


def _hand_on(width: int) -> AffineMap:
    return AffineMap.from_arrays([[int(i == j) for j in range(width)] for i in range(width)], [0] * width)


def _stack(f: AffineMap, g: AffineMap) -> AffineMap:
    return AffineMap.from_arrays([*f.W, *g.W], [*f.b, *g.b])


def _block_diagonal(f: AffineMap, g: AffineMap) -> AffineMap:
    upper: Rows = [[*row, *([Fraction(0)] * g.n_in)] for row in f.W]
    lower: Rows = [[*([Fraction(0)] * f.n_in), *row] for row in g.W]
    return AffineMap.from_arrays([*upper, *lower], [*f.b, *g.b])
