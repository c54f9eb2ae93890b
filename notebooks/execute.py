"""Execute the notebooks of this folder and keep what they show.

    python notebooks/execute.py [NOTEBOOK...]

runs every notebook (or the named ones) in a fresh kernel and writes it back with its outputs: printed text in one
piece, pictures with a small palette, nothing about the machine. A notebook that fails stays as it was. Needs the
extra ``notebooks``.
"""

from __future__ import annotations

import base64
import io
import os
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from PIL import Image

HERE = Path(__file__).resolve().parent
COLOURS = 96
TIMEOUT = 300  # seconds a cell

_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def main(paths: list[Path]) -> None:
    for path in paths:
        notebook = executed(path)
        for cell in notebook.cells:
            for output in cell.get("outputs", []):
                shrink_picture(output)
        nbformat.write(notebook, path)
        print(f"{path.name}: {len(notebook.cells)} cells, {path.stat().st_size // 1000} kB")


def executed(path: Path) -> Any:
    """The notebook with fresh outputs; the file is left alone. Raises `CellExecutionError` if a cell fails."""
    notebook = nbformat.read(path, as_version=4)
    folder = {"metadata": {"path": str(HERE)}}
    client = NotebookClient(notebook, timeout=TIMEOUT, kernel_name="python3", record_timing=False, resources=folder)
    parts = [str(HERE.parent), os.environ.get("PYTHONPATH", "")]
    client.execute(env={**os.environ, "PYTHONPATH": os.pathsep.join(part for part in parts if part)})
    notebook.metadata = nbformat.from_dict(_METADATA)
    for number, cell in enumerate(notebook.cells, start=1):
        cell.id = f"cell-{number:02}"
        cell.metadata = nbformat.from_dict({})
        if cell.cell_type == "code":
            cell.outputs = join_streams(cell.outputs)
    nbformat.validate(notebook)
    return notebook


def join_streams(outputs: list[Any]) -> list[Any]:
    """Printed text comes in pieces that depend on timing: join those of the same stream."""
    joined: list[Any] = []
    for output in outputs:
        if output.output_type == "stream" and joined and joined[-1].get("name") == output.name:
            joined[-1].text += output.text
        else:
            joined.append(output)
    return joined


def shrink_picture(output: Any) -> None:
    """Store a PNG with a palette: a third of the size, and no difference to see."""
    data = output.get("data", {})
    if "image/png" in data:
        picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).convert("RGB")
        buffer = io.BytesIO()
        picture.quantize(COLOURS, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
        data["image/png"] = base64.b64encode(buffer.getvalue()).decode("ascii")


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]] or sorted(HERE.glob("*.ipynb")))
