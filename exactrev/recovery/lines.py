"""PointsOnLine (§4.1): where N breaks along a segment, as exact rationals, from affine pieces that meet.

Knows a probe. Does not know whose boundary a breakpoint is on.

N is asked at stations; between two at which it is affine with different maps, the breakpoints are found exactly
(`work_list`). Two stations with the same map say nothing about what is between: N may leave the piece and come back.
The paper's removal test (three values in line) drops such kinks without a word, as for the function
ReLU(1 - ReLU(x) - ReLU(1/2 - x)) on [-10, 30]. Answers alone cannot exclude them. Here every piece is sampled inside,
and the scan lists the gaps that remain between the points asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import Any

from exactrev.arithmetic.numbers import lift
from exactrev.errors import AssumptionFailed
from exactrev.network.affine import lift_vector
from exactrev.network.network import Point
from exactrev.recovery.charts import Chart
from exactrev.recovery.points import Line, exponent, power_of_two
from exactrev.recovery.probe import Germ, Probe
from exactrev.recovery.work_list import LineMap, WorkList, share

__all__ = ["Breakpoint", "LineMap", "LinePiece", "LineScan", "points_on_line"]

@dataclass(frozen=True, slots=True)
class LinePiece:
    """N is `map` for start <= t <= end, as far as was seen: at the `stations`, in order, and at the ends.

    It is number `index` in the line's `chart` of whole pieces.
    """

    line: Line
    start: Fraction
    end: Fraction
    map: LineMap
    stations: tuple[Fraction, ...]
    index: int
    chart: Chart = field(compare=False, repr=False)

    @property
    def slope(self) -> Point:
        """The derivative of N along the line's direction."""
        return self.map.slope

    @property
    def middle(self) -> Fraction:
        """A short dyadic number near the middle of the piece."""
        begin, end = share(self.start, self.end, 0.4), share(self.start, self.end, 0.6)
        k = 4 - exponent(end - begin)
        return (2 * floor((begin + end) * power_of_two(k - 2)) + 1) * power_of_two(-k)

    @property
    def inside(self) -> Point:
        """The point of the line at the middle: N is affine around it, unless a boundary hides there."""
        return self.line.at(self.middle)

    @property
    def germ(self) -> Germ:
        """What this piece says about N at `inside`: hand it to `Probe.piece`, which then asks less."""
        return Germ(self.line.direction, self.map.at(self.middle), self.map.slope, self.chart, self.index)


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
    scale of asinh(t) if the piece is long. Costs about 5 plain questions a breakpoint, a sample included. With a probe
    that packs it is about 4 of both kinds, and the line's chart then holds all the whole pieces.

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

    spent = probe.plain_queries + probe.packed_queries
    read = probe.read_packed if probe.packs_cheaply and weights is None else None
    work = WorkList(ask, line, last - first, probe.rng, read)
    work.add([work.measure(first, last - first), work.measure(last, first - last)])
    while places := [place for run in work.runs() for place in work.unsampled(run, samples)]:
        work.sample(places)
    runs = [*work.runs()]
    zeros = [line.at(kink.t) for kink in work.kinks]
    chart = Chart(line.direction, zeros, [run.map.slope for run in runs], probe.forms)
    for index, run in enumerate(runs):
        if run.piece is not None:
            chart.note(index, run.piece)
    pieces = [LinePiece(line, r.start, r.end, r.map, r.stations, index, chart) for index, r in enumerate(runs)]
    breakpoints = [
        Breakpoint(kink.t, kink.before, kink.after, left, right)
        for kink, (left, right) in zip(work.kinks, pairwise(pieces), strict=True)
    ]
    queries = probe.plain_queries + probe.packed_queries - spent
    return LineScan(line, first, last, tuple(pieces), tuple(breakpoints), queries)
