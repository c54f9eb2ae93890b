"""A network near a point: the signs and the forms just beside it, in a given direction.

Knows values and slopes, exactly. Knows nothing of certificates.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

from exactrev.certificates.systems import Form, Point, primitive
from exactrev.certificates.trees import Forms, extend
from exactrev.network import Network

__all__ = ["Signs", "cell_forms", "direction", "oriented_rows", "signs_towards"]

Signs = tuple[tuple[int, ...], ...]


def signs_towards(network: Network, point: Point, towards: Sequence[Fraction | int]) -> Signs:
    """The signs of all hidden preactivations at point + t towards for small t > 0 (0 where they vanish there)."""
    pairs = [(x, Fraction(s)) for x, s in zip(point, towards, strict=True)]
    signs = []
    for layer in network.layers[:-1]:
        moved = []
        for *weights, bias in layer.rows:
            first = sum((w * x for w, (x, _) in zip(weights, pairs, strict=True)), Fraction(bias)) / layer.denominator
            slope = sum((w * s for w, (_, s) in zip(weights, pairs, strict=True)), Fraction(0)) / layer.denominator
            moved.append((first, slope))
        zero = (Fraction(0), Fraction(0))
        signs.append(tuple((pair > zero) - (pair < zero) for pair in moved))
        pairs = [max(pair, zero) for pair in moved]
    return tuple(signs)


def cell_forms(network: Network, signs: Signs) -> list[Forms]:
    """The forms of all layers, the output layer last, where the hidden preactivations have these signs."""
    forms = [extend(network.layers[0], None, ())]
    for layer, below in zip(network.layers[1:], signs, strict=True):
        forms.append(extend(layer, forms[-1], below))
    return forms


def oriented_rows(forms: Sequence[Forms], signs: Signs) -> list[Form]:
    """The primitive forms of all hidden neurons, in order, positive on the cell with these signs (or zero)."""
    rows = []
    for (layer, _), own in zip(forms[:-1], signs, strict=True):
        rows += [primitive([-c for c in form] if sign < 0 else form) for form, sign in zip(layer, own, strict=True)]
    return rows


def direction(start: Point, end: Point) -> tuple[int, ...]:
    """Integers that point from one point to another."""
    steps = [b - a for a, b in zip(start, end, strict=True)]
    common = lcm(*(step.denominator for step in steps))
    return primitive([int(step * common) for step in steps])
