"""A campaign finds the same whoever does the work, interrupted or not, and what it finds is confirmed."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from multiprocessing import active_children
from pathlib import Path

import pytest
from hypothesis import strategies as st
from testing.fuzz.networks_to_judge import (
    APART,
    MEET,
    PERMUTE,
    R1,
    R2,
    RELU,
    UNSEEN,
    ZERO,
    fails_where,
    pretend,
    raises,
)

from exactrev.checker.refusals import Rejected
from exactrev.errors import TheoryContradicted
from exactrev.network import Network
from exactrev.parallel import Workers
from exactrev.statements import verify
from exactrev.testing.fuzz import (
    Campaign,
    Corpus,
    Finding,
    Log,
    Plan,
    Shard,
    campaign,
    run_shard,
    settle,
    settling,
    shards,
)

LABELS = (R1, R2, PERMUTE)
THICK = "fails: neuron, vanishes around, where the pattern is"
SAME_MAP = "fails: point, neurons, patterns, points inside, map on both"


def run(made: Campaign) -> Campaign:
    list(made.replay())
    list(made.explore())
    list(made.settle())
    return made


def results(made: Campaign) -> tuple[object, ...]:
    return made.examples, made.outcomes, made.scores, made.findings


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five networks to a shard."""
    monkeypatch.setattr(campaign, "SHARD", 5)


@pytest.fixture(scope="module")
def alone() -> Iterator[Campaign]:
    with pytest.MonkeyPatch.context() as patch, Workers() as workers:
        patch.setattr(campaign, "SHARD", 5)
        yield run(Campaign(Plan(LABELS, 3, examples=33), workers))


def test_the_smallest_counterexamples_are_found_verified_and_certified(alone: Campaign) -> None:
    assert set(alone.findings) == {(R1, THICK), (R2, SAME_MAP)}
    assert alone.findings[R1, THICK].network == ZERO
    assert alone.findings[R2, SAME_MAP].network == UNSEEN
    assert not alone.faults
    for finding in alone.findings.values():
        assert finding.shrunk
        assert finding.verdict == "FAILS"
        assert str(verify(finding.network, [finding.label])[finding.label].outcome) == "FAILS"
    assert [claim.split()[0] for claim in alone.findings[R2, SAME_MAP].certificates] == ["lra-fails-facet"]
    assert alone.findings[R2, SAME_MAP].witness["point"] == ["0"]


def test_every_example_is_counted_once(alone: Campaign) -> None:
    assert alone.examples == 33
    assert {label: counts.total() for label, counts in alone.outcomes.items()} == dict.fromkeys(LABELS, 33)
    assert alone.outcomes[PERMUTE] == {"HOLDS": 33}


@pytest.mark.usefixtures("short")
def test_two_processes_one_of_which_is_killed_find_the_same(alone: Campaign) -> None:
    killed = []

    def kill() -> None:
        """The first worker that is there, two seconds after it began."""
        while not active_children():
            time.sleep(0.01)
        time.sleep(2)
        victim = active_children()[0]
        killed.append(victim.pid)
        os.kill(victim.pid or 0, signal.SIGKILL)

    thread = threading.Thread(target=kill)
    with Workers(2) as workers:
        thread.start()
        assert results(run(Campaign(Plan(LABELS, 3, examples=33), workers))) == results(alone)
        thread.join()
    assert len(killed) == 1


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("finished", [0, 4])
def test_a_campaign_goes_on_from_its_log(
    alone: Campaign, tmp_path: Path, finished: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = Plan(LABELS, 3, examples=33)
    with Workers() as workers:
        with Log(tmp_path / "log", 3, LABELS) as log:
            list(islice(Campaign(plan, workers, log=log).explore(), finished))
        ran = []

        def counted(shard: Shard) -> object:
            ran.append(shard.number)
            return run_shard(shard)

        monkeypatch.setattr(campaign, "run_shard", counted)
        with Log(tmp_path / "log", 3, LABELS, resume=True) as log:
            assert results(run(Campaign(plan, workers, log=log))) == results(alone)
    assert ran == list(range(finished, 7))


@pytest.mark.usefixtures("short")
def test_a_longer_campaign_takes_over_whole_shards_of_a_shorter_one(alone: Campaign, tmp_path: Path) -> None:
    with Workers() as workers:
        with Log(tmp_path / "log", 3, LABELS) as log:
            run(Campaign(Plan(LABELS, 3, examples=22), workers, log=log))
        with Log(tmp_path / "log", 3, LABELS, resume=True) as log:
            assert results(run(Campaign(Plan(LABELS, 3, examples=33), workers, log=log))) == results(alone)


def test_when_the_time_is_up_no_shard_is_begun() -> None:
    with Workers() as workers:
        made = run(Campaign(Plan(LABELS, 3, seconds=0), workers))
    assert (made.examples, made.findings) == (0, {})


@pytest.mark.usefixtures("short")
def test_a_campaign_for_a_time_ends_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 1.0, 2.0, 3.0, 4.0])
    monkeypatch.setattr(campaign, "monotonic", lambda: next(clock))
    with Workers() as workers:
        made = Campaign(Plan((PERMUTE,), 3, seconds=2.5), workers)
        assert [result.shard.number for result in made.explore()] == [0, 1]  # begun at 1 and 2; at 3 it is too late


def test_a_campaign_needs_an_end() -> None:
    with pytest.raises(ValueError, match="needs an end"):
        Plan(LABELS, 0)


# -- the corpus --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("short")
def test_what_is_known_is_looked_at_first_and_only_what_is_smaller_is_written(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path)
    corpus.keep(Finding(R1, THICK, ZERO, 0, 0, 0, shrunk=True))
    many = Network.from_arrays([([[7]] + [[0]] * 9, [0] + [1] * 9), ([[0] * 10], [3])])
    corpus.keep(Finding(R2, SAME_MAP, many, 0, 0, 0, shrunk=True))
    corpus.keep(Finding(MEET, "fails: neurons", APART, 0, 0, 0))  # about another statement
    before = (tmp_path / corpus.findings[R1, THICK].file_name).read_bytes()
    with Workers() as workers:
        made = Campaign(Plan((R1, R2), 3, examples=30), workers, Corpus(tmp_path))
        assert [(replayed.finding.label, replayed.now) for replayed in made.replay()] == [(R1, ""), (R2, "")]
        list(made.explore())
        assert {settled.finding.label for settled in made.settle()} == {R2}
    after = Corpus(tmp_path)
    assert (tmp_path / after.findings[R1, THICK].file_name).read_bytes() == before
    assert after.findings[R2, SAME_MAP].network == UNSEEN
    assert len(list((tmp_path / "certificates").iterdir())) == 1


def test_a_known_finding_that_is_none_any_more_is_reported(tmp_path: Path) -> None:
    Corpus(tmp_path).keep(Finding(R1, THICK, RELU, 0, 0, 0, shrunk=True))
    with Workers() as workers:
        made = run(Campaign(Plan((R1,), 3, seconds=0), workers, Corpus(tmp_path)))
    assert [(replayed.finding.network, replayed.now) for replayed in made.changed] == [(RELU, "HOLDS")]
    assert not made.findings


@pytest.mark.usefixtures("short")
def test_a_finding_that_is_none_any_more_makes_room_for_one_of_its_kind(tmp_path: Path) -> None:
    # No hidden layer: smaller than any network on which R1 can fail.
    Corpus(tmp_path).keep(Finding(R1, THICK, Network.from_arrays([([[0]], [0])]), 0, 0, 0, shrunk=True))
    with Workers() as workers:
        made = run(Campaign(Plan((R1,), 3, examples=30), workers, Corpus(tmp_path)))
    assert len(made.changed) == 1
    assert Corpus(tmp_path).findings[R1, THICK].network == ZERO


@pytest.mark.usefixtures("short")
def test_what_an_interrupted_campaign_kept_is_settled_by_the_next(tmp_path: Path) -> None:
    with Workers() as workers:
        first = Campaign(Plan((R1, R2), 3, examples=30), workers, Corpus(tmp_path))
        list(first.explore())
        kept = first.keep()
        assert {finding.key for finding in kept} == {(R1, THICK), (R2, SAME_MAP)}
        assert not any(finding.shrunk for finding in Corpus(tmp_path).findings.values())
        assert first.keep() == []
        second = run(Campaign(Plan((R1, R2), 4, seconds=0), workers, Corpus(tmp_path)))
    assert second.findings == Corpus(tmp_path).findings
    assert [second.findings[R1, THICK].network, second.findings[R2, SAME_MAP].network] == [ZERO, UNSEEN]
    assert all(finding.shrunk for finding in second.findings.values())


# -- confirmation ------------------------------------------------------------------------------------------------------

FOUND = Finding(R1, THICK, ZERO, 0, 0, 0)


def test_a_certificate_that_is_not_accepted_is_a_finding_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "check", lambda stream, claim: raises(Rejected("a step does not follow"))(None))  # type: ignore[arg-type]
    first, second = settle(FOUND)
    assert (first.finding.verdict, first.finding.certificates, first.certificates) == ("FAILS", (), ())
    assert (second.finding.verdict, second.finding.network) == ("FAULT", ZERO)
    assert second.finding.kind.startswith("fault: Rejected")


def test_a_certificate_that_contradicts_the_verdict_is_a_finding_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "certified_statements", raises(TheoryContradicted("a certificate contradicts")))
    assert [settled.finding.is_fault for settled in settle(FOUND)] == [False, True]


def test_a_failure_that_does_not_happen_again_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "shrink", lambda net, shows: net)
    (settled,) = settle(replace(FOUND, network=RELU))
    assert settled.finding.kind == "fault: decided in another way once more"
    assert settled.finding.checked == "HOLDS"


def test_a_fault_is_made_smaller_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def decide(evidence: object) -> object:
        if evidence.network.depth >= 2:  # type: ignore[attr-defined]
            raise TheoryContradicted("too deep")
        return fails_where(lambda net: False)(evidence)  # type: ignore[arg-type]

    pretend(monkeypatch, decide)  # type: ignore[arg-type]
    monkeypatch.setattr(shards, "_networks", lambda: st.just(APART))
    with Workers() as workers:
        made = run(Campaign(Plan((PERMUTE,), 0, examples=2), workers))
    ((label, kind),) = made.findings
    assert (label, made.faults) == (PERMUTE, 1)
    assert kind.startswith("fault: TheoryContradicted")
    assert made.findings[label, kind].network == Network.from_arrays([([[0]], [0])] * 3)
    assert made.findings[label, kind].checked == "too deep"
