"""Ground truths for the geometry: slow, exact, and independent of the code under test and of each other's method.

They read the numbers of a `Network` and nothing else of exactrev: forms, linear programs and cells are worked out here
from integers. `brute_force` walks the tree of all sign prefixes; `traverse` walks from cell to cell through facets;
`zaslavsky` is a formula; `boundary_set` takes a boundary as the point set that it is; `linear_regions` compares the
affine maps of neighbouring cells; `find_ridges` looks for every two facets of a cell where they meet.
"""

from __future__ import annotations

from oracles.boundary_sets import BoundarySet, boundary_set
from oracles.brute_force import brute_force
from oracles.complexes import Cell, CellComplex, Facet
from oracles.linear_regions import find_equal_neighbours, find_equal_touching_cells
from oracles.ridges import Ridge, find_ridges
from oracles.traversal import traverse
from oracles.zaslavsky import zaslavsky

__all__ = [
    "BoundarySet",
    "Cell",
    "CellComplex",
    "Facet",
    "Ridge",
    "boundary_set",
    "brute_force",
    "find_equal_neighbours",
    "find_equal_touching_cells",
    "find_ridges",
    "traverse",
    "zaslavsky",
]
