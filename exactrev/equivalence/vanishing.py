"""Is a network zero everywhere? A point where it is not, or proofs.

Knows one network, as a rule the difference of two. What its neurons have in common goes first, with proofs; for what is
left, every output and sign is searched for: N_i > 0 and -N_i > 0.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import comb

from exactrev.equivalence.pruning import CASES, Pruned, prune_with_proofs
from exactrev.equivalence.side_by_side import Side
from exactrev.errors import BudgetSpent, TheoryContradicted
from exactrev.geometry import RegionComplex, regions
from exactrev.network import Network, Neuron, Point
from exactrev.parallel import Workers
from exactrev.search import Budget, Condition, Found, Impossible, Open, Searches, output_is_positive
from exactrev.search.mixed_integer import guess_point
from exactrev.search.system import build_system

__all__ = ["MOST_REGIONS", "Vanishes", "find_nonzero_point"]

MOST_REGIONS = 40_000
"""Where the search takes long, regions are enumerated if as many hyperplanes could cut out at most so many."""

_FEW, _MORE = 300, 5_000
"""Cases to look at before trying something else, in the first round; in every further round so many times more:"""

_GROWTH = 8

_PLANE = 3
"""In at most so many dimensions regions are enumerated before more cases are looked at: there it is the faster way."""

_RADII = (16.0, 1024.0)
_SECONDS = 3.0
"""What a mixed-integer program may take for a guess."""


@dataclass(frozen=True, slots=True)
class Vanishes:
    """The network is zero everywhere: how that was shown, what was pruned, and the proofs for what was left.

    `regions` counts those on which the affine map was seen to be zero, where that was the last step.
    """

    pruned: Pruned
    proofs: tuple[Impossible, ...] = ()
    regions: int | None = None

    @property
    def cases(self) -> int:
        """How many cases the searches looked at."""
        return sum(proof.cases for proof in self.proofs)


def find_nonzero_point(
    net: Network,
    budget: Budget | None = None,
    points: Iterable[Point] = (),
    side_of: Callable[[Neuron], Side] | None = None,
    workers: Workers | None = None,
) -> Found | Vanishes | Open:
    """A point where some output is not zero, or the proof that there is none; arguments as in `prune_with_proofs`.

    Workers change nothing but the time that it takes.

    >>> ramp = Network.from_arrays([([[1], [-1]], [0, 0]), ([[1, -1]], [0])])  # ReLU(x) - ReLU(-x)
    >>> find_nonzero_point(ramp)
    Found(point=(Fraction(2, 1),))
    """
    budget = budget or Budget()
    start, factor, samples = budget.cases, 1, list(points)
    with Searches(workers) as searches:
        while True:
            pruned = prune_with_proofs(net, budget, samples, side_of, CASES * factor, searches)
            if pruned.nonzero is not None:
                return Found(pruned.nonzero)
            answer = _look_at_what_is_left(pruned, factor, budget, searches)
            if answer is not None:
                return answer
            if budget.is_spent():
                return Open(start - budget.cases)
            factor *= _GROWTH


def _look_at_what_is_left(
    pruned: Pruned, factor: int, budget: Budget, searches: Searches
) -> Found | Vanishes | None:
    """One round: few cases for every output and sign, then guesses and regions, then more cases."""
    net = pruned.network
    proofs: dict[Condition, Impossible] = {}
    left = list(dict.fromkeys(output_is_positive(net, i, s) for i in range(net.n_out) for s in (1, -1)))
    for is_first, cases in ((True, _FEW * factor), (False, _MORE * factor)):
        searches.expect(net, [(question,) for question in left], cases, budget.latest())
        for question in left:
            answer = searches.find_point(net, (question,), budget, cases)
            if isinstance(answer, Found):
                return answer
            if isinstance(answer, Impossible):
                proofs[question] = answer
        left = [question for question in left if question not in proofs]
        if not left:
            return Vanishes(pruned, tuple(proofs.values()))
        if budget.is_spent():
            return None
        other = _try_otherwise(pruned, left, budget, is_first) if factor == 1 else None
        if other is not None:
            return other
    return None


def _try_otherwise(
    pruned: Pruned, left: Iterable[Condition], budget: Budget, is_first: bool
) -> Found | Vanishes | None:
    """Guesses of mixed-integer programs at first; then, in low dimension at once, all regions if they are few."""
    net = pruned.network
    if is_first:
        for radius in _RADII:
            for question in left:
                seconds = _SECONDS
                if budget.deadline is not None:
                    seconds = min(seconds, budget.deadline - time.monotonic())
                point = guess_point(build_system(net, [question]), radius, seconds) if seconds > 0 else None
                if point is not None:
                    return Found(point)
    dimension = min(net.n_in, net.hidden_widths[0])
    if is_first and dimension > _PLANE:
        return None
    if sum(comb(sum(net.hidden_widths), k) for k in range(dimension + 1)) > MOST_REGIONS:
        return None
    try:
        complex = regions(net)
    except BudgetSpent:
        return None
    for cell in range(complex.n_cells):
        if any(map(any, complex.affine_map(cell).rows)):
            return Found(_nonzero_point_of(complex, cell))
    return Vanishes(pruned, regions=complex.n_cells)


def _nonzero_point_of(complex: RegionComplex, cell: int) -> Point:
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
