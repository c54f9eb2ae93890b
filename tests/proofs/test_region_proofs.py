"""R1 and A2: their proofs fail for other forms, for points that are not between, and for one input."""

from __future__ import annotations

from typing import Any

import pytest

from exactrev.proofs import deeper_boundaries_contain_no_hyperplane as hyperplanes
from exactrev.proofs import regions_correspond_to_patterns as patterns
from exactrev.proofs.letters import find_forms
from exactrev.proofs.proof import check, run_steps


def hears_itself(tables: Any, activity: Any) -> Any:
    forms = find_forms(tables, activity)
    pairs = zip(forms, [*activity, [0] * len(forms[-1])], strict=True)
    return [[[c + d for c in form] for form, d in zip(layer, on, strict=True)] for layer, on in pairs]


def unbiased(tables: Any, activity: Any) -> Any:
    return find_forms([[[*row[:-1], 0 * row[-1]] for row in table] for table in tables], activity)


def test_regions_are_not_shown_to_have_patterns_for_other_forms() -> None:
    for forms in (hears_itself, unbiased):
        assert not run_steps(patterns.derive(forms), patterns.PROOF.length).proved
    assert not check("", patterns._earlier_only(hears_itself)).holds
    assert not check("", patterns._numbers(unbiased, patterns.between)).holds


@pytest.mark.parametrize(
    "other",
    [
        lambda one, two, A, B: 2 * one - two,
        lambda one, two, A, B: (B * one - A * two) / (A + B),
        lambda one, two, A, B: B * one + A * two,
    ],
)
def test_regions_are_not_shown_to_be_convex_by_points_that_are_not_between(other: Any) -> None:
    result = run_steps(patterns.derive(between=other), patterns.PROOF.length)
    assert not result.proved
    assert "between" in result.steps[-1].claim


def test_deeper_boundaries_may_be_hyperplanes_for_one_input() -> None:
    result = run_steps(hyperplanes.derive(n_in=1), hyperplanes.PROOF.length)
    assert not result.proved
    assert "minors" in result.steps[-1].claim


@pytest.mark.parametrize("minor", [lambda a, b, i, j: a[i] * b[j] + a[j] * b[i], lambda a, b, i, j: 0 * a[i]])
def test_deeper_boundaries_are_not_compared_by_anything_but_minors(minor: Any) -> None:
    assert not run_steps(hyperplanes.derive(minor), hyperplanes.PROOF.length).proved
