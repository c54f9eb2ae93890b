"""Where the boundaries of known neurons are crossed (ClosestBoundary, §4.2), and how B[z] bends there.

Knows the layers recovered so far and a probe. Does not know where a walk comes from or why it goes that way.

z is a neuron that is not known; its form is h before the crossing, up to a factor that is fixed once for the whole
walk, and h + s r beyond the boundary of a known neuron with form r. One number s is unknown at a crossing, and the
number of questions that it takes does not depend on n_in: six plain ones, five where the strength kappa of N's bend
along B[z] is what it was at the crossing before, and two packed ones in that case (else two plain ones confirm them).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from exactrev.network import AffineMap, Neuron, Point
from exactrev.recovery.known import KnownLayers, Place
from exactrev.recovery.points import dot, exponent, shifted, to_integers
from exactrev.recovery.probe import Probe

__all__ = ["Crossing", "Form", "Gauge", "closest_boundary", "direction_within", "slope", "tamed"]

Form = tuple[Fraction, ...]
"""(gradient, constant)."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """At point + distance * direction the boundary of a known neuron is met; `form` is its form there, growing onward.

    `point` is the place of the crossing. The sign of the form is the direction's, not the neuron's.
    """

    neuron: Neuron
    distance: Fraction
    point: Point
    form: Form


def closest_boundary(
    known: KnownLayers, point: Point, direction: Point, place: Place | None = None
) -> Crossing | None:
    """ClosestBoundary (§4.2): the nearest boundary of a known neuron on a ray, None if there is none.

    Computed with the forms that the known neurons have in the region at the point, `place` if that is known already.
    The nearest zero of these forms is a true boundary: the region is convex, so that up to there they are the neurons'
    forms. Farther zeros need not be.

    >>> known = KnownLayers((AffineMap.from_arrays([[1, 0], [0, 1]], [-2, -3]),))
    >>> found = closest_boundary(known, (Fraction(0), Fraction(0)), (Fraction(1), Fraction(1)))
    >>> found.neuron, found.distance
    (Neuron(layer=1, index=0), Fraction(2, 1))
    """
    place = known.place(point) if place is None else place
    x, q = to_integers(point)
    v, q_v = to_integers(direction)
    nearest: tuple[Fraction, Neuron, AffineMap, int] | None = None
    for layer, affine in enumerate(known.maps(place.pattern), start=1):
        for index, row in enumerate(affine.rows):
            rate, value = dot(row[:-1], v), dot((*x, q), row)
            if rate * value >= 0:
                continue  # no zero ahead
            distance = Fraction(-value * q_v, rate * q)
            if nearest is None or distance < nearest[0]:
                nearest = distance, Neuron(layer, index), affine, rate
    if nearest is None:
        return None
    distance, neuron, affine, rate = nearest
    onward = affine.denominator if rate > 0 else -affine.denominator
    form = tuple(Fraction(c, onward) for c in affine.rows[neuron.index])
    return Crossing(neuron, distance, shifted(point, distance, direction), form)


class Gauge:
    """Reads the bends of one boundary B[z]. Holds kappa, the jump of N's gradient across B[z] as a multiple of h.

    Kappa stays the same along B[z] until the boundary of a neuron that sees z is crossed. Where it is found to be the
    same again, no second boundary through the crossing can have been read together with z's.
    """

    def __init__(self, probe: Probe) -> None:
        self.probe = probe
        self._kappa: Point | None = None  # one for each output
        self._mixed_kappa: Fraction | None = None

    def measure(self, form: Form, crossing: Crossing, direction: Point) -> Fraction | Literal["absent"] | None:
        """The number s with z's form h + s r beyond the crossing: h = `form`, r = `crossing.form`.

        "absent" if N is affine there; None if neither can be shown, as where several boundaries pass through a point.
        """
        w = _orthogonal(form[:-1], crossing.form[:-1])
        if w is None:
            return None
        packed = self.probe.packs_cheaply and len(w) > 2  # in the plane the rows of a bend have nothing to spare
        size = Fraction(1, 2**60)
        for _ in range(4):
            # Coordinates near q: alpha along the way, beta along w. Since r.w = 0, no beta leads back across r = 0.
            base = shifted(crossing.point, size / 2**40, direction)
            germ = _Germ(base, w, size, size / 2**40, slope(form, w), slope(crossing.form, direction))
            found = self._measure_packed(germ, form, crossing.form) if packed else None
            found = self._measure_plain(germ) if found is None else found
            if found is not None:
                return found
            size /= 2**40  # another boundary comes close
        return None

    # -- plain ----------------------------------------------------------------------------------------------------

    def _measure_plain(self, germ: _Germ) -> Fraction | Literal["absent"] | None:
        """At fixed alpha > 0, two pieces meet at beta = -alpha s (r.v)/(h.w): two values of either, or one and kappa.

        That N leaves the one piece and is on the other just there is tested on both sides: several boundaries through
        q are not taken for one.
        """
        size, kappa = germ.size, self._mixed_kappa
        far, near, beyond = self._mixed(germ, [-2 * size, -size, size])
        left = (near - far) / size
        if kappa is not None and beyond - near != 2 * size * left:
            beta = self._meeting(germ, (near, left), (beyond, left + kappa * germ.h_w))
            if beta is not None:
                return germ.weight(beta)
        (farthest,) = self._mixed(germ, [2 * size])
        right = (farthest - beyond) / size
        if left == right:
            return "absent" if beyond - near == 2 * size * left else None
        self._mixed_kappa = (right - left) / germ.h_w
        beta = None if self._mixed_kappa == kappa else self._meeting(germ, (near, left), (beyond, right))
        return None if beta is None else germ.weight(beta)

    def _meeting(
        self, germ: _Germ, left: tuple[Fraction, Fraction], right: tuple[Fraction, Fraction]
    ) -> Fraction | None:
        """Where the pieces with these (value, slope) at -size and +size meet, if N goes from one to the other there."""
        size, aside = germ.size, germ.alpha / 2**60
        beta = (right[0] - left[0] - (left[1] + right[1]) * size) / (left[1] - right[1])
        if abs(beta) + aside >= size:
            return None
        before, after = self._mixed(germ, [beta - aside, beta + aside])
        leaves = before == left[0] + left[1] * (beta - aside + size)
        arrives = after == right[0] + right[1] * (beta + aside - size)
        return beta if leaves and arrives else None

    def _mixed(self, germ: _Germ, betas: Sequence[Fraction]) -> list[Fraction]:
        """One generic combination of the outputs at each beta."""
        answers = self.probe.values([germ.at(beta) for beta in betas])
        weights = [1 + 7 * j + j * j for j in range(len(answers[0]))]
        return [sum((w * y for w, y in zip(weights, answer, strict=True)), Fraction(0)) for answer in answers]

    # -- packed ---------------------------------------------------------------------------------------------------

    def _measure_packed(self, germ: _Germ, h: Form, r: Form) -> Fraction | Literal["absent"] | None:
        """N's pieces on both sides of B[z] differ by kappa (h + s r), in all n_in + 1 columns: that confirms them.

        A second boundary through the crossing, in the span of h and r, would make another kappa: unless it is known,
        N is asked on both sides of the zero of h + s r.
        """
        near = 60 - exponent(germ.alpha)
        left, right = (self.probe.read_packed(germ.at(beta), near) for beta in (-germ.size, germ.size))
        if left is None or right is None:
            return None
        if left == right:
            return "absent" if self.probe.value(germ.base) == left(germ.base) else None
        bend = _solve_bend(_difference(left, right), h, r)
        if bend is None:
            return None
        kappa, s = bend
        if kappa != self._kappa:
            beta, aside = -s * germ.alpha * germ.r_v / germ.h_w, germ.alpha / 2**60
            if abs(beta) + aside >= germ.size:
                return None
            points = [germ.at(beta - aside), germ.at(beta + aside)]
            if self.probe.values(points) != [left(points[0]), right(points[1])]:
                return None
            self._kappa = kappa
        return s


@dataclass(frozen=True, slots=True)
class _Germ:
    """The line base + beta w just beyond a crossing, -2 size <= beta <= 2 size, at alpha along the way."""

    base: Point
    w: Point
    size: Fraction
    alpha: Fraction
    h_w: Fraction
    r_v: Fraction

    def at(self, beta: Fraction) -> Point:
        return shifted(self.base, beta, self.w)

    def weight(self, beta: Fraction) -> Fraction:
        """The s for which h + s r is zero at beta."""
        return -beta * self.h_w / (self.alpha * self.r_v)


def _difference(left: AffineMap, right: AffineMap) -> list[Form]:
    low, high = left.denominator, right.denominator
    return [
        tuple(Fraction(b * low - a * high, low * high) for a, b in zip(before, after, strict=True))
        for before, after in zip(left.rows, right.rows, strict=True)
    ]


def _solve_bend(rows: Sequence[Form], h: Form, r: Form) -> tuple[Point, Fraction] | None:
    """kappa and s with rows[j] = kappa_j (h + s r) for every output j; None if there are none, or kappa is 0."""
    i = max(range(len(r) - 1), key=lambda k: abs(r[k]))
    j = max(range(len(r) - 1), key=lambda k: abs(h[k] * r[i] - h[i] * r[k]))
    minor = h[j] * r[i] - h[i] * r[j]
    if not minor:
        return None
    kappa = tuple((row[j] * r[i] - row[i] * r[j]) / minor for row in rows)
    lead = next((k for k, entry in enumerate(kappa) if entry), None)
    if lead is None:
        return None
    s = (rows[lead][i] / kappa[lead] - h[i]) / r[i]
    beyond = [a + s * b for a, b in zip(h, r, strict=True)]
    if any(row != tuple(k * entry for entry in beyond) for k, row in zip(kappa, rows, strict=True)):
        return None
    return kappa, s


# -- directions ----------------------------------------------------------------------------------------------------


def slope(form: Form, direction: Point) -> Fraction:
    """The derivative of a form along a direction."""
    return sum((c * v for c, v in zip(form[:-1], direction, strict=True)), Fraction(0))


def tamed(vector: Sequence[Fraction]) -> list[float]:
    """The same direction with entries of moderate size, as floats: for choosing a way, never for deciding."""
    largest = max(abs(c) for c in vector)
    return [float(c / largest) for c in vector] if largest else [0.0] * len(vector)


def direction_within(gradient: Sequence[Fraction], wanted: Sequence[float]) -> Point | None:
    """A short rational direction near the projection of `wanted`, exactly orthogonal to the gradient; None for none."""
    g = tamed(gradient)
    norm = sum(c * c for c in g)
    if norm == 0:
        return None
    share = sum(a * c for a, c in zip(wanted, g, strict=True)) / norm
    projected = [a - share * c for a, c in zip(wanted, g, strict=True)]
    largest = max(map(abs, projected))
    if largest <= 1e-9 * max(map(abs, wanted)):
        return None
    short = [Fraction(round(c / largest * 2**20), 2**20) for c in projected]
    pivot = max(range(len(g)), key=lambda k: abs(g[k]))
    rest = sum((c * x for k, (c, x) in enumerate(zip(gradient, short, strict=True)) if k != pivot), Fraction(0))
    short[pivot] = -rest / gradient[pivot]
    return tuple(short)


def _orthogonal(h: Sequence[Fraction], r: Sequence[Fraction]) -> Point | None:
    """A short rational w with r.w = 0 exactly and h.w well away from 0; None if h and r are parallel."""
    return direction_within(r, tamed(h))
