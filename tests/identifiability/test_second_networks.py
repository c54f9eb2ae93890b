"""Second networks far away: equal, not isomorphic, and all of those that a construction can give."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import known_networks as known
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exactrev.equivalence import decide_equal
from exactrev.geometry import boundaries, regions
from exactrev.identifiability import find_second_networks
from exactrev.identifiability.second_networks import (
    exchange,
    find_exchanges,
    find_narrow,
    find_negations,
    has_narrow_layers,
    negatable_sets,
    negate,
    reflect,
    zero_sums,
)
from exactrev.network import Network, is_isomorphic
from exactrev.verdict import Outcome

rationals = st.sampled_from([Fraction(n, 2) for n in range(-4, 5)])
couples = st.lists(rationals, min_size=2, max_size=2)


@settings(max_examples=60)
@given(couples, rationals, rationals, rationals, couples)
def test_two_layers_of_width_one_always_have_another_network(
    w: list[Fraction], b: Fraction, v: Fraction, later: Fraction, out: list[Fraction]
) -> None:
    net = Network.from_arrays([([w], [b]), ([[v]], [later]), ([[c] for c in out], [0, 1])])
    (other,) = find_narrow(net)
    assert decide_equal(net, other.network).outcome is Outcome.HOLDS
    if any(w):  # else z is constant
        assert not is_isomorphic(net, other.network)


@pytest.mark.parametrize("v", [0, 2, -2])
@pytest.mark.parametrize("later", [-1, 0, 3])
def test_two_narrow_layers_inside_a_deeper_network_have_another_network_in_every_case(v: int, later: int) -> None:
    net = Network.from_arrays(
        [
            ([[1, 2], [3, -1]], [1, -2]),
            ([[1, -2]], [3]),
            ([[v]], [later]),
            ([[1], [-2]], [1, 1]),
            ([[1, 1]], [0]),
        ]
    )
    assert has_narrow_layers(net)
    (other,) = find_narrow(net)
    assert other.network.widths == net.widths
    assert decide_equal(net, other.network).outcome is Outcome.HOLDS
    assert not is_isomorphic(net, other.network)


def test_networks_without_two_narrow_layers_have_none_from_there() -> None:
    assert not has_narrow_layers(known.UNIQUE)
    assert not find_narrow(known.UNIQUE)


def test_a_reflection_undoes_itself() -> None:
    once = reflect(known.REFLECTED, 1)
    assert once == Network.from_arrays([([[-1]], [1]), ([[-1]], [1]), ([[-1]], [1])])
    assert reflect(once, 1) == known.REFLECTED
    with pytest.raises(ValueError, match="negative weight"):
        reflect(Network.from_arrays([([[1]], [0]), ([[1]], [1]), ([[1]], [0])]), 1)


def test_neurons_with_a_vanishing_sum_of_products_are_negated_together() -> None:
    assert negatable_sets(known.NEGATABLE, 1) == [(0, 1, 2)]
    (second,) = find_second_networks(known.NEGATABLE)
    assert second.kind == "negation"
    # Rows and biases of layer 1 change sign; u1 + u2 + u3 = 1 goes into the next biases, once and twice.
    assert second.network.layers[0].b == (0, 0, -1)
    assert second.network.layers[1].b == (-2 + 1, -7 + 2)


@given(st.lists(st.lists(st.integers(-2, 2), min_size=2, max_size=2), min_size=1, max_size=6))
def test_all_sets_with_sum_zero_are_found(vectors: list[list[int]]) -> None:
    exact = [[Fraction(entry) for entry in vector] for vector in vectors]
    found = zero_sums(exact)
    every = [
        chosen
        for size in range(1, len(vectors) + 1)
        for chosen in combinations(range(len(vectors)), size)
        if all(sum(vectors[i][k] for i in chosen) == 0 for k in range(2))
    ]
    assert sorted(found) == sorted(every)


def test_negating_other_sets_changes_the_function() -> None:
    assert decide_equal(known.NEGATABLE, negate(known.NEGATABLE, 1, [0, 1])).outcome is Outcome.FAILS
    assert decide_equal(known.NEGATABLE, negate(known.NEGATABLE, 1, [0, 1, 2])).outcome is Outcome.HOLDS


def test_neurons_of_the_only_hidden_layer_are_negated_too() -> None:
    # ReLU(x) + ReLU(y) + ReLU(1 - x - y): the three hyperplanes bound a triangle; -x, -y, x + y - 1 do as well.
    net = Network.from_arrays([([[1, 0], [0, 1], [-1, -1]], [0, 0, 1]), ([[1, 1, 1]], [0])])
    (second,) = find_second_networks(net)
    assert second.network == Network.from_arrays([([[-1, 0], [0, -1], [1, 1]], [0, 0, -1]), ([[1, 1, 1]], [1])])


def test_negating_a_pair_that_is_its_own_mirror_image_is_a_permutation_and_not_reported() -> None:
    # |x|: u = (x, -x) becomes (-x, x).
    net = Network.from_arrays([([[1], [-1]], [0, 0]), ([[1, 1]], [-1]), ([[1]], [0])])
    assert [second.how for second in find_negations(net)] == ["z[1,0], z[1,1] negated"]
    assert not find_second_networks(net)


def test_neurons_exchange_their_weights_at_one_of_their_loops() -> None:
    net = known.exchangeable()
    (candidate,) = find_exchanges(boundaries(regions(net)))
    assert candidate.network in (exchange(net, 2, 0, 1, range(5)), exchange(net, 2, 0, 1, range(5, 10)))
    assert [second.kind for second in find_second_networks(net, regions(net))] == ["exchange"]


def test_an_exchange_between_neurons_that_are_listened_to_differently_changes_the_function() -> None:
    net = known.exchangeable((1, 2, 1))
    assert decide_equal(net, exchange(net, 2, 0, 1, range(5))).outcome is Outcome.FAILS
    # Scaled by the ratio of the weights out of them it does not.
    scaled = exchange(net, 2, 0, 1, range(5), Fraction(1, 2))
    outcome = decide_equal(net, scaled).outcome
    biases_equal = net.layers[1].b[0] == net.layers[1].b[1] * 2
    assert (outcome is Outcome.HOLDS) == biases_equal


@pytest.mark.parametrize("net", [known.UNIQUE, known.DEAD, known.HIDDEN], ids=["unique", "dead", "hidden"])
def test_nothing_is_reported_where_no_construction_applies(net: Network) -> None:
    assert find_second_networks(net, regions(net)) == []
