"""A point or a proof: both are checked, and they agree with trying all patterns."""

from __future__ import annotations

import copy
from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest
from all_patterns import is_possible
from hypothesis import given, settings
from hypothesis import strategies as st

from exactrev.errors import InvalidNetwork
from exactrev.network import Network, Neuron
from exactrev.network.random import he_network
from exactrev.search import (
    Budget,
    Condition,
    Found,
    Impossible,
    Open,
    Relation,
    check,
    find_meeting_point,
    find_point,
    find_point_with_both_on,
    find_point_with_neuron_off,
    find_point_with_neuron_on,
    find_point_with_signs,
    is_off,
    is_on,
    is_zero,
)
from exactrev.search.certificates import Closed, Split
from exactrev.search.refutation import solve_case
from exactrev.search.tree import Answer
from exactrev.testing.strategies import networks

ASKED = {1: is_on, 0: is_zero, -1: is_off}


def confirm(net: Network, signs: dict[Neuron, int], answer: Answer) -> None:
    """A point shows the signs, a proof passes its check; anything else is no answer."""
    if isinstance(answer, Found):
        found = net.sign_vector(answer.point)
        assert all(found[layer - 1][index] == sign for (layer, index), sign in signs.items())
    else:
        assert isinstance(answer, Impossible)
        assert answer.check()


@settings(max_examples=60)
@given(st.data())
def test_signs_of_pairs_are_possible_exactly_where_some_pattern_has_them(data: st.DataObject) -> None:
    net = data.draw(networks(max_width=2, min_depth=1, max_depth=3))
    pair = data.draw(st.lists(st.sampled_from([*net.neurons()]), min_size=1, max_size=2, unique=True))
    signs = {neuron: data.draw(st.sampled_from((1, 0, -1))) for neuron in pair}
    answer = find_point_with_signs(net, signs)
    confirm(net, signs, answer)
    conditions = [ASKED[sign](net, neuron) for neuron, sign in signs.items()]
    assert isinstance(answer, Found) == is_possible(net, conditions)


@settings(max_examples=40)
@given(st.data())
def test_any_form_in_the_activations_of_any_layer_may_be_asked_for(data: st.DataObject) -> None:
    net = data.draw(networks(max_width=2, min_depth=1, max_depth=2))
    conditions = []
    for _ in range(data.draw(st.integers(1, 3))):
        layer = data.draw(st.integers(1, net.depth + 1))
        row = data.draw(st.tuples(*[st.integers(-2, 2)] * (net.widths[layer - 1] + 1)))
        conditions.append(Condition.of(layer, row, data.draw(st.sampled_from(Relation))))
    answer = find_point(net, conditions)
    assert isinstance(answer, Found) == is_possible(net, conditions)


@settings(max_examples=30)
@given(networks(max_width=3, min_depth=1, max_depth=2), st.data(), st.sampled_from([0, 40]))
def test_exact_linear_programs_alone_give_the_same_answers(net: Network, data: st.DataObject, large: int) -> None:
    neuron = data.draw(st.sampled_from([*net.neurons()]))
    signs = {neuron: data.draw(st.sampled_from((1, -1)))}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("exactrev.search.relaxation.Relaxation.solve", lambda self: None)
        patch.setattr("exactrev.search.tree._LARGE", large)  # 0: cases are split until nothing is open
        slow = find_point_with_signs(net, signs)
    confirm(net, signs, slow)
    assert isinstance(find_point_with_signs(net, signs), Found) == isinstance(slow, Found)


# -- networks where it is known ----------------------------------------------------------------------------------------


def test_what_is_never_on_or_off_is_proved_to_be_so() -> None:
    # z[2,0] = ReLU(x) + ReLU(-x) + 1 > 0 always; z[2,1] is its negative.
    net = Network.from_arrays([([[1], [-1]], [0, 0]), ([[1, 1], [-1, -1]], [1, -1]), ([[1, 1]], [0])])
    assert isinstance(find_point_with_neuron_off(net, Neuron(2, 0)), Impossible)
    assert isinstance(find_point_with_neuron_on(net, Neuron(2, 1)), Impossible)
    confirm(net, {Neuron(2, 0): 1}, find_point_with_neuron_on(net, Neuron(2, 0)))


def test_boundaries_that_touch_meet() -> None:
    # z = x and z' = -|x| meet at 0 only, and no signs + and + occur together.
    net = Network.from_arrays([([[1], [-1]], [0, 0]), ([[-1, -1]], [0]), ([[1]], [0])])
    assert find_meeting_point(net, Neuron(1, 0), Neuron(2, 0)) == Found((Fraction(0),))
    assert isinstance(find_point_with_both_on(net, Neuron(1, 0), Neuron(2, 0)), Impossible)


def test_boundaries_can_be_disjoint_though_all_four_signs_occur() -> None:
    # z = y, and z' = |y - x| + ... of the fifth case of disjointness: u = (x, y - x, y), z' = a1 + a2 - 2 a3 - 1.
    net = Network.from_arrays([([[1, 0], [-1, 1], [0, 1]], [0] * 3), ([[1, 1, -2]], [-1]), ([[1]], [0])])
    z, z_ = Neuron(1, 0), Neuron(2, 0)
    for s, t in product((1, -1), repeat=2):
        confirm(net, {z: s, z_: t}, find_point_with_signs(net, {z: s, z_: t}))
        assert isinstance(find_point_with_signs(net, {z: s, z_: t}), Found)
    assert isinstance(find_meeting_point(net, z, z_), Impossible)


def test_a_neuron_of_layer_three_that_is_never_on_is_recognised() -> None:
    net = he_network((5, 10, 10, 10, 1), 2)
    dead = [z for z in net.neurons() if isinstance(find_point_with_neuron_on(net, z), Impossible)]
    assert dead == [Neuron(3, 9)]


def test_in_ten_dimensions_pairs_are_decided_one_by_one() -> None:
    net = he_network((10, 10, 10, 1), 5)
    apart = []
    for i, j in product(range(10), repeat=2):
        pair = {Neuron(1, i): 0, Neuron(2, j): 0}
        answer = find_point_with_signs(net, pair)
        confirm(net, pair, answer)
        if isinstance(answer, Impossible):
            apart.append((i, j))
    assert apart == [(9, 2)]


def test_numbers_that_floats_cannot_tell_apart_are_told_apart() -> None:
    tiny = Fraction(1, 10**40)
    net = Network.from_arrays([([[1], [-1]], [0, tiny]), ([[1, 1]], [0])])
    both = find_point_with_both_on(net, Neuron(1, 0), Neuron(1, 1))
    assert isinstance(both, Found)
    assert 0 < both.point[0] < tiny
    apart = Network.from_arrays([([[1], [-1]], [0, -tiny]), ([[1, 1]], [0])])
    assert isinstance(find_point_with_both_on(apart, Neuron(1, 0), Neuron(1, 1)), Impossible)
    huge = Network.from_arrays([([[10**400], [-1]], [0, -1]), ([[1, 1]], [0])])
    assert isinstance(find_point_with_both_on(huge, Neuron(1, 0), Neuron(1, 1)), Impossible)


def test_a_budget_of_no_cases_leaves_the_question_open() -> None:
    net = he_network((3, 4, 1), 0)
    assert find_point_with_neuron_on(net, Neuron(1, 0), Budget(0)) == Open(0)
    assert find_point_with_neuron_on(net, Neuron(1, 0), Budget(deadline=0.0)) == Open(0)


def test_a_budget_is_shared_by_all_searches_that_get_it() -> None:
    net, budget = he_network((3, 4, 1), 0), Budget(2)
    for i in range(2):
        assert isinstance(find_point_with_neuron_on(net, Neuron(1, i), budget), Found)
    assert isinstance(find_point_with_neuron_on(net, Neuron(1, 2), budget), Open)


def test_conditions_that_do_not_fit_are_refused() -> None:
    net = he_network((3, 4, 1), 0)
    with pytest.raises(InvalidNetwork, match="no such layer"):
        find_point(net, [Condition.of(3, [1, 0])])
    with pytest.raises(InvalidNetwork, match="wrong length"):
        find_point(net, [Condition.of(2, [1, 0])])
    with pytest.raises(InvalidNetwork, match="no such sign"):
        find_point_with_signs(net, {Neuron(1, 0): 2})
    with pytest.raises(InvalidNetwork, match="no such hidden neuron"):
        find_point_with_neuron_on(net, Neuron(2, 0))


# -- certificates ------------------------------------------------------------------------------------------------------


def proof_that_boundaries_are_apart() -> Impossible:
    answer = find_meeting_point(he_network((10, 10, 10, 1), 5), Neuron(1, 9), Neuron(2, 2))
    assert isinstance(answer, Impossible)
    assert isinstance(answer.proof, Split)
    return answer


def leaves(proof: Closed | Split) -> list[Closed]:
    return [proof] if isinstance(proof, Closed) else [*leaves(proof.on), *leaves(proof.off)]


def with_leaf(proof: Closed | Split, old: Closed, new: Closed | Split) -> Closed | Split:
    if isinstance(proof, Closed):
        return new if proof is old else proof
    return Split(proof.unit, with_leaf(proof.on, old, new), with_leaf(proof.off, old, new))


def test_no_multiplier_of_a_proof_can_be_changed() -> None:
    answer = proof_that_boundaries_are_apart()
    changed = 0
    for leaf in leaves(answer.proof):
        entries = [("target", i) for i, y in enumerate(leaf.targets) if y] + [("unit", j) for j in leaf.units]
        for kind, index in entries:
            for other in (lambda y: y + 1, lambda y: -y, lambda y: 0):
                targets, units = list(leaf.targets), copy.copy(dict(leaf.units))
                if kind == "target":
                    targets[index] = other(targets[index])
                else:
                    units[index] = other(units[index])
                forged = with_leaf(answer.proof, leaf, Closed(tuple(targets), units))
                assert not check(answer.system, forged)
                changed += 1
    assert changed >= 9


def test_a_proof_without_multipliers_proves_nothing() -> None:
    system = proof_that_boundaries_are_apart().system
    assert not check(system, Closed((0, 0)))
    strict = replace(system, relations=(Relation.POSITIVE, Relation.POSITIVE))
    assert not check(strict, Closed((0, 0)))


def test_a_proof_of_the_wrong_shape_is_rejected() -> None:
    answer = proof_that_boundaries_are_apart()
    system, proof = answer.system, answer.proof
    assert isinstance(proof, Split)
    units = len(system.units)
    assert check(system, proof)
    assert not check(system, Split(proof.unit, proof.off, proof.on))
    assert not check(system, Split(units, proof, proof))
    assert not check(system, Split(proof.unit, proof, proof))  # fixed twice
    assert not check(system, with_leaf(proof, leaves(proof)[0], Closed((1,))))
    assert not check(system, with_leaf(proof, leaves(proof)[0], Closed((1, 1), {units: 1})))
    assert not check(system, with_leaf(proof, leaves(proof)[0], Closed((1, 1), {-1: 1})))


def test_closing_a_strict_condition_by_zero_needs_that_condition() -> None:
    # x > 0 and -x >= 0: 1 * x + 1 * (-x) = 0 closes it; two weak conditions are satisfied at x = 0.
    net = Network.from_arrays([([[1]], [0])])
    strict = [Condition.of(1, [1, 0]), Condition.of(1, [-1, 0], Relation.NOT_NEGATIVE)]
    answer = find_point(net, strict)
    assert isinstance(answer, Impossible)
    assert check(answer.system, Closed((1, 1)))
    weak = replace(answer.system, relations=(Relation.NOT_NEGATIVE,) * 2)
    assert not check(weak, Closed((1, 1)))
    found = find_point(net, [replace(condition, relation=Relation.NOT_NEGATIVE) for condition in strict])
    assert found == Found((Fraction(0),))


def test_an_exact_program_closes_a_case_or_solves_it() -> None:
    answer = proof_that_boundaries_are_apart()
    split = answer.proof
    assert isinstance(split, Split)
    assert isinstance(solve_case(answer.system, {split.unit: False}), Closed) == isinstance(split.off, Closed)
