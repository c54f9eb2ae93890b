"""Boundaries against the oracle that takes them as point sets, ridges against linear programs for pairs of facets."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import combinations

import pytest
from geometry.nasty_networks import NASTY_NETWORKS, NastyNetwork
from hypothesis import given, settings
from oracles import BoundarySet, CellComplex, boundary_set, brute_force, find_ridges
from oracles.networks import he_network, quarter_network, small_networks, tangled_network
from oracles.simplex import find_common_point

from exactrev.geometry import Boundaries, Box, boundaries, regions
from exactrev.network import Network, Neuron


def check_boundaries(net: Network) -> None:
    expected = brute_force(net)
    found = boundaries(regions(net))
    assert [boundary.neuron for boundary in found] == list(net.neurons())
    sets = {neuron: boundary_set(net, neuron) for neuron in net.neurons()}
    for boundary in found:
        truth = sets[boundary.neuron]
        assert boundary.is_empty == truth.is_empty, boundary.neuron
        assert boundary.has_interior == truth.has_interior, boundary.neuron
        assert boundary.n_components == truth.n_components, boundary.neuron
        assert truth.is_empty or boundary.is_bounded == truth.is_bounded, boundary.neuron
    check_pieces(found, expected)
    check_ridges(found, expected)
    check_meetings(found, sets)


def check_boundaries_in_box(net: Network, box: Box) -> None:
    expected = brute_force(net, (box.lo, box.hi))
    found = boundaries(regions(net, box))
    sets = {neuron: boundary_set(net, neuron, (box.lo, box.hi)) for neuron in net.neurons()}
    for boundary in found:
        truth = sets[boundary.neuron]
        assert boundary.is_empty == truth.is_empty, boundary.neuron
        assert boundary.has_interior == truth.has_interior, boundary.neuron
        assert boundary.n_components == truth.n_components, boundary.neuron
    check_pieces(found, expected)
    check_meetings(found, sets)


def check_pieces(found: Boundaries, expected: CellComplex) -> None:
    for boundary in found:
        pieces = {
            frozenset(found.complex.sign_vector(cell) for cell in found.complex.facet_cells[piece].tolist())
            for piece in boundary.pieces
        }
        assert boundary.n_pieces == len(pieces)
        assert pieces == {pair for pair, facet in expected.facets.items() if boundary.neuron in facet.neurons}


def check_ridges(found: Boundaries, expected: CellComplex) -> None:
    truth = find_ridges(expected)
    net = expected.network
    for boundary in found:
        neuron = boundary.neuron
        ridges = {
            net.sign_vector(found.ridge_point(crossing.ridge)): (frozenset({*crossing.neurons, neuron}), crossing.bends)
            for crossing in boundary.ridges
        }
        assert len(ridges) == len(boundary.ridges)
        assert ridges == {
            signs: (ridge.neurons, neuron in ridge.bending) for signs, ridge in truth.items() if neuron in ridge.neurons
        }
        assert boundary.n_bends == sum(neuron in ridge.bending for ridge in truth.values())


def check_meetings(found: Boundaries, sets: dict[Neuron, BoundarySet]) -> None:
    for one, other in combinations(sets, 2):
        point = found.meeting_point(one, other)
        assert (point is not None) == do_meet(sets[one], sets[other]), (one, other)
        if point is not None:
            z = found.complex.network.preactivations(point)
            assert z[one.layer - 1][one.index] == 0 == z[other.layer - 1][other.index]


def do_meet(one: BoundarySet, other: BoundarySet) -> bool:
    return any(find_common_point([*p, *q], one.n_in) is not None for p in one.polyhedra for q in other.polyhedra)


@pytest.mark.parametrize("first", range(0, 150, 50))
def test_boundaries_of_tangled_networks(first: int) -> None:
    for seed in range(first, first + 50):
        check_boundaries(tangled_network(seed))


@given(small_networks())
@settings(max_examples=60)
def test_boundaries_of_small_networks(net: Network) -> None:
    check_boundaries(net)


@pytest.mark.parametrize("seed", range(60))
def test_boundaries_inside_a_box(seed: int) -> None:
    net = tangled_network(seed)
    rng = random.Random(seed)
    lo = tuple(Fraction(rng.randint(-4, 2), 2) for _ in range(net.n_in))
    check_boundaries_in_box(net, Box(lo, tuple(x + Fraction(rng.randint(1, 6), 2) for x in lo)))


@pytest.mark.parametrize("make", [he_network, quarter_network])
@pytest.mark.parametrize("widths", [(1, 6, 4, 1), (2, 5, 4, 1), (2, 3, 3, 3, 1), (3, 4, 3, 1)], ids=str)
def test_boundaries_of_random_networks(make: type, widths: tuple[int, ...]) -> None:
    for seed in range(2):
        check_boundaries(make(seed, *widths))


@pytest.mark.parametrize("nasty", NASTY_NETWORKS, ids=str)
def test_boundaries_of_nasty_networks(nasty: NastyNetwork) -> None:
    check_boundaries(nasty.network)
