"""What a boundary set says about the networks that have it: a family, and by name whatever it leaves open.

Knows rows with gaps and how to tell whether a network belongs to the family. How the rows were found is told in
`reconstruction`.

A complete family is one network up to permutation, positive scaling, the signs of the last hidden layer's neurons and
the output layer: of these the boundaries show nothing. It is complete on two conditions that a set of boundaries cannot
show: that every boundary is connected, and that the boundaries of connected neurons meet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from exactrev.errors import AssumptionFailed
from exactrev.network import AffineMap, Network, Neuron
from exactrev.network.isomorphisms import is_isomorphic
from exactrev.recovery.from_boundaries.layering import Layering
from exactrev.recovery.signs import SignDecision

__all__ = ["Conflict", "KnownNeuron", "NetworkFamily", "Unknown", "agree_up_to_last_signs"]


@dataclass(frozen=True, slots=True)
class KnownNeuron:
    """What is known of a neuron, in some positive scale: None for a weight or a bias that is open.

    `boundary` is its number in the layering, `weights` are those from the neurons of the layer below. If not
    `is_oriented`, weights and bias are known up to one common sign.
    """

    boundary: int
    weights: tuple[Fraction | None, ...]
    bias: Fraction | None
    is_oriented: bool

    @property
    def is_complete(self) -> bool:
        """Are all weights and the bias known, perhaps up to their common sign?"""
        return self.bias is not None and None not in self.weights


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something of a neuron that stays open: its "sign", its "bias", or the "weight" from neuron `source`."""

    neuron: Neuron
    what: str
    source: Neuron | None = None

    def __str__(self) -> str:
        if self.source is not None:
            return f"the {self.what} {self.source} -> {self.neuron}"
        return f"the {self.what} of {self.neuron}"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A neuron whose boundary fits no single neuron of the layer that it was read to be in."""

    neuron: Neuron
    reason: str

    def __str__(self) -> str:
        return f"{self.neuron}: {self.reason}"


@dataclass(frozen=True, slots=True)
class NetworkFamily:
    """The networks read off a boundary set, layer by layer; neuron i of layer k is ``layers[k - 1][i]``.

    `signs[k - 1]` tells how the signs of layer k were decided; None for the last layer, and where nothing decides them.
    `forms[p]` is the affine form, gradient and constant, of the neuron that piece p belongs to, in one scale and up to
    one sign for the whole boundary.
    """

    n_in: int
    layering: Layering
    layers: tuple[tuple[KnownNeuron, ...], ...]
    signs: tuple[SignDecision | None, ...]
    conflicts: tuple[Conflict, ...]
    forms: tuple[tuple[Fraction, ...], ...]

    @property
    def hidden_widths(self) -> tuple[int, ...]:
        return tuple(map(len, self.layers))

    @property
    def unknowns(self) -> list[Unknown]:
        """What is open, the signs of the last hidden layer included, layer by layer."""
        found = []
        for k, layer in enumerate(self.layers, start=1):
            for i, known in enumerate(layer):
                z = Neuron(k, i)
                weights = [Neuron(k - 1, j) for j, weight in enumerate(known.weights) if weight is None]
                found += [Unknown(z, "weight", source) for source in weights]
                found += [Unknown(z, "bias")] if known.bias is None else []
                found += [] if known.is_oriented else [Unknown(z, "sign")]
        return found

    @property
    def is_complete(self) -> bool:
        """Is nothing open but the signs of the last hidden layer, and nothing contradictory?"""
        return not self.conflicts and all(
            known.is_complete and (known.is_oriented or k == len(self.layers))
            for k, layer in enumerate(self.layers, start=1)
            for known in layer
        )

    def member(self, signs: Sequence[int] | None = None, output: AffineMap | None = None) -> Network:
        """One network of a complete family.

        `signs` are +1 or -1 for the neurons of the last hidden layer, relative to the rows listed; without `output`,
        the network adds up its last activations. Raises `AssumptionFailed` if the family is not complete, `ValueError`
        for signs that do not fit, and `InvalidNetwork` for an output layer that does not.
        """
        if not self.is_complete:
            raise AssumptionFailed("the boundaries leave parts of the network open", witness=self.unknowns)
        last = self.hidden_widths[-1] if self.layers else self.n_in
        turned = [1] * (last if self.layers else 0) if signs is None else list(signs)
        if len(turned) != (last if self.layers else 0) or any(sign not in (1, -1) for sign in turned):
            raise ValueError(f"signs of the last hidden layer are {last} numbers +1 or -1, not {signs!r}")
        hidden = []
        for k, layer in enumerate(self.layers, start=1):
            factors = turned if k == len(self.layers) else [1] * len(layer)
            rows = [_row(known, sign) for known, sign in zip(layer, factors, strict=True)]
            hidden.append(AffineMap.from_fractions(rows))
        return Network((*hidden, output or AffineMap.from_arrays([[1] * last], [0])))

    def contains(self, network: Network) -> bool:
        """Is the network in the family, whatever its output layer? Only complete families can tell; others raise."""
        return agree_up_to_last_signs(self.member(), network)


def agree_up_to_last_signs(one: Network, other: Network) -> bool:
    """Are the hidden layers equal up to permutation, positive scaling, and the signs of the last hidden layer?

    >>> from exactrev.network import Network
    >>> up, down = (Network.from_arrays([([[1, 2]], [0]), ([[s]], [t]), ([[5]], [0])]) for s, t in ((3, -1), (-6, 2)))
    >>> agree_up_to_last_signs(up, down)
    True
    """
    if one.n_in != other.n_in or one.hidden_widths != other.hidden_widths:
        return False
    return is_isomorphic(_with_both_signs(one), _with_both_signs(other))


def _with_both_signs(net: Network) -> Network:
    """The hidden layers, the last one with every row twice, with either sign; then an output that is 0."""
    if net.depth == 0:
        return Network((AffineMap(((0,) * (net.n_in + 1),), 1, net.n_in),))
    *lower, last = net.layers[:-1]
    rows = (*last.rows, *(tuple(-entry for entry in row) for row in last.rows))
    doubled = AffineMap(rows, last.denominator, last.n_in)
    return Network((*lower, doubled, AffineMap(((0,) * (len(rows) + 1),), 1, len(rows))))


def _row(known: KnownNeuron, sign: int) -> list[Fraction]:
    entries = [*known.weights, known.bias]
    return [sign * entry for entry in entries if entry is not None]
