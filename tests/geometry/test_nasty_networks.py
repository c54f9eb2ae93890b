"""Networks that break naive tools get the right answer: counts, facets, boundaries, and both readings of the LRA."""

from __future__ import annotations

from fractions import Fraction

import pytest
from geometry.agreement import check_agreement
from geometry.nasty_networks import MALFORMED, NASTY_NETWORKS, TINY, NastyNetwork
from geometry.nasty_pairs import NASTY_PAIRS, NastyPair
from oracles import brute_force

from exactrev.errors import InvalidNetwork
from exactrev.geometry import RegionComplex, boundaries, regions
from exactrev.network import Network, Neuron
from exactrev.network.isomorphisms import find_isomorphism


def named(name: str) -> Network:
    return next(nasty.network for nasty in NASTY_NETWORKS if nasty.name == name)


def has_equal_neighbours(cells: RegionComplex) -> bool:
    return any(cells.affine_map(one) == cells.affine_map(other) for one, other in cells.facet_cells.tolist())


@pytest.mark.parametrize("nasty", NASTY_NETWORKS, ids=str)
def test_the_cells_of_a_nasty_network(nasty: NastyNetwork) -> None:
    found = regions(nasty.network)
    assert (found.n_regions, found.n_thick) == (nasty.n_regions, nasty.n_thick)
    if nasty.lra_facet is not None:
        assert has_equal_neighbours(found) == (not nasty.lra_facet)
    if nasty.facet_classes is not None:
        assert {frozenset(found.facet_neurons(f)) for f in range(found.n_facets)} == nasty.facet_classes
    check_agreement(found, brute_force(nasty.network))


@pytest.mark.parametrize("nasty", [nasty for nasty in NASTY_NETWORKS if nasty.boundaries], ids=str)
def test_the_boundaries_of_a_nasty_network(nasty: NastyNetwork) -> None:
    found = {boundary.neuron: boundary for boundary in boundaries(nasty.network)}
    assert list(found) == list(nasty.network.neurons())
    for neuron, facts in nasty.boundaries.items():
        boundary = found[neuron]
        assert boundary.is_empty == facts.is_empty
        assert boundary.has_interior == facts.has_interior
        assert facts.is_bounded in (None, boundary.is_bounded)
        assert facts.n_components in (None, boundary.n_components)
        assert facts.n_pieces in (None, boundary.n_pieces)
        assert facts.n_bends in (None, boundary.n_bends)


@pytest.mark.parametrize("layers", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_no_network_is_refused(layers: object) -> None:
    with pytest.raises(InvalidNetwork):
        Network.from_arrays(layers)  # type: ignore[arg-type]


@pytest.mark.parametrize("pair", NASTY_PAIRS, ids=str)
def test_a_nasty_pair(pair: NastyPair) -> None:
    one, other = pair.first, pair.second
    assert one.evaluate(pair.equal_at) == other.evaluate(pair.equal_at)
    assert all(one(point) != other(point) for point in pair.different_at)
    assert (find_isomorphism(one, other) is not None) == pair.is_permutation_and_scaling
    found = (regions(one), regions(other))
    check_agreement(found[0], brute_force(one))
    check_agreement(found[1], brute_force(other))
    if pair.n_regions is not None:
        assert tuple(cells.n_regions for cells in found) == pair.n_regions
    if pair.lra_facet is not None:
        assert tuple(not has_equal_neighbours(cells) for cells in found) == pair.lra_facet
    if pair.same_boundary:
        # The facets of each lie on the boundary of the other, and there are as many.
        assert found[0].n_facets == found[1].n_facets
        for cells, net in ((found[0], other), (found[1], one)):
            for facet in range(cells.n_facets):
                assert any(0 in layer for layer in net.sign_vector(cells.facet_point(facet)))
    if pair.same_boundary is False:
        facet_points = [found[0].facet_point(facet) for facet in range(found[0].n_facets)]
        facet_points_there = [found[1].facet_point(facet) for facet in range(found[1].n_facets)]
        assert not all(any(0 in layer for layer in other.sign_vector(p)) for p in facet_points) or not all(
            any(0 in layer for layer in one.sign_vector(p)) for p in facet_points_there
        )


def test_the_layer_that_is_dead_in_part_of_the_plane_leaves_four_regions_with_one_map() -> None:
    net = named("layer_dead_in_part_of_the_plane")
    found = regions(net)
    zero = [cell for cell in range(found.n_regions) if not any(map(any, found.affine_map(cell).rows))]
    assert len(zero) == 4
    # From (0, -1) the patterns left and right differ, and N is 0 on both.
    left, right = net.pattern(("-1/9", -1)), net.pattern(("1/9", -1))
    assert left != right
    assert net.affine_map(left) == net.affine_map(right)


def test_the_witness_near_infinity_has_301_digits() -> None:
    found = regions(named("boundary_near_infinity"))
    (facet,) = [f for f in range(found.n_facets) if found.facet_neurons(f) == (Neuron(2, 0),)]
    assert found.facet_point(facet) == (Fraction(10**300),)


def test_the_witness_in_the_sliver_is_exact() -> None:
    found = regions(named("sliver"))
    (cell,) = [cell for cell in range(found.n_cells) if found.is_bounded(cell)]
    (x,) = found.interior_point(cell)
    assert 0 < x < TINY
