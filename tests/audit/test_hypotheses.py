"""Hypotheses: a network shows that one is needed only if it alone fails, and the conclusion too."""

from __future__ import annotations

from typing import Any

import pytest

from exactrev.audit import EvidenceFailed
from exactrev.audit.hypotheses import (
    CONNECTED,
    GENERAL_POSITION,
    LINEAR_REGIONS,
    MEET,
    by_counterexample,
    by_search,
    find_alone,
    find_failed,
    holds_statement,
    is_in_general_position,
)
from exactrev.audit.rows import definitions, induction, needed, theorems
from exactrev.examples import load
from exactrev.network import Network
from exactrev.proofs.exceptional_networks_are_zeros_of_polynomials import Exceptional
from exactrev.recovery.bends import Bend

ALL = (LINEAR_REGIONS, MEET, CONNECTED, GENERAL_POSITION)
net = Network.from_arrays
PLANE = ([[1, 0], [0, 1]], [0, 0])
CORNER = net([PLANE, ([[1, 1]], [-1]), ([[1]], [0])])


def refuted(given: Network) -> str:
    return "it is false"


def true(given: Network) -> str:
    raise EvidenceFailed("it is true")


@pytest.mark.parametrize(
    ("name", "failed"),
    [
        ("figure1", []),
        ("exchanged_pieces_a", [CONNECTED, GENERAL_POSITION]),
        ("opposite_signs_a", []),
        ("bounded_boundary", [LINEAR_REGIONS, GENERAL_POSITION]),
    ],
)
def test_hypotheses_are_decided_network_by_network(name: str, failed: list[str]) -> None:
    assert find_failed(load(name), ALL) == failed


def test_an_empty_boundary_is_connected_and_does_not_meet() -> None:
    assert find_failed(theorems.TWO_WIDE, ALL) == [MEET]


def test_general_position_is_that_of_patterns_that_occur() -> None:
    assert is_in_general_position(CORNER)
    assert not is_in_general_position(net([PLANE, ([[1, 1]], [0]), ([[1]], [0])]))


def test_a_counterexample_needs_a_conclusion_that_fails() -> None:
    networks = {"the corner": CORNER}
    assert by_counterexample(LINEAR_REGIONS, ALL, networks, refuted).run() == "the corner: it is false"
    with pytest.raises(EvidenceFailed, match="it is true"):
        by_counterexample(LINEAR_REGIONS, ALL, networks, true).run()


@pytest.mark.parametrize(
    ("fails", "given"),
    [
        (MEET, CORNER),  # another one fails
        (LINEAR_REGIONS, load("figure1")),  # none does
        (GENERAL_POSITION, load("bounded_boundary")),  # two do
    ],
)
def test_a_counterexample_in_which_another_hypothesis_fails_is_none(fails: str, given: Network) -> None:
    with pytest.raises(EvidenceFailed, match="of the hypotheses only"):
        by_counterexample(fails, ALL, {"it": given}, refuted).run()


def test_a_search_counts_networks_in_which_one_hypothesis_fails_alone() -> None:
    networks = [CORNER, load("figure1"), load("bounded_boundary"), CORNER]
    assert find_alone(LINEAR_REGIONS, ALL, networks) == (4, (CORNER, CORNER))
    assert find_alone(MEET, ALL, networks) == (4, ())


def test_a_search_fails_for_too_few_networks_and_for_one_without_the_conclusion() -> None:
    def found() -> tuple[int, tuple[Network, ...]]:
        return 7, (CORNER,)

    told = by_search(LINEAR_REGIONS, found, 1, "networks", "T1b").run()
    assert told == "7 networks tried, 1 of which fail it alone: T1b holds for these"
    with pytest.raises(EvidenceFailed, match="2 of 7 networks fail"):
        by_search(LINEAR_REGIONS, found, 2, "networks", "T1b").run()
    with pytest.raises(EvidenceFailed, match="R2 holds for all 1"):
        by_search(LINEAR_REGIONS, found, 1, "networks", "R2").run()
    with pytest.raises(EvidenceFailed, match="nonsense holds for all 1"):
        by_search(LINEAR_REGIONS, found, 1, "networks", "nonsense", lambda given: False).run()


def test_a_statement_that_does_not_apply_does_not_hold() -> None:
    assert holds_statement("T2c")(CORNER)
    assert not holds_statement("T2c")(theorems.TWO_WIDE)


def test_another_network_has_to_be_another_one_with_the_same_boundaries_and_hypotheses() -> None:
    one, other = needed.EXCHANGED
    assert "has the same boundaries" in needed._has_another(other, CONNECTED)(one)
    for same, missing, why in (
        (one, CONNECTED, "more than the last hidden layer's signs"),
        (needed.SUM_IS_0, CONNECTED, "the same boundaries"),
        (other, MEET, "meets the other hypotheses"),
    ):
        with pytest.raises(EvidenceFailed, match=why):
            needed._has_another(same, missing)(one)


def test_another_network_that_is_the_same_function_has_to_be_it() -> None:
    one, other = needed.SECTORS
    assert "the same function" in needed._is_another(other, MEET)(one)
    *hidden, output = other.layers
    louder = Network((*hidden, type(output).from_arrays([[2, 3, 4]], [0])))
    assert needed._has_another(louder, MEET)(one)
    with pytest.raises(EvidenceFailed, match="one function"):
        needed._is_another(louder, MEET)(one)


def test_a_boundary_that_is_empty_or_met_is_none_that_is_missed() -> None:
    assert "no part of B[z[2,0]] meets B[z[1,1]]" in needed._misses_one(needed.SECTORS[0])
    with pytest.raises(EvidenceFailed, match="empty ones"):
        needed._misses_one(theorems.TWO_WIDE)


SPOILT: list[tuple[str, Any, str]] = [
    ("BOTH_BEND", net([
        ([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [0, 3, 4]), ([[1, 1, 1], [2, 1, 2]], [-7, -12]), ([[1, 1]], [0])
    ]), "check_both_bend_where_a_third_boundary_passes"),
    ("BOTH_BEND", theorems.TWO_BENDS, "check_both_bend_where_a_third_boundary_passes"),
    ("ONE_INPUT", net([
        ([[1], [1]], [0, 1]), ([[1, 1]], [-2]), ([[1]], [0])
    ]), "check_parallel_normals_leave_weight_and_scale_open"),
    ("SUM_IS_0_TURNED", needed.EXCHANGED[0], "check_one_turned_layer_has_the_same_boundaries"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "other", "check"), SPOILT)
def test_a_check_fails_for_another_network(
    name: str, other: Any, check: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert getattr(needed, check)()
    monkeypatch.setattr(needed, name, other)
    with pytest.raises(EvidenceFailed):
        getattr(needed, check)()


def test_equal_rows_of_full_rank_are_no_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needed, "SUM_IS_0", CORNER)
    monkeypatch.setattr(needed, "SUM_IS_0_TURNED", CORNER)
    monkeypatch.setattr(needed, "rank", lambda A: 3)
    with pytest.raises(EvidenceFailed, match="rank 2"):
        needed.check_one_turned_layer_has_the_same_boundaries()


def test_a_recovery_that_refuses_nothing_or_sees_more_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, function, check in (
        ("find_bend", lambda *rows: Bend(1, 0), "check_parallel_normals_leave_weight_and_scale_open"),
        ("find_bend", lambda *rows: Bend(1, 2), "check_an_earlier_crossing_gives_no_weight"),
        ("recover_signs", lambda trails: None, "check_on_a_boundary_the_indicator_is_neither"),
        ("closest_boundary", lambda *given: None, "check_starting_on_a_boundary_a_later_one_is_missed"),
    ):
        with monkeypatch.context() as changed:
            changed.setattr(needed, name, function)
            with pytest.raises(EvidenceFailed):
                getattr(needed, check)()


@pytest.mark.parametrize(
    "check",
    [
        "check_bundled_networks_are_decided_by_the_polynomials",
        "check_theorems_fail_only_where_a_polynomial_vanishes",
    ],
)
@pytest.mark.parametrize("found", [[], [Exceptional("paths", (), ())]])
def test_polynomials_that_never_vanish_or_always_are_noticed(
    check: str, found: list[Exceptional], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(definitions, "find_exceptional", lambda given, patterns: found)
    with pytest.raises(EvidenceFailed):
        getattr(definitions, check)()


def test_a_layer_that_is_read_rightly_is_no_counterexample() -> None:
    with pytest.raises(EvidenceFailed, match="T1d fails"):
        needed._fails("T1d")(load("figure1"))
    assert needed._fails("T1d")(induction.LAYER_3_LOOKS_LIKE_2)
