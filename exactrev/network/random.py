"""Random networks, the same for the same seed: He initialisation as in the paper, and small random rationals.

Knows distributions of weights. The floats that are drawn are lifted exactly, once; nothing above sees them.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import sqrt
from operator import index
from typing import Literal

import numpy as np

from exactrev.errors import InvalidNetwork
from exactrev.network.network import Network

__all__ = ["he_network", "random_rational_network"]


def he_network(widths: Sequence[int], seed: int, dtype: Literal["float64", "float32"] = "float64") -> Network:
    """A network of the given widths (n_in, n_1, ..., n_d, n_out) as the paper initialises it (§6).

    Weights are drawn from N(0, 2/fan-in) and biases from N(0, 1), in all layers, by NumPy's ``default_rng(seed)``:
    layer by layer, the matrix of shape (out, in) row by row, then the bias. With "float32" the same draws are rounded
    to binary32. Either way the weights of the network are exactly these floats.

    >>> he_network((2, 5, 5, 1), seed=0).architecture
    '2-5-5-1'
    """
    if dtype not in ("float64", "float32"):
        raise InvalidNetwork("no such dtype", dtype=dtype, expected="float64 or float32")
    rng = np.random.default_rng(seed)
    layers = []
    for n_in, n_out in _shapes(widths):
        weights = rng.standard_normal((n_out, n_in)) * sqrt(2 / n_in)
        biases = rng.standard_normal(n_out)
        layers.append((weights.astype(dtype).tolist(), biases.astype(dtype).tolist()))
    return Network.from_arrays(layers)


def random_rational_network(
    widths: Sequence[int], seed: int, *, numerator: int = 9, denominator: int = 4
) -> Network:
    """A network of the given widths with entries p/q, p uniform in -numerator..numerator, q uniform in 1..denominator.

    With ``denominator=1`` the weights are small integers: degenerate networks are common among these.

    >>> net = random_rational_network((2, 3, 1), seed=0, numerator=2, denominator=1)
    >>> all(abs(entry) <= 2 and entry.denominator == 1 for row in net.layers[0].W for entry in row)
    True
    """
    if numerator < 0 or denominator < 1:
        raise InvalidNetwork("no rationals in this range", numerator=numerator, denominator=denominator)
    rng = np.random.default_rng(seed)
    layers = []
    for n_in, n_out in _shapes(widths):
        p = rng.integers(-numerator, numerator, (n_out, n_in + 1), endpoint=True).tolist()
        q = rng.integers(1, denominator, (n_out, n_in + 1), endpoint=True).tolist()
        rows = [[Fraction(*pair) for pair in zip(*row, strict=True)] for row in zip(p, q, strict=True)]
        layers.append(([row[:-1] for row in rows], [row[-1] for row in rows]))
    return Network.from_arrays(layers)


def _shapes(widths: Sequence[int]) -> list[tuple[int, int]]:
    """(n_in, n_out) of every layer."""
    counts = [index(width) for width in widths]
    if len(counts) < 2 or min(counts) < 1:
        raise InvalidNetwork("a network needs widths n_in, ..., n_out, all positive", widths=tuple(counts))
    return list(pairwise(counts))
