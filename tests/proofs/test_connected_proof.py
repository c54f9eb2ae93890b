"""The corrected Theorem 2: its proof fails for other bends and for other weights of the second network."""

from __future__ import annotations

from typing import Any

import pytest

from exactrev.proofs import connected_boundaries_determine_the_network as theorem
from exactrev.proofs.proof import check, run_steps
from exactrev.recovery.bends import Bend, find_bend


def negates_mu(before: Any, after: Any, crossed: Any) -> Bend:
    bend = find_bend(before, after, crossed)
    return Bend(-bend.mu, bend.step)


def negates_the_step(before: Any, after: Any, crossed: Any) -> Bend:
    bend = find_bend(before, after, crossed)
    return Bend(bend.mu, -bend.step)


WRONG: list[dict[str, Any]] = [
    {"bend": negates_mu},
    {"bend": negates_the_step},
    {"weight": lambda factor, w, m: -factor * w / m},
    {"weight": lambda factor, w, m: factor * w},
    {"weight": lambda factor, w, m: w / m},
]


@pytest.mark.parametrize("replaced", WRONG)
def test_the_proof_fails_for_other_bends_and_weights(replaced: dict[str, Any]) -> None:
    assert not run_steps(theorem.derive(**replaced), theorem.PROOF.length).proved


@pytest.mark.parametrize("part", ["_signs", "_biases"])
def test_wrong_weights_show_in_the_forms_too(part: str) -> None:
    assert not check("", getattr(theorem, part)(lambda factor, w, m: factor * w)).holds
