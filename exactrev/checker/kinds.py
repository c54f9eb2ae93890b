"""All kinds of claims, each with its proofs, and the one function that accepts a certificate.

The default is to reject: a claim is returned by `check` after the last line, and nowhere else.
"""

import sys
from collections.abc import Callable
from typing import BinaryIO, NamedTuple

from exactrev.checker import geometry, weights
from exactrev.checker.parsing import MAX_DIGITS, Claim, Net, Reader
from exactrev.checker.refusals import expect, require


class Kind(NamedTuple):
    """How many networks, numbers (some for each input) and further hashes a claim has, and what verifies its proof."""

    networks: int
    numbers: int
    verify: Callable[[Reader, Claim, list[Net]], None]
    per_input: int = 0
    hashes: int = 0


KINDS = {
    ("regions", "tree"): Kind(1, 2, geometry.regions_by_tree),
    ("regions", "facets"): Kind(1, 2, geometry.facets),
    ("regions-in-box", "tree"): Kind(1, 2, geometry.regions_by_tree, per_input=4),
    ("lra-fails-facet", "point"): Kind(1, 0, geometry.lra_fails),
    ("lra-fails-touching", "point"): Kind(1, 0, geometry.lra_fails),
    ("lra-holds-facet", "facets"): Kind(1, 0, geometry.facets),
    ("lra-holds-facet", "tree"): Kind(1, 0, geometry.lra_holds_by_tree),
    ("lra-holds-touching", "tree"): Kind(1, 0, geometry.lra_holds_by_tree),
    ("empty", "tree"): Kind(1, 2, geometry.disjoint),
    ("disjoint", "tree"): Kind(1, 4, geometry.disjoint),
    ("meet", "point"): Kind(1, 4, geometry.meet),
    ("bounded", "tree"): Kind(1, 2, geometry.bounded),
    ("unbounded", "ray"): Kind(1, 2, geometry.unbounded),
    ("disconnected", "tree"): Kind(1, 2, geometry.disconnected),
    ("components", "tree"): Kind(1, 3, geometry.components),
    ("bend", "point"): Kind(1, 4, geometry.bend),
    ("no-bend", "point"): Kind(1, 5, geometry.bend, per_input=1),
    ("equal", "tree"): Kind(2, 0, weights.equal_by_tree),
    ("equal", "matching"): Kind(2, 0, weights.matching),
    ("different", "point"): Kind(2, 0, weights.different),
    ("isomorphic", "matching"): Kind(2, 0, weights.matching),
    ("same-boundary", "matching"): Kind(2, 0, weights.matching),
    ("recovered", "matching"): Kind(2, 1, weights.recovered, hashes=1),
    ("inert", "tree"): Kind(1, 5, weights.inert),
    ("flat-direction", "tree"): Kind(2, 1, weights.flat_direction),
    ("functional-dimension", "tree"): Kind(1, 1, weights.functional_dimension),
}


def check(stream: BinaryIO, expected: str | None = None) -> Claim:
    """The claim that a certificate proves, which has to be the expected one, if one is given. Else raises `Refused`."""
    digits = sys.get_int_max_str_digits()
    if 0 < digits < MAX_DIGITS:  # Python's own limit, which ours replaces for the time being
        sys.set_int_max_str_digits(MAX_DIGITS)
    try:
        return proved(Reader(stream), expected)
    finally:
        sys.set_int_max_str_digits(digits)


def proved(reader: Reader, expected: str | None) -> Claim:
    claim, proof = reader.claim()
    require(expected is None or claim.text == expected, "another claim was to be proved", claim.text)
    expect((claim.name, proof) in KINDS, "no such claim, or no such proof of it", claim.name, proof)
    kind = KINDS[claim.name, proof]
    expect(len(claim.hashes) == kind.networks + kind.hashes, "the claim has the wrong number of hashes", claim.hashes)
    nets: list[Net] = []
    reader.recent()  # of what comes before the networks
    for stated in claim.hashes[: kind.networks]:
        nets.append(reader.network())
        require(reader.recent() == stated, "the claim is about another network", stated)
    numbers = kind.numbers + kind.per_input * nets[0].widths[0]
    expect(len(claim.numbers) == numbers, "the claim has the wrong number of integers", len(claim.numbers), numbers)
    kind.verify(reader, claim, nets)
    reader.finish()
    return claim
