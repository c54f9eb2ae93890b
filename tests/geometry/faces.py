"""Faces of B[z] taken one by one: an oracle for what happens below dimension n - 1, from linear programs alone.

On a closed cell z has one sign, so it vanishes on one face of the cell, possibly empty. A face is known by the signs of
all preactivations (and of the walls of a box) at a point in its relative interior.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import flint
from oracles import brute_force
from oracles.brute_force import inequalities
from oracles.complexes import Box
from oracles.forms import Form, as_fractions, dot, is_constant, negated, walls_of_box
from oracles.simplex import find_common_point, maximise

from exactrev.network import Network, Neuron, Point, SignVector

__all__ = ["BoundaryFace", "BoundaryFaces"]


@dataclass(frozen=True)
class BoundaryFace:
    """A point in the relative interior, the dimension, a basis of the directions, and whether it lies in a wall."""

    point: Point
    directions: tuple[tuple[int, ...], ...]
    is_in_wall: bool

    @property
    def dimension(self) -> int:
        return len(self.directions)


class BoundaryFaces:
    """The faces on which neurons vanish, over R^n or in a closed box."""

    def __init__(self, net: Network, box: Box | None = None) -> None:
        self.net = net
        self.walls = walls_of_box(*box) if box is not None else ()
        self.closures = {signs: inequalities(net, signs) for signs in brute_force(net, box).cells}
        self._known: dict[tuple[SignVector, Neuron], BoundaryFace | None] = {}

    def cells_around(self, point: Point) -> list[SignVector]:
        """The cells whose closure contains a point."""
        return [
            signs
            for signs, closure in self.closures.items()
            if all(_value(form, point) >= 0 for form in closure.values())
        ]

    def face(self, signs: SignVector, neuron: Neuron) -> BoundaryFace | None:
        """Where the neuron vanishes on the closure of a cell; None if nowhere."""
        if (signs, neuron) not in self._known:
            closure = self.closures[signs]
            equations = [closure[neuron]] if neuron in closure else []
            self._known[signs, neuron] = self._find_face([*closure.values(), *self.walls], equations)
        return self._known[signs, neuron]

    def n_isolated(self, neuron: Neuron) -> int:
        """The maximal faces of B[z] that lie on no piece (a face of dimension n - 1 off the walls), no thick cell."""
        found = set()
        for signs in self.closures:
            face = self.face(signs, neuron)
            if face is None:
                continue
            around = [self.face(other, neuron) for other in self.cells_around(face.point)]
            if any(other.dimension >= self.net.n_in - (not other.is_in_wall) for other in around if other is not None):
                continue
            if all(other.dimension <= face.dimension for other in around if other is not None):
                found.add((self.net.sign_vector(face.point), tuple(_value(w, face.point) == 0 for w in self.walls)))
        return len(found)

    def touches_wall(self, neuron: Neuron) -> bool:
        """Does B[z] meet a side of the box?"""
        for closure in self.closures.values():
            equations = [closure[neuron], negated(closure[neuron])] if neuron in closure else []
            for wall in self.walls:
                forms = [*closure.values(), *self.walls, *equations, negated(wall)]
                if find_common_point(forms, self.net.n_in) is not None:
                    return True
        return False

    def bends_at(self, neuron: Neuron, point: Point) -> bool:
        """Is B[z] near a point of it in no hyperplane? The directions of its faces there span everything."""
        spanned: list[tuple[int, ...]] = []
        for signs in self.cells_around(point):
            closure = self.closures[signs]
            if neuron not in closure:
                return True
            cone = [(*form[:-1], 0) for form in closure.values() if _value(form, point) == 0]
            face = self._find_face(cone, [(*closure[neuron][:-1], 0)])
            if face is not None:
                spanned += face.directions
        return _rank(spanned) == self.net.n_in

    def codimension_at(self, point: Point) -> int:
        """The codimension of the face of the complex that a point lies on."""
        closure = self.closures[self.cells_around(point)[0]]
        return _rank([form[:-1] for form in closure.values() if _value(form, point) == 0])

    def _find_face(self, forms: Sequence[Form], equations: Sequence[Form]) -> BoundaryFace | None:
        """The polyhedron where the forms are not negative and the equations hold."""
        n = self.net.n_in
        constraints = [*dict.fromkeys(forms), *equations, *map(negated, equations)]
        start = find_common_point(constraints, n)
        if start is None:
            return None
        points = [as_fractions(start)]
        fixed = [form[:-1] for form in equations]
        for form in dict.fromkeys(forms):
            if dot(form, start) > 0 or is_constant(form):
                continue
            result = maximise(form, constraints, start, stop_above_zero=True)
            if result.ray is not None:
                end = as_fractions(result.point)
                points.append(tuple(x + Fraction(d) for x, d in zip(end, result.ray, strict=True)))
            elif result.value > 0:
                points.append(as_fractions(result.point))
            else:
                fixed.append(form[:-1])  # zero on all of the polyhedron
        centre = tuple(sum(column, Fraction(0)) / len(points) for column in zip(*points, strict=True))
        return BoundaryFace(centre, _kernel(fixed, n), any(_value(wall, centre) == 0 for wall in self.walls))


def _value(form: Form, point: Point) -> Fraction:
    return sum((a * x for a, x in zip(form, point, strict=False)), Fraction(form[-1]))


def _kernel(rows: Sequence[Sequence[int]], n: int) -> tuple[tuple[int, ...], ...]:
    """A basis of the directions along which all rows are constant."""
    if not rows:
        return tuple(tuple(int(i == j) for j in range(n)) for i in range(n))
    basis, dimension = flint.fmpz_mat([list(row) for row in rows]).nullspace()
    return tuple(tuple(int(basis[i, j]) for i in range(n)) for j in range(dimension))


def _rank(rows: Sequence[Sequence[int]]) -> int:
    return int(flint.fmpz_mat([list(row) for row in rows]).rank()) if rows else 0
