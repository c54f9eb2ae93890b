"""Where pieces meet, however they are cut; against the ridges that the geometry lists."""

from __future__ import annotations

from fractions import Fraction

import pytest

from exactrev.boundary_sets import BoundarySet, Piece, Ridge, find_ridges
from exactrev.geometry import boundaries
from exactrev.geometry.boundary_pieces import boundary_set
from exactrev.network import he_network


def sides(ridge: Ridge) -> list[tuple[tuple[int, ...], int]]:
    return [(germ.hyperplane, germ.side) for germ in ridge.germs]


@pytest.mark.parametrize(
    ("widths", "seed"), [((2, 4, 4, 1), 2), ((2, 3, 3, 3, 1), 2), ((3, 4, 3, 1), 1), ((4, 4, 2, 1), 0)]
)
def test_a_network_in_general_position_has_the_ridges_of_the_geometry(widths: tuple[int, ...], seed: int) -> None:
    net = he_network(widths, seed, "float32")
    expected = boundaries(net)
    found = find_ridges(boundary_set(net))
    assert len(found) == int(expected.ridges.is_ridge.sum())
    assert all(len(ridge.germs) == 4 for ridge in found)
    bends = sum(len({germ.hyperplane for germ in ridge.germs}) == 3 for ridge in found)
    assert bends == sum(boundary.n_bends for boundary in expected)
    for ridge in found:
        values = [value for layer in net.preactivations(ridge.point) for value in layer]
        assert values.count(0) == 2


def test_lines_in_one_piece_cross_like_lines_that_were_cut() -> None:
    def ray(x: int, y: int) -> Piece:
        return Piece.from_rows((y, -x, 0), [(x, y, 0)])

    whole = BoundarySet(2, [Piece.from_rows((1, 0, 0), []), Piece.from_rows((0, 1, 0), [])])
    cut = BoundarySet(2, [ray(1, 0), ray(-1, 0), ray(0, 1), ray(0, -1)])
    mixed = BoundarySet(2, [Piece.from_rows((1, 0, 0), []), ray(1, 0), ray(-1, 0)])
    (expected,) = find_ridges(whole)
    for each in (cut, mixed):
        (found,) = find_ridges(each)
        assert (found.point, sides(found)) == (expected.point, sides(expected))
    assert len({germ.piece for germ in expected.germs}) == 2


def test_a_seam_is_a_ridge_with_one_hyperplane() -> None:
    halves = BoundarySet(2, [Piece.from_rows((0, 1, 0), [(1, 0, 0)]), Piece.from_rows((0, 1, 0), [(-1, 0, 0)])])
    (seam,) = find_ridges(halves)
    assert len(seam.germs) == 2
    assert len({germ.hyperplane for germ in seam.germs}) == 1


def test_ridges_are_cut_where_some_pieces_end() -> None:
    # Along the z-axis: a whole plane, and a half plane that is cut at z = 0 and at z = 1.
    def strip(low: int | None, high: int | None) -> Piece:
        rows = [(0, 1, 0, 0)]
        rows += [] if low is None else [(0, 0, 1, -low)]
        rows += [] if high is None else [(0, 0, -1, high)]
        return Piece.from_rows((1, 0, 0, 0), rows)

    plane = Piece.from_rows((0, 1, 0, 0), [])
    for pieces in ([strip(None, 0), strip(0, 1), strip(1, None)], [strip(None, 1), strip(0, None)]):
        found = [ridge for ridge in find_ridges(BoundarySet(3, [plane, *pieces])) if ridge.point[:2] == (0, 0)]
        assert len(found) == 3
        for ridge, z in zip(sorted(found, key=lambda ridge: ridge.point[2]), (-1, Fraction(1, 2), 2), strict=True):
            assert (ridge.point[2] < 0, ridge.point[2] > 1) == (z < 0, z > 1)


def test_points_on_a_line_have_no_ridges() -> None:
    assert find_ridges(BoundarySet(1, [Piece.from_rows((1, 0), []), Piece.from_rows((1, -1), [])])) == []
    assert find_ridges(BoundarySet(2, [])) == []


def test_three_faces_that_overlap_are_cut_into_what_each_point_sees() -> None:
    # On the x-axis of R^3: three half planes, over [0, 4], [1, 3] and [2, oo).
    def half(normal: tuple[int, int], low: int, high: int | None) -> Piece:
        across = (0, normal[1], -normal[0], 0)
        rows = [across, (1, 0, 0, -low)] + ([] if high is None else [(-1, 0, 0, high)])
        return Piece.from_rows((0, *normal, 0), rows)

    found = find_ridges(BoundarySet(3, [half((1, 0), 0, 4), half((0, 1), 1, 3), half((1, 1), 2, None)]))
    on_axis = sorted((ridge.point[0], len(ridge.germs)) for ridge in found if ridge.point[1:] == (0, 0))
    assert [count for _, count in on_axis] == [1, 2, 3, 2, 1]
    assert [point.__floor__() for point, _ in on_axis] == [0, 1, 2, 3, 5]
