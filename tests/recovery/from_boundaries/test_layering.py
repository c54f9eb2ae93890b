"""Layers from bends: who continues whom, who is later, and what a set of boundaries does not show."""

from __future__ import annotations

from fractions import Fraction

import pytest
from geometry.nasty_networks import relu_network
from hypothesis import given, settings
from hypothesis import strategies as st

from exactrev.boundary_sets import BoundarySet, Piece
from exactrev.errors import AssumptionFailed
from exactrev.geometry import boundaries, regions
from exactrev.geometry.boundary_pieces import boundary_set
from exactrev.network import Network, he_network
from exactrev.recovery.from_boundaries import layers_from_boundaries, network_from_boundaries


def line(*row: int) -> Piece:
    return Piece.from_rows(row, [])


def corner(p: int, q: int) -> list[Piece]:
    """p x+ + q y+ = 1, for p, q > 0: a ray, a segment, a ray."""
    rays = [Piece.from_rows((p, 0, -1), [(0, -1, 0)]), Piece.from_rows((0, q, -1), [(-1, 0, 0)])]
    return [*rays, Piece.from_rows((p, q, -1), [(1, 0, 0), (0, 1, 0)])]


CROSS = [line(1, 0, 0), line(0, 1, 0)]


def test_layers_are_read_off_bends() -> None:
    layering = layers_from_boundaries(BoundarySet(2, [*CROSS, *corner(1, 2)]))
    assert sorted(layering.layers) == [1, 1, 2]
    assert layering.widths == (2, 1)
    assert (layering.unordered, layering.unmet, layering.undecided) == ([], [], ())
    (bent,) = layering.members(2)
    assert {c.point for c in layering.crossings} == {(0, Fraction(1, 2)), (1, 0)}
    assert all(c.bending == bent and layering.layers[c.crossed] == 1 for c in layering.crossings)
    assert len(layering.boundaries[bent]) == 3


def test_it_does_not_matter_how_the_set_is_cut() -> None:
    net = relu_network([[1, 0, 0], [0, 1, 0], [1, 2, -3]], [[1, 1, 2, -1], [2, -1, 1, -1]])
    cut = boundary_set(net)
    lines = [piece for piece in cut.pieces if piece.hyperplane in {(1, 0, 0), (0, 1, 0), (1, 2, -3)}]
    merged = BoundarySet(2, [*(set(cut.pieces) - set(lines)), *CROSS, line(1, 2, -3)])
    assert merged == cut
    assert len(merged) < len(cut)
    for each in (cut, merged):
        layering = layers_from_boundaries(each)
        assert layering.widths == (3, 2)
        assert len(layering.crossings) == sum(boundary.n_bends for boundary in boundaries(net))


@settings(max_examples=25)
@given(st.integers(0, 200), st.lists(st.tuples(*[st.integers(-3, 3)] * 3), min_size=1, max_size=3))
def test_cutting_pieces_anywhere_changes_nothing(seed: int, rows: list[tuple[int, ...]]) -> None:
    expected = network_from_boundaries(boundary_set(he_network((2, 3, 3, 1), seed, "float32")))
    cut = []
    for k, piece in enumerate(expected.layering.boundary_set.pieces):
        row = rows[k % len(rows)]
        parts = [piece.cone.at_least(tuple(sign * entry for entry in row)) for sign in (1, -1)]
        cut += [Piece.of_cone(piece.hyperplane, part) for part in parts if part.dimension == 1]
    found = network_from_boundaries(BoundarySet(2, cut))
    assert found.layering.boundary_set == expected.layering.boundary_set
    assert found.hidden_widths == expected.hidden_widths
    assert len(found.unknowns) == len(expected.unknowns)
    if expected.is_complete:
        assert found.contains(expected.member())


def test_boundaries_that_never_meet_are_not_ordered_unless_others_do_it() -> None:
    # x+ + y+ = 1 and 2 x+ + y+ = 9: one corner inside the other, and the larger might be of any later layer.
    net = relu_network([[1, 0, 0], [0, 1, 0]], [[1, 1, -1], [2, 1, -9]])
    found = layers_from_boundaries(boundary_set(net))
    assert found.widths == (2, 2)
    inner, outer = found.members(2)
    assert found.compare(inner, outer) is None
    assert found.unordered == [(min(inner, outer), max(inner, outer))]
    # A third one that crosses both without a bend shows that they are of one layer.
    net = relu_network([[1, 0, 0], [0, 1, 0]], [[1, 1, -1], [2, 1, -9], [2, -2, 1]])
    assert layers_from_boundaries(boundary_set(net)).unordered == []


def test_pairs_of_consecutive_layers_that_do_not_meet_are_listed() -> None:
    # The line x + y = 9 is beyond the triangle x, y > -1, x + y < 1, whose sides the boundary rounds off.
    layers = [[-1, 0, -1], [0, -1, -1], [1, 1, -1], [2, 1, 99]]
    found = layers_from_boundaries(boundary_set(relu_network(layers, [[1, 1, 1, 0, -1]])))
    (ring,) = found.members(2)
    assert found.unmet == [(i, ring) for i in found.members(1) if len(found.boundaries[i]) == 4]
    assert len(found.unmet) == 1
    assert found.compare(found.unmet[0][0], ring) == -1  # by way of the lines that both meet


def test_the_order_is_that_of_the_network_wherever_it_is_known() -> None:
    net = he_network((2, 4, 4, 2, 1), 3, "float32")
    complex = regions(net)
    layering = layers_from_boundaries(boundary_set(complex))
    owners = []
    for own in layering.boundaries:
        values = net.preactivations(layering.boundary_set.pieces[own[0]].interior_point())
        owners.append(next(k for k, layer in enumerate(values, 1) if 0 in layer))
    known = [(i, j) for i in range(len(owners)) for j in range(len(owners)) if layering.compare(i, j) is not None]
    assert len(known) > len(owners)
    for i, j in known:
        assert layering.compare(i, j) == (owners[i] > owners[j]) - (owners[i] < owners[j])
        assert layering.compare(j, i) == -(layering.compare(i, j) or 0)
    assert all(depth <= true for depth, true in zip(layering.layers, owners, strict=True))


def test_a_later_boundary_can_look_like_an_earlier_one() -> None:
    # Part of a boundary of layer 3, {10 x+ + 11 y+ = 10}, crosses none of layer 2: it might well be of layer 2.
    net = Network.from_arrays(
        [
            ([[1, 0], [0, 1]], [0, 0]),
            ([[-10, -11], [1, 3], [3, 1]], [100, -12, -12]),
            ([[1, 5, 6], [-1, -6, -5], [2, 9, 13], [-1, -4, -5]], [-90, 87, -173, 80]),
            ([[1, -2, 3, 5]], [0]),
        ]
    )
    layering = layers_from_boundaries(boundary_set(net))
    (part,) = (
        i for i, own in enumerate(layering.boundaries)
        if any(layering.boundary_set.pieces[p].hyperplane == (10, 11, -10) for p in own)
    )  # fmt: skip
    assert layering.layers[part] == 2


@pytest.mark.parametrize(
    ("pieces", "message"),
    [
        ([Piece.from_rows((1, 0, 0), [(0, 1, 0)])], "a piece ends"),
        ([line(1, 0, 0), Piece.from_rows((0, 1, 0), [(1, 0, 0)])], "a piece ends"),
        ([Piece.from_rows((1, 0, 0), [(0, 1, 0)]), Piece.from_rows((0, 1, 0), [(1, 0, 0)])], "a piece ends"),
    ],
)
def test_what_no_network_has_is_refused_with_a_point(pieces: list[Piece], message: str) -> None:
    with pytest.raises(AssumptionFailed, match=message) as caught:
        layers_from_boundaries(BoundarySet(2, pieces))
    assert caught.value.witness == (0, 0)


def test_boundaries_that_bend_at_each_other_are_refused() -> None:
    # Two curves that cross twice and bend at each other once each.
    first = [Piece.from_rows((0, 1, 0), [(-1, 0, 1)]), Piece.from_rows((1, -1, -1), [(1, 0, -1)])]
    second = [Piece.from_rows((1, 0, -1), [(0, -1, 3)]), Piece.from_rows((1, -2, 5), [(0, 1, -3)])]
    # y = 0 up to (1, 0), then y = x - 1; and x = 1 up to (1, 3), then x = 2y - 5. They meet at (1, 0) and at (7, 6).
    with pytest.raises(AssumptionFailed):
        layers_from_boundaries(BoundarySet(2, [*first, *second]))


def test_ridges_of_three_boundaries_stay_undecided() -> None:
    layering = layers_from_boundaries(BoundarySet(2, [*CROSS, line(1, 1, 0)]))
    assert layering.undecided == ((0, 0),)


def test_an_empty_set_has_no_layers() -> None:
    layering = layers_from_boundaries(BoundarySet(4, []))
    assert (layering.layers, layering.widths, layering.unordered) == ((), (), [])
