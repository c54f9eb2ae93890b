"""A Dask cluster on loopback: a scheduler and workers as processes; a worker that dies is replaced, as by a service."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType

TESTS = Path(__file__).resolve().parents[1]


class DaskCluster:
    """`options` (TLS) go to the scheduler and to the workers. One death is enough for Dask to give a task back."""

    def __init__(self, folder: Path, workers: int = 2, options: tuple[str, ...] = ()) -> None:
        self._file = folder / "scheduler.json"
        self._options = options
        paths = os.pathsep.join([str(TESTS.parent), str(TESTS)])
        self._environment = {**os.environ, "PYTHONPATH": paths, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}
        self._scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0")
        self.address = self._wait_for_address()
        self._workers = [self._start_worker() for _ in range(workers)]
        self._closing = threading.Event()
        self._keeper = threading.Thread(target=self._replace_the_dead)
        self._keeper.start()

    def kill_one(self, dice: random.Random) -> None:
        dice.choice(self._workers).kill()

    def __enter__(self) -> DaskCluster:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._keeper.join()
        for process in (*self._workers, self._scheduler):
            process.kill()
            process.wait()

    def _start(self, what: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", "--scheduler-file", str(self._file)]
        return subprocess.Popen(
            [*command, *arguments, "--no-dashboard", *self._options],
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _start_worker(self) -> subprocess.Popen[bytes]:
        return self._start("worker", "--nthreads", "1", "--no-nanny")

    def _wait_for_address(self) -> str:
        for _ in range(300):
            if self._file.exists() and self._file.stat().st_size:
                return str(json.loads(self._file.read_text())["address"]).replace("tcp://", "dask://")
            time.sleep(0.1)
        raise TimeoutError("the scheduler did not start")

    def _replace_the_dead(self) -> None:
        while not self._closing.wait(0.05):
            for i, worker in enumerate(self._workers):
                if worker.poll() is not None:
                    self._workers[i] = self._start_worker()
