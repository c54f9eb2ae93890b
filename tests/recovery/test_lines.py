"""Breakpoints on lines, against the truth: the boundaries that the line crosses, followed layer by layer."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise

import pytest

from exactrev.errors import AssumptionFailed
from exactrev.network import AffineMap
from exactrev.network.network import Network
from exactrev.network.planes import restrict
from exactrev.network.random import he_network, random_rational_network
from exactrev.oracle import Oracle
from exactrev.recovery.lines import LineScan, points_on_line
from exactrev.recovery.points import Line, random_vector
from exactrev.recovery.probe import NotPiecewiseLinear, Probe
from exactrev.recovery.work_list import WorkList

FAR = 2**40


def true_breakpoints(net: Network, origin, direction, lo, hi) -> list[Fraction]:
    """Where N breaks on the open segment: every zero of a preactivation on it, if N's map changes there."""
    on_line = restrict(net, origin, [direction])
    cuts = [Fraction(lo), Fraction(hi)]
    for layer in range(1, net.depth + 1):
        zeros = set(cuts)
        for left, right in pairwise(cuts):
            pattern = on_line.pattern(((left + right) / 2,))
            z = on_line.preactivation_map(layer, pattern)
            zeros |= {-b / m for (m,), b in zip(z.W, z.b, strict=True) if m and left < -b / m < right}
        cuts = sorted(zeros)
    maps = [
        on_line.affine_map(on_line.pattern(((left + right) / 2,))) for left, right in pairwise(cuts)
    ]
    return [t for t, f, g in zip(cuts[1:], maps, maps[1:], strict=False) if f != g]


def random_line(n_in: int, seed: int):
    rng = random.Random(seed)
    return [[Fraction(c, 1 << 12) for c in random_vector(n_in, rng)] for _ in range(2)]


def scan(net, origin, direction, lo, hi, how="plain", **options) -> LineScan:
    return points_on_line(Probe(Oracle(net, n_in=len(origin)), len(origin), how), origin, direction, lo, hi, **options)


HOWS = pytest.mark.parametrize("how", ["plain", "packed"])


def check_scan(found: LineScan, value) -> None:
    """The pieces cover the segment, meet continuously, and are N at points inside."""
    assert found.pieces[0].start == found.lo
    assert found.pieces[-1].end == found.hi
    for piece in found.pieces:
        assert piece.start < piece.middle < piece.end
        assert value(piece.inside) == piece.map.at(piece.middle) == piece.germ.value
        assert list(piece.stations) == sorted(piece.stations)
        assert all(value(found.line.at(t)) == piece.map.at(t) for t in piece.stations)
    for left, breakpoint_, right in zip(found.pieces, found.breakpoints, found.pieces[1:], strict=False):
        assert (breakpoint_.left, breakpoint_.right) == (left, right)
        assert left.end == breakpoint_.t == right.start
        assert breakpoint_.before < breakpoint_.t <= breakpoint_.after
        assert left.map != right.map
        assert left.map.at(breakpoint_.t) == right.map.at(breakpoint_.t) == value(breakpoint_.point)


@HOWS
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "widths", [(1, 12, 1), (2, 8, 1), (3, 10, 1), (10, 10, 10, 1), (5, 10, 10, 10, 1), (10, 20, 20, 1), (4, 6, 6, 3)]
)
def test_all_breakpoints_of_random_networks_are_found_exactly(widths, seed, how):
    net = he_network(widths, seed, "float32")
    origin, direction = random_line(net.n_in, seed)
    found = scan(net, origin, direction, -FAR, FAR, how)
    assert [b.t for b in found.breakpoints] == true_breakpoints(net, origin, direction, -FAR, FAR)
    check_scan(found, net)


@HOWS
@pytest.mark.parametrize("seed", range(3))
def test_all_breakpoints_of_networks_of_small_rationals_are_found(seed, how):
    net = random_rational_network((3, 9, 9, 2), seed)
    found = scan(net, (0, 0, 0), (1, 2, "1/3"), -8, 8, how, samples=8)
    assert [b.t for b in found.breakpoints] == true_breakpoints(net, (0, 0, 0), (1, 2, Fraction(1, 3)), -8, 8)
    check_scan(found, net)


@pytest.mark.parametrize(("how", "most"), [("plain", 5), ("packed", 4)])
def test_a_breakpoint_costs_few_questions(how, most):
    queries = breakpoints = 0
    for seed in range(6):
        net = he_network((10, 20, 20, 1), seed, "float32")
        probe = Probe(Oracle(net), 10, how)
        found = points_on_line(probe, *random_line(10, seed), -FAR, FAR)
        assert found.queries == probe.plain_queries + probe.packed_queries == probe.oracle.queries
        queries += found.queries
        breakpoints += len(found.breakpoints)
    assert breakpoints > 100
    assert queries < most * breakpoints


def test_packed_scans_show_every_whole_piece():
    net = he_network((10, 20, 20, 1), 7, "float32")
    probe = Probe(Oracle(net), 10, "packed")
    found = points_on_line(probe, *random_line(10, 7), -FAR, FAR)
    spent = probe.oracle.queries
    pieces = [probe.piece(piece.inside, germ=piece.germ) for piece in found.pieces]
    assert len(pieces) > 30
    assert pieces == [net.affine_map(net.pattern(piece.inside)) for piece in found.pieces]
    assert probe.oracle.queries == spent


def test_beyond_a_boundary_that_was_seen_a_plain_piece_costs_one_question():
    net = he_network((6, 12, 1), 0, "float32")  # every boundary is a hyperplane
    probe = Probe(Oracle(net), 6)
    first, second = (points_on_line(probe, *random_line(6, seed), -FAR, FAR) for seed in (0, 1))
    for piece in first.pieces:
        probe.piece(piece.inside, germ=piece.germ)
    assert len(probe.forms) == len(second.breakpoints) == 12
    spent = probe.plain_queries
    pieces = [probe.piece(piece.inside, germ=piece.germ) for piece in second.pieces]
    assert pieces == [net.affine_map(net.pattern(piece.inside)) for piece in second.pieces]
    assert probe.plain_queries == spent + 6 + 12
    assert [probe.piece(piece.inside, germ=piece.germ) for piece in second.pieces] == pieces
    assert probe.plain_queries == spent + 6 + 12


@HOWS
def test_breakpoints_at_the_ends_and_at_short_numbers_do_no_harm(how):
    # 2a - 2b breaks at 0, 1 and 2; on [0, 1] the ends are breakpoints and nothing breaks between them.
    net = Network.from_arrays([([[1], [1], [1]], [0, -1, -2]), ([[1, 2, -5]], [0])])
    assert [b.t for b in scan(net, (0,), (1,), 0, 1, how).breakpoints] == []
    assert [b.t for b in scan(net, (0,), (1,), 0, 2, how).breakpoints] == [1]
    assert [b.t for b in scan(net, (0,), (1,), -1, 3, how).breakpoints] == [0, 1, 2]


@HOWS
def test_breakpoints_that_nearly_coincide_are_told_apart(how):
    gap = Fraction(1, 2**170)
    net = Network.from_arrays([([[1], [1]], [0, -gap]), ([[1, 2]], [0])])
    assert [b.t for b in scan(net, (0,), (1,), -1, 1, how).breakpoints] == [0, gap]


@HOWS
@pytest.mark.parametrize("gap", [Fraction(1, 2**182), Fraction(1, 2**250)])
def test_a_breakpoint_very_near_to_an_end_does_no_harm(gap, how):
    net = Network.from_arrays([([[1], [1]], [0, -2]), ([[1, 2]], [0])])
    assert [b.t for b in scan(net, (0,), (1,), -gap, 3, how).breakpoints][-1] == 2
    assert [b.t for b in scan(net, (0,), (1,), -5, gap, how).breakpoints] in ([0], [])


def test_breakpoints_between_the_two_sides_of_a_breakpoint_are_seen_as_one():
    gap = Fraction(1, 2**250)
    net = Network.from_arrays([([[1], [1]], [0, -gap]), ([[1, 2]], [0])])
    (found,) = scan(net, (0,), (1,), -1, 1).breakpoints
    assert found.before < 0 < found.t < gap < found.after


def test_outputs_are_compared_as_vectors():
    # The first output does not break at 1, the sum breaks nowhere: ReLU(x-1) and x - ReLU(x-1).
    net = Network.from_arrays([([[1], [1], [-1]], [-1, 0, 0]), ([[1, 0, 0], [-1, 1, -1]], [0, 0])])
    assert [b.t for b in scan(net, (0,), (1,), -4, 5).breakpoints] == [1]
    assert scan(net, (0,), (1,), -4, 5, scalar=[1, 1]).breakpoints == ()


def kinks_of_the_hump() -> Network:
    """ReLU(1 - ReLU(x) - ReLU(1/2 - x)): zero but for -1/2 < x < 1, where it rises to a plateau of height 1/2."""
    return Network.from_arrays([([[1], [-1]], [0, "1/2"]), ([[-1, -1]], [1]), ([[1]], [0])])


@HOWS
@pytest.mark.parametrize("ends", [(-10, 30), (-10, 10)])
def test_a_hump_with_the_same_piece_on_either_side_is_found_when_sampled(ends, how):
    found = scan(kinks_of_the_hump(), (0,), (1,), *ends, how, samples=16)
    assert [b.t for b in found.breakpoints] == [Fraction(-1, 2), 0, Fraction(1, 2), 1]
    check_scan(found, kinks_of_the_hump())


@HOWS
def test_a_hat_on_a_breakpoint_does_not_hide_it(how):
    # ReLU(x) + ReLU(1 - ReLU(x) - ReLU(-2x)): the outer pieces 0 and x meet at 0, where N breaks between two others.
    net = Network.from_arrays(
        [([[1], [-2]], [0, 0]), ([[1, 0], [-1, -1]], [0, 1]), ([["3/2", 1]], [0])]
    )
    found = scan(net, (0,), (1,), -10, 9, how, samples=0)
    assert [b.t for b in found.breakpoints] == [Fraction(-1, 2), 0, 1]
    check_scan(found, net)


def test_a_hump_that_is_not_found_lies_in_a_gap_that_is_listed():
    found = scan(kinks_of_the_hump(), (0,), (1,), -10, 30, samples=0)
    assert found.breakpoints == ()
    assert len(found.pieces) == 1
    longest = max(found.unseen, key=lambda gap: gap[1] - gap[0])
    assert longest[0] < Fraction(-1, 2)
    assert longest[1] > 1
    assert "may still leave the piece" in found.caveat


def test_every_gap_of_a_scan_lies_in_a_piece_and_all_of_them_cover_what_was_not_resolved():
    net = he_network((3, 10, 1), 5)
    found = scan(net, *random_line(3, 5), -4, 4)
    length = sum(t - s for s, t in found.unseen) + sum(b.after - b.before for b in found.breakpoints)
    assert length == found.hi - found.lo


@HOWS
def test_answers_that_are_rounded_are_noticed(how):
    net = he_network((3, 6, 1), 1)

    def rounded(x):
        return [Fraction(round(y * 10**16), 10**16) for y in net(x)]

    with pytest.raises(NotPiecewiseLinear) as error:
        scan(rounded, *random_line(3, 1), -100, 100, how)
    assert len(error.value.place) == 3
    assert error.value.step < Fraction(1, 2**200)


@HOWS
def test_answers_with_noise_are_noticed(how):
    net, rng = he_network((3, 6, 1), 1), random.Random(0)
    with pytest.raises(NotPiecewiseLinear):
        scan(lambda x: [y + rng.randrange(-9, 9) * Fraction(1, 10**30) for y in net(x)], *random_line(3, 1), -9, 9, how)


@HOWS
def test_a_smooth_function_is_not_taken_for_a_network(how):
    with pytest.raises(NotPiecewiseLinear):
        scan(lambda x: x[0] ** 2, (0,), (1,), 0, 1, how)


def test_whole_pieces_that_were_misread_are_refuted_and_measured_again():
    net, probe = he_network((3, 8, 5, 1), 4, "float32"), Probe(he_network((3, 8, 5, 1), 4, "float32"), 3)
    line, misread = Line(*map(tuple, random_line(3, 4))), list[int]()

    def read(x, near):
        piece = net.affine_map(net.pattern(x))
        misread.append(len(misread) + 1)
        if len(misread) not in (1, 3, 6):
            return piece
        return AffineMap(((*piece.rows[0][:-2], piece.rows[0][-2] + 1, 7),), piece.denominator, 3)

    work = WorkList(lambda *ts: probe.values([line.at(t) for t in ts]), line, Fraction(64), random.Random(0), read)
    work.add([work.measure(Fraction(-32), Fraction(64)), work.measure(Fraction(32), Fraction(-64))])
    assert len(misread) >= 2
    assert [kink.t for kink in work.kinks] == true_breakpoints(net, line.origin, line.direction, -32, 32)
    for run in work.runs():
        assert all(net(line.at(t)) == run.map.at(t) for t in run.stations)
        assert run.piece in (None, net.affine_map(net.pattern(line.at((run.start + run.end) / 2))))


@pytest.mark.parametrize(("direction", "lo", "hi"), [((0, 0), 0, 1), ((1, 0), 1, 1), ((1, 0), 2, 1), ((1,), 0, 1)])
def test_segments_without_length_are_refused(direction, lo, hi):
    with pytest.raises(AssumptionFailed):
        scan(he_network((2, 3, 1), 0), (0, 0), direction, lo, hi)
