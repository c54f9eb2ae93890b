"""A survey is the same however it is made: by whatever workers, in any order, in one go or resumed from its log."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from exactrev.errors import BadInput
from exactrev.parallel import Workers
from exactrev.surveys import COUNTED, QUESTIONS, Log, Plan, Survey, conduct, examine, grid, parse_architecture, read_log
from exactrev.surveys.intervals import clopper_pearson, hoeffding
from exactrev.surveys.survey import Line

PLAN = Plan(((2, 3, 1), (2, 2, 3, 1), (1, 2, 2, 2, 1)), networks=3, seed=5)


@pytest.fixture(scope="module")
def whole() -> Survey:
    return conducted(Survey(PLAN), Workers())


def conducted(survey: Survey, workers: Workers) -> Survey:
    with workers:
        for number, record in conduct(survey, workers):
            assert survey.records[number] is record
    return survey


# -- plans -------------------------------------------------------------------------------------------------------------


def test_architectures_take_turns_and_seeds_go_up() -> None:
    tasks = [(task.widths, task.seed) for task in PLAN]
    assert len(tasks) == len(PLAN) == 9
    assert tasks == [(widths, seed) for seed in (5, 6, 7) for widths in PLAN.architectures]


def test_a_grid_has_every_combination() -> None:
    assert grid([1, 2], [3, 4], [1, 2], outputs=5) == (
        (1, 3, 5), (1, 3, 3, 5), (1, 4, 5), (1, 4, 4, 5), (2, 3, 5), (2, 3, 3, 5), (2, 4, 5), (2, 4, 4, 5)
    )  # fmt: skip


@pytest.mark.parametrize("text", ["", "2", "2-1", "2-0-1", "2--1", "02-3-1", "2-3-x", "2-3-1-", "2-100000-1", "٢-3-1"])
def test_what_is_no_architecture_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="architecture: found"):
        parse_architecture(text)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"architectures": ()}, "architectures"),
        ({"architectures": ((2, 3, 1), (2, 3, 1))}, "architectures"),
        ({"architectures": ((2, 1),)}, "architecture"),
        ({"architectures": ((9999, 9999, 1),)}, "architecture"),
        ({"networks": 0}, "networks"),
        ({"networks": 100_001}, "networks"),
        ({"seed": -1}, "seed"),
        ({"seed": 10**16}, "seed"),
        ({"seconds": 0.0}, "time"),
        ({"seconds": float("inf")}, "time"),
        ({"seconds": float("nan")}, "time"),
    ],
)
def test_an_impossible_plan_is_refused(change: dict[str, Any], place: str) -> None:
    given: dict[str, Any] = {"architectures": ((2, 3, 1),), "networks": 2, "seed": 0, "seconds": None}
    with pytest.raises(BadInput) as refused:
        Plan(**(given | change))
    assert refused.value.place == place


# -- the same survey ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [lambda: Workers(2), lambda: Workers.around(ThreadPoolExecutor(3))])
def test_the_survey_is_the_same_whoever_makes_it(whole: Survey, workers: Callable[[], Workers]) -> None:
    again = conducted(Survey(PLAN), workers())
    assert again.records == whole.records
    assert again.to_json() == whole.to_json()


def test_a_survey_that_is_stopped_and_resumed_is_the_whole_one(whole: Survey, tmp_path: Path) -> None:
    path = str(tmp_path / "survey.log")
    survey = Survey(PLAN)
    with Log.start(path, PLAN) as log, Workers() as workers:
        for number, record in conduct(survey, workers):
            log.append(number, record)
            if len(survey.records) == 4:
                break
    assert not survey.is_complete
    with open(path, "ab") as file:
        file.write(b'{"task":4,"widths":[2,')  # torn off by a power cut
    log, resumed = Log.resume(path)
    assert resumed.records == {number: whole.records[number] for number in range(4)}
    with log, Workers() as workers:
        for number, record in conduct(resumed, workers):
            log.append(number, record)
    assert resumed.records == read_log(path)[0].records == whole.records
    assert resumed.plan == PLAN
    assert resumed.is_complete


def test_records_may_come_in_any_order(whole: Survey, tmp_path: Path) -> None:
    path = str(tmp_path / "survey.log")
    with Log.start(path, PLAN) as log:
        for number in (7, 2, 8, 0, 1, 6, 5, 4, 3):
            log.append(number, whole.records[number])
    assert read_log(path)[0].to_json() == whole.to_json()


def test_a_complete_survey_makes_nothing(whole: Survey) -> None:
    with Workers() as workers:
        assert list(conduct(Survey(PLAN, dict(whole.records)), workers)) == []


# -- what it comes to --------------------------------------------------------------------------------------------------


def test_every_line_counts_its_records(whole: Survey) -> None:
    lines = whole.lines()
    assert len(lines) == 3 * len(QUESTIONS) + (1 + 2) * len(COUNTED)
    for line in lines:
        own = [record for record in whole.records.values() if record.widths == line.widths]
        if line.layer is None:
            answers = [str(record.answers[line.what]) for record in own]
            assert (line.total, line.yes, line.no) == (3, answers.count("yes"), answers.count("no"))
            assert line.interval == clopper_pearson(line.yes, line.undecided, 3)
        else:
            tallies = [record.counts[line.what][line.layer - 2] for record in own]
            width, below = line.widths[line.layer], line.widths[line.layer - 1]
            each = width * below if line.among == "pairs" else width
            assert (line.total, line.yes) == (3 * each, sum(tally[0] for tally in tallies))
            assert line.interval == hoeffding(line.yes, line.undecided, each, 3)


def test_csv_and_json_say_the_same(whole: Survey) -> None:
    rows = list(csv.DictReader(io.StringIO(whole.to_csv())))
    lines = json.loads(json.dumps(whole.to_json()))["lines"]
    assert [{key: "" if v is None else str(v) for key, v in line.items()} for line in lines] == rows
    assert {line["what"] for line in lines} == {entry.key for entry in (*QUESTIONS, *COUNTED)}


def test_an_unfinished_survey_counts_what_there_is(whole: Survey) -> None:
    part = Survey(PLAN, {number: whole.records[number] for number in (1, 4)})
    assert {(line.architecture, line.total) for line in part.lines() if line.layer is None} == {("2-2-3-1", 2)}
    assert Survey(PLAN).lines() == []
    assert Survey(PLAN).to_csv() == ""


def test_undecided_answers_widen_the_interval() -> None:
    records = {0: examine(PLAN[1]), 3: examine(Plan(PLAN.architectures, 3, 5, seconds=1e-9)[4])}
    line = Survey(PLAN, records).lines()[1]
    assert isinstance(line, Line)
    assert (line.what, line.total, line.undecided) == ("meet", 2, 1)
    assert line.interval == clopper_pearson(line.yes, 1, 2)


# -- hostile logs ------------------------------------------------------------------------------------------------------


@pytest.fixture
def lines(whole: Survey, tmp_path: Path) -> list[Any]:
    path = str(tmp_path / "good.log")
    with Log.start(path, PLAN) as log:
        for number in (0, 1):
            log.append(number, whole.records[number])
    return [json.loads(line) for line in Path(path).read_text().splitlines()]


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """A copy with one entry replaced."""
    copy = json.loads(json.dumps(value))
    place = copy
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = new
    return copy


@pytest.mark.parametrize(
    ("path", "new"),
    [
        ((0, "exactrev_survey"), 2),
        ((0, "exactrev_survey"), "1"),
        ((0, "architectures"), "2-3-1"),
        ((0, "architectures"), [231]),
        ((0, "architectures"), ["2-3"]),
        ((0, "architectures"), []),
        ((0, "architectures", 0), "3-3-1"),
        ((0, "networks"), 0),
        ((0, "networks"), 1.5),
        ((0, "networks"), 10**9),
        ((0, "seed"), 4),
        ((0, "seed"), -5),
        ((0, "seed"), None),
        ((0, "seconds"), "5"),
        ((0, "seconds"), -1),
        ((0, "more"), 1),
        ((1,), []),
        ((1, "task"), 1),
        ((1, "task"), 9),
        ((1, "task"), "0"),
        ((1, "task"), True),
        ((1, "widths"), [2, 2, 1]),
        ((1, "widths"), "2-3-1"),
        ((1, "seed"), 6),
        ((1, "regions"), "7"),
        ((1, "regions"), -7),
        ((1, "answers"), {}),
        ((1, "answers"), []),
        ((1, "answers", "lra"), "maybe"),
        ((1, "answers", "lra"), True),
        ((1, "answers", "theorem_2"), "no"),
        ((1, "answers", "corrected"), "undecided"),
        ((1, "answers", "other"), "yes"),
        ((1, "counts"), {}),
        ((1, "counts", "empty"), [[0, 0]]),
        ((2, "counts", "empty"), []),
        ((2, "counts", "empty"), [[0]]),
        ((2, "counts", "empty"), [[4, 0]]),
        ((2, "counts", "empty"), [[2, 2]]),
        ((2, "counts", "empty"), [[-1, 0]]),
        ((2, "counts", "empty"), [["0", 0]]),
        ((2, "counts", "empty"), 0),
        ((2, "counts", "disjoint"), [[7, 0]]),
        ((2, "task"), 0),
    ],
)
def test_a_log_that_was_tampered_with_is_refused_in_one_line(
    lines: list[Any], tmp_path: Path, path: tuple[Any, ...], new: Any
) -> None:
    bad = tmp_path / "bad.log"
    bad.write_text("".join(json.dumps(line) + "\n" for line in replaced(lines, path, new)))
    with pytest.raises(BadInput) as refused:
        read_log(str(bad))
    assert str(refused.value).startswith(f"{bad}: line ")
    assert "\n" not in str(refused.value)
    before = bad.read_bytes()
    with pytest.raises(BadInput):
        Log.resume(str(bad))
    assert bad.read_bytes() == before


def test_a_record_may_not_come_twice(lines: list[Any], tmp_path: Path) -> None:
    bad = tmp_path / "twice.log"
    bad.write_text("".join(json.dumps(line) + "\n" for line in [*lines, lines[1]]))
    with pytest.raises(BadInput, match="line 4, task: found the number 0, again"):
        read_log(str(bad))


@pytest.mark.parametrize("data", [b"", b"{", b"\n", b"[1]\n", b"\xff\n", b"{}\n", b"[" * 5000 + b"\n"])
def test_what_is_no_log_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "no.log"
    path.write_bytes(data)
    with pytest.raises(BadInput):
        read_log(str(path))


def test_a_log_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "survey.log"
    path.write_text("precious")
    with pytest.raises(BadInput, match="a file that exists"):
        Log.start(str(path), PLAN)
    assert path.read_text() == "precious"
    with pytest.raises(BadInput, match="expected a file that can be written"):
        Log.start(str(tmp_path / "nowhere" / "survey.log"), PLAN)
