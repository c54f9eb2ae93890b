"""Pictures of boundary sets: pieces without labels, or with colours for whatever the caller groups them by.

Knows pieces and a window; clips exactly, and rounds what is left to floats. Knows no network.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from exactrev.boundary_sets import BoundarySet, Piece
from exactrev.boundary_sets.cones import Row
from exactrev.drawing.canvas import new_figure, require_writable, save_figure, settings
from exactrev.drawing.palette import INK, MUTED, layer_colour, line_width
from exactrev.drawing.scene import require_drawable
from exactrev.errors import InvalidNetwork
from exactrev.geometry import Box
from exactrev.network.affine import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["clip_pieces", "draw_pieces", "find_window", "plot_boundary_set"]

MARGIN = 4  # a quarter of the extent of the vertices is shown beyond them, on every side


def plot_boundary_set(
    boundary_set: BoundarySet,
    path: str | os.PathLike[str] | None = None,
    box: Box | None = None,
    title: str | None = None,
    *,
    groups: Sequence[int] | None = None,
) -> Figure:
    """Draw a boundary set in the plane; in one colour, because nothing tells its pieces apart.

    `groups` gives every piece a number, and pieces of one number have one colour: 0 is the colour of the unlabelled.
    `box` is the window; without one, all vertices and a margin. The artist of group k has the gid ``pieces-k``.

    Raises `InvalidNetwork` for sets in other dimensions and windows that cannot be drawn, `BadInput` for a path that
    cannot be written to, and `ValueError` unless every piece has a group.
    """
    if path is not None:
        require_writable(path)
    with settings():
        figure = new_figure(5.3, 5.3 + (0.3 if title else 0.0))
        draw_pieces(figure.add_subplot(), boundary_set, box or find_window(boundary_set), groups)
        if title:
            figure.suptitle(title, color=INK, fontsize=11, fontweight="bold", parse_math=False)
        if path is not None:
            save_figure(figure, path)
    return figure


def draw_pieces(axes: Axes, boundary_set: BoundarySet, box: Box, groups: Sequence[int] | None = None) -> None:
    """Fill the axes with the pieces in a window."""
    from matplotlib.collections import LineCollection

    if boundary_set.n_in != 2:
        raise InvalidNetwork("a picture of a boundary set has two inputs", found=boundary_set.n_in)
    numbers = [0] * len(boundary_set) if groups is None else list(groups)
    if len(numbers) != len(boundary_set):
        raise ValueError(f"{len(numbers)} groups for {len(boundary_set)} pieces")
    require_drawable(box)
    segments = clip_pieces(boundary_set.pieces, box)
    for group in sorted(set(numbers)):
        own = [segments[i] for i in range(len(numbers)) if numbers[i] == group and len(segments[i])]
        lines = LineCollection(
            own, colors=INK if group == 0 else layer_colour(group), linewidths=line_width(len(boundary_set)),
            capstyle="round", zorder=2 + group / 100,
        )  # fmt: skip
        lines.set_gid(f"pieces-{group}")
        axes.add_collection(lines, autolim=False)
    (left, bottom), (right, top) = ([float(x) for x in side] for side in (box.lo, box.hi))
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
    axes.set_aspect("equal" if max(right - left, top - bottom) <= 4 * min(right - left, top - bottom) else "auto")
    axes.set_xlabel("$x_1$")
    axes.set_ylabel("$x_2$", rotation=0, labelpad=6)
    axes.set_title(f"{len(boundary_set)} pieces", loc="left", color=MUTED)


def clip_pieces(pieces: Sequence[Piece], box: Box) -> list[FloatArray]:
    """The two ends of every piece inside a box of the plane, (2, 2); (0, 2) for those that do not meet it so."""
    walls: list[Row] = []
    for normal, constant in box.walls():
        walls.append((*(a * constant.denominator for a in normal), constant.numerator))
    clipped = []
    for piece in pieces:
        cone = piece.cone
        for wall in walls:
            cone = cone.at_least(wall)
        ends = [[x / ray[-1] for x in ray[:-1]] for ray in cone.rays] if cone.dimension == 1 else []
        clipped.append(np.array(ends, np.float64).reshape(-1, 2))
    return clipped


def find_window(boundary_set: BoundarySet) -> Box:
    """A box around all vertices of the pieces, with a margin; [-1, 1]^n around the origin if there are none."""
    n = boundary_set.n_in
    vertices = [vertex for piece in boundary_set.pieces for vertex in piece.vertices()]
    if not vertices:
        return Box.cube(n, -1, 1)
    columns = list(zip(*vertices, strict=True))
    extents = [max(column) - min(column) for column in columns]
    margins = [(extent or max(extents) or 1) / MARGIN for extent in extents]
    low = [min(column) - margin for column, margin in zip(columns, margins, strict=True)]
    return Box(low, [max(column) + margin for column, margin in zip(columns, margins, strict=True)])
