"""How witnesses are written down: exactly, as text for people and as JSON for programs. Knows no statement."""

from __future__ import annotations

import decimal
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from exactrev.arithmetic.numbers import format_rational
from exactrev.network import AffineMap, Neuron

__all__ = ["as_json", "as_text"]

LONGEST = 40
"""Characters of a rational that is printed in full; JSON always has all of them."""


def as_json(value: Any) -> Any:
    """Plain lists, dictionaries, strings, truth values and small integers; rationals as strings ``p/q``.

    >>> as_json({"point": (Fraction(1, 2), Fraction(3)), "neuron": Neuron(2, 0), "pattern": ((True, False),)})
    {'point': ['1/2', '3'], 'neuron': 'z[2,0]', 'pattern': [[True, False]]}
    """
    if isinstance(value, Fraction):
        return format_rational(value)
    if isinstance(value, Neuron):
        return str(value)
    if isinstance(value, AffineMap):
        return {"W": as_json(value.W), "b": as_json(value.b)}
    if isinstance(value, Mapping):
        return {str(key): as_json(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_json(entry) for entry in value]
    if value is None or isinstance(value, (bool, int, str)):
        return value
    raise TypeError(f"a witness does not consist of {type(value).__name__}")


def as_text(value: Any) -> str:
    """One line. Rationals in full, or where that is too long an approximation after a tilde.

    >>> as_text((Fraction(1, 2), Fraction(3))), as_text(((True, False), (True,))), as_text([Neuron(1, 0), Neuron(2, 1)])
    ('(1/2, 3)', '+-|+', 'z[1,0], z[2,1]')
    """
    if isinstance(value, Fraction):
        return _rational(value)
    if isinstance(value, AffineMap):
        return "x -> " + _affine(value)
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {as_text(entry)}" for key, entry in value.items())
    if isinstance(value, list):
        return ", ".join(map(as_text, value))
    if isinstance(value, tuple) and not isinstance(value, Neuron):
        if value and all(isinstance(layer, tuple) and all(isinstance(on, bool) for on in layer) for layer in value):
            return "|".join("".join("+" if on else "-" for on in layer) for layer in value)
        return f"({', '.join(map(as_text, value))})"
    return str(value)


def _rational(value: Fraction) -> str:
    text = format_rational(value)
    if len(text) <= LONGEST:
        return text
    context = decimal.Context(prec=7, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN)
    quotient = context.divide(decimal.Decimal(value.numerator), decimal.Decimal(value.denominator))
    return f"~{quotient}"


def _affine(map: AffineMap) -> str:
    """The outputs as expressions in x0, x1, ...: '(2 x0 - 1/3 x1 + 4, 0)'."""
    outputs = []
    for row, constant in zip(map.W, map.b, strict=True):
        terms = [(weight, f" x{k}") for k, weight in enumerate(row) if weight]
        terms += [(constant, "")] if constant or not terms else []
        text = ""
        for number, name in terms:
            sign = ("-" if number < 0 else "") if not text else (" - " if number < 0 else " + ")
            text += sign + (name.strip() if abs(number) == 1 and name else _rational(abs(number)) + name)
        outputs.append(text)
    return f"({', '.join(outputs)})"
