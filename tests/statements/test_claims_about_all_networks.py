"""Claims about networks at large: each holds, each has a place, and each fails when what it rests on is spoilt."""

from __future__ import annotations

import inspect
from fractions import Fraction
from pathlib import Path

import pytest

from exactrev.errors import BadInput
from exactrev.identifiability import along
from exactrev.identifiability.parameters import Direction
from exactrev.identifiability.second_networks import SecondNetwork, find_narrow
from exactrev.network import AffineMap, Network, Neuron
from exactrev.statements.claim import Claim
from exactrev.statements.claims import disjoint_boundaries
from exactrev.statements.claims.disjoint_boundaries import (
    _QUADRANT_POINTS,
    FIFTH,
    FREE,
    ONE_SIDED,
    TOUCHING,
    WITH,
    WITHOUT,
    _certain_signs,
    check_both_ways,
    check_fifth_case,
    check_free_weights,
)
from exactrev.statements.claims.further_networks import (
    NEVER_ACTIVE,
    TWO_LOOPS,
    check_ball,
    check_exchange,
    check_wider,
)
from exactrev.statements.claims.narrow_layers import check_narrow
from exactrev.statements.registry import CLAIMS, STATEMENTS, claims_as_table, find_claim
from exactrev.verdict import Outcome


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.paper)
def test_every_claim_holds_and_shows_networks(claim: Claim) -> None:
    verdict = claim.decide()
    assert verdict.holds
    assert not verdict.vacuous
    assert verdict.witness


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.paper)
def test_a_claim_is_found_and_its_module_names_it(claim: Claim) -> None:
    assert find_claim(claim.label) is claim
    assert find_claim(claim.paper) is claim
    documentation = inspect.getdoc(inspect.getmodule(claim.decide)) or ""
    assert claim.paper in documentation.splitlines()[0].replace("N2, N3, N4", "N2 N3 N4")
    for word in ("Claim", "heck", "Not decided"):
        assert word in documentation


def test_claims_and_statements_have_different_names() -> None:
    names = [name for each in (*CLAIMS, *STATEMENTS) for name in (each.label, each.paper)]
    assert len(set(names)) == len(names)
    assert {claim.paper for claim in CLAIMS} >= {"I3", "I4", "I5", "N1", "N2", "N3", "N4", "N5", "N9"}
    assert [row.split("`")[1] for row in claims_as_table().splitlines()[2:]] == [claim.label for claim in CLAIMS]
    with pytest.raises(BadInput, match="claim: found 'N77'"):
        find_claim("N77")


# -- each can fail -----------------------------------------------------------------------------------------------------


def _shifted(second: SecondNetwork) -> SecondNetwork:
    """The second network with one more added to its output."""
    *hidden, last = second.network.layers
    moved = AffineMap.from_arrays(last.W, [b + 1 for b in last.b])
    return SecondNetwork(second.kind, second.how, Network((*hidden, moved)))


def test_narrow_layers_fail_without_a_second_network_with_a_wrong_one_and_with_the_first_again() -> None:
    assert "no second" in check_narrow(lambda net: []).checked
    assert "another function" in check_narrow(lambda net: [_shifted(second) for second in find_narrow(net)]).checked
    assert "isomorphic" in check_narrow(lambda net: [SecondNetwork("same", "nothing", net)]).checked
    for construct in (lambda net: [], lambda net: [SecondNetwork("same", "nothing", net)]):
        assert check_narrow(construct).outcome is Outcome.FAILS


def test_a_ball_fails_where_the_row_of_the_neuron_is_not_negative() -> None:
    assert check_ball(NEVER_ACTIVE, Neuron(2, 0)).witness["radius"] == 1
    for neuron in (Neuron(2, 1), Neuron(1, 0)):
        assert check_ball(NEVER_ACTIVE, neuron).outcome is Outcome.FAILS
    touching = Network.from_arrays([([[1]], [0]), ([[-1]], [0]), ([[1]], [0])])
    assert check_ball(touching, Neuron(2, 0)).outcome is Outcome.FAILS


def test_a_wider_network_fails_if_the_new_neuron_is_heard() -> None:
    assert check_wider([NEVER_ACTIVE], Fraction(0)).holds
    assert check_wider([NEVER_ACTIVE], Fraction(1)).outcome is Outcome.FAILS
    # A weight so small that no sample point need show it.
    assert check_wider([NEVER_ACTIVE], Fraction(1, 10**40)).outcome is Outcome.FAILS


def test_an_exchange_fails_where_boundaries_are_disjoint_or_the_neurons_are_listened_to_differently() -> None:
    assert "do not meet" in check_exchange(NEVER_ACTIVE).checked
    layers = TWO_LOOPS.layers
    heard = Network((*layers[:2], AffineMap.from_arrays([[1, 2, 1]], [0])))
    verdict = check_exchange(heard)
    assert verdict.outcome is Outcome.FAILS
    assert verdict.checked == "the exchange changes the function"
    assert verdict.witness["first"] != verdict.witness["second"]


def test_free_weights_fail_where_no_weight_is_free_and_tell_a_one_sided_one() -> None:
    assert check_free_weights(FREE).holds
    assert check_free_weights([WITHOUT[4]]).outcome is Outcome.FAILS
    one_sided = check_free_weights([ONE_SIDED])
    assert one_sided.witness["largest"] == [one_sided.witness["weight"]] == [2]
    # In case 1, but the boundaries touch, so it is no pair of disjoint boundaries.
    assert check_free_weights([TOUCHING]).outcome is Outcome.FAILS


def test_a_largest_weight_that_nobody_hears_is_not_the_largest() -> None:
    first, second, _ = FREE[0].layers
    unheard = Network((first, second, AffineMap.from_arrays([[0, 1]], [0])))
    verdict = check_free_weights([unheard])
    assert verdict.outcome is Outcome.FAILS
    assert "not the largest" in verdict.checked


@pytest.mark.parametrize("case", [2, 3, 4])
def test_both_ways_fail_if_the_networks_are_exchanged_or_of_another_case(case: int) -> None:
    assert "no second network" in check_both_ways(case, WITHOUT[case], WITHOUT[case]).checked
    assert "not proved unique" in check_both_ways(case, WITH[case], WITH[case]).checked
    other = 2 if case == 3 else 3
    assert "no pair" in check_both_ways(case, WITH[other], WITHOUT[case]).checked


def test_the_fifth_case_fails_for_other_networks_radii_and_points() -> None:
    assert check_fifth_case(FIFTH, Fraction(1, 20), _QUADRANT_POINTS).holds
    points = {**_QUADRANT_POINTS, (1, 1): (Fraction(8), Fraction(8))}
    assert "keep its signs" in check_fifth_case(FIFTH, Fraction(1, 20), points).checked
    assert check_fifth_case(FIFTH, Fraction(2), _QUADRANT_POINTS).outcome is Outcome.FAILS
    # With weight 2 instead of -2 from y, z' is y + 2 y - 1 on x = 0, y > 0: the boundaries meet at (0, 1/3).
    first, second, last = FIFTH.layers
    meeting = Network((first, AffineMap.from_arrays([[1, 1, 2]], second.b), last))
    inside = {**_QUADRANT_POINTS, (1, 1): (Fraction(8), Fraction(8)), (-1, 1): (Fraction(-8), Fraction(8))}
    verdict = check_fifth_case(meeting, Fraction(1, 20), inside)
    assert verdict.outcome is Outcome.FAILS
    assert "meet" in verdict.checked


@pytest.mark.parametrize(
    ("bias", "radius", "sign"),
    [("1/2", "1/8", 1), ("-1/2", "1/8", -1), ("1/8", "1/2", 0), ("-1/8", "1/2", 0), ("1/2", "1/2", 0)],
)
def test_a_sign_is_certain_if_no_weight_and_bias_within_the_radius_changes_it(
    bias: str, radius: str, sign: int
) -> None:
    # At x = 0 the value of z[1,0] is its bias, and z[2,0] is relu(z[1,0]) - 4 relu(z[1,1]) - 6, negative throughout.
    net = Network.from_arrays([([[1], [1]], [bias, 4]), ([[1, -4], [1, 1]], [-6, 6]), ([[1, 1]], [0])])
    assert _certain_signs(net, Fraction(radius), (Fraction(0),)) == (sign, -1)


def test_the_networks_of_the_fifth_case_are_as_far_from_it_as_the_open_ball_allows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moved: list[tuple[Fraction, ...]] = []

    def recorded(net: Network, direction: Direction, t: Fraction) -> Network:
        moved.append(tuple(rate * t for rate in direction.values()))
        return along(net, direction, t)

    monkeypatch.setattr(disjoint_boundaries, "along", recorded)
    assert check_fifth_case(FIFTH, Fraction(1, 20), _QUADRANT_POINTS).holds
    far = Fraction(999, 20_000)
    assert len(set(moved)) == len(moved) == 7
    assert sorted({abs(x) for x in rates} == {far} for rates in moved) == [False] + 6 * [True]
    assert {0} in [set(rates) for rates in moved]


def test_a_wider_network_is_shown_with_one_neuron_more_in_the_first_layer() -> None:
    assert check_wider([NEVER_ACTIVE], Fraction(0)).witness == {"widths": (2, 2, 2, 1), "also": (2, 3, 2, 1)}


def test_the_documentation_has_the_table_of_claims() -> None:
    page = Path(__file__).resolve().parents[2] / "docs/identifiability.md"
    if not page.exists():
        pytest.skip("needs the source tree")
    assert claims_as_table() in page.read_text(encoding="utf-8")
