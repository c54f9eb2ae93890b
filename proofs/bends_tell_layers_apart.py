"""T1c, after Theorem 1: along a ridge the boundary of the later layer bends and no other; within a layer none bends.

Statement. Let n_in >= 2. Off the zeros of explicit polynomials, finitely many and none of them 0, let B[z] and B[z']
share a ridge, a face of dimension n_in - 2. Then no third boundary contains it, and exactly one of these is the case:
B[z] bends along it and z is of the later layer; B[z'] bends and z' is of the later layer; neither bends and both are of
one layer. At single points that is false for n_in >= 3, on an open set: both may bend where they meet a third boundary.

Proof. The polynomials are those of general position and of Theorem 1, the two proofs that this one rests on.

- By general position exactly two neurons vanish in the interior of the ridge. So the forms of both are 0 along it in
  every cell there, with independent gradients, and no activity changes across it but those of z and z'.
- A form has no letter d of its own layer or a later one. So across B[z'] nothing changes in z if z' is of the same
  layer or a later one: z has one form on both sides, its boundary runs straight on.
- If z' is earlier, z has the normals g and g + kappa v on the two sides, and the ridge bends them apart: their 2 x 2
  minors are kappa times those of g and v, of which by independence one is not 0; and kappa is not 0 by Theorem 1. In
  letters: in every pattern either some minor is not the zero polynomial, or the gradients of z and z' are dependent on
  a side and their forms have no zero in common there, so that this is the pattern of no ridge.
- By general position every point on two boundaries is a limit of points of their ridges. So B[z] bends at every point
  at which it meets an earlier boundary, whichever others pass through it: Theorem 1 without its proviso.
- At a point where z and z' of layer 2 meet the boundary of u of layer 1 both bend, by the third item, if u, z, z' have
  independent gradients and weights from u. That is so for all networks near one for which it is so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations, combinations_with_replacement
from typing import Any

from exactrev.arithmetic.linear_algebra import determinant, matrix, rank
from exactrev.proofs import bends_at_every_earlier_boundary as theorem_1
from exactrev.proofs import boundaries_cross_like_coordinate_hyperplanes as general_position
from exactrev.proofs.letters import Forms, LetterNetwork, find_forms, letter_field, letter_network, patterns, sign_of
from exactrev.proofs.proof import Proof, Step, check, rests_on

__all__ = ["PROOF", "derive"]

FindForms = Callable[[Any, Any], Forms]
Place = tuple[int, int]

SHAPES = ((2, 2, 2, 1), (3, 2, 1, 1), (2, 3, 1, 1), (2, 1, 2, 2, 1))


def derive(forms: FindForms = find_forms) -> Iterator[Step]:
    """The steps, for a way to find forms."""
    yield check("z keeps its form across boundaries of its own layer and of later ones", _straight(forms))
    yield check("on every ridge in letters exactly one of the three is the case, by layers", _ridges(forms))
    yield check("z and z' of layer 2 both bend at a point, where u of layer 1 vanishes, for positive letters", _both())
    yield check("there u, z, z' have independent gradients: it is so in an open set of networks", _open())
    yield rests_on(general_position.PROOF, theorem_1.PROOF)


def _straight(forms: FindForms) -> Iterator[tuple[str, bool]]:
    for widths in SHAPES:
        net = letter_network(widths)
        for (k, i), (m, j) in combinations_with_replacement(list(net.neurons()), 2):
            off, on = (forms(net.tables, net.with_activity(m, j, d)) for d in (0, 1))
            yield f"{widths}, z[{k},{i}] at z[{m},{j}]", off[k - 1][i] == on[k - 1][i]


def _ridges(forms: FindForms) -> Iterator[tuple[str, bool]]:
    """`combinations` gives the earlier neuron first. The last hidden layer's activities are in no form of a neuron."""
    for widths in SHAPES:
        net = letter_network(widths)
        for lower in patterns(widths[1:-2]):
            pattern = (*lower, (0,) * widths[-2])
            for first, second in combinations(net.neurons(), 2):
                bends = [_bends(forms, net, pattern, a, b) for a, b in ((first, second), (second, first))]
                expected = [False, second[0] > first[0]]
                name = f"{widths}, {pattern}, z{list(first)} and z{list(second)}"
                yield name, bends == expected or _never_meet(forms, net, pattern, first, second)


def _around(forms: FindForms, net: LetterNetwork, pattern: Any, z: Place, other: Place) -> list[Forms]:
    """All forms in a pattern, with `other` off and on."""
    found = []
    for d in (0, 1):
        activity = [[net.field.one * on for on in layer] for layer in pattern]
        activity[other[0] - 1][other[1]] = net.field.one * d
        found.append(forms(net.tables, activity))
    return found


def _bends(forms: FindForms, net: LetterNetwork, pattern: Any, z: Place, other: Place) -> bool:
    """Are the normals of z on the two sides of the other boundary not parallel, in letters?"""
    off, on = (found[z[0] - 1][z[1]] for found in _around(forms, net, pattern, z, other))
    return any(bool(off[i] * on[j] - off[j] * on[i]) for i, j in combinations(range(net.widths[0]), 2))


def _never_meet(forms: FindForms, net: LetterNetwork, pattern: Any, first: Place, second: Place) -> bool:
    """Whether their gradients are dependent on a side, and the forms have no zero in common there, in letters."""
    sides = _around(forms, net, pattern, second, first)
    rows = [[found[k - 1][i] for k, i in (first, second)] for found in sides]
    ranks = [[rank(matrix(part, net.field)) for part in ([row[:-1] for row in pair], pair)] for pair in rows]
    return any(gradients < min(whole, 2) for gradients, whole in ranks)


def _corner() -> tuple[list[list[Any]], list[list[Any]]]:
    """u, z, z' over R^3 at 0, before and after u is on; all letters positive, and two units besides that are on.

    u = x, the other units y + s and w + t; z = v u + p (y + s) - p s, z' = v' u + q (w + t) - q t.
    """
    field, (v, v_other, p, q, s, t) = letter_field(["v", "v_other", "p", "q", "s", "t"])
    zero, one = field.zero, field.one
    first = [[one, zero, zero, zero], [zero, one, zero, s], [zero, zero, one, t]]
    second = [[v, p, zero, -p * s], [v_other, zero, q, -q * t]]
    found = [find_forms([first, second], [[on * one, one, one]]) for on in (0, 1)]
    return [found[0][0][0], *found[0][1]], [found[1][0][0], *found[1][1]]


def _both() -> Iterator[tuple[str, bool]]:
    before, after = _corner()
    for name, off, on in zip(("u", "z", "z'"), before, after, strict=True):
        yield f"{name} vanishes at 0", not off[-1] and not on[-1]
        minors = [off[i] * on[j] - off[j] * on[i] for i, j in combinations(range(3), 2)]
        yield f"{name} bends", any(sign_of(minor) for minor in minors) == (name != "u")


def _open() -> Iterator[tuple[str, bool]]:
    for side, rows in zip(("before", "after"), _corner(), strict=True):
        field = letter_field(["v", "v_other", "p", "q", "s", "t"])[0]
        yield side, sign_of(determinant(matrix([row[:-1] for row in rows], field))) > 0


PROOF = Proof(
    label="bends_tell_layers_apart",
    paper=("T1c", "T1b"),
    where="after Theorem 1, §3.3",
    statement="Off explicit polynomials, for n_in >= 2, along a ridge of two boundaries exactly one of three is the "
    "case: the one bends and is of the later layer, the other does and is, or none does and both are of one layer. So "
    "B[z] bends wherever it meets an earlier boundary. At single points two may bend, for n_in >= 3 on an open set.",
    covers="all shapes, by the argument over patterns; all pairs of neurons in every pattern, with weights and biases "
    f"as letters, of {len(SHAPES)} shapes; the open set in letters for 3-3-2-1. Rational networks are decided by the "
    "polynomials of the two proofs that it rests on",
    does_not_cover="ridges of networks on the zeros of the polynomials; which of the three it is at points where three "
    "boundaries meet",
    length=5,
    derivation=derive,
)
