"""T1a, T1b (Theorem 1, §3.3) and L2 (Lemma 2 of the ICLR submission): where boundaries bend.

B[z] *bends* at a point p of it if near p it is not contained in one hyperplane. *Intersects* means: shares a point.

Claim T1a. B[z] bends only at points of boundaries of earlier layers' neurons. True for every network: near a point at
which no earlier preactivation vanishes z is affine.
Claim T1b. B[z] bends wherever it meets the boundary of an earlier layer's neuron.
Claim L2. B[z] bends wherever it meets the boundary of a neuron of the layer just before.

T1b and L2 are true off explicit polynomials in the weights, not for every network; the Linear Regions Assumption, under
which Theorem 1 is printed, is neither needed nor asked for here. (Let z(p) = 0 = z'(p). Unless biases satisfy an
equation, every layer between has a neuron that is active at p, so a live path leads from z' to z, and the sum over such
paths, by which grad z jumps along grad z', is a polynomial that is not 0.)

Assumption, checked first: no boundary has interior, for else it is no surface and to bend means nothing. If one has,
the verdict is NOT_APPLICABLE.

Check. Boundaries meet along faces of codimension two or more, all of which are listed (in general position those of
codimension two, which suffices), and, off general position, on facets on which neurons of several layers vanish; there
a boundary is one hyperplane, so it does not bend. At a face, in general position, B[z] bends if the path sum by which
grad z jumps across the other boundary is not 0 (floats with a bound, else integers); otherwise the hyperplanes of its
pieces around are compared exactly. For T1a, what does not meet an earlier boundary is rechecked in a second way: the
earlier layers have the same activation pattern along all pieces of B[z] around the face.

With n_in = 1 boundaries are points and never bend; so T1a is vacuous, and T1b and L2 hold, vacuously, if and only if no
two boundaries of the layers in question share a point.

Not decided: anything about networks near this one; and by how much a boundary bends.

References: Rolnick & Körding (2020), Appendix B; Hanin & Rolnick (2019) for T1a.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from exactrev.errors import TheoryContradicted
from exactrev.geometry.rounding import BoolArray
from exactrev.network import Neuron, Point
from exactrev.statements.evidence import Evidence
from exactrev.statements.meetings import Meetings
from exactrev.statements.statement import Statement
from exactrev.verdict import Outcome, Verdict

__all__ = [
    "LEMMA_2",
    "THEOREM_1",
    "decide_bends_at_every_earlier_boundary",
    "decide_bends_only_at_earlier_boundaries",
    "decide_consecutive_boundaries_bend_where_they_meet",
    "find_thick_verdict",
]

BLOCK = 1 << 16


def find_thick_verdict(evidence: Evidence) -> Verdict | None:
    """NOT_APPLICABLE if some boundary has interior; None if all are thin."""
    if not evidence.complex.n_thick:
        return None
    return Verdict(
        Outcome.NOT_APPLICABLE,
        "a boundary has interior: it is no surface, and to bend means nothing",
        evidence.thick_witness(),
    )


# -- T1a --------------------------------------------------------------------------------------------------------------


def decide_bends_only_at_earlier_boundaries(evidence: Evidence) -> Verdict:
    """T1a: a boundary bends only where it meets the boundary of an earlier layer's neuron."""
    thick = find_thick_verdict(evidence)
    if thick is not None:
        return thick
    evidence.require_time("where boundaries bend")
    meetings = evidence.meetings
    if (meetings.bends & ~meetings.meets_earlier).any():
        pair = int(np.flatnonzero(meetings.bends & ~meetings.meets_earlier)[0])
        raise TheoryContradicted(
            "a boundary bends where no earlier one is", neuron=meetings.neuron_of(pair), point=meetings.point_of(pair)
        )
    _require_equal_prefixes(evidence, meetings)
    bends = int(meetings.bends.sum())
    if not bends:
        checked = f"no boundary bends, at any of {len(meetings)} places on ridges or corners"
        return Verdict(Outcome.HOLDS, checked, vacuous=True)
    return Verdict(
        Outcome.HOLDS,
        f"boundaries bend at {bends} of {len(meetings)} places on ridges or corners, each on one of an earlier layer",
    )


def _require_equal_prefixes(evidence: Evidence, meetings: Meetings) -> None:
    """Where no earlier neuron vanishes the pieces of B[z] around have the same earlier signs, hence the same form."""
    complex = evidence.complex
    pairs = np.repeat(np.arange(len(meetings)), meetings.n_pieces)
    kept = np.flatnonzero(~meetings.meets_earlier[pairs] & (meetings.layer[pairs] > 1))
    first_piece = meetings.pieces.flat[np.minimum(meetings.pieces.starts[pairs], len(meetings.pieces.flat) - 1)]
    for start in range(0, len(kept), BLOCK):
        evidence.require_time("whether boundaries bend where they meet no earlier one")
        at = kept[start : start + BLOCK]
        one = complex.signs(complex.facet_cells[meetings.pieces.flat[at], 0].astype(np.int64))
        other = complex.signs(complex.facet_cells[first_piece[at], 0].astype(np.int64))
        earlier = evidence.layer_of[:, None] < meetings.layer[pairs[at]]
        if ((one != other) & earlier).any():
            raise TheoryContradicted("earlier layers change along a boundary that meets none of theirs")


# -- T1b and L2 -------------------------------------------------------------------------------------------------------


def decide_bends_at_every_earlier_boundary(evidence: Evidence) -> Verdict:
    """T1b: a boundary bends wherever it meets the boundary of an earlier layer's neuron."""
    return _decide_bends(
        evidence,
        meets=lambda meetings: meetings.meets_earlier,
        concerns=lambda z, other: other.layer < z.layer,
        earlier="an earlier layer",
    )


def decide_consecutive_boundaries_bend_where_they_meet(evidence: Evidence) -> Verdict:
    """L2: a boundary bends wherever it meets the boundary of a neuron of the layer just before."""
    return _decide_bends(
        evidence,
        meets=lambda meetings: meetings.meets_previous,
        concerns=lambda z, other: other.layer == z.layer - 1,
        earlier="the layer just before",
    )


def _decide_bends(
    evidence: Evidence,
    meets: Callable[[Meetings], BoolArray],
    concerns: Callable[[Neuron, Neuron], bool],
    earlier: str,
) -> Verdict:
    thick = find_thick_verdict(evidence)
    if thick is not None:
        return thick
    evidence.require_time("where boundaries bend")
    meetings = evidence.meetings
    meeting = meets(meetings)
    straight = np.flatnonzero(meeting & ~meetings.bends)
    shared = _shared_pieces(meetings, concerns)
    places = int(meeting.sum()) + len(shared)
    where = f"places at which a boundary meets one of {earlier}"
    if not places:
        return Verdict(Outcome.HOLDS, f"no boundary meets one of {earlier}", vacuous=True)
    if not (len(straight) or shared):
        return Verdict(Outcome.HOLDS, f"boundaries bend at all {places} {where}")
    checked = f"boundaries do not bend at {len(straight) + len(shared)} of {places} {where}"
    if len(straight):
        return Verdict(Outcome.FAILS, checked, _straight_witness(evidence, meetings, int(straight[0]), concerns))
    facet, z, others = shared[0]
    point = evidence.complex.facet_point(facet)
    return Verdict(Outcome.FAILS, checked, _witness(evidence, point, z, others, meetings.hyperplanes_of([facet])))


def _shared_pieces(
    meetings: Meetings, concerns: Callable[[Neuron, Neuron], bool]
) -> list[tuple[int, Neuron, list[Neuron]]]:
    """Facets that are pieces of B[z] and of boundaries it should bend at: (facet, z, those neurons)."""
    found = []
    for facet in meetings.shared_facets:
        neurons = meetings.complex.facet_neurons(facet)
        for z in neurons:
            others = [other for other in neurons if concerns(z, other)]
            if others:
                found.append((facet, z, others))
    return found


def _straight_witness(
    evidence: Evidence, meetings: Meetings, pair: int, concerns: Callable[[Neuron, Neuron], bool]
) -> dict[str, Any]:
    z = meetings.neuron_of(pair)
    others = [other for other in meetings.others(pair) if concerns(z, other)]
    planes = meetings.hyperplanes_of(meetings.pieces[pair].tolist())
    if len(planes) > 1:
        raise TheoryContradicted("a boundary that does not bend has two hyperplanes", neuron=z, normals=planes)
    return _witness(evidence, meetings.point_of(pair), z, others, planes)


def _witness(
    evidence: Evidence, point: Point, z: Neuron, others: list[Neuron], planes: list[Point]
) -> dict[str, Any]:
    """The point, the neurons that vanish there, and the one hyperplane in which B[z] lies near it."""
    evidence.require_zeros(point, [z, *others])
    witness: dict[str, Any] = {"neuron": z, "meets_the_boundary_of": others, "at": point}
    if planes:
        witness["where_all_its_pieces_have_the_normal"] = planes[0]
    return witness


THEOREM_1 = (
    Statement(
        label="bends_only_at_earlier_boundaries",
        paper="T1a",
        where="Theorem 1, §3.3",
        claim="A boundary bends only where it meets the boundary of an earlier layer's neuron.",
        decide=decide_bends_only_at_earlier_boundaries,
    ),
    Statement(
        label="bends_at_every_earlier_boundary",
        paper="T1b",
        where="Theorem 1, §3.3",
        claim="A boundary bends wherever it meets the boundary of an earlier layer's neuron.",
        decide=decide_bends_at_every_earlier_boundary,
        printed="Printed under the Linear Regions Assumption, which is not needed.",
    ),
)

LEMMA_2 = (
    Statement(
        label="consecutive_boundaries_bend_where_they_meet",
        paper="L2",
        where="ICLR submission, Lemma 2",
        claim="A boundary bends wherever it meets the boundary of a neuron of the layer just before.",
        decide=decide_consecutive_boundaries_bend_where_they_meet,
    ),
)
