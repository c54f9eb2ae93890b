"""T1c and T1d: their proofs fail for other forms, for other ways to pair pieces, and without their hypotheses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from exactrev.proofs import bends_tell_layers_apart as apart
from exactrev.proofs import layers_are_read_off_bends as layers
from exactrev.proofs.letters import find_forms
from exactrev.proofs.proof import check, rests_on, run_steps
from exactrev.recovery.from_boundaries import find_depths, pair_up


def _with_neighbours(tables: Any, activity: Any, which: int) -> Any:
    """Each neuron adds the form of the one before it in its layer, times the activity of that one, or its own."""
    forms = find_forms(tables, activity)
    changed = []
    for layer, on in zip(forms, [*activity, [0] * len(forms[-1])], strict=True):
        added = [[on[i - which] * c for c in layer[i - 1]] for i in range(len(layer))]
        changed.append([[c + e for c, e in zip(*pair, strict=True)] for pair in zip(layer, added, strict=True)])
    return changed


def hears_its_own_layer(tables: Any, activity: Any) -> Any:
    return _with_neighbours(tables, activity, 1)


def hears_itself(tables: Any, activity: Any) -> Any:
    return _with_neighbours(tables, activity, 0)


def linear(tables: Any, activity: Any) -> Any:
    """No neuron is ever off."""
    return find_forms(tables, [[d**0 if d else d * 0 + 1 for d in layer] for layer in activity])


def unbiased(tables: Any, activity: Any) -> Any:
    return find_forms([[[*row[:-1], 0 * row[-1]] for row in table] for table in tables], activity)


@pytest.mark.parametrize("broken", [hears_its_own_layer, hears_itself, linear, unbiased])
def test_what_tells_layers_apart_fails_for_other_forms(broken: Any) -> None:
    result = run_steps(apart.derive(broken), apart.PROOF.length)
    assert not result.proved
    assert "rests on" not in result.steps[-1].claim


def in_turn(ridge: Any) -> Any:
    """The bending pieces and the straight ones, exchanged."""
    straight, bent = pair_up(ridge)
    return bent, straight


def neighbours(ridge: Any) -> Any:
    a, b, c, d = ridge.germs
    return [(a, b)], [(c, d)]


@pytest.mark.parametrize("broken", [in_turn, neighbours])
def test_layers_are_not_read_off_if_pieces_are_paired_otherwise(broken: Any) -> None:
    result = run_steps(layers.derive(broken), layers.PROOF.length)
    assert not result.proved
    assert "pair up" in result.steps[-1].claim


def upside_down(count: int, level: Any, bends: Any) -> Any:
    return find_depths(count, level, [(j, i) for i, j in bends])


def one_too_many(count: int, level: Any, bends: Any) -> Any:
    found = find_depths(count, level, bends)
    return found and [depth + 1 for depth in found]


@pytest.mark.parametrize("broken", [upside_down, one_too_many])
def test_layers_are_not_read_off_by_other_depths(broken: Any) -> None:
    result = run_steps(layers.derive(depths=broken), layers.PROOF.length)
    assert not result.proved
    assert "depths" in result.steps[-1].claim


def test_layers_are_not_read_off_where_connected_neurons_need_not_meet() -> None:
    assert not run_steps(layers.derive(meet=False), layers.PROOF.length).proved


def test_a_proof_that_rests_on_a_failing_one_fails() -> None:
    failing = replace(layers.PROOF, derivation=lambda: iter([check("false", [("x", False)])]))
    assert not rests_on(failing).holds
