"""Numbers in and out: every kind that is a number is taken exactly, everything else is refused in one line."""

from __future__ import annotations

import math
import sys
from decimal import Decimal
from fractions import Fraction

import flint
import numpy as np
import pytest
import sympy
from hypothesis import example, given
from hypothesis import strategies as st

from exactrev.arithmetic.numbers import (
    MAX_DIGITS,
    MAX_EXPONENT,
    format_rational,
    lift,
    parse_decimal,
    parse_rational,
)
from exactrev.errors import InexactInput

fractions = st.fractions()


class ScalarTensor:
    """What `lift` sees of a PyTorch tensor."""

    def __init__(self, item: object, ndim: int = 0) -> None:
        self.ndim = ndim
        self._item = item

    def item(self) -> object:
        return self._item


# -- lifting ---------------------------------------------------------------------------------------------------------


@given(fractions)
def test_every_rational_type_lifts_to_the_same_fraction(value):
    p, q = value.numerator, value.denominator
    for spelling in (value, sympy.Rational(p, q), flint.fmpq(p, q), f"{p}/{q}", np.array(value, dtype=object)):
        lifted = lift(spelling)
        assert lifted == value
        assert type(lifted) is Fraction
        assert type(lifted.numerator) is int
        assert type(lifted.denominator) is int


@given(st.integers())
def test_every_integer_type_lifts_to_the_same_fraction(value):
    for spelling in (value, sympy.Integer(value), flint.fmpz(value), str(value), ScalarTensor(value)):
        assert lift(spelling) == value
        assert type(lift(spelling)) is Fraction


@pytest.mark.parametrize("dtype", ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"])
def test_the_extreme_integers_of_every_numpy_width_are_exact(dtype):
    limits = np.iinfo(dtype)
    for extreme in (limits.min, limits.max):
        assert lift(np.dtype(dtype).type(extreme)) == extreme
        assert lift(np.array(extreme, dtype=dtype)) == extreme
        assert lift(np.array(extreme, dtype=np.dtype(dtype).newbyteorder())) == extreme


# IEEE 754: name, bits of the exponent, bits of the fraction.
FORMATS = [("f2", 5, 10), ("f4", 8, 23), ("f8", 11, 52)]


def decoded(bits: int, exponent_bits: int, fraction_bits: int) -> Fraction | None:
    """The value of an IEEE 754 bit pattern by its definition; None for NaN and infinities."""
    sign = -1 if bits >> (exponent_bits + fraction_bits) else 1
    exponent = (bits >> fraction_bits) & (2**exponent_bits - 1)
    fraction = bits & (2**fraction_bits - 1)
    if exponent == 2**exponent_bits - 1:
        return None
    bias = 2 ** (exponent_bits - 1) - 1
    mantissa, power = (fraction + 2**fraction_bits, exponent) if exponent else (fraction, 1)  # else subnormal
    return sign * mantissa * Fraction(2) ** (power - bias - fraction_bits)


@pytest.mark.parametrize(("name", "exponent_bits", "fraction_bits"), FORMATS)
@given(data=st.data())
def test_a_float_of_every_width_is_the_dyadic_rational_of_its_bits(name, exponent_bits, fraction_bits, data):
    width = 1 + exponent_bits + fraction_bits
    bits = data.draw(st.integers(0, 2**width - 1))
    array = np.array(bits, dtype=f"u{width // 8}").view(name)
    expected = decoded(bits, exponent_bits, fraction_bits)
    for spelling in (array, array[()], array.astype(array.dtype.newbyteorder()), ScalarTensor(array.item())):
        if expected is None:
            with pytest.raises(InexactInput):
                lift(spelling)
        else:
            assert lift(spelling) == expected


def test_zeros_and_subnormals_are_exact():
    assert lift(-0.0) == 0
    assert lift(5e-324) == Fraction(1, 2**1074)
    assert lift(np.float16(6e-8)) == Fraction(1, 2**24)  # the least positive binary16


@pytest.mark.parametrize(
    "value",
    [
        True,
        False,
        np.True_,
        np.array(True),
        ScalarTensor(True),
        math.nan,
        math.inf,
        -math.inf,
        np.float32("nan"),
        np.float16("inf"),
        np.array(np.nan),
        1j,
        np.complex64(1),
        sympy.I,
        None,
        np.array(None, dtype=object),
        sympy.nan,
        sympy.oo,
        sympy.zoo,
        sympy.pi,
        sympy.Float("0.5"),
        sympy.true,
        np.longdouble(1),
        np.datetime64("2020-01-01", "ns"),
        np.timedelta64(3, "ns"),
        np.array([1]),
        np.array([[1.0]]),
        ScalarTensor(1.0, ndim=1),
        [1],
        (1, 2),
        {},
        b"1",
        bytearray(b"1"),
        Decimal("0.1"),
        object(),
        np.zeros((), dtype=[("a", "i4")]),
        np.bytes_(b"1"),
    ],
    ids=repr,
)
def test_what_is_not_an_exact_number_is_refused_in_one_line(value):
    with pytest.raises(InexactInput) as caught:
        lift(value)
    assert "\n" not in str(caught.value)


# -- text ------------------------------------------------------------------------------------------------------------


@given(fractions)
def test_what_is_written_is_read_back(value):
    assert parse_rational(format_rational(value)) == value
    assert lift(format_rational(value)) == value


@given(fractions, st.integers(1, 50))
def test_lowest_terms_are_written_but_not_required(value, factor):
    assert parse_rational(f"{value.numerator * factor}/{value.denominator * factor}") == value
    assert format_rational(Fraction(value.numerator * factor, value.denominator * factor)) == format_rational(value)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30, places=12))
@example(Decimal("-0.0"))
def test_a_decimal_string_is_the_decimal_and_not_the_nearest_float(value):
    assert parse_decimal(str(value)) == Fraction(value)
    assert lift(str(value)) == Fraction(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_the_repr_of_a_float_is_read_as_the_decimal_that_it_spells(value):
    assert parse_decimal(repr(value)) == Fraction(repr(value))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.25", Fraction(1, 4)),
        ("+0.25", Fraction(1, 4)),
        ("-.5", Fraction(-1, 2)),
        ("5.", Fraction(5)),
        ("007.50", Fraction(15, 2)),
        ("1e-05", Fraction(1, 100000)),
        ("1E+0002", Fraction(100)),
        ("-12.5e1", Fraction(-125)),
        ("1e4096", Fraction(10**4096)),
        ("3e-4096", Fraction(3, 10**4096)),
        ("-0", Fraction(0)),
    ],
)
def test_decimals_are_read_exactly(text, value):
    assert parse_decimal(text) == value
    assert lift(text) == value


@pytest.mark.parametrize(
    "text",
    ["1/0", "0/0", "1/-2", "--1", "", "1/2/3", "0x10", " 1", "1 ", "1/2\n", "1_000", "1 /2", "/2", "1/", "-", "+",
     "nan", "inf", "Infinity", "-Infinity", "١/٢", "１２", "½", "1e", "e5", ".", "1..2", "1.2.3", "1e1.5", "1,5",
     "0.5/2", "1/02", "1e1_0", "\ud800", "1\x00", "true", "1j", "1e+-5"],
)  # fmt: skip
def test_text_that_is_not_a_number_is_refused_in_one_line(text):
    for read in (parse_rational, parse_decimal, lift):
        with pytest.raises(InexactInput) as caught:
            read(text)
        assert str(caught.value).isprintable()
        str(caught.value).encode("utf-8")


@pytest.mark.parametrize("text", ["+1/2", "+1", "0.5", "1e5", "01", "01/2", "1/02", "-01"])
def test_a_strict_rational_has_one_spelling_of_each_integer(text):
    with pytest.raises(InexactInput):
        parse_rational(text)


@pytest.mark.parametrize(
    "text",
    ["1e999999999", "1e-999999999", "0e999999999", "1e4097", "0e-4097", "1e00000000004097", "1e" + "9" * 100_000],
)
def test_an_absurd_exponent_is_refused_before_any_arithmetic(text):
    for read in (parse_decimal, lift):  # the arithmetic would take minutes, and gigabytes
        with pytest.raises(InexactInput, match=f"beyond {MAX_EXPONENT}"):
            read(text)


@pytest.fixture
def lowest_interpreter_limit():
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(640)
    yield
    assert sys.get_int_max_str_digits() == 640, "the limit belongs to the user"
    sys.set_int_max_str_digits(before)


@pytest.mark.usefixtures("lowest_interpreter_limit")
@pytest.mark.parametrize("digits", [639, 640, 641, 4300, 4301, 5000, MAX_DIGITS])
def test_long_numbers_are_exact_whatever_the_limit_of_the_interpreter(digits):
    # 99...9 with d digits is 10**d - 1, and 3 divides it.
    nines, threes = "9" * digits, "3" * digits
    value = 10**digits - 1
    assert parse_rational(nines) == parse_decimal(nines) == lift(nines) == value
    assert parse_rational(f"-{nines}") == lift("-" + nines) == -value
    assert parse_rational(f"{nines}/{threes}") == lift(f"{nines}/{threes}") == 3
    assert parse_rational(f"1/{nines}") == Fraction(1, value)
    assert parse_decimal("." + nines) == lift("." + nines) == Fraction(value, 10**digits)
    assert format_rational(Fraction(-value)) == f"-{nines}"
    assert format_rational(Fraction(1, value)) == f"1/{nines}"


@pytest.mark.usefixtures("lowest_interpreter_limit")
@pytest.mark.parametrize(
    "text",
    ["1" * (MAX_DIGITS + 1), "-" + "1" * (MAX_DIGITS + 1), "1/" + "1" * (MAX_DIGITS + 1), "7" * 1_000_000,
     "1" * 60_000 + "." + "1" * 60_000, "." + "1" * (MAX_DIGITS + 1), " " * 10_000_000],
    ids=["digits", "negative", "denominator", "million", "mantissa", "decimals", "spaces"],
)  # fmt: skip
def test_more_digits_than_the_limit_are_refused_with_a_short_message(text):
    for read in (parse_rational, parse_decimal, lift):
        with pytest.raises(InexactInput) as caught:
            read(text)
        assert len(str(caught.value)) < 200
    with pytest.raises(InexactInput, match=f"more than {MAX_DIGITS} digits"):
        lift(text)
