"""Colours: layers apart, values by sign, directions by hue."""

from __future__ import annotations

import numpy as np
import pytest

from exactrev.drawing.palette import TINTS, direction_tints, layer_colour, line_width, value_tints


def rgb(colour: str) -> list[float]:
    return [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]


def test_the_first_layers_have_different_colours_and_later_ones_repeat_them() -> None:
    assert len({layer_colour(layer) for layer in range(1, 8)}) == 7
    assert layer_colour(8) == layer_colour(1)


def test_layers_stand_out_from_the_tints() -> None:
    lightness = np.array([0.2126, 0.7152, 0.0722])
    for tint in TINTS:
        for layer in range(1, 8):
            assert rgb(tint) @ lightness - rgb(layer_colour(layer)) @ lightness > 0.2


def test_lines_get_thinner_but_do_not_vanish() -> None:
    widths = [line_width(pieces) for pieces in (0, 10, 100, 1000, 10**6)]
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] > 0.2


def test_values_of_opposite_sign_get_opposite_tints() -> None:
    negative, zero, positive = value_tints(np.array([-2.0, 0.0, 2.0]))
    assert negative[2] > negative[0]
    assert positive[0] > positive[2]
    assert np.ptp(zero) < 0.03


@pytest.mark.parametrize("values", [[5.0, 6.0, 7.0], [-7.0, -6.0, -5.0], [3.0, 3.0, 3.0], [0.0]])
def test_values_of_one_sign_use_the_whole_range(values: list[float]) -> None:
    tints = value_tints(np.array(values))
    assert ((tints >= 0) & (tints <= 1)).all()
    mildest = int(np.argmin(np.abs(values)))
    assert np.ptp(tints[mildest]) < 0.03
    assert (len(np.unique(tints, axis=0)) == 1) == (len(set(values)) == 1)


def test_directions_are_hues_and_no_gradient_is_nearly_white() -> None:
    tints = direction_tints(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [1e300, 1e300]]))
    assert ((tints >= 0) & (tints <= 1)).all()
    assert np.ptp(tints[0]) < 0.01
    assert all(np.ptp(tint) > 0.05 for tint in tints[1:])
    assert len(np.unique(tints.round(3), axis=0)) == 5
    assert direction_tints(np.zeros((2, 2))).tolist() == [tints[0].tolist()] * 2
