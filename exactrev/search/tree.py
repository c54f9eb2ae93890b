"""Is there a point that satisfies all conditions? A point, or a tree that proves that there is none.

Knows how to choose the next split. Cases are left to the float relaxation first; a case is closed only by exact
multipliers, a point is believed only after exact evaluation. So a search that ends is a proof either way, and one that
runs out of budget says so.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from exactrev.errors import TheoryContradicted
from exactrev.network import Network, Point
from exactrev.search.certificates import Closed, Proof, Split, check
from exactrev.search.conditions import Condition, Relation
from exactrev.search.refutation import Solved, close_case, solve_case
from exactrev.search.relaxation import Guess, Relaxation
from exactrev.search.system import System, build_system

__all__ = ["Answer", "Budget", "Found", "Impossible", "Open", "find_point"]

_FLAT = 1e-8
"""A float margin below this calls for exact multipliers."""

_LARGE = 40
"""An exact linear program with more unknowns than this takes longer than looking at two cases."""

_SMALL = 1e-7
"""An open activation that exceeds its form by less, relatively, counts as tight in floats."""


@dataclass(slots=True)
class Budget:
    """How many cases may be looked at, and until when (`time.monotonic`); shared by all searches that are given it."""

    cases: int = 20_000
    deadline: float | None = None
    whole: Budget | None = None

    def share(self, cases: int) -> Budget:
        """A part of it, for one search: what is spent of the part is spent of the whole."""
        return Budget(cases, None, self)

    def spend(self, cases: int = 1) -> None:
        """One case, or more."""
        self.cases -= cases
        if self.whole is not None:
            self.whole.spend(cases)

    def left(self) -> int:
        """How many cases may still be looked at."""
        return self.cases if self.whole is None else min(self.cases, self.whole.left())

    def latest(self) -> float | None:
        """The earliest deadline of this and the whole."""
        deadlines = [self.deadline, self.whole.latest() if self.whole is not None else None]
        return min((each for each in deadlines if each is not None), default=None)

    def is_spent(self) -> bool:
        late = self.deadline is not None and time.monotonic() > self.deadline
        return late or self.cases <= 0 or (self.whole is not None and self.whole.is_spent())


@dataclass(frozen=True, slots=True)
class Found:
    """A point that satisfies all conditions."""

    point: Point


@dataclass(frozen=True, slots=True)
class Impossible:
    """No point does; `proof` is checked against `system`, which is made from the network and the conditions."""

    system: System = field(repr=False)
    proof: Proof = field(repr=False)
    cases: int = 0

    def check(self) -> bool:
        """Whether the proof holds."""
        return check(self.system, self.proof)


@dataclass(frozen=True, slots=True)
class Open:
    """The budget was spent before the search ended."""

    cases: int


Answer = Found | Impossible | Open


def find_point(net: Network, conditions: Sequence[Condition], budget: Budget | None = None) -> Answer:
    """A point at which all conditions hold, or a checked proof that there is none anywhere in R^n.

    >>> from exactrev.search.conditions import is_on
    >>> net = Network.from_arrays([([[1], [-1]], [0, -2]), ([[1, 1]], [0])])  # ReLU(x) + ReLU(-x - 2)
    >>> one, other = (is_on(net, neuron) for neuron in net.neurons())
    >>> find_point(net, [one, other])
    Impossible(cases=1)
    """
    budget = budget or Budget()
    if budget.is_spent():
        return Open(0)
    return _Search(build_system(net, conditions), budget).run()


@dataclass(slots=True)
class _Case:
    """A branch that waits: the units fixed so far, and where its proof is to be hung up."""

    states: dict[int, bool]
    path: tuple[tuple[int, bool], ...]


class _Search:
    def __init__(self, system: System, budget: Budget) -> None:
        self.system, self.budget = system, budget
        self.relaxation = Relaxation(system)
        self.fixed: dict[int, bool] = {}
        self.closed: dict[tuple[tuple[int, bool], ...], Closed] = {}
        self.splits: dict[tuple[tuple[int, bool], ...], int] = {}
        self.cases = 0

    def run(self) -> Answer:
        waiting = [_Case({}, ())]
        while waiting:
            if self.budget.is_spent():
                return Open(self.cases)
            self.budget.spend()
            self.cases += 1
            case = waiting.pop()
            answer = self._look_at(case.states)
            if isinstance(answer, Found):
                return answer
            if isinstance(answer, Closed):
                self.closed[case.path] = answer
                continue
            unit, likely = answer
            self.splits[case.path] = unit
            for state in (not likely, likely):
                waiting.append(_Case({**case.states, unit: state}, (*case.path, (unit, state))))
        proof = self._assemble()
        if not check(self.system, proof):
            raise TheoryContradicted("a finished split tree does not prove what it should", system=self.system)
        return Impossible(self.system, proof, self.cases)

    def _assemble(self) -> Proof:
        """The tree, from the longest paths to the root."""
        parts: dict[tuple[tuple[int, bool], ...], Proof] = dict(self.closed)
        for path in sorted(self.splits, key=len, reverse=True):
            unit = self.splits[path]
            parts[path] = Split(unit, parts.pop((*path, (unit, True))), parts.pop((*path, (unit, False))))
        return parts[()]

    def _look_at(self, states: dict[int, bool]) -> Found | Closed | tuple[int, bool]:
        """Close the case, or find a point, or say which unit to split, and which branch is likelier."""
        guess = self._relax(states)
        if guess is not None and guess.margin <= _FLAT:
            support = self.relaxation.find_support()
            leaf = close_case(self.system, states, support) if support is not None else None
            if leaf is not None:
                return leaf
            guess = None
        if guess is None or guess.point is None:
            return self._decide_exactly(states)
        point = tuple(map(Fraction, guess.point.tolist()))
        if self.system.is_solved_by(point):
            return Found(point)
        split = self._choose(states, guess)
        if split is not None:
            return split
        if Relation.POSITIVE not in self.system.relations or Relation.ZERO in self.system.relations:
            found = self._on_the_pattern_of(guess)
            if found is not None:
                return found
        return self._decide_exactly(states)

    def _relax(self, states: dict[int, bool]) -> Guess | None:
        for unit in self.fixed.keys() - states.keys():
            self.relaxation.set_state(unit, None)
        for unit, state in states.items():
            self.relaxation.set_state(unit, state)
        self.fixed = states
        return self.relaxation.solve()

    def _choose(self, states: dict[int, bool], guess: Guess) -> tuple[int, bool] | None:
        """The open unit whose activation exceeds its form most, in the first layer where one does."""
        u, a = guess.preactivations, guess.activations
        if u is None or a is None or not len(u):
            return None
        gap = (a - np.maximum(u, 0)) / (1 + np.abs(u))
        gap[list(states)] = 0
        unit = int(np.argmax(gap))
        return (unit, bool(u[unit] > 0)) if gap[unit] > _SMALL else None

    def _on_the_pattern_of(self, guess: Guess) -> Found | None:
        """Where the relaxation is tight in floats, an exact point with the same pattern, if there is one."""
        if guess.preactivations is None:
            return None
        answer = solve_case(self.system, dict(enumerate((guess.preactivations > 0).tolist())))
        if isinstance(answer, Solved) and self.system.is_solved_by(answer.point):
            return Found(answer.point)
        return None

    def _decide_exactly(self, states: dict[int, bool]) -> Found | Closed | tuple[int, bool]:
        """By an exact linear program, unless that is large: then by a split, which is always allowed."""
        open_units = [j for j in range(len(self.system.units)) if j not in states]
        if open_units and len(open_units) + self.system.n > _LARGE:
            return open_units[0], False
        answer = solve_case(self.system, states)
        if isinstance(answer, Closed):
            return answer
        if self.system.is_solved_by(answer.point):
            return Found(answer.point)
        if not answer.relaxed:
            raise TheoryContradicted("a point of a case without gaps is not what it seems", point=answer.point)
        unit = answer.relaxed[0]
        return unit, self.system.evaluate(answer.point)[0][unit] > 0
