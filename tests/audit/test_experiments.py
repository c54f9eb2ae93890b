"""The counts behind Figures 3 and 4, and the memorisation task."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from exactrev.audit import experiments
from exactrev.audit.experiments import Count, count_first_layer, count_whole_network, find_growth
from exactrev.audit.memorisation import _gradients, memorise
from exactrev.errors import InvalidNetwork
from exactrev.network import AffineMap, Network, he_network
from exactrev.recovery import recover


def count(architecture: str, parameters: int, queries: int, found: int = 2) -> Count:
    return Count(architecture, 0, found, 0, 2, parameters, queries, 1.0)


def test_layer_1_is_found_and_counted_the_same_in_every_run() -> None:
    net = he_network((5, 6, 4, 2), 1, "float32")
    first = count_first_layer(net, 1)
    assert (first.found, first.wrong, first.width, first.parameters) == (6, 0, 6, 36)
    assert first.is_complete
    assert first.per_parameter == first.queries / 36
    assert count_first_layer(net, 1) == first


def test_neurons_of_layer_2_count_as_found_only_if_they_are_right(monkeypatch: pytest.MonkeyPatch) -> None:
    net = he_network((4, 4, 4, 1), 1, "float32")
    right = count_whole_network(net, 1)
    assert (right.found, right.wrong, right.parameters) == (3, 0, 45)  # one boundary of layer 2 is empty
    truth = recover

    def spoilt(oracle: object, n_in: int, *, seed: int, equivalence: object) -> object:
        result = truth(oracle, n_in, seed=seed)
        first, second, *_ = result.attempt.layers
        (weight, *others), *rows = second.rows
        moved = AffineMap(((weight + 1, *others), *rows), second.denominator, second.n_in)
        object.__setattr__(result.attempt, "layers", (first, moved))
        return result

    monkeypatch.setattr(experiments, "recover", spoilt)
    found = count_whole_network(net, 1)
    assert (found.found, found.wrong) == (2, 1)
    assert not found.is_complete


def test_a_false_layer_1_leaves_no_neuron_of_layer_2_to_count() -> None:
    net = Network.from_arrays([([[1, 0], [0, 1]], [0, 1]), ([[1, 2]], [3]), ([[1]], [0])])
    other = Network.from_arrays([([[1, 0], [0, -1]], [0, 1]), ([[1, 2]], [3]), ([[1]], [0])])
    assert experiments._compare_second_layer(net, net.layers[:2]) == (1, 0)
    assert experiments._compare_second_layer(net, other.layers[:2]) == (0, 0)
    assert experiments._compare_second_layer(net, net.layers[:1]) == (0, 0)
    # scaled by 2 and 3, and in another order: the same network
    same = Network.from_arrays([([[0, 3], [2, 0]], [3, 0]), ([["2/3", "1/2"]], [3]), ([[1]], [0])])
    assert experiments._compare_second_layer(net, same.layers[:2]) == (1, 0)


def test_growth_is_the_slope_over_complete_searches() -> None:
    # queries = parameters^2 where complete; what is not is left out
    counts = [count("a", 10, 100), count("b", 100, 10_000), count("b", 100, 1, found=1), count("c", 1000, 5, found=0)]
    assert find_growth(counts, lambda c: c.parameters) == pytest.approx(2)


def test_memorising_a_few_labels_gives_a_network_that_has_them_right() -> None:
    found = memorise((20,), 1, points=30, epochs=400)
    assert found.network.widths == (10, 20, 2)
    assert (found.right, found.points) == (30, 30)
    assert all(w == Fraction(float(np.float32(w))) for row in found.network.layers[0].W for w in row)
    untrained = memorise((20,), 1, points=30, epochs=0)
    assert untrained.right < 30


def test_the_gradients_of_the_training_are_difference_quotients() -> None:
    parameters = [part for layer in he_network((10, 4, 3, 2), 5).layers for part in layer.as_floats()]
    rng = np.random.default_rng(1)
    x, labels = rng.standard_normal((7, 10)), rng.integers(0, 2, 7)

    def loss() -> float:
        a = x
        for k in range(0, 6, 2):
            a = (np.maximum(a, 0) if k else a) @ parameters[k].T + parameters[k + 1]
        return float(np.mean(np.log(np.exp(a).sum(axis=1)) - a[np.arange(7), labels]))

    for part, slope in zip(parameters, _gradients(parameters, x, labels), strict=True):
        place = tuple(size // 2 for size in part.shape)
        kept = part[place]
        part[place] = kept + 1e-6
        high = loss()
        part[place] = kept - 1e-6
        low = loss()
        part[place] = kept
        assert slope[place] == pytest.approx((high - low) / 2e-6, abs=1e-6)


def test_training_that_diverges_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exactrev.audit.memorisation.RATE", float("inf"))
    with pytest.raises(InvalidNetwork, match="left the finite numbers"), pytest.warns(RuntimeWarning):
        memorise((3,), 1, points=10, epochs=2)
