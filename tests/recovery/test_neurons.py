"""The search for one layer's rows, in networks that can be looked into: every row that is returned is one of theirs."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from recovery.white_box import candidate, known_below, lines_across, true_rows, up_to_scale

from exactrev.network import he_network
from exactrev.recovery.candidates import rows_as_map
from exactrev.recovery.known import KnownLayers
from exactrev.recovery.layer_signs import decide_by_span
from exactrev.recovery.lines import points_on_line
from exactrev.recovery.neurons import MOST_TRIES, LayerSearch
from exactrev.recovery.points import random_vector


@pytest.mark.parametrize(
    ("widths", "layer", "seed"),
    [
        ((3, 8, 1), 1, 0),
        ((10, 10, 10, 1), 1, 1),
        ((10, 10, 10, 1), 2, 1),
        ((5, 6, 6, 2), 2, 2),
        ((4, 5, 5, 5, 1), 2, 0),
    ],
)
def test_complete_rows_are_the_networks_and_most_are_found(widths, layer, seed):
    net = he_network(widths, seed)
    sightings = lines_across(net, 6)
    known = known_below(net, layer)
    pool = [s for s in sightings.all() if known is None or not known.touches(s.point)]
    search = LayerSearch(known, sightings.probe, sightings)
    rows = search.run(pool)
    complete = [up_to_scale((*row.weights, row.bias)) for row in rows if row.is_complete]
    assert set(complete) <= true_rows(net, layer)
    assert len(complete) >= net.hidden_widths[layer - 1] - 2
    assert len(set(complete)) == len(complete), "no row twice"
    assert search.run(pool)[: len(complete)] == rows[: len(complete)]
    for _ in range(MOST_TRIES - 2):  # rows with open weights are walked again so often, and then no more
        search.run(pool)
    spent = sightings.probe.oracle.queries
    assert search.run(pool)[: len(complete)] == rows[: len(complete)]
    assert sightings.probe.oracle.queries == spent, "what is settled is not asked again"


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


def test_a_deeper_neurons_row_that_passed_for_one_of_the_layer_is_retracted_when_more_lines_are_known():
    net = he_network((4, 5, 5, 5, 1), seed=0)
    below, true, sightings = KnownLayers(net.layers[:1]), true_rows(net, 2), lines_across(net, 10)
    search = LayerSearch(below, sightings.probe, sightings, strategy="both")

    def run() -> list[tuple[Fraction, ...]]:
        return [row.normalised() for row in search.run([s for s in sightings.all() if not below.touches(s.point)])]

    first = run()
    assert [row in true for row in first].count(False) == 1, "ten lines see eleven zeros of it, and miss one"
    rows = [row for row in search.found if row.normalised() in true]
    test = decide_by_span(KnownLayers((*below.layers, rows_as_map(rows))), sightings, sightings.probe)
    # One row is lacking, and the span test shows where; lines from there find it, and show what the other one is.
    assert test is not None
    assert test.lacking
    random_ = random.Random(1)
    for point in test.lacking[:2]:
        elsewhere = [Fraction(c, 1 << 12) for c in random_vector(4, random_)]
        towards = [b - a for a, b in zip(point, elsewhere, strict=True)]
        sightings.add(points_on_line(sightings.probe, point, towards, -(2**20), 2**20), aimed=True)
    assert set(run()) == true
