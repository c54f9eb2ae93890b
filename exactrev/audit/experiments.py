"""What §6 measures, counted: queries of Algorithm 1 until layer 1 is found, and neurons that a recovery gets right.

Knows networks to compare with, and the algorithms of the recovery, which see an oracle only. All counts follow from
network and seed. There is no tolerance: a neuron is found if its row is one of the network's, up to a factor.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import log, log2
from statistics import linear_regression, median

from exactrev.equivalence import find_difference
from exactrev.errors import RecoveryAmbiguous
from exactrev.network import AffineMap, Network, is_isomorphic
from exactrev.oracle import Oracle
from exactrev.recovery import Hyperplane, Probe, find_jump, points_on_line, recover, tangent_segments, test_hyperplane

__all__ = ["Count", "count_first_layer", "count_whole_network", "find_growth"]

RADIUS = 64
"""Of the sphere to which the segments are tangent; they are twice as long (§4.1: "fixed (long)", "fixed (large)")."""

MOST_LINES = 400


@dataclass(frozen=True, slots=True)
class Count:
    """What a search took: `found` neurons of `width` are exactly right, `wrong` ones are not in the network."""

    architecture: str
    seed: int
    found: int
    wrong: int
    width: int
    parameters: int
    queries: int
    expected: float

    @property
    def is_complete(self) -> bool:
        return self.found == self.width and not self.wrong

    @property
    def per_parameter(self) -> float:
        return self.queries / self.parameters

    def __str__(self) -> str:
        told = f"{self.found} of {self.width} neurons" + (f", {self.wrong} wrong" if self.wrong else "")
        return (
            f"{self.architecture:>16} seed {self.seed}: {told}, {self.parameters} parameters, {self.queries} queries, "
            f"{self.per_parameter:.2f} a parameter"
        )


def count_first_layer(net: Network, seed: int) -> Count:
    """Algorithm 1 until as many hyperplanes pass its test as layer 1 has neurons (Fig. 3), and what it asked.

    Lines tangent to a sphere; at each breakpoint that is on none of the hyperplanes so far, the hyperplane between the
    two pieces; and its test at points far away. `parameters` are those of layer 1.
    """
    oracle = Oracle(net)
    probe = Probe(oracle, net.n_in, seed=seed)
    segments = tangent_segments(net.n_in, RADIUS, random.Random(seed))
    width = net.hidden_widths[0]
    accepted: list[Hyperplane] = []
    for _ in range(MOST_LINES):
        if len(accepted) >= width:
            break
        segment = next(segments)
        for place in points_on_line(probe, segment.origin, segment.direction, segment.lo, segment.hi).breakpoints:
            if len(accepted) >= width or any(plane.side(place.point) == 0 for plane in accepted):
                continue
            try:
                plane = find_jump(probe, place).hyperplane
            except RecoveryAmbiguous:
                continue
            if not test_hyperplane(probe, plane, place.point).absent:
                accepted.append(plane)
    truth = {Hyperplane(row) for row in net.layers[0].rows}
    right = truth.intersection(accepted)
    return Count(
        net.architecture,
        seed,
        len(right),
        len(accepted) - len(right),
        width,
        width * (net.n_in + 1),
        oracle.queries,
        net.n_in * sum(net.hidden_widths) * log2(width),
    )


def count_whole_network(net: Network, seed: int, *, corrected: bool = False) -> Count:
    """The recovery of a network with two hidden layers: how many neurons of layer 2 are exactly right (Fig. 4).

    With `corrected`, the recovery is told a point at which its result is wrong, while there is one.

    `queries` and `parameters` are those of the whole network. Where it is not recovered up to isomorphism, no neuron of
    layer 2 is counted unless layer 1 is right: weights have a meaning only with the neurons that they lead from.
    """
    oracle = Oracle(net)
    teacher = (lambda guess: find_difference(guess, net)) if corrected else None
    result = recover(oracle, net.n_in, seed=seed, equivalence=teacher)
    width = net.hidden_widths[1]
    found = wrong = 0
    if result.network is not None and is_isomorphic(result.network, net):
        found = width
    else:
        found, wrong = _compare_second_layer(net, result.attempt.layers)
    expected = net.n_in * sum(net.hidden_widths) * log2(net.hidden_widths[0])
    return Count(net.architecture, seed, found, wrong, width, net.parameters, oracle.queries, expected)


def find_growth(counts: Iterable[Count], size: Callable[[Count], float]) -> float:
    """The slope of log queries over log size: one point an architecture, the median over its complete searches."""
    groups: dict[str, list[Count]] = {}
    for count in counts:
        if count.is_complete:
            groups.setdefault(count.architecture, []).append(count)
    points = [(log(size(group[0])), log(median(count.queries for count in group))) for group in groups.values()]
    return linear_regression(*zip(*points, strict=True)).slope


def _compare_second_layer(net: Network, layers: Sequence[AffineMap]) -> tuple[int, int]:
    """How many rows of a found layer 2 are rows of the network's, and how many are not; (0, 0) without a right layer 1.

    Rows of layer 1 are compared up to positive factors, by which the weights that lead from them are divided; those of
    layer 2 up to any factor.
    """
    if len(layers) < 2:
        return 0, 0
    truth = {_direction(row): (i, row) for i, row in enumerate(net.layers[0].rows)}
    columns = []
    for row in layers[0].rows:
        if _direction(row) not in truth:
            return 0, 0
        i, true = truth[_direction(row)]
        pivot = next(j for j, entry in enumerate(true) if entry)
        columns.append((i, Fraction(row[pivot] * net.layers[0].denominator, true[pivot] * layers[0].denominator)))
    if sorted(i for i, _ in columns) != list(range(net.hidden_widths[0])):
        return 0, 0
    rows = set()
    for row in layers[1].rows:
        weights = [Fraction(0)] * len(columns)
        for (i, scale), entry in zip(columns, row, strict=False):
            weights[i] = entry * scale
        rows.add(_line((*weights, Fraction(row[-1]))))
    right = len(rows & {_line(tuple(map(Fraction, row))) for row in net.layers[1].rows})
    return right, len(rows) - right


def _direction(row: Sequence[int]) -> tuple[Fraction, ...]:
    """A row up to a positive factor."""
    size = abs(next((entry for entry in row if entry), 1))
    return tuple(Fraction(entry, size) for entry in row)


def _line(row: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """A row up to a factor."""
    lead = next((entry for entry in row if entry), Fraction(1))
    return tuple(entry / lead for entry in row)
