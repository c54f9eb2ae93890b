"""The answers for a network that has too many regions: pair by pair, by searches with exact linear programs.

Knows no regions but those around some points. What is decided is decided for all of R^n: a point that was evaluated, or
a proof that there is none. Whether boundaries are connected or bounded is known from one lemma only.

**Lemma.** Let W^1 have rank n_1. Every boundary of a neuron z' of layer 2 with a bias b' that is not 0 is connected,
and for n_in >= 2 it is empty or unbounded. *Proof.* The preactivations u of layer 1 are independent coordinates; those
of the input space beyond them are free. Let b' > 0 (else take -z'), let P be the neurons with weights that are positive
or 0, M those with negative ones. On B[z'] the sum over M of |w_i| ReLU(u_i) is b' plus the sum over P of w_i ReLU(u_i).
Let the positive u_i of P go to 0, multiplying those of M by what keeps the two sides equal; then let all u_i of P go to
-1. This leads into S = {the sum over M of |w_i| ReLU(u_i) is b'}, which is empty if M is. Else S is the boundary of a
convex set with interior; that contains with every point its ray in the direction of all -e_i, but none in the opposite
direction, so S is homeomorphic to R^(|M|-1): connected, and unbounded if |M| > 1. If |M| = 1, some coordinate is free,
or in P, and may be as low as one likes.
"""

from __future__ import annotations

from collections import Counter

import flint

from exactrev.errors import BudgetSpent
from exactrev.identifiability import Pairs, find_pairs
from exactrev.identifiability.structure import relations_of_pairs
from exactrev.network import Network, Neuron
from exactrev.search import Budget, Found, Impossible, find_point_with_signs
from exactrev.surveys.by_regions import Answers, Counts
from exactrev.surveys.clock import Clock
from exactrev.surveys.linear_regions import decide_lra_by_programs
from exactrev.surveys.questions import Answer
from exactrev.surveys.record import totals
from exactrev.surveys.symmetries import Known, answer_symmetries

__all__ = ["answer_by_programs"]

MOST_CASES = 2000
"""So many cases may be looked at for one question about one neuron."""


def answer_by_programs(net: Network, clock: Clock) -> tuple[Answers, Counts]:
    """The answers and the counts; what there is no time for is undecided."""
    answers = dict.fromkeys(("connected", "unbounded", "meet", "dimension", "unique_nearby", "more"), Answer.UNDECIDED)
    counts: Counts = {
        key: tuple((0, total) for total in totals(net.widths, key == "disjoint"))
        for key in ("disconnected", "empty", "bounded", "disjoint")
    }
    are_known = _layers_of_known_shape(net)
    if are_known >= net.depth:
        answers |= {"connected": Answer.YES, "unbounded": Answer.of(net.n_in > 1)}
    if are_known == 2:
        counts |= {key: ((0, 0), *counts[key][1:]) for key in ("disconnected", "bounded")}
    answers["lra"] = clock.ask(lambda: decide_lra_by_programs(net, clock))
    empty = {neuron: _is_empty(net, neuron, clock) for neuron in net.neurons()}
    answers["non_empty"] = _none_of(list(empty.values()))
    counts["empty"] = _tallies(net, list(empty.items()))
    try:
        found = find_pairs(net, most_regions=0, progress=clock.tick)
    except BudgetSpent:
        return answers, counts
    disjoint = [None if pair.meets is None else not pair.meets for pair in found.pairs]
    answers["meet"] = _none_of(disjoint)
    counts["disjoint"] = _tallies(net, [(p.target, d) for p, d in zip(found.pairs, disjoint, strict=True)])
    return answers | answer_symmetries(_known(net, found), clock), counts


def _layers_of_known_shape(net: Network) -> int:
    """In so many layers boundaries are known to be connected, and empty or, for n_in >= 2, unbounded."""
    first = net.layers[0]
    if not all(any(row[:-1]) for row in first.rows):
        return 0
    if net.depth == 1 or net.n_in < 2 or not all(row[-1] for row in net.layers[1].rows):
        return 1
    return 2 if flint.fmpz_mat([list(row[:-1]) for row in first.rows]).rank() == first.n_out else 1


def _known(net: Network, found: Pairs) -> Known:
    return Known(net, relations_of_pairs(found.pairs), found.patterns, None, lambda: found)


def _is_empty(net: Network, neuron: Neuron, clock: Clock) -> bool | None:
    answer = find_point_with_signs(net, {neuron: 0}, Budget(MOST_CASES, clock.deadline))
    return False if isinstance(answer, Found) else True if isinstance(answer, Impossible) else None


def _none_of(answers: list[bool | None]) -> Answer:
    """Is it so for none of them?"""
    if True in answers:
        return Answer.NO
    return Answer.UNDECIDED if None in answers else Answer.YES


def _tallies(net: Network, answers: list[tuple[Neuron, bool | None]]) -> tuple[tuple[int, int], ...]:
    """For each of the layers 2, ..., d: how many it is so for, and for how many it is undecided."""
    found = Counter((neuron.layer, answer) for neuron, answer in answers)
    return tuple((found[k, True], found[k, None]) for k in range(2, net.depth + 1))
