"""The last hidden layer's signs and the output layer, from values of N (what the boundaries alone never show).

Knows the forms v of the last hidden layer, each up to its sign, on the activations a of the layer before (a = x where
there is only one hidden layer), and the weights o from it to the outputs, which the jumps of N show without any sign
(`bends.find_outgoing_weight`). Since ReLU(t v) = (|v| + t v) / 2, everywhere

    N - 1/2 sum_z o_z |v_z| = E a + c:

one affine function of a, in which no sign occurs. So E and c are fitted before any sign is known; a sample that does
not fit shows where a neuron is still missing; and then E = 1/2 sum_z o_z t_z W_z is a linear system for the signs t.

A neuron that is always on contributes an affine function of a and nothing else. It makes that system inconsistent; N is
known all the same as the sum above, but how it splits into neurons is then not: it is reported and not guessed. Knows
nothing of queries and regions: who samples stands above.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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

_PRIME = 2**61 - 1
"""Samples that do not fit are guessed modulo this prime."""


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
        n = self.forms.n_in + 1
        E = flint.fmpz_mat([*map(list, self.rest.rows)])
        found = []
        for number, sample in enumerate(samples):
            columns = flint.fmpz_mat([*map(list, _equations(sample, self.forms, self.outgoing))]).transpose().tolist()
            if E * flint.fmpz_mat(columns[:n]) != self.rest.denominator * flint.fmpz_mat(columns[n:]):
                found.append(number)
        return found


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
    shape (n_out, n_d). E and c are fitted to all samples. Where the samples contradict each other, those that
    contradict the ones before are left out; of `attempts` random orders (the same in every run) the one that leaves out
    the fewest counts. Raises `ValueError` for shapes that do not match, and for a piece whose point is on a boundary.

    >>> forms = AffineMap.from_arrays([[-1]], [2])  # the neuron is ReLU(x - 2), and N = 3 ReLU(x - 2) + 1
    >>> samples = [PointSample((Fraction(x),), (Fraction(y),)) for x, y in ((0, 1), (1, 1), (4, 7))]
    >>> found = recover_output_layer(forms, [[Fraction(3)]], samples)
    >>> found.signs.signs, found.layer == AffineMap.from_arrays([[3]], [1])
    ((-1,), True)
    """
    o = tuple(tuple(map(lift, row)) for row in outgoing)
    _check_shapes(forms, o, samples)
    n = forms.n_in + 1
    equations = [_equations(sample, forms, o) for sample in samples]
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


def _equations(sample: Sample, forms: AffineMap, outgoing: tuple[Row, ...]) -> list[Integers]:
    """Rows (vector, values) in integers with (E | c) vector = values: one from a point, n_in + 1 from a piece."""
    if isinstance(sample, PointSample):
        sizes = [abs(v) for v in forms(sample.activations)]
        values = (value - _dot(row, sizes) / 2 for row, value in zip(outgoing, sample.outputs, strict=True))
        return [clear_denominators((*sample.activations, 1, *values))[0]]
    local = forms.after(sample.activations)
    there = local(sample.point)
    if any(not v and any(row) for v, row in zip(there, local.rows, strict=True)):
        raise ValueError("the point of a piece lies on a boundary of the last hidden layer")
    sides = [(v > 0) - (v < 0) for v in there]
    bends = AffineMap.from_arrays(
        [[o * side / 2 for o, side in zip(row, sides, strict=True)] for row in outgoing], [0] * len(outgoing)
    ).after(local)  # x -> 1/2 sum_z o_z |v_z|
    a, N = sample.activations, sample.outputs
    scale = lcm(a.denominator, N.denominator, bends.denominator)
    for_a, for_N, for_bends = (scale // affine.denominator for affine in (a, N, bends))
    # The columns of [W | b] belong to the coordinates of x and to the constant; so do those of all three maps.
    columns = zip(zip(*a.rows, strict=True), zip(*N.rows, strict=True), zip(*bends.rows, strict=True), strict=True)
    return [
        (
            *(entry * for_a for entry in a_column),
            scale if place == a.n_in else 0,
            *(p * for_N - q * for_bends for p, q in zip(N_column, bends_column, strict=True)),
        )
        for place, (a_column, N_column, bends_column) in enumerate(columns)
    ]


def _fit(equations: Sequence[Sequence[Integers]], n: int, attempts: int) -> tuple[list[Integers], tuple[int, ...]]:
    """The reduced equations for (E, c) that agree with most samples, and the samples that do not agree."""
    everything = _join([], (row for rows in equations for row in rows), n)
    if everything is not None:
        return everything, ()
    outliers = min((_find_outliers(equations, n, attempt) for attempt in range(attempts)), key=len)
    fit = _join([], (row for i, rows in enumerate(equations) if i not in outliers for row in rows), n) or []
    return fit, tuple(i for i, rows in enumerate(equations) if not _agrees(fit, rows))


def _find_outliers(equations: Sequence[Sequence[Integers]], n: int, seed: int) -> set[int]:
    """The samples that contradict those before them in a random order, modulo a prime: a guess, checked later.

    Taken up all at once where they agree, else one half after the other.
    """
    residues = [[[entry % _PRIME for entry in row] for row in rows] for rows in equations]
    outliers = set()

    def take_up(fit: list[list[int]], numbers: Sequence[int]) -> list[list[int]]:
        reduced, rank = flint.nmod_mat([*fit, *(row for i in numbers for row in residues[i])], _PRIME).rref()
        table = [[int(entry) for entry in row] for row in reduced.tolist()[: int(rank)]]
        if not table or any(table[-1][:n]):
            return table
        if len(numbers) == 1:
            outliers.add(numbers[0])
            return fit
        half = len(numbers) // 2
        return take_up(take_up(fit, numbers[:half]), numbers[half:])

    order = list(range(len(equations)))
    Random(seed).shuffle(order)
    take_up([], order)
    return outliers


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


def _sign_equations(fit: Sequence[Integers], forms: AffineMap, outgoing: tuple[Row, ...]) -> list[list[Integers]]:
    """For each output rows (kappa, terms, value): kappa c' + terms . t = value, c' being the output's own bias.

    Every equation (E | c) (a, kappa) = value of the fit says 1/2 sum_z o_z t_z (W_z a + b_z kappa) + c' kappa = value.
    """
    if not fit:
        return [[] for _ in outgoing]
    n = forms.n_in + 1
    vectors = flint.fmpz_mat([list(row[:n]) for row in fit])
    local = (vectors * flint.fmpz_mat([*map(list, forms.rows)]).transpose()).tolist()
    tables = []
    for j, weights in enumerate(outgoing):
        integers, factor = clear_denominators(weights)
        scale = 2 * forms.denominator * factor.numerator
        integers = tuple(entry * factor.denominator for entry in integers)
        terms = [[o * int(entry) for o, entry in zip(integers, entries, strict=True)] for entries in local]
        tables.append(
            [(row[n - 1] * scale, *term, row[n + j] * scale) for row, term in zip(fit, terms, strict=True)]
        )
    return tables


def _find_layer(
    tables: Sequence[Sequence[Integers]], outgoing: tuple[Row, ...], signs: Sequence[int]
) -> AffineMap | None:
    """The output layer over ReLU(t_z v_z), None if no equation shows a bias."""
    biases = []
    for table in tables:
        row = next((row for row in table if row[0]), None)
        if row is None:
            return None
        biases.append(Fraction(row[-1] - sum(map(int.__mul__, row[1:-1], signs)), row[0]))
    return AffineMap.from_arrays(outgoing, biases)


def _dot(row: Sequence[Fraction], vector: Sequence[Fraction]) -> Fraction:
    return sum((entry * other for entry, other in zip(row, vector, strict=True) if entry and other), Fraction(0))
