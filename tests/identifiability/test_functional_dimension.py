"""The rank: known values, the same for isomorphic networks, a lower bound where regions are sampled."""

from __future__ import annotations

from fractions import Fraction

import known_networks as known
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exactrev.identifiability import find_pairs, functional_dimension
from exactrev.identifiability.parameters import along, direction_text
from exactrev.network import Network, Neuron, he_network, permute, random_rational_network, scale


@pytest.mark.parametrize(
    ("net", "dimension"),
    [
        # Never active z[2,0]: its row (3) and its weight out are lost besides 4 scalings, one of which is among them.
        (known.DEAD, known.DEAD.parameters - 4 - 3),
        (known.HIDDEN, 11 - 3 - 1),
        (known.REFLECTED, 6 - 2),
        (known.BOTH_SIDES, 8 - 3 + 0),
        (known.UNIQUE, 11 - 3),
        # One output constant, and no hidden neuron heard: only the output's bias is left.
        (Network.from_arrays([([[1]], [0]), ([[0]], [5])]), 1 + 1 - 0),
        # No hidden layer: every parameter counts.
        (Network.from_arrays([([[1, 2], [3, 4]], [5, 6])]), 6),
    ],
)
def test_the_functional_dimension_of_networks_worked_out_by_hand(net: Network, dimension: int) -> None:
    found = functional_dimension(net)
    assert found.is_exact
    assert found.at_least == dimension


def test_a_random_network_with_enough_regions_has_the_expected_dimension() -> None:
    net = he_network((3, 6, 4, 2), seed=0)
    found = functional_dimension(net)
    assert found.is_full
    assert found.at_least == found.expected == net.parameters - 10
    assert not found.others


@settings(max_examples=40)
@given(st.integers(0, 2**16), st.data())
def test_isomorphic_networks_have_the_same_functional_dimension(seed: int, data: st.DataObject) -> None:
    net = random_rational_network((2, 3, 2, 1), seed, numerator=3, denominator=2)
    layer = data.draw(st.integers(1, 2))
    image = permute(net, layer, data.draw(st.permutations(range(net.hidden_widths[layer - 1]))))
    image = scale(image, Neuron(layer, 0), data.draw(st.sampled_from(["1/3", 2, "5/7"])))
    assert functional_dimension(image).at_least == functional_dimension(net).at_least


@settings(max_examples=40)
@given(st.integers(0, 2**16))
def test_sampled_regions_give_bounds_of_the_exact_dimension(seed: int) -> None:
    net = random_rational_network((2, 3, 2, 1), seed, numerator=2, denominator=1)
    exact = functional_dimension(net)
    bounds = functional_dimension(net, find_pairs(net, most_regions=0))
    assert not bounds.is_complete
    assert bounds.at_least <= exact.at_least <= bounds.at_most


@given(st.integers(0, 2**16))
def test_directions_that_keep_the_maps_keep_them_under_every_pattern_at_any_step(seed: int) -> None:
    net = random_rational_network((2, 3, 2, 1), seed, numerator=2, denominator=1)
    found = find_pairs(net)
    for other in functional_dimension(net, found).others:
        if other.keeps_maps:
            moved = along(net, other.direction, Fraction(17, 3))
            assert all(moved.affine_map(pattern) == net.affine_map(pattern) for pattern in found.patterns)


def test_the_kernel_names_what_is_lost_besides_scalings() -> None:
    found = functional_dimension(known.HIDDEN)
    assert [direction_text(other.direction) for other in found.others] == ["1/2 b1[0] - b2[0]"]
    # Weights keep their proportions: only the two biases move.
    assert {str(parameter) for parameter in found.find_moved_weights()} == {"b1[0]", "b2[0]"}


def test_a_full_rank_leaves_no_weight_that_moves_up_to_scaling() -> None:
    assert not functional_dimension(known.UNIQUE).find_moved_weights()
