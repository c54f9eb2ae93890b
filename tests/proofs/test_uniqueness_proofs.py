"""Cases 2 to 4: the proofs of uniqueness and of second networks fail for other weights, families and candidates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from exactrev.network import Network
from exactrev.proofs import cases_2_to_4_leave_second_networks as second
from exactrev.proofs import functions_of_one_neuron_determine_the_network as over
from exactrev.proofs import one_last_neuron_is_determined as last
from exactrev.proofs.proof import check, run_steps

# -- over one neuron ---------------------------------------------------------------------------------------------------


def without_output_biases(kinks: Any, jumps: Any, start: Any) -> Iterator[Any]:
    for S, (first, rows, out) in over.find_candidates(kinks, jumps, start):
        yield S, [first, rows, [[*row[:-1], 0 * row[-1]] for row in out]]


def reversed_neurons(kinks: Any, jumps: Any, start: Any) -> Iterator[Any]:
    for S, (first, rows, out) in over.find_candidates(kinks, jumps, start):
        yield S, [first, [[-entry for entry in row] for row in rows], out]


def with_jumps_of_the_other_sign(kinks: Any, jumps: Any, start: Any) -> Iterator[Any]:
    return over.find_candidates(kinks, [[-entry for entry in jump] for jump in jumps], start)


def one_only(kinks: Any, jumps: Any, start: Any) -> Iterator[Any]:
    """Leaves the kink of the last neuron to nobody."""
    for S, (first, rows, out) in over.find_candidates(kinks, jumps, start):
        yield S, [first, [*rows[:-1], rows[0]], out]


@pytest.mark.parametrize("broken", [without_output_biases, reversed_neurons, with_jumps_of_the_other_sign, one_only])
def test_the_proof_over_one_neuron_fails_for_other_candidates(broken: Any) -> None:
    result = run_steps(over.derive(broken), over.PROOF.length)
    assert not result.proved
    assert "candidate" in result.steps[-1].claim


def test_both_cases_have_to_occur_over_one_neuron() -> None:
    result = run_steps(over.derive(allowed=lambda count: True), over.PROOF.length)
    assert not result.proved
    assert "slope" in result.steps[-1].claim


def _over(rows: Any, out: Any) -> Network:
    return Network.from_arrays([([[1, 2]], [3]), ([[v] for v, _ in rows], [b for _, b in rows]), ([out], [0])])


def test_every_condition_over_one_neuron_is_told_where_it_fails() -> None:
    assert not list(over.find_exceptional(_over([(-1, 1), (1, -2)], [1, 3])))
    assert any("signs" in found for found in over.find_exceptional(_over([(-1, 1), (-1, 2)], [1, 3])))
    assert "b_0 v_1 - b_1 v_0" in list(over.find_exceptional(_over([(-1, 2), (1, -2)], [1, 3])))
    assert "sum of J over [] minus that over [0]" in list(over.find_exceptional(_over([(-1, 1), (1, -2)], [0, 3])))
    assert "sum of J over [0, 1] minus that over [0]" in list(over.find_exceptional(_over([(-1, 1), (1, -2)], [1, 0])))
    constant = Network.from_arrays([([[0, 0]], [3]), ([[-1], [1]], [1, -2]), ([[1, 3]], [0])])
    assert "w = 0" in list(over.find_exceptional(constant))


# -- one last neuron ---------------------------------------------------------------------------------------------------


WEIGHTS = [
    lambda factor, v, m: factor * v,
    lambda factor, v, m: v / m,
    lambda factor, v, m: -factor * v / m,
    lambda factor, v, m: factor * v * m,
]


@pytest.mark.parametrize("weight", WEIGHTS)
def test_the_proof_for_one_last_neuron_fails_for_other_weights(weight: Any) -> None:
    assert not run_steps(last.derive(weight), last.PROOF.length).proved
    assert not check("", last._constants(weight)).holds


def _changed(family: last.Family, **fields: Any) -> tuple[last.Family, ...]:
    return (replace(family, **fields),)


def _negated(row: Any, entry: int) -> list[list[Any]]:
    return [[-c if i == entry else c for i, c in enumerate(row)]]


def _holds(family: last.Family) -> bool:
    parts = (last._conditions((family,)), last._cases((family,)))
    return all(check("", last._decided(part)).holds for part in parts)


@pytest.mark.parametrize("family", last.FAMILIES, ids=str)
def test_families_with_another_sign_or_in_another_case_fail(family: last.Family) -> None:
    first, (row,) = family.tables
    assert _holds(family)
    for entry in range(len(row)):
        turned = [-c if i == entry else c for i, c in enumerate(row)]
        assert not _holds(replace(family, tables=[first, [turned]]))
    assert not _holds(replace(family, case=6 - family.case))
    assert not _holds(replace(family, off=family.kinks[0]))


def test_the_proof_for_one_last_neuron_fails_for_a_family_that_is_in_no_case() -> None:
    family = replace(last.FAMILIES[0], case=4)
    result = run_steps(last.derive(families=(family,)), last.PROOF.length)
    assert not result.proved
    assert "cases named" in result.steps[-1].claim


# -- second networks ---------------------------------------------------------------------------------------------------

WRONG: list[dict[str, Any]] = [
    {"exchange": lambda w, u, t, c, d: (w + t, u - t)},
    {"exchange": lambda w, u, t, c, d: (w, u)},
    {"exchange": lambda w, u, t, c, d: (w + t, u + t * c / d)},
    {"shift": lambda r, w, s: (s, r + w * s)},
    {"shift": lambda r, w, s: (0 * s, r)},
    {"lower": lambda r, w, s: (s, r - w * s)},
    {"lower": lambda r, w, s: (-s, r)},
    {"lower": lambda r, w, s: (-s, r - w * s)},
    {"lower": lambda r, w, s: (0 * s, r)},
]


@pytest.mark.parametrize("replaced", WRONG)
def test_the_proof_of_second_networks_fails_for_other_changes(replaced: dict[str, Any]) -> None:
    result = run_steps(second.derive(**replaced), second.PROOF.length)
    assert not result.proved
    assert "rests on" not in result.steps[-1].claim
