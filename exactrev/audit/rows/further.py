"""N1 to N9, O3, E1, S1: boundaries that do not meet, pooling, a picture, noise (§5 to §7). Rows."""

from __future__ import annotations

from fractions import Fraction

from exactrev.audit.evidence import by_claim, by_network, by_statement
from exactrev.audit.row import Row, Standing, require
from exactrev.equivalence import compare, decide_equal
from exactrev.examples import load
from exactrev.geometry import boundaries, regions
from exactrev.geometry.boundary_pieces import boundary_set
from exactrev.geometry.homology import betti_numbers
from exactrev.network import AffineMap, Network, Neuron
from exactrev.network.random import he_network
from exactrev.oracle import Oracle
from exactrev.recovery import NotPiecewiseLinear, recover
from exactrev.recovery.inexact import round_to_digits
from exactrev.verdict import Outcome

__all__ = ["ROWS"]

_net = Network.from_arrays
TORUS = _net(
    [
        (
            [[s * (axis == i) for i in range(3)] for axis in (0, 0, 1, 1, 2) for s in (1, -1)],
            [0, 0, -2, -2, 0, 0, -2, -2, 0, 0],
        ),
        ([[1, 1, -2, -2, 1, 1, -2, -2, -1, -1]], [-1]),
        ([[1]], [0]),
    ]
)
MAXIMUM = _net([([[1, 0], [0, 1]], [0, 0]), ([[1, -1], [0, 1]], [0, 0]), ([[1, 1]], [0])])
"""ReLU(a1 - a2) + ReLU(a2), the maximum of a1 and a2."""
SURVEYED = 20
POOLED = _net([([[1, 0], [0, 1]], [0, 0]), ([["1/2", "1/2"]], [0])])


def check_a_boundary_is_a_torus() -> str:
    """Ten neurons and one, over R^3: bounded, with Betti numbers 1, 2, 1."""
    found = boundaries(TORUS)
    require(found.of(Neuron(2, 0)).is_bounded, "the boundary is bounded")
    betti = betti_numbers(found, Neuron(2, 0))
    require(betti == (1, 2, 1), f"the Betti numbers are those of a torus, not {betti}")
    return "3-10-1-1: B[z[2,0]] is bounded with Betti numbers 1, 2, 1 over GF(2)"


def check_bounded_boundaries_of_the_plane_are_circles() -> str:
    """As many holes as parts, for the bundled bounded boundaries."""
    names = ("bounded_boundary", "disconnected_boundary")
    found = [betti_numbers(boundaries(load(name)), Neuron(2, 0)) for name in names]
    require(found == [(1, 1), (2, 2)], "they are one circle and two")
    return "bounded_boundary is a circle, disconnected_boundary two"


def check_how_many_boundaries_are_connected_by_number_of_inputs() -> str:
    """The boundaries of layer 2 that are not empty, in He-initialised networks n-5-5-1."""
    shares = []
    for n_in in (1, 2, 3, 4, 5):
        found = [
            boundary.n_components == 1
            for seed in range(SURVEYED)
            for boundary in boundaries(he_network((n_in, 5, 5, 1), seed))
            if boundary.neuron.layer == 2 and not boundary.is_empty
        ]
        require(n_in < 3 or 10 * sum(found) >= 9 * len(found), "nine of ten are connected from n_in = 3 on")
        require(n_in < 5 or all(found), "all are connected for n_in = n_1")
        shares.append(f"{sum(found)} of {len(found)} for n_in = {n_in}")
    return f"{SURVEYED} networks n-5-5-1 each: connected are {', '.join(shares)}"


def check_max_pooling_adds_a_boundary_and_is_a_relu_network() -> str:
    """On every cell N is the larger of a1 and a2; {x = y > 0} is in no boundary of layer 1, and N breaks there."""
    complex = regions(MAXIMUM)
    for cell in range(complex.n_cells):
        x = complex.interior_point(cell)
        a = [max(z, Fraction(0)) for z in MAXIMUM.preactivations(x)[0]]
        larger = int(a[1] > a[0])
        form = complex.affine_map(cell)
        active = MAXIMUM.pattern(x)[0][larger]
        expected = MAXIMUM.layers[0].W[larger] if active else (0, 0)
        require((tuple(expected),) == form.W and MAXIMUM(x) == (a[larger],), "N is the larger activation")
    require(complex.n_thick > 0, "where both are off a preactivation vanishes on an open set")
    left, right = (MAXIMUM.affine_map(MAXIMUM.pattern(p)) for p in ((1, 2), (2, 1)))
    require(left != right and 0 not in MAXIMUM.sign_vector((1, 1))[0], "N breaks at (1, 1), off layer 1's boundaries")
    return f"max(a1, a2) = ReLU(a1 - a2) + ReLU(a2) on all {complex.n_cells} cells; the boundary x = y > 0 ends at 0"


def check_average_pooling_is_an_affine_map() -> str:
    """(a1 + a2)/2 as a layer: the boundaries are those without it."""
    plain = _net([([[1, 0], [0, 1]], [0, 0]), ([[1, 1]], [0])])
    twice = Network((POOLED.layers[0], AffineMap.from_arrays([[2]], [0]).after(POOLED.layers[1])))
    require(decide_equal(plain, twice).holds, "twice the average is the sum")
    require(boundary_set(POOLED) == boundary_set(plain), "the boundaries are the same")
    return "the average of two activations has their boundaries and no other"


def check_figure_1_is_drawn_from_a_network_of_its_shape() -> str:
    """2-5-5-1, all boundaries of layer 1 straight, all of layer 2 bent."""
    net = load("figure1")
    bends = [boundary.n_bends for boundary in boundaries(net)]
    require(net.architecture == "2-5-5-1" and not any(bends[:5]) and all(bends[5:]), "layer 2 bends, layer 1 does not")
    return f"figure1: {regions(net).n_regions} regions, bends by neuron {bends}"


def check_rounded_answers_end_without_a_network() -> str:
    """figure1 with answers rounded to 6 digits: the recovery says where they fit nothing, and returns no network."""
    net = load("figure1")

    def rounded(x: tuple[Fraction, ...]) -> list[Fraction]:
        return [round_to_digits(value, 6) for value in net(x)]

    try:
        result = recover(Oracle(rounded, net.n_in), net.n_in)
    except NotPiecewiseLinear as refusal:
        require("place" in refusal.data, "the refusal says where")
        return f"figure1, six digits: no network; {refusal.message}"
    require(result.network is None, "no network is returned")
    return "figure1, six digits: no network is returned"


def check_exact_answers_end_with_the_network() -> str:
    """figure1 with exact answers, for comparison."""
    net = load("figure1")
    result = recover(Oracle(net), net.n_in)
    require(result.network is not None and compare(result.network, net).isomorphism is not None, "it is recovered")
    return f"figure1: recovered up to isomorphism in {result.plain_queries} queries"


ROWS = (
    Row(
        "N1",
        "§5.2 (1)",
        "if z active implies z' inactive, a slight change of the weight has no effect",
        Standing.PROVED,
        "Off explicit polynomials: all weights up to one that is larger than w, and the boundaries are disjoint. On "
        "exceptional networks w may be the largest, or the boundaries touch.",
        (by_claim("N1"),),
    ),
    Row(
        "N2",
        "§5.2 (2)",
        "if z active implies z' active, there may or may not be further isomorphisms",
        Standing.PROVED,
        "Both on open sets: further ones in 2-3-2-1, say, none in 2-3-1-1.",
        (by_claim("N2"),),
    ),
    Row(
        "N3",
        "§5.2 (3)",
        "if z inactive implies z' inactive, there may or may not be further isomorphisms",
        Standing.PROVED,
        "Both on open sets: none in n-1-k-m for k > 1, with case 4 occurring as well; always further ones where z' is "
        "alone in its layer and the boundaries do not touch.",
        (by_claim("N3"),),
    ),
    Row(
        "N4",
        "§5.2 (4)",
        "if z inactive implies z' active, there may or may not be further isomorphisms",
        Standing.PROVED,
        "Both on open sets: further ones where both are alone in their layers, and in 1-2-2-1; none in n-1-k-m for "
        "k > 1, with case 3 occurring as well, and in 2-2-1-1.",
        (by_claim("N4"),),
    ),
    Row(
        "N5",
        "§5.2",
        "the four cases are how boundaries fail to meet",
        Standing.REFUTED,
        "There is a fifth, proved on an open set that inequalities describe: B[z'] has a part on either side of B[z].",
        (by_claim("N5"), by_statement("T2h", Outcome.FAILS, "fifth_case")),
    ),
    Row(
        "N6",
        "§5.2",
        "the parts of a disconnected boundary can be told to belong to one neuron",
        Standing.REFUTED,
        "Not from boundaries. From values, where the parts differ in what they weigh: not shown here.",
        (
            by_statement("T2", Outcome.FAILS, "exchanged_pieces_a", "exchanged_pieces_b"),
            by_claim("N9"),
        ),
    ),
    Row(
        "N7",
        "§5.2, fn 4",
        "bounded boundaries: circles in the plane, perhaps a torus in higher dimension",
        Standing.CHECKED,
        "A torus with two hidden layers exists.",
        (by_network(check_a_boundary_is_a_torus), by_network(check_bounded_boundaries_of_the_plane_are_circles)),
    ),
    Row(
        "O3",
        "§5.3",
        "pooling introduces new discontinuities, to which the methods do not apply",
        Standing.REFUTED,
        "Max pooling does, and is itself a ReLU network, with a preactivation that vanishes on an open set. Average "
        "pooling is affine and adds nothing.",
        (
            by_network(check_max_pooling_adds_a_boundary_and_is_a_relu_network),
            by_network(check_average_pooling_is_an_affine_map),
        ),
    ),
    Row(
        "E1",
        "Fig. 1",
        "a 2-5-5-1 network, its graph and its boundaries",
        Standing.CHECKED,
        "The picture is drawn exactly, of another network of that shape.",
        (by_network(check_figure_1_is_drawn_from_a_network_of_its_shape),),
    ),
    Row(
        "S1",
        "§7",
        "noise on the outputs defeats the method",
        Standing.CHECKED,
        "On the network looked at: with rounded answers the recovery refuses, and says where; with exact ones it "
        "succeeds.",
        (
            by_network(check_rounded_answers_end_without_a_network),
            by_network(check_exact_answers_end_with_the_network),
        ),
    ),
    Row(
        "N8",
        "slides",
        "boundaries are mostly connected unless n_in is small",
        Standing.CHECKED,
        "He-initialised, width 8, layer 2: not connected are 23 % of the boundaries with one input, 16 % with two, 3 % "
        "with four (docs/surveys.md), and by a lemma none where W^1 has rank n_1. Deeper layers have more; trained "
        "ones are open.",
        (by_network(check_how_many_boundaries_are_connected_by_number_of_inputs),),
    ),
    Row(
        "N9",
        "§5.2",
        "implied: further isomorphisms need boundaries that do not meet",
        Standing.REFUTED,
        "A 2-10-3-1 network in which all meet, and the Linear Regions Assumption holds, has a second one; on a set of "
        "measure zero.",
        (by_claim("N9"),),
    ),
)
