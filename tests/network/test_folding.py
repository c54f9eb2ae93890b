"""Folding: a network with another activation comes back from its ReLUs, whatever their signs, factors and order."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from exactrev.equivalence import decide_equal
from exactrev.errors import InvalidNetwork
from exactrev.network import Neuron, random_rational_network
from exactrev.network.folding import fold, normal_form, reorder, rescale
from exactrev.network.piecewise import (
    ABSOLUTE_VALUE,
    HARD_TANH,
    RELU,
    RELU6,
    ActivatedNetwork,
    Activation,
    Kink,
    leaky_relu,
)
from exactrev.network.skips import SkipNetwork, flip, from_activated

NAMED = [RELU, leaky_relu("1/5"), leaky_relu(3), ABSOLUTE_VALUE, HARD_TANH, RELU6]
SHIFTED = Activation("bent at 2", Fraction(1, 3), Fraction(5), (Kink(Fraction(2), Fraction(1)),))


def disguised(net: ActivatedNetwork, seed: int) -> SkipNetwork:
    random, found = Random(seed), from_activated(net)
    for k, width in enumerate(found.hidden_widths, start=1):
        for i in range(width):
            if random.random() < 0.5:
                found = flip(found, Neuron(k, i))
            found = rescale(found, Neuron(k, i), Fraction(random.randint(1, 9), random.randint(1, 5)))
        found = reorder(found, k, random.sample(range(width), width))
    return found


@pytest.mark.parametrize("phi", [*NAMED, SHIFTED], ids=lambda phi: phi.name)
@pytest.mark.parametrize("widths", [(3, 4, 2), (3, 4, 3, 2), (3, 3, 3, 2, 2)], ids=str)
def test_a_disguised_network_is_folded_back(phi: Activation, widths: tuple[int, ...]) -> None:
    net = ActivatedNetwork(phi, random_rational_network(widths, 1).layers)
    hidden = disguised(net, 1)
    assert hidden != from_activated(net)
    found = fold(hidden, phi)
    assert found is not None
    assert [layer.n_out for layer in found.layers] == list(widths[1:])
    x = [Fraction(random, 7) for random in (-5, 3, 20)]
    assert found(x) == net(x) == normal_form(net)(x)
    assert normal_form(found) == normal_form(net)


@pytest.mark.parametrize("phi", [leaky_relu("1/5"), ABSOLUTE_VALUE, HARD_TANH], ids=lambda phi: phi.name)
def test_what_is_folded_is_the_same_function(phi: Activation) -> None:
    net = ActivatedNetwork(phi, random_rational_network((2, 2, 2, 1), 2).layers)
    found = fold(disguised(net, 2), phi)
    assert found is not None
    assert decide_equal(found.unrolled(), net.unrolled()).holds


@pytest.mark.parametrize("phi", NAMED, ids=lambda phi: phi.name)
def test_a_network_without_that_activation_is_not_folded(phi: Activation) -> None:
    # One neuron, and twice x beside it: no slope that an activation has, except by the choice of another sign.
    assert fold(SkipNetwork.from_arrays([([[1, 1]], [1]), ([[2, 0, 1]], [0])]), phi) is None
    if len(phi.kinks) == 2:  # parallel neurons with weights that do not cancel
        parallel = ([[1, 0], [1, 0]], [0, 1])
        assert fold(SkipNetwork.from_arrays([parallel, ([[0, 0, 1, 1]], [0])]), phi) is None


def test_networks_that_differ_by_more_than_symmetries_have_other_normal_forms() -> None:
    hidden = ([[1, 2], [-3, 1]], [1, -1])
    a = ActivatedNetwork.from_arrays(HARD_TANH, [hidden, ([[1, 2]], [0])])
    for other in ([[2, 2]], [0]), ([[1, 2]], [1]), ([[1, -2]], [0]):
        assert normal_form(ActivatedNetwork.from_arrays(HARD_TANH, [hidden, other])) != normal_form(a)
    doubled = ActivatedNetwork.from_arrays(HARD_TANH, [([[2, 4], [-3, 1]], [2, -1]), ([["1/2", 2]], [0])])
    assert normal_form(doubled) != normal_form(a)  # hard tanh is not homogeneous


def test_leaky_neurons_whose_signs_are_open_are_not_folded() -> None:
    # Four neurons over the plane and one output: two equations for four signs.
    net = ActivatedNetwork(leaky_relu("1/5"), random_rational_network((2, 4, 1), 1).layers)
    assert fold(from_activated(net), net.activation) is None


def test_other_activations_factors_and_orders_are_refused() -> None:
    three = Activation("three", Fraction(0), Fraction(0), tuple(Kink(Fraction(t), Fraction(1)) for t in (0, 1, 2)))
    net = SkipNetwork.from_arrays([([[1]], [0]), ([[0, 1]], [0])])
    with pytest.raises(InvalidNetwork, match="one kink, or two"):
        fold(net, three)
    with pytest.raises(InvalidNetwork, match="positive number"):
        rescale(net, Neuron(1, 0), Fraction(-1))
    with pytest.raises(InvalidNetwork, match="not a permutation"):
        reorder(net, 1, [1])
