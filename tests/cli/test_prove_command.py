"""``exactrev prove``: steps for people, records for programs, and exit codes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

import pytest
from command_line import Run

import exactrev.proofs
from exactrev.proofs import PROOFS, Step, find_proofs
from exactrev.proofs.proof import check


def test_a_proof_is_told_step_by_step(run: Run) -> None:
    answer = run("prove", "I1")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("PROVED permuting_a_layer_changes_nothing (I1, §3.1)\n")
    assert "  does not cover: " in answer.out
    assert answer.out.endswith("1 of 1 proved\n")


def test_the_record_has_every_step(run: Run) -> None:
    record = run("prove", "permuting_a_layer_changes_nothing", "--json").json
    (proof,) = record["proofs"]
    assert (record["proved"], proof["status"]) == (1, "proved")
    assert len(proof["steps"]) == find_proofs("I1")[0].length
    assert all(step["holds"] and step["cases"] and step["counterexample"] is None for step in proof["steps"])


def test_the_list_runs_nothing(run: Run) -> None:
    assert [entry["label"] for entry in run("prove", "--list", "--json").json["proofs"]] == list(PROOFS)
    assert all(label in run("prove", "--list").out for label in PROOFS)


def test_an_unknown_label_is_a_usage_error(run: Run) -> None:
    answer = run("prove", "nonsense")
    assert answer.code == 2
    assert f"'nonsense' is not one of {next(iter(PROOFS))}" in " ".join(answer.err.split())


def test_a_false_step_is_shown_and_exits_with_1(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def derive() -> Iterator[Step]:
        yield check("one is two", [("1", 1 == 2)])

    false = replace(find_proofs("I1")[0], derivation=derive, length=1)
    monkeypatch.setattr(exactrev.proofs, "PROOFS", MappingProxyType({false.label: false}))
    answer = run("prove")
    assert answer.code == 1
    assert "FAILED permuting" in answer.out
    assert "FALSE: one is two [1]" in answer.out
