"""Where boundaries meet: faces of codimension two (off general position also smaller ones) and the pieces around them.

A *piece* of B[z] is a facet on which z vanishes; a *ridge* is where pieces of different neurons cross. B[z] *bends* at
a point if near it B[z] is not contained in one hyperplane.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

import numpy as np

from exactrev.errors import TheoryContradicted
from exactrev.geometry.cells import GenericCells, Incidence
from exactrev.geometry.complex import RegionComplex
from exactrev.geometry.degenerate import DegenerateCells, affine_rank
from exactrev.geometry.jumps import PathSums
from exactrev.geometry.rounding import BoolArray
from exactrev.geometry.skeleton import Int64Array

__all__ = ["Ridges", "find_ridges"]

BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class Ridges:
    """Faces at which two or more preactivations vanish, none of them identically around it.

    `ids[r]`: the neurons; `facets[r]`: the facets around the face. For every pair
    (face, neuron), flat as in `ids`, `bends` says whether that neuron's boundary bends along the face.
    `is_ridge[r]` is False for faces of codimension three and more, listed only off general position.
    `corners[r]`: vertices of the skeleton at the corners of the face.
    """

    ids: Incidence
    facets: Incidence
    bends: BoolArray
    is_ridge: BoolArray
    corners: Incidence | list[Int64Array]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def owners(self) -> Int64Array:
        """The face of every flat pair."""
        return np.repeat(np.arange(len(self.ids)), np.diff(self.ids.starts))


def find_ridges(complex: RegionComplex) -> Ridges:
    """All faces at which boundaries meet."""
    if isinstance(complex.cells, GenericCells):
        return _generic_ridges(complex, complex.cells)
    return _degenerate_ridges(complex)


def _generic_ridges(complex: RegionComplex, cells: GenericCells) -> Ridges:
    pairs, facets, hashes = cells.crossings()
    layers = complex.found.rounded.layer_of[pairs]
    later = np.argmax(layers, axis=1)
    count = len(pairs)
    bends = np.zeros((count, 2), np.bool_)
    sums = PathSums(complex.network)
    for first in range(0, count, BLOCK):
        block = np.arange(first, min(first + BLOCK, count))
        block = block[layers[block, 0] != layers[block, 1]]
        signs = complex.cells.signs(complex.facet_cells[facets[block, 0], 0].astype(np.int64))
        high, low = later[block], 1 - later[block]
        bends[block, high] = sums.reach_neurons(pairs[block, low], pairs[block, high], signs)
    return Ridges(
        Incidence(2 * np.arange(count + 1), pairs.ravel().astype(np.int32)),
        Incidence(4 * np.arange(count + 1), facets.ravel().astype(np.int32)),
        bends.ravel(),
        np.ones(count, np.bool_),
        cells.crossing_corners(hashes),
    )


def _degenerate_ridges(complex: RegionComplex) -> Ridges:
    cells = complex.cells
    if not isinstance(cells, DegenerateCells):
        raise TheoryContradicted("these cells are neither generic nor degenerate", cells=type(cells).__name__)
    M = complex.found.skeleton.M
    facets_of: dict[int, list[int]] = {}
    for facet, (a, b) in enumerate(complex.facet_cells.tolist()):
        facets_of.setdefault(a, []).append(facet)
        facets_of.setdefault(b, []).append(facet)
    around: dict[tuple[int, ...], set[int]] = {}
    cells_at: dict[tuple[int, ...], list[int]] = {}
    maximal: set[tuple[int, ...]] = set()
    corner_of: dict[int, int] = {}
    for cell, facets in facets_of.items():
        vertices = cells.cell_vertices(cell)
        points = cells.points_at(vertices).tolist()
        corner_of.update(zip(points, vertices.tolist(), strict=True))
        on_wall = [_bits(row) for row in cells.zeros_at(vertices)[M:]]
        position = {point: k for k, point in enumerate(points)}
        masks = {f: sum(1 << position[p] for p in cells.points_at(cells.facet_vertices(f)).tolist()) for f in facets}
        faces, ridges = _proper_faces(list(masks.values()))
        for face in faces:
            if any(face & wall == face for wall in on_wall):
                continue
            key = tuple(sorted(points[k] for k in range(len(points)) if face >> k & 1))
            around.setdefault(key, set()).update(f for f, mask in masks.items() if mask & face == face)
            cells_at.setdefault(key, []).append(cell)
            if face in ridges:
                maximal.add(key)
    bends: list[dict[int, bool]] = []
    bare: dict[int, list[tuple[int, ...]]] = {}  # by neuron, the faces of its boundary that lie on no piece of it
    keys = sorted(around, key=lambda key: (key not in maximal, key))
    directions = _FacetDirections(complex)
    for key in keys:
        corners = np.array([corner_of[p] for p in key])
        vanishing = np.flatnonzero(cells.zeros_at(corners)[:M].all(axis=1))
        thick = (complex.signs(cells_at[key]) == 0)[vanishing]
        own = vanishing[~thick.all(axis=1)]
        bends.append({})
        for i in own.tolist():
            pieces = {directions[f] for f in around[key] if i in cells.facet_ids[f]}
            bends[-1][i] = len(pieces) > 1 or bool(thick[vanishing == i].any())
            if not pieces:
                bare.setdefault(i, []).append(key)
    for key, bends_here in zip(keys, bends, strict=True):
        for i in [i for i in bends_here if i in bare and not bends_here[i]]:
            parts = [[corner_of[p] for p in face] for face in bare[i] if set(key) <= set(face)]
            parts += [cells.facet_vertices(f).tolist() for f in around[key] if i in cells.facet_ids[f]]
            points = complex.found.points_of(np.array(sorted({v for part in parts for v in part}), np.int64))
            bends_here[i] = affine_rank(points) == complex.found.net.n_in
    return Ridges(
        Incidence.from_rows([list(bends_here) for bends_here in bends]),
        Incidence.from_rows([sorted(around[key]) for key in keys]),
        np.array([entry for bends_here in bends for entry in bends_here.values()], np.bool_),
        np.array([key in maximal for key in keys], np.bool_),
        [np.array([corner_of[p] for p in key]) for key in keys],
    )


class _FacetDirections:
    """The hyperplane direction of a facet, as a normalised integer normal."""

    def __init__(self, complex: RegionComplex) -> None:
        self._complex = complex
        self._known: dict[int, tuple[int, ...]] = {}

    def __getitem__(self, facet: int) -> tuple[int, ...]:
        if facet not in self._known:
            normal = self._complex.facet_form(facet)[:-1]
            divisor = gcd(*normal)
            lead = next(c for c in normal if c)
            self._known[facet] = tuple(c // (divisor if lead > 0 else -divisor) for c in normal)
        return self._known[facet]


def _proper_faces(facets: list[int]) -> tuple[set[int], set[int]]:
    """The non-empty faces of a polytope below its facets, and the facets of its facets, as sets of corners in bits."""
    ridges: set[int] = set()
    for facet in facets:
        inside = {facet & other for other in facets if facet & other not in (0, facet)}
        ridges |= {a for a in inside if not any(a != b and a & b == a for b in inside)}
    faces = set(ridges)
    fresh = faces
    while fresh:
        fresh = {a & facet for a in fresh for facet in facets if a & facet} - faces
        faces |= fresh
    return faces, ridges


def _bits(row: BoolArray) -> int:
    return sum(1 << k for k, on in enumerate(row.tolist()) if on)


