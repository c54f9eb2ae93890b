"""The span of the gradients seen, and pieces read within it."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exactrev.network import Network
from exactrev.network.random import he_network
from exactrev.oracle import Oracle
from exactrev.recovery.gradients import GradientSpan
from exactrev.recovery.points import random_vector
from exactrev.recovery.probe import Probe

N = 12

vectors = st.lists(st.integers(-9, 9), min_size=N, max_size=N).filter(any)


@given(st.lists(vectors, min_size=1, max_size=2), st.fractions(), st.fractions())
def test_a_combination_is_known_from_its_entries_at_the_pivots(seen, a, b):
    span = GradientSpan(N)
    span.add(seen)
    combination = tuple(a * u + b * v for u, v in zip(seen[0], seen[-1], strict=True))
    assert span.extend([combination[i] for i in span.pivots]) == combination


def test_vectors_of_the_span_add_nothing():
    span = GradientSpan(N)
    span.add([[1] * N, [Fraction(2, 3)] * N, [0] * N])
    assert span.pivots == (0,)
    span.add([[*range(N)]])
    assert span.pivots == (0, 1)


def test_a_span_is_of_use_while_it_is_small_and_guesses_are_right():
    span = GradientSpan(N)
    assert not span.is_useful
    span.add([[1] * N])
    assert span.is_useful
    for _ in range(4):
        span.learn(was_right=False)
    assert not span.is_useful
    span.learn(was_right=True)
    assert span.is_useful
    # Of three dimensions five questions would be asked in place of fourteen: too little is saved.
    span.add([[*range(N)], [i * i for i in range(N)]])
    assert not span.is_useful


def test_pieces_of_a_network_with_few_neurons_are_read_from_few_questions():
    net = he_network((40, 3, 1), 0, "float32")
    probe = Probe(Oracle(net), 40)
    for number in range(30):
        x = tuple(Fraction(entry, 2**10) for entry in random_vector(40, probe.rng))
        before, dimensions = probe.plain_queries, len(probe.gradients.pivots)
        piece = probe.piece(x)
        assert piece == net.affine_map(net.pattern(x))
        if number > 15:  # value, check, and an entry for each neuron
            assert dimensions == 3
            assert probe.plain_queries - before == 5


@pytest.mark.parametrize("seed", range(5))
def test_a_gradient_outside_the_span_is_noticed(seed):
    # Up to x5 = 1 all gradients are multiples of (1, 1, 0, ...); beyond, the entry of x5 is new. The guess there is
    # wrong, the check shows it, and the piece is read from its n_in + 2 questions.
    rows = [[1, 1, *[0] * 10], [-1, -1, *[0] * 10], [0, 0, 0, 0, 0, 1, *[0] * 6]]
    net = Network.from_arrays([(rows, [0, 0, -1]), ([[1, 2, 3]], [0])])
    probe = Probe(Oracle(net), 12, seed=seed)
    assert probe.piece([1, *[0] * 11]) == net.affine_map(net.pattern([1, *[0] * 11]))
    assert probe.piece([-1, *[0] * 11]) == net.affine_map(net.pattern([-1, *[0] * 11]))
    assert probe.plain_queries == 14 + 3
    there = [1, 0, 0, 0, 0, 5, *[0] * 6]
    assert probe.piece(there) == net.affine_map(net.pattern(there))
    assert probe.plain_queries == 14 + 3 + 3 + 14
