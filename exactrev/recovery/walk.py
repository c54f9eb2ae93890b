"""The walk along B[z] across the boundaries of known neurons (Algorithm 2, §4.2), with one unknown number a crossing.

z is a neuron of the first layer that is not known. In one region z is an affine form h, up to a factor that is fixed
once and for all at the start. Across the boundary of a known neuron with form r it becomes h + s r. The number s is
read off a two-dimensional germ at the crossing, at a number of queries that does not depend on n_in. Where the crossed
neuron is in the last known layer, s is z's weight for it, whatever the sign of that neuron's row (Appendix C).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from exactrev.network import Neuron, Point
from exactrev.recovery.known import KnownLayers, Place
from exactrev.recovery.probe import Probe

__all__ = ["Absence", "Form", "Station", "Walk"]

Form = tuple[Fraction, ...]  # (gradient, constant)
GRID = 2**40  # points along the walk are rounded to this grid, relative to the room that there is


@dataclass(frozen=True, slots=True)
class Station:
    """A point of B[z], off all known boundaries, with z's form there."""

    point: Point
    place: Place
    form: Form


@dataclass(frozen=True, slots=True)
class Absence:
    """Across `neuron`, at `point`, N has no kink where B[z] would go on: z is deeper, or cut off from the output."""

    neuron: Neuron
    point: Point


class Walk:
    """Stations on B[z], and the weights of z that crossings have shown, in the scale of the first form."""

    def __init__(self, known: KnownLayers, probe: Probe, point: Point, form: Form, seed: int = 0) -> None:
        self.known, self.probe = known, probe
        self.stations = [Station(point, known.place(point), form)]
        self.weights: dict[int, Fraction] = {}
        self.crossings = 0
        self.absences: list[Absence] = []
        self._random = random.Random(seed)

    def step_towards(self, station: Station, target: int | None) -> Station | Absence | None:
        """Go along B[z] towards the boundary of the last known layer's neuron `target`, across whatever comes first.

        Without a target, go anywhere. Returns the new station, an absence, or None: no known boundary lies that way,
        or the bend cannot be read because others pass through the same point.
        """
        direction = self._direction(station, target)
        if direction is None:
            return None
        reached = self._first_crossing(station.point, station.place, direction)
        if reached is None:
            return None
        neuron, distance, crossed = reached
        q = _along(station.point, direction, distance)
        rate = _slope(crossed, direction)
        if rate < 0:  # count r as growing along the way: then the jump is the weight
            crossed = tuple(-c for c in crossed)
        is_last = neuron.layer == self.known.depth
        jump: Fraction | Absence | None = self.weights.get(neuron.index) if is_last else None
        if jump is None:
            jump = self._measure(station, neuron, q, direction, crossed)
            self.crossings += 1
        if isinstance(jump, Absence):
            self.absences.append(jump)
            return jump
        if jump is None:
            return None
        form = tuple(h + jump * r for h, r in zip(station.form, crossed, strict=True))
        if is_last:
            self.weights[neuron.index] = jump
        place = _flipped(station.place, neuron, self.known.depth)
        arrived = self._settle(q, direction, form, place, crossed)
        if arrived is not None:
            self.stations.append(arrived)
        return arrived

    def pick_station(self) -> Station:
        """Any station, at random."""
        return self._random.choice(self.stations)

    def pick_target(self, station: Station, wanted: Sequence[int]) -> int | None:
        """The wanted neuron of the last known layer whose zero is nearest to the station, as the region's forms say."""
        affine = self.known.maps(station.place.pattern)[-1]
        x = [float(c) for c in station.point]

        def distance(i: int) -> float:
            row = [float(c) for c in _scaled(_row(affine.rows[i]))]
            size = sum(c * c for c in row[:-1]) ** 0.5
            value = sum(c * t for c, t in zip(row[:-1], x, strict=True)) + row[-1]
            return abs(value) / size if size else float("inf")

        return min(wanted, key=distance, default=None)

    def _mixed(self, points: Sequence[Point]) -> list[Fraction]:
        """One generic combination of the outputs at each point."""
        answers = self.probe.values(points)
        weights = [1 + 7 * j + j * j for j in range(len(answers[0]))]
        return [sum((w * y for w, y in zip(weights, answer, strict=True)), Fraction(0)) for answer in answers]

    # -- one step -------------------------------------------------------------------------------------------------

    def _direction(self, station: Station, target: int | None) -> Point | None:
        """A rational direction in the hyperplane of z's form: steepest towards the target's zero, or random."""
        gradient = [float(c) for c in _scaled(station.form[:-1])]
        if target is None:
            wanted = [self._random.gauss(0, 1) for _ in gradient]
        else:
            form = _row(self.known.maps(station.place.pattern)[-1].rows[target])
            sign = -station.place.sides[target]
            wanted = [sign * float(c) for c in _scaled(form[:-1])]
        return _in_hyperplane(wanted, gradient, station.form)

    def _first_crossing(self, point: Point, place: Place, direction: Point) -> tuple[Neuron, Fraction, Form] | None:
        """ClosestBoundary (§4.2): the nearest boundary of a known neuron along a ray, by the forms of the region."""
        nearest: tuple[Neuron, Fraction, Form] | None = None
        for layer, affine in enumerate(self.known.maps(place.pattern), start=1):
            for index, row in enumerate(affine.rows):
                rate = sum((c * v for c, v in zip(row[:-1], direction, strict=True)), Fraction(0))
                if rate == 0:
                    continue
                value = sum((c * x for c, x in zip(row[:-1], point, strict=True)), Fraction(row[-1]))
                distance = -value / rate
                if distance > 0 and (nearest is None or distance < nearest[1]):
                    form = tuple(Fraction(c, affine.denominator) for c in row)
                    nearest = Neuron(layer, index), distance, form
        return nearest

    def _measure(
        self, station: Station, neuron: Neuron, q: Point, direction: Point, crossed: Form
    ) -> Fraction | Absence | None:
        """The number s with z's form h + s r beyond the crossing at q, from six values of N whatever n_in is.

        Coordinates near q: alpha along the way, beta along a vector w with r.w = 0. Beyond the crossing N is affine on
        either side of B[z]; at fixed alpha > 0 the two pieces meet at beta = -alpha s (r.v)/(h.w). That N leaves the
        one piece and is on the other just there is tested on both sides: several boundaries through q are not taken
        for one. An absence if N is affine there; None if neither can be shown.
        """
        w = _orthogonal(station.form[:-1], crossed[:-1])
        if w is None:
            return None
        h_w, r_v = _slope(station.form, w), _slope(crossed, direction)
        size = Fraction(1, 2**60)
        for _ in range(4):
            alpha = size / 2**40
            base = _along(q, direction, alpha)
            answers = self._mixed([_along(base, w, beta) for beta in (-2 * size, -size, size, 2 * size)])
            left = (answers[1] - answers[0]) / size
            right = (answers[3] - answers[2]) / size
            gap = answers[2] - answers[1]
            if left == right and gap == 2 * size * left:
                return Absence(neuron, q)
            if left != right:
                # The pieces answers[1] + left (beta + size) and answers[2] + right (beta - size) meet.
                beta = (gap - (left + right) * size) / (left - right)
                aside = alpha / 2**60
                if abs(beta) + aside < size:
                    before, after = self._mixed([_along(base, w, beta - aside), _along(base, w, beta + aside)])
                    leaves = before == answers[1] + left * (beta - aside + size)
                    arrives = after == answers[2] + right * (beta + aside - size)
                    if leaves and arrives:
                        return -beta * h_w / (alpha * r_v)
            size /= 2**40  # another boundary comes close
        return None

    def _settle(self, q: Point, direction: Point, form: Form, place: Place, crossed: Form) -> Station | None:
        """A station beyond the crossing: some way on, with few digits, on the new form's zero, in the new place."""
        gradient = [float(c) for c in _scaled(form[:-1])]
        onward = _in_hyperplane([float(c) for c in _scaled(direction)], gradient, form)
        if onward is None or _slope(crossed, onward) <= 0:  # bent so sharply that the way on leads back
            onward = _in_hyperplane([float(c) for c in _scaled(crossed[:-1])], gradient, form)
        if onward is None or _slope(crossed, onward) <= 0:
            return None
        pivot = max(range(len(gradient)), key=lambda k: abs(gradient[k]))
        reached = self._first_crossing(q, place, onward)
        size = max([Fraction(1), *(abs(x) for x in q)])
        room = reached[1] if reached is not None else 2 * size / max(abs(c) for c in onward)
        for share in (Fraction(1, 2), Fraction(1, 4), Fraction(1, 16), Fraction(1, 2**10), Fraction(1, 2**30)):
            step = room * share
            point = _along(q, onward, step)
            grid = _grid(step * max(abs(c) for c in onward))
            rounded = [Fraction(round(x * grid), grid) for x in point]
            rest = sum((c * x for k, (c, x) in enumerate(zip(form, rounded, strict=False)) if k != pivot), form[-1])
            rounded[pivot] = -rest / form[pivot]
            candidate = tuple(rounded)
            if self.known.place(candidate) == place and not self.known.touches(candidate):
                return Station(candidate, place, form)
        return None


def _flipped(place: Place, neuron: Neuron, depth: int) -> Place:
    if neuron.layer == depth:
        sides = list(place.sides)
        sides[neuron.index] = -sides[neuron.index]
        return Place(place.pattern, tuple(sides))
    pattern = [list(layer) for layer in place.pattern]
    pattern[neuron.layer - 1][neuron.index] = not pattern[neuron.layer - 1][neuron.index]
    return Place(tuple(tuple(layer) for layer in pattern), place.sides)


def _row(row: Sequence[int]) -> Form:
    return tuple(Fraction(c) for c in row)


def _scaled(vector: Sequence[Fraction]) -> list[Fraction]:
    """The same direction with entries of moderate size, so that floats can hold them."""
    largest = max(abs(c) for c in vector)
    return [c / largest for c in vector] if largest else list(vector)


def _in_hyperplane(wanted: Sequence[float], gradient: Sequence[float], form: Form) -> Point | None:
    """A short rational direction near the projection of `wanted`, exactly orthogonal to the form's gradient."""
    norm = sum(g * g for g in gradient)
    if norm == 0:
        return None
    share = sum(a * g for a, g in zip(wanted, gradient, strict=True)) / norm
    projected = [a - share * g for a, g in zip(wanted, gradient, strict=True)]
    largest = max(map(abs, projected))
    if largest <= 1e-9 * max(map(abs, wanted)):
        return None
    short = [Fraction(round(c / largest * 2**20), 2**20) for c in projected]
    pivot = max(range(len(gradient)), key=lambda k: abs(gradient[k]))
    rest = sum((c * x for k, (c, x) in enumerate(zip(form[:-1], short, strict=True)) if k != pivot), Fraction(0))
    short[pivot] = -rest / form[pivot]
    return tuple(short)


def _orthogonal(h: Sequence[Fraction], r: Sequence[Fraction]) -> Point | None:
    """A short rational w with r.w = 0 exactly and h.w well away from 0; None if h and r are parallel."""
    return _in_hyperplane([float(c) for c in _scaled(h)], [float(c) for c in _scaled(r)], (*r, Fraction(0)))


def _slope(form: Form, direction: Point) -> Fraction:
    return sum((c * v for c, v in zip(form[:-1], direction, strict=True)), Fraction(0))


def _along(point: Point, direction: Point, t: Fraction) -> Point:
    return tuple(x + t * v for x, v in zip(point, direction, strict=True))


def _grid(step: Fraction) -> int:
    """A power of two that resolves the step to about 2^-40."""
    exponent = step.denominator.bit_length() - step.numerator.bit_length() + 40
    return 1 << max(exponent, 0)
