"""ClosestBoundary against the network's own signs (claim A3), and bends read from plain and packed answers."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from exactrev.network import AffineMap, Network, Neuron
from exactrev.network.random import he_network, random_rational_network
from exactrev.oracle import Oracle
from exactrev.recovery.crossings import Gauge, closest_boundary, direction_within, slope
from exactrev.recovery.known import KnownLayers
from exactrev.recovery.points import random_vector, shifted
from exactrev.recovery.probe import Probe

NETWORKS = [
    he_network((2, 8, 1), 0, "float32"),
    he_network((3, 5, 5, 1), 1, "float32"),
    he_network((5, 6, 6, 6, 1), 2, "float32"),
    random_rational_network((4, 5, 5, 2), 3),
]


@pytest.mark.parametrize("net", NETWORKS, ids=lambda net: net.architecture)
def test_the_closest_zero_of_the_regions_forms_is_the_first_true_boundary_on_the_ray(net):
    known, rng = KnownLayers(net.layers[:-1]), random.Random(0)
    crossings = 0
    for _ in range(40):
        point = tuple(Fraction(c, 1 << 12) for c in random_vector(net.n_in, rng))
        direction = tuple(Fraction(c, 1 << 12) for c in random_vector(net.n_in, rng))
        found = closest_boundary(known, point, direction)
        before = net.sign_vector(point)
        if found is None:
            assert net.sign_vector(shifted(point, Fraction(2**60), direction)) == before
            continue
        crossings += 1
        layer, index = found.neuron
        assert found.point == shifted(point, found.distance, direction)
        signs = net.sign_vector(found.point)
        zeros = [Neuron(k, i) for k, row in enumerate(signs, 1) for i, s in enumerate(row) if s == 0]
        assert zeros == [found.neuron], "it is a zero of the neuron itself, not only of its form"
        # Signs that are equal at both ends of a segment within a region are the same all along it, by convexity.
        assert net.sign_vector(shifted(point, found.distance * (1 - Fraction(1, 2**60)), direction)) == before
        row = net.preactivation_map(layer, net.pattern(point)).rows[index]
        denominator = net.preactivation_map(layer, net.pattern(point)).denominator
        assert found.form in [tuple(Fraction(sign * c, denominator) for c in row) for sign in (1, -1)]
        assert slope(found.form, direction) > 0
    assert crossings > 20


def test_a_ray_that_meets_no_known_boundary_has_no_closest_one():
    known = KnownLayers((AffineMap.from_arrays([[1, 0], [0, 0]], [-2, 1]),))
    assert closest_boundary(known, (Fraction(0), Fraction(0)), (Fraction(0), Fraction(1))) is None  # parallel
    assert closest_boundary(known, (Fraction(0), Fraction(0)), (Fraction(-1), Fraction(0))) is None  # behind
    assert closest_boundary(known, (Fraction(2), Fraction(0)), (Fraction(1), Fraction(0))) is None  # on it, leaving


def test_a_direction_within_a_hyperplane_is_exact_and_there_is_none_along_the_normal():
    gradient = (Fraction(1, 3), Fraction(-2, 7), Fraction(5))
    found = direction_within(gradient, [1.0, 0.0, 0.5])
    assert found is not None
    assert slope((*gradient, Fraction(0)), found) == 0
    assert direction_within(gradient, [float(c) for c in gradient]) is None
    assert direction_within((Fraction(0), Fraction(0)), [1.0, 0.0]) is None


def bend(rows, biases, out, how, n_in=3):
    """u = (x, y + 4, x + 5) and z = y seen from x < 0, at the crossing with x = 0; and the probe that is asked."""
    zeros = [0] * (n_in - 2)
    first = AffineMap.from_arrays([[1, 0, *zeros], [0, 1, *zeros], [1, 0, *zeros]], [0, 4, 5])
    net = Network((first, AffineMap.from_arrays(rows, biases), AffineMap.from_arrays(out, [0] * len(out))))
    probe, known = Probe(Oracle(net), n_in, how), KnownLayers((first,))
    point, direction = tuple(map(Fraction, (-1, 0, *zeros))), tuple(map(Fraction, (1, 0, *zeros)))
    crossing = closest_boundary(known, point, direction)
    assert crossing is not None
    gauge = Gauge(probe)
    form = tuple(map(Fraction, (0, 1, *zeros, 0)))
    return probe, lambda: gauge.measure(form, crossing, direction)


@pytest.mark.parametrize("weight", [3, 0, -7])
@pytest.mark.parametrize("how", ["plain", "packed"])
def test_the_first_bend_is_confirmed_on_both_sides_and_a_later_one_by_the_same_jump(how, weight):
    probe, measure = bend([[weight, 1, 0]], [-4], [[1]], how)
    assert measure() == weight
    first = probe.plain_queries, probe.packed_queries
    assert first == ((6, 0) if how == "plain" else (4, 2))  # packed: two of the plain ones measure the digits
    assert measure() == weight
    again = probe.plain_queries - first[0], probe.packed_queries - first[1]
    assert again == ((5, 0) if how == "plain" else (0, 2))


@pytest.mark.parametrize("how", ["plain", "packed"])
def test_another_neuron_that_shares_the_crossing_spoils_the_reading_and_is_noticed(how):
    # z = y, then y + x; the other one is x + y, then 3 x + y: in three dimensions both contain the whole axis.
    _, measure = bend([[1, 1, 0], [2, 1, 1]], [-4, -9], [[1, 1]], how)
    assert measure() is None
    _, measure = bend([[1, 1, 0], [2, 1, 1]], [-4, -9], [[1, -1]], how)
    assert measure() is None


@pytest.mark.parametrize("how", ["plain", "packed"])
def test_an_absence_is_told_from_a_weight_of_zero(how):
    probe, measure = bend([[1, 0, 1]], [9], [[1]], how)
    assert measure() == "absent"
    assert probe.plain_queries + probe.packed_queries <= 5


@pytest.mark.parametrize("how", ["plain", "packed"])
def test_a_bend_is_read_from_several_outputs(how):
    _, measure = bend([[5, 1, 0]], [-4], [[0], [1], ["-2/3"]], how)
    assert measure() == 5


def test_in_the_plane_plain_questions_are_asked_even_of_a_probe_that_packs():
    probe, measure = bend([[1, 1, 0], [2, 1, 1]], [-4, -9], [[1, 1]], "packed", n_in=2)
    assert measure() is None
    assert probe.packed_queries == 0


def test_a_jump_that_has_changed_is_measured_afresh():
    probe, _ = bend([[3, 1, 0]], [-4], [[1]], "plain")
    gauge = Gauge(probe)
    known, h = KnownLayers((AffineMap.from_arrays([[1, 0, 0]], [0]),)), tuple(map(Fraction, (0, 1, 0, 0)))
    direction = tuple(map(Fraction, (1, 0, 0)))
    crossing = closest_boundary(known, tuple(map(Fraction, (-1, 0, 0))), direction)
    assert crossing is not None
    assert gauge.measure(h, crossing, direction) == 3
    twice = tuple(2 * c for c in h)  # in this scale the jump is half as much, as across a boundary that sees z
    assert gauge.measure(twice, crossing, direction) == 6
    assert probe.plain_queries == 6 + 8
    assert gauge.measure(twice, crossing, direction) == 6
    assert probe.plain_queries == 6 + 8 + 5
