"""N1, N2, N3, N4 and N5, §5.2: what follows for a weight if the boundaries of its two neurons do not meet.

The cases: (1) z active => z' inactive, (2) z active => z' active, (3) z inactive => z' inactive, (4) z inactive => z'
active; w is the weight from z to z'.

Claim N1. In case 1 every weight up to a largest one gives the same function; off measure zero that is larger than w.
Check: on some networks, the largest weight by linear programs; equal there and far below, another function just above.
Claims N2 to N4. In each of these cases there is a network with isomorphisms besides permutation and scaling, and one
without. Check: an explicit network each; with an equal network that is not isomorphic, or with a proof that every equal
network of the architecture is isomorphic (`identifiability.uniqueness`). In case 3 none is without if z' is alone in
its layer.
Claim N5. There is an open ball of networks with disjoint boundaries of connected neurons in none of the four cases.
Check: an explicit network with points for all four combinations of signs. The ball has radius 1/20: in every network
closer than that, by the largest difference of a parameter, the signs at these points are the same, by interval
arithmetic; and z' < 0 on B[z]. For there |x| <= (|y| + 1)/19, so for y > 0 ReLU(u2) is at most 1.106 y + 0.106 and
ReLU(u3) at least 0.947 y - 0.053, and z' <= -0.95 + 1.05 ReLU(u2) - 1.95 ReLU(u3) < -0.73 - 0.68 y; for y <= 0
ReLU(u2) is at most 0.106, and z' < -0.83. Networks close to the edge are decided exactly as well.

Not decided: how often each case occurs.

Printed, N1: "a slight perturbation to the weight w between z and z' has no effect upon the network's output": only
downwards where the largest weight is w itself, as for 2 a1 - a2 - 1/7 over (x, 2x + 1). Nor are boundaries in a case
disjoint always: z = x and z' = -|x| are in case 1 and meet at 0. Both only on a set of measure zero. N5: the list of
four reads as complete, and is not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from exactrev.equivalence import decide_equal
from exactrev.identifiability import Pair, decide_unique, find_pairs, free_weight
from exactrev.identifiability.pairs import CASES
from exactrev.identifiability.parameters import Parameter, along, list_parameters
from exactrev.network import Network, Neuron, Point
from exactrev.statements.claim import Claim
from exactrev.verdict import Outcome, Verdict

__all__ = [
    "CLAIMS",
    "check_both_ways",
    "check_fifth_case",
    "check_free_weights",
    "decide_case_2_does_not_decide_the_weight",
    "decide_case_3_does_not_decide_the_weight",
    "decide_case_4_does_not_decide_the_weight",
    "decide_disjoint_boundaries_need_not_be_in_a_case",
    "decide_weights_of_case_1_are_free_up_to_a_largest",
]

_net = Network.from_arrays

FREE = (
    # -2 a1 - a2 - 1 is never positive: w rises from -2 to 0
    _net([([[1, 0], [0, 1]], [0, 0]), ([[-2, -1], [1, 1]], [-1, -1]), ([[1, 1]], [0])]),
    # -2 a1 + a2 - 1 over (x, -x), positive for x < -1
    _net([([[1], [-1]], [0, 0]), ([[-2, 1]], [-1]), ([[1]], [0])]),
    # -2 a1 + a2 - 3 over (x - y, y, x): z' is positive for large y only, and there z < 0
    _net([([[1, -1], [0, 1], [1, 0]], [0, 0, 0]), ([[-2, 1, -2]], [-3]), ([[1]], [0])]),
)
ONE_SIDED = _net([([[1], [2]], [0, 1]), ([[2, -1]], ["-1/7"]), ([[1]], [0])])
TOUCHING = _net([([[1], [-1]], [0, 0]), ([[-1, -1]], [0]), ([[1]], [0])])

WITH = {
    2: _net([([[1], [-1]], [0, 0]), ([[1, -1], [2, -1]], [1, 2]), ([[1, 1]], [0])]),
    3: _net([([[1, 0], [0, 1]], [0, 0]), ([[2, -1]], [-1]), ([[1]], [0])]),
    4: _net([([[1]], [0]), ([[-1]], [1]), ([[1]], [0])]),
}
WITHOUT = {
    2: _net([([[1, 0], [-1, "1/4"], [0, 1]], [0, -1, 0]), ([[1, -1, "1/2"]], [1]), ([[1]], [0])]),
    3: _net([([[1, 0], [0, 1]], [0, 0]), ([[-2, 1], [3, -1]], [1, -1]), ([[1, 0], [0, 1]], [0, 0])]),
    4: _net([([[1, 0], [0, 1]], [0, 0]), ([[-2, 1]], [1]), ([[1]], [0])]),
}

FIFTH = _net([([[1, 0], [-1, 1], [0, 1]], [0, 0, 0]), ([[1, 1, -2]], [-1]), ([[1]], [0])])
RADIUS = Fraction(1, 20)
_QUADRANT_POINTS: dict[tuple[int, int], Point] = {
    (1, 1): (Fraction(8), Fraction(-8)),
    (1, -1): (Fraction(1, 4), Fraction(-1)),
    (-1, 1): (Fraction(-8), Fraction(0)),
    (-1, -1): (Fraction(-1, 4), Fraction(-1)),
}


# -- N1 ----------------------------------------------------------------------------------------------------------------


def decide_weights_of_case_1_are_free_up_to_a_largest() -> Verdict:
    """N1: three networks in which the weight can rise, one in which it cannot, and one where boundaries touch."""
    verdict = check_free_weights(FREE)
    if not verdict.holds:
        return verdict
    one_sided = check_free_weights([ONE_SIDED])
    touching = find_pairs(TOUCHING).pairs[0]
    if not one_sided.holds or one_sided.witness["largest"] != [one_sided.witness["weight"]]:
        return Verdict(Outcome.FAILS, "the one-sided network is not one-sided", one_sided.witness)
    if 1 not in touching.empty_quadrants or not touching.meets:
        return Verdict(Outcome.FAILS, "boundaries that should touch in case 1 do not", {"pair": str(touching)})
    return Verdict(
        Outcome.HOLDS,
        verdict.checked,
        {
            **verdict.witness,
            "cannot_rise_in": list(ONE_SIDED.layers),
            "case_1_and_meets_in": list(TOUCHING.layers),
            "at": touching.meeting,
        },
    )


def check_free_weights(networks: Sequence[Network]) -> Verdict:
    """Whether, in case 1, the function is the same for all weights up to a largest, and another just above."""
    largest: list[Fraction] = []
    weight = Fraction(0)
    for net in networks:
        found = find_pairs(net)
        pair = next((pair for pair in found.pairs if pair.case == 1), None)
        family = None if pair is None else free_weight(found, pair)
        if pair is None or family is None or family.high is None or family.low is not None:
            return Verdict(Outcome.FAILS, "no pair is in case 1 with a largest weight", {"network": list(net.layers)})
        parameter = Parameter(pair.target.layer, pair.target.index, pair.source.index)
        weight = pair.weight
        for t in (family.high, Fraction(-1), Fraction(-1000)):
            if not decide_equal(net, along(net, {parameter: Fraction(1)}, t)).holds:
                return Verdict(Outcome.FAILS, "a weight of case 1 matters", {"pair": str(pair), "moved_by": t})
        above = decide_equal(net, along(net, {parameter: Fraction(1)}, family.high + Fraction(1, 1000)))
        if above.outcome is not Outcome.FAILS:
            witness = {"pair": str(pair), "moved_by": family.high + Fraction(1, 1000)}
            return Verdict(Outcome.FAILS, "the largest weight is not the largest", witness)
        largest.append(weight + family.high)
    checked = f"the same function at the largest weight and below, another one above it, for {len(networks)} pairs"
    return Verdict(Outcome.HOLDS, checked, {"weight": weight, "largest": largest})


# -- N2 to N4 ----------------------------------------------------------------------------------------------------------


def decide_case_2_does_not_decide_the_weight() -> Verdict:
    """N2: with, and without."""
    return check_both_ways(2, WITH[2], WITHOUT[2])


def decide_case_3_does_not_decide_the_weight() -> Verdict:
    """N3: with, and without."""
    return check_both_ways(3, WITH[3], WITHOUT[3])


def decide_case_4_does_not_decide_the_weight() -> Verdict:
    """N4: with, and without."""
    return check_both_ways(4, WITH[4], WITHOUT[4])


def check_both_ways(case: int, some: Network, none: Network) -> Verdict:
    """Whether a pair of either network is in the case, and the first has further isomorphisms, the second none."""
    for net in (some, none):
        if not any(pair.cases == (case,) for pair in find_pairs(net).pairs):
            return Verdict(Outcome.FAILS, f"no pair is in case {case}", {"network": list(net.layers)})
    ambiguous, unique = decide_unique(some), decide_unique(none)
    if ambiguous.outcome is not Outcome.FAILS:
        return Verdict(Outcome.FAILS, f"no second network: {ambiguous.checked}", {"network": list(some.layers)})
    other = ambiguous.witness["network"]
    if not decide_equal(some, other).holds:
        return Verdict(Outcome.FAILS, "the second network has another function", {"second": list(other.layers)})
    if not unique.holds:
        return Verdict(Outcome.FAILS, f"not proved unique: {unique.checked}", {"network": list(none.layers)})
    return Verdict(
        Outcome.HOLDS,
        f"case {case}: one network has a second one ({ambiguous.checked}); another has none ({unique.checked})",
        {"with": list(some.layers), "second": list(other.layers), "without": list(none.layers)},
    )


# -- N5 ----------------------------------------------------------------------------------------------------------------


def decide_disjoint_boundaries_need_not_be_in_a_case() -> Verdict:
    """N5: an explicit network, its ball, and networks close to the edge of that."""
    return check_fifth_case(FIFTH, RADIUS, _QUADRANT_POINTS)


def check_fifth_case(net: Network, radius: Fraction, points: dict[tuple[int, int], Point]) -> Verdict:
    """Whether z[1,0] and z[2,0] are in none of the cases, in the network and in others at 999/1000 of the radius.

    The signs at the points are checked for the whole ball.
    """
    for signs in CASES.values():
        if _certain_signs(net, radius, points[signs]) != signs:
            return Verdict(Outcome.FAILS, "a point does not keep its signs in the ball", {"point": points[signs]})
    close = radius * Fraction(999, 1000)
    compared = 0
    for pattern in ([0], [1], [-1], [1, -1], [-1, 1, 1], [1, 1, -1, -1, 1], [-1, 1, 1, 1, -1, 1, -1]):
        rates = {p: Fraction(pattern[n % len(pattern)]) for n, p in enumerate(list_parameters(net))}
        near = along(net, rates, close)
        pair = _first(find_pairs(near).pairs)
        if pair is None or pair.cases != (5,):
            witness = {"network": list(near.layers), "cases": () if pair is None else pair.cases}
            return Verdict(Outcome.FAILS, "boundaries meet, or are in one of the four cases", witness)
        compared += 1
    return Verdict(
        Outcome.HOLDS,
        f"disjoint boundaries with all four combinations of signs, in the open ball of radius {radius}; "
        f"{compared} networks decided",
        {"network": list(net.layers), "radius": radius, "points": {str(s): x for s, x in points.items()}},
    )


def _first(pairs: Sequence[Pair]) -> Pair | None:
    return next((pair for pair in pairs if (pair.source, pair.target) == (Neuron(1, 0), Neuron(2, 0))), None)


def _certain_signs(net: Network, radius: Fraction, point: Point) -> tuple[int, int]:
    """The signs that z[1,0] and z[2,0] have at a point for all parameters within the radius; 0 where that is open."""
    low, high = list(point), list(point)
    signs = []
    for layer in net.layers[:2]:
        ends = []
        for row, constant in zip(layer.W, layer.b, strict=True):
            least, most = constant - radius, constant + radius
            for w, a, b in zip(row, low, high, strict=True):
                corners = [v * x for v in (w - radius, w + radius) for x in (a, b)]
                least, most = least + min(corners), most + max(corners)
            ends.append((least, most))
        signs.append((ends[0][0] > 0) - (ends[0][1] < 0))
        low, high = [max(a, Fraction(0)) for a, _ in ends], [max(b, Fraction(0)) for _, b in ends]
    return signs[0], signs[1]


def _both_ways(case: int, decide: Callable[[], Verdict], implication: str, printed: str = "") -> Claim:
    return Claim(
        label=f"case_{case}_does_not_decide_the_weight",
        paper=f"N{case}",
        where=f"§5.2 ({case})",
        claim=f"Where {implication}, there may or may not be further isomorphisms: one network each.",
        decide=decide,
        printed=printed,
    )


CLAIMS = (
    Claim(
        label="weights_of_case_1_are_free_up_to_a_largest",
        paper="N1",
        where="§5.2 (1)",
        claim="Where z active implies z' inactive, all weights from z to z' up to a largest give the same function.",
        decide=decide_weights_of_case_1_are_free_up_to_a_largest,
        printed="The slight perturbation has to be downwards where w is the largest, and the boundaries may touch: "
        "both on sets of measure zero.",
    ),
    _both_ways(2, decide_case_2_does_not_decide_the_weight, "z active implies z' active"),
    _both_ways(
        3,
        decide_case_3_does_not_decide_the_weight,
        "z inactive implies z' inactive",
        "There always are where z' is the only neuron of its layer.",
    ),
    _both_ways(4, decide_case_4_does_not_decide_the_weight, "z inactive implies z' active"),
    Claim(
        label="disjoint_boundaries_need_not_be_in_a_case",
        paper="N5",
        where="§5.2",
        claim="On an open set of networks boundaries of connected neurons are disjoint, and none of the four cases "
        "holds.",
        decide=decide_disjoint_boundaries_need_not_be_in_a_case,
        printed="The list of four cases reads as complete: refuted.",
    ),
)
