"""Affine maps: normal form, exact values, composition, refusals."""

from __future__ import annotations

import pickle
from fractions import Fraction

import flint
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exactrev.errors import InexactInput, InvalidNetwork
from exactrev.network import AffineMap

ENTRIES = st.fractions(-5, 5, max_denominator=6)


@st.composite
def affine_maps(draw: st.DrawFn, n_in: int, n_out: int) -> AffineMap:
    row = st.lists(ENTRIES, min_size=n_in + 1, max_size=n_in + 1)
    return AffineMap.from_fractions(draw(st.lists(row, min_size=n_out, max_size=n_out)))


def test_numbers_that_are_equal_give_maps_that_are_equal() -> None:
    by_text = AffineMap.from_arrays([["1/2", "3"]], ["-1/4"])
    by_float = AffineMap.from_arrays(np.array([[0.5, 3.0]], dtype=np.float32), np.array([-0.25]))
    by_hand = AffineMap(((4, 24, -2),), 8, 2)
    assert by_text == by_float == by_hand
    assert hash(by_text) == hash(by_hand)
    assert (by_hand.rows, by_hand.denominator) == (((2, 12, -1),), 4)


def test_a_float_is_taken_exactly() -> None:
    f = AffineMap.from_arrays([[0.1]], [0])
    assert f((1,)) == (Fraction(3602879701896397, 2**55),)


def test_the_zero_map_has_denominator_one() -> None:
    assert AffineMap(((0, 0),), 7, 1).denominator == 1


@given(affine_maps(2, 3), affine_maps(3, 2), st.tuples(ENTRIES, ENTRIES))
def test_composition_agrees_with_evaluation_in_turn(
    inner: AffineMap, outer: AffineMap, x: tuple[Fraction, Fraction]
) -> None:
    assert outer.after(inner)(x) == outer(inner(x))


@given(affine_maps(2, 3), affine_maps(3, 1), affine_maps(1, 2))
def test_composition_is_associative(f: AffineMap, g: AffineMap, h: AffineMap) -> None:
    assert h.after(g).after(f) == h.after(g.after(f))


def test_maps_that_do_not_chain_are_not_composed() -> None:
    f = AffineMap.from_arrays([[1, 2]], [0])
    with pytest.raises(InvalidNetwork, match="do not chain"):
        f.after(f)


@given(affine_maps(3, 2))
def test_the_homogeneous_matrix_gives_the_map_back(f: AffineMap) -> None:
    assert AffineMap.from_homogeneous(f.homogeneous()) == f
    assert AffineMap.from_homogeneous(6 * f.homogeneous()) == f


def test_the_homogeneous_matrix_acts_on_homogeneous_points() -> None:
    f = AffineMap.from_arrays([["1/2", 3], [0, "-1/3"]], [1, "1/6"])
    # (2/5, 1) is (2, 5, 5); f there is (1/5 + 3 + 1, -1/3 + 1/6) = (21/5, -1/6).
    column = f.homogeneous() * flint.fmpz_mat([[2], [5], [5]])
    p, q, denominator = (int(entry) for entry in column.entries())
    assert (Fraction(p, denominator), Fraction(q, denominator)) == (Fraction(21, 5), Fraction(-1, 6))


def test_floats_are_correctly_rounded_even_where_numerator_and_denominator_overflow() -> None:
    W, b = AffineMap.from_fractions(
        [[Fraction(10**400, 3 * 10**400), Fraction(1, 10**400), Fraction(-(10**400)), Fraction(5, 2)]]
    ).as_floats()
    np.testing.assert_array_equal(W, [[1 / 3, 0.0, float("-inf")]])
    np.testing.assert_array_equal(b, [2.5])


@pytest.mark.parametrize(
    ("W", "b", "message"),
    [
        ([[1, 2], [3]], [0, 0], "ragged"),
        ([[1, 2]], [0, 0], "differ in length"),
        ([], [], "at least one neuron"),
        ([[], []], [0, 0], "at least one neuron"),
        (["12", "34"], [0, 0], "not a list of numbers"),
        ([[1, 2]], "7", "not a list of numbers"),
        ([1, 2], [0, 0], "not a list of numbers"),
        ([{1: 2, 3: 4}], [0], "not a list of numbers"),
        (3, [0], "not a list of numbers"),
    ],
)
def test_arrays_of_the_wrong_shape_are_refused(W: object, b: object, message: str) -> None:
    with pytest.raises(InvalidNetwork, match=message):
        AffineMap.from_arrays(W, b)  # type: ignore[arg-type]


def test_an_empty_list_of_rows_is_refused() -> None:
    with pytest.raises(InvalidNetwork, match="at least one"):
        AffineMap.from_fractions([])


@pytest.mark.parametrize("entry", [float("nan"), float("inf"), None, True, "0x10"])
def test_what_is_not_a_number_is_refused(entry: object) -> None:
    with pytest.raises(InexactInput):
        AffineMap.from_arrays([[entry]], [0])


def test_rows_of_unequal_length_and_denominators_below_one_are_refused() -> None:
    with pytest.raises(InvalidNetwork, match="differ in length"):
        AffineMap(((1, 2), (1, 2, 3)), 1, 1)
    with pytest.raises(InvalidNetwork, match="positive"):
        AffineMap(((1, 2),), 0, 1)


def test_a_point_with_the_wrong_number_of_coordinates_is_refused() -> None:
    f = AffineMap.from_arrays([[1, 2]], [0])
    with pytest.raises(InvalidNetwork, match="coordinates"):
        f((1, 2, 3))
    with pytest.raises(InvalidNetwork, match="not a list of numbers"):
        f("12")


def test_affine_maps_can_be_pickled() -> None:
    f = AffineMap.from_arrays([["1/2", 3]], [1])
    assert pickle.loads(pickle.dumps(f)) == f
