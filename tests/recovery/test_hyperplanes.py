"""Local hyperplanes and jumps against the network's neurons; the test of whole hyperplanes."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from exactrev.errors import AssumptionFailed, RecoveryAmbiguous
from exactrev.network.affine import AffineMap
from exactrev.network.network import Network
from exactrev.network.random import he_network, random_rational_network
from exactrev.oracle import Oracle
from exactrev.recovery import hyperplanes
from exactrev.recovery.hyperplanes import (
    Hyperplane,
    find_jump,
    infer_hyperplane,
    infer_hyperplane_from_points,
    jump_between,
)
from exactrev.recovery.lines import points_on_line
from exactrev.recovery.points import random_vector
from exactrev.recovery.probe import Probe


def breakpoints(probe, seed=0):
    origin, direction = ([Fraction(c, 1 << 12) for c in random_vector(probe.n_in, random.Random(seed))] for _ in "ab")
    direction = [c + i for i, c in enumerate(direction, start=1)]
    return points_on_line(probe, origin, direction, -50, 50).breakpoints


def true_hyperplane(net, breakpoint_):
    """The local hyperplane of the neuron whose preactivation is zero at the breakpoint."""
    signs = net.sign_vector(breakpoint_.point)
    ((layer, index),) = [(k, i) for k, layer in enumerate(signs, 1) for i, sign in enumerate(layer) if sign == 0]
    return layer, Hyperplane(net.preactivation_map(layer, net.pattern(breakpoint_.point)).rows[index])


@pytest.mark.parametrize("how", ["plain", "packed"])
@pytest.mark.parametrize(
    "net",
    [he_network((3, 6, 1), 0), he_network((4, 6, 5, 2), 1, "float32"), random_rational_network((3, 5, 5, 1), 2)],
    ids=lambda net: net.architecture,
)
def test_the_local_hyperplane_is_the_zero_of_a_neuron(net, how):
    probe = Probe(Oracle(net), net.n_in, how)
    found = breakpoints(probe)
    assert len(found) >= 3
    for breakpoint_ in found:
        assert infer_hyperplane(probe, breakpoint_) == true_hyperplane(net, breakpoint_)[1]


@pytest.mark.parametrize("widths", [(1, 5, 1), (2, 6, 1), (4, 6, 5, 2)])
def test_the_jump_and_the_papers_points_give_the_same_hyperplane(widths):
    net = he_network(widths, 3, "float32")
    probe = Probe(Oracle(net), net.n_in)
    for breakpoint_ in breakpoints(probe):
        assert infer_hyperplane_from_points(probe, breakpoint_) == infer_hyperplane(probe, breakpoint_)


def test_a_bare_point_of_a_boundary_will_do():
    net = he_network((3, 5, 4, 1), 4, "float32")
    probe = Probe(Oracle(net), 3)
    for breakpoint_ in breakpoints(probe):
        assert find_jump(probe, breakpoint_.point) == find_jump(probe, breakpoint_)
        assert infer_hyperplane_from_points(probe, breakpoint_.point) == infer_hyperplane(probe, breakpoint_)


def test_a_jump_is_the_outer_product_of_output_weights_and_form():
    # N = (3 ReLU(x - 2y + 1), -ReLU(x - 2y + 1)): kappa does not depend on the side from which we come.
    net = Network.from_arrays([([[1, -2]], [1]), ([[3], [-1]], [0, 5])])
    probe = Probe(Oracle(net), 2)
    for direction in [(1, 0), (-1, 0), (0, 5)]:
        (breakpoint_,) = points_on_line(probe, (0, 0), direction, -10, 10).breakpoints
        jump = find_jump(probe, breakpoint_)
        assert jump.hyperplane == Hyperplane((1, -2, 1))
        assert jump.kappa == (3, -1)


def test_the_jump_of_a_negated_neuron_has_the_same_sign():
    # ReLU(-v) = ReLU(v) - v: the bend is upwards either way.
    net = Network.from_arrays([([[-1, 2]], [-1]), ([[3]], [0])])
    (breakpoint_,) = points_on_line(Probe(Oracle(net), 2), (0, 0), (1, 0), -10, 10).breakpoints
    assert find_jump(Probe(Oracle(net), 2), breakpoint_).kappa == (3,)


def test_the_jump_needs_two_pieces_and_the_points_many_lines():
    net = he_network((4, 6, 1), 5, "float32")
    probe = Probe(Oracle(net), 4)
    breakpoint_ = breakpoints(probe)[0]
    before = probe.plain_queries
    find_jump(probe, breakpoint_)
    assert probe.plain_queries - before == 8  # twice n_in: the scan knows value and slope
    infer_hyperplane_from_points(probe, breakpoint_)
    assert probe.plain_queries - before > 16


def test_where_nothing_breaks_there_is_no_hyperplane():
    probe = Probe(Oracle(he_network((3, 5, 1), 0)), 3)
    for infer in (find_jump, infer_hyperplane_from_points):
        with pytest.raises(AssumptionFailed) as error:
            infer(probe, (1, 1, 1))
        assert error.value.witness == (1, 1, 1)


@pytest.mark.parametrize("seed", range(4))
def test_where_two_boundaries_meet_there_is_no_single_hyperplane(seed):
    net = Network.from_arrays([([[1, 0], [0, 1]], [0, 0]), ([[1, 1]], [0])])
    probe = Probe(Oracle(net), 2, seed=seed)
    for infer in (find_jump, infer_hyperplane_from_points):
        with pytest.raises(RecoveryAmbiguous):
            infer(probe, (0, 0))


def test_maps_that_differ_by_more_than_a_hyperplane_are_refused():
    zero, one = AffineMap.from_arrays([[0, 0]] * 2, [0, 0]), AffineMap.from_arrays([[1, 0], [0, 1]], [0, 0])
    for behind, ahead in [(zero, one), (zero, zero)]:
        with pytest.raises(RecoveryAmbiguous):
            jump_between(behind, ahead, (Fraction(1), Fraction(1)))


def test_a_hyperplane_is_its_set_of_points():
    H = Hyperplane(("-1/2", "3/2", 1))
    assert H.form == Hyperplane((2, -6, -4)).form == (1, -3, -2)
    assert (H.normal, H.constant) == ((1, -3), -2)
    assert [H.side(x) for x in [(2, 0), (3, 0), (0, 0)]] == [0, 1, -1]
    assert H.side(H.project((Fraction(1, 7), 5))) == 0
    assert H.project((2, 0)) == (2, 0)
    with pytest.raises(AssumptionFailed):
        Hyperplane((0, 0, 3))


@pytest.mark.parametrize("how", ["plain", "packed"])
def test_hyperplanes_of_the_first_layer_are_seen_far_away_and_others_are_not(how):
    net = he_network((6, 8, 6, 1), 1, "float32")
    probe = Probe(Oracle(net), 6, how)
    first, deeper = [], []
    for breakpoint_ in breakpoints(probe, 1) + breakpoints(probe, 2):
        layer, hyperplane = true_hyperplane(net, breakpoint_)
        test = hyperplanes.test_hyperplane(probe, hyperplane, breakpoint_.point, count=8, decided=None)
        assert len(test.seen) + len(test.absent) == 8
        assert all(hyperplane.side(x) == 0 for x in (*test.seen, *test.absent, *test.flat))
        (first if layer == 1 else deeper).append(test.share_seen)
    assert len(first) >= 4
    assert len(deeper) >= 4
    assert min(first) == 1
    assert max(deeper) < 1


@pytest.mark.parametrize(("how", "plain", "packed"), [("plain", 15, 0), ("packed", 2, 10)])
def test_each_far_point_costs_three_plain_questions_or_two_packed_ones(how, plain, packed):
    net = he_network((3, 5, 1), 0)
    probe = Probe(Oracle(net), 3, how)
    H = Hyperplane(net.layers[0].rows[2])
    test = hyperplanes.test_hyperplane(probe, H, (0, 0, 0), count=5, decided=None)
    assert (probe.plain_queries, probe.packed_queries) == (plain, packed)  # two plain ones to measure the digits
    assert (len(test.seen), test.share_seen) == (5, 1)
    assert str(test) == "N breaks at 5 of 5 points tried, and is flat at 0 more; no proof"


def test_a_test_ends_when_it_is_decided():
    net = he_network((3, 5, 1), 0)
    probe = Probe(Oracle(net), 3)
    true = hyperplanes.test_hyperplane(probe, Hyperplane(net.layers[0].rows[2]), (0, 0, 0), count=9)
    assert (len(true.seen), true.absent, probe.plain_queries) == (3, (), 9)
    false = hyperplanes.test_hyperplane(probe, Hyperplane((1, 2, 3, 4)), (0, 0, 0), count=9, decided=(5, 1))
    assert (false.seen, len(false.absent), probe.plain_queries) == ((), 1, 12)


def test_points_where_the_network_is_flat_are_no_absences():
    # ReLU(1 - ReLU(y) - ReLU(-y)) is zero beyond |y| = 1, so x = 0 is hidden there behind the factor in layer 2:
    # N = ReLU(ReLU(x) - 100 ReLU(y) - 100 ReLU(-y)) is flat at every point of {x = 0} but one.
    net = Network.from_arrays([([[1, 0], [0, 1], [0, -1]], [0, 0, 0]), ([[1, -100, -100]], [0]), ([[1]], [0])])
    test = hyperplanes.test_hyperplane(Probe(Oracle(net), 2), Hyperplane((1, 0, 0)), (0, 0), count=6)
    assert (test.seen, test.absent, len(test.flat)) == ((), (), 24)
    assert test.share_seen is None


@pytest.mark.parametrize("seed", range(20))
def test_a_hyperplane_that_is_seen_in_one_quadrant_of_three_is_seen(seed):
    # N = ReLU(ReLU(x) - 100 ReLU(-y) - 100 ReLU(-z)): around {x = 0} it is flat unless y and z are positive.
    net = Network.from_arrays(
        [([[1, 0, 0], [0, -1, 0], [0, 0, -1]], [0, 0, 0]), ([[1, -100, -100]], [0]), ([[1]], [0])]
    )
    probe = Probe(Oracle(net), 3, seed=seed)
    test = hyperplanes.test_hyperplane(probe, Hyperplane((1, 0, 0, 0)), (0, 0, 0))
    assert test.seen
    assert not test.absent
