"""How two networks are related: identical, isomorphic, equal, different, or undecided, with what shows it.

Knows the decisions of this package and puts them into one answer. Decides nothing itself.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from exactrev.equivalence.differences import find_easy_differences
from exactrev.equivalence.equality import decide_equal
from exactrev.equivalence.pruning import Step
from exactrev.equivalence.rows import RowDistance, find_row_distance
from exactrev.equivalence.side_by_side import Side, owner_of, require_comparable
from exactrev.equivalence.simplest import Difference, find_simplest_difference
from exactrev.equivalence.vanishing import Vanishes
from exactrev.network import Isomorphism, Network, Neuron
from exactrev.parallel import Workers
from exactrev.search import Budget
from exactrev.verdict import Outcome

__all__ = ["Comparison", "Relatedness", "Remark", "compare"]

_NO_LIMIT = 10**12


class Relatedness(Enum):
    """The first of these that holds."""

    IDENTICAL = "identical"
    ISOMORPHIC = "isomorphic"
    EQUAL = "equal"
    DIFFERENT = "different"
    UNDECIDED = "undecided"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Remark:
    """What was proved on the way about neurons of "A" and "B": one is superfluous, or a multiple of another."""

    network: Side
    neuron: Neuron
    kind: str
    of: tuple[Side, Neuron] | None
    step: Step


@dataclass(frozen=True, slots=True)
class Comparison:
    """The relation of two networks A and B, and what was checked.

    `isomorphism` takes A to B. `difference` is there exactly if they are different. `rows` compares the first layers
    of networks that are not isomorphic. `remarks` list what was proved by searches about single neurons.
    """

    relation: Relatedness
    checked: str
    isomorphism: Isomorphism | None = None
    difference: Difference | None = None
    rows: RowDistance | None = None
    remarks: tuple[Remark, ...] = ()

    @property
    def is_same_function(self) -> bool | None:
        """Whether A = B as functions on R^n; None if undecided."""
        if self.relation is Relatedness.UNDECIDED:
            return None
        return self.relation is not Relatedness.DIFFERENT


def compare(
    a: Network, b: Network, budget: float | None = None, workers: Workers | None = None
) -> Comparison:
    """How a and b, of whatever architectures, are related as functions on all of R^n; exact.

    After `budget` seconds what is open stays undecided. Workers share the searches; the answer is the same. Raises
    `InvalidNetwork` if they differ in their numbers of inputs or outputs.

    >>> a = Network.from_arrays([([[1], [-1]], [0, 1]), ([[2, 3]], [0])])
    >>> compare(a, Network.from_arrays([([[-4], [1]], [4, 0]), ([["3/4", 2]], [0])])).relation
    <Relatedness.ISOMORPHIC: 'isomorphic'>
    >>> found = compare(a, Network.from_arrays([([[1], [-1]], [0, 1]), ([[2, 4]], [0])]))
    >>> found.relation, found.difference.point, found.difference.first, found.difference.second
    (<Relatedness.DIFFERENT: 'different'>, (Fraction(0, 1),), (Fraction(3, 1),), (Fraction(4, 1),))
    """
    require_comparable(a, b)
    if a == b:
        return Comparison(Relatedness.IDENTICAL, "all weights are equal")
    deadline = None if budget is None else time.monotonic() + budget
    verdict = decide_equal(a, b, Budget(_NO_LIMIT, deadline), workers)
    isomorphism = verdict.witness.get("isomorphism")
    if isomorphism is not None:
        return Comparison(Relatedness.ISOMORPHIC, "a permutation and positive scaling of neurons", isomorphism)
    rows = find_row_distance(a, b)
    if verdict.outcome is Outcome.UNDECIDED:
        return Comparison(Relatedness.UNDECIDED, verdict.checked, rows=rows)
    if verdict.outcome is Outcome.FAILS:
        points = [verdict.witness["point"], *find_easy_differences(a, b)]
        difference = find_simplest_difference(a, b, points)
        return Comparison(Relatedness.DIFFERENT, verdict.checked, difference=difference, rows=rows)
    answer = verdict.witness.get("difference")
    remarks = tuple(_remarks(a, b, answer)) if isinstance(answer, Vanishes) else ()
    return Comparison(Relatedness.EQUAL, verdict.checked, rows=rows, remarks=remarks)


def _remarks(a: Network, b: Network, answer: Vanishes) -> Iterator[Remark]:
    """The steps that took a search, in the names of the two networks."""
    for step in answer.pruned.steps:
        side, neuron = owner_of(a, b, step.neuron)
        if not step.proofs or neuron is None:
            continue
        of: tuple[Side, Neuron] | None = None
        if step.of is not None:
            other, of_neuron = owner_of(a, b, step.of)
            if of_neuron is None:
                continue
            of = other, of_neuron
        yield Remark(side, neuron, step.kind, of, step)
