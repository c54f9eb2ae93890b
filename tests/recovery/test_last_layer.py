"""From a last hidden layer known up to signs to a network, on lines scanned across networks that are known."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from exactrev.network import AffineMap, Network, Neuron
from exactrev.network.isomorphisms import is_isomorphic
from exactrev.network.random import he_network
from exactrev.oracle import Oracle
from exactrev.recovery.last_layer import activations_at, assemble, recover_last_layer, with_signs
from exactrev.recovery.lines import points_on_line
from exactrev.recovery.points import random_vector
from exactrev.recovery.probe import Probe
from exactrev.recovery.sightings import Sightings


def lines_across(net: Network, count: int, seed: int = 0) -> Sightings:
    probe, rng = Probe(Oracle(net), net.n_in, seed=seed), random.Random(seed)
    sightings = Sightings(probe)
    for _ in range(count):
        origin, direction = ([Fraction(c, 1 << 12) for c in random_vector(net.n_in, rng)] for _ in range(2))
        sightings.add(points_on_line(probe, origin, direction, -(2**20), 2**20))
    return sightings


def with_random_signs(net: Network, seed: int) -> list[AffineMap]:
    """The hidden layers, the rows of the last one with signs that chance has dealt."""
    rng = random.Random(seed)
    *below, last = net.layers[: net.depth]
    return [*below, with_signs(last, [rng.choice((-1, 1)) for _ in range(last.n_out)])]


def random_points(n: int, count: int):
    rng = random.Random(1)
    return [tuple(Fraction(rng.randint(-900, 900), 101) for _ in range(n)) for _ in range(count)]


@pytest.mark.parametrize(
    ("widths", "seed"),
    [
        *((widths, seed) for widths in [(1, 5, 1), (2, 8, 1), (4, 6, 3)] for seed in range(3)),
        ((5, 8, 6, 1), 0),
        ((5, 8, 6, 1), 1),
        ((4, 5, 5, 3, 2), 0),
    ],
)
def test_a_network_whose_hidden_layers_are_known_up_to_the_last_signs_is_found(widths, seed):
    net = he_network(widths, seed)
    layers, sightings = with_random_signs(net, seed), lines_across(net, 24)
    output = recover_last_layer(layers, sightings)
    assert output is not None
    network, reason = assemble(layers[:-1], output)
    assert network is not None
    assert is_isomorphic(network, net)
    assert reason == f"a {net.architecture} network fits"


def test_a_neuron_whose_boundary_is_never_crossed_leaves_its_outgoing_weights_open():
    net = Network.from_arrays([([[1, 0], [0, 1]], [0, 1]), ([[1, 2]], [0])])
    probe = Probe(net, 2)
    sightings = Sightings(probe)
    sightings.add(points_on_line(probe, (0, 0), (1, 0), -5, 5))  # y = -1 is not crossed
    output = recover_last_layer(net.layers[:1], sightings)
    assert (output.open_outgoing, output.form, output.layer) == ((1,), None, None)
    network, reason = assemble([], output)
    assert network is None
    assert reason == "output layer: no sample shows the weights from neurons 1 of the last hidden layer"
    sightings.add(points_on_line(probe, (1, 0), (0, 1), -5, 5))
    assert recover_last_layer(net.layers[:1], sightings).open_outgoing == ()


def test_a_neuron_that_breaks_the_network_only_together_with_another_has_its_weights_from_values():
    # The line {(t, t)} crosses x = 0 and y = 0 at once; on the others only x = 0 is crossed.
    net = Network.from_arrays([([[1, 0], [0, 1]], [0, 0]), ([[1, 2], [3, 5]], [0, 1])])
    probe = Probe(net, 2)
    sightings = Sightings(probe)
    for origin, direction in [((0, 0), (1, 1)), ((0, 3), (1, 0)), ((0, -7), (1, 0)), ((0, -2), (1, 0))]:
        sightings.add(points_on_line(probe, origin, direction, -1, 1))
    output = recover_last_layer([with_signs(net.layers[0], (1, -1))], sightings)
    assert output.open_outgoing == ()
    network, _ = assemble([], output)
    assert network is not None
    assert is_isomorphic(network, net)


def test_without_a_line_nothing_is_concluded():
    net = he_network((2, 3, 1), 0)
    with pytest.raises(ValueError, match="none was scanned"):
        recover_last_layer(net.layers[:1], Sightings(Probe(net, 2)))


def with_placeholder(net: Network, layer: int, row: int, column: int) -> list[AffineMap]:
    """The hidden layers, one weight set to 0."""
    layers = list(net.layers[: net.depth])
    W, b = [list(weights) for weights in layers[layer - 1].W], layers[layer - 1].b
    W[row][column] = Fraction(0)
    layers[layer - 1] = AffineMap.from_arrays(W, b)
    return layers


@pytest.mark.parametrize(("layer", "row", "column"), [(2, 0, 0), (3, 0, 3), (3, 1, 2)])
def test_what_a_placeholder_enters_is_left_out_and_the_rest_agrees(layer, row, column):
    net = he_network((4, 6, 6, 5, 1), 1, "float32")
    layers, sightings = with_placeholder(net, layer, row, column), lines_across(net, 16)
    found = recover_last_layer(layers, sightings, [(Neuron(layer, row), column)])
    assert found.contradicting == ()
    assert found.surplus > 10 * found.rank
    everything = recover_last_layer(net.layers[:3], sightings)
    assert found.agreeing < everything.agreeing
    assert found.forms == layers[2]
    if layer == 2:
        assert recover_last_layer(layers, sightings).contradicting
    else:  # no sample shows the weight, and none the column of the unit that is left out
        assert found.form is None
        assert found.rank < everything.rank


@pytest.mark.parametrize(("n_out", "row", "column"), [(1, 0, 0), (2, 1, 3), (1, 3, 1)])
def test_an_open_weight_of_the_last_hidden_layer_comes_from_values_if_they_show_it(n_out, row, column):
    net = he_network((5, 8, 6, 4, n_out), 2, "float32")
    layers, sightings = with_placeholder(net, 3, row, column), lines_across(net, 16)
    assert recover_last_layer(layers, sightings).contradicting
    flipped = [*layers[:2], with_signs(layers[2], (1, -1, -1, 1))]
    found = recover_last_layer(flipped, sightings, [(Neuron(3, row), column)])
    assert found.contradicting == ()
    assert found.forms == with_signs(net.layers[2], (1, -1, -1, 1))
    network, _ = assemble(layers[:2], found)
    assert network is not None
    assert is_isomorphic(network, net)


def test_a_placeholder_of_the_first_layer_leaves_nothing():
    net = he_network((2, 3, 1), 0)
    assert recover_last_layer(net.layers[:1], lines_across(net, 4), [(Neuron(1, 0), 1)]).agreeing == 0


def test_a_neuron_too_few_is_a_contradiction_and_no_network():
    net = he_network((3, 6, 1), 0)
    *rows, _ = zip(net.layers[0].W, net.layers[0].b, strict=True)
    without = AffineMap.from_fractions([[*w, b] for w, b in rows])
    output = recover_last_layer([without], lines_across(net, 6))
    assert output is not None
    network, reason = assemble([], output)
    assert network is None
    assert "samples contradict" in reason
    assert f"{len(output.contradicting)} samples" in reason


def test_a_unit_that_is_off_at_every_sample_has_its_column_from_the_signs():
    first = AffineMap.from_arrays([[1, 0], [0, 1], [0, 0]], [0, 0, -1])  # the third is off everywhere
    second = AffineMap.from_arrays([[1, -1, 5], [1, 2, 3]], [0, -1])
    net = Network((first, second, AffineMap.from_arrays([[1, 3]], [4])))
    output = recover_last_layer([first, with_signs(second, (1, -1))], lines_across(net, 6))
    assert (output.form, output.rank) == (None, 3)
    network, reason = assemble([first], output)
    assert network == net
    assert reason == "a 2-3-2-1 network fits; samples show 3 columns of its last layers, signs the others"


def test_a_column_that_neither_samples_nor_signs_show_gives_no_network():
    # ReLU(a - 1) + ReLU(2 - a) = 1 + ReLU(1 - a) + ReLU(a - 2), whatever the second unit, which is off, would add.
    first = AffineMap.from_arrays([[1], [0]], [0, -1])
    second = AffineMap.from_arrays([[1, 1], [-1, 3]], [-1, 2])
    net = Network((first, second, AffineMap.from_arrays([[1, 1]], [0])))
    output = recover_last_layer([first, second], lines_across(net, 6))
    assert (output.form, output.signs.unique, output.layer) == (None, False, None)
    assert assemble([first], output) == (None, "output layer: the samples determine 2 of its columns")


@pytest.mark.parametrize("n_out", [1, 2])
def test_a_neuron_that_is_proved_to_be_always_on_is_one_neuron(n_out):
    # Layer 2 sees a = ReLU(x), ReLU(y); its last neuron a_1 + 2 a_2 + 1 is always on.
    first = AffineMap.from_arrays([[1, 0], [0, 1], [1, 1]], [0, 0, 1])
    second = AffineMap.from_arrays([[1, -1, 0], [0, 2, -1], [1, 2, 0]], [0, -1, 1])
    net = Network((first, second, AffineMap.from_arrays([[1, 3, 1], [2, -1, 5]][:n_out], [4, 1][:n_out])))
    switching = AffineMap.from_arrays([[1, -1, 0], [0, -2, 1]], [0, 1])  # the second with the other sign
    output = recover_last_layer([first, switching], lines_across(net, 8))
    assert output.has_linear_rest
    network, reason = assemble([first], output)
    assert network is not None
    assert network.architecture == net.architecture
    points = random_points(2, 300)
    assert network.evaluate(points) == net.evaluate(points)
    for words in ("no signs", "always on", "other choices may give the same N"):
        assert words in reason


def with_bias_in_outputs(net: Network) -> Network:
    """The bias of the last neuron of the last hidden layer, which is always on, moved to the outputs."""
    *below, hidden, output = net.layers
    moved = [c + weights[-1] * hidden.b[-1] for c, weights in zip(output.b, output.W, strict=True)]
    layers = AffineMap.from_arrays(hidden.W, [*hidden.b[:-1], 0]), AffineMap.from_arrays(output.W, moved)
    return Network((*below, *layers))


def test_a_neuron_whose_weights_have_both_signs_is_a_pair_until_somebody_proves_it_on():
    # ReLU(x) + ReLU(y) - ReLU(x + y + 1) + 2 > 0, which bounds on the three activations do not show; a search does.
    first = AffineMap.from_arrays([[1, 0], [0, 1], [1, 1]], [0, 0, 1])
    second = AffineMap.from_arrays([[1, -1, 0], [0, 2, -1], [1, 1, -1]], [0, -1, 2])
    net = Network((first, second, AffineMap.from_arrays([[1, 3, 1], [2, -1, 5]], [4, 1])))
    switching = AffineMap.from_arrays([[1, -1, 0], [0, -2, 1]], [0, 1])
    output = recover_last_layer([first, switching], lines_across(net, 8))
    network, reason = assemble([first], output, None)
    assert network is not None
    assert network.architecture == "2-3-4-2"
    for words in ("no signs", "always on", "never seen to switch", "ReLU(y) - ReLU(-y)"):
        assert words in reason
    proved, reason = assemble([first], output)
    assert proved is not None
    assert is_isomorphic(with_bias_in_outputs(proved), with_bias_in_outputs(net))
    assert "one more neuron" in reason.lower()
    points = random_points(2, 300)
    assert network.evaluate(points) == proved.evaluate(points) == net.evaluate(points)


def test_other_signs_that_give_the_same_function_are_mentioned():
    # ReLU(x) + ReLU(1 - x) = ReLU(-x) + ReLU(x - 1) + 1.
    net = Network.from_arrays([([[1], [-1]], [0, 1]), ([[1, 1]], [0])])
    output = recover_last_layer(net.layers[:1], lines_across(net, 2))
    assert output is not None
    network, reason = assemble([], output)
    assert network is not None
    points = random_points(1, 50)
    assert network.evaluate(points) == net.evaluate(points)
    assert reason == "a 1-2-1 network fits; another choice of signs in the last hidden layer gives the same N"


def test_two_neurons_on_one_boundary_are_one_and_a_linear_term():
    net = Network.from_arrays([([[1], [-1]], [0, 0]), ([[1, 3]], [2])])  # ReLU(x) + 3 ReLU(-x) + 2
    output = recover_last_layer([AffineMap.from_arrays([[1]], [0])], lines_across(net, 1))
    assert output is not None
    network, reason = assemble([], output)
    assert network is not None
    assert network.evaluate([(-5,), (0,), (7,)]) == [(17,), (2,), (9,)]
    assert "shares its boundary" in reason


def test_an_output_that_is_constant_is_recovered_beside_others():
    net = Network.from_arrays([([[1, 0], [1, 2]], [0, 1]), ([[0, 0], [1, 2]], [7, 0])])
    output = recover_last_layer(with_random_signs(net, 3), lines_across(net, 4))
    assert output is not None
    network, _ = assemble([], output)
    assert network is not None
    assert is_isomorphic(network, net)


def test_activations_of_no_layers_are_the_points():
    points = [(Fraction(-1), Fraction(2))]
    assert activations_at([], points) == points
    assert activations_at([AffineMap.from_arrays([[2, 0], [0, -1]], [1, 3])], points) == [(0, 1)]


def test_signs_negate_whole_rows():
    layer = AffineMap.from_arrays([[1, "1/2"], [3, 0]], ["1/3", 2])
    assert with_signs(layer, (1, -1)) == AffineMap.from_arrays([[1, "1/2"], [-3, 0]], ["1/3", -2])
