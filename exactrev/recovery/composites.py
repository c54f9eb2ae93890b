"""Rows that are not of this layer: a deeper neuron's, seen inside one cell of the layer.

In such a cell a neuron of the next layer is a fixed combination of the units that are on there, so its row is a
combination of theirs: of fewer rows than a row has entries, unless nearly all are on. Rows of the layer itself are not,
unless the weights are special. Which row of such a set is the deeper one's shows where they are seen: a deeper neuron
only where the others are on. Exact tests; that gradients are spanned as well without the row is for others to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from exactrev.arithmetic.integer_matrices import clear_denominators, integer_rank
from exactrev.network import Network, Point
from exactrev.recovery.candidates import Candidate, rows_as_map
from exactrev.recovery.known import KnownLayers

__all__ = ["count_settings", "find_circuits"]

MOST_SUBSETS = 5000
"""So many sets of rows are tried."""


def find_circuits(rows: Sequence[Candidate]) -> Iterator[tuple[int, ...]]:
    """Sets of fewer rows than a row has entries, and one more that is a combination of them: smallest first.

    Only one set for each row in which it is the last. The others are complete; of the last one the weights that are
    known count.
    """
    complete = [z for z, row in enumerate(rows) if row.is_complete]
    tried = 0
    for z in [*complete, *(z for z, row in enumerate(rows) if not row.is_complete)]:
        shown = [i for i, weight in enumerate(rows[z].weights) if weight is not None]
        weights = [clear_denominators([row.weights[i] or 0 for i in shown])[0] for row in rows]
        before = [i for i in complete if i < z or not rows[z].is_complete]
        subsets = (chosen for size in range(1, len(shown)) for chosen in combinations(before, size))
        for chosen in subsets:
            tried += 1
            if tried > MOST_SUBSETS:
                return
            others = [weights[i] for i in chosen]
            if integer_rank([*others, weights[z]]) == len(chosen) == integer_rank(others):
                yield (*chosen, z)
                break


def count_settings(below: KnownLayers | None, others: Sequence[Candidate], points: Sequence[Point]) -> int:
    """On how many different combinations of sides of the others the points lie.

    A combination of others has its boundary where they all are on, and nowhere else: on one. A row of the layer itself
    is seen whatever the others do.
    """
    if not others:
        return 0
    layers = () if below is None else below.layers
    values = Network((*layers, rows_as_map(others))).evaluate(points)
    return len({tuple((v > 0) - (v < 0) for v in value) for value in values})
