"""Draws what a survey found: a panel for every question, a line for every architecture, dots with their intervals.

Knows shares and labels, handed in as plain numbers; knows no network, and decides nothing.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exactrev.drawing.canvas import new_figure, require_writable, save_figure, settings
from exactrev.drawing.palette import INK, MUTED, layer_colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Block", "Panel", "Share", "plot_survey"]

ACROSS = 5  # panels in a row
LINE = 0.17  # inches for a line
BETWEEN = "#d8dce2"


@dataclass(frozen=True, slots=True)
class Share:
    """A share of things: at least `yes`, at most `yes + undecided`; the interval of its probability is [low, high]."""

    yes: float
    undecided: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Panel:
    """A heading, and a share for every label of its block."""

    heading: str
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Panels with the same labels. Labels of one group, numbered from 0, have one colour."""

    caption: str
    labels: tuple[str, ...]
    groups: tuple[int, ...]
    panels: tuple[Panel, ...]


def plot_survey(blocks: Sequence[Block], path: str | os.PathLike[str] | None = None) -> Figure:
    """A figure with the blocks below each other, written to a file if one is named (.svg, .png or .pdf).

    A dot is the share that was found, a line its interval; a grey bar is what was not decided. Gids: ``shares-b-p`` for
    the dots of panel p of block b. Raises `BadInput` for another format.
    """
    if path is not None:
        require_writable(path)
    rows = [(b, first) for b, block in enumerate(blocks) for first in range(0, len(block.panels), ACROSS)]
    heights = [0.75 + LINE * len(blocks[b].labels) for b, _ in rows]
    with settings():
        figure = new_figure(9.2, sum(heights))
        table = figure.add_gridspec(len(rows), ACROSS, height_ratios=heights)
        for row, (b, first) in enumerate(rows):
            block = blocks[b]
            for column, panel in enumerate(block.panels[first : first + ACROSS]):
                axes = figure.add_subplot(table[row, column])
                _draw(axes, block, panel, f"shares-{b}-{first + column}")
                axes.set_yticks(range(len(block.labels)), block.labels if column == 0 else [""] * len(block.labels))
                if row + 1 == len(rows) or rows[row + 1][0] != b:
                    axes.set_xlabel(block.caption if column == 0 else "", fontsize=8, loc="left", color=MUTED)
        if path is not None:
            save_figure(figure, path)
    return figure


def _draw(axes: Axes, block: Block, panel: Panel, gid: str) -> None:
    """Fill one panel."""
    lines = range(len(block.labels))
    colours = [layer_colour(group + 1) for group in block.groups]
    shares = panel.shares
    axes.barh(lines, [s.undecided for s in shares], 0.62, [s.yes for s in shares], color=BETWEEN, zorder=1)
    axes.hlines(lines, [s.low for s in shares], [s.high for s in shares], colors=colours, linewidth=1.2, zorder=2)
    dots = axes.scatter([s.yes for s in shares], lines, s=13, c=colours, zorder=3)
    dots.set_gid(gid)
    axes.set_title(panel.heading, loc="left", color=INK)
    axes.set_xlim(-0.04, 1.04)
    axes.set_xticks([0, 0.5, 1], ["0", "50 %", "100 %"])
    axes.set_ylim(len(block.labels) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#e7e9ed", linewidth=0.6, zorder=0)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
