"""Certificates about boundaries: empty, disjoint, meeting, bounded or not, in how many parts, bending or not.

Knows the boundary B_z = {x : z(x) = 0} as a union of polyhedra, one for each leaf of a weak split tree of the layers
below z. Does not know how the checker reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from exactrev.arithmetic.linear_programs import Infeasible, Unbounded, maximise
from exactrev.certificates.local import cell_forms, direction, signs_towards
from exactrev.certificates.systems import STRICT, WEAK, ZERO, Form, Point, Refutation, Row, decide, negative
from exactrev.certificates.text import Certificate, Step, as_integers
from exactrev.certificates.trees import MOST_STEPS, Assumed, Layers, Path, Unclosed, grow, point_step
from exactrev.errors import AssumptionFailed, InvalidNetwork, TheoryContradicted
from exactrev.network import Network, Neuron

__all__ = [
    "certify_bend",
    "certify_components",
    "certify_meeting",
    "certify_separation",
    "decide_bounded",
    "decide_empty",
    "decide_meeting",
]


def decide_meeting(network: Network, z: Neuron, other: Neuron, most_steps: int = MOST_STEPS) -> Certificate:
    """Whether two boundaries have a common point: "meet", with the point, or "disjoint".

    Raises `BudgetSpent` if that takes more steps.

    >>> net = Network.from_arrays([([[1, 2], [1, 2], [0, 1]], [0, -1, 0]), ([[1, 1, 1]], [0])])
    >>> decide_meeting(net, Neuron(1, 0), Neuron(1, 1)).name, decide_meeting(net, Neuron(1, 0), Neuron(1, 2)).name
    ('disjoint', 'meet')
    """
    one, two = sorted((network.require_neuron(z), network.require_neuron(other)))
    if one == two:
        raise InvalidNetwork("two different neurons are needed", neuron=one)
    numbers = (*one, *two)
    try:
        steps = tuple(grow([below(network, two)], [vanishing(one), vanishing(two)], WEAK, _no_leaf, most_steps))
    except Unclosed as left:
        return Certificate("meet", numbers, "point", (network,), (point_step("P", left.point),))
    return Certificate("disjoint", numbers, "tree", (network,), steps)


def certify_meeting(network: Network, z: Neuron, other: Neuron, point: Point) -> Certificate:
    """That two boundaries meet, at a point. Raises `AssumptionFailed` where they do not."""
    one, two = sorted((network.require_neuron(z), network.require_neuron(other)))
    values = network.preactivations(point)
    if values[one.layer - 1][one.index] != 0 or values[two.layer - 1][two.index] != 0:
        raise AssumptionFailed("the boundaries do not meet at the point", witness=tuple(point))
    return Certificate("meet", (*one, *two), "point", (network,), (point_step("P", point),))


def decide_empty(network: Network, z: Neuron) -> Certificate | Point:
    """That B_z is empty; or a point on it."""
    network.require_neuron(z)
    try:
        steps = tuple(grow([below(network, z)], [vanishing(z)], WEAK, _no_leaf))
    except Unclosed as left:
        return left.point
    return Certificate("empty", tuple(z), "tree", (network,), steps)


def decide_bounded(network: Network, z: Neuron) -> Certificate:
    """Whether B_z is "bounded" or "unbounded"; or "empty", which is neither claimed to be."""
    pieces = find_pieces(network, z)
    if not pieces.rows:
        return Certificate("empty", tuple(z), "tree", (network,), pieces.steps)
    n, reach = network.n_in, Fraction(0)
    for rows in pieces.rows:
        A, b = _inequalities(rows)
        for j in range(n):
            for sign in (1, -1):
                outcome = maximise([sign * (i == j) for i in range(n)], A, b)
                if isinstance(outcome, Unbounded):
                    steps = (point_step("P", outcome.point), _ray(outcome.ray))
                    return Certificate("unbounded", tuple(z), "ray", (network,), steps)
                if isinstance(outcome, Infeasible):
                    raise TheoryContradicted("a piece of a boundary has no point", neuron=z)
                reach = max(reach, outcome.value)
    radius = floor(reach) + 1
    steps_: list[Step] = [point_step("P", pieces.points[0]), ("R", radius)]
    for j in range(n):
        for sign in (1, -1):
            far = (*(sign * (i == j) for i in range(n)), -radius)
            steps_ += grow([below(network, z)], [vanishing(z), Assumed(WEAK, form=far)], WEAK, _no_leaf)
    return Certificate("bounded", tuple(z), "tree", (network,), tuple(steps_))


def certify_components(network: Network, z: Neuron) -> Certificate:
    """The number of connected components of B_z. The work is quadratic in the number of its pieces."""
    pieces = find_pieces(network, z)
    rows, n = pieces.rows, network.n_in
    classes = list(range(len(rows)))
    joins: list[Step] = []
    refuted: dict[tuple[int, int], Refutation] = {}
    for b in range(len(rows)):
        for a in range(b):
            if classes[a] == classes[b]:
                continue
            outcome = decide(rows[a] + rows[b], n)
            if isinstance(outcome, Refutation):
                refuted[a, b] = outcome
                continue
            joins.append(("J", a, b, *as_integers(outcome)))
            own, other = classes[a], classes[b]
            classes = [own if c == other else c for c in classes]
    apart: list[Step] = [
        ("F", *refuted[a, b].rows) for b in range(len(rows)) for a in range(b) if classes[a] != classes[b]
    ]
    steps = (*pieces.steps, *joins, *apart)
    return Certificate("components", (*z, len(set(classes))), "tree", (network,), steps)


def certify_separation(network: Network, z: Neuron, form: Form) -> Certificate:
    """That B_z is disconnected: the hyperplane misses it and has points of it on both sides.

    Raises `AssumptionFailed` where the hyperplane does not do that.
    """
    network.require_neuron(z)
    steps: list[Step] = [("H", *form)]
    layers = [below(network, z)]
    for side in (negative(form), form):
        try:
            for _ in grow(layers, [vanishing(z), Assumed(STRICT, form=side)], WEAK, _no_leaf):
                pass
        except Unclosed as left:
            steps.append(point_step("P", left.point))
            continue
        raise AssumptionFailed("the boundary has no point on one side of the hyperplane", witness=side)
    try:
        steps += grow(layers, [vanishing(z), Assumed(ZERO, form=form)], WEAK, _no_leaf)
    except Unclosed as left:
        raise AssumptionFailed("the boundary meets the hyperplane", witness=left.point) from None
    return Certificate("disconnected", tuple(z), "tree", (network,), tuple(steps))


def certify_bend(network: Network, z: Neuron, crossing: Neuron, point: Point) -> Certificate:
    """Whether B_z bends at a point where it crosses the boundary of an earlier layer's neuron: "bend" or "no-bend".

    Raises `AssumptionFailed` if that is not the only neuron below z's layer that vanishes there, or if B_z does not
    cross it.
    """
    network.require_neuron(z), network.require_neuron(crossing)
    if crossing.layer >= z.layer:
        raise InvalidNetwork("a boundary bends at those of earlier layers", neuron=z, crossing=crossing)
    at = signs_towards(network, point, [0] * network.n_in)
    zeros = [Neuron(k, i) for k, layer in enumerate(at[: z.layer - 1], start=1) for i, s in enumerate(layer) if not s]
    if zeros != [crossing] or at[z.layer - 1][z.index] != 0:
        raise AssumptionFailed("not a point where the two boundaries alone meet", point=point, vanish=zeros)
    e, j = crossing.layer - 1, crossing.index
    steps: list[Step] = []
    forms = []
    for sign in (1, -1):
        signs = tuple(
            tuple(sign if (k, i) == (e, j) else s for i, s in enumerate(layer)) for k, layer in enumerate(at)
        )
        maps = cell_forms(network, signs)
        form, across = maps[z.layer - 1][0][z.index], maps[e][0][j]
        forms.append(form)
        steps.append(("V", *_along(form, across, sign)))
    straight = all(
        a * d == b * c for a, c in zip(*forms, strict=True) for b, d in zip(*forms, strict=True)
    )
    numbers = (*crossing, *z)
    if straight:
        return Certificate("no-bend", (*numbers, *as_integers(point)), "point", (network,), tuple(steps))
    return Certificate("bend", numbers, "point", (network,), (point_step("P", point), *steps))


# -- the boundary as a union of polyhedra -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pieces:
    """The steps of a weak tree under z = 0, and of each of its leaves the rows and a point."""

    steps: tuple[Step, ...]
    rows: list[list[Row]]
    points: list[Point]


def find_pieces(network: Network, z: Neuron) -> Pieces:
    """B_z as a union of closed convex polyhedra; pieces that touch, and degenerate ones, included."""
    network.require_neuron(z)
    rows: list[list[Row]] = []
    points: list[Point] = []

    def leaf(path: Path, point: Point) -> Step:
        rows.append([*(row for _, row in path.known()), *path.rows])
        points.append(point)
        return point_step("L", point)

    return Pieces(tuple(grow([below(network, z)], [vanishing(z)], WEAK, leaf)), rows, points)


def below(network: Network, z: Neuron) -> Layers:
    """The layers up to z's, which takes the place of the output layer."""
    return network.layers[: z.layer]


def vanishing(z: Neuron) -> Assumed:
    return Assumed(ZERO, z.layer - 1, z.index)


def _no_leaf(path: Path, point: Point) -> None:
    return None


def _inequalities(rows: Sequence[Row]) -> tuple[list[Form], list[int]]:
    """A x <= b for weak rows and equations."""
    forms = [negative(form) for _, form in rows] + [form for relation, form in rows if relation == ZERO]
    return [form[:-1] for form in forms], [-form[-1] for form in forms]


def _ray(ray: Point) -> Step:
    return ("V", *direction((Fraction(0),) * len(ray), ray))


def _along(form: Form, across: Form, sign: int) -> tuple[int, ...]:
    """A direction in which `form` does not change and `across` grows (or falls, for the sign -1)."""
    f, g = form[:-1], across[:-1]
    length, overlap = sum(c * c for c in f), sum(c * d for c, d in zip(f, g, strict=True))
    v = [sign * (length * d - overlap * c) for c, d in zip(f, g, strict=True)]
    if sum(c * d for c, d in zip(v, g, strict=True)) * sign <= 0:
        raise AssumptionFailed("the boundary does not cross there", witness=tuple(v))
    return direction((Fraction(0),) * len(v), tuple(map(Fraction, v)))
