"""Which part of the input space to draw. Knows where a complex has its corners; knows nothing of pictures.

The choice is a matter of taste, so floats may make it. The window itself is a rational box, and what lies in it is
enumerated exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor, log10

import numpy as np

from exactrev.geometry import Boundaries, Box, RegionComplex, boundaries
from exactrev.network import Point
from exactrev.network.affine import FloatArray

__all__ = ["anchors", "default_window", "ridge_points"]

GRID = 40  # corners in the same square of a grid this fine look like one,
CROWD = 2.0  # or, if there are many, this many times finer than their square root
CANDIDATES = 60  # windows to choose from
MARGIN = 0.12  # of the extent, on every side
SQUARE = 4.0  # axes whose extents differ by no more than this factor get the same extent
LARGEST = 2**1000  # corners farther out than this are never shown
FLAT = 1000.0  # axes along which the extent is smaller by this factor have none to speak of
RESOLUTION = 2.0**-30  # no window is smaller than this fraction of its distance from 0


def default_window(complex: RegionComplex) -> Box:
    """A rational box around the bounded structure of a complex over R^n: its corners, and a margin.

    Random lines meet arbitrarily far away, and a window around all of it would show a blot. So of all windows around
    the middle it is the one in which most corners can be told apart; if no corners are close together, all are inside.
    Lines that meet no other are shown where they pass the middle. A network without boundaries gets [-1, 1]^n.

    >>> from exactrev.geometry import regions
    >>> from exactrev.network import Network
    >>> square = [[1, 0], [-1, 0], [0, 1], [0, -1]]
    >>> print(default_window(regions(Network.from_arrays([(square, [0, 2, 0, 2]), ([[1, 1, 1, 1]], [0])]))))
    Box(lo=(Fraction(-3, 10), Fraction(-3, 10)), hi=(Fraction(23, 10), Fraction(23, 10)))
    """
    points = anchors(complex)
    n = complex.network.n_in
    if not len(points):
        return Box.cube(n, -1, 1)
    lo, hi = _clearest(points)
    span = hi - lo
    if not span.any():
        span = np.maximum(1.0, np.abs(lo) / 2)
    span = np.where((span > span.max() / SQUARE) | (span < span.max() / FLAT), span.max(), span)
    centre = lo + (hi - lo) / 2
    half = np.maximum(span * (0.5 + MARGIN), RESOLUTION * np.abs(centre))
    return Box(*zip(*(_round_outwards(c - h, c + h) for c, h in zip(centre, half, strict=True)), strict=True))


def anchors(complex: RegionComplex) -> FloatArray:
    """Points (k, n) that a picture ought to show, n <= 2: the corners, and the feet of the lines that have none."""
    n = complex.network.n_in
    if n == 1:
        return _as_floats([complex.facet_point(facet) for facet in range(complex.n_facets)], n)
    bounds = boundaries(complex)
    corners = ridge_points(bounds)
    met = np.zeros(complex.n_facets, np.bool_)
    met[bounds.ridges.facets.flat] = True
    centre = [Fraction(c) for c in np.median(corners, axis=0).tolist()] if len(corners) else [Fraction(0)] * n
    feet = [_foot(complex, facet, centre) for facet in np.flatnonzero(~met).tolist()]
    return np.concatenate([corners, _as_floats(feet, n)])


def ridge_points(bounds: Boundaries) -> FloatArray:
    """The ridges of a two-dimensional complex, which are points, as floats; those beyond float range are left out."""
    return _as_floats([bounds.ridge_point(r) for r in range(len(bounds.ridges))], bounds.complex.network.n_in)


def _as_floats(points: Sequence[Point], n: int) -> FloatArray:
    rows = [[float(x) for x in point] for point in points if all(abs(x) < LARGEST for x in point)]
    return np.array(rows, np.float64).reshape(-1, n)


def _foot(complex: RegionComplex, facet: int, centre: Sequence[Fraction]) -> Point:
    """The point nearest to the centre on the hyperplane of a facet."""
    normal, point = complex.facet_normal(facet), complex.facet_point(facet)
    height = sum((a * (x - m) for a, x, m in zip(normal, point, centre, strict=True)), Fraction(0))
    step = height / sum(a * a for a in normal)
    return tuple(m + step * a for a, m in zip(normal, centre, strict=True))


def _clearest(points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The tight box around those points nearest to the middle that are told apart best; the largest such box."""
    distances = np.abs(points - np.sort(points, axis=0)[(len(points) - 1) // 2])
    reach = np.quantile(distances, 0.75, axis=0, method="higher")
    reach = np.where(reach > 0, reach, distances.max(axis=0))
    reach = np.where(reach > reach.max() / SQUARE, reach.max(), reach)
    scaled = (distances / np.where(reach > 0, reach, 1.0)).max(axis=1)
    ordered = points[np.argsort(scaled, kind="stable")]
    steps = np.linspace((len(points) - 1) // 2, len(points) - 1, CANDIDATES).astype(np.int64) + 1
    cells = max(GRID, int(CROWD * np.sqrt(len(points))))
    best = max(np.unique(steps).tolist(), key=lambda count: (_distinguishable(ordered[:count], cells), count))
    return ordered[:best].min(axis=0), ordered[:best].max(axis=0)


def _distinguishable(points: FloatArray, cells: int) -> int:
    """How many squares of a grid of cells by cells over their bounding box the points lie in."""
    low, span = points.min(axis=0), np.ptp(points, axis=0)
    span = np.where(span > span.max() / SQUARE, span.max(), span)
    return len(np.unique((points - low) / np.where(span > 0, span, 1.0) * cells // 1, axis=0))


def _round_outwards(low: float, high: float) -> tuple[Fraction, Fraction]:
    """Decimals with few digits just below and just above."""
    step = Fraction(10) ** (floor(log10(high - low)) - 1)
    return floor(Fraction(low) / step) * step, -(floor(-Fraction(high) / step) * step)
