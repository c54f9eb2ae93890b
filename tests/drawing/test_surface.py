"""The surface hides what lies behind it: cells are painted from back to front, folds after both of their cells."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from geometry.nasty_networks import relu_network

from exactrev.drawing import default_window, plot_graph
from exactrev.drawing.projection import View, best_view
from exactrev.drawing.scene import read_scene
from exactrev.drawing.surface import back_to_front
from exactrev.errors import InvalidNetwork
from exactrev.geometry import Box, regions
from exactrev.network import Network, he_network
from exactrev.network.affine import FloatArray

pytest.importorskip("matplotlib")

NETWORKS = [
    he_network((2, 4, 4, 1), seed=1),
    he_network((2, 9, 1), seed=2),
    relu_network([[1, 0, 0], [1, 0, -1], [0, 1, 0], [0, 1, -1]]),
]
DIRECTIONS = [(1.0, 0.0), (0.0, -1.0), (-0.6, 0.8), (0.28, 0.96)]


def depths(polygon: FloatArray, right: FloatArray, back: FloatArray, at: float) -> tuple[float, float] | None:
    """Where the line of sight at position `at` enters and leaves the polygon, if it does."""
    across, deep = polygon @ right - at, polygon @ back
    crossings = []
    for i in range(len(polygon)):
        a, b = across[i - 1], across[i]
        if a * b < 0:
            crossings.append(float(deep[i - 1] + (deep[i] - deep[i - 1]) * a / (a - b)))
    return (min(crossings), max(crossings)) if crossings else None


@pytest.mark.parametrize("net", NETWORKS, ids=lambda net: net.architecture)
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_no_cell_is_painted_before_one_behind_it(net: Network, direction: tuple[float, float]) -> None:
    scene = read_scene(regions(net, default_window(regions(net))))
    back = np.array(direction)
    right = np.array([back[1], -back[0]])
    normals = np.array([_normal(scene.complex.facet_vertices(facet)) for facet in range(scene.complex.n_facets)])
    order = back_to_front(scene.centres, scene.complex.facet_cells, normals, back)
    assert sorted(order) == list(range(scene.complex.n_cells))
    place = {cell: when for when, cell in enumerate(order)}
    spread = np.concatenate(scene.polygons) @ right
    compared = 0
    for at in np.random.default_rng(0).uniform(spread.min(), spread.max(), 40):
        met = [(depths(polygon, right, back, at), cell) for cell, polygon in enumerate(scene.polygons)]
        along = sorted((interval, cell) for interval, cell in met if interval is not None)
        for (near, first), (far, second) in pairwise(along):
            if near[1] - near[0] > 1e-9 and far[1] - far[0] > 1e-9:
                assert place[second] < place[first]
                compared += 1
    assert compared > 40


def _normal(segment: FloatArray) -> FloatArray:
    along = segment[1] - segment[0]
    return np.array([along[1], -along[0]])


def surface(figure: Any) -> Any:
    (found,) = [artist for artist in figure.axes[1].get_children() if artist.get_gid() == "surface"]
    return found


@pytest.mark.parametrize("net", NETWORKS, ids=lambda net: net.architecture)
def test_every_cell_and_every_fold_is_on_the_surface(net: Network) -> None:
    figure = plot_graph(net)
    seen = regions(net, default_window(regions(net)))
    sizes = [len(path.vertices) for path in surface(figure).get_paths()]
    assert sum(size > 2 for size in sizes) == seen.n_cells
    drawn = [tuple(colour) for colour in surface(figure).get_edgecolors()]
    blue = [colour for colour, size in zip(drawn, sizes, strict=True) if size == 2]
    assert len(blue) >= seen.n_facets  # and the rim of the window


@pytest.mark.parametrize("net", NETWORKS, ids=lambda net: net.architecture)
def test_folds_are_painted_after_both_of_their_cells(net: Network) -> None:
    shapes = [np.round(path.vertices, 9) for path in surface(plot_graph(net)).get_paths()]
    painted = {tuple(map(tuple, shape)): when for when, shape in enumerate(shapes)}
    cells = [(when, {*map(tuple, shape)}) for when, shape in enumerate(shapes) if len(shape) > 2]
    folds = 0
    for shape, when in painted.items():
        if len(shape) == 2:
            around = [cell for cell, corners in cells if corners.issuperset(shape)]
            assert around
            assert max(around) < when
            folds += len(around) > 1
    assert folds == regions(net, default_window(regions(net))).n_facets


def test_the_floor_holds_the_boundaries_and_the_frame_the_range_of_values() -> None:
    net = relu_network([[1, 0, 0], [0, 1, 0]])  # x+ + y+, from 0 to 4 in the window
    figure = plot_graph(net, box=Box.cube(2, -2, 2))
    (floor,) = [artist for artist in figure.axes[1].get_children() if artist.get_gid() == "floor"]
    assert len(floor.get_segments()) == 4
    texts = [text.get_text() for text in figure.axes[1].texts]
    assert {"0", "4", "2", "−2", "$N$", "$x_1$", "$x_2$"} == {*texts}


def test_a_constant_network_is_a_flat_surface() -> None:
    figure = plot_graph(relu_network(output=[[0, 0, 5]]))
    assert [text.get_text() for text in figure.axes[1].texts].count("5") == 1
    assert np.isfinite(np.concatenate([path.vertices for path in surface(figure).get_paths()])).all()


def test_the_graph_is_drawn_over_two_inputs() -> None:
    for net in (he_network((1, 3, 1), 0), he_network((3, 3, 1), 0)):
        with pytest.raises(InvalidNetwork):
            plot_graph(net)
    figure = plot_graph(he_network((3, 3, 2), 0), plane=((0, 0, 0), (1, 0, 0), (0, 1, 1)), title="A slice")
    assert figure.get_suptitle() == "A slice"
    assert "$N_1$" in [text.get_text() for text in figure.axes[1].texts]


def test_the_view_is_the_one_that_shows_the_top_of_the_surface() -> None:
    # One cell that falls steeply in direction (1, 0): to be seen from there.
    box = Box.cube(2, 0, 1)
    for gradient, away in (([-9.0, 0.0], (-1, 0)), ([9.0, 0.0], (1, 0)), ([0.0, -9.0], (0, -1)), ([0.0, 9.0], (0, 1))):
        view = best_view(box, 0.0, 9.0, np.array([1.0]), np.array([gradient]))
        assert view.back @ np.array(away) > 0.8


@pytest.mark.parametrize("turns", range(4))
def test_what_is_nearer_is_lower_and_what_is_higher_is_higher_on_the_paper(turns: int) -> None:
    view = View(Box.cube(2, 0, 2), -1.0, 3.0, turns)
    centre = np.array([[1.0, 1.0], [1.0, 1.0] + 0.1 * view.back, [1.0, 1.0] + 0.1 * view.right])
    middle, behind, beside = view.project(view.on_floor(centre))
    assert middle == pytest.approx([0, 0])
    assert behind[1] > 0
    assert behind[0] == pytest.approx(0)
    assert beside[0] > 0
    low, high = view.project(view.raised(centre[[0, 0]], np.array([-1.0, 3.0])))
    assert 0 < low[1] < high[1]


def test_the_architecture_shows_neurons_and_weights_that_are_not_zero() -> None:
    figure = plot_graph(relu_network([[1, 0, 0], [1, 2, 0], [0, 0, 1]]))
    axes = figure.axes[0]
    (weights,) = [artist for artist in axes.get_children() if artist.get_gid() == "weights"]
    assert len(weights.get_segments()) == 3 + 3  # three weights of layer 1, three of the output
    dots = {artist.get_gid(): len(artist.get_xdata()) for artist in axes.lines}
    assert dots == {"layer-0": 2, "layer-1": 3, "layer-2": 1}


def test_wide_layers_are_abbreviated() -> None:
    figure = plot_graph(he_network((2, 30, 1), 0), box=Box.cube(2, -1, 1))
    dots = {artist.get_gid(): len(artist.get_xdata()) for artist in figure.axes[0].lines}
    assert dots["layer-1"] == 8
    assert {"30", "⋮"} <= {text.get_text() for text in figure.axes[0].texts}
