"""Short vectors of integer lattices (LLL, on flint), and what they find: signs that a linear system leaves open.

Knows integers and rationals only. What is found is checked exactly; what is not found says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import flint

from exactrev.arithmetic.integer_matrices import clear_denominators

__all__ = ["find_sign_vector", "reduce_lattice"]


def reduce_lattice(rows: Sequence[Sequence[int]]) -> list[tuple[int, ...]]:
    """An LLL-reduced generating set of the lattice that the rows span: short, nearly orthogonal; zeros come first.

    >>> reduce_lattice([[11, 17], [13, 19]])
    [(2, 2), (-3, 3)]
    """
    if not rows:
        return []
    return [tuple(map(int, row)) for row in flint.fmpz_mat([*map(list, rows)]).lll().tolist()]


def find_sign_vector(A: Sequence[Sequence[Any]], b: Sequence[Any]) -> tuple[int, ...] | None:
    """A vector s of +1 and -1 with A s = b, or None if none is found; A of shape (m, n), m at least 1.

    None does not say that there is no such vector, and an answer does not say that it is the only one. With s = 2x - 1
    the system is A x = (b + A 1)/2 with x in {0, 1}, and s is a short vector of the lattice of Coster, Joux,
    LaMacchia, Odlyzko, Schnorr and Stern ("Improved low-density subset sum algorithms", 1992): of norm sqrt(n + 1),
    while the vectors that miss the equations are longer by far.

    >>> find_sign_vector([[3, 5, 11, 17]], [-4])
    (-1, 1, 1, -1)
    """
    m, n = len(A), len(A[0]) if A else 0
    if not n or len(b) != m or any(len(row) != n for row in A):
        raise ValueError(f"{m} equations of lengths {sorted({len(row) for row in A})} have {len(b)} right-hand sides")
    system = [clear_denominators([*row, value])[0] for row, value in zip(A, b, strict=True)]
    # The shortest reduced vector is at most 2**(n/2) times too long, so with this weight it satisfies every equation.
    weight = 2 ** (n // 2) * (n + 1)
    rows = [
        [*(2 * (i == j) for j in range(n)), 0, *(2 * weight * equation[i] for equation in system)] for i in range(n)
    ]
    rows.append([*[-1] * n, 1, *(-weight * sum(equation) for equation in system)])
    for vector in reduce_lattice(rows):
        if vector[n] in (1, -1):  # else it is not one of ours: 2x - 1 enters once, with either sign
            s = tuple(vector[n] * entry for entry in vector[:n])
            if _is_sign_solution(s, system):
                return s
    return None


def _is_sign_solution(s: Sequence[int], system: Sequence[Sequence[int]]) -> bool:
    return all(entry in (-1, 1) for entry in s) and all(
        sum(coefficient * entry for coefficient, entry in zip(equation[:-1], s, strict=True)) == equation[-1]
        for equation in system
    )
