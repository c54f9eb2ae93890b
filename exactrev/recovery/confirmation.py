"""Is a row's whole boundary in B? Points on it far from where it was seen (TestHyperplane, §4.1, for any layer).

A neuron of a deeper layer looks like one of this layer within a single cell; elsewhere its boundary bends away from
where the row predicts it. So N is asked at points where the row is zero, in other cells. Knows layers with their signs,
a row, and a probe.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from exactrev.network import AffineMap, Network, Point
from exactrev.recovery.known import KnownLayers
from exactrev.recovery.points import Line, exponent, power_of_two, random_vector, shifted
from exactrev.recovery.probe import Probe

__all__ = ["Confirmation", "confirm_boundary"]

_STEPS = [sign * power_of_two(e) for e in range(-6, 16, 2) for sign in (1, -1)]
"""Where a line is looked at for a change of sign, in units of its origin's size."""

_BISECTIONS = 100

_NEAR = 200
"""N is asked 2^-200 of a point's size beside it."""



@dataclass(frozen=True, slots=True)
class Confirmation:
    """Of the points asked on a predicted boundary: N breaks at `seen`, not at `absent`, and is flat at the others.

    `places` are those where it breaks.
    """

    seen: int = 0
    absent: int = 0
    places: tuple[Point, ...] = ()


def confirm_boundary(
    probe: Probe,
    known: KnownLayers,
    row: AffineMap,
    missing: tuple[int, ...],
    near: Point,
    *,
    enough: int = 3,
    most: int = 12,
) -> Confirmation:
    """Whether N breaks where the row, of shape (1, width of the last known layer), is zero; three questions a point.

    The points lie on random lines, from close to `near` to far away. Points at which a unit with an open weight
    (`missing`) is on are left out. Stops early when `enough` breaks and no absence have been seen: evidence, no proof.
    """
    absent = 0
    places: list[Point] = []
    net = Network((*known.layers, row))
    for attempt in range(most):
        zero = _find_zero(probe, known, net, missing, near, attempt)
        if zero is None:
            continue
        point, direction = zero
        step = power_of_two(max(0, exponent(max(map(abs, point)))) - _NEAR)
        behind, here, ahead = probe.values([shifted(point, -step, direction), point, shifted(point, step, direction)])
        in_line = all(a + c == 2 * b for a, b, c in zip(behind, here, ahead, strict=True))
        if not in_line:
            places.append(point)
        absent += in_line and behind != ahead
        if (len(places) >= enough and not absent) or absent > most // 2:
            break
    return Confirmation(len(places), absent, tuple(places))


def _find_zero(
    probe: Probe, known: KnownLayers, net: Network, missing: tuple[int, ...], near: Point, attempt: int
) -> tuple[Point, Point] | None:
    """A point of a random line at which the last preactivation of `net` is zero, and the line's direction."""
    unit = power_of_two(max(0, exponent(max(map(abs, near)))) - 12)
    aside = unit * power_of_two(attempt % 4 * 2 - 2)
    origin, direction = shifted(near, aside, random_vector(len(near), probe.rng)), random_vector(len(near), probe.rng)
    line = Line(origin, tuple(map(Fraction, direction)))
    steps = sorted(unit * step for step in _STEPS)
    values = [value for (value,) in net.evaluate([line.at(t) for t in steps])]
    changes = [(s, t) for (s, u), (t, v) in pairwise(zip(steps, values, strict=True)) if u * v < 0]
    if not changes:
        return None
    lo, hi = min(changes, key=lambda change: abs(change[0] + change[1]))
    t = _bisect(known, net, line, lo, hi)
    if t is None:
        return None
    point = line.at(t)
    place, activations = known.place(point), Network(known.layers)(point)
    if not place.is_open or any(activations[i] > 0 for i in missing) or not known.are_sure([point])[0]:
        return None
    return point, line.direction


def _bisect(known: KnownLayers, net: Network, line: Line, lo: Fraction, hi: Fraction) -> Fraction | None:
    """The exact zero between lo and hi, once both lie in the same cell of the known layers."""
    first, last = known.place(line.at(lo)), known.place(line.at(hi))
    below, above = net(line.at(lo))[0], net(line.at(hi))[0]
    for _ in range(_BISECTIONS):
        if first == last:
            return lo + (hi - lo) * below / (below - above)
        middle = (lo + hi) / 2
        value = net(line.at(middle))[0]
        if value == 0:
            return None
        if value * below > 0:
            lo, below, first = middle, value, known.place(line.at(middle))
        else:
            hi, above, last = middle, value, known.place(line.at(middle))
    return None
