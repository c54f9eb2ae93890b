"""Points are where they are said to be, move about there, and shrink to the simplest; lines go through them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from testing.examples_of import draw_many, find

from exactrev.geometry import boundaries, regions
from exactrev.network import Network, Neuron, Point
from exactrev.recovery.points import Line
from exactrev.testing.strategies import lines, networks, points

# x = 0 and y = 0, and ReLU(x) + ReLU(y) = 1 + ReLU(z - 1), which bends on both, and on the plane z = 1.
SPACE = Network.from_arrays([([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [0, 0, -1]), ([[1, 1, -1]], [-1]), ([[1]], [0])])
BENT = Neuron(2, 0)


def zeros(net: Network, x: Point) -> list[Neuron]:
    signs = net.sign_vector(x)
    return [z for z in net.neurons() if signs[z.layer - 1][z.index] == 0]


def test_points_in_regions_are_on_no_boundary_and_reach_all_regions() -> None:
    drawn = draw_many(points(SPACE, on="region"), 150)
    assert not any(zeros(SPACE, x) for x in drawn)
    patterns = {SPACE.pattern(x) for x in drawn}
    assert len(patterns) == regions(SPACE).n_regions  # here, every region has a pattern of its own
    assert len(set(drawn)) > 2 * len(patterns)  # and more than one point of it is drawn


def test_points_on_boundaries_are_inside_a_piece_of_one() -> None:
    drawn = draw_many(points(SPACE, on="boundary"), 80)
    assert {tuple(zeros(SPACE, x)) for x in drawn} == {(z,) for z in SPACE.neurons()}
    assert len(set(drawn)) > 40


def test_points_on_one_boundary_reach_every_piece_of_it() -> None:
    drawn = draw_many(points(SPACE, on="boundary", neuron=BENT), 60)
    assert all(zeros(SPACE, x) == [BENT] for x in drawn)
    (boundary,) = [b for b in boundaries(regions(SPACE)) if b.neuron == BENT]
    assert len({SPACE.pattern(x) for x in drawn}) == boundary.n_pieces


def test_points_on_ridges_are_on_two_boundaries_and_move_along_the_ridge() -> None:
    drawn = draw_many(points(SPACE, on="ridge"), 60)
    assert {len(zeros(SPACE, x)) for x in drawn} == {2}
    assert len(set(drawn)) > len({SPACE.sign_vector(x) for x in drawn})
    assert all(BENT in zeros(SPACE, x) for x in draw_many(points(SPACE, on="ridge", neuron=BENT), 20))


@settings(max_examples=40, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(st.data())
def test_on_any_network_points_are_where_they_are_said_to_be(data: st.DataObject) -> None:
    net = data.draw(networks(max_width=2, min_depth=1, max_depth=2))
    complex = regions(net)
    if complex.n_regions:
        x = data.draw(points(net, on="region"))
        assert not zeros(net, x)
    if complex.n_facets:
        x = data.draw(points(net, on="boundary"))
        assert zeros(net, x)
        assert net.sign_vector(x) in [net.sign_vector(complex.facet_point(facet)) for facet in range(complex.n_facets)]


@pytest.mark.parametrize(("on", "bias"), [("boundary", 1), ("ridge", 1), ("region", 0)])
def test_where_there_is_no_such_place_no_point_is_drawn(on: str, bias: int) -> None:
    constant = Network.from_arrays([([[0]], [bias]), ([[1]], [0])])
    with pytest.raises(Unsatisfiable):
        draw_many(points(constant, on=on), 1)  # type: ignore[arg-type]


def test_the_smallest_points_are_the_simplest_of_the_first_region_piece_and_ridge() -> None:
    complex = regions(SPACE)
    assert find(points(SPACE)) == (0, 0, 0)
    assert find(points(SPACE, on="region")) == complex.interior_point(0)
    assert find(points(SPACE, on="boundary")) == complex.facet_point(0)
    (first, *_) = [r for r, is_ridge in enumerate(boundaries(complex).ridges.is_ridge) if is_ridge]
    assert find(points(SPACE, on="ridge")) == boundaries(complex).ridge_point(first)


def test_lines_go_through_such_points_and_have_a_direction() -> None:
    assert find(lines(2)) == Line((0, 0), (0, 1))
    assert find(lines(2), lambda line: line.direction[0] > 1) == Line((0, 0), (2, 0))
    for line in draw_many(lines(SPACE, on="ridge"), 20):
        assert len(zeros(SPACE, line.origin)) == 2
        assert line.at(Fraction(1)) != line.origin


@pytest.mark.parametrize(
    ("arguments", "options", "complaint"),
    [
        ((2,), {"on": "region"}, "a region is a network's"),
        ((SPACE,), {"on": "edge"}, "no place is called 'edge'"),
        ((SPACE,), {"neuron": BENT}, "anywhere is on no neuron's boundary"),
        ((SPACE,), {"on": "region", "neuron": BENT}, "a region is on no neuron's boundary"),
        ((SPACE,), {"on": "ridge", "neuron": Neuron(2, 1)}, "no such hidden neuron"),
    ],
)
def test_impossible_places_are_refused(
    arguments: tuple[object, ...], options: dict[str, object], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        points(*arguments, **options)  # type: ignore[arg-type]
