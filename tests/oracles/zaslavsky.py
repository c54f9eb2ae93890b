"""The number of regions of a generic arrangement of hyperplanes: Zaslavsky (1975)."""

from __future__ import annotations

from math import comb

__all__ = ["zaslavsky", "zaslavsky_bounded"]


def zaslavsky(n: int, m: int) -> int:
    """The number of regions into which m hyperplanes in general position cut R^n.

    >>> zaslavsky(2, 3)
    7
    """
    return sum(comb(m, k) for k in range(n + 1))


def zaslavsky_bounded(n: int, m: int) -> int:
    """How many of them are bounded.

    >>> zaslavsky_bounded(2, 3)
    1
    """
    return comb(m - 1, n) if m else 0
