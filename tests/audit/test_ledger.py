"""The rows of the audit: one for every claim, each with evidence for what it says, and shown everywhere alike."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from exactrev.audit import ROWS, Row, Standing, as_table, find_rows
from exactrev.audit.ledger import hypotheses_as_table
from exactrev.audit.report import evidence_for
from exactrev.errors import BadInput
from exactrev.proofs import PROOFS

ROOT = Path(__file__).resolve().parents[2]


def _page(name: str) -> str:
    page = ROOT / name
    if not page.exists():
        pytest.skip("needs the source tree")
    return page.read_text(encoding="utf-8")


def test_there_is_a_row_for_every_claim_in_its_order() -> None:
    ledger = ROOT / "../shared/CLAIMS.md"
    if not ledger.exists():
        pytest.skip("the list of claims is not here")
    ids: list[str] = []
    for name in re.findall(r"^\| ([A-Z]\d\w?(?:–\w+)?) \|", ledger.read_text(encoding="utf-8"), re.MULTILINE):
        first, _, last = name.partition("–")
        ids += [f"N{n}" for n in range(int(first[1:]), int(last[1:]) + 1)] if last else [name]
    assert [row.id for row in ROWS] == ids


def test_numbers_are_unique_and_found_in_the_order_of_the_ledger() -> None:
    assert len({row.id for row in ROWS}) == len(ROWS)
    assert [row.id for row in find_rows(["X1", "D1", "X1"])] == ["D1", "X1"]
    with pytest.raises(BadInput, match="claim: found 'T9'; expected one of D1, I1"):
        find_rows(["D1", "T9"])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_verdict_has_evidence_and_a_proved_one_a_proof(row: Row) -> None:
    evidence = evidence_for(row)
    assert row.says
    assert row.truth
    assert row.standing is Standing.OPEN or evidence
    assert row.standing is not Standing.PROVED or any(piece.kind == "proof" for piece in evidence)
    assert len({(piece.kind, piece.name) for piece in evidence}) == len(evidence)


def test_every_proof_answers_a_row() -> None:
    assert {number for proof in PROOFS.values() for number in proof.paper} <= {row.id for row in ROWS}


def test_the_table_has_a_line_for_every_row_and_the_readme_has_the_table() -> None:
    table = as_table()
    assert [line.split(" | ")[0].removeprefix("| ") for line in table.splitlines()[2:]] == [row.id for row in ROWS]
    assert all(len(re.findall(r"(?<!\\)\|", line)) == 6 for line in table.splitlines())
    assert table in _page("README.md")


def test_every_theorem_says_which_of_its_hypotheses_are_needed_and_the_page_has_the_table() -> None:
    theorems = [row for row in ROWS if row.id.startswith("T") and row.id != "T2h"]
    assert [row.id for row in theorems if not row.needed] == []
    for row in ROWS:
        assert [hypothesis.error for hypothesis in row.needed if hypothesis.error] == []
        assert {piece for h in row.needed for piece in h.evidence if piece.kind != "proof"} <= set(evidence_for(row))
    assert hypotheses_as_table() in _page("docs/audit.md")


def test_the_page_tells_the_story_of_every_refuted_claim() -> None:
    page = _page("docs/audit.md")
    told = set(re.findall(r"\b[A-Z]\d[a-h]?\b", " ".join(re.findall(r"^### (.*)$", page, re.MULTILINE))))
    assert told == {row.id for row in ROWS if row.standing is Standing.REFUTED}
    for link in re.findall(r"\]\(([^)#]+)\)", page):
        assert "://" in link or (ROOT / "docs" / link).exists(), link
