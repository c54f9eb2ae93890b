"""Networks whose weights are letters: elements of a field of rational functions over Q.

Knows rows [W | b] over a field, and the affine forms of a network when it is given which neurons are on. A neuron's
activity d multiplies its activation: 1 is on, 0 is off. It may be a letter too; since every form has degree at most 1
in each d, what holds for the letter holds for both values, and so in all 2^n activation patterns at once.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

from sympy import QQ

from exactrev.arithmetic.numbers import lift
from exactrev.network import Network, random_rational_network
from exactrev.proofs.proof import Step, check

__all__ = [
    "Forms",
    "LetterNetwork",
    "at_numbers",
    "check_forms",
    "find_forms",
    "letter_field",
    "letter_network",
    "path_sum",
    "patterns",
    "relu",
    "sign_of",
    "tables_of",
]

Element = Any
"""A Fraction, or an element of one of sympy's fields of rational functions."""

Row = Sequence[Element]
Table = Sequence[Row]
Activity = Sequence[Sequence[Element]]
"""For each hidden layer, for each neuron: 1 (on), 0 (off), or a letter."""

Forms = list[list[list[Element]]]
"""For each layer, the output last, for each neuron: its affine form in x, gradient first, constant last."""


@dataclass(frozen=True, slots=True)
class LetterNetwork:
    """All weights and biases of an architecture as letters, a letter d for the activity of each hidden neuron, and
    further letters."""

    widths: tuple[int, ...]
    field: Any
    tables: tuple[tuple[tuple[Element, ...], ...], ...]
    activity: tuple[tuple[Element, ...], ...]
    extra: tuple[Element, ...]

    @property
    def depth(self) -> int:
        return len(self.widths) - 2

    def neurons(self) -> Iterator[tuple[int, int]]:
        """(layer, index) of every hidden neuron; layers count from 1, indices from 0."""
        return ((k, i) for k, width in enumerate(self.widths[1:-1], start=1) for i in range(width))

    def with_activity(self, layer: int, index: int, value: int) -> list[list[Element]]:
        """The letters d with one of them replaced."""
        activity = [list(row) for row in self.activity]
        activity[layer - 1][index] = self.field.convert_from(QQ(value), QQ)
        return activity


def letter_field(names: Sequence[str]) -> tuple[Any, tuple[Element, ...]]:
    """The field of rational functions over Q in these letters, and the letters."""
    field = QQ.frac_field(*names)
    return field, tuple(field.gens)


def letter_network(widths: Sequence[int], extra: Sequence[str] = ()) -> LetterNetwork:
    """A network of letters: W{k}_{i}_{j} is the weight from unit j of layer k-1 to neuron i of layer k.

    >>> net = letter_network((1, 1, 1))
    >>> find_forms(net.tables, [[1]])[1][0]
    [W1_0_0*W2_0_0, b1_0*W2_0_0 + b2_0]
    """
    shapes = [(k, n_in, n_out) for k, (n_in, n_out) in enumerate(pairwise(widths), start=1)]
    names = []
    for k, n_in, n_out in shapes:
        names += [f"W{k}_{i}_{j}" if j < n_in else f"b{k}_{i}" for i in range(n_out) for j in range(n_in + 1)]
    n_weights = len(names)
    names += [f"d{k}_{i}" for k, _, n_out in shapes[:-1] for i in range(n_out)]
    n_letters = len(names)
    field, letters = letter_field([*names, *extra])
    weights, activities = iter(letters[:n_weights]), iter(letters[n_weights:n_letters])
    tables = tuple(
        tuple(tuple(next(weights) for _ in range(n_in + 1)) for _ in range(n_out)) for _, n_in, n_out in shapes
    )
    activity = tuple(tuple(next(activities) for _ in range(n_out)) for _, _, n_out in shapes[:-1])
    return LetterNetwork(tuple(widths), field, tables, activity, letters[n_letters:])


def find_forms(tables: Sequence[Table], activity: Activity) -> Forms:
    """The affine forms of all preactivations, and of the outputs, when it is given which neurons are on.

    Entries of the rows are elements of one field, numbers or letters.
    """
    forms: Forms = []
    for k, table in enumerate(tables):
        if not k:
            forms.append([list(row) for row in table])
            continue
        active = [[d * entry for entry in form] for d, form in zip(activity[k - 1], forms[-1], strict=True)]
        layer = []
        for *weights, bias in table:
            columns = zip(*active, strict=True)
            sums = [sum((w * c for w, c in zip(weights, column, strict=True)), 0 * bias) for column in columns]
            layer.append([*sums[:-1], sums[-1] + bias])
        forms.append(layer)
    return forms


def path_sum(tables: Sequence[Table], activity: Activity, source: tuple[int, int], target: tuple[int, int]) -> Element:
    """The sum, over the paths from `source` to the later neuron `target`, of the products of weights and activities.

    Path by path, so that nothing is shared with `find_forms`. The neurons at the two ends do not count as passed.
    """
    (k, i), (m, j) = source, target
    total = 0 * tables[m - 1][j][-1]
    for between in product(*(range(len(tables[layer - 1])) for layer in range(k + 1, m))):
        path = [i, *between, j]
        term = tables[k][path[1]][path[0]]
        for step, layer in enumerate(range(k + 1, m), start=1):
            term = term * activity[layer - 1][path[step]] * tables[layer][path[step + 1]][path[step]]
        total = total + term
    return total


def sign_of(value: Any) -> int:
    """The sign of a rational function for all positive values of its letters. `ValueError` if it is not the same."""
    if not value:
        return 0
    signs = []
    for polynomial in (value.numer, value.denom):
        found = {1 if c > 0 else -1 for c in polynomial.coeffs()}
        if len(found) > 1:
            raise ValueError(f"{value} has no sign that its coefficients show")
        signs.append(found.pop())
    return signs[0] * signs[1]


def at_numbers(value: Any, numbers: Sequence[Fraction]) -> Fraction:
    """A rational function at numbers for all its letters, in their order."""
    places = list(zip(value.numer.ring.gens, numbers, strict=True))
    above, below = (lift(polynomial.evaluate(places)) for polynomial in (value.numer, value.denom))
    return above / below


def relu(value: Any) -> Any:
    """ReLU of a rational function of positive letters; see `sign_of`."""
    return value if sign_of(value) > 0 else 0 * value


def patterns(widths: Sequence[int]) -> Iterator[tuple[tuple[int, ...], ...]]:
    """All activation patterns of hidden layers of these widths, in zeros and ones."""
    return product(*(tuple(product((0, 1), repeat=width)) for width in widths))


def tables_of(net: Network) -> list[list[list[Fraction]]]:
    """The rows [W | b] of a network in numbers."""
    return [[[*row, b] for row, b in zip(layer.W, layer.b, strict=True)] for layer in net.layers]


def check_forms(forms: Callable[[Sequence[Table], Activity], Forms] = find_forms) -> Step:
    """The forms found here are those of the package's networks, in numbers: random networks, all patterns."""

    def cases() -> Iterator[tuple[str, bool]]:
        rng = random.Random(1)
        for widths in ((1, 2, 1), (2, 2, 2, 1), (3, 1, 2, 2, 2)):
            net = random_rational_network(widths, rng.randrange(2**16))
            for pattern in patterns(widths[1:-1]):
                maps = net.preactivation_maps([[bool(on) for on in layer] for layer in pattern])
                expected = [[[*row, b] for row, b in zip(affine.W, affine.b, strict=True)] for affine in maps]
                yield f"{widths}, {pattern}", forms(tables_of(net), pattern) == expected

    return check("the forms in letters, at numbers, are those by which exactrev evaluates networks", cases())
