"""Disjoint boundaries: the proof fails when a change is made in the wrong direction, or in one place only."""

from __future__ import annotations

from typing import Any

import pytest

from exactrev.proofs import weights_of_case_1_are_free_up_to_a_largest as cases
from exactrev.proofs.proof import run_steps

WRONG: list[dict[str, Any]] = [
    {"lower": lambda w, D: w + D},
    {"lower": lambda w, D: w},
    {"exchange": lambda w, u, t, c, d: (w + t, u + t * c / d)},
    {"exchange": lambda w, u, t, c, d: (w + t, u - t)},
    {"exchange": lambda w, u, t, c, d: (w, u)},
    {"shift": lambda r, w, s: (s, r + w * s)},
    {"shift": lambda r, w, s: (s, r)},
    {"shift": lambda r, w, s: (-s, r + w * s)},
    {"shift": lambda r, w, s: (0 * s, r)},
]


@pytest.mark.parametrize("replaced", WRONG)
def test_the_proof_fails_for_another_change(replaced: dict[str, Any]) -> None:
    assert not run_steps(cases.derive(**replaced), cases.PROOF.length).proved
