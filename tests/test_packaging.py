"""What gets installed, and what the project's own papers say about it."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email import message_from_string
from pathlib import Path
from typing import Any

import pytest

import exactrev
from exactrev import examples

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.skipif(not (ROOT / "pyproject.toml").exists(), reason="needs the source tree")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist and the wheel of this tree."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    return folder


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]  # type: ignore[no-any-return]


def test_the_wheel_holds_the_package_its_data_and_nothing_else(built: Path) -> None:
    (path,) = built.glob("*.whl")
    with zipfile.ZipFile(path) as wheel:
        names = set(wheel.namelist())
        record = next(name for name in names if name.endswith("METADATA")).removesuffix("METADATA")
        entry_points = wheel.read(record + "entry_points.txt").decode()
    assert "exactrev/py.typed" in names
    assert {f"exactrev/examples/data/{name}.json" for name in examples.names()} <= names
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "exactrev").rglob("*.py")}
    assert modules <= names
    assert {f"exactrev/proofs/{path.name}" for path in (ROOT / "proofs").glob("*.py")} <= names
    assert record + "licenses/LICENSE" in names
    assert all(name.startswith(("exactrev/", record)) for name in names)
    assert not any("__pycache__" in name for name in names)
    assert "exactrev = exactrev.cli:main" in entry_points


def test_the_metadata_say_what_is_needed(built: Path, project: dict[str, Any]) -> None:
    (path,) = built.glob("*.whl")
    with zipfile.ZipFile(path) as wheel:
        name = next(name for name in wheel.namelist() if name.endswith("METADATA"))
        metadata = message_from_string(wheel.read(name).decode())
    assert (metadata["Name"], metadata["Version"]) == ("exactrev", exactrev.__version__)
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "MIT"
    assert set(metadata.get_all("Provides-Extra") or []) == set(project["optional-dependencies"])
    needed = [line for line in metadata.get_all("Requires-Dist") or [] if "extra ==" not in line]
    assert {re.split(r"[<>=]", line)[0] for line in needed} == {
        "click", "highspy", "mpmath", "networkx", "numpy", "python-flint", "rich", "sympy"
    }  # fmt: skip


def test_the_sdist_holds_the_tests_and_the_papers(built: Path) -> None:
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    wanted = {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "CITATION.cff", "exactrev/py.typed"}
    assert wanted | {"tests/test_packaging.py", "tests/conftest.py", ".ci/run"} <= names


def test_every_dependency_has_a_lower_bound_and_no_upper_one(project: dict[str, Any]) -> None:
    extras = project["optional-dependencies"].values()
    for requirement in [*project["dependencies"], *(line for extra in extras for line in extra)]:
        if not requirement.startswith("exactrev["):
            assert re.fullmatch(r"[a-z0-9-]+>=[0-9.]+", requirement), requirement


def test_no_test_needs_pytorch(project: dict[str, Any]) -> None:
    assert not any("torch" in line for line in project["optional-dependencies"]["test"])


def test_one_version_is_told_everywhere() -> None:
    citation = (ROOT / "CITATION.cff").read_text()
    changelog = (ROOT / "CHANGELOG.md").read_text()
    released = re.findall(r"^## \[([0-9.]+)\] - (\d{4}-\d{2}-\d{2})$", changelog, re.MULTILINE)
    assert re.findall(r"^version: (.*)$", citation, re.MULTILINE) == [exactrev.__version__]
    assert re.findall(r"^date-released: (.*)$", citation, re.MULTILINE) == [released[0][1]]
    assert released[0][0] == exactrev.__version__


def test_the_citation_has_what_the_format_requires() -> None:
    citation = (ROOT / "CITATION.cff").read_text()
    for key in ("cff-version", "message", "title", "authors", "license"):
        assert len(re.findall(rf"^{key}:", citation, re.MULTILINE)) == 1
    assert re.search(r"^title: exactrev$", citation, re.MULTILINE)


def test_the_licence_is_the_mit_licence() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert text.startswith("MIT License\n\nCopyright (c) 2026 exactrev developers\n")
    assert "Permission is hereby granted, free of charge" in text
    assert 'THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND' in text


def test_every_public_name_is_there() -> None:
    assert dir(exactrev) == sorted(exactrev.__all__)
    assert {"__version__", *exactrev._HOME} == set(exactrev.__all__)
    assert all(getattr(exactrev, name) is not None for name in exactrev.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        exactrev.nonsense  # noqa: B018


def test_importing_the_package_loads_nothing_of_it() -> None:
    script = "import sys, exactrev; print([name for name in sys.modules if name.startswith('exactrev.')])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_continuous_integration_is_strict_and_runs_the_command_of_the_readme() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    lines = script.read_text().splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    assert "set -euo pipefail" in lines
    pattern = next(line for line in lines if line.startswith("tests=$(grep -E '")).split("'")[1]
    readme = (ROOT / "README.md").read_text().splitlines()
    (command,) = [line for line in readme if re.search(pattern, line)]
    assert ".venv" in command
    assert "'.[test]'" in command
