"""The recovery of a whole network from answers alone (Algorithms 1 and 2, Theorem 3): layer by layer, in rounds.

Holds an oracle's answers and never a network. Each round draws all conclusions anew from everything that has been seen
(`readings`). Points where the result disagrees with N start the next round: a line through such a point shows what was
missed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from exactrev.network import Network, Point
from exactrev.oracle import Oracle
from exactrev.recovery.exploration import Way
from exactrev.recovery.lines import LineScan, points_on_line
from exactrev.recovery.neurons import Strategy
from exactrev.recovery.probe import Probe
from exactrev.recovery.readings import Reader
from exactrev.recovery.results import Attempt, Recovery
from exactrev.recovery.sightings import Sightings

__all__ = ["Attempt", "Reconstruction", "Recovery", "recover"]

Equivalence = Callable[[Network], Point | None]


def recover(
    oracle: Oracle | Callable[[Point], Any],
    n_in: int,
    how: Literal["plain", "packed"] = "plain",
    *,
    seed: int = 0,
    rounds: int = 12,
    tests: int = 60,
    equivalence: Equivalence | None = None,
    strategy: Strategy = "both",
    explore: Way = "nearest",
    progress: Callable[[str], None] | None = None,
) -> Recovery:
    """Reconstruct a network from its answers.

    `equivalence(network)` may answer a point at which the network differs from the truth, or None if there is none.
    `strategy` says how rows are found: "walk" along boundaries as the paper does, in one of its three ways to choose
    the next direction (`explore`), or "match" the breakpoints of scanned lines, or "both".
    """
    work = Reconstruction(
        oracle,
        n_in,
        how,
        seed=seed,
        tests=tests,
        equivalence=equivalence,
        strategy=strategy,
        explore=explore,
        progress=progress,
    )
    return work.run(rounds)


@dataclass
class Reconstruction:
    """The state between rounds: only answers, and a reader of what they say."""

    oracle: Any
    n_in: int
    how: Literal["plain", "packed"] = "plain"
    seed: int = 0
    tests: int = 60
    equivalence: Equivalence | None = None
    progress: Callable[[str], None] | None = None
    strategy: Strategy = "both"
    explore: Way = "nearest"
    _aimed: set[tuple[Point, Point]] = field(default_factory=set)  # lines of disagreement that have been scanned

    def __post_init__(self) -> None:
        self.probe = Probe(self.oracle, self.n_in, self.how, seed=self.seed)
        self.sightings = Sightings(self.probe)
        self.reader = Reader(self.probe, self.sightings, self.strategy, self.explore, self.seed, self._say)
        self._random = random.Random(self.seed + 1)
        self._samples: list[tuple[Point, Point]] = []
        self._equivalence_queries = 0

    # -- rounds ---------------------------------------------------------------------------------------------------

    def run(self, rounds: int) -> Recovery:
        """At most so many rounds, one at least; stops at the first result that nothing contradicts."""
        if rounds < 1:
            raise ValueError(f"a recovery takes at least one round, not {rounds}")
        self._scan_random()
        self._scan_random()
        for number in range(1, rounds + 1):
            attempt = self.reader.read(number)
            self._say(f"round {number}: {attempt.reason}")
            wrong = self._find_contradictions(attempt)
            if attempt.network is not None and not wrong:
                point = self._ask_equivalence(attempt.network)
                if point is None:
                    return self._recovery(attempt, number, 0)
                wrong = [point]
                self._samples.append((point, self.probe.value(point)))
            if number < rounds:
                self._look_again(attempt, wrong)
        return self._recovery(attempt, rounds, len(wrong))

    def _look_again(self, attempt: Attempt, wrong: Sequence[Point]) -> None:
        """New lines: through points of disagreement, or where a unit is lacking, towards others; else at random."""
        targets = list(wrong) or list(attempt.lacking)
        good = [x for x, _ in self._samples if x not in targets]
        is_vague = attempt.output is None and attempt.network is None and not attempt.lacking
        if is_vague or not targets or not good:
            for _ in range(2):
                self._scan_random()
            return
        for x in self._random.sample(targets, min(2, len(targets))):
            others = [y for y in good if (x, y) not in self._aimed] or good
            nearest = min(others, key=lambda y: sum((a - b) ** 2 for a, b in zip(x, y, strict=True)))
            self._aimed.add((x, nearest))
            self._scan(x, tuple(b - a for a, b in zip(x, nearest, strict=True)), aimed=True)
        if attempt.network is None:
            self._scan_random()

    def _ask_equivalence(self, network: Network) -> Point | None:
        if self.equivalence is None:
            return None
        self._equivalence_queries += 1
        return self.equivalence(network)

    def _find_contradictions(self, attempt: Attempt) -> list[Point]:
        """Points at which the attempt's function is not N: test points, asked once, and all that ever was asked."""
        while len(self._samples) < self.tests:
            batch = [self._random_point() for _ in range(self.tests - len(self._samples))]
            self._samples += zip(batch, self.probe.values(batch), strict=True)
        return self.reader.find_contradictions(attempt)

    # -- asking ---------------------------------------------------------------------------------------------------

    def _scan_random(self) -> None:
        origin = self._random_point()
        entries = [self._random.randint(-(2**12), 2**12) or 1 for _ in range(self.n_in)]
        self._scan(origin, tuple(Fraction(entry, 2**12) for entry in entries))

    def _scan(self, origin: Point, direction: Point, *, aimed: bool = False) -> LineScan:
        # A point of disagreement may be right beside a breakpoint: no end of a line should be.
        reach = (Fraction(-1, 64), Fraction(65, 64)) if aimed else (-(2**30), 2**30)
        scan = points_on_line(self.probe, origin, direction, *reach)
        self.sightings.add(scan, aimed=aimed)
        self._say(f"a line with {len(scan.breakpoints)} breakpoints, {scan.queries} queries")
        return scan

    def _random_point(self) -> Point:
        scale = self._random.choice((1, 1, 1, 2, 4))
        return tuple(Fraction(round(self._random.gauss(0, scale) * 2**16), 2**16) for _ in range(self.n_in))

    def _say(self, text: str) -> None:
        if self.progress is not None:
            self.progress(text)

    def _recovery(self, attempt: Attempt, rounds: int, contradictions: int) -> Recovery:
        return Recovery(
            network=attempt.network if not contradictions else None,
            is_exact_everywhere=attempt.network is not None and not contradictions and self.equivalence is not None,
            tested=len(self._samples),
            contradictions=contradictions,
            rounds=rounds,
            lines=len(self.sightings.lines),
            plain_queries=self.probe.plain_queries,
            packed_queries=self.probe.packed_queries,
            equivalence_queries=self._equivalence_queries,
            attempt=attempt,
            partial_rows=self.reader.partial_rows,
        )
