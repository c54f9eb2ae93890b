"""A piece of a boundary: a closed convex polyhedron of dimension n - 1, with its hyperplane, in normal form.

Knows one hyperplane and the inequalities that cut the piece out of it, none superfluous, so that two pieces are equal
as sets exactly if they compare equal. Knows of no neuron and of no other piece.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from exactrev.arithmetic.integer_matrices import clear_denominators
from exactrev.boundary_sets.cones import Cone, Row, dot, primitive, whole_space

__all__ = ["Piece", "oriented", "reduced"]


@dataclass(frozen=True, slots=True)
class Piece:
    """{x : hyperplane(x) = 0, facet(x) >= 0 for every facet}, of dimension n - 1, perhaps unbounded.

    Rows (g, c) stand for g.x + c. `hyperplane` is primitive and its first entry that is not 0 is positive; `facets` are
    primitive, vanish in the coordinate of that entry, are sorted, and each of them defines a facet.

    >>> segment = Piece.from_rows((2, 2, -2), [(1, 0, 0), (0, 2, 0), (1, 1, 5)])  # x + y = 1, x >= 0, y >= 0
    >>> segment.hyperplane, segment.facets
    ((1, 1, -1), ((0, -1, 1), (0, 1, 0)))
    >>> segment.vertices()
    [(Fraction(0, 1), Fraction(1, 1)), (Fraction(1, 1), Fraction(0, 1))]
    """

    hyperplane: Row
    facets: tuple[Row, ...]
    cone: Cone = field(compare=False, repr=False)

    @classmethod
    def from_rows(cls, hyperplane: Iterable[Any], rows: Iterable[Iterable[Any]]) -> Piece:
        """The piece that satisfies the rows, of integers or rationals; superfluous ones are left out.

        Raises `ValueError` if the hyperplane has no normal, if rows differ in length, or if less than a polyhedron of
        dimension n - 1 satisfies them.
        """
        plane = oriented(clear_denominators(hyperplane)[0])
        n = len(plane) - 1
        if n < 1 or not any(plane[:-1]):
            raise ValueError("a hyperplane needs a normal that is not 0")
        cone = whole_space(n).at_zero(plane)
        for row in rows:
            integers = clear_denominators(row)[0]
            if len(integers) != n + 1:
                raise ValueError(f"a row of {len(integers)} numbers, after a hyperplane of {n + 1}")
            cone = cone.at_least(integers)
        if cone.dimension != n - 1:
            raise ValueError(f"a polyhedron of dimension {cone.dimension}, not {n - 1}")
        return cls.of_cone(plane, cone)

    @classmethod
    def of_cone(cls, plane: Row, cone: Cone) -> Piece:
        """The piece that a cone inside the hyperplane is; it has to have dimension n - 1."""
        facets = sorted(reduced(cone.rows[j], plane) for j in cone.facets())
        clean = whole_space(len(plane) - 1).at_zero(plane)
        for facet in facets:
            clean = clean.at_least(facet)
        return cls(plane, tuple(facets), clean)

    @property
    def n_in(self) -> int:
        return len(self.hyperplane) - 1

    @property
    def is_hyperplane(self) -> bool:
        """Is the piece all of its hyperplane?"""
        return not self.facets

    def contains(self, point: Sequence[Fraction]) -> bool:
        """Whether the point is in the closed piece."""
        vector = clear_denominators((*point, 1))[0]
        return dot(self.hyperplane, vector) == 0 and all(dot(facet, vector) >= 0 for facet in self.facets)

    def interior_point(self) -> tuple[Fraction, ...]:
        """A point in the relative interior."""
        return self.cone.interior_point()

    def vertices(self) -> list[tuple[Fraction, ...]]:
        """The vertices, sorted; a piece that contains a line has none."""
        if self.cone.lines:
            return []
        return sorted(tuple(Fraction(x, ray[-1]) for x in ray[:-1]) for ray in self.cone.rays if ray[-1])

    def facet_cone(self, k: int) -> Cone:
        """The facet on which `facets[k]` vanishes, of dimension n - 2."""
        return self.cone.at_zero(self.facets[k])


def oriented(row: Iterable[int]) -> Row:
    """The primitive row of the same hyperplane whose first entry that is not 0 is positive.

    >>> oriented((0, -2, 4))
    (0, 1, -2)
    """
    entries = primitive(row)
    lead = next((entry for entry in entries if entry), 1)
    return entries if lead > 0 else tuple(-entry for entry in entries)


def reduced(row: Row, plane: Row) -> Row:
    """The primitive row with the same values on a hyperplane, up to a positive factor, that vanishes at its pivot.

    >>> reduced((1, 0, 0), (1, 1, -1))
    (0, -1, 1)
    """
    pivot = next(k for k, entry in enumerate(plane) if entry)
    return primitive(plane[pivot] * a - row[pivot] * b for a, b in zip(row, plane, strict=True))
