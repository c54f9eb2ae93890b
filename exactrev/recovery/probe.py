"""What a recovery may know of N: values at points, and the affine piece around a point, both exact.

Knows an oracle and nothing else of the network. Everything that recovery asks goes through here, and what is reported
as a piece has been checked by an answer that it did not come from. A piece can be read in two ways: from n_in + 2
plain questions, fewer where all gradients so far lie in a small space (`gradients`), or from one long question whose
exact answer holds value and gradient in its digits (`packing`), confirmed by two plain ones.

A check can fail for two reasons. Either the point lies on a boundary (`OnBoundary`), or the answers are not the values
of a piecewise linear function, or not exact (`NotPiecewiseLinear`): along a ray from any point a piecewise linear
function is affine for a while, and this is tested down to steps of 2^-1000 of the point's size. No finite number of
answers can prove that they are exact; those of an oracle that rounds look like a network that is flat around most
points, until a line is scanned.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal, NamedTuple

from exactrev.errors import AssumptionFailed, ExactrevError, InvalidNetwork
from exactrev.network.affine import AffineMap, lift_vector
from exactrev.network.network import Point
from exactrev.oracle import Oracle
from exactrev.recovery.charts import Chart, Forms
from exactrev.recovery.gradients import GradientSpan
from exactrev.recovery.packing import Packing, is_dyadic
from exactrev.recovery.points import (
    dot,
    evaluate_map,
    exponent,
    power_of_two,
    random_vector,
    round_to_dyadic,
    shifted,
    to_integers,
)

__all__ = ["Germ", "NotPiecewiseLinear", "OnBoundary", "Probe"]

_NEAR = 200
"""The step of a difference quotient is 2^-200 of the point's size: far below what separates boundaries."""

_MOST_PACKED = 64
"""With more inputs a packed question is used for nothing but whole pieces that are wanted: it takes 0.1 s with 784."""

_RANGE = 800
"""How many bits nearer to look when a check fails. A cell as thin as that is not told from a boundary."""


_LONGEST_KEPT = 2**14
"""Questions with more bits in a coordinate are not kept in `answered`. With 784 inputs a packed one has 80,000 in each:
8 MB a question, and a fifth of a second each time that a network is compared with its answer."""


class _Digits(NamedTuple):
    """How a packed answer is cut: bits behind the point of a gradient's entry, bits before it, kind of rational."""

    fraction: int
    whole: int
    dyadic: bool


class NotPiecewiseLinear(ExactrevError):
    """The answers are no exact values of a function that is affine on pieces as long as `step`, around `place`."""


class OnBoundary(AssumptionFailed):
    """N is affine around no neighbourhood of this point: it lies on a boundary; the point is the `witness`."""


@dataclass(frozen=True, slots=True)
class Germ:
    """N(x + s direction) = value + s slope for small s: what is known of N near x along one direction.

    On a scanned line, it may be that of piece number `index` of the line's `chart`.
    """

    direction: Point
    value: Point
    slope: Point
    chart: Chart | None = field(default=None, compare=False, repr=False)
    index: int = field(default=0, compare=False)

    def fits(self, f: AffineMap, x: Point) -> bool:
        """Whether the affine map f has this germ at x."""
        move, q = to_integers(self.direction)
        slope = tuple(Fraction(dot(row[:-1], move), f.denominator * q) for row in f.rows)
        return slope == self.slope and evaluate_map(f, x) == self.value


class Probe:
    """Asks an oracle for values and for affine pieces, exactly.

    `how` is "plain" or "packed", and says how `piece` asks; the oracle counts queries and bits, and the probe counts
    `plain_queries` and `packed_queries` apart. `weights`, a rational for each output or else random integers, make one
    number of an answer, for `scalars`. All random choices come from `seed`: the same questions every time.

    >>> probe = Probe(lambda x: max(x[0] - 2 * x[1], 0) + x[1], 2)
    >>> probe.piece((3, 1)), probe.piece((0, 1)).W
    (AffineMap(rows=((1, -1, 0),), denominator=1, n_in=2), ((Fraction(0, 1), Fraction(1, 1)),))
    >>> probe.plain_queries
    8
    """

    def __init__(
        self,
        oracle: Any,
        n_in: int,
        how: Literal["plain", "packed"] = "plain",
        weights: Sequence[Any] | None = None,
        *,
        seed: int = 0,
    ) -> None:
        """`oracle` is an `Oracle`, or whatever one can be made of. Raises `InvalidNetwork` for another `how`."""
        if how not in ("plain", "packed"):
            raise InvalidNetwork("there are two ways to ask", found=how, expected="plain or packed")
        self.oracle = oracle if isinstance(oracle, Oracle) else Oracle(oracle, n_in)
        if self.oracle.n_in != n_in:
            raise InvalidNetwork("the oracle has another number of inputs", found=self.oracle.n_in, expected=n_in)
        self.n_in = n_in
        self.how = how
        self.weights = None if weights is None else tuple(lift_vector(weights))
        self.rng = random.Random(seed)
        self._seed = seed
        self.plain_queries = 0
        self.answered: list[tuple[Point, Point]] = []  # the questions with their answers, in order; not the longest
        self.packed_queries = 0
        self.forms: Forms = {}  # of the boundaries between pieces, as far as lines have shown them
        self.gradients = GradientSpan(n_in)  # of all pieces that have been read
        self._digits: _Digits | None = None

    @property
    def packs_cheaply(self) -> bool:
        """Whether to ask one packed question where a few plain ones would do."""
        return self.how == "packed" and self.n_in <= _MOST_PACKED

    # -- values --------------------------------------------------------------------------------------------------

    def value(self, x: Iterable[Any]) -> Point:
        """N(x)."""
        return self.values([x])[0]

    def values(self, points: Iterable[Iterable[Any]]) -> list[Point]:
        """N at every point, in one batch."""
        asked = [tuple(lift_vector(point)) for point in points]
        answers = self.oracle.ask(asked)
        self.plain_queries += len(answers)
        self.answered += zip(asked, answers, strict=True)
        return answers

    def scalar(self, x: Iterable[Any]) -> Fraction:
        """The fixed combination of the outputs at x."""
        return self.scalars([x])[0]

    def scalars(self, points: Iterable[Iterable[Any]]) -> list[Fraction]:
        """The fixed combination of the outputs at every point; N itself, times a number, if it has one output."""
        answers = self.values(points)
        if self.weights is None and answers:
            self.weights = tuple(map(Fraction, random_vector(len(answers[0]), random.Random(self._seed))))
        return [sum((c * y for c, y in zip(self.weights or (), y_, strict=True)), Fraction(0)) for y_ in answers]

    # -- pieces --------------------------------------------------------------------------------------------------

    def piece(self, x: Iterable[Any], *, germ: Germ | None = None, near: int | None = None) -> AffineMap:
        """The affine map that N is around x.

        A `germ` that is known already saves its own questions: n_in plain ones are left, or the packed one alone. With
        a chart of its line none is asked where the piece is known, and one where it can be guessed. All questions lie
        within about 2^-near of x; 200 bits below the size of x unless told. Raises `OnBoundary` or
        `NotPiecewiseLinear` where there is no such map.
        """
        x = tuple(lift_vector(x))
        near = self._default_near(x) if near is None else near
        if germ is None or germ.chart is None:
            return self._read(x, germ, near)
        f = germ.chart[germ.index]
        if f is None or not germ.fits(f, x):
            f = self._confirmed_guess(x, germ, germ.chart, near) or self._read(x, germ, near)
            germ.chart.note(germ.index, f)
        return f

    def _confirmed_guess(self, x: Point, germ: Germ, chart: Chart, near: int) -> AffineMap | None:
        """What the chart expects at x, if N agrees at a random point nearby."""
        guess = chart.guess(germ.index)
        if guess is None or not germ.fits(guess, x):
            return None
        behind = self._behind(x, near)
        return guess if self.value(behind) == evaluate_map(guess, behind) else None

    def _read(self, x: Point, germ: Germ | None, near: int) -> AffineMap:
        nearest = near + _RANGE
        while True:
            f = self._read_span(x, near, germ) if self.how == "plain" and self.gradients.is_useful else None
            if f is None:
                f = self._read_plain(x, near, germ) if self.how == "plain" else self._read_packed(x, near, germ)
            if f is not None:
                self.gradients.add(row[:-1] for row in f.rows)
                return f
            near, germ = self._nearer(x, near, nearest), None

    def read_packed(self, x: Iterable[Any], near: int | None = None) -> AffineMap | None:
        """What the digits of one answer at x say of N there, which nothing has confirmed yet; None if they overflow.

        For those who compare what they read with other answers. x may be moved by up to 2^-near.
        """
        x = tuple(lift_vector(x))
        near = self._default_near(x) if near is None else near
        base = _short_base(x, near)
        self._digits = self._digits or self._measure_digits(base, near)
        return self._unpack(base, near, self._digits)

    def piece_along(self, x: Iterable[Any], direction: Iterable[Any], *, near: int | None = None) -> Germ:
        """Value and slope of N at x along a direction, from two plain questions; not checked any further.

        At a point of a boundary the slope is the one ahead.
        """
        x, direction = tuple(lift_vector(x)), tuple(lift_vector(direction))
        near = self._default_near(x) if near is None else near
        value, ahead = self.values([x, shifted(x, power_of_two(-near), direction)])
        return Germ(direction, value, tuple((b - a) * power_of_two(near) for a, b in zip(value, ahead, strict=True)))

    def _default_near(self, x: Point) -> int:
        return _NEAR - max(0, exponent(max(map(abs, x))))

    def _behind(self, x: Point, near: int) -> Point:
        """A random point on the other side of x than x + (positive offsets): a boundary through x cannot hide."""
        return shifted(x, -power_of_two(-near - 12), [abs(c) for c in random_vector(self.n_in, self.rng)])

    def _nearer(self, x: Point, near: int, nearest: int) -> int:
        """How near to x to try next, after a piece could not be read there.

        On a random line through x, looks for three points in line with x in their middle. If there are none, looks
        ahead and back separately: that tells a boundary from answers that fit no piecewise linear function.
        """
        ray, centre = random_vector(self.n_in, self.rng), self.value(x)
        while True:
            near += 100
            step = power_of_two(-near - 12)
            behind, ahead = self.values([shifted(x, -step, ray), shifted(x, step, ray)])
            straight = _in_line(behind, centre, ahead)
            if near > nearest:
                break
            if straight:
                return near
        far_behind, far_ahead = self.values([shifted(x, -2 * step, ray), shifted(x, 2 * step, ray)])
        if not straight and _in_line(far_behind, behind, centre) and _in_line(centre, ahead, far_ahead):
            raise OnBoundary("this point lies on a boundary of N", witness=x)
        raise NotPiecewiseLinear("no affine map fits the answers around a point", place=x, step=step)

    # -- plain ---------------------------------------------------------------------------------------------------

    def _read_plain(self, x: Point, near: int, germ: Germ | None) -> AffineMap | None:
        """From difference quotients; None if the check fails."""
        step = power_of_two(-near)
        points = [(*x[:i], entry + step, *x[i + 1 :]) for i, entry in enumerate(x)]
        if germ is None:
            behind = self._behind(x, near)
            value, check, *neighbours = self.values([x, behind, *points])
        else:
            value, neighbours = germ.value, self.values(points)
        scale = power_of_two(near)
        gradients = [[(y[j] - centre) * scale for y in neighbours] for j, centre in enumerate(value)]
        f = _through(x, value, gradients)
        fits = germ.fits(f, x) if germ is not None else evaluate_map(f, behind) == check
        return f if fits else None

    def _read_span(self, x: Point, near: int, germ: Germ | None) -> AffineMap | None:
        """From so many difference quotients as the gradients seen before have dimensions; None if the check fails.

        The check is N at a point in a direction of many random bits: no gradient outside the span would pass it but by
        an accident of odds 2^-40.
        """
        step, ray = power_of_two(-near), [abs(c) for c in random_vector(self.n_in, self.rng, 48)]
        behind = shifted(x, -power_of_two(-near - 48), ray)
        points = [(*x[:i], x[i] + step, *x[i + 1 :]) for i in self.gradients.pivots]
        check, *answers = self.values([behind, *points] if germ is not None else [behind, *points, x])
        value = germ.value if germ is not None else answers.pop()
        entries = [[(y[j] - centre) / step for y in answers] for j, centre in enumerate(value)]
        f = _through(x, value, [self.gradients.extend(known) for known in entries])
        fits = evaluate_map(f, behind) == check and (germ is None or germ.fits(f, x))
        self.gradients.learn(was_right=fits)
        return f if fits else None

    # -- packed --------------------------------------------------------------------------------------------------

    def _read_packed(self, x: Point, near: int, germ: Germ | None) -> AffineMap | None:
        """From the digits of one answer, which are made longer until the check holds; None if that is no help."""
        base = _short_base(x, near)
        behind = self._behind(x, near)
        ahead = tuple(2 * a - b for a, b in zip(x, behind, strict=True))  # a boundary through x leaves x +- r apart
        checks = [] if germ is not None else list(zip((behind, ahead), self.values([behind, ahead]), strict=True))
        digits = self._digits = self._digits or self._measure_digits(base, near)
        for doubling in range(6):
            longer = digits._replace(fraction=digits.fraction << doubling, whole=digits.whole << doubling)
            f = self._unpack(base, near, longer)
            if f is not None and (germ is None or germ.fits(f, x)) and all(evaluate_map(f, p) == y for p, y in checks):
                self._digits = longer
                return f
            around = self._values_around(base, near)
            if not _in_line(*around):
                break  # a boundary is nearby: longer digits are no help
            if digits.dyadic and not _are_dyadic(around):
                digits = _rational_digits(around, digits.whole)
        return None

    def _unpack(self, base: Point, near: int, digits: _Digits) -> AffineMap | None:
        """The affine map whose value and gradient are the digits of N near the base point, unless they overflow."""
        bits = _bits_behind(base)
        bits = bits if digits.dyadic else 3 * bits
        packing = Packing.fit(self.n_in, near, bits, digits.fraction, digits.whole, binary=digits.dyadic)
        question = packing.point(base)
        answer = self.oracle(question)
        self.packed_queries += 1
        if packing.last <= _LONGEST_KEPT:
            self.answered.append((question, answer))
        readings = [packing.read(entry) for entry in answer]
        found = [reading for reading in readings if reading is not None]
        if len(found) < len(readings):
            return None
        return _through(base, [value for value, _ in found], [gradient for _, gradient in found])

    def _measure_digits(self, base: Point, near: int) -> _Digits:
        """How long the digits should be at first, from two plain answers at points that end in random bits.

        A gradient of dyadic weights has as many bits behind the point as the answer has more than the question; other
        rationals are known from their digits when these are three times as long as the denominator.
        """
        ray = [2 * abs(c) + 1 for c in random_vector(self.n_in, self.rng)]
        points = [shifted(base, power_of_two(-near - 12 - k), ray) for k in (0, 1)]
        first, second = self.values(points)
        size = max(exponent(a - b) for a, b in zip(first, second, strict=True)) + near + 1
        whole = max(0, size) + 16
        if not _are_dyadic([first, second]):
            return _rational_digits([first, second], whole)
        return _Digits(max(0, _bits_behind(second) - _bits_behind(points[1])) + 16, whole, True)

    def _values_around(self, x: Point, near: int) -> list[Point]:
        """N at three points of a random short segment with x in its middle."""
        ray, step = random_vector(self.n_in, self.rng), power_of_two(-near - 12)
        return self.values([shifted(x, -step, ray), x, shifted(x, step, ray)])


def _short_base(x: Point, near: int) -> Point:
    """x itself if it is dyadic and short, else rounded to `near` bits behind the point."""
    short = all(is_dyadic(entry) and entry.denominator.bit_length() <= 2 * near for entry in x)
    return x if short else round_to_dyadic(x, near)


def _are_dyadic(answers: Sequence[Point]) -> bool:
    """Whether all entries are; at dyadic points a third of the answers are even if the weights have denominator 3."""
    return all(is_dyadic(entry) for answer in answers for entry in answer)


def _rational_digits(answers: Sequence[Point], whole: int) -> _Digits:
    """The length of digits that are no dyadic rationals: three times that of the denominators seen, and some more."""
    entries = [entry for answer in answers for entry in answer]
    odd = max((entry.denominator // (entry.denominator & -entry.denominator)).bit_length() for entry in entries)
    return _Digits(3 * odd + 64, 2 * whole, False)


def _in_line(a: Point, b: Point, c: Point) -> bool:
    """Whether b is the midpoint of a and c."""
    return all(u + w == 2 * v for u, v, w in zip(a, b, c, strict=True))


def _bits_behind(x: Point) -> int:
    """The number of bits behind the point, for dyadic rationals."""
    return max(entry.denominator.bit_length() - 1 for entry in x)


def _through(x: Point, value: Sequence[Fraction], gradients: Sequence[Sequence[Fraction]]) -> AffineMap:
    """The affine map with these gradients, one for each output, and this value at x."""
    numerators, q = to_integers(x)
    rows = []
    for y, gradient in zip(value, gradients, strict=True):
        slopes, r = to_integers(gradient)
        rows.append([*gradient, y - Fraction(dot(slopes, numerators), q * r)])
    return AffineMap.from_fractions(rows)
