"""The three words, each reached by every way that leads to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import pytest

from exactrev.network import Network, Neuron
from exactrev.recovery.allowed import Interval
from exactrev.recovery.missing import Missing, classify, find_unplaced, find_unsigned
from exactrev.recovery.open_weights import OpenWeight, WeightFinding, complete
from exactrev.recovery.signs import SignDecision
from exactrev.verdict import Outcome, Verdict

ENTRY: OpenWeight = (Neuron(2, 0), 0)


@pytest.fixture
def net() -> Network:
    """Neuron z[2,0] = -7 a_0 + a_1 - 1 over a = (ReLU(x), ReLU(-x)): its weight for unit 0 is free."""
    return Network.from_arrays([([[1], [-1]], [0, 0]), ([[-7, 1]], [-1]), ([[1]], [0])])


def finding(*allowed: Interval, given_others: tuple[Interval, ...] | None = None) -> WeightFinding:
    return WeightFinding(*ENTRY, allowed, Fraction(-7), allowed if given_others is None else given_others)


def decided(outcome: Outcome, **witness: object) -> Verdict:
    return Verdict(outcome, "somebody looked", dict(witness))


def test_a_weight_is_free_if_it_is_proved_that_changing_it_changes_nothing(net: Network) -> None:
    asked = []

    def is_free(network: Network, neuron: Neuron, unit: int) -> Verdict:
        asked.append((network, neuron, unit))
        return decided(Outcome.HOLDS)

    below = Interval(None, Fraction(1, 2))
    [missing] = classify(net, [ENTRY], [finding(below)], is_free=is_free)
    assert asked == [(net, *ENTRY)]
    assert missing == Missing(*ENTRY, "free", "changing it changes nothing: somebody looked", below)
    assert str(missing).startswith("free: the weight of z[2,0] for unit 0 below: ")


def test_a_weight_on_which_the_network_depends_is_a_placeholder_with_the_point(net: Network) -> None:
    verdict = decided(Outcome.FAILS, point=(Fraction(1, 2), Fraction(3)))
    [missing] = classify(net, [ENTRY], is_free=lambda *question: verdict)
    assert missing.word == "placeholder"
    assert missing.reason == "no answer shows it; it stands as -7, and the network depends on it, at (1/2, 3)"
    [unplaced] = classify(net, [ENTRY], is_free=lambda *question: decided(Outcome.FAILS))
    assert unplaced.reason.endswith("depends on it, somebody looked")


def test_what_is_not_decided_is_a_placeholder_and_says_so(net: Network) -> None:
    [missing] = classify(net, [ENTRY], is_free=lambda *question: decided(Outcome.UNDECIDED))
    assert missing.word == "placeholder"
    assert missing.reason.endswith("whether it matters anywhere was not decided")


def test_without_a_network_zero_stands_for_the_weight_and_nothing_is_asked() -> None:
    def never(network: Network, neuron: Neuron, unit: int) -> Verdict:
        raise AssertionError

    [missing] = classify(None, [ENTRY], is_free=never)
    assert missing == Missing(*ENTRY, "placeholder", "no answer shows it; it stands as 0")


def test_a_weight_that_answers_show_is_not_missing(net: Network) -> None:
    answers = [((Fraction(x),), net((x,))) for x in (-3, -2, 1)]
    by_values = complete(net, [(Neuron(2, 0), 1)], answers).weights
    assert classify(net, [(Neuron(2, 0), 1)], by_values) == ()


def test_intervals_are_part_of_the_reason(net: Network) -> None:
    low, high = Interval(None, Fraction(0)), Interval(Fraction(2), Fraction(2))
    [missing] = classify(net, [], [finding(low, high)])
    assert missing.allowed == Interval(None, Fraction(2))
    assert missing.reason == "no answer shows more than that it is in (-oo, 0] or {2}; it stands as -7"


def test_a_value_that_is_shown_only_beside_the_others_is_a_placeholder(net: Network) -> None:
    exact = Interval(Fraction(-7), Fraction(-7))
    [missing] = classify(net, [], [finding(Interval(), given_others=(exact,))])
    assert missing.word == "placeholder"
    assert "if the other open weights have theirs" in missing.reason


def test_contradicted_weights_point_elsewhere(net: Network) -> None:
    [missing] = classify(net, [ENTRY], [finding()])
    assert (missing.word, missing.allowed) == ("placeholder", None)
    assert "something else is wrong" in missing.reason


def test_weights_come_in_the_order_of_neurons(net: Network) -> None:
    entries = [(Neuron(2, 0), 1), (Neuron(1, 1), 0), (Neuron(2, 0), 0), (Neuron(2, 0), 1)]
    missing = classify(net, entries)
    assert [(m.neuron, m.input) for m in missing] == [(Neuron(1, 1), 0), (Neuron(2, 0), 0), (Neuron(2, 0), 1)]


@dataclass(frozen=True)
class Row:
    weights: tuple[Fraction | None, ...]

    @property
    def missing(self) -> list[int]:
        return [i for i, weight in enumerate(self.weights) if weight is None]


def test_neurons_without_a_settled_sign_are_unreached() -> None:
    settled = SignDecision((1, -1), True, True, None, (), True, 2, 2, "by elimination")
    assert list(find_unsigned(1, 2, settled)) == []
    [half_open] = find_unsigned(2, 2, replace(settled, unique=False, open=(1,)))
    assert (half_open.neuron, half_open.word) == (Neuron(2, 1), "unreached")
    assert half_open.reason == "its row was read up to its sign: both signs satisfy the equations"
    unknown = replace(settled, signs=None, exists=None, unique=None, all_known=False, reason="too few trails")
    found = [*find_unsigned(3, 2, unknown), *find_unsigned(4, 1, None)]
    assert [missing.neuron for missing in found] == [Neuron(3, 0), Neuron(3, 1), Neuron(4, 0)]
    assert found[0].reason.endswith("too few trails")
    assert found[2].reason.endswith("no signs were decided")


def test_rows_that_were_seen_in_part_are_unreached() -> None:
    [row] = find_unplaced([Row((Fraction(1), None, None)), Row((Fraction(1),))])
    assert str(row) == "unreached: a row: 2 of 3 weights were not reached (units below: 1, 2)"
