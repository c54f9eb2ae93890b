"""Theorem 1: B[z] bends exactly where it meets the boundary of a neuron of an earlier layer (T1a, T1b; L2 is a case).

Statement. (a) The affine form of z depends on the activities of earlier layers only, and it jumps across B[z'] by kappa
times the form of z': kappa is the sum, over the paths from z' to z through neurons that are on, of the products of the
weights. So B[z] bends only where it meets an earlier B[z']. (b) Let n_in >= 2. Off the zeros of the polynomials below,
finitely many for each architecture, none of them 0, B[z] bends at every point p where it meets the boundary of exactly
one earlier neuron z', and hence at every limit of such points. The Linear Regions Assumption is not needed.

Proof. (a) is an identity between polynomials in weights and activities. For (b) let z(p) = 0 = z'(p).

- Every layer between z' and z has a neuron that is positive at p. Else a layer is off at p, and z(p) is a constant of
  some pattern of the layers after it: a polynomial in weights and biases, with b_z in it as it is. The first
  polynomials.
- So on both sides of B[z'] a path from z' to z is on: these neurons stay on. Distinct paths are distinct monomials with
  coefficient 1, so kappa is not the zero polynomial as soon as one path is on. The second polynomials: kappa, for every
  pattern in which a path is on.
- Let g, v be the gradients of z and z' on one side. On the other the gradient of z is g + kappa v. If the normals g and
  g + kappa v are parallel, so are g and v, for their 2 x 2 minors differ by the factor kappa. Then, since both forms
  vanish at p, the forms [g | c] and [v | c'] themselves are parallel, and their minors with the last column vanish.
  These contain b_z with the factor v_i. The third polynomials: v_i c - g_i c', and, for the case that v = 0, c', which
  contains b_z' as it is. So neither g nor g + kappa v is parallel to v: B[z] passes from one side of B[z'] to the
  other, with normals that are not parallel.

These polynomials depend on a pattern, of which there are finitely many, and not on p, which depends on the weights. A
given rational network is decided by evaluating them (`find_exceptional`). For n_in = 1 boundaries are points, and the
same argument says that off these polynomials no two boundaries of different layers meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import combinations, product
from typing import Any

from exactrev.geometry import boundaries, regions
from exactrev.network import Network, Neuron
from exactrev.proofs.letters import (
    Forms,
    LetterNetwork,
    check_forms,
    find_forms,
    letter_network,
    path_sum,
    patterns,
    tables_of,
)
from exactrev.proofs.proof import Proof, Step, check

__all__ = ["PROOF", "derive", "find_exceptional"]

FindForms = Callable[[Any, Any], Forms]
Place = tuple[int, int]
Pattern = tuple[tuple[int, ...], ...]

HIDDEN = [(1, 1), (2, 2), (3, 2), (1, 1, 1), (2, 2, 2), (2, 3, 2)]
SHAPES = [(n_in, *hidden, 1) for n_in in (1, 2, 3) for hidden in HIDDEN]
SMALL = [(2, 2, 1, 1), (2, 2, 2, 1), (2, 2, 2, 1, 1), (3, 1, 2, 2, 1)]


def derive(forms: FindForms = find_forms, paths: Callable[..., Any] = path_sum) -> Iterator[Step]:
    """The steps, for a way to find forms and one to find the sums over paths."""
    yield check_forms(forms)
    yield check("the form of a neuron has no letter d of its own or a later layer", _earlier_only(forms))
    yield check("across B[z'] the whole form of z jumps by kappa times that of z'", _jumps(forms, paths))
    yield check("distinct paths are distinct monomials with coefficient 1", _monomials(paths))
    yield check("kappa is zero exactly if no path is on, in every pattern", _live_paths(paths))
    yield check("if a layer between is off, z is constant, and b_z is in the constant as it is", _dead_layers(forms))
    yield check("the minors of the normals g, g + kappa v are kappa times those of g, v", _minors(forms, paths))
    yield check("no excluded polynomial is zero: b_z stands with v_i, or b_z' as it is", _excluded(forms))
    yield check("a network that does not bend is excluded, by kappa or by a minor", _exceptions())
    yield check("without the Linear Regions Assumption the boundary bends all the same", _without_assumption())


def find_exceptional(net: Network) -> Iterator[tuple[Neuron, Neuron, Pattern, str]]:
    """(z', z, pattern of the layers before z, which): the excluded polynomials that vanish at a network.

    No pattern has to occur in the network, so that something found refutes nothing; if nothing is found, the theorem is
    proved for the network.
    """
    tables = tables_of(net)
    for k in range(2, net.depth + 1):
        for pattern in patterns(net.hidden_widths[: k - 1]):
            forms = find_forms(tables[:k], pattern)
            for first, z in product(net.neurons(), net.neurons()):
                if first.layer < z.layer == k:
                    for which, value in _polynomials(tables, forms, pattern, first, z):
                        if not value:
                            yield first, z, pattern, which


def _polynomials(tables: Any, forms: Forms, pattern: Pattern, first: Place, z: Place) -> Iterator[tuple[str, Any]]:
    """The excluded polynomials of a pair in a pattern, in numbers or letters. Of the minors, one that is not 0 if any
    is not: only where all vanish is nothing shown."""
    before, form = forms[first[0] - 1][first[1]], forms[z[0] - 1][z[1]]
    if not all(any(layer) for layer in pattern[first[0] : z[0] - 1]):
        yield "constant of z", form[-1]
        return
    yield "kappa", path_sum(tables, pattern, first, z)
    if not any(before[:-1]):
        yield "constant of z'", before[-1]
        return
    minors = [v * form[-1] - g * before[-1] for g, v in zip(form[:-1], before[:-1], strict=True)]
    yield "minors", next((minor for minor in minors if minor), minors[0])


def _pairs(net: LetterNetwork) -> Iterator[tuple[Place, Place]]:
    return ((first, z) for first, z in combinations(net.neurons(), 2) if first[0] < z[0])


def _earlier_only(forms: FindForms) -> Iterator[tuple[str, bool]]:
    for widths in SHAPES:
        net = letter_network(widths)
        found = forms(net.tables, net.activity)
        for k, i in net.neurons():
            later = [d for layer in net.activity[k - 1 :] for d in layer]
            free = all(not entry.diff(d) for entry in found[k - 1][i] for d in later)
            yield f"{widths}, z[{k},{i}]", free


def _jumps(forms: FindForms, paths: Callable[..., Any]) -> Iterator[tuple[str, bool]]:
    for widths in SHAPES:
        net = letter_network(widths)
        for k, i in net.neurons():
            off = forms(net.tables, net.with_activity(k, i, 0))
            on = forms(net.tables, net.with_activity(k, i, 1))
            for m, j in net.neurons():
                if m <= k:
                    continue
                kappa = paths(net.tables, net.activity, (k, i), (m, j))
                jump = [after - before for before, after in zip(off[m - 1][j], on[m - 1][j], strict=True)]
                yield f"{widths}, z[{k},{i}] and z[{m},{j}]", jump == [kappa * entry for entry in off[k - 1][i]]


def _monomials(paths: Callable[..., Any]) -> Iterator[tuple[str, bool]]:
    for widths in SHAPES:
        net = letter_network(widths)
        ones = [[net.field.one] * width for width in widths[1:-1]]
        for first, z in _pairs(net):
            n_paths = 1
            for width in widths[first[0] + 1 : z[0]]:
                n_paths *= width
            kappa = paths(net.tables, ones, first, z)
            terms = dict(kappa.numer.terms())
            whole = kappa.denom == 1 and len(terms) == n_paths and set(terms.values()) == {1}
            yield f"{widths}, {first} to {z}", whole


def _live_paths(paths: Callable[..., Any]) -> Iterator[tuple[str, bool]]:
    for widths in SMALL:
        net = letter_network(widths)
        for pattern in patterns(widths[1:-1]):
            for first, z in _pairs(net):
                live = all(any(layer) for layer in pattern[first[0] : z[0] - 1])  # all weights are letters: not 0
                yield f"{widths}, {pattern}, {first} to {z}", bool(paths(net.tables, pattern, first, z)) == live


def _dead_layers(forms: FindForms) -> Iterator[tuple[str, bool]]:
    for widths in SHAPES:
        net = letter_network(widths)
        for dead in range(1, net.depth):
            activity = [list(row) for row in net.activity]
            activity[dead - 1] = [net.field.zero] * len(activity[dead - 1])
            found = forms(net.tables, activity)
            for k, i in net.neurons():
                if k > dead:
                    *gradient, constant = found[k - 1][i]
                    bias = constant.diff(net.tables[k - 1][i][-1]) == 1
                    yield f"{widths}, layer {dead} off, z[{k},{i}]", not any(gradient) and bias


def _minors(forms: FindForms, paths: Callable[..., Any]) -> Iterator[tuple[str, bool]]:
    for widths in ((2, 2, 2, 1), (3, 2, 2, 1), (2, 2, 2, 1, 1)):
        net = letter_network(widths)
        for first, z in _pairs(net):
            kappa = paths(net.tables, net.activity, first, z)
            off = forms(net.tables, net.with_activity(*first, 0))
            on = forms(net.tables, net.with_activity(*first, 1))
            v, g, after = off[first[0] - 1][first[1]], off[z[0] - 1][z[1]], on[z[0] - 1][z[1]]
            for i, j in combinations(range(widths[0]), 2):
                minor = g[i] * after[j] - g[j] * after[i]
                yield f"{widths}, {first} and {z}, {i} {j}", minor == kappa * (g[i] * v[j] - g[j] * v[i])


def _excluded(forms: FindForms) -> Iterator[tuple[str, bool]]:
    for widths in SMALL:
        net = letter_network(widths)
        for pattern in patterns(widths[1:-1]):
            found = forms(net.tables, [[net.field.one * d for d in layer] for layer in pattern])
            for first, z in _pairs(net):
                v, g = found[first[0] - 1][first[1]], found[z[0] - 1][z[1]]
                b, b_first = net.tables[z[0] - 1][z[1]][-1], net.tables[first[0] - 1][first[1]][-1]
                name = f"{widths}, {pattern}, {first} and {z}"
                yield name, all(not entry.diff(b) for entry in (*v, *g[:-1])) and v[-1].diff(b_first) == 1
                for g_i, v_i in zip(g[:-1], v[:-1], strict=True):
                    yield name, (v_i * g[-1] - g_i * v[-1]).diff(b) == v_i
                for which, polynomial in _polynomials(net.tables, found, pattern, first, z):
                    yield f"{name}: {which}", bool(polynomial)


def _exceptions() -> Iterator[tuple[str, bool]]:
    # u = (x, y), h = (u_1 + u_2 - 1, u_1 - u_2 + 3), z = h_1 - h_2 + 7: the paths from u_1 cancel.
    cancelled = Network.from_arrays(
        [([[1, 0], [0, 1]], [0, 0]), ([[1, 1], [1, -1]], [-1, 3]), ([[1, -1]], [7]), ([[1]], [0])]
    )
    found = {(first, z, which) for first, z, _, which in find_exceptional(cancelled)}
    yield "two paths cancel", (Neuron(1, 0), Neuron(3, 0), "kappa") in found
    # u = (x, y), z = 2 a_1: beside B[u_1] the two boundaries coincide.
    parallel = Network.from_arrays([([[1, 0], [0, 1]], [0, 0]), ([[2, 0]], [0]), ([[1]], [0])])
    found = {(first, z, which) for first, z, _, which in find_exceptional(parallel)}
    yield "a boundary that coincides", (Neuron(1, 0), Neuron(2, 0), "minors") in found
    bent = Network.from_arrays([([[1, 0], [0, 1]], [0, 0]), ([[1, 2]], [-1]), ([[1]], [0])])
    yield "a network that is not excluded", not list(find_exceptional(bent))


def _without_assumption() -> Iterator[tuple[str, bool]]:
    """u = (x, y), N = ReLU(a_1 + a_2 - 1): N is 0 on both sides of most of x = 0; B[z] bends at both lines."""
    net = Network.from_arrays([([[1, 0], [0, 1]], [0, 0]), ([[1, 1]], [-1]), ([[1]], [0])])
    complex = regions(net)
    (x, y), z = (Neuron(1, 0), Neuron(1, 1)), Neuron(2, 0)
    same = any(
        complex.affine_map(a) == complex.affine_map(b) for a, b in (map(int, pair) for pair in complex.facet_cells)
    )
    yield "the assumption fails", same
    ridges = boundaries(complex).of(z).ridges
    yield "B[z] bends at x = 0 and at y = 0", {n for c in ridges if c.bends for n in c.neurons} >= {x, y}
    yield "the network is not excluded", not list(find_exceptional(net))
    point = (Fraction(0), Fraction(1))
    yield "B[z] meets x = 0 at (0, 1)", not net.preactivations(point)[1][0] and not net.preactivations(point)[0][0]


PROOF = Proof(
    label="bends_at_every_earlier_boundary",
    paper=("T1b", "T1a", "L2"),
    where="Theorem 1, §3.3",
    statement="Across B[z'] the form of a later neuron z jumps by the sum over live paths times the form of z', "
    "and only there. Off explicit polynomials, for n_in >= 2, B[z] bends at every point where it meets the boundary of "
    "one earlier neuron, and at every limit of such points. The Linear Regions Assumption is not needed.",
    covers="all shapes, by the argument over patterns; as checked identities, with weights, biases and activities as "
    f"letters, {len(SHAPES)} shapes with up to three hidden layers; that the excluded polynomials are not 0, every "
    f"pattern of {len(SMALL)} shapes. Rational networks are decided by evaluating these polynomials (find_exceptional)",
    does_not_cover="that every point on two boundaries is a limit of points on one earlier one only: the proof "
    "bends_tell_layers_apart; networks with weights that are 0 or tied",
    length=10,
    derivation=derive,
)
