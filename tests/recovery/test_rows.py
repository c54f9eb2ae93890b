"""Rows from the forms that a neuron takes on regions, against networks that can be looked into."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exactrev.network import AffineMap, Network, Neuron
from exactrev.network.random import he_network
from exactrev.recovery.known import KnownLayers
from exactrev.recovery.rows import RowSystem, Solved, solve_uniquely


def add_region(system: RowSystem, known: KnownLayers, net: Network, neuron: Neuron, point, scale=1) -> None:
    affine = net.preactivation_map(neuron.layer, net.pattern(point))
    form = tuple(scale * Fraction(c, affine.denominator) for c in affine.rows[neuron.index])
    system.add_form(known.place(point), form)


def random_point(rng: random.Random, n: int):
    return tuple(Fraction(round(rng.gauss(0, 2) * 256), 256) for _ in range(n))


@pytest.mark.parametrize(
    ("widths", "layer"), [((6, 4, 3, 1), 2), ((3, 8, 4, 1), 2), ((4, 5, 5, 3, 1), 3), ((1, 4, 3, 1), 2)]
)
@pytest.mark.parametrize("seed", range(3))
def test_what_is_said_of_a_row_is_the_rows_and_in_the_end_all_of_it(widths, layer, seed):
    net, rng = he_network(widths, seed), random.Random(seed)
    known, scale = KnownLayers(net.layers[: layer - 1]), Fraction(5, 3)
    row, bias = net.layers[layer - 1].W[1], net.layers[layer - 1].b[1]
    system = RowSystem(known)
    before: list[int] = list(range(len(row)))
    patterns = set()
    for _ in range(40):
        point = random_point(rng, net.n_in)
        patterns.add(net.pattern(point)[layer - 2])
        add_region(system, known, net, Neuron(layer, 1), point, scale)
        solved = system.solve()
        assert solved.is_consistent
        assert all(w is None or w == scale * true for w, true in zip(solved.weights, row, strict=True))
        assert solved.bias is None or solved.bias == scale * bias
        assert set(solved.missing) <= set(before), "what is known stays known"
        before = solved.missing
    never_on = {i for i in range(len(row)) if not any(pattern[i] for pattern in patterns)}
    assert never_on <= set(before)
    if widths != (1, 4, 3, 1):  # on a line regions are few
        assert set(before) == never_on
        assert solved.is_complete == (not never_on)


def test_only_what_the_equations_determine_has_a_value():
    # Units x, 2 x and y, all on: z = 3 u_1 + u_2 + 4 u_3 - 1 = 5 x + 4 y - 1 shows W_1 + 2 W_2 = 5, W_3 = 4 and b.
    known = KnownLayers((AffineMap.from_arrays([[1, 0], [2, 0], [0, 1]], [0, 0, 0]),))
    system = RowSystem(known)
    assert system.solve() == Solved((None, None, None), None, True, 0)
    system.add_form(known.place((1, 1)), (Fraction(5), Fraction(4), Fraction(-1)))
    assert system.solve() == Solved((None, None, Fraction(4)), Fraction(-1), True, 0)
    assert system.solve().missing == [0, 1]
    system.add_weight(1, Fraction(1))
    solved = system.solve()
    assert solved == Solved((Fraction(3), Fraction(1), Fraction(4)), Fraction(-1), True, 0)
    assert solved.is_complete


def test_a_bias_and_a_weight_that_appear_only_together_are_both_open():
    known = KnownLayers((AffineMap.from_arrays([[0, 0], [1, 0]], [2, 0]),))  # a unit that is the constant 2
    system = RowSystem(known)
    system.add_form(known.place((1, 0)), (Fraction(3), Fraction(0), Fraction(7)))
    assert system.solve() == Solved((None, Fraction(3)), None, True, 1)


def test_the_same_form_at_the_same_place_is_no_new_evidence():
    known = KnownLayers((AffineMap.from_arrays([[1, 0], [0, 1]], [0, 0]),))
    system = RowSystem(known)
    for point in [(1, 2), (3, 1), (1, 2)]:
        system.add_form(known.place(point), (Fraction(1), Fraction(1), Fraction(0)))
    assert system.solve().surplus == 0


def test_equations_that_contradict_name_no_weight():
    known = KnownLayers((AffineMap.from_arrays([[1, 0], [0, 1]], [0, 0]),))
    system = RowSystem(known)
    system.add_form(known.place((1, 1)), (Fraction(1), Fraction(2), Fraction(3)))
    assert system.solve().is_complete
    system.add_form(known.place((1, -1)), (Fraction(1), Fraction(1), Fraction(3)))  # u_2 is off, and y matters
    solved = system.solve()
    assert (solved.is_consistent, solved.is_complete) == (False, False)
    assert (solved.weights, solved.bias) == ((None, None), None)


def test_a_weight_that_bends_show_twice_has_to_be_the_same():
    known = KnownLayers((AffineMap.from_arrays([[1, 0], [0, 1]], [0, 0]),))
    system = RowSystem(known)
    system.add_weight(0, Fraction(2))
    system.add_weight(0, Fraction(2))
    assert system.solve() == Solved((Fraction(2), None), None, True, 1)
    system.add_weight(0, Fraction(3))
    assert not system.solve().is_consistent


@pytest.mark.parametrize("seed", range(3))
def test_a_neuron_two_layers_up_contradicts_itself_once_a_unit_between_switches(seed):
    net, rng = he_network((5, 6, 6, 6, 1), seed), random.Random(seed)
    known = KnownLayers(net.layers[:1])
    contradicted = 0
    for index in range(6):
        system = RowSystem(known)
        for _ in range(60):
            add_region(system, known, net, Neuron(3, index), random_point(rng, 5))
        contradicted += not system.solve().is_consistent
    assert contradicted >= 5


def test_wrong_signs_of_the_layer_below_contradict():
    net, rng = he_network((4, 6, 3, 1), 0), random.Random(0)
    wrong = AffineMap.from_fractions([[-c if i == 2 else c for c in (*w, b)]
                                      for i, (w, b) in enumerate(zip(net.layers[0].W, net.layers[0].b, strict=True))])
    known, system = KnownLayers((wrong,)), RowSystem(KnownLayers((wrong,)))
    for _ in range(40):
        add_region(system, known, net, Neuron(2, 0), random_point(rng, 4))
    assert not system.solve().is_consistent


@given(st.lists(st.tuples(*[st.fractions(-4, 4, max_denominator=3)] * 3), min_size=1, max_size=4))
def test_a_unique_solution_solves_and_none_is_given_where_there_are_none_or_many(rows):
    solution = solve_uniquely(rows)
    pairs = [(p, q) for p in rows for q in rows if p[0] * q[1] != p[1] * q[0]]
    if solution is not None:
        assert all(p * solution[0] + q * solution[1] == r for p, q, r in rows)
        assert pairs
    elif pairs:
        p, q = pairs[0]
        det = p[0] * q[1] - p[1] * q[0]
        x, y = (p[2] * q[1] - p[1] * q[2]) / det, (p[0] * q[2] - p[2] * q[0]) / det
        assert any(u * x + v * y != w for u, v, w in rows)
