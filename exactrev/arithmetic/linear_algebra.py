"""Linear algebra over any field: the rationals, or rational functions in letters that stand for numbers.

Knows sympy's `DomainMatrix`, with flint beneath it over QQ. The same line of code solves a system in numbers and
proves a fact about all numbers, so what is written on top of this is written once. Entries are elements of the field
and stay so; `lift` turns an element of QQ into a Fraction. For integer matrices in a hurry see `integer_matrices`.

>>> from sympy import QQ, symbols
>>> field = QQ.frac_field(symbols("w"))
>>> w, = field.gens
>>> determinant(matrix([[w, 1], [1, w]], field)) == w**2 - 1
True
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sympy import QQ, Expr, Float
from sympy.polys.matrices import DomainMatrix

from exactrev.arithmetic.numbers import lift
from exactrev.errors import InexactInput

__all__ = ["Inconsistent", "Solution", "determinant", "matrix", "nullspace", "rank", "solve"]

Element = Any
"""An element of the field: of `QQ.dtype`, or of the dtype of a field of rational functions."""

Vector = tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Solution:
    """A x = b exactly for x = point + any combination of the directions, which are a basis of the nullspace of A."""

    point: Vector
    directions: tuple[Vector, ...]

    @property
    def is_unique(self) -> bool:
        """Whether the point is the only solution."""
        return not self.directions

    def check(self, A: DomainMatrix, b: Sequence[Any]) -> bool:
        """Whether point and directions solve the system, are independent, and are as many as can be."""
        n = A.shape[1]
        if any(len(vector) != n for vector in (self.point, *self.directions)):
            return False
        directions = _dense(self.directions, n, A.domain)
        return bool(
            A * _column(self.point, A.domain) == _column(b, A.domain)
            and (A * directions.transpose()).is_zero_matrix
            and rank(directions) == len(self.directions) == n - rank(A)
        )


@dataclass(frozen=True, slots=True)
class Inconsistent:
    """No x has A x = b: the combination y of the equations says 0 = 1, since y A = 0 and y b = 1."""

    combination: Vector

    def check(self, A: DomainMatrix, b: Sequence[Any]) -> bool:
        """Whether the combination of the equations cannot hold."""
        if len(self.combination) != A.shape[0]:
            return False
        y = _column(self.combination, A.domain).transpose()
        return bool((y * A).is_zero_matrix and (y * _column(b, A.domain))[0, 0].element == A.domain.one)


def matrix(rows: Iterable[Iterable[Any]], field: Any = QQ, *, columns: int | None = None) -> DomainMatrix:
    """The matrix with these rows over the field. Where there may be no row at all, the number of columns is needed.

    Entries may be elements of the field, sympy expressions in its letters, and whatever `lift` takes. Raises
    `ValueError` for ragged rows, `InexactInput` for what is not a number, sympy's `CoercionFailed` for an expression
    that is not in the field.

    >>> matrix([["1/2", 3]]).shape
    (1, 2)
    """
    table = [tuple(_element(entry, field) for entry in row) for row in rows]
    width = columns if columns is not None else len(table[0]) if table else 0
    if any(len(row) != width for row in table):
        raise ValueError(f"rows of lengths {sorted({len(row) for row in table})} do not make {width} columns")
    return _dense(table, width, field)


def rank(A: DomainMatrix) -> int:
    """The rank of A over its field; over rational functions, the rank at every point off some polynomial's zeros.

    >>> rank(matrix([[1, 2], [2, 4]]))
    1
    """
    return int(A.rank())


def nullspace(A: DomainMatrix) -> tuple[Vector, ...]:
    """A basis of {x : A x = 0}, one vector for each dimension.

    >>> nullspace(matrix([[1, 2]]))
    ((-2, 1),)
    """
    return tuple(map(tuple, A.nullspace().to_list()))


def determinant(A: DomainMatrix) -> Element:
    """The determinant of a square matrix, an element of its field. Raises `ValueError` for another shape."""
    if A.shape[0] != A.shape[1]:
        raise ValueError(f"a matrix of shape {A.shape} has no determinant")
    return A.det()


def solve(A: DomainMatrix, b: Sequence[Any]) -> Solution | Inconsistent:
    """All solutions of A x = b, or the combination of the equations that shows that there are none.

    >>> solve(matrix([[1, 1], [1, -1]]), [3, 1])
    Solution(point=(2, 1), directions=())
    >>> solve(matrix([[1, 1], [2, 2]]), [3, 5])
    Inconsistent(combination=(2, -1))
    """
    right = _column(b, A.domain)
    if right.shape[0] != A.shape[0]:
        raise ValueError(f"{A.shape[0]} equations have {right.shape[0]} right-hand sides")
    n = A.shape[1]
    echelon, pivots = A.hstack(right).rref()
    if n in pivots:
        return Inconsistent(_find_contradiction(A, right))
    point = [A.domain.zero] * n
    for i, pivot in enumerate(pivots):
        point[pivot] = echelon[i, n].element
    return Solution(tuple(point), nullspace(A))


def _find_contradiction(A: DomainMatrix, right: DomainMatrix) -> Vector:
    """The combination of the rows of an inconsistent system that reads 0 = 1."""
    combinations = A.transpose().nullspace()
    values = (combinations * right).to_list()
    # One of the values is not zero: else b would be orthogonal to all that is orthogonal to the columns of A.
    place = next(i for i, (value,) in enumerate(values) if value)
    return tuple(entry / values[place][0] for entry in combinations.to_list()[place])


def _element(entry: Any, field: Any) -> Element:
    if field.of_type(entry):
        return entry
    if isinstance(entry, Expr) and not entry.is_Rational:
        if entry.has(Float):
            raise InexactInput("sympy rounds its Floats", expression=entry)
        return field.from_sympy(entry)
    value = lift(entry)
    return field.convert_from(QQ(value.numerator, value.denominator), QQ)


def _column(vector: Sequence[Any], field: Any) -> DomainMatrix:
    return matrix([[entry] for entry in vector], field, columns=1)


def _dense(rows: Iterable[Sequence[Element]], columns: int, field: Any) -> DomainMatrix:
    """Never sparse: over QQ the dense form is flint's, and 40 to 100 times faster."""
    table = list(map(list, rows))
    return DomainMatrix(table, (len(table), columns), field).to_dense()
