"""Where pieces of a boundary set meet along faces of dimension n - 2, and what the set looks like around such a face.

Knows pieces as point sets. It does not matter how the set was cut: a piece may run through a ridge, and ridges are cut
until every piece meets them as a whole or not at all. Does not know which pieces belong together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import flint
import numpy as np

from exactrev.boundary_sets.boundary_set import BoundarySet
from exactrev.boundary_sets.cones import Cone, Row, dot, whole_space
from exactrev.boundary_sets.pieces import Piece, oriented, reduced

__all__ = ["Germ", "Ridge", "find_ridges"]

Flat = tuple[Row, Row]
"""The equations of a plane of dimension n - 2, in reduced echelon form."""


@dataclass(frozen=True, slots=True, order=True)
class Germ:
    """The half of a hyperplane that a set looks like near a ridge: `piece` extends from the ridge to one side.

    `hyperplane` is that of the piece; `side` tells the two halves of a hyperplane apart and means nothing else. A piece
    that runs through the ridge has both.
    """

    hyperplane: Row
    side: int
    piece: int


@dataclass(frozen=True, slots=True)
class Ridge:
    """A convex face of dimension n - 2 along which the set is a union of `germs`; `point` is in its interior."""

    flat: Flat
    point: tuple[Fraction, ...]
    germs: tuple[Germ, ...]


def find_ridges(boundary_set: BoundarySet) -> list[Ridge]:
    """All faces of dimension n - 2 along which pieces end or cross; seams where a hyperplane was merely cut, too.

    >>> from exactrev.boundary_sets import Piece
    >>> cross = BoundarySet(2, [Piece.from_rows((1, 0, 0), []), Piece.from_rows((0, 1, 0), [])])
    >>> [(ridge.point, len(ridge.germs)) for ridge in find_ridges(cross)]
    [((Fraction(0, 1), Fraction(0, 1)), 4)]
    """
    if boundary_set.n_in < 2:
        return []
    faces: dict[Flat, dict[int, Cone]] = defaultdict(dict)
    for number, piece in enumerate(boundary_set.pieces):
        for k, facet in enumerate(piece.facets):
            faces[_flat(piece.hyperplane, facet)][number] = piece.facet_cone(k)
    for p, q in _straddling_pairs(boundary_set):
        flat = _flat(p.hyperplane, q.hyperplane)
        if flat not in faces and _meet_along_ridge(p, q):
            faces[flat] = {}
    _add_pieces_that_run_through(boundary_set, faces)
    ridges = []
    for flat, members in faces.items():
        for cone, numbers in _refine(flat, members, boundary_set.n_in - 2):
            germs = [germ for number in numbers for germ in _germs(boundary_set, number, flat)]
            if len(numbers) == 1 and len(germs) == 2:
                continue  # one piece that runs through, and nothing else there
            ridges.append(Ridge(flat, cone.interior_point(), tuple(sorted(germs))))
    return sorted(ridges, key=lambda ridge: (ridge.flat, ridge.point))


def _flat(hyperplane: Row, other: Row) -> Flat:
    """The intersection of two hyperplanes that are not parallel."""
    echelon, _, _ = flint.fmpz_mat([list(hyperplane), list(other)]).rref()
    first, second = (oriented(map(int, row)) for row in echelon.tolist())
    return first, second


def _straddling_pairs(boundary_set: BoundarySet) -> Iterable[tuple[Piece, Piece]]:
    """Pairs of pieces, each with points strictly on both sides of the other's hyperplane, that no facet separates."""
    pieces = boundary_set.pieces
    if not pieces:
        return
    rows = [row for piece in pieces for row in (piece.hyperplane, *piece.facets)]
    first = np.cumsum([0, *(1 + len(piece.facets) for piece in pieces)])[:-1]
    generators = [
        [*piece.cone.rays, *piece.cone.lines, *(tuple(-x for x in line) for line in piece.cone.lines)]
        for piece in pieces
    ]
    ends = np.cumsum([0, *map(len, generators)])
    columns: dict[Row, int] = {}  # pieces share most of their corners
    positions = [columns.setdefault(vector, len(columns)) for own in generators for vector in own]
    values = flint.fmpz_mat([*map(list, rows)]) * flint.fmpz_mat([*map(list, columns)]).transpose()
    flat = [(value > 0) - (value < 0) for value in values.entries()]
    signs = np.array(flat, np.int8).reshape(len(rows), len(columns))[:, positions]
    highest = np.maximum.reduceat(signs, ends[:-1], axis=1)  # (rows, pieces)
    lowest = np.minimum.reduceat(signs, ends[:-1], axis=1)
    straddles = (highest[first] > 0) & (lowest[first] < 0)  # [p, q]: does q lie on both sides of p's hyperplane?
    facets = np.ones(len(rows), np.bool_)
    facets[first] = False
    apart = np.zeros((len(pieces), len(pieces)), np.bool_)  # [p, q]: does a facet of p have q on its other side?
    owner = np.repeat(np.arange(len(pieces)), [1 + len(piece.facets) for piece in pieces])
    np.logical_or.at(apart, owner[facets], highest[facets] <= 0)
    near = straddles & straddles.T & ~apart & ~apart.T
    for p, q in zip(*np.nonzero(np.triu(near, 1)), strict=True):
        yield pieces[p], pieces[q]


def _meet_along_ridge(p: Piece, q: Piece) -> bool:
    cone = p.cone.at_zero(q.hyperplane)
    for facet in q.facets:
        cone = cone.at_least(facet)
    return cone.dimension == p.n_in - 2


def _add_pieces_that_run_through(boundary_set: BoundarySet, faces: dict[Flat, dict[int, Cone]]) -> None:
    """To every flat, the pieces that have points strictly on both sides of it, in a hyperplane that contains it."""
    by_plane: dict[Row, list[int]] = defaultdict(list)
    for number, piece in enumerate(boundary_set.pieces):
        by_plane[piece.hyperplane].append(number)
    planes_at: dict[Flat, set[Row]] = {}
    planes = list(by_plane)
    for flat in faces:
        basis = _null_basis(flat)
        planes_at[flat] = {plane for plane in planes if not any(dot(plane, vector) for vector in basis)}
    for flat, members in faces.items():
        for plane in planes_at[flat]:
            row = _row_within(flat, plane)
            for number in by_plane[plane]:
                cone = boundary_set.pieces[number].cone
                if number not in members and all(cone.sides(row)):
                    members[number] = cone.at_zero(row)


def _null_basis(flat: Flat) -> list[tuple[int, ...]]:
    """Homogeneous vectors that span the flat."""
    basis, nullity = flint.fmpz_mat([*map(list, flat)]).nullspace()
    return [tuple(map(int, column)) for column in basis.transpose().tolist()[: int(nullity)]]


def _row_within(flat: Flat, plane: Row) -> Row:
    """The form, up to its sign, that cuts the flat out of a hyperplane that contains it."""
    return next(oriented(rest) for row in flat if any(rest := reduced(row, plane)))


def _germs(boundary_set: BoundarySet, number: int, flat: Flat) -> list[Germ]:
    piece = boundary_set.pieces[number]
    negative, positive = piece.cone.sides(_row_within(flat, piece.hyperplane))
    sides = [side for side, there in ((-1, negative), (1, positive)) if there]
    return [Germ(piece.hyperplane, side, number) for side in sides]


def _refine(flat: Flat, members: dict[int, Cone], dimension: int) -> list[tuple[Cone, list[int]]]:
    """Cut the faces on one flat until any two are equal or have no inner point in common: (face, pieces on it)."""
    if dimension == 0:
        return [(next(iter(members.values())), list(members))] if members else []
    same: dict[tuple[Row, ...], tuple[Cone, list[int]]] = {}
    for number, cone in members.items():
        rows = _normal_rows(flat, cone)
        same.setdefault(rows, (_cone_of(flat, rows), []))[1].append(number)
    cells: list[tuple[Cone, list[int]]] = []
    for cone, numbers in same.values():
        waiting, fresh = [cone], []
        while waiting:
            part = waiting.pop()
            for at, (old, owners) in enumerate(cells):
                if any(not part.sides(row)[1] for row in old.rows[1:]):
                    continue  # on the other side of one of its facets
                common, rest = _split(part, old, dimension)
                if common is not None:
                    cells[at : at + 1] = [(left, owners) for left in _split(old, part, dimension)[1]]
                    fresh.append((common, [*owners, *numbers]))
                    waiting += rest
                    break
            else:
                fresh.append((part, numbers))
        cells += fresh
    return cells


def _split(cone: Cone, by: Cone, dimension: int) -> tuple[Cone | None, list[Cone]]:
    """The common part of two cones, if it has full dimension, and what is left of the first, in convex parts."""
    rest = []
    for j in by.facets():
        row = by.rows[j]
        beyond = cone.at_least(tuple(-entry for entry in row))
        cone = cone.at_least(row)
        if cone.dimension < dimension:
            return None, []
        if beyond.dimension == dimension:
            rest.append(beyond)
    return cone, rest


def _normal_rows(flat: Flat, cone: Cone) -> tuple[Row, ...]:
    """The facets of a face, reduced by the equations of its flat: equal faces have equal rows."""
    first, second = flat
    return tuple(sorted(reduced(reduced(cone.rows[j], first), second) for j in cone.facets()))


def _cone_of(flat: Flat, rows: Iterable[Row]) -> Cone:
    cone = whole_space(len(flat[0]) - 1).at_zero(flat[0]).at_zero(flat[1])
    for row in rows:
        cone = cone.at_least(row)
    return cone
