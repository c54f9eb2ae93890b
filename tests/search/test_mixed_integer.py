"""Guesses of mixed-integer programs: points that hold exactly, or nothing."""

from __future__ import annotations

from fractions import Fraction

from exactrev.network import Network, Neuron
from exactrev.network.random import he_network
from exactrev.search import Condition, Relation, is_off, is_on
from exactrev.search.mixed_integer import guess_point
from exactrev.search.system import build_system


def test_a_neuron_that_is_hardly_ever_on_is_found() -> None:
    net = he_network((10, 10, 10, 1), 11)
    z = Neuron(2, 3)
    point = guess_point(build_system(net, [is_on(net, z)]), 16.0, 20.0)
    assert point is not None
    assert max(map(abs, point)) <= 16
    assert net.preactivations(point)[1][3] > 0


def test_nothing_is_found_where_nothing_is() -> None:
    net = he_network((5, 10, 10, 10, 1), 2)
    assert guess_point(build_system(net, [is_on(net, Neuron(3, 9))]), 16.0, 20.0) is None
    one = Network.from_arrays([([[1], [-1]], [-20, -20]), ([[1, 1]], [-1])])
    assert guess_point(build_system(one, [is_on(one, Neuron(1, 0))]), 16.0, 20.0) is None  # on beyond 20 only
    assert guess_point(build_system(one, [is_on(one, Neuron(1, 0))]), 32.0, 20.0) is not None


def test_every_relation_is_kept() -> None:
    net = Network.from_arrays([([[1, 0], [0, 1]], [0, 0]), ([[1, 1]], [0])])
    # x0 < 0, x1 > 0, ReLU(x0) + ReLU(x1) = 2 and x0 >= -1
    conditions = [
        is_off(net, Neuron(1, 0)),
        is_on(net, Neuron(1, 1)),
        Condition.of(2, [1, 1, -2], Relation.ZERO),
        Condition.of(1, [1, 0, 1], Relation.NOT_NEGATIVE),
    ]
    point = guess_point(build_system(net, conditions), 16.0, 20.0)
    assert point is not None
    assert -1 <= point[0] < 0
    assert point[1] == Fraction(2)


def test_numbers_beyond_floats_give_no_guess() -> None:
    net = Network.from_arrays([([[10**400]], [1]), ([[1]], [0])])
    answer = guess_point(build_system(net, [is_on(net, Neuron(1, 0))]), 1e300, 1.0)
    assert answer is None or net.preactivations(answer)[0][0] > 0
