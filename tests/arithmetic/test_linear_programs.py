"""Linear programs: every answer is certified, agrees with Fourier-Motzkin elimination, and no altered one passes.

Every test of answers runs twice: once by the exact method alone, once from the guesses of HiGHS.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from exactrev.arithmetic import linear_programs
from exactrev.arithmetic.basis_guess import Guess
from exactrev.arithmetic.integer_matrices import clear_denominators
from exactrev.arithmetic.linear_programs import (
    EmptyInterior,
    Infeasible,
    InteriorPoint,
    Optimal,
    Unbounded,
    find_interior_point,
    maximise,
)
from exactrev.errors import InexactInput

numbers = st.one_of(st.integers(-3, 3), st.fractions(-2, 2, max_denominator=4))
per_example = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.fixture(params=["exact alone", "from a guess"])
def method(request, monkeypatch):
    """Small programs are solved without a guess; here both ways are forced on programs of every size."""
    monkeypatch.setattr(linear_programs, "_GUESS_FROM", 0 if request.param == "from a guess" else 10**9)


@st.composite
def systems(draw, max_rows=6, max_columns=3, zero_rows=True):
    """(A, b): parallel, opposite, repeated and zero rows are common, so flat and empty polyhedra are, too."""
    n = draw(st.integers(1, max_columns))
    A, b = [], []
    for _ in range(draw(st.integers(1, max_rows))):
        if A and draw(st.booleans()):
            factor = draw(st.sampled_from([-1, -1, 1, Fraction(1, 2), -2]))
            source = draw(st.integers(0, len(A) - 1))
            A.append([factor * entry for entry in A[source]])
            b.append(factor * b[source] + draw(st.sampled_from([0, 0, 1, -1])))
        else:
            A.append(draw(st.lists(numbers, min_size=n, max_size=n)))
            b.append(draw(numbers))
    assume(zero_rows or all(map(any, A)))
    return A, b


@st.composite
def programs(draw, **options):
    A, b = draw(systems(**options))
    return draw(st.lists(numbers, min_size=len(A[0]), max_size=len(A[0]))), A, b


def eliminate(rows, j):
    """Fourier-Motzkin: the rows (a, b) of {x : a x <= b} without x_j: bounds from either side are added."""
    kept = {row for row in rows if row[j] == 0}
    above = [row for row in rows if row[j] > 0]
    below = [row for row in rows if row[j] < 0]
    kept |= {
        clear_denominators([p / upper[j] - q / lower[j] for p, q in zip(upper, lower, strict=True)])[0]
        for upper in above
        for lower in below
    }
    return {tuple(map(Fraction, row)) for row in kept}


def eliminate_all(A, b, keep=0):
    rows = {tuple(map(Fraction, clear_denominators([*row, bound])[0])) for row, bound in zip(A, b, strict=True)}
    for j in range(keep, len(A[0])):
        rows = eliminate(rows, j)
    return rows


def supremum(c, A, b):
    """The least upper bound of c x over A x <= b by elimination: None if there is no x, else maybe infinite."""
    # One more unknown z in front, z <= c x; what is left bounds z alone.
    rows = eliminate_all([[1, *(-entry for entry in c)], *([0, *row] for row in A)], [0, *b], keep=1)
    if any(row[-1] < 0 for row in rows if row[0] == 0):
        return None
    return min((row[-1] / row[0] for row in rows if row[0] > 0), default=float("inf"))


def has_interior(A, b):
    """Whether A x < b has a solution: elimination adds strict inequalities to strict ones."""
    return all(row[-1] > 0 for row in eliminate_all(A, b))


def changed(vector, place, difference):
    return (*vector[:place], vector[place] + difference, *vector[place + 1 :])


# -- answers ---------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("method")
@given(programs())
@per_example
def test_every_program_gets_a_certified_answer_that_elimination_confirms(program):
    outcome = maximise(*program)
    assert outcome.check(*program)
    expected = supremum(*program)
    if expected is None:
        assert isinstance(outcome, Infeasible)
    elif expected == float("inf"):
        assert isinstance(outcome, Unbounded)
    else:
        assert isinstance(outcome, Optimal)
        assert outcome.value == expected


@pytest.mark.usefixtures("method")
@given(systems())
@per_example
def test_every_open_polyhedron_gets_a_point_or_a_proof_that_it_is_empty(system):
    outcome = find_interior_point(*system)
    assert outcome.check(*system)
    assert isinstance(outcome, InteriorPoint) == has_interior(*system)


@pytest.mark.usefixtures("method")
@given(programs(), st.fractions(min_value=Fraction(1, 9), max_value=9, max_denominator=9), st.data())
@per_example
def test_the_answer_does_not_depend_on_positive_scaling_or_order(program, factor, data):
    c, A, b = program
    order = data.draw(st.permutations(range(len(A))))
    other = (
        [factor * entry for entry in c],
        [[factor * (i + 1) * entry for entry in A[i]] for i in order],
        [factor * (i + 1) * b[i] for i in order],
    )
    first, second = maximise(*program), maximise(*other)
    assert type(first) is type(second)
    assert second.check(*other)
    if isinstance(first, Optimal):
        assert second.value == factor * first.value


@given(programs(), st.data())
@per_example
def test_a_wrong_guess_changes_nothing_but_the_time(monkeypatch, program, data):
    c, A, b = program
    monkeypatch.setattr(linear_programs, "_GUESS_FROM", 0)

    def lie(rows, objective):
        n = len(objective)
        conditions = st.lists(st.integers(0, len(rows) + n - 1), min_size=n, max_size=n, unique=True)
        point = st.lists(st.sampled_from([0.0, 1e300, -5e-324, 0.1]), min_size=n, max_size=n)
        return data.draw(
            st.one_of(st.none(), st.builds(Guess, point.map(tuple), conditions.map(tuple)))
        )

    monkeypatch.setattr(linear_programs, "guess_optimum", lie)
    outcome = maximise(c, A, b)
    assert outcome.check(c, A, b)
    expected = supremum(c, A, b)
    assert isinstance(outcome, Infeasible) == (expected is None)
    assert isinstance(outcome, Unbounded) == (expected == float("inf"))
    interior = find_interior_point(A, b)
    assert interior.check(A, b)
    assert isinstance(interior, InteriorPoint) == has_interior(A, b)


@pytest.mark.usefixtures("method")
@pytest.mark.parametrize("seed", range(3))
def test_programs_in_many_unknowns_are_solved(seed):
    # Tangent planes of the sphere of radius 1 around (2, ..., 2): feasible, and bounded with this many directions.
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(60, 8))
    A = np.vstack([A, -np.eye(8), np.eye(8)])
    b = A @ np.full(8, 2.0) + np.linalg.norm(A, axis=1)
    c = rng.normal(size=8)
    outcome = maximise(c, A, b)
    assert isinstance(outcome, Optimal)
    assert outcome.check(c, A, b)
    interior = find_interior_point(A, b)
    assert isinstance(interior, InteriorPoint)
    assert interior.check(A, b)
    # Outside of one of its own bounds: x_0 <= 3 and x_0 >= 4.
    A2, b2 = np.vstack([A, -np.eye(8)[:1]]), np.append(b, -4.0)
    for empty in (maximise(c, A2, b2), find_interior_point(A2, b2)):
        assert isinstance(empty, Infeasible | EmptyInterior)
    assert maximise(c, A2, b2).check(c, A2, b2)
    assert find_interior_point(A2, b2).check(A2, b2)


# -- numbers that floats cannot tell apart ---------------------------------------------------------------------------

TINY = Fraction(1, 2**500)
HUGE = Fraction(10**300)


def diagonal_box(n, width):
    """{x : 0 <= x_1 + ... + x_n <= width, 0 <= x_j - x_(j+1) <= width}: a crooked box of the given width around 0."""
    forms = [[1] * n] + [[(i == j) - (i == j + 1) for i in range(n)] for j in range(n - 1)]
    A = [[sign * entry for entry in form] for form in forms for sign in (1, -1)]
    return A, [width, 0] * n


@pytest.mark.usefixtures("method")
@pytest.mark.parametrize("n", [2, 7])
@pytest.mark.parametrize("width", [1, TINY, HUGE, 1 / HUGE])
def test_slivers_and_giants_have_interior_points_and_lose_them_at_width_zero(n, width):
    A, b = diagonal_box(n, width)
    inside = find_interior_point(A, b)
    assert isinstance(inside, InteriorPoint)
    assert inside.check(A, b)
    for gone in (0, -width):
        b[0] = gone
        outside = find_interior_point(A, b)
        assert isinstance(outside, EmptyInterior)
        assert outside.check(A, b)
        top = maximise([1] * n, A, b)
        assert top.check([1] * n, A, b)
        assert isinstance(top, Infeasible if gone else Optimal)


@pytest.mark.usefixtures("method")
@pytest.mark.parametrize("n", [2, 7])
def test_one_program_may_mix_weights_of_every_size(n):
    # 10**300 x_j <= 10**-300 and -x_j <= 2**-500: the largest sum is n 10**-600.
    A = [[HUGE * (i == j) for i in range(n)] for j in range(n)] + [[-(i == j) for i in range(n)] for j in range(n)]
    b = [1 / HUGE] * n + [TINY] * n
    outcome = maximise([1] * n, A, b)
    assert isinstance(outcome, Optimal)
    assert outcome.value == n / HUGE**2
    assert outcome.check([1] * n, A, b)
    assert isinstance(find_interior_point(A, b), InteriorPoint)


@pytest.mark.usefixtures("method")
def test_normals_that_differ_by_a_power_of_two_beyond_floats_still_cross():
    # x + y < 0 < x + (1 + 2**-200) y: a wedge that starts at the origin, with y > 0.
    slope = 1 + Fraction(1, 2**200)
    wedge = find_interior_point([[1, 1], [-1, -slope]], [0, 0])
    assert isinstance(wedge, InteriorPoint)
    x, y = wedge.point
    assert x + y < 0 < x + slope * y
    below = find_interior_point([[1, 1], [-1, -slope], [0, 1]], [0, 0, 0])
    assert isinstance(below, EmptyInterior)
    assert below.check([[1, 1], [-1, -slope], [0, 1]], [0, 0, 0])


@pytest.mark.usefixtures("method")
def test_a_program_on_which_the_textbook_rule_cycles_is_solved():
    # Beale (1955): from the origin, the largest coefficient with ties to the least index never leaves the origin.
    c = [Fraction(3, 4), -20, Fraction(1, 2), -6]
    A = [[Fraction(1, 4), -8, -1, 9], [Fraction(1, 2), -12, Fraction(-1, 2), 3], [0, 0, 1, 0]]
    A += [[-(i == j) for i in range(4)] for j in range(4)]
    outcome = maximise(c, A, [0, 0, 1, 0, 0, 0, 0])
    assert isinstance(outcome, Optimal)
    assert outcome.value == Fraction(5, 4)


# -- shapes ----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("method")
def test_interior_points_are_short():
    # The cube [0, 10]^2 has room 5, so its point is an integer; a triangle with room 1/4 to spare needs 1/4 or 1/8.
    cube = find_interior_point([[1, 0], [-1, 0], [0, 1], [0, -1]], [10, 0, 10, 0])
    assert all(entry.denominator == 1 for entry in cube.point)
    triangle = find_interior_point([[1, 1], [-1, 0], [0, -1]], [1, 0, 0])
    assert all(entry.denominator <= 8 for entry in triangle.point)


@pytest.mark.usefixtures("method")
def test_programs_without_rows_or_with_rows_of_zeros_have_answers():
    assert maximise([0, 0], [], []).check([0, 0], [], [])
    assert isinstance(maximise([0, 0], [], []), Optimal)
    free = maximise([0, -2], [], [])
    assert isinstance(free, Unbounded)
    assert free.check([0, -2], [], [])
    assert find_interior_point([], [], dimension=2) == InteriorPoint((Fraction(0), Fraction(0)))
    assert isinstance(maximise([0], [[0]], [-1]), Infeasible)
    assert isinstance(maximise([0], [[0]], [0]), Optimal)
    # 0 < 0 and 0 < -1 are false, 0 < 1 is true
    for bound, kind in ((0, EmptyInterior), (-1, EmptyInterior), (1, InteriorPoint)):
        outcome = find_interior_point([[0, 0], [1, 0]], [bound, 1])
        assert isinstance(outcome, kind)
        assert outcome.check([[0, 0], [1, 0]], [bound, 1])


def test_bad_programs_are_refused():
    for c, A, b in (([1], [[1, 2]], [3]), ([1, 2], [[1, 2]], []), ([1, 2], [[1, 2], [3]], [0, 0]), ([1], [], [1])):
        with pytest.raises(ValueError, match="do not fit"):
            maximise(c, A, b)
    with pytest.raises(ValueError, match="do not fit"):
        find_interior_point([[1], [1, 2]], [0, 0])
    with pytest.raises(ValueError, match="dimension"):
        find_interior_point([], [])
    for inexact in (float("nan"), float("inf"), True, None, "x"):
        with pytest.raises(InexactInput):
            maximise([1], [[inexact]], [1])
        with pytest.raises(InexactInput):
            maximise([inexact], [[1]], [1])
        with pytest.raises(InexactInput):
            find_interior_point([[1]], [inexact])


# -- certificates ----------------------------------------------------------------------------------------------------


@given(programs(zero_rows=False), st.fractions(max_denominator=5).filter(bool))
def test_an_altered_certificate_of_a_program_is_rejected(program, difference):
    c, A, b = program
    outcome = maximise(*program)
    n = len(c)
    if isinstance(outcome, Unbounded):
        negated = tuple(-entry for entry in outcome.ray)
        assert not replace(outcome, ray=negated).check(*program)
        assert not replace(outcome, ray=(Fraction(0),) * n).check(*program)
        assert not replace(outcome, ray=outcome.ray[1:]).check(*program)
        assert not replace(outcome, point=(*outcome.point, Fraction(0))).check(*program)
        for j in range(n):
            for row, bound in zip(A, b, strict=True):
                if row[j]:  # out of this row's half-space by one, along coordinate j
                    slack = bound - sum(a * x for a, x in zip(row, outcome.point, strict=True))
                    outside = changed(outcome.point, j, (slack + 1) / Fraction(row[j]))
                    assert not replace(outcome, point=outside).check(*program)
                    drift = sum(a * r for a, r in zip(row, outcome.ray, strict=True))
                    bent = changed(outcome.ray, j, (1 - drift) / Fraction(row[j]))
                    assert not replace(outcome, ray=bent).check(*program)
        assert not outcome.check([-entry for entry in c], A, b), "not for another objective"
        return
    for i in range(len(A)):  # no row is zero, so y A changes with every single multiplier
        assert not replace(outcome, multipliers=changed(outcome.multipliers, i, difference)).check(*program)
    assert not replace(outcome, multipliers=outcome.multipliers[1:]).check(*program)
    assert not replace(outcome, multipliers=(*outcome.multipliers, Fraction(0))).check(*program)
    if isinstance(outcome, Infeasible):
        assert not replace(outcome, multipliers=tuple(-y for y in outcome.multipliers)).check(*program)
        assert not replace(outcome, multipliers=(Fraction(0),) * len(A)).check(*program)
        assert not outcome.check(c, A, [bound + 100 for bound in b]), "not for a system that has solutions"
        return
    assert not replace(outcome, value=outcome.value + difference).check(*program)
    assert not replace(outcome, point=outcome.point[1:]).check(*program)
    for j in range(n):
        assert not c[j] or not replace(outcome, point=changed(outcome.point, j, difference)).check(*program)
    assert not outcome.check(changed(c, 0, difference), A, b), "not for another objective"
    if any(outcome.multipliers):
        assert not outcome.check(c, A, [bound + 1 for bound in b]), "not for a larger polyhedron"


@given(systems(zero_rows=False), st.integers().filter(bool))
def test_an_altered_certificate_of_an_open_polyhedron_is_rejected(system, difference):
    A, b = system
    outcome = find_interior_point(A, b)
    if isinstance(outcome, InteriorPoint):
        assert not InteriorPoint((*outcome.point, Fraction(0))).check(A, b)
        for row, bound in zip(A, b, strict=True):
            for j, entry in enumerate(row):
                if entry:  # onto the boundary, along coordinate j
                    slack = bound - sum(a * x for a, x in zip(row, outcome.point, strict=True))
                    assert not InteriorPoint(changed(outcome.point, j, slack / Fraction(entry))).check(A, b)
        return
    for i in range(len(A)):
        assert not EmptyInterior(changed(outcome.multipliers, i, difference)).check(A, b)
    assert not EmptyInterior((0,) * len(A)).check(A, b)
    assert not EmptyInterior(outcome.multipliers[1:]).check(A, b)
    assert not EmptyInterior((*outcome.multipliers, 0)).check(A, b)
    assert not EmptyInterior(tuple(-entry for entry in outcome.multipliers)).check(A, b)
    halves = tuple(Fraction(entry, 2 * max(outcome.multipliers)) for entry in outcome.multipliers)
    assert not EmptyInterior(halves).check(A, b), "not integers"
    assert not outcome.check(A, [bound + 100 for bound in b]), "not for a system that has solutions"


def test_negative_multipliers_are_rejected_even_when_they_balance():
    # x <= 1 and x <= 0: the combination (1, -1) reads 0 <= 1, and (-1, 1) reads 0 <= -1 but is no proof.
    A, b = [[1], [1]], [1, 0]
    assert not Infeasible((Fraction(-1), Fraction(1))).check([0], A, b)
    assert not EmptyInterior((-1, 1)).check(A, b)
    # Maximise x: (1, -1) + (0, 1) ... the multipliers (2, -1) give y A = 1 and y b = 2 at the infeasible point 2.
    assert not Optimal((Fraction(2),), Fraction(2), (Fraction(2), Fraction(-1))).check([1], A, b)
    # (-1, 2) balance as well, with the value -1 at the feasible point -1, which is not the best.
    assert not Optimal((Fraction(-1),), Fraction(-1), (Fraction(-1), Fraction(2))).check([1], A, b)
    assert Optimal((Fraction(0),), Fraction(0), (Fraction(0), Fraction(1))).check([1], A, b)


def test_points_outside_are_rejected_even_when_the_value_is_right():
    # Maximise x + y over x + y <= 1, x <= 1: (5, -4) has the right value, but x = 5.
    A, b, y = [[1, 1], [1, 0]], [1, 1], (Fraction(1), Fraction(0))
    assert Optimal((Fraction(1), Fraction(0)), Fraction(1), y).check([1, 1], A, b)
    assert not Optimal((Fraction(5), Fraction(-4)), Fraction(1), y).check([1, 1], A, b)
    assert not Unbounded((Fraction(5), Fraction(-4)), (Fraction(-1), Fraction(1))).check([0, 1], A, b)


def test_multipliers_of_value_zero_prove_emptiness_only_of_the_open_polyhedron():
    # x <= 0 and -x <= 0 has the solution 0, x < 0 and -x < 0 has none.
    A, b = [[1], [-1]], [0, 0]
    assert EmptyInterior((1, 1)).check(A, b)
    assert not Infeasible((Fraction(1), Fraction(1))).check([0], A, b)
    assert not InteriorPoint((Fraction(0),)).check(A, b)
    # x < 1 and -x < 0 has the solution 1/2: the sum reads 0 < 1, which proves nothing.
    assert not EmptyInterior((1, 1)).check(A, [1, 0])
    assert InteriorPoint((Fraction(1, 2),)).check(A, [1, 0])


def test_certificates_are_rejected_for_systems_of_another_shape():
    assert not Optimal((Fraction(0),), Fraction(0), ()).check([0, 0], [], [])
    assert not Unbounded((Fraction(0),), (Fraction(1),)).check([1], [[1, 1]], [0])
    assert not EmptyInterior(()).check([], [])
    assert not EmptyInterior((1, 1)).check([[1], [-1, 0]], [0, 0])
    assert not InteriorPoint((Fraction(0),)).check([[1], [1]], [1])
    assert not Infeasible((Fraction(1), Fraction(1))).check([0, 0], [[1], [-1]], [0, -1])
