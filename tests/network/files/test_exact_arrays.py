"""Exact arrays: floats bit by bit, products, common denominators, and the limits on their size."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from exactrev.errors import BudgetSpent, InexactInput
from exactrev.network import AffineMap
from exactrev.network.files.exact_arrays import ExactArray, find_inexact, fold
from exactrev.testing.strategies import rationals

_DTYPES = [f"{order}f{size}" for order in "<>" for size in (2, 4, 8)]
_FINITE = {"allow_nan": False, "allow_infinity": False}


@given(st.sampled_from(_DTYPES).flatmap(lambda dtype: hnp.arrays(dtype, (2, 3), elements=_FINITE)))
def test_a_float_is_the_dyadic_rational_that_it_is(array: np.ndarray) -> None:
    assert ExactArray.from_numpy(array).fractions() == [Fraction(float(value)) for value in array.ravel()]


@given(st.sampled_from("bhilBHIL").flatmap(lambda code: hnp.arrays(np.dtype(code), (3,))))
def test_an_integer_is_itself(array: np.ndarray) -> None:
    assert ExactArray.from_numpy(array).fractions() == [int(value) for value in array]


@pytest.mark.parametrize("value", [5e-324, -0.0, 2.2250738585072014e-308, 1.7976931348623157e308, -1.5])
def test_the_ends_of_the_range_are_exact(value: float) -> None:
    assert ExactArray.from_numpy(np.array([value, 1.0])).fractions() == [Fraction(value), 1]


def test_an_array_without_axes_is_an_array() -> None:
    assert ExactArray.from_numpy(np.array(0.75)).reshape(1).fractions() == [Fraction(3, 4)]
    assert ExactArray.from_numpy(np.array(7)).reshape(1).fractions() == [7]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_refused_with_its_place(value: float) -> None:
    with pytest.raises(InexactInput) as caught:
        ExactArray.from_numpy(np.array([[0.0, 1.0], [value, np.nan]]))
    assert caught.value.index == (1, 0)


def test_a_signalling_nan_is_refused_without_a_warning() -> None:
    with pytest.raises(InexactInput):
        ExactArray.from_numpy(np.array([0x7F800001], dtype=np.uint32).view(np.float32))


@pytest.mark.parametrize("dtype", ["c16", "?", "U3", "O", "M8[s]", "g"])
def test_other_dtypes_are_refused(dtype: str) -> None:
    with pytest.raises(InexactInput):
        ExactArray.from_numpy(np.zeros(2, dtype=dtype))


@given(st.lists(rationals(9, 7), min_size=6, max_size=6), st.lists(rationals(9, 7), min_size=6, max_size=6))
def test_products_and_sums_are_those_of_fractions(a: list[Fraction], b: list[Fraction]) -> None:
    A, B = ExactArray.from_fractions(a, (2, 3)), ExactArray.from_fractions(b, (3, 2))
    entries = product(range(2), repeat=2)
    expected = [sum((a[3 * i + k] * b[2 * k + j] for k in range(3)), Fraction(0)) for i, j in entries]
    assert A.matmul(B).fractions() == expected
    assert (A.reshape(6) + B.reshape(6)).fractions() == [x + y for x, y in zip(a, b, strict=True)]
    assert A.scaled(Fraction(-2, 3)).fractions() == [x * Fraction(-2, 3) for x in a]


@given(st.lists(rationals(), min_size=12, max_size=12), st.lists(rationals(), min_size=8, max_size=8), st.data())
def test_a_folded_map_is_the_composition(a: list[Fraction], b: list[Fraction], data: st.DataObject) -> None:
    below = AffineMap.from_fractions([a[0:4], a[4:8], a[8:12]])  # R^3 -> R^3
    above = AffineMap.from_fractions([b[0:4], b[4:8]])  # R^3 -> R^2
    x = data.draw(st.tuples(*[rationals(9, 5)] * 3))
    assert fold(below, above)(x) == above(below(x))


def test_sizes_out_of_proportion_are_refused_before_they_are_made() -> None:
    with pytest.raises(BudgetSpent):
        ExactArray.zeros((1 << 40,))
    with pytest.raises(BudgetSpent):
        ExactArray.identity(1 << 20)
    tiny_and_huge = np.full(1 << 21, 1e300)
    tiny_and_huge[0] = 1e-300  # two million entries of 2000 bits each
    with pytest.raises(BudgetSpent):
        ExactArray.from_numpy(tiny_and_huge)


def test_an_inexact_float_is_found_where_it_is() -> None:
    third = AffineMap.from_arrays([[1, 0.5], ["1/3", 2]], [0, "1/4"])
    assert find_inexact(third, *third.as_floats()) == (1, 0)
    huge = AffineMap.from_arrays([[1, 10**400]], [0])
    assert find_inexact(huge, *huge.as_floats()) == (0, 1)
    underflow = AffineMap.from_arrays([[1, 1]], [Fraction(1, 2**2000)])
    assert find_inexact(underflow, *underflow.as_floats()) == (0, 2)
    dyadic = AffineMap.from_arrays([[5e-324, -0.1]], [1e308])
    assert find_inexact(dyadic, *dyadic.as_floats()) is None
