"""A log gives back what was written into it, goes on after the last whole line, and belongs to one campaign."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from testing.fuzz.networks_to_judge import PERMUTE, R1, ZERO

import exactrev
from exactrev.errors import BadInput
from exactrev.testing.fuzz import Finding, Log, Shard, ShardResult

LABELS = (R1, PERMUTE)


def result(number: int) -> ShardResult:
    found = Finding(R1, "fails: neuron", ZERO, seed=7, shard=number, example=4, witness={"neuron": "z[1,0]"})
    outcomes = {R1: {"FAILS": 1, "HOLDS": 9}, PERMUTE: {"HOLDS": 10}}
    return ShardResult(Shard(7, number, 10, LABELS), 10, outcomes, (found,), {"regions": 5 + number})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "campaign.jsonl"
    with Log(path, 7, LABELS) as log:
        log.add(result(0))
        log.add(result(3))
    return path


def test_a_log_gives_back_the_finished_shards(path: Path) -> None:
    with Log(path, 7, LABELS, resume=True) as log:
        assert log.results == {0: result(0), 3: result(3)}
        log.add(result(1))
    with Log(path, 7, LABELS, resume=True) as log:
        assert sorted(log.results) == [0, 1, 3]


def test_every_line_is_there_as_soon_as_its_shard_is_finished(tmp_path: Path) -> None:
    with Log(tmp_path / "log", 7, LABELS) as log:
        for number in range(3):
            assert len((tmp_path / "log").read_bytes().splitlines()) == 1 + number
            log.add(result(number))


@pytest.mark.parametrize("lost", [1, 10, 400])
def test_a_last_line_without_end_is_cut_off(path: Path, lost: int) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:-lost])
    with Log(path, 7, LABELS, resume=True) as log:
        assert sorted(log.results) == [0]
        log.add(result(3))
    assert path.read_bytes() == whole


def test_a_log_without_a_whole_line_is_begun_again(path: Path) -> None:
    path.write_bytes(b'{"format": "exactrev-f')
    with Log(path, 7, LABELS, resume=True) as log:
        assert not log.results
    assert json.loads(path.read_text())["seed"] == 7


def test_a_log_is_not_overwritten(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(BadInput, match="--resume"):
        Log(path, 7, LABELS)
    assert path.read_bytes() == before


def test_resuming_what_was_never_begun_begins_it(tmp_path: Path) -> None:
    with Log(tmp_path / "log", 7, LABELS, resume=True) as log:
        assert not log.results


@pytest.mark.parametrize(
    ("seed", "labels", "complaint"), [(8, LABELS, "line 1: seed: found 7"), (7, (R1,), "line 1: statements: found")]
)
def test_the_log_of_another_campaign_is_refused(path: Path, seed: int, labels: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(BadInput, match=complaint):
        Log(path, seed, labels, resume=True)


def test_the_log_of_another_version_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = path.read_text()
    path.write_text(text.replace(f'"version": "{exactrev.__version__}"', '"version": "0.0.1"', 1))
    with pytest.raises(BadInput, match=r"line 1: version: found 0\.0\.1; expected"):
        Log(path, 7, LABELS, resume=True)


def changed(line: str, **changes: Any) -> str:
    return json.dumps({**json.loads(line), **changes})


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"shard": -1}, "line 2: shard"),
        ({"asked": "ten"}, "line 2: asked"),
        ({"outcomes": []}, "line 2: outcomes"),
        ({"outcomes": {R1: {}}}, "line 2: outcomes"),
        ({"outcomes": {R1: {"HOLDS": 0.5}, PERMUTE: {}}}, f"line 2: {R1}: HOLDS"),
        ({"outcomes": {R1: 3, PERMUTE: {}}}, f"line 2: {R1}"),
        ({"scores": {"regions": None}}, "line 2: scores: regions"),
        ({"findings": {}}, "line 2: findings"),
        ({"findings": [1]}, r"line 2: findings\[0\]"),
        ({"more": 1}, "line 2"),
    ],
)
def test_a_damaged_log_is_refused_on_one_line(path: Path, changes: dict[str, Any], complaint: str) -> None:
    first, second, *rest = path.read_text().splitlines()
    path.write_text("\n".join([first, changed(second, **changes), *rest, ""]))
    with pytest.raises(BadInput, match=complaint) as refused:
        Log(path, 7, LABELS, resume=True)
    assert "\n" not in str(refused.value)


def test_a_log_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="a file that can be written"):
        Log(tmp_path / "nowhere" / "log", 7, LABELS)
