"""All cells of a network over a domain, neuron by neuron: float guesses, rigorous certificates, exact last words.

Knows when a sign may be trusted. The combinatorics is in `skeleton`, the bounds in `blocks`, `rounding` and `location`,
exact integers in `exact`; why the result is right is in docs/error_bound.md [8].

A layer is first cut *on trust*: the signs at its new vertices come from interpolated floats, and one batch certificate
at the end confirms every sign that was not inherited. Where it does not, or where an exact zero turns up, the layer is
cut again *step by step*, each new vertex being settled before the next neuron comes. An exact zero counts as plus.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from exactrev.errors import BudgetSpent
from exactrev.geometry.blocks import Answerer, Opening, Settling
from exactrev.geometry.domain import Domain, Simplex
from exactrev.geometry.exact import ExactNetwork
from exactrev.geometry.rounding import TINY, BoolArray, FloatArray, RoundedNetwork
from exactrev.geometry.skeleton import CutParameter, Int8Array, Int64Array, Misjudged, Skeleton
from exactrev.network import Network, Point
from exactrev.parallel import Workers

__all__ = ["Enumeration", "Progress"]

Progress = Callable[[int, int], None]  # neurons done, neurons in all; may raise to stop
BLOCK = 4096  # vertices at a time: keeps temporaries in cache
MEMORY = 4 << 30  # bytes that the growing arrays may hold; temporaries add about as much again


class Enumeration:
    """The finished skeleton, with what later steps need to know of its vertices.

    `zeros` (neurons, vertices) marks every preactivation that vanishes exactly; it is None for a network in general
    position, where those are the tight ones.
    """

    def __init__(
        self,
        net: Network,
        domain: Domain,
        progress: Progress | None = None,
        memory: int = MEMORY,
        seed: int = 0,
        workers: Workers | None = None,
    ) -> None:
        self.net, self.domain = net, domain
        self.rounded = RoundedNetwork(net, domain)
        self._answerer = Answerer(net, domain, self.rounded, workers)
        self.exact = ExactNetwork(net, domain)
        self.skeleton = Skeleton(domain, self.rounded.M, seed)
        self.zeros: BoolArray | None = None
        self.exact_signs: dict[int, Int8Array] = {}
        self.exact_points: dict[int, Point] = {}
        self.open_signs = 0  # signs that no floating point bound could decide
        self._speeds: FloatArray | None = None
        self._direction_table: FloatArray | None = None
        self._moving: list[tuple[Int64Array, FloatArray, FloatArray]] = []
        self._report = progress
        self._memory = memory
        corners = self.skeleton.vertices
        points = self.skeleton.points[:corners]
        if isinstance(domain, Simplex):
            self._speeds = np.array(domain.wall_speeds(), dtype=np.float64)
            self.skeleton.radii[:corners] = 0.0  # multiples of a power of two
            if not np.isfinite(points).all():
                self.skeleton.radii[:corners] = np.inf
            n = domain.n_in
            moving = np.where(np.eye(n + 1, n, dtype=bool), 2.0 * n - 1.0, -1.0)
            self._moving.append((np.arange(corners), moving, np.zeros_like(moving)))
        else:
            self.skeleton.radii[:corners] = np.abs(points) * 2.0**-52 + TINY

    def run(self) -> None:
        """Cut by every neuron, in order."""
        with np.errstate(all="ignore"):
            for layer in range(1, self.net.depth + 1):
                values = self._open_layer(layer)
                if self.zeros is not None or not self.rounded.is_in_range:
                    self._cut_step_by_step(layer, values)
                    continue
                snapshot = self.skeleton.snapshot()
                try:
                    self._cut_on_trust(layer, values)
                except Misjudged:
                    self.skeleton.restore(snapshot)
                    self._forget_from(snapshot.vertices)
                    self._cut_step_by_step(layer, values)

    def moving_vertices(self) -> tuple[Int64Array, FloatArray, FloatArray]:
        """The vertices on walls of the simplex, how they move as it grows, and the radii of these directions."""
        vertices, directions, radii = zip(*self._moving, strict=True)
        return np.concatenate(vertices), np.concatenate(directions), np.concatenate(radii)

    def directions_of(self, vertices: Int64Array) -> FloatArray | None:
        """Float directions in which vertices move as the simplex grows; None if they all stay where they are."""
        on_walls = (self.skeleton.tight[vertices] >= self.skeleton.M).any(axis=1)
        if not on_walls.any() or not isinstance(self.domain, Simplex):
            return None
        if self._direction_table is None:
            table = np.zeros((self.skeleton.vertices, self.domain.n_in))
            moving, directions, _ = self.moving_vertices()
            table[moving] = directions
            self._direction_table = table
        return self._direction_table[vertices]

    def points_of(self, vertices: Int64Array) -> list[Point]:
        """The exact points of some vertices."""
        missing = [v for v in vertices.tolist() if v not in self.exact_points]
        if missing:
            skeleton = self.skeleton
            points = self.exact.points(skeleton.tight[missing], skeleton.signs[:, missing])
            self.exact_points.update(zip(missing, points, strict=True))
        return [self.exact_points[v] for v in vertices.tolist()]

    # -- a new layer at the vertices there are --------------------------------------------------------------------

    def _open_layer(self, layer: int) -> FloatArray:
        """Certified signs of the layer's neurons at all vertices; returns float values (neurons, vertices)."""
        skeleton = self.skeleton
        low, high = self.rounded.offsets[layer - 1], self.rounded.offsets[layer]
        values = np.empty((high - low, skeleton.vertices))
        blocks = self._blocks(0)
        questions = (
            Opening(layer, skeleton.points[block], skeleton.radii[block], self._masks(block, layer - 1))
            for block in blocks
        )
        for block, found in zip(blocks, self._answerer.ask(questions, len(blocks)), strict=True):
            signs, z, at, index = found.signs, found.values, found.at, found.index
            if len(at):
                decided = self._decide_exactly(block.start + at, index + low)
                signs[at, index] = np.where(decided == 0, 1, decided)
                z[at, index] = _agreeing(z[at, index], decided)
            skeleton.signs[low:high, block] = signs.T
            values[:, block] = z.T
        return values

    # -- cutting --------------------------------------------------------------------------------------------------

    def _cut_on_trust(self, layer: int, values: FloatArray) -> None:
        skeleton = self.skeleton
        start = skeleton.vertices
        low, high = self.rounded.offsets[layer - 1], self.rounded.offsets[layer]
        decisions: list[tuple[Int64Array, Int64Array]] = []
        Z = np.empty((high - low, max(64, 2 * start)))
        Z[:, :start] = values
        for neuron in range(low, high):
            own = neuron - low
            parameter = CutParameter(Z[own])
            cut = skeleton.cut(neuron, parameter)
            last = skeleton.vertices
            Z = _room(Z, last, cut.first)
            t = parameter(cut.minus, cut.plus)
            rest = Z[own + 1 :]
            minus = rest.take(cut.minus, axis=1)
            rest[:, cut.first : last] = minus + t * (rest.take(cut.plus, axis=1) - minus)
            index, at = self._inherit_signs(neuron, high, cut.first, cut.minus, cut.plus)
            guesses = np.where(rest[index, cut.first + at] < 0, -1, 1)
            skeleton.signs[neuron + 1 + index, cut.first + at] = guesses
            order = np.argsort(at, kind="stable")
            decisions.append((cut.first + at[order], neuron + 1 + index[order]))
            self._progress(neuron + 1, skeleton.nbytes + Z.nbytes)
        at = np.concatenate([d[0] for d in decisions])
        ids = np.concatenate([d[1] for d in decisions])
        moving = len(self._moving)
        try:
            decided = self._settle(layer, start, at, ids)
            if (decided != skeleton.signs[ids, at]).any():
                raise Misjudged("a guessed sign was wrong")
        except Misjudged:
            del self._moving[moving:]
            raise

    def _cut_step_by_step(self, layer: int, values: FloatArray) -> None:
        skeleton = self.skeleton
        low, high = self.rounded.offsets[layer - 1], self.rounded.offsets[layer]
        Z = values
        for neuron in range(low, high):
            own = neuron - low
            parameter = CutParameter(Z[own])
            cut = skeleton.cut(neuron, parameter)
            last = skeleton.vertices
            Z = _room(Z, last, cut.first)
            t = parameter(cut.minus, cut.plus)
            Z[:, cut.first : last] = Z[:, cut.minus] + t * (Z[:, cut.plus] - Z[:, cut.minus])
            index, at = self._inherit_signs(neuron, high, cut.first, cut.minus, cut.plus)
            if self.zeros is not None:
                fresh = self._inherit_zeros(neuron, high, cut.first, cut.minus, cut.plus)
                keep = fresh[at]
                index, at = index[keep], at[keep]
            order = np.argsort(at, kind="stable")
            ids, where = neuron + 1 + index[order], cut.first + at[order]
            decided = self._settle(layer, cut.first, where, ids)
            skeleton.signs[ids, where] = np.where(decided == 0, 1, decided)
            Z[ids - low, where] = _agreeing(Z[ids - low, where], decided)
            self._progress(neuron + 1, skeleton.nbytes + Z.nbytes)

    def _progress(self, done: int, held: int) -> None:
        """After every neuron: stop while there is memory, and tell the caller."""
        if held > self._memory:
            raise BudgetSpent(
                "the cells need more memory than allowed",
                neurons_done=f"{done} of {self.skeleton.M}",
                vertices=self.skeleton.vertices,
                held=f"{held >> 20} MiB",
                allowed=f"{self._memory >> 20} MiB",
            )
        if self._report is not None:
            self._report(done, self.skeleton.M)

    def _inherit_signs(
        self, neuron: int, high: int, first: int, minus: Int64Array, plus: Int64Array
    ) -> tuple[Int64Array, Int64Array]:
        """Signs at new vertices that their edge knows; returns those still open, as (neuron', vertex - first).

        neuron' counts the later neurons of the layer from 0.
        Along an edge an earlier form has one sign or is tight; a later form of the same layer is affine on it.
        """
        signs = self.skeleton.signs
        last = self.skeleton.vertices
        for rows in (slice(0, neuron), slice(self.skeleton.M, len(signs))):
            signs[rows, first:last] = signs[rows].take(minus, axis=1) | signs[rows].take(plus, axis=1)
        signs[neuron, first:last] = 0
        later = signs[neuron + 1 : high]
        left, right = later.take(minus, axis=1), later.take(plus, axis=1)
        later[:, first:last] = right
        index, at = np.nonzero(left != right)
        return index, at

    def _inherit_zeros(self, neuron: int, high: int, first: int, minus: Int64Array, plus: Int64Array) -> BoolArray:
        """Exact zeros at new vertices; returns which of them are new points rather than copies of their plus end.

        The plus end of an edge may itself lie on the boundary (zero counts as plus): then the new vertex is that point.
        """
        zeros, last = self._zeros_with_room(), self.skeleton.vertices
        copies = zeros[neuron, plus]
        for rows in (slice(0, high), slice(self.skeleton.M, len(zeros))):
            zeros[rows, first:last] = zeros[rows].take(plus, axis=1) & (zeros[rows].take(minus, axis=1) | copies)
        zeros[neuron, first:last] = True
        for i in np.flatnonzero(copies).tolist():
            source = int(plus[i])
            if source in self.exact_points:
                self.exact_points[first + i] = self.exact_points[source]
            if source in self.exact_signs:
                self.exact_signs[first + i] = self.exact_signs[source]
        return np.asarray(~copies)

    # -- certificates ---------------------------------------------------------------------------------------------

    def _settle(self, layer: int, start: int, at: Int64Array, ids: Int64Array) -> Int8Array:
        """Locate all vertices from `start` on; returns the true signs (0 included) of neurons `ids` at vertices `at`.

        `at` is sorted.
        """
        skeleton = self.skeleton
        decided = np.zeros(len(at), np.int8)
        blocks = self._blocks(start)
        parts = [slice(*np.searchsorted(at, [block.start, block.stop]).tolist()) for block in blocks]
        questions = (
            Settling(
                layer,
                skeleton.points[block],
                skeleton.tight[block],
                self._masks(block, layer - 1),
                at[here] - block.start,
                ids[here],
                self._speeds,
            )
            for block, here in zip(blocks, parts, strict=True)
        )
        answers = self._answerer.ask(questions, len(blocks))
        for block, here, found in zip(blocks, parts, answers, strict=True):
            skeleton.points[block], skeleton.radii[block] = found.points, found.radii
            if found.directions is not None and found.direction_radii is not None:
                walled = np.flatnonzero((skeleton.tight[block] >= skeleton.M).any(axis=1))
                self._moving.append((block.start + walled, found.directions[walled], found.direction_radii[walled]))
            if len(found.left):
                found.signs[found.left] = self._decide_exactly(at[here][found.left], ids[here][found.left])
            decided[here] = found.signs
        return decided

    def _decide_exactly(self, vertices: Int64Array, ids: Int64Array) -> Int8Array:
        """Signs that the bounds left open, in exact integers. Zeros are recorded."""
        self._settle_exactly(np.unique(vertices))
        signs = np.array([self.exact_signs[v][i] for v, i in zip(vertices.tolist(), ids.tolist(), strict=True)])
        self.open_signs += len(vertices)
        if (signs == 0).any():
            zeros = self._zeros_with_room()
            zeros[ids[signs == 0], vertices[signs == 0]] = True
        return signs

    def _settle_exactly(self, vertices: Int64Array) -> None:
        """Exact points of some vertices, and the signs of all neurons there."""
        missing = [v for v in vertices.tolist() if v not in self.exact_signs]
        if not missing:
            return
        skeleton = self.skeleton
        points = self.points_of(np.array(missing))
        signs = self.exact.signs_at(points)
        for column, v in enumerate(missing):
            self.exact_signs[v] = signs[:, column]
            skeleton.points[v] = [float(x) if abs(x) < 2**1000 else np.inf for x in points[column]]
            skeleton.radii[v] = np.abs(skeleton.points[v]) * 2.0**-52 + TINY

    def _zeros_with_room(self) -> BoolArray:
        """The table of exact zeros, made when the first one is met beyond the tight forms."""
        skeleton = self.skeleton
        capacity = len(skeleton.tight)
        if self.zeros is None:
            zeros = np.zeros((skeleton.M + skeleton.walls, capacity), np.bool_)
            vertices = np.arange(skeleton.vertices)
            for slot in range(skeleton.n_in):
                zeros[skeleton.tight[: skeleton.vertices, slot], vertices] = True
            self.zeros = zeros
        elif self.zeros.shape[1] < capacity:
            zeros = np.zeros((len(self.zeros), capacity), np.bool_)
            zeros[:, : self.zeros.shape[1]] = self.zeros
            self.zeros = zeros
        return self.zeros

    def _forget_from(self, vertex: int) -> None:
        for v in [v for v in self.exact_points if v >= vertex]:
            del self.exact_points[v]
            self.exact_signs.pop(v, None)
        if self.zeros is not None:
            self.zeros[:, vertex:] = False

    def _blocks(self, start: int) -> list[slice]:
        """The vertices from `start` on, so many at a time."""
        last = self.skeleton.vertices
        return [slice(first, min(first + BLOCK, last)) for first in range(start, last, BLOCK)]

    def _masks(self, block: slice, upto: int) -> list[BoolArray]:
        """Active neurons at the vertices of a block, layer by layer: the sign is +1 (tight counts as inactive)."""
        offsets, signs = self.rounded.offsets, self.skeleton.signs
        return [np.ascontiguousarray((signs[offsets[p] : offsets[p + 1], block] > 0).T) for p in range(upto)]


def _room(Z: FloatArray, wanted: int, used: int) -> FloatArray:
    if wanted <= Z.shape[1]:
        return Z
    grown = np.empty((len(Z), max(wanted, 2 * Z.shape[1])))
    grown[:, :used] = Z[:, :used]
    return grown


def _agreeing(values: FloatArray, signs: Int8Array) -> FloatArray:
    """Float values that have the signs that were decided: later interpolation starts from them."""
    sizes = np.where(np.isfinite(values), np.abs(values), 1.0)
    return np.where(signs == 0, 0.0, np.where(sizes > 0, sizes, 2.0**-1000) * signs)
