"""Rows as they are found: what is open in them, where they are zero, and how scanned lines speak of them."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recovery.white_box import Phantom, candidate, known_below, lines_across, phantoms, rows_of, zeros_of

from exactrev.network import AffineMap, Network, Neuron, he_network
from exactrev.recovery.candidates import Agreement, agreement, rows_as_map
from exactrev.recovery.known import KnownLayers
from exactrev.recovery.lines import points_on_line
from exactrev.recovery.probe import Probe
from exactrev.recovery.sightings import Sighting, Sightings

SCALES = st.fractions(-9, 9, max_denominator=7).filter(bool)


@cache
def some_sighting() -> Sighting:
    net = Network.from_arrays([([[1, 1]], [0]), ([[1]], [0])])
    return lines_across(net, 1).all()[0]


@cache
def seen(widths: tuple[int, ...], seed: int) -> tuple[Network, Sightings]:
    net = he_network(widths, seed)
    return net, lines_across(net, 5, seed)


@cache
def seen_phantoms(widths: tuple[int, ...], seed: int) -> list[Phantom]:
    net, sightings = seen(widths, seed)
    return [*phantoms(net, 2, sightings)]


# -- a row ------------------------------------------------------------------------------------------------------------


def test_a_row_says_which_weights_are_open():
    row = candidate((2, None, 3), -1, some_sighting())
    assert (row.missing, row.is_complete) == ([1], False)
    assert candidate((2, 0, 3), -1, some_sighting()).is_complete


def test_rows_of_one_neuron_are_equal_once_normalised():
    sighting = some_sighting()
    a, b = candidate((0, -2, None, 3), 4, sighting), candidate((0, 4, None, -6), -8, sighting)
    assert a.normalised() == b.normalised() == (0, 1, None, Fraction(-3, 2), -2)
    assert rows_as_map([a]) == AffineMap.from_arrays([[0, 1, 0, "-3/2"]], [-2])
    assert candidate((0, 0), 0, sighting).normalised() == (0, 0, 0)


def test_rows_become_one_map_in_their_order_each_with_a_leading_one():
    rows = [candidate((-2, 4), 6, some_sighting()), candidate((None, 3), 1, some_sighting())]
    # (-2, 4 | 6) / -2, and (open, 3 | 1) / 3 with 0 in the open place.
    assert rows_as_map(rows) == AffineMap.from_arrays([[1, -2], [0, 1]], [-3, "1/3"])
    assert rows_as_map(rows[::-1]) == AffineMap.from_arrays([[0, 1], [1, -2]], ["1/3", -3])


def test_the_sign_of_a_row_is_that_of_its_preactivation():
    row = candidate(("1/2", -3), 1, some_sighting())
    # At a = (4, 1): 2 - 3 + 1 = 0; at (5, 1): 1/2; at (0, 1/2), which is (0, 1)/2: -1/2.
    assert [row.sign_at(a) for a in ((4, 1, 1), (5, 1, 1), (0, 1, 2))] == [0, 1, -1]
    assert row.sign_at(None) is None


def test_an_open_weight_leaves_the_sign_open_only_where_its_unit_is_active():
    row = candidate((2, None), -2, some_sighting())
    assert row.sign_at((3, 0, 1)) == 1
    assert row.sign_at((1, 0, 1)) == 0
    assert row.sign_at((3, 5, 1)) is None


def test_a_row_is_judged_anew_once_its_weights_are_filled():
    row = candidate((2, None, None), -2, some_sighting())
    assert row.sign_at((3, 5, 0, 1)) is None
    assert row.sign_at((3, 0, 0, 1)) == 1
    row.fill({1: Fraction(-1)})
    assert row.weights == (2, -1, None)
    assert row.sign_at((3, 5, 0, 1)) == -1  # 6 - 5 - 2
    row.fill({2: Fraction(1), 0: Fraction(0)})
    assert (row.weights, row.is_complete) == ((0, -1, 1), True)
    assert row.sign_at((3, 5, 0, 1)) == -1  # -5 - 2
    assert row.sign_at((3, 0, 9, 1)) == 1  # 9 - 2


@given(
    st.lists(st.none() | st.fractions(-3, 3, max_denominator=4), min_size=1, max_size=4),
    st.fractions(-3, 3, max_denominator=4),
    SCALES,
    st.data(),
)
def test_a_scale_changes_nothing_but_a_negative_one_the_sign(weights, bias, scale, data):
    row = candidate(weights, bias, some_sighting())
    scaled = candidate([None if w is None else scale * w for w in weights], scale * bias, some_sighting())
    assert scaled.missing == row.missing
    assert scaled.normalised() == row.normalised()
    entries = [entry for entry in scaled.normalised() if entry]
    assert entries[:1] in ([], [1])
    activations = data.draw(st.tuples(*[st.integers(0, 2)] * len(weights), st.integers(1, 3)))
    sign, other = row.sign_at(activations), scaled.sign_at(activations)
    assert (sign is None) == (other is None)
    if sign is not None:
        assert other == (sign if scale > 0 else -sign)


# -- what lines say of it ---------------------------------------------------------------------------------------------


def test_a_row_is_judged_where_it_predicts_zeros():
    net = Network.from_arrays([([[1, 0], [0, 1]], [0, 0]), ([[1, 3]], [0])])
    probe = Probe(net, 2)
    sightings = Sightings(probe)
    sightings.add(points_on_line(probe, (2, 2), (1, "1/2"), -10, 10))  # y = 0 at -4, x = 0 at -2
    sightings.add(points_on_line(probe, (2, 2), (1, -1), -10, 10))  # x = 0 at -2, y = 0 at 2
    origin = sightings.all()[0]
    assert agreement(None, candidate((1, 0), 0, origin), sightings) == Agreement(2, 0)
    # x = y at 0 on both lines: on the first beyond all breakpoints, on the second between them.
    assert agreement(None, candidate((1, -1), 0, origin), sightings) == Agreement(0, 1)
    # x + y = -1 at -10/3 on the first line, and nowhere on the second.
    assert agreement(None, candidate((1, 1), 1, origin), sightings) == Agreement(0, 1)


def test_where_the_function_is_flat_a_zero_that_is_not_seen_counts_for_nothing():
    # ReLU(x - 1) + ReLU(-x - 1) is flat on [-1, 1]; x = 0 is predicted there.
    net = Network.from_arrays([([[1], [-1]], [-1, -1]), ([[1, 1]], [0])])
    sightings = lines_across(net, 1)
    assert agreement(None, candidate((1,), 0, sightings.all()[0]), sightings) == Agreement(0, 0)


def test_breakpoints_at_which_a_placeholder_matters_count_for_nothing():
    # ReLU(2 ReLU(x) - ReLU(x - 1) - 4) is 0 until 2 x - (x - 1) - 4 = 0, at 3. The row a = 0 of layer 3 is zero there.
    net = Network.from_arrays([([[1], [1]], [0, -1]), ([[2, -1]], [-4]), ([[1]], [0])])
    probe = Probe(net, 1)
    sightings = Sightings(probe)
    sightings.add(points_on_line(probe, (0,), (1,), -10, 10))
    assert [point for (point,) in sightings.lines[0].points] == [3]
    row = candidate((1,), 0, sightings.all()[0])
    assert agreement(KnownLayers(net.layers[:2]), row, sightings) == Agreement(1, 0)
    opened = ((Neuron(2, 0), 1),)  # unit 1 is active at 3
    assert agreement(KnownLayers(net.layers[:2], opened), row, sightings) == Agreement(0, 0)


@pytest.mark.parametrize(("widths", "seed"), [((5, 6, 6, 6, 1), 0), ((4, 5, 5, 5, 1), 1), ((3, 4, 4, 1), 2)])
def test_lines_see_every_zero_of_a_true_row_and_no_absence(widths, seed):
    net, sightings = seen(widths, seed)
    zeros = [(k, i) for _, k, i in zeros_of(net, sightings)]
    for layer in range(1, net.depth + 1):
        for i, row in enumerate(rows_of(net, layer)):
            told = agreement(known_below(net, layer), candidate(row[:-1], row[-1], some_sighting()), sightings)
            assert told == Agreement(zeros.count((layer, i)), 0)


@settings(max_examples=30)
@given(st.sampled_from([((5, 6, 6, 6, 1), 0), ((4, 5, 5, 5, 1), 1)]), st.integers(0), SCALES)
def test_lines_say_the_same_of_a_row_in_any_scale(case, choice, scale):
    (net, sightings), found = seen(*case), seen_phantoms(*case)
    row = found[choice % len(found)].row
    scaled = [scale * entry for entry in row]
    told, other = (
        agreement(known_below(net, 2), candidate(r[:-1], r[-1], some_sighting()), sightings) for r in (row, scaled)
    )
    assert told == other
    assert told.seen >= 1


def test_most_phantoms_predict_zeros_that_are_absent():
    net, sightings = seen((5, 6, 6, 6, 1), 0)
    told = [
        agreement(known_below(net, 2), candidate(phantom.row[:-1], phantom.row[-1], phantom.seen_at), sightings)
        for phantom in seen_phantoms((5, 6, 6, 6, 1), 0)
    ]
    assert len(told) > 10
    assert sum(not each.is_good for each in told) * 4 > 3 * len(told)


def test_a_row_without_a_zero_that_was_seen_is_never_good():
    assert not Agreement(0, 0).is_good
    assert Agreement(1, 0).is_good
    assert Agreement(8, 1).is_good
    assert not Agreement(5, 1).is_good
    assert not Agreement(4, 1).is_good


def test_a_row_is_strong_from_twelve_zeros_on_without_an_absence():
    assert not Agreement(3, 0).is_strong
    assert not Agreement(11, 0).is_strong
    assert Agreement(12, 0).is_strong
    assert not Agreement(100, 1).is_strong
