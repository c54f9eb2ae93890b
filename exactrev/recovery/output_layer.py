"""The last hidden layer's signs and the output layer, from values of N (what the boundaries alone never show).

Knows the forms v of the last hidden layer, each up to its sign, on the activations a of the layer before (a = x where
there is only one hidden layer), and the weights o from it to the outputs, which the jumps of N show without any sign
(`bends.find_jump`). Since ReLU(t v) = (|v| + t v) / 2, everywhere

    N - 1/2 sum_z o_z |v_z| = E a + c:

one affine function of a, in which no sign occurs. So E and c are fitted before any sign is known; a sample that does
not fit shows where a neuron is still missing; and then E = 1/2 sum_z o_z t_z W_z is a linear system for the signs t.

A neuron that is always on contributes an affine function of a and nothing else. It makes that system inconsistent; N is
known all the same as the sum above, but how it splits into neurons is then not: it is reported and not guessed. Knows
nothing of queries and regions: who samples stands above.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from random import Random

import flint

from exactrev.arithmetic.integer_matrices import clear_denominators
from exactrev.arithmetic.numbers import lift
from exactrev.network import AffineMap, Point
from exactrev.recovery.signs import SignDecision, decide_signs, echelon, eliminate

__all__ = ["AffinePiece", "OutputForm", "OutputLayer", "PointSample", "recover_output_layer"]

Row = tuple[Fraction, ...]
Integers = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PointSample:
    """The activations of the last layer but one at a point, and the outputs there."""

    activations: Point
    outputs: Point


@dataclass(frozen=True, slots=True)
class AffinePiece:
    """A region where N and the activations a of the last layer but one are known as affine maps of x.

    No boundary passes it. `point` lies in it: that tells on which side of the last hidden layer's boundaries it is.
    """

    activations: AffineMap
    outputs: AffineMap
    point: Point


Sample = PointSample | AffinePiece


@dataclass(frozen=True, slots=True)
class OutputForm:
    """N = 1/2 sum_z o_z |v_z| + E a + c, as a function of the activations a: v = `forms`(a), o of shape (n_out, n_d).

    It is N itself, whatever the signs of the last hidden layer.

    >>> forms, rest = AffineMap.from_arrays([[-1]], [0]), AffineMap.from_arrays([["1/2"]], [0])
    >>> relu = OutputForm(forms, ((Fraction(1),),), rest)
    >>> relu((3,)), relu((-3,))
    ((Fraction(3, 1),), (Fraction(0, 1),))
    """

    forms: AffineMap
    outgoing: tuple[Row, ...]
    rest: AffineMap

    def __call__(self, activations: Iterable[Fraction]) -> Point:
        a = tuple(activations)
        sizes = [abs(v) for v in self.forms(a)]
        return tuple(
            _dot(row, sizes) / 2 + rest
            for row, rest in zip(self.outgoing, self.rest(a), strict=True)
        )

    def find_contradictions(self, samples: Iterable[Sample]) -> list[int]:
        """Which samples this function does not pass through: beyond them, a neuron is missing or wrong."""
        rest = [_with_constant(self.rest, j) for j in range(self.rest.n_out)]
        return [
            number
            for number, sample in enumerate(samples)
            if any(
                _dot(row, vector) != value
                for vector, values in _equations(sample, self.forms, self.outgoing)
                for row, value in zip(rest, values, strict=True)
            )
        ]


@dataclass(frozen=True, slots=True)
class OutputLayer:
    """What the samples say.

    - `form`: N as a function of the last activations but one, None where the samples leave E and c open.
    - `contradicting`: the samples left out of the fit because they do not agree with it.
    - `rank` of the n + 1 columns of (E, c) that the samples determine.
    - `signs`: of the last hidden layer's forms. If `signs.exists` is False, some neuron of the last hidden layer is
      always on (or missing where no sample lies).
    - `layer`: the output layer over the neurons with these signs; None unless E and c, or the signs, are settled.

    Where E and c are settled and `signs.unique` is False, the other choice gives the same N, with another `layer`.
    """

    form: OutputForm | None
    contradicting: tuple[int, ...]
    rank: int
    signs: SignDecision
    layer: AffineMap | None

    @property
    def has_linear_rest(self) -> bool:
        """Whether it is shown that the neurons known do not account for E, whatever their signs."""
        return self.signs.exists is False


def recover_output_layer(
    forms: AffineMap, outgoing: Sequence[Sequence[Fraction]], samples: Sequence[Sample], *, attempts: int = 12
) -> OutputLayer:
    """The output layer and the signs of the last hidden layer.

    `forms` maps the activations before to the last hidden layer's preactivations, each up to its sign; `outgoing` has
    shape (n_out, n_d). E and c are fitted to all samples, or to as many as possible where they contradict each
    other: of `attempts` fits, each to a minimal set of samples in random order (the same in every run), the one with
    the fewest contradictions. Raises `ValueError` for shapes that do not match.

    >>> forms = AffineMap.from_arrays([[-1]], [2])  # the neuron is ReLU(x - 2), and N = 3 ReLU(x - 2) + 1
    >>> samples = [PointSample((Fraction(x),), (Fraction(y),)) for x, y in ((0, 1), (1, 1), (4, 7))]
    >>> found = recover_output_layer(forms, [[Fraction(3)]], samples)
    >>> found.signs.signs, found.layer == AffineMap.from_arrays([[3]], [1])
    ((-1,), True)
    """
    o = tuple(tuple(map(lift, row)) for row in outgoing)
    _check_shapes(forms, o, samples)
    n = forms.n_in + 1
    equations = [
        [clear_denominators((*v, *values))[0] for v, values in _equations(sample, forms, o)] for sample in samples
    ]
    fit, contradicting = _fit(equations, n, attempts)
    form = None
    if len(fit) == n:  # the reduced rows are then multiples of the unit vectors
        solved = [[Fraction(entry, row[i]) for entry in row[n:]] for i, row in enumerate(fit)]
        form = OutputForm(forms, o, AffineMap.from_fractions([*zip(*solved, strict=True)]))
    tables = _sign_equations(fit, forms, o)
    signs = decide_signs([row for table in tables for row in eliminate(table, 1)], forms.n_out)
    layer = None
    if signs.signs is not None and (form is not None or signs.unique):
        layer = _find_layer(tables, o, signs.signs)
    return OutputLayer(form, contradicting, len(fit), signs, layer)


def _check_shapes(forms: AffineMap, outgoing: tuple[Row, ...], samples: Sequence[Sample]) -> None:
    if not outgoing or any(len(row) != forms.n_out for row in outgoing):
        raise ValueError(f"the outgoing weights of {forms.n_out} neurons are needed for every output")
    for sample in samples:
        n_a, n_out = (
            (len(sample.activations), len(sample.outputs))
            if isinstance(sample, PointSample)
            else (sample.activations.n_out, sample.outputs.n_out)
        )
        if (n_a, n_out) != (forms.n_in, len(outgoing)):
            raise ValueError(f"a sample of {n_a} activations and {n_out} outputs does not fit the layer")


def _equations(sample: Sample, forms: AffineMap, outgoing: tuple[Row, ...]) -> Iterator[tuple[Row, Row]]:
    """Pairs (vector, values) with (E | c) vector = values: one from a point, n_in + 1 from a piece."""
    if isinstance(sample, PointSample):
        sizes = [abs(v) for v in forms(sample.activations)]
        values = (
            output - _dot(row, sizes) / 2
            for row, output in zip(outgoing, sample.outputs, strict=True)
        )
        yield (*sample.activations, Fraction(1)), tuple(values)
        return
    local = forms.after(sample.activations)
    values_there = local(sample.point)
    if any(not v and any(row) for v, row in zip(values_there, local.rows, strict=True)):
        raise ValueError("the point of a piece lies on a boundary of the last hidden layer")
    sides = [(v > 0) - (v < 0) for v in values_there]
    # The columns of [W | b] belong to the coordinates of x and to the constant; so do those of the three maps.
    a, v, output = (_columns(affine) for affine in (sample.activations, local, sample.outputs))
    for place, (a_column, v_column, out_column) in enumerate(zip(a, v, output, strict=True)):
        sizes = [side * entry for side, entry in zip(sides, v_column, strict=True)]
        values = (
            entry - _dot(row, sizes) / 2
            for row, entry in zip(outgoing, out_column, strict=True)
        )
        yield (*a_column, Fraction(int(place == len(a) - 1))), tuple(values)


def _fit(equations: Sequence[Sequence[Integers]], n: int, attempts: int) -> tuple[list[Integers], tuple[int, ...]]:
    """The reduced equations for (E, c) that agree with most samples, and the samples that do not agree."""
    everything = _join([], (row for rows in equations for row in rows), n)
    if everything is not None:
        return everything, ()
    fit: list[Integers] = []
    contradicting = tuple(range(len(equations)))
    order = list(contradicting)
    for attempt in range(attempts):
        trial: list[Integers] = []
        for number in order:
            trial = _join(trial, equations[number], n) or trial
            if len(trial) == n:
                break
        missed = tuple(i for i, rows in enumerate(equations) if not _agrees(trial, rows))
        if len(missed) < len(contradicting):
            fit, contradicting = trial, missed
        Random(attempt).shuffle(order)
    return fit, contradicting


def _join(fit: Sequence[Integers], rows: Iterable[Integers], n: int) -> list[Integers] | None:
    """The reduced equations with some more; None if they contradict."""
    reduced, pivots = echelon([*fit, *rows])
    return None if any(pivot >= n for pivot in pivots) else reduced


def _agrees(fit: Sequence[Integers], rows: Sequence[Integers]) -> bool:
    """Whether all these equations follow from the fit: each is the combination that its entries at the pivots say."""
    if not fit:
        return not any(map(any, rows))
    pivots = [next(i for i, entry in enumerate(row) if entry) for row in fit]
    scale = lcm(*(row[pivot] for row, pivot in zip(fit, pivots, strict=True)))
    F = flint.fmpz_mat(
        [[entry * (scale // row[pivot]) for entry in row] for row, pivot in zip(fit, pivots, strict=True)]
    )
    R = flint.fmpz_mat([*map(list, rows)])
    at_pivots = flint.fmpz_mat([[row[pivot] for pivot in pivots] for row in rows])
    return bool(at_pivots * F == scale * R)


def _sign_equations(fit: Sequence[Integers], forms: AffineMap, outgoing: tuple[Row, ...]) -> list[list[Row]]:
    """For each output rows (kappa, terms, value): kappa c' + terms . t = value, c' being the output's own bias.

    Every equation (E | c) (a, kappa) = value of the fit says 1/2 sum_z o_z t_z (W_z a + b_z kappa) + c' kappa = value.
    """
    if not fit:
        return [[] for _ in outgoing]
    n = forms.n_in + 1
    vectors = flint.fmpz_mat([list(row[:n]) for row in fit])
    local = vectors * flint.fmpz_mat([*map(list, forms.rows)]).transpose()
    halves = [[Fraction(int(entry), 2 * forms.denominator) for entry in row] for row in local.tolist()]
    return [
        [
            (Fraction(row[n - 1]), *map(Fraction.__mul__, weights, half), Fraction(row[n + j]))
            for row, half in zip(fit, halves, strict=True)
        ]
        for j, weights in enumerate(outgoing)
    ]


def _find_layer(tables: Sequence[Sequence[Row]], outgoing: tuple[Row, ...], signs: Sequence[int]) -> AffineMap | None:
    """The output layer over ReLU(t_z v_z), None if no equation shows a bias."""
    biases = []
    for table in tables:
        row = next((row for row in table if row[0]), None)
        if row is None:
            return None
        biases.append((row[-1] - _dot(row[1:-1], signs)) / row[0])
    return AffineMap.from_arrays(outgoing, biases)


def _with_constant(affine: AffineMap, i: int) -> Row:
    return tuple(Fraction(entry, affine.denominator) for entry in affine.rows[i])


def _columns(affine: AffineMap) -> list[Row]:
    """The columns of [W | b]."""
    return [tuple(Fraction(entry, affine.denominator) for entry in column) for column in zip(*affine.rows, strict=True)]


def _dot(row: Sequence[Fraction], vector: Sequence[Fraction | int]) -> Fraction:
    return sum((entry * other for entry, other in zip(row, vector, strict=True) if entry and other), Fraction(0))
