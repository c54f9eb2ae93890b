"""What a statement is: a label that states a conclusion, its place in the paper, and the function that decides it.

Knows nothing of any particular statement; `registry` lists them. Every module of this package that decides a
statement opens with the claim in our notation, its assumptions, how the check decides it and what it leaves open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from exactrev.statements.evidence import Evidence
from exactrev.verdict import Verdict

__all__ = ["Statement"]


@dataclass(frozen=True, slots=True)
class Statement:
    """A property of networks that is decided network by network.

    `label` states the conclusion; `paper` and `where` name the claim and its place in Rolnick & Körding (2020);
    `claim` is what is decided, in one sentence. `printed` says how the paper's wording differs where it does not hold
    as printed, or needs a reading; it is empty where it needs neither. Where nobody names statements, all are decided
    but those not `by_default`: claims kept as printed that are false of nearly all networks that they are about.
    """

    label: str
    paper: str
    where: str
    claim: str
    decide: Callable[[Evidence], Verdict]
    printed: str = ""
    by_default: bool = True

    def __str__(self) -> str:
        return f"{self.label} ({self.paper}, {self.where})"
