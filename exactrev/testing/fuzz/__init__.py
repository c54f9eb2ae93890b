"""Fuzz campaigns: networks by the thousand, every statement decided on each, and of each kind of failure the smallest.

`cli.fuzz` is how to run one; ``docs/fuzz.md`` says what becomes of it. Needs Hypothesis (the extra `testing`).
"""

from __future__ import annotations

try:
    import hypothesis  # noqa: F401
except ModuleNotFoundError as error:
    raise ImportError("exactrev.testing.fuzz needs Hypothesis: pip install exactrev[testing]") from error

from exactrev.testing.fuzz.campaign import Campaign, Plan, Replayed
from exactrev.testing.fuzz.corpus import Corpus, replay
from exactrev.testing.fuzz.findings import Finding
from exactrev.testing.fuzz.log import Log
from exactrev.testing.fuzz.settling import Settled, settle
from exactrev.testing.fuzz.shards import Shard, ShardResult, run_shard
from exactrev.testing.fuzz.shrinking import shrink

__all__ = [
    "Campaign",
    "Corpus",
    "Finding",
    "Log",
    "Plan",
    "Replayed",
    "Settled",
    "Shard",
    "ShardResult",
    "replay",
    "run_shard",
    "settle",
    "shrink",
]
