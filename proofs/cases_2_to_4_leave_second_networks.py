"""N2, N3 and N4, §5.2 (2) to (4), with further isomorphisms: on open sets in each case, and in case 3 often always.

Statement. Let z' = w ReLU(z) + r be in the layer after z.

- Case 2, z on => z' on, for two neurons z' and z'' that are heard by all in one ratio c' : c''. Their weights from z
  may be exchanged: w + t and u - t c'/c''. So it is in networks 1-2-2-1, 2-3-2-1 and 3-4-2-1 in which z' and z'' are
  both of a family of `one_last_neuron_is_determined`. In 1-2-2-1 the other unit is in case 4 with both.
- Case 3, z off => z' off, if nobody but z' hears z. For w > 0 the bias of z may be raised by any s > 0 and that of z'
  lowered by w s. For w < 0, if z' <= 0 where 0 <= z <= s, the bias of z may be lowered by s, and that of z' by |w| s;
  there is such an s if z' < 0 on B[z], since z has a least value where z, z' >= 0. For w = 0 nobody hears z. So there
  are always further isomorphisms where z' is alone in its layer and the boundaries do not touch.
- Case 4, z off => z' on: if both are alone in their layers z may be replaced by b'/|v| - z.

Proof. In cases 2 and 4, and 3 with w > 0, what changes at a point is compared in the proofs that this one rests on. In
the families the weight that is exchanged is a letter by itself, positive before and after, so that z' and z'' are on
where z is, before and after. For w < 0 the values at a point are letters: z = s + P, or 0 <= z <= s and z' = -Q, or z <
0; the activation of z' is the same before and after. In each case an open set is named: all letters positive.

Not isomorphic. In case 2 no two rows of layer 1 are positive multiples of each other, so an isomorphism leaves layer 1
as it is; and the new rows are multiples of none of the old ones, unless z' and z'' are multiples of each other besides
the weight from z. In case 3 z + s, as a function, would be a positive multiple of z or of another preactivation y of
its layer. It is so for one s at most for each y, since z is not constant. Case 4: by the proof that it rests on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any

from exactrev.equivalence import decide_equal
from exactrev.identifiability import find_pairs
from exactrev.network import Network, is_isomorphic
from exactrev.proofs import one_last_neuron_is_determined as last
from exactrev.proofs import two_narrow_layers_leave_a_second_network as narrow
from exactrev.proofs import weights_of_case_1_are_free_up_to_a_largest as free
from exactrev.proofs.letters import at_numbers, letter_field, relu, sign_of
from exactrev.proofs.proof import Proof, Step, check, rests_on

__all__ = ["PROOF", "derive", "lower_bias"]

Exchange = Callable[[Any, Any, Any, Any, Any], tuple[Any, Any]]
Shift = Callable[[Any, Any, Any], tuple[Any, Any]]
Rows = list[list[Fraction]]


def lower_bias(r: Any, w: Any, s: Any) -> tuple[Any, Any]:
    """Case 3 with w = -|w|: by how much z's bias is raised, and what becomes of r."""
    return -s, r + w * s


def derive(exchange: Exchange = free.exchange, shift: Shift = free.shift, lower: Shift = lower_bias) -> Iterator[Step]:
    """The steps, for the changes in cases 2 and 3."""
    yield check("case 2: the weight that is exchanged is a letter by itself in the families", _own_letter())
    yield check("case 2: the rows of the second network are no multiples of the old ones", _rows(exchange))
    yield check("case 3, w > 0: u_1 and z' = w a_1 - v a_2 - b are in it, for all positive letters", _raised())
    yield check("case 3, w < 0: with z's bias lowered z' passes on the same, wherever z is", _lowered(lower))
    yield check("case 3, w < 0: u_1 and z' = v a_2 - w a_1 - b are in it, u_2 = u_1 - s, for v > w", _hidden())
    yield check("case 4: z' = b' - v ReLU(z) is in it, for all positive letters", _alone())
    yield check(
        "in numbers: the pairs are in the cases, and the second networks equal and not isomorphic",
        _numbers(exchange, shift, lower),
    )
    yield rests_on(free.PROOF, last.PROOF, narrow.PROOF)


def _exchanging() -> list[last.Family]:
    return [family for family in last.FAMILIES if family.case == 2]


def _own_letter() -> Iterator[tuple[str, bool]]:
    for family in _exchanging():
        first, (second,) = family.tables
        v = second[family.neuron]
        alone = [entry for row in first for entry in row] + [
            entry for i, entry in enumerate(second) if i != family.neuron
        ]
        yield str(family), v.denom == 1 and len(v.numer.terms()) == 1 and not any(entry.diff(v) for entry in alone)


def _rows(exchange: Exchange) -> Iterator[tuple[str, bool]]:
    for family in _exchanging():
        for i, j in combinations(range(len(family.tables[0])), 2):
            a, b = family.tables[0][i], family.tables[0][j]
            multiple = all(a[c] * b[d] == a[d] * b[c] for c, d in combinations(range(len(a)), 2))
            opposite = any(sign_of(a[c] * b[c]) < 0 for c in range(len(a) - 1))
            yield f"{family}: rows {i} and {j} of layer 1", not multiple or opposite
    _, (w, a, b, u, a_other, b_other, t, c, c_other) = letter_field(["w", "a", "b", "u", "A", "B", "t", "c", "C"])
    w_new, u_new = exchange(w, u, t, c, c_other)
    yield "what is heard stays", c * w_new + c_other * u_new == c * w + c_other * u
    yield "z' is no multiple of its old row", bool(w_new * a - w * a)
    yield "z'' is no multiple of its old row", bool(u_new * a_other - u * a_other)
    yield "z' is no multiple of the old z''", bool(a * b_other - b * a_other)


def _signs_at(tables: Any, points: Sequence[Sequence[Any]]) -> list[tuple[int, int]]:
    """The signs of u_1 and z' at points."""
    found = []
    for point in points:
        units, (z,) = last.find_preactivations(tables, point)
        found.append((sign_of(units[0]), sign_of(z)))
    return found


def _raised() -> Iterator[tuple[str, bool]]:
    field, (w, v, b, X, Y) = letter_field(["w", "v", "b", "X", "Y"])
    one, zero = field.one, field.zero
    tables = [[[one, zero, zero], [zero, one, zero]], [[w, -v, -b]]]
    half = _signs_at(tables, [(x, y) for x in (-X, zero) for y in (Y, zero, -Y)])
    yield "z' is off on the half-space, also where u_1 is 0", half == [(-1, -1)] * 3 + [(0, -1)] * 3
    yield "z' is on and off beyond", _signs_at(tables, [(2 * b / w, -Y), (b / w / 2, -Y)]) == [(1, 1), (1, -1)]


def _lowered(lower: Shift) -> Iterator[tuple[str, bool]]:
    _, (w, s, P, Q, A, r) = letter_field(["w", "s", "P", "Q", "A", "r"])
    raised, r_new = lower(r, -w, s)
    yield "z beyond s", -w * (s + P) + r == -w * relu(s + P + raised) + r_new
    for name, z in (("z = s", s), ("0 < z < s", s * A / (A + 1)), ("z = 0", 0 * s)):
        for value in (-Q, 0 * Q):  # z' before
            raised, r_new = lower(value + w * z, -w, s)
            after = -w * relu(z + raised) + r_new
            yield f"{name}, z' = {value}", _is_off(after)
    for value in (-Q, 0 * Q):
        raised, r_new = lower(value, -w, s)
        yield f"z < 0, z' = {value}", _is_off(r_new) and not relu(-P + raised)
    yield "another bias of z", bool(lower(r, -w, s)[0])


def _is_off(value: Any) -> bool:
    try:
        return sign_of(value) <= 0
    except ValueError:
        return False


def _hidden() -> Iterator[tuple[str, bool]]:
    field, (w, e, s, b, X) = letter_field(["w", "e", "s", "b", "X"])
    tables = [[[field.one, field.zero], [field.one, -s]], [[-w, w + e, -b]]]
    yield "z' is off for u_1 <= 0", _signs_at(tables, [(-X,), (0 * X,)]) == [(-1, -1), (0, -1)]
    between = s * X / (X + 1)
    yield "and for u_1 <= s", _signs_at(tables, [(between,), (s,)]) == [(1, -1)] * 2
    yield "and on beyond", _signs_at(tables, [(s + (b + w * s + 1) / e,)]) == [(1, 1)]


def _alone() -> Iterator[tuple[str, bool]]:
    field, (v, b, X) = letter_field(["v", "b", "X"])
    tables = [[[field.one, field.zero]], [[-v, b]]]
    points = [(-X,), (0 * X,), (b / (2 * v),), (2 * b / v,)]
    yield "signs", _signs_at(tables, points) == [(-1, 1), (0, 1), (1, 1), (1, -1)]


def _numbers(exchange: Exchange, shift: Shift, lower: Shift) -> Iterator[tuple[str, bool]]:
    one = Fraction(1)
    for family in _exchanging():
        k = family.neuron
        first, z, other = _rows_in_numbers(family)
        w, u = exchange(z[k], other[k], one / 2, 3 * one, 2 * one)
        changed = [[entry if i != k else new for i, entry in enumerate(row)] for row, new in ((z, w), (other, u))]
        out = [[3 * one, 2 * one, -one]]
        yield str(family), _is_second(2, [first, [z, other], out], [first, changed, out])
    plane, end = [[one, 0 * one, 0 * one], [0 * one, one, 0 * one]], [[2 * one, one]]
    raised, b = shift(-one, 2 * one, one)
    second = [[*plane[0][:2], plane[0][2] + raised], plane[1]]
    yield "case 3, w > 0", _is_second(3, [plane, [[2 * one, -one, -one]], end], [second, [[2 * one, -one, b]], end])
    line = [[one, 0 * one], [one, -one]]
    raised, b = lower(-one, -2 * one, one)
    turned = [[one, raised], line[1]]
    yield (
        "case 3, w < 0",
        _is_second(3, [line, [[-2 * one, 3 * one, -one]], end], [turned, [[-2 * one, 3 * one, b]], end]),
    )
    chain = [[one, 0 * one]], [[-2 * one, 3 * one]], end
    second_chain = [[-one, 3 * one / 2]], [[-2 * one, 3 * one]], [[-2 * one, one + 2 * 3 * one]]
    yield "case 4", _is_second(4, list(chain), list(second_chain))


def _rows_in_numbers(family: last.Family) -> tuple[Rows, list[Fraction], list[Fraction]]:
    """Layer 1, and two rows of the family over it, with other numbers for the letters that are not in layer 1."""
    first, (row,) = family.tables
    letters = row[family.neuron].field.gens
    below = [any(entry.diff(letter) for unit in first for entry in unit) for letter in letters]
    values = [[Fraction(n + 2) if fixed else Fraction(n + k, n + 1) for n, fixed in enumerate(below)] for k in (2, 5)]
    units = [[at_numbers(entry, values[0]) for entry in unit] for unit in first]
    one, other = ([at_numbers(entry, numbers) for entry in row] for numbers in values)
    return units, one, other


def _is_second(case: int, tables: Sequence[Rows], changed: Sequence[Rows]) -> bool:
    """Whether u_1 and z[2,0] are in the case, and the other network is equal and not isomorphic."""
    one, other = (
        Network.from_arrays([([row[:-1] for row in table], [row[-1] for row in table]) for table in some])
        for some in (tables, changed)
    )
    pair = find_pairs(one).pairs[0]
    return pair.cases == (case,) and decide_equal(one, other).holds and not is_isomorphic(one, other)


PROOF = Proof(
    label="cases_2_to_4_leave_second_networks",
    paper=("N2", "N3", "N4", "I4"),
    where="§5.2 (2)-(4)",
    statement="In each of the cases 2 to 4 further isomorphisms exist on open sets: weights from z are exchanged "
    "between two neurons, z's bias is moved, z is turned round. In case 3 they always exist if nobody but z' hears z "
    "and the boundaries do not touch.",
    covers="case 2 in 1-2-2-1, 2-3-2-1 and 3-4-2-1, case 3 at any depth and width, case 4 for two layers of width 1 at "
    "any depth, and in 1-2-2-1; all weights, biases and sizes of the change as positive letters",
    does_not_cover="in case 4, whether the weight from z can be free other than by reflection; how often each occurs",
    length=8,
    derivation=derive,
)
