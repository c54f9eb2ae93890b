"""Rows of one layer that combine to each other, as parallel hyperplanes' do, are no deeper neurons'."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pytest

from exactrev.network import Network
from exactrev.network.isomorphisms import is_isomorphic
from exactrev.oracle import Oracle
from exactrev.recovery import recover


@pytest.mark.parametrize("how", ["plain", "packed"])
@pytest.mark.parametrize(
    ("weights", "biases", "outgoing"),
    [
        ([[1, 0], [1, 0], [1, 0]], [0, -1, -2], [1, -2, 3]),
        ([[1, 0], [1, 0], [1, 0], [1, 1]], [0, -1, -2, 3], [1, -2, 3, 1]),
        ([[1, 2], [-1, -2], [2, 4]], [0, -1, -2], [1, -2, 3]),
        ([[1, 0], [1, 0], [0, 1], [0, 1], [1, 0], [0, 1]], [0, -1, 0, -1, 2, 2], [1, -2, 3, 1, 5, 1]),
    ],
)
def test_one_layer_of_parallel_hyperplanes_is_recovered(
    weights: Sequence[Sequence[int]], biases: Sequence[int], outgoing: Sequence[int], how: Literal["plain", "packed"]
) -> None:
    net = Network.from_arrays([(weights, biases), ([outgoing], [0])])
    recovery = recover(Oracle(net), 2, how)
    assert recovery.network is not None
    assert is_isomorphic(net, recovery.network)
