"""Lemma 1 and permutation: the proofs hold, and fail when the action is another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from exactrev.network.isomorphisms import act_on_rows
from exactrev.proofs import permuting_a_layer_changes_nothing as permutation
from exactrev.proofs import scaling_a_neuron_changes_nothing as scaling
from exactrev.proofs.proof import run_steps

Action = Callable[[Any, Any, Any], list[list[list[Any]]]]


def forgets_the_bias(tables: Any, orders: Any, scales: Any) -> list[list[list[Any]]]:
    image = act_on_rows(tables, orders, scales)
    for k, order in enumerate(orders):
        for i, place in enumerate(order):
            image[k][i][-1] = tables[k][place][-1]
    return image


def multiplies_on_both_sides(tables: Any, orders: Any, scales: Any) -> list[list[list[Any]]]:
    image = act_on_rows(tables, orders, scales)
    for k, factors in enumerate(scales):
        image[k + 1] = [[*(w * c * c for w, c in zip(row, factors, strict=False)), row[-1]] for row in image[k + 1]]
    return image


def flips_a_sign(tables: Any, orders: Any, scales: Any) -> list[list[list[Any]]]:
    image = act_on_rows(tables, orders, scales)
    image[-1][0][0] = -image[-1][0][0]
    return image


def leaves_the_columns(tables: Any, orders: Any, scales: Any) -> list[list[list[Any]]]:
    image = act_on_rows(tables, orders, scales)
    return [*image[:-1], [list(row) for row in tables[-1]]]


def drops_a_term(tables: Any, orders: Any, scales: Any) -> list[list[list[Any]]]:
    image = act_on_rows(tables, orders, scales)
    image[0][0][0] = 0 * image[0][0][0]
    return image


@pytest.mark.parametrize(
    "broken", [forgets_the_bias, multiplies_on_both_sides, flips_a_sign, leaves_the_columns, drops_a_term]
)
def test_the_proof_of_scaling_fails_for_another_action(broken: Action) -> None:
    result = run_steps(scaling.derive(broken), scaling.PROOF.length)
    assert not result.proved
    assert result.steps[-1].counterexample


def test_the_proof_of_scaling_fails_for_the_printed_claim() -> None:
    result = run_steps(scaling.derive(divide_all=True), scaling.PROOF.length)
    assert not result.proved
    assert "every output stays" in result.steps[-1].claim


@pytest.mark.parametrize("broken", [flips_a_sign, leaves_the_columns, drops_a_term])
def test_the_proof_of_permutation_fails_for_another_action(broken: Action) -> None:
    assert not run_steps(permutation.derive(broken), permutation.PROOF.length).proved
