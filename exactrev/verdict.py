"""The answer to a question about a network: one of four outcomes, with what shows it. Knows nothing of networks."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

__all__ = ["Outcome", "Verdict"]


class Outcome(Enum):
    """HOLDS and FAILS are proved; NOT_APPLICABLE shows the hypothesis that fails; UNDECIDED shows what is missing."""

    HOLDS = "HOLDS"
    FAILS = "FAILS"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    UNDECIDED = "UNDECIDED"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome, what was checked to reach it (one sentence with counts), and the witness.

    `witness` maps names to exact values (rationals, points, patterns, neurons): it is what a reader needs to
    recompute the answer by hand. A pass over nothing is marked `vacuous`.
    """

    outcome: Outcome
    checked: str
    witness: dict[str, Any] = field(default_factory=dict)
    vacuous: bool = False

    @property
    def holds(self) -> bool:
        return self.outcome is Outcome.HOLDS
