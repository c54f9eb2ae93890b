"""Betti numbers of bounded boundaries over GF(2): components, tunnels, enclosed cavities (§5.2, footnote 4).

Knows faces of polytopes as sets of corners. Stands on `boundaries`, and knows nothing of weights.

On a closed cell a preactivation has one sign and is affine, so where it vanishes is one face of the cell. These faces,
with all faces of theirs, make B[z] a polyhedral complex; its cellular chains over GF(2) need no orientations, and the
ranks of the boundary maps give the Betti numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np

from exactrev.errors import InvalidNetwork, TheoryContradicted
from exactrev.geometry.boundaries import Boundaries, Boundary
from exactrev.geometry.complex import RegionComplex
from exactrev.geometry.degenerate import DegenerateCells
from exactrev.geometry.rounding import BoolArray
from exactrev.geometry.skeleton import Int64Array
from exactrev.network import Neuron

__all__ = ["betti_numbers"]

Face = frozenset[int]


def betti_numbers(found: Boundaries, neuron: Neuron) -> tuple[int, ...]:
    """(b_0, ..., b_{n-1}) of a bounded boundary over GF(2); all of them 0 if it is empty.

    Raises `InvalidNetwork` for an unbounded boundary, and inside a box for one that touches its sides.

    >>> from exactrev.geometry import boundaries
    >>> from exactrev.network import Network
    >>> diamond = Network.from_arrays([
    ...     ([[1, 0], [-1, 0], [0, 1], [0, -1]], [0] * 4), ([[1, 1, 1, 1]], [-1]), ([[1]], [0])])
    >>> betti_numbers(boundaries(diamond), Neuron(2, 0))
    (1, 1)
    """
    boundary = found.of(neuron)
    if not boundary.is_bounded:
        raise InvalidNetwork("Betti numbers are for bounded boundaries", neuron=boundary.neuron)
    if boundary.is_empty:
        return (0,) * found.complex.network.n_in
    faces = _find_faces(found.complex, boundary, list(found.complex.network.neurons()).index(boundary.neuron))
    counts = Counter(dimension for dimension, _ in faces.values())
    ranks = _ranks(faces)
    n = found.complex.network.n_in
    betti = tuple(counts[k] - ranks[k] - ranks[k + 1] for k in range(n + 1))
    if betti[0] != boundary.n_components or betti[n] or min(betti) < 0:
        raise TheoryContradicted("no subset of R^n has these Betti numbers", neuron=boundary.neuron, betti=betti)
    return betti[:n]


def _find_faces(complex: RegionComplex, boundary: Boundary, number: int) -> dict[Face, tuple[int, list[Face]]]:
    """All faces of B[z]: dimension, and the faces of one dimension less that they have."""
    if boundary.n_isolated:
        around = np.arange(complex.n_cells)
    else:
        around = np.union1d(complex.facet_cells[boundary.pieces, 0], boundary.thick_cells)
    facets_of: dict[int, list[int]] = {cell: [] for cell in around.tolist()}
    for facet in np.flatnonzero(np.isin(complex.facet_cells, around).any(axis=1)).tolist():
        for cell in complex.facet_cells[facet].tolist():
            if cell in facets_of:
                facets_of[cell].append(facet)
    faces: dict[Face, tuple[int, list[Face]]] = {}
    for cell, facets in facets_of.items():
        vertices = complex.cells.cell_vertices(cell)
        top = frozenset(_points(complex, vertices[_vanishes(complex, number, vertices)]))
        if top and top not in faces:
            faces |= _faces_of(top, (_points(complex, complex.cells.facet_vertices(facet)) for facet in facets))
    return faces


def _faces_of(top: Face, facets: Iterable[Iterable[int]]) -> dict[Face, tuple[int, list[Face]]]:
    """All non-empty faces of one face of a polytope, itself included, from the polytope's facets."""
    cuts = {top.intersection(facet) for facet in facets} - {top, frozenset()}
    faces, fresh = {top} | cuts, cuts
    while fresh:
        fresh = {face & cut for face in fresh for cut in cuts if face & cut} - faces
        faces |= fresh
    known: dict[Face, tuple[int, list[Face]]] = {}
    for face in sorted(faces, key=len):
        below = [other for other in known if other < face]
        dimension = 1 + max((known[other][0] for other in below), default=-1)
        known[face] = dimension, [other for other in below if known[other][0] == dimension - 1]
    return known


def _ranks(faces: dict[Face, tuple[int, list[Face]]]) -> Counter[int]:
    """The rank over GF(2) of the boundary map on k-dimensional chains, for every k."""
    number = {face: i for i, face in enumerate(faces)}
    pivots: dict[int, int] = {}
    ranks: Counter[int] = Counter()
    for dimension, below in faces.values():
        column = sum(1 << number[face] for face in below)
        while column and (highest := column.bit_length()) in pivots:
            column ^= pivots[highest]
        if column:
            pivots[column.bit_length()] = column
            ranks[dimension] += 1
    return ranks


def _points(complex: RegionComplex, vertices: Int64Array) -> list[int]:
    """Numbers of the points at vertices, equal where the points are."""
    cells = complex.cells
    numbers: list[int] = (cells.points_at(vertices) if isinstance(cells, DegenerateCells) else vertices).tolist()
    return numbers


def _vanishes(complex: RegionComplex, number: int, vertices: Int64Array) -> BoolArray:
    """At which of the vertices the preactivation with this number is zero."""
    cells = complex.cells
    if isinstance(cells, DegenerateCells):
        return np.asarray(cells.zeros_at(vertices)[number], np.bool_)
    return np.asarray((complex.found.skeleton.tight[vertices] == number).any(axis=1), np.bool_)
