"""Boundary sets of networks: against polyhedra of brute force, and what does not change them."""

from __future__ import annotations

import pytest
from geometry.nasty_networks import relu_network
from hypothesis import given, settings
from oracles import boundary_set as point_set
from oracles.networks import he_network, small_networks, tangled_network

from exactrev.boundary_sets import BoundarySet, Piece
from exactrev.errors import AssumptionFailed
from exactrev.geometry import Box, regions
from exactrev.geometry.boundary_pieces import boundary_set
from exactrev.network import Network, Neuron, permute, scale


def pieces_by_brute_force(net: Network) -> list[Piece]:
    """The boundaries as point sets, the parts of dimension n - 1 only."""
    pieces = []
    for neuron in net.neurons():
        for forms in point_set(net, neuron).polyhedra:
            *rows, plane, _ = forms
            plane = next(form for form in forms if tuple(-a for a in form) in forms)
            rows = [form for form in forms if form != plane]
            try:
                pieces.append(Piece.from_rows(plane, rows))
            except ValueError:
                continue
    return pieces


@given(small_networks())
@settings(max_examples=25)
def test_small_networks_have_the_boundaries_of_brute_force(net: Network) -> None:
    found = regions(net)
    if found.n_thick:
        with pytest.raises(AssumptionFailed, match="has interior"):
            boundary_set(found)
    else:
        assert boundary_set(found) == BoundarySet(net.n_in, pieces_by_brute_force(net))


@pytest.mark.parametrize("net", [tangled_network(3), he_network(1, 2, 4, 3, 1)])
def test_larger_networks_have_the_boundaries_of_brute_force(net: Network) -> None:
    if not regions(net).n_thick:
        assert boundary_set(net) == BoundarySet(net.n_in, pieces_by_brute_force(net))


def test_equal_sets_are_equal_lists_whatever_the_network() -> None:
    net = he_network(2, 2, 4, 3, 1)
    other = permute(scale(net, Neuron(2, 1), "3/7"), 1, (2, 0, 3, 1))
    assert boundary_set(net).pieces == boundary_set(other).pieces
    # The absolute value of x, by two neurons or by one; y - 1 twice, and with either sign.
    one = relu_network([[1, 0, 0], [0, 1, -1]])
    two = relu_network([[1, 0, 0], [-3, 0, 0], [0, 2, -2], [0, -1, 1]])
    assert boundary_set(one).pieces == boundary_set(two).pieces


def test_a_face_that_separates_no_regions_is_not_listed() -> None:
    # z = |x| + |y| vanishes at the origin only.
    touching = relu_network([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0]], [[1, 1, 1, 1, 0]])
    assert {piece.hyperplane for piece in boundary_set(touching).pieces} == {(1, 0, 0), (0, 1, 0)}


def test_coordinates_that_do_not_matter_are_free() -> None:
    net = relu_network([[1, 0, 0, 0], [1, 0, 0, -1]], [[1, 1, -2]])
    assert {piece.hyperplane for piece in boundary_set(net).pieces} == {(1, 0, 0, 0), (1, 0, 0, -1), (2, 0, 0, -3)}
    assert all(piece.is_hyperplane for piece in boundary_set(net).pieces)


def test_a_box_and_an_interior_are_refused() -> None:
    net = relu_network([[1, 0, 0], [0, 1, 0]])
    with pytest.raises(ValueError, match="whole space"):
        boundary_set(regions(net, Box.cube(2, -1, 1)))
    with pytest.raises(AssumptionFailed, match="has interior"):
        boundary_set(relu_network([[1, 0, 0], [0, 1, 0]], [[1, 0, 0]]))


def test_progress_is_told_and_may_stop_it() -> None:
    told: list[tuple[int, int]] = []
    boundary_set(relu_network([[1, 0, 0], [0, 1, 0]]), lambda done, total: told.append((done, total)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
