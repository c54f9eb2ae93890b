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
from exactrev.equivalence.side_by_side import require_comparable
from exactrev.equivalence.simplest import Difference, find_simplest_difference
from exactrev.equivalence.vanishing import Vanishes
from exactrev.network import Isomorphism, Network, Neuron
from exactrev.network.isomorphisms import find_isomorphism
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

    network: str
    neuron: Neuron
    kind: str
    of: tuple[str, Neuron] | None
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


def compare(a: Network, b: Network, budget: float | None = None) -> Comparison:
    """How a and b, of whatever architectures, are related as functions on all of R^n; exact.

    After `budget` seconds what is open stays undecided. Raises `InvalidNetwork` if they differ in their numbers of
    inputs or outputs.

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
    isomorphism = find_isomorphism(a, b)
    if isomorphism is not None:
        return Comparison(Relatedness.ISOMORPHIC, "a permutation and positive scaling of neurons", isomorphism)
    rows = find_row_distance(a, b)
    deadline = None if budget is None else time.monotonic() + budget
    verdict = decide_equal(a, b, Budget(_NO_LIMIT, deadline))
    if verdict.outcome is Outcome.UNDECIDED:
        return Comparison(Relatedness.UNDECIDED, verdict.checked, rows=rows)
    if verdict.outcome is Outcome.FAILS:
        points = [verdict.witness["point"], *find_easy_differences(a, b)]
        difference = find_simplest_difference(a, b, points)
        return Comparison(Relatedness.DIFFERENT, verdict.checked, difference=difference, rows=rows)
    remarks: list[Remark] = []
    for name, pruned in zip("AB", verdict.witness.get("pruned", ()), strict=False):
        remarks += [Remark(name, step.neuron, step.kind, _of(name, step), step) for step in pruned.steps if step.proofs]
    answer = verdict.witness.get("difference")
    if isinstance(answer, Vanishes):
        remarks += _remarks_of_both(a, b, answer)
    return Comparison(Relatedness.EQUAL, verdict.checked, rows=rows, remarks=tuple(remarks))


def _of(name: str, step: Step) -> tuple[str, Neuron] | None:
    return None if step.of is None else (name, step.of)


def _remarks_of_both(a: Network, b: Network, answer: Vanishes) -> Iterator[Remark]:
    """The steps for the two networks side by side, where those of B stand behind those of A in every layer."""

    def owner(neuron: Neuron) -> tuple[str, Neuron] | None:
        first = a.hidden_widths[neuron.layer - 1] if neuron.layer <= a.depth else a.widths[a.depth]
        if neuron.index < first:
            return ("A", neuron) if neuron.layer <= a.depth else None
        return ("B", Neuron(neuron.layer, neuron.index - first)) if neuron.layer <= b.depth else None

    for step in answer.pruned.steps:
        own = owner(step.neuron)
        if step.proofs and own is not None:
            yield Remark(*own, step.kind, None if step.of is None else owner(step.of), step)
