"""Comparison of networks and questions about pairs of neurons: seconds of CPU."""

from __future__ import annotations

import time
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest

from exactrev.equivalence import Relatedness, compare
from exactrev.network import AffineMap, Isomorphism, Network, Neuron
from exactrev.network.random import he_network
from exactrev.search import Open, decide_free, find_meeting_point, find_point_with_both_on
from exactrev.verdict import Outcome

SHUFFLED = ["2-32-32-1", "5-8-8-1", "2-64-64-1", "10-20-20-1", "5-10-10-10-1"]
PAIRS = ["10-10-10-1", "5-10-10-10-1", "4-6-6-6-6-1", "10-20-20-1"]


def _network(architecture: str, seed: int = 0) -> Network:
    return he_network([int(width) for width in architecture.split("-")], seed)


def _shuffled(net: Network, seed: int) -> Network:
    rng = np.random.default_rng(seed)
    image = Isomorphism(
        tuple(tuple(rng.permutation(width).tolist()) for width in net.hidden_widths),
        tuple(tuple(Fraction(int(p), int(q)) for p, q in rng.integers(1, 9, (w, 2))) for w in net.hidden_widths),
    )
    return image(net)


def _split(net: Network, layer: int, index: int) -> Network:
    """One neuron as two: a copy scaled by three takes two sevenths of the weights out of it."""
    rows = [[[*w, b] for w, b in zip(f.W, f.b, strict=True)] for f in net.layers]
    rows[layer - 1].append([3 * c for c in rows[layer - 1][index]])
    for upper in rows[layer]:
        share = upper[index] * Fraction(2, 7)
        upper[index] -= share
        upper.insert(-1, share / 3)
    return Network(tuple(map(AffineMap.from_fractions, rows)))


def _without(net: Network, neuron: Neuron) -> Network:
    rows = [[[*w, b] for w, b in zip(f.W, f.b, strict=True)] for f in net.layers]
    del rows[neuron.layer - 1][neuron.index]
    for upper in rows[neuron.layer]:
        del upper[neuron.index]
    return Network(tuple(map(AffineMap.from_fractions, rows)))


@pytest.mark.parametrize("architecture", SHUFFLED)
@pytest.mark.benchmark(timer=time.process_time, min_rounds=3)
def bench_a_network_against_itself_shuffled_and_with_a_neuron_split(benchmark: Any, architecture: str) -> None:
    net = _network(architecture)
    image = _shuffled(_split(net, 2, 1), 1)
    assert benchmark(compare, net, image).relation is Relatedness.EQUAL


@pytest.mark.parametrize(("seed", "neuron"), [(11, Neuron(2, 3)), (7, Neuron(2, 2))])
@pytest.mark.benchmark(timer=time.process_time, min_rounds=3)
def bench_a_network_without_a_neuron_that_is_hardly_ever_on(benchmark: Any, seed: int, neuron: Neuron) -> None:
    net = _network("10-10-10-1", seed)
    assert benchmark(compare, net, _without(net, neuron)).relation is Relatedness.DIFFERENT


@pytest.mark.parametrize("architecture", PAIRS)
@pytest.mark.parametrize("find", [find_meeting_point, find_point_with_both_on], ids=["meet", "both on"])
@pytest.mark.benchmark(timer=time.process_time, min_rounds=1)
def bench_all_pairs_of_consecutive_layers(benchmark: Any, architecture: str, find: Any) -> None:
    net = _network(architecture, 1)
    pairs = [
        (Neuron(k, i), Neuron(k + 1, j))
        for k in range(1, net.depth)
        for i, j in product(range(net.hidden_widths[k - 1]), range(net.hidden_widths[k]))
    ]
    answers = benchmark(lambda: [find(net, *pair) for pair in pairs])
    assert not any(isinstance(answer, Open) for answer in answers)


@pytest.mark.parametrize("architecture", PAIRS)
@pytest.mark.benchmark(timer=time.process_time, min_rounds=1)
def bench_which_weights_are_free(benchmark: Any, architecture: str) -> None:
    net = _network(architecture, 1)
    places = [(k, i, j) for k, f in enumerate(net.layers, 1) for i in range(f.n_out) for j in range(f.n_in)]
    verdicts = benchmark(lambda: [decide_free(net, *place) for place in places])
    assert not any(verdict.outcome is Outcome.UNDECIDED for verdict in verdicts)
