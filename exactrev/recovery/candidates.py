"""Rows of one layer as they are found: weights known or open, and how scanned lines speak of them.

Knows rows, activations and lines. Asks nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from operator import mul

from exactrev.arithmetic.integer_matrices import clear_denominators
from exactrev.network import AffineMap, Neuron
from exactrev.recovery.known import KnownLayers, OpenWeights
from exactrev.recovery.sightings import Sighting, Sightings

__all__ = ["Agreement", "Candidate", "agreement", "rows_as_map", "with_rows"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How scanned lines speak of a row: zeros seen, and zeros predicted where N goes on without a break, not flat."""

    seen: int
    absent: int

    @property
    def is_good(self) -> bool:
        return self.seen >= 1 and self.absent * 8 <= self.seen

    @property
    def is_strong(self) -> bool:
        """Enough to take a row seriously of which weights are still open."""
        return self.seen >= 12 and not self.absent


@dataclass(slots=True)
class Candidate:
    """A row (W, b) in some scale and sign; None where a weight is not known."""

    weights: tuple[Fraction | None, ...]
    bias: Fraction
    origin: Sighting
    agreement: Agreement = Agreement(0, 0)
    _integers: tuple[int, ...] | None = None

    @property
    def is_complete(self) -> bool:
        return None not in self.weights

    @property
    def missing(self) -> list[int]:
        return [i for i, w in enumerate(self.weights) if w is None]

    def normalised(self) -> tuple[Fraction | None, ...]:
        """The same row with its first known non-zero entry 1: equal for pieces of one neuron."""
        entries = (*self.weights, self.bias)
        lead = next((e for e in entries if e), Fraction(1))
        return tuple(None if e is None else e / lead for e in entries)

    def sign_at(self, activations: Sequence[int] | None) -> int | None:
        """The sign of the preactivation at (a q, q), q > 0; None if an open weight matters, or a is not known."""
        if self._integers is None:
            self._integers, _ = clear_denominators([*(w or 0 for w in self.weights), self.bias])
        if activations is None or any(activations[i] for i in self.missing):
            return None
        value: int = sum(map(mul, self._integers, activations))
        return (value > 0) - (value < 0)

    def fill(self, found: Mapping[int, Fraction]) -> None:
        """Weights that were open and are no longer."""
        self.weights = tuple(found.get(i, w) for i, w in enumerate(self.weights))
        self._integers = None


def agreement(known: KnownLayers | None, candidate: Candidate, sightings: Sightings) -> Agreement:
    """Compare a row with every scanned line: between two neighbouring breakpoints it must not change sign.

    Intervals on which N is constant count for nothing: there nothing can be seen.
    """
    seen = absent = 0
    for line in sightings.lines:
        signs = [candidate.sign_at(a) for a in line.activations(known)]
        seen += signs.count(0)
        gaps = enumerate(pairwise(signs))
        absent += sum({left, right} == {1, -1} and not line.is_flat(i) for i, (left, right) in gaps)
    return Agreement(seen, absent)


def rows_as_map(candidates: Sequence[Candidate]) -> AffineMap:
    """Complete rows as one affine map, each scaled so that its first non-zero entry is 1."""
    rows = []
    for candidate in candidates:
        normal = candidate.normalised()
        rows.append([entry if entry is not None else Fraction(0) for entry in normal])
    return AffineMap.from_fractions(rows)


def with_rows(layers: Sequence[AffineMap], opened: OpenWeights, rows: Sequence[Candidate]) -> KnownLayers:
    """The layers with one more, of these rows."""
    here = ((Neuron(len(layers) + 1, z), i) for z, row in enumerate(rows) for i in row.missing)
    return KnownLayers((*layers, rows_as_map(rows)), (*opened, *here))
