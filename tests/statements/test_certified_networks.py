"""Certificates of what was identified: each the right claim about the right neuron, and the checker accepts them."""

from __future__ import annotations

import io
from collections.abc import Iterable

import pytest

from exactrev import verify
from exactrev.certificates import Certificate
from exactrev.checker.kinds import check
from exactrev.identifiability import Counterexample, decide_unique, find_pairs, identify
from exactrev.network import AffineMap, Network
from exactrev.statements import certified
from exactrev.statements.certified_networks import certified_counterexample, certified_identification
from exactrev.statements.claims import disjoint_boundaries
from exactrev.statements.claims.disjoint_boundaries import (
    FREE,
    ONE_SIDED,
    WITH,
    WITHOUT,
    decide_weights_of_case_1_are_free_up_to_a_largest,
)
from exactrev.statements.second_networks import turn_round
from exactrev.verdict import Outcome


def checked(certificates: Iterable[Certificate]) -> list[str]:
    """The claims without the hashes of the networks, each accepted by the checker."""
    claims = []
    for certificate in certificates:
        assert check(io.BytesIO(certificate.to_bytes()), certificate.claim).text == certificate.claim
        claims.append(certificate.claim.split(" sha256")[0])
    return claims


def test_a_weight_that_matters_nowhere_is_certified_to_be_inert_up_to_its_largest() -> None:
    # z[2,0] = 2 relu(x) - relu(2 x + 1) - 1/7 is never positive: the weight 2 may fall, and so may -1.
    claims = checked(certified_identification(identify(ONE_SIDED)))
    assert [claim for claim in claims if claim != "equal"] == [
        "disjoint 1 0 2 0", "disjoint 1 1 2 0", "inert 1 0 0 2 1", "inert 1 1 0 -1 1", "functional-dimension 1"
    ]  # fmt: skip


@pytest.mark.parametrize(("network", "more"), [(WITH[2], 1), (WITHOUT[2], 0)], ids=["second", "unique"])
def test_a_counterexample_ends_with_its_second_network_if_it_has_one(network: Network, more: int) -> None:
    identified, unique = identify(network), decide_unique(network)
    found = Counterexample(network, 2, find_pairs(network).pairs[0], unique, identified)
    before = [certificate.claim for certificate in certified_identification(identified)]
    claims = [certificate.claim for certificate in certified_counterexample(found)]
    assert claims[: len(before)] == before
    assert [claim.split()[0] for claim in claims[len(before) :]] == ["equal"] * more


def test_parts_are_left_out_of_a_report_where_a_boundary_has_too_many_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network.from_arrays([([[1, 0], [0, 1]], [0, 0]), ([[1, 1]], [-1]), ([[1]], [0])])
    report = verify(network, ["T1d"])
    parts = [claim for claim in checked(certified.certified_statements(report)) if claim.startswith("components")]
    assert len(parts) == 3
    # The lines x = 0 and y = 0 are crossed twice, and the third boundary bends twice: three pieces each.
    for most, left in ((3, parts), (2, [])):
        monkeypatch.setattr(certified, "MOST_PIECES", most)
        claims = checked(certified.certified_statements(report))
        assert [claim for claim in claims if claim.startswith("components")] == left


def test_a_network_turned_round_takes_the_output_layer_that_it_is_given() -> None:
    network = Network.from_arrays([([[1], [2]], [3, 4]), ([[5, 6]], [7])])
    output = AffineMap.from_arrays([[8, 9]], [10])
    assert turn_round(network, [1]).layers[1] == network.layers[1]
    turned = turn_round(network, [1], output)
    assert turned.layers == (AffineMap.from_arrays([[1], [-2]], [3, -4]), output)


@pytest.mark.parametrize(("name", "network"), [("ONE_SIDED", FREE[0]), ("TOUCHING", FREE[0])])
def test_free_weights_fail_without_the_one_sided_or_the_touching_network(
    monkeypatch: pytest.MonkeyPatch, name: str, network: Network
) -> None:
    assert decide_weights_of_case_1_are_free_up_to_a_largest().holds
    monkeypatch.setattr(disjoint_boundaries, name, network)
    verdict = decide_weights_of_case_1_are_free_up_to_a_largest()
    assert verdict.outcome is Outcome.FAILS
    assert ("one-sided" if name == "ONE_SIDED" else "touch") in verdict.checked


def test_every_pair_of_connected_neurons_has_a_certificate_that_its_boundaries_meet_or_do_not() -> None:
    # z[2,1] = relu(x) - 1 does not listen to z[1,1] = y, and vanishes on x = 1, parallel to x = 0.
    layers = [([[1, 0], [0, 1]], [0, 0]), ([[1, 1], [1, 0]], [-1, -1]), ([[1, 2]], [0])]
    report = verify(Network.from_arrays(layers), ["T2h"])
    claims = checked(certified.certified_statements(report))
    assert claims == ["meet 1 0 2 0", "meet 1 1 2 0", "disjoint 1 0 2 1"]
