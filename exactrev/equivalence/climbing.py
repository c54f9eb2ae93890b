"""Points where a neuron may be on, however rarely it is: by climbing its preactivation in floating point.

Knows the float layers of a network. Everything it returns is a guess.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["Floats", "climb", "starts"]

FloatArray = npt.NDArray[np.float64]
Floats = Sequence[tuple[FloatArray, FloatArray]]
"""W and b of every layer."""

_SCALES = (1.0, 1.0, 0.25, 4.0, 16.0, 256.0)
_STEPS = 60


def starts(count: int, n_in: int, rng: np.random.Generator) -> FloatArray:
    """Gaussian points of several sizes in turn."""
    scales = np.resize(np.array(_SCALES), count)
    points: FloatArray = rng.standard_normal((count, n_in)) * scales[:, None]
    return points


def climb(layers: Floats, k: int, neuron: int, x: FloatArray, rng: np.random.Generator) -> FloatArray:
    """From each start, up the preactivation z of a neuron of the hidden layer at index k, to where it is positive.

    Steps are as long as the linear map at hand needs to bring z a little beyond 0, within bounds, and shorter where
    that brings z down; then a random turn helps over a ridge. Only points with z > 0 in floats are returned.
    """
    with np.errstate(all="ignore"):
        value, slope = _value_and_slope(layers, k, neuron, x)
        length = np.ones(len(x))
        for _ in range(_STEPS):
            if (value > 0).any():
                break
            norm = np.linalg.norm(slope, axis=1)
            flat = norm < 1e-12
            direction = np.where(
                flat[:, None], rng.standard_normal(x.shape), slope / np.maximum(norm, 1e-300)[:, None]
            )
            needed = np.where(flat, length, 1.05 * -value / np.maximum(norm, 1e-300) + 1e-3)
            ahead = x + np.minimum(needed, length)[:, None] * direction
            ahead += 0.05 * length[:, None] * rng.standard_normal(x.shape)
            new_value, new_slope = _value_and_slope(layers, k, neuron, ahead)
            better = (new_value > value) | flat
            x = np.where(better[:, None], ahead, x)
            value, slope = np.where(better, new_value, value), np.where(better[:, None], new_slope, slope)
            length = np.clip(length * np.where(better, 1.5, 0.5), 1e-4, 1e6)
        found: FloatArray = x[(value > 0) & np.isfinite(x).all(axis=1)]
    return found


def _value_and_slope(layers: Floats, k: int, neuron: int, x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """z and its gradient for one neuron of the hidden layer at index k, at every row of x."""
    preactivations: list[FloatArray] = []
    for W, b in layers[: k + 1]:
        preactivations.append((x if not preactivations else np.maximum(preactivations[-1], 0)) @ W.T + b)
    back = np.repeat(layers[k][0][neuron][None, :], len(x), axis=0)
    for (W, _), z in zip(reversed(layers[:k]), reversed(preactivations[:-1]), strict=True):
        back = (back * (z > 0)) @ W
    return preactivations[-1][:, neuron], back
