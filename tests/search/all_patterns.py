"""The same questions answered by trying all activation patterns, one exact linear program each: slow and simple."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

from exactrev.arithmetic.linear_programs import Optimal, maximise
from exactrev.network import AffineMap, Network
from exactrev.search import Condition, Relation


def is_possible(net: Network, conditions: Sequence[Condition]) -> bool:
    """Whether some point satisfies the conditions: on every pattern's closed cell, the largest margin is sought."""
    for signs in product((1, -1), repeat=sum(net.hidden_widths)):
        left, pattern = list(signs), []
        for width in net.hidden_widths:
            pattern.append(tuple(s > 0 for s in left[:width]))
            left = left[width:]
        rows: list[tuple[list[Fraction], Fraction]] = []  # (row, constant): row . (x, margin) + constant >= 0
        flat = iter(signs)
        maps = net.preactivation_maps(pattern)
        for f in maps[:-1]:
            for w, b in zip(f.W, f.b, strict=True):
                s = next(flat)
                rows.append(([*(s * c for c in w), Fraction(0)], s * b))
        for condition in conditions:
            k = condition.layer
            below = AffineMap.from_arrays([condition.row[:-1]], [condition.row[-1]])
            if k > 1:
                below = below.after(switched(maps[k - 2], pattern[k - 2]))
            (w,), (b,) = below.W, below.b
            rows.append(([*w, Fraction(-(condition.relation is Relation.POSITIVE))], b))
            if condition.relation is Relation.ZERO:
                rows.append(([*(-c for c in w), Fraction(0)], -b))
        rows.append(([Fraction(0)] * net.n_in + [Fraction(-1)], Fraction(1)))
        A, b = [[-c for c in row] for row, _ in rows], [constant for _, constant in rows]
        outcome = maximise([0] * net.n_in + [1], A, b)
        if isinstance(outcome, Optimal) and outcome.value > 0:
            return True
    return False


def switched(f: AffineMap, active: Sequence[bool]) -> AffineMap:
    rows = [
        [*row, constant] if on else [Fraction(0)] * (f.n_in + 1)
        for row, constant, on in zip(f.W, f.b, active, strict=True)
    ]
    return AffineMap.from_fractions(rows)
