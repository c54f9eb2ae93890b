"""Where two networks that differ do so most simply: a point with short numbers, and the affine maps around it.

Knows both networks and points at which they differ. Simplicity is a matter of taste and decides nothing; that the
values differ at the point that is returned is checked exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from exactrev.errors import TheoryContradicted
from exactrev.network import AffineMap, Network, Pattern, Point

__all__ = ["Difference", "find_simplest_difference", "shorten"]

_BITS = (0, 1, 2, 4, 8, 16, 24, 32, 64, 128)
_WIDE = 64
"""With more inputs than this, coordinates are not shortened one by one."""

_FINALISTS = 4


@dataclass(frozen=True, slots=True)
class Difference:
    """A point, the two values there, the region of either network, and a - b where these regions overlap."""

    point: Point
    first: Point
    second: Point
    first_pattern: Pattern
    second_pattern: Pattern
    map: AffineMap

    @property
    def gap(self) -> Point:
        """a(x) - b(x) at the point."""
        return tuple(p - q for p, q in zip(self.first, self.second, strict=True))


def find_simplest_difference(a: Network, b: Network, points: Iterable[Point]) -> Difference:
    """Of the regions around these points, at each of which a and b differ, the one where a - b is simplest.

    Simplest is the fewest coefficients that are not zero, then the shortest point. Raises `ValueError` without points.
    """
    found = [_difference_at(a, b, shorten(x, lambda y: a(y) != b(y), one_by_one=False)) for x in points]
    found.sort(key=lambda each: (_terms(each), _length(each.point)))
    if not found:
        raise ValueError("a difference needs a point")
    if a.n_in <= _WIDE:
        found[:_FINALISTS] = [_shortened_within_its_regions(a, b, each) for each in found[:_FINALISTS]]
    return min(found, key=lambda each: (_terms(each), _length(each.point)))


def _shortened_within_its_regions(a: Network, b: Network, found: Difference) -> Difference:
    def is_still_there(x: Point) -> bool:
        return a.pattern(x) == found.first_pattern and b.pattern(x) == found.second_pattern and a(x) != b(x)

    return _difference_at(a, b, shorten(found.point, is_still_there))


def _terms(found: Difference) -> int:
    return sum(1 for row in found.map.rows for entry in row if entry)


def shorten(point: Point, holds: Callable[[Point], bool], one_by_one: bool = True) -> Point:
    """A point with short coordinates at which something still holds: all rounded alike, then each as far as it goes.

    >>> shorten((Fraction(314, 100), Fraction(2, 7)), lambda x: x[0] > 3 and x[1] > 0)
    (Fraction(4, 1), Fraction(1, 1))
    """
    for bits in _BITS:
        rounded = tuple(_round(x, bits) for x in point)
        if _length(rounded) >= _length(point):
            break
        if holds(rounded):
            point = rounded
            break
    if one_by_one:
        for i, x in enumerate(point):
            for other in _shorter(x):
                candidate = (*point[:i], other, *point[i + 1 :])
                if holds(candidate):
                    point = candidate
                    break
    return point


def _shorter(x: Fraction) -> Iterable[Fraction]:
    """Shorter numbers near x, the shortest first."""
    nearby = {Fraction(0), Fraction(1 if x > 0 else -1)}
    for bits in _BITS:
        step = Fraction(1, 2**bits)
        nearby |= {_round(x, bits), _round(x, bits) + step, _round(x, bits) - step}
    for digits in (1, 2):
        if x:
            scale = Fraction(10) ** (len(str(abs(int(x)))) - digits)
            nearby |= {round(x / scale) * scale, (round(x / scale) + 1) * scale, (round(x / scale) - 1) * scale}
    return sorted((y for y in nearby if _size(y) < _size(x)), key=lambda y: (_size(y), abs(y - x)))


def _difference_at(a: Network, b: Network, point: Point) -> Difference:
    first, second = a(point), b(point)
    if first == second:
        raise TheoryContradicted("the values at a point of difference are equal", point=point)
    p, q = a.pattern(point), b.pattern(point)
    f, g = a.affine_map(p), b.affine_map(q)
    rows = [
        [*(s - t for s, t in zip(u, v, strict=True)), c - d]
        for u, v, c, d in zip(f.W, g.W, f.b, g.b, strict=True)
    ]
    return Difference(point, first, second, p, q, AffineMap.from_fractions(rows))


def _round(x: Fraction, bits: int) -> Fraction:
    return Fraction(round(x * 2**bits), 2**bits)


def _length(point: Point) -> int:
    return sum(map(_size, point))


def _size(x: Fraction) -> int:
    return x.numerator.bit_length() + x.denominator.bit_length()
