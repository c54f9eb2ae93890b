"""Recovery of networks with skip connections or other activations: equal to the truth, or no network at all."""

from __future__ import annotations

from fractions import Fraction

import pytest

from exactrev.equivalence import decide_equal
from exactrev.errors import InvalidNetwork
from exactrev.network import AffineMap, he_network
from exactrev.network.folding import fold
from exactrev.network.piecewise import (
    ABSOLUTE_VALUE,
    HARD_TANH,
    RELU,
    RELU6,
    ActivatedNetwork,
    Activation,
    Kink,
    find_symmetries,
    leaky_relu,
)
from exactrev.network.skips import SkipNetwork
from exactrev.oracle import Oracle
from exactrev.recovery.inexact import round_to_digits
from exactrev.recovery.probe import NotPiecewiseLinear
from exactrev.recovery.skip_connections import has_free_signs, recover_with_skips
from exactrev.verdict import Outcome


def drawn(widths: tuple[int, ...], seed: int) -> SkipNetwork:
    reads, layers = widths[0], []
    for k, width in enumerate(widths[1:]):
        layers.append(he_network((reads, width), seed + 100 * k, "float32").layers[0])
        reads += width
    return SkipNetwork(tuple(layers))


@pytest.mark.parametrize(
    ("widths", "seed"), [((3, 4, 1), 1), ((3, 4, 3, 1), 1), ((4, 4, 3, 2), 2), ((3, 3, 3, 2, 2), 1)]
)
def test_a_network_with_skip_connections_is_recovered(widths: tuple[int, ...], seed: int) -> None:
    net = drawn(widths, seed)
    oracle = Oracle(net, net.n_in)
    found = recover_with_skips(oracle, net.n_in, seed=seed)
    assert found.network is not None
    assert found.network.hidden_widths == net.hidden_widths
    assert found.queries == oracle.queries
    assert decide_equal(found.network.unrolled(), net.unrolled()).holds


def test_where_boundaries_are_hidden_there_is_no_network_and_a_reason() -> None:
    net = he_network((4, 3, 3, 2), 4, "float32")  # layer 1 is not seen where layer 2 is off
    found = recover_with_skips(Oracle(net), net.n_in, seed=4, rounds=1)
    assert found.network is None
    assert found.tested == 0
    assert "breakpoints on no boundary" in found.reason


def test_an_affine_function_has_no_layers() -> None:
    f = AffineMap.from_arrays([[1, 2], [3, 4]], [5, 6])
    assert recover_with_skips(f, 2).network == SkipNetwork((f,))


@pytest.mark.parametrize("phi", [ABSOLUTE_VALUE, HARD_TANH, RELU6], ids=lambda phi: phi.name)
def test_one_layer_of_an_activation_with_free_signs_comes_back_as_it_was(phi: Activation) -> None:
    net = ActivatedNetwork(phi, he_network((3, 4, 1), 2, "float32").layers)
    found = recover_with_skips(net, 3, activation=phi)
    assert found.network is not None
    folded = fold(found.network, phi)
    assert folded is not None
    assert decide_equal(folded.unrolled(), net.unrolled()).holds


def test_leaky_relu_is_recovered_as_relu_with_a_linear_part() -> None:
    phi = leaky_relu("1/4")
    net = ActivatedNetwork(phi, he_network((3, 4, 3, 1), 3, "float32").layers)
    found = recover_with_skips(net, 3, seed=3)
    assert found.network is not None
    assert any(any(row[:3]) for row in found.network.layers[1].rows)  # x skips layer 1
    folded = fold(found.network, phi)
    assert folded is not None
    assert decide_equal(folded.unrolled(), net.unrolled()).holds


def test_a_point_where_the_result_is_wrong_leads_to_the_neuron_that_is_missing() -> None:
    net = drawn((3, 4, 3, 1), 3)
    first = recover_with_skips(net, 3, seed=3)
    assert first.network is not None
    wrong = decide_equal(first.network.unrolled(), net.unrolled())  # a neuron that no line and no test point met
    assert wrong.outcome is Outcome.FAILS
    points = []

    def ask(guess: SkipNetwork) -> tuple[Fraction, ...] | None:
        points.append(decide_equal(guess.unrolled(), net.unrolled()).witness.get("point"))
        return points[-1]

    found = recover_with_skips(net, 3, seed=3, equivalence=ask)
    assert len(points) > 1
    assert points[-1] is None
    assert found.network is not None
    assert decide_equal(found.network.unrolled(), net.unrolled()).holds


def test_only_activations_that_are_symmetric_have_free_signs() -> None:
    kinks = tuple(Kink(Fraction(t), Fraction(t % 2 + 1)) for t in (0, 1, 2))
    three = Activation("three", Fraction(-2), Fraction(0), kinks)
    assert find_symmetries(three).reflection is not None
    assert [has_free_signs(phi) for phi in (ABSOLUTE_VALUE, HARD_TANH, RELU6)] == [True] * 3
    assert [has_free_signs(phi) for phi in (RELU, leaky_relu("1/4"), three)] == [False] * 3
    with pytest.raises(InvalidNetwork, match="the signs of neurons with this activation matter"):
        recover_with_skips(RELU, 1, activation=RELU)


def test_a_recovery_takes_a_round() -> None:
    with pytest.raises(ValueError, match="at least one round, not 0"):
        recover_with_skips(abs, 1, rounds=0)


def test_rounded_answers_give_no_network() -> None:
    net = drawn((3, 4, 3, 1), 1)
    with pytest.raises(NotPiecewiseLinear):
        recover_with_skips(lambda x: [round_to_digits(y, 6) for y in net(x)], 3)
