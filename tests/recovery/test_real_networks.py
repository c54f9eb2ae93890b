"""Real networks, trained by others, recovered from their answers; skipped where they are not at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from exactrev.equivalence import find_difference
from exactrev.network import is_isomorphic
from exactrev.network.files import load
from exactrev.recovery.reconstruction import recover

NETS = Path(__file__).resolve().parents[2] / "../shared/nets"


@pytest.mark.parametrize(
    ("name", "a_parameter"), [("ACASXU_run2a_1_1_tiny_2.nnet", 3), ("victim_32-2-2-1.npz", 60)]
)
def test_a_real_network_is_recovered_completely(name, a_parameter):
    if not (NETS / name).exists():
        pytest.skip("the real networks are not at hand")
    net = load(NETS / name)
    found = recover(net, net.n_in, equivalence=lambda other: find_difference(net, other, 0))
    assert found.network is not None
    assert is_isomorphic(found.network, net)
    assert found.plain_queries <= a_parameter * net.parameters
