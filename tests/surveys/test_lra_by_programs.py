"""The Linear Regions Assumption without regions: by hand, against the statement, and condition by condition."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from exactrev import Network, verify
from exactrev.network import he_network, random_rational_network
from exactrev.surveys import linear_regions
from exactrev.surveys.clock import Clock
from exactrev.surveys.linear_regions import decide_lra_by_programs

NOW = Clock(None)
AXES = ([[1, 0], [0, 1]], [0, 0])


def decide(*layers: Any) -> bool | None:
    net = Network.from_arrays(list(layers))
    answer = decide_lra_by_programs(net, NOW)
    if answer is not None:
        assert verify(net, ["R2"])["R2"].holds is answer
    return answer


def test_it_fails_where_the_layer_above_is_off_at_a_boundary() -> None:
    # ReLU(a1 + a2 - 1) is off around (-1, 0), where a2 switches
    assert decide(AXES, ([[1, 1]], [-1]), ([[1]], [0])) is False


def test_it_fails_where_the_layer_after_the_next_is_off_at_a_boundary() -> None:
    assert decide(AXES, ([[1, 2], [2, 1]], [1, 3]), ([[1, 1]], [-100]), ([[1]], [0])) is False


def test_it_holds_where_one_neuron_above_is_always_on() -> None:
    # a1 + 2 a2 + 1 is on everywhere, and 3 - a1 + a2 switches on one side; no sum of weights through them is 0
    assert decide(AXES, ([[1, 2], [-1, 1]], [1, 3]), ([[1, 5]], [0])) is True


def test_it_holds_where_the_layer_above_is_off_but_no_boundary_is_near() -> None:
    # 1 - a1 - a2 is off beyond the diagonal x + y = 1 only where both are positive; so both stay at x = 0, y >= 1
    assert decide(AXES, ([[-1, -1]], [1]), ([[1]], [0])) is False
    # off only where x, y > 1/2: 1 - a1 and 1 - a2 off at once, x = 0 and y = 0 are far
    assert decide(AXES, ([[-2, 1], [1, -2]], [-1, -1]), ([[1, 3]], [0])) is False
    net = ([[1, 0], [0, 1]], [0, 0]), ([[-3, "1/9"], ["1/9", -3]], [1, 1]), ([[1, 3]], [0])
    assert decide(*net) is True


@pytest.mark.parametrize(
    ("second", "last"),
    [
        (([[1, 2], [-1, 0]], [1, 3]), ([[1, 5]], [0])),  # a weight is 0
        (([[1, 2]], [0]), ([[1]], [0])),  # a bias is 0: a1 + 2 a2 vanishes on a quadrant, and is never off
        (([[1, 2], [-1, 1]], [1, 3]), ([[1, 0]], [0])),  # nobody listens to one
        (([[1, 2], [2, 1]], [1, 2]), ([[1, 5]], [0])),  # 1 + a1 and 2 + 2 a1 switch together where only a1 is on
        (([[1, 2], [-1, 1]], [1, 3]), ([[1, 1]], [0])),  # where both are on, a1 cancels
    ],
)
def test_it_is_left_open_where_a_condition_of_the_argument_fails(second: Any, last: Any) -> None:
    assert decide(AXES, second, last) is None


def test_it_is_left_open_where_layer_1_has_not_full_rank() -> None:
    assert decide(([[1, 0], [0, 1], [1, 1]], [0, 0, 1]), ([[1, 2, 3]], [1]), ([[1]], [0])) is None


def test_one_hidden_layer_needs_different_hyperplanes_and_listeners() -> None:
    assert decide(([[1, 0], [0, 1]], [0, 0]), ([[1, -1]], [0])) is True
    assert decide(([[1, 0], [-2, 0]], [1, -2]), ([[1, -1]], [0])) is None
    assert decide(([[1, 0], [0, 0]], [1, -2]), ([[1, -1]], [0])) is None
    assert decide(([[1, 0], [0, 1]], [0, 0]), ([[1, 0]], [0])) is None


@pytest.mark.parametrize("widths", [(2, 2, 2, 1), (3, 2, 3, 2), (2, 2, 2, 2, 1), (3, 3, 2, 1)])
def test_it_agrees_with_the_statement_on_random_networks(widths: tuple[int, ...]) -> None:
    answers = []
    for seed in range(12):
        for net in (he_network(widths, seed), random_rational_network(widths, seed, numerator=3, denominator=1)):
            answer = decide_lra_by_programs(net, NOW)
            assert answer is None or verify(net, ["R2"])["R2"].holds is answer, seed
            answers.append(answer)
    assert False in answers
    assert (True in answers) == (len(widths) == 4)


def test_a_point_beside_no_region_is_no_witness() -> None:
    # Around (-1, -1) z[2,0] = ReLU(x) + ReLU(y) is zero: every point there is on a boundary.
    net = Network.from_arrays([AXES, ([[1, 1]], [0]), ([[1]], [0])])
    assert not linear_regions._is_beside_a_region(net, (Fraction(-1), Fraction(-1)))
    assert linear_regions._is_beside_a_region(net, (Fraction(0), Fraction(1)))
    assert linear_regions._is_beside_a_region(net, (Fraction(0), Fraction(1, 10**40)))  # y = 0 is very close


def test_without_time_it_is_open() -> None:
    assert decide_lra_by_programs(he_network((2, 2, 2, 1), 0), Clock(1e-9)) is None
