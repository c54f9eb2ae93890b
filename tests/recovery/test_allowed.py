"""Sets that exact conditions leave: emptiness, ranges and short values, against what can be seen by hand."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exactrev.recovery.allowed import AllowedSet, Form, Interval, join
from exactrev.testing.strategies import rationals

ENDS = st.one_of(st.none(), rationals())


def form(*entries: int | Fraction) -> Form:
    return tuple(map(Fraction, entries))


def intervals() -> st.SearchStrategy[Interval]:
    def make(low: Fraction | None, high: Fraction | None) -> Interval:
        return Interval(high, low) if low is not None and high is not None and low > high else Interval(low, high)

    return st.builds(make, ENDS, ENDS)


def test_an_interval_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="from 1 to 0 is empty"):
        Interval(Fraction(1), Fraction(0))


@given(st.lists(intervals(), max_size=5), rationals())
def test_joined_intervals_contain_the_same_values_and_do_not_touch(parts: list[Interval], value: Fraction) -> None:
    joined = join(parts)
    assert any(value in part for part in parts) == any(value in part for part in joined)
    for left, right in pairwise(joined):
        assert left.high is not None
        assert right.low is not None
        assert left.high < right.low


@given(intervals(), rationals(max_denominator=3))
def test_no_value_inside_is_simpler_than_the_simplest(interval: Interval, value: Fraction) -> None:
    simplest = interval.simplest()
    assert simplest in interval
    if not interval.is_point:
        assert simplest not in (interval.low, interval.high)
        if value in interval and value not in (interval.low, interval.high):
            assert simplest.denominator <= value.denominator


@given(intervals(), rationals(), st.booleans())
def test_a_value_far_inside_is_inside(interval: Interval, size: Fraction, prefer_low: bool) -> None:
    line = AllowedSet.everything(1).within(form(1, 0), interval)
    assert line is not None
    value = line.far_inside(form(1, 0), abs(size), prefer_low=prefer_low)
    assert value in interval
    assert interval.is_point or value not in (interval.low, interval.high)


def test_where_there_is_no_lower_end_the_value_lies_sixteen_sizes_below() -> None:
    half = AllowedSet.everything(1).with_bound(form(-1, 5))
    assert half is not None
    assert half.far_inside(form(1, 0), Fraction(1)) == -128  # the first power of two beyond 16 * 5


CONDITIONS = st.lists(
    st.tuples(st.booleans(), st.tuples(rationals(), rationals(), rationals())), min_size=1, max_size=6
)


@given(CONDITIONS, st.tuples(rationals(), rationals()))
def test_a_point_is_left_exactly_if_it_satisfies_all_conditions(
    conditions: list[tuple[bool, Form]], point: tuple[Fraction, Fraction]
) -> None:
    left: AllowedSet | None = AllowedSet.everything(2)
    for is_equation, condition in conditions:
        left = left and (left.with_zero(condition) if is_equation else left.with_bound(condition))
    values = [a * point[0] + b * point[1] + c for _, (a, b, c) in conditions]
    satisfied = all(v == 0 if e else v >= 0 for (e, _), v in zip(conditions, values, strict=True))
    pinned = left
    for i, value in enumerate(point):
        unit = form(i == 0, i == 1, -value)
        pinned = pinned and pinned.with_zero(unit)
    assert (pinned is not None) == satisfied
    if left is not None:
        for unit, value in ((form(1, 0, 0), point[0]), (form(0, 1, 0), point[1])):
            assert not satisfied or value in left.range_of(unit)


def test_two_bounds_that_meet_leave_one_value() -> None:
    line = AllowedSet.everything(1).with_bound(form(2, -3))
    point = line and line.with_bound(form(-2, 3))
    assert point is not None
    assert point.dimension == 0
    assert point.value_of(form(1, 0)) == Fraction(3, 2)
