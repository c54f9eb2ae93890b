"""R3, §3.3: boundaries are surfaces.

Claim. For every hidden neuron z the set B[z] = {x : z(x) = 0} is empty or a piecewise linear surface of dimension
n_in - 1 without boundary: every point of it has a neighbourhood in B[z] that is a ball of that dimension. It may be
disconnected, bounded or not.

Check. B[z] is a subcomplex of the complex of all cells, so it is looked at face by face:
- B[z] has no interior: no preactivation vanishes on an open set;
- it has no part of lower dimension: around every face of B[z] there is a *piece*, a facet on which z vanishes;
- no piece ends and none branches: around every *ridge* (a face of codimension two) there are exactly two pieces;
- around a face of codimension three or more the *link*, what a small sphere across the face cuts out of B[z], is a
  sphere. Where as many preactivations vanish as the codimension is, it is one: they are independent in every cell
  around, hence local coordinates after a piecewise linear change, and B[z] is where one of them is 0. It is one too
  where B[z] does not bend: then B[z] is a hyperplane there, having two pieces around each ridge. Elsewhere links of
  dimension one and two are recognised: a connected graph in which every node has two edges is a circle, and a connected
  closed surface of Euler characteristic 2 is a sphere. In higher dimension a direction along which z increases in every
  cell around shows that B[z] is the graph of a function.
Inside a box the surface ends at the sides; the faces inside the open box are looked at.

Not decided: off general position and for n_in of 5 or more, faces at which the last criterion fails although the link
is connected and has the Euler characteristic of a sphere. The verdict is UNDECIDED then.

Printed: "for all but a measure-zero set of networks, B_z is an (n_in - 1)-dimensional piecewise linear surface". As
printed that is false: B[z] is empty on an open set of networks, for example where z = -a_1 - a_2 - 1.

Reference: Hanin & Rolnick, *Deep ReLU Networks Have Surprisingly Few Activation Patterns* (2019).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from exactrev.arithmetic.linear_programs import InteriorPoint, find_interior_point
from exactrev.geometry.degenerate import DegenerateCells, affine_rank
from exactrev.statements.evidence import Evidence
from exactrev.statements.meetings import Meetings
from exactrev.statements.statement import Statement
from exactrev.verdict import Outcome, Verdict

__all__ = ["STATEMENTS", "decide_boundaries_are_surfaces"]


SHOWN = 8  # pieces around a defect of which a point is given


@dataclass(frozen=True, slots=True)
class Defect:
    """A pair (face, neuron) of `Meetings` where the neuron's boundary is no ball; if `is_open`, not known to be one."""

    pair: int
    because: str
    is_open: bool = False


def decide_boundaries_are_surfaces(evidence: Evidence) -> Verdict:
    """R3: every boundary is empty, or a closed piecewise linear surface of dimension n_in - 1."""
    if not evidence.neurons:
        return Verdict(Outcome.HOLDS, "there is no hidden neuron, hence no boundary", vacuous=True)
    if evidence.complex.n_thick:
        return _thick_verdict(evidence)
    boundaries = evidence.boundaries
    evidence.require_time("whether boundaries are surfaces at their ridges")
    meetings = evidence.meetings
    defect = _find_bad_face(meetings) or _find_bad_link(evidence, meetings)
    if defect is not None:
        return _defect_verdict(evidence, defect)
    empty = [boundary.neuron for boundary in boundaries if boundary.is_empty]
    pieces = sum(boundary.n_pieces for boundary in boundaries)
    checked = (
        f"{len(boundaries)} boundaries with {pieces} pieces: none has a part of lower dimension, and two pieces meet "
        f"at each of {int(meetings.on_ridge.sum())} places along ridges"
    )
    if not empty:
        return Verdict(Outcome.HOLDS, checked)
    return Verdict(
        Outcome.HOLDS,
        f"{checked}; {len(empty)} of them are empty, which the printed statement does not allow for",
        {"empty_boundaries_of": empty},
        vacuous=len(empty) == len(boundaries),
    )


def _thick_verdict(evidence: Evidence) -> Verdict:
    """FAILS: some boundary has interior."""
    complex = evidence.complex
    rows = (complex.signs(np.arange(complex.n_regions, complex.n_cells)) == 0).any(axis=1)
    return Verdict(
        Outcome.FAILS,
        f"{int(rows.sum())} of {len(rows)} boundaries have interior: {complex.n_thick} whole cells lie inside them",
        evidence.thick_witness(),
    )


def _defect_verdict(evidence: Evidence, defect: Defect) -> Verdict:
    meetings = evidence.meetings
    neuron, point = meetings.neuron_of(defect.pair), meetings.point_of(defect.pair)
    evidence.require_zeros(point, [neuron])
    witness: dict[str, Any] = {"neuron": neuron, "point": point, "because": defect.because}
    pieces = meetings.pieces[defect.pair].tolist()
    if pieces:
        witness["points_on_its_pieces_there"] = [evidence.complex.facet_point(facet) for facet in pieces[:SHOWN]]
        for point in witness["points_on_its_pieces_there"]:
            evidence.require_zeros(point, [neuron])
    if defect.is_open:
        return Verdict(Outcome.UNDECIDED, f"whether the boundary of {neuron} is a surface near one point", witness)
    return Verdict(Outcome.FAILS, f"the boundary of {neuron} is no surface near one point", witness)


def _find_bad_face(meetings: Meetings) -> Defect | None:
    """Where a boundary has a part of lower dimension, an end or a branch."""
    count = meetings.n_pieces
    bad = np.flatnonzero(np.where(meetings.on_ridge, count != 2, count == 0))
    if not len(bad):
        return None
    pair = int(bad[0])
    if count[pair] == 0:
        return Defect(pair, "no piece of the boundary contains the point: the boundary has a part of lower dimension")
    return Defect(pair, f"the number of pieces that meet in the ridge through the point is {count[pair]}, not 2")


# -- links of faces of codimension three and more -------------------------------------------------------------------


def _find_bad_link(evidence: Evidence, meetings: Meetings) -> Defect | None:
    """Where a boundary is no ball around a face; presupposes two pieces around every ridge. What is open comes last."""
    cells = meetings.complex.cells
    smaller = np.flatnonzero(~meetings.on_ridge & meetings.bends)
    if not len(smaller) or not isinstance(cells, DegenerateCells):
        return None
    links = _Links(evidence, meetings, cells)
    still_open = None
    for pair in sorted(smaller.tolist(), key=lambda pair: links.codimension(int(meetings.face[pair]))):
        evidence.require_time("whether boundaries are surfaces at their corners")
        defect = links.find_defect(pair)
        if defect is not None and not defect.is_open:
            return defect
        still_open = still_open or defect
    return still_open


class _Links:
    """Links of faces in boundaries, as posets of the faces and pieces around."""

    def __init__(self, evidence: Evidence, meetings: Meetings, cells: DegenerateCells) -> None:
        self._complex = evidence.complex
        self._meetings = meetings
        self._cells = cells
        self._n = evidence.complex.found.net.n_in
        table = meetings.table
        corners = [np.asarray(table.corners[face], dtype=np.int64) for face in range(len(table))]
        self._corners = [frozenset(cells.points_at(row).tolist()) for row in corners]
        self._dimensions: dict[int, int] = {}
        self._faces_at: dict[tuple[int, int], list[int]] = {}  # (neuron, corner) -> faces of its boundary
        for face, neuron in zip(meetings.face.tolist(), meetings.neuron.tolist(), strict=True):
            for corner in self._corners[face]:
                self._faces_at.setdefault((neuron, corner), []).append(face)

    def codimension(self, face: int) -> int:
        if face not in self._dimensions:
            corners = np.asarray(self._meetings.table.corners[face], dtype=np.int64)
            self._dimensions[face] = affine_rank(self._complex.found.points_of(corners))
        return self._n - self._dimensions[face]

    def find_defect(self, pair: int) -> Defect | None:
        """Why the link is no sphere, or that it is not known whether it is; None if it is one."""
        face, neuron = int(self._meetings.face[pair]), int(self._meetings.neuron[pair])
        codimension = self.codimension(face)
        dimension = codimension - 2  # of the link
        if len(self._meetings.table.ids[face]) == codimension:
            return None
        own = self._corners[face]
        around = [
            (self._corners[other], codimension - self.codimension(other) - 1)
            for other in self._faces_at[neuron, next(iter(own))]
            if other != face and own < self._corners[other]
        ]
        for facet in self._meetings.pieces[pair].tolist():
            vertices = self._cells.facet_vertices(facet)
            around.append((frozenset(self._cells.points_at(vertices).tolist()), dimension))
        components = _count_components([corners for corners, _ in around])
        if components != 1:
            return Defect(pair, f"near the point the boundary consists of {components} parts that meet only there")
        characteristic = sum((-1) ** d for _, d in around)
        if characteristic != 1 + (-1) ** dimension:
            return Defect(pair, f"the link of the boundary there has Euler characteristic {characteristic}: no sphere")
        if dimension <= 2 or self._increases_somewhere(pair, neuron):
            return None
        because = f"it is not known whether the link of the boundary there, of dimension {dimension}, is a sphere"
        return Defect(pair, because, is_open=True)

    def _increases_somewhere(self, pair: int, neuron: int) -> bool:
        """Is there a direction along which the neuron increases in every cell around the face?"""
        complex = self._complex
        facets = complex.facet_cells[self._meetings.table.facets[int(self._meetings.face[pair])]]
        cells = np.unique(facets).tolist()
        rows = complex.found.exact.forms([neuron] * len(cells), list(complex.signs(cells).T))
        gradients = {tuple(-int(entry) for entry in row[:-1]) for row in rows}
        outcome = find_interior_point([list(row) for row in gradients], [0] * len(gradients))
        return isinstance(outcome, InteriorPoint)


def _count_components(parts: list[frozenset[int]]) -> int:
    """Components of the order relation: parts are linked where one contains the other."""
    left = set(range(len(parts)))
    components = 0
    while left:
        components += 1
        queue = [left.pop()]
        while queue:
            part = parts[queue.pop()]
            linked = {k for k in left if parts[k] < part or part < parts[k]}
            left -= linked
            queue += linked
    return components


STATEMENTS = (
    Statement(
        label="boundaries_are_surfaces",
        paper="R3",
        where="§3.3",
        claim="Every boundary is empty or a closed piecewise linear surface of dimension n_in - 1.",
        decide=decide_boundaries_are_surfaces,
        printed='"Or empty" is missing: z = -a_1 - a_2 - 1 has an empty boundary, and so do all networks near it.',
    ),
)
