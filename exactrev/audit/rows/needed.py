"""Which hypotheses the theorems of the ledger have, by row, and for each a network that needs it, or why none does.

Hypotheses are those of the corrected statements: what a theorem says where it is false as printed is not asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from types import MappingProxyType

from exactrev.arithmetic.linear_algebra import Solution, matrix, rank, solve
from exactrev.audit.evidence import by_network, by_proof, by_statement
from exactrev.audit.hypotheses import (
    CONNECTED,
    GENERAL_POSITION,
    LINEAR_REGIONS,
    MEET,
    by_counterexample,
    by_search,
    find_alone,
    find_failed,
    is_in_general_position,
)
from exactrev.audit.row import Evidence, EvidenceFailed, Hypothesis, Need, require
from exactrev.audit.rows import definitions, induction, theorems
from exactrev.equivalence import decide_equal
from exactrev.errors import AssumptionFailed
from exactrev.geometry import boundaries
from exactrev.geometry.boundary_pieces import boundary_set
from exactrev.identifiability import identify
from exactrev.network import Network, Neuron
from exactrev.network.random import he_network
from exactrev.proofs.crossed_boundaries_give_weights_up_to_one_factor import HELPED, second_network
from exactrev.recovery import closest_boundary
from exactrev.recovery.bends import find_bend
from exactrev.recovery.from_boundaries import agree_up_to_last_signs
from exactrev.recovery.known import KnownLayers
from exactrev.recovery.signs import Trail, Visit, recover_signs
from exactrev.statements.verification import verify
from exactrev.verdict import Outcome

__all__ = ["NEEDED"]

_net = Network.from_arrays
_PLANE = ([[1, 0], [0, 1]], [0, 0])
ALL = (LINEAR_REGIONS, MEET, CONNECTED, GENERAL_POSITION)
DRAWN = 150
WHAT = "He-initialised networks 2-2-2-1"
ALONE = 5
"""So many of the networks drawn have to fail a hypothesis alone."""

SHARED_PIECE = _net(
    [([[1, 1], [-1, 1], [-1, 1]], [0, 1, 0]), ([[-1, -1, -1], [1, 1, 1]], [2, -1]), ([[-1, 1]], [-2])]
)
"""Where only y - x + 1 is on, z[2,1] is y - x: it shares a piece with B[z[1,2]], and does not bend there."""

SUM_IS_0 = _net(
    [([[1, 0], [0, 1], [-1, -1]], [0, 0, 1]), ([[1, 1, 1], [-1, -1, -1]], [-2, "7/2"]), ([[1, 2]], [0])]
)
"""The gradients of layer 1 add up to 0, and layer 2 weighs them alike."""

SUM_IS_0_TURNED = _net(
    [([[-1, 0], [0, -1], [1, 1]], [0, 0, -1]), ([[1, 1, 1], [-1, -1, -1]], [-1, "5/2"]), ([[1, 2]], [0])]
)

_TWO_SIDES = ([[30, -21], [18, -11], [20, -30], [-29, -20], [-20, -8], [-20, -31]], [-8, -22, -2, -8, -18, 0])
_RIGHT = ([-21, -9, 29], [-11, -21, 30])
_LEFT = ([-18, -11, 29], [-11, -20, 30])
EXCHANGED = tuple(
    _net([
        _TWO_SIDES,
        ([[*_RIGHT[0], *_LEFT[i]], [*_RIGHT[1], *_LEFT[1 - i]], [31, 28, 9, 32, 28, 11]], [100, 100, -100]),
        ([[1, 1, -1]], [0]),
    ])
    for i in (0, 1)
)  # fmt: skip
"""Two boundaries of two parts each; the parts on one side can belong to either neuron."""

_SECTORS, _SECTORS_HELPERS = HELPED[1]
SECTORS = (_SECTORS, second_network(_SECTORS, _SECTORS_HELPERS))
"""One function, one set of boundaries, other signs: where a neuron is on, so are two units that it does not meet."""

THREE_WIDE = _net([_PLANE, ([[1, 1], [1, 2], [-1, -1]], [-1, 1, -2]), ([[1, 1, 5]], [0])])
"""As `theorems.TWO_WIDE`, with a neuron that is never active."""

BOTH_BEND = _net([
    ([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [0, 3, 4]), ([[1, 1, 1], [2, 1, 2]], [-7, -11]), ([[1, 1]], [0])
])  # fmt: skip
"""At 0 the boundaries of z[1,0], z[2,0] and z[2,1] meet."""

ONE_INPUT = _net([([[1], [1]], [0, 1]), ([[1, 1]], [-1]), ([[1]], [0])])
"""z[1,0] = x and z[2,0] vanish at 0."""


def _fails(paper: str) -> Callable[[Network], str]:
    def conclude(net: Network) -> str:
        verdict = verify(net, [paper])[paper]
        require(verdict.outcome is Outcome.FAILS, f"{verdict.checked}: {paper} fails")
        return verdict.checked

    return conclude


def _misses_one(net: Network) -> str:
    """That a boundary does not meet one of the layer before at all, so neither does any part of it."""
    for unit, z in verify(net, ["T2h"])["T2h"].witness["disjoint_pairs"]:
        if not boundaries(net).of(z).is_empty:
            return f"no part of B[{z}] meets B[{unit}]"
    raise EvidenceFailed("no boundary but empty ones misses one of the layer before")


def _has_another(other: Network, missing: str) -> Callable[[Network], str]:
    """That another network has the same boundaries and meets all hypotheses, too, but the one that is left out."""

    def conclude(net: Network) -> str:
        require(boundary_set(net) == boundary_set(other), "both networks have the same boundaries")
        require(not agree_up_to_last_signs(net, other), "they differ by more than the last hidden layer's signs")
        failed = find_failed(other, [name for name in ALL if name != missing])
        require(not failed, f"the other one meets the other hypotheses; {failed} fail")
        return f"a {other.architecture} network has the same boundaries"

    return conclude


def _is_another(other: Network, missing: str) -> Callable[[Network], str]:
    """That besides both networks are one function."""
    has_another = _has_another(other, missing)

    def conclude(net: Network) -> str:
        require(decide_equal(net, other).holds, "both networks are one function")
        return f"{has_another(net)}, and is the same function"

    return conclude


@cache
def _without_linear_regions() -> tuple[int, tuple[Network, ...]]:
    return find_alone(LINEAR_REGIONS, ALL, (he_network((2, 2, 2, 1), seed) for seed in range(DRAWN)))


def _searched(paper: str) -> Hypothesis:
    """The Linear Regions Assumption, for a claim about boundaries, whose proof says nothing of N."""
    search = by_search(LINEAR_REGIONS, _without_linear_regions, ALONE, WHAT, paper)
    why = f"by the proof; none found either, {DRAWN} networks tried"
    return Hypothesis(LINEAR_REGIONS, Need.NOT_NEEDED, why, (by_proof(_PROOF_OF[paper]), search))


_PROOF_OF = {
    "T1a": "bends_at_every_earlier_boundary",
    "T1b": "bends_at_every_earlier_boundary",
    "T1c": "bends_tell_layers_apart",
    "T1d": "layers_are_read_off_bends",
    "L2": "bends_at_every_earlier_boundary",
    "T2c": "connected_boundaries_determine_the_network",
}


def _is_locally_unique(net: Network) -> bool:
    return identify(net).is_locally_unique is True


def check_both_bend_where_a_third_boundary_passes() -> str:
    """A network in general position; at 0 u1, z and z' vanish, and the gradients of z and z' turn at u1 = 0."""
    require(is_in_general_position(BOTH_BEND), "the network is in general position")
    require(BOTH_BEND.sign_vector((0, 0, 0)) == ((0, 1, 1), (0, 0)), "u1, z and z' vanish at 0, and nothing else")
    off, on = (BOTH_BEND.preactivation_map(2, ((d, True, True), (False, False))).W for d in (False, True))
    for i in (0, 1):
        require(rank(matrix([off[i], on[i]])) == 2, f"the boundary of z[2,{i}] bends at 0")
    return "3-3-2-1 in general position: at 0 three boundaries meet, and the two of layer 2 both bend"


def check_parallel_normals_leave_weight_and_scale_open() -> str:
    """1-2-1-1: at 0 the gradient of z goes from 1 to 2 where x switches; all normals are multiples of 1."""
    require([ONE_INPUT.preactivations((0,))[k][0] for k in (0, 1)] == [0, 0], "x and z vanish at 0")
    try:
        find_bend((1,), (1,), (1,))
    except AssumptionFailed:
        found = solve(matrix([[1, -1]]), [1])  # mu 1 = 1 + s 1
        require(isinstance(found, Solution) and not found.is_unique, "the equation has many solutions")
        return "1-2-1-1: mu v_s = v_r + s v reads mu = 1 + s, and recovery refuses it"
    raise EvidenceFailed("recovery does not refuse parallel normals")


def check_an_earlier_crossing_gives_no_weight() -> str:
    """2-2-2-1-1: across x = 0, where y > 0, z of layer 3 changes by 2 * 1 + 3 * 1 = 5 times x; its weights: 2 and 3."""
    net = _net([_PLANE, ([[1, 1], [1, 2]], [1, 1]), ([[2, 3]], [-9]), ([[1]], [0])])
    before, after = (net.preactivation_map(3, net.pattern((x, 1))).W[0] for x in (-1, 1))
    bend = find_bend(before, after, (1, 0))
    require(bend.mu == 1 and bend.weight(1) == 5, "the scale stays, and the step is 5")
    require(bend.weight(1) not in net.layers[2].W[0], "no weight of z is 5")
    return "2-2-2-1-1: across a boundary of layer 1 z of layer 3 changes by 5 = 2 * 1 + 3 * 1, and has the weights 2, 3"


def check_on_a_boundary_the_indicator_is_neither() -> str:
    """At (1, 0) z = a1 + a2 - 1 and y vanish: y's side is 0, and (1 + t 0)/2 = 1/2; z has two gradients there."""
    point = (Fraction(1), Fraction(0))
    require(theorems.CORNER.sign_vector(point) == ((1, 0), (0,)), "z and y vanish at (1, 0)")
    visit = Visit((Fraction(1), Fraction(0)), ((1, 0), (0, 1)), (1, 0))
    try:
        recover_signs([Trail((1, 1), (visit,))])
    except ValueError as refused:
        return f"at (1, 0), on the boundary of y: {refused}"
    raise EvidenceFailed("recovery does not refuse a point on a boundary of the layer before")


def check_one_turned_layer_has_the_same_boundaries() -> str:
    """S = a1 + a2 + a3 over x, y, 1 - x - y, and S - 1 over their negatives: one set of boundaries; rank 2 of 3."""
    require(boundary_set(SUM_IS_0) == boundary_set(SUM_IS_0_TURNED), "the boundaries are the same")
    rows = [
        [w * row[c] for w, row in zip(weights, SUM_IS_0.layers[0].W, strict=True)]
        for weights in SUM_IS_0.layers[1].W
        for c in range(2)
    ]
    require(rank(matrix(rows)) == 2, "the four equations for three signs have rank 2")
    return "2-3-2-1: gradients and weights add up to 0; rank 2 where min(n_1, n_in n_2) is 3, and two choices of signs"


def check_starting_on_a_boundary_a_later_one_is_missed() -> str:
    """u = x, z = a - 1, from 0 to the right: with the forms at 0, where u counts as off, z has no zero; it has one."""
    net = _net([([[1]], [0]), ([[1]], [-1]), ([[1]], [0])])
    found = closest_boundary(KnownLayers(net.layers[:-1]), (Fraction(0),), (Fraction(1),))
    require(found is None or found.distance != 1, "the zero at 1 is not found from 0")
    require(not any(net.preactivations((1,))[1]), "z vanishes at 1")
    right = closest_boundary(KnownLayers(net.layers[:-1]), (Fraction(1, 2),), (Fraction(1),))
    require(right is not None and right.point[0] == 1 and right.neuron == Neuron(2, 0), "from 1/2 it is found")
    return "1-1-1-1: from x = 0, on a boundary, the one at 1 is not seen; from 1/2 it is"


def _needed(name: str, why: str, *evidence: Evidence) -> Hypothesis:
    return Hypothesis(name, Need.NEEDED, why, evidence)


def _not_needed(name: str, why: str, *evidence: Evidence) -> Hypothesis:
    return Hypothesis(name, Need.NOT_NEEDED, why, evidence)


def _shared(paper: str) -> Hypothesis:
    """General position, for a claim that fails where two boundaries have a piece in common."""
    evidence = by_counterexample(GENERAL_POSITION, ALL, {"a 2-3-2-1 network": SHARED_PIECE}, _fails(paper))
    return _needed(GENERAL_POSITION, "2-3-2-1 with a piece that two boundaries share", evidence)


_TURNED = by_counterexample(
    GENERAL_POSITION, ALL, {"a 2-3-2-1 network": SUM_IS_0}, _has_another(SUM_IS_0_TURNED, GENERAL_POSITION)
)
_PARTS = by_counterexample(
    CONNECTED, ALL, {"a 2-6-3-1 network": EXCHANGED[0]}, _has_another(EXCHANGED[1], CONNECTED)
)
_TWICE = by_counterexample(MEET, ALL, {"a 2-7-3-1 network": SECTORS[0]}, _is_another(SECTORS[1], MEET))
_WIDER = by_counterexample(MEET, ALL, {"a 2-2-2-1 network": theorems.TWO_WIDE}, _has_another(THREE_WIDE, MEET))
_LAYER_3 = by_counterexample(
    CONNECTED, ALL, {"a 2-2-3-4-1 network": induction.LAYER_3_LOOKS_LIKE_2}, _fails("T1d")
)
_INDEPENDENT = _needed(
    "v_s and v are not parallel",
    "1-2-1-1 at a point where two boundaries are one",
    by_network(check_parallel_normals_leave_weight_and_scale_open),
)
_DETERMINED = (
    _needed(CONNECTED, "2-6-3-1 with exchanged parts", _PARTS),
    _needed(MEET, "2-7-3-1 with another sign in layer 1; 2-2-2-1, as wide as 2-2-3-1", _TWICE, _WIDER),
    _needed(GENERAL_POSITION, "2-3-2-1 with layer 1 turned round", _TURNED),
    _searched("T2c"),
)

NEEDED: Mapping[str, tuple[Hypothesis, ...]] = MappingProxyType({
    "I2": (
        _needed("c > 0", "ReLU(x), c = -1: X1", by_network(definitions.check_a_negative_factor_changes_the_function)),
    ),
    "T1a": (
        _searched("T1a"),
        _not_needed(
            GENERAL_POSITION,
            "by the proof",
            by_proof(_PROOF_OF["T1a"]),
            by_statement("T1a", Outcome.HOLDS, "parallel_coincident", networks={"2-3-2-1": SHARED_PIECE}),
        ),
    ),
    "T1b": (_shared("T1b"), _searched("T1b")),
    "T1c": (
        _needed(
            "no third boundary",
            "3-3-2-1, at a point of three",
            by_network(check_both_bend_where_a_third_boundary_passes),
        ),
        _shared("T1c"),
        _searched("T1c"),
    ),
    "T1d": (
        _needed(CONNECTED, "2-2-3-4-1, a part of layer 3 that looks like layer 2", _LAYER_3),
        _needed(MEET, "2-2-2-1, as wide as 2-2-3-1", _WIDER),
        _shared("T1d"),
        _searched("T1d"),
    ),
    "L2": (_shared("L2"), _searched("L2")),
    "T2": _DETERMINED,
    "T2c": _DETERMINED,
    "T2d": (
        _needed(
            CONNECTED,
            "2-6-3-1 with exchanged parts",
            by_counterexample(CONNECTED, ALL, {"a 2-6-3-1 network": EXCHANGED[0]}, _fails("T2d")),
        ),
        _needed(
            MEET,
            "2-7-3-1 with boundaries that are not met",
            by_counterexample(MEET, ALL, {"a 2-7-3-1 network": SECTORS[0]}, _misses_one),
        ),
    ),
    "T3a": (
        _INDEPENDENT,
        _needed("z' in layer k-1, for the weight", "2-2-2-1-1", by_network(check_an_earlier_crossing_gives_no_weight)),
        _not_needed("v_s oriented as v_r", "by the proof", by_proof("a_bend_gives_the_weight")),
    ),
    "T3b": (
        _needed(
            "points off the boundaries of layer k-1",
            "at a point on one the indicator would be 1/2",
            by_network(check_on_a_boundary_the_indicator_is_neither),
        ),
    ),
    "T3c": (
        _needed(
            GENERAL_POSITION,
            "2-3-2-1 with rank 2 for 3 and two choices of signs",
            by_network(check_one_turned_layer_has_the_same_boundaries),
            _TURNED,
        ),
        _not_needed(
            "n_(k-1) points", "by the proof: those of one region suffice", by_proof("signs_solve_a_linear_system")
        ),
    ),
    "T3d": (
        _needed(
            "the signs of layer k-1",
            "2-3-2-1 with two choices of signs and biases",
            by_network(induction.check_the_bias_depends_on_the_signs_of_the_layer_before),
        ),
    ),
    "T3e": (
        _needed("(ii) a connected chain of points", "2-6-3-1 with exchanged parts", _PARTS),
        _needed("(iv) it crosses all of layer k-1", "2-7-3-1 with another sign in layer 1, one function", _TWICE),
        _needed(
            "(i) points in the interior of regions",
            "at a point on a boundary there are two gradients",
            by_network(check_on_a_boundary_the_indicator_is_neither),
        ),
        _needed(GENERAL_POSITION, "2-3-2-1 with layer 1 turned round", _TURNED),
        _not_needed(
            f"{LINEAR_REGIONS}, where boundaries are given",
            "by the proofs of the step",
            by_proof("a_bend_gives_the_weight"),
            by_proof("signs_solve_a_linear_system"),
            by_proof("the_bias_follows_the_signs_below"),
        ),
        Hypothesis(
            f"{LINEAR_REGIONS}, where only answers are",
            Need.NOT_FOUND,
            f"{DRAWN} networks tried: all that fail it alone are locally unique",
            (
                by_search(
                    LINEAR_REGIONS, _without_linear_regions, ALONE, WHAT, "local uniqueness", _is_locally_unique
                ),
            ),
        ),
    ),
    "T3f": (_needed("one chain", "2-6-3-1: two chains, which belong to one neuron or to two", _PARTS),),
    "T3g": (_INDEPENDENT,),
    "T3h": (_needed(CONNECTED, "2-2-3-4-1", _LAYER_3),),
    "A3": (
        _needed(
            "a start on no known boundary",
            "1-1-1-1 from x = 0",
            by_network(check_starting_on_a_boundary_a_later_one_is_missed),
        ),
        _not_needed(GENERAL_POSITION, "by the proof", by_proof("the_closest_zero_is_a_boundary")),
    ),
})  # fmt: skip
"""By row: the hypotheses of what it says, corrected where it had to be."""
