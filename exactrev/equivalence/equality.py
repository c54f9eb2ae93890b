"""Are two networks the same function? Decided where there is a proof, and UNDECIDED where there is none.

Knows isomorphisms, neurons that change nothing, and, in up to three dimensions, all regions of both networks at once.
Never takes agreement at points for a proof.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb

from exactrev.equivalence.differences import find_difference, first_difference
from exactrev.equivalence.pruning import prune
from exactrev.equivalence.side_by_side import require_comparable, side_by_side
from exactrev.errors import BudgetSpent, TheoryContradicted
from exactrev.geometry import RegionComplex, regions
from exactrev.network import Network, Point
from exactrev.network.isomorphisms import find_isomorphism
from exactrev.verdict import Outcome, Verdict

__all__ = ["MOST_DIMENSIONS", "MOST_REGIONS", "decide_equal"]

MOST_DIMENSIONS = 3
MOST_REGIONS = 20_000
"""Regions are enumerated where as many hyperplanes as there are neurons could cut out at most so many."""


def decide_equal(a: Network, b: Network, *, most_regions: int = MOST_REGIONS) -> Verdict:
    """Whether a(x) = b(x) for all x.

    HOLDS by an isomorphism (§3.1) of the networks, or of what is left of them without neurons that are proved to
    change nothing, or because the difference vanishes on every region of both. FAILS with a point, at which the two
    values are exact. UNDECIDED else. Raises `InvalidNetwork` if they differ in their numbers of inputs or outputs.

    >>> a = Network.from_arrays([([[2], [0]], [0, -1]), ([[1, 5]], [0])])
    >>> b = Network.from_arrays([([[-1], [1]], [0, 0]), ([[0, 2]], [0])])
    >>> print(decide_equal(a, b).outcome, decide_equal(a, b).checked)
    HOLDS isomorphic without the neurons that change nothing
    """
    require_comparable(a, b)
    isomorphism = find_isomorphism(a, b)
    if isomorphism is not None:
        return Verdict(Outcome.HOLDS, "isomorphic", {"isomorphism": isomorphism})
    point = find_difference(a, b, budget=200)
    if point is not None:
        return _fails(a, b, point, "a point was found")
    a, b, originals = prune(a), prune(b), (a, b)
    isomorphism = find_isomorphism(a, b)
    if isomorphism is not None:
        checked = "isomorphic without the neurons that change nothing"
        return Verdict(Outcome.HOLDS, checked, {"pruned": (a, b), "isomorphism": isomorphism})
    difference = side_by_side(a, b)
    if not _is_small(difference, most_regions):
        return Verdict(
            Outcome.UNDECIDED, "not isomorphic, no difference found, and too many regions to compare one by one"
        )
    try:
        complex = regions(difference)
    except BudgetSpent as error:
        return Verdict(Outcome.UNDECIDED, f"not isomorphic, no difference found; regions: {error}")
    for cell in range(complex.n_cells):
        if any(map(any, complex.affine_map(cell).rows)):
            return _fails(*originals, _point_of_difference(complex, cell), "the difference is not zero on a region")
    return Verdict(Outcome.HOLDS, f"the difference is zero on all {complex.n_cells} regions of both networks")


def _is_small(net: Network, most_regions: int) -> bool:
    neurons = sum(net.hidden_widths)
    if net.n_in > MOST_DIMENSIONS:
        return False
    return sum(comb(neurons, k) for k in range(net.n_in + 1)) <= most_regions


def _point_of_difference(complex: RegionComplex, cell: int) -> Point:
    """A point of a cell where its affine map, which is not zero, does not vanish: inside, or a little aside."""
    f, x = complex.affine_map(cell), complex.interior_point(cell)
    if any(f(x)):
        return x
    row = next(row for row in f.rows if any(row[:-1]))
    i = max(range(f.n_in), key=lambda j: abs(row[j]))
    signs = complex.sign_vector(cell)
    step = Fraction(1)
    for _ in range(4000):
        aside = (*x[:i], x[i] + step, *x[i + 1 :])
        if complex.network.sign_vector(aside) == signs:
            return aside
        step /= 4
    raise TheoryContradicted("an interior point of a cell has no neighbourhood inside it", cell=cell, point=x)


def _fails(a: Network, b: Network, point: Point, how: str) -> Verdict:
    if first_difference(a, b, [point]) is None:
        raise TheoryContradicted("the values at a point of difference are equal", point=point)
    return Verdict(Outcome.FAILS, how, {"point": point, "first": a(point), "second": b(point)})
