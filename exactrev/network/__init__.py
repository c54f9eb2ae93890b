"""A network: layers, exact evaluation, patterns, affine maps; isomorphisms; random networks; files in and out."""

from __future__ import annotations

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
    "he_network",
    "is_isomorphic",
    "permute",
    "random_rational_network",
    "restrict",
    "scale",
]
