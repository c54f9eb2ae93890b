"""Rational points as integer vectors over one denominator: lines, dyadic numbers, affine maps evaluated quickly.

Knows vectors of rationals and nothing of oracles. With 784 inputs a loop of Fractions is what takes the time, so sums
over the coordinates are sums of integers, and Fractions are made once, at the end.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor, lcm
from operator import mul

from exactrev.errors import AssumptionFailed
from exactrev.network.affine import AffineMap, lift_vector
from exactrev.network.network import Point

__all__ = [
    "Line",
    "dot",
    "evaluate_map",
    "exponent",
    "odd_dyadic_between",
    "power_of_two",
    "random_vector",
    "round_to_dyadic",
    "shifted",
    "to_integers",
]


def to_integers(point: Iterable[Fraction]) -> tuple[list[int], int]:
    """Numerators over the least common denominator, and that denominator.

    >>> to_integers((Fraction(1, 2), Fraction(3)))
    ([1, 6], 2)
    """
    entries = list(point)
    q = lcm(*(entry.denominator for entry in entries))
    if q & (q - 1) == 0:  # of a power of two, a quotient is a shift
        bits = q.bit_length()
        return [entry.numerator << (bits - entry.denominator.bit_length()) for entry in entries], q
    return [entry.numerator * (q // entry.denominator) for entry in entries], q


def dot(a: Iterable[int], b: Iterable[int]) -> int:
    """The inner product of two integer vectors."""
    return sum(map(mul, a, b))


def evaluate_map(f: AffineMap, point: Iterable[Fraction]) -> Point:
    """f(x), as `AffineMap` itself would say, by integer sums.

    >>> evaluate_map(AffineMap.from_arrays([["1/2", 3]], [0.25]), (Fraction(1, 3), Fraction(2)))
    (Fraction(77, 12),)
    """
    numerators, q = to_integers(point)
    numerators.append(q)
    return tuple(Fraction(dot(row, numerators), f.denominator * q) for row in f.rows)


def exponent(value: Fraction) -> int:
    """An integer e with 2^(e-1) < abs(value) < 2^(e+1); a large negative number for zero.

    >>> exponent(Fraction(1)), exponent(Fraction(5, 8)), exponent(Fraction(-1024))
    (0, -1, 10)
    """
    return value.numerator.bit_length() - value.denominator.bit_length() if value else -(1 << 20)


def power_of_two(e: int) -> Fraction:
    """2^e as a Fraction."""
    return Fraction(1 << e) if e >= 0 else Fraction(1, 1 << -e)


def odd_dyadic_between(lo: Fraction, hi: Fraction, rng: random.Random) -> Fraction:
    """A random dyadic rational strictly between, with about 32 bits behind the size of the gap, the last one set.

    Networks written by hand break at numbers like 0 and 1/2; these are never hit.
    """
    k = 33 - exponent(hi - lo)
    first, last = ceil(lo * power_of_two(k)), floor(hi * power_of_two(k))
    return (2 * rng.randrange(first, last) + 1) * power_of_two(-k - 1)


def round_to_dyadic(point: Iterable[Fraction], bits: int) -> Point:
    """The point with every coordinate rounded down to a multiple of 2^-bits.

    >>> round_to_dyadic((Fraction(1, 3), Fraction(1, 2)), 2)
    (Fraction(1, 4), Fraction(1, 2))
    """
    one = 1 << bits
    return tuple(Fraction((one * entry.numerator) // entry.denominator, one) for entry in point)


def random_vector(n: int, rng: random.Random, bits: int = 12) -> list[int]:
    """n independent integers, normal with standard deviation 2^bits, none of them zero: a direction at random."""
    return [round(rng.gauss(0, 1) * (1 << bits)) or 1 for _ in range(n)]


def shifted(x: Point, step: Fraction, direction: Sequence[int | Fraction]) -> Point:
    """x + step * direction."""
    return tuple(entry + step * move for entry, move in zip(x, direction, strict=True))


@dataclass(frozen=True, slots=True)
class Line:
    """The line {origin + t direction}. Raises `AssumptionFailed` if the direction is zero or of another length.

    >>> Line((0, 1), (1, "1/2")).at(Fraction(3))
    (Fraction(3, 1), Fraction(5, 2))
    """

    origin: Point
    direction: Point
    _integers: tuple[list[int], list[int], int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        origin, direction = tuple(lift_vector(self.origin)), tuple(lift_vector(self.direction))
        if len(origin) != len(direction) or not any(direction):
            raise AssumptionFailed("a line needs a direction that is not zero", witness=direction, n_in=len(origin))
        both, q = to_integers((*origin, *direction))
        object.__setattr__(self, "origin", origin)
        object.__setattr__(self, "direction", direction)
        object.__setattr__(self, "_integers", (both[: len(origin)], both[len(origin) :], q))

    def at(self, t: Fraction) -> Point:
        """The point with parameter t."""
        origin, direction, q = self._integers
        p, r = t.numerator, t.denominator
        denominator = q * r
        return tuple(Fraction(o * r + p * v, denominator) for o, v in zip(origin, direction, strict=True))

    def restrict(self, f: AffineMap) -> tuple[Point, Point]:
        """Value at t = 0 and slope of t -> f(origin + t direction)."""
        _, direction, q = self._integers
        slope = tuple(Fraction(dot(row[:-1], direction), f.denominator * q) for row in f.rows)
        return evaluate_map(f, self.origin), slope
