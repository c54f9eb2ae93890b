"""Families of equal networks: their ends by hand, the same function inside, another one just outside."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import known_networks as known
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exactrev.equivalence import decide_equal
from exactrev.identifiability import (
    Family,
    Pairs,
    Parameter,
    bias_family,
    find_pairs,
    free_weight,
    functional_dimension,
    shared_weights,
)
from exactrev.identifiability.extremes import chamber
from exactrev.network import Network, Neuron, he_network, is_isomorphic, random_rational_network
from exactrev.verdict import Outcome


def families_of(net: Network, found: Pairs | None = None) -> list[Family]:
    found = find_pairs(net) if found is None else found
    own: Sequence[Family | None] = [
        *(free_weight(found, pair) for pair in found.pairs),
        *(family for neuron in net.neurons() if neuron.layer < net.depth for family in shared_weights(found, neuron)),
        *(bias_family(net, other.direction) for other in functional_dimension(net, found).others),
    ]
    return [family for family in own if family is not None]


def test_a_weight_that_does_nothing_runs_up_to_where_it_would() -> None:
    # z[2,0] = w a1 - a2 - 1 with x > 0: w x - ReLU(y) - 1 stays at or below 0 for all x exactly if w <= 0.
    found = find_pairs(known.DEAD)
    family = free_weight(found, found.pairs[0])
    assert family is not None
    assert (family.low, family.high) == (None, 2)
    assert family.interval_of(Parameter(2, 0, 0), Fraction(-2)) == (None, 0)
    assert 2 in family
    assert Fraction(-1000) in family
    assert Fraction(201, 100) not in family


def test_an_end_at_a_point_is_where_the_ratio_is_reached() -> None:
    # u = (x, x - 2): z' = -2 a1 + 3 a2 - 1 is -2 x - 1 up to x = 2 and x - 7 beyond: positive there. With weight -4 it
    # is -x - 7 there. z'/z has its supremum -1 - 7/x -> -1 at infinity, so the weight may rise by 1.
    net = Network.from_arrays([([[1], [1]], [0, -2]), ([[-4, 3]], [-1]), ([[1]], [0])])
    found = find_pairs(net)
    family = free_weight(found, found.pairs[0])
    assert family is not None
    assert (family.high, family.edge) == (1, None)
    # u = (x, 2 - x): z' = -2 a1 + a2 - 3 on x > 0 is -3 x - 1 up to 2 and -2 x - 3 beyond: z'/z <= -2 - 3/x, and the
    # supremum -2 is at infinity; with 4 - a1 as a third neuron below, cutting x off, it would be at a point.
    capped = Network.from_arrays([([[1], [1]], [0, -4]), ([[-2, -9]], [-3]), ([[1]], [0])])
    found = find_pairs(capped)
    family = free_weight(found, found.pairs[0])
    assert family is not None
    # -2 - 3/x up to x = 4, then -11 + 33/x: the supremum -11/4 is at x = 4.
    assert (family.high, family.edge) == (Fraction(11, 4), (4,))


def test_shared_weights_move_between_the_ends_worked_out_by_hand() -> None:
    # z[2,0] = (1 + t) x + 1 >= 0 and z[2,1] = (2 - t) x + 2 >= 0 on x > 0: t in [-1, 2].
    found = find_pairs(known.SHARED)
    (family,) = shared_weights(found, Neuron(1, 0))
    assert family.direction == {Parameter(2, 0, 0): 1, Parameter(2, 1, 0): -1}
    assert (family.low, family.high) == (-1, 2)
    assert not shared_weights(found, Neuron(1, 1))


def test_hidden_biases_move_between_the_ends_worked_out_by_hand() -> None:
    # b1 = s, b' = -1 - 2 s: for s < 0, a1 + s reaches up to 2 max(x, -s) - 1 - ..., positive first where -s = 1/2.
    family = bias_family(known.HIDDEN, {Parameter(1, 0, -1): Fraction(1), Parameter(2, 0, -1): Fraction(-2)})
    assert family is not None
    assert (family.low, family.high) == (Fraction(-1, 2), None)
    # |x| - 1: both sides give way together until the neurons meet, at t = 1, or z' is positive at 0.
    direction = {Parameter(1, 0, -1): Fraction(1), Parameter(1, 1, -1): Fraction(1), Parameter(2, 0, -1): Fraction(-1)}
    family = bias_family(known.BOTH_SIDES, direction)
    assert family is not None
    assert decide_equal(known.BOTH_SIDES, family(family.high or 0)).outcome is Outcome.HOLDS
    assert (family.low, family.high) == (-1, 1)


def test_a_direction_of_the_kernel_that_changes_the_function_at_once_has_a_family_of_one() -> None:
    # The hyperplanes of u = (x, -x) coincide; when they part, a pattern appears that was not there.
    others = functional_dimension(known.SHARED).others
    ends = [bias_family(known.SHARED, other.direction) for other in others]
    assert [(family.low, family.high) for family in ends if family is not None] == [(0, 0)]


def test_a_direction_that_moves_a_weight_is_no_family_of_biases() -> None:
    assert bias_family(known.HIDDEN, {Parameter(2, 0, 0): Fraction(1)}) is None


@pytest.mark.parametrize(
    "net",
    [
        known.DEAD,
        known.SHARED,
        known.HIDDEN,
        known.BOTH_SIDES,
        known.BOTH_SIDES_2D,
        he_network((2, 5, 5, 1), seed=0),
        he_network((1, 4, 3, 2), seed=1),
        random_rational_network((2, 3, 3, 2, 1), seed=3, numerator=3, denominator=1),
    ],
    ids=lambda net: net.architecture,
)
def test_networks_of_a_family_are_equal_and_just_outside_they_are_not(net: Network) -> None:
    families = families_of(net)
    assert families
    for family in families:
        for t in family.steps_inside():
            assert t in family
            assert decide_equal(net, family(t)).outcome is Outcome.HOLDS
        for t in family.steps_outside():
            assert t not in family
            if family.is_largest and is_heard(net, family):
                assert decide_equal(net, family(t)).outcome is Outcome.FAILS


def is_heard(net: Network, family: Family) -> bool:
    """Whether what moves can matter at all: some neuron that moves is connected to an output that is not constant."""
    return len({net(point) for point in grid(net.n_in)}) > 1 and all(
        any(row[parameter.row] for row in net.layers[parameter.layer].W)
        for parameter in family.direction
        if parameter.layer <= net.depth
    )


def grid(n: int) -> list[tuple[int, ...]]:
    return [tuple((7 * i + 3 * t) % 11 - 5 for i in range(n)) for t in range(11)]


@settings(max_examples=10)
@given(st.integers(0, 2**20))
def test_every_family_of_a_small_network_consists_of_equal_networks(seed: int) -> None:
    net = random_rational_network((1, 2, 2, 1), seed, numerator=2, denominator=1)
    for family in families_of(net):
        for t in family.steps_inside():
            assert decide_equal(net, family(t)).outcome is Outcome.HOLDS


def test_without_all_chambers_an_interval_is_found_by_search_and_said_not_to_be_the_largest() -> None:
    # z[3,0] = -a1 - 1 is never positive, and stands two layers up.
    net = Network.from_arrays(
        [([[1, 0], [0, 1]], [0, 0]), ([[1, 1], [1, -1]], [-1, 1]), ([[-1, -1], [1, 1]], [-1, -1]), ([[1, 1]], [0])]
    )
    found = find_pairs(net, most_regions=0)
    pair = next(pair for pair in found.pairs if pair.target == Neuron(3, 0))
    family = free_weight(found, pair)
    assert family is not None
    assert not family.is_largest
    assert family.high is not None
    assert family.high > 0
    assert decide_equal(net, family(family.high)).outcome is Outcome.HOLDS


def test_a_chamber_knows_where_its_neurons_are_positive() -> None:
    net = Network.from_arrays([([[1]], [0]), ([[1], [-1]], [1, -1]), ([[1, 1]], [-3]), ([[1]], [0])])
    on, off = chamber(net, 2, ((True,),)), chamber(net, 2, ((False,),))
    assert on.is_positive_somewhere(0)
    assert off.is_positive_somewhere(0)  # 1 there
    assert not on.is_positive_somewhere(1)
    # z[3,0] / z[2,0] = (x + 1 - 3) / (x + 1) rises to 1 on x > 0, at infinity; where x <= 0 it is -2.
    assert on.largest_ratio(0, 0, 1) == (1, (1, 0))
    assert off.largest_ratio(0, 0, 1)[0] == -2


def test_chambers_that_are_cut_give_the_same_ratios() -> None:
    net = he_network((2, 5, 4, 1), seed=3)
    found = find_pairs(net)
    (whole,) = find_pairs(net, most_regions=0).chambers[0]
    assert len(found.chambers[0]) > 10
    for source in range(5):
        for target in range(4):
            # Where a ratio has no supremum as a whole, it has none in some part.
            pair = next(p for p in found.pairs if (p.source.index, p.target.index) == (source, target))
            for sign, case in ((1, 1), (-1, 2)):
                if case in pair.empty_quadrants:
                    cut = [c for c in found.chambers[0] if c.active is not None and c.active[source]]
                    best = max(c.largest_ratio(source, target, sign)[0] for c in cut)
                    assert best == whole.largest_ratio(source, target, sign)[0] <= 0


def test_a_neuron_of_zeros_below_does_not_hide_where_another_is_positive() -> None:
    # z[1,1] is 0 everywhere, so that 0 <= 0 is all it says about a cell; z[2,0] = ReLU(x) is positive for x > 0.
    net = Network.from_arrays([([[1], [0]], [0, 0]), ([[1, 1]], [0]), ([[-2], [1]], [-1, 0]), ([[1, 1]], [0])])
    found = find_pairs(net)
    assert any(cell.is_positive_somewhere(0) for cell in found.chambers[1])
    family = free_weight(found, next(pair for pair in found.pairs if pair.target == Neuron(3, 0)))
    assert family is not None
    # w x - 1 stays at or below 0 on x > 0 up to w = 0.
    assert (family.low, family.high) == (None, 2)


def test_the_steps_of_a_family_are_inside_and_outside_of_it() -> None:
    net = known.UNIQUE
    for low, high in ((None, None), (None, Fraction(0)), (Fraction(-1), None), (Fraction(-1), Fraction(3))):
        family = Family(net, {Parameter(1, 0, 0): Fraction(1)}, low, high, "for the test")
        assert all(t in family for t in family.steps_inside())
        assert not any(t in family for t in family.steps_outside())
        assert len(family.steps_outside()) == (low is not None) + (high is not None)
        assert family.interval_of(Parameter(2, 0, 0), Fraction(5)) == (5, 5)
    falling = Family(net, {Parameter(1, 0, 0): Fraction(-2)}, Fraction(-1), None, "for the test")
    assert falling.interval_of(Parameter(1, 0, 0), Fraction(1)) == (None, 3)
    assert not is_isomorphic(net, falling(1))
