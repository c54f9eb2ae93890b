"""The boundaries B[z] = {x : z(x) = 0} of all neurons, as complexes of pieces and ridges (§3.3).

Stands on the region complex: a piece is a facet on which z vanishes. Everything is decided exactly: emptiness,
interior, connected components, boundedness, and where a boundary bends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import overload

import numpy as np

from exactrev.errors import TheoryContradicted
from exactrev.geometry.cells import GenericCells
from exactrev.geometry.complex import RegionComplex, regions
from exactrev.geometry.degenerate import DegenerateCells
from exactrev.geometry.ridges import Ridges, find_ridges
from exactrev.geometry.rounding import BoolArray
from exactrev.geometry.skeleton import Int64Array
from exactrev.network import Network, Neuron, Point

__all__ = ["Boundaries", "Boundary", "Crossing", "boundaries"]

FAR = 4096


@dataclass(frozen=True, slots=True)
class Crossing:
    """A ridge on B[z]: the other neurons that vanish along it, and whether B[z] bends there."""

    ridge: int
    neurons: tuple[Neuron, ...]
    bends: bool


@dataclass(frozen=True, slots=True, eq=False)
class Boundary:
    """B[z] of one neuron.

    `pieces`: numbers of the facets that it consists of. `thick_cells`: cells on which z vanishes identically.
    `n_isolated`: maximal faces of B[z] that lie on no piece and no thick cell. Their dimension is below n - 1, and z
    touches zero there; inside a box, z may also vanish on one of its sides.
    """

    neuron: Neuron
    pieces: Int64Array
    thick_cells: Int64Array
    n_isolated: int
    n_components: int
    is_bounded: bool
    _all: Boundaries

    @property
    def n_pieces(self) -> int:
        return len(self.pieces)

    @property
    def is_empty(self) -> bool:
        return not (len(self.pieces) or len(self.thick_cells) or self.n_isolated)

    @property
    def has_interior(self) -> bool:
        """Does z vanish on an open set?"""
        return len(self.thick_cells) > 0

    @property
    def is_connected(self) -> bool:
        return self.n_components <= 1

    @property
    def ridges(self) -> list[Crossing]:
        """Every ridge on B[z], with the neurons that vanish there too and whether B[z] bends."""
        table = self._all.ridges
        owners = table.owners
        crossings = []
        for pair in self._all.pairs_of(self.neuron).tolist():
            ridge = int(owners[pair])
            others = tuple(n for n in self._all.ridge_neurons(ridge) if n != self.neuron)
            crossings.append(Crossing(ridge, others, bool(table.bends[pair])))
        return crossings

    @property
    def n_ridges(self) -> int:
        return len(self._all.pairs_of(self.neuron))

    @property
    def n_bends(self) -> int:
        """The number of ridges at which B[z] bends."""
        return int(self._all.ridges.bends[self._all.pairs_of(self.neuron)].sum())


class Boundaries(Sequence[Boundary]):
    """All boundaries of a network, in layer order.

    >>> from exactrev.network import Network
    >>> diamond = Network.from_arrays([
    ...     ([[1, 0], [-1, 0], [0, 1], [0, -1]], [0] * 4), ([[1, 1, 1, 1]], [-1]), ([[1]], [0])])
    >>> B = boundaries(diamond)
    >>> print(B[4].neuron, B[4].n_pieces, B[4].n_components, B[4].is_bounded, B[4].n_bends)
    z[2,0] 4 1 True 4
    """

    def __init__(self, complex: RegionComplex) -> None:
        self.complex = complex
        self._neurons = list(complex.network.neurons())

    def __len__(self) -> int:
        return len(self._neurons)

    @overload
    def __getitem__(self, index: int) -> Boundary: ...

    @overload
    def __getitem__(self, index: slice) -> list[Boundary]: ...

    def __getitem__(self, index: int | slice) -> Boundary | list[Boundary]:
        return self._list[index]

    def __iter__(self) -> Iterator[Boundary]:
        return iter(self._list)

    def of(self, neuron: Neuron) -> Boundary:
        """The boundary of one neuron. Raises `InvalidNetwork` if the network has no such hidden neuron."""
        return self._list[self._number(self.complex.network.require_neuron(neuron))]

    @cached_property
    def ridges(self) -> Ridges:
        """All faces where boundaries meet."""
        return find_ridges(self.complex)

    def ridge_neurons(self, ridge: int) -> tuple[Neuron, ...]:
        """The neurons that vanish along a ridge, earliest layer first."""
        return tuple(self._neurons[i] for i in sorted(self.ridges.ids[ridge].tolist()))

    def ridge_point(self, ridge: int) -> Point:
        """A rational point in the relative interior of a ridge."""
        points = self.complex.found.points_of(np.asarray(self.ridges.corners[ridge], dtype=np.int64))
        centroid = tuple(sum(column, Fraction(0)) / len(points) for column in zip(*points, strict=True))
        corner = min(points, key=lambda point: max(map(abs, point)))
        reach = max(abs(c - x) for c, x in zip(centroid, corner, strict=True))
        # One end may be on a wall far away: from the nearest corner, go about 1 towards the middle.
        step = Fraction(1) if reach < FAR else Fraction(1, 1 << (int(reach) - 1).bit_length())
        return self.complex.lift(tuple(x + step * (c - x) for c, x in zip(centroid, corner, strict=True)))

    def pairs_of(self, neuron: Neuron) -> Int64Array:
        """Positions in the flat (ridge, neuron) table that belong to a neuron; ridges of codimension two only."""
        return self._pairs[self._number(neuron)]

    @cached_property
    def meets(self) -> BoolArray:
        """(neurons, neurons): do the two boundaries share a point?"""
        skeleton, zeros = self.complex.found.skeleton, self.complex.found.zeros
        M = skeleton.M
        met = np.zeros((M, M), np.bool_)
        if zeros is None:
            tight = skeleton.tight[: skeleton.vertices]
            for s in range(skeleton.n_in):
                for t in range(skeleton.n_in):
                    both = (tight[:, s] < M) & (tight[:, t] < M)
                    met[tight[both, s], tight[both, t]] = True
        else:
            table = zeros[:M, : skeleton.vertices].astype(np.float32)
            met = (table @ table.T) > 0
        return met

    def meeting_point(self, one: Neuron, other: Neuron) -> Point | None:
        """A rational point on both boundaries, or None if they are disjoint."""
        i, j = self._number(one), self._number(other)
        if not self.meets[i, j]:
            return None
        skeleton, zeros = self.complex.found.skeleton, self.complex.found.zeros
        if zeros is None:
            tight = skeleton.tight[: skeleton.vertices]
            at = np.flatnonzero((tight == i).any(axis=1) & (tight == j).any(axis=1))
        else:
            at = np.flatnonzero(zeros[i, : skeleton.vertices] & zeros[j, : skeleton.vertices])
        sizes = np.abs(skeleton.points[at]).max(axis=1)
        nearest = at[np.argsort(np.nan_to_num(sizes, nan=np.inf), kind="stable")[:1]]
        return self.complex.lift(self.complex.found.points_of(nearest)[0])

    def _number(self, neuron: Neuron) -> int:
        return self.complex.found.rounded.offsets[neuron[0] - 1] + neuron[1]

    @cached_property
    def _pairs(self) -> list[Int64Array]:
        flat = np.where(self.ridges.is_ridge[self.ridges.owners], self.ridges.ids.flat, -1)
        order = np.argsort(flat, kind="stable")
        ends = np.searchsorted(flat[order], np.arange(len(self) + 1))
        return [order[ends[i] : ends[i + 1]] for i in range(len(self))]

    @cached_property
    def _list(self) -> list[Boundary]:
        cells = self.complex.cells
        count = len(self)
        owner_facets = np.repeat(np.arange(self.complex.n_facets), np.diff(cells.facet_ids.starts))
        order = np.argsort(cells.facet_ids.flat, kind="stable")
        ends = np.searchsorted(cells.facet_ids.flat[order], np.arange(count + 1))
        pieces = [owner_facets[order[ends[i] : ends[i + 1]]] for i in range(count)]
        all_unbounded = self.complex.has_free_coordinates
        if isinstance(cells, GenericCells):
            labels = self._piece_labels()
            thick = [np.zeros(0, np.int64)] * count
            isolated = [0] * count
            components = [len(np.unique(labels[own])) for own in pieces]
        elif isinstance(cells, DegenerateCells):
            numbers = np.arange(self.complex.n_regions, self.complex.n_cells)
            signs = self.complex.signs(numbers)
            thick = [numbers[signs[i] == 0] for i in range(count)]
            counted = [self._components(i, pieces[i], thick[i], cells) for i in range(count)]
            components, isolated = [c for c, _ in counted], [k for _, k in counted]
        else:
            raise TheoryContradicted("these cells are neither generic nor degenerate")
        result = []
        for i, neuron in enumerate(self._neurons):
            reaches = bool(cells.unbounded_facets[pieces[i]].any()) or any(cells.unbounded[thick[i]])
            is_empty = not (len(pieces[i]) or len(thick[i]) or isolated[i])
            bounded = is_empty or not (reaches or all_unbounded or self._isolated_reach_wall(i))
            result.append(Boundary(neuron, pieces[i], thick[i], isolated[i], components[i], bounded, self))
        return result

    def _piece_labels(self) -> Int64Array:
        """A number per facet, equal where facets of the same neuron are joined across ridges."""
        facets = self.ridges.facets.flat.reshape(-1, 2)
        return _connected(self.complex.n_facets, facets[:, 0].astype(np.int64), facets[:, 1].astype(np.int64))

    def _components(
        self, neuron: int, pieces: Int64Array, thick: Int64Array, cells: DegenerateCells
    ) -> tuple[int, int]:
        """Connected components of B[z], and how many maximal faces of it lie on no piece and no thick cell.

        On a closed cell z has one sign, so it vanishes on one face of the cell, and B[z] is the union of these faces.
        Closed faces of one complex that meet share a corner, so corners decide.
        """
        owners, points = cells.corners_where_zero(neuron)
        numbers, position = np.unique(points, return_inverse=True)
        joined = np.flatnonzero(owners[1:] == owners[:-1])
        labels = _connected(len(numbers), position[joined], position[joined + 1])
        beside = np.union1d(thick, self.complex.facet_cells[pieces].ravel())  # the face of these is a piece, or thick
        low = np.flatnonzero(~np.isin(owners, beside))
        ends = np.flatnonzero(owners[low][1:] != owners[low][:-1]) + 1
        faces = {frozenset(face.tolist()) for face in np.split(points[low], ends) if len(face)}
        if faces:
            parts = [cells.facet_vertices(f) for f in pieces.tolist()]
            parts += [cells.cell_vertices(c) for c in thick.tolist()]
            faces = _not_inside(faces, [frozenset(cells.points_at(part).tolist()) for part in parts])
        return len(np.unique(labels)), sum(not any(face < other for other in faces) for face in faces)

    def _isolated_reach_wall(self, neuron: int) -> bool:
        zeros, M = self.complex.found.zeros, self.complex.found.skeleton.M
        if zeros is None:
            return False
        columns = zeros[:, : self.complex.found.skeleton.vertices]
        return bool((columns[neuron] & columns[M:].any(axis=0)).any())


def boundaries(network: Network | RegionComplex) -> Boundaries:
    """The boundaries of all hidden neurons, over R^n or inside the closed box of a given complex."""
    return Boundaries(network if isinstance(network, RegionComplex) else regions(network))


def _not_inside(faces: set[frozenset[int]], parts: list[frozenset[int]]) -> set[frozenset[int]]:
    """The faces that are contained in none of the parts; all are sets of corners."""
    parts_at: dict[int, list[frozenset[int]]] = {}
    for part in parts:
        for point in part:
            parts_at.setdefault(point, []).append(part)
    return {face for face in faces if not any(face <= part for part in parts_at.get(next(iter(face)), ()))}


def _connected(count: int, a: Int64Array, b: Int64Array) -> Int64Array:
    """Connected components: for every node the smallest node that it is linked to."""
    labels = np.arange(count)
    while True:
        low = np.minimum(labels[a], labels[b])
        before = labels.copy()
        np.minimum.at(labels, labels[a], low)
        np.minimum.at(labels, labels[b], low)
        labels = labels[labels]
        if np.array_equal(labels, before):
            return labels
