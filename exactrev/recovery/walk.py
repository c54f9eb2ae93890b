"""The walk along B[z] across the boundaries of known neurons (Algorithm 2, §4.2), with one unknown number a crossing.

z is a neuron of the first layer that is not known. In one region z is an affine form h, up to a factor that is fixed
once and for all at the start. Across the boundary of a known neuron with form r it becomes h + s r, and `crossings`
reads s. Where the crossed neuron is in the last known layer, s is z's weight for it, whatever the sign of that neuron's
row (Appendix C). Which way to go is decided above, in `exploration`.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from exactrev.network import Neuron, Point
from exactrev.recovery.crossings import Crossing, Form, Gauge, closest_boundary, direction_within, slope, tamed
from exactrev.recovery.known import KnownLayers, Place
from exactrev.recovery.points import shifted
from exactrev.recovery.probe import Probe

__all__ = ["Absence", "Form", "Station", "Walk", "beyond"]


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
        self.rng = random.Random(seed)
        self._gauge = Gauge(probe)

    def step_towards(self, station: Station, target: int | None) -> Station | Absence | None:
        """Go along B[z] towards the boundary of the last known layer's neuron `target`, across whatever comes first.

        Without a target, go anywhere. See `step_along`.
        """
        direction = self.direction(station, target)
        return None if direction is None else self.step_along(station, direction)

    def step_along(self, station: Station, direction: Point) -> Station | Absence | None:
        """Go along B[z] from a station, across the first known boundary in a direction orthogonal to z's gradient.

        Returns the new station, an absence, or None: no known boundary lies that way, or the bend cannot be read
        because others pass through the same point. A weight that is known already is not measured again.
        """
        crossing = closest_boundary(self.known, station.point, direction, station.place)
        if crossing is None:
            return None
        neuron = crossing.neuron
        is_last = neuron.layer == self.known.depth
        jump = self.weights.get(neuron.index) if is_last else None
        if jump is None:
            measured = self._gauge.measure(station.form, crossing, direction)
            self.crossings += 1
            if measured == "absent":
                self.absences.append(Absence(neuron, crossing.point))
                return self.absences[-1]
            if measured is None:
                return None
            jump = measured
        if is_last:
            self.weights[neuron.index] = jump
        form = tuple(h + jump * r for h, r in zip(station.form, crossing.form, strict=True))
        place = beyond(station.place, neuron, self.known.depth)
        arrived = self._settle(crossing, direction, form, place)
        if arrived is not None:
            self.stations.append(arrived)
        return arrived

    def pick_station(self) -> Station:
        """Any station, at random."""
        return self.rng.choice(self.stations)

    def pick_target(self, station: Station, wanted: Sequence[int]) -> int | None:
        """The wanted neuron of the last known layer whose zero is nearest to the station, as the region's forms say."""
        affine = self.known.maps(station.place.pattern)[-1]
        x = [float(c) for c in station.point]

        def distance(i: int) -> float:
            row = tamed([Fraction(c) for c in affine.rows[i]])
            size = sum(c * c for c in row[:-1]) ** 0.5
            value = sum(c * t for c, t in zip(row[:-1], x, strict=True)) + row[-1]
            return abs(value) / size if size else float("inf")

        return min(wanted, key=distance, default=None)

    def direction(self, station: Station, target: int | None) -> Point | None:
        """A rational direction in the hyperplane of z's form: steepest towards the target's zero, or random."""
        if target is None:
            wanted = [self.rng.gauss(0, 1) for _ in station.point]
        else:
            row = self.known.maps(station.place.pattern)[-1].rows[target]
            wanted = [-station.place.sides[target] * c for c in tamed([Fraction(c) for c in row[:-1]])]
        return direction_within(station.form[:-1], wanted)

    def _settle(self, crossing: Crossing, direction: Point, form: Form, place: Place) -> Station | None:
        """A station beyond the crossing: some way on, with few digits, on the new form's zero, in the new place."""
        q = crossing.point
        onward = direction_within(form[:-1], tamed(direction))
        if onward is None or slope(crossing.form, onward) <= 0:  # bent so sharply that the way on leads back
            onward = direction_within(form[:-1], tamed(crossing.form[:-1]))
        if onward is None or slope(crossing.form, onward) <= 0:
            return None
        pivot = max(range(len(onward)), key=lambda k: abs(form[k]))
        ahead = closest_boundary(self.known, q, onward, place)
        size = max([Fraction(1), *(abs(x) for x in q)])
        room = ahead.distance if ahead is not None else 2 * size / max(abs(c) for c in onward)
        for share in (Fraction(1, 2), Fraction(1, 4), Fraction(1, 16), Fraction(1, 2**10), Fraction(1, 2**30)):
            step = room * share
            grid = _grid(step * max(abs(c) for c in onward))
            rounded = [Fraction(round(x * grid), grid) for x in shifted(q, step, onward)]
            rest = sum((c * x for k, (c, x) in enumerate(zip(form, rounded, strict=False)) if k != pivot), form[-1])
            rounded[pivot] = -rest / form[pivot]
            candidate = tuple(rounded)
            if self.known.place(candidate) == place and not self.known.touches(candidate):
                return Station(candidate, place, form)
        return None


def beyond(place: Place, neuron: Neuron, depth: int) -> Place:
    """The place across the boundary of a known neuron, of the layers 1, ..., depth."""
    if neuron.layer == depth:
        sides = list(place.sides)
        sides[neuron.index] = -sides[neuron.index]
        return Place(place.pattern, tuple(sides))
    pattern = [list(layer) for layer in place.pattern]
    pattern[neuron.layer - 1][neuron.index] = not pattern[neuron.layer - 1][neuron.index]
    return Place(tuple(tuple(layer) for layer in pattern), place.sides)


def _grid(step: Fraction) -> int:
    """A power of two that resolves the step to about 2^-40."""
    exponent = step.denominator.bit_length() - step.numerator.bit_length() + 40
    return 1 << max(exponent, 0)
