"""Intervals against published values, against the beta function, and against what they promise: coverage."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import comb

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exactrev.surveys.intervals import CONFIDENCE, GRID, Interval, clopper_pearson, hoeffding


def by_beta_function(yes: int, total: int) -> tuple[float, float]:
    """The ends as quantiles of beta distributions, by bisection in 30 digits."""

    def quantile(a: int, b: int, level: float) -> float:
        low, high = mpmath.mpf(0), mpmath.mpf(1)
        for _ in range(60):
            middle = (low + high) / 2
            below = mpmath.betainc(a, b, 0, middle, regularized=True) < level
            low, high = (middle, high) if below else (low, middle)
        return float(low)

    with mpmath.workdps(30):
        return (
            quantile(yes, total - yes + 1, 0.025) if yes else 0.0,
            quantile(yes + 1, total - yes, 0.975) if yes < total else 1.0,
        )


@pytest.mark.parametrize(
    ("yes", "total", "low", "high"),
    [
        (0, 10, 0.0, 0.3085),  # 1 - 0.025^(1/10)
        (10, 10, 0.6915, 1.0),
        (1, 1, 0.025, 1.0),
        (8, 10, 0.4439, 0.9748),
        (5, 10, 0.1870, 0.8130),
        (1, 20, 0.0012, 0.2488),
        (81, 263, 0.2527, 0.3676),  # Newcombe (Statistics in Medicine 17, 1998), method 5
    ],
)
def test_clopper_pearson_gives_the_published_ends_rounded_outwards(
    yes: int, total: int, low: float, high: float
) -> None:
    interval = clopper_pearson(yes, 0, total)
    assert abs(float(interval.low) - low) < 2.5e-4
    assert abs(float(interval.high) - high) < 2.5e-4


@pytest.mark.parametrize("total", [1, 2, 7, 40, 333])
def test_clopper_pearson_is_the_quantile_of_the_beta_distribution_rounded_outwards(total: int) -> None:
    for yes in {0, 1, total // 3, total // 2, total - 1, total}:
        low, high = by_beta_function(yes, total)
        interval = clopper_pearson(yes, 0, total)
        assert float(interval.low) <= low + 1e-9
        assert low - float(interval.low) < 1.0001 / GRID
        assert float(interval.high) >= high - 1e-9
        assert float(interval.high) - high < 1.0001 / GRID


@pytest.mark.parametrize("total", [1, 5, 12])
def test_clopper_pearson_covers_every_probability_often_enough(total: int) -> None:
    intervals = [clopper_pearson(yes, 0, total) for yes in range(total + 1)]
    for k in range(101):
        p = Fraction(k, 100)
        assert coverage(intervals, [binomial(total, yes, p) for yes in range(total + 1)], p) >= CONFIDENCE


@pytest.mark.parametrize(("each", "networks"), [(1, 9), (4, 6)])
def test_hoeffdings_interval_covers_even_if_the_neurons_of_a_network_are_all_alike(each: int, networks: int) -> None:
    intervals = [hoeffding(each * alike, 0, each, networks) for alike in range(networks + 1)]
    for k in range(101):
        p = Fraction(k, 100)
        chances = [binomial(networks, alike, p) for alike in range(networks + 1)]
        assert coverage(intervals, chances, p) >= CONFIDENCE


def test_hoeffdings_interval_ends_where_the_divergence_is_what_it_should_be() -> None:
    for yes, each, networks in [(100, 10, 20), (7, 3, 30), (50, 3, 20)]:
        interval = hoeffding(yes, 0, each, networks)
        limit = mpmath.log(40) / networks  # log(2 / alpha) / n
        m = mpmath.mpf(yes) / (each * networks)
        for end, inwards in ((interval.low, 1), (interval.high, -1)):
            assert divergence(m, mpmath.mpf(end.numerator) / end.denominator) >= limit
            inside = end + Fraction(inwards, GRID)
            assert divergence(m, mpmath.mpf(inside.numerator) / inside.denominator) < limit


@pytest.mark.parametrize("interval", [clopper_pearson, lambda y, u, t: hoeffding(y, u, 1, t)])
@given(data=st.data())
def test_what_is_undecided_may_be_either(interval: Callable[[int, int, int], Interval], data: st.DataObject) -> None:
    total = data.draw(st.integers(1, 30))
    yes = data.draw(st.integers(0, total))
    undecided = data.draw(st.integers(0, total - yes))
    open = interval(yes, undecided, total)
    assert open.low == interval(yes, 0, total).low
    assert open.high == interval(yes + undecided, 0, total).high
    assert 0 <= open.low <= Fraction(yes, total) <= Fraction(yes + undecided, total) <= open.high <= 1


@given(st.integers(1, 60), st.data())
def test_yes_and_no_are_mirror_images(total: int, data: st.DataObject) -> None:
    yes = data.draw(st.integers(0, total))
    for here, there in (
        (clopper_pearson(yes, 0, total), clopper_pearson(total - yes, 0, total)),
        (hoeffding(yes, 0, 1, total), hoeffding(total - yes, 0, 1, total)),
    ):
        assert (here.low, here.high) == (1 - there.high, 1 - there.low)


def test_everything_undecided_says_nothing() -> None:
    assert clopper_pearson(0, 8, 8) == hoeffding(0, 8, 4, 2) == Interval(Fraction(0), Fraction(1))


@pytest.mark.parametrize(("yes", "undecided", "total"), [(-1, 0, 3), (0, -1, 3), (2, 2, 3), (0, 0, 0)])
def test_impossible_counts_are_refused(yes: int, undecided: int, total: int) -> None:
    for function in (clopper_pearson, lambda y, u, t: hoeffding(y, u, 1, t)):
        with pytest.raises(ValueError, match="no such counts"):
            function(yes, undecided, total)


def binomial(total: int, yes: int, p: Fraction) -> Fraction:
    return comb(total, yes) * p**yes * (1 - p) ** (total - yes)


def coverage(intervals: list[Interval], chances: list[Fraction], p: Fraction) -> Fraction:
    return sum((c for i, c in zip(intervals, chances, strict=True) if i.low <= p <= i.high), Fraction(0))


def divergence(m: mpmath.mpf, p: mpmath.mpf) -> mpmath.mpf:
    total = mpmath.mpf(0)
    for share, other in ((m, p), (1 - m, 1 - p)):
        if share:
            total += share * mpmath.log(share / other)
    return total
