"""The three ways to explore a boundary (claim A5): what they find, what they cost, and when they stop."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from exactrev.errors import InvalidNetwork
from exactrev.network import AffineMap, Network, Neuron
from exactrev.network.random import he_network
from exactrev.oracle import Oracle
from exactrev.recovery.exploration import Way, closest_boundary, explore, find_way_to
from exactrev.recovery.known import KnownLayers
from exactrev.recovery.points import random_vector
from exactrev.recovery.probe import Probe
from exactrev.recovery.walk import Absence, Form, Station, Walk

WAYS: list[Way] = ["random", "lp", "nearest"]


def walk_from(net: Network, neuron: Neuron, seed: int) -> Walk | None:
    """A walk that starts on a neuron's boundary where N bends, with the true form; None if none was found."""
    rng = random.Random(seed)
    layer, index = neuron
    for _ in range(80):
        a = tuple(Fraction(c, 1 << 11) for c in random_vector(net.n_in, rng))
        affine = net.preactivation_map(layer, net.pattern(a))
        form: Form = tuple(Fraction(c, affine.denominator) for c in affine.rows[index])
        k = max(range(net.n_in), key=lambda k: abs(form[k]))
        if not form[k]:
            continue
        zero = list(a)
        zero[k] -= net.preactivations(a)[layer - 1][index] / form[k]
        on_it, aside = tuple(zero), list(zero)
        if net.pattern(on_it)[: layer - 1] != net.pattern(a)[: layer - 1]:
            continue
        aside[k] += Fraction(1 if form[k] > 0 else -1, 2**100)
        if net.affine_map(net.pattern(on_it)) != net.affine_map(net.pattern(tuple(aside))):
            known = KnownLayers(net.layers[: layer - 1])
            return Walk(known, Probe(Oracle(net), net.n_in), on_it, form, seed)
    return None


def missing(walk: Walk) -> list[int]:
    return [i for i in range(walk.known.last_width) if i not in walk.weights]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("widths", "layer"), [((4, 6, 6, 1), 2), ((3, 7, 4, 2), 2), ((5, 6, 6, 6, 1), 3)])
def test_every_way_finds_true_weights(way, widths, layer):
    net, found = he_network(widths, 1, "float32"), 0
    for index in range(4):
        walk = walk_from(net, Neuron(layer, index), 1)
        if walk is None:
            continue
        for arrived in explore(walk, lambda walk=walk: missing(walk), way, most_steps=30):
            assert isinstance(arrived, Station | Absence)
        row = net.layers[layer - 1].W[index]
        assert walk.weights == {i: row[i] for i in walk.weights}
        found += len(walk.weights)
    assert found >= 6


def test_linear_programmes_find_more_weights_in_fewer_crossings_than_chance_in_a_third_layer():
    net = he_network((5, 6, 6, 6, 1), 0, "float32")
    weights, crossings = {}, {}
    for way in WAYS:
        walks = [walk for index in range(6) if (walk := walk_from(net, Neuron(3, index), 0)) is not None]
        for walk in walks:
            for _ in explore(walk, lambda walk=walk: missing(walk), way):
                pass
        weights[way] = sum(len(walk.weights) for walk in walks)
        crossings[way] = sum(walk.crossings for walk in walks)
    assert weights["lp"] >= max(weights.values())
    assert crossings["lp"] < min(crossings["random"], crossings["nearest"])


def test_the_way_that_a_linear_programme_finds_leads_to_the_boundary_asked_for():
    net = he_network((4, 6, 6, 1), 3, "float32")
    walk = walk_from(net, Neuron(2, 0), 3)
    assert walk is not None
    (station,) = walk.stations
    ways = 0
    for index in range(6):
        direction = find_way_to(walk.known, station, Neuron(1, index))
        if direction is None:
            continue
        ways += 1
        assert sum(c * v for c, v in zip(station.form, direction, strict=False)) == 0
        reached = closest_boundary(walk.known, station.point, direction)
        assert reached is not None
        assert reached.neuron == Neuron(1, index)
    assert ways >= 2


def strip_walk() -> Walk:
    """u = (x - 1, x - 2, y + 4, 1), z = u_1 + 3 u_2 + u_3 + u_4 - 5: y before x = 1, y + x - 1 until x = 2, ..."""
    first = AffineMap.from_arrays([[1, 0], [1, 0], [0, 1], [0, 0]], [-1, -2, 4, 1])
    net = Network((first, AffineMap.from_arrays([[1, 3, 1, 1]], [-5]), AffineMap.from_arrays([[1]], [0])))
    origin = (Fraction(0), Fraction(0))
    return Walk(KnownLayers((first,)), Probe(net, 2), origin, (Fraction(0), Fraction(1), Fraction(0)))


def test_boundaries_that_a_region_does_not_have_are_not_aimed_at():
    walk = strip_walk()
    found = [find_way_to(walk.known, walk.stations[0], Neuron(1, index)) for index in range(4)]
    assert [way is not None for way in found] == [True, False, False, False]


def test_with_linear_programmes_a_boundary_behind_another_is_reached_and_then_no_way_is_left():
    walk = strip_walk()
    arrived = list(explore(walk, lambda: [i for i in (1, 3) if i not in walk.weights], "lp"))
    assert walk.weights == {0: 1, 1: 3, 2: 1}  # the last unit has no boundary
    assert all(isinstance(station, Station) for station in arrived)
    assert walk.crossings == 3


@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_asked_when_nothing_is_wanted(way):
    walk = strip_walk()
    assert list(explore(walk, list, way)) == []
    assert walk.probe.plain_queries == 0


@pytest.mark.parametrize("way", WAYS)
def test_weights_that_the_caller_concludes_are_not_measured(way):
    walk = strip_walk()
    for _ in explore(walk, lambda: missing(walk), way):
        walk.weights |= {1: Fraction(3), 2: Fraction(1), 3: Fraction(1)}
    assert walk.weights[0] == 1
    assert walk.crossings == 1


@pytest.mark.parametrize("way", WAYS)
def test_one_absence_too_many_is_the_last_thing_yielded(way):
    # N bends at y = 0 only where z's own neighbourhood is linear: seen nowhere, z = y + 0 u is absent at every crossing
    first = AffineMap.from_arrays([[1, 0], [-1, 0], [1, 1]], [-1, -1, 9])
    walk = Walk(
        KnownLayers((first,)), Probe(lambda x: x[0], 2), (Fraction(0),) * 2, (Fraction(0), Fraction(1), Fraction(0))
    )
    arrived = list(explore(walk, lambda: [0, 1, 2], way, most_absences=1))
    assert len(arrived) == 2
    assert all(isinstance(absence, Absence) for absence in arrived)


@pytest.mark.parametrize("way", WAYS)
def test_a_walk_takes_no_more_steps_than_allowed(way):
    walk = strip_walk()
    assert len(list(explore(walk, lambda: [2], way, most_steps=3))) <= 3


def test_on_a_line_there_is_no_way_to_go():
    first = AffineMap.from_arrays([[1]], [0])
    for way in WAYS:
        walk = Walk(KnownLayers((first,)), Probe(lambda x: x[0], 1), (Fraction(1),), (Fraction(1), Fraction(-1)))
        assert list(explore(walk, lambda: [0], way)) == []


def test_another_way_is_refused():
    with pytest.raises(InvalidNetwork):
        list(explore(strip_walk(), lambda: [0], "newest"))


def test_a_curve_in_the_plane_is_followed_to_both_ends():
    # z = ReLU(y + 1000) - 1000 + sum_i (-1)^i i ReLU(x - i): its zero is the graph of a zigzag across all lines x = i,
    # i = 1, ..., 90, beyond which it falls by 45 x, down to the line y = -1000.
    rows = [[1, 0]] * 90 + [[0, 1]]
    first = AffineMap.from_arrays(rows, [*(-i for i in range(1, 91)), 1000])
    second = AffineMap.from_arrays([[*((-1) ** i * i for i in range(1, 91)), 1]], [-1000])
    net = Network((first, second, AffineMap.from_arrays([[1]], [0])))
    x = Fraction(81, 2)
    y = -sum((-1) ** i * i * (x - i) for i in range(1, 41))
    form = net.preactivation_map(2, net.pattern((x, y)))
    walk = Walk(KnownLayers((first,)), Probe(Oracle(net), 2), (x, y), tuple(map(Fraction, form.rows[0])))
    assert all(isinstance(arrived, Station) for arrived in explore(walk, lambda: missing(walk)))
    assert walk.weights == {90: 1} | {i - 1: (-1) ** i * i for i in range(1, 91)}
    assert walk.crossings == 91
