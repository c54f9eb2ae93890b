"""The first lemma against all networks of a shape with small integers: nothing that it calls unique has a partner.

Networks with the same values at some points are candidates; floats and hashes play no part in what is asserted.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import numpy.typing as npt
import pytest

from exactrev.equivalence import decide_equal
from exactrev.geometry import regions
from exactrev.identifiability.uniqueness import is_unique_by_one_last_neuron
from exactrev.network import Network, is_isomorphic

Entries = npt.NDArray[np.int64]

# w1, w2 (not 0), b1, b2, v1, v2, b', c, d of c ReLU(v1 ReLU(w1 x + b1) + v2 ReLU(w2 x + b2) + b') + d
CHOICES = [(-2, -1, 1, 2)] * 2 + [(-1, 0, 1, 2)] * 2 + [(-2, -1, 1)] * 2 + [(-1, 1, 2), (-1, 1), (0, 1)]
POINTS = [-60, -13, -7, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 7, 13, 60]  # over 2


@pytest.fixture(scope="module")
def every() -> tuple[Entries, Entries]:
    """All these networks, one a row, and their values at the points, times 2."""
    entries = np.array(list(product(*CHOICES)), dtype=np.int64)
    w1, w2, b1, b2, v1, v2, later, c, d = entries.T[:, :, None]
    x = np.array(POINTS)[None, :]
    z = v1 * np.maximum(w1 * x + 2 * b1, 0) + v2 * np.maximum(w2 * x + 2 * b2, 0) + 2 * later
    return entries, c * np.maximum(z, 0) + 2 * d


def network(row: Entries) -> Network:
    w1, w2, b1, b2, v1, v2, later, c, d = map(int, row)
    return Network.from_arrays([([[w1], [w2]], [b1, b2]), ([[v1, v2]], [later]), ([[c]], [d])])


def partners(every: tuple[Entries, Entries], net: Network) -> list[Network]:
    """The networks with the same values at the points."""
    entries, values = every
    own = np.array([int(2 * value) for (value,) in net.evaluate([(f"{p}/2",) for p in POINTS])])
    return [network(row) for row in entries[(values == own).all(axis=1)]]


def test_no_network_with_small_integers_is_equal_to_a_unique_one_and_not_isomorphic(
    every: tuple[Entries, Entries],
) -> None:
    chosen = np.random.default_rng(5).permutation(len(every[0]))[:1500]
    unique = [net for net in map(network, every[0][chosen]) if is_unique(net)]
    assert len(unique) > 12
    compared = 0
    for net in unique:
        for other in partners(every, net):
            compared += 1
            assert is_isomorphic(net, other) or not decide_equal(net, other).holds
    assert compared > len(unique)  # itself, and at least one other


def test_the_search_does_find_partners_where_there_are_some(every: tuple[Entries, Entries]) -> None:
    # v1 w1 + v2 w2 = 0: both neurons of layer 1 can be negated, with b' = -1 + u1 + u2 = 1.
    net = Network.from_arrays([([[1], [-1]], [2, 0]), ([[1, 1]], [-1]), ([[1]], [0])])
    assert not is_unique(net)
    others = [other for other in partners(every, net) if not is_isomorphic(net, other)]
    assert any(decide_equal(net, other).holds for other in others)


def is_unique(net: Network) -> bool:
    complex = regions(net)
    return complex.n_thick == 0 and is_unique_by_one_last_neuron(complex)
