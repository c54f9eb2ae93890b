"""R1, R2 and A2: their proofs fail for other forms and paths, for points that are not between, and for one input."""

from __future__ import annotations

from typing import Any

import pytest

from exactrev.proofs import deeper_boundaries_contain_no_hyperplane as hyperplanes
from exactrev.proofs import regions_correspond_to_patterns as patterns
from exactrev.proofs import touching_regions_with_one_map_have_such_a_facet as touching
from exactrev.proofs.letters import find_forms, path_sum
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


def negated(tables: Any, activity: Any, source: Any, target: Any) -> Any:
    return -path_sum(tables, activity, source, target)


def all_paths(tables: Any, activity: Any, source: Any, target: Any) -> Any:
    return path_sum(tables, [[d**0 for d in layer] for layer in activity], source, target)


@pytest.mark.parametrize("broken", [negated, all_paths])
def test_touching_regions_need_the_sums_over_paths_that_are_on(broken: Any) -> None:
    assert not run_steps(touching.derive(paths=broken), touching.PROOF.length).proved
    assert not check("", touching._facets(find_forms, broken)).holds


def leaky(tables: Any, activity: Any) -> Any:
    return find_forms(tables, [[d + (1 - d) / 10 for d in layer] for layer in activity])


def test_with_leaky_neurons_the_assumption_does_not_fail_there() -> None:
    assert not check("", touching._fails(leaky)).holds
    assert not run_steps(touching.derive(leaky), touching.PROOF.length).proved
