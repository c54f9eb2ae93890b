"""Matrices of integers, on flint: clearing denominators, rank and nullspace, at the speed that geometry needs.

Knows integers and rationals only; `linear_algebra` does the same over any field, where letters may stand for numbers,
and takes sympy to do it. Rows are sequences of Python integers, and so is what comes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import Any

import flint

from exactrev.arithmetic.numbers import lift

__all__ = ["clear_denominators", "integer_nullspace", "integer_rank"]


def clear_denominators(row: Iterable[Any]) -> tuple[tuple[int, ...], Fraction]:
    """The primitive integer row (no common divisor) that is a positive multiple of a rational row, and the multiple.

    >>> clear_denominators(["1/2", 3, -1])
    ((1, 6, -2), Fraction(2, 1))
    """
    entries = [entry if type(entry) in (int, Fraction) else lift(entry) for entry in row]
    denominator = lcm(*(entry.denominator for entry in entries))
    integers = [entry.numerator * (denominator // entry.denominator) for entry in entries]
    divisor = gcd(*integers)
    if divisor > 1:
        integers = [entry // divisor for entry in integers]
    return tuple(integers), Fraction(denominator, divisor or 1)


def integer_rank(rows: Sequence[Sequence[int]]) -> int:
    """The rank of the matrix with these rows; no rows have rank 0.

    >>> integer_rank([[1, 2, 3], [2, 4, 6], [0, 1, 0]])
    2
    """
    return int(flint.fmpz_mat([*map(list, rows)]).rank()) if rows else 0


def integer_nullspace(rows: Sequence[Sequence[int]]) -> list[tuple[int, ...]]:
    """A basis, in primitive integer vectors, of {x : rows x = 0}. There has to be a row to tell the dimension.

    >>> integer_nullspace([[1, 2, 3], [0, 1, 1]])
    [(1, 1, -1)]
    """
    basis, nullity = flint.fmpz_mat([*map(list, rows)]).nullspace()
    columns = basis.transpose().tolist()[: int(nullity)]
    return [clear_denominators(map(int, column))[0] for column in columns]
