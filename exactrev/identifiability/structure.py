"""Directions that leave N's maps unchanged for reasons of pattern alone: who is active when who else is.

Each is a vector field: given the relations between neurons it is in the kernel for *all* parameters, not only for the
ones at hand. So where these fields and the scalings span the kernel, the rank is the same for all networks near by, and
those near by with the same maps differ along such fields only. Knows which neurons are active together; does not know
whether that was seen in some regions or proved for all of R^n.

- A neuron that is never active: its row, and the weights out of it.
- z on => z' off: the weight between them.
- z on => z'_j on, for several j: weights from z to these, with sum of (weights out of z'_j) d_j = 0.
- A neuron that is always active: its bias, against the next biases.
- Whoever listens to z is off where z is off: the bias of z, against theirs.
- Biases of a layer against those of the next, at rates d_i and e_j with sum of w_ji d_i + e_j = 0 over the i that are
  active with j, whenever j is; where these conditions are independent, the solutions depend continuously on weights.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from exactrev.arithmetic.integer_matrices import clear_denominators, integer_nullspace, integer_rank
from exactrev.identifiability.pairs import Pair
from exactrev.identifiability.parameters import Direction, Parameter
from exactrev.network import Network, Neuron, Pattern

__all__ = ["Relations", "bias_fields", "list_fields", "relations_of_pairs", "relations_of_patterns", "shared_rates"]

Link = tuple[Neuron, Neuron]


@dataclass(frozen=True, slots=True)
class Relations:
    """Who is active when who else is; pairs are of neurons of consecutive layers, the earlier one first."""

    never: frozenset[Neuron]
    always: frozenset[Neuron]
    excludes: frozenset[Link]
    implies: frozenset[Link]
    off_implies_off: frozenset[Link]


def relations_of_patterns(net: Network, patterns: Iterable[Pattern]) -> Relations:
    """What holds in all of these patterns."""
    table = np.array([[on for layer in pattern for on in layer] for pattern in patterns], dtype=np.bool_)
    neurons = list(net.neurons())
    columns = {neuron: table[:, number] for number, neuron in enumerate(neurons)}
    links = [(z, later) for z in neurons for later in neurons if later.layer == z.layer + 1]
    return Relations(
        never=frozenset(z for z in neurons if not columns[z].any()),
        always=frozenset(z for z in neurons if columns[z].all()),
        excludes=frozenset((z, y) for z, y in links if not (columns[z] & columns[y]).any()),
        implies=frozenset((z, y) for z, y in links if not (columns[z] & ~columns[y]).any()),
        off_implies_off=frozenset((z, y) for z, y in links if not (~columns[z] & columns[y]).any()),
    )


def relations_of_pairs(pairs: Iterable[Pair]) -> Relations:
    """What the empty quadrants of connected pairs prove for all of R^n."""
    never, always = set[Neuron](), set[Neuron]()
    links: dict[int, set[Link]] = {case: set() for case in (1, 2, 3)}
    for pair in pairs:
        empty = set(pair.empty_quadrants)
        for neuron, cases, group in (
            (pair.source, {1, 2}, never),
            (pair.source, {3, 4}, always),
            (pair.target, {1, 3}, never),
            (pair.target, {2, 4}, always),
        ):
            if cases <= empty:
                group.add(neuron)
        for case in empty & links.keys():
            links[case].add((pair.source, pair.target))
    return Relations(
        frozenset(never), frozenset(always), frozenset(links[1]), frozenset(links[2]), frozenset(links[3])
    )


def list_fields(net: Network, relations: Relations) -> list[Direction]:
    """The fields at this network; not independent. Those of implications only where they depend continuously on it."""
    return [*_fields(net, relations)]


def _fields(net: Network, relations: Relations) -> Iterator[Direction]:
    one = Fraction(1)
    for z in net.neurons():
        own, after = net.layers[z.layer - 1], net.layers[z.layer]
        out = [Parameter(z.layer + 1, o, z.index) for o in range(after.n_out)]
        if z in relations.never:
            row = [Parameter(z.layer, z.index, j) for j in (*range(own.n_in), -1)]
            yield from ({parameter: one} for parameter in (*row, *out))
            continue
        is_last = z.layer == net.depth
        listeners = [] if is_last else [(Neuron(p.layer, p.row), row) for p, row in zip(out, after.W, strict=True)]
        bias = Parameter(z.layer, z.index, -1)
        if z in relations.always or (
            listeners and all((z, y) in relations.off_implies_off for y, row in listeners if row[z.index])
        ):
            next_biases = {Parameter(p.layer, p.row, -1): -row[z.index] for p, row in zip(out, after.W, strict=True)}
            yield {bias: one} | {parameter: rate for parameter, rate in next_biases.items() if rate}
        for y, _ in listeners:
            if (z, y) in relations.excludes:
                yield {Parameter(y.layer, y.index, z.index): one}
        targets = [y for y, _ in listeners if (z, y) in relations.implies and (z, y) not in relations.excludes]
        if targets and _depends_continuously(net, targets):
            for rates in shared_rates(net, targets):
                yield {Parameter(y.layer, y.index, z.index): r for y, r in zip(targets, rates, strict=True) if r}


def bias_fields(net: Network, patterns: Iterable[Pattern]) -> list[Direction]:
    """The fields that move biases of one layer and the next, for layers in which the conditions are independent.

    For one j the conditions are a matrix of zeros and ones times (w_ji d_i, e_j), so which of them follow from others
    does not depend on the weights; those are left out.
    """
    fields: list[Direction] = []
    listed = list(patterns)
    for k in range(1, net.depth + 1):
        after = net.layers[k]
        rows: list[list[int]] = []
        for j, weights in enumerate(after.rows):
            together = {pattern[k - 1] for pattern in listed if k == net.depth or pattern[k][j]}
            own = [int(o == j) * after.denominator for o in range(after.n_out)]
            for active in _independent([[*map(int, on), 1] for on in sorted(together)]):
                rows.append([*(w * on for w, on in zip(weights[:-1], active[:-1], strict=True)), *own])
        if not rows or integer_rank(rows) < len(rows):
            continue
        biases = [Parameter(k, i, -1) for i in range(after.n_in)]
        biases += [Parameter(k + 1, j, -1) for j in range(after.n_out)]
        for vector in integer_nullspace(rows):
            fields.append({bias: Fraction(rate) for bias, rate in zip(biases, vector, strict=True) if rate})
    return fields


def _independent(rows: list[list[int]]) -> list[list[int]]:
    """The rows that are no combination of those before them."""
    chosen: list[list[int]] = []
    for row in rows:
        if integer_rank([*chosen, row]) > len(chosen):
            chosen.append(row)
    return chosen


def shared_rates(net: Network, targets: list[Neuron]) -> list[list[Fraction]]:
    """A basis of the rates d with sum over the targets of (weights out of z'_j) d_j = 0, the largest rate being 1."""
    vectors = integer_nullspace(_weights_out(net, targets))
    return [[Fraction(rate, max(map(abs, vector))) for rate in vector] for vector in vectors]


def _depends_continuously(net: Network, targets: list[Neuron]) -> bool:
    """The nullspace of a matrix depends continuously on it where the matrix has full rank."""
    rows = _weights_out(net, targets)
    return integer_rank(rows) == min(len(rows), len(targets))


def _weights_out(net: Network, targets: list[Neuron]) -> list[list[int]]:
    after = net.layers[targets[0].layer]
    return [list(clear_denominators(row[y.index] for y in targets)[0]) for row in after.W]
