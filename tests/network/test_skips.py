"""Networks with skip connections: equal ReLU networks, free signs, and other activations as skip networks."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exactrev.equivalence import decide_equal
from exactrev.errors import InvalidNetwork
from exactrev.geometry import boundaries
from exactrev.network import Neuron, random_rational_network
from exactrev.network.piecewise import ABSOLUTE_VALUE, HARD_TANH, RELU, RELU6, ActivatedNetwork, Activation, leaky_relu
from exactrev.network.skips import SkipNetwork, flip, from_activated

POINTS = st.lists(st.fractions(-20, 20, max_denominator=9), min_size=2, max_size=2)


def drawn(widths: tuple[int, ...], seed: int) -> SkipNetwork:
    reads, layers = widths[0], []
    for k, width in enumerate(widths[1:]):
        layers.append(random_rational_network((reads, width), seed + 100 * k).layers[0])
        reads += width
    return SkipNetwork(tuple(layers))


@st.composite
def skip_networks(draw: st.DrawFn) -> SkipNetwork:
    hidden = draw(st.lists(st.integers(1, 3), max_size=3))
    return drawn((2, *hidden, draw(st.integers(1, 2))), draw(st.integers(0, 999)))


@given(skip_networks(), POINTS)
def test_the_unrolled_network_is_the_same_function(net: SkipNetwork, x: list[Fraction]) -> None:
    assert net.unrolled()(x) == net(x)


@given(skip_networks(), POINTS)
def test_the_affine_map_of_a_pattern_is_the_network_there(net: SkipNetwork, x: list[Fraction]) -> None:
    assert [f(x) for f in net.maps(net.pattern(x))] == net.preactivations(x)


@given(skip_networks().filter(lambda net: net.depth), POINTS, st.data())
def test_turning_a_neuron_round_changes_no_value_and_twice_is_nothing(
    net: SkipNetwork, x: list[Fraction], data: st.DataObject
) -> None:
    layer = data.draw(st.integers(1, net.depth))
    neuron = Neuron(layer, data.draw(st.integers(0, net.hidden_widths[layer - 1] - 1)))
    turned = flip(net, neuron)
    assert turned(x) == net(x)
    assert flip(turned, neuron) == net


def test_without_skip_connections_nothing_is_carried() -> None:
    net = SkipNetwork.from_arrays([([[1, 2], [3, 4]], [5, 6]), ([[0, 0, 1, 2]], [3]), ([[0, 0, 0, 0, 7]], [8])])
    assert net.unrolled().architecture == "2-2-1-1"


def test_carrying_x_along_adds_no_boundary_where_layer_1_has_full_rank() -> None:
    net = drawn((2, 3, 2, 1), 3)
    own = {boundary.neuron.layer: set() for boundary in boundaries(net.unrolled())}
    for boundary in boundaries(net.unrolled()):
        own[boundary.neuron.layer].add(tuple(boundary.pieces.tolist()))
    assert len(own[1]) == 3  # three lines, though seven units


def test_a_layer_that_does_not_read_everything_is_refused() -> None:
    with pytest.raises(InvalidNetwork, match="reads the inputs and all activations"):
        SkipNetwork.from_arrays([([[1, 2]], [0]), ([[1]], [0])])
    with pytest.raises(InvalidNetwork, match="at least an output layer"):
        SkipNetwork(())
    for neuron in (Neuron(0, 0), Neuron(1, 3), Neuron(3, 0)):
        with pytest.raises(InvalidNetwork, match="no such hidden neuron"):
            flip(drawn((2, 3, 2, 1), 3), neuron)


@pytest.mark.parametrize("phi", [RELU, leaky_relu("1/5"), ABSOLUTE_VALUE, HARD_TANH, RELU6], ids=lambda phi: phi.name)
def test_a_network_with_another_activation_is_a_skip_network(phi: Activation) -> None:
    net = ActivatedNetwork(phi, random_rational_network((2, 3, 2, 1), 5).layers)
    found = from_activated(net)
    assert found.hidden_widths == tuple(len(phi.kinks) * width for width in (3, 2))
    assert decide_equal(found.unrolled(), net.unrolled()).holds
