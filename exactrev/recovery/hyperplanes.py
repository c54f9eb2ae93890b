"""InferHyperplane and TestHyperplane (§4.1): the hyperplane on which N breaks at a point, and whether it goes on.

Knows a probe, and breakpoints on lines. Does not know layers: a hyperplane that passes every test here belongs to the
first layer as far as was seen, no more.

Across a boundary the affine map of N changes by a matrix of rank one, jump (x) form: the form's zeros are the local
hyperplane, and the jump says how strongly each output bends there. Two pieces of N show both. The paper's way, from
n_in boundary points on small segments nearby, gives the same hyperplane for about five times as many questions.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from exactrev.arithmetic.integer_matrices import clear_denominators, integer_nullspace
from exactrev.errors import AssumptionFailed, RecoveryAmbiguous
from exactrev.network.affine import AffineMap, lift_vector
from exactrev.network.network import Point
from exactrev.recovery.lines import Breakpoint, points_on_line
from exactrev.recovery.points import dot, evaluate_map, exponent, power_of_two, random_vector, shifted, to_integers
from exactrev.recovery.probe import Probe

__all__ = [
    "Hyperplane",
    "HyperplaneTest",
    "Jump",
    "find_jump",
    "infer_hyperplane",
    "infer_hyperplane_from_points",
    "jump_between",
    "test_hyperplane",
]

_FLAT = 4
"""So many times as many points of a hyperplane are asked where N is flat at most of them."""

_SMALL = 120
"""A segment across a boundary at a point is 2^-120 of the point's size long."""


@dataclass(frozen=True, slots=True)
class Hyperplane:
    """{x : normal . x + constant = 0}; `form` is (normal, constant) in primitive integers, the first of them positive.

    Two hyperplanes are the same set exactly when they compare equal. Raises `AssumptionFailed` for a normal of zero.

    >>> H = Hyperplane((Fraction(-1, 2), 1, 3))
    >>> H.form, H.side((6, 0)), H.side((0, 0)), H == Hyperplane((1, -2, -6))
    ((1, -2, -6), 0, -1, True)
    """

    form: tuple[int, ...]

    def __post_init__(self) -> None:
        form, _ = clear_denominators(self.form)
        lead = next((entry for entry in form[:-1] if entry), 0)
        if not lead:
            raise AssumptionFailed("a hyperplane needs a normal that is not zero", witness=form)
        object.__setattr__(self, "form", form if lead > 0 else tuple(-entry for entry in form))

    @property
    def normal(self) -> tuple[int, ...]:
        return self.form[:-1]

    @property
    def constant(self) -> int:
        return self.form[-1]

    def value(self, x: Iterable[Any]) -> Fraction:
        """normal . x + constant."""
        numerators, q = to_integers(lift_vector(x))
        return Fraction(dot((*numerators, q), self.form), q)

    def side(self, x: Iterable[Any]) -> int:
        """-1, 0 or +1: the side of the hyperplane on which x lies."""
        value = self.value(x)
        return (value > 0) - (value < 0)

    def project(self, x: Iterable[Any]) -> Point:
        """The point of the hyperplane that differs from x only where the normal has its largest entry."""
        point = list(lift_vector(x))
        pivot = max(range(len(self.normal)), key=lambda i: abs(self.form[i]))
        point[pivot] -= self.value(point) / self.form[pivot]
        return tuple(point)


@dataclass(frozen=True, slots=True)
class Jump:
    """N on the side where the form is positive, minus N on the other side, is `kappa` times the form.

    Locally N is an affine map plus kappa * ReLU(form): kappa has an entry for each output.
    """

    hyperplane: Hyperplane
    kappa: Point


def jump_between(behind: AffineMap, ahead: AffineMap, direction: Iterable[Fraction]) -> Jump:
    """The jump between two neighbouring pieces, going from `behind` to `ahead` along the direction.

    Raises `RecoveryAmbiguous` if the maps do not differ by a matrix of rank one with a normal that is not orthogonal
    to the direction: then they are the same, or no neighbours across a single hyperplane.
    """
    low, high = behind.denominator, ahead.denominator
    rows = [
        [a * low - b * high for a, b in zip(front, back, strict=True)]
        for front, back in zip(ahead.rows, behind.rows, strict=True)
    ]
    row = next((row for row in rows if any(row[:-1])), None)
    if row is None:
        raise RecoveryAmbiguous("two pieces of N have the same gradient", behind=behind, ahead=ahead)
    hyperplane = Hyperplane(tuple(row))
    move, _ = to_integers(direction)
    onward = dot(hyperplane.normal, move)
    pivot = next(i for i, entry in enumerate(hyperplane.form) if entry)
    lead = hyperplane.form[pivot]
    if not onward or any(lead * a != row[pivot] * b for row in rows for a, b in zip(row, hyperplane.form, strict=True)):
        raise RecoveryAmbiguous("two pieces of N do not differ across a single hyperplane", hyperplane=hyperplane.form)
    scale = lead * low * high * (1 if onward > 0 else -1)
    return Jump(hyperplane, tuple(Fraction(row[pivot], scale) for row in rows))


def find_jump(probe: Probe, place: Breakpoint | Iterable[Any]) -> Jump:
    """The local hyperplane at a breakpoint or a point on a boundary, and how N bends there: two pieces of N.

    A breakpoint of a random line lies on one boundary only. A bare point need not: there, the jump is compared with N
    at random points around. Raises `AssumptionFailed` for a point around which N is affine on a random line,
    `RecoveryAmbiguous` where several boundaries meet.
    """
    breakpoint_ = _as_breakpoint(probe, place)
    pieces = breakpoint_.left, breakpoint_.right
    behind, ahead = (probe.piece(piece.inside, germ=piece.germ) for piece in pieces)
    jump = jump_between(behind, ahead, breakpoint_.line.direction)
    if jump.hyperplane.side(breakpoint_.point):
        raise RecoveryAmbiguous("the hyperplane between two pieces misses the breakpoint", witness=breakpoint_.point)
    if not isinstance(place, Breakpoint):
        _check_around(probe, breakpoint_, behind, ahead, jump.hyperplane)
    return jump


def _check_around(
    probe: Probe, breakpoint_: Breakpoint, behind: AffineMap, ahead: AffineMap, hyperplane: Hyperplane
) -> None:
    """Is N one map on one side of the hyperplane, and the other on the other, at random points very near?"""
    point, direction = breakpoint_.point, breakpoint_.line.direction
    size = (breakpoint_.after - breakpoint_.before) / 2
    far = hyperplane.project(shifted(point, Fraction(1), random_vector(probe.n_in, probe.rng)))
    along = [a - b for a, b in zip(far, point, strict=True)]
    asides = [shifted(point, step, along) for step in (size, -size)]
    places = [shifted(aside, side * size / 2**20, direction) for aside in asides for side in (-1, 1)]
    for place, f, value in zip(places, (behind, ahead) * 2, probe.values(places), strict=True):
        if evaluate_map(f, place) != value:
            raise RecoveryAmbiguous("several boundaries meet at a point", witness=point)


def infer_hyperplane(probe: Probe, place: Breakpoint | Iterable[Any]) -> Hyperplane:
    """InferHyperplane: the local hyperplane of B at a breakpoint, or at a point on a boundary. See `find_jump`."""
    return find_jump(probe, place).hyperplane


def infer_hyperplane_from_points(probe: Probe, place: Breakpoint | Iterable[Any]) -> Hyperplane:
    """InferHyperplane as the paper does it: through n_in boundary points, found on small parallel segments.

    The segments come nearer until each crosses B once and the points span a hyperplane. Raises `RecoveryAmbiguous` if
    they never do: the place is where several boundaries meet.
    """
    breakpoint_ = _as_breakpoint(probe, place)
    centre, direction = breakpoint_.point, breakpoint_.line.direction
    neighbours = breakpoint_.left, breakpoint_.right
    bits = _SMALL - exponent(min(piece.end - piece.start for piece in neighbours))
    for nearer in range(0, 800, 100):
        aside = power_of_two(-bits - nearer - 12)
        points = [centre]
        for _ in range(probe.n_in - 1):
            start = shifted(centre, aside, random_vector(probe.n_in, probe.rng))
            found = points_on_line(probe, start, direction, -aside * 2**52, aside * 2**52, samples=0).breakpoints
            if [(b.left.slope, b.right.slope) for b in found] != [tuple(piece.slope for piece in neighbours)]:
                break
            points.append(found[0].point)
        else:
            forms = integer_nullspace([(*numerators, q) for numerators, q in map(to_integers, points)])
            if len(forms) == 1:
                return Hyperplane(forms[0])
    raise RecoveryAmbiguous("the boundary points around a point span no hyperplane", witness=centre)


def _as_breakpoint(probe: Probe, place: Breakpoint | Iterable[Any]) -> Breakpoint:
    """The breakpoint itself, or the one that a small random segment has at the point."""
    if isinstance(place, Breakpoint):
        return place
    point = tuple(lift_vector(place))
    half = power_of_two(max(0, exponent(max(map(abs, point)))) - _SMALL)
    scan = points_on_line(probe, point, random_vector(probe.n_in, probe.rng), -half, half, samples=0)
    found = [breakpoint_ for breakpoint_ in scan.breakpoints if breakpoint_.t == 0]
    if not found:
        raise AssumptionFailed("N does not break at this point", witness=point)
    return found[0]


@dataclass(frozen=True, slots=True)
class HyperplaneTest:
    """What far points of a hyperplane say: N breaks there, does not, or is flat on both sides, which says nothing.

    Evidence, never a proof: an absence shows that the hyperplane is not all in N's breaks (its neuron may be in a
    deeper layer, or cut off there), but no number of breaks shows that it is.
    """

    hyperplane: Hyperplane
    seen: tuple[Point, ...]
    absent: tuple[Point, ...]
    flat: tuple[Point, ...]

    @property
    def share_seen(self) -> Fraction | None:
        """The share of the points that say something at which N breaks; None if none says anything."""
        telling = len(self.seen) + len(self.absent)
        return Fraction(len(self.seen), telling) if telling else None

    def __str__(self) -> str:
        telling = len(self.seen) + len(self.absent)
        return f"N breaks at {len(self.seen)} of {telling} points tried, and is flat at {len(self.flat)} more; no proof"


def test_hyperplane(
    probe: Probe,
    hyperplane: Hyperplane,
    point: Iterable[Any],
    *,
    count: int = 4,  # noqa: PT028 - this is the paper's test, not one for pytest
    scales: Iterable[int] = (64, 16, 4, 1),  # noqa: PT028 - the paper's test, not one for pytest
    decided: tuple[int, int] | None = (3, 2),  # noqa: PT028 - the paper's test, not one for pytest
) -> HyperplaneTest:
    """TestHyperplane: does N break at random points of the hyperplane far from the point?

    At most `count` points that say something, and four times as many in all, where N is flat at some. They lie in turn
    at these distances from `point`, in units of its size (1 at least). With `decided`, that ends once so many breaks
    have been seen and no absence, or so many absences. Three plain questions a point, on a tiny segment across in a
    random direction: outputs in line are no break, and equal ones show that N is flat. Or two packed ones: the whole
    pieces on both sides are the same, or differ by a multiple of the form.
    """
    centre = hyperplane.project(point)
    distances = list(scales)
    unit = max(0, exponent(max(map(abs, centre))))
    kinds: dict[str, list[Point]] = {"seen": [], "absent": [], "flat": []}
    for i in range(_FLAT * count):
        step = distances[i % len(distances)] * power_of_two(unit - 12)
        place = hyperplane.project(shifted(centre, step, random_vector(probe.n_in, probe.rng)))
        kinds[_kind_of(probe, hyperplane, place)].append(place)
        seen, absent = len(kinds["seen"]), len(kinds["absent"])
        if seen + absent >= count:
            break
        if decided is not None and (absent >= decided[1] or (seen >= decided[0] and not absent)):
            break
    return HyperplaneTest(hyperplane, *(tuple(kinds[kind]) for kind in ("seen", "absent", "flat")))


def _kind_of(probe: Probe, hyperplane: Hyperplane, place: Point) -> str:
    """Whether N breaks on a tiny segment across a hyperplane at a point of it: "seen", "absent" or "flat"."""
    size = power_of_two(max(0, exponent(max(map(abs, place)))) - _SMALL)
    across = _direction_across(hyperplane, probe.rng)
    back, front = shifted(place, -size, across), shifted(place, size, across)
    if probe.packs_cheaply and probe.n_in > 2:  # with fewer inputs, wrong digits might pass for a jump
        before, after = probe.read_packed(back), probe.read_packed(front)
        if before is not None and before == after:
            return "absent" if any(any(row[:-1]) for row in before.rows) else "flat"
        if before is not None and after is not None and _is_jump_across(hyperplane, before, after):
            return "seen"
    behind, here, ahead = probe.values([back, place, front])
    in_line = all(a + c == 2 * b for a, b, c in zip(behind, here, ahead, strict=True))
    return "seen" if not in_line else "flat" if behind == ahead else "absent"


def _is_jump_across(hyperplane: Hyperplane, before: AffineMap, after: AffineMap) -> bool:
    """Whether two readings differ by a multiple of the hyperplane's form in every column: each confirms the other."""
    try:
        return jump_between(before, after, map(Fraction, hyperplane.normal)).hyperplane == hyperplane
    except RecoveryAmbiguous:
        return False


vars(test_hyperplane)["__test__"] = False  # a name for the paper's readers, not for pytest


def _direction_across(hyperplane: Hyperplane, rng: random.Random) -> list[int]:
    while True:
        direction = random_vector(len(hyperplane.normal), rng)
        if dot(direction, hyperplane.normal):
            return direction
