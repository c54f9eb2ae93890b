"""The work list of a line scan: stations at which N is known to be affine, and what lies between them.

Knows numbers t, and how to ask for N at them; the line itself only to name a place. `lines` says what it is for.

Two stations with different maps are resolved as follows: where the two maps meet, N is asked a little before and a
little after. If the left map still holds there and the right one already does, that is a breakpoint; otherwise N is
yet another map there, and there are two gaps to resolve. (That the maps meet in the value of N at that point would not
be enough: if the left piece goes on beyond it, that is no news.)

A map is known from two values close together, or from one packed answer that shows the whole piece. Either may mislead,
where a boundary passes in between. An answer from elsewhere confirms it, mostly one that is asked anyway when a
breakpoint at its end is closed; where maps do not lead on, those that nothing has confirmed are checked first.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from math import asinh, ceil, floor, sinh
from typing import NamedTuple

from exactrev.network.affine import AffineMap
from exactrev.network.network import Point
from exactrev.recovery.points import Line, exponent, odd_dyadic_between, power_of_two
from exactrev.recovery.probe import NotPiecewiseLinear

__all__ = ["LineMap", "WorkList", "share"]

_NUDGE = 180
"""Both sides of a meeting point are asked at a distance of 2^-180 of the gap, or a little more."""

_FINEST = 300
"""Pieces shorter than 2^-300 of the segment are not looked for; answers that seem to have some are refused."""

_SUSPICIOUS = 100
"""In gaps shorter than 2^-100 of the segment nothing is believed that has not been confirmed."""

_PATIENCE = 3
"""So often may a map that nothing has confirmed meet its neighbour's outside the gap before it is checked."""

_IN_A_ROW = 40
"""After so many packed answers in a row that show yet another map and close no gap, every further one is checked."""

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


@dataclass(slots=True, eq=False)
class Station:
    """A place where N was asked, and the map that N is there (to its right, where it is a breakpoint).

    `piece` is the whole piece, where a packed answer has shown it. A `doubt` says that nothing has confirmed the map.
    """

    t: Fraction
    map: LineMap
    piece: AffineMap | None = None
    doubt: Doubt | None = None


@dataclass(slots=True, eq=False)
class Doubt:
    """A map that comes from answers very near to one place, and how to dispel it.

    `place` is where else to ask; should N be off the map there, each station is measured again on its own `side`.
    """

    place: Fraction
    side: Fraction
    stations: list[Station] = field(default_factory=list)
    strikes: int = 0


class Kink(NamedTuple):
    """A breakpoint at t between two neighbouring stations; the right one may lie at t itself."""

    before: Fraction
    t: Fraction
    after: Fraction


class Run(NamedTuple):
    """A piece: its ends, its map, the places where it was seen, and the whole piece if it was read."""

    start: Fraction
    end: Fraction
    map: LineMap
    stations: tuple[Fraction, ...]
    piece: AffineMap | None


class WorkList:
    """Stations in order, and the kinks between them: neighbours have the same map, or a kink between them."""

    def __init__(
        self,
        ask: Callable[..., list[Point]],
        line: Line,
        length: Fraction,
        rng: random.Random,
        read: Callable[[Point, int | None], AffineMap | None] | None = None,
    ) -> None:
        """`ask` takes numbers t and returns N there; `length` is that of the whole segment.

        With `read`, a point and how many bits around it matter, whole pieces are read, not confirmed yet.
        """
        self.ask = ask
        self.line = line
        self.finest = length * power_of_two(-_FINEST)
        self.suspicious = length * power_of_two(-_SUSPICIOUS)
        self.rng = rng
        self.read = read
        self.stations: list[Station] = []
        self.kinks: list[Kink] = []
        self._is_repaired = False
        self._in_a_row = 0

    def measure(self, t: Fraction, room: Fraction, value: Point | None = None) -> Station:
        """A station at t; without a packed answer, from the values there and a little into the room beside it."""
        aside = t + room * power_of_two(-_NUDGE)
        station = self._read_at(aside, (t + 3 * aside) / 4, 60 - exponent(aside - t))
        if station is not None and (value is None or station.map.at(t) == value):
            station.t = t
            return station
        at_t, at_aside = (value, *self.ask(aside)) if value is not None else self.ask(t, aside)
        station = Station(t, LineMap.through(t, at_t, aside, at_aside))
        station.doubt = Doubt((t + aside) / 2, aside - t, [station])
        return station

    def add(self, stations: Iterable[Station]) -> None:
        """Put stations in their places, and resolve all gaps between neighbours of different maps."""
        every = sorted([*self.stations, *stations], key=lambda station: station.t)
        while True:
            self._is_repaired = False
            known = {kink.before: kink for kink in self.kinks}
            self.stations, self.kinks = every[:1], []
            for a, b in pairwise(every):
                if a.t in known:
                    self.stations.append(b)
                    self.kinks.append(known[a.t])
                else:
                    self._resolve(a, b)
            if not self._is_repaired:
                return
            every = self.stations

    def runs(self) -> Iterator[Run]:
        """The pieces, in order."""
        last = self.stations[-1].t
        start, stations = self.stations[0].t, iter(self.stations)
        for before, end in [*((kink.before, kink.t) for kink in self.kinks), (last, last)]:
            run = [next(stations)]
            while run[-1].t != before:
                run.append(next(stations))
            piece = next((station.piece for station in run if station.piece is not None), None)
            yield Run(start, end, run[0].map, tuple(station.t for station in run), piece)
            start = end

    def unsampled(self, run: Run, samples: int) -> Iterator[tuple[Fraction, LineMap]]:
        """A random place in each of so many parts of a piece's middle in which N has not been asked."""
        cuts = [share(run.start, run.end, (1 + 6 * i / samples) / 8) for i in range(samples + 1)] if samples else []
        for begin, end in pairwise(cuts):
            if not any(begin <= t <= end for t in run.stations):
                yield odd_dyadic_between(begin, end, self.rng), run.map

    def sample(self, places: Sequence[tuple[Fraction, LineMap]]) -> None:
        """Ask N at places inside pieces; where it is off its piece, there is more to resolve."""
        answers = self.ask(*(t for t, _ in places))
        self.add(
            [
                Station(t, expected) if value == expected.at(t) else self.measure(t, self.finest, value)
                for (t, expected), value in zip(places, answers, strict=True)
            ]
        )

    # -- gaps -----------------------------------------------------------------------------------------------------

    def _resolve(self, a: Station, b: Station) -> None:
        """Append what lies between a, which is there already, and b."""
        gaps = [(a, b)]
        while gaps:
            a, b = gaps.pop()
            between = [] if a.map == b.map else self._narrow(a, b)
            if between is None:
                gaps.append((a, b))
            elif between:
                gaps += reversed([*pairwise([a, *between, b])])
            else:
                self.stations.append(b)

    def _narrow(self, a: Station, b: Station) -> list[Station] | None:
        """Note the kink where two maps meet; or return stations between them, or None if one of the maps was wrong."""
        if b.t - a.t < self.finest:
            if self._is_refuted(a, 0) or self._is_refuted(b, 0):
                return None
            raise NotPiecewiseLinear(
                "the answers on a line fit no piecewise linear function with pieces of this length",
                place=self.line.at(a.t),
                step=b.t - a.t,
            )
        t = a.map.meets(b.map)
        is_between = t is not None and a.t < t <= b.t
        patience = 0 if b.t - a.t < self.suspicious else _PATIENCE
        if (not is_between or not patience) and (self._is_refuted(a, patience) or self._is_refuted(b, patience)):
            return None
        if t is None or not is_between:
            return [self._split(a, b)]
        k = max(_NUDGE - exponent(b.t - a.t), 20 - exponent(min(t - a.t, b.t - t) or t - a.t))
        before, after = _dyadic(floor(t * power_of_two(k)) - 1, k), _dyadic(ceil(t * power_of_two(k)) + 1, k)
        if t == b.t:  # b happens to be a breakpoint itself, if its map is right: the one to the right
            if self._is_refuted(b, 0):
                return None
            if self.ask(before)[0] == a.map.at(before):
                return self._close(a, b, Kink(before, t, t))
            return [self._split(a, b)]
        station = self._read_at(before, (3 * before + after) / 4, k + 60)
        if station is None:
            return self._try_both_sides(a, b, before, t, after)
        if station.map != a.map:
            self._in_a_row += 1
            if self._in_a_row > _IN_A_ROW:
                self._is_refuted(station, 0)  # where all digits are misread, each station lies but a little further on
            return [station]
        at_after = self.ask(after)[0]
        if at_after == b.map.at(after) and a.map.at(t) == b.map.at(t):
            return self._close(a, Station(after, b.map), Kink(before, t, after), b)
        if at_after == a.map.at(after):
            return [Station(after, a.map)]
        return [station, self._read_at(after, (before + 3 * after) / 4, k + 60) or self.measure(after, b.t - after)]

    def _try_both_sides(
        self, a: Station, b: Station, before: Fraction, t: Fraction, after: Fraction
    ) -> list[Station]:
        """With plain questions: is N the map of a until t, and that of b from there on?"""
        at_before = self.ask(before)[0]
        if at_before == b.map.at(before):
            return [Station(before, b.map)]
        at_after = self.ask(after)[0]
        goes_on, has_begun = at_before == a.map.at(before), at_after == b.map.at(after)
        if goes_on and has_begun and a.map.at(t) == b.map.at(t):
            return self._close(a, Station(after, b.map), Kink(before, t, after), b)
        between = LineMap.through(before, at_before, after, at_after)
        if goes_on and between == a.map:
            return [Station(after, a.map)]
        if (goes_on and between != a.map) or (has_begun and between != b.map):
            return [self._split(a, b)]  # N breaks between these two: they say nothing about a piece
        # N may break at t, between two other maps, both hidden from outside, for instance by a hat around t.
        doubt = Doubt((before + after) / 2, after - before)
        doubt.stations += Station(before, between, doubt=doubt), Station(after, between, doubt=doubt)
        return doubt.stations

    def _close(self, a: Station, first: Station, kink: Kink, b: Station | None = None) -> list[Station]:
        """Note a kink between the map of a and the station after it: nothing is left to resolve."""
        self._in_a_row = 0
        a.doubt = None
        if b is not None:
            b.doubt = None
        self.stations.append(Station(kink.before, a.map))
        self.kinks.append(kink)
        if first.t != kink.t:
            self.stations.append(first)
        return []

    def _split(self, a: Station, b: Station) -> Station:
        """A station at a random place in the middle of a gap."""
        begin, end = share(a.t, b.t, 0.4), share(a.t, b.t, 0.6)
        t = odd_dyadic_between(begin, end, self.rng)
        if self.read is not None:
            return self.measure(t, end - begin)
        value = self.ask(t)[0]
        for known in (a.map, b.map):
            if value == known.at(t):
                return Station(t, known)
        return self.measure(t, end - begin, value)

    # -- doubts ---------------------------------------------------------------------------------------------------

    def _read_at(self, t: Fraction, elsewhere: Fraction, near: int | None = None) -> Station | None:
        """A station from one packed answer, to be confirmed."""
        piece = None if self.read is None else self.read(self.line.at(t), near)
        if piece is None:
            return None
        doubt = Doubt(elsewhere, self.finest)
        doubt.stations.append(Station(t, LineMap(*self.line.restrict(piece)), piece, doubt))
        return doubt.stations[0]

    def _is_refuted(self, station: Station, patience: int) -> bool:
        """Ask N at another place, if nothing has confirmed the map for long; where it is wrong, measure plainly."""
        doubt = station.doubt
        if doubt is None:
            return False
        doubt.strikes += 1
        if doubt.strikes <= patience:
            return False
        is_wrong = self.ask(doubt.place)[0] != station.map.at(doubt.place)
        for each in doubt.stations:
            each.doubt = None
            if is_wrong:
                aside = each.t + (doubt.side if each is doubt.stations[-1] else -doubt.side) * power_of_two(-_NUDGE)
                at_t, at_aside = self.ask(each.t, aside)
                each.map, each.piece = LineMap.through(each.t, at_t, aside, at_aside), None
        if is_wrong:
            self._is_repaired, self.read = True, None  # the digits are too short for this line
        return is_wrong


def share(begin: Fraction, end: Fraction, part: float) -> Fraction:
    """The number at this share of the way, counted on the scale of asinh(t): most pieces of a long line lie near 0."""
    if end - begin > 1 and max(abs(begin), abs(end)) < _FAR:
        low, high = asinh(begin), asinh(end)
        if high - low > 1:
            return Fraction(sinh(low + part * (high - low)))
    return begin + Fraction(part) * (end - begin)


def _dyadic(numerator: int, bits: int) -> Fraction:
    return numerator * power_of_two(-bits)
