"""Inner layers with a neuron that is always on, from answers alone, compared with the networks that answered."""

from __future__ import annotations

from fractions import Fraction

import pytest

from exactrev.equivalence import decide_equal, find_difference
from exactrev.network import AffineMap, Network, he_network
from exactrev.recovery import recover
from exactrev.recovery.known import KnownLayers
from exactrev.recovery.layer_signs import LayerSigns
from exactrev.recovery.linear_units import complete_by_linear_unit, lacks_everywhere
from exactrev.recovery.probe import Probe
from exactrev.recovery.sightings import Sightings
from exactrev.recovery.signs import SignDecision

UNDECIDED = SignDecision(None, None, False, None, (), False, None, None, "all signs are contradicted")


def with_always_on(widths, seed):
    """The last neuron of layer 2 with positive weights and a positive bias: on, since activations are."""
    first, second, *rest = he_network(widths, seed, "float32").layers
    W, b = [list(row) for row in second.W], list(second.b)
    W[-1], b[-1] = [abs(entry) for entry in W[-1]], abs(b[-1])
    return Network((first, AffineMap.from_arrays(W, b), *rest))


def switching_rows(net):
    """Layer 2 without its last neuron, every second row negated: what can be known of it before its signs."""
    second = net.layers[1]
    rows = [tuple((-1) ** z * entry for entry in row) for z, row in enumerate(second.rows[:-1])]
    return AffineMap(tuple(rows), second.denominator, second.n_in)


def pieces_of(net, count=200):
    sightings = Sightings(Probe(net, net.n_in, "packed"))
    for _ in range(count):
        point = tuple(Fraction(sightings.probe.rng.randrange(-(2**17), 2**17), 2**15) for _ in range(net.n_in))
        sightings.elsewhere.append((point, sightings.probe.piece(point)))
    return sightings


@pytest.mark.parametrize("seed", [1, 2])
def test_a_network_with_an_always_on_inner_neuron_is_recovered(seed):
    net = with_always_on((4, 5, 5, 4, 1), seed)
    found = recover(net, 4, "packed", rounds=8, equivalence=lambda other: find_difference(net, other, seed))
    assert found.network is not None, found.summary
    assert found.is_exact_everywhere
    assert decide_equal(net, found.network).holds
    assert "always on" in found.attempt.signs[1].reason


def test_the_layer_is_completed_by_a_row_with_the_weights_of_the_neuron():
    net = with_always_on((6, 8, 5, 6, 3), 0)
    known = KnownLayers((net.layers[0], switching_rows(net)))
    completed = complete_by_linear_unit(known, pieces_of(net), UNDECIDED)
    assert completed is not None
    layer, decision = completed
    assert decision.signs == (1, -1, 1, -1, 1)
    assert decision.unique
    assert list(zip(layer.W[:-1], layer.b[:-1], strict=True)) == list(
        zip(net.layers[1].W[:-1], net.layers[1].b[:-1], strict=True)
    )
    true, row = net.layers[1].W[-1], layer.W[-1]
    assert [a * true[0] for a in row] == [b * row[0] for b in true]
    assert row[0] > 0


def test_a_neuron_that_switches_is_not_taken_for_one_that_is_always_on():
    net = he_network((6, 8, 5, 6, 3), 2, "float32")
    known = KnownLayers((net.layers[0], switching_rows(net)))
    assert complete_by_linear_unit(known, pieces_of(net), UNDECIDED) is None


def test_a_layer_of_more_units_than_are_tried_is_left_as_it_is(monkeypatch):
    net = with_always_on((6, 8, 5, 6, 3), 0)
    known, sightings = KnownLayers((net.layers[0], switching_rows(net))), pieces_of(net)
    monkeypatch.setattr("exactrev.recovery.linear_units.MOST_UNITS", 3)
    assert complete_by_linear_unit(known, sightings, UNDECIDED) is None
    monkeypatch.setattr("exactrev.recovery.linear_units.MOST_UNITS", 4)
    assert complete_by_linear_unit(known, sightings, UNDECIDED) is not None


def test_a_first_layer_and_one_without_pieces_are_left_as_they_are():
    net = with_always_on((6, 8, 5, 6, 3), 0)
    assert complete_by_linear_unit(KnownLayers(net.layers[:1]), pieces_of(net, 20), UNDECIDED) is None
    known = KnownLayers((net.layers[0], switching_rows(net)))
    assert complete_by_linear_unit(known, Sightings(Probe(net, 6)), UNDECIDED) is None


def test_a_layer_lacks_everywhere_where_half_of_what_tells_is_against():
    point = (Fraction(0),)
    assert lacks_everywhere(LayerSigns(UNDECIDED, (point,) * 2, (point,) * 4))
    assert not lacks_everywhere(LayerSigns(UNDECIDED, (point,) * 2, (point,) * 5))
    assert not lacks_everywhere(LayerSigns(UNDECIDED, (), ()))
