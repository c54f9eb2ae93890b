"""What layers known in part say of points: places, forms on regions, boundaries touched."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exactrev.network import AffineMap, Network, Neuron
from exactrev.network.random import random_rational_network
from exactrev.recovery.known import KnownLayers, Place


def known_part(net: Network, depth: int) -> KnownLayers:
    return KnownLayers(net.layers[:depth])


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_places_and_forms_are_those_of_the_network(depth):
    net = random_rational_network((3, 5, 4, 6, 2), seed=4)
    known = known_part(net, depth)
    points = [tuple(Fraction(a * b + c, 7) for c in (1, 5, -3)) for a in range(-4, 5) for b in (1, 3)]
    assert (known.depth, known.n_in, known.last_width) == (depth, 3, net.hidden_widths[depth - 1])
    for point, place in zip(points, known.places(points), strict=True):
        signs = net.sign_vector(point)
        assert place == known.place(point)
        assert place.sides == signs[depth - 1]
        assert place.pattern == net.pattern(point)[: depth - 1]
        assert [affine(point) for affine in known.maps(place.pattern)] == list(net.preactivations(point)[:depth])
        assert place.is_open == (0 not in signs[depth - 1])
        assert known.touches(point) == any(0 in layer for layer in signs[:depth])


def test_no_points_have_no_places():
    assert known_part(random_rational_network((2, 3, 1), seed=0), 1).places([]) == []


def test_sides_follow_the_row_as_it_is_written():
    row = AffineMap.from_arrays([[2, -1]], [3])
    negated = AffineMap.from_arrays([[-2, 1]], [-3])
    for point in [(0, 0), (-4, 1), (0, 3)]:
        (side,), (other,) = KnownLayers((row,)).place(point).sides, KnownLayers((negated,)).place(point).sides
        assert side == -other


def test_boundaries_of_every_known_layer_are_touched_and_others_are_not():
    # Layer 2: a_1 + a_2 - 3 with a = ReLU(x), ReLU(y).
    known = KnownLayers((AffineMap.from_arrays([[1, 0], [0, 1]], [0, 0]), AffineMap.from_arrays([[1, 1]], [-3])))
    assert known.touches((0, 5)), "x = 0 is B[z[1,0]]"
    assert known.touches((1, 2)), "1 + 2 = 3"
    assert known.touches((3, -7)), "the boundary goes on where the second unit is off"
    assert not known.touches((1, 1))
    assert known.place((3, -7)) == Place(((True, False),), (0,))


def test_known_layers_are_equal_if_their_layers_are():
    net = random_rational_network((2, 3, 1), seed=0)
    first, second = known_part(net, 1), known_part(net, 1)
    first.maps(())
    assert first == second


OPEN = st.lists(
    st.tuples(st.integers(1, 3), st.integers(0, 2), st.integers(0, 2)).map(lambda o: (Neuron(o[0], o[1]), o[2])),
    max_size=3,
).map(tuple)


@given(OPEN, st.lists(st.tuples(*[st.fractions(-4, 4, max_denominator=5)] * 3), max_size=4))
def test_nothing_is_sure_exactly_where_a_unit_below_an_open_weight_is_active(opened, points):
    net = random_rational_network((3, 3, 3, 3, 1), seed=1)
    known = KnownLayers(net.layers[:3], opened)
    for point, is_sure in zip(points, known.are_sure(points), strict=True):
        # Weights of layer 1 are weights of inputs, which are always there.
        matter = [neuron.layer == 1 or net.preactivations(point)[neuron.layer - 2][unit] > 0 for neuron, unit in opened]
        assert is_sure == (not any(matter))


def test_a_unit_at_its_boundary_is_not_active():
    layers = (AffineMap.from_arrays([[1], [-1]], [0, 0]), AffineMap.from_arrays([[1, 0]], [-1]))
    known = KnownLayers(layers, ((Neuron(2, 0), 1),))  # the weight of ReLU(-x) is open
    assert known.are_sure([(-1,), (0,), (1,)]) == [False, True, True]
    assert KnownLayers(layers).are_sure([(-1,), (0,), (1,)]) == [True, True, True]


def test_one_layer_with_an_open_weight_is_sure_nowhere():
    known = KnownLayers((AffineMap.from_arrays([[1, 0]], [0]),), ((Neuron(1, 0), 1),))
    assert known.are_sure([(0, 0), (5, -3)]) == [False, False]
