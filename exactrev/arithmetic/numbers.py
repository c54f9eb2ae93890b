"""Numbers in: parsing and lifting to exact rationals. A float is a dyadic rational and is taken exactly."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from exactrev.errors import InexactInput

__all__ = ["lift"]


def lift(value: Any) -> Fraction:
    """The exact rational value of a number. Raises `InexactInput` for anything that has none."""
    if isinstance(value, Fraction):
        return value
    if isinstance(value, bool):
        raise InexactInput("a truth value is not a number", value=value)
    if isinstance(value, (int, str)):
        return Fraction(value)
    return Fraction(*float(value).as_integer_ratio())
