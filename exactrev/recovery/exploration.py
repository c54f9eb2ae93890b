"""How to explore B[z] (§4.2): from which station to go on, in which direction, and when to stop.

Knows walks and the layers recovered so far; asks nothing but through the walk. Does not know what the weights are for:
who wants them says which are still missing, before every step.

The paper names three ways to choose the next direction (claim A5):

- "random": any station, any direction along B[z];
- "lp": a linear programme finds a point of B[z] on the boundary of a missing neuron within the region of a station.
  If no region that was visited has one, the walk goes on to a region next to one of them, where it can through a
  boundary at which z's weight is known, for that costs no question;
- "nearest": a missing neuron's zero, as the forms of the region at a station would have it, and the direction along
  B[z] that leads there most steeply. That is what the paper does.

In the plane a boundary is a curve, and there is nothing to choose: "nearest" goes along it to both ends.

In a second hidden layer the last two hardly differ. In a third, where most boundaries that a walk meets are of the
first, the linear programmes take a quarter of the crossings and find more weights.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import count
from typing import Literal

from exactrev.arithmetic.integer_matrices import clear_denominators, integer_nullspace
from exactrev.arithmetic.linear_programs import InteriorPoint, find_interior_point
from exactrev.errors import InvalidNetwork, TheoryContradicted
from exactrev.network import Neuron, Point
from exactrev.recovery.crossings import closest_boundary, direction_within, tamed
from exactrev.recovery.known import KnownLayers, Place
from exactrev.recovery.points import dot, to_integers
from exactrev.recovery.walk import Absence, Station, Walk, beyond

__all__ = ["Way", "closest_boundary", "explore", "find_way_to"]

Way = Literal["random", "lp", "nearest"]

Aim = tuple[Station, Point]
"""A station, and a direction along B[z] there."""


def explore(
    walk: Walk,
    wanted: Callable[[], Sequence[int]],
    way: Way = "nearest",
    *,
    most_steps: int = 80,
    most_absences: int = 2,
) -> Iterator[Station | Absence]:
    """Walk until nothing is wanted: yields every station reached, and every place where B[z] did not go on.

    `wanted()` lists neurons of the last known layer whose weights are missing; it is asked before every step, so that
    what the caller concludes in between counts: weights put into `walk.weights` are not measured again. Ends when the
    list is empty, after `most_steps` steps (ten times as many along a curve in the plane), where no way leads on, and
    with one absence more than `most_absences`, which then is the last thing yielded: z lies deeper, or is cut off.
    Raises `InvalidNetwork` for another way.
    """
    if way not in _POLICIES:
        raise InvalidNetwork("there are three ways to explore", found=way, expected=", ".join(_POLICIES))
    is_curve = walk.known.n_in == 2 and way == "nearest"
    policy, absences = _Along(walk) if is_curve else _POLICIES[way](walk), 0
    for _ in range(10 * most_steps if is_curve else most_steps):
        missing = wanted()
        aim = policy.aim(missing) if missing else None
        if aim is None:
            return
        arrived = walk.step_along(*aim)
        if arrived is None:
            continue
        yield arrived
        absences += isinstance(arrived, Absence)
        if absences > most_absences:
            return


class _Policy(ABC):
    def __init__(self, walk: Walk) -> None:
        self.walk = walk

    @abstractmethod
    def aim(self, wanted: Sequence[int]) -> Aim | None:
        """Where to go next, None if no way is left."""

    def at_random(self) -> Aim | None:
        """A random direction at a random station; None where z's gradient leaves no direction at all."""
        station = self.walk.pick_station()
        direction = self.walk.direction(station, None)
        return None if direction is None else (station, direction)


class _Random(_Policy):
    def aim(self, wanted: Sequence[int]) -> Aim | None:
        return self.at_random()


class _Nearest(_Policy):
    """From the newest station to the nearest zero that was not yet tried from there; now and then by chance."""

    def __init__(self, walk: Walk) -> None:
        super().__init__(walk)
        self._tried: set[tuple[Place, int]] = set()
        self._steps = count(1)

    def aim(self, wanted: Sequence[int]) -> Aim | None:
        step = next(self._steps)
        if step % 8 == 0:
            return self.at_random()
        stations = self.walk.stations[::-1]
        if step % 4 == 0:
            stations.insert(0, self.walk.pick_station())
        for station in stations:
            untried = [i for i in wanted if (station.place, i) not in self._tried]
            while (target := self.walk.pick_target(station, untried)) is not None:
                self._tried.add((station.place, target))
                untried.remove(target)
                direction = self.walk.direction(station, target)
                if direction is not None:
                    return station, direction
        return self.at_random()


class _Along(_Policy):
    """Along a curve in the plane, from its newest end: across boundaries that lead to regions not visited yet."""

    def __init__(self, walk: Walk) -> None:
        super().__init__(walk)
        self._tried: set[tuple[Place, Neuron]] = set()

    def aim(self, wanted: Sequence[int]) -> Aim | None:
        known = self.walk.known
        visited = {station.place for station in self.walk.stations}
        for station in reversed(self.walk.stations):
            a, b = tamed(station.form[:-1])
            for tangent in ([-b, a], [b, -a]):
                direction = direction_within(station.form[:-1], tangent)
                ahead = None if direction is None else closest_boundary(known, station.point, direction, station.place)
                if direction is None or ahead is None or (station.place, ahead.neuron) in self._tried:
                    continue
                self._tried.add((station.place, ahead.neuron))
                if beyond(station.place, ahead.neuron, known.depth) not in visited:
                    return station, direction
        return None


class _LinearProgramme(_Policy):
    """To a boundary that is wanted and borders a visited region of B[z]; else to another region."""

    def __init__(self, walk: Walk) -> None:
        super().__init__(walk)
        self._tried: set[tuple[Place, Neuron]] = set()
        self._neurons = [Neuron(k, i) for k, layer in enumerate(walk.known.layers, 1) for i in range(layer.n_out)]

    def aim(self, wanted: Sequence[int]) -> Aim | None:
        depth = self.walk.known.depth
        return self._aim_at([Neuron(depth, i) for i in wanted]) or self._aim_elsewhere()

    def _aim_elsewhere(self) -> Aim | None:
        """To a region not visited yet: first where it costs nothing."""
        depth, weights = self.walk.known.depth, self.walk.weights
        free = [z for z in self._neurons if z.layer == depth and z.index in weights]
        return self._aim_at(free) or self._aim_at([z for z in self._neurons if z not in free])

    def _aim_at(self, neurons: Sequence[Neuron]) -> Aim | None:
        visited = {station.place for station in self.walk.stations}
        for station in reversed(self.walk.stations):
            for neuron in neurons:
                if (station.place, neuron) in self._tried:
                    continue
                self._tried.add((station.place, neuron))
                if beyond(station.place, neuron, self.walk.known.depth) in visited:
                    continue
                direction = find_way_to(self.walk.known, station, neuron)
                if direction is not None:
                    return station, direction
        return None


_POLICIES: dict[str, type[_Policy]] = {"random": _Random, "lp": _LinearProgramme, "nearest": _Nearest}


def find_way_to(known: KnownLayers, station: Station, neuron: Neuron) -> Point | None:
    """The direction from a station to a point of B[z] on the boundary of a known neuron, no other one in between.

    Decided by an exact linear programme over the region of the station: None if its part of B[z] has no such point in
    the relative interior of a facet.
    """
    forms = {
        Neuron(layer, index): row
        for layer, affine in enumerate(known.maps(station.place.pattern), start=1)
        for index, row in enumerate(affine.rows)
    }
    own, _ = clear_denominators(station.form)
    basis = integer_nullspace([own, forms[neuron]])  # points (x w, w) on both zeros
    if not basis:
        return None
    numerators, q = to_integers(station.point)
    here = (*numerators, q)
    rows = [[-vector[-1] for vector in basis]]  # w > 0
    for other, form in forms.items():
        if other == neuron:
            continue
        side = -1 if dot(form, here) > 0 else 1
        rows.append([side * dot(form, vector) for vector in basis])
    found = find_interior_point(rows, [0] * len(rows))
    if not isinstance(found, InteriorPoint):
        return None
    shares, _ = to_integers(found.point)
    *mixed, w = (dot(shares, column) for column in zip(*basis, strict=True))
    exact = tuple(Fraction(x, w) - p for x, p in zip(mixed, station.point, strict=True))
    short = direction_within(station.form[:-1], tamed(exact))
    for direction in (short, exact):
        reached = None if direction is None else closest_boundary(known, station.point, direction, station.place)
        if reached is not None and reached.neuron == neuron:
            return direction
    raise TheoryContradicted("a straight way within a convex region meets another boundary", neuron=neuron)
