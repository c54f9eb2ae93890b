"""Disjoint boundaries: the proofs fail when a change is made in the wrong direction, or in one place only."""

from __future__ import annotations

from typing import Any

import pytest

from exactrev.network import Network, Neuron
from exactrev.proofs import weights_of_case_1_are_free_up_to_a_largest as cases
from exactrev.proofs import weights_of_case_1_can_rise as rise
from exactrev.proofs.letters import find_forms
from exactrev.proofs.proof import check, run_steps

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


def later_off(tables: Any, activity: Any) -> Any:
    """Neurons hear nothing of the one before them."""
    return find_forms([[[0 * row[0], *row[1:]] for row in table] for table in tables], activity)


def squared(tables: Any, activity: Any) -> Any:
    return find_forms([[[entry * entry for entry in row] for row in table] for table in tables], activity)


@pytest.mark.parametrize("broken", [later_off, squared])
def test_the_largest_weight_is_not_shown_for_other_forms(broken: Any) -> None:
    assert not run_steps(rise.derive(forms=broken), rise.PROOF.length).proved
    assert not check("", rise._minors(broken)).holds


@pytest.mark.parametrize("combine", [lambda a, b: a - b, lambda a, b: a * b])
def test_the_largest_weight_is_not_shown_if_generators_are_not_added(combine: Any) -> None:
    result = run_steps(rise.derive(combine=combine), rise.PROOF.length)
    assert not result.proved
    assert "generators" in result.steps[-1].claim


def test_a_slope_of_0_at_infinity_is_exceptional() -> None:
    def over(slope: int) -> list[Any]:
        layers: Any = [([[1], [2]], [0, 1]), ([[slope, -1]], [-1]), ([[1]], [0])]
        return list(rise.find_exceptional(Network.from_arrays(layers), Neuron(1, 0), Neuron(2, 0)))

    assert over(2) == [((), ((1, 1),))]  # 2 x - (2 x + 1) - 1 is constant
    assert over(1) == []
