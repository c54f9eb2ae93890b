"""T1d, T2, T2c and T2d on networks worked out by hand, and every way in which the checks can fail."""

from __future__ import annotations

from dataclasses import replace

import pytest
from geometry.nasty_networks import relu_network

from exactrev.geometry import Box, regions
from exactrev.geometry.boundary_pieces import boundary_set
from exactrev.network import AffineMap, Network, Neuron, he_network
from exactrev.recovery.from_boundaries import agree_up_to_last_signs, network_from_boundaries
from exactrev.statements import unlabelled, verify
from exactrev.statements.claims import boundaries_determine, layers_read_off
from exactrev.statements.claims.boundaries_determine import decide_connected_boundaries_determine_the_network
from exactrev.statements.claims.layers_read_off import decide_layers_are_read_off_bends
from exactrev.statements.evidence import Evidence
from exactrev.statements.second_networks import exchange_pieces, find_exchanges, turn_round
from exactrev.verdict import Outcome, Verdict

ALL = ["T1d", "T2", "T2c", "T2d"]

# s = x+ + y+; N = (s - 1)+ - (2 - s)+ + (s - 3)+: three corners, one inside the other.
CORNERS = relu_network([[1, 0, 0], [0, 1, 0]], [[1, 1, -1], [-1, -1, 2], [1, 1, -3]], output=[[1, -1, 1, 0]])

# Layer 1 is mirrored at the y-axis. z[2,0] and z[2,1] have a part on either side: {f = 1} and {g = 1} on the right, for
# f = 2 a_0 + a_1 - 3 a_2 and g = a_0 + 2 a_1 - 3 a_2, and their mirror images on the left, alike or exchanged.
RIGHT = [[3, -2, -1], [2, -1, -2], [2, -3, 0]]
LEFT = [[-3, -2, -1], [-2, -1, -2], [-2, -3, 0]]
F, G = [-2, -1, 3], [-1, -2, 3]


def with_parts(left: list[list[int]]) -> Network:
    """The neurons 1 - f and 1 - g on the right; on the left those given."""
    rows = [[*one, *other, 1] for one, other in zip((F, G), left, strict=True)]
    return relu_network([*RIGHT, *LEFT], [*rows, [3, 3, 1, 3, 3, 1, -1]], output=[[1, 1, -1, 0]])


STRAIGHT, CROSSED = with_parts([F, G]), with_parts([G, F])


def decide(net: Network, paper: str) -> Verdict:
    return verify(net, paper)[paper]


def layers_of(verdict: Verdict) -> Network:
    """The other network of a witness."""
    return Network(tuple(value for value in verdict.witness.values() if isinstance(value, AffineMap)))


# -- T2, as printed ----------------------------------------------------------------------------------------------------


def test_the_signs_of_the_last_hidden_layer_refute_theorem_2() -> None:
    verdict = decide(CORNERS, "T2")
    assert verdict.outcome is Outcome.FAILS
    other = layers_of(verdict)
    assert boundary_set(other).pieces == boundary_set(CORNERS).pieces
    assert {str(v.outcome) for _, v in verify(other, ["R2", "T2h"]).verdicts} == {"HOLDS"}
    assert set(verdict.witness["turned_round"]) <= {Neuron(2, i) for i in range(3)}
    assert "not even up to" not in verdict.checked


def test_pieces_exchanged_between_neurons_refute_theorem_2_even_up_to_signs() -> None:
    verdict = decide(STRAIGHT, "T2")
    assert verdict.outcome is Outcome.FAILS
    assert "not even up to the last layer's signs" in verdict.checked
    one, other, *sources = verdict.witness["exchanged_are_the_weights_of_two_neurons_from"]
    assert (one, other) == (Neuron(2, 0), Neuron(2, 1))
    assert [source.index for source in sources] in ([0, 1, 2], [3, 4, 5])
    assert agree_up_to_last_signs(layers_of(verdict), CROSSED)
    assert agree_up_to_last_signs(layers_of(decide(CROSSED, "T2")), STRAIGHT)
    assert boundary_set(STRAIGHT).pieces == boundary_set(CROSSED).pieces
    assert not agree_up_to_last_signs(STRAIGHT, CROSSED)


def test_two_corners_leave_no_choice_of_signs() -> None:
    # 2-2-2-1: turning a neuron round leaves a line of layer 1 along which both are off.
    net = Network.from_arrays(
        [([[-2, -15], [-4, 6]], [0, -6]), ([[-4, -3], [4, 2]], [10, -4]), ([[-3, 6]], [-5])]
    )
    verdict = decide(net, "T2")
    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.checked.startswith("none of 9 other networks")


def test_one_neuron_refutes_theorem_2() -> None:
    up = Network.from_arrays([([[1]], [0]), ([[1]], [0])])
    verdict = decide(up, "T2")
    assert verdict.outcome is Outcome.FAILS
    assert layers_of(verdict).layers == (AffineMap(((-1, 0),), 1, 1), up.layers[1])


def test_theorem_2_does_not_apply_without_its_hypotheses() -> None:
    assert decide(relu_network([[1, 0, 0], [0, 1, 0]], [[1, 1, -1]]), "T2").outcome is Outcome.NOT_APPLICABLE  # no LRA
    disjoint = decide(he_network((2, 4, 4, 1), 2), "T2")
    assert disjoint.outcome is Outcome.NOT_APPLICABLE
    assert "disjoint" in disjoint.checked


def test_finding_no_other_network_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boundaries_determine, "_is_second_network", lambda evidence, other: False)
    verdict = decide(CORNERS, "T2")
    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.witness == {"missing": "all other networks"}


def test_a_candidate_with_other_boundaries_is_no_witness(monkeypatch: pytest.MonkeyPatch) -> None:
    other = Network((*CORNERS.layers[:1], AffineMap(((1, 1, -1), (-1, -1, 2), (1, 1, -4)), 1, 2), CORNERS.layers[2]))
    monkeypatch.setattr(boundaries_determine, "_turned_round", lambda evidence: [("moved", [], other)])
    assert decide(CORNERS, "T2").outcome is Outcome.UNDECIDED
    isomorphic = Network((CORNERS.layers[0], AffineMap(((2, 2, -2), (-1, -1, 2), (1, 1, -3)), 1, 2), CORNERS.layers[2]))
    monkeypatch.setattr(boundaries_determine, "_turned_round", lambda evidence: [("scaled", [], isomorphic)])
    assert decide(CORNERS, "T2").outcome is Outcome.UNDECIDED


def test_a_candidate_without_the_hypotheses_is_no_witness(monkeypatch: pytest.MonkeyPatch) -> None:
    # All three on beyond their corners: N is 0 around the origin, on both sides of the boundaries of layer 1.
    flat = turn_round(CORNERS, [1], None)
    monkeypatch.setattr(boundaries_determine, "_turned_round", lambda evidence: [("turned", [], flat)])
    assert boundary_set(flat) == boundary_set(CORNERS)
    assert decide(CORNERS, "T2").outcome is Outcome.UNDECIDED


def test_turning_round_and_exchanging_twice_change_nothing() -> None:
    assert turn_round(turn_round(CORNERS, [0, 2]), [0, 2]) == CORNERS
    uneven = Network((STRAIGHT.layers[0], _scaled(STRAIGHT.layers[1]), STRAIGHT.layers[2]))
    assert boundary_set(exchange_pieces(uneven, 2, (0, 1), [3, 4, 5])) == boundary_set(STRAIGHT)
    assert exchange_pieces(exchange_pieces(STRAIGHT, 2, (0, 1), [0, 5]), 2, (0, 1), [0, 5]) == STRAIGHT
    with pytest.raises(ValueError, match="one sign"):
        exchange_pieces(STRAIGHT, 2, (0, 2), [3])


def _scaled(layer: AffineMap) -> AffineMap:
    """The second neuron times 5."""
    rows = [tuple(entry * (5 if i == 1 else 1) for entry in row) for i, row in enumerate(layer.rows)]
    return AffineMap(tuple(rows), layer.denominator, layer.n_in)


def test_neurons_that_see_the_same_neurons_before_exchange_nothing() -> None:
    assert list(find_exchanges(regions(CORNERS))) == []
    assert list(find_exchanges(regions(STRAIGHT))) == [(2, (0, 1), [3, 4, 5])]


# -- T2c ---------------------------------------------------------------------------------------------------------------


def test_connected_boundaries_give_the_network_back() -> None:
    verdict = decide(CORNERS, "T2c")
    assert verdict.outcome is Outcome.HOLDS
    assert verdict.checked.startswith("19 pieces without labels gave back hidden layers of 2, 3 neurons")
    assert decide(he_network((2, 3, 3, 1), 28), "T2c").outcome is Outcome.HOLDS


def test_disconnected_and_empty_boundaries_are_not_what_it_is_about() -> None:
    verdict = decide(STRAIGHT, "T2c")
    assert verdict.outcome is Outcome.NOT_APPLICABLE
    assert (verdict.checked, verdict.witness) == ("a boundary is in 2 parts, not connected", {"neuron": Neuron(2, 0)})
    empty = decide(Network.from_arrays([([[1, 0], [0, 0]], [0, 1]), ([[1, 1]], [0])]), "T2c")
    assert empty.checked == "a boundary is empty, not connected"


def test_an_exceptional_network_has_a_second_one_as_witness() -> None:
    # u = (x, y, 1 - x - y) add up to a constant: all three can be turned round if the biases follow.
    net = relu_network([[1, 0, 0], [0, 1, 0], [-1, -1, 1]], [[1, 1, 1, -2], [2, 2, 2, -7]])
    verdict = decide(net, "T2c")
    assert verdict.outcome is Outcome.FAILS
    other = layers_of(verdict)
    assert boundary_set(other) == boundary_set(net)
    assert sorted(row[-1] for row in other.layers[1].rows) == [-5, -1]
    assert sorted(other.layers[0].rows) == [(-1, 0, 0), (0, -1, 0), (1, 1, -1)]


def test_three_lines_through_a_point_are_not_paired_up() -> None:
    verdict = decide(relu_network([[1, 0, 0], [0, 1, 0], [1, 1, 0]], [[1, 1, 1, -1]]), "T2c")
    assert verdict.outcome is Outcome.FAILS
    assert "more than two boundaries" in verdict.checked
    assert verdict.witness == {"at": (0, 0)}


def test_a_wrong_reconstruction_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    family = network_from_boundaries(boundary_set(CORNERS))
    *others, last = family.layers[1]
    assert last.bias is not None
    wrong = replace(family, layers=(family.layers[0], (*others, replace(last, bias=last.bias + 1))))
    open_ = replace(family, layers=(family.layers[0], (*others, replace(last, bias=None))))
    for claimed in (wrong, open_):
        monkeypatch.setattr(boundaries_determine, "network_from_boundaries", lambda *_, claimed=claimed: claimed)
        assert decide_connected_boundaries_determine_the_network(Evidence(CORNERS)).outcome is Outcome.FAILS


# -- T1d and T2d -------------------------------------------------------------------------------------------------------


def test_layers_are_read_off_bends_where_every_neuron_shows() -> None:
    assert decide(CORNERS, "T1d").checked == (
        "19 pieces without labels are 5 boundaries, each read in its layer; bends alone leave the order of 3 pairs open"
    )


def test_a_neuron_that_is_always_on_has_no_layer() -> None:
    # ReLU(ReLU(x) + 1): two neurons, the Linear Regions Assumption, and the boundary of ReLU(x).
    net = Network.from_arrays([([[1]], [0]), ([[1]], [1]), ([[1]], [0])])
    assert decide(net, "R2").outcome is Outcome.HOLDS
    verdict = decide(net, "T1d")
    assert verdict.outcome is Outcome.FAILS
    assert verdict.witness == {"neurons": [Neuron(2, 0)]}
    assert boundary_set(net) == boundary_set(Network.from_arrays([([[1]], [0]), ([[1]], [0])]))


def test_parts_of_one_boundary_are_read_as_two() -> None:
    verdict = decide(STRAIGHT, "T1d")
    assert verdict.outcome is Outcome.FAILS
    assert verdict.witness["neurons"] == [Neuron(2, 0)]
    assert len(verdict.witness["points_of_its_parts"]) == 2


def test_a_boundary_that_misses_the_layer_before_is_read_as_one_of_it() -> None:
    # z[3,0] = 4 - a_0 - a_1 vanishes where the corners s = 1 and s = 9 are far, at s = x+ + y+ = 4.
    net = relu_network([[1, 0, 0], [0, 1, 0]], [[1, 2, -1], [2, 1, -99]], [[1, 1, -7]])
    verdict = decide(net, "T1d")
    assert verdict.outcome is Outcome.FAILS
    assert verdict.witness == {"neuron": Neuron(3, 0), "read_in": 2}


def test_pieces_that_do_not_pair_up_are_a_failure() -> None:
    assert decide(relu_network([[1, 0, 0], [0, 1, 0], [1, 1, 0]]), "T1d").witness == {"at": (0, 0)}
    shared = decide(relu_network([[1, 0, 0], [2, 0, 0]]), "T1d")
    assert (shared.outcome, shared.witness["neurons"]) == (Outcome.FAILS, [Neuron(1, 0), Neuron(1, 1)])


@pytest.mark.parametrize("seed", range(8))
def test_large_sets_are_read_from_the_table_of_ridges_with_the_same_result(
    monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    nets = [he_network((2, 3, 2, 1), seed), he_network((3, 3, 2, 1), seed), he_network((2, 3, 2, 2, 1), seed)]
    expected = [decide(net, "T1d").outcome for net in nets]
    monkeypatch.setattr(layers_read_off, "MOST_PIECES", 0)
    assert [decide(net, "T1d").outcome for net in nets] == expected


def test_the_table_of_ridges_can_fail_in_every_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers_read_off, "MOST_PIECES", 0)
    assert "is read as 2" in decide(STRAIGHT, "T1d").checked
    missed = relu_network([[1, 0, 0], [0, 1, 0]], [[1, 2, -1], [2, 1, -99]], [[1, 1, -7]])
    assert decide(missed, "T1d").witness == {"neuron": Neuron(3, 0), "read_in": 2}
    evidence = Evidence(CORNERS)
    evidence.boundaries.ridges.bends[:] = True
    assert "two boundaries bend along one" in decide_layers_are_read_off_bends(evidence).checked
    evidence = Evidence(relu_network([[1, 0, 0], [0, 1, 0]], [[1, 1, -1]]))
    bends = evidence.boundaries.ridges.bends.reshape(-1, 2)
    bends[(bends.sum(axis=1) == 1).argmax()] ^= True
    assert "in a circle" in decide_layers_are_read_off_bends(evidence).checked


def test_boundaries_in_parts_may_lead_nowhere() -> None:
    verdict = decide(STRAIGHT, "T2d")
    assert verdict.outcome is Outcome.FAILS
    assert verdict.witness["neuron"] == Neuron(2, 0)
    missed = [verdict.witness[f"part {i}"]["misses"] for i in range(2)]
    assert sorted(missed) == [[Neuron(1, 0), Neuron(1, 1), Neuron(1, 2)], [Neuron(1, 3), Neuron(1, 4), Neuron(1, 5)]]
    for i in range(2):
        assert STRAIGHT.preactivations(verdict.witness[f"part {i}"]["contains"])[1][0] == 0
    assert decide(CORNERS, "T2d").outcome is Outcome.HOLDS
    assert decide(relu_network([[1, 0, 0], [0, 1, 0]]), "T2d").vacuous


# -- where they do not apply -------------------------------------------------------------------------------------------


def test_boxes_and_interiors_are_not_what_they_are_about() -> None:
    thick = relu_network([[1, 0, 0], [0, 1, 0]], [[1, 0, 0]])
    for verdict in (*verify(thick, ALL).verdicts, *verify(CORNERS, ALL, Box.cube(2, -9, 9)).verdicts):
        assert verdict[1].outcome is Outcome.NOT_APPLICABLE


def test_sets_of_very_many_pieces_are_left_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unlabelled, "MOST_PIECES", 18)
    for _, verdict in verify(CORNERS, ["T1d", "T2", "T2c"]).verdicts:
        assert verdict.outcome is Outcome.UNDECIDED
        assert verdict.witness == {"missing": "the ridges of a set of 19 pieces, more than 18"}


def test_many_pieces_of_one_layer_are_just_hyperplanes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boundaries_determine, "MOST_PIECES", 0)
    verdict = decide(relu_network([[1, 0, 0], [0, 1, 0], [1, 2, -3]]), "T2c")
    assert (verdict.outcome, verdict.checked[:28]) == (Outcome.HOLDS, "the set contains 3 hyperplan")
    # Two neurons with one hyperplane are seen as one: the set does not show their number.
    assert decide(relu_network([[1, 0, 0], [0, 1, 0], [-2, 0, 0]]), "T2c").outcome is Outcome.FAILS


def test_networks_without_hidden_neurons_have_nothing_to_determine() -> None:
    for _, verdict in verify(Network.from_arrays([([[1, 2]], [3])]), ALL).verdicts:
        assert (verdict.outcome, verdict.vacuous) == (Outcome.HOLDS, True)
