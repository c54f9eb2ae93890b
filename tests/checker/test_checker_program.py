"""The checker as a program: its lines, its exit codes, and that nothing but Python is needed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from exactrev.checker import __main__ as program

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "tests" / "corpus"
VERIFIED = str(CORPUS / "verified" / "regions.cert")
REJECTED = str(CORPUS / "rejected" / "one_region_too_many_claimed.cert")
MALFORMED = str(CORPUS / "malformed" / "json.cert")
CLAIM = Path(VERIFIED).read_text(encoding="ascii").splitlines()[1].removeprefix("claim ")


def run(*arguments: str, options: tuple[str, ...] = ("-I", "-S", "-B")) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *options, str(ROOT / "exactrev" / "checker"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)


def test_a_verified_certificate_gives_one_line_with_the_digest_of_its_claim() -> None:
    done = run(VERIFIED)
    assert done.returncode == 0
    assert done.stdout == f"s VERIFIED {sha256(CLAIM.encode()).hexdigest()}\n"
    assert done.stderr.endswith(f": VERIFIED: {CLAIM}\n")


def test_it_runs_as_a_module_without_site_packages() -> None:
    command = [sys.executable, "-S", "-B", "-m", "exactrev.checker", VERIFIED]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, stdin=subprocess.DEVNULL, check=False)
    assert (done.returncode, done.stdout[:11]) == (0, "s VERIFIED ")


def test_it_needs_nothing_else_of_exactrev(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "exactrev" / "checker", tmp_path / "exactrev" / "checker")
    command = [sys.executable, "-I", "-S", "-B", str(tmp_path / "exactrev" / "checker"), VERIFIED]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert (done.returncode, done.stdout[:11]) == (0, "s VERIFIED ")


def test_refusals_give_the_reason_on_stderr_and_nothing_on_stdout() -> None:
    for path, code, word in ((REJECTED, 10, "REJECTED"), (MALFORMED, 20, "MALFORMED")):
        done = run(path)
        assert (done.returncode, done.stdout) == (code, "")
        assert f": {word}: " in done.stderr
        assert done.stderr.count("\n") == 1


def test_the_first_condition_that_fails_is_named_with_its_values() -> None:
    done = run(REJECTED)
    assert done.stderr.endswith("REJECTED: other numbers of regions and thick cells: [7, 0]: (8, 0)\n")


def test_several_certificates_give_a_line_each_and_the_worst_code() -> None:
    done = run(VERIFIED, REJECTED, VERIFIED)
    assert (done.returncode, done.stdout.count("s VERIFIED "), done.stdout.count("\n")) == (10, 2, 2)
    assert run(REJECTED, MALFORMED).returncode == 20


def test_the_claim_is_the_callers() -> None:
    assert run("--claim", CLAIM, VERIFIED).returncode == 0
    done = run("--claim", CLAIM.replace("regions 7", "regions 6"), VERIFIED)
    assert (done.returncode, done.stdout) == (10, "")
    assert run("--claim", "", VERIFIED).returncode == 10


@pytest.mark.parametrize("arguments", [(), ("--claim",), ("--claim", CLAIM), ("--help", VERIFIED), ("-x",)])
def test_a_wrong_command_line_checks_nothing(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("usage: ")


def test_what_is_not_a_regular_file_is_refused_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    for path in (pipe, loop, tmp_path, tmp_path / "absent", Path(os.devnull)):
        assert program.check_file(str(path), None) == 20
    assert capsys.readouterr().out == ""


def test_names_of_files_cannot_forge_a_verdict(tmp_path: Path) -> None:
    path = tmp_path / "x\ns VERIFIED 0"
    path.write_bytes(Path(REJECTED).read_bytes())
    done = run(str(path))
    assert (done.returncode, done.stdout) == (10, "")
    assert not any(line.startswith("s ") for line in done.stderr.splitlines())
    path.write_bytes(Path(VERIFIED).read_bytes())
    done = run(str(path))
    assert done.stdout.count("s VERIFIED") == 1
    assert not any(line.startswith("s ") for line in done.stderr.splitlines())


def test_a_fault_of_the_checker_is_not_a_verdict(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    errors = {IndexError("0"): 70, MemoryError(): 30, KeyboardInterrupt(): 130, OSError(5, "I/O"): 20}
    for error, code in errors.items():

        def fail(*_: object, error: BaseException = error) -> None:
            raise error

        monkeypatch.setattr(program, "check", fail)
        assert program.check_file(VERIFIED, None) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert "INTERNAL: IndexError: '0'" in err
