"""The set of all boundaries of a network, as Theorem 2 is given it: pieces without labels, in no meaningful order.

Knows closed convex pieces and decides equality of their unions, however they are cut. Does not know which neuron a
piece belongs to, nor which side is active: whoever reconstructs a network from the set has to find that out. Made from
networks by the geometry, taken apart by the recovery; it stands below both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from exactrev.boundary_sets.cones import Cone
from exactrev.boundary_sets.pieces import Piece

__all__ = ["BoundarySet"]

Point = tuple[Fraction, ...]


@dataclass(frozen=True, slots=True, eq=False)
class BoundarySet:
    """A union of pieces in R^n, listed in an order that their equations alone determine, each once.

    Two sets are equal if they have the same points:

    >>> halves = [Piece.from_rows((0, 1, 0), [(1, 0, 0)]), Piece.from_rows((0, 1, 0), [(-1, 0, 0)])]
    >>> BoundarySet(2, halves) == BoundarySet(2, [Piece.from_rows((0, 3, 0), [])])
    True
    >>> BoundarySet(2, halves[:1]) == BoundarySet(2, halves)
    False

    Raises `ValueError` for pieces of another dimension.
    """

    n_in: int
    pieces: tuple[Piece, ...]

    def __init__(self, n_in: int, pieces: Iterable[Piece]) -> None:
        found = set(pieces)
        if n_in < 1 or any(piece.n_in != n_in for piece in found):
            raise ValueError(f"pieces of boundaries in R^{n_in} need {n_in + 1} coefficients each, and n >= 1")
        object.__setattr__(self, "n_in", n_in)
        object.__setattr__(
            self, "pieces", tuple(sorted(found, key=lambda piece: (piece.hyperplane, len(piece.facets), piece.facets)))
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, BoundarySet):
            return NotImplemented
        if self.n_in != other.n_in or self.hyperplanes != other.hyperplanes:
            return False
        if self.pieces == other.pieces:
            return True
        return self.find_point_outside(other) is None and other.find_point_outside(self) is None

    def __hash__(self) -> int:
        return hash((self.n_in, self.hyperplanes))

    def __len__(self) -> int:
        return len(self.pieces)

    @property
    def hyperplanes(self) -> frozenset[tuple[int, ...]]:
        """The hyperplanes that contain a piece; they do not depend on how the set is cut."""
        return frozenset(piece.hyperplane for piece in self.pieces)

    def contains(self, point: Sequence[Fraction]) -> bool:
        """Whether the point is on some boundary."""
        return any(piece.contains(point) for piece in self.pieces)

    def find_point_outside(self, other: BoundarySet) -> Point | None:
        """A point of this set that is not in the other one, or None if all are.

        Inside one hyperplane, the pieces of the other set are subtracted one after the other. What is left has
        dimension n - 1 or nothing is: pieces are closed, and those of other hyperplanes cover nothing of that
        dimension.
        """
        by_plane: dict[tuple[int, ...], list[Piece]] = {}
        for piece in other.pieces:
            by_plane.setdefault(piece.hyperplane, []).append(piece)
        same = set(other.pieces)
        for piece in self.pieces:
            if piece not in same:
                rest = _find_rest(piece.cone, by_plane.get(piece.hyperplane, []), self.n_in - 1)
                if rest is not None:
                    return _point_off(rest, other)
        return None


def _find_rest(cone: Cone, pieces: Sequence[Piece], dimension: int) -> Cone | None:
    """A part of the cone, of full dimension, whose interior meets none of the pieces."""
    if cone.dimension < dimension:
        return None
    if not pieces:
        return cone
    for facet in pieces[0].facets:
        beyond = _find_rest(cone.at_least(tuple(-entry for entry in facet)), pieces[1:], dimension)
        if beyond is not None:
            return beyond
        cone = cone.at_least(facet)
        if cone.dimension < dimension:
            return None
    return None


def _point_off(rest: Cone, other: BoundarySet) -> Point:
    """A point in the relative interior of a cone that is on no piece which only crosses it.

    The value of a form at the k-th candidate is a polynomial in k up to a factor, and not 0 unless the form vanishes on
    the whole cone; so only finitely many candidates fail.
    """
    vertices = [[Fraction(x, ray[-1]) for x in ray[:-1]] for ray in rest.rays if ray[-1]]
    directions = [[Fraction(x) for x in ray[:-1]] for ray in (*rest.rays, *rest.lines) if not ray[-1]]
    k = 0
    while True:
        k += 1
        weights = [Fraction(k) ** i for i in range(len(vertices) + len(directions))]
        total = sum(weights[: len(vertices)])
        columns = zip(*vertices, *directions, strict=True)
        point = tuple(sum(map(Fraction.__mul__, weights, column), Fraction(0)) / total for column in columns)
        if not other.contains(point):
            return point
