"""R3: boundaries are surfaces, or empty; every way in which one is not a surface."""

from __future__ import annotations

import pytest
from geometry.nasty_networks import NASTY_NETWORKS, TORUS, relu_network

from exactrev.network import Network, Neuron
from exactrev.statements import verify
from exactrev.verdict import Outcome, Verdict

Z = Neuron(2, 0)


def decide(net: Network) -> Verdict:
    return verify(net, "R3")["R3"]


def signed_sum(*coefficients: int) -> Network:
    """z[2,0] = sum of c_i |x_i|: a cone over 0, with |x| = x+ + (-x)+."""
    n = len(coefficients)
    rows = [[*(s * int(i == j) for i in range(n)), 0] for j in range(n) for s in (1, -1)]
    return relu_network(rows, [[*(c for c in coefficients for _ in (1, -1)), 0]])


def check_defect(verdict: Verdict, point: tuple[int, ...], because: str) -> None:
    assert verdict.outcome is Outcome.FAILS
    assert verdict.witness["neuron"] == Z
    assert verdict.witness["point"] == point
    assert because in verdict.witness["because"]


def test_the_diamond_and_the_torus_are_surfaces() -> None:
    diamond = next(nasty.network for nasty in NASTY_NETWORKS if nasty.name == "diamond")
    verdict = decide(diamond)
    assert verdict.outcome is Outcome.HOLDS
    # Each of x, -x, y, -y has a line of 4 pieces (cut at 0 and at the diamond), the diamond has 4.
    assert verdict.checked.startswith("5 boundaries with 20 pieces")
    assert decide(TORUS).outcome is Outcome.HOLDS


def test_an_empty_boundary_is_allowed_and_named() -> None:
    # z[2,0] = -x+ - y+ - 1 < 0: the printed statement forgets such neurons, and all networks near this one have one.
    verdict = decide(relu_network([[1, 0, 0], [0, 1, 0]], [[-1, -1, -1]]))
    assert verdict.outcome is Outcome.HOLDS
    assert not verdict.vacuous
    assert verdict.witness == {"empty_boundaries_of": [Z]}


def test_it_is_vacuous_where_all_boundaries_are_empty_or_there_is_none() -> None:
    assert decide(relu_network([[0, 1], [0, -1]])).vacuous
    assert decide(relu_network(output=[[1, 0]])).vacuous


def test_points_on_a_line_are_surfaces_of_dimension_0() -> None:
    # z[2,0] = |x| touches 0 at 0 only: in R a point is what a boundary should be.
    assert decide(relu_network([[1, 0], [-1, 0]], [[1, 1, 0]])).outcome is Outcome.HOLDS


def test_a_boundary_with_interior_is_no_surface() -> None:
    verdict = decide(relu_network([[1, 0]], [[1, 0]]))
    assert verdict.outcome is Outcome.FAILS
    assert verdict.checked.startswith("1 of 2 boundaries have interior")
    assert verdict.witness["neuron"] == Z
    assert verdict.witness["vanishes_around"] < (0,)


def test_a_single_point_in_the_plane_is_no_surface() -> None:
    check_defect(decide(signed_sum(1, 1)), (0, 0), "lower dimension")


def test_a_line_in_space_is_no_surface() -> None:
    # z[2,0] = |x| + |y| vanishes on the axis x = y = 0; the neuron w - 1 cuts the axis in two.
    net = relu_network([[1, 0, 0, 0], [-1, 0, 0, 0], [0, 1, 0, 0], [0, -1, 0, 0], [0, 0, 1, -1]], [[1, 1, 1, 1, 0, 0]])
    verdict = decide(net)
    assert verdict.outcome is Outcome.FAILS
    assert verdict.witness["point"][:2] == (0, 0)
    assert "lower dimension" in verdict.witness["because"]


def test_a_boundary_that_ends_is_no_closed_surface() -> None:
    # z[2,0] = |x| + (-y)+ vanishes on the half-line x = 0 <= y, which ends at 0.
    verdict = decide(relu_network([[1, 0, 0], [-1, 0, 0], [0, -1, 0]], [[1, 1, 1, 0]]))
    check_defect(verdict, (0, 0), "is 1, not 2")
    (x, y), = verdict.witness["points_on_its_pieces_there"]
    assert x == 0 < y


def test_a_boundary_that_branches_is_no_surface() -> None:
    # z[2,0] = |x| - |y|: two lines that cross.
    verdict = decide(signed_sum(1, -1))
    check_defect(verdict, (0, 0), "is 4, not 2")
    assert {(x > 0, y > 0) for x, y in verdict.witness["points_on_its_pieces_there"]} == {
        (a, b) for a in (True, False) for b in (True, False)
    }


def test_a_double_cone_in_space_is_no_surface_at_its_tip() -> None:
    # z[2,0] = |x| + |y| - |w|: two pieces at every edge, but near 0 it is two cones that touch.
    check_defect(decide(signed_sum(1, 1, -1)), (0, 0, 0), "2 parts")


def test_a_cone_over_a_torus_is_no_surface_at_its_tip() -> None:
    # |x| + |y| = |v| + |w| in R^4: connected around 0, but cut by |x| + |y| = 1 it is circle times circle.
    check_defect(decide(signed_sum(1, 1, -1, -1)), (0, 0, 0, 0), "Euler characteristic 0")


def test_a_cone_over_two_spheres_is_no_surface_at_its_tip() -> None:
    check_defect(decide(signed_sum(1, 1, 1, -1)), (0, 0, 0, 0), "2 parts")


@pytest.mark.parametrize("n", [3, 4, 5])
def test_a_graph_with_a_tip_is_a_surface(n: int) -> None:
    # z[2,0] = t - |x_1| - ... - |x_{n-1}| with t = t+ - (-t)+: the link of 0 is a sphere of dimension n - 2.
    rows = [[*(s * int(i == j) for i in range(n)), 0] for j in range(n) for s in (1, -1)]
    net = relu_network(rows, [[*[-1] * (2 * n - 2), 1, -1, 0]])
    assert decide(net).outcome is Outcome.HOLDS


def test_a_link_of_dimension_three_that_is_not_recognised_is_left_open() -> None:
    # |a| + |b| + |c| = |d| + |e| in R^5: a sphere times a circle, connected, of Euler characteristic 0 like a 3-sphere.
    report = verify(signed_sum(1, 1, 1, -1, -1), "R3")
    verdict = report["R3"]
    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.witness["point"] == (0, 0, 0, 0, 0)
    assert "of dimension 3" in verdict.witness["because"]
    assert report.exit_code == 3
