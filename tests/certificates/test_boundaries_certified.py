"""Certificates of boundaries against what was worked out by hand, and against the geometry."""

from __future__ import annotations

from fractions import Fraction

import pytest
from checked import verified
from geometry.nasty_networks import NASTY_NETWORKS, NastyNetwork, relu_network

from exactrev.certificates import (
    certify_bend,
    certify_components,
    certify_separation,
    decide_bounded,
    decide_empty,
    decide_meeting,
)
from exactrev.errors import AssumptionFailed, InvalidNetwork
from exactrev.geometry import boundaries
from exactrev.network import Neuron
from exactrev.network.random import random_rational_network

WITH_FACTS = [nasty for nasty in NASTY_NETWORKS if nasty.boundaries or nasty.meeting]
DIAMOND = next(nasty.network for nasty in NASTY_NETWORKS if nasty.name == "diamond")
BUMPS = next(nasty.network for nasty in NASTY_NETWORKS if nasty.name == "two_far_bumps")
CORNER = relu_network([[1, 0, 0], [0, 1, 0]], [[1, 1, -1]])


@pytest.mark.parametrize("nasty", WITH_FACTS, ids=str)
def test_boundaries_are_empty_bounded_and_connected_as_worked_out_by_hand(nasty: NastyNetwork) -> None:
    for z, facts in nasty.boundaries.items():
        found = verified(decide_bounded(nasty.network, z)).name
        if not facts.has_interior:
            assert (found == "empty") == facts.is_empty
        if facts.is_bounded is not None and not facts.is_empty:
            assert found == ("bounded" if facts.is_bounded else "unbounded")
        if facts.n_components is not None and nasty.name != "torus":
            assert verified(certify_components(nasty.network, z)).numbers == (*z, facts.n_components)


@pytest.mark.parametrize("nasty", WITH_FACTS, ids=str)
def test_boundaries_meet_as_worked_out_by_hand(nasty: NastyNetwork) -> None:
    for (z, other), meet in nasty.meeting.items():
        assert verified(decide_meeting(nasty.network, z, other)).name == ("meet" if meet else "disjoint")


@pytest.mark.parametrize("seed", range(30))
def test_random_boundaries_are_what_the_geometry_finds(seed: int) -> None:
    widths = [(2, 3, 2, 1), (1, 3, 2, 1), (2, 2, 2, 1), (3, 3, 1, 1)][seed % 4]
    net = random_rational_network(widths, seed, numerator=3, denominator=2)
    found = boundaries(net)
    neurons = list(net.neurons())
    for boundary in found:
        if boundary.has_interior:
            continue
        certificate = verified(decide_bounded(net, boundary.neuron))
        assert certificate.name == ("empty" if boundary.is_empty else "bounded" if boundary.is_bounded else "unbounded")
        assert verified(certify_components(net, boundary.neuron)).numbers[2] == boundary.n_components
    for a, z in enumerate(neurons):
        for b, other in enumerate(neurons[:a]):
            name = verified(decide_meeting(net, z, other)).name
            assert (name == "meet") == bool(found.meets[a, b])


@pytest.mark.parametrize("seed", range(10))
def test_bends_are_those_that_the_geometry_finds(seed: int) -> None:
    net = random_rational_network((2, 3, 3, 1), seed)
    found = boundaries(net)
    certified = 0
    for boundary in found:
        for crossing in boundary.ridges:
            point = found.ridge_point(crossing.ridge)
            for other in crossing.neurons:
                if other.layer >= boundary.neuron.layer:
                    continue
                try:
                    certificate = verified(certify_bend(net, boundary.neuron, other, point))
                except AssumptionFailed:
                    continue
                certified += 1
                assert certificate.name == ("bend" if crossing.bends else "no-bend")
    assert certified > 0 or not any(boundary.ridges for boundary in found if boundary.neuron.layer == 2)


def test_an_empty_boundary_is_certified_and_another_gives_a_point() -> None:
    net = relu_network([[1, 0], [0, -1]])
    assert verified(decide_empty(net, Neuron(1, 1))).name == "empty"
    assert decide_empty(net, Neuron(1, 0)) == (Fraction(0),)


def test_a_hyperplane_between_two_parts_of_a_boundary_is_certified() -> None:
    assert verified(certify_separation(BUMPS, Neuron(2, 0), (1, 0, 0))).name == "disconnected"
    with pytest.raises(AssumptionFailed, match="meets the hyperplane"):
        certify_separation(DIAMOND, Neuron(2, 0), (1, 0, 0))
    with pytest.raises(AssumptionFailed, match="no point on one side"):
        certify_separation(DIAMOND, Neuron(2, 0), (1, 0, 5))


def test_a_bend_is_refused_away_from_a_simple_crossing() -> None:
    z, crossing = Neuron(2, 0), Neuron(1, 0)
    assert verified(certify_bend(CORNER, z, crossing, (Fraction(0), Fraction(1)))).name == "bend"
    for point in ((0, 5), (1, 1), (0, 0)):
        with pytest.raises(AssumptionFailed, match="not a point where the two boundaries alone meet"):
            certify_bend(CORNER, z, crossing, tuple(map(Fraction, point)))
    with pytest.raises(InvalidNetwork, match="bends at those of earlier layers"):
        certify_bend(CORNER, crossing, z, (Fraction(0), Fraction(1)))


def test_a_boundary_that_only_touches_another_does_not_cross_it() -> None:
    """B_z2 is y = 0 for x >= 0 and y = -5x for x < 0; z = ReLU(x) touches x = 0 there without passing it."""
    net = relu_network([[1, 0, 0], [0, 1, 3]], [[1, 0, 0]])
    with pytest.raises(AssumptionFailed):
        certify_bend(net, Neuron(2, 0), Neuron(1, 0), (Fraction(0), Fraction(1)))


def test_neurons_that_do_not_exist_are_refused() -> None:
    for call in (
        lambda: decide_meeting(CORNER, Neuron(1, 0), Neuron(1, 0)),
        lambda: decide_meeting(CORNER, Neuron(1, 0), Neuron(3, 0)),
        lambda: decide_bounded(CORNER, Neuron(0, 0)),
        lambda: certify_components(CORNER, Neuron(2, 1)),
        lambda: decide_empty(CORNER, Neuron(1, -1)),
    ):
        with pytest.raises(InvalidNetwork):
            call()
