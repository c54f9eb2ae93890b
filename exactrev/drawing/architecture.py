"""Draws the architecture of a network: neurons as dots, weights as lines. Knows no geometry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exactrev.drawing.palette import INK, MUTED, layer_colour
from exactrev.network import Network

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_architecture"]

MOST_NODES = 9  # of a layer that are drawn: of more, the first and the last few


def draw_architecture(axes: Axes, net: Network) -> None:
    """Neurons in the colours of their layers, connected where the weight is not zero; the widths below.

    Gids: ``weights`` for the lines, ``layer-k`` for the dots, the inputs being layer 0.
    """
    from matplotlib.collections import LineCollection

    columns = [_heights(width) for width in net.widths]
    weights = [
        [(layer, low), (layer + 1, high)]
        for layer, affine in enumerate(net.layers)
        for j, high in columns[layer + 1].items()
        for i, low in columns[layer].items()
        if affine.rows[j][i]
    ]
    lines = LineCollection(weights, colors="#c3c8cf", linewidths=0.5, zorder=1)
    lines.set_gid("weights")
    axes.add_collection(lines)
    for layer, (width, heights) in enumerate(zip(net.widths, columns, strict=True)):
        is_hidden = 0 < layer <= net.depth
        (dots,) = axes.plot(
            [layer] * len(heights), list(heights.values()), linestyle="none", marker="o", markersize=7, zorder=2,
            markerfacecolor=layer_colour(layer) if is_hidden else "white",
            markeredgecolor=layer_colour(layer) if is_hidden else INK, markeredgewidth=0.9,
        )  # fmt: skip
        dots.set_gid(f"layer-{layer}")
        axes.annotate(str(width), (layer, min(heights.values())), (0, -10), textcoords="offset points", ha="center",
                      va="top", fontsize=7.5, color=MUTED)  # fmt: skip
        if width > MOST_NODES:
            axes.annotate("⋮", (layer, 0.0), ha="center", va="center", color=INK)
    axes.margins(0.15)
    axes.set_axis_off()


def _heights(width: int) -> dict[int, float]:
    """Where the neurons of a layer go that are drawn: from the top, around 0."""
    if width <= MOST_NODES:
        return {i: (width - 1) / 2 - i for i in range(width)}
    half = MOST_NODES // 2
    return {i: float(half - i) for i in range(half)} | {width - 1 - i: float(i - half) for i in range(half)}
