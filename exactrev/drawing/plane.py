"""Draws a two-dimensional scene: tinted regions, boundaries in the colours of their layers, bends, thick cells.

Knows matplotlib's collections; knows nothing of how the scene came about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from exactrev.drawing.palette import MUTED, TINTS, direction_tints, layer_colour, line_width, value_tints
from exactrev.drawing.scene import BoundaryTrace, Scene, float_gradients, float_values
from exactrev.geometry import RegionComplex
from exactrev.network.affine import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["dashes", "draw_plane", "hatch_layers", "layer_entries", "thick_entry", "tint_cells"]

SQUARE = 4.0  # windows no longer than this times their width keep their shape
MOST_BENDS = 200  # beyond this many, marks would hide what they mark
DASH = 6.0  # length of the dashes of boundaries that coincide, in line widths


def draw_plane(axes: Axes, scene: Scene, colour_regions: str, names: tuple[str, str]) -> list[Any]:
    """Fill the axes; returns what a legend needs.

    Artists carry names (gids, which become the ids of SVG groups): ``regions``, ``thick-k`` for cells on which a neuron
    of layer k vanishes, ``boundary-k-i``, ``bends-k-i`` and ``points-k-i`` for neuron z[k,i].
    """
    _draw_cells(axes, scene, tint_cells(scene, colour_regions))
    pieces = sum(len(trace.segments) for trace in scene.traces)
    width = line_width(pieces)
    for trace in scene.traces:
        _draw_boundary(axes, trace, width)
    bends = sum(len(trace.bends) for trace in scene.traces)
    if 0 < bends <= MOST_BENDS:
        for trace in scene.traces:
            _draw_marks(axes, trace, width)
    box = scene.complex.box
    if box is not None:
        sides = [(float(low), float(high)) for low, high in zip(box.lo, box.hi, strict=True)]
        axes.set_xlim(*sides[0])
        axes.set_ylim(*sides[1])
        lengths = [high - low for low, high in sides]
        if max(lengths) <= SQUARE * min(lengths):
            axes.set_aspect("equal")
        else:
            axes.set_box_aspect(1)
    axes.set_xlabel(names[0])
    axes.set_ylabel(names[1], rotation=0, labelpad=6)
    return _legend(scene, bends_marked=0 < bends <= MOST_BENDS)


def tint_cells(scene: Scene, colour_regions: str) -> FloatArray:
    """RGB (cells, 3) for every cell."""
    from matplotlib.colors import to_rgb

    complex = scene.complex
    cells = np.arange(complex.n_cells)
    if colour_regions == "gradient":
        return direction_tints(float_gradients(complex.network, complex.signs(cells)))
    if colour_regions == "value":
        return value_tints(float_values(complex.network, scene.centres))
    if colour_regions == "none":
        return np.ones((len(cells), 3))
    palette = np.array([to_rgb(tint) for tint in TINTS])
    return palette[_distinct_from_neighbours(complex.n_cells, complex.facet_cells.tolist())]


def layer_entries(layers: Iterable[int]) -> list[Any]:
    """Legend entries for layers, in order."""
    from matplotlib.lines import Line2D

    return [Line2D([], [], color=layer_colour(k), linewidth=1.6, label=f"layer {k}") for k in sorted(layers)]


def thick_entry() -> Any:
    """The legend entry for thick cells."""
    from matplotlib.patches import Patch

    return Patch(facecolor="white", edgecolor=MUTED, hatch="/////", linewidth=0.4, label="thick cell")


def hatch_layers(complex: RegionComplex) -> dict[int, list[int]]:
    """The thick cells by the earliest layer that has a neuron that vanishes on them."""
    layers = [neuron.layer for neuron in complex.network.neurons()]
    by_layer: dict[int, list[int]] = {}
    for cell in range(complex.n_regions, complex.n_cells):
        vanishing = np.flatnonzero(complex.signs([cell])[:, 0] == 0)
        by_layer.setdefault(layers[int(vanishing[0])], []).append(cell)
    return by_layer


def dashes(turn: int, sharers: int) -> Any:
    """A line style: layers whose boundaries coincide take turns along the line."""
    return "solid" if sharers == 1 else (-DASH * turn, (DASH, DASH * (sharers - 1)))


def _legend(scene: Scene, bends_marked: bool) -> list[Any]:
    """One entry for every layer that shows, and one for each kind of mark."""
    from matplotlib.lines import Line2D

    visible = {trace.neuron.layer for trace in scene.traces if len(trace.segments) or len(trace.points)}
    entries = layer_entries(visible.union(hatch_layers(scene.complex)))
    if bends_marked:
        entries.append(
            Line2D([], [], linestyle="none", marker="o", markersize=3.2, markerfacecolor="white",
                   markeredgecolor=MUTED, markeredgewidth=0.8, label="bend")
        )  # fmt: skip
    if scene.complex.n_thick:
        entries.append(thick_entry())
    return entries


def _draw_cells(axes: Axes, scene: Scene, tints: FloatArray) -> None:
    from matplotlib.collections import PolyCollection

    count = scene.complex.n_regions
    regions = PolyCollection(scene.polygons[:count], facecolors=tints[:count], edgecolors="none", zorder=1)
    regions.set_gid("regions")
    axes.add_collection(regions, autolim=False)
    for layer, cells in hatch_layers(scene.complex).items():
        thick = PolyCollection(
            [scene.polygons[cell] for cell in cells], facecolors=tints[cells], edgecolors=layer_colour(layer),
            linewidths=0.0, hatch="////", zorder=1.5,
        )  # fmt: skip
        thick.set_gid(f"thick-{layer}")
        axes.add_collection(thick, autolim=False)


def _draw_boundary(axes: Axes, trace: BoundaryTrace, width: float) -> None:
    from matplotlib.collections import LineCollection

    layer, index = trace.neuron
    colour = layer_colour(layer)
    if len(trace.segments):
        styles = [dashes(turn, sharers) for turn, sharers in zip(trace.turn, trace.sharers, strict=True)]
        lines = LineCollection(
            list(trace.segments), colors=colour, linewidths=width, linestyles=styles, capstyle="round",
            zorder=2 + layer / 100,
        )  # fmt: skip
        lines.set_gid(f"boundary-{layer}-{index}")
        axes.add_collection(lines, autolim=False)
    if len(trace.points):
        (dots,) = axes.plot(*trace.points.T, linestyle="none", marker="o", markersize=3 * width + 1, color=colour,
                            markeredgewidth=0, zorder=4)  # fmt: skip
        dots.set_gid(f"points-{layer}-{index}")


def _draw_marks(axes: Axes, trace: BoundaryTrace, width: float) -> None:
    if len(trace.bends):
        layer, index = trace.neuron
        (marks,) = axes.plot(
            *trace.bends.T, linestyle="none", marker="o", markersize=1.0 + 1.7 * width, markerfacecolor="white",
            markeredgecolor=layer_colour(layer), markeredgewidth=0.6 * width, zorder=3.5,
        )  # fmt: skip
        marks.set_gid(f"bends-{layer}-{index}")


def _distinct_from_neighbours(count: int, pairs: list[list[int]]) -> list[int]:
    """A tint for every cell, different from its neighbours' and otherwise the one used least so far."""
    neighbours: list[list[int]] = [[] for _ in range(count)]
    for a, b in pairs:
        neighbours[a].append(b)
        neighbours[b].append(a)
    tint = [-1] * count
    used: Counter[int] = Counter(dict.fromkeys(range(len(TINTS)), 0))
    for cell in range(count):
        taken = {tint[other] for other in neighbours[cell]}
        free = [k for k in range(len(TINTS)) if k not in taken] or [cell % len(TINTS)]
        tint[cell] = min(free, key=lambda k: (used[k], k))
        used[tint[cell]] += 1
    return tint
