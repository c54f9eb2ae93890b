"""Every proof is whole, says what it covers, and holds; and what a proof is keeps out what proves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import exactrev.proofs
from exactrev.errors import BadInput
from exactrev.proofs import PROOFS, Proof, Status, Step, find_proofs
from exactrev.proofs.proof import check
from exactrev.statements.registry import CLAIMS, STATEMENTS

FOLDER = Path(exactrev.proofs.__file__).parent


@pytest.mark.parametrize("label", PROOFS)
def test_the_proof_holds(label: str) -> None:
    done: list[tuple[int, int]] = []
    result = PROOFS[label].run(lambda step, total: done.append((step, total)))
    assert result.status is Status.PROVED, str(result.steps[-1])
    assert done == [(i + 1, PROOFS[label].length) for i in range(len(result.steps))]
    assert all(step.holds and step.cases for step in result.steps)


@pytest.mark.parametrize("label", PROOFS)
def test_the_proof_says_what_it_is_about(label: str) -> None:
    proof = PROOFS[label]
    assert proof.label == label
    assert all((proof.paper, proof.where, proof.statement, proof.covers, proof.does_not_cover))
    assert (FOLDER / f"{label}.py").exists()


def test_every_file_of_a_statement_is_registered() -> None:
    files = {path.stem for path in FOLDER.glob("*.py")} - {"__init__", "proof", "registry", "letters"}
    assert files == set(PROOFS)


def test_a_label_that_a_statement_has_is_about_the_same_claim() -> None:
    for statement in (*STATEMENTS, *CLAIMS):
        if statement.label in PROOFS:
            assert statement.paper in PROOFS[statement.label].paper


def test_a_proof_is_found_by_label_and_by_all_of_the_papers_numbers() -> None:
    for label, proof in PROOFS.items():
        assert find_proofs(label) == [proof]
        assert all(proof in find_proofs(number) for number in proof.paper)
    with pytest.raises(BadInput, match="nonsense"):
        find_proofs("nonsense")


def _proof(*steps: Step) -> Proof:
    def derive() -> Iterator[Step]:
        yield from steps

    some = next(iter(PROOFS.values()))
    return replace(some, derivation=derive, length=2)


def test_a_false_step_ends_a_proof_and_a_missing_one_fails_it() -> None:
    true, false, empty = check("a", [("x", True)]), check("b", [("x", True), ("y", False)]), check("c", [])
    assert _proof(true, true).run().proved
    assert false.counterexample == "y"
    result = _proof(false, true).run()
    assert (result.status, len(result.steps)) == (Status.FAILED, 1)
    assert not _proof(true, empty).run().proved
    assert not _proof(true).run().proved
    assert not _proof(true, true, true).run().proved
