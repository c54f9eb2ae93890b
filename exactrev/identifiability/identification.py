"""What is identifiable about a network: pair by pair, with families of equal networks, and as a whole.

*Identifiable* is local, and up to permutation and scaling: a weight between two neurons is identifiable if no network
near this one with the same function has another weight there, in proportion to the rest of its row. It is proved by the
rank: where the kernel of the derivative is no more than the scalings and the fields of `structure`, which are there for
all networks near this one, those with the same function differ by what these move and by nothing else. It is refuted by
a family in which the weight moves. Networks far away are reported apart.

Knows pairs, derivatives, families and second networks; puts them together, and checks every family by comparing
networks at steps inside and just outside its interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from exactrev.equivalence import decide_equal
from exactrev.errors import BudgetSpent, TheoryContradicted
from exactrev.geometry import RegionComplex
from exactrev.geometry.enumeration import Progress
from exactrev.identifiability.dimension import FunctionalDimension, functional_dimension, span_dimension
from exactrev.identifiability.families import Family, bias_family, free_weight, shared_weights
from exactrev.identifiability.jacobian import MOST_PARAMETERS
from exactrev.identifiability.pairs import Pair, Pairs, find_pairs
from exactrev.identifiability.parameters import Direction, Parameter
from exactrev.identifiability.second_networks import SecondNetwork, find_second_networks
from exactrev.identifiability.structure import bias_fields, list_fields, relations_of_patterns
from exactrev.network import Network, is_isomorphic
from exactrev.verdict import Outcome

__all__ = ["CheckedFamily", "Identification", "PairReport", "identify"]

MOST_CHECKED = 16
"""So many families are checked by comparing networks; the others rest on their reasons alone."""


@dataclass(frozen=True, slots=True)
class CheckedFamily:
    """A family, and what comparing its networks with the one at t = 0 gave.

    `inside` and `outside`: steps t with HOLDS (the same function), FAILS, or UNDECIDED where the comparison gave up;
    the reason of the family proves the steps inside all the same. `is_new`: is it more than permutation and scaling?
    """

    family: Family
    inside: tuple[tuple[Fraction, Outcome], ...]
    outside: tuple[tuple[Fraction, Outcome], ...]
    is_new: bool

    @property
    def direction(self) -> Direction:
        return self.family.direction


@dataclass(frozen=True, slots=True)
class PairReport:
    """A pair, whether its weight is identifiable (None: not decided), why, and the families in which it moves."""

    pair: Pair
    identifiable: bool | None
    reason: str
    families: tuple[CheckedFamily, ...]


@dataclass(frozen=True, slots=True)
class Identification:
    """Everything that `identify` found out.

    `families`: all of them, those that move biases only included; `second_networks`: equal networks of the same
    architecture that need not be near this one.
    """

    net: Network
    dimension: FunctionalDimension
    pairs: tuple[PairReport, ...]
    families: tuple[CheckedFamily, ...]
    second_networks: tuple[SecondNetwork, ...]
    complex: RegionComplex | None = field(compare=False, repr=False)

    @property
    def has_further_isomorphisms(self) -> bool | None:
        """True if an equal network that is not isomorphic was found, None if not: they are not excluded far away."""
        return True if self.second_networks or any(family.is_new for family in self.families) else None

    @property
    def is_locally_unique(self) -> bool | None:
        """Is every network near this one with the same function a rescaling of it? None if that is not decided."""
        if self.dimension.is_full:
            return True
        return False if any(family.is_new for family in self.families) else None


def identify(net: Network, *, found: Pairs | None = None, progress: Progress | None = None) -> Identification:
    """What the function of a network determines of its weights.

    Raises `BudgetSpent` for networks with more parameters than a rank is computed for.

    >>> net = Network.from_arrays([([[1, 0], [0, 1]], [0, 0]), ([[-2, -1], [1, 1]], [-1, -1]), ([[1, 1]], [0])])
    >>> answer = identify(net)
    >>> print(answer.pairs[0].pair, answer.pairs[0].pair.case, answer.pairs[0].identifiable)
    z[1,0] -> z[2,0] 1 False
    >>> print(answer.pairs[3].pair, answer.pairs[3].pair.case, answer.pairs[3].identifiable)
    z[1,1] -> z[2,1] None True
    """
    if net.parameters > MOST_PARAMETERS:
        raise BudgetSpent("too many parameters", parameters=net.parameters, most=MOST_PARAMETERS)
    found = find_pairs(net, progress=progress) if found is None else found
    weights = _weight_families(found)
    dimension = functional_dimension(net, found)
    biases = [bias_family(net, other.direction) for other in dimension.others] if found.is_complete else []
    families = [*weights, *(family for family in biases if family is not None)]
    families = [family for family in families if family.low != 0 or family.high != 0]
    checked = tuple(
        _check(family, is_compared=number < MOST_CHECKED) for number, family in enumerate(families)
    )
    fields = list_fields(net, relations_of_patterns(net, found.patterns)) if found.patterns else []
    fields += bias_fields(net, found.patterns)
    is_constant = dimension.at_least == net.parameters - span_dimension(net, [*dimension.scalings, *fields])
    moved = dimension.find_moved_weights()
    named = {parameter for direction in fields for parameter in direction}
    reports = tuple(_report(pair, checked, moved, named, is_constant) for pair in found.pairs)
    second = tuple(find_second_networks(net, found.complex))
    return Identification(net, dimension, reports, checked, second, found.complex)


def _weight_families(found: Pairs) -> list[Family]:
    families: list[Family] = []
    for pair in found.pairs:
        try:
            free = free_weight(found, pair)
        except BudgetSpent:
            continue
        families += [] if free is None else [free]
    for neuron in found.net.neurons():
        if neuron.layer < found.net.depth:
            try:
                families += shared_weights(found, neuron)
            except BudgetSpent:
                continue
    return families


def _check(family: Family, *, is_compared: bool) -> CheckedFamily:
    """Compare the networks of a family; a difference inside its interval is a contradiction."""
    net = family.net
    steps = family.steps_inside()
    is_new = any(not is_isomorphic(net, family(t)) for t in steps)
    if not is_compared:
        return CheckedFamily(family, (), (), is_new)
    inside = tuple((t, decide_equal(net, family(t)).outcome) for t in steps)
    if any(outcome is Outcome.FAILS for _, outcome in inside):
        raise TheoryContradicted("two networks of a family are different", why=family.why, steps=inside)
    outside = tuple((t, decide_equal(net, family(t)).outcome) for t in family.steps_outside())
    return CheckedFamily(family, inside, outside, is_new)


def _report(
    pair: Pair,
    families: Sequence[CheckedFamily],
    moved: frozenset[Parameter],
    named: set[Parameter],
    is_constant: bool,
) -> PairReport:
    weight = Parameter(pair.target.layer, pair.target.index, pair.source.index)
    own = tuple(checked for checked in families if weight in checked.direction and checked.is_new)
    if own:
        return PairReport(pair, False, own[0].family.why, own)
    if weight not in moved and weight not in named and is_constant:
        return PairReport(pair, True, "near by, only scalings and other parameters leave the function as it is", ())
    if weight not in moved:
        return PairReport(pair, None, "it does not move to first order, and no more is known", ())
    return PairReport(pair, None, "it moves to first order; no family is known in which it moves", ())
