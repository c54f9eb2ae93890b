"""T1a, T1b and L2: where boundaries bend, on networks worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from geometry.nasty_networks import NASTY_NETWORKS, relu_network

from exactrev.errors import TheoryContradicted
from exactrev.geometry import boundaries
from exactrev.network import Network, Neuron, he_network
from exactrev.statements import verify
from exactrev.statements.claims.bends import (
    decide_bends_at_every_earlier_boundary,
    decide_bends_only_at_earlier_boundaries,
)
from exactrev.statements.evidence import Evidence
from exactrev.verdict import Outcome

BEND_LABELS = ["T1a", "T1b", "L2"]

# z[2,0] = x+ + y+ - 1 has the pieces x = 1 (y < 0), x + y = 1, y = 1 (x < 0); it bends at (1, 0) and (0, 1).
CORNERED = relu_network([[1, 0, 0], [0, 1, 0]], [[1, 1, -1]])


def named(name: str) -> Network:
    return next(nasty.network for nasty in NASTY_NETWORKS if nasty.name == name)


def test_boundaries_that_bend_where_they_should() -> None:
    report = verify(CORNERED, BEND_LABELS)
    assert [report[label].outcome for label in BEND_LABELS] == [Outcome.HOLDS] * 3
    # Three ridges, (0, 0), (1, 0) and (0, 1), with two boundaries each: six places, of which two bend.
    assert report["T1a"].checked.startswith("boundaries bend at 2 of 6 places")
    assert report["T1b"].checked.startswith("boundaries bend at all 2 places")
    assert not any(report[label].vacuous for label in BEND_LABELS)


def test_one_layer_never_bends() -> None:
    report = verify(relu_network([[1, 0, 0], [0, 1, 0], [1, 1, -1]]), BEND_LABELS)
    assert all(report[label].outcome is Outcome.HOLDS and report[label].vacuous for label in BEND_LABELS)


@pytest.mark.parametrize("label", BEND_LABELS)
def test_a_thick_boundary_makes_them_inapplicable(label: str) -> None:
    # z[2,0] = x+ vanishes for all x < 0, whatever y is.
    net = relu_network([[1, 0, 0], [0, 1, 0]], [[1, 0, 0]])
    verdict = verify(net, label)[label]
    assert verdict.outcome is Outcome.NOT_APPLICABLE
    assert verdict.witness["neuron"] == Neuron(2, 0)
    assert verdict.witness["vanishes_around"][0] < 0


def test_a_boundary_that_crosses_straight_is_a_witness() -> None:
    # Layer 2 repeats layer 1, shifted: x = 200 crosses y = 100 and does not bend, as y+ has no weight to it.
    report = verify(named("equal_layers_with_negative_bias"), BEND_LABELS)
    assert report["T1a"].outcome is Outcome.HOLDS
    for label in ("T1b", "L2"):
        verdict = report[label]
        assert verdict.outcome is Outcome.FAILS
        # Each of the two lines of layer 2 crosses one line of layer 1.
        assert verdict.checked.startswith("boundaries do not bend at 2 of 2 places")
        z, (other,) = verdict.witness["neuron"], verdict.witness["meets_the_boundary_of"]
        assert (z.layer, other.layer, z.index) == (2, 1, 1 - other.index)
        assert sorted(verdict.witness["at"]) == [100, 200]
        assert sorted(verdict.witness["where_all_its_pieces_have_the_normal"]) == [0, 1]


def test_a_boundary_that_runs_along_an_earlier_one_does_not_bend_there() -> None:
    # z[2,0] = x+ - (-x)+ = x: the same line as both neurons of layer 1, and no ridge anywhere.
    report = verify(relu_network([[1, 0, 0], [-1, 0, 0]], [[1, -1, 0]]), BEND_LABELS)
    for label in ("T1b", "L2"):
        verdict = report[label]
        assert verdict.outcome is Outcome.FAILS
        assert verdict.checked.startswith("boundaries do not bend at 1 of 1 places")
        assert verdict.witness["meets_the_boundary_of"] == [Neuron(1, 0), Neuron(1, 1)]
        assert verdict.witness["at"][0] == 0
        assert verdict.witness["where_all_its_pieces_have_the_normal"] == (1, 0)


def test_a_boundary_that_touches_a_corner_without_a_bend_is_a_witness() -> None:
    # z[2,0] = |x| + |y| + |w| is 0 at the origin only: no ridge is on its boundary, one smaller face is.
    rows = [[*(s * int(i == j) for i in range(3)), 0] for j in range(3) for s in (1, -1)]
    verdict = verify(relu_network(rows, [[1, 1, 1, 1, 1, 1, 0]]), "T1b")["T1b"]
    assert verdict.outcome is Outcome.FAILS
    assert verdict.checked.startswith("boundaries do not bend at 1 of 1 places")
    assert verdict.witness["at"] == (0, 0, 0)
    assert len(verdict.witness["meets_the_boundary_of"]) == 6


def test_three_axes_in_space_bend_at_the_origin() -> None:
    # The sum of the two smaller ones of |x|, |y|, |w| vanishes on the three axes, which lie in no plane; each axis
    # alone does. Written as |x| + |y| + |w| - max, with max(p, q) = p + (q - p)+ twice.
    rows = [[*(s * int(i == j) for i in range(3)), 0] for j in range(3) for s in (1, -1)]
    net = relu_network(
        rows,
        [[1, 1, 0, 0, 0, 0, 0], [0, 0, 1, 1, 0, 0, 0], [0, 0, 0, 0, 1, 1, 0], [-1, -1, 1, 1, 0, 0, 0]],
        [[1, 0, 0, 0, 0], [0, 1, 0, 0, 0], [0, 0, 1, 0, 0], [1, 0, 0, 1, 0], [-1, 0, 1, -1, 0]],
        [[1, 1, 1, -1, -1, 0]],
    )
    all_boundaries = boundaries(net)
    table = all_boundaries.ridges
    own = (table.ids.flat == len(all_boundaries) - 1).nonzero()[0]
    bends = {all_boundaries.ridge_point(int(table.owners[pair])): bool(table.bends[pair]) for pair in own}
    assert len(bends) == 7
    assert {point for point, bend in bends.items() if bend} == {(0, 0, 0)}


def test_on_a_line_points_do_not_bend_so_they_must_not_meet() -> None:
    # z[2,0] = |x| - 1 has the points -1 and 1; z[2,0] = |x| has the point 0, which is that of layer 1.
    apart, together = (relu_network([[1, 0], [-1, 0]], [[1, 1, bias]]) for bias in (-1, 0))
    for label in BEND_LABELS:
        assert verify(apart, label)[label].outcome is Outcome.HOLDS
        assert verify(apart, label)[label].vacuous
    assert verify(together, "T1a")["T1a"].vacuous
    for label in ("T1b", "L2"):
        verdict = verify(together, label)[label]
        assert verdict.outcome is Outcome.FAILS
        assert verdict.witness["at"] == (0,)


def test_paths_that_cancel_across_two_layers_fail_t1b_and_not_l2() -> None:
    # a = (x+, (y+10)+), p = a1 + a2 + 1, q = -a1 + a2 + 5, z = p+ + q+ - 26. Near (0, 0) both p and q are on, so
    # z = 2 a2 - 20 = 2y crosses x = 0 straight. B_z bends at B_q in (15, 0) and at y = -10 in (25, -10), B_q at y = -10
    # in (5, -10); B_p is empty. Those are all the meetings.
    net = relu_network([[1, 0, 0], [0, 1, 10]], [[1, 1, 1], [-1, 1, 5]], [[1, 1, -26]])
    report = verify(net, BEND_LABELS)
    assert report["L2"].outcome is Outcome.HOLDS
    assert report["L2"].checked.startswith("boundaries bend at all 2 places")
    assert report["T1b"].outcome is Outcome.FAILS
    assert report["T1b"].checked.startswith("boundaries do not bend at 1 of 4 places")
    assert report["T1b"].witness == {
        "neuron": Neuron(3, 0),
        "meets_the_boundary_of": [Neuron(1, 0)],
        "at": (Fraction(0), Fraction(0)),
        "where_all_its_pieces_have_the_normal": (Fraction(0), Fraction(1)),
    }


@pytest.mark.parametrize("widths", [(2, 5, 5, 1), (2, 4, 4, 4, 1), (3, 5, 4, 1), (4, 5, 3, 1)])
def test_generic_networks_bend_exactly_at_earlier_boundaries(widths: tuple[int, ...]) -> None:
    report = verify(he_network(widths, 0), BEND_LABELS)
    assert all(report[label].outcome is Outcome.HOLDS and not report[label].vacuous for label in BEND_LABELS)


def test_a_bend_without_an_earlier_boundary_contradicts_the_theory() -> None:
    evidence = Evidence(CORNERED)
    evidence.meetings.bends[:] = True  # also for the lines of layer 1
    with pytest.raises(TheoryContradicted, match="bends where no earlier one is"):
        decide_bends_only_at_earlier_boundaries(evidence)


def test_pieces_with_other_earlier_signs_contradict_the_theory() -> None:
    # x + y = 3 and 2x - y = 1, both of layer 2, cross in (4/3, 5/3). If all neurons counted as of layer 1, each would
    # have an earlier neuron change its sign there.
    evidence = Evidence(relu_network([[1, 0, 0], [0, 1, 0]], [[1, 1, -3], [2, -1, -1]]))
    evidence.layer_of = np.ones_like(evidence.layer_of)
    with pytest.raises(TheoryContradicted, match="earlier layers change"):
        decide_bends_only_at_earlier_boundaries(evidence)


def test_a_bend_that_is_overlooked_contradicts_the_theory() -> None:
    evidence = Evidence(CORNERED)
    evidence.meetings.bends[:] = False
    with pytest.raises(TheoryContradicted, match="two hyperplanes"):
        decide_bends_at_every_earlier_boundary(evidence)
