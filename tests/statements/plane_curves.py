"""Boundaries in the plane as unions of segments, rays, lines and points, from the oracles: where they bend and meet.

Shares nothing with the geometry: a boundary is taken as the finite union of polyhedra that `oracles.boundary_set`
finds by linear programs, each is clipped to an interval of a line, and the *germs* of the boundary at a point are the
directions in which it leaves the point. Only for n_in = 2 and boundaries without interior.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import gcd

from oracles import boundary_set
from oracles.forms import Form

from exactrev.network import Network, Neuron, Point

__all__ = ["PlaneCurve", "expected_outcomes", "plane_curve"]

Direction = tuple[int, int]


@dataclass(frozen=True)
class Interval:
    """{origin + t direction, low <= t <= high}; None is infinite."""

    origin: Point
    direction: Direction
    low: Fraction | None
    high: Fraction | None

    def at(self, t: Fraction) -> Point:
        return tuple(x + t * d for x, d in zip(self.origin, self.direction, strict=True))

    @property
    def ends(self) -> list[Point]:
        return [self.at(t) for t in (self.low, self.high) if t is not None]

    def find(self, point: Point) -> Fraction | None:
        """The parameter of a point of the interval, None for other points."""
        u, v = (x - o for x, o in zip(point, self.origin, strict=True))
        a, b = self.direction
        if u * b != v * a:
            return None
        t = u / a if a else v / b
        return t if (self.low is None or self.low <= t) and (self.high is None or t <= self.high) else None


@dataclass(frozen=True)
class PlaneCurve:
    """The intervals of a boundary; an isolated point is one of length 0."""

    intervals: tuple[Interval, ...]

    def has(self, point: Point) -> bool:
        return any(interval.find(point) is not None for interval in self.intervals)

    def germs(self, point: Point) -> set[Direction]:
        """The directions in which the boundary leaves the point."""
        found = set()
        for interval in self.intervals:
            t = interval.find(point)
            if t is None:
                continue
            a, b = interval.direction
            if interval.high is None or t < interval.high:
                found.add((a, b))
            if interval.low is None or interval.low < t:
                found.add((-a, -b))
        return found

    def bends(self, point: Point) -> bool:
        """Is it not contained in one line near the point?"""
        return len({max(d, (-d[0], -d[1])) for d in self.germs(point)}) > 1

    @property
    def ends(self) -> list[Point]:
        return [point for interval in self.intervals for point in interval.ends]

    def crossings(self, other: PlaneCurve) -> list[Point]:
        """The points in which two intervals of different directions meet."""
        found = []
        for one in self.intervals:
            for two in other.intervals:
                (a, b), (c, d) = one.direction, two.direction
                determinant = a * d - b * c
                if determinant:
                    u, v = (y - x for x, y in zip(one.origin, two.origin, strict=True))
                    point = one.at(Fraction(u * d - v * c) / determinant)
                    if one.find(point) is not None and two.find(point) is not None:
                        found.append(point)
        return found

    def overlaps(self, other: PlaneCurve) -> bool:
        """Do they share a segment?"""
        points = sorted({*self.ends, *other.ends})
        for one in self.intervals:
            for two in other.intervals:
                on_both = sorted(t for p in points if two.find(p) is not None for t in [one.find(p)] if t is not None)
                if one.direction not in (two.direction, (-two.direction[0], -two.direction[1])):
                    continue
                if not on_both:
                    same = two.find(one.origin) is not None or one.find(two.origin) is not None
                    if same and None in (one.low, one.high) and None in (two.low, two.high):
                        return True
                elif len(set(on_both)) > 1 or self.germs(one.at(on_both[0])) & other.germs(one.at(on_both[0])):
                    return True
        return False


def plane_curve(net: Network, neuron: Neuron) -> PlaneCurve:
    """The boundary of a neuron of a network with two inputs; it must have no interior."""
    found = boundary_set(net, neuron)
    if found.has_interior:
        raise ValueError("a boundary with interior is no curve")
    return PlaneCurve(tuple(_interval(forms) for forms in found.polyhedra))


def _interval(forms: Iterable[Form]) -> Interval:
    """The set where some forms are >= 0; among them is a non-constant one and its negative."""
    forms = [form for form in forms if any(form[:2])]
    a, b, c = next(form for form in forms if tuple(-entry for entry in form) in forms)
    common = gcd(a, b)
    direction = (-b // common, a // common)
    square = Fraction(a * a + b * b)
    origin = (-a * c / square, -b * c / square)
    low: Fraction | None = None
    high: Fraction | None = None
    for p, q, r in forms:
        slope = p * direction[0] + q * direction[1]
        value = p * origin[0] + q * origin[1] + r
        if slope > 0:
            low = -value / slope if low is None else max(low, -value / slope)
        elif slope < 0:
            high = -value / slope if high is None else min(high, -value / slope)
        elif value < 0:
            raise ValueError("an empty interval")
    return Interval(origin, direction, low, high)


# -- what the statements should say ---------------------------------------------------------------------------------


def expected_outcomes(net: Network) -> dict[str, bool]:
    """Whether R3, T1a, T1b, L2, T1c and T2h hold, for two inputs and boundaries without interior."""
    curves = {neuron: plane_curve(net, neuron) for neuron in net.neurons()}
    points = {point for curve in curves.values() for point in curve.ends}
    points |= {p for one, two in combinations(curves.values(), 2) for p in one.crossings(two)}
    here = {point: [z for z, curve in curves.items() if curve.has(point)] for point in points}
    pairs = [(z, y) for z in curves for y in curves if y.layer < z.layer]
    meetings = [(z, y) for z, y in pairs for point in points if {z, y} <= set(here[point])]
    overlaps = {(z, y) for z, y in pairs if curves[z].overlaps(curves[y])}

    def bends_at(steps: range) -> bool:
        concerned = {(z, y) for z, y in pairs if z.layer - y.layer in steps}
        return not concerned & overlaps and all(
            curves[z].bends(point) for z, y in concerned for point in points if {z, y} <= set(here[point])
        )

    return {
        "R3": all(len(curve.germs(point)) == 2 for curve in curves.values() for point in points if curve.has(point)),
        "T1a": all(
            any(y.layer < z.layer for y in here[point])
            for point in points
            for z in here[point]
            if curves[z].bends(point)
        ),
        "T1b": bends_at(range(1, net.depth + 1)),
        "L2": bends_at(range(1, 2)),
        "T1c": not overlaps and all(_tells_apart(curves, point, here[point]) for point in points),
        "T2h": all(
            (Neuron(k + 1, j), Neuron(k, i)) in {*meetings, *overlaps}
            for k, layer in enumerate(net.layers[1:-1], start=1)
            for j, row in enumerate(layer.rows)
            for i, weight in enumerate(row[:-1])
            if weight
        ),
    }


def _tells_apart(curves: dict[Neuron, PlaneCurve], point: Point, here: list[Neuron]) -> bool:
    lines = {max(d, (-d[0], -d[1])) for z in here for d in curves[z].germs(point)}
    if len(lines) < 2:  # the point is inside a facet
        return True
    for one, two in combinations(here, 2):
        bends = (curves[one].bends(point), curves[two].bends(point))
        if bends == (True, True):
            if len(here) == 2:
                return False
        elif bends != (one.layer > two.layer, two.layer > one.layer):
            return False
    return True
