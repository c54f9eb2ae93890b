"""The Linear Regions Assumption without regions: where a whole layer is off, N does not change at earlier boundaries.

Knows the network, and two arguments.

**It fails** if at some point p a neuron z vanishes while all neurons of a later layer are negative, and p is in the
closure of a region. N is constant around p; the component of a linear region there contains the region and p, and p is
on a boundary. The closure is shown by a point q on no boundary at which every preactivation has the sign that it has
at p, or any sign if it vanishes at p. (Layer by layer, preactivations are affine on the segment from p to q, and
nowhere zero but at p.)

**It holds** for one hidden layer if no row of W^1 and no column of W^2 is 0 and the hyperplanes of layer 1 are
different ones.

**It holds** for two hidden layers if W^1 has rank n_1 and (a) at no point a neuron of layer 1 vanishes while all of
layer 2 are off, (b) no weight or bias of layer 2 and no column of W^3 is 0, (c) for no two neurons j, l of layer 2 and
no i, b_j w_li = b_l w_ji, (d) for every i no sum of w_ji c_j over a non-empty set of j is 0, where c_j are the weights
out of z'_j. *Proof.* The preactivations u of layer 1 are independent coordinates. Where only the neurons in A are
active, z'_j is b_j plus the sum of w_ji u_i over A. At a facet with u_m = 0 no other u_i vanishes, and no z'_j does:
otherwise it would vanish where only A without m is active, and by (b) it is not constant there, or b_j. At a facet
with u_m = 0 the gradient of N jumps by the sum of w_jm c_j over the active j, times that of u_m; by (a) there are
some, so by (d) it is not 0. At any other facet some z'_j vanishes, hence A is not empty, and by (c) no other does. N's
gradient jumps by c_j times that of z'_j, and neither is 0.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import flint
import numpy as np

from exactrev.network import Network, Neuron, Point
from exactrev.search import Budget, Condition, Found, Impossible, Relation, find_point
from exactrev.surveys.clock import Clock

__all__ = ["are_different_hyperplanes", "decide_lra_by_programs"]

MOST_CASES = 2000
"""So many cases may be looked at for one layer and one boundary."""

MOST_NEURONS = 14
"""In layer 2: the sums over all sets of more are too many."""

_STEPS = tuple(Fraction(1, 2**bits) for bits in (0, 8, 16, 32, 64, 128, 256))
"""Away from a point to one beside it: corners that floats led to lie very close to further boundaries."""


def decide_lra_by_programs(net: Network, clock: Clock) -> bool | None:
    """Whether the Linear Regions Assumption holds over R^n; None if neither argument decides it.

    >>> net = Network.from_arrays([([[1, 0], [0, 1]], [0, 0]), ([[1, 1]], [-1]), ([[1]], [0])])
    >>> decide_lra_by_programs(net, Clock(None))  # ReLU(a1 + a2 - 1) is off at 0, where a1 and a2 switch
    False
    """
    if net.depth == 1:
        return True if are_different_hyperplanes(net) and all(map(any, zip(*net.layers[1].W, strict=True))) else None
    seen_off = False
    for layer in range(2, net.depth + 1):
        off = [_condition(net, Neuron(layer, j), -1) for j in range(net.hidden_widths[layer - 1])]
        answer = find_point(net, off, Budget(MOST_CASES, clock.deadline))
        if isinstance(answer, Impossible):
            continue
        for z in net.neurons():
            if z.layer < layer:
                zero = _condition(net, z, 0)
                answer = find_point(net, [*off, zero], Budget(MOST_CASES, clock.deadline))
                if isinstance(answer, Found) and _is_beside_a_region(net, answer.point):
                    return False
                seen_off |= not isinstance(answer, Impossible)
    return True if net.depth == 2 and not seen_off and _always_jumps(net) else None


def _condition(net: Network, neuron: Neuron, sign: int) -> Condition:
    f = net.layers[neuron.layer - 1]
    row = tuple(Fraction(entry if sign == 0 else sign * entry, f.denominator) for entry in f.rows[neuron.index])
    return Condition(neuron.layer, row, Relation.POSITIVE if sign else Relation.ZERO)


def _is_beside_a_region(net: Network, p: Point) -> bool:
    """Is the point shown to be in the closure of a region?"""
    at_p = [sign for layer in net.sign_vector(p) for sign in layer]
    rng = np.random.default_rng(0)
    for step in (step for step in _STEPS for _ in range(4)):
        q = tuple(x + step * int(d) for x, d in zip(p, rng.integers(-9, 10, net.n_in), strict=True))
        at_q = [sign for layer in net.sign_vector(q) for sign in layer]
        if all(at_q) and all(here in (0, there) for here, there in zip(at_p, at_q, strict=True)):
            return True
    return False


def are_different_hyperplanes(net: Network) -> bool:
    """Do the rows of layer 1 define hyperplanes, all of them different?"""
    forms = set()
    for *weights, bias in net.layers[0].rows:
        lead = next(filter(None, weights), 0)
        if not lead:
            return False
        forms.add(tuple(Fraction(entry, lead) for entry in (*weights, bias)))
    return len(forms) == net.hidden_widths[0]


def _always_jumps(net: Network) -> bool:
    """The rank of W^1, and conditions (b) to (d)."""
    first, second, last = net.layers
    weights_out = [row[:-1] for row in last.rows]
    if flint.fmpz_mat([list(row[:-1]) for row in first.rows]).rank() < first.n_out or second.n_out > MOST_NEURONS:
        return False
    if not all(map(all, second.rows)) or not all(any(column) for column in zip(*weights_out, strict=True)):
        return False
    *columns, biases = zip(*second.rows, strict=True)
    for j, other in combinations(range(second.n_out), 2):
        if any(biases[j] * column[other] == biases[other] * column[j] for column in columns):
            return False
    return all(_has_no_vanishing_sum(column, weights_out) for column in columns)


def _has_no_vanishing_sum(column: tuple[int, ...], rows: list[tuple[int, ...]]) -> bool:
    """Is, for every non-empty set of neurons j, the sum of column_j (weights out of j) not 0 for some output?"""
    sums: list[tuple[int, ...]] = [(0,) * len(rows)]
    for j, weight in enumerate(column):
        part = [weight * row[j] for row in rows]
        sums += [tuple(s + p for s, p in zip(total, part, strict=True)) for total in sums]
    return all(map(any, sums[1:]))
