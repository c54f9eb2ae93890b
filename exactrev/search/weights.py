"""Can one weight be moved without changing the function?

Knows the network and one weight w = W^layer[neuron, input]. It is called free if all weights of an open interval around
w give the same function, all else being equal. That is so if the unit below is never active where the neuron is (§5.2,
case 1), or if every neuron that listens is off wherever both are active.

The proofs are at the ends of an interval. At a fixed x with a_u(x) > 0 the preactivation z grows with w, so if it is
not positive at the upper end, w does not matter at x anywhere below that end. If it is positive there, every neuron y
above is monotone in w at this x, so that y is off on all of the interval if it is off at the end where it is larger.
An input that is a coordinate, which has no sign, is looked at on either side of 0, where it acts as |x| with weight
w or -w.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from exactrev.errors import InvalidNetwork
from exactrev.network import AffineMap, Network, Neuron, Pattern, Point
from exactrev.search.conditions import Condition, is_on
from exactrev.search.tree import Budget, Found, Impossible, Open, find_point
from exactrev.verdict import Outcome, Verdict

__all__ = ["decide_free", "is_free", "with_weight"]

_STEPS = tuple(Fraction(1, 2**bits) for bits in (0, 3, 7, 12, 20, 40))
"""Intervals are tried with ends w +- step * max(|w|, 1), the largest first."""

_NUDGES = 40


@dataclass(frozen=True, slots=True)
class _Side:
    """Where the input is positive, or, for a coordinate, negative: there w acts with this sign."""

    condition: Condition
    sign: int


def is_free(net: Network, layer: int, neuron: int, input: int, budget: Budget | None = None) -> bool:
    """Whether it is proved that W^layer[neuron, input] can move a little either way; see `decide_free`.

    >>> net = Network.from_arrays([([[1], [-1]], [0, -2]), ([[1, 1], [-1, 1]], [-1, -1]), ([[1, 1]], [0])])
    >>> [[is_free(net, 2, z, u) for u in range(2)] for z in range(2)]
    [[False, False], [True, False]]
    """
    return decide_free(net, layer, neuron, input, budget).holds


def decide_free(net: Network, layer: int, neuron: int, input: int, budget: Budget | None = None) -> Verdict:
    """Whether every w' of an open interval around w = W^layer[neuron, input] gives the same function.

    HOLDS with an ``interval`` (lo, hi) around w, None meaning that it has no end there; it need not be the largest.
    FAILS with a ``point`` at which N depends on w, however little w moves. UNDECIDED if the budget is spent, or if
    neither was found. Raises `InvalidNetwork` if there is no such weight.
    """
    w = _weight(net, layer, neuron, input)
    budget = budget or Budget()
    if layer <= net.depth and not any(row[neuron] for row in net.layers[layer].rows):
        return _holds("the neuron is not listened to", None, None)
    sides = _sides(net, layer, input)
    active = [find_point(net, [side.condition], budget) for side in sides]
    if any(isinstance(answer, Open) for answer in active):
        return _undecided("whether the unit below is ever active")
    if all(isinstance(answer, Impossible) for answer in active):
        return _holds("the unit below is never active", None, None)
    if layer == net.depth + 1:
        point = next(answer.point for answer in active if isinstance(answer, Found))
        return Verdict(Outcome.FAILS, "the unit below is active at a point", {"point": point})
    z = Neuron(layer, neuron)
    together = [find_point(net, [side.condition, is_on(net, z)], budget) for side in sides]
    if any(isinstance(answer, Open) for answer in together):
        return _undecided("whether unit and neuron are ever active together")
    is_masked = any(isinstance(answer, Found) for answer in together)
    if is_masked:
        for point in _points_on_paths(net, sides, z, budget):
            generic = _find_dependence(net, sides, z, point)
            if generic is not None:
                return Verdict(Outcome.FAILS, "N depends on the weight at a point", {"point": generic})
    for step in _STEPS:
        delta = step * max(abs(w), Fraction(1))
        if all(_is_unaffected(net, side, z, input, w, delta, is_masked, budget) for side in sides):
            if is_masked:
                return _holds("all that listens is off wherever both are active", w - delta, w + delta)
            low = None if layer > 1 else w - delta
            return _holds("the unit below is never active where the neuron is", low, w + delta)
    if budget.is_spent():
        return _undecided("whether the weight can be moved by a little")
    if is_masked:
        return _undecided("no path from the weight to the outputs was found, and no single layer cuts all of them")
    return _undecided("unit and neuron are never active together, but whenever the weight is any larger")


def with_weight(net: Network, layer: int, neuron: int, input: int, value: Fraction) -> Network:
    """The network with W^layer[neuron, input] replaced. Raises `InvalidNetwork` if there is no such weight."""
    _weight(net, layer, neuron, input)
    f = net.layers[layer - 1]
    rows = [[*row, constant] for row, constant in zip(f.W, f.b, strict=True)]
    rows[neuron][input] = value
    return Network((*net.layers[: layer - 1], AffineMap.from_fractions(rows), *net.layers[layer:]))


# -- where it matters --------------------------------------------------------------------------------------------------


def _points_on_paths(net: Network, sides: list[_Side], z: Neuron, budget: Budget) -> Iterator[Point]:
    """Points at which the input, z and a path of neurons from z to an output are on; none if there are none."""
    for side in sides:
        waiting = [([side.condition, is_on(net, z)], z)]
        while waiting and not budget.is_spent():
            conditions, last = waiting.pop()
            answer = find_point(net, conditions, budget)
            if not isinstance(answer, Found):
                continue
            yield answer.point
            if last.layer < net.depth:
                for y, row in enumerate(net.layers[last.layer].rows):
                    if row[last.index]:
                        above = Neuron(last.layer + 1, y)
                        waiting.append(([*conditions, is_on(net, above)], above))


def _find_dependence(net: Network, sides: list[_Side], z: Neuron, point: Point) -> Point | None:
    """The point or one beside it, on no boundary, at which dN/dw is not zero."""
    rng = np.random.default_rng(0)
    for attempt in range(_NUDGES):
        size = Fraction(1, 2 ** (3 * (attempt // 2) + 4))
        x = tuple(entry + size * int(k) for entry, k in zip(point, rng.integers(-8, 9, net.n_in), strict=True))
        signs = net.sign_vector(x)
        if any(s == 0 for row in signs[z.layer - 1 :] for s in row):
            continue
        if signs[z.layer - 1][z.index] < 0 or not any(_value(net, side.condition, x) > 0 for side in sides):
            continue
        if any(_reach(net, tuple(tuple(s > 0 for s in row) for row in signs), z)):
            return x
    return None


def _value(net: Network, condition: Condition, x: Point) -> Fraction:
    below = x if condition.layer == 1 else [max(u, Fraction(0)) for u in net.preactivations(x)[condition.layer - 2]]
    return sum((c * a for c, a in zip(condition.row, [*below, Fraction(1)], strict=True)), Fraction(0))


def _reach(net: Network, pattern: Pattern, z: Neuron) -> list[Fraction]:
    """dN/da_z on a region: the sums of the products of weights over all paths of active neurons from z."""
    weights = [row[z.index] for row in net.layers[z.layer].W]
    for k in range(z.layer + 1, net.depth + 1):
        active = [c if on else Fraction(0) for c, on in zip(weights, pattern[k - 1], strict=True)]
        weights = [sum((c * a for c, a in zip(row, active, strict=True)), Fraction(0)) for row in net.layers[k].W]
    return weights


# -- where it does not -------------------------------------------------------------------------------------------------


def _is_unaffected(
    net: Network, side: _Side, z: Neuron, input: int, w: Fraction, delta: Fraction, is_masked: bool, budget: Budget
) -> bool:
    """Whether it is proved for this side that w matters nowhere in [w - delta, w + delta]; see above."""

    def moved(sign: int) -> Network:
        return with_weight(net, z.layer, z.index, input, w + sign * delta)

    top = is_on(moved(side.sign), z)
    if not is_masked:
        return isinstance(find_point(net, [side.condition, top], budget), Impossible)
    for y, row in enumerate(net.layers[z.layer].rows):
        if row[z.index]:
            if z.layer == net.depth:
                return False
            end = moved(side.sign if row[z.index] > 0 else -side.sign)
            conditions = [side.condition, top, is_on(end, Neuron(z.layer + 1, y))]
            if not isinstance(find_point(end, conditions, budget), Impossible):
                return False
    return True


def _sides(net: Network, layer: int, input: int) -> list[_Side]:
    if layer > 1:
        return [_Side(is_on(net, Neuron(layer - 1, input)), 1)]
    rows = [tuple(Fraction(s * (i == input)) for i in range(net.n_in + 1)) for s in (1, -1)]
    return [_Side(Condition(1, row), s) for row, s in zip(rows, (1, -1), strict=True)]


def _weight(net: Network, layer: int, neuron: int, input: int) -> Fraction:
    if not 1 <= layer <= net.depth + 1:
        raise InvalidNetwork("no such layer", layer=layer, layers=net.depth + 1)
    f = net.layers[layer - 1]
    if not (0 <= neuron < f.n_out and 0 <= input < f.n_in):
        raise InvalidNetwork("no such weight", layer=layer, neuron=neuron, input=input, shape=(f.n_out, f.n_in))
    return Fraction(f.rows[neuron][input], f.denominator)


def _holds(checked: str, low: Fraction | None, high: Fraction | None) -> Verdict:
    return Verdict(Outcome.HOLDS, checked, {"interval": (low, high)})


def _undecided(what: str) -> Verdict:
    return Verdict(Outcome.UNDECIDED, f"open: {what}")
