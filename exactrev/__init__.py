"""exactrev decides, in exact rational arithmetic, what is true about a ReLU network.

The names below are loaded on first use, so that ``import exactrev`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOME = {
    "Network": "exactrev.network",
    "Neuron": "exactrev.network",
    "AffineMap": "exactrev.network",
    "load": "exactrev.network",
    "save": "exactrev.network",
    "Oracle": "exactrev.oracle",
    "Box": "exactrev.geometry",
    "regions": "exactrev.geometry",
    "region_graph": "exactrev.geometry",
    "boundaries": "exactrev.geometry",
    "compare": "exactrev.equivalence",
    "functional_dimension": "exactrev.identifiability",
    "identify": "exactrev.identifiability",
    "recover": "exactrev.recovery",
    "verify": "exactrev.statements",
    "Outcome": "exactrev.verdict",
    "Verdict": "exactrev.verdict",
}

__all__ = [
    "AffineMap",
    "Box",
    "Network",
    "Neuron",
    "Oracle",
    "Outcome",
    "Verdict",
    "__version__",
    "boundaries",
    "compare",
    "functional_dimension",
    "identify",
    "load",
    "recover",
    "region_graph",
    "regions",
    "save",
    "verify",
]

if TYPE_CHECKING:
    from exactrev.equivalence import compare
    from exactrev.geometry import Box, boundaries, region_graph, regions
    from exactrev.identifiability import functional_dimension, identify
    from exactrev.network import AffineMap, Network, Neuron, load, save
    from exactrev.oracle import Oracle
    from exactrev.recovery import recover
    from exactrev.statements import verify
    from exactrev.verdict import Outcome, Verdict


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'exactrev' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
