"""General position: its proof fails for other forms and sums over paths; off its polynomials statements hold."""

from __future__ import annotations

from typing import Any

import pytest

from exactrev.network import random_rational_network
from exactrev.proofs import boundaries_cross_like_coordinate_hyperplanes as position
from exactrev.proofs.exceptional_networks_are_zeros_of_polynomials import find_exceptional
from exactrev.proofs.letters import find_forms, path_sum
from exactrev.proofs.proof import check, run_steps
from exactrev.statements import verify


def negated(tables: Any, activity: Any, source: Any, target: Any) -> Any:
    return -path_sum(tables, activity, source, target)


def direct_paths_only(tables: Any, activity: Any, source: Any, target: Any) -> Any:
    return path_sum(tables, activity, source, target) if target[0] == source[0] + 1 else 0 * tables[0][0][0]


@pytest.mark.parametrize("broken", [negated, direct_paths_only])
def test_the_proof_fails_for_other_sums_over_paths(broken: Any) -> None:
    result = run_steps(position.derive(paths=broken), position.PROOF.length)
    assert not result.proved
    assert "paths times forms" in result.steps[-1].claim
    assert not check("", position._values(find_forms, broken)).holds


def unbiased(tables: Any, activity: Any) -> Any:
    return find_forms([[[*row[:-1], 0 * row[-1]] for row in table] for table in tables], activity)


def twice_biased(tables: Any, activity: Any) -> Any:
    return find_forms([[[*row[:-1], 2 * row[-1]] for row in table] for table in tables], activity)


@pytest.mark.parametrize("broken", [unbiased, twice_biased])
@pytest.mark.parametrize("part", ["_own_bias", "_minors"])
def test_biases_that_are_dropped_or_doubled_show_in_forms_and_determinants(part: str, broken: Any) -> None:
    assert not run_steps(position.derive(forms=broken), position.PROOF.length).proved
    assert not check("", getattr(position, part)(broken)).holds


def test_without_biases_all_boundaries_meet_at_0() -> None:
    assert not check("", position._apart(unbiased)).holds


def test_boundaries_of_a_network_off_the_polynomials_meet_in_pairs_and_tell_layers_apart() -> None:
    networks = [random_rational_network((2, 2, 2, 1), seed) for seed in range(6)]
    regular = [net for net in networks if not any(find_exceptional(net, kinds=("position",)))]
    assert regular
    assert all(verify(net, ["R3"])["R3"].holds for net in regular)
    bent = [net for net in regular if not any(find_exceptional(net, kinds=("paths",)))]
    assert bent
    assert all(verify(net, ["T1c"])["T1c"].holds for net in bent)
