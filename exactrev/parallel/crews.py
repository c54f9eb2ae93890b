"""What can run tasks: processes of this machine, each in a pool of its own, or an executor that somebody else made.

Knows processes, signals and futures. Does not know what the tasks are, nor in which order results are wanted.
"""

from __future__ import annotations

import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from exactrev.errors import WorkerLost
from exactrev.parallel.parcels import open_and_run, unpack

__all__ = ["Crew", "Processes", "Strangers"]

MOST_STILL_BORN = 30  # processes in one seat that were killed before they could work; then no more are started


class Crew(Protocol):
    """Whoever runs tasks: what `Workers` asks of processes, of clusters, and of executors of unknown make."""

    @property
    def size(self) -> int:
        """How many tasks are worth having under way at the same time."""

    def submit(self, function: Callable[[Any], Any], task: Any) -> Future[Any]:
        """Begin a task, or let it wait in line."""

    def is_lost(self, future: Future[Any]) -> bool:
        """Whether a task that is done has to be run again, since nothing is known of its result."""

    def deaths(self, future: Future[Any]) -> int:
        """How many workers died over a task that is lost."""

    def result(self, future: Future[Any]) -> Any:
        """The task's result; raises what the task raised."""

    def check(self, futures: Iterable[Future[Any]]) -> None:
        """Called when nothing has happened for a while: cancel what will never be done, so that it counts as lost.

        Raises `WorkerLost` if there is nobody left to do anything.
        """

    def abandon(self, futures: Iterable[Future[Any]]) -> None:
        """Stop tasks whose results nobody wants any more, if that is possible."""

    def close(self) -> None:
        """Let everybody go; no task is under way."""


class Processes:
    """Worker processes, each in a `ProcessPoolExecutor` of its own: who is killed takes one task with him, not all.

    They are started (by `spawn`, so that they share nothing) when there is work for them, ignore Ctrl-C, which is for
    the process that they work for, and end with that process, however it ends.
    """

    def __init__(self, count: int) -> None:
        self._seats = [_Seat() for _ in range(count)]
        self._closed = False
        self._starts: WeakKeyDictionary[Future[Any], Future[Any]] = WeakKeyDictionary()

    @property
    def size(self) -> int:
        return len(self._seats)

    def submit(self, function: Callable[[Any], Any], task: Any) -> Future[Any]:
        while not self._closed:
            for seat in self._seats:
                if seat.future is None or seat.future.done():
                    future = seat.submit(pickle.dumps((function, task), pickle.HIGHEST_PROTOCOL))
                    self._starts[future] = seat.start
                    return future
            wait([seat.future for seat in self._seats if seat.future], return_when=FIRST_COMPLETED)
        raise RuntimeError("the workers have been sent home")

    def is_lost(self, future: Future[Any]) -> bool:
        return isinstance(future.exception(), BrokenExecutor)

    def deaths(self, future: Future[Any]) -> int:
        return int(_was_begun(self._starts[future]))  # else the process did not live to see the task

    def result(self, future: Future[Any]) -> Any:
        return unpack(future.result())

    def check(self, futures: Iterable[Future[Any]]) -> None:
        pass  # a process that dies breaks its pool, and so ends its future

    def abandon(self, futures: Iterable[Future[Any]]) -> None:
        unwanted = set(futures)
        for seat in self._seats:
            if seat.future in unwanted and not seat.future.done():
                seat.close()

    def close(self) -> None:
        for seat in self._seats:
            seat.close()
        self._closed = True


class _Seat:
    """One process at a time, and the task it was last given; `start` is done once the process can work."""

    def __init__(self) -> None:
        self.future: Future[bytes] | None = None
        self.start: Future[Any] = Future()
        self._pool: ProcessPoolExecutor | None = None
        self._process: BaseProcess | None = None
        self._still_born = 0  # processes, one after the other, that died before they could work

    def submit(self, parcel: bytes) -> Future[bytes]:
        with _interrupts_held():  # a process inherits this, and never sees a Ctrl-C
            try:
                self.future = self._open().submit(open_and_run, parcel)
            except BrokenExecutor:  # the process was killed between two tasks, or over the last one
                self.close()
                self.future = self._open().submit(open_and_run, parcel)
        return self.future

    def close(self) -> None:
        """End the process, at once if it is at work."""
        if self._pool is None or self._process is None:
            return
        if self.future is not None and not self.future.done():
            self._process.kill()
        self._pool.shutdown(cancel_futures=True)
        if _was_begun(self.start):
            self._still_born = 0
        else:  # who was not killed, but failed, will fail again
            self._still_born += MOST_STILL_BORN if (self._process.exitcode or 0) > 0 else 1
        self._pool = self._process = None

    def _open(self) -> ProcessPoolExecutor:
        if self._pool is None:
            if self._still_born >= MOST_STILL_BORN:
                hint = "if a script starts them, it has to do so under if __name__ == '__main__'"
                raise WorkerLost(f"worker processes die before they can work; {hint}")
            self._pool = ProcessPoolExecutor(1, get_context("spawn"), initializer=_settle_in)
            self.start = self._pool.submit(os.getpid)
            (self._process,) = self._pool._processes.values()  # it has no public name before Python 3.14
        return self._pool


class Strangers:
    """An executor that the caller made, and closes: nothing is known of it, so nobody who dies is replaced."""

    def __init__(self, executor: Executor, at_once: int) -> None:
        self._executor, self.size = executor, at_once

    def submit(self, function: Callable[[Any], Any], task: Any) -> Future[Any]:
        return self._executor.submit(function, task)

    def is_lost(self, future: Future[Any]) -> bool:
        return False

    def deaths(self, future: Future[Any]) -> int:
        return 0

    def result(self, future: Future[Any]) -> Any:
        return future.result()

    def check(self, futures: Iterable[Future[Any]]) -> None:
        pass

    def abandon(self, futures: Iterable[Future[Any]]) -> None:
        for future in futures:
            future.cancel()

    def close(self) -> None:
        pass


def _was_begun(start: Future[Any]) -> bool:
    return start.done() and not start.cancelled() and start.exception() is None


def _settle_in() -> None:
    """The first thing that a worker process does."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # the other cores have workers of their own
        os.environ.setdefault(name, "1")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where it cannot be held back
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Ctrl-C comes after this, and processes that are started in here never see one."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
