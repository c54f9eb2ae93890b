"""The activation regions of a network over R^n or a box, as a complex of cells: the public face of the enumeration.

Arrays inside; exact points, patterns and affine maps on demand. Stands on `enumeration`, `cells`, `degenerate` and
`infinity`; the graph, the boundaries and the statements stand on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cached_property

import flint
import numpy as np

from exactrev.errors import BudgetSpent, InvalidNetwork, TheoryContradicted
from exactrev.geometry.cells import Cells, GenericCells, Incidence
from exactrev.geometry.degenerate import DegenerateCells
from exactrev.geometry.domain import Box, Domain, Simplex
from exactrev.geometry.enumeration import MEMORY, Enumeration, Progress
from exactrev.geometry.infinity import is_complete_at_infinity
from exactrev.geometry.rounding import BoolArray, FloatArray
from exactrev.geometry.skeleton import Int8Array, Int32Array, Int64Array, Misjudged
from exactrev.network import AffineMap, Network, Neuron, Pattern, Point, SignVector
from exactrev.parallel import Workers

__all__ = ["RegionComplex", "regions"]

FIRST_EXPONENT = 20  # the simplex starts at radius 2**20 and is squared until the certificate at infinity holds
MOST_DOUBLINGS = 12
MOST_SEEDS = 8
SIMPLE_DENOMINATORS = (1, 2, 10, 100, 10**4, 10**8, 10**12)


class RegionComplex:
    """All activation regions of a network: components of R^n minus B (§3.2), and the thick cells between them.

    Cells are numbered from 0, regions first. A *thick* cell is a full-dimensional cell on which some preactivation
    vanishes identically, so that it lies inside B. Two cells are neighbours if they share a facet.

    >>> from exactrev.network import Network
    >>> net = Network.from_arrays([([[1, 0], [0, 1], [1, 1]], [0, 0, -1]), ([[1, 2, 4]], [0])])
    >>> complex = regions(net)
    >>> complex.n_regions, complex.n_bounded, complex.n_facets
    (7, 1, 9)
    """

    def __init__(
        self, network: Network, box: Box | None, found: Enumeration, cells: Cells, coordinates: tuple[int, ...]
    ) -> None:
        self.network = network
        self.box = box
        self.found = found
        self.cells = cells
        self._coordinates = coordinates  # the input coordinates that matter; the others are free
        self._neurons = list(network.neurons())

    def __repr__(self) -> str:
        where = "R^n" if self.box is None else "a box"
        counts = f"{self.n_regions} regions, {self.n_thick} thick"
        return f"<RegionComplex of {self.network.architecture} over {where}: {counts}>"

    # -- counts --------------------------------------------------------------------------------------------------

    @property
    def n_regions(self) -> int:
        """The number of activation regions: components of R^n (or of the open box) minus B."""
        return self.cells.n_regions

    @property
    def n_thick(self) -> int:
        """The number of full-dimensional cells inside B."""
        return self.cells.n_thick

    @property
    def n_cells(self) -> int:
        return self.cells.n_regions + self.cells.n_thick

    @property
    def n_facets(self) -> int:
        """The number of pairs of cells that share an (n-1)-dimensional face."""
        return len(self.cells.facet_cells)

    @property
    def n_bounded(self) -> int:
        """The number of bounded regions; inside a box, of regions that do not touch its sides."""
        return int((~self.unbounded[: self.n_regions]).sum())

    @property
    def is_generic(self) -> bool:
        """No more than n preactivations vanish at any point, and none identically on a cell."""
        return self.found.zeros is None

    @property
    def has_free_coordinates(self) -> bool:
        """Does every cell contain a line, along which the network is constant?"""
        return len(self._coordinates) < self.network.n_in

    # -- cells ---------------------------------------------------------------------------------------------------

    def signs(self, cells: Sequence[int] | Int64Array) -> Int8Array:
        """Sign vectors as an array (neurons, cells): +1, -1, and 0 where a preactivation vanishes identically."""
        return self.cells.signs(np.asarray(cells, dtype=np.int64))

    def sign_vector(self, cell: int) -> SignVector:
        """The signs of all preactivations on the open cell, layer by layer."""
        column = iter(self.signs([cell])[:, 0].tolist())
        return tuple(tuple(next(column) for _ in range(width)) for width in self.network.hidden_widths)

    def pattern(self, cell: int) -> Pattern:
        """The activation pattern: which neurons are positive on the open cell."""
        return tuple(tuple(s > 0 for s in layer) for layer in self.sign_vector(cell))

    def is_bounded(self, cell: int) -> bool:
        return not self.unbounded[cell]

    def affine_map(self, cell: int) -> AffineMap:
        """The affine map that N is on the cell."""
        return self.network.affine_map(self.pattern(cell))

    def interior_point(self, cell: int) -> Point:
        """A rational point strictly inside the cell, with numbers as small as a few attempts make them."""
        expected = self.sign_vector(cell)
        vertices = self.cells.cell_vertices(cell)
        for point in self._candidates(vertices):
            if self._is_inside(point, expected):
                return self.lift(point)
        exact = _centroid(self.found.points_of(vertices))
        if not self._is_inside(exact, expected):
            raise TheoryContradicted("the centroid of a cell is not inside it", cell=cell)
        return self.lift(exact)

    def cell_vertices(self, cell: int) -> FloatArray:
        """The corners of the closed cell, to float precision (k, n), for pictures; inside a box or a huge simplex."""
        return self._float_lift(self._float_points(self.cells.cell_vertices(cell)))

    # -- facets --------------------------------------------------------------------------------------------------

    @property
    def facet_cells(self) -> Int32Array:
        """The two cells of every facet, shape (facets, 2)."""
        return self.cells.facet_cells

    def facet_neurons(self, facet: int) -> tuple[Neuron, ...]:
        """The neurons whose boundary the facet lies on (several where boundaries coincide)."""
        return tuple(self._neurons[i] for i in self.cells.facet_ids[facet].tolist())

    def facet_point(self, facet: int) -> Point:
        """A rational point in the relative interior of the facet."""
        expected = self._facet_signs(facet)
        vertices = self.cells.facet_vertices(facet)
        row = self.facet_form(facet)
        pivot = max(range(len(row) - 1), key=lambda k: abs(row[k]))
        for rounded in self._candidates(vertices):
            rest = sum((row[k] * x for k, x in enumerate(rounded) if k != pivot), Fraction(row[-1]))
            point = (*rounded[:pivot], -rest / row[pivot], *rounded[pivot + 1 :])
            if self._is_inside(point, expected):
                return self.lift(point)
        exact = _centroid(self.found.points_of(vertices))
        if not self._is_inside(exact, expected):
            raise TheoryContradicted("the centroid of a facet is not inside it", facet=facet)
        return self.lift(exact)

    def facet_normal(self, facet: int) -> Point:
        """A rational normal of the facet that points into its second cell or out of it (the sign means nothing)."""
        row = self.facet_form(facet)
        normal = [Fraction(0)] * self.network.n_in
        for k, coordinate in enumerate(self._coordinates):
            normal[coordinate] = Fraction(row[k])
        return tuple(normal)

    def facet_vertices(self, facet: int) -> FloatArray:
        """The corners of the facet, to float precision (k, n)."""
        return self._float_lift(self._float_points(self.cells.facet_vertices(facet)))

    # -- points where the complex is not simple ------------------------------------------------------------------

    def crowded_points(self) -> tuple[Int64Array, Incidence]:
        """Vertices at which more than n preactivations (or sides) vanish, and the cells around each point.

        Elsewhere the preactivations that vanish at a point are independent in every cell around it.
        """
        if isinstance(self.cells, DegenerateCells):
            return self.cells.crowded()
        return np.zeros(0, np.int64), Incidence(np.zeros(1, np.int64), np.zeros(0, np.int32))

    def vertex_points(self, vertices: Int64Array) -> list[Point]:
        """The exact points of some vertices of the skeleton, in the input space."""
        return [self.lift(point) for point in self.found.points_of(vertices)]

    # -- inside --------------------------------------------------------------------------------------------------

    @cached_property
    def unbounded(self) -> BoolArray:
        """Which cells are unbounded; inside a box, which touch its sides."""
        if self.has_free_coordinates:
            return np.ones(self.n_cells, np.bool_)  # a free coordinate: every cell contains a line
        return self.cells.unbounded

    def _facet_signs(self, facet: int) -> SignVector:
        signs = self.signs(self.facet_cells[facet])
        column = signs[:, 0].copy()
        column[self.cells.facet_ids[facet]] = 0
        entries = iter(column.tolist())
        return tuple(tuple(next(entries) for _ in range(width)) for width in self.network.hidden_widths)

    def facet_form(self, facet: int) -> list[int]:
        """Integer coefficients (g, c) of the hyperplane g.x + c = 0 that the facet lies in.

        In the coordinates that matter to the network: where W^1 has rank below n_in, the others are left out.
        """
        i = int(self.cells.facet_ids[facet][0])
        for cell in self.facet_cells[facet].tolist():
            signs = self.signs([cell])[:, 0]
            row = [int(entry) for entry in self.found.exact.forms([i], [signs])[0]]
            if any(row):
                return row
        raise TheoryContradicted("a form vanishes on both sides of its facet", facet=facet)

    def _is_inside(self, point: Point, expected: SignVector) -> bool:
        if self.box is not None and not all(
            low < x < high for low, x, high in zip(self.box.lo, point, self.box.hi, strict=True)
        ):
            return False
        return self.found.net.sign_vector(point) == expected

    def _candidates(self, vertices: Int64Array) -> Iterator[Point]:
        """Rational points near the middle of a face, simplest first, as guesses.

        A face that reaches the walls of the simplex is looked at as if the walls were closer: the same vertices, moved
        back along their directions.
        """
        points = self._float_points(vertices)
        directions = self.found.directions_of(vertices)
        if directions is None or not isinstance(self.found.domain, Simplex):
            with np.errstate(all="ignore"):
                centre = points.mean(axis=0)
            yield from _roundings(centre)
            return
        radius = self.found.domain.radius
        exponent = radius.bit_length() - 1
        for k in [*range(0, min(exponent, 24), 2), exponent]:
            step = float(radius - 2**k) if radius < 2**1000 else np.inf
            with np.errstate(all="ignore"):
                centre = (points - step * directions).mean(axis=0)
            yield from _roundings(centre)

    def _float_points(self, vertices: Int64Array) -> FloatArray:
        """Float points of vertices, exact ones rounded where the certified radius is not small."""
        skeleton = self.found.skeleton
        points = skeleton.points[vertices]
        poor = np.flatnonzero(~(skeleton.radii[vertices] <= 1e-9 * (1 + np.abs(points))).all(axis=1))
        if len(poor):
            exact = self.found.points_of(vertices[poor])
            points[poor] = [[float(x) if abs(x) < 2**1000 else np.inf for x in point] for point in exact]
        return points

    def lift(self, point: Point) -> Point:
        """A point of the enumeration as a point of the input space: coordinates that never matter are zero."""
        if len(point) == self.network.n_in:
            return point
        lifted = [Fraction(0)] * self.network.n_in
        for coordinate, x in zip(self._coordinates, point, strict=True):
            lifted[coordinate] = x
        return tuple(lifted)

    def _float_lift(self, points: FloatArray) -> FloatArray:
        if points.shape[1] == self.network.n_in:
            return points
        lifted = np.zeros((len(points), self.network.n_in))
        lifted[:, list(self._coordinates)] = points
        return lifted


def regions(
    network: Network,
    box: Box | None = None,
    progress: Progress | None = None,
    memory: int = MEMORY,
    workers: Workers | None = None,
) -> RegionComplex:
    """Enumerate all activation regions over R^n, or inside a rational box.

    `progress(done, total)` is called after every neuron, and may raise to stop. `workers` find and bound the vertices,
    thousands at a time; the result is the same (docs/parallel.md says what that saves). Raises `InvalidNetwork` if the
    box has the wrong dimension, `BudgetSpent` if the arrays would hold more than `memory` bytes.
    """
    if box is not None:
        if box.n_in != network.n_in:
            raise InvalidNetwork("the box has the wrong dimension", box=box.n_in, n_in=network.n_in)
        found, cells = _enumerate(network, box, progress, memory, workers)
        return RegionComplex(network, box, found, cells, tuple(range(network.n_in)))
    coordinates = _independent_coordinates(network)
    reduced = network if len(coordinates) == network.n_in else _restricted_to(network, coordinates)
    exponent = FIRST_EXPONENT + _scale_exponent(reduced)
    for _ in range(MOST_DOUBLINGS):
        found, cells = _enumerate(reduced, Simplex(reduced.n_in, 2**exponent), progress, memory, workers)
        if is_complete_at_infinity(found):
            return RegionComplex(network, None, found, cells, coordinates)
        exponent *= 2
    raise BudgetSpent("no simplex was found large enough to hold all bounded cells", exponent=exponent)


def _enumerate(
    network: Network, domain: Domain, progress: Progress | None, memory: int, workers: Workers | None = None
) -> tuple[Enumeration, Cells]:
    for seed in range(MOST_SEEDS):
        found = Enumeration(network, domain, progress, memory, seed, workers)
        try:
            found.run()
            return found, (GenericCells(found) if found.zeros is None else DegenerateCells(found))
        except Misjudged:  # two hashes collided: draw others
            continue
    raise TheoryContradicted("the cells do not fit together", network=network.architecture, seeds=MOST_SEEDS)


def _independent_coordinates(network: Network) -> tuple[int, ...]:
    """Input coordinates that the network's first layer tells apart: N(x) depends on W^1 x only.

    As many as W^1 has rank, at least one. Every point has the same preactivations as one with zeros elsewhere.
    """
    if network.depth == 0:
        return (0,)
    reduced, _, rank = flint.fmpz_mat([list(row[:-1]) for row in network.layers[0].rows]).rref()
    pivots = []
    for i in range(rank):
        pivots.append(next(k for k in range(network.n_in) if reduced[i, k] != 0))
    return tuple(pivots) or (0,)


def _restricted_to(network: Network, coordinates: tuple[int, ...]) -> Network:
    first = network.layers[0]
    rows = tuple(tuple(row[k] for k in (*coordinates, -1)) for row in first.rows)
    return Network((AffineMap(rows, first.denominator, len(coordinates)), *network.layers[1:]))


def _scale_exponent(network: Network) -> int:
    """About log2 of the largest |bias| / |weight| in layer 1, if that is large: where its boundaries are."""
    if network.depth == 0:
        return 0
    exponent = 0
    for *weights, bias in network.layers[0].rows:
        largest = max(map(abs, weights))
        if largest:
            exponent = max(exponent, bias.bit_length() - largest.bit_length())
    return exponent


def _roundings(centre: FloatArray) -> list[Point]:
    """Rational points near a float point, simplest first; none if it is not finite."""
    if not np.isfinite(centre).all():
        return []
    exact = [Fraction(x) for x in centre.tolist()]
    candidates = [tuple(x.limit_denominator(q) for x in exact) for q in SIMPLE_DENOMINATORS]
    return [*dict.fromkeys(candidates), tuple(exact)]


def _centroid(points: Sequence[Point]) -> Point:
    return tuple(sum(column, Fraction(0)) / len(points) for column in zip(*points, strict=True))
