"""Searches whose answers will probably be wanted, done by workers before they are.

Knows one list of questions at a time. An answer is the same whoever finds it, and whenever: the budget pays for it when
it is asked for, and only then; what is asked for unexpectedly is searched for here.
"""

from __future__ import annotations

import pickle
import time
from collections.abc import Generator, Sequence
from types import TracebackType

from exactrev.network import Network
from exactrev.parallel import Workers
from exactrev.search.conditions import Condition
from exactrev.search.tree import Answer, Budget, find_point

__all__ = ["Searches"]

Question = tuple[Condition, ...]
Task = tuple[Network, Question, int, float | None]
"""A network, conditions, how many cases may be looked at, and for how many seconds."""


class Searches:
    """`find_point`, with or without workers who look ahead. Leaving the `with` stops them.

    >>> from exactrev.search.conditions import is_on
    >>> net = Network.from_arrays([([[1], [-1]], [0, -2]), ([[1, 1]], [0])])
    >>> questions = [(is_on(net, neuron),) for neuron in net.neurons()]
    >>> with Searches() as searches:
    ...     searches.expect(net, questions, 100)
    ...     [searches.find_point(net, question, Budget(), 100) for question in questions]
    [Found(point=(Fraction(2, 1),)), Found(point=(Fraction(-4, 1),))]
    """

    def __init__(self, workers: Workers | None = None) -> None:
        self._workers = workers if workers is not None and workers.count > 1 else None
        self._answers: Generator[tuple[Answer, int] | None, None, None] | None = None
        self._net: Network | None = None
        self._cases = self._taken = 0
        self._places: dict[Question, int] = {}

    @property
    def look_ahead(self) -> bool:
        """Whether it is worth the effort to say what to expect."""
        return self._workers is not None

    def expect(
        self, net: Network, questions: Sequence[Question], cases: int, deadline: float | None = None
    ) -> None:
        """Most of these will be asked next, in this order, at so many cases each; earlier expectations are over."""
        self.forget()
        if self._workers is None or len(questions) < 2:
            return
        self._net, self._cases, self._taken = net, cases, 0
        self._places = {question: place for place, question in enumerate(dict.fromkeys(questions))}
        self._answers = self._workers.run_in_order(
            _search, ((net, question, cases, _seconds_until(deadline)) for question in self._places)
        )

    def find_point(self, net: Network, question: Question, budget: Budget, cases: int) -> Answer:
        """As `find_point` with a share of so many cases in the budget."""
        found = None if budget.is_spent() else self._take(net, question, cases)
        if found is not None:
            answer, spent = found
            if spent <= budget.left():
                budget.spend(spent)
                return answer
        return find_point(net, question, budget.share(cases))

    def _take(self, net: Network, question: Question, cases: int) -> tuple[Answer, int] | None:
        place = self._places.get(question, -1)
        if self._answers is None or place < self._taken or net != self._net or cases != self._cases:
            return None
        for _ in range(place - self._taken):
            next(self._answers)
        self._taken = place + 1
        return next(self._answers)

    def forget(self) -> None:
        """What was expected is not wanted any more."""
        if self._answers is not None:
            self._answers.close()
        self._answers, self._places = None, {}

    def __enter__(self) -> Searches:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.forget()


def _seconds_until(deadline: float | None) -> float | None:
    return None if deadline is None else deadline - time.monotonic()


def _search(task: Task) -> tuple[Answer, int] | None:
    """The answer, and how many cases were looked at; None if its proof is too deep to be sent."""
    net, question, cases, seconds = task
    budget = Budget(cases, None if seconds is None else time.monotonic() + seconds)
    answer = find_point(net, question, budget)
    try:
        pickle.dumps(answer)
    except RecursionError:
        return None
    return answer, cases - budget.cases
