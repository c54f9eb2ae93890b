"""The answers for a network that has too many regions: pair by pair, by searches with exact linear programs.

Knows no regions but those around some points. What is decided is decided for all of R^n: a point that was evaluated, or
a proof that there is none. Whether boundaries of deeper
layers are connected or bounded is not asked here, and stays undecided.
"""

from __future__ import annotations

from collections import Counter

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
    if net.depth == 1 and all(any(row[:-1]) for row in net.layers[0].rows):  # hyperplanes
        answers |= {"connected": Answer.YES, "unbounded": Answer.of(net.n_in > 1)}
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
