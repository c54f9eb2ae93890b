"""Weights that can be moved are moved, and the function stays; where it depends on a weight there is a point."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings

from exactrev.errors import InvalidNetwork
from exactrev.geometry import regions
from exactrev.network import Network
from exactrev.network.random import he_network
from exactrev.search import Budget, decide_free, is_free, with_weight
from exactrev.testing.strategies import networks
from exactrev.verdict import Outcome

GRID = [*product((-5, Fraction(-3, 2), Fraction(-1, 3), 0, Fraction(2, 5), 1, 7), repeat=2)]


def weights(net: Network) -> list[tuple[int, int, int]]:
    return [(k, i, j) for k, f in enumerate(net.layers, 1) for i in range(f.n_out) for j in range(f.n_in)]


def inside(interval: tuple[Fraction | None, Fraction | None], w: Fraction) -> list[Fraction]:
    """The ends of an interval that contains w, or far points where it has none, and points between."""
    low, high = interval
    assert low is None or low < w
    assert high is None or w < high
    ends = (w - 1000 if low is None else low, w + 1000 if high is None else high)
    return [*ends, *((w + end) / 2 for end in ends)]


def free_weights(net: Network) -> list[tuple[int, int, int]]:
    return [place for place in weights(net) if is_free(net, *place)]


@settings(max_examples=40)
@given(networks(n_in=2, max_width=2, min_depth=1, max_depth=2))
def test_verdicts_are_confirmed_by_moving_the_weight(net: Network) -> None:
    points = [*GRID, *(c for cells in [regions(net)] for c in map(cells.interior_point, range(cells.n_cells)))]
    values = net.evaluate(points)
    for k, i, j in weights(net):
        verdict, w = decide_free(net, k, i, j), net.layers[k - 1].W[i][j]
        if verdict.holds:
            for other in inside(verdict.witness["interval"], w):
                assert with_weight(net, k, i, j, other).evaluate(points) == values
        elif verdict.outcome is Outcome.FAILS:
            point = verdict.witness["point"]
            for bits in (60, 200):
                for sign in (1, -1):
                    moved = with_weight(net, k, i, j, w + sign * Fraction(1, 2**bits))
                    assert moved(point) != net(point)


def test_never_active_together_leaves_the_weight_free() -> None:
    # u = (x, -x - 2) and z[2,1] = -a0 + a1 - 1 is on for x < -3 only, where u0 is off: its weight for u0 is free.
    net = Network.from_arrays([([[1], [-1]], [0, -2]), ([[1, 1], [-1, 1]], [-1, -1]), ([[1, 1]], [0])])
    verdict = decide_free(net, 2, 1, 0)
    assert verdict.checked == "the unit below is never active where the neuron is"
    low, high = verdict.witness["interval"]
    # At weight 0 the neuron is still off for x > 0, and no larger weight than 0 has that.
    assert low is None
    assert -1 < high <= 0
    assert free_weights(net) == [(2, 1, 0)]


def test_a_masked_weight_is_free() -> None:
    # All of layer 1 and z[2,0] = a0 + 1 are on somewhere, but z[3,0] = -z[2,0] - 1 never is.
    net = Network.from_arrays([([[1]], [0]), ([[1]], [1]), ([[-1]], [-1]), ([[1]], [0])])
    verdict = decide_free(net, 2, 0, 0)
    assert verdict.checked == "all that listens is off wherever both are active"
    assert free_weights(net) == [(2, 0, 0), (3, 0, 0), (4, 0, 0)]
    assert decide_free(net, 4, 0, 0).checked == "the unit below is never active"
    # The mask is two layers above this one: no point shows that it matters, and a cut by one layer is no proof.
    assert decide_free(net, 1, 0, 0).outcome is Outcome.UNDECIDED


def test_what_nobody_listens_to_is_free() -> None:
    net = Network.from_arrays([([[1], [3]], [0, 1]), ([[0, 1]], [0])])
    assert free_weights(net) == [(1, 0, 0)]
    assert decide_free(net, 1, 0, 0).witness["interval"] == (None, None)


def test_a_weight_whose_paths_cancel_is_not_claimed_to_be_free() -> None:
    # N = ReLU(x) - ReLU(x) + ...: moving one of the two weights alone changes N.
    net = Network.from_arrays([([[1], [1]], [0, 0]), ([[1, -1]], [0])])
    assert free_weights(net) == []


def test_where_any_larger_weight_matters_nothing_is_claimed() -> None:
    # u = x, z = -a: never on together. Any weight above 0 switches z on; -1 is free, but 0 is so downwards only.
    free = Network.from_arrays([([[1]], [0]), ([[-1]], [0]), ([[1]], [0])])
    assert is_free(free, 2, 0, 0)
    assert decide_free(with_weight(free, 2, 0, 0, Fraction(0)), 2, 0, 0).outcome is Outcome.UNDECIDED


# The numbers of weights that are free because unit and neuron are never active together.
@pytest.mark.parametrize(("widths", "seed", "count"), [((5, 6, 6, 6, 1), 5, 2), ((5, 6, 6, 6, 1), 4, 1)])
def test_a_deep_network_is_judged_weight_by_weight(widths: tuple[int, ...], seed: int, count: int) -> None:
    net = he_network(widths, seed)
    verdicts = {place: decide_free(net, *place) for place in weights(net)}
    free = [place for place, verdict in verdicts.items() if verdict.holds]
    assert len(free) == count
    assert all(verdict.outcome is not Outcome.UNDECIDED for verdict in verdicts.values())


def test_without_a_budget_it_stays_open() -> None:
    net = he_network((2, 3, 3, 1), 0)
    assert decide_free(net, 2, 0, 0, Budget(0)).outcome is Outcome.UNDECIDED
    assert decide_free(net, 2, 0, 0, Budget(1)).outcome is Outcome.UNDECIDED


def test_weights_that_do_not_exist_are_refused() -> None:
    net = he_network((2, 3, 1), 0)
    for place in ((0, 0, 0), (3, 0, 0), (1, 3, 0), (1, 0, 2), (2, -1, 0)):
        with pytest.raises(InvalidNetwork):
            decide_free(net, *place)
