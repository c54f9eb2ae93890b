"""What a row of the audit is: a claim of the paper, the verdict on it, and evidence that can be run again.

Knows no claim in particular. A verdict is never shown as found without its evidence having been run: `run_row` in
`report` does that, and evidence that does not come out makes the row an error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from exactrev.errors import ExactrevError

__all__ = ["Evidence", "EvidenceFailed", "Hypothesis", "Need", "Row", "Standing", "require"]


class Standing(Enum):
    """What is known of a claim.

    PROVED: derived for all parameters, off what is named. CHECKED: decided exactly, on the networks named.
    REFUTED: contradicted as printed by an explicit network, with a corrected statement beside it. OPEN: no answer yet.
    """

    PROVED = "proved"
    CHECKED = "checked"
    REFUTED = "refuted as printed"
    OPEN = "open"

    def __str__(self) -> str:
        return self.value


class EvidenceFailed(ExactrevError):
    """What was cited as evidence does not come out when it is run."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something that can be run again: `name` says what, `run` gives the finding in a sentence.

    `kind` is "proof", "claim", "statement" or "network". `run` raises `EvidenceFailed` if it does not come out.
    `command` is a command line that shows the same, where there is one.
    """

    kind: str
    name: str
    run: Callable[[], str]
    command: str = ""


class Need(Enum):
    """Whether a hypothesis is needed.

    NEEDED: in a network only it fails, and the conclusion too. NOT_NEEDED: the conclusion is proved without it.
    NOT_FOUND: networks were drawn in which it fails alone, and the conclusion holds for all of these.
    """

    NEEDED = "needed"
    NOT_NEEDED = "not needed"
    NOT_FOUND = "no network found that needs it"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A hypothesis of what a row says, corrected where it had to be: is it needed, why, and what shows it."""

    name: str
    need: Need
    why: str
    evidence: tuple[Evidence, ...]

    def __str__(self) -> str:
        return f"{self.name}: {self.need} ({self.why})"

    @property
    def error(self) -> str:
        """What is missing; empty if its evidence is of the kind that it needs."""
        kinds = {piece.kind for piece in self.evidence}
        if self.need is Need.NOT_NEEDED:
            return "" if "proof" in kinds else f"no proof does without '{self.name}'"
        return "" if kinds - {"proof"} else f"no network shows that '{self.name}' is needed, or that none was found"


@dataclass(frozen=True, slots=True)
class Row:
    """A claim: its number, its place, what the paper says in a few words, and what is known of it.

    `truth` is the corrected statement of a refuted claim; otherwise what exactly holds, or what is missing. `needed`
    has the hypotheses of a theorem.
    """

    id: str
    where: str
    says: str
    standing: Standing
    truth: str
    evidence: tuple[Evidence, ...] = ()
    needed: tuple[Hypothesis, ...] = ()


def require(condition: object, what: str) -> None:
    """Raise `EvidenceFailed` unless the condition holds; `what` says what was expected."""
    if not condition:
        raise EvidenceFailed(f"it does not come out that {what}")
