"""The parameters of a network by name, directions in parameter space, and networks moved along them.

Knows one network's entries. Does not know which directions leave the function unchanged: `dimension` and `families` do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import NamedTuple

from exactrev.network import AffineMap, Network, Neuron

__all__ = ["Direction", "Parameter", "along", "direction_text", "list_parameters", "scaling_direction", "value_of"]


class Parameter(NamedTuple):
    """Entry (row, column) of [W^layer | b^layer]; layer d+1 is the output, column -1 the bias.

    >>> print(Parameter(2, 0, 1), Parameter(2, 0, -1))
    W2[0,1] b2[0]
    """

    layer: int
    row: int
    column: int

    def __str__(self) -> str:
        return f"b{self.layer}[{self.row}]" if self.is_bias else f"W{self.layer}[{self.row},{self.column}]"

    @property
    def is_bias(self) -> bool:
        return self.column == -1


Direction = Mapping[Parameter, Fraction]
"""How fast each parameter moves; those not named stay."""


def list_parameters(net: Network) -> list[Parameter]:
    """All parameters, layer by layer and row by row, the bias last in its row."""
    return [
        Parameter(k, i, j)
        for k, layer in enumerate(net.layers, start=1)
        for i in range(layer.n_out)
        for j in (*range(layer.n_in), -1)
    ]


def value_of(net: Network, parameter: Parameter) -> Fraction:
    layer = net.layers[parameter.layer - 1]
    return Fraction(layer.rows[parameter.row][parameter.column], layer.denominator)


def along(net: Network, direction: Direction, t: Fraction | int) -> Network:
    """The network whose parameters have moved by t times the direction.

    >>> net = Network.from_arrays([([[1]], [0]), ([[1]], [0])])
    >>> along(net, {Parameter(1, 0, -1): Fraction(2)}, Fraction(1, 2)).layers[0].b
    (Fraction(1, 1),)
    """
    layers = list(net.layers)
    for k in {parameter.layer for parameter in direction}:
        rows = [[*row, constant] for row, constant in zip(layers[k - 1].W, layers[k - 1].b, strict=True)]
        for parameter, rate in direction.items():
            if parameter.layer == k:
                rows[parameter.row][parameter.column] += t * rate
        layers[k - 1] = AffineMap.from_fractions(rows)
    return Network(tuple(layers))


def scaling_direction(net: Network, neuron: Neuron) -> dict[Parameter, Fraction]:
    """The velocity of I2 at c = 1: the neuron's row grows in proportion, the weights out of it shrink."""
    layer, index = net.require_neuron(neuron)
    own = [Parameter(layer, index, j) for j in (*range(net.layers[layer - 1].n_in), -1)]
    out = [Parameter(layer + 1, o, index) for o in range(net.layers[layer].n_out)]
    rates = {p: value_of(net, p) for p in own} | {p: -value_of(net, p) for p in out}
    return {parameter: rate for parameter, rate in rates.items() if rate}


def direction_text(direction: Direction, spell: Callable[[Fraction], str] = str) -> str:
    """One line; `spell` writes a rate that is neither 1 nor -1.

    >>> direction_text({Parameter(2, 0, 1): Fraction(2), Parameter(1, 0, -1): Fraction(-1, 3)})
    '-1/3 b1[0] + 2 W2[0,1]'
    """
    text = ""
    for parameter, rate in sorted(direction.items()):
        sign = ("-" if rate < 0 else "") if not text else (" - " if rate < 0 else " + ")
        text += sign + ("" if abs(rate) == 1 else f"{spell(abs(rate))} ") + str(parameter)
    return text or "0"
