"""Numbers in and out: what counts as an exact rational, and how a rational is read and written.

Knows the number types of Python, NumPy, PyTorch, sympy and flint, and three spellings: the integer, ``p/q`` and the
decimal. Knows nothing of files: a reader decides which spelling its format allows and calls that parser. Everything
above lets numbers in through here alone, so a float is taken exactly, once, and nothing is ever rounded.

Text is hostile until it is read. Each parser looks at the whole text before any arithmetic, and refuses numbers of
more than `MAX_DIGITS` digits and exponents beyond `MAX_EXPONENT`: ``1e999999999`` costs nothing.
"""

from __future__ import annotations

import re
from fractions import Fraction
from numbers import Rational
from typing import Any

import flint

from exactrev.errors import InexactInput

__all__ = ["MAX_DIGITS", "MAX_EXPONENT", "format_rational", "lift", "nearest_float", "parse_decimal", "parse_rational"]

MAX_DIGITS = 100_000
"""The longest numerator, denominator or mantissa that is read, in decimal digits."""

MAX_EXPONENT = 4096
"""The largest decimal exponent that is read, either way: binary64 ends at 308, binary128 at 4932."""

# Python refuses to convert between int and text beyond a limit that the user may lower to 640 digits, and it is
# quadratic there; flint has no limit and is fast.
_PYTHON_DIGITS = 640
_PYTHON_BITS = 2048

_INTEGER = "0|[1-9][0-9]*"
_RATIONAL = re.compile(f"(-?(?:{_INTEGER}))(?:/([1-9][0-9]*))?")
_DECIMAL = re.compile(r"([+-]?)(?:([0-9]+)\.?([0-9]*)|\.([0-9]+))(?:[eE]([+-]?)([0-9]+))?")


def lift(value: Any) -> Fraction:
    """The exact rational value of a number.

    Takes Python integers, Fractions and floats; sympy's and flint's integers and rationals; NumPy's integers and
    floats of at most 64 bits, 0-d arrays, and PyTorch's scalar tensors; strings that `parse_rational` or
    `parse_decimal` reads. A binary float is the dyadic rational that it is; a decimal string is the decimal.

    >>> lift(0.1), lift("0.1"), lift("-2/6")
    (Fraction(3602879701896397, 36028797018963968), Fraction(1, 10), Fraction(-1, 3))

    Raises `InexactInput` for what has no exact value (NaN, infinities) and for what is not a number here: truth
    values, complex numbers, None, long doubles, arrays, other text.
    """
    if type(value) is Fraction:
        return value
    if type(value) is int:
        return Fraction(value)
    if isinstance(value, float):
        try:
            return Fraction(value)
        except (ValueError, OverflowError):
            raise InexactInput("NaN and infinities have no exact value", value=float(value)) from None
    if isinstance(value, str):
        return _from_text(value)
    if isinstance(value, bool):
        raise InexactInput("a truth value is not a number", value=value)
    if isinstance(value, (Rational, flint.fmpz, flint.fmpq)) and not hasattr(value, "dtype"):
        return Fraction(int(value.numerator), int(value.denominator))
    return lift(_python_scalar(value))


def _python_scalar(value: Any) -> Any:
    """What a NumPy scalar, a 0-d array or a scalar tensor holds, as a Python object (recognised by its shape)."""
    dates = getattr(getattr(value, "dtype", None), "kind", None) in ("m", "M")  # NumPy counts them among the integers
    if not dates and getattr(value, "ndim", None) == 0 and hasattr(value, "item"):
        item = value.item()
        if type(item) is not type(value):  # a long double is its own item: it fits into no Python number
            return item
    raise InexactInput("this is not an exact number", type=type(value).__qualname__)


def parse_rational(text: str) -> Fraction:
    """The rational written as ``p/q`` or as an integer, in ASCII digits without leading zeros, and nothing else.

    Lowest terms are not required: a reader that wants them compares with `format_rational`. Raises `InexactInput`
    for any other text and for more than `MAX_DIGITS` digits above or below the line.

    >>> parse_rational("-2/4")
    Fraction(-1, 2)
    """
    _refuse_long(text)
    match = _RATIONAL.fullmatch(text)
    if match is None:
        raise InexactInput('not a rational "p/q"', text=_shown(text))
    numerator, denominator = match.groups()
    return _quotient(_integer(numerator), _integer(denominator or "1"))


def parse_decimal(text: str) -> Fraction:
    """The rational written as a decimal: sign, digits, point, exponent, for example ``-1.25``, ``.5`` or ``1e-05``.

    Raises `InexactInput` for any other text (no spaces, underscores or foreign digits), for a mantissa of more than
    `MAX_DIGITS` digits and for an exponent beyond `MAX_EXPONENT` either way, whatever the mantissa.

    >>> parse_decimal("-1.25e-1")
    Fraction(-1, 8)
    """
    _refuse_long(text)
    match = _DECIMAL.fullmatch(text)
    if match is None:
        raise InexactInput("not a decimal number", text=_shown(text))
    sign, whole, after_digits, after_point, exponent_sign, exponent_digits = match.groups()
    decimals = after_point or after_digits or ""
    exponent_digits = (exponent_digits or "").lstrip("0") or "0"
    if len(exponent_digits) > len(str(MAX_EXPONENT)) or int(exponent_digits) > MAX_EXPONENT:
        raise InexactInput(f"an exponent beyond {MAX_EXPONENT}", text=_shown(text))
    exponent = int(exponent_sign + exponent_digits if exponent_sign else exponent_digits) - len(decimals)
    mantissa = _integer((whole or "") + decimals)
    if sign == "-":
        mantissa = -mantissa
    ten = flint.fmpz(10)
    if exponent >= 0:
        return Fraction(int(mantissa * ten**exponent))
    return _quotient(mantissa, ten**-exponent)


def format_rational(value: Fraction) -> str:
    """The canonical spelling, ``p`` or ``p/q`` in lowest terms: what `parse_rational` reads back.

    >>> format_rational(Fraction(6, -4)), format_rational(Fraction(3))
    ('-3/2', '3')
    """
    numerator = _digits(value.numerator)
    return numerator if value.denominator == 1 else f"{numerator}/{_digits(value.denominator)}"


def nearest_float(numerator: int, denominator: int) -> float:
    """The float64 nearest to a rational, infinite where it overflows. For guesses and filters, never for answers.

    >>> nearest_float(1, 3), nearest_float(-10**400, 7)
    (0.3333333333333333, -inf)
    """
    try:
        return numerator / denominator  # int / int is correctly rounded
    except OverflowError:
        return float("inf") if (numerator > 0) == (denominator > 0) else float("-inf")


def _from_text(text: str) -> Fraction:
    _refuse_long(text)
    if _RATIONAL.fullmatch(text):
        return parse_rational(text)
    if _DECIMAL.fullmatch(text):
        return parse_decimal(text)
    raise InexactInput('not a rational "p/q" and not a decimal number', text=_shown(text))


def _refuse_long(text: str) -> None:
    """No pattern ever walks through megabytes: the longest number that is read is two integers and a slash."""
    if len(text) > 2 * MAX_DIGITS + 2:
        raise InexactInput(f"a number of more than {MAX_DIGITS} digits", text=_shown(text))


def _integer(digits: str) -> flint.fmpz:
    """The integer with these digits (and a sign), at most `MAX_DIGITS` of them."""
    if len(digits) <= _PYTHON_DIGITS:
        return flint.fmpz(int(digits))
    if len(digits.lstrip("-")) > MAX_DIGITS:
        raise InexactInput(f"a number of more than {MAX_DIGITS} digits", text=_shown(digits))
    return flint.fmpz(digits)


def _quotient(numerator: flint.fmpz, denominator: flint.fmpz) -> Fraction:
    return Fraction(int(numerator), int(denominator))


def _digits(value: int) -> str:
    return str(value) if value.bit_length() <= _PYTHON_BITS else str(flint.fmpz(value))


def _shown(text: str) -> str:
    """A text as an error message may show it: on one line, escaped, and not too long."""
    return repr(text) if len(text) <= 40 else f"{text[:30]!r}... ({len(text)} characters)"
