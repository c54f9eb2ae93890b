"""A network: layers, exact evaluation, patterns, affine maps; isomorphisms; random networks; files in and out.

Reading and writing files is loaded on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exactrev.network.affine import AffineMap
from exactrev.network.isomorphisms import Isomorphism, canonical_form, find_isomorphism, is_isomorphic, permute, scale
from exactrev.network.network import Network, Neuron, Pattern, Point, Provenance, SignVector
from exactrev.network.planes import restrict
from exactrev.network.random import he_network, random_rational_network

__all__ = [
    "AffineMap",
    "Isomorphism",
    "Network",
    "Neuron",
    "Pattern",
    "Point",
    "Provenance",
    "SignVector",
    "canonical_form",
    "find_isomorphism",
    "from_sklearn",
    "he_network",
    "is_isomorphic",
    "load",
    "permute",
    "random_rational_network",
    "restrict",
    "save",
    "scale",
]

if TYPE_CHECKING:
    from exactrev.network.files import from_sklearn, load, save


def __getattr__(name: str) -> Any:
    if name in ("from_sklearn", "load", "save"):
        from exactrev.network import files

        return getattr(files, name)
    raise AttributeError(f"module 'exactrev.network' has no attribute {name!r}")
