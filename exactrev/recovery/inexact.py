"""Answers made inexact on purpose: rounded to significant digits, or with noise. For testing what a recovery says then.

Knows functions that answer, and nothing of what is behind them. Both are functions of the question again: the same
question has the same answer, so that a transcript of them can be replayed.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction

import mpmath

from exactrev.arithmetic.numbers import parse_decimal
from exactrev.network import Point

__all__ = ["round_to_digits", "with_noise", "with_rounding"]

Answer = Callable[[Point], Point]

_GUARD = 20
"""Decimal digits beyond those wanted, in which quotients are formed before they are rounded."""

_GRAIN = 2**53
"""Noise is a multiple of R / 2^53."""


def round_to_digits(value: Fraction, digits: int) -> Fraction:
    """The value, rounded by mpmath to so many significant decimal digits; at least one, else a `ValueError`.

    >>> round_to_digits(Fraction(2, 3), 4), round_to_digits(Fraction(-123456), 2)
    (Fraction(6667, 10000), Fraction(-120000, 1))
    """
    if digits < 1:
        raise ValueError(f"no number has {digits} significant digits")
    with mpmath.workdps(digits + _GUARD):
        return parse_decimal(mpmath.nstr(mpmath.mpf(value.numerator) / value.denominator, digits))


def with_rounding(answer: Answer, digits: int) -> Answer:
    """The function whose answers are rounded to `digits` significant digits."""
    return lambda x: tuple(round_to_digits(value, digits) for value in answer(x))


def with_noise(answer: Answer, size: Fraction, seed: int) -> Answer:
    """The function with noise added to every output: uniform in -size..size, drawn anew for each point from `seed`."""

    def noisy(x: Point) -> Point:
        rng = random.Random(f"{seed} {' '.join(f'{entry.numerator:x}/{entry.denominator:x}' for entry in x)}")
        return tuple(value + size * Fraction(rng.randint(-_GRAIN, _GRAIN), _GRAIN) for value in answer(x))

    return noisy
