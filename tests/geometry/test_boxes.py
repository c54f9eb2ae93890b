"""Regions inside boxes: sides and corners on boundaries, boxes too small or too large for floats, pieces of one box."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from geometry.agreement import check_agreement
from geometry.nasty_networks import relu_network
from oracles import brute_force
from oracles.networks import he_network, quarter_network, tangled_network

from exactrev.errors import InvalidNetwork
from exactrev.geometry import Box, boundaries, regions
from exactrev.network import Network, SignVector

Ends = tuple[tuple[Fraction, ...], tuple[Fraction, ...]]


def check_in_box(net: Network, lo: tuple[Fraction, ...], hi: tuple[Fraction, ...]) -> None:
    check_agreement(regions(net, Box(lo, hi)), brute_force(net, (lo, hi)))


def sized(rng: random.Random, n: int, sizes: list[Fraction]) -> Ends:
    """A box near the origin, with sides of one size."""
    size = rng.choice(sizes)
    lo = tuple(Fraction(rng.randint(-6, 6), rng.choice([1, 2, 3])) for _ in range(n))
    return lo, tuple(x + size for x in lo)


def around(rng: random.Random, n: int, sizes: list[Fraction]) -> Ends:
    """A box that contains the origin."""
    size = rng.choice(sizes)
    return tuple(-size - rng.randint(0, 3) for _ in range(n)), tuple(size + rng.randint(0, 3) for _ in range(n))


def far_away(rng: random.Random, n: int, sizes: list[Fraction]) -> Ends:
    lo = tuple(rng.choice([*sizes, Fraction(0)]) for _ in range(n))
    return lo, tuple(x + rng.choice([1, Fraction(1, 3)]) for x in lo)


def thin(rng: random.Random, n: int, sizes: list[Fraction]) -> Ends:
    """Long on some axes, short on others."""
    lo = tuple(Fraction(rng.randint(-6, 6), 2) - rng.choice([Fraction(0), *sizes]) for _ in range(n))
    return lo, tuple(x + rng.choice(sizes) for x in lo)


KINDS = {
    "with_sides_in_sevenths": (sized, [Fraction(3, 7), Fraction(11, 7), Fraction(5, 3)]),
    "below_all_float_distances": (sized, [Fraction(1, 10**5), Fraction(1, 2**60), Fraction(1, 2**200)]),
    "below_all_floats": (sized, [Fraction(1, 10**400)]),
    "huge": (around, [Fraction(10**9), Fraction(2**300)]),
    "beyond_all_floats": (around, [Fraction(10**400)]),
    "far_away": (far_away, [Fraction(10**20), Fraction(2**70), Fraction(-(2**70))]),
    "thin": (thin, [Fraction(1, 2**90), Fraction(1), Fraction(10**30)]),
}


@pytest.mark.parametrize(("make", "sizes"), KINDS.values(), ids=KINDS.keys())
def test_boxes_of_all_sizes(make: object, sizes: list[Fraction]) -> None:
    for seed in range(25):
        net = tangled_network(seed)
        check_in_box(net, *make(random.Random(seed), net.n_in, sizes))  # type: ignore[operator]


@pytest.mark.parametrize("share", [Fraction(1, 2), Fraction(1, 3)])
def test_boxes_with_a_corner_or_the_centre_where_boundaries_cross(share: Fraction) -> None:
    for seed in range(12):
        net = quarter_network(seed, 2, 4, 3, 1)
        found = boundaries(net)
        for ridge in range(0, len(found.ridges), 3):
            point = found.ridge_point(ridge)
            check_in_box(net, tuple(x - share for x in point), point)
            check_in_box(net, point, tuple(x + share for x in point))
            check_in_box(net, tuple(x - share for x in point), tuple(x + share for x in point))


def test_boxes_whose_sides_lie_on_boundaries_of_a_later_layer() -> None:
    # |x| - 1 and |y| - 1 vanish on the four sides of the square, |x| + |y| - 2 in its corners.
    rows = [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0]]
    net = relu_network(rows, [[1, 1, 0, 0, -1], [0, 0, 1, 1, -1], [1, 1, 1, 1, -2]])
    for size in (1, 2, Fraction(1, 2), Fraction(3, 2)):
        check_in_box(net, (Fraction(-size),) * 2, (Fraction(size),) * 2)
    inside = regions(net, Box.cube(2, -1, 1))
    assert (inside.n_regions, inside.n_thick, inside.n_facets) == (4, 0, 4)
    assert [(b.n_pieces, b.n_isolated, b.n_components) for b in boundaries(inside)][4:] == [
        (0, 4, 2),  # two sides, each of them in two cells
        (0, 4, 2),
        (0, 4, 4),
    ]


def test_a_box_inside_one_region_holds_one_region() -> None:
    net = he_network(0, 3, 5, 4, 1)
    point = regions(net).interior_point(0)
    box = Box([x - Fraction(1, 10**30) for x in point], [x + Fraction(1, 10**30) for x in point])
    found = regions(net, box)
    assert (found.n_regions, found.n_bounded, found.n_facets) == (1, 0, 0)
    assert found.sign_vector(0) == net.sign_vector(point)


@pytest.mark.parametrize("make", [he_network, quarter_network])
@pytest.mark.parametrize("widths", [(2, 5, 4, 1), (3, 4, 3, 1)], ids=str)
def test_the_regions_of_two_halves_of_a_box_are_those_of_the_box(make: type, widths: tuple[int, ...]) -> None:
    for seed in range(3):
        net = make(seed, *widths)
        n = net.n_in
        boxes = [
            Box.cube(n, -2, "7/3"),
            Box([-2] * n, ["1/3", *["7/3"] * (n - 1)]),
            Box(["1/3", *[-2] * (n - 1)], ["7/3"] * n),
        ]
        whole, left, right = (sign_vectors(net, box) for box in boxes)
        assert whole == left | right
        # A convex cell is in both halves where it crosses the cut; on the cut there may be more (boundaries in it).
        assert left & right == whole & sign_vectors(_on_the_cut(net), Box.cube(n - 1, -2, "7/3"))


def sign_vectors(net: Network, box: Box) -> set[SignVector]:
    found = regions(net, box)
    return {found.sign_vector(cell) for cell in range(found.n_cells)}


def _on_the_cut(net: Network) -> Network:
    """The network on the hyperplane where the first coordinate is 1/3."""
    W, b = net.layers[0].W, net.layers[0].b
    rows = [row[1:] for row in W]
    biases = [c + row[0] * Fraction(1, 3) for row, c in zip(W, b, strict=True)]
    return Network.from_arrays([(rows, biases), *((layer.W, layer.b) for layer in net.layers[1:])])


def test_all_cells_of_space_are_found_inside_a_box_that_holds_the_crossings() -> None:
    for seed in range(6):
        net = quarter_network(seed, 2, 4, 3, 1)
        everywhere = regions(net)
        large = regions(net, Box.cube(2, -(10**6), 10**6))
        assert {large.sign_vector(c) for c in range(large.n_cells)} == {
            everywhere.sign_vector(c) for c in range(everywhere.n_cells)
        }
        assert (large.n_facets, large.n_bounded) == (everywhere.n_facets, everywhere.n_bounded)


def test_a_box_in_directions_that_the_network_ignores() -> None:
    # Rank 1 in three inputs; one column is zero.
    net = relu_network([[1, 2, 0, -1], [2, 4, 0, 1], [-1, -2, 0, 0]])
    for lo, hi in [((-1, -1, -1), (1, 1, 1)), ((0, 0, 0), (1, "1/2", "1/1000000"))]:
        box = Box(lo, hi)
        check_in_box(net, box.lo, box.hi)


@pytest.mark.parametrize(
    ("lo", "hi"), [((0, 0), (1,)), ((), ()), ((0, 1), (1, 1)), ((0, 2), (1, 1)), ((0,), (1,)), ((0, 0, 0), (1, 1, 1))]
)
def test_what_is_no_box_for_a_network_is_refused(lo: tuple[int, ...], hi: tuple[int, ...]) -> None:
    with pytest.raises(InvalidNetwork):
        regions(relu_network([[1, 1, 0]]), Box(lo, hi))
