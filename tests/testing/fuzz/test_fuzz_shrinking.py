"""What is left after shrinking is small, still shows it, and is the same every time."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from testing.fuzz.networks_to_judge import R1, R2, UNSEEN, ZERO

from exactrev.geometry import regions
from exactrev.network import Network
from exactrev.testing.fuzz.judging import judge
from exactrev.testing.fuzz.shrinking import _changes, shrink, size_of
from exactrev.testing.strategies import networks

LARGE = Network.from_arrays(
    [
        ([["7/3", -2], [5, "1/9"], [0, 4]], [3, "-1/2", 6]),
        ([[1, -2, "3/5"], [0, 0, 0]], [-1, 0]),
        ([[2, 1], [4, "-2/7"]], [0, 9]),
        ([[1, 3], [-5, 2]], ["1/3", 8]),
    ]
)


def fails(net: Network, label: str) -> bool:
    return judge(net, [label], twice=False)[0][0].outcome == "FAILS"


def test_the_smallest_counterexamples_are_those_that_one_would_write_down() -> None:
    assert shrink(LARGE, lambda net: fails(net, R1)) == ZERO
    assert shrink(LARGE, lambda net: fails(net, R2)) == UNSEEN


def test_layers_neurons_inputs_outputs_and_numbers_that_do_not_matter_go() -> None:
    assert shrink(LARGE, lambda net: True) == Network.from_arrays([([[0]], [0])])
    assert shrink(LARGE, lambda net: net.depth >= 2).widths == (1, 1, 1, 1)
    assert shrink(LARGE, lambda net: net.n_in == 2).widths == (2, 1)
    assert shrink(LARGE, lambda net: net.n_out == 2).widths == (1, 2)
    assert shrink(LARGE, lambda net: max(net.hidden_widths, default=0) >= 3).hidden_widths == (3,)


def test_a_number_that_matters_becomes_the_simplest_one() -> None:
    def largest(net: Network) -> Fraction:
        return max(abs(entry) for f in net.layers for row in (*f.W, f.b) for entry in row)

    net = Network.from_arrays([([["12345678901234567890123/7"]], [0])])
    assert largest(shrink(net, lambda net: largest(net) >= 5)) in (5, 6, 7)  # by halves
    assert shrink(Network.from_arrays([([["-22/7"]], [0])]), lambda net: net.layers[0].W[0][0].denominator > 1) == (
        Network.from_arrays([([["1/2"]], [0])])
    )
    assert shrink(Network.from_arrays([([[-3]], [0])]), lambda net: net.layers[0].W[0][0] < 0) == (
        Network.from_arrays([([[-1]], [0])])
    )


def test_a_row_is_scaled_as_a_whole() -> None:
    # Two neurons that vanish at one point: neither a weight nor a bias can change alone.
    net = Network.from_arrays([([["-3/2"], [4]], [3, -8]), ([[1, 1]], [0])])
    small = shrink(
        net,
        lambda net: (
            len(net.layers[0].W) == 2
            and net.preactivations((2,))[0] == (0, 0)
            and all(weight for row in net.layers[0].W for weight in row)
        ),
    )
    assert small == Network.from_arrays([([[-1], [1]], [2, -2]), ([[0, 0]], [0])])


def test_a_neuron_that_is_constant_goes_into_the_next_biases() -> None:
    net = Network.from_arrays([([[0], [1]], [2, 0]), ([["1/2", -1]], [0]), ([[1]], [0])])
    # 1 - ReLU(x): never mind how, as long as it vanishes at 1 and not at 0 or 2.
    assert shrink(net, lambda net: [net.sign_vector((x,))[-1:] for x in (0, 1, 2)] == [((1,),), ((0,),), ((-1,),)]) == (
        Network.from_arrays([([[-1]], [1]), ([[0]], [0])])
    )
    two = shrink(net, lambda net: net.depth == 2 and net.sign_vector((1,))[1] == (0,) != net.sign_vector((0,))[1])
    assert two.hidden_widths == (1, 1)


@settings(max_examples=15)
@given(networks(n_in=2, min_depth=1, max_depth=2))
def test_nothing_more_can_be_left_out_of_the_result(net: Network) -> None:
    wanted = min(regions(net).n_regions, 3)

    def has_as_many(net: Network) -> bool:
        return regions(net).n_regions >= wanted

    small = shrink(net, has_as_many)
    assert has_as_many(small)
    assert size_of(small) <= size_of(net)
    place = 0
    while (changes := _changes(small, place)) is not None:
        assert not any(size_of(change) < size_of(small) and has_as_many(change) for change in changes)
        place += 1
    assert shrink(net, has_as_many) == small


@pytest.mark.parametrize("trials", [0, 1, 5, 30])
def test_no_more_is_tried_than_allowed(trials: int) -> None:
    asked = []

    def shows(net: Network) -> bool:
        asked.append(net)
        return net.depth >= 2

    assert shrink(LARGE, shows, trials).depth >= 2
    assert len(asked) <= trials
