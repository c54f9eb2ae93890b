"""Running the audit: all evidence comes out, and whatever does not makes its row an error."""

from __future__ import annotations

from dataclasses import replace

import pytest

import exactrev.audit.report as report
from exactrev.audit import ROWS, Evidence, EvidenceFailed, Row, Standing, audit, run_row
from exactrev.audit.evidence import by_statement
from exactrev.audit.report import evidence_for
from exactrev.audit.row import Hypothesis, Need, require
from exactrev.errors import BadInput, BudgetSpent, TheoryContradicted
from exactrev.verdict import Outcome


def _row(standing: Standing, *evidence: Evidence) -> Row:
    return Row("Z1", "nowhere", "something", standing, "something else", evidence)


def _raising(error: Exception) -> Evidence:
    def run() -> str:
        raise error

    return Evidence("network", "what is cited", run)


# Proofs have tests of their own, and those of regions take long; everything else is run here.
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_the_evidence_cited_comes_out(row: Row) -> None:
    for evidence in evidence_for(row):
        assert evidence.kind == "proof" or evidence.run()


def test_progress_counts_every_piece_and_the_order_is_that_of_the_ledger() -> None:
    seen: list[tuple[int, int]] = []
    found = audit(["X1", "D1"], lambda done, total: seen.append((done, total)))
    assert [result.row.id for result in found.results] == ["D1", "X1"]
    assert [done for done, _ in seen] == list(range(1, seen[-1][1] + 1))
    assert len({total for _, total in seen}) == 1
    assert found.stands
    assert found.counts() == {"proved": 0, "checked": 0, "refuted as printed": 2, "open": 0, "error": 0}


def test_a_proof_that_answers_several_rows_is_run_once_in_an_audit_and_anew_in_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ran = []
    proof = Evidence("proof", "it", lambda: ran.append(1) or "proved")  # type: ignore[func-returns-value]
    monkeypatch.setattr(report, "proofs_of", lambda number: (proof,) if number in ("I2", "X1") else ())
    for times in (1, 2):
        assert [r.findings[0].evidence for r in audit(["I2", "X1"]).results] == [proof, proof]
        assert len(ran) == times


@pytest.mark.parametrize("error", [EvidenceFailed("it differs"), BadInput("", "a", "b", "c"), BudgetSpent("late")])
def test_evidence_that_fails_turns_the_row_into_an_error(error: Exception) -> None:
    for standing in Standing:
        result = run_row(_row(standing, Evidence("network", "right", lambda: "fine"), _raising(error)))
        assert result.verdict == "error"
        assert "what is cited" in result.error
        assert result.to_json()["evidence"][1]["stands"] is False
        assert result.lines()[0].startswith("ERROR ")
        assert any("FAILED" in line for line in result.lines())


def test_a_hypothesis_without_the_evidence_that_it_needs_is_an_error() -> None:
    shown = Evidence("network", "a network", lambda: "fine")
    proved = Evidence("proof", "a proof", lambda: "proved")
    for need, evidence, error in (
        (Need.NEEDED, (shown,), ""),
        (Need.NEEDED, (proved,), "no network shows that 'h' is needed"),
        (Need.NOT_FOUND, (), "or that none was found"),
        (Need.NOT_FOUND, (shown,), ""),
        (Need.NOT_NEEDED, (proved, shown), ""),
        (Need.NOT_NEEDED, (shown,), "no proof does without 'h'"),
    ):
        row = replace(_row(Standing.CHECKED, shown), needed=(Hypothesis("h", need, "why", evidence),))
        result = run_row(row)
        assert (error in result.error) if error else not result.error
        assert [finding.evidence for finding in result.findings] == list(dict.fromkeys((shown, *evidence)))
        assert result.to_json()["hypotheses"][0]["needed"] == str(need)
        assert any(f"h: {need} (why)" in line for line in result.lines())


def test_evidence_of_a_hypothesis_that_fails_turns_its_row_into_an_error() -> None:
    shown = Evidence("network", "right", lambda: "fine")
    wrong = Hypothesis("h", Need.NEEDED, "why", (_raising(EvidenceFailed("it differs")),))
    assert "it differs" in run_row(replace(_row(Standing.CHECKED, shown), needed=(wrong,))).error


def test_what_is_proved_impossible_is_never_caught() -> None:
    with pytest.raises(TheoryContradicted):
        run_row(_row(Standing.CHECKED, _raising(TheoryContradicted("two and two are five"))))


def test_a_verdict_without_evidence_is_an_error_and_so_is_a_proved_one_without_proof() -> None:
    assert run_row(_row(Standing.OPEN)).verdict == "open"
    for standing in (Standing.PROVED, Standing.CHECKED, Standing.REFUTED):
        assert run_row(_row(standing)).error.startswith("there is no evidence")
    shown = Evidence("network", "right", lambda: "fine")
    assert run_row(_row(Standing.CHECKED, shown)).verdict == "checked"
    result = run_row(_row(Standing.PROVED, shown))
    assert result.error == "there is no proof"
    assert "there is no proof" in "\n".join(result.lines())


def test_a_statement_with_another_outcome_a_vacuous_one_or_another_witness_is_no_evidence() -> None:
    assert by_statement("R2", Outcome.HOLDS, "figure1").run() == "HOLDS on figure1"
    for evidence, why in (
        (by_statement("R2", Outcome.HOLDS, "classifier2d"), "it FAILS"),
        (by_statement("T1b", Outcome.HOLDS, "reflected"), "something to check"),
        (by_statement("R2", Outcome.FAILS, "classifier2d", needs="nonsense"), "'nonsense'"),
    ):
        with pytest.raises(EvidenceFailed, match=why):
            evidence.run()


def test_requiring_what_does_not_hold_fails() -> None:
    require(True, "nothing")
    with pytest.raises(EvidenceFailed, match="it does not come out that one is two"):
        require(1 == 2, "one is two")
