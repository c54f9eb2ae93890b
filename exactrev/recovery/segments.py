"""The lines on which Algorithm 1 looks for breakpoints (§4.1). Knows spheres; asks nothing."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, isqrt

from exactrev.network.network import Point
from exactrev.recovery.points import dot, random_vector

__all__ = ["Segment", "tangent_segments"]


@dataclass(frozen=True, slots=True)
class Segment:
    """{origin + t direction : lo <= t <= hi}, as `points_on_line` takes it."""

    origin: Point
    direction: Point
    lo: Fraction
    hi: Fraction


def tangent_segments(
    n_in: int, radius: Fraction | int, rng: random.Random, *, length: Fraction | int | None = None
) -> Iterator[Segment]:
    """Random segments tangent at their midpoints to a sphere around 0 (Algorithm 1), without end.

    The midpoint lies on the sphere of the given radius up to a relative error of 2^-10, and the direction, of length
    between 1/2 and 2, is orthogonal to it exactly; `length` is the range of t, twice the radius unless told. All
    numbers are short dyadic ones. On a line, where nothing is tangent, the segments go through 0.

    >>> segment = next(tangent_segments(3, 1000, random.Random(0)))
    >>> sum(a * b for a, b in zip(segment.origin, segment.direction))
    Fraction(0, 1)
    """
    half = Fraction(2 * radius if length is None else length) / 2
    while True:
        if n_in == 1:
            yield Segment((Fraction(0),), (Fraction(1),), -half, half)
            continue
        outward, other = random_vector(n_in, rng), random_vector(n_in, rng)
        square, inner = dot(outward, outward), dot(outward, other)
        along = [square * v - inner * m for v, m in zip(other, outward, strict=True)]
        divisor = gcd(*along)
        norm = isqrt(dot(along, along)) // (divisor or 1)
        if norm:
            scale = round(Fraction(radius) * 2**32) // isqrt(square)  # in units of 2^-32
            origin = tuple(Fraction(scale * m, 2**32) for m in outward)
            bits = norm.bit_length() - 1
            yield Segment(origin, tuple(Fraction(v // divisor, 2**bits) for v in along), -half, half)
