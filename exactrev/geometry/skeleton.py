"""The 1-skeleton of the cells cut out so far: vertices, edges, and the cut by one more neuron.

Pure combinatorics, driven by signs that others supply. Knows no weights: it is told on which side of the next neuron's
boundary each vertex lies, and where a cut edge is cut. All arrays are neurons x vertices, so that the signs of one
neuron are contiguous.

Generic position is simulated: an exact zero counts as plus, as if later neurons had infinitely larger biases. So
exactly n forms are *tight* (sign 0) at every vertex, n - 1 along every edge. Ids: hidden neurons 0..M-1, then walls.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from exactrev.arithmetic.numbers import nearest_float
from exactrev.geometry.domain import Domain
from exactrev.geometry.rounding import FloatArray

__all__ = ["Cut", "CutParameter", "Int8Array", "Int32Array", "Int64Array", "Misjudged", "Skeleton"]

Int8Array = npt.NDArray[np.int8]
Int32Array = npt.NDArray[np.int32]
Int64Array = npt.NDArray[np.int64]
Scalar = TypeVar("Scalar", bound=np.generic)


class Misjudged(Exception):
    """A guessed sign was wrong, or two hashes collided: what was built on it is no complex. Caught and redone."""


@dataclass(slots=True)
class Cut:
    """The vertices made by one cut: number `first + i` lies between the old vertices `minus[i]` and `plus[i]`."""

    first: int
    minus: Int64Array
    plus: Int64Array


@dataclass(slots=True)
class Snapshot:
    vertices: int
    edges: int
    ends: Int32Array
    end_ids: Int32Array
    hashes: Int64Array


class Skeleton:
    """Vertices (tight ids, float points, radii, signs, hashes) and edges (ends, tight ids) of a simple cell complex."""

    def __init__(self, domain: Domain, neurons: int, seed: int) -> None:
        corners = domain.corners()
        n = domain.n_in
        walls = len(domain.walls())
        self.n_in, self.M, self.walls = n, neurons, walls
        self.vertices, self.edges = len(corners.points), len(corners.edges)
        capacity, edge_capacity = max(64, 2 * self.vertices), max(64, 2 * self.edges)
        self.tight: Int32Array = np.zeros((capacity, n), np.int32)
        self.points: FloatArray = np.zeros((capacity, n))
        self.radii: FloatArray = np.full((capacity, n), np.inf)
        self.signs: Int8Array = np.zeros((neurons + walls, capacity), np.int8)
        self.hashes: Int64Array = np.zeros(capacity, np.int64)
        self.ends: Int32Array = np.zeros((edge_capacity, 2), np.int32)
        self.end_ids: Int32Array = np.zeros((edge_capacity, 2), np.int32)  # which form bounds the edge at each end
        self.edge_tight: Int32Array = np.zeros((edge_capacity, n - 1), np.int32)
        # Sign vectors are hashed to sum of sign * weight, modulo 2**64.
        random = np.random.default_rng(seed)
        self.weights: Int64Array = random.integers(-(2**63), 2**63 - 1, size=neurons + walls, dtype=np.int64)
        # The faces that lose one of the n - 1 tight ids of an edge: which ids stay.
        self._others = np.array([[k for k in range(n - 1) if k != s] for s in range(n - 1)], dtype=np.int64).reshape(
            n - 1, max(n - 2, 0)
        )
        self._lay_corners(corners.walls_at, corners.points, corners.edges)

    def _lay_corners(
        self, walls_at: list[tuple[int, ...]], points: list[tuple[Fraction, ...]], edges: list[tuple[int, int]]
    ) -> None:
        count = self.vertices
        self.tight[:count] = np.array(walls_at) + self.M
        with np.errstate(over="ignore"):
            for i, point in enumerate(points):
                self.points[i] = [nearest_float(entry.numerator, entry.denominator) for entry in point]
        self.signs[self.M :, :count] = 1
        for i, walls in enumerate(walls_at):
            self.signs[[self.M + w for w in walls], i] = 0
        self.hashes[:count] = self.weights[self.M :] @ self.signs[self.M :, :count].astype(np.int64)
        for e, (a, b) in enumerate(edges):
            shared = sorted(set(walls_at[a]) & set(walls_at[b]))
            (at_a,), (at_b,) = set(walls_at[a]) - set(shared), set(walls_at[b]) - set(shared)
            self.ends[e] = a, b
            self.end_ids[e] = self.M + at_a, self.M + at_b
            self.edge_tight[e] = [self.M + w for w in shared]

    # -- one more neuron -----------------------------------------------------------------------------------------

    def cut(self, neuron: int, parameter: CutParameter) -> Cut:
        """Cut every edge whose ends lie on opposite sides of `neuron`, and every polygon between the new vertices.

        Raises `Misjudged` if the signs cannot be those of an affine function on each closed cell: a line that enters a
        polygon leaves it, so that every polygon shows up exactly twice.
        """
        nv, ne = self.vertices, self.edges
        signs = self.signs[neuron, :nv]
        sides = signs[self.ends[:ne]]
        cut_edges = np.flatnonzero(sides[:, 0] != sides[:, 1])
        ends, end_ids, tight = self.ends[cut_edges], self.end_ids[cut_edges], self.edge_tight[cut_edges]
        swap = sides[cut_edges, 0] > 0
        minus = np.where(swap, ends[:, 1], ends[:, 0]).astype(np.int64)
        plus = np.where(swap, ends[:, 0], ends[:, 1]).astype(np.int64)
        k = len(cut_edges)
        first, last = nv, nv + k
        self._reserve_vertices(last)
        self.tight[first:last, :-1] = tight
        self.tight[first:last, -1] = neuron
        self.points[first:last] = self.points[minus] + parameter(minus, plus)[:, None] * (
            self.points[plus] - self.points[minus]
        )
        # On an edge a form has one sign; it vanishes at most at an end.
        edge_hashes = self.hashes[ends[:, 0]] + self.weights[end_ids[:, 0]] * self.signs[end_ids[:, 0], ends[:, 1]]
        self.hashes[:nv] += signs * self.weights[neuron]
        self.hashes[first:last] = edge_hashes
        self.vertices = last
        new_vertices = np.arange(first, last, dtype=np.int32)
        # The two halves of a cut edge: the first takes the old place.
        self.ends[cut_edges, 1] = new_vertices
        self.end_ids[cut_edges, 1] = neuron
        self._add_edges(
            np.stack([new_vertices, ends[:, 1]], axis=1),
            np.stack([np.full(k, neuron, np.int32), end_ids[:, 1]], axis=1),
            tight,
        )
        self._cut_polygons(neuron, new_vertices, tight, edge_hashes)
        return Cut(first, minus, plus)

    def _cut_polygons(self, neuron: int, new_vertices: Int32Array, tight: Int32Array, hashes: Int64Array) -> None:
        k, slots = tight.shape
        if slots == 0 or k == 0:
            return
        weights = self.weights[tight]
        owner, slot = np.divmod(np.arange(k * slots), slots)
        below = np.flatnonzero((tight < self.M).ravel())  # walls have one side only
        keys = np.concatenate([(hashes[:, None] + weights).ravel(), (hashes[:, None] - weights).ravel()[below]])
        owner, slot = np.concatenate([owner, owner[below]]), np.concatenate([slot, slot[below]])
        order = np.argsort(keys)
        keys = keys[order]
        one, two = order[0::2], order[1::2]
        if len(keys) % 2 or (keys[0::2] != keys[1::2]).any() or (keys[1:-1:2] == keys[2::2]).any():
            raise Misjudged("a polygon is entered but not left")
        v, w, s, t = owner[one], owner[two], slot[one], slot[two]
        kept = np.take_along_axis(tight[v], self._others[s], axis=1)
        self._add_edges(
            np.stack([new_vertices[v], new_vertices[w]], axis=1),
            np.stack([tight[v, s], tight[w, t]], axis=1),
            np.concatenate([kept, np.full((len(v), 1), neuron, np.int32)], axis=1),
        )

    def _add_edges(self, ends: Int32Array, end_ids: Int32Array, tight: Int32Array) -> None:
        first, last = self.edges, self.edges + len(ends)
        if last > len(self.ends):
            capacity = max(last, 2 * len(self.ends))
            self.ends = _grown(self.ends, capacity, self.edges)
            self.end_ids = _grown(self.end_ids, capacity, self.edges)
            self.edge_tight = _grown(self.edge_tight, capacity, self.edges)
        self.ends[first:last], self.end_ids[first:last], self.edge_tight[first:last] = ends, end_ids, tight
        self.edges = last

    def _reserve_vertices(self, wanted: int) -> None:
        if wanted <= len(self.tight):
            return
        capacity = max(wanted, 2 * len(self.tight))
        self.tight = _grown(self.tight, capacity, self.vertices)
        self.points = _grown(self.points, capacity, self.vertices)
        self.radii = _grown(self.radii, capacity, self.vertices, np.inf)
        self.hashes = _grown(self.hashes, capacity, self.vertices)
        signs = np.zeros((len(self.signs), capacity), np.int8)
        signs[:, : self.vertices] = self.signs[:, : self.vertices]
        self.signs = signs

    @property
    def nbytes(self) -> int:
        """Memory held by the arrays."""
        vertices = (self.tight, self.points, self.radii, self.signs, self.hashes)
        return sum(array.nbytes for array in (*vertices, self.ends, self.end_ids, self.edge_tight))

    # -- going back ----------------------------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        nv, ne = self.vertices, self.edges
        return Snapshot(nv, ne, self.ends[:ne].copy(), self.end_ids[:ne].copy(), self.hashes[:nv].copy())

    def restore(self, snapshot: Snapshot) -> None:
        nv, ne = self.vertices, self.edges = snapshot.vertices, snapshot.edges
        self.ends[:ne], self.end_ids[:ne], self.hashes[:nv] = snapshot.ends, snapshot.end_ids, snapshot.hashes


class CutParameter:
    """Where to cut: t in [0, 1] from the minus end to the plus end, from the values of one form at the vertices."""

    def __init__(self, values: FloatArray) -> None:
        self.values = values

    def __call__(self, minus: Int64Array, plus: Int64Array) -> FloatArray:
        low, high = self.values[minus], self.values[plus]
        with np.errstate(all="ignore"):
            t = low / (low - high)
        return np.clip(np.nan_to_num(t, nan=0.5), 0.0, 1.0)


def _grown(array: npt.NDArray[Scalar], capacity: int, used: int, fill: float = 0) -> npt.NDArray[Scalar]:
    grown = np.full((capacity, *array.shape[1:]), fill, array.dtype)
    grown[:used] = array[:used]
    return grown
