"""Theorem 3, the rank of the sign system (T3c): in every shape what it can be at most, off a polynomial's zeros.

Statement. Let G be the gradients of the activations of layer k-2, one row for each, stacked over cells of the layers
before k-1, and rho its rank; for k = 2 the activations are the inputs, and rho = n_in. If all neurons of layer k see
these cells, the equations for the signs of layer k-1 have, off the zeros of a polynomial in W^(k-1) and W^k, the rank

    min(n_(k-1), rho) for one neuron,    min(n_(k-1), rho n_k) for all of them,

for all n_in, n_(k-1), n_k, k and all cells. For k = 2 that is min(n_1, n_in n_2). More points in the same cells, and
n_(k-1) points in particular, add nothing; and where the rank is less than n_(k-1) the signs are still the only ones off
the zeros of explicit polynomials.

Proof. Unit i has the gradients W_i^(k-1) G, stacked: a vector V_i in the row space of G. The equations of neuron j have
the coefficients W_ji V_i in column i. So at most rho of them are independent, at most rho n_k for all neurons, and at
most n_(k-1), the number of unknowns. It is reached: give each of the first r = min(n_(k-1), rho n_k) units a pair (j,
c) of its own, 1 <= j <= n_k and 1 <= c <= rho, let W^(k-1) be such that V_i is the c-th of a basis of the row space,
and W_ji = 1 for that j and 0 for others. Then these columns are independent: in the equations of neuron j, different
vectors of the basis. Since a minor of size r is not 0 there, it is not the zero polynomial. W^(k-1) and W^k are free
when the cells are given: G depends on the layers before alone.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, product
from typing import Any

from sympy import QQ

from exactrev.arithmetic.linear_algebra import Solution, matrix, rank, solve
from exactrev.arithmetic.numbers import lift
from exactrev.proofs.letters import check_forms, find_forms, letter_network, patterns
from exactrev.proofs.proof import Proof, Step, check
from exactrev.recovery.signs import Visit, visit_equations

__all__ = ["PROOF", "derive"]

Equations = Callable[[Sequence[Any], Visit], list[tuple[Any, ...]]]
Claimed = Callable[[int, int, int], int]
Table = list[list[Fraction]]

SHAPES = (*product((1, 2, 3, 5), (1, 2, 3, 4, 7, 12), (1, 2, 3)), (10, 64, 6), (10, 64, 7), (30, 40, 2))
"""(n_in, n_1, n_2)."""

SYMBOLIC = tuple(product((1, 2, 3), (1, 2, 3, 4), (1, 2)))
DEEP = (
    *(((2, 3, 4, 2), 1), ((2, 5, 4, 3), 2), ((2, 3, 7, 2), 2)),
    *(((3, 5, 9, 2), 2), ((2, 6, 15, 3), 3), ((1, 4, 5, 1), 3)),
)
"""((n_in, n_(k-2), n_(k-1), n_k), number of cells)."""

NETWORKS = ((2, 2, 2, 1, 1), (2, 3, 2, 1, 1), (3, 2, 2, 1, 1))


def at_most(n: int, rho: int, n_z: int) -> int:
    """The rank that is claimed."""
    return min(n, rho * n_z)


def derive(equations: Equations = visit_equations, claimed: Claimed = at_most) -> Iterator[Step]:
    """The steps, for the equations that recovery sets up."""
    yield check_forms()
    yield check("the coefficients of unit i are W_ji times its gradient, whatever the sides", _coefficients(equations))
    yield check("k = 2: the rank in letters, in small shapes", _symbolic(equations, claimed))
    yield check("k = 2: it is reached where each unit has a pair (j, c) of its own", _reached(equations, claimed))
    yield check("in letters, units' gradients are W times those of the activations below, in every pattern", _spans())
    yield check("k > 2: it is no more at random weights, and reached by the same pairs", _deep(equations, claimed))
    yield check("in networks of letters no set of signs can be flipped, in any pattern", _flips(equations))


def _rows(equations: Equations, weights: Sequence[Sequence[Any]], units: Sequence[Sequence[Any]]) -> list[Any]:
    """The coefficients of all neurons' equations, from units with all signs +1."""
    ones = (1,) * len(units)
    rows = []
    for W in weights:
        active = [[w * c for c in unit] for w, unit in zip(W, units, strict=True)]
        gradient = tuple(sum(column, 0 * column[0]) for column in zip(*active, strict=True))
        rows += equations(W, Visit(gradient, tuple(map(tuple, units)), ones))
    return rows


def _coefficients(equations: Equations) -> Iterator[tuple[str, bool]]:
    for n_in, n in ((1, 2), (2, 2), (2, 3), (3, 2)):
        net = letter_network((n_in, n, 1, 1))
        units = tuple(row[:-1] for row in net.tables[0])
        W = net.tables[1][0][:-1]
        for sides in product((1, -1), repeat=n):
            rows = equations(W, Visit(units[0], units, sides))
            expected = [tuple(w * unit[c] for w, unit in zip(W, units, strict=True)) for c in range(n_in)]
            yield f"n_in = {n_in}, n_(k-1) = {n}, sides {sides}", [row[:-1] for row in rows] == expected


def _symbolic(equations: Equations, claimed: Claimed) -> Iterator[tuple[str, bool]]:
    for n_in, n, n_z in SYMBOLIC:
        net = letter_network((n_in, n, n_z, 1))
        rows = _rows(equations, [row[:-1] for row in net.tables[1]], [row[:-1] for row in net.tables[0]])
        found = rank(matrix([row[:-1] for row in rows], net.field))
        yield f"(n_in, n_1, n_2) = {(n_in, n, n_z)}", found == claimed(n, n_in, n_z)


def _pairs(n: int, rho: int, n_z: int) -> list[tuple[int, int]]:
    """(j, c) for the first units: as many as there are pairs."""
    return list(product(range(n_z), range(rho)))[:n]


def _outgoing(n: int, n_z: int, pairs: Sequence[tuple[int, int]]) -> Table:
    return [[Fraction(int(i < len(pairs) and pairs[i][0] == j)) for i in range(n)] for j in range(n_z)]


def _reached(equations: Equations, claimed: Claimed) -> Iterator[tuple[str, bool]]:
    for n_in, n, n_z in SHAPES:
        pairs = _pairs(n, n_in, n_z)
        units = [[Fraction(int(i < len(pairs) and pairs[i][1] == c)) for c in range(n_in)] for i in range(n)]
        rows = [row[:-1] for row in _rows(equations, _outgoing(n, n_z, pairs), units)]
        yield f"(n_in, n_1, n_2) = {(n_in, n, n_z)}", rank(matrix(rows)) == claimed(n, n_in, n_z)


def _spans() -> Iterator[tuple[str, bool]]:
    for widths in NETWORKS:
        net = letter_network(widths)
        below, units = find_forms(net.tables, net.activity)[:2]
        for i, (row, unit) in enumerate(zip(net.tables[1], units, strict=True)):
            for c in range(widths[0]):
                gradients = (d * form[c] for d, form in zip(net.activity[0], below, strict=True))
                total = sum((w * g for w, g in zip(row, gradients, strict=False)), net.field.zero)
                yield f"{widths}, unit {i}, coordinate {c}", unit[c] == total


def _deep(equations: Equations, claimed: Claimed) -> Iterator[tuple[str, bool]]:
    rng = random.Random(13)
    for (n_in, n_below, n, n_z), n_cells in DEEP:
        first = _random_table(rng, n_below, n_in)
        cells = [[rng.randrange(2) for _ in range(n_below)] for _ in range(n_cells)]
        G = [[cell[h] * c for cell in cells for c in first[h]] for h in range(n_below)]
        basis = [G[h] for h in range(n_below) if rank(matrix(G[: h + 1])) > rank(matrix(G[:h], columns=len(G[h])))]
        rho = len(basis)
        for n_seen in (1, n_z):
            pairs = _pairs(n, rho, n_seen)
            zero = [Fraction(0)] * n_below
            special = [_solved(G, basis[pairs[i][1]]) if i < len(pairs) else zero for i in range(n)]
            for name, second, third in (
                ("pairs", special, _outgoing(n, n_seen, pairs)),
                ("random", _random_table(rng, n, n_below), _random_table(rng, n_seen, n)),
            ):
                rows = []
                for s in range(n_cells):
                    here = [row[s * n_in : (s + 1) * n_in] for row in G]
                    seen = [[_dot(row, column) for column in zip(*here, strict=True)] for row in second]
                    rows += [row[:-1] for row in _rows(equations, third, seen)]
                shape = f"{(n_in, n_below, n, n_seen)}, {n_cells} cells, rho = {rho}, {name}"
                yield shape, rank(matrix(rows)) == claimed(n, rho, n_seen)


def _solved(G: Table, vector: Sequence[Fraction]) -> list[Fraction]:
    """Weights with which the rows of G add up to the vector, one of its row space."""
    found = solve(matrix(zip(*G, strict=True), QQ), vector)
    if not isinstance(found, Solution):
        raise ValueError("the vector is not in the row space")
    return [lift(entry) for entry in found.point]


def _dot(one: Sequence[Fraction], other: Sequence[Fraction]) -> Fraction:
    return sum((a * b for a, b in zip(one, other, strict=True)), Fraction(0))


def _random_table(rng: random.Random, rows: int, columns: int) -> Table:
    return [[Fraction(rng.randint(-99, 99), rng.randint(1, 9)) for _ in range(columns)] for _ in range(rows)]


def _flips(equations: Equations) -> Iterator[tuple[str, bool]]:
    """The equations at the signs with S turned round, less those at the true signs: 2 sum_S W_i grad u_i."""
    for widths in NETWORKS:
        net = letter_network(widths)
        W = net.tables[2][0][:-1]
        for pattern in patterns(widths[1:2]):
            activity = [[net.field.one * d for d in pattern[0]], *net.activity[1:]]
            units = [form[:-1] for form in find_forms(net.tables, activity)[1]]
            rows = _rows(equations, [W], units)
            for size in range(1, len(units) + 1):
                for S in combinations(range(len(units)), size):
                    missed = [2 * sum((row[i] for i in S), net.field.zero) for row in rows]
                    own = all(row[i].diff(W[i]) == units[i][c] for c, row in enumerate(rows) for i in S)
                    yield f"{widths}, {pattern}, S = {S}", own and any(missed) == any(map(any, units))


PROOF = Proof(
    label="the_rank_of_the_signs_is_reached",
    paper=("T3c",),
    where="Theorem 3, Appendix C",
    statement="The equations for the signs of layer k-1 have rank min(n_(k-1), rho) for one neuron and min(n_(k-1), "
    "rho n_k) for the layer, off a polynomial's zeros, in every shape and for all cells that all of these neurons "
    "see.",
    covers="all shapes, by weights at which it is reached and an upper bound in words; checked for k = 2 in "
    f"{len(SYMBOLIC)} shapes in letters and {len(SHAPES)} at that point, for k = 3 in {len(DEEP)} shapes "
    "with given cells",
    does_not_cover="neurons of a layer that see different cells; which cells a walk can visit; that zeros of the "
    "polynomial are the only networks with a smaller rank",
    length=7,
    derivation=derive,
)
