"""R1, §3.2: activation regions and activation patterns correspond.

Claim. B is the union of the boundaries B[z] = {x : z(x) = 0} of the hidden neurons, and a *region* is a component of
R^n_in minus B. On a region every preactivation has one sign, so its activation pattern is constant and every z is an
affine function. Different regions have different patterns, and every pattern that occurs on an open set is the pattern
of a region: regions and patterns correspond one to one.

Why the first half always holds: where the signs of all preactivations are prescribed and none is 0, each of them is an
affine form, layer by layer, so the points with these signs form an open convex polyhedron, which is connected. Hence
one region per sign vector, and regions are convex.

The second half fails exactly if some preactivation vanishes on an open set (a *thick* cell): no region is there, and
the pattern of the thick cell belongs to no region. For if a region had the same pattern, then at the first layer where
the two have different signs, 0 and -1, the forms would agree, being functions of the pattern of the layers before.

Check. The enumeration is certified; here the sign vectors of all regions are compared exactly, and thick cells looked
for. Not decided: patterns that occur on lower-dimensional sets only.

Printed: "Thus, each linear region corresponds to a pattern of activations across the ReLUs in the network; within a
region, each ReLU computes a fixed linear function". That half needs no assumption.
"""

from __future__ import annotations

import numpy as np

from exactrev.errors import TheoryContradicted
from exactrev.geometry import RegionComplex
from exactrev.statements.evidence import Evidence
from exactrev.statements.statement import Statement
from exactrev.verdict import Outcome, Verdict

__all__ = ["STATEMENTS", "decide_regions_correspond_to_patterns"]

BLOCK = 1 << 16


def decide_regions_correspond_to_patterns(evidence: Evidence) -> Verdict:
    """R1: regions and the activation patterns that occur on open sets correspond one to one."""
    complex = evidence.complex
    patterns = count_sign_vectors(complex)
    if patterns != complex.n_regions:
        raise TheoryContradicted("two regions have the same signs", regions=complex.n_regions, patterns=patterns)
    regions = "1 region has 1 pattern" if patterns == 1 else f"{patterns} regions have {patterns} different patterns"
    if not complex.n_thick:
        return Verdict(Outcome.HOLDS, f"{regions}, and no other pattern occurs on an open set")
    return Verdict(
        Outcome.FAILS,
        f"{regions}, but {complex.n_thick} more occur on open sets that lie inside B, where no region is",
        evidence.thick_witness(),
    )


def count_sign_vectors(complex: RegionComplex) -> int:
    """How many different sign vectors the regions have; none may contain a 0."""
    seen: set[bytes] = set()
    for first in range(0, complex.n_regions, BLOCK):
        signs = complex.signs(np.arange(first, min(first + BLOCK, complex.n_regions)))
        if (signs == 0).any():
            raise TheoryContradicted("a preactivation vanishes on a region")
        packed = np.packbits(signs.T > 0, axis=1)
        seen.update(row.tobytes() for row in packed) if packed.shape[1] else seen.add(b"")
    return len(seen)


STATEMENTS = (
    Statement(
        label="regions_correspond_to_patterns",
        paper="R1",
        where="§3.2",
        claim="Every activation pattern that occurs on an open set is the pattern of exactly one region.",
        decide=decide_regions_correspond_to_patterns,
        printed="As printed, every region has one pattern: true without exception.",
    ),
)
