"""Vertices and signs in exact integers: the last word wherever the floating point bounds leave a sign open.

Raises `Misjudged` if the forms that should vanish at a vertex are dependent: then an earlier guess was wrong.

Knows the integer layers of the network and the walls. Everything goes in batches, because turning Python integers into
flint matrices and back costs more than the arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

import flint
import numpy as np

from exactrev.geometry.domain import Domain, Simplex
from exactrev.geometry.skeleton import Int8Array, Int32Array, Misjudged
from exactrev.network import Network, Point

__all__ = ["ExactNetwork"]

Row = list[flint.fmpz]


class ExactNetwork:
    """Integer images of the hidden layers and of the walls; ids as in `Skeleton`."""

    def __init__(self, net: Network, domain: Domain) -> None:
        self.net = net
        self.layers = [layer.homogeneous() for layer in net.layers[:-1]]
        self.offsets: list[int] = [0, *np.cumsum(net.hidden_widths, dtype=int).tolist()]
        self.M = self.offsets[-1]
        self.walls: list[Row] = []
        for normal, constant in domain.walls():
            q = constant.denominator
            self.walls.append([*(flint.fmpz(a * q) for a in normal), flint.fmpz(constant.numerator)])
        self.wall_speeds = domain.wall_speeds() if isinstance(domain, Simplex) else ()
        self._layer_of = [p for p, width in enumerate(net.hidden_widths, start=1) for _ in range(width)]

    def forms(self, ids: Sequence[int], signs: Sequence[Int8Array]) -> list[Row]:
        """Each requested form (g, c), up to a positive factor, in the cell where the neurons with sign +1 are active.

        `signs[r]` holds the signs of all neurons at the point of request r (only earlier layers are looked at).
        """
        rows: dict[int, Row] = {}
        waiting: list[int] = []
        by_layer: dict[int, list[int]] = {}
        for r, i in enumerate(ids):
            if i >= self.M:
                rows[r] = self.walls[i - self.M]
            else:
                by_layer.setdefault(self._layer_of[i], []).append(r)
        for p in range(max(by_layer, default=0), 0, -1):
            matrix = self.layers[p - 1]
            if waiting:
                low, high = self.offsets[p - 1], self.offsets[p]
                masked = []
                for r in waiting:
                    row, active = rows[r], signs[r][low:high] > 0
                    masked.append([c if on else 0 for c, on in zip(row, active.tolist(), strict=False)] + [row[-1]])
                product = flint.fmpz_mat(masked) * matrix
                rows.update(zip(waiting, product.tolist(), strict=True))
            for r in by_layer.get(p, ()):
                index = ids[r] - self.offsets[p - 1]
                rows[r] = [matrix[index, c] for c in range(matrix.ncols())]
                waiting.append(r)
        return [rows[r] for r in range(len(ids))]

    def points(self, tight: Int32Array, signs: Int8Array) -> list[Point]:
        """The vertices at which the forms `tight` (vertices, n) vanish; `signs` is (neurons, vertices)."""
        return [self._solve(rows, [-row[-1] for row in rows], ids) for rows, ids in self._systems(tight, signs)]

    def directions(self, tight: Int32Array, signs: Int8Array) -> list[Point]:
        """dv/dR of the same vertices: how they move as the walls of the simplex recede."""
        answers = []
        for rows, ids in self._systems(tight, signs):
            right = [flint.fmpz(0 if i < self.M else -self.wall_speeds[i - self.M]) for i in ids]
            answers.append(self._solve(rows, right, ids))
        return answers

    def signs_at(self, points: Sequence[Point]) -> Int8Array:
        """The signs of all hidden neurons at given points, shape (neurons, points)."""
        vectors = self.net.sign_vectors(points)
        return np.array([[s for layer in vector for s in layer] for vector in vectors], np.int8).reshape(
            len(points), self.M
        ).T

    def linear_signs(self, directions: Sequence[Point], signs: Int8Array) -> Int8Array:
        """The signs of the linear parts of all neurons along given directions, in the cells given by `signs`."""
        columns = _columns(directions)
        found = np.zeros((self.M, len(directions)), np.int8)
        for p, matrix in enumerate(self.layers, start=1):
            low, high = self.offsets[p - 1], self.offsets[p]
            width = matrix.nrows() - 1
            linear = flint.fmpz_mat([[matrix[i, c] for c in range(matrix.ncols() - 1)] for i in range(width)])
            table = (linear * columns).tolist()
            found[low:high] = [[(entry > 0) - (entry < 0) for entry in row] for row in table]
            active = (signs[low:high] > 0).tolist()
            masked = zip(table, active, strict=True)
            columns = flint.fmpz_mat([[e if on else 0 for e, on in zip(*pair, strict=True)] for pair in masked])
        return found

    def _systems(self, tight: Int32Array, signs: Int8Array) -> list[tuple[list[Row], list[int]]]:
        n = tight.shape[1]
        per_vertex = [np.ascontiguousarray(signs[: self.M, v]) for v in range(len(tight))]
        forms = self.forms(tight.ravel().tolist(), [s for s in per_vertex for _ in range(n)])
        return [(forms[v * n : (v + 1) * n], tight[v].tolist()) for v in range(len(tight))]

    @staticmethod
    def _solve(rows: list[Row], right: list[flint.fmpz], ids: list[int]) -> Point:
        n = len(rows)
        try:
            solution = flint.fmpz_mat([row[:-1] for row in rows]).solve(flint.fmpz_mat(n, 1, right))
        except ZeroDivisionError:
            raise Misjudged(f"the forms that vanish at a vertex are dependent: {ids}") from None
        return tuple(Fraction(int(solution[i, 0].p), int(solution[i, 0].q)) for i in range(n))


def _columns(vectors: Sequence[Point]) -> flint.fmpz_mat:
    """Each vector times a positive number that makes it integral, as columns."""
    rows = []
    for vector in vectors:
        q = lcm(*(entry.denominator for entry in vector))
        rows.append([entry.numerator * (q // entry.denominator) for entry in vector])
    return flint.fmpz_mat(rows).transpose()
