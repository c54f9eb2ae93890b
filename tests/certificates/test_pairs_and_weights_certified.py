"""Certificates of two networks and of weights, against pairs and answers worked out by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from checked import verified
from geometry.nasty_networks import relu_network
from geometry.nasty_pairs import NASTY_PAIRS, NastyPair

from exactrev.certificates import (
    certify_different,
    certify_flat_direction,
    certify_functional_dimension,
    certify_inert,
    certify_isomorphic,
    certify_recovered,
    certify_same_boundary,
    decide_equal,
)
from exactrev.errors import AssumptionFailed, InvalidNetwork
from exactrev.network import AffineMap, Network, Neuron
from exactrev.network.isomorphisms import Isomorphism
from exactrev.network.random import he_network, random_rational_network


def turned(net: Network, seed: int) -> Network:
    """An isomorphic network: every layer turned by some places, and scaled."""
    widths = net.hidden_widths
    permutations = tuple(tuple((i + seed) % width for i in range(width)) for width in widths)
    scales = tuple(tuple(Fraction(1 + (i + seed) % 5, 1 + (i * seed) % 3) for i in range(width)) for width in widths)
    return Isomorphism(permutations, scales)(net)


@pytest.mark.parametrize("pair", NASTY_PAIRS, ids=str)
def test_pairs_are_equal_different_and_isomorphic_as_worked_out_by_hand(pair: NastyPair) -> None:
    found = verified(decide_equal(pair.first, pair.second))
    assert found.name == ("different" if pair.different_at else "equal")
    isomorphic = certify_isomorphic(pair.first, pair.second)
    assert (isomorphic is not None) == pair.is_permutation_and_scaling
    if isomorphic is not None:
        verified(isomorphic)
    same = certify_same_boundary(pair.first, pair.second)
    if same is not None:
        assert pair.same_boundary
        verified(same)


@pytest.mark.parametrize("seed", range(20))
def test_isomorphic_networks_are_certified_equal_and_of_one_boundary(seed: int) -> None:
    widths = [(2, 3, 1), (3, 4, 4, 2), (1, 2, 2, 2, 1), (2, 1, 1)][seed % 4]
    net = random_rational_network(widths, seed)
    other = turned(net, seed)
    assert verified(certify_isomorphic(net, other)).name == "isomorphic"
    assert verified(decide_equal(net, other)).proof == "matching"
    assert verified(certify_same_boundary(net, other)).name == "same-boundary"


@pytest.mark.parametrize("seed", range(20))
def test_signs_in_the_last_layer_keep_the_boundaries(seed: int) -> None:
    net = random_rational_network((2, 3, 3, 1), seed)
    lower, last, output = net.layers
    flipped = AffineMap(
        tuple(tuple(-c for c in row) if (seed >> i) % 2 else row for i, row in enumerate(last.rows)),
        last.denominator,
        last.n_in,
    )
    other = turned(Network((lower, flipped, output)), seed)
    assert verified(certify_same_boundary(net, other)).name == "same-boundary"


@pytest.mark.parametrize("seed", range(20))
def test_a_network_with_a_superfluous_neuron_is_equal_by_a_tree(seed: int) -> None:
    net = random_rational_network((2, 2, 2, 1), seed)
    first, second, output = net.layers
    wider = AffineMap((*first.rows, (0, 0, -first.denominator)), first.denominator, 2)
    rows = tuple((*row[:-1], (7 - seed) * second.denominator, row[-1]) for row in second.rows)
    other = Network((wider, AffineMap(rows, second.denominator, 3), output))
    found = verified(decide_equal(net, other))
    assert (found.name, found.proof) == ("equal", "tree")
    shifted = tuple((*row[:-1], row[-1] + 1) for row in rows)
    changed = Network((wider, AffineMap(shifted, second.denominator, 3), output))
    if net((100, 100)) != changed((100, 100)):
        assert verified(decide_equal(net, changed)).name == "different"


def test_networks_that_cannot_be_compared_and_points_of_equality_are_refused() -> None:
    a, b = he_network((2, 2, 1), seed=0), he_network((1, 2, 1), seed=0)
    for call in (decide_equal, lambda a, b: certify_different(a, b, (0, 0))):
        with pytest.raises(InvalidNetwork, match="differ in their inputs or outputs"):
            call(a, b)
    with pytest.raises(AssumptionFailed, match="equal at the point"):
        certify_different(a, a, (Fraction(1), Fraction(2)))
    assert certify_same_boundary(a, he_network((2, 3, 1), seed=0)) is None
    assert certify_same_boundary(a, he_network((2, 2, 1), seed=1)) is None
    assert verified(certify_same_boundary(relu_network(output=[[1, 0]]), relu_network(output=[[2, 0]]))).steps == ()


def test_a_transcript_is_certified_with_the_network_that_was_recovered() -> None:
    truth = random_rational_network((2, 3, 2), seed=4)
    points = [(Fraction(k, 3), Fraction(1 - k)) for k in range(5)]
    transcript: list[Any] = [(x, truth(x)) for x in points]
    assert verified(certify_recovered(truth, turned(truth, 1), transcript)).numbers == (5,)
    assert certify_recovered(truth, random_rational_network((2, 3, 2), seed=5), transcript) is None
    with pytest.raises(AssumptionFailed, match="not the network's"):
        certify_recovered(truth, truth, [(points[0], (Fraction(9, 7), Fraction(0)))])


def test_an_inert_weight_is_certified_up_to_its_bound_and_not_beyond() -> None:
    """z3 = w ReLU(x) + ReLU(-x-1) - 1 is on for some x > 0 as soon as w > 0."""
    net = relu_network([[1, 0], [-1, -1]], [[-1, 1, -1]])
    assert verified(certify_inert(net, Neuron(1, 0), 0, Fraction(0))).numbers == (1, 0, 0, 0, 1)
    with pytest.raises(AssumptionFailed, match="the weight matters") as raised:
        certify_inert(net, Neuron(1, 0), 0, Fraction(1, 10**9))
    (x,) = raised.value.witness
    assert x > 10**9
    with pytest.raises(AssumptionFailed, match="above the bound"):
        certify_inert(net, Neuron(1, 1), 0, Fraction(0))
    with pytest.raises(AssumptionFailed, match="the weight matters"):
        certify_inert(net, Neuron(1, 0), 0)
    with pytest.raises(InvalidNetwork, match="no such neuron"):
        certify_inert(net, Neuron(1, 0), 1)


def test_weights_out_of_a_dead_neuron_are_inert_without_bound_in_the_output_layer_too() -> None:
    net = relu_network([[1, 0], [0, -1]], output=[[1, 5, 0]])
    assert verified(certify_inert(net, Neuron(1, 1), 0)).numbers == (1, 1, 0, 1, 0)


def test_a_flat_direction_is_certified_and_another_is_refused() -> None:
    """a2 = 1: its weight may grow by t if the bias shrinks by t."""
    net = relu_network([[1, 0], [0, 1]], output=[[1, 5, 0]])
    verified(certify_flat_direction(net, 2, AffineMap.from_arrays([[0, 3]], [-3])))
    with pytest.raises(AssumptionFailed, match="has an effect"):
        certify_flat_direction(net, 2, AffineMap.from_arrays([[0, 3]], [-2]))
    with pytest.raises(InvalidNetwork, match="is zero"):
        certify_flat_direction(net, 2, AffineMap.from_arrays([[0, 0]], [0]))
    for layer in (0, 1, 3):
        with pytest.raises(InvalidNetwork, match="does not fit"):
            certify_flat_direction(net, layer, AffineMap.from_arrays([[0, 1]], [0]))


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        # Affine: all parameters. A dead neuron: the slope and the bias of N alone.
        (relu_network(output=[[1, 2, 3], [4, 5, 6]]), 6),
        (relu_network([[0, -1]], output=[[1, 1]]), 1),
        # One neuron: w and its outgoing weight can be traded for each other, and nothing else: 4 - 1.
        (relu_network([[2, 1]], output=[[3, 1]]), 3),
        # Two neurons with different kinks: 7 - 2. Twice the same neuron: slope, bias, slope and bias of the rest.
        (relu_network([[1, 0], [1, -1]], output=[[1, 1, 0]]), 5),
        (relu_network([[1, 0], [1, 0]], output=[[1, 1, 0]]), 3),
        # In the plane: 13 - 3.
        (relu_network([[1, 0, 0], [0, 1, 0], [1, 1, -1]], output=[[1, 2, 4, 0]]), 10),
    ],
)
def test_the_functional_dimension_is_what_can_be_counted_by_hand(network: Network, expected: int) -> None:
    assert verified(certify_functional_dimension(network)).numbers == (expected,)


def test_the_functional_dimension_is_not_defined_where_a_cell_is_thick() -> None:
    with pytest.raises(AssumptionFailed, match="vanishes on an open set"):
        certify_functional_dimension(relu_network([[1, 0]], [[1, 0]]))
