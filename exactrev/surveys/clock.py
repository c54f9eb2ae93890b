"""The time that one network of a survey may take. Knows nothing of networks."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from exactrev.errors import BudgetSpent
from exactrev.surveys.questions import Answer

__all__ = ["Clock"]


class Clock:
    """Runs from when it is made, for so many seconds; None is for ever."""

    def __init__(self, seconds: float | None) -> None:
        self.deadline = None if seconds is None else monotonic() + seconds

    @property
    def left(self) -> float | None:
        """Seconds, 0 at least; None for any number."""
        return None if self.deadline is None else max(0.0, self.deadline - monotonic())

    def require_time(self) -> None:
        """Raise `BudgetSpent` if none is left."""
        if self.left == 0:
            raise BudgetSpent("the time for one network is used up")

    def tick(self, done: int, total: int) -> None:
        """As a progress report: it stops the work when no time is left."""
        self.require_time()

    def ask(self, decide: Callable[[], bool | None]) -> Answer:
        """The answer to a question; UNDECIDED if there is no time for it, or if deciding it spends a budget."""
        try:
            self.require_time()
            return Answer.of(decide())
        except BudgetSpent:
            return Answer.UNDECIDED
