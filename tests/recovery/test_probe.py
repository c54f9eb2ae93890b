"""Values and affine pieces, plain and packed, against the network's own maps; digits; boundaries; bad answers."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exactrev.errors import InvalidNetwork
from exactrev.network.network import Network
from exactrev.network.random import he_network, random_rational_network
from exactrev.oracle import Oracle
from exactrev.recovery.packing import Packing
from exactrev.recovery.points import random_vector
from exactrev.recovery.probe import Germ, NotPiecewiseLinear, OnBoundary, Probe

NETWORKS = [
    he_network((1, 4, 1), 0),
    he_network((3, 10, 1), 1, "float32"),
    he_network((10, 10, 10, 1), 2, "float32"),
    he_network((4, 6, 6, 6, 6, 3), 3),
    random_rational_network((4, 5, 5, 2), 4),
    random_rational_network((3, 6, 1), 5, numerator=2**20, denominator=2**20),
    random_rational_network((3, 6, 6, 1), 6, numerator=1000, denominator=1000),
    random_rational_network((3, 4, 2), 7, numerator=3, denominator=1),
]


def random_point(n, rng):
    return tuple(Fraction(c, 1 << 12) for c in random_vector(n, rng))


def true_piece(net, x):
    return net.affine_map(net.pattern(x))


@pytest.mark.parametrize("how", ["plain", "packed"])
@pytest.mark.parametrize("net", NETWORKS, ids=lambda net: net.architecture)
def test_pieces_are_the_maps_of_their_regions(net, how):
    probe, rng = Probe(Oracle(net), net.n_in, how), random.Random(0)
    for _ in range(4):
        x = random_point(net.n_in, rng)
        assert probe.piece(x) == true_piece(net, x)


@pytest.mark.parametrize("how", ["plain", "packed"])
def test_points_need_not_be_dyadic_nor_near(how):
    net = NETWORKS[2]
    probe = Probe(Oracle(net), 10, how)
    for x in [[Fraction(i + 1, 7) for i in range(10)], [Fraction((-3) ** i * 2**40, 11) for i in range(10)]]:
        assert probe.piece(x) == true_piece(net, x)


def test_a_plain_piece_costs_two_questions_more_than_there_are_inputs():
    net = NETWORKS[2]
    probe = Probe(Oracle(net), 10)
    probe.piece((1,) * 10)
    assert (probe.plain_queries, probe.packed_queries, probe.oracle.queries) == (12, 0, 12)


def test_a_packed_piece_costs_one_real_question_and_two_to_confirm_it():
    net = NETWORKS[2]
    probe = Probe(Oracle(net), 10, "packed")
    probe.piece((1,) * 10)
    before = probe.plain_queries
    assert before == 4  # two of them to see how long the digits have to be
    probe.piece((2,) * 10)
    assert (probe.plain_queries - before, probe.packed_queries) == (2, 2)
    assert probe.oracle.queries == probe.plain_queries + probe.packed_queries


@pytest.mark.parametrize(("how", "plain", "packed"), [("plain", 10, 0), ("packed", 2, 1)])
def test_a_germ_saves_its_own_questions(how, plain, packed):
    net, x = NETWORKS[2], (Fraction(1, 3),) * 10
    germ = Probe(Oracle(net), 10).piece_along(x, range(1, 11))
    probe = Probe(Oracle(net), 10, how)
    assert probe.piece(x, germ=germ) == true_piece(net, x)
    assert (probe.plain_queries, probe.packed_queries) == (plain, packed)


@pytest.mark.parametrize("how", ["plain", "packed"])
def test_a_wrong_germ_is_no_trap(how):
    net, x = NETWORKS[2], (Fraction(1, 3),) * 10
    germ = Germ((Fraction(1),) * 10, (Fraction(5),), (Fraction(7),))
    assert Probe(Oracle(net), 10, how).piece(x, germ=germ) == true_piece(net, x)


def test_a_germ_is_value_and_slope():
    net, x = NETWORKS[3], (1, 2, 3, 4)
    probe = Probe(Oracle(net), 4)
    germ = probe.piece_along(x, (0, 1, 0, -2))
    assert probe.plain_queries == 2
    f = true_piece(net, x)
    assert germ.value == net(x)
    assert germ.slope == tuple(row[1] - 2 * row[3] for row in f.W)
    assert germ.fits(f, x)
    assert not germ.fits(f, (1, 2, 3, 5))


def test_a_boundary_nearer_than_the_first_step_is_no_obstacle():
    gap = Fraction(1, 2**300)
    net = Network.from_arrays([([[1, -2], [3, 1]], [-gap, gap]), ([[1, 1]], [0])])
    for how in ("plain", "packed"):
        assert Probe(Oracle(net), 2, how).piece((0, 0)) == true_piece(net, (0, 0))


@pytest.mark.parametrize("how", ["plain", "packed"])
@pytest.mark.parametrize("point", [(0, 0), (2, 1), (4, -3)])
def test_a_point_on_a_boundary_is_reported_as_such(how, point):
    # The boundaries are x = 2y, on which (0, 0) and (2, 1) lie, and x + y = 1, on which (4, -3) lies.
    net = Network.from_arrays([([[1, -2], [1, 1]], [0, -1]), ([[1, "1/3"], [2, -1]], [0, 1])])
    with pytest.raises(OnBoundary) as error:
        Probe(Oracle(net), 2, how).piece(point)
    assert error.value.witness == point


@pytest.mark.parametrize("how", ["plain", "packed"])
def test_noise_is_noticed_and_its_place_named(how):
    net, rng = NETWORKS[1], random.Random(1)

    def noisy(x):
        return [y + Fraction(rng.randrange(1, 100), 10**40) for y in net(x)]

    with pytest.raises(NotPiecewiseLinear) as error:
        Probe(Oracle(noisy, 3), 3, how).piece((1, 2, 3))
    assert error.value.place == (1, 2, 3)


@pytest.mark.parametrize("how", ["plain", "packed"])
def test_a_smooth_function_has_no_pieces(how):
    with pytest.raises(NotPiecewiseLinear):
        Probe(lambda x: x[0] * x[1], 2, how).piece((1, 1))


def test_one_number_stands_for_several_outputs():
    net = NETWORKS[3]
    x = (1, 0, -1, 2)
    assert Probe(Oracle(net), 4, weights=[1, 0, "-1/2"]).scalar(x) == net(x)[0] - net(x)[2] / 2
    first, again = (Probe(Oracle(net), 4, seed=5) for _ in range(2))
    assert first.scalars([x, (0, 0, 0, 0)]) == again.scalars([x, (0, 0, 0, 0)])
    assert first.weights == again.weights
    assert len(first.weights) == 3


def test_other_ways_to_ask_and_other_spaces_are_refused():
    with pytest.raises(InvalidNetwork):
        Probe(Oracle(NETWORKS[1]), 3, "telepathy")
    with pytest.raises(InvalidNetwork):
        Probe(Oracle(NETWORKS[1]), 4)


def test_the_same_questions_are_asked_every_time():
    asked = []
    for _ in range(2):
        questions = []

        def answer(x, questions=questions):
            questions.append(x)
            return NETWORKS[1](x)

        Probe(answer, 3, "packed").piece((1, 2, 3))
        asked.append(questions)
    assert asked[0] == asked[1]


def test_784_inputs_are_read_from_one_real_question():
    net = he_network((784, 3, 1), 0, "float32")
    probe, x = Probe(Oracle(net), 784, "packed"), random_point(784, random.Random(0))
    assert probe.piece(x) == true_piece(net, x)
    assert probe.packed_queries == 1


# -- packing -----------------------------------------------------------------------------------------------------

dyadics = st.builds(lambda p, e: Fraction(p, 2**e), st.integers(-(2**10), 2**10), st.integers(0, 12))
rationals = st.fractions(min_value=-50, max_value=50, max_denominator=1000)


@given(st.lists(dyadics, min_size=1, max_size=6), dyadics)
def test_dyadic_digits_are_read_back(gradient, value):
    packing = Packing.fit(len(gradient), near=50, base=0, fraction=12, whole=11)
    x = packing.point((Fraction(0),) * len(gradient))
    answer = value + sum(g * c for g, c in zip(gradient, x, strict=True))
    assert packing.read(answer) == (value, gradient)


@given(st.lists(rationals, min_size=1, max_size=6), rationals)
def test_rational_digits_are_read_back(gradient, value):
    packing = Packing.fit(len(gradient), near=50, base=0, fraction=100, whole=12, binary=False)
    x = packing.point((Fraction(0),) * len(gradient))
    answer = value + sum(g * c for g, c in zip(gradient, x, strict=True))
    assert packing.read(answer) == (value, gradient)


@pytest.mark.parametrize("gradient", [[Fraction(1, 2**13), Fraction(1)], [Fraction(1), Fraction(1, 2**13)]])
def test_digits_with_too_many_bits_behind_the_point_never_read_as_they_are(gradient):
    packing = Packing.fit(2, near=50, base=0, fraction=12, whole=11)
    x = packing.point((Fraction(0), Fraction(0)))
    reading = packing.read(Fraction(3) + sum(g * c for g, c in zip(gradient, x, strict=True)))
    assert reading is None or reading[1] != gradient


def test_a_digit_that_overflows_is_refused():
    packing = Packing.fit(2, near=50, base=0, fraction=4, whole=3)
    x = packing.point((Fraction(0), Fraction(0)))
    assert packing.read(3 * x[0] + 14 * x[1]) is None


def test_digits_that_were_too_short_at_first_are_made_longer():
    # Near (1, 1) the gradient has one bit behind the point, near (-1, -1) a hundred.
    net = Network.from_arrays([([[1, 0], [-1, 0]], [0, 0]), ([["1/2", Fraction(1, 2**100)]], [0])])
    probe = Probe(Oracle(net), 2, "packed")
    assert probe.piece((1, 1)) == true_piece(net, (1, 1))
    assert probe.packed_queries == 1
    assert probe.piece((-1, -1)) == true_piece(net, (-1, -1))
    assert probe.packed_queries > 2


def test_packed_questions_are_kept_with_their_answers_unless_they_are_very_long():
    net = NETWORKS[2]
    probe = Probe(Oracle(net), 10, "packed")
    probe.piece((1,) * 10)
    assert len(probe.answered) == probe.plain_queries + probe.packed_queries
    assert all(net(x) == y for x, y in probe.answered)
    wide = he_network((300, 3, 1), 0, "float32")
    probe = Probe(Oracle(wide), 300, "packed")
    probe.piece((1,) * 300)
    assert (len(probe.answered), probe.packed_queries) == (probe.plain_queries, 1)


def test_a_piece_that_was_only_read_is_the_regions_unless_its_digits_overflow():
    net, rng = NETWORKS[2], random.Random(1)
    probe = Probe(Oracle(net), 10, "packed")
    read = [(x, probe.read_packed(x)) for x in (random_point(10, rng) for _ in range(8))]
    assert all(f in (None, true_piece(net, x)) for x, f in read)
    assert sum(f is not None for _, f in read) >= 6
    assert (probe.plain_queries, probe.packed_queries) == (2, 8)
