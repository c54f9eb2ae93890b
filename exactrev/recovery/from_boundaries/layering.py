"""From unlabelled pieces to boundaries and their layers: who continues across a ridge, and who bends at whom.

Knows a boundary set and nothing else. Along a ridge of a network in general position two boundaries cross. The one
that keeps to its hyperplane on both sides is of the earlier layer, and the other one bends; if both keep to their
hyperplanes, both are of one layer (§3.3, after Theorem 1). So four half-hyperplanes around a ridge pair up in one way.

What is found is a connected *part* of a boundary. It is the boundary of one neuron if every boundary is connected;
from the set alone that cannot be told: parts of a disconnected boundary look like boundaries of different neurons, and
two networks may pair them differently. Nor does the set show how deep a boundary is, only that it is deeper than
those at which it bends: `Layering.layers` is the smallest depth possible, and the true one if in addition the
boundaries of connected neurons meet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import networkx as nx

from exactrev.boundary_sets import BoundarySet, Germ, Ridge, find_ridges
from exactrev.errors import AssumptionFailed

__all__ = ["Crossing", "Layering", "find_depths", "layers_from_boundaries", "pair_up"]

Point = tuple[Fraction, ...]
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Crossing:
    """At `point`, boundary `bending` goes from piece `before` to piece `after` across `crossed`, which keeps straight.

    `crossed_piece` is a piece of the latter next to the ridge, or running through it.
    """

    point: Point
    bending: int
    crossed: int
    before: int
    after: int
    crossed_piece: int


@dataclass(frozen=True)
class Layering:
    """The connected boundaries in a set, and what their bends say about the order of their layers.

    `boundaries[i]`: numbers of the pieces of boundary i. `crossings`: all places where one bends at another; `seams`:
    pairs of pieces of one boundary that continue each other in one hyperplane. `level`: pairs of boundaries that meet
    and of which neither bends, so that they are of one layer. `undecided`: points of ridges at which more than two
    boundaries meet, so that the pieces around have not been paired.
    """

    boundary_set: BoundarySet
    boundaries: tuple[tuple[int, ...], ...]
    crossings: tuple[Crossing, ...]
    seams: tuple[tuple[int, int], ...]
    level: frozenset[tuple[int, int]]
    undecided: tuple[Point, ...]

    @cached_property
    def layers(self) -> tuple[int, ...]:
        """The layer of every boundary, from 1, as far as the set shows: the smallest that its bends allow.

        One more than the largest layer of those that it, or a boundary of the same layer, bends at. Raises
        `AssumptionFailed` if boundaries would have to be of layers after each other in a circle.
        """
        depths = find_depths(len(self.boundaries), self.level, ((c.crossed, c.bending) for c in self.crossings))
        if depths is None:
            raise AssumptionFailed("boundaries bend at each other in a circle", witness=self._point_on_circle())
        return tuple(depths)

    @property
    def widths(self) -> tuple[int, ...]:
        """The number of boundaries in each layer, by `layers`."""
        return tuple(self.layers.count(k) for k in range(1, max(self.layers, default=0) + 1))

    def members(self, layer: int) -> list[int]:
        """The boundaries of a layer, by `layers`."""
        return [i for i, depth in enumerate(self.layers) if depth == layer]

    def compare(self, one: int, other: int) -> int | None:
        """-1 if boundary `one` is certainly of an earlier layer than `other`, 0 if of the same, 1 if of a later one.

        None if neither bends nor meetings, directly or by way of other boundaries, tell.
        """
        a, b = self._classes[one], self._classes[other]
        if a == b:
            return 0
        if b in self._later[a]:
            return -1
        return 1 if a in self._later[b] else None

    @property
    def unordered(self) -> list[tuple[int, int]]:
        """Pairs of which the set does not show which one is earlier, or that they are of one layer."""
        count = len(self.boundaries)
        return [(i, j) for i in range(count) for j in range(i + 1, count) if self.compare(i, j) is None]

    @property
    def unmet(self) -> list[tuple[int, int]]:
        """Pairs of consecutive layers, by `layers`, that do not meet along a ridge.

        If there are any, boundaries of connected neurons do not all meet, or the layers are others.
        """
        met = {(c.crossed, c.bending) for c in self.crossings}
        return [
            (i, j)
            for j, depth in enumerate(self.layers)
            for i in self.members(depth - 1)
            if (i, j) not in met
        ]

    @cached_property
    def _classes(self) -> list[int]:
        """For every boundary the first of those that are certainly of the same layer."""
        return _find_classes(len(self.boundaries), self.level)

    @cached_property
    def _order(self) -> nx.DiGraph[int]:
        return _find_order(self._classes, ((c.crossed, c.bending) for c in self.crossings))

    @cached_property
    def _later(self) -> dict[int, set[int]]:
        """For every class of boundaries the classes that are certainly later."""
        return {node: nx.descendants(self._order, node) for node in self._order}

    def _point_on_circle(self) -> Point:
        edge = nx.find_cycle(self._order)[0]
        return next(c.point for c in self.crossings if (self._classes[c.crossed], self._classes[c.bending]) == edge)


def find_depths(count: int, level: Iterable[Pair], bends: Iterable[Pair]) -> list[int] | None:
    """The smallest layers of `count` boundaries, from 1: equal for pairs that are `level`, increasing along `bends`.

    A pair in `bends` is an earlier boundary and a later one that bends at it. None if no layers are like that.

    >>> find_depths(4, [(1, 2)], [(0, 1), (2, 3)])
    [1, 2, 2, 3]
    """
    classes = _find_classes(count, level)
    order = _find_order(classes, bends)
    depth: dict[int, int] = {}
    try:
        for node in nx.topological_sort(order):
            depth[node] = 1 + max((depth[earlier] for earlier in order.predecessors(node)), default=0)
    except nx.NetworkXUnfeasible:
        return None
    return [depth[c] for c in classes]


def _find_classes(count: int, level: Iterable[Pair]) -> list[int]:
    groups = _Groups(count)
    for i, j in level:
        groups.join(i, j)
    return [groups.first(i) for i in range(count)]


def _find_order(classes: Sequence[int], bends: Iterable[Pair]) -> nx.DiGraph[int]:
    order: nx.DiGraph[int] = nx.DiGraph()
    order.add_nodes_from(classes)
    order.add_edges_from((classes[earlier], classes[later]) for earlier, later in bends)
    return order


def layers_from_boundaries(boundary_set: BoundarySet) -> Layering:
    """Group the pieces into boundaries by continuing across ridges, and order these by their bends.

    Raises `AssumptionFailed`, with a point as `witness`, where the set is not that of a network in general position:
    a piece that ends, or hyperplanes around a ridge that do not pair up.

    >>> from exactrev.boundary_sets import Piece
    >>> lines = [Piece.from_rows((1, 0, 0), []), Piece.from_rows((0, 1, 0), [])]
    >>> rays = [Piece.from_rows((1, 0, -1), [(0, -1, 0)]), Piece.from_rows((0, 1, -1), [(-1, 0, 0)])]
    >>> corner = Piece.from_rows((1, 1, -1), [(1, 0, 0), (0, 1, 0)])  # x+ + y+ = 1 bends at x = 0 and y = 0
    >>> layering = layers_from_boundaries(BoundarySet(2, [*lines, *rays, corner]))
    >>> layering.layers, layering.unordered, layering.unmet
    ((2, 1, 1), [], [])
    """
    groups = _Groups(len(boundary_set.pieces))
    ridges = find_ridges(boundary_set)
    pairings = []
    undecided = []
    for ridge in ridges:
        straight, bent = pair_up(ridge)
        if len(straight) + len(bent) > 2:
            undecided.append(ridge.point)
            continue
        pairings.append((ridge, straight, bent))
        for one, other in (*straight, *bent):
            groups.join(one.piece, other.piece)
    numbered = sorted({groups.first(i) for i in range(len(boundary_set.pieces))})
    boundary_of = [numbered.index(groups.first(i)) for i in range(len(boundary_set.pieces))]
    crossings: list[Crossing] = []
    level: set[tuple[int, int]] = set()
    for ridge, straight, bent in pairings:
        here = [boundary_of[pair[0].piece] for pair in (*straight, *bent)]
        if len(set(here)) < len(here):
            raise AssumptionFailed("a boundary crosses itself", witness=ridge.point)
        if bent:
            (before, after), crossed = bent[0], straight[0][0]
            crossings.append(Crossing(ridge.point, here[1], here[0], before.piece, after.piece, crossed.piece))
        elif len(straight) == 2:
            level.add((min(here), max(here)))
    boundaries = tuple(
        tuple(i for i, own in enumerate(boundary_of) if own == number) for number in range(len(numbered))
    )
    seams = tuple((one.piece, other.piece) for _, straight, _ in pairings for one, other in straight)
    return Layering(boundary_set, boundaries, tuple(crossings), seams, frozenset(level), tuple(undecided))


def pair_up(ridge: Ridge) -> tuple[list[tuple[Germ, Germ]], list[tuple[Germ, Germ]]]:
    """The germs around a ridge in pairs that continue each other: those that keep straight, and the one that bends."""
    by_plane: dict[tuple[int, ...], list[Germ]] = defaultdict(list)
    for germ in ridge.germs:
        by_plane[germ.hyperplane].append(germ)
    straight = [(germs[0], germs[1]) for germs in by_plane.values() if len(germs) == 2]
    single = [germs[0] for germs in by_plane.values() if len(germs) == 1]
    if len(straight) + len(single) != len(by_plane):
        raise AssumptionFailed("pieces of one hyperplane overlap", witness=ridge.point)
    if single and (len(single) % 2 or not straight):
        raise AssumptionFailed("a piece ends where nothing continues it", witness=ridge.point)
    return straight, [(single[k], single[k + 1]) for k in range(0, len(single), 2)]


class _Groups:
    """Numbers that are joined into groups; a group is known by its smallest number."""

    def __init__(self, count: int) -> None:
        self._parent = list(range(count))

    def first(self, i: int) -> int:
        while self._parent[i] != i:
            self._parent[i] = i = self._parent[self._parent[i]]
        return i

    def join(self, i: int, j: int) -> None:
        low, high = sorted((self.first(i), self.first(j)))
        self._parent[high] = low
