"""``exactrev audit``: rows for people and for programs, and exit codes."""

from __future__ import annotations

import pytest
from command_line import Run

import exactrev.audit.ledger as ledger
from exactrev.audit import Evidence, EvidenceFailed, Row, Standing


def test_one_row_is_told_with_its_evidence(run: Run) -> None:
    answer = run("audit", "--claim", "X1")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("REFUTED AS PRINTED  X1, summary: ")
    assert "1 before, 0 after" in answer.out
    assert answer.out.endswith("1 claims: 1 refuted as printed\n")


def test_the_record_has_verdict_corrected_statement_and_evidence(run: Run) -> None:
    record = run("audit", "--json", "--claim", "I1", "--claim", "T2d").json
    first, second = record["claims"]
    assert (first["claim"], first["verdict"]) == ("I1", "proved")
    assert [piece["kind"] for piece in first["evidence"]][:1] == ["proof"]
    assert (second["claim"], second["verdict"]) == ("T2d", "refuted as printed")
    assert second["corrected"]
    assert all(piece["stands"] and piece["finding"] for piece in second["evidence"])
    assert (record["counts"]["proved"], record["counts"]["open"]) == (1, 0)


def test_an_unknown_claim_is_a_usage_error(run: Run) -> None:
    answer = run("audit", "--claim", "T9")
    assert answer.code == 2
    assert "'T9' is not one of D1, I1, " in answer.err.replace("\n", " ")


def test_evidence_that_fails_ends_with_code_1(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> str:
        raise EvidenceFailed("it does not come out")

    row = Row("Z1", "nowhere", "something", Standing.CHECKED, "it", (Evidence("network", "cited", fail),))
    monkeypatch.setattr(ledger, "ROWS", (row,))
    answer = run("audit")
    assert answer.code == 1
    assert answer.out.startswith("ERROR ")
