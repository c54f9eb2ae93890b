"""Packed questions to networks whose weights have odd denominators: some of their answers are dyadic all the same."""

from __future__ import annotations

from fractions import Fraction

import pytest

from exactrev.equivalence import decide_equal
from exactrev.network import Network
from exactrev.network.random import random_rational_network
from exactrev.oracle import Oracle
from exactrev.recovery import recover
from exactrev.recovery.lines import points_on_line
from exactrev.recovery.probe import Probe

THIRDS = Network.from_arrays([([[4], [0], [-1]], [2, -1, "-5/3"]), ([[0, "1/2", "5/2"]], [1])])


@pytest.mark.parametrize(
    ("widths", "seed"), [((1, 3, 1), 0), ((1, 3, 1), 2), ((1, 3, 1), 6), ((2, 2, 1), 9), ((3, 3, 1), 2)]
)
def test_exact_answers_of_rational_networks_are_never_taken_for_inexact_ones(
    widths: tuple[int, ...], seed: int
) -> None:
    net = random_rational_network(widths, seed, numerator=5, denominator=3)
    recovery = recover(Oracle(net), net.n_in, "packed", seed=0)
    assert recovery.network is not None
    assert decide_equal(net, recovery.network).holds


def test_digits_that_were_measured_where_answers_are_dyadic_serve_no_longer_than_that() -> None:
    thirds = Network.from_arrays([([["1/3"]], ["1/3"]), ([[1]], [0])])
    for seed in range(12):
        probe = Probe(Oracle(thirds), 1, "packed", seed=seed)
        assert probe.piece((-7,)).W == ((0,),)  # only zeros there: the digits seem to be short and dyadic
        assert ((Fraction(1, 3),),) == probe.piece((Fraction(5, 4),)).W


def test_a_misread_end_of_a_line_is_measured_again_before_a_line_is_refused() -> None:
    for seed in range(8):
        scan = points_on_line(Probe(Oracle(THIRDS), 1, "packed", seed=seed), (0,), (1,), -(2**30), 2**30)
        assert [b.t for b in scan.breakpoints] == [Fraction(-5, 3)]


def test_a_line_on_which_all_digits_are_misread_is_scanned_with_plain_questions() -> None:
    net = Network.from_arrays(
        [([["1/1000000000000000000000", 1], [1, "1/3"]], [0, 1]), ([[1, 1], [1, -1]], [-1, -2]), ([[1, 1]], [0])]
    )
    plain, packed = Probe(Oracle(net), 2), Probe(Oracle(net), 2, "packed")
    origin, direction = ("-27/32", "13/64"), ("-15/16", "1/16")
    expected, found = (points_on_line(probe, origin, direction, -(2**30), 2**30) for probe in (plain, packed))
    assert [b.t for b in found.breakpoints] == [b.t for b in expected.breakpoints]
    assert packed.packed_queries < 200
