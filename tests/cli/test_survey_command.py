"""``exactrev survey`` as a user meets it: tables, files, a log that outlives everything, and refusals in one line."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from command_line import Run

import exactrev.surveys.survey
from exactrev.surveys import COUNTED, QUESTIONS, Record, Task, examine, read_log

SMALL = ("survey", "--widths", "2-3-1,2-2-3-1", "--networks", "3")


def test_the_tables_have_a_row_for_every_architecture_and_say_what_is_asked(run: Run) -> None:
    answer = run(*SMALL)
    assert (answer.code, answer.err) == (0, "")
    rows = [line.split() for line in answer.out.splitlines() if line.strip()]
    assert ["2-3-1", "3", *["3"] * 9, "0"] in rows
    assert [row[:4] for row in rows if row[0] == "2-2-3-1"][1] == ["2-2-3-1", "2", "9", "18"]  # 3 networks
    for entry in (*QUESTIONS, *COUNTED):
        assert f"{entry.heading}: {entry.asks}" in answer.out
    assert "29-100" in answer.out  # three of three: 0.025^(1/3) = 0.2924


def test_undecided_answers_are_shown_as_such(run: Run) -> None:
    answer = run("survey", "--widths", "2-3-3-1", "--networks", "2", "--time", "0.000001")
    assert answer.code == 0
    assert "0 ?2" in answer.out
    assert "0-100" in answer.out
    assert "undecided" in answer.out
    assert run("survey", "--widths", "2-3-1", "--networks", "1").out.count("?") == 0


def test_json_has_every_line_and_the_plan(run: Run) -> None:
    answer = run(*SMALL, "--json", "--seed", "4")
    found = answer.json
    assert found["plan"] == {"architectures": ["2-3-1", "2-2-3-1"], "networks": 3, "seed": 4, "seconds": None}
    assert found["is_complete"] is True
    assert len(found["lines"]) == 2 * len(QUESTIONS) + len(COUNTED)
    assert found["lines"][0] == {
        "architecture": "2-3-1", "n_in": 2, "hidden_layers": 1, "what": "lra", "among": "networks", "layer": None,
        "total": 3, "yes": 3, "no": 0, "undecided": 0, "low": 0.2924, "high": 1.0,
    }  # fmt: skip


def test_a_grid_is_spelt_out_and_seeds_make_a_difference(run: Run) -> None:
    grid = ("survey", "--inputs", "1,2", "--hidden", "3", "--depths", "1,2", "--networks", "4", "--json")
    found = run(*grid, "--outputs", "2").json
    assert found["plan"]["architectures"] == ["1-3-2", "1-3-3-2", "2-3-2", "2-3-3-2"]
    assert run(*grid).out == run(*grid).out
    assert run(*grid).out != run(*grid, "--seed", "1000").out


def test_csv_and_picture_are_written(run: Run) -> None:
    pytest.importorskip("matplotlib")
    answer = run(*SMALL, "--csv", "found.csv", "--plot", "found.svg", "--json")
    with open("found.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["what"] for row in rows] == [line["what"] for line in answer.json["lines"]]
    picture = Path("found.svg").read_text()
    assert f"shares-0-{len(QUESTIONS) - 1}" in picture
    assert f"shares-1-{len(COUNTED) - 1}" in picture


def test_workers_change_nothing(run: Run) -> None:
    assert run(*SMALL, "--workers", "2").out == run(*SMALL).out


# -- logs --------------------------------------------------------------------------------------------------------------


def test_ctrl_c_keeps_what_there_is_and_resume_goes_on(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Task] = []

    def interrupted(task: Task) -> Record:
        seen.append(task)
        if len(seen) == 4:
            raise KeyboardInterrupt
        return examine(task)

    monkeypatch.setattr(exactrev.surveys.survey, "examine", interrupted)
    answer = run(*SMALL, "--log", "survey.log", "--json")
    assert answer.code == 130
    assert answer.err == (
        "exactrev: interrupted after 3 of 6 networks; exactrev survey --resume survey.log goes on\n"
    )
    assert answer.json["is_complete"] is False
    assert [line["total"] for line in answer.json["lines"] if line["what"] == "lra"] == [2, 1]
    assert len(read_log("survey.log")[0].records) == 3
    resumed = run("survey", "--resume", "survey.log")
    assert resumed.code == 0
    assert len(seen) == 7
    assert resumed.out == run(*SMALL).out == run("survey", "--resume", "survey.log").out


def test_ctrl_c_before_anything_was_found_prints_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(task: Task) -> Record:
        raise KeyboardInterrupt

    monkeypatch.setattr(exactrev.surveys.survey, "examine", interrupted)
    answer = run(*SMALL, "--plot", "found.svg", "--csv", "found.csv")
    assert (answer.code, answer.out) == (130, "")
    assert answer.err == "exactrev: interrupted after 0 of 6 networks\n"
    assert not Path("found.svg").exists()
    assert not Path("found.csv").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal")
def test_a_real_interrupt_of_a_survey_with_workers_loses_no_network(tmp_path: Path) -> None:
    log = tmp_path / "survey.log"
    command = [sys.executable, "-m", "exactrev", *SMALL[:-1], "9999", "--workers", "2", "--log", str(log)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        while process.poll() is None and not (log.exists() and log.read_bytes().count(b"\n") > 5):
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130, err
    records = read_log(str(log))[0].records
    assert f"interrupted after {len(records)} of 19998 networks" in err
    assert "Traceback" not in err
    assert "2-2-3-1" in out
    assert all(record == examine(read_log(str(log))[0].plan[number]) for number, record in [*records.items()][:3])


# -- refusals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--widths", "2-3"),
        ("--widths", ""),
        ("--widths", "2-3-1", "--networks", "0"),
        ("--widths", "2-3-1", "--seed", "-1"),
        ("--widths", "2-3-1", "--time", "0"),
        ("--inputs", "2", "--hidden", "3"),
        ("--inputs", "2", "--depths", "3"),
        ("--inputs", "2,,3", "--hidden", "3", "--depths", "1"),
        ("--inputs", "0", "--hidden", "3", "--depths", "1"),
        ("--inputs", "2", "--hidden", "123456", "--depths", "1"),
        ("--resume", "some.log", "--seed", "1"),
        ("--resume", "some.log", "--widths", "2-3-1"),
        ("--resume", "some.log", "--log", "other.log"),
        ("--widths", "2-3-1", "--workers", "2", "--executor", "dask://localhost:1"),
    ],
)
def test_a_wrong_command_line_is_refused(run: Run, arguments: tuple[str, ...]) -> None:
    answer = run("survey", *arguments)
    assert (answer.code, answer.out) == (2, "")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--resume", "none.log"), "none.log: found no such file"),
        (("--resume", "bent.json"), "bent.json: "),
        (("--widths", "2-3-1", "--log", "bent.json"), "bent.json: found a file that exists"),
        (("--widths", "2-3-1", "--csv", "found.txt"), "found.txt: found the extension '.txt'"),
        (("--widths", "2-3-1", "--plot", "found.gif"), "found.gif: found the extension '.gif'"),
        (("--widths", "2-3-1", "--seed", "99999999999999999999"), "seed: found 99999999999999999999"),
        (("--widths", "2-3-1", "--networks", "1000000"), "networks: found 1000000"),
        (("--inputs", "2", "--hidden", "30000", "--depths", "3"), "architecture: found "),
        (("--inputs", "2", "--hidden", "3", "--depths", "70"), "architecture: found "),
    ],
)
def test_bad_input_is_refused_in_one_line_before_anything_is_done(
    run: Run, arguments: tuple[Any, ...], says: str
) -> None:
    answer = run("survey", *arguments)
    assert (answer.code, answer.out) == (4, "")
    assert answer.err.startswith(f"exactrev: {says}")
    assert answer.err.count("\n") == 1


def test_a_picture_without_matplotlib_is_refused_before_anything_is_done(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    answer = run(*SMALL, "--plot", "found.svg", "--log", "survey.log")
    assert (answer.code, answer.out) == (4, "")
    assert "pip install" in answer.err
    assert not Path("survey.log").exists()


def test_a_log_from_elsewhere_may_say_what_it_likes_and_is_read_strictly(run: Run) -> None:
    run(*SMALL, "--log", "survey.log")
    lines = Path("survey.log").read_text().splitlines()
    record = json.loads(lines[1])
    record["answers"]["lra"] = "__import__('os')"
    Path("survey.log").write_text("\n".join([lines[0], json.dumps(record)]) + "\n")
    answer = run("survey", "--resume", "survey.log")
    assert answer.code == 4
    assert answer.err.startswith("exactrev: survey.log: line 2, answers, lra: found the string")
