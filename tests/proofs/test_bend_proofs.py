"""Theorem 1: the proof fails when jumps are not sums over live paths; its polynomials decide networks."""

from __future__ import annotations

from typing import Any

import pytest

from exactrev.network import Network, Neuron, random_rational_network
from exactrev.proofs import bends_at_every_earlier_boundary as theorem
from exactrev.proofs.letters import find_forms, path_sum
from exactrev.proofs.proof import ProofResult, check, run_steps
from exactrev.statements import verify
from exactrev.verdict import Outcome


def run(**replaced: Any) -> ProofResult:
    return run_steps(theorem.derive(**replaced), theorem.PROOF.length)


def negated(tables: Any, activity: Any, source: Any, target: Any) -> Any:
    return -path_sum(tables, activity, source, target)


def last_weight_twice(tables: Any, activity: Any, source: Any, target: Any) -> Any:
    return path_sum(tables, activity, source, target) * 2


def without_the_first_path(tables: Any, activity: Any, source: Any, target: Any) -> Any:
    weights = [[list(row) for row in table] for table in tables]
    weights[target[0] - 1][target[1]][0] *= 0
    return path_sum(weights, activity, source, target)


def all_paths(tables: Any, activity: Any, source: Any, target: Any) -> Any:
    return path_sum(tables, [[d**0 for d in layer] for layer in activity], source, target)


@pytest.mark.parametrize("broken", [negated, last_weight_twice, without_the_first_path, all_paths])
def test_the_proof_fails_for_another_sum(broken: Any) -> None:
    result = run(paths=broken)
    assert not result.proved
    assert "kappa" in result.steps[-1].claim


def leaky(tables: Any, activity: Any) -> Any:
    """Neurons that are off pass on a tenth."""
    return find_forms(tables, [[d + (1 - d) / 10 for d in layer] for layer in activity])


def unbiased(tables: Any, activity: Any) -> Any:
    return find_forms([[[*row[:-1], 0 * row[-1]] for row in table] for table in tables], activity)


@pytest.mark.parametrize("broken", [leaky, unbiased])
def test_the_proof_fails_for_other_forms(broken: Any) -> None:
    assert not run(forms=broken).proved


def test_a_layer_that_is_off_does_not_silence_leaky_neurons() -> None:
    assert not check("", theorem._dead_layers(leaky)).holds


def test_where_no_polynomial_vanishes_the_boundaries_bend() -> None:
    decided = 0
    for seed in range(12):
        net = random_rational_network((2, 2, 2, 1), seed)
        if not any(theorem.find_exceptional(net)):
            decided += 1
            assert verify(net, ["T1b"])["T1b"].outcome is not Outcome.FAILS
    assert decided


def test_a_boundary_that_does_not_bend_is_found() -> None:
    # z does not listen to x beyond y: its weight is 0, so kappa is 0 in every pattern
    net = Network.from_arrays([([[1, 0], [0, 1]], [0, 0]), ([[0, 1]], [-1]), ([[1]], [0])])
    assert {(first, z, which) for first, z, _, which in theorem.find_exceptional(net)} == {
        (Neuron(1, 0), Neuron(2, 0), "kappa")
    }
