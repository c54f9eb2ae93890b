"""The functional dimension of a network: the rank of parameters -> (affine maps of N on all regions), exactly.

What leaves these maps unchanged to first order is the kernel: the scalings (I2, one for each hidden neuron) and the
others. The rank over some regions is a lower bound of the rank over all; what is proved to be in the kernel gives an
upper bound. Knows derivatives and nothing of boundaries.

*Where first order is finite.* N's map on a region is a sum over paths, each a product of weights and at most one bias.
Along a direction that moves weights of one layer k only, and biases of layers k and later only, no product has two
moved factors, so N's map under each pattern is affine in the step t: if it does not move to first order, it does not
move at all. Then N(x) does not move either, as long as every pattern that occurs on the way is one of those looked at:
for almost every x, N(x) is continuous in t, and takes finitely many values.

*What the rank shows.* If the kernel is no more than the scalings, every network near this one with the same function is
a rescaling of it. It shows nothing about networks far away: ReLU(1 - ReLU(x)) has full rank, and is
1 - ReLU(1 - ReLU(1 - x)).

References: Grigsby, Lindsey, Meyerhoff & Wu, *Functional dimension of feedforward ReLU neural networks* (2022).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from exactrev.arithmetic.integer_matrices import clear_denominators, integer_nullspace, integer_rank
from exactrev.errors import TheoryContradicted
from exactrev.identifiability.jacobian import parameter_nullspace
from exactrev.identifiability.pairs import Pairs, find_pairs
from exactrev.identifiability.parameters import Direction, Parameter, list_parameters, scaling_direction, value_of
from exactrev.identifiability.structure import list_fields, relations_of_pairs
from exactrev.network import Network

__all__ = ["FunctionalDimension", "KernelDirection", "functional_dimension", "span_dimension"]


@dataclass(frozen=True, slots=True)
class KernelDirection:
    """A direction of the kernel that is no combination of scalings and of those listed before it.

    `keeps_maps`: N's map under each of the patterns looked at does not move at all along it, not only to first order.
    The function may still move at once, where new patterns appear with the first step; `families` decides that.
    """

    direction: Direction
    keeps_maps: bool


@dataclass(frozen=True, slots=True)
class FunctionalDimension:
    """at_least <= functional dimension <= at_most.

    `scalings` spans what the scalings of I2 give; `others` completes it to the kernel over the regions looked at.
    `rates` holds both, the scalings first, in the coordinates of `list_parameters`.
    """

    net: Network
    at_least: int
    at_most: int
    scalings: tuple[Direction, ...]
    others: tuple[KernelDirection, ...]
    regions: int
    is_complete: bool
    rates: tuple[tuple[Fraction, ...], ...]

    @property
    def is_exact(self) -> bool:
        return self.at_least == self.at_most

    @property
    def expected(self) -> int:
        """Parameters minus hidden neurons: no network has more, as scalings are always there."""
        return self.net.parameters - sum(self.net.hidden_widths)

    @property
    def is_full(self) -> bool:
        """Is the kernel proved to be one scaling for each hidden neuron, and no more?"""
        return self.at_least == self.expected

    def find_moved_weights(self) -> frozenset[Parameter]:
        """The parameters of hidden layers that some direction of the kernel moves, up to scaling neurons.

        Scaling moves all of a neuron's row in proportion. So the rates of change of a row, relative to its entries, are
        compared with each other: the largest group of entries that always keep their proportions stays, by definition;
        the others move. Of equally large groups one stays that none of `others` moves, or else the first.
        """
        return _find_moved(self.net, self.rates, len(self.scalings))


def functional_dimension(net: Network, found: Pairs | None = None) -> FunctionalDimension:
    """The functional dimension of a network, or bounds of it.

    Exact wherever the regions can be enumerated. Elsewhere the rank is that over regions around sample points, a lower
    bound; the upper bound is what the scalings leave, and the fields of `structure` that are proved to be there, since
    quadrants of pairs are proved empty. Thick cells, on which N has no derivative by the parameters, do not count.

    >>> net = Network.from_arrays([([[1, 0], [0, 1]], [0, 0]), ([[2, -1]], [-1]), ([[1]], [0])])  # ReLU(2 a1 - a2 - 1)
    >>> dimension = functional_dimension(net)
    >>> dimension.at_least, dimension.is_exact, dimension.expected
    (7, True, 8)
    >>> from exactrev.identifiability.parameters import direction_text
    >>> direction_text(dimension.others[0].direction), dimension.others[0].keeps_maps
    ('1/2 b1[0] - b2[0]', True)
    """
    found = find_pairs(net) if found is None else found
    parameters = list_parameters(net)
    place = {parameter: number for number, parameter in enumerate(parameters)}
    scalings = _independent([scaling_direction(net, neuron) for neuron in net.neurons()], place)
    known = [_coordinates(direction, place) for direction in scalings]
    rates = parameter_nullspace(net, found.patterns, known)
    others = _complete(net, rates, known, parameters)
    at_least = len(parameters) - len(rates)
    proved = list_fields(net, relations_of_pairs(found.pairs))
    certain = _rank([*known, *(_coordinates(direction, place) for direction in proved)])
    at_most = at_least if found.is_complete else len(parameters) - certain
    if _rank([*rates, *known]) != len(rates):
        raise TheoryContradicted("a scaling is not in the kernel")
    if at_least > at_most:
        raise TheoryContradicted("a direction proved to leave the function unchanged is not in the kernel")
    return FunctionalDimension(
        net,
        at_least,
        at_most,
        tuple(scalings),
        tuple(others),
        len(found.patterns),
        found.is_complete,
        (*known, *(_coordinates(other.direction, place) for other in others)),
    )


def span_dimension(net: Network, directions: Sequence[Direction]) -> int:
    """The dimension of the span of some directions."""
    place = {parameter: number for number, parameter in enumerate(list_parameters(net))}
    return _rank([_coordinates(direction, place) for direction in directions])


# -- a basis of the kernel that can be read ----------------------------------------------------------------------------


def _complete(
    net: Network,
    rates: Sequence[tuple[Fraction, ...]],
    known: Sequence[tuple[Fraction, ...]],
    parameters: Sequence[Parameter],
) -> list[KernelDirection]:
    """Directions that complete the known ones to the kernel: finite ones first, and among these short ones."""
    missing = len(rates) - len(known)
    if not missing:
        return []
    candidates: dict[tuple[int, ...], bool] = {}
    for k in range(1, len(net.layers) + 1):
        free = {
            number
            for number, p in enumerate(parameters)
            if (p.layer == k and not p.is_bias) or (p.is_bias and p.layer >= k)
        }
        candidates |= dict.fromkeys(_inside(rates, free), True)
    for rate in rates:
        candidates.setdefault(clear_denominators(rate)[0], False)
    span, chosen = list(known), list[KernelDirection]()
    for vector in sorted(candidates, key=lambda v: (not candidates[v], sum(map(bool, v)), sum(map(abs, v)))):
        exact = tuple(map(Fraction, vector))
        if len(chosen) < missing and _rank([*span, exact]) > len(span):
            span.append(exact)
            largest = max(map(abs, vector)) * (1 if next(filter(None, vector)) > 0 else -1)
            moved = {p: Fraction(v, largest) for p, v in zip(parameters, vector, strict=True) if v}
            chosen.append(KernelDirection(moved, candidates[vector]))
    return chosen


def _inside(rates: Sequence[tuple[Fraction, ...]], free: set[int]) -> list[tuple[int, ...]]:
    """A basis of the directions of the kernel that move none but some parameters."""
    columns = [
        clear_denominators([rate[number] for rate in rates])[0]
        for number in range(len(rates[0]))
        if number not in free and any(rate[number] for rate in rates)
    ]
    if not columns:
        combinations = [tuple(int(i == j) for j in range(len(rates))) for i in range(len(rates))]
    else:
        combinations = integer_nullspace(columns)
    vectors = []
    for combination in combinations:
        used = [(c, rate) for c, rate in zip(combination, rates, strict=True) if c]
        vectors.append([sum((c * rate[j] for c, rate in used), Fraction(0)) for j in range(len(rates[0]))])
    return [clear_denominators(vector)[0] for vector in vectors]


def _independent(directions: Sequence[Direction], place: Mapping[Parameter, int]) -> list[Direction]:
    """Those that are no combination of the ones before them."""
    chosen: list[Direction] = []
    span: list[tuple[Fraction, ...]] = []
    for direction in directions:
        vector = _coordinates(direction, place)
        if _rank([*span, vector]) > len(span):
            span.append(vector)
            chosen.append(direction)
    return chosen


def _coordinates(direction: Direction, place: Mapping[Parameter, int]) -> tuple[Fraction, ...]:
    vector = [Fraction(0)] * len(place)
    for parameter, rate in direction.items():
        vector[place[parameter]] = rate
    return tuple(vector)


def _rank(vectors: Sequence[Sequence[Fraction]]) -> int:
    return integer_rank([clear_denominators(vector)[0] for vector in vectors])


# -- which weights move ------------------------------------------------------------------------------------------------


def _find_moved(net: Network, rates: Sequence[tuple[Fraction, ...]], scalings: int) -> frozenset[Parameter]:
    place = {parameter: number for number, parameter in enumerate(list_parameters(net))}
    nothing = (Fraction(0),) * len(rates)
    moved: set[Parameter] = set()
    below: list[tuple[Fraction, ...]] = [nothing] * net.n_in
    for k in range(1, net.depth + 1):
        own_scales = []
        for i in range(net.hidden_widths[k - 1]):
            groups: dict[tuple[Fraction, ...], list[Parameter]] = {}
            for j in (*range(len(below)), -1):
                parameter = Parameter(k, i, j)
                value, rate = value_of(net, parameter), [vector[place[parameter]] for vector in rates]
                if value:
                    source = nothing if j == -1 else below[j]
                    relative = tuple(r / value + s for r, s in zip(rate, source, strict=True))
                    groups.setdefault(relative, []).append(parameter)
                elif any(rate):
                    moved.add(parameter)
            kept = max(groups, key=lambda rate: (len(groups[rate]), not any(rate[scalings:])), default=nothing)
            moved |= {p for relative, group in groups.items() if relative != kept for p in group}
            own_scales.append(kept)
        below = own_scales
    return frozenset(moved)


