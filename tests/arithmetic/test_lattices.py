"""Lattice reduction: the same lattice, shorter vectors; and signs that satisfy a system, checked against all signs."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from random import Random

import flint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exactrev.arithmetic.lattices import find_sign_vector, reduce_lattice
from exactrev.errors import InexactInput

rows_of_integers = st.integers(1, 4).flatmap(
    lambda n: st.lists(st.lists(st.integers(-50, 50), min_size=n, max_size=n), min_size=1, max_size=4)
)


def hermite_form(rows):
    """The rows that are not zero of the Hermite normal form: equal exactly for equal lattices."""
    return [row for row in flint.fmpz_mat([*map(list, rows)]).hnf().tolist() if any(row)]


@given(rows_of_integers)
def test_a_reduced_basis_spans_the_same_lattice(rows):
    reduced = reduce_lattice(rows)
    assert hermite_form(reduced) == hermite_form(rows)
    assert len(reduced) == len(rows)
    assert all(type(entry) is int for row in reduced for entry in row)
    rank = flint.fmpz_mat(rows).rank()
    assert all(not any(row) for row in reduced[: len(rows) - rank]), "zeros come first"


@given(st.lists(st.lists(st.integers(-9, 9), min_size=2, max_size=2), min_size=2, max_size=2))
def test_the_first_vector_of_a_reduced_plane_basis_is_nearly_the_shortest(rows):
    (a, b), (c, d) = rows
    if a * d == b * c:
        return
    reduced = reduce_lattice(rows)
    # |first|^2 <= 2^(n-1) |shortest|^2 for every reduced basis with delta >= 3/4 (Lenstra, Lenstra, Lovasz 1982). A
    # vector no longer than the basis has coefficients of at most |rows|^2 / |det| <= 2 * 81 * 2 by Cramer's rule; the
    # reduced basis has smaller ones, so a few times of those are enough.
    (p, q), (r, s) = reduced
    shortest = min((i * p + j * r) ** 2 + (i * q + j * s) ** 2 for i, j in product(range(-5, 6), repeat=2) if i or j)
    assert p**2 + q**2 <= 2 * shortest


def test_no_rows_span_nothing():
    assert reduce_lattice([]) == []


@st.composite
def sign_systems(draw):
    n = draw(st.integers(1, 7))
    A = draw(st.lists(st.lists(st.fractions(-9, 9, max_denominator=4), min_size=n, max_size=n), min_size=1, max_size=3))
    if draw(st.booleans()):
        signs = draw(st.lists(st.sampled_from([-1, 1]), min_size=n, max_size=n))
        b = [sum(a * s for a, s in zip(row, signs, strict=True)) for row in A]
    else:
        b = draw(st.lists(st.fractions(-9, 9, max_denominator=4), min_size=len(A), max_size=len(A)))
    return A, b


@given(sign_systems())
def test_the_signs_found_satisfy_the_system_and_none_are_found_where_there_are_none(system):
    A, b = system
    solutions = {
        signs
        for signs in product((-1, 1), repeat=len(A[0]))
        if all(sum(a * s for a, s in zip(row, signs, strict=True)) == bound for row, bound in zip(A, b, strict=True))
    }
    found = find_sign_vector(A, b)
    assert found is None or found in solutions
    assert found is None or all(type(sign) is int for sign in found)
    if not solutions:
        assert found is None


@pytest.mark.parametrize(("n", "m", "bits"), [(1, 1, 3), (8, 2, 20), (10, 5, 10), (20, 10, 53), (40, 12, 53)])
def test_signs_are_found_where_the_numbers_have_enough_bits_to_fix_them(n, m, bits):
    # m * bits is larger than n several times, so that other signs would satisfy the equations only by a miracle.
    random = Random(n)
    A = [[Fraction(random.randint(-(2**bits), 2**bits) | 1, random.choice((1, 3, 2**20))) for _ in range(n)]
         for _ in range(m)]
    signs = tuple(random.choice((-1, 1)) for _ in range(n))
    b = [sum(a * s for a, s in zip(row, signs, strict=True)) for row in A]
    assert find_sign_vector(A, b) == signs
    b[0] += Fraction(1, 7)
    assert find_sign_vector(A, b) is None


def test_bad_systems_are_refused():
    for A, b in (([], []), ([[]], [0]), ([[1, 2], [3]], [0, 0]), ([[1, 2]], [])):
        with pytest.raises(ValueError, match="right-hand"):
            find_sign_vector(A, b)
    for inexact in (True, None, float("nan")):
        with pytest.raises(InexactInput):
            find_sign_vector([[1, 1]], [inexact])
