"""Figures and files: the one place that knows how matplotlib is set up, and how a figure gets to the disk.

Every figure is made and saved under the same settings, whatever the user's own are, so that the same picture has the
same bytes. Knows nothing of networks.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from exactrev.drawing.palette import SETTINGS
from exactrev.errors import BadInput, ExactrevError
from exactrev.network.files.disk import printable, write_atomically

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["FORMATS", "new_figure", "require_writable", "save_figure", "settings"]

# What a format would say of the time and the program is left out: equal pictures are equal files.
FORMATS: dict[str, dict[str, str | None]] = {
    ".svg": {"Date": None, "Creator": None},
    ".png": {"Software": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


@contextmanager
def settings() -> Iterator[None]:
    """Matplotlib's defaults with ours on top, until the end of the block.

    Raises `ExactrevError` where matplotlib is not installed.
    """
    try:
        import matplotlib
    except ImportError:
        raise ExactrevError('pictures need matplotlib: pip install "exactrev[plots]"') from None
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(SETTINGS)
        yield


def new_figure(width: float, height: float) -> Figure:
    """An empty figure, in inches; it belongs to no window and no display."""
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    return Figure(figsize=(width, height), layout=ConstrainedLayoutEngine(w_pad=0.06, h_pad=0.07))


def require_writable(path: str | os.PathLike[str]) -> str:
    """The extension of a picture's name. Raises `BadInput` for a format that is not among `FORMATS`."""
    name = printable(path)
    extension = os.path.splitext(name)[1].lower()
    if extension not in FORMATS:
        found = f"the extension {extension!a}" if extension else "no extension"
        raise BadInput(name, "", found, ", ".join(FORMATS))
    return extension


def save_figure(figure: Figure, path: str | os.PathLike[str]) -> None:
    """Write the figure whole or not at all; the extension names the format. Call it under `settings`."""
    extension = require_writable(path)
    buffer = io.BytesIO()
    options: dict[str, Any] = {"format": extension[1:], "metadata": FORMATS[extension]}
    figure.savefig(buffer, **options)
    write_atomically(path, buffer.getvalue())
