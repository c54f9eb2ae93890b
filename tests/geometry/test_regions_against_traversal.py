"""The regions of larger networks, by hundreds, against the traversal from region to region."""

from __future__ import annotations

from fractions import Fraction

import pytest
from geometry.agreement import check_agreement
from geometry.nasty_networks import relu_network
from oracles import traverse
from oracles.networks import he_network, quarter_network, wide_ranging_network

from exactrev.geometry import Box, regions


@pytest.mark.parametrize(
    ("widths", "seeds"),
    [
        ((2, 12, 12, 1), range(3)),
        ((2, 8, 8, 8, 1), range(2)),
        ((2, 4, 4, 4, 4, 4, 4, 1), range(2)),
        ((3, 8, 8, 1), range(1)),
        ((3, 5, 5, 5, 1), range(1)),
        ((4, 6, 6, 1), range(1)),
        ((5, 5, 4, 1), range(1)),
    ],
    ids=str,
)
def test_regions_of_he_networks(widths: tuple[int, ...], seeds: range) -> None:
    for seed in seeds:
        net = he_network(seed, *widths)
        check_agreement(regions(net), traverse(net))


@pytest.mark.parametrize(
    ("widths", "seeds"),
    [
        ((2, 10, 10, 1), range(5)),
        ((2, 6, 6, 6, 1), range(4)),
        ((2, 4, 4, 4, 4, 4, 1), range(3)),
        ((3, 6, 6, 1), range(4)),
        ((4, 5, 4, 1), range(2)),
    ],
    ids=str,
)
def test_regions_of_networks_with_weights_in_quarters(widths: tuple[int, ...], seeds: range) -> None:
    for seed in seeds:
        net = quarter_network(seed, *widths)
        check_agreement(regions(net), traverse(net))


@pytest.mark.parametrize("widths", [(2, 6, 4, 1), (2, 4, 3, 3, 1), (3, 4, 3, 1)], ids=str)
def test_regions_of_networks_with_numbers_of_every_size(widths: tuple[int, ...]) -> None:
    for seed in range(8):
        net = wide_ranging_network(seed, *widths)
        check_agreement(regions(net), traverse(net))


def test_a_degenerate_network_whose_corners_are_beyond_floats() -> None:
    # z[2,0] vanishes everywhere: thick cells only, cut where z[1,0], z[1,1] and z[2,1] vanish.
    huge = 10**200
    net = relu_network(
        [[Fraction(-1, 125 * 10**9), 1, 0], [Fraction(-1, 200 * 10**9), 0, -5 * huge]],
        [[0, 0, 0], [1, -1, 1], [-5 * huge, 0, 0]],
    )
    check_agreement(regions(net), traverse(net))


@pytest.mark.parametrize("make", [he_network, quarter_network])
@pytest.mark.parametrize("widths", [(2, 10, 8, 1), (3, 6, 5, 1)], ids=str)
def test_regions_inside_a_cube(make: type, widths: tuple[int, ...]) -> None:
    net = make(7, *widths)
    n = net.n_in
    check_agreement(regions(net, Box.cube(n, -1, 1)), traverse(net, ((Fraction(-1),) * n, (Fraction(1),) * n)))
