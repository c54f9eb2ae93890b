"""I3, §3.1: two consecutive hidden layers of width 1 always leave a second network of the same architecture.

Statement. Let z be the only neuron of a hidden layer, whichever it is, and z' = v ReLU(z) + b' that of the next. Every
neuron or output after them is n ReLU(z') + e, with its own n and e. Let s > 0. If z is not constant, the same function
is computed with

- v = 0: the bias of z raised by s;
- v > 0 >= b': the bias of z raised by s, b' lowered by v s;
- v > 0, b' > 0: b' raised by s, every e lowered by n s;
- v < 0, b' <= 0: b' lowered by s;
- v < 0 < b': z replaced by b'/|v| - z, n negated, and b' n added to e.

Proof. Both sides are continuous, piecewise affine functions of one number, the preactivation of z. V, B, s > 0 are
letters, v is -V, 0 or V, b' is -B, 0 or B; n and e are letters of any sign. The kinks of both functions are rational
functions of V, B, s. Two functions that agree at all kinks and at one point beyond the last on either side agree
everywhere: between neighbouring kinks both are affine. A rational function whose coefficients are all positive is
positive, and so every comparison of the steps is decided; one that cannot be decided fails the proof.

Not isomorphic, in whatever layer z is: an isomorphism multiplies the preactivation of the only neuron of a layer, as a
function of the input, by a positive number, l for z and l' for z', and makes l' v / l of v, whatever it does to other
layers. z is not constant: it has two values y and y + D. In the second network z is w y + c there, with the new w and
c; that is l y and l (y + D) only if c = 0 and l = w. And then l' = l v~ / v, if v is not 0, and b'~ has to be l' b'.
One of these is false in each case. Layers below may have symmetries of their own, since only functions are compared.

If z is constant, N is, and no more is unique: the same function is computed with z = -1, z' = ReLU(z) + t and every e
lowered by n ReLU(t), for t = -1, 0, 1. Isomorphisms keep the sign of the bias of z', so one of these at most is
isomorphic to N.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations, product
from typing import Any

from exactrev.equivalence import decide_equal
from exactrev.identifiability.second_networks import find_narrow
from exactrev.network import AffineMap, Network, is_isomorphic
from exactrev.network.isomorphisms import act_on_rows
from exactrev.proofs.letters import at_numbers, find_forms, letter_field, letter_network, relu, sign_of
from exactrev.proofs.proof import Proof, Step, check

__all__ = ["PROOF", "Chain", "derive", "replace_chain"]


@dataclass(frozen=True, slots=True)
class Chain:
    """x -> n ReLU(v ReLU(w x + b) + later) + e; the entries are letters or numbers."""

    w: Any
    b: Any
    v: Any
    later: Any
    n: Any
    e: Any

    def kinks(self) -> list[Any]:
        """Where it may bend: at the zero of w x + b, and where v (w x + b) + later is 0."""
        first = [-self.b / self.w]
        return first if not self.v else [*first, (-self.later / self.v - self.b) / self.w]

    def __call__(self, x: Any) -> Any:
        return self.n * relu(self.v * relu(self.w * x + self.b) + self.later) + self.e


Replacement = Callable[[Chain, Any], Chain]
Act = Callable[[Any, Any, Any], list[list[list[Any]]]]

NARROW = (((2, 1, 1, 1), 1), ((2, 2, 1, 1, 2), 2), ((1, 2, 2, 1, 1, 2, 1), 3), ((2, 1, 1, 1, 1), 2))
"""Shapes, and the layer of z."""


def derive(replacement: Replacement | None = None, act: Act = act_on_rows) -> Iterator[Step]:
    """The steps, for a way to find the second chain, by default `replace_chain`, and for what isomorphisms do."""
    replaced = replacement or replace_chain
    yield check("the two functions agree at all kinks and beyond them, in each of the nine cases", _equal(replaced))
    yield check("an isomorphism multiplies z and z' by l, l' > 0 as functions, and v by l'/l", _multiples(act))
    yield check("z and z' are not so multiplied: the second network is not isomorphic", _different(replaced))
    yield check("if z is constant, three networks with biases of all signs are equal", _constant())
    yield check("in numbers, above layers with symmetries, the second network is not isomorphic", _above(replaced))
    yield check("in numbers these are the second networks that exactrev constructs", _numbers(replaced))


def replace_chain(chain: Chain, s: Any) -> Chain:
    """The second chain of the statement."""
    w, b, v, later, n, e = chain.w, chain.b, chain.v, chain.later, chain.n, chain.e
    if not v:
        return Chain(w, b + s, v, later, n, e)
    if sign_of(v) > 0:
        if sign_of(later) > 0:
            return Chain(w, b, v, later + s, n, e - n * s)
        return Chain(w, b + s, v, later - v * s, n, e)
    if sign_of(later) > 0:
        return Chain(-w, later / -v - b, v, later, -n, e + later * n)
    return Chain(w, b, v, later - s, n, e)


def _cases() -> Iterator[tuple[str, Chain, Any, Any]]:
    """(name, the chain, s, 1) for the nine cases; z = x, because what is below enters as the number z only."""
    field, (V, B, s, n, e) = letter_field(["V", "B", "s", "n", "e"])
    for v_name, v in (("v = -V", -V), ("v = 0", field.zero), ("v = V", V)):
        for b_name, later in (("b' = -B", -B), ("b' = 0", field.zero), ("b' = B", B)):
            yield f"{v_name}, {b_name}", Chain(field.one, field.zero, v, later, n, e), s, field.one


def _equal(replaced: Replacement) -> Iterator[tuple[str, bool]]:
    for name, chain, s, one in _cases():
        second = replaced(chain, s)
        kinks = [*chain.kinks(), *second.kinks()]
        try:
            low = next(x for x in kinks if all(sign_of(y - x) >= 0 for y in kinks))
            high = next(x for x in kinks if all(sign_of(x - y) >= 0 for y in kinks))
            yield name, all(chain(x) == second(x) for x in (*kinks, low - one, high + one))
        except (ValueError, StopIteration) as error:
            yield f"{name}: {error}", False


def _multiples(act: Act) -> Iterator[tuple[str, bool]]:
    for widths, k in NARROW:
        hidden = widths[1:-1]
        net = letter_network(widths, [f"c{layer}_{i}" for layer, width in enumerate(hidden, 1) for i in range(width)])
        letters = iter(net.extra)
        scales = [[next(letters) for _ in range(width)] for width in hidden]
        forms = find_forms(net.tables, net.activity)
        for orders in product(*(permutations(range(width)) for width in hidden)):
            image = act(net.tables, orders, scales)
            moved = [[row[i] for i in order] for row, order in zip(net.activity, orders, strict=True)]
            found = find_forms(image, moved)
            name = f"{widths}, {orders}"
            for layer in (k, k + 1):
                factor = scales[layer - 1][0]
                yield f"{name}, layer {layer}", found[layer - 1][0] == [factor * c for c in forms[layer - 1][0]]
            (v, later), ratio = net.tables[k][0], scales[k][0] / scales[k - 1][0]
            yield f"{name}, the row of z'", image[k][0] == [v * ratio, later * scales[k][0]]


def _different(replaced: Replacement) -> Iterator[tuple[str, bool]]:
    field, (V, B, s, n, e, y, D) = letter_field(["V", "B", "s", "n", "e", "y", "D"])
    for v in (-V, 0 * V, V):
        for later in (-B, 0 * B, B):
            chain = Chain(field.one, field.zero, v, later, n, e)  # z itself is the variable
            second = replaced(chain, s)
            here, there = (second.w * value + second.b for value in (y, y + D))
            multiple = here * (y + D) == there * y
            scaled = multiple and here == second.w * y and sign_of(second.w) > 0
            isomorphic = scaled and (second.v * later * second.w == second.later * v if v else not second.v)
            yield f"v = {v}, b' = {later}", not isomorphic


def _constant() -> Iterator[tuple[str, bool]]:
    field, (n, value) = letter_field(["n", "value"])
    signs = set()
    for t in (-1, 0, 1):
        chain = Chain(field.zero, -field.one, field.one, t * field.one, n, value - n * relu(t * field.one))
        yield f"t = {t}", chain(n) == value and not any(chain(x) != value for x in (n, -n, field.zero))
        signs.add(sign_of(chain.later))
    yield "three signs", len(signs) == 3


NUMBERS = {"V": 3, "B": 5, "s": 1, "n": 7, "e": 11, "w": 2, "b": -4}  # find_narrow takes s = 1


def _cases_in_letters() -> Iterator[tuple[str, Chain, Any]]:
    _, (V, B, s, n, e, w, b) = letter_field(list(NUMBERS))
    for v in (-V, 0 * V, V):
        for later in (-B, 0 * B, B):
            yield f"v = {v}, b' = {later}", Chain(w, b, v, later, n, e), s


def _at_numbers(chain: Chain, row: Sequence[int]) -> list[list[Fraction]]:
    """The rows of the last three layers, where x stands for the row [W | b]."""
    entries = (chain.w, chain.b, chain.v, chain.later, chain.n, chain.e)
    w, b, *others = (at_numbers(entry, list(map(Fraction, NUMBERS.values()))) for entry in entries)
    return [[*(w * c for c in row[:-1]), w * row[-1] + b], others[:2], others[2:]]


def _above(replaced: Replacement) -> Iterator[tuple[str, bool]]:
    """The chain above u, 2 u and -u: the first two may be exchanged and scaled without a change to their layer."""
    below = AffineMap.from_arrays([[1, -2], [2, -4], [-1, 2]], [1, 2, -1])
    for name, chain, s in _cases_in_letters():
        tables = [_at_numbers(one, (4, 2, -1, 3)) for one in (chain, replaced(chain, s))]
        first, second = (Network((below, *(AffineMap.from_fractions([row]) for row in table))) for table in tables)
        yield name, decide_equal(first, second).holds and not is_isomorphic(first, second)


def _numbers(replaced: Replacement) -> Iterator[tuple[str, bool]]:
    for name, chain, s in _cases_in_letters():
        tables = [_at_numbers(one, (1, 0)) for one in (chain, replaced(chain, s))]
        first, second = (Network(tuple(AffineMap.from_fractions([row]) for row in table)) for table in tables)
        (found,) = find_narrow(first)
        yield name, found.network == second


PROOF = Proof(
    label="two_narrow_layers_leave_a_second_network",
    paper=("I3",),
    where="§3.1",
    statement="Where two consecutive hidden layers have width 1, there is another network of the same architecture "
    "with the same function that is not isomorphic: so not every architecture has networks whose only isomorphisms "
    "are permutation and scaling.",
    covers="all networks of these architectures; all weights, biases and sizes of the change, as letters, in the nine "
    "cases of signs of v and b', and z constant; any depth, other widths, inputs and outputs, since what is below "
    "enters as one number and what is above is affine in ReLU(z')",
    does_not_cover="which other architectures have networks without further isomorphisms",
    length=6,
    derivation=derive,
)
