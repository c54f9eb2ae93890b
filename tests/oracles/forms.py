"""Affine forms with integer coefficients, and the preactivations of a network as such forms on one cell.

A form (a_1, ..., a_n, c) stands for x -> a·x + c and is kept primitive (coefficients without a common factor), which
changes it by a positive factor only: its sign is what matters. A point is homogeneous: (P_1, ..., P_n, q) with q > 0
stands for P/q. So the sign of a form at a point is the sign of one integer dot product.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import gcd, lcm

from exactrev.network import Network, SignVector

__all__ = [
    "Form",
    "HomogeneousPoint",
    "Walls",
    "as_fractions",
    "as_homogeneous",
    "dot",
    "find_affine_map",
    "find_forms",
    "find_layer_forms",
    "is_constant",
    "is_zero",
    "negated",
    "primitive",
    "sign",
    "walls_of_box",
]

Form = tuple[int, ...]
HomogeneousPoint = tuple[int, ...]
Walls = tuple[Form, ...]


def dot(left: Sequence[int], right: Sequence[int]) -> int:
    return sum(a * b for a, b in zip(left, right, strict=True))


def sign(value: int | Fraction) -> int:
    return (value > 0) - (value < 0)


def primitive(row: Sequence[int]) -> Form:
    """The same form divided by the greatest common divisor of its coefficients."""
    common = gcd(*row)
    return tuple(row) if common in (0, 1) else tuple(entry // common for entry in row)


def negated(form: Form) -> Form:
    return tuple(-entry for entry in form)


def is_zero(form: Form) -> bool:
    return not any(form)


def is_constant(form: Form) -> bool:
    return not any(form[:-1])


def as_homogeneous(point: Iterable[Fraction]) -> HomogeneousPoint:
    coordinates = list(point)
    q = lcm(*(x.denominator for x in coordinates))
    return (*(x.numerator * (q // x.denominator) for x in coordinates), q)


def as_fractions(point: HomogeneousPoint) -> tuple[Fraction, ...]:
    return tuple(Fraction(entry, point[-1]) for entry in point[:-1])


def walls_of_box(lo: Sequence[Fraction], hi: Sequence[Fraction]) -> Walls:
    """The forms that are positive inside the box: x_j - lo_j and hi_j - x_j."""
    n = len(lo)
    walls: list[Form] = []
    for j in range(n):
        for side, bound in ((1, lo[j]), (-1, hi[j])):
            row = [0] * n
            row[j] = side * bound.denominator
            walls.append(primitive([*row, -side * bound.numerator]))
    return tuple(walls)


def find_layer_forms(net: Network, signs: SignVector) -> tuple[list[list[int]], int]:
    """The preactivations of layer len(signs)+1 where the earlier layers have these signs: integer rows, denominator.

    A neuron of sign 0 or -1 passes on 0. The rows are not primitive: row/denominator is the preactivation itself.
    """
    n = net.n_in
    activations = [[int(i == j) for j in range(n + 1)] for i in range(n)]
    denominator = 1
    for k, layer in enumerate(net.layers[: len(signs) + 1]):
        rows = []
        for *weights, bias in layer.rows:
            row = [0] * n + [bias * denominator]
            for weight, activation in zip(weights, activations, strict=True):
                if weight:
                    row = [entry + weight * a for entry, a in zip(row, activation, strict=True)]
            rows.append(row)
        denominator *= layer.denominator
        if k < len(signs):
            activations = [row if s > 0 else [0] * (n + 1) for row, s in zip(rows, signs[k], strict=True)]
    return rows, denominator


def find_forms(net: Network, signs: SignVector) -> list[list[Form]]:
    """The primitive forms of all hidden preactivations on the cell with these signs, layer by layer."""
    return [[primitive(row) for row in find_layer_forms(net, signs[:k])[0]] for k in range(net.depth)]


def find_affine_map(net: Network, signs: SignVector) -> tuple[tuple[tuple[Fraction, ...], ...], tuple[Fraction, ...]]:
    """N on the cell with these signs: (W, b)."""
    rows, denominator = find_layer_forms(net, signs)
    matrix = tuple(tuple(Fraction(entry, denominator) for entry in row[:-1]) for row in rows)
    return matrix, tuple(Fraction(row[-1], denominator) for row in rows)
