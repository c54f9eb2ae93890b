"""Draws a network on an interval: the graph of its first output, its breakpoints, and the regions as bands.

The values at the breakpoints, and whether N really has a kink there, are exact; only their positions on paper are not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from exactrev.drawing.palette import INK, MUTED, TINTS, layer_colour, value_tints
from exactrev.drawing.plane import dashes, hatch_layers, layer_entries, thick_entry
from exactrev.errors import InvalidNetwork
from exactrev.geometry import RegionComplex
from exactrev.network import Point
from exactrev.network.affine import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_interval"]

LARGEST = 2**1000
MOST_DOTS = 200  # beyond this many breakpoints the lines alone are clearer


def draw_interval(axes: Axes, complex: RegionComplex, colour_regions: str, names: tuple[str, str]) -> list[Any]:
    """Fill the axes from a complex inside a one-dimensional box; returns what a legend needs.

    Gids: ``regions`` and ``thick-k`` as in the plane, ``graph``, ``boundary-k-i`` for the points of B[z[k,i]].
    """
    box = complex.box
    if box is None:
        raise InvalidNetwork("an interval is needed to draw on", box=None)
    breaks = [complex.facet_point(facet) for facet in range(complex.n_facets)]
    stops = sorted({box.lo, box.hi, *breaks})
    heights = dict(zip(stops, _first_outputs(complex, stops), strict=True))
    axes.set_xlim(float(box.lo[0]), float(box.hi[0]))
    _draw_bands(axes, complex, colour_regions)
    _draw_boundaries(axes, complex, breaks)
    (graph,) = axes.plot(
        [float(x) for (x,) in stops], [heights[stop] for stop in stops], color=INK, linewidth=1.4, zorder=3,
        solid_joinstyle="round", solid_capstyle="butt",
    )  # fmt: skip
    graph.set_gid("graph")
    axes.margins(y=0.12)
    kinks = _find_kinks(complex) if len(breaks) <= MOST_DOTS else []
    for facet, is_kink in enumerate(kinks):
        _draw_breakpoint(axes, complex, facet, heights[breaks[facet]], is_kink)
    axes.set_xlabel(names[0])
    axes.set_ylabel(names[1])
    return _legend(complex, kinks)


def _first_outputs(complex: RegionComplex, points: list[Point]) -> list[float]:
    values = [value[0] for value in complex.network.evaluate(points)]
    if any(abs(value) > LARGEST for value in values):
        raise InvalidNetwork("the values of the network in this window are too large to be drawn")
    return [float(value) for value in values]


def _draw_bands(axes: Axes, complex: RegionComplex, colour_regions: str) -> None:
    """A band from top to bottom for every cell."""
    from matplotlib.collections import PolyCollection
    from matplotlib.colors import to_rgb

    ends = [np.sort(complex.cell_vertices(cell)[:, 0])[[0, -1]] for cell in range(complex.n_cells)]
    bands = [np.array([[a, 0.0], [b, 0.0], [b, 1.0], [a, 1.0]]) for a, b in ends]
    tints = _band_tints(complex, ends, colour_regions, np.array([to_rgb(tint) for tint in TINTS]))
    count = complex.n_regions
    across = axes.get_xaxis_transform()
    regions = PolyCollection(bands[:count], facecolors=tints[:count], edgecolors="none", transform=across, zorder=1)
    regions.set_gid("regions")
    axes.add_collection(regions, autolim=False)
    for layer, cells in hatch_layers(complex).items():
        thick = PolyCollection(
            [bands[cell] for cell in cells], facecolors=tints[cells], edgecolors=layer_colour(layer), linewidths=0.0,
            hatch="////", transform=across, zorder=1.5,
        )  # fmt: skip
        thick.set_gid(f"thick-{layer}")
        axes.add_collection(thick, autolim=False)


def _band_tints(complex: RegionComplex, ends: list[FloatArray], colour_regions: str, palette: FloatArray) -> FloatArray:
    if colour_regions == "none":
        return np.ones((len(ends), 3))
    if colour_regions == "neighbours":
        order = np.argsort([a + b for a, b in ends], kind="stable")
        tints = np.empty((len(ends), 3))
        tints[order] = palette[np.arange(len(ends)) % 2]
        return tints
    middles = [complex.interior_point(cell) for cell in range(complex.n_cells)]
    if colour_regions == "value":
        return value_tints(np.array(_first_outputs(complex, middles)))
    slopes = [complex.affine_map(cell).W[0][0] for cell in range(complex.n_cells)]
    steepest = max((abs(slope) for slope in slopes), default=0) or 1
    return value_tints(np.array([float(slope / steepest) for slope in slopes]))


def _draw_boundaries(axes: Axes, complex: RegionComplex, breaks: list[Point]) -> None:
    """A vertical line for every point of every boundary."""
    from matplotlib.collections import LineCollection

    across = axes.get_xaxis_transform()
    for neuron in complex.network.neurons():
        lines, styles = [], []
        for facet, (x,) in enumerate(breaks):
            neurons = complex.facet_neurons(facet)
            if neuron in neurons:
                layers = sorted({other.layer for other in neurons})
                lines.append([(float(x), 0.0), (float(x), 1.0)])
                styles.append(dashes(layers.index(neuron.layer), len(layers)))
        if lines:
            layer, index = neuron
            collection = LineCollection(
                lines, colors=layer_colour(layer), linewidths=0.8, linestyles=styles, transform=across,
                zorder=2 + layer / 100,
            )  # fmt: skip
            collection.set_gid(f"boundary-{layer}-{index}")
            axes.add_collection(collection, autolim=False)


def _find_kinks(complex: RegionComplex) -> list[bool]:
    """For every breakpoint: do the affine maps on either side differ?"""
    maps = [complex.affine_map(cell) for cell in range(complex.n_cells)]
    return [maps[one] != maps[other] for one, other in complex.facet_cells.tolist()]


def _draw_breakpoint(axes: Axes, complex: RegionComplex, facet: int, height: float, is_kink: bool) -> None:
    """A dot in the colour of the earliest layer there; hollow where N has no kink."""
    colour = layer_colour(complex.facet_neurons(facet)[0].layer)
    (x,) = complex.facet_point(facet)
    axes.plot([float(x)], [height], linestyle="none", marker="o", markersize=4.2, markeredgecolor=colour,
              markeredgewidth=1.0, markerfacecolor=colour if is_kink else "white", zorder=4)  # fmt: skip


def _legend(complex: RegionComplex, kinks: list[bool]) -> list[Any]:
    from matplotlib.lines import Line2D

    visible = {neuron.layer for facet in range(complex.n_facets) for neuron in complex.facet_neurons(facet)}
    entries = layer_entries(visible.union(hatch_layers(complex)))
    for is_kink in sorted({*kinks}, reverse=True):
        entries.append(
            Line2D([], [], linestyle="none", marker="o", markersize=4.2, markeredgecolor=MUTED,
                   markerfacecolor=MUTED if is_kink else "white", label="kink" if is_kink else "no kink")
        )  # fmt: skip
    if complex.n_thick:
        entries.append(thick_entry())
    return entries
