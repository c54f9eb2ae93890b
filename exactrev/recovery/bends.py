"""The bend of a boundary B_z where it crosses B_z': one scalar, and with it a weight (Theorem 3, Appendix C).

Knows rows of numbers, over the rationals or over any field of rational functions: the same lines recover a network
and prove the identity for letters. Knows nothing of queries, walks and networks; those who walk stand above.

On one side of B_z' the gradient of z is v_r, in some scale; on the other side only a normal v_s of B_z is known. Since
z changes by a multiple of the crossed preactivation, whose gradient is v, there are scalars mu and s with

    mu v_s = v_r + s v,

and they are unique when v_s and v are independent. The printed appendix sets v_s = c grad z and then solves
c v_s - v_r = W v; its own definition gives v_s / c - v_r, so our mu is its 1/c. Nothing is normalised, since unit
normals are irrational, and no sign has to be known: neither of z, nor of z', nor of v_s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from exactrev.arithmetic.numbers import lift
from exactrev.errors import AssumptionFailed

__all__ = ["Bend", "find_bend", "find_outgoing_weight"]

Element = Any
"""An element of a field: a Fraction, or an element of one of sympy's fields of rational functions."""

Row = Sequence[Element]
"""A gradient; or a whole affine form, its gradient followed by its constant."""


@dataclass(frozen=True, slots=True)
class Bend:
    """mu v_s = v_r + s v: `mu` brings the row after the crossing into the scale of the one before, `step` is s."""

    mu: Element
    step: Element

    def weight(self, side: int) -> Element:
        """The weight from the crossed neuron z' to z, in the scale (and up to the sign) of z.

        `side` is the sign, +1 or -1, that the form of z' in use has beyond the crossing. If z' is active there, z has
        gained W z', else it has lost W z'. Turning the form round turns both `side` and s: the true sign of z' does
        not matter. (The weight belongs to z' only if z' is in the layer just before z; else `mu` is all there is.)
        """
        if side not in (1, -1):
            raise ValueError(f"a side is +1 or -1, not {side!r}")
        return self.step if side == 1 else -self.step

    def rescale(self, after: Row) -> tuple[Element, ...]:
        """The row of z after the crossing, in the scale of the one before."""
        return tuple(self.mu * entry for entry in _elements(after))


def find_bend(before: Row, after: Row, crossed: Row) -> Bend:
    """The scalars of `mu after = before + step crossed`, from three rows of the same kind.

    `before` is z's row in the scale in use, `after` any multiple of its row beyond the boundary of the crossed neuron,
    and `crossed` the row of that neuron, of either sign. The rows are gradients, or whole affine forms: then the
    constants have to agree as well. Every entry is checked.

    Raises `AssumptionFailed` if `after` and `crossed` are parallel (the boundaries do not cross there); if the three
    rows do not lie in a plane (`witness` is an entry that misses the equation, `residual` by how much: this is not z,
    or it was not this neuron that was crossed); and if mu is 0, so that z would have no boundary beyond. Raises
    `ValueError` for rows of different lengths.

    >>> bend = find_bend((1, 0), ("1/2", "1/2"), (0, 1))  # grad z goes from (1, 0) to (1, 1)
    >>> bend.mu, bend.step
    (Fraction(2, 1), Fraction(1, 1))
    >>> bend.rescale(("1/2", "1/2")) == (1, 1)
    True
    """
    r, s, v = map(_elements, (before, after, crossed))
    if not len(r) == len(s) == len(v):
        raise ValueError(f"rows of lengths {len(r)}, {len(s)}, {len(v)} belong to different spaces")
    i = next((i for i, entry in enumerate(v) if entry), None)
    j = None if i is None else next((j for j in range(len(v)) if s[j] * v[i] != s[i] * v[j]), None)
    if i is None or j is None:
        raise AssumptionFailed("the boundary and the one it crosses are parallel", witness=(s, v))
    mu = (r[j] * v[i] - r[i] * v[j]) / (s[j] * v[i] - s[i] * v[j])
    step = (mu * s[i] - r[i]) / v[i]
    for place, (r_k, s_k, v_k) in enumerate(zip(r, s, v, strict=True)):
        residual = mu * s_k - r_k - step * v_k
        if residual:
            raise AssumptionFailed("no bend at this crossing joins the rows", witness=place, residual=residual)
    if not mu:
        raise AssumptionFailed("beyond the crossing the gradient would vanish", witness=i, step=step)
    return Bend(mu, step)


def find_outgoing_weight(before: Row, after: Row, crossed: Row, side: int) -> Element:
    """The scalar o with `after - before = side o crossed`: how strongly a function bends where a neuron switches.

    The rows are gradients or affine forms of a continuous function before and after the crossing, and of the crossed
    neuron, whose form in use has the sign `side` beyond. For an output of the network and a neuron of the last hidden
    layer, o is the weight between them, whatever the sign of the neuron's form: both ReLU(v) and ReLU(-v) bend upwards.

    Raises `AssumptionFailed` if the jump is not a multiple of the crossed row, with the entry as `witness`.

    >>> find_outgoing_weight((0, 0), (6, 3), (2, 1), side=1), find_outgoing_weight((0, 0), (6, 3), (-2, -1), side=-1)
    (Fraction(3, 1), Fraction(3, 1))
    """
    if side not in (1, -1):
        raise ValueError(f"a side is +1 or -1, not {side!r}")
    r, s, v = map(_elements, (before, after, crossed))
    if not len(r) == len(s) == len(v):
        raise ValueError(f"rows of lengths {len(r)}, {len(s)}, {len(v)} belong to different spaces")
    i = next((i for i, entry in enumerate(v) if entry), None)
    if i is None:
        raise AssumptionFailed("the crossed neuron has no gradient", witness=v)
    o = (s[i] - r[i]) / v[i]
    for place, (r_k, s_k, v_k) in enumerate(zip(r, s, v, strict=True)):
        residual = s_k - r_k - o * v_k
        if residual:
            raise AssumptionFailed("the jump is not along the crossed neuron", witness=place, residual=residual)
    return o if side == 1 else -o


def _elements(row: Row) -> tuple[Element, ...]:
    """The entries as elements of a field. Those of sympy's fields know their parent; everything else is a number."""
    return tuple(entry if hasattr(entry, "parent") else lift(entry) for entry in row)
