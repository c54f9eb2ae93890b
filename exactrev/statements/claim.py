"""What a claim is that is decided once, and not network by network: an existence, or something about all networks.

Such a claim is decided by explicit networks, or by finitely many cases that stand for all. Knows nothing of any
particular claim; `registry` lists them next to the statements.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from exactrev.verdict import Verdict

__all__ = ["Claim"]


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim of the paper about networks at large, in the form in which it is decided.

    `label`, `paper` and `where` as for a `Statement`; `claim` is what HOLDS says. `printed` says what becomes of the
    paper's own wording, where that is another.
    """

    label: str
    paper: str
    where: str
    claim: str
    decide: Callable[[], Verdict]
    printed: str = ""

    def __str__(self) -> str:
        return f"{self.label} ({self.paper}, {self.where})"
