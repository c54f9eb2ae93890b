"""Points of difference: found however rare, and never where there is none."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from comparable_networks import made_linear, with_neuron, without

from exactrev.equivalence import find_difference
from exactrev.errors import InvalidNetwork
from exactrev.network import Network, Neuron
from exactrev.network.isomorphisms import permute, scale
from exactrev.network.random import he_network


def share_of_gaussian_inputs(net: Network, neuron: Neuron, samples: int = 100_000) -> float:
    """On how many of so many Gaussian inputs a neuron is on, by floats."""
    x = np.random.default_rng(7).standard_normal((samples, net.n_in))
    for layer in net.layers[: neuron.layer]:
        W, b = layer.as_floats()
        z = x @ W.T + b
        x = np.maximum(z, 0)
    return float((z[:, neuron.index] > 0).mean())


# Neurons of 10-10-10-1 networks that 100,000 Gaussian inputs switch on never, 13 and 43 times.
RARE = [(11, Neuron(2, 3)), (7, Neuron(2, 2)), (7, Neuron(2, 3))]


@pytest.mark.parametrize(("network_seed", "neuron"), RARE)
@pytest.mark.parametrize("seed", range(3))
def test_a_neuron_that_random_inputs_hardly_ever_switch_on_is_missed_by_none(
    network_seed: int, neuron: Neuron, seed: int
) -> None:
    truth = he_network((10, 10, 10, 1), network_seed)
    assert share_of_gaussian_inputs(truth, neuron) < 1e-3
    candidate = without(truth, neuron)
    point = find_difference(truth, candidate, seed)
    assert point is not None
    assert truth(point) != candidate(point)


def test_a_neuron_on_for_2_of_100_000_inputs_is_found_in_the_candidate_too() -> None:
    truth = he_network((10, 10, 10, 1), 3)
    weights = truth.layers[0].W[0]
    # z[1,0] + b - c has the same direction as z[1,0] and is on beyond about 4.1 standard deviations only.
    deviation = Fraction(float(sum(w * w for w in weights)) ** 0.5)
    candidate = with_neuron(truth, 1, [*weights, -deviation * Fraction(41, 10)], [1, *([0] * 9)])
    assert share_of_gaussian_inputs(candidate, Neuron(1, 10), 400_000) < 6e-5
    point = find_difference(truth, candidate)
    assert point is not None
    assert truth(point) != candidate(point)


def test_a_neuron_that_is_off_beyond_six_standard_deviations_only_is_told_from_a_linear_term() -> None:
    # On the whole line but x < -6, the first neuron is the identity shifted; as a linear term it differs from there.
    truth = Network.from_arrays([([[1, 0], [0, 1]], [6, 0]), ([[1, 1]], [0])])
    candidate = made_linear(truth, Neuron(1, 0))
    point = find_difference(truth, candidate)
    assert point is not None
    assert point[0] < -6


def test_a_difference_in_the_last_bit_is_a_difference() -> None:
    truth = he_network((4, 5, 5, 2), 0)
    bias = truth.layers[-1].b
    last = (truth.layers[-1].W, (bias[0], bias[1] + Fraction(1, 2**200)))
    candidate = Network.from_arrays([*((f.W, f.b) for f in truth.layers[:-1]), last])
    assert find_difference(truth, candidate, budget=1) is not None


def test_between_isomorphic_networks_there_is_none() -> None:
    truth = he_network((3, 4, 4, 1), 1)
    image = scale(permute(truth, 2, (3, 0, 2, 1)), Neuron(1, 2), "7/3")
    assert find_difference(truth, image, budget=2000) is None


def test_no_more_points_are_tried_than_the_budget_allows() -> None:
    # The difference is a single neuron beyond 10^4, which the first points do not reach.
    truth = Network.from_arrays([([[1], [1]], [0, -(10**4)]), ([[1, 1]], [0])])
    candidate = without(truth, Neuron(1, 1))
    assert find_difference(truth, candidate, budget=20) is None
    assert find_difference(truth, candidate) is not None


def test_the_same_seed_finds_the_same_point() -> None:
    truth = he_network((10, 10, 10, 1), 7)
    candidate = without(truth, Neuron(2, 2))
    assert find_difference(truth, candidate, 5) == find_difference(truth, candidate, 5)


def test_weights_beyond_floats_are_compared_all_the_same() -> None:
    truth = Network.from_arrays([([[10**400]], [1]), ([[1]], [0])])
    candidate = Network.from_arrays([([[10**400]], [2]), ([[1]], [0])])
    point = find_difference(truth, candidate)
    assert point is not None
    assert truth(point) != candidate(point)


def test_networks_of_other_spaces_cannot_be_compared() -> None:
    with pytest.raises(InvalidNetwork, match="cannot be compared"):
        find_difference(he_network((2, 3, 1), 0), he_network((3, 3, 1), 0))
