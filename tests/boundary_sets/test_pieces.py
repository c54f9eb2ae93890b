"""Cones, pieces, and sets of them: normal forms, and equality however a set is cut."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exactrev.arithmetic.linear_programs import InteriorPoint, find_interior_point
from exactrev.boundary_sets import BoundarySet, Piece
from exactrev.boundary_sets.cones import Cone, dot, whole_space

ROWS = st.lists(st.tuples(*[st.integers(-3, 3)] * 4), min_size=1, max_size=7)


def polyhedron(rows: list[tuple[int, ...]]) -> Cone:
    cone = whole_space(len(rows[0]) - 1)
    for row in rows:
        cone = cone.at_least(row)
    return cone


# -- cones -------------------------------------------------------------------------------------------------------------


@given(ROWS)
def test_generators_satisfy_all_rows_and_dimension_is_what_linear_programs_say(rows: list[tuple[int, ...]]) -> None:
    cone = polyhedron(rows)
    for row in rows:
        assert all(dot(row, ray) >= 0 for ray in cone.rays)
        assert not any(dot(row, line) for line in cone.lines)
    proper = [row for row in rows if any(row)]
    interior = find_interior_point([[-a for a in row[:-1]] for row in proper], [row[-1] for row in proper], dimension=3)
    assert (cone.dimension == 3) == isinstance(interior, InteriorPoint)


@given(ROWS)
def test_the_facets_alone_cut_out_the_same_polyhedron(rows: list[tuple[int, ...]]) -> None:
    cone = polyhedron(rows)
    if cone.dimension == 3:
        facets = cone.facets()
        slim = polyhedron([cone.rows[j] for j in facets] or [(0, 0, 0, 0)])
        assert set(slim.rays) == set(cone.rays) or cone.lines
        assert all(cone.at_zero(cone.rows[j]).dimension == 2 for j in facets)
        for row in rows:
            assert slim.sides(row)[0] is False
        for left_out in facets:
            fewer = polyhedron([cone.rows[j] for j in facets if j != left_out] or [(0, 0, 0, 0)])
            assert fewer.sides(cone.rows[left_out])[0]


@given(ROWS)
def test_an_interior_point_is_strictly_inside_every_row_that_does_not_vanish(rows: list[tuple[int, ...]]) -> None:
    cone = polyhedron(rows)
    if not cone.is_empty:
        point = cone.interior_point()
        for row in rows:
            value = sum((a * x for a, x in zip(row, point, strict=False)), Fraction(row[-1]))
            assert (value > 0) == cone.sides(row)[1]


def test_an_empty_polyhedron_has_dimension_minus_one() -> None:
    assert polyhedron([(1, 0, -1), (-1, 0, 0)]).dimension == -1
    assert whole_space(2).at_zero((0, 0, 1)).is_empty


# -- pieces ------------------------------------------------------------------------------------------------------------


def test_equal_pieces_are_equal_objects_whatever_rows_they_were_made_of() -> None:
    # x = y in the unit cube, once with superfluous rows, multiples, and rows that agree on the hyperplane only.
    cube = [(1, 0, 0, 0), (-1, 0, 0, 1), (0, 0, 1, 0), (0, 0, -1, 1)]
    other = [(0, 2, 0, 0), (0, -1, 0, 1), (5, -4, 0, 0), ("1/3", "-1/3", 7, 0), (0, 0, -2, 2), (0, 1, 1, 0)]
    assert Piece.from_rows((1, -1, 0, 0), cube) == Piece.from_rows((-2, 2, 0, 0), other)
    assert len(Piece.from_rows((1, -1, 0, 0), cube).vertices()) == 4


def test_pieces_know_their_points() -> None:
    ray = Piece.from_rows((1, -1, 0), [(1, 0, -1)])  # y = x >= 1
    assert ray.contains((Fraction(3, 2), Fraction(3, 2)))
    assert not ray.contains((Fraction(1, 2), Fraction(1, 2)))
    assert not ray.contains((Fraction(3), Fraction(2)))
    assert ray.contains(ray.interior_point())
    assert ray.vertices() == [(1, 1)]
    assert not ray.is_hyperplane
    assert Piece.from_rows((1, -1, 0), [(0, 0, 3)]).is_hyperplane
    assert Piece.from_rows((1, -1, 0), []).vertices() == []


@pytest.mark.parametrize(
    ("hyperplane", "rows", "complaint"),
    [
        ((0, 0, 1), [], "a normal that is not 0"),
        ((1, 0, 0), [(1, 2)], "a row of 2 numbers"),
        ((1, 0, 0), [(0, 1, 0), (0, -1, 0)], "dimension 0, not 1"),
        ((1, 0, 0), [(0, 1, 0), (0, -1, -1)], "dimension -1, not 1"),
    ],
)
def test_what_is_no_piece_is_refused(hyperplane: tuple[int, ...], rows: list[tuple[int, ...]], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Piece.from_rows(hyperplane, rows)


# -- sets --------------------------------------------------------------------------------------------------------------


def square(x: int, y: int, size: int = 1) -> Piece:
    """A square in the plane z = 0 of R^3 with a corner at (x, y)."""
    return Piece.from_rows((0, 0, 1, 0), [(1, 0, 0, -x), (-1, 0, 0, x + size), (0, 1, 0, -y), (0, -1, 0, y + size)])


def test_sets_that_are_cut_differently_are_equal_and_hash_alike() -> None:
    whole = BoundarySet(3, [square(0, 0, 3)])
    small = [square(x, y) for x, y in product(range(3), repeat=2)]
    overlapping = [square(0, 0, 2), square(1, 0, 2), square(0, 1, 2), square(1, 1, 2)]
    for pieces in (small, overlapping, [*small, square(0, 0, 2)]):
        assert BoundarySet(3, pieces) == whole
        assert hash(BoundarySet(3, pieces)) == hash(whole)


def test_a_point_that_is_missing_is_found() -> None:
    whole = BoundarySet(3, [square(0, 0, 3)])
    wall = Piece.from_rows((1, 0, 0, -1), [])
    ring = BoundarySet(3, [wall, *(square(x, y) for x, y in product(range(3), repeat=2) if (x, y) != (1, 1))])
    assert ring != whole
    point = whole.find_point_outside(ring)
    assert point is not None
    assert whole.contains(point)
    assert not ring.contains(point)
    assert 1 < point[0] < 2
    assert 1 < point[1] < 2


def test_a_missing_point_is_not_looked_for_on_a_crossing_piece() -> None:
    # The middle of the square is on both crossing planes.
    crossing = [Piece.from_rows(row, []) for row in ((1, 0, 0, -1), (0, 1, 0, -1), (1, -1, 0, 0))]
    one, other = BoundarySet(3, [square(0, 0, 2), *crossing]), BoundarySet(3, crossing)
    point = one.find_point_outside(other)
    assert point is not None
    assert one.contains(point)
    assert not other.contains(point)
    assert other.find_point_outside(one) is None


def test_the_order_of_pieces_and_repetitions_mean_nothing() -> None:
    pieces = [square(0, 0), square(5, 5), Piece.from_rows((1, 0, 0, 0), [])]
    assert BoundarySet(3, pieces).pieces == BoundarySet(3, [*reversed(pieces), pieces[1]]).pieces
    assert len(BoundarySet(3, [*pieces, *pieces])) == 3


def test_sets_of_other_dimensions_or_kinds_are_different() -> None:
    assert BoundarySet(2, []) != BoundarySet(3, [])
    assert BoundarySet(2, []) != "a set"
    with pytest.raises(ValueError, match=r"R\^2 need 3 coefficients"):
        BoundarySet(2, [square(0, 0)])


def test_lower_dimensional_crossings_cover_nothing() -> None:
    line, crossing = Piece.from_rows((1, 0, 0), []), Piece.from_rows((0, 1, 0), [])
    assert BoundarySet(2, [line]).find_point_outside(BoundarySet(2, [crossing])) is not None
