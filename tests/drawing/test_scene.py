"""What is drawn is true: the polygons tile the window, and every segment lies on its boundary."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from geometry.nasty_networks import NASTY_NETWORKS, NastyNetwork, relu_network
from hypothesis import given, settings
from hypothesis import strategies as st

from exactrev.drawing import default_window
from exactrev.drawing.scene import Scene, float_gradients, float_values, read_scene
from exactrev.geometry import Box, boundaries, regions
from exactrev.network import Network, Neuron, he_network, random_rational_network
from exactrev.network.affine import FloatArray
from exactrev.testing.strategies import networks

PLANE_NETWORKS = [nasty for nasty in NASTY_NETWORKS if nasty.network.n_in == 2]
OTHERS = [
    he_network((2, 5, 5, 1), seed=0),
    he_network((2, 6, 6, 6, 2), seed=1),
    random_rational_network((2, 4, 4, 1), seed=0, numerator=1, denominator=1),
    random_rational_network((2, 4, 4, 2), seed=3, numerator=2, denominator=1),
]


def scene_of(net: Network, box: Box | None = None) -> Scene:
    return read_scene(regions(net, box or default_window(regions(net))))


def area(polygon: FloatArray) -> float:
    x, y = polygon.T
    return float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2


def check_tiling(scene: Scene) -> None:
    """Counter-clockwise convex polygons, one for every cell, that cover the window without overlapping."""
    box = scene.complex.box
    assert box is not None
    assert len(scene.polygons) == scene.complex.n_cells
    whole = float((box.hi[0] - box.lo[0]) * (box.hi[1] - box.lo[1]))
    areas = [area(polygon) for polygon in scene.polygons]
    assert sum(areas) == pytest.approx(whole)
    for polygon in scene.polygons:
        sides = np.roll(polygon, -1, axis=0) - polygon
        turns = sides[:, 0] * np.roll(sides, -1, axis=0)[:, 1] - sides[:, 1] * np.roll(sides, -1, axis=0)[:, 0]
        assert (turns >= -1e-9 * whole).all()


def check_segments(scene: Scene) -> None:
    """Every segment lies on its boundary, and there is one for every piece."""
    pieces = {boundary.neuron: boundary.n_pieces for boundary in boundaries(scene.complex)}
    assert {trace.neuron: len(trace.segments) for trace in scene.traces} == pieces
    for trace in scene.traces:
        for segment in trace.segments:
            for t in (0.0, 0.3, 1.0):
                assert distance_to_zero(scene, trace.neuron, segment[0] + t * (segment[1] - segment[0])) < 1e-6


def distance_to_zero(scene: Scene, neuron: Neuron, point: FloatArray) -> float:
    """|z(x)| in units of how large z gets in the window."""
    z = float(scene.network.preactivations([Fraction(x) for x in point.tolist()])[neuron.layer - 1][neuron.index])
    box = scene.complex.box
    assert box is not None
    corners = [(x, y) for x in (box.lo[0], box.hi[0]) for y in (box.lo[1], box.hi[1])]
    sizes = [abs(scene.network.preactivations(corner)[neuron.layer - 1][neuron.index]) for corner in corners]
    return abs(z) / max(1e-9, *map(float, sizes))


@pytest.mark.parametrize("nasty", PLANE_NETWORKS, ids=str)
def test_the_scene_of_a_nasty_network_is_true(nasty: NastyNetwork) -> None:
    scene = scene_of(nasty.network)
    check_tiling(scene)
    check_segments(scene)


@pytest.mark.parametrize("net", OTHERS, ids=lambda net: net.architecture)
def test_the_scene_of_a_random_network_is_true(net: Network) -> None:
    scene = scene_of(net)
    check_tiling(scene)
    check_segments(scene)


@settings(max_examples=25)
@given(networks(n_in=2, max_depth=3), st.sampled_from([Box.cube(2, -1, 1), Box([-3, "-1/2"], ["5/2", 4])]))
def test_cells_tile_the_window(net: Network, box: Box) -> None:
    check_tiling(scene_of(net, box))


def test_bends_are_where_the_geometry_has_them() -> None:
    net = he_network((2, 5, 5, 1), seed=0)
    scene = scene_of(net)
    expected = {boundary.neuron: boundary.n_bends for boundary in boundaries(scene.complex)}
    assert {trace.neuron: len(trace.bends) for trace in scene.traces} == expected
    assert sum(expected.values()) > 10
    for trace in scene.traces:
        for bend in trace.bends:
            assert distance_to_zero(scene, trace.neuron, bend) < 1e-9


def test_a_boundary_that_is_one_point_is_a_point() -> None:
    # |x| + |y| vanishes at the origin only.
    net = relu_network([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0]], [[1, 1, 1, 1, 0]])
    trace = scene_of(net).traces[-1]
    assert trace.neuron == Neuron(2, 0)
    assert len(trace.segments) == 0
    assert trace.points.tolist() == [[0.0, 0.0]]


def test_coincident_boundaries_of_two_layers_take_turns() -> None:
    # z[2,0] = x + y+ and z[1,0] = x share the half-line x = 0, y < 0; z[1,1] = -x lies there as well, in layer 1.
    scene = scene_of(relu_network([[1, 0, 0], [-1, 0, 0], [0, 1, 0]], [[1, -1, 1, 0]]))
    by_neuron = {trace.neuron: trace for trace in scene.traces}
    for neuron, turn in ((Neuron(1, 0), 0), (Neuron(1, 1), 0), (Neuron(2, 0), 1)):
        trace = by_neuron[neuron]
        below = [k for k, segment in enumerate(trace.segments) if not segment[:, 0].any() and segment[:, 1].min() < 0]
        assert [(trace.turn[k], trace.sharers[k]) for k in below] == [(turn, 2)]
    assert set(by_neuron[Neuron(1, 2)].sharers.tolist()) == {1}


@pytest.mark.parametrize("net", OTHERS, ids=lambda net: net.architecture)
def test_float_gradients_and_values_are_those_of_the_affine_maps(net: Network) -> None:
    scene = scene_of(net)
    cells = range(scene.complex.n_cells)
    maps = [scene.complex.affine_map(cell) for cell in cells]
    gradients = float_gradients(net, scene.complex.signs(list(cells)))
    assert gradients == pytest.approx(np.array([[float(a) for a in m.W[0]] for m in maps]))
    values = float_values(net, scene.centres)
    exact = [m([Fraction(x) for x in centre])[0] for m, centre in zip(maps, scene.centres.tolist(), strict=True)]
    assert values == pytest.approx(np.array([float(value) for value in exact]))
