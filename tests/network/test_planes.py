"""Slices: the restricted network is the network on the plane."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from exactrev.errors import InexactInput, InvalidNetwork
from exactrev.network import AffineMap, Network
from exactrev.network.planes import plane, restrict
from exactrev.testing.strategies import networks, points

NET = Network.from_arrays([([[1, 2, 3], [0, 1, -1]], [4, 0]), ([[1, 1]], [0])])


@given(st.data())
def test_a_slice_has_the_values_of_the_network_on_the_plane(data: st.DataObject) -> None:
    net = data.draw(networks())
    n = net.n_in
    k = data.draw(st.integers(1, n))
    origin = data.draw(points(n))
    directions = data.draw(st.lists(points(n), min_size=k, max_size=k))
    assume(AffineMap.from_fractions([(*d, Fraction(0)) for d in directions]).homogeneous().rank() == k + 1)
    u = data.draw(points(k))
    x = [o + sum(t * d[i] for t, d in zip(u, directions, strict=True)) for i, o in enumerate(origin)]
    sliced = restrict(net, origin, directions)
    assert sliced(u) == net(x)
    assert sliced.preactivations(u) == net.preactivations(x)
    assert plane(origin, directions)(u) == tuple(x)


def test_the_whole_space_is_a_plane() -> None:
    assert restrict(NET, (0, 0, 0), [(1, 0, 0), (0, 1, 0), (0, 0, 1)]) == NET


@pytest.mark.parametrize(
    ("origin", "directions", "message"),
    [
        ((0, 0, 0), [], "at least one direction"),
        ((0, 0, 0), [(1, 0)], "wrong number of coordinates"),
        ((0, 0, 0), [(0, 0, 0)], "linearly dependent"),
        ((0, 0, 0), [(1, 2, 3), ("-1/2", -1, "-3/2")], "linearly dependent"),
        ((0, 0), [(1, 0), (0, 1), (1, 1)], "linearly dependent"),
        ((0, 0), [(1, 0)], "another space"),
        ("000", [(1, 0, 0)], "not a list of numbers"),
    ],
)
def test_what_is_not_a_plane_of_the_input_space_is_refused(
    origin: object, directions: list[tuple[object, ...]], message: str
) -> None:
    with pytest.raises(InvalidNetwork, match=message):
        restrict(NET, origin, directions)  # type: ignore[arg-type]


def test_coordinates_have_to_be_numbers() -> None:
    with pytest.raises(InexactInput):
        restrict(NET, (0, 0, float("nan")), [(1, 0, 0)])
