"""One-parameter families of equal networks: which parameters move, how far, and why the function stays the same.

Three kinds, each with its interval exactly:

- *a weight on its own*, where z > 0 excludes z' > 0 (case 1 of §5.2). z' + t z <= 0 has to hold where z > 0; where it
  does not, nothing changes anyway. So t runs up to the infimum of -z'/z, and downwards for ever.
- *weights out of one neuron, shared*, where z > 0 excludes z'_j < 0 for several j (case 2), and rates d_j with
  sum over j of (weights out of z'_j) d_j = 0. As long as z'_j + t d_j z >= 0 where z > 0, their ReLUs are linear there,
  and what they add to the next layer cancels.
- *biases*, along a direction of the kernel that moves no weight. (x, t) -> N_t(x) - N(x) is a ReLU network itself, so
  the steps t at which it is not zero are found from its regions.

Knows pairs and chambers. Whether the equal networks are told apart by §3.1 is checked by whoever reports them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import comb

from exactrev.arithmetic.linear_programs import Infeasible, Unbounded, maximise
from exactrev.equivalence import side_by_side
from exactrev.errors import BudgetSpent, TheoryContradicted
from exactrev.geometry import RegionComplex, regions
from exactrev.identifiability.pairs import MOST_CASES, Pair, Pairs
from exactrev.identifiability.parameters import Direction, Parameter, along
from exactrev.identifiability.structure import shared_rates
from exactrev.network import AffineMap, Network, Neuron, Point
from exactrev.search import Budget, decide_free

__all__ = ["Family", "bias_family", "free_weight", "shared_weights"]

MOST_JOINT_REGIONS = 20_000


@dataclass(frozen=True, slots=True)
class Family:
    """The networks at t in [low, high] (None: no end) along a direction are all equal to the one at t = 0.

    Ends belong to it. `why` is the reason in words. `is_largest`: at the ends the reason ends. `edge`: a point of the
    input space near which the function changes as soon as t passes an end, where one is known.
    """

    net: Network
    direction: Direction
    low: Fraction | None
    high: Fraction | None
    why: str
    is_largest: bool = True
    edge: Point | None = None

    def __call__(self, t: Fraction | int) -> Network:
        return along(self.net, self.direction, t)

    def __contains__(self, t: Fraction | int) -> bool:
        return (self.low is None or self.low <= t) and (self.high is None or t <= self.high)

    def steps_inside(self) -> list[Fraction]:
        """Some t that are not 0: on either side where there is room, and the ends."""
        found = []
        for end, sign in ((self.low, -1), (self.high, 1)):
            found += [Fraction(sign), Fraction(7 * sign, 2)] if end is None else [end, end / 2]
        return list(dict.fromkeys(t for t in found if t))

    def steps_outside(self) -> list[Fraction]:
        """A t just beyond each end: by a 64th of the interval, or of 1 where it has one end only or is a point."""
        width = Fraction(1) if self.low is None or self.high is None else (self.high - self.low) or Fraction(1)
        found = [] if self.low is None else [self.low - width / 64]
        return found if self.high is None else [*found, self.high + width / 64]

    def interval_of(self, parameter: Parameter, value: Fraction) -> tuple[Fraction | None, Fraction | None]:
        """The values that one parameter takes, given its value at t = 0."""
        rate = self.direction.get(parameter, Fraction(0))
        if not rate:
            return value, value
        ends = [None if t is None else value + t * rate for t in (self.low, self.high)]
        return (ends[0], ends[1]) if rate > 0 else (ends[1], ends[0])


def free_weight(found: Pairs, pair: Pair) -> Family | None:
    """In case 1, the weight on its own; None if the pair is not in case 1, or it is not decided.

    Where not all chambers are known, an interval around the weight is found by a search, and need not be the largest.

    >>> from exactrev.identifiability.pairs import find_pairs
    >>> net = Network.from_arrays([([[1, 0], [0, 1]], [0, 0]), ([[-2, -1], [1, 1]], [-1, -1]), ([[1, 1]], [0])])
    >>> found = find_pairs(net)
    >>> free_weight(found, found.pairs[0]).interval_of(Parameter(2, 0, 0), Fraction(-2))
    (None, Fraction(0, 1))
    """
    if 1 not in pair.empty_quadrants:
        return None
    weight = Parameter(pair.target.layer, pair.target.index, pair.source.index)
    if not found.has_all_chambers[pair.source.layer - 1]:
        return _searched(found.net, pair, weight)
    high: Fraction | None = None
    edge: Point | None = None
    for ratio, place in _largest_ratios(found, pair.source, pair.target, 1):
        if high is None or -ratio < high:
            high = -ratio
            edge = tuple(x / place[-1] for x in place[:-1]) if place[-1] else None
    if high is not None and high < 0:
        raise TheoryContradicted("a quadrant is empty and a ratio positive", pair=str(pair))
    why = f"{pair.target} is not positive where {pair.source} is"
    return Family(found.net, {weight: Fraction(1)}, None, high, why, edge=edge)


def _searched(net: Network, pair: Pair, weight: Parameter) -> Family | None:
    verdict = decide_free(net, pair.target.layer, pair.target.index, pair.source.index, Budget(MOST_CASES))
    if not verdict.holds:
        return None
    low, high = (None if end is None else end - pair.weight for end in verdict.witness["interval"])
    return Family(net, {weight: Fraction(1)}, low, high, verdict.checked, is_largest=low is None and high is None)


def shared_weights(found: Pairs, source: Neuron) -> list[Family]:
    """In case 2, for several neurons after one: weights that compensate each other, a family for each basis vector."""
    own = [p for p in found.pairs if p.source == source and 2 in p.empty_quadrants and 1 not in p.empty_quadrants]
    if len(own) < 2 or not found.has_all_chambers[source.layer - 1]:
        return []
    room = {}
    for pair in own:
        ratios = [ratio for ratio, _ in _largest_ratios(found, source, pair.target, -1)]
        if not ratios:
            return []  # never positive: each weight is free on its own
        room[pair.target] = -max(ratios)  # the infimum of z'/z where z > 0
        if room[pair.target] < 0:
            raise TheoryContradicted("a quadrant is empty and a ratio negative", pair=str(pair))
    families = []
    for rates in shared_rates(found.net, [pair.target for pair in own]):
        direction = {
            Parameter(pair.target.layer, pair.target.index, source.index): rate
            for pair, rate in zip(own, rates, strict=True)
            if rate
        }
        downs = [-room[pair.target] / rate for pair, rate in zip(own, rates, strict=True) if rate > 0]
        ups = [-room[pair.target] / rate for pair, rate in zip(own, rates, strict=True) if rate < 0]
        names = ", ".join(str(pair.target) for pair, rate in zip(own, rates, strict=True) if rate)
        why = f"where {source} is positive no preactivation of {names} is negative, and what they add cancels"
        families.append(Family(found.net, direction, max(downs, default=None), min(ups, default=None), why))
    return families


def _largest_ratios(found: Pairs, source: Neuron, target: Neuron, sign: int) -> Iterator[tuple[Fraction, Point]]:
    """The suprema of sign * z'/z over the chambers in which z is positive somewhere."""
    for cell in found.chambers[source.layer - 1]:
        if (cell.active is None or cell.active[source.index]) and cell.is_positive_somewhere(source.index):
            yield cell.largest_ratio(source.index, target.index, sign)


# -- biases ------------------------------------------------------------------------------------------------------------


def bias_family(net: Network, direction: Direction) -> Family | None:
    """The family along a direction that moves biases only; None if the regions of the difference are too many.

    >>> net = Network.from_arrays([([[1, 0], [0, 1]], [0, 0]), ([[2, -1]], [-1]), ([[1]], [0])])  # ReLU(2 a1 - a2 - 1)
    >>> family = bias_family(net, {Parameter(1, 0, -1): Fraction(1), Parameter(2, 0, -1): Fraction(-2)})
    >>> family.low, family.high
    (Fraction(-1, 2), None)
    """
    if not all(parameter.is_bias for parameter in direction):
        return None
    difference = _difference_in_step(net, direction)
    neurons = sum(difference.hidden_widths)
    size = sum(comb(neurons, k) for k in range(min(difference.n_in, difference.hidden_widths[0]) + 1))
    if size > MOST_JOINT_REGIONS:
        return None
    try:
        complex = regions(difference)
    except BudgetSpent:
        return None
    low: Fraction | None = None
    high: Fraction | None = None
    for cell in range(complex.n_cells):
        if not any(map(any, complex.affine_map(cell).rows)):
            continue
        first, last = _range_of_step(complex, cell)
        if first is not None and first >= 0:
            high = first if high is None else min(high, first)
        elif last is not None and last <= 0:
            low = last if low is None else max(low, last)
        else:
            raise TheoryContradicted("a network differs from itself", cell=cell)
    why = "the difference, as a network in (x, t), is zero on all its regions in between"
    return Family(net, direction, low, high, why)


def _difference_in_step(net: Network, direction: Direction) -> Network:
    """(x, t) -> N_t(x) - N(x), as a network; t is handed on as ReLU(t) and ReLU(-t)."""
    moving, still = [], []
    last = len(net.layers)
    for k, layer in enumerate(net.layers, start=1):
        rates = [direction.get(Parameter(k, i, -1), Fraction(0)) for i in range(layer.n_out)]
        rows = list(zip(layer.W, layer.b, rates, strict=True))
        zero = Fraction(0)
        if k == 1:
            moved = [[*w, rate, b] for w, b, rate in rows]
            fixed = [[*w, zero, b] for w, b, _ in rows]
            if k < last:
                moved += [[zero] * layer.n_in + [Fraction(sign), zero] for sign in (1, -1)]
        else:
            moved = [[*w, rate, -rate, b] for w, b, rate in rows]
            fixed = [[*w, b] for w, b, _ in rows]
            if k < last:
                moved += [[zero] * layer.n_in + [Fraction(sign > 0), Fraction(sign < 0), zero] for sign in (1, -1)]
        moving.append(AffineMap.from_fractions(moved))
        still.append(AffineMap.from_fractions(fixed))
    return side_by_side(Network(tuple(moving)), Network(tuple(still)))


def _range_of_step(complex: RegionComplex, cell: int) -> tuple[Fraction | None, Fraction | None]:
    """The infimum and supremum of t on a cell; None for none."""
    net, pattern = complex.network, complex.pattern(cell)
    A: list[list[int]] = []
    b: list[int] = []
    for form, signs in zip(net.preactivation_maps(pattern)[:-1], complex.sign_vector(cell), strict=True):
        for row, sign in zip(form.rows, signs, strict=True):
            if sign:
                A.append([-sign * entry for entry in row[:-1]])
                b.append(sign * row[-1])
    ends: list[Fraction | None] = []
    for sign in (-1, 1):
        outcome = maximise([0] * (net.n_in - 1) + [sign], A, b)
        if isinstance(outcome, Infeasible):
            raise TheoryContradicted("a cell is empty", cell=cell)
        ends.append(None if isinstance(outcome, Unbounded) else sign * outcome.value)
    return ends[0], ends[1]

