"""A part of a campaign that can be done anywhere: so many networks from a seed, judged one by one.

A shard is a pure function of its task. So Hypothesis draws here from nothing but the seed: no database, no folder of
its own in the current directory, and no numbers but small ones (Hypothesis mixes constants above 100 that it finds in
the modules that happen to be loaded into what it draws; all numbers here are put together from smaller ones). `target`
pushes towards many regions, corners that nearly coincide, and long denominators.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import HealthCheck, Phase, Verbosity, configuration, given, seed, settings, target
from hypothesis import strategies as st

from exactrev.geometry import RegionComplex
from exactrev.network import Network
from exactrev.testing.degeneracies import DEGENERACIES
from exactrev.testing.fuzz.findings import Finding, Key
from exactrev.testing.fuzz.judging import Judgement, failures, judge
from exactrev.testing.strategies import networks, rationals
from exactrev.testing.strategies.rationals import choose

__all__ = ["Shard", "ShardResult", "run_shard", "scores_of"]

_MOST_CORNERS = 64


@dataclass(frozen=True, slots=True)
class Shard:
    """A task: the campaign's seed, the number of the shard, how many networks to draw, and the statements' labels."""

    seed: int
    number: int
    examples: int
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShardResult:
    """How often every statement had every outcome, the smallest finding of each kind, and the highest scores."""

    shard: Shard
    examples: int
    outcomes: dict[str, dict[str, int]]
    findings: tuple[Finding, ...]
    scores: dict[str, int] = field(default_factory=dict)


def run_shard(shard: Shard) -> ShardResult:
    """Draw, judge, and keep the smallest network of each kind of failure. The same task gives the same result."""
    outcomes = {label: Counter[str]() for label in shard.labels}
    found: dict[Key, Finding] = {}
    best: Counter[str] = Counter()
    count = 0

    # Everything that a profile could change is said here.
    @seed(int.from_bytes(hashlib.sha256(f"{shard.seed} {shard.number}".encode()).digest()[:8]))
    @settings(
        max_examples=shard.examples,
        phases=[Phase.generate, Phase.target],
        database=None,
        deadline=None,
        derandomize=False,
        print_blob=False,
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )
    @given(_networks())
    def look(net: Network) -> None:
        nonlocal count
        if count == shard.examples:
            return
        judgements, evidence = judge(net, shard.labels)
        for judgement in judgements:
            outcomes[judgement.label][judgement.outcome] += 1
        for judgement in failures(judgements):
            _keep(found, _finding(shard, count, net, judgement))
        if evidence.found_complex is not None:
            for label, score in scores_of(evidence.found_complex).items():
                target(score, label=label)
                best[label] = max(best[label], score)
        count += 1

    with _no_folder_here():
        look()
    return ShardResult(
        shard,
        count,
        {label: dict(sorted(counts.items())) for label, counts in outcomes.items()},
        tuple(found[key] for key in sorted(found)),
        dict(best),
    )


def scores_of(complex: RegionComplex) -> dict[str, int]:
    """What a campaign climbs: regions, bits of the distance between the closest corners, bits of the corners.

    Of the first corners only, and of neighbours in their order: it guides, and decides nothing. All of it exact, so
    that it is the same on every machine.
    """
    skeleton = complex.found.skeleton
    inner = (skeleton.tight[: skeleton.vertices] < skeleton.M).all(axis=1)
    corners = sorted(set(complex.found.points_of(np.flatnonzero(inner)[:_MOST_CORNERS])))
    gaps = [max(abs(x - y) for x, y in zip(p, q, strict=True)) for p, q in pairwise(corners)]
    return {
        "regions": complex.n_regions,
        "nearness": max((gap.denominator.bit_length() - gap.numerator.bit_length() for gap in gaps), default=0),
        "denominators": max((x.denominator.bit_length() for p in corners for x in p), default=0),
    }


def _networks() -> st.SearchStrategy[Network]:
    """Small and often degenerate ones, and others: wider, generic, degenerate by name, of long numbers."""
    small = networks(max_depth=3)
    wider = st.sampled_from([(2, 3, 2, 1), (2, 4, 3, 1), (1, 3, 3, 1), (3, 4, 2, 1)])
    return choose(
        small,
        small,
        small,
        wider.flatmap(lambda widths: networks(widths=widths)),
        networks(max_depth=2, degeneracies=()),
        st.sampled_from(list(DEGENERACIES)).flatmap(lambda name: networks(max_depth=3, degeneracies=[name])),
        networks(max_depth=2, entries=_long_rationals()),
    )


def _long_rationals() -> st.SearchStrategy[Fraction]:
    """Rationals of up to 16 digits, put together from pairs of digits, and small ones."""
    number = st.lists(st.integers(0, 99), max_size=8).map(_number)
    long = st.builds(lambda p, q, sign: sign * Fraction(p, 1 + q), number, number, st.sampled_from([1, -1]))
    return choose(rationals(), long)


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


def _keep(found: dict[Key, Finding], finding: Finding) -> None:
    known = found.get(finding.key)
    if known is None or finding.order < known.order:
        found[finding.key] = finding


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
