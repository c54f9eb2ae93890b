"""Where two cells carry the same affine map: the Linear Regions Assumption, in two readings, by comparing all pairs.

Facet reading: two cells with the same map that share a facet. Touching reading: two cells with the same map whose
closures share a point. Thick cells count as cells.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

from exactrev.network import SignVector
from oracles.brute_force import inequalities
from oracles.complexes import CellComplex
from oracles.forms import find_affine_map
from oracles.simplex import find_common_point

__all__ = ["find_equal_neighbours", "find_equal_touching_cells"]


def find_equal_neighbours(cells: CellComplex) -> set[frozenset[SignVector]]:
    """The pairs of cells that share a facet and carry the same affine map."""
    return {pair for pair in cells.facets if len({find_affine_map(cells.network, signs) for signs in pair}) == 1}


def find_equal_touching_cells(cells: CellComplex) -> set[frozenset[SignVector]]:
    """The pairs of cells whose closures meet and that carry the same affine map; over R^n only."""
    if cells.box is not None:
        raise ValueError("a complex inside a box is not supported")
    by_map = defaultdict(list)
    for signs in cells.cells:
        by_map[find_affine_map(cells.network, signs)].append(signs)
    return {
        frozenset({one, other})
        for group in by_map.values()
        for one, other in combinations(group, 2)
        if find_common_point(
            [form for signs in (one, other) for form in inequalities(cells.network, signs).values()],
            cells.network.n_in,
        )
        is not None
    }
