"""Recovery where the first layer has far fewer neurons than the network has inputs, and much of N is flat.

Then deeper neurons look like ones of the first layer wherever the others' sides never change, and the hyperplanes of
the first layer are seen in half at most.
"""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from exactrev.equivalence import find_difference
from exactrev.network import AffineMap, Network, is_isomorphic
from exactrev.network.random import he_network
from exactrev.recovery.reconstruction import Attempt, Reconstruction, recover


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


@pytest.mark.parametrize("equivalence", [None, lambda other: None])
def test_a_network_that_no_line_shows_to_break_is_an_affine_map(equivalence):
    # Layer 2 is never on: its two neurons are negative sums of activations.
    layers = [([[1, 0], [0, 1], [1, 1]], [0, 1, 2]), ([[-1, -2, -3], [-3, -2, -1]], [-1, -2]), ([[1, 1]], [7])]
    found = recover(Network.from_arrays(layers), 2, equivalence=equivalence)
    assert found.network == Network((AffineMap.from_arrays([[0, 0]], [7]),))
    assert found.is_exact_everywhere == (equivalence is not None)
    assert found.contradictions == 0


def test_where_a_point_of_disagreement_stays_other_lines_through_it_are_scanned():
    net = he_network((3, 4, 4, 1), 0)
    work = Reconstruction(net, 3)
    attempt = Attempt((), (), None, net, "N itself")  # of which nothing needs to be said at random
    wrong = (Fraction(1, 3), Fraction(1, 5), Fraction(1, 7))
    assert work._find_contradictions(attempt) == []
    for _ in range(6):
        work._look_again(attempt, [wrong])
    assert {line.scan.line.origin for line in work.sightings.lines} == {wrong}
    assert len({line.scan.line.direction for line in work.sightings.lines}) == 6
