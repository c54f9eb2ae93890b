"""T2h: boundaries of connected neurons meet, on networks worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from geometry.nasty_networks import relu_network

from exactrev.errors import TheoryContradicted
from exactrev.geometry import Box
from exactrev.network import Network, Neuron, Point
from exactrev.statements import verify
from exactrev.statements.claims.boundaries_meet import decide_boundaries_of_connected_neurons_meet
from exactrev.statements.evidence import Evidence
from exactrev.verdict import Outcome


def test_all_pairs_meet() -> None:
    verdict = verify(relu_network([[1, 0, 0], [0, 1, 0]], [[1, 1, -1]]), "T2h")["T2h"]
    assert verdict.outcome is Outcome.HOLDS
    assert verdict.checked.startswith("the boundaries of all 2 pairs")


def test_with_one_hidden_layer_it_is_vacuous() -> None:
    assert verify(relu_network([[1, 0], [1, 1]]), "T2h")["T2h"].vacuous


def test_a_thick_boundary_meets_what_it_contains() -> None:
    assert verify(relu_network([[1, 0]], [[1, 0]]), "T2h")["T2h"].outcome is Outcome.HOLDS


def test_disjoint_boundaries_are_shown_with_the_values_along_them() -> None:
    # |x| - 1 vanishes at -1 and 1, where x has both signs; x vanishes at 0, where |x| - 1 is -1.
    net = relu_network([[1, 0], [-1, 0]], [[1, 1, -1]])
    verdict = verify(net, "T2h")["T2h"]
    assert verdict.outcome is Outcome.FAILS
    assert verdict.checked.startswith("the boundaries of 2 of 2 pairs")
    z, later = Neuron(1, 0), Neuron(2, 0)
    assert verdict.witness == {
        "neurons": [z, later],
        "weight": Fraction(1),
        "along_the_boundary_of_z[1,0]": [{"point": (Fraction(0),), "z[2,0]": Fraction(-1)}],
        "along_the_boundary_of_z[2,0]": [
            {"point": (Fraction(-1),), "z[1,0]": Fraction(-1)},
            {"point": (Fraction(1),), "z[1,0]": Fraction(1)},
        ],
        "disjoint_pairs": [(z, later), (Neuron(1, 1), later)],
    }


def test_an_empty_boundary_meets_nothing() -> None:
    verdict = verify(relu_network([[1, 0]], [[-1, -1]]), "T2h")["T2h"]
    assert verdict.outcome is Outcome.FAILS
    assert verdict.witness["empty_boundaries_of"] == [Neuron(2, 0)]
    assert verdict.witness["weight"] == -1


def test_neurons_with_weight_0_between_them_are_not_connected() -> None:
    # z[2,0] = x+ - 1 and z[2,1] = y+ - 1, each connected to one neuron of layer 1: x = 0 and x = 1 are parallel.
    verdict = verify(relu_network([[1, 0, 0], [0, 1, 0]], [[1, 0, -1], [0, 1, -1]]), "T2h")["T2h"]
    assert verdict.checked.startswith("the boundaries of 2 of 2 pairs")


def test_no_more_than_ten_pairs_are_listed() -> None:
    rows = [[0, 1]] * 4
    verdict = verify(relu_network(rows, [[1, 1, 1, 1, 1]] * 4), "T2h")["T2h"]
    assert len(verdict.witness["disjoint_pairs"]) == 10
    assert verdict.witness["and_more"] == 6


def test_boundaries_may_meet_outside_a_box_only() -> None:
    net = relu_network([[1, 0, 0], [0, 1, 0]], [[1, 1, -1]])
    assert verify(net, "T2h", Box.cube(2, -2, 2))["T2h"].outcome is Outcome.HOLDS
    assert verify(net, "T2h", Box.cube(2, "1/4", 2))["T2h"].outcome is Outcome.FAILS


@pytest.mark.parametrize("factor", [-1, 0])
def test_values_that_contradict_the_signs_of_cells_stop_everything(
    monkeypatch: pytest.MonkeyPatch, factor: int
) -> None:
    evidence = Evidence(relu_network([[1, 0], [-1, 0]], [[1, 1, -1]]))
    assert evidence.boundaries.of(Neuron(2, 0)).n_pieces == 2
    true_values = Network.preactivations

    def spoilt(net: Network, point: Point) -> list[list[Fraction]]:
        return [[factor * value for value in values] for values in true_values(net, point)]

    monkeypatch.setattr(Network, "preactivations", spoilt)
    with pytest.raises(TheoryContradicted, match="another sign than its cell says"):
        decide_boundaries_of_connected_neurons_meet(evidence)
