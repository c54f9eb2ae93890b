"""R2, §3.2, the Linear Regions Assumption (LRA): linear regions are activation regions.

Claim, *facet reading*. Every region is a whole component of the open set on which N is locally one affine function.
Equivalently, no region shares a facet with another region, or with a thick cell, that carries the same affine map.
(The maximal component around a region is a union of cells with that map. If it were larger, two of its cells would
share a facet, because at a face of codimension two or more all the cells around would carry the map.) Facets between
two thick cells do not matter: no region is there.

*Touching reading*. "A maximal connected component of input space on which N is given by a single linear function" can
also be read with closed sets: then regions that merely touch, at a corner say, must have different maps as well. The
2-3-1 network ReLU(y-x) + ReLU(y+x) - 2 ReLU(y) separates the readings. The claim is the facet reading; where it holds,
the touching reading is decided too, and reported.

Check, facets. Where one neuron vanishes on a facet, N's map changes by (sum over live paths from it to the output)
times its preactivation; the sum is decided in floats with a bound, else in integers. Where several neurons vanish the
two exact maps are compared. What fails is rechecked by evaluating the network.

Check, touching. Suppose cells A and B with the same map touch in a point p, and no more than n_in preactivations
vanish at some corner of their common face. There those that vanish are independent in every cell, and every choice of
their signs is a cell. Let S be the set of neurons of different signs in A and B, and switch them in A one by one, deep
layers first. Switching z changes N by kappa times the form of z in A (only later neurons have been switched before
it), so the sum over S of kappa grad z(A) is 0; by independence all kappa are 0. For the first neuron switched that says
that A and its neighbour across a facet carry the same map. So where the facet reading holds, only points at which more
than n_in preactivations vanish need to be looked at: there the cells around are grouped by their exact maps.

Not decided: how regions with one map join to linear regions; whether the assumption holds for networks near this one.

Reference: Hanin & Rolnick, *Deep ReLU Networks Have Surprisingly Few Activation Patterns* (2019), for cases where the
assumption fails.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

from exactrev.errors import TheoryContradicted
from exactrev.geometry import RegionComplex
from exactrev.geometry.degenerate import DegenerateCells
from exactrev.geometry.jumps import PathSums
from exactrev.geometry.skeleton import Int64Array
from exactrev.network import AffineMap, Neuron, Point
from exactrev.statements.evidence import Evidence
from exactrev.statements.statement import Statement
from exactrev.verdict import Outcome, Verdict

__all__ = [
    "STATEMENTS",
    "decide_linear_regions_are_activation_regions",
    "find_equal_facets",
    "find_equal_touching_cells",
]

BLOCK = 1 << 15
CANDIDATES = 16  # failing facets among which the one with the shortest point is shown


def decide_linear_regions_are_activation_regions(evidence: Evidence) -> Verdict:
    """R2: N has different affine maps on the two sides of every facet of a region."""
    complex = evidence.complex
    if not complex.n_regions:
        return Verdict(Outcome.HOLDS, f"there is no region: B is all of {evidence.domain}", vacuous=True)
    equal = find_equal_facets(evidence)
    facets = int((complex.facet_cells.min(axis=1, initial=complex.n_cells) < complex.n_regions).sum())
    if len(equal):
        return Verdict(
            Outcome.FAILS,
            f"at {len(equal)} of {facets} facets of regions N has the same affine map on both sides",
            _facet_witness(evidence, equal),
        )
    checked = f"N has different affine maps on the two sides of each of {facets} facets of regions"
    touching = find_equal_touching_cells(evidence)
    if touching is None:
        return Verdict(Outcome.HOLDS, f"{checked}, and also wherever regions only touch")
    return Verdict(
        Outcome.HOLDS,
        f"{checked}; but two cells that only touch have the same map, so the touching reading fails",
        {"touching_reading": "FAILS", **touching},
    )


# -- cells that share a facet -----------------------------------------------------------------------------------------


def find_equal_facets(evidence: Evidence) -> Int64Array:
    """The facets of regions across which N's affine map does not change."""
    complex = evidence.complex
    rows, cells = complex.cells.facet_ids, complex.facet_cells
    sizes = np.diff(rows.starts)
    of_regions = (cells < complex.n_regions).any(axis=1)
    single = np.flatnonzero(of_regions & (sizes == 1))
    equal = []
    sums = PathSums(complex.network)
    for first in range(0, len(single), BLOCK):
        evidence.require_time(f"{len(single) - first} facets are not compared")
        block = single[first : first + BLOCK]
        signs = complex.signs(cells[block, 0].astype(np.int64))
        ids = rows.flat[rows.starts[block]].astype(np.int64)
        equal.append(block[~sums.reach_outputs(ids, signs)])
    several = np.flatnonzero(of_regions & (sizes > 1))
    for number, facet in enumerate(several.tolist()):
        evidence.require_time(f"{len(several) - number} facets are not compared")
        one, other = cells[facet].tolist()
        if evidence.affine_map(one) == evidence.affine_map(other):
            equal.append(np.array([facet]))
    return np.sort(np.concatenate(equal)) if equal else np.zeros(0, np.int64)


def _facet_witness(evidence: Evidence, equal: Int64Array) -> dict[str, Any]:
    """A point on a failing facet, and on either side the pattern, a point and the common affine map; rechecked."""
    complex = evidence.complex
    points = {f: complex.facet_point(f) for f in equal[:CANDIDATES].tolist()}
    facet = min(points, key=lambda f: sum(x.numerator.bit_length() + x.denominator.bit_length() for x in points[f]))
    neurons = complex.facet_neurons(facet)
    return {
        "point": points[facet],
        "neurons": list(neurons),
        **_two_cells(evidence, points[facet], neurons, *complex.facet_cells[facet].tolist()),
    }


def _two_cells(evidence: Evidence, point: Point, neurons: tuple[Neuron, ...], one: int, other: int) -> dict[str, Any]:
    """What shows that two cells whose closures contain the point carry one affine map; rechecked by evaluation."""
    complex, network = evidence.complex, evidence.network
    map = evidence.affine_map(one)
    patterns = [complex.pattern(cell) for cell in (one, other)]
    inside = [complex.interior_point(cell) for cell in (one, other)]
    evidence.require_zeros(point, neurons)
    _require_one_map(evidence, map, [point, *inside])
    if patterns[0] == patterns[1] or [network.pattern(x) for x in inside] != patterns:
        raise TheoryContradicted("the patterns of two cells are not as stated", patterns=patterns, points=inside)
    if any(network.affine_map(pattern) != map for pattern in patterns):
        raise TheoryContradicted("two cells do not carry the same affine map", patterns=patterns)
    return {"patterns": patterns, "points_inside": inside, "map_on_both": map}


def _require_one_map(evidence: Evidence, map: AffineMap, points: list[Point]) -> None:
    for point, value in zip(points, evidence.network.evaluate(points), strict=True):
        if map(point) != value:
            raise TheoryContradicted("the affine map of a cell is not N there", point=point)


# -- cells that only touch --------------------------------------------------------------------------------------------


def find_equal_touching_cells(evidence: Evidence) -> dict[str, Any] | None:
    """A point where two cells with the same map touch, one of them a region, with what shows it; or None.

    Presupposes that `find_equal_facets` found nothing.
    """
    complex = evidence.complex
    vertices, around = complex.crowded_points()
    sizes = np.abs(complex.found.skeleton.points[vertices]).max(axis=1, initial=0)
    for k in np.argsort(np.nan_to_num(sizes, nan=np.inf), kind="stable").tolist():
        evidence.require_time("whether regions that only touch have different maps")
        groups: dict[AffineMap, list[int]] = {}
        for cell in around[k].tolist():
            groups.setdefault(evidence.affine_map(cell), []).append(cell)
        for group in groups.values():
            for one, other in combinations(sorted(group), 2):
                if one < complex.n_regions and _meet_inside(complex, one, other):
                    (point,) = complex.vertex_points(vertices[[k]])
                    neurons = _differing(evidence, one, other)
                    cells = _two_cells(evidence, point, neurons, one, other)
                    return {"point": point, "neurons": list(neurons), **cells}
    return None


def _meet_inside(complex: RegionComplex, one: int, other: int) -> bool:
    """Is the common face of two touching cells more than a part of one side of the box? Over R^n it always is."""
    if complex.box is None or not isinstance(complex.cells, DegenerateCells):
        return True
    vertices = complex.cells.cell_vertices(one)
    shared = np.isin(complex.cells.points_at(vertices), complex.cells.points_at(complex.cells.cell_vertices(other)))
    walls = complex.cells.zeros_at(vertices[shared])[complex.found.skeleton.M :]
    return not walls.all(axis=1).any()


def _differing(evidence: Evidence, one: int, other: int) -> tuple[Neuron, ...]:
    """The neurons of different signs on two cells: they vanish wherever the cells touch."""
    signs = evidence.complex.signs([one, other])
    return tuple(evidence.neurons[i] for i in np.flatnonzero(signs[:, 0] != signs[:, 1]).tolist())


STATEMENTS = (
    Statement(
        label="linear_regions_are_activation_regions",
        paper="R2",
        where="§3.2",
        claim="The Linear Regions Assumption: across every facet of a region the affine map of N changes.",
        decide=decide_linear_regions_are_activation_regions,
        printed="The wording does not say whether regions that only touch are connected. Facets decide; touching is "
        "reported.",
    ),
)
