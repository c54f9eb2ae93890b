"""Cells that stay the same for all weights in intervals: on networks whose limits can be worked out by hand."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from geometry.nasty_networks import relu_network

from exactrev import examples
from exactrev.geometry import regions
from exactrev.geometry.boundary_pieces import boundary_set
from exactrev.network import Network, he_network
from exactrev.recovery.from_boundaries import agree_up_to_last_signs
from exactrev.statements import stability, verify
from exactrev.statements.second_networks import exchange_pieces
from exactrev.statements.stability import (
    around,
    exchange_survives,
    find_exchange_radius,
    keeps_cells,
    keeps_jumps,
)

CORNER = relu_network([[1, 0, 0], [0, 1, 0]], [[1, 1, -1]])
EXCHANGED = examples.load("exchanged_pieces_a")
PAIR, SOURCES = (0, 1), [3, 4, 5]


def moved(net: Network, radius: Fraction, rng: random.Random) -> Network:
    """Every entry moved by a random rational of at most the radius."""

    def near(x: Fraction) -> Fraction:
        return x + radius * Fraction(rng.randint(-100, 100), 100)

    return Network.from_arrays(
        ([[near(x) for x in row] for row in layer.W], [near(x) for x in layer.b]) for layer in net.layers
    )


def patterns(net: Network) -> set[object]:
    complex = regions(net)
    return {complex.sign_vector(cell) for cell in range(complex.n_cells)}


def test_all_networks_within_the_radius_have_the_same_cells() -> None:
    rng = random.Random(1)
    for net in (CORNER, he_network((2, 3, 2, 1), 2), examples.load("opposite_signs_a")):
        complex = regions(net)
        powers = (Fraction(1, 4**k) for k in range(16))
        radius = next(power for power in powers if keeps_cells(complex, around(net, power)))
        for _ in range(5):
            assert patterns(moved(net, radius, rng)) == patterns(net)


def test_a_corner_keeps_its_cells_until_a_weight_can_vanish() -> None:
    # z = p x+ + q y+ - c with p, q, c > 0; but the lines x and y must not become parallel either.
    complex = regions(CORNER)
    assert keeps_cells(complex, around(CORNER, Fraction(1, 10)))
    assert not keeps_cells(complex, around(CORNER, Fraction(1)))
    ranges = list(around(CORNER, Fraction(0)))
    for place in range(3):
        (row,) = ranges[1]
        wide = tuple((min(x[0], Fraction(0)), max(x[1], Fraction(0))) if i == place else x for i, x in enumerate(row))
        assert not keeps_cells(complex, (ranges[0], (wide,), ranges[2]))
        almost = tuple((x[0] / 99, x[1]) if i < 2 and place == i else x for i, x in enumerate(row))
        assert keeps_cells(complex, (ranges[0], (almost,), ranges[2]))


def test_what_cancels_for_all_weights_is_no_obstacle() -> None:
    # Along the rays of the corner z depends on one neuron only, which is constant there, whatever its weights.
    complex = regions(CORNER)
    assert keeps_cells(complex, around(CORNER, Fraction(1, 5)))
    parallel = relu_network([[1, 0, 0], [1, 0, -1], [0, 1, 0]])
    assert keeps_cells(regions(parallel), around(parallel, Fraction(0)))
    assert not keeps_cells(regions(parallel), around(parallel, Fraction(1, 10**9)))  # they would meet far away


def test_jumps_are_kept_until_paths_can_cancel() -> None:
    net = relu_network([[1, 0, 0], [0, 1, 0]], output=[[2, 3, 0]])
    complex = regions(net)
    assert keeps_jumps(complex, around(net, Fraction(1)))
    assert not keeps_jumps(complex, around(net, Fraction(2)))
    assert not keeps_jumps(regions(CORNER), around(CORNER, Fraction(0)))  # N = 0 where z is off


def test_the_exchange_survives_on_an_open_ball() -> None:
    radius = Fraction(1, 116)
    assert exchange_survives(EXCHANGED, 2, PAIR, SOURCES, radius)
    assert not exchange_survives(EXCHANGED, 2, PAIR, SOURCES, Fraction(1, 10))
    rng = random.Random(2)
    near = moved(EXCHANGED, radius, rng)
    other = exchange_pieces(near, 2, PAIR, SOURCES)
    assert boundary_set(near) == boundary_set(other)
    assert not agree_up_to_last_signs(near, other)
    for net in (near, other):
        assert [str(verdict.outcome) for _, verdict in verify(net, ["R2", "T2h"]).verdicts] == ["HOLDS", "HOLDS"]


def test_a_pair_with_loops_for_parts_survives_as_well() -> None:
    # Ten neurons in layer 1; the two parts are a loop around (10, 0) and one around (-10, 0). One line of layer 1 leads
    # to a corner of the simplex, so that other coordinates are needed.
    right = [[1, 1, -10], [1, -1, -10], [1, 0, -12], ["1/2", 1, -7], ["1/2", -1, -7]]
    left = [[-1, "11/10", -10], [-1, "-9/10", -10], [-1, "1/20", -12], ["-3/5", 1, -8], ["-2/5", "-11/10", -7]]
    one = [-1, -1, 6, 6, 6, -1, -1, 6, 6, 6, 1]
    other = ["-5/4", "-9/8", 5, 7, 6, "-5/4", "-9/8", 7, 6, 7, 1]
    around_all = [-2, -3, -2, -1, -3, -1, -2, -3, -1, -2, 200]
    net = relu_network([*right, *left], [one, other, around_all], output=[[1, 2, 1, 0]])
    assert not keeps_cells(regions(net), around(net, Fraction(1, 10**6)))
    assert exchange_survives(net, 2, PAIR, [5, 6, 7, 8, 9], Fraction(1, 5754))


def test_a_radius_is_found_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_exchange_radius(EXCHANGED, 2, PAIR, SOURCES, digits=2) is None
    # Exchanging one weight only leaves parts that see both.
    assert find_exchange_radius(EXCHANGED, 2, PAIR, [3], digits=7) is None
    monkeypatch.setattr(stability, "exchange_survives", lambda *_: _[-1] <= Fraction(1, 37))
    assert find_exchange_radius(EXCHANGED, 2, PAIR, SOURCES) == Fraction(1, 37)


def test_an_exchange_needs_biases_of_one_sign_the_last_layer_and_the_plane() -> None:
    assert not exchange_survives(EXCHANGED, 2, (0, 2), SOURCES, Fraction(0))
    with pytest.raises(ValueError, match="below the last hidden layer"):
        exchange_survives(he_network((2, 3, 3, 3, 1), 0), 2, PAIR, [0], Fraction(0))
    for net in (he_network((3, 3, 1), 0), relu_network([[1, 0, 0], [0, 1, 0], [1, 1, 0]])):
        with pytest.raises(ValueError, match="cells are followed"):
            keeps_cells(regions(net), around(net, Fraction(0)))
