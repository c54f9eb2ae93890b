"""Signs of a layer from the sign system: the right ones, the only ones where that is said, the rank as claimed."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exactrev.arithmetic.integer_matrices import clear_denominators, integer_rank
from exactrev.network import Network, he_network
from exactrev.recovery.signs import Trail, Visit, decide_signs, eliminate, recover_signs


def random_points(n, count, seed):
    random = Random(seed)
    return [tuple(Fraction(random.randint(-300, 300), 101) for _ in range(n)) for _ in range(count)]


def trail_of(net, k, z, points, flips, *, scale=1, unknown=()):
    """What is seen of neuron z of layer k at points, when unit i of layer k-1 carries the sign flips[i]."""
    visits = []
    for x in points:
        pattern = net.pattern(x)
        units = net.preactivation_map(k - 1, pattern).W
        visits.append(
            Visit(
                gradient=tuple(scale * entry for entry in net.preactivation_map(k, pattern).W[z]),
                units=tuple(tuple(t * entry for entry in unit) for t, unit in zip(flips, units, strict=True)),
                sides=tuple(t if on else -t for t, on in zip(flips, pattern[k - 2], strict=True)),
            )
        )
    weights = tuple(None if i in unknown else scale * w for i, w in enumerate(net.layers[k - 1].W[z]))
    return Trail(weights, tuple(visits))


def random_flips(n, seed):
    random = Random(seed)
    return tuple(random.choice((1, -1)) for _ in range(n))


@pytest.mark.parametrize(
    ("widths", "seed"),
    [((2, 5, 3, 1), 0), ((3, 10, 2, 1), 1), ((10, 10, 10, 1), 2), ((10, 20, 20, 1), 3), ((2, 8, 1, 1), 4)],
)
def test_one_trail_shows_the_signs_of_the_first_layer(widths, seed):
    net = he_network(widths, seed, "float32")
    flips = random_flips(widths[1], seed)
    trail = trail_of(net, 2, 0, random_points(widths[0], 6, seed), flips, scale=Fraction(-3, 11))
    found = recover_signs([trail], rho=widths[0])
    assert found.signs == found.settled == flips
    assert (found.exists, found.unique, found.second, found.open) == (True, True, None, ())
    assert found.rank == found.rank_claimed == min(widths[0], widths[1])


def rho_of(net, k, points):
    """The rank of the gradients of layer k-2's activations, side by side over the cells of the points."""
    blocks = []
    for x in points:
        pattern = net.pattern(x)
        rows = net.preactivation_map(k - 2, pattern).W
        blocks.append([row if on else (0,) * net.n_in for on, row in zip(pattern[k - 3], rows, strict=True)])
    stacked = [sum((tuple(block[i]) for block in blocks), ()) for i in range(len(blocks[0]))]
    return integer_rank([clear_denominators(row)[0] for row in stacked])


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("count", [1, 2, 3, 8])
def test_the_rank_in_deeper_layers_is_that_of_the_cells_below(seed, count):
    net = he_network((2, 5, 8, 3, 1), seed, "float32")
    points = random_points(2, count, seed)
    rho = rho_of(net, 3, points)
    assert rho <= min(5, 2 * count)
    flips = random_flips(8, seed)
    for n_trails in (1, 3):
        trails = [trail_of(net, 3, z, points, flips) for z in range(n_trails)]
        found = recover_signs(trails, rho)
        assert found.rank == found.rank_claimed == min(8, n_trails * rho)
        assert found.signs == flips, "weights of 24 bits leave one choice even where the rank is short"
        assert found.unique is True


def test_whole_layers_reach_full_rank_where_one_neuron_does_not():
    net = he_network((2, 5, 3, 1), 7, "float32")
    flips, points = random_flips(5, 7), random_points(2, 3, 7)
    ranks = [recover_signs([trail_of(net, 2, z, points, flips) for z in range(m)], rho=2).rank for m in (1, 2, 3)]
    assert ranks == [2, 4, 5]
    assert "full" in recover_signs([trail_of(net, 2, z, points, flips) for z in range(3)]).reason


def test_small_integer_weights_have_two_solutions_and_both_are_shown():
    """u = (x, y, 1-x-y), z = a1 + a2 + a3 - 2: flipping all three units changes z by u1 + u2 + u3 = 1, a constant."""
    net = Network.from_arrays([([[1, 0], [0, 1], [-1, -1]], [0, 0, 1]), ([[1, 1, 1]], [-2]), ([[1]], [0])])
    points = random_points(2, 12, 1)
    trail = trail_of(net, 2, 0, points, (1, 1, 1))
    found = recover_signs([trail], rho=2)
    assert {found.signs, found.second} == {(1, 1, 1), (-1, -1, -1)}
    assert (found.unique, found.all_known, found.open) == (False, True, (0, 1, 2))
    assert found.settled == (0, 0, 0)
    assert found.rank == found.rank_claimed == 2
    # A second neuron with other weights sees the difference.
    other = Network.from_arrays([([[1, 0], [0, 1], [-1, -1]], [0, 0, 1]), ([[1, 2, 4]], [-2]), ([[1]], [0])])
    assert recover_signs([trail, trail_of(other, 2, 0, points, (1, 1, 1))]).settled == (1, 1, 1)


@pytest.mark.parametrize("seed", range(3))
def test_a_trail_with_missing_weights_still_shows_the_other_signs(seed):
    net = he_network((6, 5, 2, 1), seed, "float32")
    flips, points = random_flips(5, seed), random_points(6, 4, seed)
    found = recover_signs([trail_of(net, 2, 0, points, flips, unknown=(1, 3))])
    assert found.settled == tuple(0 if i in (1, 3) else t for i, t in enumerate(flips))
    assert found.signs == found.settled, "nothing is said of units whose weights are not known"
    assert (found.open, found.unique) == ((), True)
    nothing = recover_signs([trail_of(net, 2, 0, points, flips, unknown=range(5))])
    assert (nothing.signs, nothing.rank) == ((0,) * 5, 0)
    # A trail of another neuron that has crossed these two fills them in.
    both = [trail_of(net, 2, 0, points, flips, unknown=(1, 3)), trail_of(net, 2, 1, points, flips, unknown=(0,))]
    assert recover_signs(both).settled == flips


def test_a_unit_of_weight_zero_stays_open():
    net = Network.from_arrays([([[1, 0], [0, 3]], [1, 0]), ([[2, 0]], [-5]), ([[1]], [0])])
    found = recover_signs([trail_of(net, 2, 0, random_points(2, 5, 0), (-1, 1))])
    assert (found.settled, found.unique, found.open) == ((-1, 0), False, (1,))
    assert found.second == (-1, -found.signs[1])


def test_visits_that_differ_by_a_wrong_crossing_contradict():
    net = he_network((3, 4, 1, 1), 5, "float32")
    flips, points = random_flips(4, 5), random_points(3, 6, 5)
    trail = trail_of(net, 2, 0, points, flips)
    assert len({visit.sides for visit in trail.visits}) > 1
    assert recover_signs([trail]).settled == flips
    wrong = trail.visits[-1]
    wrong = Visit((wrong.gradient[0] + 1, *wrong.gradient[1:]), wrong.units, wrong.sides)
    found = recover_signs([Trail(trail.weights, (*trail.visits, wrong))])
    assert (found.signs, found.exists, found.settled) == (None, False, None)
    assert "contradict" in found.reason
    # As a single visit it has solutions over the reals, yet none among signs.
    alone = recover_signs([Trail(trail.weights, (wrong,))])
    assert (alone.signs, alone.exists) == (None, False)


def test_shapes_and_sides_are_checked():
    visit = Visit((1, 0), ((1, 0), (0, 1)), (1, 0))
    with pytest.raises(ValueError, match="sides are"):
        recover_signs([Trail((1, 1), (visit,))])
    with pytest.raises(ValueError, match="does not fit"):
        recover_signs([Trail((1, 1, 1), (visit,))])
    with pytest.raises(ValueError, match="does not fit"):
        recover_signs([Trail((1, 1), (Visit((1,), ((1, 0), (0, 1)), (1, 1)),))])
    with pytest.raises(ValueError, match="at least one"):
        recover_signs([])
    with pytest.raises(ValueError, match="lengths"):
        decide_signs([(1, 1)], 3)


# -- the decision itself, against all signs ------------------------------------------------------------------------


def all_solutions(equations, n):
    return {
        signs
        for signs in product((-1, 1), repeat=n)
        if all(sum(a * t for a, t in zip(row, signs, strict=False)) == row[-1] for row in equations)
    }


@st.composite
def sign_systems(draw):
    n = draw(st.integers(1, 7))
    entries = st.integers(-2, 2) | st.fractions(-9, 9, max_denominator=3)
    rows = draw(st.lists(st.lists(entries, min_size=n, max_size=n), max_size=4))
    signs = draw(st.lists(st.sampled_from((-1, 1)), min_size=n, max_size=n))
    shifts = draw(st.lists(st.sampled_from((0, 0, 0, 0, 2, Fraction(1, 2))), min_size=len(rows), max_size=len(rows)))
    return n, [
        (*row, sum(a * t for a, t in zip(row, signs, strict=True)) + shift)
        for row, shift in zip(rows, shifts, strict=True)
    ]


@given(sign_systems(), st.sampled_from((0, 1, 40)))
def test_what_is_said_about_the_solutions_is_true(system, max_dimension):
    n, equations = system
    solutions = all_solutions(equations, n)
    found = decide_signs(equations, n, max_dimension=max_dimension)
    assert found.rank == integer_rank([clear_denominators(row[:-1])[0] for row in equations])
    assert found.signs is None or found.signs in solutions
    assert found.exists is not False or not solutions
    assert found.unique is not True or solutions == {found.signs}
    assert found.unique is not False or {found.signs, found.second} <= solutions
    assert found.unique is not False or found.signs != found.second
    if found.settled is not None:
        assert found.settled == tuple(
            0 if len({signs[i] for signs in solutions}) > 1 else found.signs[i] for i in range(n)
        )
    if max_dimension == 40:
        assert found.all_known
        assert found.exists is bool(solutions)
        assert found.unique is (None if not solutions else len(solutions) == 1)


def random_system(n, rank, bits, seed):
    random = Random(seed)
    signs = tuple(random.choice((-1, 1)) for _ in range(n))
    rows = [[random.randint(-(2**bits), 2**bits) for _ in range(n)] for _ in range(rank)]
    return signs, [(*row, sum(a * t for a, t in zip(row, signs, strict=True))) for row in rows]


@pytest.mark.parametrize(("n", "rank"), [(20, 10), (26, 2), (33, 1)])
def test_the_search_finds_the_only_signs_on_many_dimensions(n, rank):
    signs, equations = random_system(n, rank, 48, seed=n)
    found = decide_signs(equations, n)
    assert (found.settled, found.unique, found.rank) == (signs, True, rank)


@pytest.mark.parametrize(("n", "rank"), [(12, 3), (20, 10), (64, 10)])
def test_lattice_reduction_finds_signs_and_shows_that_they_are_alone(n, rank):
    signs, equations = random_system(n, rank, 48, seed=n)
    found = decide_signs(equations, n, max_dimension=0)
    assert (found.signs, found.unique, found.rank) == (signs, True, rank)
    assert "without short vectors" in found.reason


def test_lattice_reduction_does_not_claim_what_it_cannot_show():
    # t1 + t2 + t3 + t4 = 0 has six solutions; LLL finds one, and the nullspace is full of short vectors.
    found = decide_signs([(1, 1, 1, 1, 0)], 4, max_dimension=0)
    assert found.exists
    assert (found.unique, found.second, found.settled) == (None, None, None)
    # 5 t1 + 3 t2 + t3 = 4 has no solution: the sums are odd. LLL finds none, and does not know.
    assert decide_signs([(5, 3, 1, 4)], 3, max_dimension=0).exists is None
    assert decide_signs([(5, 3, 1, 4)], 3).exists is False


def test_more_solutions_than_can_be_listed_are_ambiguous_all_the_same():
    n = 20
    found = decide_signs([(*[1] * n, 0)], n)  # n over n/2 = 184756 solutions
    assert found.unique is False
    assert not found.all_known
    assert found.settled is None
    assert sum(found.signs) == sum(found.second) == 0


def test_no_equation_says_nothing():
    found = decide_signs([], 3)
    assert (found.settled, found.unique, found.rank) == ((0, 0, 0), False, 0)
    assert decide_signs([], 0).unique is True, "there is one empty list of signs"


@given(sign_systems())
def test_eliminating_nothing_keeps_the_solutions_and_eliminating_forgets_only_one_unknown(system):
    n, equations = system
    solutions = all_solutions(equations, n)
    assert all_solutions(eliminate(equations, 0), n) == solutions
    assert {signs[1:] for signs in solutions} <= all_solutions(eliminate(equations, 1), n - 1)
