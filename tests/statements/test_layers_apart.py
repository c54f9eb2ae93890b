"""T1c: bends along ridges tell layers apart, on networks worked out by hand."""

from __future__ import annotations

import pytest
from geometry.nasty_networks import relu_network

from exactrev.errors import TheoryContradicted
from exactrev.network import Network, Neuron, he_network
from exactrev.statements import verify
from exactrev.statements.claims.layers_apart import decide_bends_tell_layers_apart
from exactrev.statements.evidence import Evidence
from exactrev.verdict import Outcome, Verdict

# a2 = (y+10)+ is on near the origin. z = a1 + a2 - 10 and z' = 2 a1 - a2 + 10 are x+ + y and 2x+ - y there.
FIRST_LAYER = [[1, 0, 0], [0, 1, 10]]


def decide(net: Network) -> Verdict:
    return verify(net, "T1c")["T1c"]


def test_the_boundary_that_bends_is_of_the_later_layer() -> None:
    verdict = decide(relu_network([[1, 0, 0], [0, 1, 0]], [[1, 1, -1]]))
    assert verdict.outcome is Outcome.HOLDS
    assert verdict.checked.startswith("3 crossings")
    assert decide(he_network((3, 5, 4, 1), 5)).outcome is Outcome.HOLDS


def test_it_is_vacuous_without_crossings() -> None:
    parallel = relu_network([[1, 2, 0], [1, 2, -1]])
    assert decide(parallel).vacuous
    duplicate = relu_network([[1, 2, 0], [1, 2, 0]])  # one line, but one layer as well
    assert decide(duplicate).outcome is Outcome.HOLDS
    assert decide(duplicate).vacuous


def test_it_is_not_applicable_to_thick_boundaries() -> None:
    assert decide(relu_network([[1, 0, 0], [0, 1, 0]], [[1, 0, 0]])).outcome is Outcome.NOT_APPLICABLE


def test_a_straight_crossing_of_two_layers_is_a_witness() -> None:
    # z[2,0] = a2 - 15 is y = 5; it crosses x = 0 and does not bend.
    verdict = decide(relu_network(FIRST_LAYER, [[0, 1, -15]]))
    assert verdict.outcome is Outcome.FAILS
    assert verdict.checked == (
        "2 crossings of two boundaries along ridges: at 1 of them the bends do not match the layers"
    )
    assert verdict.witness == {
        "point": (0, 5),
        "z[1,0]": {"bends": False, "normals_of_its_pieces": [(1, 0)]},
        "z[2,0]": {"bends": False, "normals_of_its_pieces": [(0, 1)]},
    }


def test_a_bend_inside_one_layer_at_a_third_boundary_is_a_witness() -> None:
    # z = a1 + a2 - 10 bends at (0, 0), where z'' = a2 - 10 is the line y = 0; both are of layer 2.
    verdict = decide(relu_network(FIRST_LAYER, [[1, 1, -10], [0, 1, -10]]))
    assert verdict.outcome is Outcome.FAILS


def test_two_bends_at_a_third_boundary_are_excepted() -> None:
    # z and z' both bend at (0, 0), on x = 0.
    verdict = decide(relu_network(FIRST_LAYER, [[1, 1, -10], [2, -1, 10]]))
    assert verdict.outcome is Outcome.HOLDS
    assert "excepted 1 where both bend" in verdict.checked


def test_layers_that_share_a_facet_cannot_be_told_apart() -> None:
    # z[2,0] = x+ - (-x)+ = x: one line for both layers, and no ridge.
    verdict = decide(relu_network([[1, 0, 0], [-1, 0, 0]], [[1, -1, 0]]))
    assert verdict.outcome is Outcome.FAILS
    assert verdict.witness["neurons"] == [Neuron(1, 0), Neuron(1, 1), Neuron(2, 0)]
    assert verdict.witness["common_to_their_boundaries"][0] == 0


def test_at_a_single_point_both_may_bend() -> None:
    # u = (x, y+3, w+3), z = a1 + a2 - 3, z' = a1 + a3 - 3 at 0: no ridge is concerned, so the statement holds.
    net = relu_network([[1, 0, 0, 0], [0, 1, 0, 3], [0, 0, 1, 3]], [[1, 1, 0, -3], [1, 0, 1, -3]])
    assert decide(net).outcome is Outcome.FAILS  # z does not depend on a3 and crosses its boundary straight
    slightly = relu_network([[1, 0, 0, 0], [0, 1, 0, 3], [0, 0, 1, 3]], [[1, 1, "1/99", -3], [1, "1/98", 1, -3]])
    assert decide(slightly).outcome is Outcome.HOLDS


def test_two_bends_without_a_third_boundary_contradict_the_theory() -> None:
    evidence = Evidence(relu_network([[1, 0, 0], [0, 1, 0]], [[1, 1, -1]]))
    evidence.meetings.bends[:] = True
    with pytest.raises(TheoryContradicted, match="has one hyperplane"):
        decide_bends_tell_layers_apart(evidence)
