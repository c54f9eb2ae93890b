"""``exactrev fuzz``: JSON lines, exit codes, the corpus, the log, Ctrl-C, and nothing left behind."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from command_line import Answer, Run
from testing.fuzz.networks_to_judge import PERMUTE, R1, R2, RELU, ZERO, pretend, raises

from exactrev.errors import TheoryContradicted
from exactrev.testing.fuzz import Corpus, Finding, campaign, judging

ROOT = Path(__file__).resolve().parents[2]
THICK = "fails: neuron, vanishes around, where the pattern is"
FEW = ("--examples", "12", "--statement", "R1", "--statement", "I1")


def records(answer: Answer) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.out.splitlines()]


def events(answer: Answer, kind: str) -> list[dict[str, Any]]:
    return [record for record in records(answer) if record.get("event") == kind]


def test_a_campaign_prints_its_findings_and_at_last_its_numbers(run: Run) -> None:
    answer = run("fuzz", *FEW, "--seed", "3")
    assert answer.code == 1
    assert answer.err == "12 networks; 1 kinds of failure\n"
    assert [(event["shard"], event["examples"]) for event in events(answer, "shard")] == [(0, 12)]
    (found,) = events(answer, "finding")
    assert found["finding"]["statement"] == R1
    assert found["finding"]["network"]["layers"][0] == {"weights": [[0]], "bias": [0]}
    last = records(answer)[-1]
    assert (last["examples"], last["failures"], last["faults"], last["interrupted"]) == (12, 1, 0, False)
    assert sum(last["outcomes"][R1].values()) == 12
    assert sorted(os.listdir()) == ["bent.json"]


def test_what_holds_always_gives_exit_code_0(run: Run) -> None:
    answer = run("fuzz", "--examples", "5", "--statement", "I1")
    assert (answer.code, answer.err) == (0, "5 networks; 0 kinds of failure\n")


def test_the_same_seed_gives_the_same_lines(run: Run) -> None:
    assert run("fuzz", *FEW, "--seed", "3").out == run("fuzz", *FEW, "--seed", "3").out


def test_findings_are_kept_looked_at_again_and_accepted_by_the_checker(run: Run) -> None:
    first = run("fuzz", *FEW, "--seed", "3", "--corpus", "kept")
    assert first.err == "12 networks; 1 kinds of failure, kept in kept\n"
    (finding,) = Corpus("kept").findings.values()
    assert finding.network == ZERO
    certificates = sorted(map(str, Path("kept/certificates").iterdir()))
    assert run("check", *certificates).code == 0
    before = {path: path.read_bytes() for path in Path("kept").rglob("*") if path.is_file()}
    second = run("fuzz", *FEW, "--seed", "4", "--corpus", "kept")
    assert [(event["kind"], event["now"]) for event in events(second, "replayed")] == [(THICK, "as it was")]
    assert not events(second, "finding")
    assert records(second)[-1]["failures"] == 1
    assert {path: path.read_bytes() for path in Path("kept").rglob("*") if path.is_file()} == before


def test_a_known_finding_that_changed_is_told(run: Run) -> None:
    finding = Finding(R1, THICK, RELU, 0, 0, 0, shrunk=True)
    Corpus("kept").keep(finding)
    answer = run("fuzz", "--time", "0", "--statement", "R1", "--corpus", "kept")
    assert answer.code == 1
    assert f"{finding.file_name} is not as it was: HOLDS" in answer.err
    assert records(answer)[-1]["changed"] == 1


def test_a_fault_of_ours_has_an_exit_code_of_its_own(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, raises(TheoryContradicted("two is three")))
    answer = run("fuzz", "--examples", "3", "--statement", "I1", "--corpus", "kept")
    assert answer.code == 70
    assert records(answer)[-1]["faults"] == 1
    assert f"fault: TheoryContradicted in _decide ({PERMUTE})" in answer.err
    assert [finding.is_fault for finding in Corpus("kept").findings.values()] == [True]


def test_an_interrupted_campaign_tells_and_keeps_what_it_found(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(campaign, "SHARD", 12)
    judged = judging.judge
    count = 0

    def interrupting(*arguments: Any, **options: Any) -> Any:
        nonlocal count
        count += 1
        if count == 15:
            raise KeyboardInterrupt
        return judged(*arguments, **options)

    monkeypatch.setattr("exactrev.testing.fuzz.shards.judge", interrupting)
    options = ("--examples", "36", "--statement", "R1", "--seed", "3", "--corpus", "kept", "--log", "log")
    answer = run("fuzz", *options)
    assert answer.code == 130
    last = records(answer)[-1]
    assert (last["interrupted"], last["examples"], last["failures"]) == (True, 12, 1)
    assert [event["finding"]["shrunk"] for event in events(answer, "finding")] == [False]
    assert len(Corpus("kept").findings) == 1
    # And on it goes, with the same result as if nothing had happened.
    resumed = run("fuzz", *options, "--resume")
    whole = run("fuzz", "--examples", "36", "--statement", "R1", "--seed", "3")
    assert records(resumed)[-1] == records(whole)[-1]
    assert [finding.shrunk for finding in Corpus("kept").findings.values()] == [True]
    assert sorted(os.listdir()) == ["bent.json", "kept", "log"]


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        ((), 2, "Give --time S or --examples N"),
        (("--examples", "5", "--resume"), 2, "--log"),
        (("--examples", "5", "--statement", "T99"), 2, "'T99' is not one of"),
        (("--examples", "-1"), 2, "-1"),
        (("--time", "-1"), 2, "-1"),
        (("--examples", "5", "--workers", "2", "--executor", "dask://127.0.0.1:1"), 2, "exclude each other"),
        (("--examples", "5", "--corpus", "bent.json"), 4, "bent.json"),
        (("--examples", "5", "--corpus", "no/where"), 4, "no/where"),
        (("--examples", "5", "--log", "no/where"), 4, "no/where"),
        (("--examples", "5", "--log", "bent.json"), 4, "--resume"),
        (("--examples", "5", "--log", "bent.json", "--resume"), 4, "bent.json"),
        (("--examples", "5", "--corpus", "."), 4, "bent.json"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(run: Run, arguments: tuple[str, ...], code: int, complaint: str) -> None:
    answer = run("fuzz", *arguments)
    assert (answer.code, answer.out) == (code, "")
    assert complaint in answer.err
    if code == 4:
        assert len(answer.err.splitlines()) == 1


def test_without_hypothesis_one_line_says_what_to_install(tmp_path: Path) -> None:
    code = "import sys; sys.modules['hypothesis'] = None; from exactrev.cli import main; main(['fuzz', '--time', '0'])"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    expected = "exactrev: fuzz: found Hypothesis missing here; expected pip install exactrev[testing]\n"
    assert (done.returncode, done.stdout, done.stderr) == (4, "", expected)


def test_control_c_ends_a_campaign_of_two_processes_and_the_table_is_gone(tmp_path: Path) -> None:
    """With a terminal for stderr: there a table is shown, and cleared away at the end."""
    ours, theirs = pty.openpty()
    shown: list[bytes] = []
    reader = threading.Thread(target=_read_all, args=(ours, shown), daemon=True)
    with subprocess.Popen(
        [sys.executable, "-m", "exactrev", "fuzz", "--time", "60", "--workers", "2", "--statement", "R1"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "100"},
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        reader.start()
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["event"] == "shard"
        for _ in range(3):  # one that comes while workers are begun may be lost
            os.killpg(process.pid, signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                out, _ = process.communicate(timeout=15)
                break
    reader.join(timeout=10)
    last = json.loads(out.splitlines()[-1])
    assert process.returncode == 130
    assert last["interrupted"]
    assert last["examples"] >= 100
    terminal = b"".join(shown)
    assert b"statement" in terminal
    assert b"kinds of failure" in terminal
    assert b"Traceback" not in terminal
    assert not list(tmp_path.iterdir())


def _read_all(descriptor: int, chunks: list[bytes]) -> None:
    """What is written to a terminal, until nobody has it open any more; unread, it would make the writer wait."""
    with suppress(OSError):
        while chunk := os.read(descriptor, 1 << 16):
            chunks.append(chunk)
    os.close(descriptor)


def test_an_executor_makes_no_difference(run: Run) -> None:
    distributed = pytest.importorskip("distributed")
    alone = run("fuzz", *FEW, "--statement", "R2", "--seed", "3")
    with distributed.LocalCluster(
        processes=True, n_workers=1, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, silence_logs=50
    ) as cluster:
        address = str(cluster.scheduler_address).replace("tcp://", "dask://")
        far = run("fuzz", *FEW, "--statement", "R2", "--seed", "3", "--executor", address)
    assert far == alone
    assert R2 in records(far)[-1]["outcomes"]
