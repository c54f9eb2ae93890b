"""Where the viewer of a surface stands, and the frame around it. Knows the window and the range of values, no network.

A parallel projection from obliquely above. The window becomes a unit square around 0, the floor; the surface floats
above it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exactrev.drawing.palette import INK, MUTED
from exactrev.errors import InvalidNetwork
from exactrev.geometry import Box
from exactrev.network.affine import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["HEIGHT", "View", "best_view", "draw_frame"]

AZIMUTH, ELEVATION = np.radians(-62.0), np.radians(36.0)  # of the viewer, before any quarter turns
HEIGHT = 0.55  # of the surface, the sides of the window being 1
GAP = 0.28  # between the floor and the lowest point of the surface
_CORNERS = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])


class View:
    """From a window and a range of values to the paper, `turns` quarter turns around the vertical."""

    def __init__(self, box: Box | None, lowest: float, highest: float, turns: int = 0) -> None:
        if box is None:
            raise InvalidNetwork("a window is needed to draw in", box=None)
        self.turns, self.lowest, self.highest = turns, lowest, highest
        self.lo = np.array([float(low) for low in box.lo])
        self.span = np.array([float(high) for high in box.hi]) - self.lo
        azimuth = AZIMUTH + turns * np.pi / 2
        self.back = -np.array([np.cos(azimuth), np.sin(azimuth)])  # horizontally away from the viewer
        self.right = np.array([self.back[1], -self.back[0]])
        self.to_viewer = np.array([*(-self.back * np.cos(ELEVATION)), np.sin(ELEVATION)])

    def on_floor(self, points: FloatArray) -> FloatArray:
        """(k, 2) -> (k, 3): points of the window, on the floor."""
        return np.column_stack([(points - self.lo) / self.span - 0.5, np.zeros(len(points))])

    def raised(self, points: FloatArray, values: FloatArray) -> FloatArray:
        """(k, 2), (k,) -> (k, 3): points of the graph."""
        extent = self.highest - self.lowest
        height = (values - self.lowest) / extent if extent else np.full(len(values), 0.5)
        return np.column_stack([self.on_floor(points)[:, :2], GAP + HEIGHT * height])

    def normals(self, gradients: FloatArray) -> FloatArray:
        """(k, 2) -> (k, 3): upward unit normals of the graph where it has these gradients."""
        slopes = gradients * self.span * (HEIGHT / (self.highest - self.lowest or 1.0))
        normals = np.column_stack([-slopes, np.ones(len(slopes))])
        return np.asarray(normals / np.linalg.norm(normals, axis=1, keepdims=True))

    def project(self, points: FloatArray) -> FloatArray:
        """(k, 3) -> (k, 2) on the paper."""
        across = points[:, :2] @ self.right
        up = points[:, :2] @ self.back * np.sin(ELEVATION) + points[:, 2] * np.cos(ELEVATION)
        return np.column_stack([across, up])


def best_view(box: Box | None, lowest: float, highest: float, areas: FloatArray, gradients: FloatArray) -> View:
    """Of the four views a quarter turn apart the one that shows most of a graph from above, cell by cell."""
    views = [View(box, lowest, highest, turns) for turns in range(4)]
    shown = [float(areas @ np.clip(view.normals(gradients) @ view.to_viewer, 0.0, 1.0)) for view in views]
    return views[int(np.argmax(np.round(np.array(shown) / (max(shown) or 1.0), 6)))]


def draw_frame(axes: Axes, view: View, names: tuple[str, str, str]) -> None:
    """The floor, its scale along the two sides towards the viewer, and the scale of the values on the left."""
    order = np.roll(np.arange(4), -view.turns)  # the corners: left, nearest, right, farthest
    inputs = view.lo + (_CORNERS[order] + 0.5) * view.span
    outline = view.project(view.on_floor(inputs))
    axes.fill(*outline.T, facecolor="#fafafa", edgecolor=MUTED, linewidth=0.6, zorder=1)
    for start, end in ((0, 1), (1, 2)):
        a, b = outline[start], outline[end]
        axis = int(inputs[start, 0] == inputs[end, 0])
        for at, other, corner in ((a, b, start), (b, a, end)):
            axes.annotate(_number(inputs[corner, axis]), at + 0.09 * (other - at), (0, -5), textcoords="offset points",
                          ha="center", va="top", fontsize=7.5, color=MUTED)  # fmt: skip
        axes.annotate(names[axis], (a + b) / 2, (0, -8), textcoords="offset points", ha="center", va="top", color=INK)
    post = view.project(view.raised(inputs[[0, 0]], np.array([view.lowest, view.highest])))
    axes.plot(*post.T, color=MUTED, linewidth=0.6, zorder=1)
    is_flat = view.lowest == view.highest
    for at, value in list(zip(post, (view.lowest, view.highest), strict=True))[: 1 if is_flat else 2]:
        axes.annotate(_number(value), at, (-4, 0), textcoords="offset points", ha="right", va="center", fontsize=7.5,
                      color=MUTED)  # fmt: skip
    axes.annotate(names[2], post.mean(axis=0), (-6, 12 if is_flat else 0), textcoords="offset points", ha="right",
                  va="center", color=INK)  # fmt: skip


def _number(value: float) -> str:
    return (f"{value:.0f}" if 1e3 <= abs(value) < 1e6 else f"{value:.3g}").replace("-", "\N{MINUS SIGN}")
