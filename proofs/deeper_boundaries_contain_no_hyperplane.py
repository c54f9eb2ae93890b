"""A2, §4.1, corrected: for n_in, n_1 >= 2 the boundaries that are hyperplanes are those of layer 1, and no others.

Statement. Let n_in, n_1 >= 2. Off the zeros of explicit polynomials no B[z] of layer 2 or later contains a hyperplane,
so that layer 1 has as many neurons as boundaries are hyperplanes. For n_1 = 1 and for n_in = 1 it is false, on open
sets.

Proof. The polynomials are those of general position and of Theorem 1, and the 2 x 2 minors of rows of W^1. Let H be a
hyperplane in B[z].

- Two rows of W^1 are not parallel, so one of them, u, is not parallel to the normal of H, for if both are multiples of
  it their minors vanish. H and B[u] meet.
- At a point where they meet B[z] is the same as H nearby: by general position both are manifolds of dimension n_in - 1,
  and the one contains the other. So B[z] does not bend there, where it meets a boundary of an earlier layer: this
  contradicts Theorem 1, in the form without its proviso that T1c proves.
- For n_1 = 1 all boundaries are parallel to that of u, and that of z = v ReLU(u) + b is a hyperplane where -b/v > 0.
  For n_in = 1 all points are hyperplanes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

from exactrev.geometry import boundaries, regions
from exactrev.network import random_rational_network
from exactrev.proofs import bends_tell_layers_apart as apart
from exactrev.proofs.exceptional_networks_are_zeros_of_polynomials import find_exceptional
from exactrev.proofs.letters import letter_field, letter_network, relu, sign_of
from exactrev.proofs.proof import Proof, Step, check, rests_on

__all__ = ["PROOF", "derive", "minor"]

Minor = Callable[[Any, Any, int, int], Any]

SIZES = ((2, 2), (2, 3), (3, 2), (4, 2))
"""(n_in, n_1)."""
SEEDS = range(6)


def minor(one: Any, other: Any, i: int, j: int) -> Any:
    """The 2 x 2 minor of two rows in columns i and j."""
    return one[i] * other[j] - one[j] * other[i]


def derive(minor: Minor = minor, n_in: int = 2) -> Iterator[Step]:
    """The steps, for minors of two rows, and the least number of inputs."""
    yield check("minors of two rows of W^1 are not 0, but they are for multiples of one row", _rows(minor, n_in))
    yield check("for n_1 = 1 a boundary of layer 2 is a hyperplane, for all positive letters", _narrow())
    yield check("in numbers: off the polynomials the boundaries without bends are those of layer 1", _count())
    yield rests_on(apart.PROOF)


def _rows(minor: Minor, n_in: int) -> Iterator[tuple[str, bool]]:
    for widths in ((n_in, 2), *SIZES):
        net = letter_network((*widths, 1), ["s", "t"])
        for a, b in combinations(net.tables[0], 2):
            columns = list(combinations(range(widths[0]), 2))
            one, other = ([factor * entry for entry in a] for factor in net.extra)
            yield f"(n_in, n_1) = {widths}, two rows", any(minor(a, b, i, j) for i, j in columns)
            yield f"(n_in, n_1) = {widths}, multiples", not any(minor(one, other, i, j) for i, j in columns)


def _narrow() -> Iterator[tuple[str, bool]]:
    field, (w, y, v, b, z) = letter_field(["w", "y", "v", "b", "z"])
    for name, sign in (("v < 0 < b", -1), ("v > 0 > b", 1)):
        kink = b / v
        yield f"n_1 = 1, {name}: zero at u = b/|v|", not sign * v * relu(kink) - sign * b
        for u in (-z, field.zero, kink / 2, kink + z):
            yield f"n_1 = 1, {name}: not at {u}", bool(sign_of(sign * v * relu(u) - sign * b))
        # on the whole hyperplane w x + y = b/|v|, other inputs being free
        yield f"n_1 = 1, {name}: a hyperplane", w * ((kink - y) / w) + y == kink


def _count() -> Iterator[tuple[str, bool]]:
    for widths in ((2, 2, 2, 1), (2, 3, 2, 1), (3, 2, 2, 1)):
        for seed in SEEDS:
            net = random_rational_network(widths, seed)
            if not any(find_exceptional(net, kinds=("position", "paths"))):
                straight = [own.neuron for own in boundaries(regions(net)) if own.n_pieces and not own.n_bends]
                first = [neuron for neuron in net.neurons() if neuron.layer == 1]
                yield f"{widths}, seed {seed}", straight == first


PROOF = Proof(
    label="deeper_boundaries_contain_no_hyperplane",
    paper=("A2",),
    where="§4.1",
    statement="For n_in, n_1 >= 2, off explicit polynomials, no boundary of layer 2 or later contains a hyperplane, so "
    "layer 1 has as many neurons as boundaries are hyperplanes. For n_1 = 1 and n_in = 1 that is false on open sets.",
    covers=f"all shapes, by the argument; minors in letters for (n_in, n_1) in {SIZES}; the exceptions for all "
    "positive letters; boundaries of random networks in three shapes",
    does_not_cover="networks on the zeros of the polynomials of the proofs that it rests on",
    length=4,
    derivation=derive,
)
