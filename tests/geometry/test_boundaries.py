"""Boundaries below dimension n - 1, where z only touches zero: isolated faces, bends at corners, sides of boxes."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import islice, pairwise, repeat

import numpy as np
import pytest
from geometry.faces import BoundaryFaces
from geometry.nasty_networks import relu_network
from oracles.networks import tangled_network

from exactrev.geometry import Boundaries, Box, boundaries, regions
from exactrev.geometry.homology import betti_numbers
from exactrev.geometry.jumps import PathSums
from exactrev.network import Network, Neuron

LATER = Neuron(2, 0)


def touching_network(seed: int) -> Network:
    """z[2,0] is mostly a sum of distances |f| and ReLUs, which touches zero on faces of any dimension."""
    rng = random.Random(seed)
    n = rng.choice([2, 3, 3])
    rows = []
    for _ in range(rng.choice([1, 2])):
        row = [rng.randint(-1, 1) for _ in range(n)] + [rng.choice([0, 0, 1])]
        rows += [row, [-entry for entry in row]]
    rows += [[rng.randint(-1, 1) for _ in range(n + 1)] for _ in range(rng.choice([0, 1, 1, 2]))]
    width = rng.choice([1, 2])
    return relu_network(
        rows, [[rng.choice([1, 1, 1, 2, -1]) for _ in rows] + [rng.choice([0, 0, 0, -1])] for _ in range(width)]
    )


def check_below_the_pieces(found: Boundaries, truth: BoundaryFaces) -> None:
    net = found.complex.network
    for boundary in found:
        assert boundary.n_isolated == truth.n_isolated(boundary.neuron), boundary.neuron
    table = found.ridges
    neurons = list(net.neurons())
    met = set()
    for face in range(len(table)):
        point = found.ridge_point(face)
        signs = net.sign_vector(point)
        met.add(signs)
        around = truth.cells_around(point)
        # All that vanishes there, except what vanishes all around.
        expected = [
            z for z in neurons if signs[z.layer - 1][z.index] == 0 and any(z in truth.closures[cell] for cell in around)
        ]
        assert list(found.ridge_neurons(face)) == expected
        codimension = truth.codimension_at(point)
        assert codimension >= 2
        assert bool(table.is_ridge[face]) == (codimension == 2)
        bends = table.bends[table.ids.starts[face] : table.ids.starts[face + 1]].tolist()
        assert dict(zip(table.ids[face].tolist(), bends, strict=True)) == {
            neurons.index(z): truth.bends_at(z, point) for z in expected
        }
    assert len(met) == len(table)  # no face twice


@pytest.mark.parametrize("first", range(0, 80, 20))
def test_faces_below_the_pieces_of_tangled_networks(first: int) -> None:
    for seed in range(first, first + 20):
        net = tangled_network(seed)
        check_below_the_pieces(boundaries(net), BoundaryFaces(net))


@pytest.mark.parametrize("first", range(0, 40, 10))
def test_faces_below_the_pieces_where_neurons_touch_zero(first: int) -> None:
    for seed in range(first, first + 10):
        net = touching_network(seed)
        check_below_the_pieces(boundaries(net), BoundaryFaces(net))


def test_the_touching_networks_touch_in_points_lines_and_bends_at_corners() -> None:
    found = [boundaries(touching_network(seed)) for seed in range(40)]
    assert any(boundary.n_isolated for bounds in found for boundary in bounds)
    assert any(boundary.has_interior for bounds in found for boundary in bounds)
    corners = [~bounds.ridges.is_ridge[bounds.ridges.owners] for bounds in found]
    assert any((bounds.ridges.bends & corner).any() for bounds, corner in zip(found, corners, strict=True))
    assert any((~bounds.ridges.bends & corner).any() for bounds, corner in zip(found, corners, strict=True))


@pytest.mark.parametrize("seed", range(0, 60, 4))
def test_isolated_faces_and_boundedness_inside_a_box(seed: int) -> None:
    for make in (tangled_network, touching_network):
        net = make(seed)
        rng = random.Random(seed)
        lo = tuple(Fraction(rng.randint(-3, 1)) for _ in range(net.n_in))
        box = (lo, tuple(x + rng.choice([1, 2, 3]) for x in lo))
        truth = BoundaryFaces(net, box)
        for boundary in boundaries(regions(net, Box(*box))):
            assert boundary.n_isolated == truth.n_isolated(boundary.neuron), boundary.neuron
            assert boundary.is_bounded == (not truth.touches_wall(boundary.neuron)), boundary.neuron


def test_a_ray_on_which_a_neuron_touches_zero_is_one_face() -> None:
    # |y| + |w| + ReLU(-x) = 0 exactly on the ray y = w = 0, x >= 0. It has one corner and reaches infinity.
    net = relu_network([[0, 1, 0, 0], [0, -1, 0, 0], [0, 0, 1, 0], [0, 0, -1, 0], [-1, 0, 0, 0]], [[1] * 5 + [0]])
    boundary = boundaries(net).of(LATER)
    assert (boundary.n_pieces, boundary.n_isolated, boundary.n_components) == (0, 1, 1)
    assert not boundary.is_bounded
    assert not boundary.is_empty


def dumbbell() -> Network:
    """|y| + |w| = ReLU(x - 1) - 2 ReLU(x - 2) + (the same at -x): octahedra around 2 and -1, a segment between them.

    For 0 <= x <= 1 this is |y| + |w| = 0; at x = 1..2 the right side grows to 1, and it is 0 again at x = 3.
    """
    sides = [[0, 1, 0, 0], [0, -1, 0, 0], [0, 0, 1, 0], [0, 0, -1, 0]]
    steps = [[1, 0, 0, -1], [-1, 0, 0, 0], [1, 0, 0, -2], [-1, 0, 0, -1]]
    return relu_network(sides + steps, [[1, 1, 1, 1, -1, -1, 2, 2, 0]])


def test_a_segment_between_two_pieces_is_an_isolated_face_although_its_ends_are_not() -> None:
    found = boundaries(dumbbell())
    boundary = found.of(LATER)
    assert (boundary.n_pieces, boundary.n_isolated, boundary.n_components) == (16, 1, 1)
    assert boundary.is_bounded
    assert betti_numbers(found, LATER) == (1, 0, 2)  # one piece, two cavities


def test_a_boundary_on_the_side_of_a_box_is_one_isolated_face() -> None:
    # x = 0 is the left side of the unit square: it separates nothing, and the closed square has it.
    net = relu_network([[1, 0, 0]])
    boundary = boundaries(regions(net, Box.cube(2, 0, 1)))[0]
    assert (boundary.n_pieces, boundary.n_isolated, boundary.n_components) == (0, 1, 1)
    assert not boundary.is_bounded
    assert not boundary.is_empty


def test_boundaries_that_meet_on_the_side_of_a_box_only() -> None:
    # x + y = 1 and x - y = 1 meet in (1, 0), the corner of the unit square.
    net = relu_network([[1, 1, -1], [1, -1, -1]])
    found = boundaries(regions(net, Box.cube(2, 0, 1)))
    assert found.meeting_point(Neuron(1, 0), Neuron(1, 1)) == (1, 0)
    assert (found[0].n_pieces, found[1].n_pieces, found[1].n_isolated) == (1, 0, 1)


def test_the_edge_of_a_square_and_its_corner_do_not_bend() -> None:
    # z = ReLU(x) + ReLU(-x) + ReLU(-y) vanishes on the ray x = 0, y >= 0: its end is no bend, it stays in one line.
    net = relu_network([[1, 0, 0], [-1, 0, 0], [0, -1, 0]], [[1, 1, 1, 0]])
    boundary = boundaries(net).of(LATER)
    assert boundary.n_pieces == 1
    assert [crossing.bends for crossing in boundary.ridges] == [False]


def path_sum(net: Network, source: Neuron, target: Neuron, signs: list[int]) -> Fraction:
    """The sum over live paths, from the definition: products of weights through active neurons."""
    active = dict(zip(net.neurons(), (s > 0 for s in signs), strict=True))
    sums = [row[source.index] for row in net.layers[source.layer].W]
    for layer in range(source.layer + 1, target.layer):
        sums = [s if active[Neuron(layer, i)] else Fraction(0) for i, s in enumerate(sums)]
        sums = [sum((w * s for w, s in zip(row, sums, strict=True)), Fraction(0)) for row in net.layers[layer].W]
    return sums[target.index]


SCALES = {
    "small_integers": [0],
    "cancelling_at_both_ends": [199, -199, 0],
    "lost_in_floats": [199, -1101, -126],
    "too_large_for_floats": [1100, -1100, 0],
}


@pytest.mark.parametrize("exponents", SCALES.values(), ids=SCALES.keys())
def test_whether_a_path_sum_vanishes_is_decided_exactly(exponents: list[int]) -> None:
    rng = random.Random(1)
    zeros = 0
    for _ in range(12):
        widths = [2, 3, 2, 3, 2, 1]
        entries = (rng.choice([-1, 0, 1, 1]) * Fraction(2) ** rng.choice(exponents) for _ in repeat(None))
        net = Network.from_arrays(([list(islice(entries, n)) for _ in range(m)], [0] * m) for n, m in pairwise(widths))
        sums = PathSums(net)
        neurons = list(net.neurons())
        pairs = [(s, t) for s in range(10) for t in range(10) if neurons[s].layer < neurons[t].layer]
        signs = np.array([[rng.choice([-1, 1, 1]) for _ in pairs] for _ in neurons], np.int8)
        expected = [path_sum(net, neurons[s], neurons[t], signs[:, r].tolist()) != 0 for r, (s, t) in enumerate(pairs)]
        sources, targets = np.array(pairs).T
        assert sums.reach_neurons(sources, targets, signs).tolist() == expected
        zeros += expected.count(False)
    assert zeros > 50


def test_a_bend_that_cancels_against_a_path_lost_in_floats() -> None:
    # x reaches z[5,0] along two paths: 2^(3*199) * 2^-1101 and -2^(4*-126). They cancel; but 2^-1101 is 0 in floats.
    # The biases keep layers 2 to 4 active near the origin, and z[5,0] = y - c there with c near 4.
    big, small, lost = Fraction(2**199), Fraction(1, 2**126), Fraction(1, 2**1101)
    net = relu_network(
        [[1, 0, 0], [0, 1, 0]],
        [[big, 0, 1], [-small, 0, 1], [0, 1, 1]],
        [[big, 0, 0, 1], [0, small, 0, 1], [0, 0, 1, 1]],
        [[big, 0, 0, 1], [0, small, 0, 1], [0, 0, 1, 1]],
        [[lost, small, 1, -7]],
    )
    found = boundaries(net)
    assert found.complex.is_generic
    (crossing,) = [c for c in found.of(Neuron(5, 0)).ridges if c.neurons == (Neuron(1, 0),)]
    assert not crossing.bends
    assert not BoundaryFaces(net).bends_at(Neuron(5, 0), found.ridge_point(crossing.ridge))


def test_a_ray_that_leaves_a_plane_bends_the_boundary_where_they_meet() -> None:
    # z = |x| - ReLU(x - |y| - |w|): for x >= 0 the smaller of x and |y| + |w|. So z = 0 on the plane x = 0 and on the
    # ray y = w = 0, x >= 0. All pieces lie in one plane, and still B[z] bends at the origin: the ray leaves it.
    rows = [[1, 0, 0, 0], [-1, 0, 0, 0], [0, 1, 0, 0], [0, -1, 0, 0], [0, 0, 1, 0], [0, 0, -1, 0]]
    net = relu_network(
        rows,
        [[1, 0, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0, 0], [1, -1, -1, -1, -1, -1, 0]],
        [[1, 1, -1, 0]],
    )
    found = boundaries(net)
    boundary = found.of(Neuron(3, 0))
    assert (boundary.n_components, boundary.n_isolated, boundary.n_bends) == (1, 1, 0)
    table = found.ridges
    (origin,) = [face for face in range(len(table)) if found.ridge_point(face) == (0, 0, 0)]
    bends = table.bends[table.ids.starts[origin] : table.ids.starts[origin + 1]]
    assert not table.is_ridge[origin]
    assert bends[found.ridge_neurons(origin).index(Neuron(3, 0))]
    check_below_the_pieces(found, BoundaryFaces(net))


def test_a_path_sum_to_any_output_counts_however_small_it_is_and_to_all_of_them():
    # Two paths cancel on the way to output 1, and all but 2^-80 on the way to output 0: floats see neither.
    nearly = 1 + Fraction(1, 2**80)
    net = Network.from_arrays([([[1]], [0]), ([[1], [1]], [1, 1]), ([[1, -nearly], [1, -1]], [0, 0])])
    on = np.ones((3, 1), np.int8)
    assert PathSums(net).reach_outputs(np.array([0]), on).tolist() == [True]
    cancelled = Network.from_arrays([([[1]], [0]), ([[1], [1]], [1, 1]), ([[1, -1], [1, -1]], [0, 0])])
    assert PathSums(cancelled).reach_outputs(np.array([0]), on).tolist() == [False]


def test_a_boundary_in_one_part_or_none_is_connected_and_one_in_two_is_not():
    net = Network.from_arrays([([[1], [1]], [0, -1]), ([[1, -2], [-1, -1]], [-1, -1]), ([[1, 1]], [0])])
    found = boundaries(net)  # x; x - 1; ReLU(x) - 2 ReLU(x - 1) - 1, 0 at 1 only; never 0
    assert [(b.n_components, b.is_connected) for b in found] == [(1, True), (1, True), (1, True), (0, True)]
    two = Network.from_arrays([([[1], [-1]], [0, 0]), ([[1, 1]], [-1]), ([[1]], [0])])
    assert [(b.n_components, b.is_connected) for b in boundaries(two)][2] == (2, False)
