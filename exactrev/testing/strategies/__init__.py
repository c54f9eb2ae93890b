"""Hypothesis strategies for what exactrev is about: rationals, points, lines, networks, isomorphisms, pairs, oracles.

Knows which networks break naive tools, and makes them often, or on demand and by name. Does not know any statement of
the paper. This package is all of exactrev that needs Hypothesis besides fuzz campaigns: ``pip install
exactrev[testing]``. What is promised of an example (a degeneracy, two equal functions, a point on a ridge) has been
decided exactly before the example is handed out; ``docs/testing.md`` says how each strategy shrinks.
"""

from __future__ import annotations

try:
    import hypothesis  # noqa: F401
except ModuleNotFoundError as error:
    raise ImportError("exactrev.testing.strategies needs Hypothesis: pip install exactrev[testing]") from error

from exactrev.testing.strategies.isomorphisms import equal_but_not_isomorphic_pairs, isomorphisms
from exactrev.testing.strategies.networks import networks
from exactrev.testing.strategies.oracles import oracles
from exactrev.testing.strategies.points import lines, points
from exactrev.testing.strategies.rationals import rationals

__all__ = [
    "equal_but_not_isomorphic_pairs",
    "isomorphisms",
    "lines",
    "networks",
    "oracles",
    "points",
    "rationals",
]
