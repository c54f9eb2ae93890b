"""Failures have kinds that do not depend on names of neurons, and what must not happen is a fault."""

from __future__ import annotations

import pytest
from testing.fuzz.networks_to_judge import APART, MEET, PERMUTE, R1, R2, RELU, ZERO, fails_where, pretend, raises

from exactrev.errors import BudgetSpent, TheoryContradicted
from exactrev.network import Network, permute
from exactrev.testing.fuzz.judging import failures, judge


def outcomes(net: Network, *labels: str) -> list[tuple[str, str]]:
    return [(found.outcome, found.kind) for found in judge(net, labels)[0]]


def test_a_statement_that_fails_has_a_kind_made_of_its_witness() -> None:
    kind = "fails: neuron, vanishes around, where the pattern is"
    assert outcomes(ZERO, R1, PERMUTE) == [("FAILS", kind), ("HOLDS", "")]
    assert [found.label for found in failures(judge(ZERO, [R1, PERMUTE])[0])] == [R1]


def test_the_kind_does_not_say_which_neurons() -> None:
    # z[1,0] is where x = 0 and z[1,1] where x = 5; z[2,0] listens to one of them, and its boundary is elsewhere.
    net = Network.from_arrays([([[1], [1]], [0, -5]), ([[1, 0]], [-1]), ([[1]], [0])])
    kinds = {outcomes(candidate, MEET)[0] for candidate in (net, permute(net, 1, (1, 0)), APART)}
    assert kinds == {("FAILS", "fails: neurons, weight, along the boundary of z")}


@pytest.mark.parametrize("error", [TheoryContradicted("two is three", witness=7), ZeroDivisionError("by accident")])
def test_an_exception_is_a_fault_named_after_its_type_and_place(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    pretend(monkeypatch, raises(error))
    (found,), _ = judge(RELU, [PERMUTE])
    assert found.is_fault
    assert found.kind.startswith(f"fault: {type(error).__name__}")
    assert found.checked == str(error)


def test_a_fault_of_ours_names_the_function_that_raised_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(evidence: object) -> object:
        return RELU.pattern(())  # a point of the wrong length

    pretend(monkeypatch, stumble)  # type: ignore[arg-type]
    assert outcomes(RELU, PERMUTE)[0][1] == "fault: InvalidNetwork in _homogeneous_columns"


def test_a_fault_that_several_statements_run_into_is_reported_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exactrev.statements.evidence.regions", raises(TheoryContradicted("cells overlap")))
    found = judge(RELU, [R1, R2])[0]
    assert [judgement.is_fault for judgement in found] == [True, False]
    assert len(list(failures(found))) == 1


@pytest.mark.parametrize("error", [BudgetSpent("no simplex is large enough"), MemoryError()])
def test_what_there_is_no_room_for_is_undecided_and_no_fault(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    pretend(monkeypatch, raises(error))
    assert outcomes(RELU, PERMUTE) == [("UNDECIDED", "")]


def test_a_verdict_that_changes_with_names_or_scales_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    # Of an isomorphic network the first neuron has other weights.
    pretend(monkeypatch, fails_where(lambda net: net.layers[0].W[0][0] == 1))
    (found,), _ = judge(RELU, [PERMUTE])
    assert found.is_fault
    assert found.kind == "fault: another verdict for an isomorphic network"
    (once,), _ = judge(RELU, [PERMUTE], twice=False)
    assert once.outcome == "FAILS"
