"""A Dask cluster that exists already, as a crew: tasks go to its scheduler, and lost ones come back to be run again.

Knows Dask's addresses and its ways of failing, and nothing of the tasks.
"""

from __future__ import annotations

import asyncio
import pydoc
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from exactrev.errors import BadInput, WorkerLost
from exactrev.parallel.parcels import open_and_run, unpack

__all__ = ["Cluster"]

PATIENCE = 5.0  # seconds for a scheduler to answer, and for a first worker to be there
DESERTED = 60.0  # seconds without any worker after which nobody waits for one
FRESH = 5.0  # seconds for which the number of threads of the cluster is believed
AHEAD = 3  # tasks per thread: one at work, others on their way
EXPECTED = "dask://HOST:PORT, or tls://HOST:PORT, of a running Dask scheduler"


class Cluster:
    """The crew behind one scheduler. Raises `BadInput` if there is none, or if its workers have another exactrev."""

    def __init__(self, address: str) -> None:
        self._address = address
        where = _dask_address(address)
        try:
            import cloudpickle
            from distributed import Client, KilledWorker
        except ImportError:
            found = "the Dask package `distributed` missing here"
            raise BadInput(address, "", found, "it to be installed: pip install 'exactrev[dask]'") from None
        self._pack: Callable[[Any], bytes] = cloudpickle.dumps
        self._killed: Any = KilledWorker
        kind = _ask_for_its_kind(address, where)
        if kind != "Scheduler":
            raise BadInput(address, "", f"a Dask {kind}", EXPECTED)
        self._client = Client(where, timeout=PATIENCE, set_as_default=False)
        try:
            self._check_workers()
        except BaseException:
            self.close()
            raise
        self._connection = self._client.scheduler_comm
        self._asked: WeakKeyDictionary[Future[Any], Any] = WeakKeyDictionary()
        self._size, self._counted = 0, 0.0
        self._deserted_since: float | None = None

    @property
    def size(self) -> int:
        if time.monotonic() - self._counted > FRESH:  # workers come and go
            self._size = AHEAD * (self._count_threads() or 1)
            self._counted = time.monotonic()
        return self._size

    def submit(self, function: Callable[[Any], Any], task: Any) -> Future[Any]:
        if self._client.status == "closed":
            self.check(())
        asked = self._client.submit(open_and_run, self._pack((function, task)), pure=False)
        future = asyncio.run_coroutine_threadsafe(self._fetch(asked), self._client.loop.asyncio_loop)
        self._asked[future] = asked
        return future

    def is_lost(self, future: Future[Any]) -> bool:
        """Whatever Dask raises by itself: workers died, or the connection did, or a worker handing over the result."""
        return future.cancelled() or future.exception() is not None

    def deaths(self, future: Future[Any]) -> int:
        error = None if future.cancelled() else future.exception()
        return int(error.allowed_failures + 1) if isinstance(error, self._killed) else 0

    def result(self, future: Future[Any]) -> Any:
        return unpack(future.result())

    def check(self, futures: Iterable[Future[Any]]) -> None:
        if self._client.status == "closed":
            raise WorkerLost("the Dask scheduler is gone", address=self._address)
        if self._client.scheduler_comm is not self._connection:  # a new connection knows nothing of earlier tasks
            self._connection = self._client.scheduler_comm
            self.abandon(futures)
        if self._count_threads() == 0:
            self._deserted_since = self._deserted_since or time.monotonic()
            if time.monotonic() - self._deserted_since > DESERTED:
                raise WorkerLost(f"the Dask cluster has had no workers for {DESERTED:g} s", address=self._address)
        else:
            self._deserted_since = None

    def abandon(self, futures: Iterable[Future[Any]]) -> None:
        if self._client.status == "running":
            self._client.cancel([asked for asked in map(self._asked.get, futures) if asked is not None])

    def close(self) -> None:
        self._client.close()

    def _count_threads(self) -> int | None:
        """Those of all workers; None while the scheduler cannot be asked."""
        with suppress(OSError):
            if self._client.status == "running":
                return int(sum(self._client.nthreads().values()))
        return None

    async def _fetch(self, asked: Any) -> bytes:
        """The futures of `Client.get_executor` never end if a worker dies while it hands over a result; this does."""
        outcome: bytes = await self._client.gather(asked, asynchronous=True)
        return outcome

    def _check_workers(self) -> None:
        """At least one worker, and every one with our version of exactrev: else results would not be the same."""
        try:
            self._client.wait_for_workers(1, PATIENCE)
        except TimeoutError:
            found = f"a scheduler without workers, after {PATIENCE:g} seconds"
            raise BadInput(self._address, "", found, "at least one worker") from None
        ours = pydoc.locate("exactrev.__version__")
        versions = self._client.run(pydoc.locate, "exactrev.__version__", on_error="return")
        for worker, version in sorted(versions.items()):
            if version != ours:
                found = f"exactrev {version}" if isinstance(version, str) else "no exactrev that can be imported"
                raise BadInput(self._address, f"worker {worker}", found, f"exactrev {ours}, as here")


def _dask_address(address: str) -> str:
    """What Dask calls it: ``tcp://`` without TLS."""
    try:
        parts = urlsplit(address)
        complete = parts.scheme in ("dask", "tls") and parts.hostname and parts.port and not parts.path
    except ValueError:  # a port that is none
        complete = False
    if not complete:
        raise BadInput(address, "", "no address of a scheduler", EXPECTED)
    return address if address.startswith("tls:") else address.replace("dask:", "tcp:", 1)


def _ask_for_its_kind(address: str, where: str) -> str:
    """What answers there: "Scheduler", it is hoped. Raises `BadInput` if nothing does, in time.

    A `Client` would wait for ever for somebody who listens but does not speak Dask's language.
    """
    from distributed import Security, rpc

    async def ask() -> str:
        connection = Security().get_connection_args("client")
        async with rpc(where, timeout=PATIENCE, connection_args=connection) as remote:
            return str((await remote.identity())["type"])

    async def ask_in_time() -> str:
        return await asyncio.wait_for(ask(), PATIENCE)

    try:
        with ThreadPoolExecutor(1) as thread:  # where no other event loop is running
            return thread.submit(asyncio.run, ask_in_time()).result()
    except (OSError, TimeoutError):
        found = f"nobody who answers as a Dask scheduler within {PATIENCE:g} seconds"
    except (TypeError, ValueError, RuntimeError) as error:  # certificates are missing, or unencrypted talk is forbidden
        found = f"nobody that Dask will talk to: {error}"
    raise BadInput(address, "", found, EXPECTED)
