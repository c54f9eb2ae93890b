"""What a survey asks of every network, and what it counts along its layers.

Knows the questions in words. How they are decided is the business of `by_regions`, `by_programs` and `symmetries`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

__all__ = ["COUNTED", "QUESTIONS", "Answer", "Counted", "Question", "both"]


class Answer(Enum):
    """YES and NO are proved; UNDECIDED says that neither was, within the budget or by what is known."""

    YES = "yes"
    NO = "no"
    UNDECIDED = "undecided"

    def __str__(self) -> str:
        return self.value

    @classmethod
    def of(cls, answer: bool | None) -> Answer:
        """None is undecided."""
        return cls.UNDECIDED if answer is None else cls.YES if answer else cls.NO


@dataclass(frozen=True, slots=True)
class Question:
    """A question about one network: its key in every file, its heading in a table, and in full."""

    key: str
    heading: str
    asks: str


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted in every hidden layer from the second on: among its neurons, or among pairs with the layer below.

    In layer 1 boundaries are hyperplanes; nothing needs to be counted.
    """

    key: str
    heading: str
    among_pairs: bool
    asks: str


QUESTIONS = (
    Question("lra", "LRA", "the Linear Regions Assumption holds (§3.2)"),
    Question("meet", "meet", "the boundaries of any two connected neurons meet (Theorem 2)"),
    Question("theorem_2", "T2", "both hypotheses of Theorem 2 hold: lra and meet"),
    Question("connected", "connected", "every boundary is connected, or empty"),
    Question("corrected", "T2c", "the hypotheses of the corrected Theorem 2 hold: connected and meet"),
    Question("non_empty", "non-empty", "no boundary is empty"),
    Question("unbounded", "unbounded", "no boundary is bounded, unless it is empty"),
    Question("dimension", "rank", "the functional dimension is the parameters minus the hidden neurons"),
    Question("unique_nearby", "unique", "no equal network near by but by permutation and scaling"),
    Question("more", "more", "somewhere there is an equal network that is not got by permutation and scaling"),
)

COUNTED = (
    Counted("disconnected", "disconnected", False, "neurons whose boundary is not connected"),
    Counted("empty", "empty", False, "neurons whose boundary is empty"),
    Counted("bounded", "bounded", False, "neurons whose boundary is bounded, and not empty"),
    Counted("disjoint", "disjoint", True, "pairs of connected neurons whose boundaries do not meet"),
)


def both(one: Answer, other: Answer) -> Answer:
    """Do both hold?

    >>> print(both(Answer.NO, Answer.UNDECIDED), both(Answer.YES, Answer.UNDECIDED))
    no undecided
    """
    if Answer.NO in (one, other):
        return Answer.NO
    return Answer.YES if one is other is Answer.YES else Answer.UNDECIDED
