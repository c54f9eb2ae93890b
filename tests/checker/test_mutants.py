"""Every check of the checker is needed: without it a stored forgery passes. The exceptions are proved redundant."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
pytestmark = pytest.mark.skipif(not SCRIPTS.exists(), reason="needs the source tree")

REDUNDANT = {
    "a line is too long", "a number is too long", "too many weights",
    "too many parameters for a functional dimension", "the weights are too long",
    "an assumed row is used before the path fixes it", "no such claim, or no such proof of it",
    "b in range(len(pieces)) of no such leaves, or not in order",
}  # fmt: skip


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def test_without_any_one_check_a_stored_forgery_passes() -> None:
    killed, survivors = script("mutate_checker").find_survivors()
    assert {mutant.split(": ", 1)[1] for mutant in survivors} == REDUNDANT
    assert len(killed) > 90


def test_the_proofs_of_redundancy_are_written_down() -> None:
    text = (SCRIPTS.parent / "docs" / "certificates.md").read_text(encoding="utf-8")
    for reason in REDUNDANT:
        assert f"`{reason}`" in text


def test_random_mutations_make_no_false_claim_pass() -> None:
    faults, verdicts, _ = script("mutate_certificates").search(10_000, seed=7)
    assert faults == []
    assert verdicts["Rejected"] > 500
    assert verdicts["verified, the same claim"] > 200
