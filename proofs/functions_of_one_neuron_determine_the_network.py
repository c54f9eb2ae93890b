"""N3 and N4, §5.2 (3) and (4), without further isomorphisms: a layer over one neuron is determined by the function.

Statement. Let layer 1 have one neuron, u = w x + b with w not 0, and layer 2, the last hidden one, n >= 2 neurons

    z_j = v_j ReLU(u) + b_j,    for j in L: v_j < 0 < b_j,    for j not in L: v_j > 0 > b_j,

neither kind absent: for j in L u inactive implies z_j active (case 4), for the others u inactive implies z_j inactive
(case 3), and each z_j changes its sign where u is active. Let J_j be |v_j| times the weights out of z_j. Unless

    b_i v_j = b_j v_i for some i, j,    or    the sum of J_j over some S other than L is the sum over L,

every network of the same architecture with the same function is isomorphic to this one. So it is on an open set, for
any numbers of inputs and outputs.

Proof. Let M be such a network, with u~ and z~_j.

- In every region the gradients of M are multiples of the row of u~, those of N of w, and N is not constant; so u~ is
  a multiple of u plus a constant, and both are functions of the number u. N has kinks at 0 and at the n different
  numbers t_j = -b_j/v_j > 0: the slope jumps by J_j at t_j, which is not 0 (let S be L without j, or with it), and at 0
  from 0 to minus the sum of J_j over L (S empty).
- M has a kink where u~ is 0, and one for each j at most, where u~ is active: z~_j is affine in u~ there. That makes n +
  1, so all are kinks of N, and all different. Those of the z~_j lie on one side of u~'s: it is at 0, with u~ positive
  for u > 0, or at the largest t_j and reversed.
- Up to positive scaling z~_j is then known but for its sign, and the jump is |v~_j| times the weights out of it for
  both signs. If S are the j in which z~_j is positive where u~ is 0, the slope beyond is minus the sum of J_j over S.
- With u~'s kink at 0, S has to be L, and then all rows, weights out and output biases are those of N up to scaling.
  With it at the largest t_j, N would be constant beyond; but its slope there is the sum over all j not in L, and not 0
  (S all j). So every other candidate differs from N by one of the polynomials; where that vanishes it is a second
  network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, pairwise, product
from typing import Any

from exactrev.equivalence import decide_equal
from exactrev.identifiability import decide_unique
from exactrev.network import Network, is_isomorphic
from exactrev.network.isomorphisms import act_on_rows
from exactrev.proofs.letters import check_forms, find_forms, letter_field, letter_network, sign_of, tables_of
from exactrev.proofs.proof import Proof, Step, check
from exactrev.verdict import Outcome

__all__ = ["PROOF", "derive", "find_candidates", "find_exceptional"]

Table = list[list[Any]]
FindCandidates = Callable[
    [Sequence[Any], Sequence[Sequence[Any]], Sequence[Any]], Iterator[tuple[frozenset[int], list[Table]]]
]

SIZES = ((2, 1), (3, 1), (2, 2), (3, 2))
"""(n, n_out)."""


def find_candidates(
    kinks: Sequence[Any], jumps: Sequence[Sequence[Any]], start: Sequence[Any]
) -> Iterator[tuple[frozenset[int], list[Table]]]:
    """(S, rows of a network 1-1-n-m): those whose first neuron is x, that have these kinks and jumps, and the value
    `start` for x < 0, up to scaling. S are the neurons of layer 2 that are positive there."""
    zero, one = 0 * kinks[0], kinks[0] ** 0
    for signs in product((1, -1), repeat=len(kinks)):
        S = frozenset(j for j, sign in enumerate(signs) if sign < 0)
        rows = [[sign * one, -sign * t] for sign, t in zip(signs, kinks, strict=True)]
        out = [
            [*(jump[o] for jump in jumps), value - sum((jumps[j][o] * kinks[j] for j in S), zero)]
            for o, value in enumerate(start)
        ]
        yield S, [[[one, zero]], rows, out]


def find_exceptional(net: Network) -> Iterator[str]:
    """The polynomials that vanish at a network n_in-1-n-m, and what else of the statement's conditions does not hold.

    If nothing is found, every network of the architecture with the same function is isomorphic to this one.
    """
    first, second, last = tables_of(net)
    if not any(first[0][:-1]):
        yield "w = 0"
    L = frozenset(j for j, (v, b) in enumerate(second) if v < 0 < b)
    if any(v * b >= 0 for v, b in second) or len(L) in (0, len(second)):
        yield "the signs are not those of cases 3 and 4, both of them"
    for (i, (v, b)), (j, (v_other, b_other)) in combinations(enumerate(second), 2):
        if b * v_other == b_other * v:
            yield f"b_{i} v_{j} - b_{j} v_{i}"
    jumps = [[row[j] * abs(v) for row in last] for j, (v, _) in enumerate(second)]
    for S in _subsets(len(second)):
        if S != L and not any(_difference(jumps, S, L)):
            yield f"sum of J over {sorted(S)} minus that over {sorted(L)}"


def derive(candidates: FindCandidates = find_candidates, allowed: Callable[[int], bool] = bool) -> Iterator[Step]:
    """The steps, for a way to find the candidates. `allowed` says which numbers of neurons in L, and not in L, are."""
    yield check_forms()
    yield check("all gradients of the outputs are multiples of the row of the only neuron of layer 1", _multiples())
    yield check("a neuron over it has one kink, with jump |v| times the weights out, for both signs of v", _one_kink())
    yield check("N's slope is 0, minus the sum of J over L, and in the end the sum over the others", _slopes(allowed))
    yield check(
        "a candidate has N's slopes up to one and the same polynomial, which is not 0", _others(candidates, allowed)
    )
    yield check("the candidate with S = L is N, scaled", _same(candidates))
    yield check("neurons in L are in case 4, the others in case 3", _cases())
    yield check(
        "in numbers: where no polynomial vanishes no second network is found, where one does there is one", _numbers()
    )


def _subsets(n: int) -> Iterator[frozenset[int]]:
    return (frozenset(S) for size in range(n + 1) for S in combinations(range(n), size))


def _difference(jumps: Sequence[Sequence[Any]], S: frozenset[int], L: frozenset[int]) -> list[Any]:
    """The sum of J over L minus the sum over S, by outputs."""
    zero = 0 * jumps[0][0]
    sums = [[sum((jumps[j][o] for j in some), zero) for o in range(len(jumps[0]))] for some in (L, S)]
    return [a - b for a, b in zip(*sums, strict=True)]


def _network(n: int, n_out: int, L: frozenset[int]) -> tuple[list[Table], list[Any], list[list[Any]], list[Any]]:
    """(rows, kinks, jumps, value for x < 0) of N over the number u = x; the kinks are t_1 < t_2 < ..."""
    names = [*(f"T{j}" for j in range(n)), *(f"V{j}" for j in range(n))]
    names += [f"C{o}_{j}" for o in range(n_out) for j in range(n)] + [f"D{o}" for o in range(n_out)]
    field, letters = letter_field(names)
    kinks = [sum(letters[: j + 1], field.zero) for j in range(n)]
    v = [-letters[n + j] if j in L else letters[n + j] for j in range(n)]
    C = [letters[2 * n + o * n : 2 * n + (o + 1) * n] for o in range(n_out)]
    D = letters[2 * n + n_out * n :]
    rows = [[weight, -weight * t] for weight, t in zip(v, kinks, strict=True)]
    tables = [[[field.one, field.zero]], rows, [[*row, d] for row, d in zip(C, D, strict=True)]]
    jumps = [[C[o][j] * letters[n + j] for o in range(n_out)] for j in range(n)]
    start = [D[o] + sum((C[o][j] * rows[j][1] for j in L), field.zero) for o in range(n_out)]
    return tables, kinks, jumps, start


def _all(allowed: Callable[[int], bool] = bool) -> Iterator[tuple[str, frozenset[int], tuple[Any, ...]]]:
    for n, n_out in SIZES:
        for L in _subsets(n):
            if allowed(len(L)) and allowed(n - len(L)):
                yield f"n = {n}, n_out = {n_out}, L = {sorted(L)}", L, _network(n, n_out, L)


def _outputs(tables: list[Table], kinks: Sequence[Any]) -> list[list[list[Any]]]:
    """The forms [slope | constant] of the outputs for x < 0, between the kinks, and beyond."""
    one = kinks[0] ** 0
    points = [-one, kinks[0] / 2, *((a + b) / 2 for a, b in pairwise(kinks)), kinks[-1] + one]
    found = []
    for x in points:
        first = one if sign_of(x) > 0 else 0 * one
        second = [one if sign_of(v * first * x + b) > 0 else 0 * one for v, b in tables[1]]
        found.append(find_forms(tables, [[first], second])[2])
    return found


def _multiples() -> Iterator[tuple[str, bool]]:
    for widths in ((2, 1, 2, 1), (3, 1, 2, 2), (3, 1, 3, 1)):
        net = letter_network(widths)
        row = net.tables[0][0]
        for o, form in enumerate(find_forms(net.tables, net.activity)[2]):
            for i, j in combinations(range(widths[0]), 2):
                yield f"{widths}, output {o}, {i} {j}", form[i] * row[j] == form[j] * row[i]


def _one_kink() -> Iterator[tuple[str, bool]]:
    field, (V, b, C, D, P) = letter_field(["V", "b", "C", "D", "P"])
    for sign in (1, -1):
        tables = [[[field.one, field.zero]], [[sign * V, b]], [[C, D]]]
        off, on = (find_forms(tables, [[field.one], [d * field.one]])[2][0] for d in (0, 1))
        before, after = (off, on) if sign > 0 else (on, off)
        yield f"sign {sign}: the jump", after[0] - before[0] == C * V
        for d in (0, 1):
            silent = find_forms(tables, [[field.zero], [d * field.one]])[2][0]
            yield f"sign {sign}: no slope where the first is off", not silent[0]
        zero = -b / (sign * V)
        yield f"sign {sign}: side", sign_of(sign * V * (zero + sign * P) + b) == 1


def _slopes(allowed: Callable[[int], bool]) -> Iterator[tuple[str, bool]]:
    for name, L, (tables, kinks, jumps, _) in _all(allowed):
        forms = _outputs(tables, kinks)
        everything = frozenset(range(len(kinks)))
        slopes = [[form[0] for form in outputs] for outputs in forms]
        first, last = _difference(jumps, L, frozenset()), _difference(jumps, frozenset(), everything - L)
        yield f"{name}: constant for x < 0", not any(slopes[0])
        yield f"{name}: after 0", slopes[1] == first and any(first)
        yield f"{name}: in the end", slopes[-1] == last and any(last)
        for j, (before, after) in enumerate(pairwise(slopes[1:])):
            yield f"{name}: at kink {j}", [b - a for a, b in zip(before, after, strict=True)] == jumps[j]


def _others(candidates: FindCandidates, allowed: Callable[[int], bool]) -> Iterator[tuple[str, bool]]:
    for name, L, (tables, kinks, jumps, start) in _all(allowed):
        own = _outputs(tables, kinks)
        for S, other in candidates(kinks, jumps, start):
            found = _outputs(other, kinks)
            polynomial = _difference(jumps, S, L)
            rest = [
                [a[0] - b[0] for a, b in zip(one, two, strict=True)]
                for one, two in zip(found[1:], own[1:], strict=True)
            ]
            same = all(difference == polynomial for difference in rest) and found[0] == own[0]
            yield f"{name}, S = {sorted(S)}", same and any(polynomial) == (S != L)


def _same(candidates: FindCandidates) -> Iterator[tuple[str, bool]]:
    for name, L, (tables, kinks, jumps, start) in _all():
        n = len(kinks)
        scales = [[kinks[0] ** 0], [1 / abs_v for abs_v in (-v if j in L else v for j, (v, _) in enumerate(tables[1]))]]
        image = act_on_rows(tables, [(0,), tuple(range(n))], scales)
        (found,) = [other for S, other in candidates(kinks, jumps, start) if S == L]
        yield name, image == found and all(sign_of(c) > 0 for c in scales[1])


def _cases() -> Iterator[tuple[str, bool]]:
    for name, L, (tables, kinks, _, _) in _all():
        for j, (v, b) in enumerate(tables[1]):
            on = [sign_of(v * x + b) for x in (kinks[j] / 2, 2 * kinks[j])]
            expected = (1, [1, -1]) if j in L else (-1, [-1, 1])
            yield f"{name}, neuron {j}", (sign_of(b), on) == expected


def _numbers() -> Iterator[tuple[str, bool]]:
    for seed, (n, n_out) in enumerate(SIZES):
        second = [([j + 2], Fraction(-3 * j - 1)) if j % 2 else ([-j - 1], Fraction(2 * j + 5)) for j in range(n)]
        out = [[(-1) ** j * (3**j + o) for j in range(n)] for o in range(n_out)]
        net = Network.from_arrays(
            [([[2, -1]], [seed]), ([row for row, _ in second], [b for _, b in second]), (out, [0] * n_out)]
        )
        fine = not list(find_exceptional(net)) and decide_unique(net).outcome is not Outcome.FAILS
        yield f"n = {n}, n_out = {n_out}", fine
    # ReLU(1 - a) + ReLU(a - 2) = ReLU(a - 1) + ReLU(2 - a) - 1 for a >= 0: J = (1, 1)
    twice = [
        Network.from_arrays([([[1]], [0]), ([[-s], [s]], [s, -2 * s]), ([[1, 1]], [(s - 1) // 2])]) for s in (1, -1)
    ]
    found = list(find_exceptional(twice[0]))
    difference = decide_equal(twice[0], twice[1]).holds and not is_isomorphic(twice[0], twice[1])
    yield "equal jumps", found == ["sum of J over [1] minus that over [0]"] and difference


PROOF = Proof(
    label="functions_of_one_neuron_determine_the_network",
    paper=("N3", "N4", "I3"),
    where="§5.2 (3), (4)",
    statement="Over a single neuron u of layer 1, let n >= 2 neurons of layer 2, the last hidden one, be in case 3 or "
    "case 4 with it, both cases occurring. Off explicit polynomials every network of this architecture with the same "
    "function is isomorphic: there are no further isomorphisms.",
    covers="n_in-1-n-n_out for all n >= 2, by the argument; its identities, with all weights, biases and kinks as "
    f"letters and all sets L, for (n, n_out) in {SIZES}. Rational networks are decided by find_exceptional",
    does_not_cover="networks in which all of layer 2 is in one case; wider first layers",
    length=8,
    derivation=derive,
)
