"""The default window: a rational box that shows the structure, whatever lies far out."""

from __future__ import annotations

from fractions import Fraction

import pytest
from geometry.nasty_networks import NASTY_NETWORKS, NastyNetwork, relu_network

from exactrev.drawing import default_window
from exactrev.drawing.scene import require_drawable
from exactrev.drawing.window import anchors
from exactrev.errors import InvalidNetwork
from exactrev.geometry import Box, regions
from exactrev.network import Network, he_network

LINES = [[1, 0, 0], [0, 1, 0], [1, 1, -1]]  # a triangle with corners (0, 0), (1, 0), (0, 1)


def window(net: Network) -> Box:
    return default_window(regions(net))


def test_a_small_arrangement_is_shown_whole() -> None:
    box = window(relu_network(LINES))
    assert all(low < 0 for low in box.lo)
    assert all(high > 1 for high in box.hi)
    assert regions(relu_network(LINES), box).n_regions == regions(relu_network(LINES)).n_regions == 7


def test_a_far_corner_does_not_shrink_the_rest_to_a_dot() -> None:
    # A grid of four by four unit squares, and two lines that are almost parallel to it and meet it at 10^6.
    grid = [[1, 0, -k] for k in range(5)] + [[0, 1, -k] for k in range(5)]
    box = window(relu_network([*grid, [1, -1000001, 1000000]]))
    assert all(low <= 0 for low in box.lo)
    assert all(4 <= high <= 100 for high in box.hi)


def test_a_pencil_of_lines_is_seen_from_near_its_centre() -> None:
    box = window(relu_network([[1, 0, -100], [0, 1, 50], [1, 1, -50]]))
    assert all(low < x < high for low, x, high in zip(box.lo, (100, -50), box.hi, strict=True))


def test_lines_that_meet_nothing_are_shown() -> None:
    box = window(relu_network([[1, 2, -30], [1, 2, -40]]))
    assert len(anchors(regions(relu_network([[1, 2, -30], [1, 2, -40]])))) == 2
    assert regions(relu_network([[1, 2, -30], [1, 2, -40]]), box).n_regions == 3


def test_without_boundaries_the_window_is_around_the_origin() -> None:
    assert window(relu_network(output=[[0, 0, 5]])) == Box.cube(2, -1, 1)
    assert window(Network.from_arrays([([[3]], [1])])) == Box.cube(1, -1, 1)


def test_axes_of_the_same_scale_get_the_same_extent_and_others_do_not() -> None:
    alike = window(relu_network([[1, 0, 0], [1, 0, -1], [0, 1, 0], [0, 1, -2]]))
    different = window(relu_network([[1, 0, 0], [1, 0, -1], [0, 1, 0], [0, 1, -20]]))
    assert alike.hi[0] - alike.lo[0] == alike.hi[1] - alike.lo[1]
    assert 4 * (different.hi[0] - different.lo[0]) < different.hi[1] - different.lo[1]


def test_most_of_a_large_random_network_is_in_view() -> None:
    net = he_network((2, 24, 24, 1), seed=3)
    whole = regions(net)
    assert regions(net, default_window(whole)).n_regions > 0.6 * whole.n_regions


@pytest.mark.parametrize("nasty", [n for n in NASTY_NETWORKS if n.network.n_in <= 2], ids=str)
def test_every_nasty_network_has_a_window_that_can_be_drawn(nasty: NastyNetwork) -> None:
    whole = regions(nasty.network)
    box = default_window(whole)
    require_drawable(box)
    # All of these are small: everything is in view.
    seen = regions(nasty.network, box)
    assert (seen.n_regions, seen.n_thick) == (whole.n_regions, whole.n_thick)


@pytest.mark.parametrize(
    "box",
    [
        Box([1], [1 + Fraction(1, 2**50)]),
        Box([0, 0], [1, 10**400]),
        Box([-(10**400)], [0]),
        Box([0], [Fraction(1, 10**400)]),
    ],
)
def test_windows_that_floats_cannot_hold_are_refused(box: Box) -> None:
    with pytest.raises(InvalidNetwork, match="too narrow or too large"):
        require_drawable(box)
