"""Tasks in, results out: the same ones, whoever does the work, and however many of them die over it.

Knows when a task is begun, when it has to be run again, and in which order results are wanted. Does not know what a
task is, nor what a network is; everybody who has many independent things to do stands above it.
"""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Sized
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from types import TracebackType
from typing import Any, TypeVar

from exactrev.errors import WorkerLost
from exactrev.parallel.crews import Crew, Processes, Strangers

__all__ = ["Workers"]

Task = TypeVar("Task")
Result = TypeVar("Result")

MOST_DEATHS = 5  # a task that cost so many workers their lives is not run again
PATIENCE = 1.0  # seconds without news, after which the crew is asked whether it is still there


class Workers:
    """Run a function on many tasks, at once: with a count of 1 here, else in so many processes, or on a Dask cluster.

    `address` names the scheduler of an existing cluster, ``dask://HOST:PORT`` or, with TLS, ``tls://HOST:PORT`` (extra
    `dask`); `count` is the cluster's then. A function and its tasks have to be picklable: a function of a module, not
    a lambda. In a script, the call belongs under ``if __name__ == "__main__":``, for worker processes import it.

    A task whose worker is killed is run again. What the function raises is raised here. On an exception, or Ctrl-C,
    tasks under way are stopped; leaving the `with` ends all processes.

    Raises `BadInput` if no scheduler answers, or if its workers have another exactrev.

    >>> with Workers() as workers:
    ...     list(workers.run_in_order(abs, [-3, 1, -2]))
    [3, 1, 2]
    """

    def __init__(self, count: int = 1, address: str | None = None) -> None:
        if count < 1:
            raise ValueError(f"count={count}: at least one worker is needed")
        self._crew: Crew | None = None
        if address is not None:
            from exactrev.parallel.cluster import Cluster

            self._crew = Cluster(address)
        elif count > 1:
            self._crew = Processes(count)

    @classmethod
    def around(cls, executor: Executor, at_once: int | None = None) -> Workers:
        """Workers of one's own: any executor. It is not closed here, and who dies there is not replaced.

        `at_once` tasks are under way at the same time; if it is not given, twice as many as there are cores.
        """
        workers = cls()
        workers._crew = Strangers(executor, at_once or 2 * (os.cpu_count() or 1))
        return workers

    @property
    def count(self) -> int:
        """How many tasks are worth having at the same time: 1 if they run in this process."""
        return 1 if self._crew is None else self._crew.size

    def run(
        self, function: Callable[[Task], Result], tasks: Iterable[Task]
    ) -> Generator[tuple[int, Result], None, None]:
        """(number of the task, result), as they come; `tasks` may be endless, it is read as workers become free.

        Raises what `function` raises, and `WorkerLost` if a task kills its worker every time.
        """
        if self._crew is None:
            for number, task in enumerate(tasks):
                yield number, function(task)
            return
        for number, future in _outcomes(self._crew, function, tasks):
            yield number, self._crew.result(future)

    def run_in_order(self, function: Callable[[Task], Result], tasks: Iterable[Task]) -> Generator[Result, None, None]:
        """Results in the order of their tasks; an exception comes in its turn, after the results before it."""
        if self._crew is None:
            yield from map(function, tasks)
            return
        early: dict[int, Future[Any]] = {}
        wanted = 0
        for number, future in _outcomes(self._crew, function, tasks, early):
            early[number] = future
            while wanted in early:
                yield self._crew.result(early.pop(wanted))
                wanted += 1

    def close(self) -> None:
        """End all processes, or the connection to the cluster."""
        if self._crew is not None:
            self._crew.close()

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _outcomes(
    crew: Crew, function: Callable[[Task], Result], tasks: Iterable[Task], early: Sized = ()
) -> Generator[tuple[int, Future[Any]], None, None]:
    """(number, finished future) of every task; no task is begun while too many results wait in `early`."""
    fresh = enumerate(tasks)
    again: deque[tuple[int, Task]] = deque()
    under_way: dict[Future[Any], tuple[int, Task]] = {}
    deaths: Counter[int] = Counter()
    try:
        while True:
            while len(under_way) < crew.size and (again or len(early) < 4 * crew.size):
                job = again.popleft() if again else next(fresh, None)
                if job is None:
                    break
                under_way[crew.submit(function, job[1])] = job
            if not under_way:
                return
            done = wait(under_way, PATIENCE, FIRST_COMPLETED).done
            if not done:
                crew.check(under_way)
                done = {future for future in under_way if future.done()}
            for future in done:
                number, task = under_way.pop(future)
                if not crew.is_lost(future):
                    yield number, future
                    continue
                deaths[number] += crew.deaths(future)
                if deaths[number] >= MOST_DEATHS:
                    raise WorkerLost("the worker died every time this task was run", task=number, died=deaths[number])
                again.append((number, task))
    finally:
        crew.abandon(under_way)
