"""The set of boundaries without labels: closed convex pieces, equality of their unions, files, and ridges.

Knows integers and polyhedra only. The geometry makes such a set from a network, the recovery reads a network off it;
both stand above and do not know each other.
"""

from __future__ import annotations

from exactrev.boundary_sets.boundary_set import BoundarySet
from exactrev.boundary_sets.files import load_boundary_set, save_boundary_set
from exactrev.boundary_sets.pieces import Piece
from exactrev.boundary_sets.ridges import Germ, Ridge, find_ridges

__all__ = ["BoundarySet", "Germ", "Piece", "Ridge", "find_ridges", "load_boundary_set", "save_boundary_set"]
