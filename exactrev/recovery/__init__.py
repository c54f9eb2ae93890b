"""Recovery of a network from its answers alone, exactly (§4). Sees an oracle; never the network, never the geometry."""

from exactrev.recovery.crossings import Crossing, closest_boundary
from exactrev.recovery.exploration import explore
from exactrev.recovery.hyperplanes import (
    Hyperplane,
    HyperplaneTest,
    Jump,
    find_jump,
    infer_hyperplane,
    infer_hyperplane_from_points,
    jump_between,
    test_hyperplane,
)
from exactrev.recovery.lines import Breakpoint, LineMap, LinePiece, LineScan, points_on_line
from exactrev.recovery.probe import Germ, NotPiecewiseLinear, OnBoundary, Probe
from exactrev.recovery.reconstruction import Recovery, recover
from exactrev.recovery.segments import Segment, tangent_segments

__all__ = [
    "Breakpoint",
    "Crossing",
    "Germ",
    "Hyperplane",
    "HyperplaneTest",
    "Jump",
    "LineMap",
    "LinePiece",
    "LineScan",
    "NotPiecewiseLinear",
    "OnBoundary",
    "Probe",
    "Recovery",
    "Segment",
    "closest_boundary",
    "explore",
    "find_jump",
    "infer_hyperplane",
    "infer_hyperplane_from_points",
    "jump_between",
    "points_on_line",
    "recover",
    "tangent_segments",
    "test_hyperplane",
]
