"""What has been seen of a network: activations at breakpoints, local hyperplanes, pieces that are asked for once."""

from __future__ import annotations

from fractions import Fraction

import pytest
from recovery.white_box import lines_across, up_to_scale, zeros_of

from exactrev.network import Network, Neuron, he_network
from exactrev.recovery.known import KnownLayers
from exactrev.recovery.lines import points_on_line
from exactrev.recovery.probe import Probe
from exactrev.recovery.sightings import Sightings

CASES = [((5, 6, 6, 6, 1), 0), ((4, 5, 5, 5, 1), 1), ((3, 4, 4, 1), 2)]


def relu_at(net: Network, layer: int, point) -> tuple[Fraction, ...]:
    return tuple(max(v, Fraction(0)) for v in net.preactivations(point)[layer - 1])


@pytest.mark.parametrize("case", CASES)
def test_activations_are_those_of_the_last_known_layer(case):
    net = he_network(*case)
    for sighting in lines_across(net, 3).all():
        *numerators, q = sighting.activations(None)
        assert tuple(Fraction(n, q) for n in numerators) == sighting.point
        for layer in range(1, net.depth + 1):
            *numerators, q = sighting.activations(KnownLayers(net.layers[:layer]))
            assert q > 0
            assert tuple(Fraction(n, q) for n in numerators) == relu_at(net, layer, sighting.point)


@pytest.mark.parametrize("case", CASES)
def test_activations_are_unknown_exactly_where_a_placeholder_matters(case):
    net = he_network(*case)
    opened = ((Neuron(2, 1), 0), (Neuron(2, 2), 3))
    sure, doubtful = KnownLayers(net.layers[:2]), KnownLayers(net.layers[:2], opened)
    answers = set()
    for sighting in lines_across(net, 3).all():
        is_open = any(net.preactivations(sighting.point)[0][unit] > 0 for unit in (0, 3))
        found = sighting.activations(doubtful)
        assert found == (None if is_open else sighting.activations(sure))
        assert sighting.activations(sure) is not None, "what was concluded before is not kept"
        answers.add(is_open)
    assert answers == {True, False}


@pytest.mark.parametrize("case", CASES)
def test_the_form_at_a_breakpoint_is_that_of_the_neuron_whose_boundary_it_is(case):
    net = he_network(*case)
    sightings = lines_across(net, 3)
    for sighting, layer, index in zeros_of(net, sightings):
        pattern = net.pattern(sighting.point)
        true = net.preactivation_map(layer, pattern)
        form = sightings.form(sighting)
        assert form == up_to_scale([Fraction(c, true.denominator) for c in true.rows[index]])
        jump = sightings.jump(sighting)
        assert all(up_to_scale(list(map(Fraction, row))) == form for row in jump.rows if any(row))


def test_pieces_are_those_of_the_network_and_each_is_asked_for_once():
    net = he_network((4, 5, 5, 2), 0)
    sightings = lines_across(net, 2)
    assert sightings.known_pieces() == [], "a scanned line asks for no whole piece by itself"
    line = sightings.lines[1]
    asked = [sightings.piece(line, index) for index in range(len(line.points) + 1)]
    assert asked == [net.affine_map(net.pattern(piece.inside)) for piece in line.scan.pieces]
    spent = sightings.probe.oracle.queries
    assert [sightings.piece(line, index) for index in range(len(line.points) + 1)] == asked
    assert [sightings.form(s) for s in sightings.all() if s.line is line].count(None) == 0
    assert sightings.probe.oracle.queries == spent
    elsewhere = ((Fraction(1),) * 4, net.affine_map(net.pattern((1, 1, 1, 1))))
    sightings.elsewhere.append(elsewhere)
    known = sightings.known_pieces()
    assert elsewhere in known
    assert len(known) == len(asked) + 1
    assert all(affine == net.affine_map(net.pattern(point)) for point, affine in known)


def test_every_breakpoint_of_every_line_is_a_sighting():
    sightings = lines_across(he_network((3, 4, 1), 0), 3)
    every = sightings.all()
    assert [sighting.point for sighting in every] == [point for line in sightings.lines for point in line.points]
    assert len(every) > 6


def test_a_line_is_flat_where_the_function_is_constant_along_it():
    # ReLU(x - 1) + ReLU(-x - 1) + ReLU(y - 9): along (1, 0) flat between -1 and 1; along (1, 4) y moves it after 9.
    net = Network.from_arrays([([[1, 0], [-1, 0], [0, 1]], [-1, -1, -9]), ([[1, 1, 1]], [0])])
    sightings = Sightings(Probe(net, 2))
    line = sightings.add(points_on_line(sightings.probe, (0, 20), (1, 0), -5, 5))
    assert [x for x, _ in line.points] == [-1, 1]
    assert line.is_flat(0)
    assert not line.is_flat(1)
    steep = sightings.add(points_on_line(sightings.probe, (0, 20), (1, 4), -5, 5))
    assert [x for x, _ in steep.points] == [Fraction(-11, 4), -1, 1]
    assert not any(steep.is_flat(index) for index in range(3))


def test_only_breakpoints_of_an_aimed_line_are_suspect():
    net = Network.from_arrays([([[2], [2]], [-1, 1]), ([[1, 1]], [0])])  # breaks at 1/2 and -1/2
    sightings = Sightings(Probe(net, 1))
    sightings.add(points_on_line(sightings.probe, (0,), (1,), 0, 1))
    sightings.add(points_on_line(sightings.probe, (0,), (1,), 0, 1), aimed=True)
    assert [sighting.point for sighting in sightings.all()] == [(Fraction(1, 2),)] * 2
    assert [sighting.is_suspect for sighting in sightings.all()] == [False, True]
