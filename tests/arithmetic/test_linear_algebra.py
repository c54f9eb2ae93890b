"""Linear algebra over QQ and over rational functions: the same functions, the same certificates."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, permutations
from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import QQ, Float, Rational, sqrt, symbols
from sympy.polys.polyerrors import CoercionFailed

from exactrev.arithmetic.linear_algebra import Inconsistent, Solution, determinant, matrix, nullspace, rank, solve
from exactrev.arithmetic.numbers import lift
from exactrev.errors import InexactInput

u, v = symbols("u v")
LETTERS = QQ.frac_field(u, v)
numbers = st.fractions(min_value=-3, max_value=3, max_denominator=3)
# 1/2, 2u - 1, u v, 1/(u + 1), ...: few enough that dependent rows are common
expressions = st.sampled_from([0, 0, 1, -1, Rational(1, 2), u, 2 * u - 1, v, u * v, 1 / (u + 1), u / v])
FIELDS = {"numbers": (QQ, numbers), "letters": (LETTERS, expressions)}


@st.composite
def systems(draw, kind, max_rows=3, max_columns=3):
    """(field, rows, b): about half of the rows repeat a multiple of an earlier one, with a right side that may not."""
    field, entries = FIELDS[kind]
    n = draw(st.integers(1, max_columns))
    rows, right = [], []
    for _ in range(draw(st.integers(1, max_rows))):
        if rows and draw(st.booleans()):
            source = draw(st.integers(0, len(rows) - 1))
            factor = draw(entries)
            rows.append([factor * entry for entry in rows[source]])
            right.append(factor * right[source] + draw(st.sampled_from([0, 0, 1])))
        else:
            rows.append(draw(st.lists(entries, min_size=n, max_size=n)))
            right.append(draw(entries))
    return field, rows, right


def leibniz(square, one):
    total = 0 * one
    for p in permutations(range(len(square))):
        inversions = sum(p[i] > p[j] for i, j in combinations(range(len(p)), 2))
        total += (-1) ** inversions * prod((square[i][p[i]] for i in range(len(p))), start=one)
    return total


def rank_by_minors(A):
    m, n = A.shape
    table = A.to_list()
    for size in range(min(m, n), 0, -1):
        for rows in combinations(table, size):
            for columns in combinations(range(n), size):
                if leibniz([[row[j] for j in columns] for row in rows], A.domain.one):
                    return size
    return 0


def with_entry(vector, place, value):
    return (*vector[:place], value, *vector[place + 1 :])


@pytest.mark.parametrize("kind", FIELDS)
@given(data=st.data())
@settings(max_examples=60)
def test_the_rank_is_the_size_of_the_largest_minor_that_does_not_vanish(kind, data):
    field, rows, _ = data.draw(systems(kind))
    A = matrix(rows, field)
    assert rank(A) == rank_by_minors(A)


@pytest.mark.parametrize("kind", FIELDS)
@given(data=st.data())
@settings(max_examples=60)
def test_the_nullspace_is_what_the_matrix_annihilates(kind, data):
    field, rows, _ = data.draw(systems(kind))
    A = matrix(rows, field)
    basis = nullspace(A)
    assert len(basis) == len(rows[0]) - rank_by_minors(A)
    for vector in basis:
        for row in A.to_list():
            assert sum((a * x for a, x in zip(row, vector, strict=True)), start=field.zero) == field.zero
    assert not basis or rank_by_minors(matrix(basis, field)) == len(basis)


@pytest.mark.parametrize("kind", FIELDS)
@given(data=st.data())
@settings(max_examples=60)
def test_the_determinant_is_the_signed_sum_over_permutations(kind, data):
    field, entries = FIELDS[kind]
    n = data.draw(st.integers(1, 3))
    A = matrix(data.draw(st.lists(st.lists(entries, min_size=n, max_size=n), min_size=n, max_size=n)), field)
    assert determinant(A) == leibniz(A.to_list(), field.one)


@pytest.mark.parametrize("kind", FIELDS)
@given(data=st.data())
@settings(max_examples=80)
def test_a_system_is_solved_or_contradicted_and_either_is_certified(kind, data):
    field, rows, right = data.draw(systems(kind))
    A = matrix(rows, field)
    outcome = solve(A, right)
    assert outcome.check(A, right)
    # Kronecker-Capelli: a solution exists exactly if the right side adds nothing to the rank, and is unique exactly
    # if the columns are independent.
    extended = matrix([[*row, value] for row, value in zip(rows, right, strict=True)], field)
    assert isinstance(outcome, Solution) == (rank_by_minors(extended) == rank_by_minors(A))
    if isinstance(outcome, Solution):
        assert outcome.is_unique == (rank_by_minors(A) == len(rows[0]))


@pytest.mark.parametrize("kind", FIELDS)
@given(data=st.data())
@settings(max_examples=80)
def test_a_changed_answer_is_rejected(kind, data):
    field, rows, right = data.draw(systems(kind))
    A = matrix(rows, field)
    outcome = solve(A, right)
    if isinstance(outcome, Inconsistent):
        assert not Inconsistent((*outcome.combination, field.zero)).check(A, right)
        assert not Inconsistent((field.zero,) * len(rows)).check(A, right)
        for i in range(len(rows)):
            changed = Inconsistent(with_entry(outcome.combination, i, outcome.combination[i] + field.one))
            # Still a proof exactly if equation i reads 0 = 0.
            assert changed.check(A, right) == (not any(A.to_list()[i]) and right[i] == 0)
        return
    assert not Solution((*outcome.point, field.zero), outcome.directions).check(A, right)
    for j in range(len(rows[0])):
        moved = Solution(with_entry(outcome.point, j, outcome.point[j] + field.one), outcome.directions)
        # Still a solution exactly if column j is zero.
        column_is_zero = not any(row[j] for row in A.to_list())
        assert moved.check(A, right) == column_is_zero
        for k, direction in enumerate(outcome.directions):
            bent = with_entry(outcome.directions, k, with_entry(direction, j, direction[j] + field.one))
            assert column_is_zero or not Solution(outcome.point, bent).check(A, right)
    if outcome.directions:
        assert not Solution(outcome.point, outcome.directions[1:]).check(A, right), "a direction is missing"
        doubled = (*outcome.directions[1:], outcome.directions[1 % len(outcome.directions)])
        assert len(doubled) == 1 or not Solution(outcome.point, doubled).check(A, right), "dependent"
        zero = ((field.zero,) * len(rows[0]), *outcome.directions[1:])
        assert not Solution(outcome.point, zero).check(A, right), "a zero direction is none"
    else:
        assert not Solution(outcome.point, (outcome.point,)).check(A, right) or not any(outcome.point)


@given(systems("numbers"), st.data())
def test_a_line_of_algebra_in_letters_holds_for_numbers(system, data):
    """Solving with a letter for one entry and then putting the number in gives the solution in numbers."""
    _, rows, right = system
    i = data.draw(st.integers(0, len(rows) - 1))
    j = data.draw(st.integers(0, len(rows[0]) - 1))
    lettered = [list(row) for row in rows]
    lettered[i][j] = u
    field = QQ.frac_field(u)
    A = matrix(lettered, field)
    outcome = solve(A, right)
    value = rows[i][j]
    if isinstance(outcome, Solution):
        denominators = prod((entry.denom for entry in outcome.point), start=field.one.numer)
        if denominators.evaluate(0, QQ(value.numerator, value.denominator)):
            point = [lift(field.to_sympy(entry).subs(u, Rational(value.numerator, value.denominator)))
                     for entry in outcome.point]
            for row, bound in zip(rows, right, strict=True):
                assert sum(a * x for a, x in zip(row, point, strict=True)) == bound


def test_numbers_and_letters_of_every_kind_become_elements_of_the_field():
    A = matrix([[1, 0.5, "1/3", Fraction(1, 4)], [Rational(1, 5), u, QQ(1, 7), LETTERS.from_sympy(v)]], LETTERS)
    assert A.shape == (2, 4)
    assert A.domain == LETTERS
    assert A[0, 1].element == LETTERS.from_sympy(Rational(1, 2))
    assert all(LETTERS.of_type(entry) for row in A.to_list() for entry in row)


def test_matrices_are_dense_and_over_the_rationals_they_are_flints():
    assert type(matrix([[1, 2]]).rep).__name__ == "DFM"
    assert matrix([[1, u]], LETTERS).rep.fmt == "dense"


def test_empty_matrices_have_the_algebra_of_zero_dimensional_spaces():
    nothing = matrix([], columns=2)
    assert nothing.shape == (0, 2)
    assert rank(nothing) == 0
    assert len(nullspace(nothing)) == 2
    free = solve(nothing, [])
    assert isinstance(free, Solution)
    assert free.check(nothing, [])
    assert len(free.directions) == 2
    assert determinant(matrix([])) == 1
    contradiction = solve(matrix([[], []], columns=0), [0, 3])
    assert isinstance(contradiction, Inconsistent)
    assert contradiction.check(matrix([[], []], columns=0), [0, 3])


def test_bad_matrices_are_refused():
    with pytest.raises(ValueError, match="lengths"):
        matrix([[1, 2], [3]])
    with pytest.raises(ValueError, match="columns"):
        matrix([[1, 2]], columns=3)
    with pytest.raises(ValueError, match="determinant"):
        determinant(matrix([[1, 2]]))
    with pytest.raises(ValueError, match="right-hand"):
        solve(matrix([[1, 2]]), [1, 2])
    for inexact in (float("nan"), True, None, Float("0.1"), Float("0.5") * u, 1j):
        with pytest.raises(InexactInput):
            matrix([[inexact]], LETTERS)
    with pytest.raises(CoercionFailed):
        matrix([[sqrt(2)]])
    with pytest.raises(CoercionFailed):
        matrix([[u]])
