"""Rows from breakpoints alone, without a walk: what each breakpoint says of its neuron, and which belong together.

At a breakpoint in a known cell the local form gives the weights of the active units, in units of the bias, if their
gradients are independent there. Breakpoints of one neuron share such numbers exactly, in whatever cells they lie. So
breakpoints are gathered that share a weight of the same unit; what a cell leaves open, another one shows. Goes beyond
the paper, whose walk shows one weight a crossing. Asks nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from exactrev.recovery.candidates import Candidate
from exactrev.recovery.known import KnownLayers
from exactrev.recovery.rows import RowSystem
from exactrev.recovery.sightings import Sighting
from exactrev.recovery.walk import Form

__all__ = ["LocalRow", "find_local_row", "gather"]


@dataclass(frozen=True, slots=True)
class LocalRow:
    """What one breakpoint says of its neuron: weights divided by the bias, None where it says nothing."""

    weights: tuple[Fraction | None, ...]
    origin: Sighting


def find_local_row(known: KnownLayers, sighting: Sighting, form: Form) -> LocalRow | None:
    """The row of this layer that would have the form at the breakpoint; None if none has, or its bias is not shown."""
    system = RowSystem(known)
    system.add_form(known.place(sighting.point), form)
    solved = system.solve()
    if not solved.is_consistent or not solved.bias:
        return None
    return LocalRow(tuple(None if w is None else w / solved.bias for w in solved.weights), sighting)


def gather(rows: Iterable[LocalRow]) -> list[Candidate]:
    """One candidate for each group of at least two breakpoints that are linked by equal weights, the largest first.

    Where two breakpoints of a group disagree about a unit, the group is no neuron and is left out.
    """
    groups: dict[int, list[LocalRow]] = {}
    group_of: dict[tuple[int, Fraction], int] = {}
    for number, row in enumerate(rows):
        keys = [(i, w) for i, w in enumerate(row.weights) if w]
        linked = {group_of[key] for key in keys if key in group_of}
        members = [member for group in sorted(linked) for member in groups.pop(group)] + [row]
        groups[number] = members
        for member in members:
            group_of.update({(i, w): number for i, w in enumerate(member.weights) if w})
    candidates = [_join(members) for members in sorted(groups.values(), key=len, reverse=True) if len(members) > 1]
    return [candidate for candidate in candidates if candidate is not None]


def _join(members: Sequence[LocalRow]) -> Candidate | None:
    weights: list[Fraction | None] = [None] * len(members[0].weights)
    for member in members:
        for i, weight in enumerate(member.weights):
            if weight is None:
                continue
            if weights[i] not in (None, weight):
                return None
            weights[i] = weight
    return Candidate(tuple(weights), Fraction(1), members[0].origin)
