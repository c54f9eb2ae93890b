"""One task of a survey: draw the network, answer every question, say it in a record.

Knows which way of deciding is feasible; which it is depends on the widths alone, so that the same task has the same
record wherever it runs, unless its time runs out.
"""

from __future__ import annotations

from dataclasses import dataclass

from exactrev.errors import BudgetSpent
from exactrev.network import he_network
from exactrev.surveys.by_programs import answer_by_programs
from exactrev.surveys.by_regions import answer_by_regions, can_be_enumerated
from exactrev.surveys.clock import Clock
from exactrev.surveys.questions import QUESTIONS, both
from exactrev.surveys.record import Record, Widths

__all__ = ["Task", "examine"]


@dataclass(frozen=True, slots=True)
class Task:
    """He's network of these widths with this seed, and the seconds that its answers may take."""

    widths: Widths
    seed: int
    seconds: float | None = None


def examine(task: Task) -> Record:
    """The record of one network. A function of a module, so that it can be sent to workers.

    >>> record = examine(Task((2, 2, 2, 1), seed=0))
    >>> record.regions, str(record.answers["meet"]), str(record.answers["more"]), record.counts["disjoint"]
    (10, 'yes', 'no', ((0, 0),))
    """
    net = he_network(task.widths, task.seed)
    clock = Clock(task.seconds)
    regions = None
    try:
        if not can_be_enumerated(net):
            raise BudgetSpent("too many regions")
        regions, answers, counts = answer_by_regions(net, clock)
    except BudgetSpent:
        answers, counts = answer_by_programs(net, clock)
    answers["theorem_2"] = both(answers["lra"], answers["meet"])
    answers["corrected"] = both(answers["connected"], answers["meet"])
    ordered = {question.key: answers[question.key] for question in QUESTIONS}
    return Record(task.widths, task.seed, regions, ordered, counts)
