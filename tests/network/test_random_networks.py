"""Random networks: reproducible, of the right shape and distribution, exactly the floats that were drawn."""

from __future__ import annotations

from fractions import Fraction
from math import sqrt

import numpy as np
import pytest

from exactrev.errors import InvalidNetwork
from exactrev.network import Network
from exactrev.network.isomorphisms import has_ties
from exactrev.network.random import he_network, random_rational_network


def test_a_seed_determines_a_he_network_and_another_seed_gives_another() -> None:
    assert he_network((2, 5, 5, 1), seed=3) == he_network([2, 5, 5, 1], seed=3)
    assert he_network((2, 5, 5, 1), seed=3) != he_network((2, 5, 5, 1), seed=4)


def test_the_weights_are_exactly_the_documented_draws() -> None:
    net = he_network((3, 4, 2), seed=7)
    rng = np.random.default_rng(7)
    for layer, n_in, n_out in [(net.layers[0], 3, 4), (net.layers[1], 4, 2)]:
        W = rng.normal(0, sqrt(2 / n_in), (n_out, n_in))
        b = rng.normal(0, 1, n_out)
        assert tuple(tuple(map(Fraction, row)) for row in W.tolist()) == layer.W
        assert layer.b == tuple(map(Fraction, b.tolist()))


def test_the_weights_have_variance_two_over_fan_in_and_the_biases_variance_one() -> None:
    # 64 x 100 weights and 100 biases a layer: the bands are more than four standard deviations wide.
    net = he_network((64, 100, 100, 100, 1), seed=0)
    for layer in net.layers[:3]:
        W, b = layer.as_floats()
        assert 0.9 < W.var() * layer.n_in / 2 < 1.1
        assert abs(W.mean()) < 0.02
        assert 0.4 < b.var() < 1.6


def test_float32_networks_are_the_float64_ones_rounded() -> None:
    exact, rounded = he_network((2, 3, 1), seed=5), he_network((2, 3, 1), seed=5, dtype="float32")
    assert rounded != exact
    for f, g in zip(exact.layers, rounded.layers, strict=True):
        np.testing.assert_array_equal(f.as_floats()[0].astype(np.float32), g.as_floats()[0])
        np.testing.assert_array_equal(f.as_floats()[1].astype(np.float32), g.as_floats()[1])


def test_random_rationals_stay_in_their_range_and_reach_its_ends() -> None:
    net = random_rational_network((4, 20, 20, 2), seed=1, numerator=3, denominator=2)
    entries = [entry for layer in net.layers for row in (*layer.W, layer.b) for entry in row]
    assert set(entries) == {Fraction(p, q) for p in range(-3, 4) for q in (1, 2)}
    assert net == random_rational_network((4, 20, 20, 2), seed=1, numerator=3, denominator=2)


def test_small_integers_make_degenerate_networks() -> None:
    # Two neurons with entries 0, 1, -1 and one input: equal rows, up to scale, for many seeds.
    ties = [has_ties(random_rational_network((1, 3, 1), seed, numerator=1, denominator=1)) for seed in range(20)]
    assert any(ties)
    assert not all(ties)


@pytest.mark.parametrize("widths", [(), (3,), (2, 0, 1), (0, 1), (2, -1, 1)])
def test_widths_that_make_no_network_are_refused(widths: tuple[int, ...]) -> None:
    with pytest.raises(InvalidNetwork, match="all positive"):
        he_network(widths, seed=0)
    with pytest.raises(InvalidNetwork, match="all positive"):
        random_rational_network(widths, seed=0)


def test_other_dtypes_and_empty_ranges_are_refused() -> None:
    with pytest.raises(InvalidNetwork, match="no such dtype"):
        he_network((2, 1), seed=0, dtype="float16")  # type: ignore[arg-type]
    for numerator, denominator in [(-1, 1), (1, 0)]:
        with pytest.raises(InvalidNetwork, match="no rationals"):
            random_rational_network((2, 1), seed=0, numerator=numerator, denominator=denominator)


def test_random_networks_are_networks() -> None:
    assert isinstance(he_network((2, 2), seed=0), Network)
    assert he_network((2, 2), seed=0).depth == 0
