"""The notebooks run from top to bottom in a fresh kernel, and what they show is what comes out."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
LARGEST = 300_000  # bytes

for package in ("nbclient", "nbformat", "ipykernel", "matplotlib"):
    pytest.importorskip(package, reason=f'{package} is missing: pip install "exactrev[notebooks]"')
pytestmark = pytest.mark.skipif(not NOTEBOOKS, reason="needs the source tree")


def executed(path: Path) -> Any:
    specification = importlib.util.spec_from_file_location("execute_notebooks", FOLDER / "execute.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module.executed(path)


def shown(notebook: Any) -> list[tuple[str, list[str]]]:
    """For every code cell its source and its outputs: text as it is, of a picture only that there is one."""
    rows = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            rows.append((cell.source, [_as_text(output) for output in cell.outputs]))
    return rows


def _as_text(output: Any) -> str:
    if output.output_type == "stream":
        return f"{output.name}: {output.text}"
    return "a picture" if "image/png" in output.data else str(output.data["text/plain"])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_runs_and_shows_what_it_has_stored(path: Path) -> None:
    import nbformat

    stored = nbformat.read(path, as_version=4)
    assert shown(executed(path)) == shown(stored), "run: python notebooks/execute.py"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_small_and_tells_nothing_about_a_machine(path: Path) -> None:
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert path.stat().st_size < LARGEST
    assert sum("a picture" in outputs for _, outputs in shown(notebook)) > 0
    for source, outputs in shown(notebook):
        for text in (source, *outputs):
            assert not text.startswith("stderr")
            assert not re.search(r"(^|\s)/(home|root|tmp|Users|work)\b", text)
