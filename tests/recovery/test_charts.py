"""Pieces carried along a line: what is guessed from known forms, and that a wrong guess is never taken."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from exactrev.arithmetic.integer_matrices import integer_nullspace
from exactrev.network import AffineMap
from exactrev.network.random import he_network
from exactrev.recovery.charts import Chart, Forms
from exactrev.recovery.lines import points_on_line
from exactrev.recovery.points import random_vector, to_integers
from exactrev.recovery.probe import Probe


def ridge() -> tuple[Chart, Forms]:
    """N = ReLU(x) + 5 ReLU(x + y - 2) along y = 0: slopes 0, 1 and 6, breaking at x = 0 and x = 2."""
    forms: Forms = {}
    points = [(Fraction(0), Fraction(0)), (Fraction(2), Fraction(0))]
    return Chart((Fraction(1), Fraction(0)), points, [(Fraction(s),) for s in (0, 1, 6)], forms), forms


PIECES = [AffineMap(((0, 0, 0),), 1, 2), AffineMap(((1, 0, 0),), 1, 2), AffineMap(((6, 5, -10),), 1, 2)]


def test_nothing_is_guessed_from_nothing():
    chart, forms = ridge()
    assert [chart.guess(i) for i in range(3)] == [None] * 3
    forms |= {(1, 0, 0): None, (1, 1, -2): None}
    assert [chart.guess(i) for i in range(3)] == [None] * 3


@pytest.mark.parametrize("known", range(3))
def test_one_piece_is_carried_across_all_known_forms_in_both_directions(known):
    chart, forms = ridge()
    chart.note(known, PIECES[known])
    assert [chart[i] for i in range(3)] == [PIECES[i] if i == known else None for i in range(3)]
    forms |= {(1, 0, 0): None, (1, 1, -2): None}
    assert [chart.guess(i) for i in range(3)] == PIECES


def test_an_unknown_form_between_stops_the_guess():
    chart, forms = ridge()
    chart.note(0, PIECES[0])
    forms |= {(1, 0, 0): None}
    assert [chart.guess(i) for i in range(3)] == [PIECES[0], PIECES[1], None]


def test_neighbouring_pieces_show_a_form():
    chart, forms = ridge()
    chart.note(2, PIECES[2])
    assert forms == {}
    chart.note(1, PIECES[1])
    assert [*forms] == [(1, 1, -2)]
    chart.note(0, PIECES[0])
    assert [*forms] == [(1, 1, -2), (1, 0, 0)]


def test_a_form_that_merely_passes_through_the_breakpoint_misleads_nobody():
    net = he_network((5, 7, 1), 2, "float32")
    probe, rng = Probe(net, 5), random.Random(2)
    line = [[Fraction(c, 1 << 12) for c in random_vector(5, rng)] for _ in range(2)]
    scan = points_on_line(probe, *line, -(2**20), 2**20)
    assert len(scan.breakpoints) == 7
    for breakpoint_ in scan.breakpoints:
        numerators, q = to_integers(breakpoint_.point)
        probe.forms[integer_nullspace([(*numerators, q)])[0]] = None
    first = scan.pieces[0]
    probe.piece(first.inside, germ=first.germ)
    for piece in scan.pieces[1:]:
        guess = piece.chart.guess(piece.index)
        true = net.affine_map(net.pattern(piece.inside))
        assert guess != true
        assert probe.piece(piece.inside, germ=piece.germ) == true
