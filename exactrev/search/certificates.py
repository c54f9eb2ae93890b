"""Why no point satisfies the conditions: a tree of cases, each closed by integer multipliers.

Knows how such a tree is checked, by integer arithmetic alone; nothing here believes how it was found.

A case fixes some units on (u >= 0) and others off (u <= 0); whoever is at a point with u = 0 belongs to both, so the
two branches of a split cover everything. Within a case, an activation a that is on is its form u, one that is off is 0,
and of one that is open no more is used than a >= 0 and a >= u. A case is closed by

    sum of multipliers * (targets, which are demanded to be > 0, >= 0 or = 0)
    + sum of multipliers * u, over units that are on,
    - sum of multipliers * u, over units that are off,
    + sum of multipliers * (a - u), over open units,

all multipliers but those of "= 0" being >= 0: where that sum, every on unit being replaced by its form, has no input
left, no positive coefficient of an open activation, and a negative constant, no point of the case satisfies the
conditions; a constant 0 will do if a demand "> 0" takes part. This is weak duality (Schrijver, *Theory of Linear and
Integer Programming*, §7).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from exactrev.search.conditions import Relation
from exactrev.search.system import System

__all__ = ["Closed", "Proof", "Split", "States", "check"]

States = Mapping[int, bool]
"""The units that a case fixes: True is on, False is off."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A case in which nothing satisfies the conditions; units without an entry have the multiplier 0."""

    targets: tuple[int, ...]
    units: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Split:
    """The two cases of one unit."""

    unit: int
    on: Proof
    off: Proof


Proof = Closed | Split


def check(system: System, proof: Proof) -> bool:
    """Whether the tree proves that no point at all satisfies the conditions."""
    return all(leaf is not None and closes(system, states, leaf) for states, leaf in _leaves(system, proof))


def closes(system: System, states: States, leaf: Closed) -> bool:
    """Whether the multipliers close one case."""
    if len(leaf.targets) != len(system.targets) or not set(leaf.units) <= set(range(len(system.units))):
        return False
    demands = list(zip(system.relations, leaf.targets, strict=True))
    signed = [y for relation, y in demands if relation is not Relation.ZERO] + [*leaf.units.values()]
    if any(y < 0 for y in signed):
        return False
    sums = [0] * (system.n + len(system.units))
    constant = 0
    for form, y in zip(system.targets, leaf.targets, strict=True):
        if y:
            constant += y * form.constant
            for s, c in form.terms:
                sums[s] += y * c
    for j in reversed(range(len(system.units))):
        h, y, state = sums[system.n + j], leaf.units.get(j, 0), states.get(j)
        if state is None and h + y > 0:
            return False
        weight = h + y if state else -y
        if weight:
            form = system.units[j]
            constant += weight * form.constant
            for s, c in form.terms:
                sums[s] += weight * c
    strict = any(y > 0 for relation, y in demands if relation is Relation.POSITIVE)
    return not any(sums[: system.n]) and (constant < 0 or (strict and constant == 0))


def _leaves(system: System, proof: Proof) -> Iterator[tuple[dict[int, bool], Closed | None]]:
    """The cases and what closes them; None for a split that is none: no such unit, or one that was fixed before."""
    waiting: list[tuple[dict[int, bool], Proof]] = [({}, proof)]
    while waiting:
        states, part = waiting.pop()
        if isinstance(part, Closed):
            yield states, part
        elif part.unit in states or not 0 <= part.unit < len(system.units):
            yield states, None
        else:
            waiting.append(({**states, part.unit: True}, part.on))
            waiting.append(({**states, part.unit: False}, part.off))
