"""Points on a row's predicted boundary: N breaks at those of a true row; a phantom's are missed outside of its cell."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pytest
from recovery.white_box import lines_across, phantoms, rows_of, zeros_of

from exactrev.network import AffineMap, Network, Neuron, Point, he_network
from exactrev.recovery.confirmation import confirm_boundary
from exactrev.recovery.known import KnownLayers
from exactrev.recovery.probe import Probe

CASES = [((5, 6, 6, 6, 1), 0), ((5, 6, 6, 6, 1), 2), ((4, 5, 5, 5, 1), 0), ((4, 5, 5, 5, 1), 3)]


class Recorded:
    """A probe that remembers which points were asked, three by three."""

    def __init__(self, net: Network, seed: int = 0) -> None:
        self.asked: list[Point] = []
        self.probe = Probe(self._answer, net.n_in, seed=seed)
        self._net = net

    def _answer(self, point: Point) -> Point:
        self.asked.append(point)
        return self._net(point)

    @property
    def centres(self) -> list[Point]:
        return self.asked[1::3]


def true_rows_seen(net: Network, layer: int, seed: int) -> Iterator[tuple[AffineMap, Point]]:
    """Every neuron of a layer that some line shows, with a point of its boundary."""
    rows = rows_of(net, layer)
    where = {i: s.point for s, k, i in zeros_of(net, lines_across(net, 6, seed)) if k == layer}
    yield from ((AffineMap.from_fractions([rows[i]]), point) for i, point in where.items())


@pytest.mark.parametrize("case", CASES)
def test_a_true_rows_zeros_are_seen_and_none_is_absent(case):
    net = he_network(*case)
    for layer in (2, 3):
        known, told = KnownLayers(net.layers[: layer - 1]), []
        for row, near in true_rows_seen(net, layer, case[1]):
            probe = Probe(net, net.n_in, seed=1)
            found = confirm_boundary(probe, known, row, (), near)
            assert found.absent == 0
            told.append(found.seen)
        assert len(told) >= net.hidden_widths[layer - 1] - 1
        assert min(told) > 0
        assert max(told) >= 3


@pytest.mark.parametrize("case", CASES)
def test_most_phantoms_are_missed_somewhere(case):
    net = he_network(*case)
    known = KnownLayers(net.layers[:1])
    every = [*phantoms(net, 2, lines_across(net, 6, case[1]))][:12]
    found = [
        confirm_boundary(
            Probe(net, net.n_in, seed=1), known, AffineMap.from_fractions([p.row]), (), p.seen_at.point, most=20
        )
        for p in every
    ]
    assert len(every) == 12
    assert sum(told.absent > 0 for told in found) >= 9
    assert sum(told.seen > 0 for told in found) >= 6, "near to where it was seen, a phantom's boundary is in B"


@pytest.mark.parametrize("case", CASES)
def test_points_that_are_asked_are_exact_zeros_in_three_in_line(case):
    net = he_network(*case)
    known = KnownLayers(net.layers[:1])
    for row, near in true_rows_seen(net, 2, case[1]):
        recorded = Recorded(net)
        confirm_boundary(recorded.probe, known, row, (), near)
        assert len(recorded.asked) % 3 == 0
        assert set(Network((*known.layers, row)).evaluate(recorded.centres)) <= {(0,)}
        for behind, here, ahead in zip(*(iter(recorded.asked),) * 3, strict=True):
            assert behind != here
            assert [a + b for a, b in zip(behind, ahead, strict=True)] == [2 * c for c in here]


def test_three_breaks_and_no_absence_are_enough():
    net = he_network((5, 6, 6, 6, 1), 0)
    row, near = next(true_rows_seen(net, 2, 0))
    probe = Probe(net, 5)
    found = confirm_boundary(probe, KnownLayers(net.layers[:1]), row, (), near)
    assert (found.seen, found.absent, probe.plain_queries) == (3, 0, 9)
    probe = Probe(net, 5)
    found = confirm_boundary(probe, KnownLayers(net.layers[:1]), row, (), near, most=2)
    assert (found.seen, found.absent, probe.plain_queries) == (2, 0, 6)


def test_a_row_in_another_scale_is_asked_at_the_same_points():
    net = he_network((5, 6, 6, 6, 1), 0)
    row, near = next(true_rows_seen(net, 2, 0))
    asked = []
    for scale in (1, Fraction(-7, 3)):
        recorded = Recorded(net)
        scaled = AffineMap.from_fractions([[scale * Fraction(c, row.denominator) for c in row.rows[0]]])
        confirm_boundary(recorded.probe, KnownLayers(net.layers[:1]), scaled, (), near)
        asked.append(recorded.asked)
    assert asked[0] == asked[1]


@pytest.mark.parametrize("case", CASES)
def test_points_at_which_a_unit_with_an_open_weight_is_on_are_left_out(case):
    net = he_network(*case)
    known = KnownLayers(net.layers[:1])
    with_it = without = 0
    for row, near in true_rows_seen(net, 2, case[1]):
        for missing in ((), (0,), (1, 2)):
            recorded = Recorded(net)
            confirm_boundary(recorded.probe, known, row, missing, near)
            on = [any(net.preactivations(x)[0][unit] > 0 for unit in missing) for x in recorded.centres]
            assert not any(on)
            without += len(on) if missing else 0
            with_it += sum(net.preactivations(x)[0][0] > 0 for x in recorded.centres) if not missing else 0
    assert without > 0
    assert with_it > 0, "unit 0 is on at some points of these boundaries"


def test_points_at_which_a_placeholder_matters_are_left_out():
    net = he_network((5, 6, 6, 6, 1), 0)
    known = KnownLayers(net.layers[:2], ((Neuron(2, 1), 3),))
    asked = 0
    for row, near in true_rows_seen(net, 3, 0):
        recorded = Recorded(net)
        confirm_boundary(recorded.probe, known, row, (), near)
        assert all(net.preactivations(x)[0][3] <= 0 for x in recorded.centres)
        asked += len(recorded.centres)
    assert asked > 0


def test_where_the_function_is_flat_a_missing_break_counts_for_nothing():
    # N = ReLU(ReLU(x) - 1): the row a - 1/2 is zero at 1/2, where N is 0; a - 2 at 2, where N goes on; a - 1 at 1.
    net = Network.from_arrays([([[1]], [0]), ([[1]], [-1]), ([[1]], [0])])
    known = KnownLayers(net.layers[:1])
    told = {}
    for zero in ("1/2", 1, 2):
        row = AffineMap.from_arrays([[1]], [-Fraction(zero)])
        recorded = Recorded(net)
        found = confirm_boundary(recorded.probe, known, row, (), (Fraction(zero),))
        assert set(recorded.centres) == {(Fraction(zero),)}
        told[zero] = (found.seen > 0, found.absent > 0)
    assert told == {"1/2": (False, False), 1: (True, False), 2: (False, True)}


def test_a_row_without_a_zero_asks_nothing():
    net = Network.from_arrays([([[1]], [0]), ([[1]], [-1]), ([[1]], [0])])
    recorded = Recorded(net)
    found = confirm_boundary(recorded.probe, KnownLayers(net.layers[:1]), AffineMap.from_arrays([[1]], [3]), (), (1,))
    assert (found.seen, found.absent, recorded.asked) == (0, 0, [])
