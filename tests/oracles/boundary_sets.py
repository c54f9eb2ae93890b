"""A boundary as the point set {x : z(x) = 0}: a finite union of convex polyhedra, and its topology.

On the closure of every cell of the layers before z's the preactivation is one affine form, so B_z is the union over
those cells of {form = 0}. Whether two of the polyhedra meet is a linear program; a finite union of closed convex sets
has the homotopy type of its nerve, and so the same components and Betti numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise

from exactrev.network import AffineMap, Network, Neuron
from oracles.brute_force import find_cells, inequalities, starting_point
from oracles.complexes import Box
from oracles.forms import Form, HomogeneousPoint, find_layer_forms, is_zero, negated, primitive, walls_of_box
from oracles.simplex import find_common_point, is_bounded_above

__all__ = ["BoundarySet", "betti_numbers", "boundary_set"]


@dataclass(frozen=True)
class BoundarySet:
    """The polyhedra, each a tuple of forms that are >= 0 on it, with a point each."""

    n_in: int
    polyhedra: tuple[tuple[Form, ...], ...]
    points: tuple[HomogeneousPoint, ...]
    has_interior: bool

    @property
    def is_empty(self) -> bool:
        return not self.polyhedra

    @cached_property
    def is_bounded(self) -> bool:
        n = self.n_in
        axes = [tuple(s * int(i == j) for i in range(n + 1)) for j in range(n) for s in (1, -1)]
        return all(
            is_bounded_above(axis, polyhedron, point)
            for polyhedron, point in zip(self.polyhedra, self.points, strict=True)
            for axis in axes
        )

    @cached_property
    def nerve(self) -> list[set[tuple[int, ...]]]:
        """The sets of polyhedra with a common point, by number: sorted tuples, one set of tuples per size."""
        levels: list[set[tuple[int, ...]]] = [{(i,) for i in range(len(self.polyhedra))}]
        while levels[-1]:
            level: set[tuple[int, ...]] = set()
            for simplex in levels[-1]:
                for i in range(simplex[-1] + 1, len(self.polyhedra)):
                    larger = (*simplex, i)
                    if all(face in levels[-1] for face in combinations(larger, len(simplex))) and self._meet(larger):
                        level.add(larger)
            levels.append(level)
        return levels[:-1]

    def _meet(self, simplex: Sequence[int]) -> bool:
        forms = list(dict.fromkeys(form for i in simplex for form in self.polyhedra[i]))
        return find_common_point(forms, self.n_in) is not None

    @property
    def n_components(self) -> int:
        parent = list(range(len(self.polyhedra)))

        def root(i: int) -> int:
            while parent[i] != i:
                i = parent[i]
            return i

        for a, b in combinations(range(len(self.polyhedra)), 2):
            if root(a) != root(b) and self._meet((a, b)):
                parent[root(a)] = root(b)
        return sum(parent[i] == i for i in range(len(parent)))

    @property
    def betti(self) -> tuple[int, ...]:
        """The Betti numbers over GF(2), up to the last one that is not 0."""
        return betti_numbers(self.nerve)


def boundary_set(net: Network, neuron: Neuron, box: Box | None = None) -> BoundarySet:
    """The boundary of a hidden neuron, in R^n or in the closed box (lo, hi).

    A polyhedron with the very same forms as another one is kept once.
    """
    n = net.n_in
    width = net.widths[neuron.layer - 1]
    before = Network((*net.layers[: neuron.layer - 1], AffineMap(((0,) * (width + 1),), 1, width)))
    polyhedra: dict[frozenset[Form], HomogeneousPoint] = {}
    has_interior = False
    walls = walls_of_box(*box) if box is not None else ()
    for signs, _ in find_cells(before, walls, starting_point(n, box)):
        form = primitive(find_layer_forms(net, signs)[0][neuron.index])
        has_interior |= is_zero(form)
        forms = frozenset({*inequalities(before, signs).values(), *walls, form, negated(form)} - {(0,) * (n + 1)})
        point = find_common_point(list(forms), n)
        if point is not None:
            polyhedra[forms] = point
    return BoundarySet(n, tuple(tuple(forms) for forms in polyhedra), tuple(polyhedra.values()), has_interior)


def betti_numbers(levels: Sequence[set[tuple[int, ...]]]) -> tuple[int, ...]:
    """Over GF(2), of a simplicial complex given by its simplices of each size."""
    ranks = [0]
    for faces, simplices in pairwise(levels):
        number = {face: i for i, face in enumerate(faces)}
        columns = [sum(1 << number[face] for face in combinations(s, len(s) - 1)) for s in simplices]
        ranks.append(_rank_over_gf2(columns))
    ranks.append(0)
    betti = [len(level) - ranks[k] - ranks[k + 1] for k, level in enumerate(levels)]
    while betti and not betti[-1]:
        betti.pop()
    return tuple(betti)


def _rank_over_gf2(columns: list[int]) -> int:
    leading: dict[int, int] = {}
    for column in columns:
        while column and column.bit_length() in leading:
            column ^= leading[column.bit_length()]
        if column:
            leading[column.bit_length()] = column
    return len(leading)
