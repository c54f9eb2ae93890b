"""Signs at blocks of vertices as far as floating point bounds decide them, here or at workers.

Knows the rounded network and one block. An answer depends on its question alone, so it is the same wherever it is
given, bit by bit. Does not know the skeleton; what the bounds leave open, exact integers decide elsewhere.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, TypeVar

import numpy as np

from exactrev.geometry.domain import Domain
from exactrev.geometry.location import locate
from exactrev.geometry.rounding import SLACK, TINY, BoolArray, FloatArray, Forward, RoundedNetwork
from exactrev.geometry.skeleton import Int8Array, Int32Array, Int64Array
from exactrev.network import Network
from exactrev.parallel import Workers

__all__ = ["Answerer", "Opened", "Opening", "Settled", "Settling"]

Answer = TypeVar("Answer", covariant=True)


class Question(Protocol[Answer]):
    """What can be answered from the rounded network."""

    def answer(self, rounded: RoundedNetwork) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Opened:
    """Float values and signs (vertices, neurons) of a layer, and the places (`at`, `index`) that are still open."""

    values: FloatArray
    signs: Int8Array
    at: Int64Array
    index: Int64Array


@dataclass(frozen=True, slots=True)
class Opening:
    """Which signs have the neurons of a new layer at these vertices?"""

    layer: int
    points: FloatArray
    radii: FloatArray
    masks: list[BoolArray]

    def answer(self, rounded: RoundedNetwork) -> Opened:
        p, masks = self.layer - 1, self.masks
        forward = rounded.forward_with_errors(self.points, masks, p)
        spread = rounded.spread_errors(self.radii, forward, masks, p)
        h = forward.activations[-1]
        z = h @ rounded.W[p].T + rounded.b[p]
        bound = rounded.gamma[p] * (np.abs(h) @ rounded.absW[p].T + rounded.absb[p] + TINY)
        bound += (spread @ rounded.absW[p].T) * SLACK
        at, index = np.nonzero(~(np.abs(z) > bound * SLACK) | (not rounded.is_in_range))
        left = _still_open(rounded, index + rounded.offsets[p], at, z[at, index], self.radii, masks, forward)
        return Opened(z, np.sign(z).astype(np.int8), at[left], index[left])


@dataclass(frozen=True, slots=True)
class Settled:
    """Where the vertices are, how they move with the walls, and the signs asked for; those at `left` are still open."""

    points: FloatArray
    radii: FloatArray
    directions: FloatArray | None
    direction_radii: FloatArray | None
    signs: Int8Array
    left: Int64Array


@dataclass(frozen=True, slots=True)
class Settling:
    """Where are these new vertices of a layer, and which signs have neurons `ids` of that layer at vertices `at`?"""

    layer: int
    guesses: FloatArray
    tight: Int32Array
    masks: list[BoolArray]
    at: Int64Array
    ids: Int64Array
    wall_speeds: FloatArray | None

    def answer(self, rounded: RoundedNetwork) -> Settled:
        p, masks = self.layer - 1, self.masks
        found = locate(rounded, self.guesses, self.tight, masks, p, self.wall_speeds)
        signs, left = np.zeros(0, np.int8), np.zeros(0, np.int64)
        if len(self.at):
            values = rounded.values(self.ids, self.at, found.forward.activations)
            spread = rounded.spread_errors(found.radii, found.forward, masks, p)
            bound = rounded.value_errors(self.ids, self.at, found.forward, spread) * SLACK
            signs = np.sign(values).astype(np.int8)
            left = np.flatnonzero(~(np.abs(values) > bound) | (not rounded.is_in_range))
            at, ids = self.at[left], self.ids[left]
            left = left[_still_open(rounded, ids, at, values[left], found.radii, masks, found.forward)]
        return Settled(found.points, found.radii, found.directions, found.direction_radii, signs, left)


class Answerer:
    """Answers questions about one network over one domain, in the order in which they are asked."""

    def __init__(self, net: Network, domain: Domain, rounded: RoundedNetwork, workers: Workers | None) -> None:
        self._rounded = rounded
        self._workers = workers if workers is not None and workers.count > 1 else None
        self._parcel = pickle.dumps((net, domain)) if self._workers else b""

    def ask(self, questions: Iterable[Question[Answer]], count: int) -> Iterator[Answer]:
        """The answers to so many questions; workers are given some ahead, but are not bothered with a single one."""
        if self._workers is None or count < 2:
            return (question.answer(self._rounded) for question in questions)
        return self._workers.run_in_order(_answer, ((self._parcel, question) for question in questions))


def _answer(task: tuple[bytes, Question[Answer]]) -> Answer:
    parcel, question = task
    with np.errstate(all="ignore"):
        return question.answer(_rounded(parcel))


@lru_cache(maxsize=2)
def _rounded(parcel: bytes) -> RoundedNetwork:
    return RoundedNetwork(*pickle.loads(parcel))


def _still_open(
    rounded: RoundedNetwork,
    ids: Int64Array,
    at: Int64Array,
    values: FloatArray,
    radii: FloatArray,
    masks: list[BoolArray],
    forward: Forward,
) -> Int64Array:
    """Which of some signs not even the sharper, adjoint bound decides."""
    if not rounded.is_in_range or not len(at):
        return np.arange(len(at))
    forms = rounded.forms(ids, at, masks)
    bound = rounded.value_errors(ids, at, forward) + rounded.adjoint_errors(forms, at, forward)
    slopes = np.abs(forms.gradients) + rounded.gamma_back * forms.magnitudes
    bound += np.einsum("ij,ij->i", slopes, radii[at]) * SLACK
    return np.flatnonzero(~(np.abs(values) > bound * SLACK))
