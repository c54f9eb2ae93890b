"""A part of a campaign that can be done anywhere: so many networks from a seed, judged one by one.

A shard is a pure function of its task. Two thirds of its networks are drawn by Hypothesis, from nothing but the seed:
no database, no folder of its own in the current directory, and no numbers but small ones (Hypothesis mixes constants
above 100 that it finds in the modules that happen to be loaded into what it draws; all numbers here are put together
from smaller ones). The others are variants of the best of these, see `climbing`.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, Verbosity, configuration, given, seed, settings
from hypothesis import strategies as st

from exactrev.network import Network, Point
from exactrev.testing.degeneracies import DEGENERACIES
from exactrev.testing.fuzz.climbing import SCORES, corners_of, scores_of, varied
from exactrev.testing.fuzz.findings import Finding, Key
from exactrev.testing.fuzz.judging import Judgement, failures, judge
from exactrev.testing.strategies import networks, rationals
from exactrev.testing.strategies.rationals import choose

__all__ = ["Shard", "ShardResult", "run_shard"]

_MOST_REGIONS = 100  # a network with more is judged like any other, and not climbed any further


@dataclass(frozen=True, slots=True)
class Shard:
    """A task: the campaign's seed, the number of the shard, how many networks to judge, and the statements' labels."""

    seed: int
    number: int
    examples: int
    labels: tuple[str, ...]

    @property
    def digest(self) -> int:
        """What the random numbers of this shard start from."""
        return int.from_bytes(hashlib.sha256(f"{self.seed} {self.number}".encode()).digest()[:8], "big")


@dataclass(frozen=True, slots=True)
class ShardResult:
    """How often every statement had every outcome, the smallest finding of each kind, and the highest scores."""

    shard: Shard
    examples: int
    outcomes: dict[str, dict[str, int]]
    findings: tuple[Finding, ...]
    scores: dict[str, int] = field(default_factory=dict)


def run_shard(shard: Shard) -> ShardResult:
    """Draw, judge, vary, and keep the smallest network of each kind of failure. The same task gives the same result."""
    work = _Work(shard)
    _draw(work, shard.examples - shard.examples // 3)
    random = Random(shard.digest)
    while work.count < shard.examples:
        score = SCORES[work.count % len(SCORES)]
        net, corners = work.best(score)
        work.judge(varied(net, score, corners, random))
    return ShardResult(
        shard,
        work.count,
        {label: dict(sorted(counts.items())) for label, counts in work.outcomes.items()},
        tuple(work.found[key] for key in sorted(work.found)),
        {score: value for score, (value, _, _) in work.highest.items()},
    )


class _Work:
    """What a shard has judged so far."""

    def __init__(self, shard: Shard) -> None:
        self.shard = shard
        self.count = 0
        self.outcomes = {label: Counter[str]() for label in shard.labels}
        self.found: dict[Key, Finding] = {}
        self.highest: dict[str, tuple[int, Network, list[Point]]] = {}
        self._climbed: dict[str, tuple[int, Network, list[Point]]] = {}
        self._last: Network | None = None

    def judge(self, net: Network) -> None:
        judgements, evidence = judge(net, self.shard.labels)
        for judgement in judgements:
            self.outcomes[judgement.label][judgement.outcome] += 1
        for judgement in failures(judgements):
            finding = _finding(self.shard, self.count, net, judgement)
            known = self.found.get(finding.key)
            if known is None or finding.order < known.order:
                self.found[finding.key] = finding
        if evidence.found_complex is not None:
            corners = corners_of(evidence.found_complex)
            for score, value in scores_of(evidence.found_complex).items():
                self._rise(self.highest, score, (value, net, corners))
                if evidence.found_complex.n_regions <= _MOST_REGIONS:
                    self._rise(self._climbed, score, (value, net, corners))
        self._last = net
        self.count += 1

    def best(self, score: str) -> tuple[Network, list[Point]]:
        """The network to go on from, and its corners; the last one judged, where the statements need no regions."""
        if score in self._climbed:
            return self._climbed[score][1:]
        if self._last is None:
            raise ValueError("nothing has been judged yet")
        return self._last, []

    def _rise(
        self, table: dict[str, tuple[int, Network, list[Point]]], score: str, entry: tuple[int, Network, list[Point]]
    ) -> None:
        if score not in table or entry[0] >= table[score][0]:
            table[score] = entry


def _draw(work: _Work, examples: int) -> None:
    # Everything that a profile could change is said here.
    @seed(work.shard.digest)
    @settings(
        max_examples=examples,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        derandomize=False,
        print_blob=False,
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )
    @given(_networks())
    def look(net: Network) -> None:
        if work.count < examples:
            work.judge(net)

    with _no_folder_here():
        look()


def _networks() -> st.SearchStrategy[Network]:
    """Small and often degenerate ones, and others: wider, generic, degenerate by name, of long numbers."""
    small = networks(max_depth=3)
    return choose(
        small,
        small,
        small,
        _sized(rationals()),
        _sized(_long_rationals()),
        networks(max_depth=2, degeneracies=()),
        st.sampled_from(list(DEGENERACIES)).flatmap(lambda name: networks(max_depth=3, degeneracies=[name])),
    )


def _sized(entries: st.SearchStrategy[Fraction]) -> st.SearchStrategy[Network]:
    """Networks that are wide as often as not."""
    widths = st.tuples(st.integers(1, 3), st.integers(1, 5), st.integers(0, 4), st.integers(1, 2))
    return widths.flatmap(lambda drawn: networks(widths=[width for width in drawn if width], entries=entries))


def _long_rationals() -> st.SearchStrategy[Fraction]:
    """Rationals of up to 24 digits, put together from pairs of digits."""
    number = st.integers(0, 12).flatmap(lambda size: st.tuples(*[st.integers(0, 99)] * size)).map(_number)
    return st.builds(lambda p, q, sign: sign * Fraction(p, 1 + q), number, number, st.sampled_from([1, -1]))


def _number(digits: Sequence[int]) -> int:
    value = 0
    for digit in digits:
        value = 100 * value + digit
    return value


def _finding(shard: Shard, example: int, net: Network, judgement: Judgement) -> Finding:
    return Finding(
        judgement.label,
        judgement.kind,
        net,
        shard.seed,
        shard.number,
        example,
        judgement.outcome,
        judgement.checked,
        judgement.witness,
    )


@contextmanager
def _no_folder_here() -> Iterator[None]:
    """Whatever Hypothesis writes down goes into a folder that is removed again, and not into ``.hypothesis`` here."""
    before = vars(configuration).get("__hypothesis_home_directory")
    with TemporaryDirectory(prefix="exactrev-", ignore_cleanup_errors=True) as folder:
        configuration.set_hypothesis_home_dir(folder)
        try:
            yield
        finally:
            configuration.set_hypothesis_home_dir(before)
