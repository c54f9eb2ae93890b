"""Guards that no network reaches while the rest is right, and constants on which all bounds rest."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from geometry.nasty_networks import relu_network

from exactrev.geometry import Box, regions
from exactrev.geometry.cells import _lookup
from exactrev.geometry.rounding import UNIT
from exactrev.geometry.skeleton import Misjudged


def test_the_unit_of_rounding_is_that_of_the_floats_of_this_machine() -> None:
    assert sys.float_info.epsilon / 2 == UNIT
    assert 1 + UNIT == 1 < 1 + 2 * UNIT


def test_a_cell_is_looked_up_by_its_hash_and_refused_if_it_is_unknown() -> None:
    known, order = np.array([3, 5, 8]), np.array([2, 0, 1])
    assert _lookup(known, order, np.array([8, 3, 5])).tolist() == [1, 2, 0]
    for unknown in (2, 4, 9):
        with pytest.raises(Misjudged, match="a neighbour is not among the cells"):
            _lookup(known, order, np.array([3, unknown]))
    nothing = np.zeros(0, np.int64)
    assert _lookup(nothing, nothing, nothing).tolist() == []
    with pytest.raises(Misjudged, match="a neighbour is not among the cells"):
        _lookup(nothing, nothing, known)


def test_float_corners_of_a_cell_are_those_of_the_box_and_the_boundaries() -> None:
    complex = regions(relu_network([[1, 0, 0], [0, 1, 0]]), Box.cube(2, -1, 1))
    corners = {tuple(point) for cell in range(complex.n_regions) for point in complex.cell_vertices(cell).tolist()}
    assert corners == {(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)}


def test_a_coordinate_that_never_matters_is_0_at_every_float_corner() -> None:
    complex = regions(relu_network([[1, 0, 0]]))
    corners = [tuple(point) for cell in range(complex.n_regions) for point in complex.cell_vertices(cell).tolist()]
    assert {len(point) for point in corners} == {2}
    assert {y for _, y in corners} == {0}
    assert 0 in {x for x, _ in corners}
