"""The induction step of Theorem 3: its proof fails for the printed equation, and for wrong functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from exactrev.errors import AssumptionFailed
from exactrev.proofs import a_bend_gives_the_weight as step
from exactrev.proofs.proof import run_steps
from exactrev.recovery.bends import Bend, find_bend, find_outgoing_weight


@dataclass(frozen=True, slots=True)
class Unsided(Bend):
    """Forgets on which side z' is on."""

    def weight(self, side: int) -> Any:
        return self.step


def forgets_the_case(before: Any, after: Any, crossed: Any) -> Bend:
    bend = find_bend(before, after, crossed)
    return Unsided(bend.mu, bend.step)


def negates_the_step(before: Any, after: Any, crossed: Any) -> Bend:
    bend = find_bend(before, after, crossed)
    return Bend(bend.mu, -bend.step)


def inverts_mu(before: Any, after: Any, crossed: Any) -> Bend:
    bend = find_bend(before, after, crossed)
    return Bend(1 / bend.mu, bend.step)


def orients_as_it_likes(before: Any, after: Any, crossed: Any) -> Bend:
    bend = find_bend(before, after, crossed)
    return Bend(-bend.mu, bend.step)


def checks_two_entries_only(before: Any, after: Any, crossed: Any) -> Bend:
    return find_bend(before[:2], after[:2], crossed[:2])


@pytest.mark.parametrize(
    "broken", [forgets_the_case, negates_the_step, inverts_mu, orients_as_it_likes, checks_two_entries_only]
)
def test_the_proof_fails_for_another_bend(broken: Any) -> None:
    assert not run_steps(step.derive(bend=broken), step.PROOF.length).proved


def test_the_proof_fails_for_the_printed_equation() -> None:
    result = run_steps(step.derive(printed=True), step.PROOF.length)
    assert not result.proved
    assert result.steps[-1].counterexample is not None
    assert result.steps[-1].counterexample.endswith("v_s = c t grad z")


def test_the_proof_fails_if_an_outputs_bend_is_given_the_sign_of_the_form() -> None:
    def signed(before: Any, after: Any, crossed: Any, side: int) -> Any:
        return side * find_outgoing_weight(before, after, crossed, side)

    assert not run_steps(step.derive(outgoing=signed), step.PROOF.length).proved


def test_a_bend_that_refuses_everything_proves_nothing() -> None:
    def refuses(before: Any, after: Any, crossed: Any) -> Bend:
        raise AssumptionFailed("never")

    assert not run_steps(step.derive(bend=refuses), step.PROOF.length).proved
