"""Value and gradient of an affine piece in the digits of one exact answer.

Knows positional notation and continued fractions; asks nothing. Where N(x) = value + g . x near x, one answer

    N(x + (2^-e1, 2^-e2, ...)) = N(x) + g_1 2^-e1 + g_2 2^-e2 + ...

holds them all, if the exponents are far enough apart that no digit runs into the next. Dyadic answers (weights that
are floats) are cut into digits of a known number of bits. In answers with other denominators each digit is the
rational that the number is improbably close to: the convergent before a very large partial quotient. (To take a
common denominator from the answer's own would be wrong: small primes cancel in the sum.)

What is read is a guess until it has been confirmed: a digit that was too long reads as something else.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from exactrev.network.network import Point

__all__ = ["Packing", "Reading", "is_dyadic"]

Reading = tuple[Fraction, list[Fraction]]
"""N(x) and the gradient of one output."""


def is_dyadic(value: Fraction) -> bool:
    """Whether the denominator is a power of two.

    >>> is_dyadic(Fraction(3, 8)), is_dyadic(Fraction(1, 6))
    (True, False)
    """
    return value.denominator & (value.denominator - 1) == 0


@dataclass(frozen=True, slots=True)
class Packing:
    """Offsets 2^-e_i with e_i = first + i * (fraction + whole + 2), for the coordinates i = 0, ..., n-1.

    A digit has `whole` bits before its point and `fraction` bits behind it. `base_bits` is the number of bits behind
    the point of the value at the base point. `binary` says that all digits are dyadic; the answer does not tell, for it
    may be dyadic when they are not: 1/5 + 2^-2/5 = 1/4.

    >>> packing = Packing(n=2, first=20, fraction=4, whole=5, base_bits=8)
    >>> x = packing.point((Fraction(1), Fraction(1, 2)))
    >>> packing.read(3 * x[0] - Fraction(7, 4) * x[1] + 5)
    (Fraction(57, 8), [Fraction(3, 1), Fraction(-7, 4)])
    """

    n: int
    first: int
    fraction: int
    whole: int
    base_bits: int
    binary: bool = True

    @classmethod
    def fit(cls, n: int, near: int, base: int, fraction: int, whole: int, *, binary: bool = True) -> Packing:
        """The tightest packing around a base point with `base` bits behind the point, all offsets below 2^-near."""
        base_bits = base + fraction
        return cls(n, max(near, base_bits + whole + 2), fraction, whole, base_bits, binary)

    @property
    def digit(self) -> int:
        """The distance of two exponents, in bits."""
        return self.fraction + self.whole + 2

    @property
    def last(self) -> int:
        """The largest exponent: a coordinate of the question has so many bits behind the point, or its own if more."""
        return self.first + (self.n - 1) * self.digit

    def point(self, base: Point) -> Point:
        """The question: the base point with every coordinate moved by its own offset."""
        return tuple(x + Fraction(1, 1 << (self.first + i * self.digit)) for i, x in enumerate(base))

    def read(self, answer: Fraction) -> Reading | None:
        """Value at the base point and gradient, or None where the digits show that they were too short."""
        return self._read_binary(answer) if self.binary and is_dyadic(answer) else self._read_rational(answer)

    def _read_binary(self, answer: Fraction) -> Reading | None:
        """Cut the digits off from the last one on, each the residue nearest to zero."""
        spare = self.last + self.fraction - (answer.denominator.bit_length() - 1)
        if spare < 0:
            return None
        rest, modulus, half = answer.numerator << spare, 1 << self.digit, 1 << (self.digit - 1)
        limit, one = 1 << (self.fraction + self.whole), 1 << self.fraction
        gradient: list[Fraction] = []
        for _ in range(self.n):
            digit = ((rest + half) & (modulus - 1)) - half
            if abs(digit) > limit:
                return None
            gradient.append(Fraction(digit, one))
            rest = (rest - digit) >> self.digit
        # now rest = value * 2^(first - whole - 2); the value itself has only base_bits bits behind the point
        unused = self.first - self.whole - 2 - self.base_bits
        if rest & ((1 << unused) - 1):
            return None
        return Fraction(rest >> unused, 1 << self.base_bits), gradient[::-1]

    def _read_rational(self, answer: Fraction) -> Reading | None:
        """The simplest rational near the answer, then near what is left of it, and so on; the last is what is left."""
        digits: list[Fraction] = []
        rest_p, rest_q = answer.numerator, answer.denominator
        shifts = [self.first, *[self.digit] * (self.n - 1)]
        for shift in shifts:
            digit = _near_rational(rest_p, rest_q, shift)
            if digit is None:
                return None
            digits.append(digit)
            rest = (Fraction(rest_p, rest_q) - digit) * (1 << shift)
            rest_p, rest_q = rest.numerator, rest.denominator
        value, *gradient = [*digits, Fraction(rest_p, rest_q)]
        return value, gradient


def _near_rational(p: int, q: int, bits: int) -> Fraction | None:
    """The convergent of p/q before the first partial quotient of more than bits/3 bits, or None if there is none.

    Only as many bits of p/q are looked at as can matter.
    """
    excess = q.bit_length() - 2 * bits
    if excess > 0:
        p, q = p >> excess, q >> excess
    h, h_before, k, k_before = 1, 0, 0, 1
    while q:
        a, remainder = divmod(p, q)
        if k and abs(a).bit_length() > bits // 3:
            return Fraction(h, k)
        h, h_before = a * h + h_before, h
        k, k_before = a * k + k_before, k
        if k.bit_length() > bits:
            return None
        p, q = q, remainder
    return Fraction(h, k)
