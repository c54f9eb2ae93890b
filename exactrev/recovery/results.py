"""What a recovery returns, and what one round of it concludes: data, with sentences that say what was shown."""

from __future__ import annotations

from dataclasses import dataclass

from exactrev.network import AffineMap, Network, Point
from exactrev.recovery.candidates import Candidate
from exactrev.recovery.known import OpenWeights
from exactrev.recovery.open_weights import WeightFinding
from exactrev.recovery.output_layer import OutputLayer
from exactrev.recovery.signs import SignDecision

__all__ = ["Attempt", "Recovery"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one round concludes: the layers in order, the signs' evidence, and N as far as it goes.

    `open_weights` lists weights that nothing has shown, as (neuron, index of the unit below): they stand as 0 in
    `layers` and in `network`, as placeholders.
    """

    layers: tuple[AffineMap, ...]
    signs: tuple[SignDecision, ...]
    output: OutputLayer | None
    network: Network | None
    reason: str
    open_weights: OpenWeights = ()
    findings: tuple[WeightFinding, ...] = ()
    lacking: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Recovery:
    """The outcome of a recovery.

    `network` reproduces every plain answer that was given, or is None. `is_exact_everywhere` is True only if an
    equivalence oracle said so; otherwise `tested` points without contradiction is all that is claimed.
    """

    network: Network | None
    is_exact_everywhere: bool
    tested: int
    contradictions: int
    rounds: int
    lines: int
    plain_queries: int
    packed_queries: int
    equivalence_queries: int
    attempt: Attempt
    partial_rows: tuple[Candidate, ...]

    @property
    def summary(self) -> str:
        """One sentence that claims no more than was shown."""
        if self.network is None:
            return f"partial: {self.attempt.reason}"
        if self.attempt.open_weights:
            count = len(self.attempt.open_weights)
            return f"partial: {count} weights are placeholders; no contradiction in {self.tested} test points"
        if self.is_exact_everywhere:
            return f"complete: {self.network.architecture}, confirmed by the equivalence oracle"
        return f"{self.network.architecture}, no contradiction in {self.tested} test points"
