"""Open weights from values, against networks that are known: what is claimed is right, and the intervals hold it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exactrev.errors import InvalidNetwork
from exactrev.network import AffineMap, Network, Neuron, Point
from exactrev.network.random import he_network
from exactrev.recovery.open_weights import Completion, complete
from exactrev.recovery.parametric import Answer, OpenWeight
from exactrev.testing.strategies import networks, points


def with_weights(network: Network, values: dict[OpenWeight, Fraction]) -> Network:
    layers = [[[*W, b] for W, b in zip(f.W, f.b, strict=True)] for f in network.layers]
    for (neuron, unit), value in values.items():
        layers[neuron.layer - 1][neuron.index][unit] = value
    return Network(tuple(AffineMap.from_fractions(rows) for rows in layers))


def weight(network: Network, entry: OpenWeight) -> Fraction:
    (layer, z), unit = entry
    return network.layers[layer - 1].W[z][unit]


def inner_weights(network: Network) -> list[OpenWeight]:
    return [(z, i) for z in network.neurons() if z.layer > 1 for i in range(network.widths[z.layer - 1])]


def ask(network: Network, seed: int, count: int = 200) -> list[Answer]:
    """Half of the points at random in several scales, half on lines."""
    rng = random.Random(seed)

    def gauss(scale: int) -> Point:
        return tuple(Fraction(round(rng.gauss(0, scale) * 2**16), 2**16) for _ in range(network.n_in))

    asked = [gauss(rng.choice((1, 1, 1, 2, 4, 16))) for _ in range(count // 2)]
    while len(asked) < count:
        origin, direction = gauss(1), gauss(1)
        ts = [Fraction(t * abs(t), 4) for t in range(-12, 13)]
        asked += [tuple(a + t * b for a, b in zip(origin, direction, strict=True)) for t in ts]
    return list(zip(asked, network.evaluate(asked), strict=True))


def complete_blanked(truth: Network, entries: Sequence[OpenWeight], answers: Sequence[Answer]) -> Completion:
    """The completion of the truth without these weights; says nothing false about them."""
    found = complete(with_weights(truth, dict.fromkeys(entries, Fraction(0))), entries, answers)
    assert [(w.neuron, w.input) for w in found.weights] == list(entries)
    for finding, entry in zip(found.weights, entries, strict=True):
        assert any(weight(truth, entry) in interval for interval in finding.allowed)
        assert any(finding.value in interval for interval in finding.allowed)
        if finding.is_known:
            assert finding.value == weight(truth, entry)
    assert found.left_out == ()
    return found


@pytest.mark.parametrize("count", [0, 1, 2, 3])
@pytest.mark.parametrize("seed", [0, 2, 3, 4])
def test_open_weights_of_random_networks_are_found_exactly(seed: int, count: int) -> None:
    truth = he_network([5, 6, 6, 6, 1], seed, "float32")
    entries = random.Random(seed).sample(inner_weights(truth), count)
    found = complete_blanked(truth, entries, ask(truth, seed))
    assert found.network == truth
    assert found.is_consistent
    assert found.is_searched_out


def test_a_weight_that_no_answer_shows_gets_a_value_that_keeps_its_neuron_off() -> None:
    # z[2,0] = W a_0 + a_1 - 3 with a_0 = ReLU(x), a_1 = ReLU(-x - 4): the answers below have a_0 up to 2 only.
    truth = Network.from_arrays([([[1], [-1]], [0, -4]), ([["-1/2", 1]], [-3]), ([[1]], [0])])
    answers = [((Fraction(x),), truth((x,))) for x in range(-9, 3)]
    found = complete_blanked(truth, [(Neuron(2, 0), 0)], answers)
    assert [str(interval) for interval in found.weights[0].allowed] == ["(-oo, 3/2]"]  # 2 W - 3 <= 0
    assert found.still_open == found.weights
    assert found.is_consistent
    assert found.weights[0].value < -1


def test_zero_is_no_placeholder_for_a_weight_that_keeps_a_neuron_off() -> None:
    truth = Network.from_arrays([([[1], [-1]], [0, -4]), ([[-7, 1]], [3]), ([[1]], [0])])
    answers = [((Fraction(x),), truth((x,))) for x in (-6, -2, 1, 2)]
    found = complete_blanked(truth, [(Neuron(2, 0), 0)], answers)
    assert str(found.weights[0].allowed[0]) == "(-oo, -3]"  # off at x = 1 already
    assert found.network.evaluate([x for x, _ in answers]) == [y for _, y in answers]


def test_two_neurons_that_always_matter_together_are_told_apart() -> None:
    # Both weights of z[2,0] and z[2,1] for unit 0 are open, and unit 0 is the only one that is on for x > 0.
    truth = Network.from_arrays([([[1], [-1]], [0, 0]), ([[2, 1], [-3, 1]], [1, 5]), ([[1, "1/2"]], [0])])
    answers = [((Fraction(x, 3),), truth((Fraction(x, 3),))) for x in range(-4, 12)]
    found = complete_blanked(truth, [(Neuron(2, 0), 0), (Neuron(2, 1), 0)], answers)
    assert found.network == truth


def test_weights_of_one_neuron_are_found_from_equations_in_both() -> None:
    truth = he_network([3, 5, 4, 1], 3, "float32")
    entries = [(Neuron(2, 1), 0), (Neuron(2, 1), 3), (Neuron(2, 1), 4)]
    assert complete_blanked(truth, entries, ask(truth, 3)).network == truth


def test_open_weights_of_the_first_layer_may_meet_negative_inputs() -> None:
    truth = he_network([3, 4, 1], 1, "float32")
    entries = [(Neuron(1, 2), 1)]
    assert complete_blanked(truth, entries, ask(truth, 1)).network == truth


def test_where_another_weight_is_wrong_the_points_that_show_it_are_named() -> None:
    truth = he_network([5, 6, 6, 6, 1], 0, "float32")
    answers = ask(truth, 0)
    wrong = with_weights(truth, {(Neuron(3, 1), 2): Fraction(9)})
    found = complete(wrong, [(Neuron(2, 0), 1)], answers)
    assert not found.is_consistent
    assert found.left_out
    assert set(found.left_out) <= {x for x, _ in answers}


def test_answers_that_no_weight_explains_are_left_out() -> None:
    truth = Network.from_arrays([([[1], [-1]], [0, -4]), ([[2, 1]], [3]), ([[1]], [0])])
    answers = [((Fraction(x),), truth((x,))) for x in (1, 2, 3)] + [((Fraction(4),), (Fraction(-1),))]
    found = complete(truth, [(Neuron(2, 0), 0)], answers)
    assert found.left_out == ((Fraction(4),),)
    assert found.contradictions == ((Fraction(4),),)
    assert found.weights[0].is_known
    assert found.weights[0].value == 2


def test_a_spent_budget_is_said_and_makes_no_false_statement() -> None:
    truth = he_network([5, 6, 6, 6, 1], 1, "float32")
    entries = inner_weights(truth)[:3]
    answers = ask(truth, 1)
    blank = with_weights(truth, dict.fromkeys(entries, Fraction(0)))
    found = complete(blank, entries, answers, budget=2 - 4 * len(answers))
    assert not found.is_searched_out
    for finding in found.weights:
        assert any(weight(truth, (finding.neuron, finding.input)) in interval for interval in finding.allowed)


def test_unknown_weights_and_answers_of_the_wrong_length_are_refused() -> None:
    net = he_network([2, 3, 2, 1], 0, "float32")
    with pytest.raises(InvalidNetwork, match="no such hidden neuron"):
        complete(net, [(Neuron(3, 0), 0)], [])
    with pytest.raises(InvalidNetwork, match="no such weight"):
        complete(net, [(Neuron(2, 0), 3)], [])
    with pytest.raises(InvalidNetwork, match="wrong length"):
        complete(net, [], [((Fraction(0), Fraction(0)), (Fraction(0), Fraction(0)))])


@settings(max_examples=120)
@given(st.data())
def test_what_is_claimed_of_small_degenerate_networks_is_true(data: st.DataObject) -> None:
    truth = data.draw(networks(min_depth=1, max_depth=3))
    everything = [(z, i) for z in truth.neurons() for i in range(truth.widths[z.layer - 1])]
    entries = data.draw(st.lists(st.sampled_from(everything), max_size=3, unique=True))
    asked = data.draw(st.lists(points(truth.n_in), max_size=12))
    answers = list(zip(asked, truth.evaluate(asked), strict=True))
    found = complete_blanked(truth, entries, answers)
    if found.is_searched_out:
        assert found.is_consistent


@given(st.data())
def test_every_value_of_an_interval_of_one_weight_gives_all_answers(data: st.DataObject) -> None:
    truth = data.draw(networks(min_depth=1, max_depth=2))
    everything = [(z, i) for z in truth.neurons() for i in range(truth.widths[z.layer - 1])]
    entry = data.draw(st.sampled_from(everything))
    asked = data.draw(st.lists(points(truth.n_in), max_size=8))
    answers = list(zip(asked, truth.evaluate(asked), strict=True))
    value = data.draw(st.fractions(-6, 6, max_denominator=4))
    [finding] = complete_blanked(truth, [entry], answers).weights
    agrees = with_weights(truth, {entry: value}).evaluate(asked) == [y for _, y in answers]
    assert agrees == any(value in interval for interval in finding.allowed)


def test_findings_without_a_value_are_contradicted() -> None:
    truth = Network.from_arrays([([[1], [-1]], [0, -4]), ([[2, 1]], [3]), ([[1]], [0])])
    found = complete(truth, [(Neuron(2, 0), 0)], [((Fraction(1),), truth((1,)))])
    assert replace(found.weights[0], allowed=()).is_contradicted
    assert not found.weights[0].is_contradicted


def test_a_vote_finds_weights_although_a_rare_neuron_is_missing_elsewhere() -> None:
    # The last neuron of layer 1 is on only beyond x_0 = 3; the network to complete does without it.
    first = [[1, 1], [1, -1], [-1, 0], [1, 0]], [0, 1, 1, -3]
    truth = Network.from_arrays([first, ([[1, 2, -1, 1], [3, "-1/2", 1, 2]], [1, -1]), ([[1, -2]], [0])])
    blind = with_weights(truth, {(Neuron(2, 0), 3): Fraction(0), (Neuron(2, 1), 3): Fraction(0)})
    answers = ask(truth, 5)
    entry = (Neuron(2, 1), 1)
    found = complete(with_weights(blind, {entry: Fraction(0)}), [entry], answers)
    assert found.network == blind
    assert found.weights[0].is_known
    assert found.left_out
    assert all(x[0] > 3 for x in found.left_out)


def test_weights_that_are_multiplied_are_found_together() -> None:
    # z[3,0] listens to z[2,0], and both weights are open on a path x -> a -> z[2,0] -> z[3,0] -> N.
    truth = he_network([4, 5, 5, 5, 1], 2, "float32")
    entries = [(Neuron(2, 0), 1), (Neuron(3, 2), 0)]
    found = complete_blanked(truth, entries, ask(truth, 2, 300))
    assert found.network == truth
    assert all(finding.is_shown for finding in found.weights)
