"""White box geometry: activation regions, their graph, boundaries and bends. Sees the network; never a black box."""

from __future__ import annotations

from exactrev.geometry.complex import RegionComplex, regions
from exactrev.geometry.domain import Box

__all__ = ["Box", "RegionComplex", "regions"]
