"""Small networks of which it is known by hand what fails, and statements that are false on purpose."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from exactrev.network import Network
from exactrev.statements import find_statement
from exactrev.statements.evidence import Evidence
from exactrev.statements.statement import Statement
from exactrev.testing.fuzz import judging
from exactrev.verdict import Outcome, Verdict

R1 = "regions_correspond_to_patterns"
R2 = "linear_regions_are_activation_regions"
MEET = "boundaries_of_connected_neurons_meet"
PERMUTE = "permuting_a_layer_changes_nothing"

# ReLU(0): one thick cell, all of R, and no region at all.
ZERO = Network.from_arrays([([[0]], [0]), ([[0]], [0])])
# The same with more around it.
LARGE_ZERO = Network.from_arrays([([[0], [3]], [0, "1/2"]), ([[4, -7]], [2])])
# ReLU(x), seen by nobody: the map is 0 on both sides of 0.
UNSEEN = Network.from_arrays([([[1]], [0]), ([[0]], [0])])
# ReLU(x): R1, R2 and I1 hold.
RELU = Network.from_arrays([([[1]], [0]), ([[1]], [0])])
# Boundaries at x = 0, and where ReLU(x) = 1.
APART = Network.from_arrays([([[1]], [0]), ([[1]], [-1]), ([[1]], [0])])


def pretend(monkeypatch: pytest.MonkeyPatch, decide: Callable[[Evidence], Verdict], label: str = PERMUTE) -> None:
    """Let the statement with this label be decided by another function, in this process."""
    statement = find_statement(label)
    fake = Statement(statement.label, statement.paper, statement.where, statement.claim, decide)
    monkeypatch.setattr(judging, "find_statement", lambda name: fake if name == label else find_statement(name))


def fails_where(condition: Callable[[Network], bool]) -> Callable[[Evidence], Verdict]:
    """A statement that fails on the networks of this kind."""

    def decide(evidence: Evidence) -> Verdict:
        if condition(evidence.network):
            return Verdict(Outcome.FAILS, "it is of that kind", {"point": (0,)})
        return Verdict(Outcome.HOLDS, "it is of another kind")

    return decide


def raises(error: Exception) -> Callable[[Evidence], Verdict]:
    def decide_something(evidence: Evidence) -> Verdict:
        raise error

    return decide_something
