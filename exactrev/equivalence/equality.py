"""Are two networks the same function? Decided where there is a proof, and UNDECIDED where there is none.

Knows isomorphisms, superfluous neurons and, where they are not too many, the regions of the difference of two networks.
Never takes agreement at points for a proof.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb, gcd

from exactrev.equivalence.differences import find_difference, first_difference
from exactrev.equivalence.pruning import prune
from exactrev.equivalence.side_by_side import require_comparable, side_by_side
from exactrev.errors import BudgetSpent, TheoryContradicted
from exactrev.geometry import RegionComplex, regions
from exactrev.network import Network, Point
from exactrev.network.isomorphisms import find_isomorphism
from exactrev.verdict import Outcome, Verdict

__all__ = ["MOST_COINCIDENT_REGIONS", "MOST_REGIONS", "decide_equal"]

MOST_REGIONS = 40_000
"""Regions are enumerated where as many hyperplanes as there are neurons could cut out at most so many."""

MOST_COINCIDENT_REGIONS = 2_000
"""The same in more than three dimensions where boundaries coincide, which takes the geometry much longer."""


def decide_equal(a: Network, b: Network, *, most_regions: int = MOST_REGIONS) -> Verdict:
    """Whether a(x) = b(x) for all x.

    HOLDS by an isomorphism (§3.1) of the networks, or of what is left of them without superfluous neurons; or because
    nothing is left of the difference a - b when neurons that both have are made one; or because what is left of it
    vanishes on each of its regions. FAILS with a point, at which the two values are exact. UNDECIDED else. Raises
    `InvalidNetwork` if they differ in their numbers of inputs or outputs.

    >>> a = Network.from_arrays([([[2], [0]], [0, -1]), ([[1, 5]], [0])])
    >>> b = Network.from_arrays([([[-1], [1]], [0, 0]), ([[0, 2]], [0])])
    >>> print(decide_equal(a, b).outcome, decide_equal(a, b).checked)
    HOLDS isomorphic without superfluous neurons
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
        checked = "isomorphic without superfluous neurons"
        return Verdict(Outcome.HOLDS, checked, {"pruned": (a, b), "isomorphism": isomorphism})
    difference = prune(side_by_side(a, b))
    if not any(map(any, difference.layers[-1].rows)):
        return Verdict(Outcome.HOLDS, "the neurons that both have are all that matters", {"pruned": (a, b)})
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
    return Verdict(Outcome.HOLDS, f"the difference is zero on all of its {complex.n_cells} regions")


def _is_small(net: Network, most_regions: int) -> bool:
    neurons, dimension = sum(net.hidden_widths), min(net.n_in, net.hidden_widths[0])
    if dimension > 3 and _has_opposite_rows(net):
        most_regions = min(most_regions, MOST_COINCIDENT_REGIONS)
    return sum(comb(neurons, k) for k in range(dimension + 1)) <= most_regions


def _has_opposite_rows(net: Network) -> bool:
    """Whether two neurons of a layer have the same boundary; their rows are no positive multiples of each other."""
    for layer in net.layers[:-1]:
        primitive = {tuple(entry // gcd(*row) for entry in row) for row in layer.rows if any(row)}
        if any(tuple(-entry for entry in row) in primitive for row in primitive):
            return True
    return False


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
