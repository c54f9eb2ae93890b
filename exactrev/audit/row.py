"""What a row of the audit is: a claim of the paper, the verdict on it, and evidence that can be run again.

Knows no claim in particular. A verdict is never shown as found without its evidence having been run: `run_row` in
`report` does that, and evidence that does not come out makes the row an error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from exactrev.errors import ExactrevError

__all__ = ["Evidence", "EvidenceFailed", "Row", "Standing", "require"]


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


@dataclass(frozen=True, slots=True)
class Row:
    """A claim: its number, its place, what the paper says in a few words, and what is known of it.

    `truth` is the corrected statement of a refuted claim; otherwise what exactly holds, or what is missing. `needed`
    tells, for a theorem, which hypotheses are needed, or have not been shown to be.
    """

    id: str
    where: str
    says: str
    standing: Standing
    truth: str
    evidence: tuple[Evidence, ...] = ()
    needed: str = ""


def require(condition: object, what: str) -> None:
    """Raise `EvidenceFailed` unless the condition holds; `what` says what was expected."""
    if not condition:
        raise EvidenceFailed(f"it does not come out that {what}")
