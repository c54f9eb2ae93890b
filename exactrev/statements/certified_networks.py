"""What was found out about pairs of networks, and about the weights of one, as certificates.

Knows which claims a comparison, an identification or a recovery amounts to. Knows nothing of how they are proved or
checked. A certificate that contradicts what was decided stops everything: one of the two is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from exactrev.certificates import (
    Certificate,
    certify_different,
    certify_flat_direction,
    certify_functional_dimension,
    certify_inert,
    certify_isomorphic,
    certify_meeting,
    certify_recovered,
    certify_same_boundary,
    decide_equal,
    decide_meeting,
)
from exactrev.equivalence import Comparison
from exactrev.errors import AssumptionFailed, TheoryContradicted
from exactrev.identifiability import CheckedFamily, Counterexample, Identification, PairReport
from exactrev.identifiability.parameters import Direction, value_of
from exactrev.network import AffineMap, Network, Neuron, Point
from exactrev.verdict import Outcome, Verdict

__all__ = [
    "certified_comparison",
    "certified_counterexample",
    "certified_identification",
    "certified_recovery",
    "certified_same_boundary",
]

MOST_STEPS = 20_000
"""A split tree that grows longer is given up (`BudgetSpent`)."""

MOST_DERIVATIVES = 100_000
"""So many parameters times regions are looked at for a certificate of the functional dimension."""


def certified_comparison(a: Network, b: Network, found: Comparison) -> Iterator[Certificate]:
    """Either "isomorphic" and "equal", "equal" alone, or "different"; nothing where the comparison is undecided.

    Raises `BudgetSpent` where the networks are equal, and a split tree that shows it is too large.
    """
    if found.difference is not None:
        yield certify_different(a, b, found.difference.point)
        return
    if not found.is_same_function:
        return
    isomorphic = certify_isomorphic(a, b)
    if isomorphic is not None:
        yield isomorphic
    yield _equal(a, b)


def certified_recovery(
    truth: Network, recovered: Network, verdict: Verdict, answers: Sequence[tuple[Point, Point]]
) -> Iterator[Certificate]:
    """What was proved about a recovered network: "recovered" and "isomorphic", "equal", or "different".

    Answers that are not the network's, since they were rounded or had noise added, are left out; then there is no
    "recovered". Raises `BudgetSpent` as for comparisons.
    """
    point = verdict.witness.get("point")
    if point is not None:
        yield certify_different(truth, recovered, point)
    if verdict.outcome is not Outcome.HOLDS:
        return
    isomorphic = certify_isomorphic(truth, recovered)
    if isomorphic is None:
        yield _equal(truth, recovered)
        return
    yield isomorphic
    if truth.evaluate([x for x, _ in answers]) == [y for _, y in answers]:
        certificate = certify_recovered(truth, recovered, answers)
        if certificate is None:
            raise TheoryContradicted("a certificate contradicts the verdict", claim=isomorphic.claim)
        yield certificate


def certified_same_boundary(truth: Network, member: Network) -> Iterator[Certificate]:
    """That a network read off the boundaries of another has the same ones, since its hidden layers are those."""
    certificate = certify_same_boundary(truth, member)
    if certificate is None:
        raise TheoryContradicted("a certificate contradicts the verdict", widths=(truth.widths, member.widths))
    yield certificate


def certified_identification(found: Identification) -> Iterator[Certificate]:
    """Of every pair, whether the boundaries meet; inert weights; equal networks; flat directions; the dimension.

    Raises `BudgetSpent` as for comparisons.
    """
    net = found.net
    for report in found.pairs:
        yield from _meeting(net, report)
    for checked in found.families:
        yield from _family(net, checked)
    for second in found.second_networks:
        yield _equal(net, second.network)
    dimension = found.dimension
    for other in dimension.others:
        yield from _flat(net, other.direction)
    is_whole = dimension.is_complete and found.complex is not None and not found.complex.n_thick
    if is_whole and net.parameters * dimension.regions <= MOST_DERIVATIVES:
        certificate = certify_functional_dimension(net)
        if certificate.numbers != (dimension.at_least,):
            raise TheoryContradicted("a certificate contradicts the rank", claim=certificate.claim)
        yield certificate


def certified_counterexample(found: Counterexample) -> Iterator[Certificate]:
    """That the two boundaries are disjoint, and the rest of what is known; an equal network, if that is known."""
    yield from certified_identification(found.identified)
    other = found.unique.witness.get("network")
    if other is not None:
        yield _equal(found.network, other)


def _meeting(net: Network, report: PairReport) -> Iterator[Certificate]:
    pair = report.pair
    if pair.meeting is not None:
        yield certify_meeting(net, pair.source, pair.target, pair.meeting)
    elif pair.meets is False:
        certificate = decide_meeting(net, pair.source, pair.target, MOST_STEPS)
        if certificate.name != "disjoint":
            raise TheoryContradicted("a certificate contradicts the search", claim=certificate.claim)
        yield certificate


def _family(net: Network, checked: CheckedFamily) -> Iterator[Certificate]:
    """A weight on its own is inert up to the end of its interval; of the others, the networks compared are equal."""
    family = checked.family
    (parameter, rate), *more = family.direction.items()
    if not more and parameter.layer > 1 and not parameter.is_bias:
        bound = None if family.high is None else value_of(net, parameter) + family.high * rate
        try:
            z = Neuron(parameter.layer - 1, parameter.column)
            yield certify_inert(net, z, parameter.row, bound, MOST_STEPS)
            return
        except AssumptionFailed:  # it is free for another reason: nothing sees the neuron that it leads to
            pass
    for t, outcome in checked.inside:
        if outcome is Outcome.HOLDS:
            yield _equal(net, family(t))


def _flat(net: Network, direction: Direction) -> Iterator[Certificate]:
    """Within one layer, where the change vanishes before the next one sees it; else it is no flat direction."""
    layers = {parameter.layer for parameter in direction}
    if len(layers) != 1:
        return
    (k,) = layers
    rows = [[Fraction(0)] * (net.widths[k - 1] + 1) for _ in range(net.widths[k])]
    for parameter, rate in direction.items():
        rows[parameter.row][parameter.column] = rate
    try:
        yield certify_flat_direction(net, k, AffineMap.from_fractions(rows), MOST_STEPS)
    except AssumptionFailed:
        return


def _equal(a: Network, b: Network) -> Certificate:
    certificate = decide_equal(a, b, most_steps=MOST_STEPS)
    if certificate.name != "equal":
        raise TheoryContradicted("a certificate contradicts the comparison", claim=certificate.claim)
    return certificate
