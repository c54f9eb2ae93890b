"""The pictures themselves: `plot` for regions and boundaries, `plot_graph` for the paper's Figure 1.

Chooses the window, the slice and the captions; what is drawn comes from `scene`, how it looks from `palette`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from exactrev.drawing.architecture import draw_architecture
from exactrev.drawing.canvas import new_figure, require_writable, save_figure, settings
from exactrev.drawing.interval import draw_interval
from exactrev.drawing.palette import INK, MUTED
from exactrev.drawing.plane import SQUARE, draw_plane
from exactrev.drawing.scene import Scene, read_scene, require_drawable
from exactrev.drawing.surface import draw_surface
from exactrev.drawing.window import default_window
from exactrev.errors import BadInput, InvalidNetwork
from exactrev.geometry import Box, RegionComplex, regions
from exactrev.geometry.enumeration import Progress
from exactrev.network import Network, restrict

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Colouring", "Plane", "plot", "plot_graph"]

Colouring = Literal["neighbours", "gradient", "value", "none"]
Plane = Sequence[Iterable[Any]]
Path = str | os.PathLike[str]


def plot(
    net: Network,
    path: Path | None = None,
    box: Box | None = None,
    plane: Plane | None = None,
    colour_regions: Colouring = "neighbours",
    title: str | None = None,
    *,
    progress: Progress | None = None,
) -> Figure:
    """Draw the activation regions and the boundaries of all hidden neurons, coloured by layer.

    With two inputs: regions as filled polygons, boundaries as lines, dots where a boundary bends, hatching where a
    preactivation vanishes identically (thick cells); where boundaries coincide, their dashes take turns. With one
    input: the graph of N's first output, breakpoints as dots (hollow where N has no kink), regions as bands.

    With more inputs name a slice: ``plane=(origin, direction, direction)``, or one direction for a line; vectors of
    rationals (numbers or strings "p/q"). The slice u -> origin + u_1 direction_1 + u_2 direction_2 is exact, and so
    are its regions; where a boundary contains the slice, the slice has thick cells.

    `box` is the window, in the coordinates of the picture (of u on a slice); without one, `default_window`. The caption
    counts the regions of the whole space, or, with a box, those that meet the window.

    `colour_regions`: "neighbours" tells neighbours apart; "gradient" shows the gradient of N's first output, hue for
    direction and strength for length, so that cells with the same gradient look the same; "value" shows the first
    output; "none" leaves them white.

    `path` ends in .svg, .png or .pdf; the file is written whole or not at all, and the same picture is the same bytes.
    `progress` is handed on to `exactrev.geometry.regions`.

    Returns a `matplotlib.figure.Figure` that belongs to no window; in a notebook, ``%matplotlib inline`` shows it.
    Artists carry names (`Artist.get_gid`), which are the ids of groups in an SVG: ``regions``, ``thick-k``,
    ``boundary-k-i``, ``bends-k-i``, ``points-k-i`` for layer k and neuron z[k,i].

    Raises `ExactrevError` if matplotlib is missing, `BadInput` for a path that cannot be written to or an unknown
    colouring, and `InvalidNetwork` for a box or a plane that does not fit the network, for more than two inputs without
    a plane, and for windows beyond what floats can hold.
    """
    if colour_regions not in get_args(Colouring):
        raise BadInput("", "colour_regions", repr(colour_regions), " or ".join(get_args(Colouring)))
    if path is not None:
        require_writable(path)
    with settings():
        view = _look(net, box, plane, progress)
        names = view.names
        if view.net.n_in == 1:
            figure = new_figure(6.4, 4.4)
            axes = figure.add_subplot()
            value = "N" if net.n_out == 1 else "N_1"
            entries = draw_interval(axes, view.complex, colour_regions, (names[0], f"${value}({names[0][1:-1]})$"))
        else:
            figure = new_figure(*_size(view.complex.box, title))
            axes = figure.add_subplot()
            entries = draw_plane(axes, read_scene(view.complex), colour_regions, names)
        axes.set_title(f"{view.subject}: {view.counts}", loc="left", color=MUTED)
        _decorate(figure, entries, title)
        if path is not None:
            save_figure(figure, path)
    return figure


def plot_graph(
    net: Network,
    path: Path | None = None,
    box: Box | None = None,
    plane: Plane | None = None,
    title: str | None = None,
    *,
    progress: Progress | None = None,
) -> Figure:
    """Draw the paper's Figure 1: the architecture, the graph of N's first output as a surface, and the boundaries.

    The arguments are those of `plot`; the network, or the slice, has to have two inputs. Hidden parts of the surface
    are hidden exactly. The gids of the additional artists are ``weights``, ``layer-k``, ``surface`` and ``floor``.
    """
    if path is not None:
        require_writable(path)
    with settings():
        view = _look(net, box, plane, progress)
        if view.net.n_in != 2:
            raise InvalidNetwork("the graph is drawn over two inputs", found=view.net.n_in)
        scene: Scene = read_scene(view.complex)
        figure = new_figure(12.4, 4.6)
        left, middle, right = figure.subplots(1, 3, width_ratios=(0.8, 1.35, 1.0))
        draw_architecture(left, net)
        value = "N" if net.n_out == 1 else "N_1"
        draw_surface(middle, scene, (*view.names, f"${value}$"))
        entries = draw_plane(right, scene, "value", view.names)
        left.set_title(net.architecture, color=MUTED)
        middle.set_title("graph" if plane is None else "graph on a slice", color=MUTED)
        right.set_title(view.counts, color=MUTED)
        _decorate(figure, entries, title)
        if path is not None:
            save_figure(figure, path)
    return figure


@dataclass(frozen=True, slots=True)
class _View:
    """The network to draw (a slice, perhaps), its cells in the window, the names of the axes, and the caption."""

    net: Network
    complex: RegionComplex
    names: tuple[str, str]
    subject: str
    counts: str


def _look(net: Network, box: Box | None, plane: Plane | None, progress: Progress | None) -> _View:
    sliced = net if plane is None else _slice(net, plane)
    if sliced.n_in > 2:
        raise InvalidNetwork(
            "a picture of more than two inputs needs a plane (origin, direction, direction)", n_in=sliced.n_in
        )
    letter = "x" if plane is None else "u"
    names = (f"${letter}$", "") if sliced.n_in == 1 else (f"${letter}_1$", f"${letter}_2$")
    subject = net.architecture if plane is None else f"slice of {net.architecture}"
    if box is not None:
        require_drawable(box)
        seen = regions(sliced, box, progress)
        return _View(sliced, seen, names, subject, f"{_count(seen.n_regions, 'region')} in this window{_thick(seen)}")
    whole = regions(sliced, None, progress)
    window = default_window(whole)
    require_drawable(window)
    seen = regions(sliced, window, progress)
    counts = f"{_count(whole.n_regions, 'region')}, {whole.n_bounded:,} bounded{_thick(whole)}"
    if seen.n_cells < whole.n_cells:
        counts += f"; {seen.n_cells:,} in view"
    return _View(sliced, seen, names, subject, counts)


def _slice(net: Network, plane: Plane) -> Network:
    if len(plane) not in (2, 3):
        raise InvalidNetwork("a slice to be drawn has an origin and one or two directions", found=len(plane))
    return restrict(net, plane[0], plane[1:])


def _size(box: Box | None, title: str | None) -> tuple[float, float]:
    """Inches for a picture of one window: as wide as a page, unless it is much higher than wide."""
    width, height = (float(high - low) for low, high in zip(box.lo, box.hi, strict=True)) if box else (1.0, 1.0)
    ratio = height / width if 1 / SQUARE <= height / width <= SQUARE else 1.0
    side = min(5.3, 7.0 / ratio)
    return max(side, 3.0) + 0.7, side * ratio + (1.35 if title else 1.05)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _thick(complex: RegionComplex) -> str:
    return f", {_count(complex.n_thick, 'thick cell')}" if complex.n_thick else ""


def _decorate(figure: Figure, entries: list[Any], title: str | None) -> None:
    if title:
        figure.suptitle(title, color=INK, fontsize=11, fontweight="bold", parse_math=False)
    if entries:
        figure.legend(handles=entries, loc="outside lower center", ncols=min(len(entries), 6), handlelength=1.6)
