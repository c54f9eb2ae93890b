"""Theorem 3, the induction step where the crossed boundary lies before layer k-1 (T3g): the scale follows, no weight.

The appendix takes z' to be in layer k-1 when it derives c, though precursors may lie across any earlier boundary.

Statement. Let z be in layer k, z' in layer j < k-1, and let v_r, v_s, v be as in `a_bend_gives_the_weight`: t grad z
before a crossing of B[z'], l grad z after it, t' grad z'. Then mu v_s = v_r + s v has exactly one solution, mu = t / l
as before, and s = +- t t' kappa with

    kappa = sum_i W_i d_i kappa_i,    over the units i of layer k-1, d_i = 1 for those that are on,

where kappa_i is the factor from z' to unit i. So mu v_s = t grad z carries scale and sign on, also to a later crossing
in layer k-1, whose weight comes out in the same scale. But s is a sum over paths, none of z's weights: two weights can
be exchanged so that it stays, and where many units are on, both forms of z and s together determine no weight at all.

Proof. The form of z jumps by kappa times that of z' (Theorem 1), so the pair is a solution, and the only one since v
and v_s are independent: `find_bend`, with letters, on whole forms. kappa is linear in the weights into z, with factors
d_i kappa_i, so W_i + e d_h kappa_h and W_h - e d_i kappa_i give the same kappa. In numbers: the forms before and after
and s are linear equations for W and b; their rank grows with the equation W_i = 0, whichever i is on. That is so at a
rational point, hence off a polynomial's zeros.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, product
from typing import Any

from exactrev.arithmetic.linear_algebra import matrix, rank
from exactrev.errors import AssumptionFailed
from exactrev.proofs.letters import LetterNetwork, check_forms, find_forms, letter_network, path_sum
from exactrev.proofs.proof import Proof, Step, check
from exactrev.recovery.bends import Bend, find_bend

__all__ = ["PROOF", "derive"]

FindBend = Callable[[Sequence[Any], Sequence[Any], Sequence[Any]], Bend]
Paths = Callable[..., Any]

SIGNS = (1, -1)
SHAPES = ((2, 1, 1, 1, 1), (2, 2, 2, 1, 1), (3, 1, 2, 1, 1), (2, 1, 2, 1, 1, 1))
CHAINS = ((2, 2, 2, 1, 1), (3, 2, 2, 1, 1), (2, 3, 3, 1, 1))
"""Two units at least in each layer: B[z] goes on where one of them is off."""

WIDE = ((2, 2, 6, 1), (2, 1, 6, 1), (3, 2, 7, 1), (1, 1, 4, 1))
"""(n_in, n_1, n_2, 1): more units in layer 2 than equations."""


def derive(bend: FindBend = find_bend, paths: Paths = path_sum) -> Iterator[Step]:
    """The steps, for the function that recovery calls, and for the sums over paths."""
    yield check_forms()
    yield check("mu = t/l, and t times the sum over paths for s, from every earlier layer", _scales(bend, paths))
    yield check("a later crossing in layer k-1 gives the weight in the first scale", _two_crossings(bend))
    yield check("the sum is linear in the weights into z, with the factor from z' to each unit", _linear(paths))
    yield check("two weights can be exchanged and s stays", _exchanged(paths))
    yield check("s is not the weight of any unit", _not_a_weight(paths))
    yield check("both forms and s determine no weight where many units are on", _no_weight())


def _distant(net: LetterNetwork) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Pairs (z', z) with a layer between."""
    return ((first, z) for first, z in combinations(net.neurons(), 2) if first[0] < z[0] - 1)


def _scales(bend: FindBend, paths: Paths) -> Iterator[tuple[str, bool]]:
    for widths in SHAPES:
        net = letter_network(widths, ["l"])
        (scale,) = net.extra
        for (k, i), (m, j) in _distant(net):
            kappa = paths(net.tables, net.activity, (k, i), (m, j))
            for t, t_crossed, on_after in product(SIGNS, SIGNS, (0, 1)):
                before, after = (
                    find_forms(net.tables, net.with_activity(k, i, on)) for on in (1 - on_after, on_after)
                )
                r, crossed = [t * c for c in before[m - 1][j]], [t_crossed * c for c in before[k - 1][i]]
                found = _try(bend, r, [scale * c for c in after[m - 1][j]], crossed)
                side = t_crossed * (1 if on_after else -1)
                right = found is not None and (found.mu, found.weight(side)) == (t / scale, t * kappa)
                yield f"{widths}, z[{k},{i}] to z[{m},{j}], t = {t}, t' = {t_crossed}, on after: {on_after}", right


def _two_crossings(bend: FindBend) -> Iterator[tuple[str, bool]]:
    """Across B[z[1,0]], then across B[u], u in layer k-1, with a scale of its own for every piece of B[z]."""
    for widths in CHAINS:
        net = letter_network(widths, ["l", "m"])
        first, second = net.extra
        k = 3
        for u, (on_first, on_second) in product(range(widths[k - 1]), product((0, 1), repeat=2)):
            pieces = []
            for d_first, d_second in ((1 - on_first, 1 - on_second), (on_first, 1 - on_second), (on_first, on_second)):
                activity = [list(row) for row in net.activity]
                activity[0][0], activity[k - 2][u] = (net.field.one * d for d in (d_first, d_second))
                pieces.append(find_forms(net.tables, activity))
            start, middle, end = (piece[k - 1][0] for piece in pieces)
            one = _try(bend, start, [first * c for c in middle], pieces[0][0][0])
            here = None if one is None else one.rescale([first * c for c in middle])
            two = None if here is None else _try(bend, here, [second * c for c in end], pieces[1][k - 2][u])
            name = f"{widths}, B[z[1,0]], then B[z[{k - 1},{u}]], on after: {on_first}, {on_second}"
            yield name, two is not None and two.weight(1 if on_second else -1) == net.tables[k - 1][0][u]


def _linear(paths: Paths) -> Iterator[tuple[str, bool]]:
    for widths in SHAPES:
        net = letter_network(widths)
        for first, (m, j) in _distant(net):
            kappa = paths(net.tables, net.activity, first, (m, j))
            factors = _factors(net, first, m, paths)
            row = net.tables[m - 1][j]
            total = sum((w * factor for w, factor in zip(row, factors, strict=False)), net.field.zero)
            free = all(not factor.diff(w) for factor in factors for w in row)
            yield f"{widths}, {first} to z[{m},{j}]", kappa == total and free


def _factors(net: LetterNetwork, first: tuple[int, int], m: int, paths: Paths) -> list[Any]:
    """d_i kappa_i for the units i of layer m - 1."""
    activity = net.activity[m - 2]
    return [d * paths(net.tables, net.activity, first, (m - 1, i)) for i, d in enumerate(activity)]


def _exchanged(paths: Paths) -> Iterator[tuple[str, bool]]:
    for widths in SHAPES:
        net = letter_network(widths, ["e"])
        (e,) = net.extra
        for first, (m, j) in _distant(net):
            factors = _factors(net, first, m, paths)
            for i, h in combinations(range(widths[m - 1]), 2):
                tables = [[list(row) for row in table] for table in net.tables]
                tables[m - 1][j][i] = tables[m - 1][j][i] + e * factors[h]
                tables[m - 1][j][h] = tables[m - 1][j][h] - e * factors[i]
                same = paths(tables, net.activity, first, (m, j)) == paths(net.tables, net.activity, first, (m, j))
                yield f"{widths}, {first} to z[{m},{j}], units {i} and {h}", same and bool(factors[i] * factors[h])


def _not_a_weight(paths: Paths) -> Iterator[tuple[str, bool]]:
    for widths in SHAPES:
        net = letter_network(widths)
        ones = [[net.field.one] * width for width in widths[1:-1]]
        for first, (m, j) in _distant(net):
            for i in range(widths[m - 1]):
                kappa = paths(net.tables, ones, first, (m, j))
                yield f"{widths}, {first} to z[{m},{j}], unit {i}", kappa != net.tables[m - 1][j][i]


def _no_weight() -> Iterator[tuple[str, bool]]:
    rng = random.Random(2)
    for widths in WIDE:
        n_in, n_first, n, _ = widths
        first = [[Fraction(rng.randint(-99, 99), rng.randint(1, 9)) for _ in range(n_in + 1)] for _ in range(n_first)]
        second = [[Fraction(rng.randint(-99, 99), rng.randint(1, 9)) for _ in range(n_first + 1)] for _ in range(n)]
        off, on = (find_forms([first, second], [[d] + [1] * (n_first - 1)])[1] for d in (0, 1))
        constant = [Fraction(0)] * n_in + [Fraction(1)]
        rows = [[*column, constant[c]] for forms in (off, on) for c, column in enumerate(zip(*forms, strict=True))]
        rows.append([*(path_sum([first, second], [], (1, 0), (2, i)) for i in range(n)), Fraction(0)])
        known = rank(matrix(rows))
        for i in range(n):
            unit = [Fraction(int(h == i)) for h in range(n + 1)]
            yield f"{widths}, unit {i}", rank(matrix([*rows, unit])) == known + 1


def _try(bend: FindBend, before: Sequence[Any], after: Sequence[Any], crossed: Sequence[Any]) -> Bend | None:
    try:
        return bend(before, after, crossed)
    except AssumptionFailed:
        return None


PROOF = Proof(
    label="earlier_crossings_carry_the_scale",
    paper=("T3g",),
    where="Theorem 3, Appendix C",
    statement="Across the boundary of a neuron before layer k-1 the factor between the gradients of z follows as it "
    "does for layer k-1, and a later crossing gives its weight in the same scale. The crossing itself gives a sum "
    "over paths, which is no weight of z.",
    covers="weights, biases, activities and the scale of every piece as letters, every earlier layer, in "
    f"{len(SHAPES)} shapes of up to four hidden layers, all signs and both cases; that no weight is determined, at a "
    f"rational point of {len(WIDE)} shapes, hence off a polynomial's zeros",
    does_not_cover="where few units are on: then the forms of z before and after may determine weights of units that "
    "are on, which recovery uses; where v_s and v are parallel, which is refused",
    length=7,
    derivation=derive,
)
