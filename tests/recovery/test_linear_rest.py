"""What always-on neurons leave of the last hidden layer, against networks that are known."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from exactrev.equivalence import decide_equal
from exactrev.geometry import boundaries
from exactrev.network import AffineMap, Network, Neuron, he_network
from exactrev.network.isomorphisms import is_isomorphic
from exactrev.recovery.linear_rest import (
    find_bias_that_keeps_on,
    find_linear_rest,
    find_lower_bound,
    prove_always_on,
)
from exactrev.recovery.output_layer import OutputForm
from exactrev.verdict import Outcome


def form_of(net, kept, seed=0):
    """N as its form without signs, of the neurons kept of the last hidden layer; the others are taken to be on."""
    rng = Random(seed)
    hidden, output = net.layers[-2:]
    rows = [[Fraction(entry, hidden.denominator) for entry in row] for row in hidden.rows]
    rest = []
    for weights, bias in zip(output.W, output.b, strict=True):
        total = [Fraction(0)] * hidden.n_in + [bias]
        for z, (o, row) in enumerate(zip(weights, rows, strict=True)):
            share = o / 2 if z in kept else o
            total = [t + share * entry for t, entry in zip(total, row, strict=True)]
        rest.append(total)
    flips = [rng.choice((1, -1)) for _ in kept]
    forms = AffineMap.from_fractions([[t * entry for entry in rows[z]] for t, z in zip(flips, kept, strict=True)])
    return OutputForm(forms, tuple(tuple(row[z] for z in kept) for row in output.W), AffineMap.from_fractions(rest))


def assembled(net, found):
    return Network((*net.layers[:-2], found.hidden, found.output))


def are_equal(f, g):
    return decide_equal(f, g).outcome is Outcome.HOLDS


def is_always_on(network, w, b):
    """Decided by the regions: w a + b has no boundary and is positive somewhere."""
    layers = (*network.layers, AffineMap.from_fractions([[*w, b]]), AffineMap.from_arrays([[1]], [0]))
    net = Network(layers)
    return boundaries(net).of(Neuron(net.depth, 0)).is_empty and net((0,) * net.n_in)[0] > 0


def with_last_row(net, row):
    """The network with another last neuron in its last hidden layer."""
    *below, hidden, output = net.layers
    W, b = [list(weights) for weights in hidden.W], list(hidden.b)
    W[-1], b[-1] = list(row[:-1]), row[-1]
    return Network((*below, AffineMap.from_arrays(W, b), output))


@pytest.mark.parametrize("widths", [(3, 4, 5, 2), (2, 3, 4, 3), (2, 3, 3, 4, 2)])
@pytest.mark.parametrize("seed", range(3))
def test_with_several_outputs_an_always_on_neuron_is_the_one_of_the_truth(widths, seed):
    net = with_last_row(he_network(widths, seed, "float32"), [*range(1, widths[-3] + 1), 7])
    found = find_linear_rest(net.layers[:-2], form_of(net, range(widths[-2] - 1), seed))
    assert found.how == "always on"
    # The bias is any that keeps it on: 0 does, and what it lacks is in the outputs' biases.
    assert is_isomorphic(assembled(net, found), _with_bias_moved(net, 7))


def _with_bias_moved(net, bias):
    """The same function, the bias of the last neuron of the last hidden layer, which is on, moved to the outputs."""
    *below, hidden, output = net.layers
    b = [*hidden.b[:-1], hidden.b[-1] - bias]
    c = [entry + bias * weights[-1] for entry, weights in zip(output.b, output.W, strict=True)]
    return Network((*below, AffineMap.from_arrays(hidden.W, b), AffineMap.from_arrays(output.W, c)))


@pytest.mark.parametrize("seed", range(4))
def test_with_one_output_the_function_is_the_same_and_so_is_the_number_of_neurons(seed):
    net = with_last_row(he_network((2, 4, 5, 1), seed, "float32"), [3, 1, 2, 5, 1])
    found = find_linear_rest(net.layers[:-2], form_of(net, range(4), seed))
    assert found.how == "always on"
    assert assembled(net, found).architecture == net.architecture
    assert are_equal(assembled(net, found), net)


@pytest.mark.parametrize("prove", [is_always_on, prove_always_on])
@pytest.mark.parametrize("seed", [0, 1, 4])
def test_initialised_networks_with_an_always_on_neuron_keep_their_architecture_if_it_can_be_proved(seed, prove):
    net = he_network((2, 5, 5, 5, 1), seed, "float32")
    switching = [z for z in range(5) if not boundaries(net).of(Neuron(3, z)).is_empty]
    assert len(switching) == 4
    form = form_of(net, switching, seed)
    found = find_linear_rest(net.layers[:-2], form, prove)
    assert found.how == "always on"
    assert assembled(net, found).architecture == net.architecture
    assert are_equal(assembled(net, found), net)
    unproved = find_linear_rest(net.layers[:-2], form, lambda *_: False)
    assert unproved.how in ("always on", "pairs")  # the bounds may do, at other signs
    assert are_equal(assembled(net, unproved), net)


@pytest.mark.parametrize(("seed", "always_on"), [(3, 0), (4, 8), (9, 9)])
def test_an_always_on_neuron_among_ten_inputs_and_ten_neurons_is_proved(seed, always_on):
    net = he_network((5, 10, 10, 10, 1), seed, "float32")
    found = find_linear_rest(net.layers[:-2], form_of(net, [z for z in range(10) if z != always_on], seed))
    assert found.how == "always on"
    assert assembled(net, found).architecture == net.architecture
    rng = Random(seed)
    points = [tuple(Fraction(rng.randrange(-300, 300), 17) for _ in range(5)) for _ in range(100)]
    assert assembled(net, found).evaluate(points) == net.evaluate(points)


def test_a_claim_that_nobody_proves_is_not_made():
    net = with_last_row(he_network((2, 4, 5, 1), 1, "float32"), [3, -1, 2, -5, 1])
    found = find_linear_rest(net.layers[:-2], form_of(net, range(4)), None)
    assert (found.how, found.hidden.n_out) == ("pairs", 6)
    # Taken to be on, though it is not: the form is another function, and what is assembled is exactly that.
    form = form_of(net, range(4))
    rng = Random(5)
    last = Network((found.hidden, found.output))
    for _ in range(50):
        a = tuple(Fraction(rng.randrange(-99, 99), 7) for _ in range(4))
        assert last(a) == form(a)


def test_two_always_on_neurons_and_two_outputs_take_a_pair_for_each_dimension():
    net = he_network((2, 3, 4, 3), 3, "float32")
    found = find_linear_rest(net.layers[:-2], form_of(net, [0, 1]))
    assert (found.how, found.hidden.n_out) == ("pairs", 2 + 2 * 2 + 2)  # the default signs leave rank 3
    form = form_of(net, [0, 1])
    last = Network((found.hidden, found.output))
    for a in [(1, 2, 3), (-5, 0, "1/3"), (0, 0, 0), (7, -2, 1)]:
        assert last(a) == form(map(Fraction, a))


def test_two_neurons_on_one_boundary_are_found_with_the_signs_of_the_others():
    base = he_network((3, 4, 4, 2), 2, "float32")
    net = with_last_row(base, [-3 * entry for entry in (*base.layers[1].W[1], base.layers[1].b[1])])
    kept = form_of(net, [0, 1, 2])
    # Both are on the boundary of neuron 1: the jump there is the sum, and the rest holds the difference.
    o = [row[1] + 3 * row[3] for row in net.layers[-1].W]
    outgoing = tuple((row[0], both, row[2]) for row, both in zip(kept.outgoing, o, strict=True))
    row = [*net.layers[1].W[1], net.layers[1].b[1]]
    rest = []
    for entries, weights, of_rest in zip(net.layers[-1].W, kept.outgoing, kept.rest.rows, strict=True):
        assert weights[0] == entries[0]
        known = [Fraction(entry, kept.rest.denominator) for entry in of_rest]
        # form_of took the fourth neuron to be on: o_3 (-3 v); on both sides it is o_3 (|3v| - 3 v) / 2.
        rest.append([e + 3 * entries[3] * r / 2 for e, r in zip(known, row, strict=True)])
    form = OutputForm(kept.forms, outgoing, AffineMap.from_fractions(rest))
    found = find_linear_rest(net.layers[:-2], form)
    assert found.how == "shared boundary"
    assert is_isomorphic(assembled(net, found), net)


def test_without_a_layer_below_nothing_is_bounded():
    # ReLU(x) + 3 y on the inputs themselves: y may be anything.
    form = OutputForm(
        AffineMap.from_arrays([[1, 0]], [0]), ((Fraction(1),),), AffineMap.from_arrays([["1/2", 3]], [0])
    )
    found = find_linear_rest([], form)
    assert found.how == "pairs"
    last = Network((found.hidden, found.output))
    assert [last(x) for x in [(2, 1), (-2, 1), (0, -5)]] == [(5,), (3,), (-15,)]


def test_bounds_go_through_the_layers():
    # a = ReLU(x), ReLU(-x); then ReLU(4 - a_1 - a_2) <= 4, ReLU(a_1) unbounded, ReLU(-1) = 0, ReLU(a_1 - a_1 ...) = 2.
    below = [
        AffineMap.from_arrays([[1], [-1]], [0, 0]),
        AffineMap.from_arrays([[-1, -1], [1, 0], [0, 0], [0, 0]], [4, 0, -1, 2]),
    ]
    assert find_lower_bound(below, [Fraction(w) for w in (-2, 1, -7, -1)]) == -10
    assert find_lower_bound(below, [Fraction(w) for w in (1, -1, 0, 0)]) is None
    # One layer more: ReLU(2 a_1 - a_2 - 3) <= 5, since a_1 <= 4.
    further = [*below, AffineMap.from_arrays([[2, -1, 0, 0]], [-3])]
    assert find_lower_bound(further, [Fraction(-1)]) == -5
    assert find_bias_that_keeps_on(further, [Fraction(-1)]) == 5
    assert find_bias_that_keeps_on(below, [Fraction(w) for w in (1, -1, 0, 0)], None) is None


def test_a_bias_that_is_handed_to_the_proof_is_tried_large_and_larger():
    below = [AffineMap.from_arrays([[1], [1]], [0, -100])]  # ReLU(x) - ReLU(x - 100) is between 0 and 100
    asked = []

    def prove(network, w, b):
        asked.append(b)
        return b >= 1000 and is_always_on(network, w, b)

    weights = (Fraction(-1), Fraction(1))
    assert find_bias_that_keeps_on(below, weights, prove) == asked[-1]
    assert len(asked) == 2
    assert find_bias_that_keeps_on(below, (Fraction(-1), Fraction(0)), is_always_on) is None


def test_a_search_through_the_layers_below_proves_what_bounds_do_not():
    # ReLU(x) + ReLU(y) - ReLU(x + y + 1) >= -1, with equality where x and y are not negative.
    below = Network.from_arrays([([[1, 0], [0, 1], [1, 1]], [0, 0, 1])])
    weights = (Fraction(1), Fraction(1), Fraction(-1))
    assert find_lower_bound(below.layers, weights) is None
    assert prove_always_on(below, weights, Fraction(1))
    assert not prove_always_on(below, weights, Fraction(99, 100))
    assert not prove_always_on(below, (Fraction(1), Fraction(1), Fraction(-2)), Fraction(10**6))
    assert find_bias_that_keeps_on(below.layers, weights) >= 1


def test_many_neurons_are_not_searched_and_still_right():
    net = with_last_row(he_network((2, 3, 18, 2), 0, "float32"), [1, 2, 3, 1])
    found = find_linear_rest(net.layers[:-2], form_of(net, range(17)))
    assert found.how == "pairs"
    rng = Random(2)
    points = [tuple(Fraction(rng.randrange(-300, 300), 17) for _ in range(2)) for _ in range(60)]
    assert assembled(net, found).evaluate(points) == net.evaluate(points)
