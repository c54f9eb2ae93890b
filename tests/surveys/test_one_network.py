"""What a survey says of a network, against what says it one network at a time; and one way by the other."""

from __future__ import annotations

import pytest

from exactrev import boundaries, identify, verify
from exactrev.errors import BudgetSpent
from exactrev.identifiability import decide_unique
from exactrev.network import Network, he_network
from exactrev.surveys import COUNTED, QUESTIONS, Answer, Task, by_programs, examine
from exactrev.surveys.by_programs import answer_by_programs
from exactrev.surveys.by_regions import answer_by_regions, can_be_enumerated
from exactrev.surveys.clock import Clock
from exactrev.surveys.questions import both
from exactrev.verdict import Outcome

ANSWERS = {Outcome.HOLDS: Answer.YES, Outcome.FAILS: Answer.NO, Outcome.UNDECIDED: Answer.UNDECIDED}
SHAPES = [(1, 3, 2, 1), (2, 3, 1), (2, 3, 3, 1), (2, 3, 2, 2, 1), (3, 3, 3, 2)]
NETWORKS = [(widths, seed) for widths in SHAPES for seed in range(3)]


@pytest.mark.parametrize(("widths", "seed"), NETWORKS)
def test_the_answers_are_those_of_the_statements(widths: tuple[int, ...], seed: int) -> None:
    record, report = examine(Task(widths, seed)), verify(he_network(widths, seed), ["R2", "T2h"])
    assert record.answers["lra"] is ANSWERS[report["R2"].outcome]
    assert record.answers["meet"] is ANSWERS[report["T2h"].outcome]
    assert record.answers["theorem_2"] is Answer.of(report["R2"].holds and report["T2h"].holds)
    assert record.regions == report.counts["regions"]


@pytest.mark.parametrize(("widths", "seed"), NETWORKS)
def test_the_answers_and_counts_are_those_of_the_boundaries(widths: tuple[int, ...], seed: int) -> None:
    record, net = examine(Task(widths, seed)), he_network(widths, seed)
    found = boundaries(net)
    bounded = [b.neuron for b in found if b.is_bounded and not b.is_empty]
    assert record.answers["connected"] is Answer.of(all(b.n_components <= 1 for b in found))
    assert record.answers["non_empty"] is Answer.of(not any(b.is_empty for b in found))
    assert record.answers["unbounded"] is Answer.of(not bounded)
    for k in range(2, net.depth + 1):
        own = [b for b in found if b.neuron.layer == k]
        below = [b.neuron for b in found if b.neuron.layer == k - 1]
        disjoint = sum(found.meeting_point(b.neuron, z) is None for b in own for z in below)
        assert record.counts["disconnected"][k - 2] == (sum(b.n_components > 1 for b in own), 0)
        assert record.counts["empty"][k - 2] == (sum(b.is_empty for b in own), 0)
        assert record.counts["bounded"][k - 2] == (sum(z.layer == k for z in bounded), 0)
        assert record.counts["disjoint"][k - 2] == (disjoint, 0)


@pytest.mark.parametrize(("widths", "seed"), NETWORKS)
def test_the_answers_are_those_of_identify_or_decide_more(widths: tuple[int, ...], seed: int) -> None:
    record, found = examine(Task(widths, seed)), identify(he_network(widths, seed))
    unique = decide_unique(he_network(widths, seed), found)
    assert found.dimension.is_exact
    assert record.answers["dimension"] is Answer.of(found.dimension.is_full)
    if found.is_locally_unique is not None:
        assert record.answers["unique_nearby"] is Answer.of(found.is_locally_unique)
    if unique.outcome is not Outcome.UNDECIDED:
        assert record.answers["more"] is Answer.of(not unique.holds)


@pytest.mark.parametrize("widths", [(2, 3, 1), (2, 3, 3, 1), (3, 3, 3, 1), (3, 2, 4, 1), (2, 2, 4, 2, 1), (4, 4, 1, 1)])
def test_programs_and_regions_never_contradict_each_other(widths: tuple[int, ...]) -> None:
    decided = dict.fromkeys((question.key for question in QUESTIONS), 0)
    for seed in range(4):
        net = he_network(widths, seed)
        _, whole, counts = answer_by_regions(net, Clock(None))
        some, fewer_counts = answer_by_programs(net, Clock(None))
        for key, answer in some.items():
            if answer is not Answer.UNDECIDED and whole[key] is not Answer.UNDECIDED:
                assert answer is whole[key], (key, seed)
                decided[key] += 1
        for key, tallies in fewer_counts.items():
            for (yes, undecided), (truth, _) in zip(tallies, counts[key], strict=True):
                assert yes <= truth <= yes + undecided, (key, seed)
    # Without regions these are decided all the same, at this size.
    assert decided["meet"] == decided["non_empty"] == 4
    assert decided["dimension"] >= 1
    full_rank = widths[0] >= widths[1]
    assert decided["connected"] == decided["unbounded"] == (4 if len(widths) == 3 + full_rank else 0)
    if len(widths) > 3:
        assert (fewer_counts["disconnected"][0] == (0, 0)) == full_rank


def test_a_network_with_too_many_regions_is_asked_by_programs() -> None:
    assert not can_be_enumerated(he_network((8, 8, 8, 1), 0))
    record = examine(Task((8, 8, 8, 1), 0))
    assert record.regions is None
    assert record.answers["meet"] is not Answer.UNDECIDED
    assert record.answers["lra"] is not Answer.UNDECIDED  # W^1 has rank 8
    assert record.answers["connected"] is Answer.YES  # by the lemma
    assert record.counts["disconnected"] == ((0, 0),)


def test_the_lemma_on_connected_boundaries_is_used_where_it_applies_only() -> None:
    first, last = ([[1, 0], [0, 1]], [1, 2]), ([[1, 1]], [0])
    for net, layers in [
        (Network.from_arrays([first, ([[1, 2], [3, -1]], [1, -1]), last]), 2),
        (Network.from_arrays([first, ([[1, 2], [3, -1]], [1, 0]), last]), 1),  # a bias is 0
        (Network.from_arrays([([[1, 0], [2, 0]], [1, 3]), ([[1, 2], [3, -1]], [1, -1]), last]), 1),  # rank 1
        (Network.from_arrays([([[1], [0]], [1, 2]), ([[1, 2], [3, -1]], [1, -1]), last]), 0),  # a zero row
        (Network.from_arrays([([[1]], [1]), ([[1]], [1]), ([[1]], [0])]), 1),  # one input: points
    ]:
        assert by_programs._layers_of_known_shape(net) == layers


def test_without_time_everything_is_undecided_but_nothing_is_wrong() -> None:
    record, full = examine(Task((2, 4, 4, 1), 3, seconds=1e-9)), examine(Task((2, 4, 4, 1), 3))
    assert record.regions is None
    assert {*record.answers.values()} == {Answer.UNDECIDED}
    for counted in COUNTED:
        ((yes, undecided),) = record.counts[counted.key]
        ((truth, _),) = full.counts[counted.key]
        assert yes <= truth <= yes + undecided


def test_time_that_runs_out_in_the_middle_leaves_what_was_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    def spent(*arguments: object) -> None:
        raise BudgetSpent("no more")

    monkeypatch.setattr("exactrev.surveys.symmetries.rank_at_least", spent)
    record = examine(Task((2, 4, 4, 1), 0))
    assert record.answers["meet"] is not Answer.UNDECIDED
    assert Answer.YES is not record.answers["dimension"]


def test_one_hidden_layer_meets_every_hypothesis_of_theorem_2() -> None:
    for seed in range(3):
        answers = examine(Task((2, 4, 1), seed)).answers
        assert answers == {key: Answer.of(key != "more") for key in answers}


def test_both_is_and() -> None:
    for one in Answer:
        for other in Answer:
            pair = {one, other}
            expected = Answer.NO if Answer.NO in pair else Answer.UNDECIDED if Answer.UNDECIDED in pair else Answer.YES
            assert both(one, other) is expected
