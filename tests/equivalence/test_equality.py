"""Equality is claimed with a proof, denied with a point, and else left open."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from comparable_networks import made_linear, with_neuron, without
from hypothesis import given, settings
from hypothesis import strategies as st

from exactrev.equivalence import decide_equal, find_difference, prune, side_by_side
from exactrev.equivalence.pruning import is_proved_never_active
from exactrev.errors import InvalidNetwork
from exactrev.network import Network, Neuron
from exactrev.network.isomorphisms import permute, scale
from exactrev.network.random import he_network, random_rational_network
from exactrev.verdict import Outcome

GRID = [*product((-3, Fraction(-1, 2), 0, 1, 4), repeat=2)]

# -- equality ----------------------------------------------------------------------------------------------------------


def test_isomorphic_networks_are_equal() -> None:
    net = he_network((20, 6, 5, 3), 0)
    image = scale(permute(net, 1, (5, 4, 3, 2, 1, 0)), Neuron(2, 1), "1/3")
    verdict = decide_equal(net, image)
    assert verdict.holds
    assert verdict.witness["isomorphism"](net) == image


def test_a_neuron_that_is_never_on_makes_no_difference() -> None:
    net = he_network((8, 6, 5, 3), 0)
    # -a_0 - 2 a_1 - 1 is negative, for activations are not.
    more = with_neuron(net, 2, [-1, -2, 0, 0, 0, 0, -1], [5, 6, 7])
    assert decide_equal(net, more).checked == "isomorphic without superfluous neurons"
    assert decide_equal(more, net).holds


def test_a_different_way_to_write_a_linear_term_is_recognised_on_all_regions() -> None:
    # ReLU(x + y) - ReLU(-x - y) = x + y = ReLU(x) - ReLU(-x) + ReLU(y) - ReLU(-y)
    a = Network.from_arrays([([[1, 1], [-1, -1]], [0, 0]), ([[1, -1]], [0])])
    b = Network.from_arrays([([[1, 0], [-1, 0], [0, 1], [0, -1]], [0] * 4), ([[1, -1, 1, -1]], [0])])
    verdict = decide_equal(a, b)
    assert verdict.holds
    # Three lines through one point: six regions.
    assert verdict.checked == "the difference is zero on all of its 6 regions"


def test_networks_of_other_depths_are_compared() -> None:
    a = he_network((2, 3, 2, 1), 0)
    b = side_by_side(a, Network.from_arrays([([[0, 0]], [0])]))
    deeper = Network.from_arrays(
        [
            (a.layers[0].W, a.layers[0].b),
            (a.layers[1].W, a.layers[1].b),
            ([[1, 0], [0, 1]], [0, 0]),
            (a.layers[2].W, a.layers[2].b),
        ]
    )
    assert decide_equal(a, b).holds
    assert decide_equal(a, deeper).holds
    assert decide_equal(deeper, a).holds


def test_a_hat_too_small_for_samples_is_found_among_the_regions() -> None:
    # |x - c| <= 10^-9 is where ReLU(x - c + w) - 2 ReLU(x - c) + ReLU(x - c - w) is not zero.
    c, w = Fraction(123457, 10**5), Fraction(1, 10**9)
    flat = Network.from_arrays([([[1], [1], [1]], [w - c, -c, -w - c]), ([[0, 0, 0]], [0])])
    hat = Network.from_arrays([([[1], [1], [1]], [w - c, -c, -w - c]), ([[1, -2, 1]], [0])])
    verdict = decide_equal(flat, hat)
    assert verdict.outcome is Outcome.FAILS
    point = verdict.witness["point"]
    assert flat(point) == verdict.witness["first"] == (0,)
    assert hat(point) == verdict.witness["second"] != (0,)


def with_linear_terms(net: Network, forms: list[list[Fraction | int]], factors: list[int]) -> Network:
    """The network plus the sum of factor * form, each written as ReLU(form) - ReLU(-form) in the only hidden layer."""
    for form, factor in zip(forms, factors, strict=True):
        net = with_neuron(net, 1, form, [factor] * net.n_out)
        net = with_neuron(net, 1, [-entry for entry in form], [-factor] * net.n_out)
    return net


def test_linear_terms_that_cancel_are_seen_to_cancel_in_any_dimension() -> None:
    net = he_network((9, 5, 2), 0)
    forms: list[list[Fraction | int]] = [[1, 0, 2, *[0] * 7], [0, 1, *[0] * 7, 3], [1, 1, 2, *[0] * 6, 3]]
    more = with_linear_terms(net, forms, [1, 1, -1])
    verdict = decide_equal(net, more)
    assert verdict.holds
    # f + g = h: three hyperplanes through one space of codimension two.
    assert verdict.checked == "the difference is zero on all of its 6 regions"


def test_where_there_is_no_proof_it_stays_open() -> None:
    net = he_network((9, 5, 2), 0)
    rows = random_rational_network((9, 20, 1), 0).layers[0].rows
    forms = [*map(list, rows), [sum(column) for column in zip(*rows, strict=True)]]
    more = with_linear_terms(net, [[*map(Fraction, form)] for form in forms], [1] * 20 + [-1])
    assert find_difference(net, more, budget=500) is None
    assert decide_equal(net, more).outcome is Outcome.UNDECIDED
    assert decide_equal(net, made_linear(net, Neuron(1, 0))).outcome is Outcome.FAILS


def test_neurons_that_both_have_are_made_one() -> None:
    net = he_network((30, 6, 5, 3), 0)
    split = with_neuron(net, 2, [2 * entry for entry in (*net.layers[1].W[0], net.layers[1].b[0])], [0, 5, 0])
    columns = [*zip(*split.layers[2].W, strict=True)]
    columns[0] = tuple(w - (10 if i == 1 else 0) for i, w in enumerate(columns[0]))
    split = Network.from_arrays(
        [*((f.W, f.b) for f in split.layers[:2]), (list(zip(*columns, strict=True)), split.layers[2].b)]
    )
    assert decide_equal(net, split).holds


def test_a_neuron_that_no_region_switches_on_makes_no_difference() -> None:
    # Nothing but the regions shows that z[3,9] of this network is never on: they are found where only it is left.
    net = he_network((5, 10, 10, 10, 1), 2)
    verdict = decide_equal(net, without(net, Neuron(3, 9)))
    assert verdict.holds
    assert verdict.checked.startswith("the difference is zero on all of its ")


def test_too_many_regions_are_not_counted() -> None:
    a = Network.from_arrays([([[1], [-1]], [0, 0]), ([[1, -1]], [0])])
    b = Network.from_arrays([([[2], [-2]], [0, 0]), ([["1/2", "-1/2"]], [1])])
    c = Network.from_arrays([([[1], [-1]], [5, -5]), ([[1, -1]], [-5])])
    assert decide_equal(a, b).outcome is Outcome.FAILS
    assert decide_equal(a, c).holds
    assert decide_equal(a, c, most_regions=3).outcome is Outcome.UNDECIDED


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_verdicts_on_random_networks_agree_with_values(first: int, second: int) -> None:
    a = random_rational_network((2, 2, 1, 1), first, numerator=1, denominator=1)
    b = random_rational_network((2, 2, 1, 1), second, numerator=1, denominator=1)
    verdict = decide_equal(a, b)
    assert verdict.outcome in (Outcome.HOLDS, Outcome.FAILS)
    if verdict.holds:
        assert a.evaluate(GRID) == b.evaluate(GRID)
    else:
        assert a(verdict.witness["point"]) != b(verdict.witness["point"])


def test_networks_of_other_spaces_cannot_be_equal() -> None:
    with pytest.raises(InvalidNetwork, match="cannot be compared"):
        decide_equal(he_network((2, 3, 1), 0), he_network((2, 3, 2), 0))


# -- side by side ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second"), [((2, 3, 2), (2, 4, 2)), ((2, 3, 2), (2, 2, 1, 3, 2)), ((2, 2), (2, 3, 2)), ((2, 2), (2, 2))]
)
def test_side_by_side_is_the_difference(first: tuple[int, ...], second: tuple[int, ...]) -> None:
    a, b = random_rational_network(first, 1), random_rational_network(second, 2)
    differences = [
        tuple(p - q for p, q in zip(u, v, strict=True))
        for u, v in zip(a.evaluate(GRID), b.evaluate(GRID), strict=True)
    ]
    assert side_by_side(a, b).evaluate(GRID) == differences
    assert side_by_side(b, a).evaluate(GRID) == [tuple(-d for d in pair) for pair in differences]


# -- neurons that change nothing ---------------------------------------------------------------------------------------


def test_a_neuron_above_an_identity_of_three_is_proved_never_active() -> None:
    # ReLU(x) + ReLU(y) - ReLU(x + y) >= 0 always, so its negative minus any positive number is never on.
    below = [[Fraction(c) for c in row] for row in ([1, 0, 0], [0, 1, 0], [1, 1, 0])]
    assert is_proved_never_active([Fraction(-1), Fraction(-1), Fraction(1)], Fraction(0), below)
    assert not is_proved_never_active([Fraction(-1), Fraction(-1), Fraction(1)], Fraction(1, 100), below)
    assert not is_proved_never_active([Fraction(1), Fraction(1), Fraction(-1)], Fraction(0), below)


def test_above_a_second_layer_activations_are_not_negative() -> None:
    # ReLU(-a - 1) is never on for a >= 0, but on for a real number a < -1.
    below = [[Fraction(-1), Fraction(-1)]]
    assert is_proved_never_active([Fraction(1)], Fraction(0), below, from_inputs=False)
    assert not is_proved_never_active([Fraction(1)], Fraction(0), below, from_inputs=True)


def test_a_neuron_with_too_many_positive_weights_is_left_alone() -> None:
    below = [[Fraction(0), Fraction(-1)]] * 13
    assert not is_proved_never_active([Fraction(1)] * 13, Fraction(-1), below)
    assert is_proved_never_active([Fraction(1)] * 3, Fraction(-1), below[:3])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_pruning_changes_no_value(seed: int) -> None:
    net = random_rational_network((2, 3, 3, 2, 1), seed, numerator=1, denominator=1)
    pruned = prune(net)
    assert pruned.evaluate(GRID) == net.evaluate(GRID)
    assert all(p <= w for p, w in zip(pruned.widths, net.widths, strict=True))
    assert prune(pruned) == pruned


def test_what_matters_stays() -> None:
    net = he_network((3, 4, 4, 1), 1)
    assert all(find_difference(net, without(net, neuron)) is not None for neuron in net.neurons())
    assert prune(net) == net


def test_a_dead_layer_keeps_one_neuron() -> None:
    net = Network.from_arrays([([[1, 2], [3, 4]], [0, 0]), ([[-1, 0], [0, -1]], [0, -1]), ([[1, 1]], [7])])
    assert prune(net) == Network.from_arrays([([[0, 0]], [0]), ([[0]], [0]), ([[0]], [7])])
