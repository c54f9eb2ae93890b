"""Draws the graph of N over a window as a surface, its folds in the colours of their layers.

A parallel projection from obliquely above, drawn from back to front. For convex cells in a plane such an order exists
and is found exactly from which of two neighbours lies behind the other, so hidden parts come out hidden: no sorting by
distance, which is what goes wrong in general-purpose plotting.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from exactrev.drawing.palette import MUTED, layer_colour, line_width, value_tints
from exactrev.drawing.projection import View, best_view, draw_frame
from exactrev.drawing.scene import Scene, float_gradients, float_values
from exactrev.network.affine import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["back_to_front", "draw_surface"]

SEAM = 0.25  # points
NOTHING = (0.0, 0.0, 0.0, 0.0)
LIGHT = np.array([-0.35, -0.25, 0.9])


def draw_surface(axes: Axes, scene: Scene, names: tuple[str, str, str]) -> None:
    """Fill the axes with the graph of N's first output, above the boundaries drawn flat on the floor.

    Gids: ``surface`` for the facets of the graph and the folds between them, ``floor`` for what lies below.
    """
    from matplotlib.collections import LineCollection, PolyCollection

    segments = {
        facet: segment
        for trace in scene.traces
        for facet, segment in zip(trace.facets.tolist(), trace.segments, strict=True)
    }
    shapes = [*scene.polygons, *segments.values()]
    values = float_values(scene.network, np.concatenate(shapes))
    complex = scene.complex
    gradients = float_gradients(scene.network, complex.signs(np.arange(complex.n_cells)))
    view = best_view(complex.box, float(values.min()), float(values.max()), _areas(scene.polygons), gradients)
    raised = view.raised(np.concatenate(shapes), values)
    lifted = np.split(raised, np.cumsum([len(shape) for shape in shapes])[:-1])
    folds = dict(zip(segments, lifted[len(scene.polygons) :], strict=True))
    draw_frame(axes, view, names)
    floor = [(trace.neuron.layer, segment) for trace in scene.traces for segment in trace.segments]
    pieces = max(len(floor), 1)
    if floor:
        flat = [view.project(view.on_floor(segment)) for _, segment in floor]
        shadow = LineCollection(flat, colors=[layer_colour(layer) for layer, _ in floor],
                                linewidths=0.6 * line_width(pieces), alpha=0.45, zorder=2)  # fmt: skip
        shadow.set_gid("floor")
        axes.add_collection(shadow)
    tints = _shaded(scene, view.normals(gradients))
    strokes = _in_painting_order(scene, view, lifted[: len(scene.polygons)], folds, tints, 0.85 * line_width(pieces))
    surface = PolyCollection(
        [view.project(stroke.points) for stroke in strokes], closed=False, facecolors=[s.fill for s in strokes],
        edgecolors=[s.edge for s in strokes], linewidths=[s.width for s in strokes], joinstyle="round",
        capstyle="round", zorder=3,
    )  # fmt: skip
    surface.set_gid("surface")
    axes.add_collection(surface)
    axes.set_aspect("equal")
    axes.autoscale_view()
    axes.set_axis_off()


def back_to_front(
    centres: FloatArray, pairs: npt.NDArray[Any], normals: FloatArray, back: FloatArray
) -> list[int]:
    """An order of convex cells in which each comes after the neighbours behind it, as seen along `back`.

    `pairs` (facets, 2) are neighbours, `normals` (facets, 2) their common sides' normals, of either sign.
    """
    steps = centres[pairs[:, 1]] - centres[pairs[:, 0]]
    second_is_behind = (steps * normals).sum(axis=1) * (normals @ back) > 0
    behind = np.where(second_is_behind, pairs[:, 1], pairs[:, 0])
    before = np.where(second_is_behind, pairs[:, 0], pairs[:, 1])
    nearer: list[list[int]] = [[] for _ in centres]
    for cell, other in zip(behind.tolist(), before.tolist(), strict=True):
        nearer[cell].append(other)
    waiting = np.bincount(before, minlength=len(centres)).tolist()
    depth = (-(centres @ back)).tolist()
    ready = [(depth[cell], cell) for cell in range(len(centres)) if not waiting[cell]]
    heapq.heapify(ready)
    order: list[int] = []
    while ready:
        _, cell = heapq.heappop(ready)
        order.append(cell)
        for other in nearer[cell]:
            waiting[other] -= 1
            if not waiting[other]:
                heapq.heappush(ready, (depth[other], other))
    missing = {*range(len(centres))}.difference(order)  # sides seen edge-on, rounded into a circle
    return order + sorted(missing, key=lambda cell: depth[cell])


class _Stroke(NamedTuple):
    """One polygon, or one line, of the surface, in the unit cube; colours as RGBA, the width in points."""

    points: FloatArray
    fill: Any
    edge: Any
    width: float


def _in_painting_order(
    scene: Scene, view: View, cells: list[FloatArray], folds: dict[int, FloatArray], tints: FloatArray, width: float
) -> list[_Stroke]:
    """Polygons and folds (by facet) from back to front.

    A fold is drawn once both of its cells are, so that neither covers it, and what lies before them can.
    """
    from matplotlib.colors import to_rgba

    colours = {
        facet: to_rgba(layer_colour(trace.neuron.layer)) for trace in scene.traces for facet in trace.facets.tolist()
    }
    rim = to_rgba(MUTED)
    ends = np.array(list(folds.values())).reshape(-1, 2, 3)
    along = ends[:, 1, :2] - ends[:, 0, :2]
    normals = np.column_stack([along[:, 1], -along[:, 0]])
    pairs = scene.complex.facet_cells[list(folds)]
    order = back_to_front(np.array([points[:, :2].mean(axis=0) for points in cells]), pairs, normals, view.back)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    due: list[list[int]] = [[] for _ in order]
    for facet, when in zip(folds, place[pairs].max(axis=1).tolist(), strict=True):
        due[when].append(facet)
    strokes: list[_Stroke] = []
    for when, cell in enumerate(order):
        tint = (*tints[cell], 1.0)
        strokes.append(_Stroke(cells[cell], tint, tint, SEAM))  # the edge closes the seam between neighbours
        strokes += [_Stroke(side, NOTHING, rim, 0.6 * width) for side in _on_the_rim(cells[cell])]
        strokes += [_Stroke(folds[facet], NOTHING, colours[facet], width) for facet in due[when]]
    return strokes


def _on_the_rim(points: FloatArray) -> list[FloatArray]:
    """The sides of a polygon that lie on the sides of the window."""
    sides = [np.array(pair) for pair in zip(points, np.roll(points, -1, axis=0), strict=True)]
    return [side for side in sides if (np.abs(np.abs(side[:, :2]) - 0.5).max(axis=0) < 1e-9).any()]


def _shaded(scene: Scene, normals: FloatArray) -> FloatArray:
    """RGB (cells, 3): tinted by value, lit from the left."""
    light = normals @ (LIGHT / np.linalg.norm(LIGHT))
    tints = value_tints(float_values(scene.network, scene.centres))
    return np.asarray(np.clip(tints * (0.86 + 0.15 * np.clip(light, 0.0, 1.0))[:, None], 0.0, 1.0))


def _areas(polygons: list[FloatArray]) -> FloatArray:
    following = [np.roll(polygon, -1, axis=0) for polygon in polygons]
    crosses = [a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0] for a, b in zip(polygons, following, strict=True)]
    return np.array([cross.sum() / 2 for cross in crosses])
