"""What Hypothesis calls when it is imported, wherever exactrev is installed: types that strategies can be asked for by.

Knows types and the names of strategies. Loads neither strategies nor geometry: those come with the first example, and
Hypothesis itself is what calls, so that nobody needs it who does not have it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["register"]


def register() -> None:
    """Make ``st.from_type(Network)``, and likewise of `AffineMap`, `Isomorphism` and `Oracle`, draw our examples.

    The hook of the entry point group ``hypothesis``; there is no need to call it.
    """
    from hypothesis import strategies as st

    from exactrev.network import AffineMap, Isomorphism, Network
    from exactrev.oracle import Oracle

    st.register_type_strategy(Network, _networks)
    st.register_type_strategy(AffineMap, _affine_maps)
    st.register_type_strategy(Isomorphism, _isomorphisms)
    st.register_type_strategy(Oracle, _oracles)


def _networks(kind: type[Any]) -> SearchStrategy[Any]:
    from exactrev.testing import strategies

    return strategies.networks()


def _affine_maps(kind: type[Any]) -> SearchStrategy[Any]:
    from exactrev.testing import strategies

    return strategies.networks(max_depth=0).map(lambda net: net.layers[0])


def _isomorphisms(kind: type[Any]) -> SearchStrategy[Any]:
    from exactrev.testing import strategies

    return strategies.networks(min_depth=1).flatmap(strategies.isomorphisms)


def _oracles(kind: type[Any]) -> SearchStrategy[Any]:
    from exactrev.testing import strategies

    return strategies.oracles()
