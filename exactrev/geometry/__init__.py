"""White box geometry: activation regions, their graph, boundaries and bends. Sees the network; never a black box."""

from __future__ import annotations

from exactrev.geometry.boundaries import Boundaries, Boundary, boundaries
from exactrev.geometry.complex import RegionComplex, regions
from exactrev.geometry.domain import Box
from exactrev.geometry.graph import region_graph
from exactrev.geometry.ridges import Ridges

__all__ = ["Boundaries", "Boundary", "Box", "RegionComplex", "Ridges", "boundaries", "region_graph", "regions"]
