"""Pairs of neurons: regions and linear programs agree, and the cases of §5.2 are told right where they are known."""

from __future__ import annotations

import known_networks as known
import pytest
from hypothesis import given, settings

from exactrev.errors import TheoryContradicted
from exactrev.identifiability import Pair, find_pairs
from exactrev.identifiability.pairs import CASES, require_consistent
from exactrev.network import Network, Neuron, he_network
from exactrev.testing.strategies import networks


@settings(max_examples=40)
@given(networks(min_depth=2, max_depth=3))
def test_regions_and_searches_with_linear_programs_agree(net: Network) -> None:
    by_regions, by_search = find_pairs(net), find_pairs(net, most_regions=0)
    assert by_regions.is_complete
    assert not by_search.is_complete
    for exact, other in zip(by_regions.pairs, by_search.pairs, strict=True):
        assert (exact.source, exact.target, exact.weight) == (other.source, other.target, other.weight)
        assert other.meets is None or exact.meets == other.meets
        for quadrant, point in other.quadrants.items():
            assert (exact.quadrants[quadrant] is None) == (point is None)


@settings(max_examples=60)
@given(networks(min_depth=2, max_depth=3))
def test_every_pair_that_does_not_meet_has_a_case_and_every_pair_that_meets_has_none(net: Network) -> None:
    for pair in find_pairs(net).pairs:
        assert pair.meets is not None
        assert bool(pair.cases) == (not pair.meets)
        assert (pair.case == 5) == (not pair.meets and not pair.empty_quadrants)


@pytest.mark.parametrize(
    ("net", "cases"),
    [
        # z[2,0] is never positive, whatever z[1,0] and z[1,1] are; z[2,1] = a1 + a2 - 1 meets both lines.
        (known.DEAD, [(1, 3), (1, 3), (), ()]),
        (known.SHARED, [(2,), (4,), (2,), (4,)]),
        (known.HIDDEN, [(3,), ()]),
        (known.REFLECTED, [(4,)]),
        (known.BOTH_SIDES, [(5,), (5,)]),
        (known.BOTH_SIDES_2D, [(5,), (5,), ()]),
        (known.UNIQUE, [(4,), ()]),
        (known.exchangeable(), [()] * 30),
    ],
)
@pytest.mark.parametrize("most_regions", [0, 40_000])
def test_the_cases_of_networks_worked_out_by_hand(
    net: Network, cases: list[tuple[int, ...]], most_regions: int
) -> None:
    assert [pair.cases for pair in find_pairs(net, most_regions=most_regions).pairs] == cases


def test_a_case_does_not_keep_boundaries_apart_where_they_only_touch() -> None:
    # z = x and z' = -|x|: whenever z is active z' is not, and both vanish at 0.
    net = Network.from_arrays([([[1], [-1]], [0, 0]), ([[-1, -1]], [0]), ([[1]], [0])])
    pair = find_pairs(net).pairs[0]
    assert pair.empty_quadrants == (1, 3)
    assert pair.meets
    assert pair.meeting == (0,)
    assert pair.case is None


def test_weights_that_are_zero_connect_nothing() -> None:
    net = Network.from_arrays([([[1], [2]], [0, 1]), ([[0, 1]], [1]), ([[1]], [0])])
    assert [(pair.source, pair.target) for pair in find_pairs(net).pairs] == [(Neuron(1, 1), Neuron(2, 0))]


def test_all_hundred_pairs_of_a_network_with_ten_inputs_are_decided() -> None:
    pairs = find_pairs(he_network((10, 10, 10, 1), seed=0)).pairs
    assert len(pairs) == 100
    assert all(pair.meets is not None and pair.quadrants.keys() == set(CASES.values()) for pair in pairs)


def test_points_that_are_not_where_they_are_said_to_be_are_found_out() -> None:
    pair = find_pairs(known.HIDDEN).pairs[1]
    assert pair.meets
    assert pair.meeting is not None
    moved = (pair.meeting[0] + 1, *pair.meeting[1:])
    wrong = Pair(pair.source, pair.target, pair.weight, True, moved, pair.quadrants)
    with pytest.raises(TheoryContradicted, match="meeting point"):
        require_consistent(known.HIDDEN, wrong)
    exchanged = {quadrant: pair.quadrants[-quadrant[0], -quadrant[1]] for quadrant in CASES.values()}
    wrong = Pair(pair.source, pair.target, pair.weight, True, pair.meeting, exchanged)
    with pytest.raises(TheoryContradicted, match="quadrant"):
        require_consistent(known.HIDDEN, wrong)
