"""Many tasks at once: in this process, in processes of this machine, or on a Dask cluster, with the same results."""

from __future__ import annotations

from exactrev.parallel.workers import Workers

__all__ = ["Workers"]
