"""Strategies for black boxes. Knows oracles, and where networks come from; does not ask them anything."""

from __future__ import annotations

from hypothesis import strategies as st

from exactrev.network import Network
from exactrev.oracle import Oracle
from exactrev.testing.strategies.networks import networks

__all__ = ["oracles"]


@st.composite
def oracles(draw: st.DrawFn, nets: st.SearchStrategy[Network] | None = None) -> Oracle:
    """Fresh oracles, nothing asked yet, of networks from `nets`: of the network itself, or of it as a mere function.

    Shrinks as `nets` (by default `networks()`) does, towards an oracle of the network.
    """
    net = draw(nets if nets is not None else networks())
    return draw(st.sampled_from([_of_network, _of_function]))(net)


def _of_network(net: Network) -> Oracle:
    return Oracle(net)


def _of_function(net: Network) -> Oracle:
    """Knows its number of outputs only after the first answer."""
    return Oracle(net.__call__, net.n_in)
