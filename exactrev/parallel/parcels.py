"""A task on its way to a worker, and what became of it on its way back, as bytes.

Knows pickle. So whatever an executor raises by itself is the executor's trouble: a task's own exception comes back as a
value; and nobody on the way looks into arguments and results.
"""

from __future__ import annotations

import pickle
import traceback
from typing import Any

__all__ = ["open_and_run", "unpack"]


def open_and_run(parcel: bytes) -> bytes:
    """In the worker: call the pickled function on the pickled task; the result or the exception, pickled."""
    try:
        function, task = pickle.loads(parcel)
        return pickle.dumps((True, function(task)), pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        return _pack_error(error, "".join(traceback.format_exception(error)))


def unpack(outcome: bytes) -> Any:
    """The result, or the exception raised, with the worker's traceback as a note."""
    is_result, value = pickle.loads(outcome)
    if is_result:
        return value
    error, text = value
    error.add_note(f"In a worker:\n{text}")
    raise error


def _pack_error(error: Exception, text: str) -> bytes:
    """An exception that cannot be pickled, or not be unpickled, becomes a `RuntimeError` that says the same."""
    try:
        outcome = pickle.dumps((False, (error, text)))
        pickle.loads(outcome)
    except Exception:
        outcome = pickle.dumps((False, (RuntimeError(f"{type(error).__name__}: {error}"), text)))
    return outcome
