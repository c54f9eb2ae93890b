"""A campaign: what is known is looked at again, then shards are run, and what they found is settled and kept.

Knows the order of things. Workers do the shards and the settling, wherever they are; what comes out does not depend on
them, for of several findings of a kind the smallest is kept, whoever found it first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from time import monotonic

from exactrev.parallel import Workers
from exactrev.testing.fuzz.corpus import Corpus, replay
from exactrev.testing.fuzz.findings import Finding, Key
from exactrev.testing.fuzz.log import Log
from exactrev.testing.fuzz.settling import Settled, settle
from exactrev.testing.fuzz.shards import Shard, ShardResult, run_shard

__all__ = ["Campaign", "Plan", "Replayed"]

SHARD = 100
"""Networks to a shard: a few seconds' work, so that little is lost with a worker."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a campaign is: the statements' labels, the seed, and how long: so many examples, seconds, or both bounds."""

    labels: tuple[str, ...]
    seed: int
    examples: int | None = None
    seconds: float | None = None

    def __post_init__(self) -> None:
        if self.examples is None and self.seconds is None:
            raise ValueError("a campaign needs an end: a number of examples, or of seconds")


@dataclass(frozen=True, slots=True)
class Replayed:
    """A known finding, decided again; `now` is empty if it is as it was."""

    finding: Finding
    now: str


class Campaign:
    """Call `replay`, `explore` and `settle`, in that order; after an interruption `keep`, instead of what is left."""

    def __init__(self, plan: Plan, workers: Workers, corpus: Corpus | None = None, log: Log | None = None) -> None:
        self.plan = plan
        self.workers = workers
        self.corpus = corpus
        self.log = log
        self.examples = 0
        self.outcomes: dict[str, Counter[str]] = {label: Counter() for label in plan.labels}
        self.scores: Counter[str] = Counter()
        self.findings: dict[Key, Finding] = {}
        self.changed: list[Replayed] = []
        self._pending: dict[Key, Finding] = {}

    def replay(self) -> Iterator[Replayed]:
        """Decide again what is in the corpus about these statements."""
        if self.corpus is None:
            return
        for finding in list(self.corpus.findings.values()):
            if finding.label not in self.plan.labels:
                continue
            replayed = Replayed(finding, replay(finding))
            if replayed.now:
                self.changed.append(replayed)
                self.corpus.forget(finding)
            else:
                self.findings[finding.key] = finding
                if not finding.shrunk:
                    self._pending[finding.key] = finding
            yield replayed

    def explore(self) -> Iterator[ShardResult]:
        """Run the shards that are not in the log, in no particular order, after those that are."""
        done = {} if self.log is None else self.log.results
        planned = {shard.number: shard for shard in self._bounded()} if self.plan.examples is not None else None
        for number, result in sorted(done.items()):
            if planned is None or planned.get(number) == result.shard:
                self._take(result)
                yield result
        for _, result in self.workers.run(run_shard, self._tasks(done)):
            if self.log is not None:
                self.log.add(result)
            self._take(result)
            yield result

    def settle(self) -> Iterator[Settled]:
        """Make what was found smaller, verify and certify it, and keep what is smaller than what was known."""
        tasks = [finding for _, finding in sorted(self._pending.items())]
        for settled in self.workers.run_in_order(settle, tasks):
            for one in settled:
                self._pending.pop(one.finding.key, None)
                self._file(one)
                yield one

    def keep(self) -> list[Finding]:
        """What was found and not settled, kept as it is; the next campaign with this corpus will settle it."""
        kept = [finding for _, finding in sorted(self._pending.items())]
        for finding in kept:
            self._file(Settled(finding))
        self._pending.clear()
        return kept

    @property
    def faults(self) -> int:
        """How many findings are no counterexamples but faults of the program, or of the mathematics."""
        return sum(finding.is_fault for finding in self.findings.values())

    def _tasks(self, done: dict[int, ShardResult]) -> Iterator[Shard]:
        deadline = None if self.plan.seconds is None else monotonic() + self.plan.seconds
        for shard in self._bounded():
            if shard.number in done and done[shard.number].shard == shard:
                continue
            if deadline is not None and monotonic() >= deadline:
                return
            yield shard

    def _bounded(self) -> Iterator[Shard]:
        """All shards of the plan; without a number of examples, without end."""
        left = self.plan.examples
        for number in count():
            size = SHARD if left is None else min(SHARD, left)
            if not size:
                return
            yield Shard(self.plan.seed, number, size, self.plan.labels)
            left = None if left is None else left - size

    def _take(self, result: ShardResult) -> None:
        self.examples += result.examples
        for label, counts in result.outcomes.items():
            self.outcomes[label].update(counts)
        for label, score in result.scores.items():
            self.scores[label] = max(self.scores[label], score)
        for finding in result.findings:
            known = self.findings.get(finding.key)
            if known is None or finding.order < known.order:
                self.findings[finding.key] = self._pending[finding.key] = finding

    def _file(self, settled: Settled) -> None:
        finding = settled.finding
        known = self.findings.get(finding.key)
        if known is None or finding.order <= known.order:
            self.findings[finding.key] = finding
            if self.corpus is not None:
                self.corpus.keep(finding, settled.certificates)
