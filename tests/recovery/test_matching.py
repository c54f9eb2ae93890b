"""What one breakpoint says of its neuron's row, and which breakpoints are one neuron's: against the true weights."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recovery.white_box import lines_across, rows_of, zeros_of

from exactrev.network import Network, he_network
from exactrev.recovery.known import KnownLayers
from exactrev.recovery.matching import LocalRow, find_local_row, gather
from exactrev.recovery.sightings import Sighting

CASES = [((5, 6, 6, 6, 1), 0), ((5, 6, 6, 6, 1), 2), ((4, 5, 5, 5, 1), 0), ((4, 5, 5, 5, 1), 2), ((3, 4, 4, 1), 1)]


@cache
def local_rows(widths: tuple[int, ...], seed: int) -> tuple[Network, dict[LocalRow, tuple[int, int]]]:
    """What the breakpoints above layer 1 say as rows of layer 2, with the neuron whose each is."""
    net = he_network(widths, seed)
    sightings, known = lines_across(net, 6, seed), KnownLayers(net.layers[:1])
    rows = {}
    for sighting, layer, index in zeros_of(net, sightings):
        if layer > 1:
            row = find_local_row(known, sighting, sightings.form(sighting))
            if row is not None:
                rows[row] = (layer, index)
    return net, rows


def in_units_of_the_bias(net: Network, layer: int, index: int) -> tuple[Fraction, ...]:
    *weights, bias = rows_of(net, layer)[index]
    return tuple(w / bias for w in weights)


@pytest.mark.parametrize("case", CASES)
def test_a_breakpoint_shows_true_weights_of_units_that_are_on_there(case):
    net, rows = local_rows(*case)
    known = KnownLayers(net.layers[:1])
    shown = 0
    for row, (layer, index) in rows.items():
        sides = known.place(row.origin.point).sides
        assert all(w is None or sides[i] > 0 for i, w in enumerate(row.weights))
        if layer == 2:
            true = in_units_of_the_bias(net, 2, index)
            assert all(w in (None, true[i]) for i, w in enumerate(row.weights))
            shown += len(row.weights) - row.weights.count(None)
    assert shown > 20


@pytest.mark.parametrize("case", CASES)
def test_where_the_gradients_are_independent_every_unit_that_is_on_is_shown(case):
    net, rows = local_rows(*case)
    known = KnownLayers(net.layers[:1])
    for row in rows:
        on = [i for i, side in enumerate(known.place(row.origin.point).sides) if side > 0]
        # n_in weights of a form and its constant: n_in + 1 equations for the weights and the bias.
        if len(on) <= net.n_in - 1:
            assert [i for i, w in enumerate(row.weights) if w is not None] == on


@pytest.mark.parametrize("case", CASES)
def test_breakpoints_of_two_neurons_are_never_linked(case):
    _, rows = local_rows(*case)
    linked = [(rows[a], rows[b]) for a, b in combinations(rows, 2) if gather([a, b])]
    assert len(linked) > 30
    assert all(one == other for one, other in linked)


@pytest.mark.parametrize("case", CASES)
def test_what_is_gathered_are_the_rows_of_single_neurons(case):
    net, rows = local_rows(*case)
    gathered = gather(rows)
    of_the_layer = [found for found in gathered if rows[local_of(rows, found.origin)][0] == 2]
    assert len({rows[local_of(rows, found.origin)] for found in of_the_layer}) >= 2
    for found in of_the_layer:
        true = in_units_of_the_bias(net, 2, rows[local_of(rows, found.origin)][1])
        assert found.bias == 1
        assert all(w in (None, true[i]) for i, w in enumerate(found.weights))
    # Whatever breakpoints of one neuron share a weight is in one row, so no two rows share one.
    keys = [{(i, w) for i, w in enumerate(found.weights) if w} for found in gathered]
    assert all(not a & b for a, b in combinations(keys, 2))


def local_of(rows: dict[LocalRow, tuple[int, int]], origin: Sighting) -> LocalRow:
    return next(row for row in rows if row.origin is origin)


def test_what_one_cell_leaves_open_another_one_shows():
    net, rows = local_rows((5, 6, 6, 6, 1), 2)
    assert all(None in row.weights for row in rows), "six weights and a bias are too many for five inputs"
    complete = {found.weights for found in gather(rows) if found.is_complete}
    # Of layer 3, too, a neuron may be seen in cells that differ in layer 1 alone: then it has a row, a phantom.
    assert len(complete & {in_units_of_the_bias(net, 2, z) for z in range(6)}) >= 3


# -- by hand ----------------------------------------------------------------------------------------------------------


def test_a_cell_shows_the_weights_in_units_of_the_bias():
    # a = ReLU(x), ReLU(y), ReLU(-x); z = 3 a_1 + 2 a_2 - 6 with form x + (2/3) y - 2 where x, y > 0.
    known = KnownLayers((Network.from_arrays([([[1, 0], [0, 1], [-1, 0]], [0, 0, 0])]).layers[0],))
    sighting = a_sighting((1, Fraction(3, 2)))
    row = find_local_row(known, sighting, (Fraction(1), Fraction(2, 3), Fraction(-2)))
    assert row is not None
    assert row.weights == (Fraction(-1, 2), Fraction(-1, 3), None)
    assert row.origin is sighting


def test_a_form_that_no_row_of_the_layer_has_says_nothing():
    known = KnownLayers((Network.from_arrays([([[1, 0], [0, 1], [-1, 0]], [0, 0, 0])]).layers[0],))
    # Where y < 0 no unit that is on has a gradient with a y in it.
    assert find_local_row(known, a_sighting((2, -1)), (Fraction(1), Fraction(2), Fraction(0))) is None


def test_a_row_without_a_bias_or_with_a_doubtful_one_says_nothing():
    known = KnownLayers((Network.from_arrays([([[1], [1]], [0, -1])]).layers[0],))
    # Where both units are on, x - 3 is w_1 x + w_2 (x - 1) + b in many ways.
    assert find_local_row(known, a_sighting((3,)), (Fraction(1), Fraction(-3))) is None
    # Between 0 and 1 it is w_1 x + b alone: here w_1 = 1 and b = -1/2, and at 0 itself there would be none.
    assert find_local_row(known, a_sighting((Fraction(1, 2),)), (Fraction(1), Fraction(-1, 2))) is not None
    assert find_local_row(known, a_sighting((Fraction(1, 2),)), (Fraction(1), Fraction(0))) is None


def a_sighting(point) -> Sighting:
    """A breakpoint at any point: of |x_1 - p_1| on the line through it."""
    net = Network.from_arrays([([[1, *[0] * (len(point) - 1)]], [-Fraction(point[0])]), ([[1]], [0])])
    for sighting in lines_across(net, 1).all():
        sighting.line.points[sighting.index] = tuple(map(Fraction, point))
        return sighting
    raise AssertionError("the line crosses x_1 = p_1")


def says(*weights) -> LocalRow:
    return LocalRow(tuple(None if w is None else Fraction(w) for w in weights), SOME)


SOME = a_sighting((1,))


@given(st.permutations([says(2, None, None), says(2, 5, None), says(None, 5, -1), says(None, 7, 0), says(3, None, 0)]))
def test_a_chain_of_equal_weights_is_one_row_in_whatever_order_it_comes(rows):
    # 2, then 2 and 5, then 5 and -1; the other two share only a zero, and that says nothing.
    (found,) = gather(rows)
    assert (found.weights, found.bias) == ((2, 5, -1), 1)


def test_a_breakpoint_that_nothing_links_to_another_is_left_out():
    assert gather([says(2, 5), says(3, None)]) == []
    assert gather([]) == []


def test_equal_weights_of_different_units_link_nothing():
    assert gather([says(2, None), says(None, 2)]) == []


def test_breakpoints_that_are_linked_and_disagree_are_no_neurons():
    assert gather([says(2, 5), says(2, 4)]) == []
    assert gather([says(2, 0), says(2, 4)]) == [], "a zero is a weight that was seen"


def test_the_row_that_most_breakpoints_show_comes_first():
    rows = [says(1, None), says(1, 3), says(2, None), says(2, 4), says(2, 4)]
    assert [found.weights for found in gather(rows)] == [(2, 4), (1, 3)]
