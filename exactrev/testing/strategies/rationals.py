"""Strategies for numbers, and how one of several strategies is chosen. Knows nothing of networks."""

from __future__ import annotations

from fractions import Fraction
from typing import TypeVar

from hypothesis import strategies as st

__all__ = ["choose", "rationals"]

T = TypeVar("T")

_LISTED = 1000  # a list to choose from is drawn from faster than two integers, as long as it is short


def rationals(max_numerator: int = 4, max_denominator: int = 3) -> st.SearchStrategy[Fraction]:
    """Fractions p/q with |p| <= `max_numerator` and 1 <= q <= `max_denominator`.

    Small on purpose: coincidences are where networks go wrong. Shrinks towards 0, then towards positive integers.
    """
    if max_numerator < 0 or max_denominator < 1:
        raise ValueError(f"no rationals with {max_numerator=}, {max_denominator=}")
    if max_numerator * max_denominator > _LISTED:
        return st.builds(Fraction, st.integers(-max_numerator, max_numerator), st.integers(1, max_denominator))
    values = {Fraction(p, q) for p in range(-max_numerator, max_numerator + 1) for q in range(1, max_denominator + 1)}
    return st.sampled_from(sorted(values, key=lambda t: (t.denominator, abs(t), t < 0)))


def choose(*alternatives: st.SearchStrategy[T]) -> st.SearchStrategy[T]:
    """One of the alternatives, each as often as it is listed (`st.one_of` looks inside them). Shrinks to the first."""
    return st.sampled_from(alternatives).flatmap(lambda chosen: chosen)
