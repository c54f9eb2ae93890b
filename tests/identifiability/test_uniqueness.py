"""Uniqueness among all networks of an architecture: the lemmas apply where their conditions hold, and not where not."""

from __future__ import annotations

import known_networks as known
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exactrev.equivalence import decide_equal
from exactrev.geometry import regions
from exactrev.identifiability import decide_unique
from exactrev.identifiability.uniqueness import is_unique_by_one_last_neuron, is_unique_by_two_and_two
from exactrev.network import Network, Neuron, is_isomorphic, permute, random_rational_network, scale
from exactrev.verdict import Outcome

LAST = [
    known.UNIQUE,
    # ReLU(1 + a1 - a2 + a3/2) with u = (x, -x + y/4 - 1, y): boundaries of u1 and z' are disjoint, case 2.
    Network.from_arrays([([[1, 0], [-1, "1/4"], [0, 1]], [0, -1, 0]), ([[1, -1, "1/2"]], [1]), ([[1]], [0])]),
    # ReLU(3 - ReLU(x) - 2 ReLU(1 - x)): slopes 0, 2, 1, -1, 0.
    Network.from_arrays([([[1], [-1]], [0, 1]), ([[-1, -2]], [3]), ([[1]], [0])]),
]
PLANE = Network.from_arrays(
    [([[1, 0], [0, 1]], [0, 0]), ([[-2, 1], [3, -1]], [1, -1]), ([[1, 0], [0, 1]], [0, 0])]
)


# The same over u = (x + 2 y - w, y + 3 w) on three inputs.
SPACE = Network.from_arrays(
    [([[1, 2, -1], [0, 1, 3]], [0, 0]), ([[-2, 1], [3, -1]], [1, -1]), ([[1, 0], [0, 1]], [0, 0])]
)


@pytest.mark.parametrize("net", [*LAST, PLANE, SPACE], ids=lambda net: net.architecture)
def test_the_lemmas_prove_networks_unique(net: Network) -> None:
    verdict = decide_unique(net)
    assert verdict.holds
    image = scale(permute(net, 1, range(net.hidden_widths[0])[::-1]), Neuron(2, 0), "3/7")
    assert decide_unique(image).holds


@pytest.mark.parametrize("net", LAST, ids=lambda net: net.architecture)
def test_no_other_network_is_equal_to_one_that_the_first_lemma_proves_unique(net: Network) -> None:
    # Flip signs of rows in every way, with and without the last neuron: none is equal, as the proof says.
    layers = [([list(row) for row in f.W], list(f.b)) for f in net.layers]
    n = net.hidden_widths[0]
    for choice in range(1, 2**n):
        flips = [-1 if choice >> i & 1 else 1 for i in range(n)]
        W = [[s * w for w in row] for s, row in zip(flips, layers[0][0], strict=True)]
        b = [s * c for s, c in zip(flips, layers[0][1], strict=True)]
        for shift in (-2, -1, 0, 1, 2):
            other = Network.from_arrays([(W, b), (layers[1][0], [layers[1][1][0] + shift]), layers[2]])
            assert decide_equal(net, other).outcome is Outcome.FAILS


def test_a_network_with_negatable_neurons_meets_all_conditions_but_one() -> None:
    # u = (x, y, 1 - x - y), all weights 1: the third condition fails, and there is a second network.
    net = Network.from_arrays([([[1, 0], [0, 1], [-1, -1]], [0, 0, 1]), ([[1, 1, 1]], [-2]), ([[1]], [0])])
    assert not is_unique_by_one_last_neuron(regions(net))
    assert decide_unique(net).outcome is Outcome.FAILS
    # With another weight the sum no longer vanishes.
    net = Network.from_arrays([([[1, 0], [0, 1], [-1, -1]], [0, 0, 1]), ([[1, 1, 2]], [-4]), ([[1]], [0])])
    assert is_unique_by_one_last_neuron(regions(net))


@pytest.mark.parametrize(
    ("layers", "why"),
    [
        ([([[1, 0], [0, 1]], [0, 0]), ([[-2, 1]], [1]), ([[0]], [0])], "nobody listens"),
        ([([[1, 0], [0, 1]], [0, 0]), ([[-2, 0]], [1]), ([[1]], [0])], "a weight is 0"),
        ([([[1, 0], [-2, 0]], [0, 0]), ([[-2, 1]], [1]), ([[1]], [0])], "two hyperplanes coincide"),
        ([([[1, 0], [0, 1]], [0, 0]), ([[2, -1]], [-1]), ([[1]], [0])], "x = 0 is not a kink"),
        ([([[1, 0], [0, 1]], [0, 0]), ([[2, 1]], [1]), ([[1]], [0])], "z' is never negative"),
    ],
)
def test_the_first_lemma_needs_each_of_its_conditions(
    layers: list[tuple[list[list[int]], list[int]]], why: str
) -> None:
    assert not is_unique_by_one_last_neuron(regions(Network.from_arrays(layers))), why


@pytest.mark.parametrize(
    ("W1", "W2", "b2", "C", "why"),
    [
        ([[1, 0], [2, 0]], [[-2, 1], [3, -1]], [1, -1], [[1, 0], [0, 1]], "the lines are parallel"),
        ([[1, 0], [0, 1]], [[-2, 0], [3, -1]], [1, -1], [[1, 0], [0, 1]], "a weight is 0"),
        ([[1, 0], [0, 1]], [[-2, 1], [3, -1]], [1, 0], [[1, 0], [0, 1]], "a bias is 0"),
        ([[1, 0], [0, 1]], [[-2, 1], [3, -1]], [1, -1], [[1, 0], [1, 0]], "nobody listens to z[2,1]"),
        ([[1, 0], [0, 1]], [[2, 1], [3, -1]], [1, -1], [[1, 0], [0, 1]], "B[z[2,0]] is empty"),
        ([[1, 0], [0, 1]], [[-2, 1], [-1, -1]], [1, 2], [[1, 0], [0, 1]], "the boundaries of layer 2 meet"),
        ([[1, 0], [0, 1]], [[-2, 1], [2, -1]], [1, -3], [[1, 1]], "the sum over both is constant"),
        ([[1, 0], [0, 1]], [[2, -1], [3, -1]], [-1, -1], [[1, 0], [0, 1]], "nothing is seen where p < 0 < q"),
    ],
)
def test_the_second_lemma_needs_each_of_its_conditions(
    W1: list[list[int]], W2: list[list[int]], b2: list[int], C: list[list[int]], why: str
) -> None:
    net = Network.from_arrays([(W1, [0, 0]), (W2, b2), (C, [0] * len(C))])
    assert not is_unique_by_two_and_two(regions(net)), why


@settings(max_examples=10)
@given(st.integers(0, 2**20))
def test_a_network_with_a_second_one_is_never_proved_unique(seed: int) -> None:
    # Reflections, negations and families are found without the lemmas; both together would be a contradiction.
    net = random_rational_network((1, 2, 1, 1), seed, numerator=2, denominator=1)
    complex = regions(net)
    verdict = decide_unique(net)
    if verdict.outcome is Outcome.FAILS:
        assert complex.n_thick or not is_unique_by_one_last_neuron(complex)
        other = verdict.witness["network"]
        assert decide_equal(net, other).outcome is Outcome.HOLDS
        assert not is_isomorphic(net, other)


def test_nothing_is_claimed_about_other_shapes() -> None:
    net = random_rational_network((2, 4, 3, 1), seed=7, numerator=5, denominator=3)
    assert decide_unique(net).outcome in (Outcome.UNDECIDED, Outcome.FAILS)
    assert not is_unique_by_one_last_neuron(regions(net))
    assert not is_unique_by_two_and_two(regions(net))
