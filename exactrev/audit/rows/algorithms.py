"""A1 to A9, D2: the algorithms of §4. Rows, and their networks."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from exactrev.arithmetic import linear_algebra
from exactrev.audit.evidence import by_network
from exactrev.audit.row import Row, Standing, require
from exactrev.audit.rows.induction import check_a_part_of_layer_3_looks_like_layer_2
from exactrev.examples import load
from exactrev.geometry import boundaries, regions
from exactrev.network import Network, Neuron, is_isomorphic
from exactrev.network.random import he_network
from exactrev.oracle import Oracle
from exactrev.recovery import closest_boundary, recover
from exactrev.recovery.exploration import Way
from exactrev.recovery.known import KnownLayers
from exactrev.statements.verification import verify

__all__ = ["ROWS"]

_net = Network.from_arrays
FOUR_KINKS = _net([([[1], [-1]], [0, "1/2"]), ([[-1, -1]], [1]), ([[1]], [0])])
"""ReLU(1 - ReLU(x) - ReLU(1/2 - x))."""
ONE_LINE = _net([([[1, 0]], [0]), ([[-1]], [1]), ([[1]], [0])])
"""ReLU(1 - ReLU(x)), over the plane."""
CORNER = _net([([[1, 0], [0, 1]], [0, 0]), ([[1, 1]], [-1]), ([[1]], [0])])
NARROW = _net([([[1, 2, -1], [0, 1, 3]], [1, -2]), ([[1, -1], [2, 1]], [0, -1]), ([[1, 1]], [0])])
BOUNDED = (
    _net([
        ([[1, 0], [0, 1], [-1, -2]], [0, "1/3", "1/2"]), ([[-1, -2, -1], [2, 1, 3]], [5, -7]), ([[1, 2]], [0])
    ]),
    _net([
        ([[1, 1], [-1, "1/3"], ["1/5", -1]], [0, "1/3", "1/2"]), ([[1, 2, 1], [3, 1, 2]], [-5, -4]), ([[1, 3]], [1])
    ]),
)  # fmt: skip
RAYS = 200


def check_four_kinks_lie_between_points_that_agree() -> str:
    """On [-10, 30] ends and middle have one affine map, with all four kinks between them; on [-10, 10] not."""
    ends = [FOUR_KINKS.affine_map(FOUR_KINKS.pattern([x])) for x in (-10, 10, 30)]
    require(ends[0] == ends[1] == ends[2], "N has one affine map at -10, 10 and 30")
    complex = regions(FOUR_KINKS)
    kinks = sorted(complex.facet_point(facet)[0] for facet in range(complex.n_facets))
    require(kinks == [Fraction(-1, 2), 0, Fraction(1, 2), 1], "the kinks are -1/2, 0, 1/2 and 1")
    require(verify(FOUR_KINKS, ["R2"])["R2"].holds, "the Linear Regions Assumption holds")
    require(FOUR_KINKS([0]) != FOUR_KINKS([10]), "the middle of [-10, 10] does not agree")
    return "ReLU(1 - ReLU(x) - ReLU(1/2 - x)) on [-10, 30]: value and slope agree at both ends and the middle"


def check_a_boundary_of_layer_2_is_a_whole_line() -> str:
    """ReLU(1 - ReLU(x)) over the plane: x = 0 and x = 1, one neuron in layer 1."""
    own = boundaries(ONE_LINE).of(Neuron(2, 0))
    require(own.n_pieces == 1 and not own.is_bounded and own.n_bends == 0, "B[z[2,0]] is the line x = 1")
    require(verify(ONE_LINE, ["R2"])["R2"].holds, "the Linear Regions Assumption holds")
    return "2-1-1-1: two boundaries are whole lines, one neuron is in layer 1"


def check_the_nearest_zero_on_a_ray_is_a_boundary() -> str:
    """figure1: from random points in random directions, signs stay up to the nearest zero, and it is one."""
    net = load("figure1")
    known = KnownLayers(net.layers[:-1])
    random, met = Random(0), 0
    for _ in range(RAYS):
        point = tuple(Fraction(random.randint(-40, 40), 7) for _ in range(2))
        direction = (Fraction(random.randint(-9, 9)), Fraction(random.randint(1, 9)))
        crossing = closest_boundary(known, point, direction)
        if crossing is None or any(0 in signs for signs in net.sign_vector(point)):
            continue
        before = tuple(x + crossing.distance * Fraction(999, 1000) * v for x, v in zip(point, direction, strict=True))
        require(net.sign_vector(before) == net.sign_vector(point), "no sign changes before the nearest zero")
        layer, index = crossing.neuron
        require(net.sign_vector(crossing.point)[layer - 1][index] == 0, "the neuron named vanishes there")
        met += 1
    require(met > RAYS // 2, "most rays meet a boundary")
    return f"figure1: right on {met} rays"


def check_the_three_ways_to_explore_recover_three_networks() -> str:
    """The walk alone with each way of choosing the next direction, and how many questions that takes."""
    ways: tuple[Way, ...] = ("random", "lp", "nearest")
    counts = []
    for name, net in {
        "figure1": load("figure1"),
        "a 3-5-4-1": he_network((3, 5, 4, 1), 1),
        "a 4-6-4-1": he_network((4, 6, 4, 1), 3),
    }.items():
        found = []
        for way in ways:
            result = recover(Oracle(net), net.n_in, strategy="walk", explore=way)
            require(result.network is not None and is_isomorphic(result.network, net), f"{way} recovers {name}")
            found.append(f"{way} {result.plain_queries}")
        counts.append(f"{name}: {', '.join(found)}")
    return f"queries of the walk alone, {'; '.join(counts)}"


def check_a_hyperplane_may_be_missed_by_segments_of_any_fixed_length() -> str:
    """x = 1, and segments of length 2 L around 0 in directions close to (0, 1): an open set of directions misses it."""
    half = Fraction(10**6)
    net = _net([([[1, 0]], [-1]), ([[1]], [0])])
    for tilt in (Fraction(-1), Fraction(0), Fraction(1)):
        end = (tilt / 2 / half * half, half)
        signs = {net.sign_vector(p)[0][0] for p in (end, tuple(-x for x in end))}
        require(signs == {-1}, "both ends lie on one side of x = 1")
    return "segments of length 2000000 around 0 with |slope in x| <= 1/2000000 all miss x = 1"


def check_going_straight_on_leaves_a_boundary_that_bends() -> str:
    """a1 + a2 - 1 at p' = (1, 0), reached along x = 1: going on by eps leaves B[z]."""
    below, there, beyond = (CORNER.preactivations([1, y])[1][0] for y in (-1, 0, Fraction(1, 1000)))
    require(below == there == 0 != beyond, "B[z] bends away from the direction in which it was reached")
    return "ReLU(ReLU(x) + ReLU(y) - 1): (1, 0) + eps (0, 1) is not on B[z]"


def check_a_line_may_miss_a_bounded_boundary() -> str:
    """|x| + |y| - 1 = 0 is bounded, and x = 5 misses it."""
    own = boundaries(load("bounded_boundary")).of(Neuron(2, 0))
    require(own.is_bounded and not own.is_empty, "the boundary is bounded")
    net = load("bounded_boundary")
    signs = {net.sign_vector([5, y])[1][0] for y in (-1000, 0, 1000)}
    require(signs == {1}, "|5| + |y| - 1 is positive")
    return "bounded_boundary: B[z[2,0]] is a square, missed by most lines"


def check_networks_with_bounded_boundaries_are_recovered_by_the_walk_alone() -> str:
    """Two 2-3-2-1 networks with bounded boundaries in layer 2, and the walk as it is for all networks."""
    for net in BOUNDED:
        own = [b for b in boundaries(net) if b.neuron.layer == 2]
        require(all(b.is_bounded and not b.is_empty for b in own), "the boundaries of layer 2 are bounded")
        result = recover(Oracle(net), net.n_in, strategy="walk")
        require(result.network is not None and is_isomorphic(result.network, net), "the network is recovered")
    return f"{len(BOUNDED)} networks 2-3-2-1 are recovered up to isomorphism"


def check_every_activation_of_a_narrow_layer_1_is_reached() -> str:
    """3-2-2-1 with W^1 of rank 2: a right inverse takes every vector of preactivations to an input."""
    layer = NARROW.layers[0]
    W = linear_algebra.matrix([list(row) for row in layer.W])
    require(linear_algebra.rank(W) == layer.n_out <= layer.n_in, "W^1 has full rank n_1 <= n_in")
    for wanted in (("0", "0"), ("1", "0"), ("0", "1"), ("7/3", "5"), ("1000", "1/9")):
        target = [Fraction(a) - b for a, b in zip(wanted, layer.b, strict=True)]
        solution = linear_algebra.solve(W, target)
        require(isinstance(solution, linear_algebra.Solution), "W x + b = a has a solution")
    return "3-2-2-1: W^1 has rank 2, so every activation of layer 1 is reached, and layer 2 can be met like layer 1"


def check_no_bound_holds_without_a_lower_bound_on_the_weights() -> str:
    """w = 10^-6, b = 1: |b| is bounded, and the hyperplane is 10^6 away."""
    net = _net([([["1/1000000", 0]], [1]), ([[1]], [0])])
    require(net.sign_vector([-(10**6), 3])[0] == (0,), "the boundary is x = -10^6")
    require(net.sign_vector([1 - 10**6, 3])[0] == (1,), "nothing nearer to 0 is on it")
    return "ReLU(x/10^6 + 1): the distance from 0 to the boundary is 10^6 with |b| = 1"


ROWS = (
    Row(
        "A1",
        "§4.1",
        "PointsOnLine finds where a line meets B",
        Standing.REFUTED,
        "It loses points where ends and middle of a segment lie in regions with one affine map; that three values are "
        "collinear proves nothing of what is between.",
        (by_network(check_four_kinks_lie_between_points_that_agree),),
    ),
    Row(
        "A2",
        "§4.1",
        "layer 1 has as many neurons as B[z] are hyperplanes",
        Standing.REFUTED,
        "Not for n_1 = 1 or n_in = 1. For n_1, n_in >= 2 it is proved off explicit polynomials.",
        (by_network(check_a_boundary_of_layer_2_is_a_whole_line),),
    ),
    Row(
        "A3",
        "§4.2",
        "the nearest zero on a ray, computed with the pattern at its start, is a true boundary",
        Standing.PROVED,
        "By convexity of regions; nothing is excluded.",
        (by_network(check_the_nearest_zero_on_a_ray_is_a_boundary),),
    ),
    Row(
        "A4",
        "§4.2",
        "z is in layer k if the crossings with layer k-1 lie on B[z]; if not, it is deeper",
        Standing.REFUTED,
        "'If not, deeper' holds; that it is in layer k otherwise is refuted with T3h.",
        (by_network(check_a_part_of_layer_3_looks_like_layer_2),),
    ),
    Row(
        "A5",
        "§4.2",
        "the next direction: at random, by a linear program, or to the nearest missing boundary",
        Standing.CHECKED,
        "All three recover the networks looked at; the evidence has the questions that each took.",
        (by_network(check_the_three_ways_to_explore_recover_three_networks),),
    ),
    Row(
        "A6",
        "§4.1",
        "a long enough segment meets a hyperplane with probability 1",
        Standing.REFUTED,
        "Only in the limit: for every length an open set of directions misses it.",
        (by_network(check_a_hyperplane_may_be_missed_by_segments_of_any_fixed_length),),
    ),
    Row(
        "A7",
        "Alg. 2",
        "the pseudocode, as printed",
        Standing.REFUTED,
        "p' + eps lies not on B[z] where it bends. By reading alone: P_(k-1), P_k, T_z and p_i are misprinted, and "
        "nothing merges two finds of one neuron.",
        (by_network(check_going_straight_on_leaves_a_boundary_that_bends),),
    ),
    Row(
        "A8",
        "§4.2",
        "leftover points of layer 1's lines lie on every deeper boundary",
        Standing.REFUTED,
        "A bounded boundary can be missed by all of them.",
        (by_network(check_a_line_may_miss_a_bounded_boundary),),
    ),
    Row(
        "A9",
        "§5.2",
        "a bounded B[z] needs no change of the algorithm",
        Standing.CHECKED,
        "On two networks whose boundaries of layer 2 are all bounded, once points of these are found.",
        (by_network(check_networks_with_bounded_boundaries_are_recovered_by_the_walk_alone),),
    ),
    Row(
        "D2",
        "ICLR §5, slides",
        "the method for layer 1 cannot be repeated on layer 2",
        Standing.REFUTED,
        "It can where W^1 has full rank n_1 <= n_in: every activation is reached.",
        (by_network(check_every_activation_of_a_narrow_layer_1_is_reached),),
    ),
)
