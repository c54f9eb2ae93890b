"""Confidence intervals, in integers: ends are multiples of 1/10000, rounded outwards, so that nothing is lost.

Knows counts, and nothing of what was counted. Two kinds:

- *Clopper-Pearson*, for a share of independent networks. The lower end is the p at which as many successes as were
  found, or more, have probability alpha/2; the upper end that at which as many or fewer have.
- *Hoeffding's*, for a mean of numbers between 0 and 1, one for each network, such as the share of its neurons with a
  property: neurons of one network are not independent, so no count of them is binomial. A mean as far from the
  expectation p as m has probability exp(-n KL(m, p)) at most, KL(m, p) = m log(m/p) + (1-m) log((1-m)/(1-p)).

What is undecided may be either: the lower end is that for none of it, the upper end that for all of it.

References: Clopper & Pearson (Biometrika 26, 1934); Hoeffding, *Probability inequalities for sums of bounded random
variables* (JASA 58, 1963), Theorem 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import flint

__all__ = ["CONFIDENCE", "GRID", "Interval", "clopper_pearson", "hoeffding"]

CONFIDENCE = Fraction(19, 20)
GRID = 10_000


@dataclass(frozen=True, slots=True)
class Interval:
    """low <= p <= high, both multiples of 1/GRID."""

    low: Fraction
    high: Fraction


def clopper_pearson(yes: int, undecided: int, total: int, confidence: Fraction = CONFIDENCE) -> Interval:
    """The interval for the probability, after `yes` and possibly `undecided` more of `total` independent trials.

    >>> interval = clopper_pearson(yes=8, undecided=0, total=10)
    >>> float(interval.low), float(interval.high)
    (0.4439, 0.9748)
    """
    tail = _tail(yes, undecided, total, confidence)

    def excluded(successes: int) -> int:
        """The largest k for which so many successes, or more, are too improbable at k/GRID."""
        return _last(lambda k: _at_least(successes, total, k) <= tail * GRID**total)

    return Interval(Fraction(excluded(yes), GRID), Fraction(GRID - excluded(total - yes - undecided), GRID))


def hoeffding(yes: int, undecided: int, each: int, networks: int, confidence: Fraction = CONFIDENCE) -> Interval:
    """The interval for the expected share, after `yes` and possibly `undecided` more of `each` things a network.

    >>> interval = hoeffding(yes=100, undecided=0, each=10, networks=20)
    >>> float(interval.low), float(interval.high)
    (0.2222, 0.7778)
    """
    total = each * networks
    tail = _tail(yes, undecided, total, confidence)

    def excluded(count: int) -> int:
        """The largest k below the share of `count` for which such a share is too improbable at an expectation k/GRID.

        exp(-n KL) <= tail, to the power `each`, with all denominators cleared.
        """
        limit = tail**each * (GRID**total * count**count * (total - count) ** (total - count))
        power: int = total**total
        return _last(lambda k: k * total < count * GRID and power * k**count * (GRID - k) ** (total - count) <= limit)

    return Interval(Fraction(excluded(yes), GRID), Fraction(GRID - excluded(total - yes - undecided), GRID))


def _tail(yes: int, undecided: int, total: int, confidence: Fraction) -> Fraction:
    """What may lie beyond either end."""
    if min(yes, undecided) < 0 or yes + undecided > total or total < 1 or not 0 < confidence < 1:
        raise ValueError(f"no such counts: yes={yes}, undecided={undecided}, total={total}, confidence={confidence}")
    return (1 - confidence) / 2


def _at_least(successes: int, total: int, k: int) -> int:
    """GRID**total times the probability of so many successes or more in `total` trials, each of probability k/GRID."""
    if 2 * successes < total:  # the other sum is shorter
        whole: int = GRID**total
        return whole - _at_least(total - successes + 1, total, GRID - k)
    # The sum of (total over i) k**i (GRID - k)**(total - i), from i = total down.
    result, coefficient, power = flint.fmpz(0), flint.fmpz(1), flint.fmpz(1)
    for i in range(total, successes - 1, -1):
        result = result * k + coefficient * power
        coefficient = coefficient * i // (total - i + 1)
        power *= GRID - k
    probability: int = int(result * flint.fmpz(k) ** successes)
    return probability


def _last(is_excluded: Callable[[int], bool]) -> int:
    """The largest k of 0, ..., GRID with this property, which all smaller ones have; 0 if none has it."""
    low, high = 0, GRID + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if is_excluded(middle) else (low, middle)
    return low
