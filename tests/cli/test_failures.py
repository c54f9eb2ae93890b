"""What can go wrong, and the exit code and the line that it ends in."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from command_line import Run

import exactrev.geometry
from exactrev.cli.progress import Watch
from exactrev.errors import BudgetSpent, TheoryContradicted


def instead(error: BaseException) -> Callable[..., NoReturn]:
    """A function that raises."""

    def fail(*_: Any, **__: Any) -> NoReturn:
        raise error

    return fail


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["regions", "nonsense"], "exactrev: nonsense: found no such file or example; expected a file, or one of"),
        (["regions", "missing.json"], "exactrev: missing.json: found no such file"),
        (["regions", "float.json"], "exactrev: float.json: layers[0].bias[0]: found a float, 0.5; expected"),
        (["regions", "."], "exactrev: .: "),
        (["regions", "[bold].json"], "exactrev: [bold].json: "),
        (["regions", "two\nlines.json"], "exactrev: two"),
        (["regions", "bent.json", "--box", "0,1;0,1;0,1"], "exactrev: the box has the wrong dimension"),
        (["boundaries", "bent.json", "--neuron", "3,0"], "exactrev: no such hidden neuron (neuron=z[3,0]"),
        (["plot", "bent.json", "-o", "picture.txt"], "exactrev: picture.txt: found the extension"),
        (["plot", "bent.json", "-o", "picture"], "exactrev: picture: found no extension"),
        (["regions", "bent.json", "--graph", "nowhere/graph.json"], "exactrev: nowhere/graph.json: found a folder"),
        (["regions", "bent.json", "--graph", "folder.json"], "exactrev: folder.json: found something that"),
        (["convert", "bent.json", "bent.json"], "exactrev: bent.json: found the input itself"),
        (["convert", "bent.json", "link.json"], "exactrev: link.json: found the input itself"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_on_stderr(run: Run, arguments: list[str], expected: str) -> None:
    Path("float.json").write_text(
        '{"format": "exactrev-network", "version": 1, "layers": [{"weights": [[1]], "bias": [0.5]}]}'
    )
    os.mkdir("folder.json")
    os.symlink("bent.json", "link.json")
    answer = run(*arguments)
    assert (answer.code, answer.out) == (4, "")
    assert answer.err.startswith(expected)
    assert len(answer.err.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["regions"],
        ["nonsense"],
        ["regions", "bent.json", "--box", "1,0"],
        ["regions", "bent.json", "--box", "0,nan"],
        ["regions", "bent.json", "--box", "0,1e999999999"],
        ["regions", "bent.json", "--box", "0"],
        ["boundaries", "bent.json", "--neuron", "0x1,2"],
        ["plot", "bent.json", "-o", "p.svg", "--plane", "0,0"],
        ["plot", "bent.json", "-o", "p.svg", "--plane", "0,0;1"],
        ["verify", "bent.json", "--budget", "-1"],
        ["verify", "bent.json", "--budget", "nan"],
        ["compare", "bent.json", "bent.json", "--budget", "nan"],
        ["fuzz", "--time", "nan"],
        ["verify", "bent.json", "--statement", "nonsense"],
    ],
)
def test_a_wrong_command_line_is_a_usage_error(run: Run, arguments: list[str]) -> None:
    answer = run(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert "Error: " in answer.err


def test_an_impossible_output_is_refused_before_any_work(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exactrev.geometry, "regions", instead(AssertionError("work was started")))
    for command, option in (("regions", "--graph"), ("boundaries", "-o"), ("plot", "-o")):
        assert run(command, "bent.json", option, "nowhere/file.json").code == 4


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_without_permission_is_refused(run: Run) -> None:
    os.mkdir("locked", mode=0o500)
    assert "permission" in run("convert", "bent.json", "locked/copy.json").err


def test_a_spent_budget_is_undecided(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for error in (BudgetSpent("no simplex was found large enough", exponent=7), MemoryError()):
        monkeypatch.setattr(exactrev.geometry, "regions", instead(error))
        answer = run("regions", "bent.json")
        assert (answer.code, answer.out) == (3, "")
        assert answer.err.startswith("exactrev: undecided: ")
        assert len(answer.err.splitlines()) == 1


@pytest.mark.parametrize("error", [TheoryContradicted("two is three", witness=7), ZeroDivisionError("an accident")])
def test_our_own_faults_say_what_to_report(run: Run, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    monkeypatch.setattr(exactrev.geometry, "regions", instead(error))
    answer = run("regions", "bent.json")
    assert (answer.code, answer.out) == (70, "")
    assert "Traceback" in answer.err
    assert str(error) in answer.err
    assert "Please report" in answer.err
    assert f"exactrev {exactrev.__version__}" in answer.err


@pytest.fixture
def interrupt(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Presses Ctrl-C as soon as the work of that name reports progress."""

    def during(work: str) -> None:
        def press(watch: Watch, *_: int) -> None:
            if watch.work == work:
                signal.raise_signal(signal.SIGINT)

        monkeypatch.setattr(Watch, "__call__", press)

    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield during
    signal.signal(signal.SIGINT, handler)


@pytest.mark.parametrize(
    ("work", "arguments"),
    [
        ("statements", ["verify", "bent.json"]),
        ("regions", ["regions", "bent.json", "--graph", "old.json"]),
        ("region graph", ["regions", "bent.json", "--graph", "old.json"]),
        ("region graph", ["regions", "bent.json", "--graph", "old.graphml"]),
        ("regions", ["boundaries", "bent.json", "-o", "old.json"]),
        ("pieces and ridges", ["boundaries", "bent.json", "-o", "old.json"]),
        ("regions", ["plot", "bent.json", "-o", "old.svg"]),
    ],
)
def test_control_c_leaves_a_message_and_the_old_files(
    run: Run, interrupt: Callable[[str], None], work: str, arguments: list[str]
) -> None:
    old = ["old.graphml", "old.json", "old.svg"]
    for name in old:
        Path(name).write_text("old")
    interrupt(work)
    answer = run(*arguments)
    assert (answer.code, answer.out) == (130, "")
    assert answer.err.startswith("exactrev: interrupted")
    assert sorted(os.listdir()) == ["bent.json", *old]
    assert {Path(name).read_text() for name in old} == {"old"}


def test_a_reader_that_leaves_early_is_no_error() -> None:
    command = [sys.executable, "-m", "exactrev", "regions", "regressor3d", "--list"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()
    assert (process.returncode, err) == (141, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs the device that is always full")
def test_results_that_cannot_be_printed_are_an_error() -> None:
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "exactrev", "examples"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 4
    assert "Traceback" not in done.stderr


# -- progress ---------------------------------------------------------------------------------------------------------


def test_progress_is_shown_on_a_terminal_and_cleared_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("exactrev.cli.progress.PATIENCE", -1.0)
    monkeypatch.setenv("TERM", "xterm")
    for terminal in (True, False):
        monkeypatch.setattr(sys.stderr, "isatty", lambda terminal=terminal: terminal)
        with Watch("counting sheep") as watch:
            watch(1, 2)
        out, err = capsys.readouterr()
        assert out == ""
        assert ("counting sheep" in err) is terminal


def test_short_work_shows_no_progress(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with Watch("a moment") as watch:
        watch(1, 2)
    assert capsys.readouterr() == ("", "")
