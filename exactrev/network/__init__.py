"""A network: layers, exact evaluation, patterns, affine maps; isomorphisms; random networks; files in and out."""

from __future__ import annotations

from exactrev.network.affine import AffineMap
from exactrev.network.network import Network, Neuron, Pattern, Point, Provenance, SignVector

__all__ = ["AffineMap", "Network", "Neuron", "Pattern", "Point", "Provenance", "SignVector"]
