"""Counterexamples of every kind that exists are found, small and right; those that do not exist are refused."""

from __future__ import annotations

import pytest

from exactrev.equivalence import decide_equal, prune
from exactrev.errors import BadInput, BudgetSpent
from exactrev.geometry import boundaries
from exactrev.identifiability import counterexamples, find_counterexample, find_pairs, why_impossible
from exactrev.network import is_isomorphic
from exactrev.verdict import Outcome

EXISTING = {
    (1, True): "1-2-1-1",
    (2, True): "1-2-1-1",
    (2, False): "1-2-1-1",
    (3, True): "1-1-1-1",
    (3, False): "2-2-2-1",
    (4, True): "1-1-1-1",
    (4, False): "1-2-1-1",
    (5, True): "1-2-1-1",
    (5, False): "1-2-1-1",
}


@pytest.mark.parametrize(("case", "further"), EXISTING)
def test_every_combination_that_exists_is_found_small_and_proved(case: int, further: bool) -> None:
    found = find_counterexample(case, further)
    net = found.network
    assert net.architecture == EXISTING[case, further]
    assert [pair.cases for pair in find_pairs(net).pairs if pair == found.pair] == [(case,)]
    assert not any(boundary.is_empty for boundary in boundaries(net))
    assert prune(net).widths == net.widths
    assert all(abs(entry) <= 3 for layer in net.layers for row in layer.rows for entry in row)
    if further:
        other = found.unique.witness["network"]
        assert other.widths == net.widths
        assert decide_equal(net, other).outcome is Outcome.HOLDS
        assert not is_isomorphic(net, other)
    else:
        assert found.unique.holds


def test_the_same_seed_finds_the_same_network() -> None:
    assert find_counterexample(3, True, seed=4).network == find_counterexample(3, True, seed=4).network


def test_shrinking_leaves_nothing_to_shrink() -> None:
    found = find_counterexample(5, True, (1, 2, 1, 1), seed=2)
    entries = tuple(entry for layer in found.network.layers for row in layer.rows for entry in row)
    for place, entry in enumerate(entries):
        for smaller in {0, entry - (entry > 0) + (entry < 0)} - {entry}:
            candidate = (*entries[:place], smaller, *entries[place + 1 :])
            assert not counterexamples._may_have((1, 2, 1, 1), candidate, 5) or (
                counterexamples._judge((1, 2, 1, 1), candidate, 5, True) is None
            )


def test_widths_are_respected() -> None:
    found = find_counterexample(1, True, (2, 3, 2, 1))
    assert found.network.widths == (2, 3, 2, 1)
    assert found.pair.cases == (1,)


@pytest.mark.parametrize(
    ("case", "further", "widths", "word"),
    [
        (1, False, None, "for ever"),
        (2, True, (3, 4, 1), "no two consecutive hidden layers"),
        (4, False, (2, 1, 1, 1), "width 1"),
        (2, True, (2, 1, 3, 1), "alone in its layer"),
        (5, False, (2, 1, 3, 1), "alone in its layer"),
        (3, False, (2, 3, 1, 1), "cannot be seen"),
    ],
)
def test_what_cannot_exist_is_refused_with_the_argument(
    case: int, further: bool, widths: tuple[int, ...] | None, word: str
) -> None:
    assert word in str(why_impossible(case, further, widths))
    with pytest.raises(BadInput, match=word):
        find_counterexample(case, further, widths)


@pytest.mark.parametrize(
    ("case", "further", "widths"), [(1, False, (1, 2, 1, 1)), (3, False, (1, 2, 1, 1)), (2, True, (1, 1, 2, 1))]
)
def test_a_search_for_what_cannot_exist_finds_nothing(
    case: int, further: bool, widths: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The arguments are not used: the search itself has to come back with empty hands.
    monkeypatch.setattr(counterexamples, "why_impossible", lambda case, further, widths=None: None)
    monkeypatch.setattr(counterexamples, "MOST_DRAWN", 900)
    with pytest.raises(BudgetSpent):
        find_counterexample(case, further, widths)


def test_a_case_that_is_none_and_widths_that_are_none_are_bad_input() -> None:
    with pytest.raises(BadInput, match="case"):
        find_counterexample(6, True)
    with pytest.raises(BadInput, match="widths"):
        find_counterexample(1, True, (2, 0, 1))
