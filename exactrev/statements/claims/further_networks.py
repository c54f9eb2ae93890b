"""I4, I5 and N9, §3.1 and §5.2: equal networks that are not isomorphic, in a ball, of other widths, with all meeting.

Claim I4. There is an open ball of networks that all have further isomorphisms. Check: in layer 2 or later let a
neuron's weights and bias all be below 0. In every network closer than the smallest of their absolute values, by the
largest difference of a parameter, they still are; so the neuron is never active, its preactivation being a sum of
numbers below 0 and numbers not above 0; and lowering its bias changes nothing. Its row changes direction, so all but
finitely many of the networks so obtained are not isomorphic to the first. Networks close to the edge of the ball are
compared exactly.
Claim I5. Every network is equal to one of another architecture. Check: a neuron more, with weights 0 out of it; the
matrix identities are verified in integers and hold for every network.
Claim N9. There is a network in which the boundaries of all connected neurons meet, and the Linear Regions Assumption
holds, that has further isomorphisms. Check: an explicit 2-10-3-1 network. The boundaries of two neurons of layer 2
consist of a loop on the right and one on the left each; exchanging the weights that matter on the left, and with them
the loops, gives an equal network. With other weights out of the two neurons the function changes: such networks have
measure zero.

Not decided: how large the set of networks with further isomorphisms is; whether N9's network is the smallest.

Printed: I4 as it stands. I5 is not said; "isomorphic" leaves it open, so uniqueness has to say "of the same
architecture". N9 is implied in §5.2, which looks for further isomorphisms among boundaries that do not meet.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import islice, product
from typing import Any

from exactrev.equivalence import decide_equal
from exactrev.identifiability import find_pairs
from exactrev.identifiability.parameters import Parameter, along, list_parameters
from exactrev.identifiability.second_networks import exchange
from exactrev.network import AffineMap, Network, Neuron, is_isomorphic
from exactrev.statements.claim import Claim
from exactrev.statements.claims.linear_regions import decide_linear_regions_are_activation_regions
from exactrev.statements.claims.symmetries import sample_points
from exactrev.statements.evidence import Evidence
from exactrev.verdict import Outcome, Verdict

__all__ = [
    "CLAIMS",
    "NEVER_ACTIVE",
    "TWO_LOOPS",
    "check_ball",
    "check_exchange",
    "check_wider",
    "decide_a_ball_of_networks_has_further_isomorphisms",
    "decide_all_boundaries_may_meet_and_still_leave_a_second_network",
    "decide_wider_networks_compute_the_same_function",
]

NEVER_ACTIVE = Network.from_arrays([([[1, 0], [0, 1]], [0, 0]), ([[-2, -1], [1, 1]], [-1, -1]), ([[1, 1]], [0])])
"""z[2,0] = -2 ReLU(x) - ReLU(y) - 1."""

_RIGHT: list[tuple[Any, ...]] = [(1, 1, -10), (1, -1, -10), (1, 0, -12), ("1/2", 1, -7), ("1/2", -1, -7)]
_LEFT: list[tuple[Any, ...]] = [
    (-1, "11/10", -10),
    (-1, "-9/10", -10),
    (-1, "1/20", -12),
    ("-3/5", 1, -8),
    ("-2/5", "-11/10", -7),
]
_ROWS: list[list[Any]] = [
    [-1, -1, 6, 6, 6, -1, -1, 6, 6, 6],
    ["-5/4", -1, 5, 7, 6, -1, "-9/8", 7, 6, 7],
    [-2, -3, -2, -1, -3, -1, -2, -3, -1, -2],
]
TWO_LOOPS = Network.from_arrays(
    [
        ([row[:2] for row in (*_RIGHT, *_LEFT)], [row[2] for row in (*_RIGHT, *_LEFT)]),
        (_ROWS, [1, 1, 200]),
        ([[1, 1, 1]], [0]),
    ]
)
"""The first five neurons of layer 1 are active near the loops around (10, 0), the others near those around (-10, 0)."""

_CLOSE = Fraction(999, 1000)
_COMPARED = 6


def decide_a_ball_of_networks_has_further_isomorphisms() -> Verdict:
    """I4: the ball of radius 1 around an explicit network."""
    return check_ball(NEVER_ACTIVE, Neuron(2, 0))


def check_ball(net: Network, neuron: Neuron) -> Verdict:
    """The ball in which a neuron stays inactive for the signs of its row; FAILS if an entry is not negative."""
    layer, index = net.require_neuron(neuron)
    own = net.layers[layer - 1]
    row = [*own.W[index], own.b[index]]
    if layer < 2 or max(row) >= 0:
        return Verdict(
            Outcome.FAILS,
            "the neuron's weights and bias are not all below 0, in layer 2 or later",
            {"neuron": neuron, "row": tuple(row)},
        )
    radius = min(map(abs, row))
    lowered = {Parameter(layer, index, -1): Fraction(-1)}
    for near in islice(_near(net, radius * _CLOSE), _COMPARED):
        other = along(near, lowered, 1)
        if decide_equal(near, other).outcome is not Outcome.HOLDS or is_isomorphic(near, other):
            witness = {"network": list(near.layers), "other": list(other.layers)}
            return Verdict(Outcome.FAILS, "a network in the ball has no such isomorphism", witness)
    return Verdict(
        Outcome.HOLDS,
        f"in the open ball of radius {radius} the row of {neuron} stays below 0; "
        f"{_COMPARED} networks at {_CLOSE} of the radius compared",
        {"network": list(net.layers), "neuron": neuron, "radius": radius, "bias_may_be_lowered_by": Fraction(1)},
    )


def _near(net: Network, distance: Fraction) -> Sequence[Network]:
    """Networks all of whose parameters differ by this much, up or down in turn."""
    parameters = list_parameters(net)
    signs = [[1], [-1], [1, -1], [-1, 1, 1], [1, 1, -1], [-1, 1, 1, 1, -1]]
    return [
        along(net, {p: distance * some[number % len(some)] for number, p in enumerate(parameters)}, 1) for some in signs
    ]


def decide_wider_networks_compute_the_same_function() -> Verdict:
    """I5: one more neuron in each hidden layer of some networks, with weights 0 out of it."""
    return check_wider([NEVER_ACTIVE, TWO_LOOPS], Fraction(0))


def check_wider(networks: Sequence[Network], out: Fraction) -> Verdict:
    """Whether a neuron more, with these weights out of it, changes no network."""
    checked = 0
    for net, k in [(network, layer) for network in networks for layer in range(1, network.depth + 1)]:
        wider = _widened(net, k, out)
        kept = AffineMap(wider.layers[k - 1].rows[:-1], wider.layers[k - 1].denominator, net.layers[k - 1].n_in)
        upper = wider.layers[k]
        entries = [list(row) for row in upper.W]
        ignored = all(not row[-1] for row in entries)
        rest = AffineMap.from_arrays([row[:-1] for row in entries], upper.b)
        points = sample_points(net.n_in)
        same = wider.evaluate(points) == net.evaluate(points)
        if not ignored or kept != net.layers[k - 1] or rest != net.layers[k] or not same:
            witness = {"layer": k, "weights_out_of_the_new_neuron": out}
            return Verdict(Outcome.FAILS, "the new neuron is heard", witness)
        checked += 1
    return Verdict(
        Outcome.HOLDS,
        f"W'^(k+1) = [W^(k+1) | 0] on [a^k; anything] is W^(k+1) a^k, in {checked} layers of {len(networks)} networks",
        {"widths": networks[0].widths, "also": _widened(networks[0], 1, out).widths},
    )


def _widened(net: Network, k: int, out: Fraction) -> Network:
    layers = [([list(row) for row in f.W], list(f.b)) for f in net.layers]
    layers[k - 1][0].append([Fraction(1)] * net.layers[k - 1].n_in)
    layers[k - 1][1].append(Fraction(-1))
    for row in layers[k][0]:
        row.append(out)
    return Network.from_arrays(layers)


def decide_all_boundaries_may_meet_and_still_leave_a_second_network() -> Verdict:
    """N9: the network with two loops."""
    return check_exchange(TWO_LOOPS)


def check_exchange(net: Network) -> Verdict:
    """Whether all connected boundaries meet, the LRA holds, and exchanging five weights gives a second network."""
    disjoint = [str(pair) for pair in find_pairs(net).pairs if not pair.meets]
    if disjoint:
        return Verdict(Outcome.FAILS, "boundaries of connected neurons do not meet", {"pairs": disjoint})
    regions = decide_linear_regions_are_activation_regions(Evidence(net))
    if not regions.holds:
        return Verdict(Outcome.FAILS, f"the Linear Regions Assumption: {regions.checked}", regions.witness)
    second = exchange(net, 2, 0, 1, range(5, 10))
    comparison = decide_equal(net, second)
    if not comparison.holds:
        return Verdict(comparison.outcome, "the exchange changes the function", comparison.witness)
    if is_isomorphic(net, second):
        return Verdict(Outcome.FAILS, "the exchange is a permutation and scaling", {"network": list(net.layers)})
    pairs = sum(1 for _ in product(range(net.widths[1]), range(net.widths[2])))
    return Verdict(
        Outcome.HOLDS,
        f"the boundaries of all {pairs} pairs meet; {regions.checked}; an equal network is not isomorphic",
        {"first": list(net.layers), "second": list(second.layers)},
    )


CLAIMS = (
    Claim(
        label="a_ball_of_networks_has_further_isomorphisms",
        paper="I4",
        where="§3.1",
        claim="There is an open ball of networks all of which have isomorphisms besides permutation and scaling.",
        decide=decide_a_ball_of_networks_has_further_isomorphisms,
    ),
    Claim(
        label="wider_networks_compute_the_same_function",
        paper="I5",
        where="§3.1",
        claim="Every network with a hidden layer is equal to a wider one.",
        decide=decide_wider_networks_compute_the_same_function,
        printed="Not said: uniqueness is meant among networks of the same architecture.",
    ),
    Claim(
        label="all_boundaries_may_meet_and_still_leave_a_second_network",
        paper="N9",
        where="§5.2",
        claim="There is a network with further isomorphisms in which the boundaries of all connected neurons meet and "
        "the Linear Regions Assumption holds.",
        decide=decide_all_boundaries_may_meet_and_still_leave_a_second_network,
        printed="Implied otherwise: further isomorphisms are looked for where boundaries do not meet.",
    ),
)
