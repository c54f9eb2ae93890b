"""Climbing finds neurons that samples never see; what it returns is a guess, and nothing where there is nothing."""

from __future__ import annotations

import numpy as np
import pytest

from exactrev.equivalence.climbing import climb, starts
from exactrev.network import Network, Neuron
from exactrev.network.random import he_network


def climbed(net: Network, neuron: Neuron, count: int = 48) -> list[list[float]]:
    rng = np.random.default_rng(0)
    floats = [f.as_floats() for f in net.layers]
    return climb(floats, neuron.layer - 1, neuron.index, starts(count, net.n_in, rng), rng).tolist()  # type: ignore[no-any-return]


# On for none and for 13 of 100,000 Gaussian inputs.
@pytest.mark.parametrize(("seed", "neuron"), [(11, Neuron(2, 3)), (7, Neuron(2, 2))])
def test_neurons_that_are_hardly_ever_on_are_climbed(seed: int, neuron: Neuron) -> None:
    net = he_network((10, 10, 10, 1), seed)
    found = climbed(net, neuron)
    assert found
    assert all(net.preactivations(x)[neuron.layer - 1][neuron.index] > 0 for x in found)


def test_a_neuron_that_is_never_on_is_not() -> None:
    assert climbed(he_network((5, 10, 10, 10, 1), 2), Neuron(3, 9)) == []


def test_a_far_half_space_is_reached() -> None:
    net = Network.from_arrays([([[1, 1]], [-(10**5)]), ([[1]], [0])])
    assert all(sum(x) > 10**5 for x in climbed(net, Neuron(1, 0)))
    assert climbed(net, Neuron(1, 0))


def test_numbers_beyond_floats_lead_nowhere() -> None:
    net = Network.from_arrays([([[10**400, 0]], [-(10**400)]), ([[1]], [0])])
    assert all(np.isfinite(x).all() for x in climbed(net, Neuron(1, 0)))
