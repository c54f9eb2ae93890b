"""The regions of small networks, degenerate ones above all, against brute force over all sign patterns."""

from __future__ import annotations

import pytest
from geometry.agreement import check_agreement
from geometry.nasty_networks import relu_network
from hypothesis import example, given, settings
from hypothesis import strategies as st
from oracles import brute_force
from oracles.networks import he_network, quarter_network, small_boxes, small_networks, tangled_network

from exactrev.geometry import Box, regions
from exactrev.network import Network
from exactrev.testing import strategies


@given(small_networks())
@settings(max_examples=150)
@example(relu_network(output=[[0, 0]]))
@example(relu_network([[0, 0]], [[0, 0]]))
def test_regions_of_small_networks_over_all_of_space(net: Network) -> None:
    check_agreement(regions(net), brute_force(net))


@pytest.mark.parametrize("first", range(0, 400, 50))
def test_regions_of_tangled_networks(first: int) -> None:
    for seed in range(first, first + 50):
        net = tangled_network(seed)
        check_agreement(regions(net), brute_force(net))


@given(strategies.networks(max_depth=3))
@settings(max_examples=100)
def test_regions_of_networks_with_degenerate_rows(net: Network) -> None:
    check_agreement(regions(net), brute_force(net))


@given(st.data())
@settings(max_examples=60)
def test_regions_inside_a_box(data: st.DataObject) -> None:
    net = data.draw(small_networks())
    lo, hi = data.draw(small_boxes(net.n_in))
    check_agreement(regions(net, Box(lo, hi)), brute_force(net, (lo, hi)))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("widths", [(1, 8, 4, 1), (2, 5, 5, 1), (2, 3, 3, 3, 2), (3, 4, 4, 1), (4, 3, 3, 1)])
def test_regions_of_he_networks(seed: int, widths: tuple[int, ...]) -> None:
    net = he_network(seed, *widths)
    check_agreement(regions(net), brute_force(net))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("widths", [(1, 6, 6, 1), (2, 5, 4, 1), (2, 3, 3, 3, 2), (3, 4, 3, 1), (4, 4, 2, 1)])
def test_regions_of_networks_with_weights_in_quarters(seed: int, widths: tuple[int, ...]) -> None:
    net = quarter_network(seed, *widths)
    check_agreement(regions(net), brute_force(net))
