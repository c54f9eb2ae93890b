"""Theorem 2 as corrected (T2c): connected boundaries that meet determine the hidden layers, up to the last one's signs.

Statement. Let n_in >= 2, let every B[z] be connected, and let the boundaries of connected neurons meet (so that, off
null sets, every hidden layer but the last has two neurons at least: over a layer of one, the boundaries are parallel).
Off the zeros of explicit polynomials the union B of the boundaries, without labels, determines the architecture and all
hidden weights and biases, up to permutation, positive scaling and the signs of the last hidden layer's neurons, among
all networks of which this is true as well.

Proof, and what is checked. The polynomials are those of general position and of Theorem 1, by way of T1d, and those of
the signs below.

- The B[z] and their layers are read off B by T1d, which this proof rests on.
- Which pieces are parallel. Where B[z] and an earlier B[z'] cross, the pieces have the normals v, v and g, g + kappa v,
  and no two but the first are parallel unless kappa is 0 or g and v are parallel.
- Layer 1: a hyperplane determines [W | b] up to a factor that is not 0.
- From layer k-1 to layer k. Let two networks have the same B, and let the forms of layer k-1 be m_i z_i and z_i, m_i
  not 0 (the layers before have the same activities). On one piece z~ = l z, since they vanish together. Across B[z_i]
  the forms become multiples of each other again, and the factor stays l (`find_bend` has one solution); the weights
  have |m_i| w~_i = l w_i, whatever the signs of m_i. Across a boundary of an earlier layer the factor stays as well.
  B[z] is connected across ridges, and meets all B[z_i] along ridges: so that is true of all i, with one l.
- Signs. If the m_i with i in S are negative, grad z~ - l grad z = -l sum_S w_i grad z_i, in whatever pattern. It has to
  be 0 where B[z] passes. Beside its ridge with B[z_i], i in S, grad z_i is not 0, so in that pattern the sum is a
  polynomial with w_i in a term of its own, w_i times something that is not the zero polynomial. These are the last
  polynomials: for each pattern of the layers before k-1, each z and each S. Off their zeros S is empty: all m_i are
  positive, layer k-1 is known up to positive scaling, and then b~ = l b. For layer k the sign of l is open; the next
  layer decides.
- The last hidden layer has no next one in B. Its signs are open: -z has the same boundary as z.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, product
from typing import Any

from exactrev.errors import AssumptionFailed
from exactrev.proofs import layers_are_read_off_bends as layers
from exactrev.proofs.letters import check_forms, find_forms, letter_field, letter_network, path_sum, patterns
from exactrev.proofs.proof import Proof, Step, check, rests_on
from exactrev.recovery.bends import Bend, find_bend

__all__ = ["PROOF", "derive"]

FindBend = Callable[[Sequence[Any], Sequence[Any], Sequence[Any]], Bend]
Weight = Callable[[Any, Any, Any], Any]

SIGNS = (1, -1)


def other_weight(factor: Any, weight: Any, m: Any) -> Any:
    """The weight that the second network has to have: w~ = l w / |m|, |m| being given."""
    return factor * weight / m


def derive(bend: FindBend = find_bend, weight: Weight = other_weight) -> Iterator[Step]:
    """The steps, for a function that finds bends, and for the weights of a second network with the same B."""
    yield check_forms()
    yield check("at a crossing no other pieces are parallel unless g and v are, or kappa is 0", _strands())
    yield check("the factor stays, and |m| w~ = l w, whatever the sign of m", _factors(bend, weight))
    yield check("negating the forms of S changes grad z by l times the sum over S, in every pattern", _signs(weight))
    yield check("that sum is not the zero polynomial", _not_zero())
    yield check("with all signs right, the bias is l b, and the form l z", _biases(weight))
    yield check("negating a neuron of the last hidden layer changes no boundary", _last_layer())
    yield rests_on(layers.PROOF)


def _strands() -> Iterator[tuple[str, bool]]:
    for widths in ((2, 2, 1, 1), (3, 2, 2, 1), (2, 2, 2, 1, 1)):
        net = letter_network(widths)
        for (k, i), (m, j) in product(net.neurons(), net.neurons()):
            if m <= k:
                continue
            off, on = (find_forms(net.tables, net.with_activity(k, i, d)) for d in (0, 1))
            v, g, after = off[k - 1][i], off[m - 1][j], on[m - 1][j]
            kappa = path_sum(net.tables, net.activity, (k, i), (m, j))
            name = f"{widths}, z[{k},{i}] and z[{m},{j}]"
            minor = g[0] * v[1] - g[1] * v[0]
            yield f"{name}: g + kappa v and v", after[0] * v[1] - after[1] * v[0] == minor
            yield f"{name}: g and g + kappa v", g[0] * after[1] - g[1] * after[0] == kappa * minor
            yield f"{name}: the earlier one does not bend", on[k - 1][i] == v


def _factors(bend: FindBend, weight: Weight) -> Iterator[tuple[str, bool]]:
    for n in (2, 3):
        names = [*(f"g{i}" for i in range(n + 1)), *(f"v{i}" for i in range(n + 1)), "w", "l", "L", "m"]
        _, letters = letter_field(names)
        g, v, (w, factor, after_factor, m) = letters[: n + 1], letters[n + 1 : 2 * n + 2], letters[2 * n + 2 :]
        for on_after, sign in product(SIGNS, SIGNS):
            beyond = [a + on_after * w * b for a, b in zip(g, v, strict=True)]  # the form of z beyond B[z_i]
            try:
                # the form of z~ before, some multiple L of z's form beyond, and the second network's form of z_i
                found = bend([factor * a for a in g], [after_factor * a for a in beyond], [sign * m * b for b in v])
            except AssumptionFailed:
                yield f"n_in = {n}: refused", False
                continue
            name = f"n_in = {n}, on after: {on_after}, sign of m: {sign}"
            # mu = 1 is what the second network's own forms have: then L = l
            yield f"{name}: factor", found.mu * after_factor == factor
            yield f"{name}: weight", found.weight(sign * on_after) == weight(factor, w, m)


def _second(weight: Weight, n_in: int, n: int, S: Sequence[int]) -> tuple[Any, Any, Any, Any, list[Any]]:
    """(form of z, form of z~, l, letters w, forms z_i): z~ hears m_i z_i, negated for i in S, with the forced weights.

    z_i is on where d_i = 1; the negated form is on where d_i = 0.
    """
    names = [*(f"v{i}_{c}" for i in range(n) for c in range(n_in + 1)), *(f"w{i}" for i in range(n))]
    names += [*(f"m{i}" for i in range(n)), *(f"d{i}" for i in range(n)), "b", "l"]
    _, letters = letter_field(names)
    size = n * (n_in + 1)
    units = [letters[i * (n_in + 1) : (i + 1) * (n_in + 1)] for i in range(n)]
    w, m, d = (letters[size + k * n : size + (k + 1) * n] for k in range(3))
    b, factor = letters[-2:]
    form, second = [0 * b] * n_in + [b], [0 * b] * n_in + [factor * b]
    for i, unit in enumerate(units):
        sign, on = (-1, 1 - d[i]) if i in S else (1, d[i])
        form = [entry + w[i] * d[i] * c for entry, c in zip(form, unit, strict=True)]
        heard = weight(factor, w[i], m[i]) * on * sign * m[i]
        second = [entry + heard * c for entry, c in zip(second, unit, strict=True)]
    return form, second, factor, w, units


def _subsets(n: int) -> Iterator[tuple[int, ...]]:
    return (S for size in range(1, n + 1) for S in combinations(range(n), size))


def _signs(weight: Weight) -> Iterator[tuple[str, bool]]:
    for n_in, n in ((2, 1), (2, 2), (2, 3), (3, 2)):
        for S in _subsets(n):
            form, second, factor, w, units = _second(weight, n_in, n, S)
            for c in range(n_in):
                expected = -factor * sum((w[i] * units[i][c] for i in S), 0 * factor)
                yield f"n_in = {n_in}, {n} units, S = {S}, coordinate {c}", second[c] - factor * form[c] == expected


def _not_zero() -> Iterator[tuple[str, bool]]:
    """In every pattern of the layers before the units'. In one that is off no unit has a boundary."""
    for widths in ((2, 2, 1, 1), (2, 3, 1, 1), (2, 2, 2, 1, 1), (2, 1, 2, 2, 1, 1)):
        net = letter_network(widths)
        k = net.depth  # z is in the last hidden layer, the units of S in the one before
        for pattern in patterns(widths[1 : k - 1]):
            activity = [
                [net.field.one * on for on in layer] for layer in (*pattern, *((0,) * n for n in widths[k - 1 :]))
            ]
            units = find_forms(net.tables, activity)[k - 2]
            for S in _subsets(widths[k - 1]):
                total = sum((net.tables[k - 1][0][i] * units[i][0] for i in S), net.field.zero)
                own = all(total.diff(net.tables[k - 1][0][i]) == units[i][0] for i in S)
                constant = not all(map(any, pattern)) and not any(any(units[i][:-1]) for i in S)
                yield f"{widths}, {pattern}, S = {S}", own and bool(total) != constant


def _biases(weight: Weight) -> Iterator[tuple[str, bool]]:
    for n_in, n in ((2, 1), (2, 2), (3, 3)):
        form, second, factor, _, _ = _second(weight, n_in, n, ())
        yield f"n_in = {n_in}, {n} units", second == [factor * entry for entry in form]


def _last_layer() -> Iterator[tuple[str, bool]]:
    for widths in ((2, 2, 1), (2, 2, 2, 1), (3, 2, 1, 2, 1)):
        net = letter_network(widths)
        k = net.depth
        before = find_forms(net.tables, net.activity)
        for j in range(widths[k]):
            tables: list[Any] = [list(table) for table in net.tables]
            tables[k - 1][j] = [-entry for entry in tables[k - 1][j]]
            after = find_forms(tables, net.activity)
            for layer, (old, new) in enumerate(zip(before[:-1], after[:-1], strict=True), start=1):
                signs = [-1 if (layer, i) == (k, j) else 1 for i in range(len(old))]
                same = new == [[sign * entry for entry in form] for sign, form in zip(signs, old, strict=True)]
                yield f"{widths}, z[{k},{j}] negated, layer {layer}", same


PROOF = Proof(
    label="connected_boundaries_determine_the_network",
    paper=("T2c",),
    where="Theorem 2, corrected",
    statement="If every B[z] is connected and the boundaries of connected neurons meet, then, off explicit "
    "polynomials, the union of the boundaries determines the architecture and the hidden layers, up to permutation, "
    "positive scaling and the last hidden layer's signs.",
    covers="every step from layer to layer as an identity in letters, in small shapes and all patterns; any depth and "
    "width by induction, since a step sees two consecutive layers; that boundaries are manifolds which crossings of "
    "three do not separate, by the proof of general position",
    does_not_cover="networks on the zeros of the polynomials; that connectedness is needed: decided on explicit pairs "
    "of networks by the statement T2",
    length=8,
    derivation=derive,
)
