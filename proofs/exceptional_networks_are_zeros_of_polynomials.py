"""What "almost all" leaves out (M1): polynomials, none of them 0, for Theorem 1, Theorem 2 as corrected and Theorem 3.

Statement. For each architecture the following are finitely many polynomials in weights and biases, none of them 0. A
pattern says which hidden neurons are on; forms and sums over paths are those of the pattern.

- Paths: the sum over the paths from z' to a later neuron z, for every pattern in which a path is on.
- Position: for every pattern and neurons z_1, ..., z_m with gradients of which m - 1 are independent and no more, the
  determinants of m columns of their forms [g | c], the last one among them; one of these must not be 0. That is: in no
  pattern have neurons with dependent gradients a common zero.
- Signs: for every z in layer k >= 2, every pattern of the layers before k-1, and every set S of units of layer k-1
  whose gradients are not 0 there, the coordinates of sum_S W_i grad u_i; one of them must not be 0.

Where none of these vanish, Theorem 1 holds, and so does the corrected Theorem 2, and the induction step of Theorem 3
has one solution: bends are not 0, boundaries cross like coordinate hyperplanes, signs are the only ones. For a given
network only the patterns that occur matter, for each argument is about cells around points of boundaries. Rational
networks are a null set themselves, so each has to be decided: `find_exceptional` evaluates the polynomials.

Proof. That the conclusions need no more is said, step by step, in the proofs of these theorems. None of the polynomials
is 0: distinct paths are distinct monomials. In y_1 g_1 + ... + y_m g_m = 0 the y depend on weights only, and the bias
of the last z_i with y_i not 0 is in the sum of the y_i c_i with factor y_i. And W_i, i in S, is in a term of its own,
times a gradient that is not 0. The evaluation is by elimination in integers, and for signs by `decide_signs`, which
looks for all +-1 solutions: a second one differs from the true signs on a set S.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from math import prod
from typing import Any

from exactrev.arithmetic.linear_algebra import matrix, rank
from exactrev.errors import BudgetSpent
from exactrev.network import Network, Neuron, Pattern
from exactrev.proofs.letters import (
    Forms,
    check_forms,
    find_forms,
    letter_network,
    path_sum,
    patterns,
    tables_of,
)
from exactrev.proofs.proof import Proof, Step, check
from exactrev.recovery.signs import decide_signs

__all__ = ["PROOF", "Exceptional", "derive", "find_exceptional"]

FindForms = Callable[[Any, Any], Forms]
Form = tuple[int, ...]
"""In integers, up to a positive factor."""

KINDS = ("paths", "position", "signs")
SMALL = ((1, 2, 1, 1), (2, 2, 2, 1), (3, 2, 1, 1), (2, 1, 2, 1, 1))
DEEP = ((2, 2, 2, 1), (2, 2, 2, 1, 1), (3, 1, 2, 2, 1))


@dataclass(frozen=True, slots=True)
class Exceptional:
    """Polynomials of one kind that vanish: for these neurons, in a pattern.

    Of "paths", the first neuron and the last one; of "position", all whose forms have a common zero; of "signs", the
    units of S and then the neuron that hears them.
    """

    kind: str
    neurons: tuple[Neuron, ...]
    pattern: Pattern

    def __str__(self) -> str:
        return f"{self.kind} {', '.join(map(str, self.neurons))}"


def find_exceptional(
    net: Network, occurring: Iterable[Pattern] | None = None, kinds: Sequence[str] = KINDS
) -> Iterator[Exceptional]:
    """The polynomials that vanish at a network, each once for every pattern of the layers that it depends on.

    With `occurring`, the patterns of the network's cells: nothing found means that the theorems hold for it. Without,
    all patterns are gone through, as many as 2 to the number of hidden neurons, and of those found some may not matter.
    Raises `BudgetSpent` if there are too many units to look for all signs.

    >>> double = Network.from_arrays([([[1, 0], [0, 1]], [0, 0]), ([[2, 0]], [0]), ([[1]], [0])])
    >>> sorted({found.kind for found in find_exceptional(double)})
    ['paths', 'position', 'signs']
    """
    seen: set[Exceptional] = set()
    every: Iterable[Any] = patterns(net.hidden_widths) if occurring is None else occurring
    for pattern in ({tuple(tuple(map(bool, layer)) for layer in one): None for one in every}):
        layers = [affine.rows for affine in net.preactivation_maps(pattern)[:-1]]
        for found in (
            *(_cancelled_paths(net, pattern) if "paths" in kinds else ()),
            *(_common_zeros(layers, pattern) if "position" in kinds else ()),
            *(_second_signs(net, layers, pattern) if "signs" in kinds else ()),
        ):
            if found not in seen:
                seen.add(found)
                yield found


def _cancelled_paths(net: Network, pattern: Pattern) -> Iterator[Exceptional]:
    for first in net.neurons():
        reached: list[int] = [int(i == first.index) for i in range(net.hidden_widths[first.layer - 1])]
        for m in range(first.layer + 1, net.depth + 1):
            between = pattern[first.layer : m - 1]
            if m > first.layer + 1:
                if not any(pattern[m - 2]):
                    break
                reached = [value * on for value, on in zip(reached, pattern[m - 2], strict=True)]
            rows = net.layers[m - 1].rows
            reached = [sum(w * value for w, value in zip(row, reached, strict=False)) for row in rows]
            for j, value in enumerate(reached):
                if not value:
                    yield Exceptional("paths", (first, Neuron(m, j)), between)


def _common_zeros(layers: Sequence[Sequence[Form]], pattern: Pattern) -> Iterator[Exceptional]:
    """Sets of neurons with dependent gradients, each subset independent, and forms that have a zero in common."""
    forms = [(Neuron(k, i), row) for k, rows in enumerate(layers, start=1) for i, row in enumerate(rows)]
    n_in = len(forms[0][1]) - 1 if forms else 0

    def extend(start: int, chosen: tuple[Neuron, ...], basis: list[tuple[int, Form]]) -> Iterator[tuple[Neuron, ...]]:
        """`basis`: pivots and combinations of the chosen forms, each followed by its factors."""
        for place in range(start, len(forms)):
            neuron, form = forms[place]
            row = (*form, *(int(d == len(chosen)) for d in range(n_in + 1)))
            for at, other in basis:
                if row[at]:
                    row = tuple(other[at] * a - row[at] * b for a, b in zip(row, other, strict=True))
            pivot = next((c for c in range(n_in) if row[c]), None)
            if pivot is not None:
                yield from extend(place + 1, (*chosen, neuron), [*basis, (pivot, row)])
            elif not row[n_in] and all(row[n_in + 1 : n_in + 2 + len(chosen)]):
                yield (*chosen, neuron)

    for neurons in extend(0, (), []):
        yield Exceptional("position", neurons, pattern[: neurons[-1].layer - 1])


def _second_signs(net: Network, layers: Sequence[Sequence[Form]], pattern: Pattern) -> Iterator[Exceptional]:
    for k in range(2, net.depth + 1):
        units = [i for i, form in enumerate(layers[k - 2]) if any(form[:-1])]
        for j, row in enumerate(net.layers[k - 1].rows):
            columns = [[row[i] * entry for entry in layers[k - 2][i][:-1]] for i in units]
            equations = [(*line, sum(line)) for line in zip(*columns, strict=True)]
            found = decide_signs(equations, len(units))
            if found.unique is None:
                raise BudgetSpent("whether signs are unique was not decided", missing=f"the signs of layer {k - 1}")
            if found.signs is not None and found.second is not None:
                other = found.second if all(sign == 1 for sign in found.signs) else found.signs
                flipped = [Neuron(k - 1, units[place]) for place, sign in enumerate(other) if sign != 1]
                yield Exceptional("signs", (*flipped, Neuron(k, j)), pattern[: k - 2])


def derive(
    forms: FindForms = find_forms,
    paths: Callable[..., Any] = path_sum,
    find: Callable[[Network], Iterable[Exceptional]] = find_exceptional,
) -> Iterator[Step]:
    """The steps, for ways to find forms and sums over paths, and for the evaluation."""
    yield check_forms(forms)
    yield check("paths: in every pattern with a path that is on, the sum is not the zero polynomial", _paths(paths))
    yield check("position: in no pattern have letters' forms with dependent gradients a common zero", _position(forms))
    yield check("signs: no sum over S is the zero polynomial, unless all its gradients are", _signs(forms))
    yield check("the evaluation finds the same as the definitions, set by set", _definitions(find))
    yield check("it finds what is wrong with networks, and nothing wrong with others", _instances(find))


def _paths(paths: Callable[..., Any]) -> Iterator[tuple[str, bool]]:
    for widths in DEEP:
        net = letter_network(widths)
        for pattern in patterns(widths[1:-1]):
            for first, z in combinations(net.neurons(), 2):
                if first[0] < z[0]:
                    on = prod(sum(layer) for layer in pattern[first[0] : z[0] - 1])
                    kappa = paths(net.tables, pattern, first, z)
                    terms = len(kappa.numer.terms()) if kappa else 0
                    yield f"{widths}, {pattern}, {first} to {z}", terms == on


def _position(forms: FindForms) -> Iterator[tuple[str, bool]]:
    for widths in SMALL:
        net = letter_network(widths)
        for pattern in patterns(widths[1:-1]):
            found = forms(net.tables, [[net.field.one * d for d in layer] for layer in pattern])
            for size in range(1, widths[0] + 2):
                for neurons in combinations(net.neurons(), size):
                    rows = [found[k - 1][i] for k, i in neurons]
                    gradients = rank(matrix([row[:-1] for row in rows], net.field))
                    fine = gradients == size or rank(matrix(rows, net.field)) > gradients
                    yield f"{widths}, {pattern}, {neurons}", fine


def _signs(forms: FindForms) -> Iterator[tuple[str, bool]]:
    for widths in DEEP:
        net = letter_network(widths)
        for pattern in patterns(widths[1:-1]):
            found = forms(net.tables, [[net.field.one * d for d in layer] for layer in pattern])
            for k in range(2, net.depth + 1):
                row = net.tables[k - 1][0]
                for S in _subsets(widths[k - 1]):
                    units = [found[k - 2][i][:-1] for i in S]
                    sums = [
                        sum((row[i] * unit[c] for i, unit in zip(S, units, strict=True)), net.field.zero)
                        for c in range(widths[0])
                    ]
                    yield f"{widths}, {pattern}, layer {k}, S = {S}", any(sums) == any(map(any, units))


def _subsets(n: int) -> Iterator[tuple[int, ...]]:
    return (S for size in range(1, n + 1) for S in combinations(range(n), size))


def _definitions(find: Callable[[Network], Iterable[Exceptional]]) -> Iterator[tuple[str, bool]]:
    """Networks of small integers, where much vanishes: sums path by path, ranks, and all subsets."""
    rng = random.Random(6)
    for number, widths in enumerate(((1, 2, 2, 1), (2, 2, 2, 1), (2, 3, 1, 1), (3, 2, 1, 1), (2, 1, 2, 1, 1)) * 2):
        shapes = zip(widths[1:], widths, strict=False)
        tables = [[[rng.randint(-1, 1) for _ in range(m + 1)] for _ in range(n)] for n, m in shapes]
        net = Network.from_arrays([([row[:-1] for row in t], [row[-1] for row in t]) for t in tables])
        expected = set(_by_definition(net))
        found = list(find(net))
        for kind in KINDS[:2]:
            told = {one for one in found if one.kind == kind}
            yield f"{widths}, number {number}, {kind}", told == {one for one in expected if one.kind == kind}
        signs = {one for one in found if one.kind == "signs"}
        all_signs = {one for one in expected if one.kind == "signs"}
        places = [{(one.neurons[-1], one.pattern) for one in some} for some in (signs, all_signs)]
        yield f"{widths}, number {number}, signs", signs <= all_signs and places[0] == places[1]


def _by_definition(net: Network) -> Iterator[Exceptional]:
    tables, neurons = tables_of(net), list(net.neurons())
    for pattern in patterns(net.hidden_widths):
        cut = [tuple(tuple(map(bool, layer)) for layer in pattern[:k]) for k in range(len(pattern) + 1)]
        forms = find_forms(tables, pattern)
        for first, z in product(neurons, neurons):
            is_on = first.layer < z.layer and all(map(any, pattern[first.layer : z.layer - 1]))
            if is_on and not path_sum(tables, pattern, first, z):
                yield Exceptional("paths", (first, z), cut[z.layer - 1][first.layer :])
        for size in range(1, net.n_in + 2):
            for some in combinations(neurons, size):
                rows = [forms[k - 1][i] for k, i in some]
                gradients, whole = (rank(matrix(part)) for part in ([row[:-1] for row in rows], rows))
                fewer = [rank(matrix([r[:-1] for r in less])) for less in combinations(rows, size - 1) if less]
                if gradients == whole == size - 1 and all(r == size - 1 for r in fewer):
                    yield Exceptional("position", some, cut[some[-1].layer - 1])
        for z in neurons[net.hidden_widths[0] :]:
            units = forms[z.layer - 2]
            moving = [i for i, unit in enumerate(units) if any(unit[:-1])]
            row = tables[z.layer - 1][z.index]
            for S in (tuple(moving[i] for i in S) for S in _subsets(len(moving))):
                if not any(sum((row[i] * units[i][c] for i in S), Fraction(0)) for c in range(net.n_in)):
                    flipped = (*(Neuron(z.layer - 1, i) for i in S), z)
                    yield Exceptional("signs", flipped, cut[z.layer - 2])


def _instances(find: Callable[[Network], Iterable[Exceptional]]) -> Iterator[tuple[str, bool]]:
    plane = ([[1, 0], [0, 1]], [0, 0])
    # h = (u_1 + u_2 - 1, u_1 - u_2 + 3), z = h_1 - h_2 + 7: the two paths from u_1 cancel
    cancelled = Network.from_arrays([plane, ([[1, 1], [1, -1]], [-1, 3]), ([[1, -1]], [7]), ([[1]], [0])])
    yield "two paths cancel", (Neuron(1, 0), Neuron(3, 0)) in {one.neurons for one in find(cancelled)}
    # z = a_1 + 2 a_2 vanishes at 0, where u_1 and u_2 do
    corner = Network.from_arrays([plane, ([[1, 2]], [0]), ([[1]], [0])])
    yield "three meet at a point", {one.kind for one in find(corner)} == {"position"}
    # the gradients of u sum to 0, and so do the weights 1, 1, 1 times them
    turned = Network.from_arrays([([[1, 0], [0, 1], [-1, -1]], [0, 0, 1]), ([[1, 1, 1]], [-2]), ([[1]], [0])])
    flipped = tuple(Neuron(1, i) for i in range(3))
    yield "three signs at once", [one.neurons for one in find(turned)] == [(*flipped, Neuron(2, 0))]
    for last in (-1, -2, -5):
        general = Network.from_arrays([plane, ([[1, 2]], [last]), ([[1]], [0])])
        yield f"nothing, bias {last}", not list(find(general))


PROOF = Proof(
    label="exceptional_networks_are_zeros_of_polynomials",
    paper=("M1",),
    where="throughout",
    statement="What Theorem 1, the corrected Theorem 2 and the induction step of Theorem 3 leave out are the zeros "
    "of sums over paths, of determinants of forms, and of sums of weights times gradients: finitely many polynomials "
    "for each architecture, none of them 0, which are evaluated for each rational network.",
    covers=f"all shapes by the argument; in letters every pattern of {len(SMALL)} and {len(DEEP)} shapes; the "
    "evaluation (find_exceptional) against the definitions on networks of small integers, where much vanishes",
    does_not_cover="that these sets are the smallest possible: a network on one of them may meet a conclusion all "
    "the same; other claims of the paper that are made of almost all networks",
    length=6,
    derivation=derive,
)
