"""The search for one layer's rows, in networks that can be looked into: every row that is returned is one of theirs."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from exactrev.network import AffineMap, Network
from exactrev.network.random import he_network
from exactrev.oracle import Oracle
from exactrev.recovery.candidates import Agreement, Candidate, agreement, rows_as_map
from exactrev.recovery.known import KnownLayers
from exactrev.recovery.lines import points_on_line
from exactrev.recovery.neurons import LayerSearch
from exactrev.recovery.points import random_vector
from exactrev.recovery.probe import Probe
from exactrev.recovery.sightings import Sighting, Sightings


def lines_across(net: Network, count: int, seed: int = 0) -> Sightings:
    probe, rng = Probe(Oracle(net), net.n_in, seed=seed), random.Random(seed)
    sightings = Sightings(probe)
    for _ in range(count):
        origin, direction = ([Fraction(c, 1 << 12) for c in random_vector(net.n_in, rng)] for _ in range(2))
        sightings.add(points_on_line(probe, origin, direction, -(2**20), 2**20))
    return sightings


def candidate(weights, bias, origin: Sighting) -> Candidate:
    return Candidate(tuple(None if w is None else Fraction(w) for w in weights), Fraction(bias), origin)


def up_to_scale(row) -> tuple[Fraction, ...]:
    lead = next(c for c in row if c)
    return tuple(c / lead for c in row)


def true_rows(net: Network, layer: int) -> set[tuple[Fraction, ...]]:
    affine = net.layers[layer - 1]
    return {up_to_scale((*w, b)) for w, b in zip(affine.W, affine.b, strict=True)}


def some_sighting() -> Sighting:
    net = Network.from_arrays([([[1, 1]], [0]), ([[1]], [0])])
    return lines_across(net, 1).all()[0]


@pytest.mark.parametrize(
    ("widths", "layer", "seed"),
    [
        ((3, 8, 1), 1, 0),
        ((10, 10, 10, 1), 1, 1),
        ((10, 10, 10, 1), 2, 1),
        ((5, 6, 6, 2), 2, 2),
        pytest.param(
            (4, 5, 5, 5, 1), 2, 0, marks=pytest.mark.xfail(reason="rows of layer 3 inside one cell are not told apart")
        ),
    ],
)
def test_complete_rows_are_the_networks_and_most_are_found(widths, layer, seed):
    net = he_network(widths, seed)
    sightings = lines_across(net, 6)
    known = KnownLayers(net.layers[: layer - 1]) if layer > 1 else None
    pool = [s for s in sightings.all() if known is None or not known.touches(s.point)]
    search = LayerSearch(known, sightings.probe, sightings)
    rows = search.run(pool)
    complete = {up_to_scale((*row.weights, row.bias)) for row in rows if row.is_complete}
    assert complete <= true_rows(net, layer)
    assert len(complete) >= net.hidden_widths[layer - 1] - 2
    assert len(complete) == len([row for row in rows if row.is_complete]), "no row twice"
    spent = sightings.probe.oracle.queries
    assert search.run(pool)[: len(complete)] == rows[: len(complete)]
    assert sightings.probe.oracle.queries == spent, "what is settled is not asked again"


def test_a_row_is_judged_where_it_predicts_zeros():
    net = Network.from_arrays([([[1, 0], [0, 1]], [0, 0]), ([[1, 3]], [0])])
    probe = Probe(net, 2)
    sightings = Sightings(probe)
    sightings.add(points_on_line(probe, (2, 2), (1, "1/2"), -10, 10))  # y = 0 at -4, x = 0 at -2
    sightings.add(points_on_line(probe, (2, 2), (1, -1), -10, 10))  # x = 0 at -2, y = 0 at 2
    origin = sightings.all()[0]
    assert agreement(None, candidate((1, 0), 0, origin), sightings) == Agreement(2, 0)
    # x = y at 0 on both lines: on the first beyond all breakpoints, on the second between them.
    assert agreement(None, candidate((1, -1), 0, origin), sightings) == Agreement(0, 1)
    # x + y = -1 at -10/3 on the first line, and nowhere on the second.
    assert agreement(None, candidate((1, 1), 1, origin), sightings) == Agreement(0, 1)


def test_where_the_function_is_flat_a_zero_that_is_not_seen_counts_for_nothing():
    # ReLU(x - 1) + ReLU(-x - 1) is flat on [-1, 1]; x = 0 is predicted there.
    net = Network.from_arrays([([[1], [-1]], [-1, -1]), ([[1, 1]], [0])])
    sightings = lines_across(net, 1)
    assert agreement(None, candidate((1,), 0, sightings.all()[0]), sightings) == Agreement(0, 0)


def test_a_row_without_a_zero_that_was_seen_is_never_good():
    assert not Agreement(0, 0).is_good
    assert Agreement(1, 0).is_good
    assert Agreement(8, 1).is_good
    assert not Agreement(5, 1).is_good
    assert not Agreement(4, 1).is_good
    assert not Agreement(3, 0).is_strong


def test_a_row_says_which_weights_are_open():
    row = candidate((2, None, 3), -1, some_sighting())
    assert (row.missing, row.is_complete) == ([1], False)
    assert candidate((2, 0, 3), -1, some_sighting()).is_complete


def test_rows_of_one_neuron_are_equal_once_normalised():
    sighting = some_sighting()
    a, b = candidate((0, -2, None, 3), 4, sighting), candidate((0, 4, None, -6), -8, sighting)
    assert a.normalised() == b.normalised() == (0, 1, None, Fraction(-3, 2), -2)
    assert rows_as_map([a]) == AffineMap.from_arrays([[0, 1, 0, "-3/2"]], [-2])
    assert candidate((0, 0), 0, sighting).normalised() == (0, 0, 0)


def test_open_weights_are_filled_only_from_boundaries_of_the_same_neuron():
    # Two units in layer 1: the gradients of layer 2 span a plane, so that n_in + 1 = 5 equations are three at most.
    wrong = []
    for seed in range(6):
        net = he_network((4, 2, 5, 3, 1), seed)
        sightings = lines_across(net, 4)
        search = LayerSearch(KnownLayers(net.layers[:2]), sightings.probe, sightings)
        layer = net.layers[2]
        for z, sighting in ((z, s) for z in range(3) for s in sightings.all()):
            signs = net.sign_vector(sighting.point)
            if signs[2].count(0) == 1 and 0 not in signs[0] + signs[1]:
                row = candidate((None, None, *layer.W[z][2:]), layer.b[z], sighting)
                search._extend(row, sighting)
                wrong += [(seed, z) for w, true in zip(row.weights, layer.W[z], strict=True) if w not in (None, true)]
    assert wrong == []
