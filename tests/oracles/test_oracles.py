"""The oracles against each other, against classical counts, and against small cases worked out by hand."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import pytest
from geometry.nasty_networks import NASTY_NETWORKS, BoundaryFacts, NastyNetwork, relu_network
from geometry.nasty_pairs import NASTY_PAIRS, NastyPair
from hypothesis import given, settings
from hypothesis import strategies as st

from exactrev.network import Network, Neuron
from oracles import (
    CellComplex,
    boundary_set,
    brute_force,
    find_equal_neighbours,
    find_equal_touching_cells,
    traverse,
    zaslavsky,
)
from oracles.boundary_sets import betti_numbers
from oracles.forms import find_affine_map
from oracles.networks import he_network, quarter_network, small_boxes, small_networks, tangled_network
from oracles.simplex import find_common_point
from oracles.zaslavsky import zaslavsky_bounded


def check_same(one: CellComplex, other: CellComplex) -> None:
    assert one.cells.keys() == other.cells.keys()
    assert {signs: cell.is_bounded for signs, cell in one.cells.items()} == {
        signs: cell.is_bounded for signs, cell in other.cells.items()
    }
    assert {pair: facet.neurons for pair, facet in one.facets.items()} == {
        pair: facet.neurons for pair, facet in other.facets.items()
    }


def check_sound(cells: CellComplex) -> None:
    """Every point lies where it should, by evaluating the network at it."""
    net = cells.network
    for signs, cell in cells.cells.items():
        assert net.sign_vector(cell.interior_point) == signs
        W, b = find_affine_map(net, signs)
        assert net(cell.interior_point) == tuple(
            sum((w * x for w, x in zip(row, cell.interior_point, strict=True)), c) for row, c in zip(W, b, strict=True)
        )
    for pair, facet in cells.facets.items():
        assert len(pair) == 2
        assert net.sign_vector(facet.point) == cells.facet_signs(pair)


@given(small_networks())
@settings(max_examples=60)
def test_brute_force_and_traversal_agree_over_all_of_space(net: Network) -> None:
    cells = brute_force(net)
    check_sound(cells)
    check_same(cells, traverse(net))


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_brute_force_and_traversal_agree_on_tangled_networks(first: int) -> None:
    for seed in range(first, first + 50):
        cells = brute_force(tangled_network(seed))
        check_sound(cells)
        check_same(cells, traverse(tangled_network(seed), seed=seed))


def test_tangled_networks_reach_what_is_special() -> None:
    found = [brute_force(tangled_network(seed)) for seed in range(200)]
    assert sum(bool(cells.thick and cells.regions) for cells in found) > 30
    assert sum(len(cells.cells) >= 10 for cells in found) > 30
    assert sum(cells.n_bounded > 0 for cells in found) > 30
    facets = [(cells, pair, facet) for cells in found for pair, facet in cells.facets.items()]
    assert sum(len({neuron.layer for neuron in facet.neurons}) > 1 for _, _, facet in facets) > 30
    # A neuron that vanishes on a facet without switching there.
    assert any(
        len({signs[neuron.layer - 1][neuron.index] for signs in pair}) == 1
        for _, pair, facet in facets
        for neuron in facet.neurons
    )
    # A facet between two thick cells.
    assert any(pair <= cells.thick for cells, pair, _ in facets)


@given(st.data())
@settings(max_examples=40)
def test_brute_force_and_traversal_agree_inside_a_box(data: st.DataObject) -> None:
    net = data.draw(small_networks())
    box = data.draw(small_boxes(net.n_in))
    cells = brute_force(net, box)
    check_sound(cells)
    check_same(cells, traverse(net, box))


@pytest.mark.parametrize(
    "net",
    [he_network(1, 2, 5, 5, 1), he_network(2, 3, 4, 4, 1), quarter_network(3, 2, 6, 4, 1)],
    ids=lambda net: net.architecture,
)
def test_brute_force_and_traversal_agree_on_larger_networks(net: Network) -> None:
    cells = brute_force(net)
    check_sound(cells)
    check_same(cells, traverse(net, seed=5))


@pytest.mark.parametrize(("n", "m"), [(1, 5), (2, 0), (2, 1), (2, 6), (3, 3), (3, 6), (4, 5)])
def test_generic_arrangements_have_the_number_of_regions_of_zaslavsky(n: int, m: int) -> None:
    net = he_network(n, n, m, 1) if m else relu_network(output=[[1] * (n + 1)])
    cells = traverse(net)
    assert len(cells.regions) == zaslavsky(n, m)
    assert cells.n_bounded == zaslavsky_bounded(n, m)


def test_the_braid_arrangement_has_a_region_for_every_order() -> None:
    # x_i = x_j for i < j in R^4: 4! regions; each is bounded by the 3 swaps of neighbours: 4! * 3 / 2 facets.
    rows = [[*(int(k == i) - int(k == j) for k in range(4)), 0] for i in range(4) for j in range(i)]
    cells = traverse(relu_network(rows))
    assert (len(cells.regions), len(cells.thick), len(cells.facets)) == (24, 0, 36)


@pytest.mark.parametrize("nasty", NASTY_NETWORKS, ids=str)
def test_the_answers_stated_for_nasty_networks_are_right(nasty: NastyNetwork) -> None:
    cells = traverse(nasty.network)
    check_sound(cells)
    assert (len(cells.regions), len(cells.thick)) == (nasty.n_regions, nasty.n_thick)
    if nasty.lra_facet is not None:
        assert (not find_equal_neighbours(cells)) == nasty.lra_facet
    if nasty.lra_touching is not None:
        assert (not find_equal_touching_cells(cells)) == nasty.lra_touching
    if nasty.facet_classes is not None:
        assert {facet.neurons for facet in cells.facets.values()} == nasty.facet_classes
    for neuron, facts in nasty.boundaries.items():
        check_boundary(cells, neuron, facts)
    for (one, other), expected in nasty.meeting.items():
        assert do_meet(nasty.network, one, other) == expected
    check_same(cells, brute_force(nasty.network))


def check_boundary(cells: CellComplex, neuron: Neuron, facts: BoundaryFacts) -> None:
    found = boundary_set(cells.network, neuron)
    assert found.is_empty == facts.is_empty
    assert found.has_interior == facts.has_interior
    assert facts.is_bounded in (None, found.is_bounded)
    assert facts.n_components in (None, found.n_components)
    assert facts.betti in (None, found.betti)
    assert facts.n_pieces in (None, sum(neuron in facet.neurons for facet in cells.facets.values()))


def do_meet(net: Network, one: Neuron, other: Neuron) -> bool:
    return any(
        find_common_point([*p, *q], net.n_in) is not None
        for p in boundary_set(net, one).polyhedra
        for q in boundary_set(net, other).polyhedra
    )


@pytest.mark.parametrize("pair", NASTY_PAIRS, ids=str)
def test_the_answers_stated_for_nasty_pairs_are_right(pair: NastyPair) -> None:
    found = (traverse(pair.first), traverse(pair.second))
    if pair.n_regions is not None:
        assert tuple(len(cells.regions) for cells in found) == pair.n_regions
    if pair.lra_facet is not None:
        assert tuple(not find_equal_neighbours(cells) for cells in found) == pair.lra_facet
    for one, other in pair.disjoint:
        assert not do_meet(pair.first, one, other)
        assert not do_meet(pair.second, one, other)


def test_a_boundary_with_a_lone_point_next_to_a_line_has_two_components() -> None:
    # z = |x - 3| + |y| where x > 0, and so on: on layer 1 (x-3, 3-x, y, -y, -x-1), z = a1 + a2 + a3 + a4 - 5 a5 is 0 at
    # (3, 0) only, as long as x > -1; for x < -1 it is 3 - x + |y| + 5x + 5 = 4x + 8 + |y|, a bent line through (-2, 0).
    net = relu_network([[1, 0, -3], [-1, 0, 3], [0, 1, 0], [0, -1, 0], [-1, 0, -1]], [[1, 1, 1, 1, -5, 0]])
    found = boundary_set(net, Neuron(2, 0))
    assert (found.is_empty, found.n_components, found.betti, found.is_bounded) == (False, 2, (2,), False)


def test_betti_numbers_of_a_circle_a_disc_and_a_sphere() -> None:
    points: set[tuple[int, ...]] = {(0,), (1,), (2,)}
    edges: set[tuple[int, ...]] = {(0, 1), (0, 2), (1, 2)}
    assert betti_numbers([points, edges]) == (1, 1)
    assert betti_numbers([points, edges, {(0, 1, 2)}]) == (1,)
    surface: list[set[tuple[int, ...]]] = [set(combinations(range(4), size)) for size in (1, 2, 3)]
    assert betti_numbers(surface) == (1, 0, 1)


def test_a_box_wall_on_a_boundary_is_no_facet() -> None:
    net = relu_network([[1, 0], [1, -2]])
    cells = brute_force(net, ((Fraction(0),), (Fraction(3),)))
    assert set(cells.cells) == {((1, -1),), ((1, 1),)}
    assert [facet.neurons for facet in cells.facets.values()] == [frozenset({Neuron(1, 1)})]
