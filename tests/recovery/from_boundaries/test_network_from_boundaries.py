"""Networks from their boundaries alone: every claim against the truth, and names for all that stays open."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from geometry.nasty_networks import relu_network

from exactrev.boundary_sets import BoundarySet, Piece
from exactrev.errors import AssumptionFailed, RecoveryAmbiguous
from exactrev.geometry.boundary_pieces import boundary_set
from exactrev.network import AffineMap, Network, Neuron, he_network, is_isomorphic
from exactrev.recovery.from_boundaries import NetworkFamily, agree_up_to_last_signs, network_from_boundaries

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "survey_boundary_sets.py"

# u = (x, y), z = (4 - x+ - 2y+, 9 - 2x+ - y+, 6 - 5x+ - 6y+), and a third layer: all meet and are connected.
SHALLOW = relu_network([[1, 0, 0], [0, 1, 0]], [[-1, -2, 4], [-2, -1, 9], [-5, -6, 6]])


@pytest.fixture(scope="module")
def script() -> ModuleType:
    if not SCRIPT.exists():
        pytest.skip("needs the source tree")
    spec = importlib.util.spec_from_file_location("survey_boundary_sets", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def reconstruct(net: Network) -> NetworkFamily:
    return network_from_boundaries(boundary_set(net))


# -- complete families -------------------------------------------------------------------------------------------------


def test_a_network_is_recovered_up_to_the_signs_of_its_last_hidden_layer() -> None:
    family = reconstruct(SHALLOW)
    assert family.is_complete
    assert family.contains(SHALLOW)
    assert [str(unknown) for unknown in family.unknowns] == [f"the sign of z[2,{i}]" for i in range(3)]
    decision = family.signs[0]
    assert decision is not None
    assert decision.unique
    assert family.signs[1] is None


def test_one_choice_of_signs_and_an_output_layer_give_the_network_itself() -> None:
    family = reconstruct(SHALLOW)
    choices = [tuple(1 - 2 * (bits >> i & 1) for i in range(3)) for bits in range(8)]
    right = [signs for signs in choices if _hidden_layers_match(family.member(signs), SHALLOW)]
    assert len(right) == 1
    output = AffineMap.from_arrays([[1, 2, 3], [4, 5, 6]], [7, 8])
    assert family.member(right[0], output).layers[-1] == output
    assert boundary_set(family.member()) == boundary_set(SHALLOW)


def _hidden_layers_match(one: Network, other: Network) -> bool:
    zero = AffineMap(((0,) * (one.hidden_widths[-1] + 1),), 1, one.hidden_widths[-1])
    return is_isomorphic(Network((*one.layers[:-1], zero)), Network((*other.layers[:-1], zero)))


def test_one_hidden_layer_is_its_hyperplanes() -> None:
    net = relu_network([[1, 2, 3], [-4, 5, 6], [7, -8, 9]])
    family = reconstruct(net)
    assert family.is_complete
    assert family.contains(net)
    assert not family.contains(relu_network([[1, 2, 3], [-4, 5, 6], [7, -8, 8]]))
    assert family.hidden_widths == (3,)


def test_no_boundaries_belong_to_an_affine_map() -> None:
    family = network_from_boundaries(BoundarySet(3, []))
    assert family.is_complete
    assert family.hidden_widths == ()
    assert family.contains(Network.from_arrays([([[1, 2, 3]], [4])]))
    assert not family.contains(Network.from_arrays([([[1, 2]], [4])]))


def test_a_member_needs_a_complete_family_and_signs_that_fit() -> None:
    family = reconstruct(SHALLOW)
    for signs in ((1, 1), (1, 0, 1), (1, 1, 1, 1)):
        with pytest.raises(ValueError, match="signs of the last hidden layer"):
            family.member(signs)
    partial = reconstruct(relu_network([[1, 0, 0], [0, 1, 0], [-1, -1, -1]], [[1, 1, 1, -1]]))
    with pytest.raises(AssumptionFailed, match="leave parts of the network open") as caught:
        partial.member()
    assert caught.value.witness == partial.unknowns
    with pytest.raises(AssumptionFailed):
        partial.contains(SHALLOW)


def test_layer_signs_are_compared_one_neuron_at_a_time() -> None:
    def net(*rows: list[int]) -> Network:
        return relu_network([[1, 0, 0], [0, 1, 0]], list(rows))

    assert agree_up_to_last_signs(net([1, 2, 3], [4, 5, 6]), net([-8, -10, -12], [1, 2, 3]))
    assert not agree_up_to_last_signs(net([1, 2, 3], [4, 5, 6]), net([-1, 2, 3], [4, 5, 6]))
    assert not agree_up_to_last_signs(net([1, 2, 3], [1, 2, 3]), net([1, 2, 3], [4, 5, 6]))
    turned = relu_network([[-1, 0, 0], [0, 1, 0]], [[1, 2, 3], [4, 5, 6]])
    assert not agree_up_to_last_signs(net([1, 2, 3], [4, 5, 6]), turned)


# -- what stays open ---------------------------------------------------------------------------------------------------


# z = 200 - 9 u_0 - u_1 - u_2 - u_3 vanishes on a loop around the origin that crosses these four boundaries.
AROUND = [[1, 0, 1], [-9, 1, 18], [0, 9, 9], [1, -9, 27]]


def test_a_weight_from_a_neuron_that_is_off_all_along_is_named() -> None:
    # x + 2y - 500 is negative on the loop, and nothing tells which side of its boundary is active.
    family = reconstruct(relu_network([*AROUND, [1, 2, -500]], [[-9, -1, -1, -1, -7, 200]]))
    (pair,) = family.layering.unmet
    far = next(Neuron(1, i) for i, known in enumerate(family.layers[0]) if known.boundary == pair[0])
    names = [str(unknown) for unknown in family.unknowns]
    assert names == [f"the sign of {far}", f"the weight {far} -> z[2,0]", "the sign of z[2,0]"]
    assert not family.is_complete
    assert [weight is None for weight in family.layers[1][0].weights].count(True) == 1


def test_a_weight_from_a_neuron_that_is_on_all_along_is_found() -> None:
    # x + 2y + 500 is positive on the loop; the second neuron crosses its boundary and shows the sign.
    net = relu_network([*AROUND, [1, 2, 500]], [[-9, -1, -1, -1, "1/100", 195], [1, 2, 1, 1, 1, -9000]])
    family = reconstruct(net)
    assert len(family.layering.unmet) == 1
    assert family.is_complete
    assert family.contains(net)


def test_a_neuron_that_is_on_all_along_gives_away_its_sign() -> None:
    # Nobody crosses the boundary of x + 2y + 500, but the pieces of the loop have its gradient in their normals.
    net = relu_network([*AROUND, [1, 2, 500]], [[-9, -1, -1, -1, "1/100", 195]])
    family = reconstruct(net)
    assert len(family.layering.unmet) == 1
    assert family.is_complete
    assert family.contains(net)
    turned = relu_network([*AROUND, [-1, -2, -500]], [[-9, -1, -1, -1, "1/100", 195]])
    assert not family.contains(turned)


def test_a_reading_that_fits_no_neuron_of_its_layer_is_a_conflict(script: ModuleType) -> None:
    judged = script.judge(he_network((2, 3, 3, 3, 1), 8))
    assert judged.outcome == "contradiction"
    assert judged.wrong == []
    family = reconstruct(he_network((2, 3, 3, 3, 1), 8))
    assert not family.is_complete
    assert {conflict.neuron.layer for conflict in family.conflicts} == {3}
    assert str(family.conflicts[0]).startswith("z[3,0]: no choice of active sides")


def test_three_boundaries_through_a_ridge_are_ambiguous() -> None:
    lines = [Piece.from_rows(row, []) for row in ((1, 0, 0), (0, 1, 0), (1, 1, 0))]
    with pytest.raises(RecoveryAmbiguous, match="more than two boundaries"):
        network_from_boundaries(BoundarySet(2, lines))


# -- He-initialised networks -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("widths", "count"), [((2, 3, 3, 1), 12), ((2, 4, 4, 1), 10), ((3, 4, 4, 1), 2), ((2, 3, 3, 3, 1), 10)]
)
def test_whatever_is_claimed_of_he_networks_is_true(script: ModuleType, widths: tuple[int, ...], count: int) -> None:
    outcomes = set()
    for seed in range(count):
        judged = script.judge(he_network(widths, seed))
        assert judged.wrong == [], (widths, seed)
        assert judged.outcome == "recovered" or not judged.hypotheses, (widths, seed)
        outcomes.add(judged.outcome)
    assert outcomes <= {"recovered", "another network", "partial", "contradiction"}


@pytest.mark.parametrize(("widths", "limit"), [((2, 3, 3, 1), 60), ((3, 4, 4, 1), 12)])
def test_wherever_the_hypotheses_hold_the_network_is_reconstructed(
    script: ModuleType, widths: tuple[int, ...], limit: int
) -> None:
    seeds = list(script.find_seeds(widths, 2, limit))
    assert seeds
    for seed in seeds:
        assert script.judge(he_network(widths, seed)).outcome == "recovered"


@pytest.mark.parametrize(
    "net",
    [
        he_network((2, 3, 3, 3, 1), 2684),  # the first seed for which they hold
        relu_network(
            [[6, -8, 3], [-8, -2, 12], [6, 4, -18]],
            [[3, 2, 8, -18], [-6, -2, -2, 15], [-7, 6, -4, 8]],
            [[-6, 9, 6, -8], [7, 9, 5, -15]],
        ),
    ],
    ids=lambda net: net.architecture,
)
def test_three_hidden_layers_are_reconstructed_where_the_hypotheses_hold(script: ModuleType, net: Network) -> None:
    judged = script.judge(net)
    assert (judged.hypotheses, judged.outcome, judged.wrong) == (True, "recovered", [])
    family = reconstruct(net)
    assert family.contains(net)
    assert [decision.unique for decision in family.signs if decision is not None] == [True, True]


def test_the_judge_notices_a_family_that_is_wrong(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    right = reconstruct(SHALLOW)
    *others, last = right.layers[1]
    assert last.bias is not None
    wrong = replace(right, layers=(right.layers[0], (*others, replace(last, bias=last.bias * 2))))
    monkeypatch.setattr(script, "network_from_boundaries", lambda pieces: wrong)
    judged = script.judge(SHALLOW)
    assert judged.outcome == "another network"
    assert "it has other boundaries" in judged.wrong
    assert any("the row of" in claim for claim in judged.wrong)
