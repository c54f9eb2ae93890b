"""One input: the graph runs through the network's values, and breakpoints say whether N has a kink there."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from geometry.nasty_networks import HUGE, relu_network

from exactrev.drawing import plot
from exactrev.errors import InvalidNetwork
from exactrev.geometry import Box, regions
from exactrev.network import Network, he_network

pytest.importorskip("matplotlib")

# z3 = 1 - x+ - (1/2 - x)+: N is 0, x + 1/2, 1/2, 1 - x, 0 between -1/2, 0, 1/2 and 1.
PLATEAU = relu_network([[1, 0], [-1, "1/2"]], [[-1, -1, 1]])
# z[2,0] = x+ is 0 for x < 0; z[2,1] = x+ + 1 never vanishes.
THICK = relu_network([[1, 0]], [[1, 0], [1, 1]])


def artists(figure: Any, kind: str) -> list[Any]:
    (axes,) = figure.axes
    return [artist for artist in axes.get_children() if (artist.get_gid() or "").startswith(kind)]


def dots(figure: Any) -> dict[float, bool]:
    """Positions of the breakpoints, and whether their dots are filled."""
    (axes,) = figure.axes
    marked = [line for line in axes.lines if line.get_marker() == "o"]
    return {float(line.get_xdata()[0]): line.get_markerfacecolor() != "white" for line in marked}


def bands(figure: Any) -> list[tuple[float, float]]:
    paths = [path for kind in ("regions", "thick-") for artist in artists(figure, kind) for path in artist.get_paths()]
    return sorted((path.vertices[:, 0].min(), path.vertices[:, 0].max()) for path in paths)


@pytest.mark.parametrize("net", [PLATEAU, he_network((1, 6, 6, 2), seed=3)], ids=lambda net: net.architecture)
def test_the_graph_runs_through_the_values(net: Network) -> None:
    figure = plot(net, box=Box([-3], [3]))
    (graph,) = artists(figure, "graph")
    xs, ys = graph.get_xdata(), graph.get_ydata()
    seen = regions(net, Box([-3], [3]))
    assert len(xs) == seen.n_facets + 2
    assert (xs[0], xs[-1]) == (-3, 3)
    assert list(xs) == sorted(xs)
    for x, y in zip(xs, ys, strict=True):
        assert float(net([Fraction(float(x))])[0]) == pytest.approx(float(y), abs=1e-12)


def test_breakpoints_are_filled_where_the_network_has_a_kink() -> None:
    assert dots(plot(PLATEAU)) == {-0.5: True, 0.0: True, 0.5: True, 1.0: True}
    # N = x+ - (-x)+ = x has none.
    line = plot(relu_network([[1, 0], [-1, 0]], output=[[1, -1, 0]]))
    assert dots(line) == {0.0: False}
    assert [text.get_text() for text in line.legends[0].get_texts()] == ["layer 1", "no kink"]


def test_bands_tile_the_window() -> None:
    figure = plot(PLATEAU, box=Box([-1], [2]))
    assert bands(figure) == [(-1, -0.5), (-0.5, 0), (0, 0.5), (0.5, 1), (1, 2)]


def test_every_boundary_point_has_a_line_in_the_colour_of_its_layer() -> None:
    figure = plot(PLATEAU)
    lines = {artist.get_gid(): artist for artist in artists(figure, "boundary-")}
    positions = {gid: sorted(float(s[0][0]) for s in artist.get_segments()) for gid, artist in lines.items()}
    assert positions == {"boundary-1-0": [0.0], "boundary-1-1": [0.5], "boundary-2-0": [-0.5, 1.0]}
    one, two = lines["boundary-1-0"], lines["boundary-2-0"]
    assert (one.get_colors() == lines["boundary-1-1"].get_colors()).all()
    assert (one.get_colors() != two.get_colors()[0]).any()


def test_thick_cells_are_hatched_bands() -> None:
    figure = plot(THICK, box=Box([-1], [1]))
    (thick,) = artists(figure, "thick-2")
    assert thick.get_hatch()
    assert [path.vertices[:, 0].min() for path in thick.get_paths()] == [-1]
    assert bands(figure) == [(-1, 0), (0, 1)]
    assert "thick cell" in [text.get_text() for text in figure.legends[0].get_texts()]


@pytest.mark.parametrize("colouring", ["neighbours", "gradient", "value", "none"])
def test_neighbouring_bands_differ_where_the_colouring_says_so(colouring: Any) -> None:
    # N is 0 on the first and the last region; slopes are 0, 1, 0, -1, 0 and values in the middle 0, 1/4, 1/2, 1/4, 0.
    seen = regions(PLATEAU, Box([-1], [2]))
    (artist,) = artists(plot(PLATEAU, box=Box([-1], [2]), colour_regions=colouring), "regions")
    order = sorted(range(5), key=lambda cell: seen.interior_point(cell))
    first, second, third, fourth, last = (tuple(artist.get_facecolors()[cell]) for cell in order)
    if colouring == "none":
        assert {first, second, third, fourth, last} == {(1.0, 1.0, 1.0, 1.0)}
    else:
        assert first == last
        assert first != second
        assert (second == fourth) == (colouring in ("neighbours", "value"))
        assert (first == third) == (colouring in ("neighbours", "gradient"))


def test_the_first_of_several_outputs_is_named() -> None:
    (axes,) = plot(he_network((1, 3, 2), 0)).axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("$x$", "$N_1(x)$")


def test_values_beyond_floats_are_refused() -> None:
    with pytest.raises(InvalidNetwork, match="too large"):
        plot(relu_network([[HUGE, 0]], output=[[HUGE, 0]]), box=Box([-1], [1]))


def test_without_hidden_layers_there_is_one_band(tmp_path: Any) -> None:
    figure = plot(Network.from_arrays([([[2]], [1])]), tmp_path / "a.svg")
    assert bands(figure) == [(-1, 1)]
    assert figure.legends == []
