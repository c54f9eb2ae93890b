"""Theorem 3 (T3d): z's bias follows from a piece of B[z] once its weights and the signs of the layer before are known.

As printed, it is "simple to identify the bias" once the weights are known up to sign, before the signs are decided.

Statement. Let W_i be t_z times the weights into z, f a form of z on a piece of B[z], in the same scale, u_i the forms
of the units of layer k-1 there up to their signs t_i, and sigma_i = +-1 the sides of the piece. Then

    2 t_z b = 2 f_0 - sum_i W_i (t_i + sigma_i) u_i0,

where the index 0 is the constant. The right side is the same on every piece of B[z], and contains the signs: with other
signs on a set S of units it is off by 2 sum_S t_i W_i u_i0, which is not 0, off a polynomial's zeros. So the bias needs
the pattern of layer k-1 at the piece, hence the signs, first. Weights and pieces leave both open in some networks.

Proof. Unit i is on if t_i sigma_i = 1, and t_i u_i is its form: f = t_z b + sum_i W_i (t_i + sigma_i)/2 u_i, the
equation of the sign system with the constant as one more coordinate. So the steps call `visit_equations`, which sets up
that system in recovery, with letters and whole forms; W and f come from `find_bend`. With the pattern known recovery
solves for the rest of a row by `RowSystem`, which takes numbers only; there the steps are in numbers.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, product
from typing import Any

from exactrev.equivalence import decide_equal
from exactrev.errors import AssumptionFailed
from exactrev.network import AffineMap, Network, random_rational_network
from exactrev.proofs.letters import check_forms, find_forms, letter_field, letter_network
from exactrev.proofs.proof import Proof, Step, check
from exactrev.recovery.bends import find_bend
from exactrev.recovery.known import KnownLayers
from exactrev.recovery.rows import RowSystem
from exactrev.recovery.signs import Visit, visit_equations

__all__ = ["PROOF", "derive"]

Equations = Callable[[Sequence[Any], Visit], list[tuple[Any, ...]]]
FindBias = Callable[[Equations, Sequence[Any], Visit, Sequence[int]], Any]
Signs = Sequence[int]

SIGNS = (1, -1)
SIZES = ((1, 1), (1, 2), (2, 2), (2, 3), (3, 2))
"""(n_in, n_{k-1})."""

SHAPES = ((2, 2, 1, 1), (3, 2, 1, 1), (2, 2, 2, 1, 1))
NUMERIC = ((2, 3, 2, 1), (3, 4, 2, 1), (2, 3, 3, 2, 1))


def bias_from(equations: Equations, weights: Sequence[Any], visit: Visit, signs: Signs) -> Any:
    """t_z b, from the last coordinate of whole forms, if the layer before has these signs."""
    *terms, right = equations(weights, visit)[-1]
    return (right - sum(term * sign for term, sign in zip(terms, signs, strict=True))) / 2


def derive(equations: Equations = visit_equations, bias: FindBias = bias_from, first: bool = True) -> Iterator[Step]:
    """The steps, for the equations that recovery sets up.

    Unless the signs come `first`, units are taken to be on where their forms, as they are written down, are positive.
    """
    yield check_forms()
    yield check("with the true signs it is t_z b, whatever the sides and signs are", _truth(equations, bias, first))
    yield check("it is the same beyond a crossing, weight and form from the bend", _pieces(equations, bias))
    yield check("other signs put it off by t_i W_i u_i0, summed over them, which is not 0", _off(equations, bias))
    yield check("in numbers: with the signs a row follows from one piece; a wrong one shows or changes it", _rows())
    yield check("in a network where two choices of signs explain all pieces, each has its own bias", _both())


def _letters(n_in: int, n: int) -> tuple[Sequence[Any], list[Sequence[Any]], Any]:
    """The weights, the whole forms of the units, and the bias."""
    names = [*(f"W{i}" for i in range(n)), *(f"u{i}_{c}" for i in range(n) for c in range(n_in + 1)), "b"]
    _, letters = letter_field(names)
    return letters[:n], [letters[n + i * (n_in + 1) : n + (i + 1) * (n_in + 1)] for i in range(n)], letters[-1]


def _visit(W: Sequence[Any], u: Sequence[Sequence[Any]], b: Any, t: Signs, on: Signs, t_z: int) -> Visit:
    """What is seen of z = b + the sum of W_i z_i over the units that are on, whole forms for gradients."""
    form = [0 * b for _ in u[0]]
    form[-1] = b
    for w, unit, sign in zip(W, u, on, strict=True):
        if sign > 0:
            form = [entry + w * c for entry, c in zip(form, unit, strict=True)]
    units = tuple(tuple(sign * c for c in unit) for sign, unit in zip(t, u, strict=True))
    return Visit(tuple(t_z * c for c in form), units, tuple(sign * side for sign, side in zip(t, on, strict=True)))


def _truth(equations: Equations, bias: FindBias, first: bool) -> Iterator[tuple[str, bool]]:
    for n_in, n in SIZES:
        W, u, b = _letters(n_in, n)
        for t, on, t_z in product(product(SIGNS, repeat=n), product(SIGNS, repeat=n), SIGNS):
            signs = t if first else (1,) * n
            found = bias(equations, [t_z * w for w in W], _visit(W, u, b, t, on, t_z), signs)
            yield f"n_in = {n_in}, n_(k-1) = {n}, t = {t}, signs {on}, t_z = {t_z}", found == t_z * b


def _pieces(equations: Equations, bias: FindBias) -> Iterator[tuple[str, bool]]:
    """z in layer k of a network of letters, from B[z_h] on: the bend gives W_h; the other weights are known."""
    for widths in SHAPES:
        net = letter_network(widths, ["l"])
        (scale,) = net.extra
        k, n = net.depth, widths[-3]
        row = net.tables[k - 1][0]
        for h, t_z, t, on in product(range(n), SIGNS, product(SIGNS, repeat=n), product(SIGNS, repeat=n)):
            sides = [list(on), [-side if i == h else side for i, side in enumerate(on)]]
            forms = [find_forms(net.tables, _with_last(net.activity, [(side + 1) // 2 for side in s])) for s in sides]
            units = tuple(tuple(sign * c for c in unit) for sign, unit in zip(t, forms[0][k - 2], strict=True))
            start, beyond = ([factor * c for c in f[k - 1][0]] for f, factor in zip(forms, (t_z, scale), strict=True))
            name = f"{widths}, across unit {h}, t_z = {t_z}, t = {t}, signs {on}"
            if not any(side > 0 for i, side in enumerate(on) if i != h):
                continue  # then grad z is 0 on one side, where B[z] does not go
            try:
                bend = find_bend(start, beyond, units[h])
            except AssumptionFailed:
                yield name, False
                continue
            weights = [bend.weight(t[h] * sides[1][h]) if i == h else t_z * row[i] for i in range(n)]
            for form, s in ((start, sides[0]), (bend.rescale(beyond), sides[1])):
                visit = Visit(tuple(form), units, tuple(sign * side for sign, side in zip(t, s, strict=True)))
                yield name, bias(equations, weights, visit, t) == t_z * row[-1]


def _with_last(activity: Sequence[Sequence[Any]], pattern: Sequence[int]) -> list[list[Any]]:
    """The letters d, with the layer before the last hidden one set."""
    changed = [list(row) for row in activity]
    changed[-2] = [0 * d + on for d, on in zip(changed[-2], pattern, strict=True)]
    return changed


def _off(equations: Equations, bias: FindBias) -> Iterator[tuple[str, bool]]:
    for n_in, n in SIZES:
        W, u, b = _letters(n_in, n)
        for t, on in product(product(SIGNS, repeat=n), ((1,) * n, (-1, *[1] * (n - 1)))):
            visit = _visit(W, u, b, t, on, 1)
            for size in range(1, n + 1):
                for S in combinations(range(n), size):
                    other = [-sign if i in S else sign for i, sign in enumerate(t)]
                    missed = bias(equations, W, visit, other) - b
                    expected = sum((W[i] * u[i][-1] for i in S), 0 * b)  # t_i times the form t_i u_i
                    yield f"n_in = {n_in}, t = {t}, signs {on}, S = {S}", missed == expected and bool(missed)


def _rows() -> Iterator[tuple[str, bool]]:
    rng = random.Random(4)
    for seed, widths in enumerate(NUMERIC):
        net = random_rational_network(widths, seed)
        k, layers = net.depth, net.layers[: net.depth - 1]
        for number in range(4):
            point = tuple(Fraction(rng.randint(-60, 60), rng.randint(1, 7)) for _ in range(net.n_in))
            *weights, b = (Fraction(entry, net.layers[k - 1].denominator) for entry in net.layers[k - 1].rows[0])
            form = _form_of(net, point)
            yield f"{widths}, point {number}: true signs", _solved(layers, point, form, weights) == b
            for h in range(len(weights)):
                wrong = _solved((*layers[:-1], _turned(layers[-1], h)), point, form, weights)
                matters = weights[h] and any(net.preactivation_map(k - 1, net.pattern(point)).rows[h])
                yield f"{widths}, point {number}: unit {h} turned round", (wrong != b) == bool(matters)


def _form_of(net: Network, point: Sequence[Fraction]) -> tuple[Fraction, ...]:
    affine = net.preactivation_map(net.depth, net.pattern(point))
    return tuple(Fraction(entry, affine.denominator) for entry in affine.rows[0])


def _solved(layers: Sequence[AffineMap], point: Any, form: Any, weights: Sequence[Fraction]) -> Fraction | None:
    """The bias that recovery finds from z's form around a point and all weights; None if the equations contradict."""
    known = KnownLayers(tuple(layers))
    system = RowSystem(known)
    system.add_form(known.place(point), form)
    for i, weight in enumerate(weights):
        system.add_weight(i, weight)
    solved = system.solve()
    return solved.bias if solved.is_consistent else None


def _turned(layer: AffineMap, h: int) -> AffineMap:
    rows = tuple(tuple(-c for c in row) if i == h else row for i, row in enumerate(layer.rows))
    return AffineMap(rows, layer.denominator, layer.n_in)


def _both() -> Iterator[tuple[str, bool]]:
    """u = (x, y, 1 - x - y), z = a_1 + a_2 + a_3 - 2; or -u, and -1 for -2."""
    up, down = ([[s, 0], [0, s], [-s, -s]] for s in SIGNS)
    one, other = (
        Network.from_arrays([(W, [0, 0, s]), ([[1, 1, 1]], [b]), ([[1]], [0])])
        for W, s, b in ((up, 1, -2), (down, -1, -1))
    )
    yield "one function", decide_equal(one, other).holds
    for point in product(map(Fraction, (3, -3)), map(Fraction, (1, -4))):
        found = [_solved(net.layers[:1], point, _form_of(one, point), [Fraction(1)] * 3) for net in (one, other)]
        yield f"at {point}", found == [-2, -1]


PROOF = Proof(
    label="the_bias_follows_the_signs_below",
    paper=("T3d",),
    where="Theorem 3, Appendix C",
    statement="With the weights into z known up to sign, the bias follows, up to the same sign, from any one piece "
    "of B[z] and the signs of layer k-1. With other signs it comes out otherwise, off a polynomial's zeros: the "
    "signs come first.",
    covers=f"weights, forms and bias as letters for (n_in, n_{{k-1}}) in {SIZES}, all signs and sides; pieces on both "
    f"sides of a crossing in {len(SHAPES)} shapes of networks of letters; any shape, since the equation is one for "
    f"each coordinate; RowSystem at random points of {len(NUMERIC)} rational networks",
    does_not_cover="that RowSystem, which divides integers, is that equation beyond the points that were tried; "
    "units whose weight is not known",
    length=6,
    derivation=derive,
)
