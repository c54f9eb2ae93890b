"""The kinds of evidence: a proof, a claim about all networks, a statement on a bundled network, an explicit network.

Knows where each is found and how it is run. Proofs are cited by the numbers of the claims that they answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from exactrev.audit.row import Evidence, EvidenceFailed, require
from exactrev.examples import load
from exactrev.network import Network
from exactrev.proofs import PROOFS, Proof
from exactrev.statements.registry import find_claim, find_statement
from exactrev.statements.verification import verify
from exactrev.verdict import Outcome

__all__ = ["by_claim", "by_network", "by_proof", "by_statement", "proofs_of"]


def by_statement(
    paper: str, outcome: Outcome, *examples: str, needs: str = "", networks: Mapping[str, Network] | None = None
) -> Evidence:
    """That a statement has this outcome, and not vacuously, on bundled networks, or on others given by name.

    `needs` names an entry that the witness has to have.
    """
    label = find_statement(paper).label
    subjects: dict[str, Network | None] = {**dict.fromkeys(examples), **(networks or {})}

    def run() -> str:
        for name, given in subjects.items():
            verdict = verify(load(name) if given is None else given, [label])[label]
            require(verdict.outcome is outcome, f"{label} {outcome} on {name}; it {verdict.outcome}: {verdict.checked}")
            require(not verdict.vacuous, f"there is something to check on {name}")
            require(not needs or needs in verdict.witness, f"the witness on {name} has {needs!r}")
        return f"{outcome} on {', '.join(subjects)}"

    command = f"exactrev verify {examples[0]} --statement {label}" if examples else ""
    return Evidence("statement", f"{label} on {', '.join(subjects)}", run, command)


def by_claim(paper: str) -> Evidence:
    """That a claim about networks at large holds, as it is decided there."""
    claim = find_claim(paper)

    def run() -> str:
        verdict = claim.decide()
        require(verdict.holds and not verdict.vacuous, f"{claim.label} holds; {verdict.outcome}: {verdict.checked}")
        return verdict.checked

    return Evidence("claim", claim.label, run)


def by_network(check: Callable[[], str]) -> Evidence:
    """An exact check of explicit networks; its name is that of the function, in words."""
    return Evidence("network", check.__name__.removeprefix("check_").replace("_", " "), check)


def proofs_of(paper: str) -> tuple[Evidence, ...]:
    """The executable proofs that answer a claim, by its number."""
    return tuple(_by_proof(proof) for proof in PROOFS.values() if paper in proof.paper)


def by_proof(label: str) -> Evidence:
    """The executable proof of this label."""
    return _by_proof(PROOFS[label])


def _by_proof(proof: Proof) -> Evidence:
    def run() -> str:
        result = proof.run()
        if not result.proved:
            raise EvidenceFailed(f"the proof {proof.label} fails: {result.steps[-1]}")
        return f"{proof.statement} ({len(result.steps)} steps; {proof.covers})"

    return Evidence("proof", proof.label, run, f"exactrev prove {proof.label}")
