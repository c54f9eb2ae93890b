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

from exactrev.drawing.palette import INK, MUTED, layer_colour, line_width, value_tints
from exactrev.drawing.scene import Scene, float_gradients, float_values
from exactrev.errors import InvalidNetwork
from exactrev.network.affine import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["back_to_front", "draw_surface"]

AZIMUTH, ELEVATION = np.radians(-62.0), np.radians(36.0)  # of the viewer
HEIGHT = 0.55  # of the surface, the sides of the window being 1
GAP = 0.28  # between the floor and the lowest point of the surface
SEAM = 0.25  # points
NOTHING = (0.0, 0.0, 0.0, 0.0)
LIGHT = np.array([-0.35, -0.25, 0.9])


class _View:
    """From a window and a range of values to the paper."""

    def __init__(self, scene: Scene, values: FloatArray) -> None:
        box = scene.complex.box
        if box is None:
            raise InvalidNetwork("a window is needed to draw in", box=None)
        self.lo = np.array([float(low) for low in box.lo])
        self.span = np.array([float(high) for high in box.hi]) - self.lo
        self.lowest, self.highest = float(values.min()), float(values.max())
        self.back = -np.array([np.cos(AZIMUTH), np.sin(AZIMUTH)])  # horizontally away from the viewer
        self.right = np.array([self.back[1], -self.back[0]])

    def in_unit_cube(self, points: FloatArray, values: FloatArray) -> FloatArray:
        """(k, 3): the window becomes the unit square around 0, the values lie between GAP and GAP + HEIGHT."""
        flat = (points - self.lo) / self.span - 0.5
        extent = self.highest - self.lowest
        height = (values - self.lowest) / extent if extent else np.full(len(values), 0.5)
        return np.column_stack([flat, GAP + HEIGHT * height])

    def project(self, points: FloatArray) -> FloatArray:
        """(k, 3) -> (k, 2) on the paper."""
        across = points[:, :2] @ self.right
        up = points[:, :2] @ self.back * np.sin(ELEVATION) + points[:, 2] * np.cos(ELEVATION)
        return np.column_stack([across, up])


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
    view = _View(scene, values)
    raised = view.in_unit_cube(np.concatenate(shapes), values)
    lifted = np.split(raised, np.cumsum([len(shape) for shape in shapes])[:-1])
    folds = dict(zip(segments, lifted[len(scene.polygons) :], strict=True))
    _draw_frame(axes, view, names)
    floor = [(trace.neuron.layer, segment) for trace in scene.traces for segment in trace.segments]
    pieces = max(len(floor), 1)
    if floor:
        flat = [view.project(np.column_stack([(segment - view.lo) / view.span - 0.5, [0, 0]])) for _, segment in floor]
        shadow = LineCollection(flat, colors=[layer_colour(layer) for layer, _ in floor],
                                linewidths=0.6 * line_width(pieces), alpha=0.45, zorder=2)  # fmt: skip
        shadow.set_gid("floor")
        axes.add_collection(shadow)
    strokes = _in_painting_order(scene, view, lifted[: len(scene.polygons)], folds, 0.85 * line_width(pieces))
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
    scene: Scene, view: _View, cells: list[FloatArray], folds: dict[int, FloatArray], width: float
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
    tints = _shaded(scene, view)
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


def _shaded(scene: Scene, view: _View) -> FloatArray:
    """RGB (cells, 3): tinted by value, lit from the left."""
    complex = scene.complex
    gradients = float_gradients(complex.network, complex.signs(np.arange(complex.n_cells)))
    slopes = gradients * view.span * (HEIGHT / (view.highest - view.lowest or 1.0))
    normals = np.column_stack([-slopes, np.ones(len(slopes))])
    light = (normals @ LIGHT) / (np.linalg.norm(normals, axis=1) * np.linalg.norm(LIGHT))
    tints = value_tints(float_values(scene.network, scene.centres))
    return np.asarray(np.clip(tints * (0.86 + 0.15 * np.clip(light, 0.0, 1.0))[:, None], 0.0, 1.0))


def _draw_frame(axes: Axes, view: _View, names: tuple[str, str, str]) -> None:
    """The floor, its scale along the two sides towards the viewer, and the scale of the values on the left."""
    corners = np.array([[-0.5, -0.5, 0], [0.5, -0.5, 0], [0.5, 0.5, 0], [-0.5, 0.5, 0]])
    outline = view.project(corners)
    axes.fill(*outline.T, facecolor="#fafafa", edgecolor=MUTED, linewidth=0.6, zorder=1)
    hi = view.lo + view.span
    sides = [(0, 1, names[0], view.lo[0], hi[0]), (1, 2, names[1], view.lo[1], hi[1])]
    for start, end, name, low, high in sides:
        a, b = outline[start], outline[end]
        for at, value in ((a, low), (b, high)):
            shift = 0.09 * (b - a) if at is a else -0.09 * (b - a)
            axes.annotate(_number(value), at + shift, (0, -5), textcoords="offset points", ha="center", va="top",
                          fontsize=7.5, color=MUTED)  # fmt: skip
        axes.annotate(name, (a + b) / 2, (0, -8), textcoords="offset points", ha="center", va="top", color=INK)
    levels = np.array([view.lowest, view.highest])
    post = view.project(view.in_unit_cube(np.array([view.lo, view.lo]), levels))
    axes.plot(*post.T, color=MUTED, linewidth=0.6, zorder=1)
    scale = zip(post, (view.lowest, view.highest), strict=True)
    for at, value in scale if view.lowest < view.highest else [(post[0], view.lowest)]:
        axes.annotate(_number(value), at, (-4, 0), textcoords="offset points", ha="right", va="center", fontsize=7.5,
                      color=MUTED)  # fmt: skip
    beside = (-6, 0) if view.lowest < view.highest else (-6, 12)
    axes.annotate(names[2], post.mean(axis=0), beside, textcoords="offset points", ha="right", va="center", color=INK)


def _number(value: float) -> str:
    return f"{value:.3g}".replace("-", "\N{MINUS SIGN}")
