"""The fixture that runs a command."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import BENT, Answer, Run

from exactrev import save
from exactrev.cli import main


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in an empty folder that holds bent.json, without a terminal."""
    monkeypatch.chdir(tmp_path)
    for variable in ("FORCE_COLOR", "TTY_COMPATIBLE", "COLUMNS"):
        monkeypatch.delenv(variable, raising=False)
    save(BENT, "bent.json")

    def invoke(*arguments: str) -> Answer:
        with pytest.raises(SystemExit) as end:
            main(list(arguments), prog_name="exactrev")
        out, err = capsys.readouterr()
        return Answer(int(end.value.code or 0), out, err)

    return invoke
