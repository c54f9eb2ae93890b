"""General position (R3, and what T1c, T1d and T2c rest on): near every point boundaries are coordinate hyperplanes.

Statement. For each architecture there are finitely many polynomials in weights and biases, none of them 0, such that
off their zeros, at every point p: in each cell at p the gradients of the q neurons that vanish at p are independent (so
q <= n_in), and there are piecewise linear coordinates around p of which these q preactivations are the first. Hence

- B[z] is empty or a closed piecewise linear manifold of dimension n_in - 1 without boundary (R3, corrected);
- two boundaries that meet do so along ridges: every point on both is a limit of points on no third one; where three
  meet, the dimension is n_in - 3 at most, and no facet belongs to two;
- a connected B[z] stays connected without the points where two further boundaries meet it.

Proof. Let z_1, ..., z_q vanish at p, earlier layers first, and take the forms [g_i | c_i] that they have in the pattern
of a cell at p: all of them vanish at p.

- Independence. Let g_1, ..., g_(q-1) be independent and g_q = sum l_i g_i. Then c_q = sum l_i c_i too, by p, and the
  determinants of the q forms, taken in the last column and any q - 1 others, vanish. The bias of z_q stands in c_q
  alone, as it is; so such a determinant contains it times a minor of g_1, ..., g_(q-1), and is not the zero polynomial
  unless that minor is. These determinants, for all patterns, neurons and columns where the minor is not the zero
  polynomial, are the polynomials. (In biases alone, for given weights: for *all* weights and almost all biases.)
- Coordinates. Let e be one pattern and d another. Then form_d(z) - form_e(z) is the sum over earlier neurons y of
  (d_y - e_y) paths_d(y, z) form_e(y). Choose directions v_1, ..., v_q at which the forms of the pattern e have the
  rates of the identity matrix, and complete them by a basis of the directions in which all are constant. At p + sum s_j
  v_j + y the preactivations are z_i = s_i + sum over j < i of s_j times a number that depends on the signs of z_1, ...,
  z_(i-1) only. So s_1, s_2, ... are found from z_1, z_2, ... one after the other, and are continuous in them: z_1, ...,
  z_q and y are coordinates, as far around p as no other neuron vanishes.
- Crossings of three do not separate. In these coordinates B[z_1] is a hyperplane, and the crossings with two others are
  subspaces of codimension two in it. Without them it is connected: its orthants are, since signs can be changed one by
  one. Let A and A' be open in B[z] without the crossings X of three, disjoint, and cover it. Their closures cover B[z],
  since X contains no open part of it. If B[z] is connected they share a point, of X, around which B[z] without X is
  connected and meets both A and A': a contradiction.

A rational network is decided by evaluating them: they are those of position in
`exceptional_networks_are_zeros_of_polynomials`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, product
from operator import ne
from typing import Any

from exactrev.arithmetic.linear_algebra import Solution, determinant, matrix, nullspace, rank, solve
from exactrev.arithmetic.numbers import lift
from exactrev.network import AffineMap, Network, random_rational_network
from exactrev.proofs.letters import (
    Activity,
    Forms,
    Table,
    check_forms,
    find_forms,
    letter_network,
    path_sum,
    patterns,
    tables_of,
)
from exactrev.proofs.proof import Proof, Step, check

__all__ = ["PROOF", "derive", "point_with_values"]

FindForms = Callable[[Any, Any], Forms]
Paths = Callable[..., Any]

SHAPES = ((1, 2, 2, 1), (2, 2, 2, 1), (2, 3, 2, 1), (3, 1, 2, 1, 1), (2, 2, 1, 2, 1))
SMALL = ((1, 2, 1, 1), (2, 2, 2, 1), (3, 2, 1, 1), (2, 1, 2, 1, 1))
CORNERS = (
    ((2, 3, 2, 1), ((1, 0), (2, 1))),
    ((2, 2, 2, 2, 1), ((2, 0), (3, 1))),
    ((3, 3, 2, 1), ((1, 1), (2, 0), (2, 1))),
    ((3, 4, 3, 2, 1), ((1, 0), (2, 2), (3, 1))),
    ((4, 5, 4, 2, 1), ((1, 0), (1, 2), (2, 1), (3, 0))),
)
"""Shapes, and neurons that are made to vanish at one point."""


def derive(forms: FindForms = find_forms, paths: Paths = path_sum) -> Iterator[Step]:
    """The steps, for a way to find forms and one to find the sums over paths."""
    yield check_forms(forms)
    yield check("the bias of z is in the constant of z as it is, in no other form up to z's layer", _own_bias(forms))
    yield check("a determinant of forms contains the last bias times a minor of the others' gradients", _minors(forms))
    yield check("in letters, in every pattern, no neurons with dependent gradients vanish together", _apart(forms))
    yield check("forms of two patterns differ by paths times forms of earlier neurons", _telescope(forms, paths))
    yield check("in numbers, there are points with any small values of the preactivations", _values(forms, paths))
    yield check("orthants hang together without the points where two coordinates are 0", _orthants())


def point_with_values(
    tables: Sequence[Table],
    activity: Activity,
    p: Sequence[Fraction],
    neurons: Sequence[tuple[int, int]],
    values: Sequence[Fraction],
    shift: Fraction,
    *,
    forms: FindForms = find_forms,
    paths: Paths = path_sum,
) -> tuple[Fraction, ...]:
    """A point at which neurons that vanish at p, earlier layers first, have these values, if no other vanishes between.

    `activity`: a pattern of a cell at p. `shift` multiplies the directions at which none of them changes.
    """
    base = forms(tables, activity)
    rows = matrix([base[k - 1][i][:-1] for k, i in neurons])
    beyond = [list(layer) for layer in activity]
    steps: list[Fraction] = []
    for (k, i), value in zip(neurons, values, strict=True):
        change = sum(
            (s * (beyond[m - 1][j] - activity[m - 1][j]) * paths(tables, beyond, (m, j), (k, i))
             for (m, j), s in zip(neurons, steps, strict=False) if m < k),
            Fraction(0),
        )  # fmt: skip
        steps.append(value - change)
        beyond[k - 1][i] = int(value > 0)
    found = solve(rows, steps)
    if not isinstance(found, Solution):
        raise ValueError("the gradients are dependent")
    still = nullspace(rows)
    moved = [sum((lift(v[c]) for v in still), Fraction(0)) for c in range(len(p))]
    return tuple(x + lift(d) + shift * y for x, d, y in zip(p, found.point, moved, strict=True))


def _own_bias(forms: FindForms) -> Iterator[tuple[str, bool]]:
    for widths in SHAPES:
        net = letter_network(widths)
        found = forms(net.tables, net.activity)
        for k, i in net.neurons():
            bias = net.tables[k - 1][i][-1]
            for m, j in net.neurons():
                if m <= k:
                    *gradient, constant = found[m - 1][j]
                    own = constant.diff(bias) == int((m, j) == (k, i)) and not any(g.diff(bias) for g in gradient)
                    yield f"{widths}, the bias of z[{k},{i}] in z[{m},{j}]", own


def _minors(forms: FindForms) -> Iterator[tuple[str, bool]]:
    for widths in ((1, 2, 1, 1), (2, 2, 1, 1), (3, 2, 1, 1)):
        net = letter_network(widths)
        found = forms(net.tables, net.activity)
        for size in range(1, widths[0] + 2):
            for neurons in combinations(net.neurons(), size):
                rows = [found[k - 1][i] for k, i in neurons]
                k, i = neurons[-1]
                for columns in combinations(range(widths[0]), size - 1):
                    chosen = [[row[c] for c in (*columns, -1)] for row in rows]
                    whole = determinant(matrix(chosen, net.field))
                    minor = determinant(matrix([row[:-1] for row in chosen[:-1]], net.field, columns=size - 1))
                    name = f"{widths}, {neurons}, columns {columns}"
                    yield name, whole.diff(net.tables[k - 1][i][-1]) == minor


def _apart(forms: FindForms) -> Iterator[tuple[str, bool]]:
    for widths in SMALL:
        net = letter_network(widths)
        neurons = list(net.neurons())
        for pattern in patterns(widths[1:-1]):
            found = forms(net.tables, [[net.field.one * d for d in layer] for layer in pattern])
            for size in range(1, widths[0] + 2):
                for some in combinations(neurons, size):
                    rows = [found[k - 1][i] for k, i in some]
                    gradients = rank(matrix([row[:-1] for row in rows], net.field))
                    apart = gradients == size or rank(matrix(rows, net.field)) > gradients
                    yield f"{widths}, {pattern}, {some}", apart


def _telescope(forms: FindForms, paths: Paths) -> Iterator[tuple[str, bool]]:
    for widths in SHAPES:
        hidden = [(k, i) for k, width in enumerate(widths[1:-1], start=1) for i in range(width)]
        net = letter_network(widths, [f"e{k}_{i}" for k, i in hidden])
        letters = dict(zip(hidden, net.extra, strict=True))
        base = [[letters[k, i] for i in range(width)] for k, width in enumerate(widths[1:-1], start=1)]
        before, after = forms(net.tables, base), forms(net.tables, net.activity)
        for k, i in hidden:
            expected = list(before[k - 1][i])
            for m, j in hidden:
                if m < k:
                    factor = net.activity[m - 1][j] - base[m - 1][j]
                    factor = factor * paths(net.tables, net.activity, (m, j), (k, i))
                    expected = [entry + factor * c for entry, c in zip(expected, before[m - 1][j], strict=True)]
            yield f"{widths}, z[{k},{i}]", after[k - 1][i] == expected


def _values(forms: FindForms, paths: Paths) -> Iterator[tuple[str, bool]]:
    for widths, neurons in CORNERS:
        p = tuple(Fraction(n + 2, n + 1) for n in range(widths[0]))
        net = _corner(widths, p, neurons)
        start = net.sign_vector(p)
        for on in ((0,) * len(neurons), (1,) * len(neurons)):
            activity = [[int(sign > 0) for sign in layer] for layer in start]
            for (k, i), d in zip(neurons, on, strict=True):
                activity[k - 1][i] = d
            for signs in product((-1, 0, 1), repeat=len(neurons)):
                values = [Fraction(sign * (n + 2), 10**6) for n, sign in enumerate(signs)]
                small = Fraction(1, 10**6)
                x = point_with_values(tables_of(net), activity, p, neurons, values, small, forms=forms, paths=paths)
                there = net.preactivations(x)
                others = [
                    one == other or (k, i) in neurons
                    for k, layer in enumerate(zip(start, net.sign_vector(x), strict=True), start=1)
                    for i, (one, other) in enumerate(zip(*layer, strict=True))
                ]
                right = [there[k - 1][i] for k, i in neurons] == values and all(others)
                yield f"{widths}, {neurons}, from {on} to {signs}", right


def _corner(widths: Sequence[int], p: Sequence[Fraction], neurons: Sequence[tuple[int, int]]) -> Network:
    """A random network with biases such that these neurons, and no others, vanish at p, with independent gradients."""
    for seed in range(100):
        net = random_rational_network(widths, seed)
        for k, i in neurons:
            layers = list(net.layers)
            bias = list(layers[k - 1].b)
            bias[i] -= net.preactivations(p)[k - 1][i]
            layers[k - 1] = AffineMap.from_arrays(layers[k - 1].W, bias)
            net = Network(tuple(layers))
        signs = net.sign_vector(p)
        zeros = [(k, i) for k, layer in enumerate(signs, start=1) for i, sign in enumerate(layer) if not sign]
        forms = find_forms(tables_of(net), [[int(sign > 0) for sign in layer] for layer in signs])
        gradients = matrix([forms[k - 1][i][:-1] for k, i in neurons])
        if zeros == sorted(neurons) and rank(gradients) == len(neurons):
            return net
    raise ValueError("all random networks are special")


def _orthants() -> Iterator[tuple[str, bool]]:
    for n in range(1, 6):
        orthants = set(product((-1, 1), repeat=n))
        reached = {next(iter(orthants))}
        while True:
            # two orthants share a wall, on which one coordinate is 0 and no other
            more = {other for other in orthants for one in reached if sum(map(ne, one, other)) == 1}
            if more <= reached:
                break
            reached |= more
        yield f"{n} coordinates", reached == orthants


PROOF = Proof(
    label="boundaries_cross_like_coordinate_hyperplanes",
    paper=("R3",),
    where="§3.3",
    statement="Off explicit polynomials the neurons that vanish at a point have independent gradients in every cell "
    "there, and are piecewise linear coordinates around it. So B[z] is empty or a closed manifold of dimension n_in - "
    "1, boundaries meet along ridges in pairs, and crossings of three do not separate a connected boundary.",
    covers="all shapes, all weights and almost all biases, by the argument over patterns; its identities in "
    f"{len(SHAPES)} shapes with weights, biases and both patterns as letters; independence in letters in every pattern "
    f"of {len(SMALL)} shapes. Rational networks are decided by exceptional_networks_are_zeros_of_polynomials",
    does_not_cover="the two lines of topology at its end, which are in words; networks on the zeros of the polynomials",
    length=7,
    derivation=derive,
)
