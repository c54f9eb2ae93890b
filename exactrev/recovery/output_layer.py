"""The last hidden layer's signs and the output layer, from values of N (what the boundaries alone never show).

Knows the forms v of the last hidden layer, each up to its sign, on the activations a of the layer before (a = x where
there is only one hidden layer), and the weights o from it to the outputs, which the jumps of N show without any sign
(`bends.find_outgoing_weight`). Since ReLU(t v) = (|v| + t v) / 2, everywhere

    N - 1/2 sum_z o_z |v_z| = E a + c:

one affine function of a, in which no sign occurs. So E and c are fitted before any sign is known, and with them the o_z
that no jump has shown: linear unknowns all of them. A sample that does not fit shows where a neuron is still missing;
and then E = 1/2 sum_z o_z t_z W_z is a linear system for the signs t.

A neuron that is always on contributes an affine function of a and nothing else. It makes that system inconsistent; N is
known all the same as the sum above, but how it splits into neurons is then not: it is reported and not guessed
(`linear_rest` says what can be said). Knows nothing of queries and regions: who samples stands above.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import flint

from exactrev.arithmetic.integer_matrices import clear_denominators
from exactrev.arithmetic.numbers import lift
from exactrev.network import AffineMap, Point
from exactrev.recovery.consensus import find_consensus
from exactrev.recovery.signs import SignDecision, decide_signs, eliminate

__all__ = ["AffinePiece", "OutputForm", "OutputLayer", "PointSample", "recover_output_layer", "sample_equations"]

Row = tuple[Fraction, ...]
Integers = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PointSample:
    """The activations of the last layer but one at a point, and the outputs there; `place` is the point, if known."""

    activations: Point
    outputs: Point
    place: Point | None = None


@dataclass(frozen=True, slots=True)
class AffinePiece:
    """A region where N and the activations a of the last layer but one are known as affine maps of x.

    No boundary passes it. `point` lies in it: that tells on which side of the last hidden layer's boundaries it is. The
    maps may be those along a line only, with the point in its coordinate; `place` is then where that is, if known.
    """

    activations: AffineMap
    outputs: AffineMap
    point: Point
    place: Point | None = None


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
            rows = sample_equations(sample, self.forms, self.outgoing)
            columns = flint.fmpz_mat([*map(list, rows)]).transpose().tolist()
            if E * flint.fmpz_mat(columns[:n]) != self.rest.denominator * flint.fmpz_mat(columns[n:]):
                found.append(number)
        return found


@dataclass(frozen=True, slots=True)
class OutputLayer:
    """What the samples say of the `forms` of the last hidden layer.

    - `form`: N as a function of the last activations but one, None where the samples leave E, c or some o open.
    - `contradicting`: the samples left out of the fit because they do not agree with it; `doubtful`: where they are.
    - `agreeing`: how many samples agree; `surplus`: how many of their equations the fit does not need, so that each of
      them could have contradicted it. Many samples that agree, with much surplus, support that these forms are those
      of the last hidden layer; without surplus nothing does.
    - `rank` of the columns that the samples determine: n + 1 of (E, c), and one for every o that no jump has shown.
    - `open_outgoing`: the neurons whose weights to the outputs neither a jump nor the samples show.
    - `signs`: of the last hidden layer's forms. If `signs.exists` is False, some neuron of the last hidden layer is
      always on (or missing where no sample lies).
    - `layer`: the output layer over the neurons with these signs; None unless E, c and o, or the signs, are settled.

    Where E and c are settled and `signs.unique` is False, the other choice gives the same N, with another `layer`.
    """

    forms: AffineMap
    form: OutputForm | None
    contradicting: tuple[int, ...]
    agreeing: int
    surplus: int
    rank: int
    open_outgoing: tuple[int, ...]
    signs: SignDecision
    layer: AffineMap | None
    doubtful: tuple[Point, ...] = ()

    @property
    def has_linear_rest(self) -> bool:
        """Whether it is shown that the neurons known do not account for E, whatever their signs."""
        return self.signs.exists is False


def recover_output_layer(
    forms: AffineMap,
    outgoing: Sequence[Sequence[Fraction | None]],
    samples: Sequence[Sample],
    *,
    attempts: int = 1500,
) -> OutputLayer:
    """The output layer and the signs of the last hidden layer.

    `forms` maps the activations before to the last hidden layer's preactivations, each up to its sign; `outgoing` has
    shape (n_out, n_d). A neuron with a None among its outgoing weights gets them from the samples, if these lie on both
    sides of its boundary. Where the samples contradict each other, the fit is the one that most of `attempts` random
    selections' samples agree with (see `consensus`: the same in every run). Raises `ValueError` for shapes that do not
    match, and for a piece whose point is on a boundary.

    >>> forms = AffineMap.from_arrays([[-1]], [2])  # the neuron is ReLU(x - 2), and N = 3 ReLU(x - 2) + 1
    >>> samples = [PointSample((Fraction(x),), (Fraction(y),)) for x, y in ((0, 1), (1, 1), (4, 7), (5, 10))]
    >>> found = recover_output_layer(forms, [[None]], samples)
    >>> found.signs.signs, found.layer == AffineMap.from_arrays([[3]], [1])
    ((-1,), True)
    >>> found.rank, found.agreeing, found.surplus
    (3, 4, 1)
    """
    unknown = tuple(z for z in range(forms.n_out) if any(row[z] is None for row in outgoing if len(row) > z))
    o = tuple(tuple(Fraction(0) if z in unknown else lift(w) for z, w in enumerate(row)) for row in outgoing)
    _check_shapes(forms, o, samples)
    n = len(unknown) + forms.n_in + 1
    blocks = [sample_equations(sample, forms, o, unknown) for sample in samples]
    consensus = find_consensus(blocks, n, attempts)
    fit = consensus.fit
    solved = {row.index(lead): [Fraction(e, lead) for e in row[n:]] for row in fit if (lead := _only_entry(row, n))}
    shown = {z: solved[i] for i, z in enumerate(unknown) if i in solved}
    opened = tuple(z for z in unknown if z not in shown)
    o = tuple(tuple(shown[z][j] if z in shown else w for z, w in enumerate(row)) for j, row in enumerate(o))
    form = None
    if len(solved) == n:
        rest = [solved[i] for i in range(len(unknown), n)]
        form = OutputForm(forms, o, AffineMap.from_fractions([*zip(*rest, strict=True)]))
    about_rest = [row[len(unknown) :] for row in fit if not any(row[: len(unknown)])]
    tables = _sign_equations(about_rest, forms, o, opened)
    signs = decide_signs([row for table in tables for row in eliminate(table, 1 + len(opened))], forms.n_out)
    layer = None
    if signs.signs is not None and not opened and (form is not None or signs.unique):
        layer = _find_layer(tables, o, signs.signs)
    left_out = consensus.contradicting
    agreeing = len(samples) - len(left_out)
    doubtful = tuple(place for i in left_out if (place := samples[i].place) is not None)
    return OutputLayer(forms, form, left_out, agreeing, consensus.surplus, len(fit), opened, signs, layer, doubtful)


def _only_entry(row: Integers, n: int) -> int:
    """The coefficient of an equation that has just one; 0 if it has more."""
    entries = [entry for entry in row[:n] if entry]
    return entries[0] if len(entries) == 1 else 0


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


def sample_equations(
    sample: Sample,
    forms: AffineMap,
    outgoing: tuple[Row, ...],
    unknown: Sequence[int] = (),
    open_weights: Sequence[tuple[int, int]] = (),
    sides: Mapping[int, int] | None = None,
) -> list[Integers]:
    """Rows (sizes, shares, vector, values) in integers with o sizes + w shares + (E | c) vector = values: one from a
    point, n_in + 1 from a piece.

    The sizes are |v_z| / 2 of the neurons with unknown outgoing weights. A share s a_i / 2 belongs to an open weight
    W_zi, which is 0 in the forms, s being the side of z: the unknown w is o_z W_zi. `sides` are taken for granted.
    """
    known_sides = sides or {}
    if isinstance(sample, PointSample):
        a = sample.activations
        values = forms(a)
        signs = [known_sides.get(z, (v > 0) - (v < 0)) for z, v in enumerate(values)]
        sizes = [v * sign / 2 for v, sign in zip(values, signs, strict=True)]
        rest = (value - _dot(row, sizes) for row, value in zip(outgoing, sample.outputs, strict=True))
        shares = (signs[z] * a[i] / 2 for z, i in open_weights)
        return [clear_denominators((*(sizes[z] for z in unknown), *shares, *a, 1, *rest))[0]]
    local = forms.after(sample.activations)
    there = local(sample.point)
    if any(not v and any(local.rows[z]) and z not in known_sides for z, v in enumerate(there)):
        raise ValueError("the point of a piece lies on a boundary of the last hidden layer")
    signs = [known_sides.get(z, (v > 0) - (v < 0)) for z, v in enumerate(there)]
    a_map, N = sample.activations, sample.outputs
    scale = lcm(2 * local.denominator, 2 * a_map.denominator, N.denominator)
    for_a, for_N, for_size = scale // a_map.denominator, scale // N.denominator, scale // (2 * local.denominator)
    sizes_there = [[side * entry * for_size for entry in row] for side, row in zip(signs, local.rows, strict=True)]
    # The columns of [W | b] belong to the coordinates of x and to the constant; so do those of all three maps.
    columns = zip(zip(*sizes_there, strict=True), zip(*a_map.rows, strict=True), zip(*N.rows, strict=True), strict=True)
    return [
        clear_denominators(
            (
                *(size[z] for z in unknown),
                *(signs[z] * a_column[i] * (for_a // 2) for z, i in open_weights),
                *(entry * for_a for entry in a_column),
                scale if place == a_map.n_in else 0,
                *(p * for_N - _dot(row, size) for p, row in zip(N_column, outgoing, strict=True)),
            )
        )[0]
        for place, (size, a_column, N_column) in enumerate(columns)
    ]


def _sign_equations(
    fit: Sequence[Integers], forms: AffineMap, outgoing: tuple[Row, ...], opened: Sequence[int]
) -> list[list[Integers]]:
    """For each output rows (kappa, free, terms, value): kappa c' + free . s + terms . t = value, c' being the output's
    own bias and s_z = o_z t_z for the neurons whose outgoing weights are open.

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
        tables.append(
            [
                (
                    row[n - 1] * scale,
                    *(int(entries[z]) for z in opened),
                    *(o * int(entry) for o, entry in zip(integers, entries, strict=True)),
                    row[n + j] * scale,
                )
                for row, entries in zip(fit, local, strict=True)
            ]
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


def _dot(row: Sequence[Fraction], vector: Sequence[Fraction | int]) -> Fraction:
    return sum((entry * other for entry, other in zip(row, vector, strict=True) if entry and other), Fraction(0))
