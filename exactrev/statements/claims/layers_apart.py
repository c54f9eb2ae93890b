"""T1c, §3.3, after Theorem 1: bends tell layers apart.

Claim. Along every ridge (a face of codimension two) that lies on B[z] and on B[z'], exactly one of these is the case:
B[z] bends and z is in a later layer than z'; B[z'] bends and z' is in the later layer; neither bends and both are in
one layer. Excepted, as in the paper: both bend, and the ridge lies on the boundary of a third neuron. Also along a
facet common to B[z] and B[z'], where neither bends, z and z' are in one layer.

True off explicit polynomials in the weights: then boundaries meet along ridges only, two at a time, and T1a and T1b
give the rest. Assumption, checked first: no boundary has interior (else NOT_APPLICABLE).

Check. Every ridge and every pair of neurons on it; every facet on which neurons of different layers vanish.

Not decided: faces of codimension three and more. There the statement is false on an open set of networks for
n_in >= 3: with u = (x, y+3, w+3), z = a_1 + a_2 - 3 and z' = a_1 + a_3 - 3 both bend at the origin, where u_1 vanishes
too.

Printed: "for any two intersecting boundaries B_z and B_z', one of the following must hold: B_z bends at their
intersection (in which case z occurs in a deeper layer of the network), B_z' bends, or neither bends (in which case z
and z' occur in the same layer). It is not possible for both B_z and B_z' to bend at their intersection - unless that
intersection is also contained in another boundary".
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

from exactrev.errors import TheoryContradicted
from exactrev.network import Neuron
from exactrev.statements.claims.bends import find_thick_verdict
from exactrev.statements.evidence import Evidence
from exactrev.statements.meetings import Meetings
from exactrev.statements.statement import Statement
from exactrev.verdict import Outcome, Verdict

__all__ = ["STATEMENTS", "decide_bends_tell_layers_apart"]


def decide_bends_tell_layers_apart(evidence: Evidence) -> Verdict:
    """T1c: along every ridge the boundary that bends is the one of the later layer."""
    thick = find_thick_verdict(evidence)
    if thick is not None:
        return thick
    evidence.require_time("whether bends tell layers apart")
    meetings = evidence.meetings
    checked, excepted, wrong = _compare_pairs(meetings)
    shared = meetings.shared_facets
    if not checked and not shared:
        return Verdict(Outcome.HOLDS, "no two boundaries share a ridge, and no layers a facet", vacuous=True)
    ridges = f"{checked} crossings of two boundaries along ridges"
    if excepted:
        ridges += f" (excepted {excepted} where both bend on a third boundary)"
    if len(wrong):
        one, other = wrong[0]
        return Verdict(
            Outcome.FAILS,
            f"{ridges}: at {len(wrong)} of them the bends do not match the layers",
            _ridge_witness(evidence, meetings, one, other),
        )
    if shared:
        point = evidence.complex.facet_point(shared[0])
        neurons = list(evidence.complex.facet_neurons(shared[0]))
        evidence.require_zeros(point, neurons)
        return Verdict(
            Outcome.FAILS,
            f"{len(shared)} facets are common to boundaries of different layers, and none of these bends there",
            {"neurons": neurons, "common_to_their_boundaries": point},
        )
    return Verdict(Outcome.HOLDS, f"{ridges}: the one of the later layer bends, and none if both are of one layer")


def _compare_pairs(meetings: Meetings) -> tuple[int, int, list[tuple[int, int]]]:
    """How many pairs on ridges there are, how many are excepted, and those that contradict the statement."""
    starts = meetings.table.ids.starts
    sizes = np.diff(starts)
    ridges = np.flatnonzero(meetings.table.is_ridge)
    two = starts[ridges[sizes[ridges] == 2]]
    first, second = [two], [two + 1]
    for ridge in ridges[sizes[ridges] > 2].tolist():
        pairs = np.array(list(combinations(range(starts[ridge], starts[ridge + 1]), 2)))
        first.append(pairs[:, 0])
        second.append(pairs[:, 1])
    a, b = np.concatenate(first), np.concatenate(second)
    bends = meetings.bends.astype(np.int8)
    excepted = meetings.bends[a] & meetings.bends[b] & (sizes[meetings.face[a]] > 2)
    later = np.sign(meetings.layer[a] - meetings.layer[b])
    right = (bends[a] - bends[b] == later) & ~(meetings.bends[a] & meetings.bends[b])
    wrong = np.flatnonzero(~right & ~excepted)
    return len(a), int(excepted.sum()), list(zip(a[wrong].tolist(), b[wrong].tolist(), strict=True))


def _ridge_witness(evidence: Evidence, meetings: Meetings, one: int, other: int) -> dict[str, Any]:
    """A point of the ridge, and for either boundary whether it bends, with the normals of its pieces there."""
    point = meetings.point_of(one)
    witness: dict[str, Any] = {"point": point}
    neurons: list[Neuron] = []
    for pair in (one, other):
        z = meetings.neuron_of(pair)
        normals = meetings.hyperplanes_of(meetings.pieces[pair].tolist())
        if (len(normals) > 1) != bool(meetings.bends[pair]):
            raise TheoryContradicted("a boundary bends and has one hyperplane, or the reverse", neuron=z, point=point)
        neurons.append(z)
        witness[str(z)] = {"bends": bool(meetings.bends[pair]), "normals_of_its_pieces": normals}
    evidence.require_zeros(point, neurons)
    return witness


STATEMENTS = (
    Statement(
        label="bends_tell_layers_apart",
        paper="T1c",
        where="after Theorem 1, §3.3",
        claim="Where two boundaries meet along a ridge, the one that bends is of the later layer; if none bends, both "
        "are of one layer.",
        decide=decide_bends_tell_layers_apart,
        printed="True on ridges only: for n_in >= 3 both boundaries can bend at a single point.",
    ),
)
