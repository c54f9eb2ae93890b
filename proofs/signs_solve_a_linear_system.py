"""Theorem 3, the signs of layer k-1 (T3b, T3c): the linear system, its rank, and when its +-1 solution is the only one.

Statement. Let z in layer k be seen at points s of its boundary: g_s = t_z grad z there, W_i = t_z times the weight from
unit i, v_i = t_i grad z_i and sigma_i = +-1 the side of the form t_i z_i on which s lies. Then

    2 g_s = sum_i W_i (t_i + sigma_i) v_i

holds for the true signs t, and t_z has cancelled. The values 1' of the appendix have to be +1 and -1: with 0 for the
other side, as printed, it does not hold. Crossing the boundary of a unit of layer k-1 adds no equation. The rank is

    min(n_{k-1}, rho) for one neuron, min(n_{k-1}, rho n_k) for the whole layer if all its neurons see the same cells,

off a polynomial's zeros, where rho is the rank of the gradients of layer k-2's activations, stacked over the cells of
the layers before k-1 that are visited; rho = n_in for k = 2. The appendix's n_{k-1} points alone do not give rank
n_{k-1}. All the same the +-1 solution is the only one off the zeros of explicit polynomials, if no unit's gradient is
zero at all points.

Proof. 1_i = (1 + sign z_i)/2 and t_i^2 = 1 give the equation. A crossing of unit h's boundary changes g by
W_h t_h v_h sigma_h, with the new side, and sigma_h by twice itself, so both sides change alike; the coefficients
W_i v_i are those of before. The rows of the system for one neuron are, stacked over cells, V diag(W), where V is
W^{k-1} times the stacked activation gradients, transposed: rank at most rho, so at most rho n_k for n_k neurons, and at
most n_{k-1}, since there are so many unknowns. The rank over a field of rational functions is the largest rank
that numbers can give; so that it is as large as that is shown by letters, or by one rational point at which it is. Two
+-1 solutions differ by the signs of a set F of units, F not empty, and then sum_{i in F} t_i W_i v_i = 0 at all points:
the polynomials. W_i occurs in a term of its own, so none of them is zero where v_i is not.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, product
from typing import Any

from sympy import QQ

from exactrev.arithmetic.linear_algebra import matrix, rank
from exactrev.proofs.letters import check_forms, find_forms, letter_field, letter_network
from exactrev.proofs.proof import Proof, Step, check
from exactrev.recovery.signs import Trail, Visit, decide_signs, recover_signs, visit_equations

__all__ = ["PROOF", "derive"]

Equations = Callable[[Sequence[Any], Visit], list[tuple[Any, ...]]]

SIGNS = (1, -1)
LETTERS = ((2, 2), (2, 3), (3, 2), (3, 3), (1, 3))
"""(n_in, n_{k-1}) for the identities."""

SYMBOLIC = ((1, 2, 1), (2, 2, 1), (2, 3, 1), (2, 4, 1), (3, 2, 1), (1, 3, 2), (2, 3, 2), (2, 4, 2))
"""(n_in, n_1, n_2) for the rank in letters."""

NUMERIC = ((2, 9, 3), (3, 10, 2), (3, 10, 4), (5, 20, 3), (10, 64, 6), (10, 64, 7), (4, 3, 8))
"""(n_in, n_1, n_2) for the rank at a rational point."""

DEEP = ((2, 5, 8, 3), (2, 4, 6, 1), (3, 4, 9, 2), (4, 3, 5, 2))
"""(n_in, n_1, n_2, n_3) for the signs of layer 2."""


def derive(
    equations: Equations = visit_equations, zero_one: bool = False, claimed_rank: str = "rho"
) -> Iterator[Step]:
    """The steps, for the equations that recovery sets up.

    With `zero_one` 1' is 0 on the other side, as printed; with `claimed_rank` "points" the rank is the number of units.
    """
    yield check_forms()
    yield check("the true signs solve the equations, t_z has cancelled", _truth(equations, zero_one))
    yield check("crossing the boundary of a unit adds no equation", _crossings(equations))
    yield check("the rank for k = 2, in letters", _symbolic_ranks(equations, claimed_rank))
    yield check("the rank for k = 2, reached at a rational point", _ranks_at_points(equations, claimed_rank))
    yield check("the rank for k = 3 over some cells, reached at a rational point", _deep_ranks(equations, claimed_rank))
    yield check("flipping any set of units breaks an equation, off a polynomial's zeros", _flips(equations))
    yield check("where such a polynomial vanishes there are two solutions, elsewhere one", _instances())


def _truth(equations: Equations, zero_one: bool) -> Iterator[tuple[str, bool]]:
    for n_in, n in LETTERS:
        _, letters = letter_field([*(f"W{i}" for i in range(n)), *(f"v{i}_{c}" for i in range(n) for c in range(n_in))])
        W, u = letters[:n], [letters[n + i * n_in : n + (i + 1) * n_in] for i in range(n)]
        for t, on, t_z in product(product(SIGNS, repeat=n), product(SIGNS, repeat=n), SIGNS):
            visit = _visit(W, u, t, on, t_z)
            if zero_one:
                visit = Visit(visit.gradient, visit.units, tuple(max(side, 0) for side in visit.sides))
            rows = equations([t_z * w for w in W], visit)
            name = f"n_in = {n_in}, n_(k-1) = {n}, t = {t}, signs {on}, t_z = {t_z}"
            yield name, len(rows) == n_in and all(_value(row, t) == row[-1] for row in rows)


def _visit(
    W: Sequence[Any], u: Sequence[Sequence[Any]], t: Sequence[int], on: Sequence[int], t_z: int
) -> Visit:
    """What is seen of z, the sum of W_i z_i over the units that are on; u_i is the gradient of z_i."""
    active = [[w * c for c in row] for w, row, sign in zip(W, u, on, strict=True) if sign > 0]
    gradient = tuple(t_z * sum(column, 0 * W[0]) for column in zip(*active, [0 * c for c in u[0]], strict=True))
    units = tuple(tuple(sign * c for c in row) for sign, row in zip(t, u, strict=True))
    return Visit(gradient, units, tuple(sign * side for sign, side in zip(t, on, strict=True)))


def _value(row: Sequence[Any], t: Sequence[int]) -> Any:
    return sum((entry * sign for entry, sign in zip(row, t, strict=False)), 0 * row[-1])


def _crossings(equations: Equations) -> Iterator[tuple[str, bool]]:
    for n_in, n in LETTERS:
        _, letters = letter_field([*(f"W{i}" for i in range(n)), *(f"v{i}_{c}" for i in range(n) for c in range(n_in))])
        W, u = letters[:n], [letters[n + i * n_in : n + (i + 1) * n_in] for i in range(n)]
        for t, on, h in product(product(SIGNS, repeat=n), product(SIGNS, repeat=n), range(n)):
            beyond = [-side if i == h else side for i, side in enumerate(on)]
            here, there = (equations(W, _visit(W, u, t, signs, 1)) for signs in (on, beyond))
            yield f"n_in = {n_in}, n_(k-1) = {n}, t = {t}, signs {on}, unit {h}", here == there


def _expected(n: int, rho: int, n_neurons: int, claimed: str) -> int:
    return n if claimed == "points" else min(n, rho * n_neurons)


def _symbolic_ranks(equations: Equations, claimed: str) -> Iterator[tuple[str, bool]]:
    for n_in, n, n_z in SYMBOLIC:
        net = letter_network((n_in, n, n_z, 1))
        units = tuple(row[:-1] for row in net.tables[0])
        rows = []
        for *W, _ in net.tables[1]:
            visit = _visit(W, units, (1,) * n, (1,) * n, 1)
            rows += [row[:-1] for row in equations(W, visit)]
        yield f"(n_in, n_1, n_2) = {(n_in, n, n_z)}", rank(matrix(rows, net.field)) == _expected(n, n_in, n_z, claimed)


def _ranks_at_points(equations: Equations, claimed: str) -> Iterator[tuple[str, bool]]:
    rng = random.Random(7)
    for n_in, n, n_z in NUMERIC:
        units = _random_table(rng, n, n_in)
        rows = _rows(equations, _random_table(rng, n_z, n), [units], (1,) * n)
        found = rank(matrix(rows, QQ))
        yield f"(n_in, n_1, n_2) = {(n_in, n, n_z)}", found == _expected(n, n_in, n_z, claimed)


def _deep_ranks(equations: Equations, claimed: str) -> Iterator[tuple[str, bool]]:
    rng = random.Random(11)
    for n_in, n_below, n, n_z in DEEP:
        first, second = _random_table(rng, n_below, n_in), _random_table(rng, n, n_below)
        third = _random_table(rng, n_z, n)
        below = [[*row, Fraction(0)] for row in first]
        layers = [below, [[*row, Fraction(0)] for row in second]]
        for n_cells in range(1, 5):
            cells = [[rng.randrange(2) for _ in range(n_below)] for _ in range(n_cells)]
            gradients = [[[d * c for c in row] for d, row in zip(cell, first, strict=True)] for cell in cells]
            rho = rank(matrix([[c for gradient in gradients for c in gradient[j]] for j in range(n_below)], QQ))
            seen = [[form[:-1] for form in find_forms(layers, [cell])[1]] for cell in cells]
            for n_seen in (1, n_z):
                rows = _rows(equations, third[:n_seen], seen, (1,) * n)
                name = f"{(n_in, n_below, n, n_z)}, {n_seen} neurons, cells {cells}"
                yield name, rank(matrix(rows, QQ)) == _expected(n, rho, n_seen, claimed)


def _rows(equations: Equations, weights: Any, cells: Any, signs: Sequence[int]) -> list[tuple[Any, ...]]:
    return [row[:-1] for W in weights for u in cells for row in equations(W, _visit(W, u, signs, signs, 1))]


def _random_table(rng: random.Random, rows: int, columns: int) -> list[list[Fraction]]:
    return [[Fraction(rng.randint(-99, 99), rng.randint(1, 9)) for _ in range(columns)] for _ in range(rows)]


def _flips(equations: Equations) -> Iterator[tuple[str, bool]]:
    for n_in, n in LETTERS:
        _, letters = letter_field([*(f"W{i}" for i in range(n)), *(f"v{i}_{c}" for i in range(n) for c in range(n_in))])
        W, u = letters[:n], [letters[n + i * n_in : n + (i + 1) * n_in] for i in range(n)]
        for t in product(SIGNS, repeat=n):
            rows = equations(W, _visit(W, u, t, t, 1))
            for size in range(1, n + 1):
                for F in combinations(range(n), size):
                    other = [-sign if i in F else sign for i, sign in enumerate(t)]
                    missed = [row[-1] - _value(row, other) for row in rows]
                    polynomial = [2 * sum((W[i] * u[i][c] for i in F), 0 * W[0]) for c in range(n_in)]
                    name = f"n_in = {n_in}, n_(k-1) = {n}, t = {t}, flipped {F}"
                    yield name, missed == polynomial and all(missed)


def _instances() -> Iterator[tuple[str, bool]]:
    # u = (x, y, 1 - x - y): the gradients sum to 0, so with weights 1, 1, 1 all three signs may be flipped together
    units = ((1, 0), (0, 1), (-1, -1))
    both = recover_signs([Trail((1, 1, 1), (_visit((1, 1, 1), units, (1, 1, 1), (1, 1, 1), 1),))])
    yield "two solutions", both.unique is False and {both.signs, both.second} == {(1, 1, 1), (-1, -1, -1)}
    one = recover_signs([Trail((1, 1, 2), (_visit((1, 1, 2), units, (1, -1, 1), (1, 1, 1), 1),))])
    yield "one solution with rank 2 of 3", one.unique is True and one.signs == (1, -1, 1) and one.rank == 2
    rng = random.Random(3)
    for n_in, n in ((1, 6), (2, 8), (3, 12)):
        (W,), u = _random_table(rng, 1, n), _random_table(rng, n, n_in)
        t, on = ([rng.choice(SIGNS) for _ in range(n)] for _ in range(2))
        found = decide_signs(visit_equations(W, _visit(W, u, t, on, 1)), n)
        yield f"n_in = {n_in}, {n} units", found.unique is True and found.signs == tuple(t) and found.rank == n_in


PROOF = Proof(
    label="signs_solve_a_linear_system",
    paper=("T3c", "T3b"),
    where="Theorem 3, Appendix C",
    statement="The signs t of layer k-1 solve 2 g = sum_i W_i (t_i + sigma_i) v_i at every point of B[z], sigma = +-1. "
    "The rank is min(n_{k-1}, rho) for one neuron and min(n_{k-1}, rho n_k) for the layer; crossings of layer k-1 add "
    "nothing; off explicit polynomials the +-1 solution is the only one.",
    covers=f"weights and gradients as letters for (n_in, n_{{k-1}}) in {LETTERS}, all signs and sides; the rank in "
    f"letters in {len(SYMBOLIC)} shapes, at rational points that reach the upper bound in {len(NUMERIC)} larger ones "
    f"and, for k = 3, {len(DEEP)}; the upper bound, the crossings and the flips in all shapes, by the argument",
    does_not_cover="that the rank reaches its bound in every shape (a proof of its own); neurons of a layer that see "
    "different cells; which cells a walk can visit; units whose gradient is 0 at all points (their sign stays open)",
    length=8,
    derivation=derive,
)
