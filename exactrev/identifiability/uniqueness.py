"""Is every network of the same architecture with the same function isomorphic to this one? Proved for two shapes.

Full functional dimension shows as much for networks near by only. Here are two lemmas about all networks M of the same
architecture with M = N everywhere. A *kink* is a point near which N is not affine; u_i are the preactivations of
layer 1.

**One neuron in the last of two hidden layers** (n_in-n-1-n_out): N = c ReLU(z') + d, z' = sum v_i ReLU(u_i) + b'.
Suppose that (a) c and all v_i are not 0, and the hyperplanes u_i = 0 are n different ones; (b) each of them contains a
facet with N not constant on either side; (c) no sum of v_i grad u_i over a non-empty set of i is 0; (d) on some region
z' < 0, and z' is not constant there. Then M is isomorphic to N. *Proof.* Where M's last neuron switches, away from M's
layer 1, M is constant on one side. So by (b) the hyperplanes u_i = 0 are those of M's layer 1: after scaling and
permuting its preactivations are e_i u_i, e_i = 1 or -1. The jumps of the gradient there give c~ v~_i = c v_i, so after
scaling (c~, v~) is (c, v) or (-c, -v). Comparing gradients where N is not constant, the sum of v_i grad u_i over all i
with e_i = -1 is 0, so by (c) all e_i are 1. Let c~ = c. On the region of (d) M cannot be active, or its gradient would
not be 0; so d~ = d there, and b~' = b' from where N is not constant. Let c~ = -c. Then z~' = k - z' for a number k. It
is positive where z' is (and N not constant), so k > 0; and not positive on the region of (d), so k < 0: impossible.

**Two and two hidden neurons** (n_in-2-2-n_out). Write p, q for u_1, u_2, and z'_j = v_j1 ReLU(p) + v_j2 ReLU(q) + b_j,
N = sum C_j ReLU(z'_j) + d. Suppose that (a) W^1 has rank 2, no v_ji, b_j or C_j is 0, no B[z'_j] is empty, and they are
disjoint; (b) far out, N has kinks on all four half-lines of p = 0 and q = 0; (c) N is not constant on any quadrant
but p, q < 0; (d) no sum of C_j x (v_j1, v_j2) over a non-empty set of j is 0. Then M is isomorphic to N.
*Proof.* A B[z'_j] is a curve with exactly two unbounded rays: one in p > 0 > q if -b/v_1 > 0, one in p < 0 < q if
-b/v_2 > 0, and one in p, q > 0 if just one of these is positive. So N's kinks have 4 + 2 + 2 rays. M's two lines are
not parallel, since N's kinks are not; so M's have at most four rays on these lines and, counting in the same way with
zeros allowed, at most two from either z~'_j. All 8 are needed. Both ends of M's lines are kinks, and the only two rays
of N's that lie opposite to each other on one line are those of p = 0, and those of q = 0 (the others point to (0, -1),
(-1, 0) or into p, q > 0). So M's lines are those of N; by (c) their signs are the same, as M is constant on the
quadrant where neither of its neurons is active. In the open quadrants M's kinks are the curves of z~'_j (two pieces on
one line would be one curve, with two rays instead of four), and these are connected, so each is a B[z'_j]; in p, q > 0
a piece of it determines (v_j1 : v_j2 : b_j). So z~'_j is z'_j or -z'_j after scaling, the jumps give C~_j = C_j, and if
S is the set of those with a minus, the sum of C_j z'_j over S is constant: by (d) S is empty, and d~ = d. That was for
n_in = 2. For more inputs take any plane on which p and q are coordinates: there M and N are 2-2-2-n_out networks, so
each u~_i vanishes where p or q does. Every point is on such a plane, so the hyperplane u~_i = 0 is p = 0 or q = 0; and
the rest is known from any one of these planes.

Knows regions, and the conditions of the lemmas. HOLDS by a lemma, FAILS with an equal network, UNDECIDED else.
"""

from __future__ import annotations

from fractions import Fraction

from exactrev.arithmetic.integer_matrices import integer_rank
from exactrev.geometry import RegionComplex, boundaries
from exactrev.identifiability.identification import Identification, identify
from exactrev.identifiability.second_networks import negatable_sets
from exactrev.network import Network, is_isomorphic
from exactrev.verdict import Outcome, Verdict

__all__ = ["decide_unique", "is_unique_by_one_last_neuron", "is_unique_by_two_and_two"]

MOST_NEURONS = 12
"""In layer 1; then no set of neurons is left out of the search for sums that vanish."""


def decide_unique(net: Network, identified: Identification | None = None) -> Verdict:
    """Whether every network of this architecture with this function is isomorphic to this one.

    >>> decide_unique(Network.from_arrays([([[1, 0], [0, 1]], [0, 0]), ([[-2, 1]], [1]), ([[1]], [0])])).holds
    True
    """
    found = identify(net) if identified is None else identified
    for checked in found.families:
        if checked.is_new:
            t = next(t for t in checked.family.steps_inside() if not is_isomorphic(net, checked.family(t)))
            return Verdict(Outcome.FAILS, checked.family.why, {"network": checked.family(t), "step": t})
    for second in found.second_networks:
        return Verdict(Outcome.FAILS, second.how, {"network": second.network})
    complex = found.complex
    if complex is not None and complex.n_thick == 0 and found.is_locally_unique:
        if is_unique_by_one_last_neuron(complex):
            return Verdict(Outcome.HOLDS, "the lemma about one neuron in the last of two hidden layers applies")
        if is_unique_by_two_and_two(complex):
            return Verdict(Outcome.HOLDS, "the lemma about two and two hidden neurons applies")
    near = "unique near by" if found.is_locally_unique else "not known to be unique near by"
    return Verdict(Outcome.UNDECIDED, f"{near}; no lemma applies, and no second network was found")


def is_unique_by_one_last_neuron(complex: RegionComplex) -> bool:
    """Whether the network satisfies (a) to (d) of the first lemma. Without thick cells only."""
    net = complex.network
    if net.depth != 2 or net.hidden_widths[1] != 1 or net.hidden_widths[0] > MOST_NEURONS or complex.n_thick:
        return False
    n = net.hidden_widths[0]
    (v,) = net.layers[1].W
    if not all(v) or not any(row[0] for row in net.layers[2].W) or not _are_different_hyperplanes(net):
        return False
    if negatable_sets(net, 1):
        return False
    moves = [any(any(row[:-1]) for row in complex.affine_map(cell).rows) for cell in range(complex.n_cells)]
    seen = set()
    for facet, (one, other) in enumerate(complex.facet_cells.tolist()):
        neurons = complex.facet_neurons(facet)
        if len(neurons) == 1 and neurons[0].layer == 1 and moves[one] and moves[other]:
            seen.add(neurons[0].index)
    return len(seen) == n and any(
        complex.sign_vector(cell)[1][0] < 0
        and any(net.preactivation_map(2, complex.pattern(cell)).rows[0][:-1])
        for cell in range(complex.n_cells)
    )


def is_unique_by_two_and_two(complex: RegionComplex) -> bool:
    """Whether the network satisfies (a) to (d) of the second lemma. Without thick cells only."""
    net = complex.network
    if net.hidden_widths != (2, 2) or complex.n_thick:
        return False
    v, bias = net.layers[1].W, net.layers[1].b
    C = [[row[j] for row in net.layers[2].W] for j in range(2)]
    if integer_rank([row[:-1] for row in net.layers[0].rows]) < 2:
        return False
    if not all(map(all, v)) or not all(bias) or not all(map(any, C)):
        return False
    if any(all(bias[j] * v[j][i] > 0 for i in range(2)) for j in range(2)):  # then z'_j has the sign of b_j everywhere
        return False
    if boundaries(complex).meets[2, 3] or negatable_sets(net, 2):
        return False
    for i in range(2):  # on the line u_i = 0, where the other preactivation goes to +-infinity
        for active in ([v[j][1 - i] > 0 for j in range(2)], [bias[j] > 0 for j in range(2)]):
            jump = [sum((C[j][o] * v[j][i] for j in range(2) if active[j]), Fraction(0)) for o in range(net.n_out)]
            if not any(jump):
                return False
    quadrants = {
        complex.sign_vector(cell)[0]
        for cell in range(complex.n_cells)
        if any(any(row[:-1]) for row in complex.affine_map(cell).rows)
    }
    return quadrants >= {(1, 1), (1, -1), (-1, 1)}


def _are_different_hyperplanes(net: Network) -> bool:
    """Do the rows of layer 1 define hyperplanes, all of them different?"""
    normal = set()
    for row in net.layers[0].rows:
        lead = next((entry for entry in row[:-1] if entry), None)
        if lead is None:
            return False
        normal.add(tuple(Fraction(entry, lead) for entry in row))
    return len(normal) == net.hidden_widths[0]
