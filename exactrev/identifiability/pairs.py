"""For two connected neurons of consecutive layers: do their boundaries meet, and if not, which case of §5.2 holds?

Every pair gets its four *quadrants*: the open sets where z and z' have given signs. One that is empty is one of the
four cases: (1) z > 0 excludes z' > 0, (2) z > 0 excludes z' < 0, (3) z < 0 excludes z' > 0, (4) z < 0 excludes
z' < 0. Boundaries can also be disjoint with no quadrant empty, when B[z'] has parts on either side of B[z]: that is
called case 5 here, and is missing in the paper's list. ("Active" is read as positive on an open set; a z' that touches
0 where z is positive does not matter.)

Where the regions can be enumerated they decide. Else points are searched for in floats and checked exactly, and that
there is none is proved by a search with linear programs. What is not decided is said to be not decided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import comb

import numpy as np
import numpy.typing as npt

from exactrev.errors import TheoryContradicted
from exactrev.geometry import RegionComplex, boundaries, regions
from exactrev.geometry.enumeration import Progress
from exactrev.identifiability.extremes import Chamber, chamber
from exactrev.network import Network, Neuron, Pattern, Point
from exactrev.search import Budget, Found, Open, find_meeting_point, find_point_with_signs

__all__ = ["MOST_REGIONS", "Pair", "Pairs", "Quadrant", "find_pairs", "require_consistent"]

MOST_REGIONS = 40_000
"""Regions are enumerated where as many hyperplanes as there are neurons could cut out at most so many."""

Quadrant = tuple[int, int]
"""The signs of z and of z'."""

CASES: Mapping[int, Quadrant] = {1: (1, 1), 2: (1, -1), 3: (-1, 1), 4: (-1, -1)}
"""The quadrant that is empty in each case of §5.2."""

MOST_CASES = 300
"""So many cases may be looked at for one question about one pair."""

_SAMPLES = 4000
_SCALES = (0.3, 1.0, 3.0, 10.0, 100.0)

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two connected neurons of consecutive layers.

    `quadrants`: a point for every quadrant in which one was found, None for those proved empty; a quadrant that is not
    a key is not decided. `meeting`: a point of both boundaries; `meets` is None if it is not decided.
    """

    source: Neuron
    target: Neuron
    weight: Fraction
    meets: bool | None
    meeting: Point | None
    quadrants: Mapping[Quadrant, Point | None]

    @property
    def empty_quadrants(self) -> tuple[int, ...]:
        """The numbers of the cases whose quadrant is empty, whether the boundaries meet or not."""
        return tuple(case for case, quadrant in CASES.items() if self.quadrants.get(quadrant, ()) is None)

    @property
    def cases(self) -> tuple[int, ...]:
        """All cases that hold; none if the boundaries meet, or if it is not decided."""
        if self.meets is not False:
            return ()
        if len(self.quadrants) == 4 and not self.empty_quadrants:
            return (5,)
        return self.empty_quadrants

    @property
    def case(self) -> int | None:
        """The first case that holds."""
        return next(iter(self.cases), None)

    def __str__(self) -> str:
        return f"{self.source} -> {self.target}"


@dataclass(frozen=True, slots=True)
class Pairs:
    """All connected pairs of a network, the patterns that were seen, and whether these are all that there are.

    `chambers` lists, for every hidden layer but the last, cells of the layers below, or of these and its own;
    `has_all_chambers` says for which layers all.
    """

    net: Network
    pairs: tuple[Pair, ...]
    patterns: tuple[Pattern, ...]
    is_complete: bool
    chambers: tuple[tuple[Chamber, ...], ...]
    has_all_chambers: tuple[bool, ...]
    complex: RegionComplex | None = field(compare=False, repr=False)


def find_pairs(
    net: Network, *, most_regions: int = MOST_REGIONS, seed: int = 0, progress: Progress | None = None
) -> Pairs:
    """All pairs of connected neurons in consecutive layers, layer by layer.

    Every point is rechecked by evaluating the network. The same seed gives the same points.

    >>> net = Network.from_arrays([([[1]], [0]), ([[-1]], [1]), ([[1]], [0])])  # ReLU(1 - ReLU(x))
    >>> pair, = find_pairs(net).pairs
    >>> pair.meets, pair.case, pair.quadrants[-1, -1]
    (False, 4, None)
    """
    neurons = sum(net.hidden_widths)
    dimension = min(net.n_in, *net.hidden_widths[:1]) if net.depth else 0
    if sum(comb(neurons, k) for k in range(dimension + 1)) <= most_regions:
        found = _by_regions(net)
    else:
        found = _by_programs(net, seed, progress)
    for pair in found.pairs:
        require_consistent(net, pair)
    return found


def connected(net: Network) -> list[tuple[Neuron, Neuron, Fraction]]:
    """(z, z', weight) for all hidden neurons with a weight that is not 0 between them."""
    return [
        (Neuron(k, i), Neuron(k + 1, j), weight)
        for k, layer in enumerate(net.layers[1:-1], start=1)
        for j, row in enumerate(layer.W)
        for i, weight in enumerate(row)
        if weight
    ]


def require_consistent(net: Network, pair: Pair) -> None:
    """Recheck the points of a pair by evaluation, and that an answer was not found both ways."""
    (k, i), (_, j) = pair.source, pair.target
    if pair.meeting is not None:
        z = net.preactivations(pair.meeting)
        if z[k - 1][i] or z[k][j] or not pair.meets:
            raise TheoryContradicted("a meeting point is not on both boundaries", pair=str(pair), point=pair.meeting)
    for (side, sign), point in pair.quadrants.items():
        if point is not None:
            z = net.preactivations(point)
            if side * z[k - 1][i] <= 0 or sign * z[k][j] <= 0:
                raise TheoryContradicted("a point is not in its quadrant", pair=str(pair), point=point)


# -- where regions can be enumerated ----------------------------------------------------------------------------------


def _by_regions(net: Network) -> Pairs:
    complex = regions(net)
    found = boundaries(complex)
    numbers = {neuron: number for number, neuron in enumerate(net.neurons())}
    signs = complex.signs(list(range(complex.n_cells)))
    points: dict[int, Point] = {}
    pairs = []
    for source, target, weight in connected(net):
        z, later = signs[numbers[source]], signs[numbers[target]]
        quadrants: dict[Quadrant, Point | None] = {}
        for side, sign in CASES.values():
            cells = np.flatnonzero((z == side) & (later == sign)).tolist()
            if cells and cells[0] not in points:
                points[cells[0]] = complex.interior_point(cells[0])
            quadrants[side, sign] = points[cells[0]] if cells else None
        meeting = found.meeting_point(source, target)
        pairs.append(Pair(source, target, weight, meeting is not None, meeting, quadrants))
    patterns = tuple(complex.pattern(cell) for cell in range(complex.n_regions))
    every = [complex.pattern(cell) for cell in range(complex.n_cells)]
    chambers = tuple(
        tuple(chamber(net, k, lower, is_cut=True) for lower in dict.fromkeys(pattern[:k] for pattern in every))
        for k in range(1, net.depth)
    )
    return Pairs(net, tuple(pairs), patterns, True, chambers, (True,) * len(chambers), complex)


# -- where they are too many ------------------------------------------------------------------------------------------


def _by_programs(net: Network, seed: int, progress: Progress | None) -> Pairs:
    rng = np.random.default_rng(seed)
    sample = rng.standard_normal((_SAMPLES, net.n_in)) * np.resize(np.array(_SCALES), _SAMPLES)[:, None]
    values = _float_preactivations(net, sample)
    patterns: dict[Pattern, None] = {}
    for x in sample[:: _SAMPLES // 200]:
        patterns |= dict.fromkeys(_pattern_near(net, _exact(x), rng))
    wanted = connected(net)
    pairs: list[Pair] = []
    for number, (source, target, weight) in enumerate(wanted):
        quadrants = _find_quadrants(net, source, target, sample, values)
        answer = find_meeting_point(net, source, target, Budget(MOST_CASES))
        meeting = answer.point if isinstance(answer, Found) else None
        meets = None if isinstance(answer, Open) else meeting is not None
        pairs.append(Pair(source, target, weight, meets, meeting, quadrants))
        for point in (*quadrants.values(), meeting):
            if point is not None:
                patterns |= dict.fromkeys(_pattern_near(net, point, rng))
        if progress is not None:
            progress(number + 1, len(wanted))
    chambers = [(chamber(net, 1, ()),) if k == 1 else () for k in range(1, net.depth)]
    every = tuple(k == 1 for k in range(1, net.depth))
    return Pairs(net, tuple(pairs), tuple(patterns), False, tuple(chambers), every, None)


def _find_quadrants(
    net: Network, source: Neuron, target: Neuron, sample: FloatArray, values: Sequence[FloatArray]
) -> dict[Quadrant, Point | None]:
    z, later = values[source.layer - 1][:, source.index], values[target.layer - 1][:, target.index]
    found: dict[Quadrant, Point | None] = {}
    for side, sign in CASES.values():
        inside = np.minimum(side * z, sign * later)
        best = int(inside.argmax())
        if inside[best] > 0:
            point = _exact(sample[best])
            exact = net.preactivations(point)
            if side * exact[source.layer - 1][source.index] > 0 and sign * exact[target.layer - 1][target.index] > 0:
                found[side, sign] = point
                continue
        answer = find_point_with_signs(net, {source: side, target: sign}, Budget(MOST_CASES))
        if not isinstance(answer, Open):
            found[side, sign] = answer.point if isinstance(answer, Found) else None
    return found


def _pattern_near(net: Network, point: Point, rng: np.random.Generator) -> list[Pattern]:
    """The pattern of a region at the point or close to it: where no preactivation is 0; none if none was found."""
    for bits in (0, 20, 40, 80, 160):
        offsets = rng.integers(-1000, 1000, net.n_in).tolist() if bits else [0] * net.n_in
        signs = net.sign_vector([x + Fraction(d, 2**bits) for x, d in zip(point, offsets, strict=True)])
        if all(all(layer) for layer in signs):
            return [tuple(tuple(sign > 0 for sign in layer) for layer in signs)]
    return []


def _float_preactivations(net: Network, points: FloatArray) -> list[FloatArray]:
    found: list[FloatArray] = []
    with np.errstate(all="ignore"):
        for layer in net.layers[:-1]:
            W, b = layer.as_floats()
            below = points if not found else np.maximum(found[-1], 0)
            found.append(np.nan_to_num(below @ W.T + b, nan=0.0))
    return found


def _exact(x: FloatArray) -> Point:
    """A point with short coordinates near a float point."""
    return tuple(Fraction(round(Fraction(entry) * 64), 64) for entry in x.tolist())
