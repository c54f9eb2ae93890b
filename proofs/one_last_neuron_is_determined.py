"""N2 and N4, §5.2 (2) and (4), without further isomorphisms: a neuron alone in the last hidden layer is determined.

Statement. Let N = c ReLU(z') + d over n neurons u_i, z' = sum v_i ReLU(u_i) + b, with c and all v_i not 0, such that

(a) the hyperplanes u_i = 0 are n different ones;
(b) on each of them is a point, on no other of them, with z' > 0 there and grad z' not 0 on either side;
(c) no sum of v_i grad u_i over a non-empty set of i is 0;
(d) at some point off these hyperplanes z' < 0 and grad z' is not 0.

Then every network of the same architecture with the same function is isomorphic to N. On open sets (a) to (d) hold and
u_1 and z' are in case 2, or in case 4, and in no other: three families of letters below.

Proof. Let M be such a network, with u~_i, v~_i, z~', c~, d~.

- Off its hyperplanes u~_i = 0, M has kinks only where z~' switches, and is constant on one side. N is not constant on
  either side at the points of (b), nor close to them, where it has kinks. So each hyperplane u_i = 0 is one of M's n,
  by (a) in different ways: u~_i = m_i u_i after a permutation, m_i not 0.
- There both last neurons are on, on both sides. The jump of ReLU(m_i u_i) is |m_i| grad u_i, for both signs of m_i. So
  c~ v~_i |m_i| = c v_i for all i and outputs: c~ = c / l, |m_i| v~_i = l v_i, for one number l that is not 0.
- Then grad M - grad N, where both last neurons are on, is minus c times the sum of v_i grad u_i over the i with m_i <
  0, in every pattern. By (c) there is none.
- So z~' = l (z' + k). Where both are on, M - N = c k + d~ - d for l > 0, and likewise for l < 0: it is 0. At the point
  of (d) N is d, nearby too, so M is not on there, and M = d~ = d. So k = 0 if c is not 0, and M is N up to scaling,
  provided l > 0. If l < 0, M is on where z' + k < 0: at the points of (b), where z' > 0, so k < 0; but not at that of
  (d), so z' + k >= 0 with z' < 0, and k > 0. That cannot be.
- The families. For each, (a) to (d) hold for all positive letters; and z' is positive on all of the half-space that the
  case names, whichever of the other units are on, also where u is 0, so that the boundaries are disjoint; the other
  three combinations of signs occur.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from typing import Any

from exactrev.geometry import regions
from exactrev.identifiability import find_pairs
from exactrev.identifiability.uniqueness import is_unique_by_one_last_neuron
from exactrev.network import Network
from exactrev.network.isomorphisms import act_on_rows
from exactrev.proofs.letters import at_numbers, check_forms, find_forms, letter_field, letter_network, relu, sign_of
from exactrev.proofs.proof import Proof, Step, check

__all__ = ["FAMILIES", "PROOF", "Family", "derive", "find_preactivations", "other_weight"]

Weight = Callable[[Any, Any, Any], Any]
Point = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Family:
    """Networks of letters with one neuron z' in layer 2, which is in `case` with u_`neuron`.

    `tables`: the rows of layers 1 and 2. `kinks`: for each i a point of (b). `off`: the point of (d). `half`: points
    with letters that together are the half-space u >= 0 in case 2, u <= 0 in case 4. `others`: points of the other
    half-space, by the sign of z'.
    """

    case: int
    neuron: int
    tables: list[list[list[Any]]]
    kinks: list[Point]
    off: Point
    half: list[Point]
    others: Mapping[int, Point]

    @property
    def n_in(self) -> int:
        return len(self.tables[0][0]) - 1

    def __str__(self) -> str:
        return f"{self.n_in}-{len(self.tables[0])}-1, case {self.case}, u_{self.neuron + 1}"


def other_weight(factor: Any, weight: Any, m: Any) -> Any:
    """v~_i = l v_i / |m_i|, |m_i| being given."""
    return factor * weight / m


def _on_a_line() -> list[Family]:
    """u = (-x, x + s), z' = v_2 s + e + v_1 a_1 - v_2 a_2: u_1 on => z' on, and u_2 off => z' on."""
    field, (v1, v2, s, e, X) = letter_field(["v1", "v2", "s", "e", "X"])
    one, zero = field.one, field.zero
    tables = [[[-one, zero], [one, s]], [[v1, -v2, v2 * s + e]]]
    shared: dict[str, Any] = {"tables": tables, "kinks": [(zero,), (-s,)], "off": (2 * e / v2,)}
    return [
        Family(2, 0, half=[(-X,), (zero,)], others={1: (e / (2 * v2),), -1: (2 * e / v2,)}, **shared),
        Family(4, 1, half=[(-s - X,), (-s,)], others={1: (zero,), -1: (2 * e / v2,)}, **shared),
    ]


def _wide(n_in: int) -> Family:
    """u = (x, -p x + sum q_i y_i - s, y_1, y_2, ...), z' = b + v_1 a_1 - v_2 a_2 + sum (v_2 q_i + e_i) a_(i+2)."""
    size = n_in - 1
    names = ["v1", "v2", "p", "s", "b", "X", *(f"{name}{i}" for name in "qeY" for i in range(size))]
    field, (v1, v2, p, s, b, X, *rest) = letter_field(names)
    q, e, Y = rest[:size], rest[size : 2 * size], rest[2 * size :]
    one, zero = field.one, field.zero
    unit = [[one if c == i else zero for c in range(n_in + 1)] for i in range(n_in)]
    first = [unit[0], [-p, *q, -s], *unit[1:]]
    second = [v1, -v2, *(v2 * factor + more for factor, more in zip(q, e, strict=True)), b]
    beside = [-one] * (size - 1)  # y_2, ...
    total = sum(q, zero)
    off = (-(total + s + (b + 1) / v2) / p, -one, *beside)
    kinks = [(zero, s / (2 * q[0]), *beside), (one, (p + s + total - q[0]) / q[0], *beside)]
    kinks += [(one, *(zero if c == i else -one for c in range(size))) for i in range(size)]
    half = [(x, *y) for x in (X, zero) for y in product(*((a, zero, -a) for a in Y))]
    return Family(2, 0, [first, [second]], kinks, off, half, {1: (-one, -p / q[0], *beside), -1: off})


def _two_units() -> Family:
    """u = (x, y), z' = b - v_1 a_1 + v_2 a_2: u_1 off => z' on."""
    field, (v1, v2, b, X, Y) = letter_field(["v1", "v2", "b", "X", "Y"])
    one, zero = field.one, field.zero
    tables = [[[one, zero, zero], [zero, one, zero]], [[-v1, v2, b]]]
    off = (2 * b / v1, -one)
    half = [(x, y) for x in (-X, zero) for y in (Y, zero, -Y)]
    return Family(4, 0, tables, [(zero, one), (b / (2 * v1), zero)], off, half, {1: (b / (2 * v1), -one), -1: off})


FAMILIES = (*_on_a_line(), _wide(2), _wide(3), _two_units())


def find_preactivations(tables: Sequence[Sequence[Sequence[Any]]], point: Sequence[Any]) -> list[list[Any]]:
    """All preactivations at a point, with letters. Raises `ValueError` where the sign of one is not known."""
    found: list[list[Any]] = []
    for k, table in enumerate(tables):
        active = point if not k else [relu(value) for value in found[-1]]
        found.append([sum((w * a for w, a in zip(row, active, strict=False)), row[-1]) for row in table])
    return found


def derive(weight: Weight = other_weight, families: Sequence[Family] = FAMILIES) -> Iterator[Step]:
    """The steps, for the weights of a second network, and for families of networks in the cases."""
    yield check_forms()
    yield check("where the last hidden neuron is off the outputs are constant", _constant())
    yield check("with |m| v~ = l v and c~ = c/l the jumps at all u_i = 0 are equal, for both signs", _jumps(weight))
    yield check("where both are on, grad M - grad N is minus c times the sum over the negated i", _signs(weight))
    yield check("with none negated M - N is c k + d~ - d, and for k = 0 M is N scaled, if l > 0", _constants(weight))
    yield check("if l < 0, M would be on at the point of (d)", _negative())
    yield check("(a) to (d) hold in the families, for all positive letters", _decided(_conditions(families)))
    yield check("they are in the cases named, with disjoint boundaries, and in no other", _decided(_cases(families)))
    yield check("in numbers exactrev proves them unique by (a) to (d)", _numbers(families))


def _decided(cases: Iterator[tuple[str, bool]]) -> Iterator[tuple[str, bool]]:
    """The cases; one in which a sign depends on the letters is false."""
    try:
        yield from cases
    except ValueError as error:
        yield str(error), False


def _constant() -> Iterator[tuple[str, bool]]:
    for widths in ((1, 2, 1, 1), (2, 3, 1, 2), (3, 2, 1, 1)):
        net = letter_network(widths)
        for o, form in enumerate(find_forms(net.tables, net.with_activity(2, 0, 0))[2]):
            yield f"{widths}, output {o}", not any(form[:-1])


def _second(weight: Weight, n_in: int, n: int, F: Sequence[int]) -> dict[str, Any]:
    """Rows of N and M with letters: M hears m_i u_i, negated for i in F, and its last neuron is l (z' + k)."""
    names = [f"m{i}" for i in range(n)]
    net = letter_network((n_in, n, 1, 2), [*names, "l", "k", "D0", "D1"])
    *m, factor, k, first, second = net.extra
    rows, (last,), out = net.tables
    signs = [-1 if i in F else 1 for i in range(n)]
    units = [[sign * c * entry for entry in row] for sign, c, row in zip(signs, m, rows, strict=True)]
    heard = [weight(factor, v, c) for v, c in zip(last, m, strict=False)]
    outputs = [[row[0] / factor, d] for row, d in zip(out, (first, second), strict=True)]
    tables = [units, [[*heard, factor * (last[-1] + k)]], outputs]
    return {"net": net, "tables": tables, "signs": signs, "scales": [m, [factor]], "k": k, "D": (first, second)}


def _both_on(found: dict[str, Any], activity: Sequence[Any]) -> tuple[list[list[Any]], list[list[Any]]]:
    """The outputs of N and M where u_i > 0 for activity 1, and both last neurons are on."""
    net = found["net"]
    turned = [d if sign > 0 else 1 - d for d, sign in zip(activity, found["signs"], strict=True)]
    one = [net.field.one]
    return find_forms(net.tables, [activity, one])[2], find_forms(found["tables"], [turned, one])[2]


def _subsets(n: int) -> Iterator[tuple[int, ...]]:
    return (F for size in range(n + 1) for F in combinations(range(n), size))


SIZES = ((1, 2), (2, 2), (2, 3), (3, 2))
"""(n_in, n)."""


def _jumps(weight: Weight) -> Iterator[tuple[str, bool]]:
    for n_in, n in SIZES:
        for F in _subsets(n):
            found = _second(weight, n_in, n, F)
            net = found["net"]
            for i, o in product(range(n), range(2)):
                off, on = (_both_on(found, net.with_activity(1, i, d)[0]) for d in (0, 1))
                jumps = [[a - b for a, b in zip(on[side][o], off[side][o], strict=True)] for side in (0, 1)]
                expected = [net.tables[2][o][0] * net.tables[1][0][i] * c for c in net.tables[0][i]]
                yield f"n_in = {n_in}, {n} units, negated {F}, u_{i}, output {o}", jumps == [expected, expected]


def _signs(weight: Weight) -> Iterator[tuple[str, bool]]:
    for n_in, n in SIZES:
        for F in _subsets(n):
            found = _second(weight, n_in, n, F)
            net = found["net"]
            own, other = _both_on(found, net.activity[0])
            for o, c in product(range(2), range(n_in)):
                total = sum((net.tables[1][0][i] * net.tables[0][i][c] for i in F), net.field.zero)
                name = f"n_in = {n_in}, {n} units, negated {F}, output {o}, coordinate {c}"
                yield name, other[o][c] - own[o][c] == -net.tables[2][o][0] * total and bool(total) == bool(F)


def _constants(weight: Weight) -> Iterator[tuple[str, bool]]:
    for n_in, n in SIZES:
        found = _second(weight, n_in, n, ())
        net, k = found["net"], found["k"]
        own, other = _both_on(found, net.activity[0])
        for o, d in enumerate(found["D"]):
            expected = net.tables[2][o][0] * k + d - net.tables[2][o][1]
            yield f"n_in = {n_in}, {n} units, output {o}", other[o][-1] - own[o][-1] == expected
        image = act_on_rows(net.tables, [tuple(range(n)), (0,)], found["scales"])
        same = [list(row) for row in found["tables"][1]], [row[0] for row in found["tables"][2]]
        with_k = [[*image[1][0][:-1], image[1][0][-1] + found["scales"][1][0] * k]]
        yield f"n_in = {n_in}, {n} units, scaled", same == (with_k, [row[0] for row in image[2]])


def _negative() -> Iterator[tuple[str, bool]]:
    _, (P, Q, A) = letter_field(["P", "Q", "A"])
    k = -P - A  # z' = P at a point of (b), where z' + k < 0, or 0 in the limit
    for name, number in (("beyond", k), ("in the limit", -P)):
        yield name, sign_of(P + number) <= 0 and sign_of(-Q + number) < 0


def _conditions(families: Sequence[Family]) -> Iterator[tuple[str, bool]]:
    for family in families:
        rows, (last,) = family.tables
        v, n = last[:-1], len(rows)
        for i, j in combinations(range(n), 2):
            minors = [
                rows[i][a] * rows[j][b] - rows[i][b] * rows[j][a] for a, b in combinations(range(len(rows[i])), 2)
            ]
            yield f"{family}: (a) {i} {j}", any(_sign(minor) in (1, -1) for minor in minors)
        for i, point in enumerate(family.kinks):
            units, (z,) = find_preactivations(family.tables, point)
            others = [unit for j, unit in enumerate(units) if j != i]
            on = [int(sign_of(unit) > 0) for unit in units]
            sides = [_gradient(family, [*on[:i], d, *on[i + 1 :]]) for d in (0, 1)]
            yield f"{family}: (b) {i}, signs", not units[i] and all(map(sign_of, others)) and sign_of(z) > 0
            yield f"{family}: (b) {i}, gradients", all(any(_sign(c) in (1, -1) for c in side) for side in sides)
        for F in _subsets(n):
            total = [sum((v[i] * rows[i][c] for i in F), 0 * v[0]) for c in range(family.n_in)]
            yield f"{family}: (c) {F}", any(_sign(c) in (1, -1) for c in total) == bool(F)
        units, (z,) = find_preactivations(family.tables, family.off)
        gradient = _gradient(family, [int(sign_of(unit) > 0) for unit in units])
        yield f"{family}: (d)", all(map(sign_of, units)) and sign_of(z) < 0 and any(map(sign_of, gradient))
        yield f"{family}: weights", all(map(_sign, v))


def _gradient(family: Family, on: Sequence[int]) -> list[Any]:
    one = family.tables[0][0][0] ** 0 if family.tables[0][0][0] else family.tables[0][1][0] ** 0
    (form,) = find_forms(family.tables, [[d * one for d in on]])[1]
    return list(form[:-1])


def _sign(value: Any) -> int:
    """The sign for all positive letters; 2 where the coefficients do not show one."""
    try:
        return sign_of(value)
    except ValueError:
        return 2


def _cases(families: Sequence[Family]) -> Iterator[tuple[str, bool]]:
    for family in families:
        side = 1 if family.case == 2 else -1
        signs = set()
        for point in family.half:
            (units,) = find_preactivations(family.tables[:1], point)
            here = _sign(units[family.neuron])
            signs.add(here)
            # a unit whose sign is not known there may be on or off
            for on in product(*((0, 1) if _sign(unit) == 2 else (int(_sign(unit) > 0),) for unit in units)):
                z = sum(
                    (v * d * a for v, d, a in zip(family.tables[1][0], on, units, strict=False)),
                    family.tables[1][0][-1],
                )
                yield f"{family}: z' at {point}, {on}", here in (side, 0) and _sign(z) == 1
        yield f"{family}: the hyperplane is included", signs == {side, 0}
        for sign, point in family.others.items():
            units, (z,) = find_preactivations(family.tables, point)
            away = sign_of(units[family.neuron])
            yield f"{family}: {sign} on the other side", away == -side and sign_of(z) == sign


def _numbers(families: Sequence[Family]) -> Iterator[tuple[str, bool]]:
    for family in families:
        letters = family.tables[1][0][0].numer.ring.gens
        numbers = [Fraction(2 * n + 3, n + 1) for n in range(len(letters))]
        layers = [[[at_numbers(entry, numbers) for entry in row] for row in table] for table in family.tables]
        net = Network.from_arrays(
            [*(([row[:-1] for row in table], [row[-1] for row in table]) for table in layers), ([[3]], [-1])]
        )
        pair = find_pairs(net).pairs[family.neuron]
        yield str(family), is_unique_by_one_last_neuron(regions(net)) and pair.cases == (family.case,)


PROOF = Proof(
    label="one_last_neuron_is_determined",
    paper=("N2", "N4", "I3"),
    where="§5.2 (2), (4)",
    statement="A neuron alone in the last of two hidden layers is determined, with the layer below, by the function, "
    "up to permutation and scaling, where the network satisfies (a) to (d). There are open sets of such networks in "
    "which a unit and this neuron are in case 2, or in case 4, and in no other.",
    covers=f"n_in-n-1-n_out for all n, by the argument; its identities with weights, biases and scales as letters for "
    f"(n_in, n) in {SIZES}; the families 1-2-1-1, 2-3-1-1 and 3-4-1-1 (case 2), 1-2-1-1 and 2-2-1-1 (case 4) for all "
    "positive letters. Rational networks are decided by evaluating (a) to (d), in decide_unique",
    does_not_cover="families for more inputs; deeper networks",
    length=9,
    derivation=derive,
)
