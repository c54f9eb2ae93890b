"""The memorisation task of §6: points with Gaussian coordinates, arbitrary binary labels, and networks trained on them.

Knows how to train in floats: He initialisation as for untrained networks, Adam (Kingma & Ba, 2014, with the constants
given there), cross-entropy of the softmax of two outputs. What comes out is a network like any other, whose weights are
exactly the float32 numbers that the training ended with. The paper does not say how large its batches are; here they
have 100 points.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from exactrev.errors import InvalidNetwork
from exactrev.network import Network, he_network
from exactrev.network.affine import FloatArray

__all__ = ["Memorisation", "memorise"]

LabelArray = npt.NDArray[np.int64]

POINTS, INPUTS, LABELS, EPOCHS, BATCH = 1000, 10, 2, 1000, 100
RATE, DECAY, SQUARE_DECAY, TINY = 1e-3, 0.9, 0.999, 1e-8  # Kingma & Ba's


@dataclass(frozen=True, slots=True)
class Memorisation:
    """A trained network, and how many of the points it labels right: counted exactly, with the weights as they are."""

    network: Network
    right: int
    points: int


def memorise(hidden: Sequence[int], seed: int, *, points: int = POINTS, epochs: int = EPOCHS) -> Memorisation:
    """Train a network 10-...-2 to memorise `points` random labels.

    Points, labels, initial weights and order follow from the seed; the last bits of the result may depend on the
    machine's linear algebra. Raises `InvalidNetwork` if the training leaves the finite numbers.
    """
    rng = np.random.default_rng([seed, 6])
    x = rng.standard_normal((points, INPUTS))
    labels = rng.integers(0, LABELS, points)
    parameters = [part for layer in he_network((INPUTS, *hidden, LABELS), seed).layers for part in layer.as_floats()]
    first, second = ([np.zeros_like(part) for part in parameters] for _ in range(2))
    steps = 0
    for _ in range(epochs):
        for batch in np.array_split(rng.permutation(points), -(-points // BATCH)):
            steps += 1
            for part, m, v, slope in zip(
                parameters, first, second, _gradients(parameters, x[batch], labels[batch]), strict=True
            ):
                m += (1 - DECAY) * (slope - m)
                v += (1 - SQUARE_DECAY) * (slope**2 - v)
                part -= RATE * (m / (1 - DECAY**steps)) / (np.sqrt(v / (1 - SQUARE_DECAY**steps)) + TINY)
    if not all(np.isfinite(part).all() for part in parameters):
        raise InvalidNetwork("the training left the finite numbers", seed=seed, hidden=tuple(hidden))
    rounded = [part.astype(np.float32) for part in parameters]
    net = Network.from_arrays((W.tolist(), b.tolist()) for W, b in zip(rounded[::2], rounded[1::2], strict=True))
    right = sum(int(one > zero) == label for (zero, one), label in zip(net.evaluate(x), labels.tolist(), strict=True))
    return Memorisation(net, right, points)


def _gradients(parameters: Sequence[FloatArray], x: FloatArray, labels: LabelArray) -> Iterator[FloatArray]:
    """The derivatives of the mean cross-entropy by every W and b, in the order of `parameters`."""
    layers = list(zip(parameters[::2], parameters[1::2], strict=True))
    activations = [x]
    for k, (W, b) in enumerate(layers):
        z = activations[-1] @ W.T + b
        activations.append(z if k == len(layers) - 1 else np.maximum(z, 0))
    logits = activations.pop()
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    back = weights / weights.sum(axis=1, keepdims=True)
    back[np.arange(len(labels)), labels] -= 1
    back /= len(labels)
    slopes: list[FloatArray] = []
    for (W, _), a in zip(reversed(layers), reversed(activations), strict=True):
        slopes += [back.sum(axis=0), back.T @ a]
        back = (back @ W) * (a > 0)
    return reversed(slopes)
