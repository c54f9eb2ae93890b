"""Where two networks differ that are the same but for a few weights."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exactrev.network import Network, Neuron, random_rational_network
from exactrev.recovery.narrowing import with_values
from exactrev.recovery.open_weights import complete
from exactrev.recovery.probe import Probe
from exactrev.recovery.readings import Reader
from exactrev.recovery.results import Attempt
from exactrev.recovery.rivals import find_deciding_point, subtract
from exactrev.recovery.sightings import Sightings

WIDTHS = [(2, 3, 1), (2, 3, 2, 2), (1, 2, 3, 2, 1)]


@st.composite
def twins(draw):
    """Two networks that differ in at most three weights of hidden layers, and a point."""
    net = random_rational_network(draw(st.sampled_from(WIDTHS)), draw(st.integers(0, 50)))
    neurons = [neuron for neuron in net.neurons() if neuron.layer <= net.depth]
    places = [(neuron, i) for neuron in neurons for i in range(net.layers[neuron.layer - 1].n_in)]
    chosen = draw(st.lists(st.sampled_from(places), max_size=3, unique=True))
    values = [Fraction(draw(st.integers(-3, 3))) for _ in chosen]
    return net, with_values(net, chosen, values), tuple(Fraction(draw(st.integers(-9, 9)), 4) for _ in range(net.n_in))


@given(twins())
@settings(max_examples=80)
def test_the_difference_of_twins_is_one_network(case):
    one, other, x = case
    assert subtract(one, other)(x) == tuple(p - q for p, q in zip(one(x), other(x), strict=True))


@given(twins())
@settings(max_examples=40)
def test_a_deciding_point_is_one_and_there_is_one_wherever_samples_show_a_difference(case):
    one, other, x = case
    found = find_deciding_point(one, other)
    if found is not None:
        assert one(found) != other(found)
    else:
        assert one(x) == other(x)


def test_what_both_have_below_is_there_once():
    one = random_rational_network((3, 4, 4, 4, 1), 0)
    other = with_values(one, [(Neuron(3, 2), 1)], [Fraction(77)])
    assert subtract(one, other).widths == (3, 4, 4, 5, 1)


def test_networks_of_different_architectures_have_no_difference_here():
    with pytest.raises(ValueError, match="2-3-1, 2-3-2-2"):
        subtract(random_rational_network((2, 3, 1), 0), random_rational_network((2, 3, 2, 2), 0))


# z = ReLU(x) + 2 ReLU(-x - 100) - 1: the second weight shows only where x < -100 and z is on.
TRUTH = Network.from_arrays([([[1], [-1]], [0, -100]), ([[1, 2]], [-1]), ([[3]], [0])])
OPEN = (Neuron(2, 0), 1)
NEAR = [((Fraction(x),), TRUTH((Fraction(x),))) for x in (-9, -1, 0, 1, 2, 5)]


def test_rivals_give_every_answer_that_was_used_and_are_not_the_network():
    found = complete(TRUTH, [OPEN], NEAR)
    assert found.rivals
    assert found.network not in found.rivals
    for rival in found.rivals:
        assert rival.evaluate([x for x, _ in NEAR]) == [y for _, y in NEAR]


def test_no_value_is_left_open_that_one_more_question_would_show():
    probe = Probe(TRUTH, 1)
    probe.values([x for x, _ in NEAR])
    blank = with_values(TRUTH, [OPEN], [Fraction(0)])
    reader = Reader(probe, Sightings(probe), "both", "nearest", 0, lambda text: None)
    before = Attempt(blank.layers[:-1], (), None, blank, "but for one weight", (OPEN,))
    after = reader._complete(before, blank)
    assert after.network == TRUTH
    assert after.open_weights == ()
    assert [finding.value for finding in after.findings] == [2]


def test_a_weight_that_changes_nothing_stays_open():
    net = Network.from_arrays([([[1], [-1]], [0, -100]), ([[1, -2]], [-1]), ([[3]], [0])])
    probe = Probe(net, 1)
    probe.values([x for x, _ in NEAR])
    blank = with_values(net, [OPEN], [Fraction(0)])
    reader = Reader(probe, Sightings(probe), "both", "nearest", 0, lambda text: None)
    after = reader._complete(Attempt(blank.layers[:-1], (), None, blank, "but for one weight", (OPEN,)), blank)
    assert after.open_weights == (OPEN,)
    [finding] = after.findings
    assert all(interval.low is None for interval in finding.allowed)
    assert after.network is not None
    assert find_deciding_point(after.network, net) is None
