"""A progress bar on stderr, for work that takes over a second, on a terminal only. Knows nothing of the work."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = ["Watch"]

PATIENCE = 1.0  # seconds


class Watch:
    """Call it with (done, total) while the work goes on; as a context it clears the bar away at the end."""

    def __init__(self, work: str) -> None:
        self.work = work
        self._start = time.monotonic()
        self._bar: tuple[Progress, TaskID] | None = None
        self._wanted = sys.stderr.isatty()

    def __enter__(self) -> Watch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar[0].stop()

    def __call__(self, done: int, total: int) -> None:
        if not self._wanted or (self._bar is None and self.seconds < PATIENCE):
            return
        if self._bar is None:
            self._bar = self._open()
        progress, task = self._bar
        progress.update(task, completed=done, total=total)

    @property
    def seconds(self) -> float:
        """Since the watch was started."""
        return time.monotonic() - self._start

    def _open(self) -> tuple[Progress, TaskID]:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        progress = Progress(*columns, console=Console(stderr=True), transient=True)
        progress.start()
        return progress, progress.add_task(self.work, total=None)
