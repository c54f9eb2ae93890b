"""Are two networks the same function? Decided where there is a proof, and UNDECIDED where there is none.

Knows isomorphisms, superfluous neurons and the search for points where the difference of two networks is not zero.
Never takes agreement at points for a proof.
"""

from __future__ import annotations

from exactrev.equivalence.differences import (
    find_easy_difference,
    find_easy_differences,
    find_nonzero_difference,
    first_difference,
)
from exactrev.equivalence.side_by_side import require_comparable
from exactrev.equivalence.vanishing import Vanishes
from exactrev.errors import TheoryContradicted
from exactrev.network import Network, Point
from exactrev.network.isomorphisms import find_isomorphism
from exactrev.parallel import Workers
from exactrev.search import Budget, Found
from exactrev.verdict import Outcome, Verdict

__all__ = ["decide_equal"]


def decide_equal(
    a: Network, b: Network, budget: Budget | None = None, workers: Workers | None = None
) -> Verdict:
    """Whether a(x) = b(x) for all x. Workers share the searches; the verdict is the same.

    HOLDS by an isomorphism (§3.1); or because nothing is left of the difference a - b when neurons that both have are
    made one, and superfluous ones go; or because no point makes an output of what is left positive or negative (the
    witness holds the proofs). FAILS with a point, at which the two values are exact. UNDECIDED if the budget is spent
    before. Raises `InvalidNetwork` if they differ in their numbers of inputs or outputs.

    >>> a = Network.from_arrays([([[2], [0]], [0, -1]), ([[1, 5]], [0])])
    >>> b = Network.from_arrays([([[-1], [1]], [0, 0]), ([[0, 2]], [0])])
    >>> print(decide_equal(a, b).outcome, decide_equal(a, b).checked)
    HOLDS the neurons that both have are all that matters
    """
    require_comparable(a, b)
    points = find_easy_differences(a, b, most=1)
    if points:
        return _fails(a, b, points[0], "a point was found")
    isomorphism = find_isomorphism(a, b)
    if isomorphism is not None:
        return Verdict(Outcome.HOLDS, "isomorphic", {"isomorphism": isomorphism})
    point = find_easy_difference(a, b)
    if point is not None:
        return _fails(a, b, point, "a point was found")
    answer = find_nonzero_difference(a, b, budget, workers)
    if isinstance(answer, Found):
        return _fails(a, b, answer.point, "a search found a point")
    if not isinstance(answer, Vanishes):
        checked = f"not isomorphic, and no point of difference in {answer.cases} cases, which are not all"
        return Verdict(Outcome.UNDECIDED, checked)
    return Verdict(Outcome.HOLDS, _how(answer), {"difference": answer})


def _how(answer: Vanishes) -> str:
    if answer.regions is not None:
        return f"the difference is zero on all of its {answer.regions} regions"
    if not any(map(any, answer.pruned.network.layers[-1].rows)):
        return "the neurons that both have are all that matters"
    return f"the difference is positive or negative in none of {answer.cases} cases, which are all"


def _fails(a: Network, b: Network, point: Point, how: str) -> Verdict:
    if first_difference(a, b, [point]) is None:
        raise TheoryContradicted("the values at a point of difference are equal", point=point)
    return Verdict(Outcome.FAILS, how, {"point": point, "first": a(point), "second": b(point)})
