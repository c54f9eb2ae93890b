"""Questions about one neuron or two, decided exactly and without enumerating regions.

Knows which signs a question asks for. Every function answers with `Found` (a point, where everything asked for was
evaluated exactly), `Impossible` (with a proof that was checked) or `Open` (the budget was spent). "Off" is meant
strictly here, z < 0: a neuron that is never off is the affine function below it, ReLU(z) = z; and every strict question
is one about an open set, so that sets of measure zero never answer it.
"""

from __future__ import annotations

from collections.abc import Mapping

from exactrev.errors import InvalidNetwork
from exactrev.network import Network, Neuron
from exactrev.search.conditions import is_off, is_on, is_zero
from exactrev.search.tree import Answer, Budget, find_point

__all__ = [
    "find_meeting_point",
    "find_point_with_both_on",
    "find_point_with_neuron_off",
    "find_point_with_neuron_on",
    "find_point_with_signs",
]

_ASKED = {1: is_on, -1: is_off, 0: is_zero}


def find_point_with_signs(
    net: Network, signs: Mapping[Neuron, int], budget: Budget | None = None
) -> Answer:
    """A point at which each of these neurons' preactivations has the sign (-1, 0 or +1) that is asked for.

    >>> net = Network.from_arrays([([[1], [2]], [0, 1]), ([[1, 1]], [0])])  # x > 0 only where 2x + 1 > 0
    >>> find_point_with_signs(net, {Neuron(1, 0): 1, Neuron(1, 1): -1})
    Impossible(cases=1)
    """
    for neuron, sign in signs.items():
        if sign not in _ASKED:
            raise InvalidNetwork("no such sign", neuron=Neuron(*neuron), sign=sign, expected="-1, 0 or 1")
    return find_point(net, [_ASKED[sign](net, neuron) for neuron, sign in signs.items()], budget)


def find_point_with_neuron_on(net: Network, neuron: Neuron, budget: Budget | None = None) -> Answer:
    """A point where the neuron is active, however rare, or a proof that it is dead."""
    return find_point_with_signs(net, {neuron: 1}, budget)


def find_point_with_neuron_off(net: Network, neuron: Neuron, budget: Budget | None = None) -> Answer:
    """A point where the neuron's preactivation is negative, or a proof that it is nowhere: always on, up to z = 0."""
    return find_point_with_signs(net, {neuron: -1}, budget)


def find_point_with_both_on(
    net: Network, first: Neuron, second: Neuron, budget: Budget | None = None
) -> Answer:
    """A point where both neurons are active, or a proof that one is always inactive where the other is active."""
    return find_point_with_signs(net, {first: 1, second: 1}, budget)


def find_meeting_point(
    net: Network, first: Neuron, second: Neuron, budget: Budget | None = None
) -> Answer:
    """A common point of both boundaries, as closed sets (touching counts), or a proof that they are disjoint.

    >>> net = Network.from_arrays([([[1, 0], [0, 1]], [0, 0]), ([[1, 1]], [-1]), ([[1]], [0])])
    >>> find_meeting_point(net, Neuron(1, 0), Neuron(2, 0))
    Found(point=(Fraction(0, 1), Fraction(1, 1)))
    """
    return find_point_with_signs(net, {first: 0, second: 0}, budget)
