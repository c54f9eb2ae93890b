"""Integer matrices: denominators, rank and nullspace, against determinants of minors by Leibniz' formula."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, permutations
from math import gcd, prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exactrev.arithmetic.integer_matrices import clear_denominators, integer_nullspace, integer_rank
from exactrev.errors import InexactInput

entries = st.integers(-3, 3)


@st.composite
def integer_matrices(draw, max_rows=4, max_columns=4):
    """Matrices with at least one row and column, low ranks included: rows may repeat combinations of earlier ones."""
    n = draw(st.integers(1, max_columns))
    rows = []
    for _ in range(draw(st.integers(1, max_rows))):
        if rows and draw(st.booleans()):
            weights = draw(st.lists(entries, min_size=len(rows), max_size=len(rows)))
            rows.append([sum(w * row[j] for w, row in zip(weights, rows, strict=True)) for j in range(n)])
        else:
            rows.append(draw(st.lists(entries, min_size=n, max_size=n)))
    return rows


def leibniz(square):
    """The determinant as the signed sum over permutations."""
    total = 0
    for p in permutations(range(len(square))):
        inversions = sum(p[i] > p[j] for i, j in combinations(range(len(p)), 2))
        total += (-1) ** inversions * prod(square[i][p[i]] for i in range(len(p)))
    return total


def rank_by_minors(rows):
    """The size of the largest square submatrix with a determinant that is not zero."""
    m, n = len(rows), len(rows[0])
    for size in range(min(m, n), 0, -1):
        for chosen_rows in combinations(rows, size):
            for columns in combinations(range(n), size):
                if leibniz([[row[j] for j in columns] for row in chosen_rows]):
                    return size
    return 0


@given(integer_matrices())
def test_the_rank_is_the_size_of_the_largest_minor_that_does_not_vanish(rows):
    assert integer_rank(rows) == rank_by_minors(rows)


@given(integer_matrices())
def test_the_nullspace_is_annihilated_independent_primitive_and_as_large_as_the_rank_leaves(rows):
    basis = integer_nullspace(rows)
    assert len(basis) == len(rows[0]) - rank_by_minors(rows)
    assert all(sum(a * x for a, x in zip(row, vector, strict=True)) == 0 for row in rows for vector in basis)
    assert all(gcd(*vector) == 1 for vector in basis)
    assert not basis or rank_by_minors(basis) == len(basis)


def test_no_rows_have_rank_zero():
    assert integer_rank([]) == 0


@given(st.lists(st.fractions(max_denominator=50), min_size=1, max_size=5))
def test_cleared_rows_are_primitive_positive_multiples(row):
    integers, factor = clear_denominators(row)
    assert factor > 0
    assert [factor * entry for entry in row] == list(integers)
    assert all(type(entry) is int for entry in integers)
    assert gcd(*integers) == (1 if any(row) else 0)


def test_rows_of_anything_that_is_a_number_are_cleared():
    assert clear_denominators([0.5, "1/3", 2, Fraction(1, 6)]) == ((3, 2, 12, 1), 6)
    assert clear_denominators([]) == ((), 1)
    assert clear_denominators([0, 0]) == ((0, 0), 1)
    for refused in (True, float("nan"), None):
        with pytest.raises(InexactInput):
            clear_denominators([1, refused])
