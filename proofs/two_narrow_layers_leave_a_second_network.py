"""I3, §3.1: two consecutive hidden layers of width 1 always leave a second network of the same architecture.

Statement. Let z, not constant, be the only neuron of a hidden layer, and z' = v ReLU(z) + b' that of the next. Every
neuron or output after them is n ReLU(z') + e, with its own n and e. Let s > 0. The same function is computed with

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

Not isomorphic: z's row and the new one are not multiples of each other by a positive number, or z's is and then the
row of z' is not multiplied as it would have to be. For z in layer 1 an isomorphism can do nothing else to these rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from exactrev.arithmetic.numbers import lift
from exactrev.identifiability.second_networks import find_narrow
from exactrev.network import Network
from exactrev.proofs.letters import letter_field, relu, sign_of
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


def derive(replacement: Replacement | None = None) -> Iterator[Step]:
    """The steps, for a way to find the second chain; by default `replace_chain`."""
    replaced = replacement or replace_chain
    yield check("the two functions agree at all kinks and beyond them, in each of the nine cases", _equal(replaced))
    yield check("the rows are not those of an isomorphic network", _different(replaced))
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


def _different(replaced: Replacement) -> Iterator[tuple[str, bool]]:
    _, (w, b, V, B, s, n, e) = letter_field(["w", "b", "V", "B", "s", "n", "e"])
    for v in (-V, 0 * V, V):
        for later in (-B, 0 * B, B):
            chain = Chain(w, b, v, later, n, e)
            second = replaced(chain, s)
            turned = second.w == -chain.w  # multiplied by a negative number, if by any
            moved = bool(second.w * chain.b - second.b * chain.w)
            # the row of z stays: so z is scaled by 1, and z' by 1 where v is not 0
            later_moved = second.w == chain.w and second.v == chain.v and bool(v) and second.later != chain.later
            yield f"v = {v}, b' = {later}", turned or moved or later_moved


def _numbers(replaced: Replacement) -> Iterator[tuple[str, bool]]:
    _, (V, B, s, n, e, w, b) = letter_field(["V", "B", "s", "n", "e", "w", "b"])
    values = [Fraction(entry) for entry in (3, 5, 1, 7, 11, 2, -4)]  # find_narrow takes s = 1

    def at(element: Any) -> Fraction:
        places = list(zip(element.numer.ring.gens, values, strict=True))
        above, below = (lift(polynomial.evaluate(places)) for polynomial in (element.numer, element.denom))
        return above / below

    def network(chain: Chain) -> Network:
        entries = [at(entry) for entry in (chain.w, chain.b, chain.v, chain.later, chain.n, chain.e)]
        return Network.from_arrays([([[entries[2 * k]]], [entries[2 * k + 1]]) for k in range(3)])

    for v in (-V, 0 * V, V):
        for later in (-B, 0 * B, B):
            chain = Chain(w, b, v, later, n, e)
            (found,) = find_narrow(network(chain))
            yield f"v = {at(v)}, b' = {at(later)}", found.network == network(replaced(chain, s))


PROOF = Proof(
    label="two_narrow_layers_leave_a_second_network",
    paper=("I3",),
    where="§3.1",
    statement="Where two consecutive hidden layers have width 1, there is another network of the same architecture "
    "with the same function that is not isomorphic: so not every architecture has networks whose only isomorphisms "
    "are permutation and scaling.",
    covers="all weights, biases and sizes of the change, as letters, in the nine cases of signs of v and b'; any "
    "depth, other widths, inputs and outputs, since what is below enters as one number and what is above is affine in "
    "ReLU(z')",
    does_not_cover="non-isomorphy is shown for z in layer 1; deeper it is checked for networks in numbers by the "
    "claim of the same label; which other architectures have such networks",
    length=3,
    derivation=derive,
)
