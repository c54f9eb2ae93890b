"""The mutation run tells a change that a test notices from one that changes nothing, on a small package of its own."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "mutate_statements.py"
pytestmark = [
    pytest.mark.skipif(not SCRIPT.exists(), reason="needs the source tree"),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="every mutant runs in a forked process"),
]

SOURCE = '''\
"""Signs."""


def absolute(x: int, named: str = "x") -> int:
    return -x if x < 0 else x


def is_reached(x: int) -> bool:
    while True:
        if x <= 0:
            break
        x -= 1
    return x == 0
'''
TESTS = """\
from small.room.signs import absolute, is_reached


def test_absolute_values():
    assert [absolute(x) for x in (-2, 0, 2)] == [2, 0, 2]


def test_counting():
    assert is_reached(3)
"""


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("mutate_statements", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["mutate_statements"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for path, text in {
        "small/room/__init__.py": "",
        "small/room/signs.py": SOURCE,
        "tests/room/test_of_signs.py": TESTS,
        "pytest.ini": "[pytest]\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    (tmp_path / "exactrev").symlink_to("small")
    return tmp_path


def judged(script: ModuleType, tree: Path, change: str, seconds: float = 20) -> str:
    """Who kills the mutant that prints so."""
    [mutant] = [x for x in script.find_mutants(SOURCE, "room/signs.py") if str(x).endswith(f": {change}")]
    tests = [f"tests/room/test_of_signs.py::{name}" for name in ("test_absolute_values", "test_counting")]
    return str(script.judge(tree, mutant, 1, tests, seconds))


def test_a_change_that_a_test_notices_is_killed_by_that_test(script: ModuleType, tree: Path) -> None:
    assert judged(script, tree, "x < 0 -> (x >= 0)") == "tests/room/test_of_signs.py::test_absolute_values"
    assert judged(script, tree, "return x == 0 -> return not (x == 0)") == "tests/room/test_of_signs.py::test_counting"
    assert (tree / "small/room/signs.py").read_text(encoding="utf-8") == SOURCE


def test_an_endless_loop_is_stopped(script: ModuleType, tree: Path) -> None:
    assert judged(script, tree, "break -> pass", seconds=3) == "time-out"


def test_a_change_that_changes_nothing_survives(script: ModuleType, tree: Path) -> None:
    assert judged(script, tree, "x < 0 -> (x <= 0)") == ""  # -0 is 0


def test_every_mutant_is_another_program_and_texts_and_annotations_are_left_alone(script: ModuleType) -> None:
    mutants = list(script.find_mutants(SOURCE, "room/signs.py"))
    sources = {mutant.source(SOURCE.encode()) for mutant in mutants}
    assert len(sources) == len(mutants) > 15
    assert SOURCE.encode() not in sources
    for source in sources:
        compile(source, "signs.py", "exec")
        assert b'named: str = "x") -> int' in source


def test_tests_are_chosen_by_the_lines_they_run_through_and_the_fastest_comes_first(script: ModuleType) -> None:
    recorded = script.Recorded(
        {"slow": 2.0, "fast": 1.0, "elsewhere": 0.5},
        {"room/signs.py": {1: {""}, 5: {"slow", "fast"}, 9: {"elsewhere"}}},
    )
    mutant = next(x for x in script.find_mutants(SOURCE, "room/signs.py") if x.lines == (5, 5))
    assert recorded.noticing(mutant) == ["fast", "slow"]
    imported = script.Mutant("room/signs.py", (1, 1), 1, 0, 1, "", "")
    assert recorded.noticing(imported) == ["elsewhere", "fast", "slow"]
    assert recorded.noticing(script.Mutant("room/other.py", (1, 1), 1, 0, 1, "", "")) == []
