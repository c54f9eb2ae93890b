"""Cells and facets of a network that is not in general position. Knows no weights.

The skeleton belongs to the network with infinitesimally shifted biases. Letting the shifts go to zero, some of its
cells collapse, the others are the true cells, each exactly once; a true cell on which a preactivation vanishes
identically is *thick*. Everything is decided from exact zeros and exact points (docs/error_bound.md [10]):

- a cell is full-dimensional if one of its vertices has only n zeros, else if its points have affine rank n;
- the facets of a cell are the inclusion-maximal sets of its points on which one of its forms vanishes;
- every facet belongs to exactly two cells, or to one and a wall. That is checked, and it closes the argument: cells
  that fit together across all their facets leave no room for another.
"""

from __future__ import annotations

from functools import cached_property
from math import lcm

import flint
import numpy as np

from exactrev.errors import TheoryContradicted
from exactrev.geometry.cells import Cells, Incidence, all_sides
from exactrev.geometry.enumeration import Enumeration
from exactrev.geometry.rounding import BoolArray
from exactrev.geometry.skeleton import Int8Array, Int64Array, Misjudged
from exactrev.network import Point

__all__ = ["DegenerateCells", "affine_rank"]


class DegenerateCells(Cells):
    """The true cells of a network with exact zeros. Raises `Misjudged` on a hash collision."""

    def __init__(self, found: Enumeration) -> None:
        skeleton, zeros = found.skeleton, found.zeros
        if zeros is None:
            raise TheoryContradicted("a network in general position has no exact zeros to contract")
        self._zeros = zeros
        self._point_of, self._exact = _limit_points(found)
        members, signs = _perturbed_cells(found)
        self._M = M = skeleton.M
        kept: list[tuple[bool, int, Int64Array]] = []  # (thick, perturbed cell, one vertex per point)
        for cell in range(len(members)):
            vertices = members[cell].astype(np.int64)
            points, firsts = np.unique(self._point_of[vertices], return_index=True)
            if len(points) > skeleton.n_in and self._is_full(points):
                thick = bool(zeros[:M, vertices].all(axis=1).any())
                kept.append((thick, cell, vertices[firsts]))
        kept.sort(key=lambda entry: entry[0])  # regions first; stable
        self._corners = [vertices for _, _, vertices in kept]
        self._signs = signs[:, [cell for _, cell, _ in kept]]
        for number, (thick, _, vertices) in enumerate(kept):
            if thick:
                self._signs[zeros[:M, vertices].all(axis=1), number] = 0
        self.n_thick = sum(thick for thick, _, _ in kept)
        self.n_regions = len(kept) - self.n_thick
        self._match_facets(M)

    def signs(self, cells: Int64Array) -> Int8Array:
        return self._signs[:, cells]

    def cell_vertices(self, cell: int) -> Int64Array:
        return self._corners[cell]

    def facet_vertices(self, facet: int) -> Int64Array:
        return self._facet_corners[facet]

    @property
    def unbounded_facets(self) -> BoolArray:
        walls = self._zeros[self._M :]
        return np.array([bool(walls[:, corners].any()) for corners in self._facet_corners], np.bool_)

    def points_at(self, vertices: Int64Array) -> Int64Array:
        """The numbers of the points that vertices stand for: equal exactly where the points are."""
        return self._point_of[vertices]

    def zeros_at(self, vertices: Int64Array) -> BoolArray:
        """Which forms vanish at vertices (neurons, then walls; vertices)."""
        return self._zeros[:, vertices]

    def corners_where_zero(self, neuron: int) -> tuple[Int64Array, Int64Array]:
        """Pairs (cell, point): the corners of every cell at which a neuron vanishes, cell by cell."""
        owners, corners = self._all_corners
        at = np.flatnonzero(self._zeros[neuron, corners])
        return owners[at], self._point_of[corners[at]]

    def crowded(self) -> tuple[Int64Array, Incidence]:
        """A vertex for every point at which more than n forms vanish, and the cells around each."""
        owners, corners = self._all_corners
        at = np.flatnonzero(np.isin(self._point_of[corners], list(self._exact)))
        points, firsts, numbers = np.unique(self._point_of[corners[at]], return_index=True, return_inverse=True)
        return corners[at[firsts]], Incidence.from_pairs(numbers, owners[at], len(points))

    @cached_property
    def _all_corners(self) -> tuple[Int64Array, Int64Array]:
        owners = np.repeat(np.arange(len(self._corners)), [len(vertices) for vertices in self._corners])
        return owners, np.concatenate(self._corners)

    def _is_full(self, points: Int64Array) -> bool:
        """Affine rank n? A point with only n zeros is a simple corner of every cell around it."""
        exact = [self._exact.get(p) for p in points.tolist()]
        known = [x for x in exact if x is not None]
        return len(known) < len(exact) or affine_rank(known) == len(known[0])

    def _match_facets(self, M: int) -> None:
        sides: dict[tuple[int, ...], list[tuple[int, list[int]]]] = {}
        corners: dict[tuple[int, ...], Int64Array] = {}
        self.unbounded = np.zeros(len(self._corners), np.bool_)
        for cell, vertices in enumerate(self._corners):
            points = self._point_of[vertices]
            for on_facet, ids in _maximal_zero_sets(self._zeros[:, vertices]):
                chosen = [i for i in range(len(vertices)) if on_facet >> i & 1]
                if any(i >= M for i in ids):
                    self.unbounded[cell] = True
                    continue
                key = tuple(sorted(points[chosen].tolist()))
                sides.setdefault(key, []).append((cell, ids))
                corners[key] = vertices[chosen]
        if any(len(cells) != 2 for cells in sides.values()):
            raise TheoryContradicted("a facet does not lie between two cells")
        self._facet_corners = [corners[key] for key in sides]
        self.facet_cells = np.array([[a, b] for (a, _), (b, _) in sides.values()], np.int32).reshape(-1, 2)
        self.facet_ids = Incidence.from_rows([sorted({*i, *j}) for (_, i), (_, j) in sides.values()])


def _limit_points(found: Enumeration) -> tuple[Int64Array, dict[int, Point]]:
    """For every vertex the number of its point; the exact points of those at which more than n forms vanish.

    Two vertices share a point only if more than n forms vanish there.
    """
    skeleton, zeros = found.skeleton, found.zeros
    if zeros is None:
        raise TheoryContradicted("no exact zeros")
    point_of = np.arange(skeleton.vertices)
    crowded = np.flatnonzero(zeros[:, : skeleton.vertices].sum(axis=0) > skeleton.n_in)
    first: dict[Point, int] = {}
    for v, point in zip(crowded.tolist(), found.points_of(crowded), strict=True):
        point_of[v] = first.setdefault(point, v)
    return point_of, {v: point for point, v in first.items()}


def _perturbed_cells(found: Enumeration) -> tuple[Incidence, Int8Array]:
    """The cells of the perturbed network: their vertices, and their sign vectors (neurons, cells)."""
    skeleton = found.skeleton
    at, hashes = all_sides(found)
    _, representative, cell_of = np.unique(hashes, return_index=True, return_inverse=True)
    columns = _all_sign_vectors(found, at)
    signs = columns[:, representative]
    if (columns != signs[:, cell_of]).any():
        raise Misjudged("two cells have the same hash")
    return Incidence.from_pairs(cell_of, at, len(representative)), signs[: skeleton.M]


def _all_sign_vectors(found: Enumeration, at: Int64Array) -> Int8Array:
    """The sign vectors that belong to `all_sides(found)`, built in the same order."""
    skeleton = found.skeleton
    everything = np.arange(skeleton.vertices)
    signs = skeleton.signs[:, : skeleton.vertices].copy()
    vertices = everything
    for slot in range(skeleton.n_in):
        ids = skeleton.tight[vertices, slot]
        below = np.flatnonzero(ids < skeleton.M)
        lower = signs[:, below]
        lower[ids[below], np.arange(len(below))] = -1
        signs[ids, np.arange(len(ids))] = 1
        signs = np.concatenate([signs, lower], axis=1)
        vertices = np.concatenate([vertices, vertices[below]])
    if not np.array_equal(vertices, at):
        raise TheoryContradicted("the sides of a vertex were listed in two orders")
    return signs


def _maximal_zero_sets(zeros: BoolArray) -> list[tuple[int, list[int]]]:
    """The facets of one cell: (set of its points as bits, ids that vanish exactly there). Input (ids, points)."""
    count = zeros.shape[1]
    some = np.flatnonzero(zeros.any(axis=1) & ~zeros.all(axis=1))
    packed = np.packbits(zeros[some], axis=1, bitorder="little")
    by_set: dict[int, list[int]] = {}
    for row, i in zip(packed, some.tolist(), strict=True):
        by_set.setdefault(int.from_bytes(row.tobytes(), "little"), []).append(i)
    sets = sorted(by_set, key=int.bit_count, reverse=True)
    maximal: list[int] = []
    for candidate in sets:
        if not any(candidate & larger == candidate for larger in maximal):
            maximal.append(candidate)
    if count and not maximal:
        raise TheoryContradicted("a cell has no facets")
    return [(candidate, by_set[candidate]) for candidate in maximal]


def affine_rank(points: list[Point]) -> int:
    """The dimension of the affine hull of some points.

    >>> affine_rank([(0, 0), (1, 2), (2, 4)]), affine_rank([(0, 0), (1, 2), (2, 5)])
    (1, 2)
    """
    rows = []
    for point in points:
        q = lcm(*(x.denominator for x in point))
        rows.append([*(x.numerator * (q // x.denominator) for x in point), q])
    return int(flint.fmpz_mat(rows).rank()) - 1
