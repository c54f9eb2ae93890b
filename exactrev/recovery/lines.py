"""PointsOnLine (§4.1): where N breaks along a segment, as exact rationals, from affine pieces that meet.

Knows a probe. Does not know whose boundary a breakpoint is on.

Two stations on the segment, at which N is known to be affine with different maps, are resolved as follows: where the
two maps meet, N is asked a little before and a little after. If the left map still holds there and the right one
already does, that is a breakpoint; otherwise N is yet another map there, and there are two gaps to resolve. (That the
maps meet in the value of N at that point would not be enough: if the left piece goes on beyond it, that is no news.)

Two stations with the same map say nothing about what is between: N may leave the piece and come back. The paper's
removal test (three values in line) drops such kinks without a word, as for ReLU(1 - ReLU(x) - ReLU(1/2 - x)) on
[-10, 30]. Answers alone cannot exclude them. Here every piece is sampled inside, and the scan lists the gaps that
remain between the points asked.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import asinh, ceil, floor, sinh
from typing import Any, NamedTuple

from exactrev.arithmetic.numbers import lift
from exactrev.errors import AssumptionFailed
from exactrev.network.affine import lift_vector
from exactrev.network.network import Point
from exactrev.recovery.points import Line, exponent, odd_dyadic_between, power_of_two
from exactrev.recovery.probe import Germ, NotPiecewiseLinear, Probe

__all__ = ["Breakpoint", "LineMap", "LinePiece", "LineScan", "points_on_line"]

_NUDGE = 180
"""Both sides of a meeting point are asked at a distance of 2^-180 of the gap, or a little more."""

_FINEST = 300
"""Pieces shorter than 2^-300 of the segment are not looked for; answers that seem to have some are refused."""

_FAR = Fraction(2) ** 500
"""Lines that go on beyond this are divided evenly, not on the scale of asinh, which floats carry no further."""


@dataclass(frozen=True, slots=True)
class LineMap:
    """t -> intercept + t slope, a vector for each t."""

    intercept: Point
    slope: Point

    @classmethod
    def through(cls, s: Fraction, at_s: Point, t: Fraction, at_t: Point) -> LineMap:
        """The map with two given values."""
        slope = tuple((b - a) / (t - s) for a, b in zip(at_s, at_t, strict=True))
        return cls(tuple(a - s * m for a, m in zip(at_s, slope, strict=True)), slope)

    def at(self, t: Fraction) -> Point:
        """The value at t."""
        return tuple(a + t * m for a, m in zip(self.intercept, self.slope, strict=True))

    def meets(self, other: LineMap) -> Fraction | None:
        """The t at which the two maps agree in the first entry that has another slope; None if there is none.

        In the other entries the maps may differ there.
        """
        for a, m, b, n in zip(self.intercept, self.slope, other.intercept, other.slope, strict=True):
            if m != n:
                return (b - a) / (m - n)
        return None


@dataclass(frozen=True, slots=True)
class LinePiece:
    """N is `map` for start <= t <= end, as far as was seen: at the `stations`, in order, and at the ends."""

    line: Line
    start: Fraction
    end: Fraction
    map: LineMap
    stations: tuple[Fraction, ...]

    @property
    def slope(self) -> Point:
        """The derivative of N along the line's direction."""
        return self.map.slope

    @property
    def middle(self) -> Fraction:
        """A short dyadic number near the middle of the piece."""
        begin, end = _share(self.start, self.end, 0.4), _share(self.start, self.end, 0.6)
        k = 4 - exponent(end - begin)
        return (2 * floor((begin + end) * power_of_two(k - 2)) + 1) * power_of_two(-k)

    @property
    def inside(self) -> Point:
        """The point of the line at the middle."""
        return self.line.at(self.middle)

    @property
    def germ(self) -> Germ:
        """What this piece says about N at `inside`: hand it to `Probe.piece`, which then asks less."""
        return Germ(self.line.direction, self.map.at(self.middle), self.map.slope)


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """N breaks at `point` = line.at(t), exactly: it is `left.map` before and `right.map` after.

    Both maps were seen at `before` < t and `after` > t, some 180 bits nearer to t than to the next station. If N broke
    twice between these two, it would be taken for once, at the point where the outer pieces meet.
    """

    t: Fraction
    before: Fraction
    after: Fraction
    left: LinePiece
    right: LinePiece

    @property
    def line(self) -> Line:
        """The line that was scanned."""
        return self.left.line

    @property
    def point(self) -> Point:
        """The point on the boundary."""
        return self.line.at(self.t)


@dataclass(frozen=True, slots=True)
class LineScan:
    """What N is along a segment: pieces from `lo` to `hi` and the breakpoints between them, with `queries` spent."""

    line: Line
    lo: Fraction
    hi: Fraction
    pieces: tuple[LinePiece, ...]
    breakpoints: tuple[Breakpoint, ...]
    queries: int

    @property
    def unseen(self) -> tuple[tuple[Fraction, Fraction], ...]:
        """The gaps between neighbouring stations of the same piece: N was asked at both ends and nowhere between."""
        return tuple(gap for piece in self.pieces for gap in pairwise(piece.stations))

    @property
    def caveat(self) -> str:
        """What the answers cannot exclude, in a sentence."""
        gaps = self.unseen
        longest = max((t - s for s, t in gaps), default=Fraction(0))
        return (
            f"{len(self.pieces)} pieces seen; in {len(gaps)} gaps between points that were asked, the longest "
            f"{float(longest):.3g} of t, N agrees at both ends, and may still leave the piece and come back between"
        )


def points_on_line(
    probe: Probe,
    origin: Iterable[Any],
    direction: Iterable[Any],
    lo: Any,
    hi: Any,
    *,
    scalar: Sequence[Any] | None = None,
    samples: int = 1,
) -> LineScan:
    """All breakpoints of N on {origin + t direction : lo <= t <= hi} that these questions can show.

    Answers are compared as vectors; with `scalar`, one weight for each output, only that combination is. Each piece
    is sampled inside: N has been asked in each of `samples` parts of its middle three quarters, which are equal on the
    scale of asinh(t) if the piece is long. Costs between 5 and 6 plain questions a breakpoint, a sample included.

    Raises `NotPiecewiseLinear` for answers that no piecewise linear function with pieces of some length would give.

    >>> scan = points_on_line(Probe(lambda x: max(x[0] - x[1], 3), 2), (0, 0), (1, 0), -8, 8)
    >>> [(b.t, b.left.map.slope, b.right.map.slope) for b in scan.breakpoints]
    [(Fraction(3, 1), (Fraction(0, 1),), (Fraction(1, 1),))]
    """
    line = Line(tuple(lift_vector(origin)), tuple(lift_vector(direction)))
    first, last = lift(lo), lift(hi)
    if not first < last:
        raise AssumptionFailed("a segment needs two different ends, in order", witness=(first, last))
    weights = None if scalar is None else lift_vector(scalar)

    def ask(*parameters: Fraction) -> list[Point]:
        answers = probe.values([line.at(t) for t in parameters])
        if weights is None:
            return answers
        return [(sum((c * y for c, y in zip(weights, answer, strict=True)), Fraction(0)),) for answer in answers]

    spent = probe.plain_queries
    work = _WorkList(ask, line, last - first, probe.rng)
    work.add([work.measure(first, last - first), work.measure(last, first - last)])
    while places := [place for run in work.runs() for place in work.unsampled(run, samples)]:
        work.sample(places)
    pieces = [LinePiece(line, run.start, run.end, run.map, run.stations) for run in work.runs()]
    breakpoints = [
        Breakpoint(kink.t, kink.before, kink.after, left, right)
        for kink, (left, right) in zip(work.kinks, pairwise(pieces), strict=True)
    ]
    return LineScan(line, first, last, tuple(pieces), tuple(breakpoints), probe.plain_queries - spent)


class _Station(NamedTuple):
    """A place where N was asked, and the map that N is there (to its right, where it is a breakpoint)."""

    t: Fraction
    map: LineMap


class _Kink(NamedTuple):
    """A breakpoint at t between two neighbouring stations; the right one may lie at t itself."""

    before: Fraction
    t: Fraction
    after: Fraction


class _Run(NamedTuple):
    """A piece: its ends, its map, and the places where it was seen."""

    start: Fraction
    end: Fraction
    map: LineMap
    stations: tuple[Fraction, ...]


class _WorkList:
    """Stations in order, and the kinks between them: neighbours have the same map, or a kink between them."""

    def __init__(
        self, ask: Callable[..., list[Point]], line: Line, length: Fraction, rng: random.Random
    ) -> None:
        self.ask = ask
        self.line = line
        self.finest = length * power_of_two(-_FINEST)
        self.rng = rng
        self.stations: list[_Station] = []
        self.kinks: list[_Kink] = []

    def measure(self, t: Fraction, room: Fraction, value: Point | None = None) -> _Station:
        """A station at t, from the values there and a little into the room beside it, on the right or the left."""
        aside = t + room * power_of_two(-_NUDGE)
        at_t, at_aside = (value, *self.ask(aside)) if value is not None else self.ask(t, aside)
        return _Station(t, LineMap.through(t, at_t, aside, at_aside))

    def add(self, stations: Iterable[_Station]) -> None:
        """Put stations in their places, and resolve all gaps between neighbours of different maps."""
        every = sorted([*self.stations, *stations], key=lambda station: station.t)
        known = {kink.before: kink for kink in self.kinks}
        self.stations, self.kinks = every[:1], []
        for a, b in pairwise(every):
            if a.t in known:
                self.stations.append(b)
                self.kinks.append(known[a.t])
            else:
                self._resolve(a, b)

    def runs(self) -> Iterator[_Run]:
        """The pieces, in order."""
        cuts = iter([*self.kinks, None])
        start, stations = self.stations[0].t, iter(self.stations)
        for kink in cuts:
            last = self.stations[-1].t if kink is None else kink.before
            run = [next(stations)]
            while run[-1].t != last:
                run.append(next(stations))
            end = last if kink is None else kink.t
            yield _Run(start, end, run[0].map, tuple(station.t for station in run))
            start = end

    def unsampled(self, run: _Run, samples: int) -> Iterator[tuple[Fraction, LineMap]]:
        """A random place in each of so many parts of a piece's middle in which N has not been asked."""
        cuts = [_share(run.start, run.end, (1 + 6 * i / samples) / 8) for i in range(samples + 1)] if samples else []
        for begin, end in pairwise(cuts):
            if not any(begin <= t <= end for t in run.stations):
                yield odd_dyadic_between(begin, end, self.rng), run.map

    def sample(self, places: Sequence[tuple[Fraction, LineMap]]) -> None:
        """Ask N at places inside pieces; where it is off its piece, there is more to resolve."""
        answers = self.ask(*(t for t, _ in places))
        self.add(
            [
                _Station(t, expected) if value == expected.at(t) else self.measure(t, self.finest, value)
                for (t, expected), value in zip(places, answers, strict=True)
            ]
        )

    def _resolve(self, a: _Station, b: _Station) -> None:
        """Append what lies between a, which is there already, and b."""
        gaps = [(a, b)]
        while gaps:
            a, b = gaps.pop()
            between = [] if a.map == b.map else self._try_meeting(a, b)
            if between:
                gaps += reversed([*pairwise([a, *between, b])])
            else:
                self.stations.append(b)

    def _try_meeting(self, a: _Station, b: _Station) -> list[_Station]:
        """Note the kink where two maps meet, and a station on both sides; or return stations between them."""
        if b.t - a.t < self.finest:
            raise NotPiecewiseLinear(
                "the answers on a line fit no piecewise linear function with pieces of this length",
                place=self.line.at(a.t),
                step=b.t - a.t,
            )
        t = a.map.meets(b.map)
        if t is None or not a.t < t <= b.t:
            return [self._split(a, b)]
        k = max(_NUDGE - exponent(b.t - a.t), 20 - exponent(min(t - a.t, b.t - t) or t - a.t))
        before, after = _dyadic(floor(t * power_of_two(k)) - 1, k), _dyadic(ceil(t * power_of_two(k)) + 1, k)
        if t == b.t:  # b happens to be a breakpoint itself; its map is the one to the right
            if self.ask(before)[0] == a.map.at(before):
                return self._close(a, b, _Kink(before, t, t))
            return [self._split(a, b)]
        at_before = self.ask(before)[0]
        if at_before == b.map.at(before):
            return [_Station(before, b.map)]
        at_after = self.ask(after)[0]
        goes_on, has_begun = at_before == a.map.at(before), at_after == b.map.at(after)
        if goes_on and has_begun and a.map.at(t) == b.map.at(t):
            return self._close(a, _Station(after, b.map), _Kink(before, t, after))
        between = LineMap.through(before, at_before, after, at_after)
        if (goes_on and between != a.map) or (has_begun and between != b.map):
            return [self._split(a, b)]  # N breaks between these two: they say nothing about a piece
        return [_Station(before, between), _Station(after, between)]

    def _close(self, a: _Station, first: _Station, kink: _Kink) -> list[_Station]:
        """Note a kink between the map of a and the station after it: nothing is left to resolve."""
        self.stations.append(_Station(kink.before, a.map))
        self.kinks.append(kink)
        if first.t != kink.t:
            self.stations.append(first)
        return []

    def _split(self, a: _Station, b: _Station) -> _Station:
        """A station at a random place in the middle of a gap."""
        begin, end = _share(a.t, b.t, 0.4), _share(a.t, b.t, 0.6)
        t = odd_dyadic_between(begin, end, self.rng)
        value = self.ask(t)[0]
        for known in (a.map, b.map):
            if value == known.at(t):
                return _Station(t, known)
        return self.measure(t, end - begin, value)


def _share(begin: Fraction, end: Fraction, share: float) -> Fraction:
    """The number at this share of the way, counted on the scale of asinh(t): most pieces of a long line lie near 0."""
    if end - begin > 1 and max(abs(begin), abs(end)) < _FAR:
        low, high = asinh(begin), asinh(end)
        if high - low > 1:
            return Fraction(sinh(low + share * (high - low)))
    return begin + Fraction(share) * (end - begin)


def _dyadic(numerator: int, bits: int) -> Fraction:
    return numerator * power_of_two(-bits)
