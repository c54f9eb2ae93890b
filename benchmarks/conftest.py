"""Benchmarks print microseconds of CPU time per region on one core; nothing is asserted about time.

    OPENBLAS_NUM_THREADS=1 python -m pytest benchmarks --benchmark-enable -p no:randomly -s
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
