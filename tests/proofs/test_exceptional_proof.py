"""Exceptional networks and the rank of the signs: the proofs fail for what is not so, and the evaluation finds it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from exactrev.errors import BudgetSpent
from exactrev.examples import load
from exactrev.geometry import regions
from exactrev.network import Network, Neuron, random_rational_network
from exactrev.proofs import bends_at_every_earlier_boundary as theorem_1
from exactrev.proofs import exceptional_networks_are_zeros_of_polynomials as almost_all
from exactrev.proofs import the_rank_of_the_signs_is_reached as ranks
from exactrev.proofs.exceptional_networks_are_zeros_of_polynomials import Exceptional, find_exceptional
from exactrev.proofs.letters import find_forms, path_sum
from exactrev.proofs.proof import ProofResult, check, run_steps
from exactrev.recovery.signs import SignDecision, visit_equations

PLANE = ([[1, 0], [0, 1]], [0, 0])


def run(**replaced: Any) -> ProofResult:
    return run_steps(almost_all.derive(**replaced), almost_all.PROOF.length)


def run_ranks(**replaced: Any) -> ProofResult:
    return run_steps(ranks.derive(**replaced), ranks.PROOF.length)


@pytest.mark.parametrize("kind", almost_all.KINDS)
def test_an_evaluation_that_leaves_out_a_kind_fails_the_proof(kind: str) -> None:
    def leaves_out(net: Network) -> Iterator[Exceptional]:
        return (found for found in find_exceptional(net) if found.kind != kind)

    assert not check("", almost_all._definitions(leaves_out)).holds
    assert not check("", almost_all._instances(leaves_out)).holds


def test_an_evaluation_that_finds_too_much_or_other_neurons_fails_the_proof() -> None:
    def too_much(net: Network) -> Iterator[Exceptional]:
        yield from find_exceptional(net)
        yield Exceptional("position", tuple(net.neurons())[:1], ())

    def others(net: Network) -> Iterator[Exceptional]:
        for found in find_exceptional(net):
            yield Exceptional(found.kind, found.neurons[::-1], found.pattern)

    result = run(find=too_much)
    assert not result.proved
    assert "the same as the definitions" in result.steps[-1].claim
    assert not check("", almost_all._definitions(others)).holds


def test_the_proof_fails_for_tied_biases_and_for_a_path_that_is_dropped() -> None:
    def without_biases(tables: Any, activity: Any) -> Any:
        return find_forms([[[*row[:-1], 0 * row[-1]] for row in table] for table in tables], activity)

    def drops_one(tables: Any, activity: Any, first: Any, z: Any) -> Any:
        return path_sum(tables, activity, first, z) - tables[z[0] - 1][z[1]][0]

    assert not check("", almost_all._position(without_biases)).holds
    assert not check("", almost_all._paths(drops_one)).holds
    assert not run(paths=drops_one).proved


def test_equal_gradients_of_units_would_be_noticed() -> None:
    def opposite(tables: Any, activity: Any) -> Any:
        # a second network's units: u_1 = -(W_0 / W_1) u_0 in every layer, so that S = {0, 1} cancels for z[k + 1, 0]
        forms = find_forms(tables, activity)
        for layer, table in zip(forms, tables[1:], strict=False):
            if len(layer) > 1:
                layer[1] = [-table[0][0] / table[0][1] * c for c in layer[0]]
        return forms

    assert not check("", almost_all._signs(opposite)).holds


def test_networks_without_exceptions_bend_where_they_should_by_the_proof_of_theorem_1_too() -> None:
    for seed in range(3):
        net = random_rational_network((2, 2, 2, 1), seed)
        kinds = {found.kind for found in find_exceptional(net)}
        of_theorem_1 = {which for *_, which in theorem_1.find_exceptional(net)}
        assert ("paths" in kinds) == ("kappa" in of_theorem_1)
        if not kinds:
            assert not of_theorem_1


def test_patterns_that_do_not_occur_can_be_left_out() -> None:
    # z = a_1 - a_2 - 1 and u_2 = x - 3: off u_1 = x nothing is on; with u_1 off and u_2 on z would be 2 - x.
    net = Network.from_arrays([([[1, 0], [1, 1]], [0, -3]), ([[1, -1]], [-1]), ([[1]], [0])])
    cells = regions(net)
    occurring = [cells.pattern(i) for i in range(cells.n_cells)]
    every = set(find_exceptional(net))
    assert set(find_exceptional(net, occurring)) <= every


@pytest.mark.parametrize("name", ["figure1", "opposite_signs_a"])
def test_bundled_networks_in_general_position_are_on_no_zero(name: str) -> None:
    cells = regions(load(name))
    assert not list(find_exceptional(cells.network, [cells.pattern(i) for i in range(cells.n_cells)]))


def test_what_is_found_is_named_and_found_once() -> None:
    double = Network.from_arrays([PLANE, ([[2, 0]], [0]), ([[1]], [0])])
    found = list(find_exceptional(double))
    assert len(found) == len(set(found))
    assert str(Exceptional("paths", (Neuron(1, 1), Neuron(2, 0)), ())) in map(str, found)
    assert [one.kind for one in find_exceptional(double, kinds=["signs"])] == ["signs"]


def test_signs_that_are_not_decided_are_not_taken_to_be_unique(monkeypatch: pytest.MonkeyPatch) -> None:
    open_signs = SignDecision((1, 1), True, None, None, (), False, 1, None, "too many")
    monkeypatch.setattr(almost_all, "decide_signs", lambda equations, n: open_signs)
    with pytest.raises(BudgetSpent, match="not decided"):
        list(find_exceptional(Network.from_arrays([PLANE, ([[1, 2]], [-1]), ([[1]], [0])])))


def test_the_rank_as_printed_and_other_ranks_fail_the_proof() -> None:
    for claimed in (lambda n, rho, n_z: n, lambda n, rho, n_z: min(n, rho), lambda n, rho, n_z: rho * n_z):
        result = run_ranks(claimed=claimed)
        assert not result.proved
        assert "rank" in result.steps[-1].claim
        assert not check("", ranks._reached(visit_equations, claimed)).holds
        assert not check("", ranks._deep(visit_equations, claimed)).holds


def test_other_equations_fail_the_proof_of_the_rank() -> None:
    def drops_a_unit(weights: Any, visit: Any) -> Any:
        return visit_equations([*weights[:-1], 0 * weights[-1]], visit)

    def keeps_one_coordinate(weights: Any, visit: Any) -> Any:
        return visit_equations(weights, visit)[:1]

    for broken in (drops_a_unit, keeps_one_coordinate):
        assert not run_ranks(equations=broken).proved
        assert not check("", ranks._reached(broken, ranks.at_most)).holds
    assert not check("", ranks._flips(drops_a_unit)).holds
