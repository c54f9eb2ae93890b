"""§5.2, cases (1) to (3): what disjoint boundaries leave open (N1; N2 and N3 where there are further isomorphisms).

Statement. Let z' = w ReLU(z) + r be a neuron of the layer after z, where r is what the other units and the bias give.

- Case 1, z on => z' off: with every smaller w the network is the same function; so the weights that do not change it
  are an interval without lower end. A weight that is larger by D changes z' if somewhere z > Q/D and z' = -Q. (N1)
- Case 2, z on => z' on, and the same for z'' = u ReLU(z) + r'': if both stay on, w may be raised by t and u lowered by
  t c'/c'', where c' and c'' are the weights out of z' and z''. If their ratio is the same for everything that listens,
  that is a line of networks with the same function. (N2)
- Case 3, z off => z' off, w > 0, and nobody else listens to z: the bias of z may be raised by any s > 0 and that of z'
  lowered by w s. (N3)

Proof. Where z is on, its value is a letter P > 0; where it is off, z < 0 is a letter too, or 0. What the case says of
z' there is put in for r. Then the activations of z' before and after the change are compared: they are the same letter,
or neither is positive, by the signs of coefficients. All numbers are letters, w of any sign in cases 1 and 2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from exactrev.proofs.letters import letter_field, sign_of
from exactrev.proofs.proof import Proof, Step, check

__all__ = ["PROOF", "derive"]

Lower = Callable[[Any, Any], Any]
Exchange = Callable[[Any, Any, Any, Any, Any], tuple[Any, Any]]
Shift = Callable[[Any, Any, Any], tuple[Any, Any]]


def lower(w: Any, D: Any) -> Any:
    """Case 1: a smaller weight."""
    return w - D


def exchange(w: Any, u: Any, t: Any, c: Any, c_other: Any) -> tuple[Any, Any]:
    """Case 2: the weights of z' and z'' for z."""
    return w + t, u - t * c / c_other


def shift(r: Any, w: Any, s: Any) -> tuple[Any, Any]:
    """Case 3: by how much z's bias is raised, and what becomes of r."""
    return s, r - w * s


def derive(lower: Lower = lower, exchange: Exchange = exchange, shift: Shift = shift) -> Iterator[Step]:
    """The steps, for the three changes."""
    yield check("case 1: with a smaller weight z' stays off where z is on, and is as before elsewhere", _case_1(lower))
    yield check("case 1: with a larger weight z' is on at a point with z > Q/D", _largest(lower))
    yield check("case 2: what z' and z'' pass on stays, where z is on and where it is off", _case_2(exchange))
    yield check("case 3: z' passes on the same, wherever z is", _case_3(shift))
    yield check("case 3: the new rows are no multiples of the old ones", _not_isomorphic(shift))


def _same_activation(before: Any, after: Any) -> bool:
    """Whether ReLU of both is the same for all positive values of the letters."""
    if before == after:
        return True
    try:
        return sign_of(before) <= 0 and sign_of(after) <= 0
    except ValueError:
        return False


def _case_1(lower: Lower) -> Iterator[tuple[str, bool]]:
    _, (w, P, Q, D, r) = letter_field(["w", "P", "Q", "D", "r"])
    for name, off in (("z' < 0", -Q), ("z' = 0", 0 * Q)):
        r_on = off - w * P  # z = P and z' = w P + r = off
        yield f"z on, {name}", _same_activation(w * P + r_on, lower(w, D) * P + r_on) and sign_of(off) <= 0
    yield "z off", _same_activation(w * (0 * P) + r, lower(w, D) * (0 * P) + r)


def _largest(lower: Lower) -> Iterator[tuple[str, bool]]:
    _, (w, Q, D, e) = letter_field(["w", "Q", "D", "e"])
    P = (Q + e) / D  # beyond Q/D
    r = -Q - w * P
    try:
        on = sign_of(lower(w, -D) * P + r) > 0
    except ValueError:
        on = False
    yield "z = (Q + e)/D", on and sign_of(w * P + r) < 0


def _case_2(exchange: Exchange) -> Iterator[tuple[str, bool]]:
    _, (w, u, t, c, c_other, P, r, r_other) = letter_field(["w", "u", "t", "c", "c_other", "P", "r", "r_other"])
    w_new, u_new = exchange(w, u, t, c, c_other)
    for name, z in (("z on", P), ("z off", 0 * P)):
        before = c * (w * z + r) + c_other * (u * z + r_other)  # both are on where z is
        after = c * (w_new * z + r) + c_other * (u_new * z + r_other)
        yield name, before == after
    yield "z off, one by one", w * (0 * P) + r == w_new * (0 * P) + r
    yield "another network", w_new != w


def _case_3(shift: Shift) -> Iterator[tuple[str, bool]]:
    _, (w, P, M, Q, s, r) = letter_field(["w", "P", "M", "Q", "s", "r"])
    raised, r_new = shift(r, w, s)
    yield "z on", _same_activation(w * P + r, w * (P + raised) + r_new)
    for name, off in (("r < 0", -Q), ("r = 0", 0 * Q)):
        raised, r_new = shift(off, w, s)
        # z = -M/(M + 1) s lies between -s and 0, and M > 0 reaches all of these; then z + s = s/(M + 1)
        z = -M * s / (M + 1)
        yield f"z off and on after, {name}", _same_activation(off, w * (z + raised) + r_new)
        yield f"z = 0, {name}", _same_activation(off, w * raised + r_new)
        yield f"z off before and after, {name}", _same_activation(off, r_new)


def _not_isomorphic(shift: Shift) -> Iterator[tuple[str, bool]]:
    _, (g, b, w, b_next, s) = letter_field(["g", "b", "w", "b_next", "s"])
    raised, b_new = shift(b_next, w, s)
    yield "the row of z", bool(g * (b + raised) - g * b)
    yield "the bias of z'", b_new != b_next


PROOF = Proof(
    label="weights_of_case_1_are_free_up_to_a_largest",
    paper=("N1",),
    where="§5.2 (1)-(3)",
    statement="If z' is off wherever z is on (case 1), every smaller weight from z to z' gives the same function, and "
    "a larger one changes z' where z is large. In case 2 two such neurons may exchange weights, in case 3 a neuron "
    "heard by one other may be shifted: further isomorphisms.",
    covers="all values at a point as letters, in each combination of signs that the case allows: any depth, widths "
    "and pattern; cases 2 and 3 (N2, N3) where there are further isomorphisms",
    does_not_cover="the number at which the interval of case 1 ends (weights_of_case_1_can_rise); where cases 2 and 3 "
    "occur, and case 4 (cases_2_to_4_leave_second_networks)",
    length=5,
    derivation=derive,
)
