"""T1a to T1d, L2, T2, T2h, T2c, T2d: Theorems 1 and 2 and what surrounds them (§3.3). Rows, and their networks."""

from __future__ import annotations

from fractions import Fraction

from exactrev.arithmetic import linear_algebra
from exactrev.audit.evidence import by_network, by_statement
from exactrev.audit.row import Row, Standing, require
from exactrev.geometry import boundaries
from exactrev.geometry.boundary_pieces import boundary_set
from exactrev.network import AffineMap, Network, Neuron, is_isomorphic
from exactrev.network.random import he_network
from exactrev.statements.second_networks import turn_round
from exactrev.statements.verification import verify
from exactrev.verdict import Outcome

__all__ = ["ROWS"]

_net = Network.from_arrays
_QUADRANT = ([[1, 0], [0, 1]], [0, 0])
CORNER = _net([_QUADRANT, ([[1, 1]], [-1]), ([[1]], [0])])
TWO_BENDS = _net([
    ([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [0, 3, 3]), ([[1, 1, 0], [1, 0, 1]], [-3, -3]), ([[1, 1]], [0])
])  # fmt: skip
TWO_WIDE = _net([_QUADRANT, ([[1, 1], [1, 2]], [-1, 1]), ([[1, 1]], [0])])
THREE_WIDE = _net([_QUADRANT, ([[1, 1], [1, 2], [-1, -1]], [-1, 1, -1]), ([[1, 1, 5]], [0])])
FREE_WEIGHT = _net([([[1, -1], [0, 1], [1, 0]], [0, 0, 0]), ([[-2, 1, -2]], [-3]), ([[1]], [0])])
DRAWN = 30


def check_bends_do_not_need_the_linear_regions_assumption() -> str:
    """ReLU(ReLU(x) + ReLU(y) - 1): two regions are not told apart, and the boundary of layer 2 bends all the same."""
    report = verify(CORNER, ["R2", "T1b"])
    require(report["R2"].outcome is Outcome.FAILS, "the Linear Regions Assumption fails for the corner")
    require(report["T1b"].holds and not report["T1b"].vacuous, "its boundary bends at both crossings")
    return f"ReLU(ReLU(x) + ReLU(y) - 1): {report['T1b'].checked}, and the Linear Regions Assumption fails"


def check_no_drawn_network_needs_the_linear_regions_assumption() -> str:
    """He-initialised 2-3-3-1 networks: where the assumption fails, do boundaries fail to bend anywhere?"""
    without = 0
    for seed in range(2 * DRAWN):
        report = verify(he_network((2, 3, 3, 1), seed), ["R2", "T1b"])
        if report["R2"].outcome is Outcome.FAILS:
            without += 1
            require(report["T1b"].holds, f"boundaries bend where they should in the network of seed {seed}")
    require(without > DRAWN // 2, "the assumption fails for many of them")
    return f"of {2 * DRAWN} networks 2-3-3-1, {without} fail the assumption, and boundaries bend at all crossings"


def check_boundaries_leave_a_weight_open_where_they_do_not_meet() -> str:
    """-2 a1 + a2 - 2 a3 - 3 over (x - y, y, x), and -3 a1: connected boundaries that are one set, other weights."""
    bias, output = FREE_WEIGHT.layers[1].b, FREE_WEIGHT.layers[2]
    other = Network((FREE_WEIGHT.layers[0], AffineMap.from_arrays([[-3, 1, -2]], bias), output))
    for net in (FREE_WEIGHT, other):
        require(all(b.n_components == 1 for b in boundaries(net)), "every boundary is connected and not empty")
        report = verify(net, ["T2h", "T1b"])
        require(report["T2h"].outcome is Outcome.FAILS and report["T1b"].holds, "two do not meet, all bend")
    require(boundary_set(FREE_WEIGHT) == boundary_set(other), "both have the same boundaries")
    turned = turn_round(other, [0])
    for second in (other, turned):
        require(not is_isomorphic(FREE_WEIGHT, second), "the hidden layers differ by more than the last signs")
    return "2-3-1-1: connected boundaries, of which two do not meet; the weight between these is free"


def check_two_boundaries_of_one_layer_bend_at_one_point() -> str:
    """u = (x, y + 3, w + 3), z = a1 + a2 - 3, z' = a1 + a3 - 3 at 0: all of u1, z, z' vanish, and z and z' bend.

    Near 0 only u1 changes its sign, so boundaries there are cones; three independent points span more than a plane.
    """
    corners = {
        Neuron(2, 0): [(-1, 0, 0), (1, -1, 0), (0, 0, 1)],
        Neuron(2, 1): [(-1, 0, 0), (1, 0, -1), (0, 1, 0)],
    }
    require(TWO_BENDS.sign_vector((0, 0, 0)) == ((0, 1, 1), (0, 0)), "u1, z and z' vanish at 0, and nothing else")
    for neuron, points in corners.items():
        for point in points:
            for t in (Fraction(1, 2), Fraction(1, 1000)):
                signs = TWO_BENDS.sign_vector([t * x for x in point])
                require(signs[1][neuron.index] == 0 and signs[0][1:] == (1, 1), f"{neuron} vanishes at {point}")
        matrix = linear_algebra.matrix([list(point) for point in points])
        require(linear_algebra.rank(matrix) == 3, f"no plane contains the boundary of {neuron} near 0")
    return "3-3-2-1, at 0: two boundaries of layer 2 meet, and both bend there, at u1 = 0"


def check_boundaries_do_not_tell_whether_layer_2_has_a_neuron_that_is_never_active() -> str:
    """(2,2) and (2,3), Linear Regions Assumption in both, one set of boundaries."""
    for net in (TWO_WIDE, THREE_WIDE):
        require(verify(net, ["R2"])["R2"].holds, f"the Linear Regions Assumption holds for {net.architecture}")
    require(boundary_set(TWO_WIDE) == boundary_set(THREE_WIDE), "the two networks have the same boundaries")
    return f"{TWO_WIDE.architecture} and {THREE_WIDE.architecture} have the same set of boundaries"


def check_how_often_boundaries_of_connected_neurons_meet() -> str:
    """He-initialised networks of two shapes."""
    counts = []
    for widths in ((2, 3, 3, 1), (3, 4, 4, 1)):
        outcomes = [verify(he_network(widths, seed), ["T2h"])["T2h"].outcome for seed in range(DRAWN)]
        require(Outcome.UNDECIDED not in outcomes, "every network is decided")
        counts.append(f"{outcomes.count(Outcome.HOLDS)} of {DRAWN} for {'-'.join(map(str, widths))}")
    return f"He-initialised networks in which all meet: {', '.join(counts)}"


def check_parallel_boundaries_of_one_input_never_meet() -> str:
    """With n_in = 1 boundaries are points: on a generic network none meet."""
    net = _net([([[1], [-1]], [0, 1]), ([[1, -2], [-1, 3]], ["-1/3", "-1/5"]), ([[1, 1]], [0])])
    require(verify(net, ["T2h"])["T2h"].outcome is Outcome.FAILS, "boundaries of a 1-2-2-1 network do not meet")
    return "1-2-2-1: boundaries are points, and differ"


ROWS = (
    Row(
        "T1a",
        "Theorem 1",
        "B[z] bends only where it meets B[z'] of an earlier layer",
        Standing.PROVED,
        "Elsewhere the form of z does not change.",
        (by_statement("T1a", Outcome.HOLDS, "figure1", "classifier2d", "regressor3d", "exchanged_pieces_a"),),
    ),
    Row(
        "T1b",
        "Theorem 1",
        "B[z] bends wherever it meets B[z'] of an earlier layer",
        Standing.PROVED,
        "For n_in >= 2, off explicit polynomials, at every point of both. It fails for exceptional networks, such as "
        "trained ones with weights 0.",
        (
            by_statement("T1b", Outcome.HOLDS, "figure1", "classifier2d", "exchanged_pieces_a"),
            by_statement("T1b", Outcome.FAILS, "regressor3d", "parallel_coincident"),
            by_network(check_bends_do_not_need_the_linear_regions_assumption),
            by_network(check_no_drawn_network_needs_the_linear_regions_assumption),
        ),
    ),
    Row(
        "T1c",
        "after Theorem 1",
        "where two boundaries meet, one bends, the other bends, or none does (same layer)",
        Standing.REFUTED,
        "Along ridges, where just two boundaries meet, it is proved off explicit polynomials. At single points it "
        "fails for n_in >= 3, on an open set.",
        (
            by_network(check_two_boundaries_of_one_layer_bend_at_one_point),
            by_statement("T1c", Outcome.HOLDS, "figure1", "classifier2d", "exchanged_pieces_a"),
        ),
    ),
    Row(
        "T1d",
        "after Theorem 1",
        "layers can be read off from who bends at whom",
        Standing.REFUTED,
        "Proved, off explicit polynomials: where every boundary is connected and those of connected neurons meet, "
        "layer = 1 + the largest it bends at.",
        (
            by_network(check_boundaries_do_not_tell_whether_layer_2_has_a_neuron_that_is_never_active),
            by_statement("T1d", Outcome.FAILS, "unseen_neuron", "exchanged_pieces_a"),
            by_statement("T1d", Outcome.HOLDS, "figure1", "opposite_signs_a"),
        ),
    ),
    Row(
        "L2",
        "ICLR Lemma 2",
        "boundaries of consecutive layers meet without a bend on a set of measure zero only",
        Standing.PROVED,
        "As T1b: off explicit polynomials; fails on exceptional networks.",
        (
            by_statement("L2", Outcome.HOLDS, "figure1", "classifier2d", "exchanged_pieces_a"),
            by_statement("L2", Outcome.FAILS, "parallel_coincident"),
        ),
    ),
    Row(
        "T2",
        "Theorem 2",
        "boundaries alone give the architecture and all hidden weights, up to permutation and scaling",
        Standing.REFUTED,
        "T2c: if every boundary is connected, and then up to the signs of the last hidden layer.",
        (
            by_statement("T2", Outcome.FAILS, "exchanged_pieces_a", "opposite_signs_a", "figure1"),
            by_statement("T2h", Outcome.HOLDS, "exchanged_pieces_a", "opposite_signs_a"),
            by_statement("R2", Outcome.HOLDS, "exchanged_pieces_a", "opposite_signs_a"),
        ),
    ),
    Row(
        "T2h",
        "Theorem 2",
        "boundaries of connected neurons intersect",
        Standing.CHECKED,
        "A hypothesis, decided network by network. With two hidden layers it forces n_in >= 2 and n_1 >= 2.",
        (
            by_statement("T2h", Outcome.HOLDS, "figure1", "opposite_signs_a"),
            by_statement("T2h", Outcome.FAILS, "classifier2d", "fifth_case"),
            by_network(check_how_often_boundaries_of_connected_neurons_meet),
            by_network(check_parallel_boundaries_of_one_input_never_meet),
        ),
    ),
    Row(
        "T2c",
        "slides",
        "Theorem 2, with every boundary connected",
        Standing.PROVED,
        "Up to the signs of the last hidden layer, off explicit polynomials; fails on exceptional networks.",
        (
            by_statement("T2c", Outcome.HOLDS, "figure1", "opposite_signs_a", "opposite_signs_b"),
            by_statement("T2c", Outcome.FAILS, "bounded_boundary"),
            by_statement("T2c", Outcome.NOT_APPLICABLE, "exchanged_pieces_a", needs="neuron"),
            by_statement("T2", Outcome.FAILS, "exchanged_pieces_a"),
            by_network(check_boundaries_leave_a_weight_open_where_they_do_not_meet),
        ),
    ),
    Row(
        "T2d",
        "§3.3",
        "Theorem 2 follows from Theorem 3",
        Standing.REFUTED,
        "Theorem 3 needs a connected part of B[z] through the whole layer before. Connected boundaries that meet "
        "provide it: proved off explicit polynomials.",
        (
            by_statement("T2d", Outcome.FAILS, "exchanged_pieces_a"),
            by_statement("T2d", Outcome.HOLDS, "figure1", "opposite_signs_a"),
        ),
    ),
)
