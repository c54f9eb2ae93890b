"""A rational point where two networks differ: searched for in floats, checked exactly.

Knows both networks. A point that is returned is a proof; None is none: see `equality` for proofs. The search goes
after what a sample misses: for every hidden neuron of either network it climbs to where the neuron is on, and to where
it is off, however rarely that happens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from exactrev.equivalence.side_by_side import require_comparable
from exactrev.network import Network, Point

__all__ = ["find_difference", "first_difference"]

FloatArray = npt.NDArray[np.float64]
Floats = list[tuple[FloatArray, FloatArray]]

SCALES = (1.0, 1.0, 0.25, 4.0, 16.0, 256.0)
"""Starts are Gaussian, of these sizes in turn."""

_BITS = 24
"""Points are rounded to 2^-24."""

_CHUNK = 64
"""So many points are checked at once."""

_STEPS = 60
_STARTS = 24


def find_difference(truth: Network, candidate: Network, seed: int = 0, budget: int = 20_000) -> Point | None:
    """A point where the networks have other values, or None if at most `budget` points, checked exactly, show none.

    The points are random ones of several sizes; then, for every hidden neuron of either network, points on the way up
    and down its preactivation by float gradients, where it has just changed sign and where the way ends. The same
    `seed` gives the same points. Raises `InvalidNetwork` if the networks cannot be compared.

    >>> truth = Network.from_arrays([([[1], [1]], [0, -1000]), ([[1, 1]], [0])])
    >>> candidate = Network.from_arrays([([[1]], [0]), ([[1]], [0])])
    >>> point = find_difference(truth, candidate)
    >>> point[0] > 1000
    True
    """
    require_comparable(truth, candidate)
    rng = np.random.default_rng(seed)
    left = budget
    for batch in _batches(truth, candidate, rng):
        points = [_exact(x) for x in batch[:left]]
        left -= len(points)
        found = first_difference(truth, candidate, points)
        if found is not None or left <= 0:
            return found
    return None


def first_difference(a: Network, b: Network, points: Sequence[Point]) -> Point | None:
    """The first of these points at which a and b have other values."""
    for start in range(0, len(points), _CHUNK):
        chunk = points[start : start + _CHUNK]
        for x, p, q in zip(chunk, a.evaluate(chunk), b.evaluate(chunk), strict=True):
            if p != q:
                return x
    return None


# -- where to look -----------------------------------------------------------------------------------------------------


def _batches(truth: Network, candidate: Network, rng: np.random.Generator) -> Iterator[FloatArray]:
    """Points to check, the cheapest first: random ones, then neuron by neuron; suspicious ones first in each batch."""
    nets = [_floats(truth), _floats(candidate)]
    with np.errstate(all="ignore"):
        yield _starts(150, truth.n_in, rng)
        yield _most_suspicious(nets, _starts(20_000, truth.n_in, rng), 50)
        for layers in nets:
            for k, (W, _) in enumerate(layers[:-1]):
                for neuron in range(len(W)):
                    for sign in (1.0, -1.0):
                        starts = _starts(_STARTS, truth.n_in, rng)
                        points = _climb(layers, k, neuron, sign, starts, rng)
                        yield _most_suspicious(nets, points, len(points))


def _starts(count: int, n_in: int, rng: np.random.Generator) -> FloatArray:
    scales = np.resize(np.array(SCALES), count)
    points: FloatArray = rng.standard_normal((count, n_in)) * scales[:, None]
    return points


def _most_suspicious(nets: Sequence[Floats], points: FloatArray, most: int) -> FloatArray:
    """The points at which the float values differ most for their size, in that order."""
    points = points[np.isfinite(points).all(axis=1)]
    p, q = (_forward(layers, points)[-1] for layers in nets)
    gap = np.nan_to_num((np.abs(p - q) / (1 + np.abs(p) + np.abs(q))).max(axis=1), nan=np.inf)
    return points[np.argsort(-gap, kind="stable")[:most]]


def _climb(
    layers: Floats, k: int, neuron: int, sign: float, x: FloatArray, rng: np.random.Generator
) -> FloatArray:
    """From each start, up sign * z by its gradient; the points where z has just become positive, and the ends.

    Steps are as long as the linear map at hand needs to bring z a little beyond 0, within bounds, and shorter where
    that brings z down; then a random turn helps over a ridge.
    """
    value, slope = _value_and_slope(layers, k, neuron, sign, x)
    found = []
    length = np.ones(len(x))
    for _ in range(_STEPS):
        norm = np.linalg.norm(slope, axis=1)
        flat = norm < 1e-12
        direction = np.where(flat[:, None], rng.standard_normal(x.shape), slope / np.maximum(norm, 1e-300)[:, None])
        needed = np.where((value < 0) & ~flat, 1.05 * -value / np.maximum(norm, 1e-300) + 1e-3, length)
        ahead = x + np.minimum(needed, length)[:, None] * direction
        ahead += 0.05 * length[:, None] * rng.standard_normal(x.shape)
        new_value, new_slope = _value_and_slope(layers, k, neuron, sign, ahead)
        better = (new_value > value) | flat
        crossed = better & (value <= 0) & (new_value > 0)
        if crossed.any():
            found.append(ahead[crossed])
        x = np.where(better[:, None], ahead, x)
        value, slope = np.where(better, new_value, value), np.where(better[:, None], new_slope, slope)
        length = np.clip(length * np.where(better, 1.5, 0.5), 1e-4, 1e6)
    return np.concatenate([*found, x])


def _value_and_slope(
    layers: Floats, k: int, neuron: int, sign: float, x: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """sign * z, and its gradient, for neuron `neuron` of the hidden layer at index k, at every row of x."""
    preactivations = _forward(layers[: k + 1], x)
    back = np.repeat(sign * layers[k][0][neuron][None, :], len(x), axis=0)
    for (W, _), z in zip(reversed(layers[:k]), reversed(preactivations[:-1]), strict=True):
        back = (back * (z > 0)) @ W
    return sign * preactivations[-1][:, neuron], back


def _forward(layers: Floats, x: FloatArray) -> list[FloatArray]:
    """The preactivations of all layers, the outputs last, shape (points, width) each."""
    found: list[FloatArray] = []
    for W, b in layers:
        found.append((x if not found else np.maximum(found[-1], 0)) @ W.T + b)
    return found


def _floats(net: Network) -> Floats:
    return [layer.as_floats() for layer in net.layers]


def _exact(x: FloatArray) -> Point:
    return tuple(Fraction(round(Fraction(entry) * 2**_BITS), 2**_BITS) for entry in x.tolist())
