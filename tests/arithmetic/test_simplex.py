"""The exact simplex method climbs from any vertex to the top or along a ray; HiGHS only says where to begin."""

from __future__ import annotations

from fractions import Fraction
from math import isfinite

import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from exactrev.arithmetic.basis_guess import guess_optimum
from exactrev.arithmetic.simplex import Escape, Start, Summit, _find_leaving, climb, is_vertex

small = st.integers(-3, 3)


def dot(u, v):
    return sum((p * q for p, q in zip(u, v, strict=True)), Fraction(0))


def pinned(rows, point):
    """Any point is a vertex when every coordinate is pinned."""
    n = len(point)
    return Start(tuple(range(len(rows), len(rows) + n)), tuple(map(Fraction, point)))


def certifies(end, rows, objective):
    """Whether the end of a climb proves itself, by weak duality written out."""
    feasible = all(dot(row[:-1], end.point) <= row[-1] for row in rows)
    if isinstance(end, Escape):
        return feasible and dot(objective, end.ray) > 0 and all(dot(row[:-1], end.ray) <= 0 for row in rows)
    y = end.multipliers
    combination = [dot(y, [row[j] for row in rows]) for j in range(len(objective) + 1)]
    return (
        feasible
        and all(entry >= 0 for entry in y)
        and combination == [*objective, dot(objective, end.point)]
    )


@given(
    st.integers(1, 3).flatmap(
        lambda n: st.tuples(
            st.lists(small, min_size=n, max_size=n),
            st.lists(st.fractions(-4, 4, max_denominator=5), min_size=n, max_size=n),
            st.lists(st.tuples(st.lists(small, min_size=n, max_size=n), st.integers(0, 2)), max_size=7),
        )
    )
)
def test_a_climb_may_start_at_any_feasible_point(program):
    objective, point, forms = program
    # every row leaves the room that it was drawn with, up to rounding up to an integer
    rows = [(*form, room - (-dot(form, point)).__floor__()) for form, room in forms]
    start = pinned(rows, point)
    assert is_vertex(rows, start)
    end = climb(rows, objective, start)
    assert certifies(end, rows, objective)


@given(
    st.integers(1, 4).flatmap(
        lambda n: st.tuples(
            st.lists(small, min_size=n, max_size=n), st.lists(st.lists(small, min_size=n, max_size=n), max_size=12)
        )
    )
)
def test_a_climb_from_the_apex_of_a_cone_ends_though_every_step_may_have_length_zero(program):
    objective, forms = program
    rows = [(*form, 0) for form in forms]
    end = climb(rows, objective, pinned(rows, [0] * len(objective)))
    assert certifies(end, rows, objective)
    if isinstance(end, Summit):
        assert dot(objective, end.point) == 0


def test_after_a_step_of_length_zero_the_least_index_leaves():
    # Rows 5 and 2 have negative multipliers, row 5 the steeper ascent; row 7 and the pin 8 hold nothing back.
    rows = [(1, 1, 1, 1, 0)] * 8
    tight, y = [5, 7, 2, 8], [fmpq(-3), fmpq(1), fmpq(-1), fmpq(0)]
    assert _find_leaving(tight, y, 8, rows, stalled=False) == 0
    assert _find_leaving(tight, y, 8, rows, stalled=True) == 2
    # A pin with a multiplier leaves first, whatever its sign; nothing leaves where no multiplier is negative.
    for multiplier in (fmpq(1), fmpq(-1)):
        assert _find_leaving(tight, [*y[:3], multiplier], 8, rows, stalled=True) == 3
    assert _find_leaving(tight, [fmpq(0)] * 4, 8, rows, stalled=True) is None
    # The ascent is measured per unit of distance, not per unit of the row: row 0 is steeper than it looks.
    assert _find_leaving([0, 1], [fmpq(-1), fmpq(-2)], 2, [(10, 0, 1), (0, 1, 1)], stalled=False) == 0


def test_a_pin_that_holds_nothing_back_stays():
    # Maximise x over x <= 3: y is free and stays where it was.
    end = climb([(1, 0, 3)], (1, 0), pinned([(1, 0, 3)], (0, Fraction(7, 2))))
    assert end == Summit((Fraction(3), Fraction(7, 2)), (Fraction(1),), (0, 2))


def test_conditions_that_meet_nowhere_or_outside_are_no_vertex():
    rows = [(1, 1, 2), (2, 2, 4), (1, 0, 1), (0, 1, 0)]
    origin = (Fraction(0), Fraction(0))
    assert not is_vertex(rows, Start((0, 1), origin)), "parallel: no single point"
    assert not is_vertex(rows, Start((0, 2), origin)), "(1, 1) violates the last row"
    assert is_vertex(rows, Start((2, 3), origin)), "(1, 0)"
    assert not is_vertex(rows, Start((0, 4), origin)), "x pinned at 0: (0, 2) violates the last row"
    assert not is_vertex(rows, Start((2, 2), origin)), "the same condition twice"


@pytest.mark.parametrize("n", [1, 2, 7])
def test_a_guess_of_a_tame_program_is_its_optimum(n, capfd):
    # The largest sum over the cube [-1, 2]^n is 2n.
    rows = [(*(sign * (i == j) for i in range(n)), 2 if sign == 1 else 1) for j in range(n) for sign in (1, -1)]
    guess = guess_optimum(rows, [1] * n)
    assert guess is not None
    assert guess.point == pytest.approx([2.0] * n)
    start = Start(guess.conditions, (Fraction(0),) * n)
    assert is_vertex(rows, start)
    end = climb(rows, [1] * n, start)
    assert end.point == (2,) * n
    assert sorted(end.conditions) == sorted(guess.conditions), "nothing was left to do"
    assert capfd.readouterr() == ("", ""), "HiGHS is silent"


@pytest.mark.parametrize(
    ("rows", "objective"),
    [
        ([(10**300, 1, 1), (1, 10**300, 1)], (1, 1)),
        ([(1, 10**320, 1), (-1, 10**320, 10**400)], (10**400, 1)),
        ([(1, 1, 10**400), (-1, -1, -(10**400)), (0, 0, -1)], (1, 0)),
        ([(0, 0, -(10**400))], (0, 0)),
        ([], (1, 2)),
        ([(1, 0, 0), (-1, 0, -1)], (0, 1)),
    ],
)
def test_a_guess_of_a_wild_program_is_well_formed_or_none(rows, objective, capfd):
    guess = guess_optimum(rows, objective)
    if guess is not None:
        assert len(guess.point) == len(set(guess.conditions)) == 2
        assert all(map(isfinite, guess.point))
        assert all(0 <= condition < len(rows) + 2 for condition in guess.conditions)
    assert capfd.readouterr() == ("", "")
