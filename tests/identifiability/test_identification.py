"""`identify` as a whole: what it claims about weights, and that a family or a rank stands behind it."""

from __future__ import annotations

from fractions import Fraction

import known_networks as known
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exactrev.errors import TheoryContradicted
from exactrev.identifiability import Family, Parameter, find_pairs, identify
from exactrev.identifiability.identification import _check
from exactrev.identifiability.parameters import along
from exactrev.identifiability.structure import (
    Relations,
    bias_fields,
    list_fields,
    relations_of_pairs,
    relations_of_patterns,
)
from exactrev.network import Network, Neuron, he_network, random_rational_network
from exactrev.verdict import Outcome


@pytest.mark.parametrize(
    ("net", "identifiable"),
    [
        (known.DEAD, [False, False, True, True]),
        (known.SHARED, [False, None, False, None]),
        (known.HIDDEN, [True, True]),  # biases move, weights do not
        (known.REFLECTED, [True]),
        (known.BOTH_SIDES_2D, [True, True, True]),  # biases move, weights do not
        (known.UNIQUE, [True, True]),
        (known.exchangeable(), [True] * 30),
    ],
)
def test_weights_are_identifiable_or_not_as_worked_out_by_hand(net: Network, identifiable: list[bool | None]) -> None:
    assert [report.identifiable for report in identify(net).pairs] == identifiable


@pytest.mark.parametrize(
    ("net", "near", "further"),
    [
        (known.UNIQUE, True, None),
        (known.REFLECTED, True, True),  # full rank, and a second network all the same
        (known.NEGATABLE, True, True),
        (known.exchangeable(), True, True),
        (known.HIDDEN, False, True),
        (known.DEAD, False, True),
        (known.BOTH_SIDES, False, True),
    ],
)
def test_near_and_far_are_told_apart(net: Network, near: bool, further: bool | None) -> None:
    found = identify(net)
    assert found.is_locally_unique is near
    assert found.has_further_isomorphisms is further


def test_every_family_was_compared_inside_and_outside() -> None:
    for net in (known.DEAD, known.SHARED, known.HIDDEN, known.BOTH_SIDES):
        for checked in identify(net).families:
            assert checked.is_new
            assert checked.inside
            assert all(outcome is Outcome.HOLDS for _, outcome in checked.inside)
            assert all(outcome is Outcome.FAILS for _, outcome in checked.outside)


def test_a_family_with_a_different_network_inside_is_a_contradiction() -> None:
    # 1 - 2 a1 + a2: no parameter can move on its own.
    wrong = Family(known.UNIQUE, {Parameter(2, 0, 0): Fraction(1)}, None, Fraction(1), "for the test")
    with pytest.raises(TheoryContradicted, match="two networks of a family are different"):
        _check(wrong, is_compared=True)
    assert _check(wrong, is_compared=False).inside == ()


def test_a_weight_that_is_not_identifiable_comes_with_a_family_that_moves_it() -> None:
    for net in (known.DEAD, known.SHARED, he_network((2, 5, 5, 1), seed=0)):
        reports = [report for report in identify(net).pairs if report.identifiable is False]
        assert reports
        for report in reports:
            moved = {(p.layer, p.row, p.column) for checked in report.families for p in checked.direction}
            assert (report.pair.target.layer, report.pair.target.index, report.pair.source.index) in moved


def test_a_network_with_ten_inputs_is_proved_unique_near_by_from_sampled_regions() -> None:
    found = identify(he_network((10, 10, 10, 1), seed=0))
    assert not found.dimension.is_complete
    assert found.dimension.at_least == found.dimension.at_most == 231 - 20
    assert found.is_locally_unique
    assert [report.identifiable for report in found.pairs] == [True] * 100


@settings(max_examples=25)
@given(st.integers(0, 2**20))
def test_fields_keep_the_maps_of_all_patterns_at_any_step_that_they_are_straight_along(seed: int) -> None:
    net = random_rational_network((2, 3, 2, 1), seed, numerator=2, denominator=1)
    patterns = find_pairs(net).patterns
    if not patterns:
        return
    for field in (*list_fields(net, relations_of_patterns(net, patterns)), *bias_fields(net, patterns)):
        moved = along(net, field, 3)
        assert all(moved.affine_map(pattern) == net.affine_map(pattern) for pattern in patterns)


@settings(max_examples=25)
@given(st.integers(0, 2**20))
def test_relations_proved_by_quadrants_hold_in_all_regions(seed: int) -> None:
    net = random_rational_network((2, 3, 2, 1), seed, numerator=2, denominator=1)
    found = find_pairs(net)
    if not found.patterns:
        return
    proved, seen = relations_of_pairs(found.pairs), relations_of_patterns(net, found.patterns)
    assert proved.never <= seen.never
    assert proved.excludes <= seen.excludes
    assert proved.off_implies_off <= seen.off_implies_off


def test_fields_of_a_dead_neuron_are_its_own_parameters() -> None:
    dead = Relations(frozenset({Neuron(2, 0)}), frozenset(), frozenset(), frozenset(), frozenset())
    names = sorted(str(parameter) for field in list_fields(known.DEAD, dead) for parameter in field)
    assert names == ["W2[0,0]", "W2[0,1]", "W3[0,0]", "b2[0]"]
