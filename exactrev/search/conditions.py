"""What a point may be asked for: the signs of preactivations, and of any other form in the activations of a layer.

Knows how a condition is put. Does not know whether a point satisfies all of them anywhere: that is `tree`'s business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Any

from exactrev.arithmetic.numbers import lift
from exactrev.errors import InvalidNetwork
from exactrev.network import Network, Neuron

__all__ = ["Condition", "Relation", "is_off", "is_on", "is_zero", "output_is_positive"]


class Relation(Enum):
    """How a form compares with zero."""

    POSITIVE = "> 0"
    NOT_NEGATIVE = ">= 0"
    ZERO = "= 0"

    def holds(self, value: int | Fraction) -> bool:
        if self is Relation.ZERO:
            return value == 0
        return value > 0 if self is Relation.POSITIVE else value >= 0


@dataclass(frozen=True, slots=True)
class Condition:
    """row . (a, 1) compares with 0 as `relation` says, a being the activations below `layer`.

    Layer 1 stands on the inputs, layer d+1 on the last activations: the row of a neuron asks for its preactivation.
    """

    layer: int
    row: tuple[Fraction, ...]
    relation: Relation = Relation.POSITIVE

    def require_fits(self, net: Network) -> None:
        """Raise `InvalidNetwork` unless the network has such a layer, with as many activations below it."""
        if not 1 <= self.layer <= net.depth + 1:
            raise InvalidNetwork("no such layer", layer=self.layer, layers=net.depth + 1)
        width = net.widths[self.layer - 1]
        if len(self.row) != width + 1:
            raise InvalidNetwork(
                "a condition has the wrong length", layer=self.layer, found=len(self.row), expected=width + 1
            )

    @classmethod
    def of(cls, layer: int, row: Sequence[Any], relation: Relation = Relation.POSITIVE) -> Condition:
        """From numbers as `lift` takes them, the constant last."""
        return cls(layer, tuple(map(lift, row)), relation)


def is_on(net: Network, neuron: Neuron) -> Condition:
    """The neuron's preactivation is positive."""
    return Condition(neuron.layer, _row(net, neuron))


def is_off(net: Network, neuron: Neuron) -> Condition:
    """The neuron's preactivation is negative: strictly, so that nothing but an open set can answer."""
    return Condition(neuron.layer, tuple(-entry for entry in _row(net, neuron)))


def is_zero(net: Network, neuron: Neuron) -> Condition:
    """The point lies on the neuron's boundary."""
    return Condition(neuron.layer, _row(net, neuron), Relation.ZERO)


def output_is_positive(net: Network, output: int, sign: int = 1) -> Condition:
    """sign * N_output is positive."""
    f = net.layers[-1]
    return Condition(net.depth + 1, tuple(Fraction(sign * entry, f.denominator) for entry in f.rows[output]))


def _row(net: Network, neuron: Neuron) -> tuple[Fraction, ...]:
    layer, index = net.require_neuron(neuron)
    f = net.layers[layer - 1]
    return tuple(Fraction(entry, f.denominator) for entry in f.rows[index])
