"""Functions for workers to run. They import nothing, so that a worker process is there at once."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path


def square(x: int) -> int:
    return x * x


def slow_square(x: int) -> int:
    time.sleep(0.02)
    return x * x


def later_first(x: int) -> int:
    time.sleep(0.2 if x == 0 else 0)
    return x


def process_number(x: int) -> int:
    return os.getpid()


def report_and_sleep(path: str) -> None:
    Path(path, str(os.getpid())).touch()
    time.sleep(600)


def sleep_or_not(path: str | None) -> None:
    if path is not None:
        report_and_sleep(path)


def die(x: int) -> int:
    if x == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return x


def die_once(task: tuple[str, int]) -> int:
    """Every seventh task kills its worker the first time that it is run."""
    folder, x = task
    mark = Path(folder, str(x))
    if x % 7 == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return x * x


def refuse_three(x: int) -> int:
    if x == 3:
        from exactrev.errors import BadInput

        raise BadInput("net.json", "layers", "three", "another number")
    return x


class Odd(Exception):
    """Its arguments are not what its constructor takes, so pickle cannot make it anew."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} and {two}")


def fail_oddly(x: int) -> int:
    raise Odd(x, x + 1)


def give_a_function(x: int) -> object:
    return lambda: x
