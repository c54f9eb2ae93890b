"""Betti numbers of boundaries whose topology is known."""

from __future__ import annotations

import pytest
from hypothesis import given

from exactrev.errors import InvalidNetwork
from exactrev.examples import load
from exactrev.geometry import boundaries
from exactrev.geometry.homology import betti_numbers
from exactrev.network import Network, Neuron
from exactrev.testing.strategies import networks


def both_signs(n: int, offset: int = 0) -> list[list[int]]:
    """The rows x_1, -x_1, x_2, -x_2, ..."""
    return [[sign * (axis == i) for axis in range(n)] for i in range(n) for sign in (1, -1)]


def norm_ball(n: int) -> Network:
    """The boundary of layer 2 is the unit sphere of the 1-norm."""
    return Network.from_arrays([(both_signs(n), [0] * 2 * n), ([[1] * 2 * n], [-1]), ([[1]], [0])])


@pytest.mark.parametrize(("n", "betti"), [(1, (2,)), (2, (1, 1)), (3, (1, 0, 1)), (4, (1, 0, 0, 1))])
def test_the_unit_sphere_of_the_one_norm_is_a_sphere(n: int, betti: tuple[int, ...]) -> None:
    assert betti_numbers(boundaries(norm_ball(n)), Neuron(2, 0)) == betti


def test_a_torus_has_two_independent_loops_and_one_cavity() -> None:
    # f(x, y) = |x| + |y| - 2 ReLU(|x| - 2) - 2 ReLU(|y| - 2)... is a ridge along a square, so that z = f - 1 - |w| > 0
    # is a tube around it.
    rows = [[1, 0, 0], [-1, 0, 0], [1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 1, 0], [0, -1, 0]]
    rows += [[0, 0, 1], [0, 0, -1]]
    constants = [0, 0, -2, -2, 0, 0, -2, -2, 0, 0]
    tube = [1, 1, -2, -2, 1, 1, -2, -2, -1, -1]
    net = Network.from_arrays([(rows, constants), ([tube], [-1]), ([[1]], [0])])
    assert betti_numbers(boundaries(net), Neuron(2, 0)) == (1, 2, 1)


def test_two_squares_are_two_circles() -> None:
    assert betti_numbers(boundaries(load("disconnected_boundary")), Neuron(2, 0)) == (2, 2)


def test_a_filled_square_is_contractible() -> None:
    # z = -ReLU(|x| + |y| - 1), built with |x| + |y| - 1 in layer 2, vanishes on the whole unit ball of the 1-norm.
    net = Network.from_arrays([(both_signs(2), [0] * 4), ([[1] * 4], [-1]), ([[-1]], [0]), ([[1]], [0])])
    found = boundaries(net)
    assert found.of(Neuron(3, 0)).has_interior
    assert betti_numbers(found, Neuron(3, 0)) == (1, 0)


def test_a_single_point_is_contractible() -> None:
    # |x| + |y| = 0
    net = Network.from_arrays([(both_signs(2), [0] * 4), ([[1] * 4], [0]), ([[1]], [0])])
    assert betti_numbers(boundaries(net), Neuron(2, 0)) == (1, 0)


def test_an_empty_boundary_has_no_homology() -> None:
    net = Network.from_arrays([(both_signs(2), [0] * 4), ([[1] * 4], [1]), ([[1]], [0])])
    assert betti_numbers(boundaries(net), Neuron(2, 0)) == (0, 0)


def test_an_unbounded_boundary_is_refused() -> None:
    with pytest.raises(InvalidNetwork, match="bounded"):
        betti_numbers(boundaries(norm_ball(2)), Neuron(1, 0))


@given(networks(n_in=2, max_depth=3))
def test_a_bounded_boundary_in_the_plane_encloses_as_many_discs_as_it_has_loops(net: Network) -> None:
    # Alexander duality: b_1(B) is the number of bounded components of the complement of B.
    found = boundaries(net)
    complex = found.complex
    for boundary in found:
        if not boundary.is_bounded or boundary.is_empty:
            continue
        betti = betti_numbers(found, boundary.neuron)
        assert betti[0] == boundary.n_components
        parent = list(range(complex.n_cells))

        def root(cell: int, parent: list[int] = parent) -> int:
            while parent[cell] != cell:
                cell = parent[cell]
            return cell

        for facet, (one, other) in enumerate(complex.facet_cells.tolist()):
            if facet not in boundary.pieces:
                parent[root(one)] = root(other)
        outside = {root(c) for c in range(complex.n_cells) if not complex.is_bounded(c)}
        parts = {root(c) for c in range(complex.n_cells) if c not in boundary.thick_cells}
        assert betti[1] == len(parts - outside)
