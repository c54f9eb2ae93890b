"""Recovery from the set of boundaries alone, without values (Theorem 2): layers, then weights, as far as they go.

Knows boundary sets and the algebra of bends and signs; asks no oracle and sees no network.
"""

from __future__ import annotations

from exactrev.recovery.from_boundaries.family import (
    Conflict,
    KnownNeuron,
    NetworkFamily,
    Unknown,
    agree_up_to_last_signs,
)
from exactrev.recovery.from_boundaries.layering import Crossing, Layering, find_depths, layers_from_boundaries, pair_up
from exactrev.recovery.from_boundaries.reconstruction import network_from_boundaries

__all__ = [
    "Conflict",
    "Crossing",
    "KnownNeuron",
    "Layering",
    "NetworkFamily",
    "Unknown",
    "agree_up_to_last_signs",
    "find_depths",
    "layers_from_boundaries",
    "network_from_boundaries",
    "pair_up",
]
