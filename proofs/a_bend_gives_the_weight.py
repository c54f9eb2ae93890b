"""Theorem 3, the induction step (T3a, T3g): from z's gradient on one side of B[z'] to that on the other, and a weight.

Statement. Let t, t' = +1 or -1 and l != 0 be unknown. Let v_r = t grad z before a crossing of B[z'], v_s = l grad z
after it (any normal of B[z] there, of either orientation), and v = t' grad z', where v and v_s are not parallel. Then

    mu v_s = v_r + s v    has exactly one solution:    mu = t / l,    s = +- t t' kappa,

with + if z' is on after the crossing (Case 1) and - if it is on before (Case 2); kappa is the factor of Theorem 1. So
mu v_s = t grad z carries the scale and the sign on, and `weight`, which multiplies s by the side of t' z' beyond the
crossing, is t kappa in both cases, whatever t' and the orientation of v_s are. If z' is in the layer just before z,
kappa is the weight from z' to z. If z' is earlier, kappa is a sum over paths, and mu comes out all the same (T3g).

As printed, with v_s = c t grad z, the equation c v_s - v_r = W t t' v is wrong: c v_s - v_r is no multiple of v, unless
c = 1 or -1. By the definition of c it has to be v_s / c - v_r; so c = 1 / mu.

Proof. That this is a solution is the identity grad z(after) = grad z(before) +- kappa grad z' of Theorem 1; there is no
other, because v_s and v are independent. The steps call `find_bend`, which recovery calls with numbers, with letters:
it solves from two coordinates and checks all others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

from exactrev.arithmetic.linear_algebra import Solution, matrix, rank, solve
from exactrev.errors import AssumptionFailed
from exactrev.proofs.letters import check_forms, find_forms, letter_field, letter_network, path_sum
from exactrev.proofs.proof import Proof, Step, check
from exactrev.recovery.bends import Bend, find_bend, find_outgoing_weight

__all__ = ["PROOF", "derive"]

FindBend = Callable[[Sequence[Any], Sequence[Any], Sequence[Any]], Bend]
FindWeight = Callable[[Sequence[Any], Sequence[Any], Sequence[Any], int], Any]

DIMENSIONS = (2, 3, 4)
NETWORKS = ((2, 1, 1, 1), (2, 2, 2, 1), (3, 2, 1, 1), (2, 1, 2, 1, 1))
SIGNS = (1, -1)


def derive(
    bend: FindBend = find_bend, outgoing: FindWeight = find_outgoing_weight, printed: bool = False
) -> Iterator[Step]:
    """The steps, for the functions that recovery calls. With `printed` the equation is the printed one."""
    yield check_forms()
    yield check("mu = t/l, the weight is t W, and mu v_s = t grad z, in both cases", _gradients(bend, printed))
    yield check("the solution is the only one, of n_in equations, where v and v_s are independent", _unique())
    yield check("the same for whole forms, constants included, in networks of letters", _networks(bend))
    yield check("from an earlier layer: mu as before, and the sum over paths for the weight", _earlier(bend))
    yield check("a normal that is not z's, and one parallel to v, are refused", _refused(bend))
    yield check("an output's bend at the last layer is the weight, whatever t'", _outputs(outgoing))
    yield check("as printed, c v_s - v_r is not along v, but for c = 1 or -1", _as_printed())


def _gradients(bend: FindBend, printed: bool) -> Iterator[tuple[str, bool]]:
    for n in DIMENSIONS:
        _, letters = letter_field([*(f"g{i}" for i in range(n)), *(f"v{i}" for i in range(n)), "W", "l"])
        g, v, (W, scale) = letters[:n], letters[n : 2 * n], letters[2 * n :]
        for t, t_crossed, case in product(SIGNS, SIGNS, (1, 2)):
            on_after = 1 if case == 1 else -1  # Case 1: z' is off before and on after
            after = [a + on_after * W * b for a, b in zip(g, v, strict=True)]
            found = _try(bend, [t * a for a in g], [scale * a for a in after], [t_crossed * b for b in v])
            name = f"n_in = {n}, t = {t}, t' = {t_crossed}, Case {case}"
            if found is None:
                yield name, False
                continue
            # the form in use is t' z', and z' has the sign `on_after` beyond the crossing
            c = found.mu if printed else 1 / found.mu  # printed: c v_s - v_r = W v, where v_s = c t grad z
            yield f"{name}: v_s = c t grad z", c == scale / t
            yield f"{name}: weight", found.weight(t_crossed * on_after) == t * W
            yield f"{name}: gradient", found.rescale([scale * a for a in after]) == tuple(t * a for a in after)


def _unique() -> Iterator[tuple[str, bool]]:
    for n in DIMENSIONS:
        field, letters = letter_field([*(f"g{i}" for i in range(n)), *(f"v{i}" for i in range(n)), "W", "l"])
        g, v, (W, scale) = letters[:n], letters[n : 2 * n], letters[2 * n :]
        after = [scale * (a + W * b) for a, b in zip(g, v, strict=True)]
        A = matrix([[a, -b] for a, b in zip(after, v, strict=True)], field)  # mu v_s - s v = v_r
        found = solve(A, g)
        yield f"n_in = {n}", isinstance(found, Solution) and found.is_unique and found.point == (1 / scale, W)
        yield f"n_in = {n}: rank", rank(A) == 2


def _networks(bend: FindBend) -> Iterator[tuple[str, bool]]:
    for widths in NETWORKS:
        net = letter_network(widths, ["l"])
        (scale,) = net.extra
        for (k, i), (m, j) in product(net.neurons(), net.neurons()):
            if m != k + 1:
                continue
            weight = net.tables[m - 1][j][i]
            for t, t_crossed, on_after in product(SIGNS, SIGNS, (0, 1)):
                before = find_forms(net.tables, net.with_activity(k, i, 1 - on_after))
                after = find_forms(net.tables, net.with_activity(k, i, on_after))
                r = [t * c for c in before[m - 1][j]]
                crossed = [t_crossed * c for c in before[k - 1][i]]
                found = _try(bend, r, [scale * c for c in after[m - 1][j]], crossed)
                side = t_crossed * (1 if on_after else -1)
                right = found is not None and (found.mu, found.weight(side)) == (t / scale, t * weight)
                yield f"{widths}, z[{k},{i}] to z[{m},{j}], t = {t}, t' = {t_crossed}, on after: {on_after}", right
            if k > 1:
                break  # one pair in the deeper layers: the others are the same up to permutation


def _earlier(bend: FindBend) -> Iterator[tuple[str, bool]]:
    for widths in ((2, 1, 1, 1, 1), (2, 2, 2, 1, 1), (3, 1, 2, 1, 1)):
        net = letter_network(widths, ["l"])
        (scale,) = net.extra
        kappa = path_sum(net.tables, net.activity, (1, 0), (3, 0))
        for t, t_crossed, on_after in product(SIGNS, SIGNS, (0, 1)):
            before = find_forms(net.tables, net.with_activity(1, 0, 1 - on_after))
            after = find_forms(net.tables, net.with_activity(1, 0, on_after))
            r, crossed = [t * c for c in before[2][0]], [t_crossed * c for c in before[0][0]]
            found = _try(bend, r, [scale * c for c in after[2][0]], crossed)
            side = t_crossed * (1 if on_after else -1)
            right = found is not None and (found.mu, found.weight(side)) == (t / scale, t * kappa)
            yield f"{widths}, t = {t}, t' = {t_crossed}, on after: {on_after}", right


def _refused(bend: FindBend) -> Iterator[tuple[str, bool]]:
    for n in DIMENSIONS[1:]:
        _, letters = letter_field([*(f"g{i}" for i in range(n)), *(f"v{i}" for i in range(n)), "W", "l"])
        g, v, (W, scale) = letters[:n], letters[n : 2 * n], letters[2 * n :]
        after = [a + W * b for a, b in zip(g, v, strict=True)]
        yield f"n_in = {n}, one entry changed", _try(bend, g, [*after[:-1], after[-1] + scale], v) is None
        yield f"n_in = {n}, parallel", _try(bend, g, [scale * b for b in v], v) is None


def _outputs(outgoing: FindWeight) -> Iterator[tuple[str, bool]]:
    for widths in ((1, 2, 1), (2, 2, 2), (2, 2, 2, 1)):
        net = letter_network(widths)
        k = net.depth
        for i, j in product(range(widths[k]), range(widths[-1])):
            off = find_forms(net.tables, net.with_activity(k, i, 0))
            on = find_forms(net.tables, net.with_activity(k, i, 1))
            for t_crossed, on_after in product(SIGNS, SIGNS):
                before, after = (off, on) if on_after == 1 else (on, off)
                crossed = [t_crossed * c for c in off[k - 1][i]]
                try:
                    found = outgoing(before[k][j], after[k][j], crossed, t_crossed * on_after)
                except AssumptionFailed:
                    found = None
                yield f"{widths}, z[{k},{i}] to output {j}, t' = {t_crossed}", found == net.tables[k][j][i]


def _as_printed() -> Iterator[tuple[str, bool]]:
    _, (g, h, v, w, W, c) = letter_field(["g", "h", "v", "w", "W", "c"])
    after = (c * (g + W * v), c * (h + W * w))  # v_s = c grad z
    minor = (c * after[0] - g) * w - (c * after[1] - h) * v
    yield "the minor is (c^2 - 1) times that of grad z and v, and not 0", bool(minor) and minor == (c**2 - 1) * (
        g * w - h * v
    )
    corrected = (after[0] / c - g) * w - (after[1] / c - h) * v
    yield "corrected: v_s / c - v_r is along v", not corrected


def _try(bend: FindBend, before: Sequence[Any], after: Sequence[Any], crossed: Sequence[Any]) -> Bend | None:
    try:
        return bend(before, after, crossed)
    except AssumptionFailed:
        return None


PROOF = Proof(
    label="a_bend_gives_the_weight",
    paper=("T3a", "T3g"),
    where="Theorem 3, Appendix C",
    statement="At a crossing of B[z'], the known gradient of z before, any normal of B[z] after and the gradient of z' "
    "up to sign give the gradient of z after, in the same scale and with the same unknown sign, and the weight from "
    "z' to z (a sum over paths if z' is not in the layer just before). The equation is v_s / c - v_r = W v, and not "
    "c v_s - v_r = W v.",
    covers=f"gradients as letters in dimensions {DIMENSIONS}, both cases, all signs, any normal; whole forms in "
    f"{len(NETWORKS)} shapes of networks of letters, all patterns; any dimension, since the equations are solved in "
    "two coordinates and are the same in each",
    does_not_cover="where v_s and v are parallel, or mu would be 0 (both refused with a witness, and excluded by the "
    "polynomials of Theorem 1); how the hyperplanes and the side are measured",
    length=8,
    derivation=derive,
)
