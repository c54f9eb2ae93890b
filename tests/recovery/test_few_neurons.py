"""Recovery where the first layer has far fewer neurons than the network has inputs, and much of N is flat.

Then deeper neurons look like ones of the first layer wherever the others' sides never change, and the hyperplanes of
the first layer are seen in half at most.
"""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from exactrev.equivalence import find_difference
from exactrev.network import Network, is_isomorphic
from exactrev.recovery.reconstruction import recover


def narrow_network(n_in: int, seed: int) -> Network:
    """n_in-2-2-1. At (0, 16/30) in the first layer's preactivations three rays of B meet: u = 0 above, B[z] left and
    right. Any of them might be the half of a hyperplane whose other half is hidden, for N is flat there; only the
    neuron that is next to it at (3/5, 0) shows that it is u."""
    rng = random.Random(seed)
    first = [[Fraction(rng.randint(-40, 40) or 1, 8) for _ in range(n_in)] for _ in range(2)]
    second = [["-1/6", "12/5"], [2, "-1/2"]], ["-5/4", "-6/5"]
    return Network.from_arrays([(first, [Fraction(-1, 24), Fraction(1, 30)]), second, ([["-9/2", "-19/2"]], [9])])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("n_in", [4, 6, 12])
def test_deeper_neurons_are_told_from_the_first_layer_though_each_is_seen_in_half(n_in, seed):
    net = narrow_network(n_in, seed)
    found = recover(net, n_in, seed=seed, equivalence=lambda other: find_difference(net, other, seed))
    assert found.network is not None
    assert is_isomorphic(found.network, net)
