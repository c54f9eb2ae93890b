"""The README, executed: its session, its Python, its table, its commands and its links."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest

from exactrev.cli import main
from exactrev.statements import STATEMENTS, as_table

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8") if (ROOT / "README.md").exists() else ""
pytestmark = pytest.mark.skipif(not README, reason="needs the source tree")


def blocks(language: str) -> list[str]:
    """The contents of all fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_the_session_prints_what_it_shows(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for variable in ("FORCE_COLOR", "TTY_COMPATIBLE", "COLUMNS"):
        monkeypatch.delenv(variable, raising=False)
    checker = doctest.OutputChecker()
    executed = []
    for block in blocks("console"):
        for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, expected = step.partition("\n")
            program, *arguments = shlex.split(command)
            assert program == "exactrev"
            with pytest.raises(SystemExit) as end:
                main(arguments)
            out, err = capsys.readouterr()
            executed.append((arguments[0], end.value.code))
            assert err == ""
            assert checker.check_output(expected, out, doctest.ELLIPSIS), f"$ {command}\n{out}"
    # The last answer is a statement that fails, with its witness.
    assert executed[-1] == ("verify", 1)
    assert all(code == 0 for _, code in executed[:-1])


def test_the_python_is_right() -> None:
    examples = blocks("pycon")
    assert len(examples) == 2
    for number, block in enumerate(examples):
        test = doctest.DocTestParser().get_doctest(block, {}, f"README {number}", "README.md", 0)
        report: list[str] = []
        result = doctest.DocTestRunner().run(test, out=report.append)
        assert result.attempted > 0
        assert result.failed == 0, "".join(report)


def test_the_table_is_what_the_registry_prints() -> None:
    assert as_table() in README
    assert README.count("\n| `") == len(STATEMENTS)


def test_two_commands_install_everything_and_do_everything() -> None:
    main_job, tests = "".join(blocks("sh")).splitlines()
    for command in (main_job, tests):
        assert command.startswith("python3 -m venv .venv && .venv/bin/pip install ")
    assert main_job.endswith(" && .venv/bin/exactrev verify figure1")
    assert tests.endswith(" && .venv/bin/python -m pytest")


def test_links_lead_to_files_that_exist() -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if "://" not in link]
    assert "docs/error_bound.md" in links
    for link in links:
        assert (ROOT / link).exists(), link
