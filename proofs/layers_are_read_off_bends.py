"""T1d, after Theorem 1: where boundaries are connected and those of connected neurons meet, bends tell the layers.

Statement. Let n_in >= 2, let every B[z] be connected, and let the boundaries of all neurons of consecutive layers meet.
Off the zeros of explicit polynomials the union of the boundaries, without labels, is taken apart into the B[z] by
continuing pieces across ridges, and the layer of z is 1, or 1 more than the largest layer of a boundary at which B[z],
or a boundary that is level with it, bends. That is how `layers_from_boundaries` reads them.

Proof. The polynomials are those of general position and of Theorem 1.

- Around a ridge lie four pieces. By T1c they are two of one hyperplane and two of the hyperplanes of g and g + kappa v,
  or two of one and two of another; g, v are independent and kappa is not 0. So hyperplanes that occur twice are those
  of boundaries that run straight on, and the other two pieces are of the one that bends: there is one way to pair them.
- B[z] without the points where two further boundaries meet it is connected, by general position. It consists of the
  interiors of its pieces and of ridges. Were some of its pieces not reached from the others across ridges, they and
  the others, with their ridges, would be open in it. So B[z] is what is reached from any one of its pieces, and on the
  way it crosses the whole layer before: the chain that Theorem 3 walks along (T2d).
- Boundaries that meet do so along ridges, and there the one of the later layer bends, or none does and they are level.
  By induction: in layer 1 nobody bends, nor does anybody who is level with one of them. A neuron of layer k bends at
  all of layer k-1, by hypothesis, and at nobody of layer k or later, and all of its level are of layer k. So its layer
  is k if that of layer k-1 is. That is checked with the function that recovery calls, for all sets of meetings that the
  hypothesis allows, in some shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations, product
from typing import Any

from exactrev.boundary_sets import Germ, Ridge
from exactrev.geometry import regions
from exactrev.geometry.boundary_pieces import boundary_set
from exactrev.network import random_rational_network
from exactrev.proofs import bends_tell_layers_apart as apart
from exactrev.proofs.letters import letter_field
from exactrev.proofs.proof import Proof, Step, check, rests_on
from exactrev.recovery.from_boundaries import find_depths, layers_from_boundaries, pair_up

__all__ = ["PROOF", "derive"]

PairUp = Callable[[Ridge], tuple[list[tuple[Germ, Germ]], list[tuple[Germ, Germ]]]]
FindDepths = Callable[[int, Iterable[tuple[int, int]], Iterable[tuple[int, int]]], list[int] | None]

HIDDEN = ((2,), (3,), (2, 2), (2, 3), (2, 2, 2), (3, 2, 2), (2, 1, 2, 1))
EXAMPLES = (((2, 3, 2, 1), 19), ((3, 2, 2, 1), 13), ((3, 3, 2, 2, 1), 11))
"""Shapes and seeds of random networks with connected boundaries that meet."""


def derive(pairing: PairUp = pair_up, depths: FindDepths = find_depths, *, meet: bool = True) -> Iterator[Step]:
    """The steps, for the functions that recovery calls. Unless `meet`, connected neurons need not meet."""
    yield check("the four pieces around a ridge pair up in one way, in letters", _pairs(pairing))
    yield check("whatever else meets, the depths that bends give are the layers", _depths(depths, meet))
    yield check("in numbers: networks that meet the hypotheses are read so", _examples())
    yield rests_on(apart.PROOF)


def _pairs(pairing: PairUp) -> Iterator[tuple[str, bool]]:
    for n in (2, 3):
        _, letters = letter_field([*(f"g{i}" for i in range(n + 1)), *(f"v{i}" for i in range(n + 1)), "kappa"])
        g, v, kappa = letters[: n + 1], letters[n + 1 : -1], letters[-1]
        beyond = [a + kappa * b for a, b in zip(g, v, strict=True)]
        for name, rows in (("z bends", (v, g, v, beyond)), ("none bends", (v, g, v, g))):
            germs = [Germ(_hyperplane(row), 0, number) for number, row in enumerate(rows)]
            straight, bent = pairing(Ridge(((), ()), (), tuple(germs)))
            found = [{frozenset((one.piece, other.piece)) for one, other in pairs} for pairs in (straight, bent)]
            z, other = frozenset((1, 3)), frozenset((0, 2))
            yield f"n_in = {n}, {name}", found == ([{other}, {z}] if name == "z bends" else [{other, z}, set()])


def _hyperplane(row: Sequence[Any]) -> tuple[Any, ...]:
    """The row of a hyperplane, the same for all multiples."""
    return tuple(entry / row[0] for entry in row)


def _depths(depths: FindDepths, meet: bool) -> Iterator[tuple[str, bool]]:
    for widths in HIDDEN:
        layers = [k for k, width in enumerate(widths, start=1) for _ in range(width)]
        pairs = list(combinations(range(len(layers)), 2))
        needed = [(i, j) for i, j in pairs if meet and layers[j] == layers[i] + 1]
        free = [pair for pair in pairs if pair not in needed]
        for chosen in product((False, True), repeat=len(free)):
            met = needed + [pair for pair, meets in zip(free, chosen, strict=True) if meets]
            level = [(i, j) for i, j in met if layers[i] == layers[j]]
            bends = [(i, j) for i, j in met if layers[i] < layers[j]]
            yield f"hidden widths {widths}, meetings {met}", depths(len(layers), level, bends) == layers


def _examples() -> Iterator[tuple[str, bool]]:
    for widths, seed in EXAMPLES:
        net = random_rational_network(widths, seed)
        found = layers_from_boundaries(boundary_set(regions(net)))
        right = True
        for own, layer in zip(found.boundaries, found.layers, strict=True):
            for number in own:
                signs = net.sign_vector(found.boundary_set.pieces[number].interior_point())
                right = right and [k for k, row in enumerate(signs, start=1) if 0 in row] == [layer]
        yield str(widths), right and found.widths == net.hidden_widths


PROOF = Proof(
    label="layers_are_read_off_bends",
    paper=("T1d", "T2d"),
    where="after Theorem 1, §3.3",
    statement="Where every boundary is connected and those of connected neurons meet, then, off explicit polynomials, "
    "continuing unlabelled pieces across ridges gives the boundaries, and the layer of each is 1 or 1 more than the "
    "largest that it bends at. Each is a chain of pieces that meets all of the layer before, as Theorem 3 needs.",
    covers="any architecture by induction; the pairing in letters; the depths, with the function that recovery calls, "
    f"for all sets of further meetings in {len(HIDDEN)} architectures",
    does_not_cover="that the hypotheses are needed: explicit networks (T1d's row of the audit); networks on the zeros "
    "of the polynomials of the proofs that it rests on",
    length=4,
    derivation=derive,
)
