"""The sign system: its proof fails with the printed values of 1', with the printed rank, and for wrong equations."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from exactrev.proofs import signs_solve_a_linear_system as system
from exactrev.proofs.proof import ProofResult, check, run_steps
from exactrev.recovery.signs import visit_equations


def run(**replaced: Any) -> ProofResult:
    return run_steps(system.derive(**replaced), system.PROOF.length)


def turns_the_sides(weights: Any, visit: Any) -> Any:
    return visit_equations(weights, replace(visit, sides=tuple(-side for side in visit.sides)))


def forgets_the_factor_2(weights: Any, visit: Any) -> Any:
    return visit_equations(weights, replace(visit, gradient=tuple(c / 2 for c in visit.gradient)))


def drops_a_unit(weights: Any, visit: Any) -> Any:
    return visit_equations([*weights[:-1], 0 * weights[-1]], visit)


def keeps_one_coordinate(weights: Any, visit: Any) -> Any:
    return visit_equations(weights, visit)[:1]


@pytest.mark.parametrize("broken", [turns_the_sides, forgets_the_factor_2, drops_a_unit, keeps_one_coordinate])
def test_the_proof_fails_for_other_equations(broken: Any) -> None:
    result = run(equations=broken)
    assert not result.proved
    assert "true signs" in result.steps[-1].claim


def test_the_proof_fails_for_1_being_0_on_the_other_side_as_printed() -> None:
    result = run(zero_one=True)
    assert not result.proved
    assert "true signs" in result.steps[-1].claim


def test_the_proof_fails_for_n_independent_constraints_as_printed() -> None:
    result = run(claimed_rank="points")
    assert not result.proved
    assert "rank" in result.steps[-1].claim


def test_an_equation_that_a_crossing_changes_is_noticed() -> None:
    def remembers_the_side(weights: Any, visit: Any) -> Any:
        return [(*row[:-1], row[-1] + visit.sides[0]) for row in visit_equations(weights, visit)]

    assert not check("", system._crossings(remembers_the_side)).holds
