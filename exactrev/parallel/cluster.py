"""A Dask cluster that exists already, as a crew: tasks go to its scheduler, and lost ones come back to be run again.

Knows Dask's addresses, its ways of failing, and nothing of the tasks: they travel as pickled bytes, for Dask looks into
the arguments that it is given.
"""

from __future__ import annotations

import pickle
import pydoc
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Any
from urllib.parse import urlsplit

from exactrev.errors import BadInput, WorkerLost

__all__ = ["Cluster"]

TIMEOUT = 10.0  # seconds for a scheduler to answer, and for a first worker to be there
FRESH = 5.0  # seconds for which the number of threads of the cluster is believed
AHEAD = 2  # tasks per thread: one at work, one on its way
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
        try:
            self._client = Client(where, timeout=TIMEOUT, set_as_default=False)
        except (OSError, ValueError, TypeError, RuntimeError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise BadInput(address, "", f"nobody who answers as a scheduler ({reason})", EXPECTED) from None
        try:
            self._check_workers()
        except BaseException:
            self.close()
            raise
        self._executor = self._client.get_executor(pure=False)
        self._size, self._counted = 0, 0.0

    @property
    def size(self) -> int:
        if time.monotonic() - self._counted > FRESH:  # workers come and go
            self._size = AHEAD * max(1, sum(self._client.nthreads().values()))
            self._counted = time.monotonic()
        return self._size

    def submit(self, function: Callable[[Any], Any], task: Any) -> Future[Any]:
        self.check()
        future: Future[Any] = self._executor.submit(_unpack_and_run, self._pack((function, task)))
        return future

    def deaths(self, future: Future[Any]) -> int:
        if future.cancelled():  # the scheduler was lost for a while, and the task with it
            return 1
        error = future.exception()
        return int(error.allowed_failures + 1) if isinstance(error, self._killed) else 0

    def check(self) -> None:
        if self._client.status == "closed":
            raise WorkerLost("the Dask scheduler is gone", address=self._address)

    def abandon(self, futures: Iterable[Future[Any]]) -> None:
        for future in futures:
            future.cancel()

    def close(self) -> None:
        self._client.close()

    def _check_workers(self) -> None:
        """At least one worker, and every one with our version of exactrev: else results would not be the same."""
        try:
            self._client.wait_for_workers(1, TIMEOUT)
        except TimeoutError:
            found = f"a scheduler without workers for {TIMEOUT:g} seconds"
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


def _unpack_and_run(parcel: bytes) -> Any:
    function, task = pickle.loads(parcel)
    return function(task)
