"""Deeper neurons' rows among a layer's: circuits where the true weights say so, and what is seen of each."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recovery.white_box import (
    Phantom,
    Row,
    candidate,
    known_below,
    lines_across,
    phantoms,
    rows_of,
    zeros_of,
)

from exactrev.network import AffineMap, Network, he_network
from exactrev.recovery import composites
from exactrev.recovery.candidates import Candidate
from exactrev.recovery.composites import count_settings, find_circuits
from exactrev.recovery.known import KnownLayers
from exactrev.recovery.neurons import LayerSearch
from exactrev.recovery.sightings import Sighting, Sightings

SCALES = st.fractions(-9, 9, max_denominator=7).filter(bool)

Case = tuple[tuple[int, ...], int]

CASES: list[Case] = [(widths, seed) for widths in ((5, 6, 6, 6, 1), (4, 5, 5, 5, 1), (3, 4, 4, 1)) for seed in range(3)]


@cache
def seen(case: Case) -> tuple[Network, Sightings]:
    net = he_network(*case)
    return net, lines_across(net, 6, case[1])


@cache
def seen_phantoms(case: Case, layer: int) -> list[Phantom]:
    net, sightings = seen(case)
    return [*phantoms(net, layer, sightings)]


def layers_of(case: Case) -> range:
    return range(1, len(case[0]) - 2)


def rows_with(rows: Sequence[Sequence[Fraction | int | None]]) -> list[Candidate]:
    return [candidate(row[:-1], row[-1], some_sighting()) for row in rows]


@cache
def some_sighting() -> Sighting:
    return seen(CASES[-1])[1].all()[0]


# -- circuits ----------------------------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(st.sampled_from(CASES), st.data())
def test_a_layers_own_rows_are_no_combinations_in_any_order_signs_and_scales(case, data):
    net = seen(case)[0]
    layer = data.draw(st.sampled_from(layers_of(case)))
    order = data.draw(st.permutations(range(net.hidden_widths[layer - 1])))
    scales = data.draw(st.lists(SCALES, min_size=len(order), max_size=len(order)))
    mixed = [[scale * entry for entry in rows_of(net, layer)[z]] for z, scale in zip(order, scales, strict=True)]
    assert [*find_circuits(rows_with(mixed))] == []


@settings(max_examples=60)
@given(st.sampled_from(CASES), st.data())
def test_a_phantom_is_found_with_the_units_that_are_on_in_its_cell(case, data):
    """If they are fewer than the row has entries: of so many any row is a combination."""
    net = seen(case)[0]
    layer = data.draw(st.sampled_from(layers_of(case)))
    phantoms_of = seen_phantoms(case, layer)
    phantom = phantoms_of[data.draw(st.integers(0, len(phantoms_of) - 1))]
    every: list[Row] = [*rows_of(net, layer), phantom.row]
    order = data.draw(st.permutations(range(len(every))))
    scales = data.draw(st.lists(SCALES, min_size=len(order), max_size=len(order)))
    mixed = rows_with([[scale * entry for entry in every[z]] for z, scale in zip(order, scales, strict=True)])
    found = [{order[z] for z in circuit} for circuit in find_circuits(mixed)]
    expected = {*phantom.on, len(every) - 1}
    assert found == ([expected] if len(phantom.on) < net.widths[layer - 1] else [])


def test_rows_that_are_multiples_are_a_circuit_of_two_whatever_their_biases():
    assert [*find_circuits(rows_with([(1, 2, 0), (0, 1, 4), (-2, -4, 5)]))] == [(0, 2)]
    # A row that has nothing to do with two multiples is no combination of them, though the three have rank two.
    assert [*find_circuits(rows_with([(1, 2, 0, 1), (2, 4, 0, 1), (0, 1, 1, 4)]))] == [(0, 1)]


def test_the_smallest_combination_of_a_row_is_the_one_that_is_named():
    # (1, 1, 0) = r0 + r1; (2, 2, 0) = 2 r0 + 2 r1 as well, but a multiple of (1, 1, 0) before that; (1, 1, 1) of all.
    rows = rows_with([(1, 0, 0, 1), (0, 1, 0, 1), (0, 0, 1, 1), (1, 1, 0, -3), (2, 2, 0, 5)])
    assert [*find_circuits(rows)] == [(0, 1, 3), (3, 4)]
    # r0 + r1 + r2 takes three others, as many as a row has entries: so is any row.
    assert [*find_circuits(rows_with([(1, 0, 0, 1), (0, 1, 0, 1), (0, 0, 1, 1), (1, 1, 1, 0)]))] == []


def test_rows_with_open_weights_are_combinations_as_far_as_they_are_known_and_others_never_of_them():
    rows = [(1, 0, 0, 1), (0, 1, 0, 1), (1, 1, None, -3), (1, 1, 0, -3), (1, None, 5, 1)]
    assert [*find_circuits(rows_with(rows))] == [(0, 1, 3), (3, 2)]
    # A row that sees one unit only: the same ratios as that unit's, with another bias.
    assert [*find_circuits(rows_with([(1, 2, 3, 4), (None, 4, 6, 5)]))] == [(0, 1)]


def test_no_rows_and_one_row_have_no_circuits():
    assert [*find_circuits([])] == []
    assert [*find_circuits(rows_with([(1, 2, 3)]))] == []


def test_the_search_for_combinations_ends(monkeypatch):
    rows = rows_with([(1, 0, 0, 1), (0, 1, 0, 1), (0, 0, 1, 1), (1, 1, 0, -3)])
    # For rows 1, 2 and 3 there are 1, 2 + 1 and 3 + 1 sets until {0, 1}, the first of two.
    monkeypatch.setattr(composites, "MOST_SUBSETS", 8)
    assert [*find_circuits(rows)] == [(0, 1, 3)]
    monkeypatch.setattr(composites, "MOST_SUBSETS", 7)
    assert [*find_circuits(rows)] == []


# -- settings ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES)
def test_settings_are_the_different_signs_of_the_others(case):
    net, sightings = seen(case)
    for layer in layers_of(case):
        for z in range(net.hidden_widths[layer - 1]):
            points = [s.point for s, k, i in zeros_of(net, sightings) if (k, i) == (layer, z)]
            others = [i for i in range(net.hidden_widths[layer - 1]) if (i - z) % 3 == 1]
            rows = rows_with([[(-1) ** i * c for c in rows_of(net, layer)[i]] for i in others])
            true = {tuple(net.sign_vector(point)[layer - 1][i] for i in others) for point in points}
            assert count_settings(known_below(net, layer), rows, points) == len(true)


def test_a_boundary_is_a_setting_of_its_own():
    # a_1 = ReLU(x), a_2 = ReLU(y): the row a_1 - a_2 is negative, zero and positive; below zero they do not differ.
    known = KnownLayers((AffineMap.from_arrays([[1, 0], [0, 1]], [0, 0]),))
    rows = rows_with([(1, -1, 0)])
    points = [tuple(map(Fraction, point)) for point in [(1, 2), (1, 1), (2, 1), (3, 1), (-1, -5)]]
    assert count_settings(known, rows, points) == 3
    # As a row of layer 1, x - y is positive at (-1, -5).
    assert count_settings(None, rows, points[:1] + points[-1:]) == 2
    assert count_settings(known, rows, points[:1] + points[-1:]) == 2
    assert count_settings(known, rows, points[1:2] + points[-1:]) == 1


def test_no_others_and_no_points_have_no_settings():
    assert count_settings(None, [], [(Fraction(1), Fraction(1))]) == 0
    assert count_settings(None, rows_with([(1, -1, 0)]), []) == 0


@pytest.mark.parametrize("case", [((5, 6, 6, 6, 1), 0), ((5, 6, 6, 6, 1), 2), ((4, 5, 5, 5, 1), 0)])
def test_a_phantoms_boundary_is_seen_in_one_setting_of_its_circuit_and_a_true_rows_in_more(case):
    net, sightings = seen(case)
    search = LayerSearch(known_below(net, 2), sightings.probe, sightings)
    rows, told = rows_with(rows_of(net, 2)), 0
    where = {i: s for s, k, i in zeros_of(net, sightings) if k == 2}
    for z, row in enumerate(rows):
        row.origin = where.get(z, row.origin)
    for phantom in seen_phantoms(case, 2)[:8]:
        deeper = candidate(phantom.row[:-1], phantom.row[-1], phantom.seen_at)
        own = [rows[i] for i in phantom.on]
        assert count_settings(search.known, own, search.examine(deeper)) == 1
        for z in phantom.on:
            if len(phantom.on) > 1 and z in where:
                others = [deeper, *(rows[i] for i in phantom.on if i != z)]
                told += count_settings(search.known, others, search.examine(rows[z])) > 1
    assert told >= 6
