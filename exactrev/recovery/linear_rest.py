"""What an always-on neuron leaves of the last hidden layer: a linear term, as few neurons as can be shown to suffice.

Knows N as a function of the activations a of the layer before, in the form without signs (`OutputForm`), and the layers
below. With signs t for the neurons known, since ReLU(t v) = (|v| + t v) / 2,

    N = sum_z o_z ReLU(t_z v_z) + L(t) a + c(t),      L(t) = E - 1/2 sum_z o_z t_z W_z.

If some t gave L(t) = 0, the signs would be known. Otherwise, in this order:

- L(t) = kappa W_z: two neurons share the boundary of z, ReLU(v_z) and ReLU(-v_z).
- L(t) is an outer product u w, and w a is bounded below: one more neuron ReLU(w a + b), always on for b large enough.
  An always-on neuron of the true network leaves this at the true signs. But ReLU(v) = v + ReLU(-v): where there is one
  output, every t leaves an outer product, and which t is true cannot be told from outside as long as its w a is bounded
  below. All of them give the same N; the first that is proved is taken.
- Where nothing is proved, y = w a is written as ReLU(y) - ReLU(-y).

That w a + b is positive is proved by bounds on the activations, which are not negative, or by a search through what the
layers below can do (or another function that is handed in). All that is looked into are layers already recovered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, isfinite, log2
from operator import mul
from typing import Literal

import numpy as np
import numpy.typing as npt

from exactrev.arithmetic.integer_matrices import clear_denominators
from exactrev.arithmetic.numbers import nearest_float
from exactrev.network import AffineMap, Network
from exactrev.recovery.output_layer import OutputForm
from exactrev.recovery.signs import decide_signs, echelon, eliminate
from exactrev.search import Budget, Condition, Impossible, find_point

__all__ = [
    "IsAlwaysOn",
    "LinearRest",
    "find_bias_that_keeps_on",
    "find_linear_rest",
    "find_lower_bound",
    "prove_always_on",
]

IsAlwaysOn = Callable[[Network, Sequence[Fraction], Fraction], bool]
"""(layers below as a network, w, b) -> whether w a + b >= 0 for all a = ReLU(the network's outputs). Has to be sure."""

Row = tuple[Fraction, ...]
Floats = npt.NDArray[np.float64]
Residues = npt.NDArray[np.int64]

_MOST_NEURONS = 16
"""All signs of so many neurons are tried."""

_MOST_ATTEMPTS = 24
"""So many choices of signs are tried to be proved."""

_MOST_CASES = 300
"""A proof that takes more cases is given up."""

_PRIME = 2**31 - 1
"""Outer products are recognised modulo this prime, then exactly."""

_DIRECTIONS, _FAR = 512, 1e9
_TOLERANCE = 1e-6
"""Floats decide which choices are tried first, never which is right."""


def prove_always_on(below: Network, weights: Sequence[Fraction], bias: Fraction) -> bool:
    """Whether it is proved, in a few hundred cases, that w a + b >= 0 for all activations a above these layers.

    >>> below = Network.from_arrays([([[1], [1]], [0, -1])])  # ReLU(x) - ReLU(x - 1) is never negative
    >>> prove_always_on(below, (Fraction(1), Fraction(-1)), Fraction(0))
    True
    """
    sums = AffineMap(((1,) * below.n_out + (0,),), 1, below.n_out)  # any layer, to have activations below it
    negative = Condition(len(below.layers) + 1, tuple(-entry for entry in (*weights, bias)))
    answer = find_point(Network((*below.layers, sums)), [negative], Budget(_MOST_CASES))
    return isinstance(answer, Impossible)


@dataclass(frozen=True, slots=True)
class LinearRest:
    """A last hidden layer and an output layer that compute the form: the neurons known, with `signs`, then more.

    `how` says which: the other neuron on a boundary, one neuron that is proved to be always on, or pairs y, -y.
    """

    how: Literal["shared boundary", "always on", "pairs"]
    signs: tuple[int, ...]
    hidden: AffineMap
    output: AffineMap


def find_linear_rest(
    below: Sequence[AffineMap], form: OutputForm, is_always_on: IsAlwaysOn | None = prove_always_on
) -> LinearRest:
    """The layers that the form is with the fewest neurons found, where no signs alone account for it.

    Without `is_always_on`, what bounds on the activations do not prove is not proved.

    >>> first = AffineMap.from_arrays([[1], [-1]], [0, 1])
    >>> forms, rest = AffineMap.from_arrays([[1, -1]], [0]), AffineMap.from_arrays([["1/2", "5/2"]], [0])
    >>> found = find_linear_rest([first], OutputForm(forms, ((Fraction(1),),), rest))  # ReLU(a_1 - a_2) + 3 a_2
    >>> found.how, found.hidden.rows, found.output.rows  # or ReLU(a_2 - a_1) + a_1 + 2 a_2, which is the same
    ('always on', ((-1, 1, 0), (1, 2, 0)), ((1, 1, 0),))
    """
    shared = _with_shared_boundary(form)
    if shared is not None:
        return shared
    choices = _outer_products(form) if form.forms.n_out <= _MOST_NEURONS else _all_choices(0)
    if below:
        for signs in _most_promising(below, form, choices):
            found = _with_one_neuron(below, form, signs, is_always_on)
            if found is not None:
                return found
    signs = tuple(map(int, choices[0])) if choices.size else (1,) * form.forms.n_out
    return _with_pairs(form, signs)


def find_lower_bound(below: Sequence[AffineMap], weights: Sequence[Fraction]) -> Fraction | None:
    """A number that w a is never below, from intervals of the activations a of the last layer; None if there is none.

    >>> find_lower_bound([AffineMap.from_arrays([[1], [0]], [0, 3])], (Fraction(2), Fraction(-1)))
    Fraction(-3, 1)
    """
    highest: list[Fraction | None] = []
    for number, layer in enumerate(below):
        rows = zip(layer.W, layer.b, strict=True)
        highest = [_highest_activation(row, bias, highest, number == 0) for row, bias in rows]
    bound = Fraction(0)
    for weight, most in zip(weights, highest, strict=True):
        if weight < 0:
            if most is None:
                return None
            bound += weight * most
    return bound


def find_bias_that_keeps_on(
    below: Sequence[AffineMap], weights: Sequence[Fraction], is_always_on: IsAlwaysOn | None = prove_always_on
) -> Fraction | None:
    """A bias b with w a + b >= 0 for all activations a of the last layer below, proved; None if none is."""
    lowest = find_lower_bound(below, weights)
    if lowest is not None:
        return -lowest
    if is_always_on is None:
        return None
    with np.errstate(all="ignore"):
        seen = float((_sampled_activations(below, (0.1, 1.0, 10.0)) @ _floats(weights)).min())
        far = _sampled_activations(below, (_FAR,))
        downward = (far @ _floats(weights)).min() < -_TOLERANCE * (far @ np.abs(_floats(weights))).max()
    if not isfinite(seen) or downward:
        return None  # nobody will prove it
    sensible = Fraction(2) ** max(0, ceil(log2(2 * max(-seen, 0.5))))
    network = Network(tuple(below))
    return next((b for b in (sensible, sensible * 2**16) if is_always_on(network, tuple(weights), b)), None)


def _highest_activation(row: Row, bias: Fraction, below: Sequence[Fraction | None], is_first: bool) -> Fraction | None:
    """The most that a unit's activation can be, of the activations below at most `below`; inputs may be anything."""
    if is_first:
        return None if any(row) else max(bias, Fraction(0))
    total = bias
    for weight, most in zip(row, below, strict=True):
        if weight > 0:
            if most is None:
                return None
            total += weight * most
    return max(total, Fraction(0))


def _rest(form: OutputForm, signs: Sequence[int]) -> list[Row]:
    """The rows of [L(t) | c(t)]."""
    table = _table(form)
    rest = [[Fraction(entry, form.rest.denominator) for entry in row] for row in form.rest.rows]
    found = []
    for weights, row_of_rest in zip(form.outgoing, rest, strict=True):
        shares = [o * t / 2 for o, t in zip(weights, signs, strict=True)]
        columns = zip(*table, strict=True)
        found.append(tuple(e - sum(map(mul, shares, column)) for e, column in zip(row_of_rest, columns, strict=True)))
    return found


def _table(form: OutputForm) -> list[Row]:
    """The rows of [W | b] of the forms."""
    return [tuple(Fraction(entry, form.forms.denominator) for entry in row) for row in form.forms.rows]


# -- choices of signs ------------------------------------------------------------------------------------------------


def _all_choices(m: int) -> npt.NDArray[np.int8]:
    return (2 * (np.arange(2**m)[:, None] >> np.arange(m) & 1) - 1).astype(np.int8)[::-1]


def _outer_products(form: OutputForm) -> npt.NDArray[np.int8]:
    """The sign vectors t, as rows, for which L(t) is an outer product. With one output all are."""
    choices = _all_choices(form.forms.n_out)
    if len(form.outgoing) == 1:
        return choices
    # Two random combinations of the outputs and three of the columns: a 2 x 3 matrix for every t.
    rng = np.random.default_rng(0)
    left = rng.integers(1, _PRIME, (2, len(form.outgoing))).tolist()
    right = rng.integers(1, _PRIME, (form.forms.n_in, 3)).tolist()
    M = [_projected(left, [row[:-1] for row in _rest(form, (0,) * form.forms.n_out)], right)]
    for row, weights in _columns(form):
        M.append(_projected(left, [[-o * w / 2 for w in row[:-1]] for o in weights], right))
    minors = np.ones(len(choices), dtype=np.bool_)
    entry = [[_combine(M, choices, i, k) for k in range(3)] for i in range(2)]
    for k in (1, 2):
        minors &= (entry[0][0] * entry[1][k] - entry[0][k] * entry[1][0] % _PRIME) % _PRIME == 0
    exact = [row for row in choices[minors] if len(echelon(_integers(_rest(form, row.tolist()), -1))[0]) == 1]
    return np.array(exact, dtype=np.int8).reshape(len(exact), form.forms.n_out)


def _columns(form: OutputForm) -> Iterator[tuple[Row, Row]]:
    """For every neuron its row and its outgoing weights."""
    yield from zip(_table(form), zip(*form.outgoing, strict=True), strict=True)


def _projected(left: list[list[int]], matrix: Sequence[Sequence[Fraction]], right: list[list[int]]) -> list[list[int]]:
    """left matrix right modulo the prime."""
    residues = [[w.numerator * pow(w.denominator, -1, _PRIME) % _PRIME for w in row] for row in matrix]
    half = [[sum(map(int.__mul__, row, column)) % _PRIME for column in zip(*right, strict=True)] for row in residues]
    return [[sum(map(int.__mul__, row, column)) % _PRIME for column in zip(*half, strict=True)] for row in left]


def _combine(M: Sequence[list[list[int]]], choices: npt.NDArray[np.int8], i: int, k: int) -> Residues:
    """Entry (i, k) of M_0 + sum_z t_z M_z modulo the prime, for every t."""
    total = np.full(len(choices), M[0][i][k], dtype=np.int64)
    for z, matrix in enumerate(M[1:]):
        total = (total + choices[:, z] * np.int64(matrix[i][k])) % _PRIME
    return total


def _integers(rows: Sequence[Row], end: int) -> list[tuple[int, ...]]:
    return [clear_denominators(row[:end])[0] for row in rows]


# -- one neuron that is always on ------------------------------------------------------------------------------------


def _most_promising(
    below: Sequence[AffineMap], form: OutputForm, choices: npt.NDArray[np.int8]
) -> list[tuple[int, ...]]:
    """The signs for which w a looks bounded below: by floats, from the activations far out in random directions."""
    if not choices.size:
        return []
    far = _sampled_activations(below, (_FAR,)) / _FAR
    mixture = np.random.default_rng(1).standard_normal(len(form.outgoing))  # of outer products u w: multiples of w
    E = mixture @ np.array([_floats(row[:-1]) for row in _rest(form, (0,) * form.forms.n_out)])
    W = np.array([_floats(row[:-1]) for row in _table(form)])
    o = mixture @ np.array([_floats(weights) for weights in form.outgoing])
    scored: list[tuple[float, int]] = []
    for start in range(0, len(choices), 4096):
        with np.errstate(all="ignore"):
            w = E - (choices[start : start + 4096] * o) @ W / 2
            along = w @ far.T
            lowest, highest = along.min(axis=1), along.max(axis=1)
            margin = np.maximum(lowest, -highest) / ((np.abs(w) @ far.T).max(axis=1) + 1e-300)
        one_sign = (w >= 0).all(axis=1) | (w <= 0).all(axis=1)
        kept = np.flatnonzero((margin >= -_TOLERANCE) | one_sign)
        scored += [(-float(margin[k]) - 2.0 * bool(one_sign[k]), start + int(k)) for k in kept]
    return [tuple(map(int, choices[k])) for _, k in sorted(scored)[:_MOST_ATTEMPTS]]


def _with_one_neuron(
    below: Sequence[AffineMap], form: OutputForm, signs: tuple[int, ...], is_always_on: IsAlwaysOn | None
) -> LinearRest | None:
    rest = _rest(form, signs)
    pivots = echelon(_integers(rest, -1))[1]
    if len(pivots) != 1:
        return None
    pivot = pivots[0]
    for side in (1, -1):
        w = next(tuple(side * entry for entry in row[:-1]) for row in rest if row[pivot])
        b = find_bias_that_keeps_on(below, w, is_always_on)
        if b is not None:
            u = [row[pivot] / w[pivot] for row in rest]
            bias = [row[-1] - factor * b for row, factor in zip(rest, u, strict=True)]
            return _assemble("always on", form, signs, [(*w, b)], [[factor] for factor in u], bias)
    return None


# -- other ways ------------------------------------------------------------------------------------------------------


def _with_shared_boundary(form: OutputForm) -> LinearRest | None:
    """Signs t of the neurons but z with L(t) = kappa W_z, for some z: then ReLU(v_z) and ReLU(-v_z) both occur."""
    table, m = _table(form), form.forms.n_out
    for z, row_of_z in enumerate(table):
        equations = []
        for weights, rest in zip(form.outgoing, _rest(form, (0,) * m), strict=True):
            terms = ([o * row[k] / 2 for o, row in zip(weights, table, strict=True)] for k in range(form.forms.n_in))
            rows = [(row_of_z[k], *term[:z], *term[z + 1 :], rest[k]) for k, term in enumerate(terms)]
            equations += eliminate(rows, 1)
        signs = decide_signs(equations, m - 1).signs
        if signs is not None:
            return _with_second_neuron(form, (*signs[:z], 1, *signs[z:]), z)
    return None


def _with_second_neuron(form: OutputForm, signs: tuple[int, ...], z: int) -> LinearRest:
    """L(t) a + c = kappa v_z + c' = kappa ReLU(v_z) - kappa ReLU(-v_z) + c'."""
    row = _table(form)[z]
    rest = _rest(form, signs)
    pivot = next((k for k, entry in enumerate(row[:-1]) if entry), 0)
    kappas = [rest_row[pivot] / row[pivot] if row[pivot] else Fraction(0) for rest_row in rest]
    bias = [rest_row[-1] - kappa * row[-1] for rest_row, kappa in zip(rest, kappas, strict=True)]
    more = [[-kappa] for kappa in kappas]
    outgoing = tuple(
        (*weights[:z], weights[z] + kappa, *weights[z + 1 :])
        for weights, kappa in zip(form.outgoing, kappas, strict=True)
    )
    changed = OutputForm(form.forms, outgoing, form.rest)
    return _assemble("shared boundary", changed, signs, [tuple(-entry for entry in row)], more, bias)


def _with_pairs(form: OutputForm, signs: tuple[int, ...]) -> LinearRest:
    """L(t) a by a pair ReLU(y) - ReLU(-y) for each dimension of its image."""
    rest = _rest(form, signs)
    reduced, pivots = echelon(_integers(rest, -1))
    rows = [(*(Fraction(side * entry) for entry in row), Fraction(0)) for row in reduced for side in (1, -1)]
    more = [
        [side * of_rest[k] / row[k] for row, k in zip(reduced, pivots, strict=True) for side in (1, -1)]
        for of_rest in rest
    ]
    return _assemble("pairs", form, signs, rows, more, [row[-1] for row in rest])


def _assemble(
    how: Literal["shared boundary", "always on", "pairs"],
    form: OutputForm,
    signs: tuple[int, ...],
    rows: Sequence[Row],
    more: Sequence[Sequence[Fraction]],
    bias: Sequence[Fraction],
) -> LinearRest:
    """`rows` of [W | b] of additional neurons, `more` of shape (n_out, additional neurons), and the outputs' biases."""
    known = [tuple(sign * entry for entry in row) for sign, row in zip(signs, _table(form), strict=True)]
    output = [[*weights, *extra, c] for weights, extra, c in zip(form.outgoing, more, bias, strict=True)]
    return LinearRest(how, signs, AffineMap.from_fractions([*known, *rows]), AffineMap.from_fractions(output))


# -- floating point, for the order of attempts only -------------------------------------------------------------------


def _sampled_activations(below: Sequence[AffineMap], scales: Sequence[float]) -> Floats:
    """Activations of the last layer below at points in random directions, in floating point: a guess."""
    rng = np.random.default_rng(0)
    directions = rng.standard_normal((_DIRECTIONS, below[0].n_in))
    a = np.concatenate([directions * scale for scale in scales])
    with np.errstate(all="ignore"):
        for layer in below:
            W, b = layer.as_floats()
            a = np.maximum(a @ W.T + b, 0)
    return a


def _floats(row: Sequence[Fraction]) -> Floats:
    return np.array([nearest_float(entry.numerator, entry.denominator) for entry in row])
