"""N5, §5.2: a fifth way for boundaries not to meet, on an open set that is given by polynomial inequalities.

Statement. Let layer 1 have n_in + 1 neurons or more, and z' be a neuron of layer 2. Let u_1, u_3, ..., u_(n_in + 1) be
coordinates X, Y_1, ... of the input, u_2 = -p X + q_1 Y_1 + ... + r, and z' = w_1 a_1 + w_2 a_2 - v_1 a_3 - ... - b. If

    p, q_i, w_1, w_2, b > 0,    v_i > w_2 q_i    and    b > w_2 r,

then B[u_1] and B[z'] are disjoint, and all four combinations of signs of u_1 and z' occur: none of the four cases of
§5.2 holds, and B[z'] has a part on either side of B[u_1]. So it is with further neurons in layer 1 whose weights into
z' are negative and which are off at the four points below. p, q_i and r are rational functions of the rows by Cramer's
rule, with the square of one determinant, positive, as common denominator: the inequalities are polynomial ones in all
weights and biases, strict, and so they hold on an open set.

Proof. On B[u_1] X = 0, and a_2 is either 0 or q_1 Y_1 + ... + r; Y_i is a letter of any sign. Both forms of z' that
come of this are negative for all values. At four points with Y = 0 the signs are + +, + -, - + and - -. The set {u_1 >
0} is convex and z' changes its sign in it, and so in {u_1 < 0}.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

from sympy import QQ

from exactrev.arithmetic.linear_algebra import Solution, matrix, solve
from exactrev.arithmetic.numbers import lift
from exactrev.errors import AssumptionFailed
from exactrev.network import Network
from exactrev.proofs.letters import check_forms, find_forms, letter_field, sign_of, tables_of
from exactrev.proofs.proof import Proof, Step, check

__all__ = ["PROOF", "coordinates", "derive", "find_inequalities", "find_points"]

Combine = Callable[[Sequence[Sequence[Any]], Any], tuple[Any, ...]]
Points = Callable[..., dict[tuple[int, int], Any]]

INPUTS = (1, 2, 3, 4)
SIGNS = (1, 0, -1)


def coordinates(rows: Sequence[Sequence[Any]], field: Any) -> tuple[Any, ...]:
    """(c_1, ..., c_n, r) with u_2 = c_1 u_1 + c_2 u_3 + c_3 u_4 + ... + r, for the first n + 1 rows [W | b].

    Raises `AssumptionFailed` if u_1, u_3, ... are no coordinates.
    """
    first, second, *others = rows[: len(rows[0])]
    basis = [first, *others]
    transposed = [[row[c] for row in basis] for c in range(len(first) - 1)]
    found = solve(matrix(transposed, field), second[:-1])
    if not isinstance(found, Solution) or not found.is_unique:
        raise AssumptionFailed("the rows of layer 1 are dependent", rows=len(basis))
    rest = second[-1] - sum((c * row[-1] for c, row in zip(found.point, basis, strict=True)), 0 * second[-1])
    return (*found.point, rest)


def find_points(p: Any, r: Any, w: Sequence[Any], b: Any) -> dict[tuple[int, int], Any]:
    """The coordinate X of four points with Y = 0, by the signs that u_1 and z' have there. Numbers, or positive letters
    with r of a sign that is known."""
    positive = r > 0 if isinstance(r, Fraction) else sign_of(r) > 0
    size, f = (r, b - w[1] * r) if positive else (-r, b)
    low = f * r / (2 * (w[0] * r + p * f)) if positive else f / (2 * w[0])
    high = f / (2 * w[1] * p) if positive or not r else f * size / (p * (2 * w[1] * size + f))
    return {(1, 1): b / w[0] + size / p + 1, (1, -1): low, (-1, 1): -(b / w[1] + size + 1) / p, (-1, -1): -high}


def find_inequalities(net: Network, neuron: int = 0) -> dict[str, Fraction]:
    """Numbers that are all positive if the network is in the open set, with z[2,neuron] as z'.

    Raises `AssumptionFailed` if u_1, u_3, ... are no coordinates, or layer 1 has too few neurons.
    """
    rows, row = tables_of(net)[0], tables_of(net)[1][neuron]
    n = net.n_in
    if len(rows) <= n:
        raise AssumptionFailed("layer 1 has too few neurons", neurons=len(rows), needed=n + 1)
    *factors, r = map(lift, coordinates([[QQ(*entry.as_integer_ratio()) for entry in own] for own in rows], QQ))
    p, q = -factors[0], factors[1:]
    w, v, b = row[:2], [-entry for entry in row[2:-1]], -row[-1]
    found = {"p": p, "w1": w[0], "w2": w[1], "b": b, "b - w2 r": b - w[1] * r}
    for i, (factor, weight) in enumerate(zip(q, v, strict=False), start=1):
        found |= {f"q{i}": factor, f"v{i} - w2 q{i}": weight - w[1] * factor}
    if len(rows) > n + 1 and min(found.values()) > 0:
        basis = matrix([rows[i][:-1] for i in range(n + 1) if i != 1])
        biases = [rows[i][-1] for i in range(n + 1) if i != 1]
        for signs, X in find_points(p, r, w, b).items():
            point = solve(basis, [X - biases[0], *(-bias for bias in biases[1:])])
            if isinstance(point, Solution):
                for i, extra in enumerate(rows[n + 1 :], start=n + 2):
                    value = sum((g * lift(x) for g, x in zip(extra, point.point, strict=False)), extra[-1])
                    found[f"-u{i} at {signs}"] = -value
        found |= {f"v{i}": weight for i, weight in enumerate(v[n - 1 :], start=n)}
    return found


def derive(combine: Combine = coordinates, points: Points = find_points, gap: int = 1) -> Iterator[Step]:
    """The steps, for the two functions above. v_i is w_2 q_i and `gap` times a letter."""
    yield check_forms()
    yield check("in letters u_2 is that combination of the others, with a square as denominator", _combination(combine))
    yield check("on B[u_1] z' is negative, whichever neurons are on, for all values", _negative(gap))
    yield check("at the four points u_1 and z' have the four combinations of signs", _four(points, gap))


def _combination(combine: Combine) -> Iterator[tuple[str, bool]]:
    for n in (1, 2, 3):
        names = [f"u{i}_{c}" for i in range(n + 1) for c in range(n + 1)]
        field, letters = letter_field(names)
        rows = [letters[i * (n + 1) : (i + 1) * (n + 1)] for i in range(n + 1)]
        *factors, rest = combine(rows, field)
        others = [rows[0], *rows[2:]]
        for c in range(n + 1):
            total = sum((f * row[c] for f, row in zip(factors, others, strict=True)), rest if c == n else 0 * rest)
            yield f"n_in = {n}, entry {c}", total == rows[1][c]
        square = matrix([row[:-1] for row in others], field).det() ** 2
        yield f"n_in = {n}, denominators", all((entry * square).denom == 1 for entry in (*factors, rest))


def _network(n: int, sign: int, gap: int) -> tuple[Any, dict[str, Any], list[list[list[Any]]]]:
    """(field, letters, rows of the first two layers in the coordinates X, Y), for r of this sign; b > w_2 r, 0."""
    names = ["p", "w1", "w2", "f", "R", *(f"q{i}" for i in range(1, n)), *(f"e{i}" for i in range(1, n))]
    names += [*(f"A{i}" for i in range(1, n)), "h", "H"]
    field, letters = letter_field(names)
    at = dict(zip(names, letters, strict=True))
    zero, one = field.zero, field.one
    q = [at[f"q{i}"] for i in range(1, n)]
    r = sign * at["R"]
    b = at["f"] + (at["w2"] * r if sign > 0 else zero)
    unit = [[one if c == i else zero for c in range(n + 1)] for i in range(n)]
    first = [unit[0], [-at["p"], *q, r], *unit[1:]]
    v = [at["w2"] * factor + gap * at[f"e{i}"] for i, factor in enumerate(q, start=1)]
    return field, at | {"r": r, "b": b}, [first, [[at["w1"], at["w2"], *(-weight for weight in v), -b]]]


def _value(form: Sequence[Any], point: Sequence[Any]) -> Any:
    return sum((g * x for g, x in zip(form, point, strict=False)), form[-1])


def _negative(gap: int) -> Iterator[tuple[str, bool]]:
    for n, sign in product(INPUTS, SIGNS):
        field, at, tables = _network(n, sign, gap)
        for signs, second_on, first_on in product(product(SIGNS, repeat=n - 1), (0, 1), (0, 1)):
            Y = [s * at[f"A{i}"] for i, s in enumerate(signs, start=1)]
            activity = [[field.one * d for d in (first_on, second_on, *(int(s > 0) for s in signs))]]
            z = _value(find_forms(tables, activity)[1][0], [field.zero, *Y])
            for further in (z, z - at["h"] * at["H"]):  # another neuron: weight -h, value H
                yield f"n_in = {n}, sign of r {sign}, Y {signs}, u_2 {second_on}", _sign(further) < 0


def _four(points: Points, gap: int) -> Iterator[tuple[str, bool]]:
    for n, sign in product(INPUTS, SIGNS):
        field, at, tables = _network(n, sign, gap)
        for signs, X in points(at["p"], at["r"], (at["w1"], at["w2"]), at["b"]).items():
            point = [X, *[field.zero] * (n - 1)]
            on = [_sign(_value(row, point)) for row in tables[0]]
            z = _value(find_forms(tables, [[field.one * int(s == 1) for s in on]])[1][0], point)
            yield f"n_in = {n}, sign of r {sign}, {signs}", 2 not in on and (on[0], _sign(z)) == signs


def _sign(value: Any) -> int:
    """The sign for all positive letters; 2, which is none, where the coefficients do not show one."""
    try:
        return sign_of(value)
    except ValueError:
        return 2


PROOF = Proof(
    label="disjoint_boundaries_need_not_be_in_a_case",
    paper=("N5",),
    where="§5.2",
    statement="If p, q_i, w_1, w_2, b > 0, v_i > w_2 q_i and b > w_2 r, the boundaries of u_1 and of z' = w_1 a_1 + "
    "w_2 a_2 - sum v_i a_(2+i) - b, u_2 = -p u_1 + sum q_i u_(2+i) + r, are disjoint, and all four combinations of "
    "signs occur: none of the four cases holds, on an open set.",
    covers=f"all weights and biases as letters for n_in in {INPUTS}, and any n_in, as each Y_i enters alike; any "
    "number of further neurons in layer 1 as described, any later layers and outputs. Networks in numbers are decided "
    "by find_inequalities",
    does_not_cover="other networks in none of the cases; layers of fewer than n_in + 1 neurons; z in a later layer",
    length=4,
    derivation=derive,
)
