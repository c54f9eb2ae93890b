"""Walks along B[z] against networks that can be looked into: every form, place and weight, in the walk's own scale."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise

import pytest

from exactrev.network import AffineMap, Network, Neuron, Point
from exactrev.network.random import he_network
from exactrev.oracle import Oracle
from exactrev.recovery.known import KnownLayers, Place
from exactrev.recovery.last_layer import with_signs
from exactrev.recovery.probe import Probe
from exactrev.recovery.walk import Absence, Form, Station, Walk

LEFT = (Fraction(-1), Fraction(0))


def form_at(net: Network, neuron: Neuron, point: Point) -> Form:
    """The preactivation of a neuron around a point, as (gradient, constant)."""
    affine = net.preactivation_map(neuron.layer, net.pattern(point))
    return tuple(Fraction(c, affine.denominator) for c in affine.rows[neuron.index])


def point_on_boundary(net: Network, neuron: Neuron, seed: int) -> Point | None:
    """A zero of the neuron on a random line, off all other boundaries, where N has a kink: by bisection, made exact."""
    rng = random.Random(seed)

    def value(x: Point) -> Fraction:
        return net.preactivations(x)[neuron.layer - 1][neuron.index]

    for _ in range(60):
        a, b = (tuple(Fraction(round(rng.gauss(0, 2) * 64), 64) for _ in range(net.n_in)) for _ in range(2))
        if value(a) * value(b) >= 0:
            continue
        for _ in range(60):
            middle = tuple((p + q) / 2 for p, q in zip(a, b, strict=True))
            a, b = (middle, b) if value(middle) * value(a) > 0 else (a, middle)
        f, g = value(a), value(b)
        zero = tuple((p * g - q * f) / (g - f) for p, q in zip(a, b, strict=True))
        kink = net.affine_map(net.pattern(a)) != net.affine_map(net.pattern(b))
        zeros = [Neuron(k, i) for k, row in enumerate(net.sign_vector(zero), 1) for i, s in enumerate(row) if s == 0]
        if kink and zeros == [neuron]:
            return zero
    return None


def known_layers(net: Network, depth: int, seed: int) -> KnownLayers:
    """The first layers of a network as a recovery would know them: the last one with signs that chance has dealt."""
    rng = random.Random(seed)
    signs = [rng.choice((-1, 1)) for _ in range(net.layers[depth - 1].n_out)]
    return KnownLayers((*net.layers[: depth - 1], with_signs(net.layers[depth - 1], signs)))


def start_walk(net: Network, neuron: Neuron, seed: int, scale: Fraction) -> Walk | None:
    point = point_on_boundary(net, neuron, seed)
    if point is None:
        return None
    known = known_layers(net, neuron.layer - 1, seed)
    form = tuple(scale * c for c in form_at(net, neuron, point))
    return Walk(known, Probe(Oracle(net), net.n_in), point, form, seed)


def wander(walk: Walk, steps: int) -> list[Neuron]:
    """Steps in turn towards every unit and anywhere; returns what absences there were."""
    width = walk.known.last_width
    for step in range(steps):
        station = walk.stations[-1] if step % 4 != 3 else walk.pick_station()
        wanted = [i for i in range(width) if i not in walk.weights]
        walk.step_towards(station, walk.pick_target(station, wanted) if step % 3 else None)
    return [absence.neuron for absence in walk.absences]


@pytest.mark.parametrize(
    ("widths", "layer", "seed"),
    [
        ((4, 6, 6, 1), 2, 0),
        ((10, 10, 10, 1), 2, 1),
        ((3, 8, 5, 2), 2, 2),
        ((5, 6, 6, 6, 1), 3, 0),
        ((6, 5, 5, 4, 1), 3, 3),
    ],
)
def test_every_weight_form_and_place_of_a_walk_is_the_networks(widths, layer, seed):
    net = he_network(widths, seed, "float32")
    scale = Fraction(-3, 7)  # a walk never learns the sign and size of its neuron
    weights = stations = 0
    earlier = set()
    for index in range(net.hidden_widths[layer - 1]):
        neuron = Neuron(layer, index)
        walk = start_walk(net, neuron, seed, scale)
        if walk is None:
            continue
        wander(walk, 20)
        row = net.layers[layer - 1].W[index]
        assert walk.weights == {i: scale * row[i] for i in walk.weights}, "whatever the signs of the rows below"
        for station in walk.stations:
            assert net.preactivations(station.point)[layer - 1][index] == 0
            assert station.form == tuple(scale * c for c in form_at(net, neuron, station.point))
            assert station.place == walk.known.place(station.point)
            assert not walk.known.touches(station.point)
        for a, b in pairwise(walk.stations):
            earlier |= {a.place.pattern, b.place.pattern}
        weights, stations = weights + len(walk.weights), stations + len(walk.stations)
    assert weights >= 3 * layer
    assert stations >= 20
    assert layer == 2 or len(earlier) > 4, "boundaries of layer 1 are crossed as well"


def test_a_weight_that_is_known_is_not_asked_for_again():
    walk, beyond = crossing_of([[3, 1, 0]], [-4])
    assert isinstance(beyond, Station)
    assert (walk.probe.plain_queries, walk.weights) == (6, {0: 3})
    back = walk.step_towards(beyond, 0)
    assert isinstance(back, Station)
    assert (back.place, back.form) == (walk.stations[0].place, walk.stations[0].form)
    assert (walk.probe.plain_queries, walk.crossings) == (6, 1)


@pytest.mark.parametrize("n_in", [2, 10, 40])
def test_a_crossing_costs_six_questions_whatever_the_number_of_inputs(n_in):
    # u = x_1, and z = x_2 for x_1 < 0, x_2 + 3 x_1 beyond; other inputs have weights of their own.
    rest = [Fraction(k + 1, 7) for k in range(n_in - 2)]
    zeros = [Fraction(0)] * n_in
    first = AffineMap.from_fractions([[Fraction(1), *zeros], [Fraction(0), Fraction(1), *rest, Fraction(99)]])
    net = Network((first, AffineMap.from_arrays([[3, 1]], [-99]), AffineMap.from_arrays([[1]], [0])))
    probe = Probe(net, n_in)
    point = (Fraction(-1), *zeros[1:])
    walk = Walk(KnownLayers((first,)), probe, point, (Fraction(0), Fraction(1), *rest, Fraction(0)))
    assert isinstance(walk.step_towards(walk.stations[0], 0), Station)
    assert (probe.plain_queries, walk.crossings, walk.weights) == (6, 1, {0: 3})


def crossing_of(rows, biases) -> tuple[Walk, Station | Absence | None]:
    """u = (x, y + 4, x + 5); a walk on y = 0 from (-1, 0) across x = 0, in a network of two layers, all outputs 1."""
    first = AffineMap.from_arrays([[1, 0], [0, 1], [1, 0]], [0, 4, 5])
    net = Network((first, AffineMap.from_arrays(rows, biases), AffineMap.from_arrays([[1] * len(rows)], [0])))
    walk = Walk(KnownLayers((first,)), Probe(net, 2), LEFT, (Fraction(0), Fraction(1), Fraction(0)))
    return walk, walk.step_towards(walk.stations[0], 0)


def test_a_weight_of_zero_is_measured_and_is_no_absence():
    walk, arrived = crossing_of([[0, 1, 0]], [-4])
    assert isinstance(arrived, Station)
    assert walk.weights == {0: 0}


def test_boundaries_that_pass_through_one_point_are_not_taken_for_one():
    # z = y, then y + x; another neuron x + y, then 3 x + y. The outer pieces beyond (0, 0) meet at y = -2 x, where N
    # is on neither: reading a bend there gives z the weight 2 instead of 1.
    walk, arrived = crossing_of([[1, 1, 0], [2, 1, 1]], [-4, -9])
    assert arrived is None
    assert walk.weights == {}
    assert walk.absences == []


def test_a_boundary_that_is_cut_off_is_an_absence_and_gives_no_weight():
    # N = ReLU(1 + ReLU(y) - 9 ReLU(x)): seen from x < 0, y = 0 looks like a boundary of layer 2. Beyond x = 1/9 the
    # neuron of layer 3 that sees it is off; the unit of layer 1 that is crossed there has its zero at x = 1.
    first = AffineMap.from_arrays([[1, 0], [0, 1], [1, 0]], [0, 4, -1])
    second = AffineMap.from_arrays([[0, 1, 0], [1, 0, 0]], [-4, 0])
    net = Network((first, second, AffineMap.from_arrays([[1, -9]], [1]), AffineMap.from_arrays([[1]], [0])))
    walk = Walk(KnownLayers((first,)), Probe(net, 2), LEFT, (Fraction(0), Fraction(1), Fraction(0)))
    beyond = walk.step_towards(walk.stations[0], 0)
    assert isinstance(beyond, Station)
    assert walk.weights == {0: 0}
    spent = walk.probe.plain_queries
    absence = walk.step_towards(beyond, 2)
    assert absence == Absence(Neuron(1, 2), (Fraction(1), Fraction(0)))
    assert walk.absences == [absence]
    assert walk.weights == {0: 0}
    assert walk.probe.plain_queries == spent + 4


def test_neurons_that_lie_deeper_come_to_an_absence_or_keep_to_their_boundary():
    absences = 0
    for seed in range(3):
        net = he_network((5, 6, 6, 6, 1), seed, "float32")
        for index in range(6):
            point = point_on_boundary(net, Neuron(3, index), seed)
            if point is None:
                continue
            known = known_layers(net, 1, seed)
            walk = Walk(known, Probe(Oracle(net), 5), point, form_at(net, Neuron(3, index), point), seed)
            absences += len(wander(walk, 12))
            for absence in walk.absences:
                assert net.preactivations(absence.point)[0][absence.neuron.index] == 0
                assert absence.neuron.layer == 1
    assert absences > 5


def test_where_no_known_boundary_lies_ahead_there_is_no_step():
    first = AffineMap.from_arrays([[1, 0]], [0])
    net = Network((first, AffineMap.from_arrays([[1]], [-1]), AffineMap.from_arrays([[1]], [0])))
    probe = Probe(net, 2)  # B[z] is x = 1, parallel to the only known boundary
    walk = Walk(KnownLayers((first,)), probe, (Fraction(1), Fraction(0)), (Fraction(1), Fraction(0), Fraction(-1)))
    assert walk.step_towards(walk.stations[0], 0) is None
    assert walk.step_towards(walk.stations[0], None) is None
    assert probe.plain_queries == 0


def test_on_a_line_there_is_no_way_to_go():
    first = AffineMap.from_arrays([[1]], [0])
    probe = Probe(lambda x: max(max(x[0], 0) - 1, 0), 1)
    walk = Walk(KnownLayers((first,)), probe, (Fraction(1),), (Fraction(1), Fraction(-1)))
    assert walk.step_towards(walk.stations[0], 0) is None
    assert walk.stations == [Station((Fraction(1),), Place((), (1,)), (Fraction(1), Fraction(-1)))]


def test_the_nearest_wanted_unit_is_the_target():
    first = AffineMap.from_arrays([[1, 0], [2, 0], [0, 0]], [5, -2, 1])
    form = (Fraction(0), Fraction(1), Fraction(0))
    walk = Walk(KnownLayers((first,)), Probe(lambda x: x[1], 2), (Fraction(0), Fraction(0)), form)
    station = walk.stations[0]
    assert walk.pick_target(station, [0, 1, 2]) == 1
    assert walk.pick_target(station, [0, 2]) == 0
    assert walk.pick_target(station, []) is None
    assert walk.pick_station() is station
