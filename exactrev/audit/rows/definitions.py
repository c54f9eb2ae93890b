"""D1, I1 to I5, R1 to R4, M1, X1: definitions, isomorphisms, regions and boundaries (§3). Rows, and their networks."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from exactrev.audit.evidence import by_claim, by_network, by_statement
from exactrev.audit.row import Row, Standing, require
from exactrev.equivalence import decide_equal
from exactrev.examples import load
from exactrev.geometry import boundaries, regions
from exactrev.network import AffineMap, Network, Neuron
from exactrev.proofs.exceptional_networks_are_zeros_of_polynomials import find_exceptional
from exactrev.statements.claims.symmetries import scale_as_printed
from exactrev.statements.verification import verify
from exactrev.verdict import Outcome

__all__ = ["ROWS"]

_net = Network.from_arrays
SHIFTED = _net([([[1]], [-1]), ([[1]], [0])])
"""ReLU(x - 1)."""
ABSOLUTE = _net([([[1], [-1]], [0, 0]), ([[1, 1]], [0])])
TOUCHING = _net([([[-1, 1], [1, 1], [0, 1]], [0, 0, 0]), ([[1, 1, -2]], [0])])
NOWHERE = _net([([[1, 0], [0, 1]], [0, 0]), ([[-1, -1]], [-1]), ([[1]], [0])])


EVALUATED = 60


def check_the_printed_preactivation_vanishes_where_nothing_switches() -> str:
    """ReLU(x - 1): the printed z(x) = ReLU(x) is 0 at 0, where N is affine, and 1 at 1, where N has its kink."""
    complex = regions(SHIFTED)
    kinks = [complex.facet_point(facet) for facet in range(complex.n_facets)]
    require(kinks == [(Fraction(1),)], "ReLU(x - 1) has its kink at 1 alone")
    printed = [max(Fraction(x), Fraction(0)) for x in (0, 1)]
    require(printed == [0, 1], "the printed preactivation of ReLU(x - 1) is 0 at 0 and 1 at 1")
    before, after = SHIFTED.affine_map(SHIFTED.pattern([-1])), SHIFTED.affine_map(SHIFTED.pattern(["1/2"]))
    require(before == after, "ReLU(x - 1) is affine around 0")
    return "for ReLU(x - 1) the printed set {z = 0} contains 0, where N is affine, and misses the kink at 1"


def check_scaling_as_printed_changes_a_sum_of_two_neurons() -> str:
    """|x| with c = 2: dividing all of the next layer's weights by c changes the value at -1 from 1 to 1/2."""
    scaled = scale_as_printed(ABSOLUTE, Neuron(1, 0), Fraction(2))
    require([*ABSOLUTE([-1]), *scaled([-1])] == [1, Fraction(1, 2)], "the printed map takes |-1| to 1/2")
    return "ReLU(x) + ReLU(-x) with c = 2, at -1: 1 before, 1/2 after the printed map"


def check_a_negative_factor_changes_the_function() -> str:
    """ReLU(x) with c = -1: 1 at 1, then 0."""
    net = _net([([[1]], [0]), ([[1]], [0])])
    scaled = scale_as_printed(net, Neuron(1, 0), Fraction(-1))
    verdict = decide_equal(net, scaled)
    require(verdict.outcome is Outcome.FAILS, "ReLU(x) and -ReLU(-x) are different functions")
    require([*net([1]), *scaled([1])] == [1, 0], "they differ at 1")
    return "ReLU(x) with c = -1, at 1: 1 before, 0 after"


def check_regions_may_touch_where_no_facet_fails() -> str:
    """ReLU(y-x) + ReLU(y+x) - 2 ReLU(y): the facet reading holds, and two regions that touch have the same map."""
    verdict = verify(TOUCHING, ["R2"])["R2"]
    require(verdict.holds, "the assumption holds for ReLU(y-x) + ReLU(y+x) - 2 ReLU(y), read by facets")
    require(verdict.witness.get("touching_reading") == "FAILS", "it fails there, read by touching regions")
    return "ReLU(y-x) + ReLU(y+x) - 2 ReLU(y): across facets the map changes, across the origin it does not"


def check_a_boundary_is_empty_in_a_whole_ball() -> str:
    """-a1 - a2 - 1 < 0 for all weights and biases within 1 of these: activations are never negative."""
    require(boundaries(NOWHERE).of(Neuron(2, 0)).is_empty, "the boundary of -a1 - a2 - 1 is empty")
    layer = NOWHERE.layers[1]
    require(max(*layer.W[0], *layer.b) <= -1, "every weight and the bias are -1 at most")
    return "z = -a1 - a2 - 1 has an empty boundary, as has every network with parameters closer than 1"


def check_boundaries_of_layer_1_border_regions_and_do_not_bend() -> str:
    """In figure1 a boundary of layer 1 is a line: crossed by others, between regions everywhere, and without a bend."""
    own = boundaries(load("figure1")).of(Neuron(1, 0))
    require(own.n_ridges > 0 and own.n_bends == 0, "a boundary of layer 1 has crossings and no bend")
    return f"figure1: B[z[1,0]] borders several regions everywhere, has {own.n_ridges} crossings and no bend"


def check_a_neuron_of_outgoing_weight_0_is_heard_by_nobody() -> str:
    """figure1 with another neuron in layer 2 and weight 0 out of it is wider, and the same function."""
    net = load("figure1")
    *lower, last, out = net.layers
    wider = Network(
        (
            *lower,
            AffineMap.from_arrays([*last.W, [1] * last.n_in], [*last.b, 1]),
            AffineMap.from_arrays([[*row, 0] for row in out.W], out.b),
        )
    )
    require(decide_equal(net, wider).holds, "a neuron with weight 0 out of it changes nothing")
    return f"figure1 ({net.architecture}) equals a {wider.architecture}"


def _vanishing(net: Network) -> list[str]:
    """The kinds of polynomials that vanish at a network, in the patterns that occur."""
    found = regions(net)
    patterns = (found.pattern(cell) for cell in range(found.n_cells))
    return sorted({exceptional.kind for exceptional in find_exceptional(net, patterns)})


def check_bundled_networks_are_decided_by_the_polynomials() -> str:
    """Which kinds vanish at bundled networks: by hand, weights of 0, parallel lines, and symmetric ones."""
    expected = {
        "figure1": [],
        "opposite_signs_a": [],
        "classifier2d": ["paths", "signs"],
        "bounded_boundary": ["position", "signs"],
        "parallel_coincident": ["paths", "position", "signs"],
    }
    for name, kinds in expected.items():
        found = _vanishing(load(name))
        require(found == kinds, f"{kinds} vanish at {name}; {found} do")
    return "; ".join(f"{name}: {', '.join(kinds) or 'none vanishes'}" for name, kinds in expected.items())


def check_theorems_fail_only_where_a_polynomial_vanishes() -> str:
    """Networks 2-2-2-1 and 2-3-2-1 of integers: T1b, T1c, T2c fail for some, all of them exceptional."""
    rng = Random(3)
    failed = special = 0
    for number in range(EVALUATED):
        widths = (2, 2 + number % 2, 2, 1)
        shapes = zip(widths[1:], widths, strict=False)
        most = 1 + number % 9
        layers = [[[rng.randint(-most, most) for _ in range(m + 1)] for _ in range(n)] for n, m in shapes]
        net = _net([([row[:-1] for row in rows], [row[-1] for row in rows]) for rows in layers])
        report = verify(net, ["T1b", "T1c", "T2c"])
        fails = [paper for paper in ("T1b", "T1c", "T2c") if report[paper].outcome is Outcome.FAILS]
        vanishing = bool(_vanishing(net))
        require(vanishing or not fails, f"a polynomial vanishes at network {number}, for which {fails} fail")
        failed += bool(fails)
        special += vanishing
    require(0 < failed <= special < EVALUATED, "theorems fail for some, and polynomials do not vanish for others")
    return f"of {EVALUATED} networks of integers {special} are exceptional; T1b, T1c or T2c fail for {failed} of these"


ROWS = (
    Row(
        "D1",
        "§3",
        "z = sum of W ReLU(z' + b'), biases of the layer before, and B[z] = {z = 0}",
        Standing.REFUTED,
        "z^k = W^k a^(k-1) + b^k with z's own bias and a^0 = x, and B[z] = {z = 0}, which is where the ReLU switches "
        "unless z only touches 0.",
        (by_network(check_the_printed_preactivation_vanishes_where_nothing_switches),),
    ),
    Row(
        "I1",
        "§3.1",
        "permuting the neurons of a layer leaves the function",
        Standing.PROVED,
        "For all shapes, with the weights out of the neurons permuted along.",
        (by_statement("I1", Outcome.HOLDS, "figure1", "classifier2d", "regressor3d", "exchanged_pieces_a"),),
    ),
    Row(
        "I2",
        "Lemma 1, App. A",
        "scaling a neuron by c > 0 and dividing W^(k+1) by c leaves the function",
        Standing.REFUTED,
        "Only the weights out of the neuron that is scaled are divided by c.",
        (
            by_network(check_scaling_as_printed_changes_a_sum_of_two_neurons),
            by_statement("I2", Outcome.HOLDS, "figure1", "classifier2d", "regressor3d", needs="printed_map_scales"),
        ),
    ),
    Row(
        "I3",
        "§3.1",
        "networks of every architecture exist whose only isomorphisms are permutation and scaling",
        Standing.REFUTED,
        "Proved: none exists with two consecutive hidden layers of width 1, and some do for n-1-k-m with k > 1, "
        "1-2-1-m, 2-2-1-m, 2-3-1-m and 3-4-1-m. For n-1-m and 2-2-2-1 as well; for other architectures open.",
        (by_claim("I3"), by_claim("N4"), by_claim("N3")),
    ),
    Row(
        "I4",
        "§3.1",
        "a set of networks of positive measure has further isomorphisms",
        Standing.PROVED,
        "Open sets in each of the cases 2 to 4 of §5.2, given by inequalities; and a ball of radius 1, where networks "
        "are compared exactly.",
        (by_claim("I4"),),
    ),
    Row(
        "R1",
        "§3.2",
        "in a region every neuron is affine, and regions correspond to activation patterns",
        Standing.PROVED,
        "Proved for all networks: regions are convex, one for each pattern that occurs where no neuron vanishes.",
        (by_statement("R1", Outcome.HOLDS, "figure1", "classifier2d", "regressor3d", "parallel_coincident"),),
    ),
    Row(
        "R2",
        "§3.2",
        "the Linear Regions Assumption can fail, as when a layer is off",
        Standing.PROVED,
        "It fails on an open set. Read by regions that touch it is stronger than by facets, but the same off explicit "
        "polynomials.",
        (
            by_statement("R2", Outcome.FAILS, "dead_layer", "classifier2d", "regressor3d"),
            by_statement("R2", Outcome.HOLDS, "figure1", "exchanged_pieces_a"),
            by_network(check_regions_may_touch_where_no_facet_fails),
        ),
    ),
    Row(
        "R3",
        "§3.3",
        "for almost all networks B[z] is a piecewise linear surface of dimension n_in - 1",
        Standing.REFUTED,
        "Proved off explicit polynomials, but for this: it may be empty, on an open set, and disconnected.",
        (
            by_network(check_a_boundary_is_empty_in_a_whole_ball),
            by_statement("R3", Outcome.HOLDS, "figure1", "regressor3d", "disconnected_boundary"),
        ),
    ),
    Row(
        "I5",
        "§3.1",
        "isomorphic networks may have different architectures, and yet all isomorphisms are permutation and scaling",
        Standing.REFUTED,
        "Uniqueness is among networks of one architecture: every network with a hidden layer equals a wider one.",
        (by_claim("I5"), by_network(check_a_neuron_of_outgoing_weight_0_is_heard_by_nobody)),
    ),
    Row(
        "R4",
        "ICLR §1, §4.1",
        "N changes exactly where a ReLU switches; B[z] bends where it borders several regions",
        Standing.REFUTED,
        "N changes only where some ReLU switches, and everywhere there just if the Linear Regions Assumption holds. A "
        "boundary borders several regions everywhere.",
        (
            by_statement("R2", Outcome.FAILS, "classifier2d", "dead_layer"),
            by_network(check_boundaries_of_layer_1_border_regions_and_do_not_bend),
        ),
    ),
    Row(
        "M1",
        "throughout",
        "almost all networks, vanishingly unlikely",
        Standing.PROVED,
        "For Theorem 1, the corrected Theorem 2 and the induction step: off the zeros of three kinds of polynomials, "
        "none of them 0. Every rational network is decided by evaluating them.",
        (
            by_network(check_bundled_networks_are_decided_by_the_polynomials),
            by_network(check_theorems_fail_only_where_a_polynomial_vanishes),
        ),
    ),
    Row(
        "X1",
        "summary",
        "ReLU is invariant to multiplication; a layer can be scaled by any constant",
        Standing.REFUTED,
        "By c > 0 only.",
        (by_network(check_a_negative_factor_changes_the_function),),
    ),
)
