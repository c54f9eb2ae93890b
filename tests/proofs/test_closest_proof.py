"""ClosestBoundary: its proof fails for functions that return another zero, or none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from exactrev.proofs import the_closest_zero_is_a_boundary as closest
from exactrev.proofs.proof import check, run_steps
from exactrev.recovery.crossings import closest_boundary


def backwards(known: Any, p: Any, v: Any) -> Any:
    return closest_boundary(known, p, tuple(-c for c in v))


def never(known: Any, p: Any, v: Any) -> Any:
    return None


def first_layer_only(known: Any, p: Any, v: Any) -> Any:
    return closest_boundary(replace(known, layers=known.layers[:1]), p, v)


def a_little_far(known: Any, p: Any, v: Any) -> Any:
    found = closest_boundary(known, p, v)
    return found and replace(found, distance=found.distance * 2)


@pytest.mark.parametrize("broken", [backwards, never, first_layer_only, a_little_far])
def test_the_proof_fails_for_another_zero(broken: Any) -> None:
    assert not run_steps(closest.derive(broken), closest.PROOF.length).proved


@pytest.mark.parametrize("broken", [never, first_layer_only, a_little_far])
def test_another_zero_shows_in_the_network(broken: Any) -> None:
    assert not check("", closest._true_boundaries(broken)).holds
