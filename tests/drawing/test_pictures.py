"""Pictures hold what they say they hold, and the same picture is the same bytes."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from geometry.nasty_networks import NASTY_NETWORKS, NastyNetwork, relu_network

from exactrev.drawing import default_window, plot, plot_graph
from exactrev.drawing.palette import TINTS
from exactrev.errors import BadInput, ExactrevError, InvalidNetwork
from exactrev.geometry import Box, boundaries, regions
from exactrev.network import Network, he_network, random_rational_network, restrict

matplotlib = pytest.importorskip("matplotlib")

NET = he_network((2, 5, 5, 1), seed=0)
THICK = relu_network([[1, 0, 0], [0, 1, 0]], [[1, 0, 0], [1, 1, -1]])  # z[2,0] = x+ is 0 for x < 0
SPACE = he_network((3, 4, 4, 1), seed=2)
SLICE = ((0, "1/2", 0), (1, 0, 0), (0, 1, "2/3"))


def artists(figure: Any, kind: str) -> list[Any]:
    """The artists whose names start like this, in all axes."""
    found = [artist for axes in figure.axes for artist in axes.get_children()]
    return [artist for artist in found if (artist.get_gid() or "").startswith(kind)]


def polygons(figure: Any) -> list[Any]:
    return [path for kind in ("regions", "thick-") for artist in artists(figure, kind) for path in artist.get_paths()]


def caption(figure: Any) -> str:
    return str(figure.axes[0].get_title(loc="left"))


def legend(figure: Any) -> list[str]:
    return [text.get_text() for legend in figure.legends for text in legend.get_texts()]


@pytest.mark.parametrize("net", [NET, THICK, he_network((2, 7, 1), seed=4)], ids=lambda net: net.architecture)
def test_there_is_a_polygon_for_every_cell_and_a_line_for_every_piece(net: Network) -> None:
    figure = plot(net)
    seen = regions(net, default_window(regions(net)))
    assert len(polygons(figure)) == seen.n_cells
    assert len(artists(figure, "regions")[0].get_paths()) == seen.n_regions
    drawn = {artist.get_gid(): len(artist.get_segments()) for artist in artists(figure, "boundary-")}
    expected = {f"boundary-{b.neuron.layer}-{b.neuron.index}": b.n_pieces for b in boundaries(seen) if b.n_pieces}
    assert drawn == expected


def test_layers_have_colours_of_their_own() -> None:
    figure = plot(he_network((2, 4, 4, 4, 1), seed=1))
    colours: dict[str, set[Any]] = {}
    for artist in artists(figure, "boundary-"):
        colours.setdefault(artist.get_gid().split("-")[1], set()).update(map(tuple, artist.get_colors()))
    assert sorted(colours) == ["1", "2", "3"]
    assert all(len(of_layer) == 1 for of_layer in colours.values())
    assert len(set().union(*colours.values())) == 3
    assert legend(figure) == ["layer 1", "layer 2", "layer 3", "bend"]


def test_neighbours_differ_in_tint() -> None:
    figure = plot(NET)
    seen = regions(NET, default_window(regions(NET)))
    tints = artists(figure, "regions")[0].get_facecolors()
    assert len(np.unique(tints, axis=0)) <= len(TINTS)
    assert all((tints[a] != tints[b]).any() for a, b in seen.facet_cells.tolist())


def test_cells_with_the_same_gradient_have_the_same_tint() -> None:
    # Where x, y < 0, N = 0 on both sides of the boundary of layer 1; elsewhere the gradients differ.
    net = relu_network([[1, 0, 0], [0, 1, 0]], [[1, 1, -1]])
    seen = regions(net, Box.cube(2, -2, 2))
    tints = artists(plot(net, box=Box.cube(2, -2, 2), colour_regions="gradient"), "regions")[0].get_facecolors()
    maps = [seen.affine_map(cell).W for cell in range(seen.n_regions)]
    for a in range(seen.n_regions):
        for b in range(a):
            assert (maps[a] == maps[b]) == bool((tints[a] == tints[b]).all())


def test_tints_show_the_sign_of_the_value() -> None:
    net = relu_network([[1, 0, 0]], output=[[1, -1]])  # -1 for x < 0, and x - 1
    red, _, blue, _ = np.array(
        artists(plot(net, box=Box([-8, 0], [8, 4]), colour_regions="value"), "regions")[0].get_facecolors()
    ).T
    seen = regions(net, Box([-8, 0], [8, 4]))
    for cell in range(seen.n_regions):
        is_positive = net(seen.interior_point(cell))[0] > 0
        assert (red[cell] > blue[cell]) == is_positive


def test_without_colouring_regions_are_white() -> None:
    assert (artists(plot(NET, colour_regions="none"), "regions")[0].get_facecolors() == 1).all()


def test_thick_cells_are_hatched_in_the_colour_of_their_layer() -> None:
    figure = plot(THICK)
    (thick,) = artists(figure, "thick-")
    assert thick.get_gid() == "thick-2"
    assert thick.get_hatch()
    assert len(thick.get_paths()) == regions(THICK).n_thick
    assert "thick cell" in legend(figure)
    assert "thick" in caption(figure)
    (of_layer,) = artists(figure, "boundary-2-1")
    assert (thick.get_edgecolor() == of_layer.get_colors()).all()


def test_the_caption_counts_the_regions_of_the_whole_plane_or_of_the_window() -> None:
    whole = regions(NET)
    assert (whole.n_regions, whole.n_bounded) == (60, 36)
    assert caption(plot(NET)).startswith("2-5-5-1: 60 regions, 36 bounded")
    window = Box.cube(2, -1, 1)
    assert caption(plot(NET, box=window)) == f"2-5-5-1: {regions(NET, window).n_regions} regions in this window"


def test_the_window_is_the_box() -> None:
    (axes,) = plot(NET, box=Box(["-1/2", 0], ["3/2", 1])).axes
    assert axes.get_xlim() == (-0.5, 1.5)
    assert axes.get_ylim() == (0.0, 1.0)
    assert axes.get_aspect() == 1.0
    (axes,) = plot(NET, box=Box([0, 0], [1, 100])).axes
    assert axes.get_aspect() == "auto"


def test_a_title_is_shown_as_it_is(tmp_path: Path) -> None:
    figure = plot(NET, tmp_path / "a.svg", title="$5 & x_1 < y")  # mathtext would fail
    assert figure.get_suptitle() == "$5 & x_1 < y"


@pytest.mark.parametrize("extension", ["svg", "png", "pdf"])
def test_the_same_picture_is_the_same_bytes_whatever_the_settings(tmp_path: Path, extension: str) -> None:
    first, second = tmp_path / f"a.{extension}", tmp_path / f"b.{extension.upper()}"
    plot(THICK, first, title="Twice")
    with matplotlib.rc_context({"svg.hashsalt": "other", "font.size": 30, "savefig.dpi": 11, "axes.grid": True}):
        plot(THICK, second, title="Twice")
    assert first.read_bytes() == second.read_bytes()
    assert len(first.read_bytes()) > 1000


def test_an_svg_names_its_parts_and_not_its_date(tmp_path: Path) -> None:
    plot(NET, tmp_path / "a.svg")
    text = (tmp_path / "a.svg").read_text()
    assert 'id="regions"' in text
    assert 'id="boundary-1-0"' in text
    assert 'id="bends-2-0"' in text
    assert "dc:date" not in text


def test_settings_of_the_user_are_left_alone() -> None:
    before = dict(matplotlib.rcParams)
    plot(NET)
    assert dict(matplotlib.rcParams) == before


def test_matplotlib_is_imported_late_and_pyplot_never() -> None:
    program = (
        "import sys, exactrev.drawing\n"
        "from exactrev.network import he_network\n"
        "assert 'matplotlib' not in sys.modules\n"
        "exactrev.drawing.plot(he_network((2, 3, 1), 0))\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_without_matplotlib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ExactrevError, match=r"exactrev\[plots\]") as caught:
        plot(NET)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["picture", "picture.jpg", "picture.svg.txt"])
def test_other_formats_are_refused(tmp_path: Path, name: str) -> None:
    for draw in (plot, plot_graph):
        with pytest.raises(BadInput, match=r"\.svg, \.png, \.pdf"):
            draw(NET, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_reported(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="missing"):
        plot(NET, tmp_path / "missing" / "a.svg")


def test_an_interrupted_picture_leaves_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "a.svg"
    plot(NET, target)
    before = target.read_bytes()

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        plot(THICK, target, progress=stop)
    assert target.read_bytes() == before
    assert list(tmp_path.iterdir()) == [target]


def test_an_unknown_colouring_is_refused() -> None:
    with pytest.raises(BadInput, match="colour_regions: found 'rainbow'; expected neighbours or gradient"):
        plot(NET, colour_regions="rainbow")  # type: ignore[arg-type]


def test_a_slice_is_the_restricted_network() -> None:
    figure = plot(SPACE, plane=SLICE)
    restricted = restrict(SPACE, SLICE[0], SLICE[1:])
    of_restricted = plot(restricted)
    assert len(polygons(figure)) == len(polygons(of_restricted))
    for one, other in zip(polygons(figure), polygons(of_restricted), strict=True):
        assert (one.vertices == other.vertices).all()
    whole = regions(restricted)
    assert caption(figure).startswith(f"slice of 3-4-4-1: {whole.n_regions} regions, {whole.n_bounded} bounded")
    (axes,) = figure.axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("$u_1$", "$u_2$")


def test_a_slice_inside_a_boundary_is_thick_everywhere() -> None:
    # The plane x = 0 is B[z[1,0]].
    net = relu_network([[1, 0, 0, 0], [0, 1, 1, 0]])
    figure = plot(net, plane=((0, 0, 0), (0, 1, 0), (0, 0, 1)))
    assert artists(figure, "regions")[0].get_paths() == []
    (thick,) = artists(figure, "thick-1")
    assert len(thick.get_paths()) == 2


def test_a_line_through_the_inputs_is_a_graph() -> None:
    figure = plot(SPACE, plane=SLICE[:2])
    (axes,) = figure.axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("$u$", "$N(u)$")
    assert len(artists(figure, "graph")) == 1


@pytest.mark.parametrize(
    ("net", "box", "plane", "message"),
    [
        (SPACE, None, None, "needs a plane"),
        (SPACE, None, ((0, 0, 0),), "one or two directions"),
        (SPACE, None, (), "one or two directions"),
        (SPACE, None, ((0, 0, 0), (1, 0, 0), (2, 0, 0)), "linearly dependent"),
        (SPACE, None, ((0, 0), (1, 0), (0, 1)), "another space"),
        (SPACE, Box.cube(3, 0, 1), SLICE, "wrong dimension"),
        (NET, Box.cube(1, 0, 1), None, "wrong dimension"),
        (NET, Box([1, 0], [1 + Fraction(1, 2**60), 1]), None, "too narrow"),
    ],
)
def test_what_cannot_be_drawn_is_refused(net: Network, box: Box | None, plane: Any, message: str) -> None:
    with pytest.raises(InvalidNetwork, match=message):
        plot(net, box=box, plane=plane)
    with pytest.raises(InvalidNetwork, match=message):
        plot_graph(net, box=box, plane=plane)


@pytest.mark.parametrize("nasty", NASTY_NETWORKS, ids=str)
def test_every_nasty_network_is_drawn(tmp_path: Path, nasty: NastyNetwork) -> None:
    net = nasty.network
    plane = None if net.n_in <= 2 else ([0] * net.n_in, [1, *[0] * (net.n_in - 1)], [0, 1, *[0] * (net.n_in - 2)])
    figure = plot(net, tmp_path / "a.svg", plane=plane)
    if plane is None:
        assert len(polygons(figure)) == nasty.n_regions + nasty.n_thick
    if net.n_in == 2:
        plot_graph(net)


def test_a_large_network_is_drawn_in_few_artists(tmp_path: Path) -> None:
    net = he_network((2, 24, 24, 1), seed=0)
    figure = plot(net, tmp_path / "a.png")
    assert len(polygons(figure)) > 500
    (axes,) = figure.axes
    assert len(axes.get_children()) < 48 + 20


def test_degenerate_networks_of_small_integers_are_drawn() -> None:
    for seed in range(12):
        net = random_rational_network((2, 3, 3, 1), seed, numerator=1, denominator=1)
        seen = regions(net, Box.cube(2, -2, 2))
        assert len(polygons(plot(net, box=Box.cube(2, -2, 2)))) == seen.n_cells
