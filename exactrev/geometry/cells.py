"""Cells, facets and their vertices, read off a finished skeleton in general position. Knows no weights.

Every region, and every facet, has exactly one lowest vertex under a generic linear functional. At a vertex, the side of
each tight form is chosen so that all edges go up: each choice is one region, and with one form kept at zero, one facet.
So nothing is listed twice, and a hash that occurs twice is a collision.

`Cells` is what both this module and `degenerate` produce: arrays first, everything else on demand.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, permutations

import numpy as np

from exactrev.errors import TheoryContradicted
from exactrev.geometry.enumeration import Enumeration
from exactrev.geometry.rounding import SLACK, BoolArray
from exactrev.geometry.skeleton import Int8Array, Int32Array, Int64Array, Misjudged

__all__ = ["Cells", "GenericCells", "Incidence", "all_sides"]


@dataclass(frozen=True, slots=True)
class Incidence:
    """Rows of integers of different lengths, one after the other: row i is flat[starts[i]:starts[i + 1]]."""

    starts: Int64Array
    flat: Int32Array

    def __getitem__(self, i: int) -> Int32Array:
        return self.flat[self.starts[i] : self.starts[i + 1]]

    def __len__(self) -> int:
        return len(self.starts) - 1

    @classmethod
    def from_rows(cls, rows: list[list[int]]) -> Incidence:
        starts = np.concatenate([[0], np.cumsum([len(row) for row in rows], dtype=np.int64)])
        return cls(starts, np.array([i for row in rows for i in row], np.int32))

    @classmethod
    def from_pairs(cls, owners: Int64Array, members: Int64Array, count: int) -> Incidence:
        """Collect `members` by `owners` (numbers below `count`)."""
        order = np.argsort(owners, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(owners, minlength=count))])
        return cls(starts, members[order].astype(np.int32))


class Cells(ABC):
    """The full-dimensional cells and their facets; regions first, then thick cells.

    `facet_cells` (facets, 2): the two cells. `facet_ids`: the neurons that vanish on a facet, not identically on both
    sides. `unbounded`: cells with a facet on a wall.
    """

    n_regions: int
    n_thick: int
    facet_cells: Int32Array
    facet_ids: Incidence
    unbounded: BoolArray

    @abstractmethod
    def signs(self, cells: Int64Array) -> Int8Array:
        """Sign vectors (neurons, cells) of the preactivations on the open cells."""

    @abstractmethod
    def cell_vertices(self, cell: int) -> Int64Array:
        """Vertices of the skeleton at the corners of the closed cell, each point once."""

    @abstractmethod
    def facet_vertices(self, facet: int) -> Int64Array:
        """Vertices of the skeleton at the corners of the facet, each point once."""

    @property
    @abstractmethod
    def unbounded_facets(self) -> BoolArray:
        """Which facets reach a wall."""


class GenericCells(Cells):
    """All regions and facets of a network in general position. Raises `Misjudged` on a hash collision."""

    def __init__(self, found: Enumeration) -> None:
        self._found = found
        skeleton = found.skeleton
        self._up = up = _going_up(found)
        everything = np.arange(skeleton.vertices)
        self._lowest, sides, hashes = _choose_sides(found, up, everything, skipped=())
        self._sides = sides
        self._order = np.argsort(hashes)
        self._sorted = hashes[self._order]
        if (self._sorted[1:] == self._sorted[:-1]).any():
            raise Misjudged("two regions have the same hash")
        self.n_regions, self.n_thick = len(hashes), 0
        self.unbounded = np.zeros(len(hashes), np.bool_)
        lowest, slots, pairs, ids = [], [], [], []
        for slot in range(skeleton.n_in):
            tight = skeleton.tight[: skeleton.vertices, slot]
            on_wall = tight >= skeleton.M
            at, _, facet_hashes = _choose_sides(found, up, np.flatnonzero(on_wall), skipped=(slot,))
            self.unbounded[self._numbers(facet_hashes + skeleton.weights[tight[at]])] = True
            at, _, facet_hashes = _choose_sides(found, up, np.flatnonzero(~on_wall), skipped=(slot,))
            steps = skeleton.weights[tight[at]]
            pairs.append(np.stack([self._numbers(facet_hashes - steps), self._numbers(facet_hashes + steps)], axis=1))
            lowest.append(at)
            slots.append(facet_hashes)
            ids.append(tight[at])
        self.facet_cells = np.concatenate(pairs).astype(np.int32)
        self._facet_hashes = np.concatenate(slots)
        flat = np.concatenate(ids)
        self.facet_ids = Incidence(np.arange(len(flat) + 1), flat)

    def signs(self, cells: Int64Array) -> Int8Array:
        skeleton = self._found.skeleton
        lowest, sides = self._lowest[cells], self._sides[cells]
        signs = skeleton.signs[: skeleton.M].take(lowest, axis=1)
        columns = np.arange(len(lowest))
        for slot in range(skeleton.n_in):
            ids = skeleton.tight[lowest, slot]
            inner = ids < skeleton.M
            signs[ids[inner], columns[inner]] = np.where((sides[inner] >> slot) & 1, 1, -1)
        return signs

    def cell_vertices(self, cell: int) -> Int64Array:
        return self._corners[cell].astype(np.int64)

    def facet_vertices(self, facet: int) -> Int64Array:
        return self._facet_corners[facet].astype(np.int64)

    @cached_property
    def _corners(self) -> Incidence:
        at, hashes = all_sides(self._found)
        return Incidence.from_pairs(self._numbers(hashes), at, self.n_regions)

    @cached_property
    def unbounded_facets(self) -> BoolArray:
        skeleton = self._found.skeleton
        tight = skeleton.tight[: skeleton.vertices]
        unbounded = np.zeros(len(self.facet_cells), np.bool_)
        for slot, wall in permutations(range(skeleton.n_in), 2):
            at = np.flatnonzero((tight[:, slot] < skeleton.M) & (tight[:, wall] >= skeleton.M))
            at, _, hashes = _choose_sides(self._found, self._up, at, skipped=(slot, wall))
            unbounded[self._facet_numbers(hashes + skeleton.weights[tight[at, wall]])] = True
        return unbounded

    def crossings(self) -> tuple[Int64Array, Int64Array, Int64Array]:
        """All ridges: the two neurons (ridges, 2), the four facets around (ridges, 4), and hashes.

        Facets 0 and 1 lie on the first neuron's boundary, on either side of the second's; 2 and 3 the other way round.
        """
        skeleton = self._found.skeleton
        tight = skeleton.tight[: skeleton.vertices]
        ids, facets, keys = [np.zeros((0, 2), np.int64)], [np.zeros((0, 4), np.int64)], [np.zeros(0, np.int64)]
        for s, t in combinations(range(skeleton.n_in), 2):
            at = np.flatnonzero((tight[:, s] < skeleton.M) & (tight[:, t] < skeleton.M))
            at, _, hashes = _choose_sides(self._found, self._up, at, skipped=(s, t))
            pair = tight[at][:, [s, t]].astype(np.int64)
            first, second = skeleton.weights[pair[:, 0]], skeleton.weights[pair[:, 1]]
            around = [hashes - second, hashes + second, hashes - first, hashes + first]
            ids.append(pair)
            facets.append(np.stack([self._facet_numbers(h) for h in around], axis=1))
            keys.append(hashes)
        return np.concatenate(ids), np.concatenate(facets), np.concatenate(keys)

    def crossing_corners(self, hashes: Int64Array) -> Incidence:
        """The corners of every ridge, given the hashes that `crossings` returned."""
        order = np.argsort(hashes)
        if (hashes[order[1:]] == hashes[order[:-1]]).any():
            raise TheoryContradicted("two ridges have the same hash")
        owners, members = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for pair in combinations(range(self._found.skeleton.n_in), 2):
            at, found = all_sides(self._found, pair)
            owners.append(_lookup(hashes[order], order, found))
            members.append(at)
        return Incidence.from_pairs(np.concatenate(owners), np.concatenate(members), len(hashes))

    @cached_property
    def _facet_order(self) -> Int64Array:
        order = np.argsort(self._facet_hashes)
        known = self._facet_hashes[order]
        if (known[1:] == known[:-1]).any():
            raise TheoryContradicted("two facets have the same hash")
        return order

    def _facet_numbers(self, hashes: Int64Array) -> Int64Array:
        return _lookup(self._facet_hashes[self._facet_order], self._facet_order, hashes)

    @cached_property
    def _facet_corners(self) -> Incidence:
        owners, members = [], []
        for slot in range(self._found.skeleton.n_in):
            at, hashes = all_sides(self._found, (slot,))
            owners.append(self._facet_numbers(hashes))
            members.append(at)
        return Incidence.from_pairs(np.concatenate(owners), np.concatenate(members), len(self.facet_cells))

    def _numbers(self, hashes: Int64Array) -> Int64Array:
        return _lookup(self._sorted, self._order, hashes)


def _choose_sides(
    found: Enumeration, up: BoolArray, at: Int64Array, skipped: tuple[int, ...]
) -> tuple[Int64Array, Int64Array, Int64Array]:
    """For the given vertices all choices of sides whose edges go up: (vertex, bits of the sides, hash)."""
    skeleton = found.skeleton
    sides, hashes = np.zeros(len(at), np.int64), skeleton.hashes[at]
    for slot in range(skeleton.n_in):
        if slot in skipped:
            continue
        down, over = np.flatnonzero(up[at, slot, 0]), np.flatnonzero(up[at, slot, 1])
        steps = skeleton.weights[skeleton.tight[at, slot]]
        hashes = np.concatenate([hashes[down] - steps[down], hashes[over] + steps[over]])
        sides = np.concatenate([sides[down], sides[over] | (1 << slot)])
        at = np.concatenate([at[down], at[over]])
    return at, sides, hashes


def all_sides(found: Enumeration, skipped: tuple[int, ...] = ()) -> tuple[Int64Array, Int64Array]:
    """For every vertex at which the skipped slots hold neurons, all choices of the other sides: (vertex, hash)."""
    skeleton = found.skeleton
    inner = skeleton.tight[: skeleton.vertices] < skeleton.M
    at = np.flatnonzero(inner[:, list(skipped)].all(axis=1))
    hashes = skeleton.hashes[at]
    for slot in range(skeleton.n_in):
        if slot in skipped:
            continue
        ids = skeleton.tight[at, slot]
        steps, below = skeleton.weights[ids], np.flatnonzero(ids < skeleton.M)
        hashes = np.concatenate([hashes + steps, hashes[below] - steps[below]])
        at = np.concatenate([at, at[below]])
    return at, hashes


def _going_up(found: Enumeration) -> BoolArray:
    """(vertices, slots, sides): does the edge that leaves this slot's form towards this side go up?"""
    skeleton = found.skeleton
    nv, n = skeleton.vertices, skeleton.n_in
    ends, end_ids = skeleton.ends[: skeleton.edges], skeleton.end_ids[: skeleton.edges]
    rises = _rises(found)
    up = np.zeros(nv * n * 2, np.bool_)
    for end in (0, 1):
        v, w, ids = ends[:, end].astype(np.int64), ends[:, 1 - end], end_ids[:, end]
        slot = (skeleton.tight[v] == ids[:, None]).argmax(axis=1)
        side = skeleton.signs[ids, w] > 0
        up[(v * n + slot) * 2 + side] = rises if end == 0 else ~rises
    return up.reshape(nv, n, 2)


def _rises(found: Enumeration) -> BoolArray:
    """For every edge: is its second end the higher one, under an integer functional for which no edge is level?"""
    skeleton = found.skeleton
    nv, ends = skeleton.vertices, skeleton.ends[: skeleton.edges].astype(np.int64)
    points, radii = skeleton.points[:nv], skeleton.radii[:nv]
    random = np.random.default_rng(1)
    for _ in range(8):
        functional = random.integers(2**19, 2**20, size=skeleton.n_in) * random.choice([-1, 1], size=skeleton.n_in)
        c = functional.astype(np.float64)
        with np.errstate(all="ignore"):
            height = points @ c
            error = (radii + np.abs(points) * (2.0**-52 * (skeleton.n_in + 4))) @ np.abs(c) * SLACK
            difference = height[ends[:, 1]] - height[ends[:, 0]]
            margin = (error[ends[:, 0]] + error[ends[:, 1]]) * SLACK
            rises: BoolArray = np.asarray(difference > 0)
            doubtful = np.flatnonzero(~(np.abs(difference) > margin))
        if not len(doubtful):
            return rises
        vertices = np.unique(ends[doubtful])
        exact = dict(zip(vertices.tolist(), found.points_of(vertices), strict=True))
        weights = functional.tolist()
        heights = {v: sum(a * x for a, x in zip(weights, point, strict=True)) for v, point in exact.items()}
        steps = [heights[b] - heights[a] for a, b in ends[doubtful].tolist()]
        if all(steps):
            rises[doubtful] = [step > 0 for step in steps]
            return rises
    raise TheoryContradicted("an edge of a generic complex has length zero")


def _lookup(known: Int64Array, order: Int64Array, hashes: Int64Array) -> Int64Array:
    if not len(known) or not len(hashes):
        if len(hashes):
            raise Misjudged("a neighbour is not among the cells")
        return np.zeros(0, np.int64)
    positions = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    if (known[positions] != hashes).any():
        raise Misjudged("a neighbour is not among the cells")
    return order[positions]
