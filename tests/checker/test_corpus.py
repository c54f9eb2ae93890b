"""Every stored certificate gets the verdict of its folder. Adding a case is adding a file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from exactrev.checker.__main__ import check_file
from exactrev.checker.kinds import KINDS, check

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "tests" / "corpus"
CODES = {"verified": 0, "rejected": 10, "malformed": 20}
FILES = sorted(path for folder in CODES for path in (CORPUS / folder).glob("*.cert"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_stored_certificate_gets_the_verdict_of_its_folder(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = check_file(str(path), None)
    out, err = capsys.readouterr()
    assert code == CODES[path.parent.name], err
    assert out.startswith("s VERIFIED ") == (code == 0)
    assert out.count("\n") == (code == 0)
    assert err.count("\n") == 1
    assert err.isascii()


def test_there_are_enough_forgeries_and_every_claim_and_proof_has_a_valid_certificate() -> None:
    assert sum(path.parent.name == "rejected" for path in FILES) >= 150
    stored = set()
    for path in (CORPUS / "verified").glob("*.cert"):
        head = path.read_text(encoding="ascii").splitlines()
        stored.add((head[1].split()[1], head[2].split()[1]))
    assert stored == set(KINDS)


def test_a_certificate_cut_off_anywhere_is_not_accepted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = (CORPUS / "verified" / "thick_cells.cert").read_bytes()
    target = tmp_path / "cut.cert"
    for length in range(len(data)):
        target.write_bytes(data[:length])
        assert check_file(str(target), None) in (10, 20)
    capsys.readouterr()


def _verdicts(*options: str, **environment: str) -> tuple[str, int]:
    """What the program says to the whole corpus, in a process of its own: verified digests, and the worst code."""
    command = [sys.executable, *options, str(ROOT / "exactrev" / "checker"), *map(str, FILES)]
    setting = {**os.environ, **environment}
    done = subprocess.run(command, env=setting, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    return done.stdout + done.stderr, done.returncode


def test_python_O_hash_seeds_and_locales_change_nothing() -> None:
    expected = _verdicts("-I", "-S", "-B")
    assert expected[1] == 20
    assert expected[0].count("s VERIFIED") == len(list((CORPUS / "verified").glob("*.cert")))
    assert "INTERNAL" not in expected[0]
    assert _verdicts("-I", "-S", "-B", "-O") == expected
    assert _verdicts("-I", "-S", "-B", "-OO") == expected
    for seed in range(10):
        assert _verdicts("-S", "-B", PYTHONHASHSEED=str(seed)) == expected
    turkish = _verdicts("-S", "-B", LC_ALL="tr_TR.UTF-8", LANG="tr_TR.UTF-8", TZ="Asia/Kathmandu", PYTHONUTF8="0")
    assert turkish == expected


def test_asked_for_another_claim_it_rejects() -> None:
    from exactrev.checker.refusals import Rejected

    path = CORPUS / "verified" / "regions.cert"
    with path.open("rb") as stream:
        claim = check(stream)
    with path.open("rb") as stream:
        assert check(stream, claim.text) == claim
    with path.open("rb") as stream, pytest.raises(Rejected, match="another claim was to be proved"):
        check(stream, claim.text.replace("regions 7", "regions 8"))
