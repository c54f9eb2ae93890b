"""The search for one layer's rows, in networks that can be looked into: every row that is returned is one of theirs."""

from __future__ import annotations

import pytest
from recovery.white_box import (
    Row,
    candidate,
    known_below,
    lines_across,
    phantoms,
    rows_of,
    true_rows,
    up_to_scale,
    zeros_of,
)

from exactrev.network import Network, he_network
from exactrev.recovery.known import KnownLayers
from exactrev.recovery.neurons import MOST_TRIES, LayerSearch
from exactrev.recovery.sightings import Sighting, Sightings


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


@pytest.mark.parametrize(("widths", "seed"), [((4, 5, 5, 5, 1), 1), ((4, 5, 5, 5, 1), 2), ((5, 6, 6, 6, 1), 1)])
def test_of_rows_that_were_accepted_before_true_ones_stay_and_deeper_neurons_go(widths, seed):
    net = he_network(widths, seed)
    below, few, many = KnownLayers(net.layers[:1]), lines_across(net, 3, seed), lines_across(net, 12, seed)
    true = [candidate(row[:-1], row[-1], zero) for row, zero in true_rows_seen(net, few)]
    deeper = [candidate(phantom.row[:-1], phantom.row[-1], phantom.seen_at) for phantom in phantoms(net, 2, few)]
    assert len(true) >= 3
    assert len(deeper) >= 9
    search = LayerSearch(below, many.probe, many, strategy="match", found=[*true, *deeper])
    assert search.run([]) == true


def true_rows_seen(net: Network, sightings: Sightings) -> list[tuple[Row, Sighting]]:
    """Every row of layer 2 of which lines show a zero, with one of these."""
    zeros = {i: sighting for sighting, k, i in zeros_of(net, sightings) if k == 2}
    return [(rows_of(net, 2)[i], zero) for i, zero in zeros.items()]
