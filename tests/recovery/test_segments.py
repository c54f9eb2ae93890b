"""Segments that are tangent, exactly."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import islice

import pytest

from exactrev.recovery.segments import tangent_segments


@pytest.mark.parametrize("n_in", [2, 3, 50, 784])
def test_segments_are_tangent_at_their_midpoints(n_in):
    for segment in islice(tangent_segments(n_in, 1000, random.Random(0)), 3):
        assert sum(a * b for a, b in zip(segment.origin, segment.direction, strict=True)) == 0
        assert segment.lo == -segment.hi == -1000
        assert abs(sum(c * c for c in segment.origin) - 1000**2) < Fraction(1000**2, 500)
        assert Fraction(1, 4) < sum(c * c for c in segment.direction) < 4
        assert max(c.denominator.bit_length() for c in (*segment.origin, *segment.direction)) < 80


def test_on_a_line_segments_go_through_the_origin():
    segment = next(tangent_segments(1, 5, random.Random(0), length=4))
    assert (segment.origin, segment.direction, segment.lo, segment.hi) == ((0,), (1,), -2, 2)
