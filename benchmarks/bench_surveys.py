"""Surveys: seconds of CPU for all answers about one network, by regions and by programs, and for an interval."""

from __future__ import annotations

import time
from itertools import count
from typing import Any

import pytest

from exactrev.surveys import Task, examine, parse_architecture
from exactrev.surveys.intervals import clopper_pearson, hoeffding

BY_REGIONS = ["2-5-5-1", "2-16-16-1", "3-8-8-8-1", "4-8-8-1", "6-8-8-1"]
BY_PROGRAMS = ["10-10-10-1", "8-8-8-8-1"]


@pytest.mark.parametrize("architecture", [*BY_REGIONS, *BY_PROGRAMS])
@pytest.mark.benchmark(timer=time.process_time, min_rounds=5)
def bench_one_network(benchmark: Any, architecture: str) -> None:
    """Another seed every time."""
    seeds = count()
    record = benchmark(lambda: examine(Task(parse_architecture(architecture), next(seeds))))
    assert (record.regions is None) == (architecture in BY_PROGRAMS)


@pytest.mark.parametrize("networks", [100, 1000, 10_000])
@pytest.mark.parametrize("kind", ["clopper_pearson", "hoeffding"])
@pytest.mark.benchmark(timer=time.process_time, min_rounds=3)
def bench_an_interval(benchmark: Any, kind: str, networks: int) -> None:
    """A third of them; Hoeffding's with 8 neurons each."""
    if kind == "hoeffding":
        interval = benchmark(hoeffding, 8 * networks // 3, 0, 8, networks)
    else:
        interval = benchmark(clopper_pearson, networks // 3, 0, networks)
    assert interval.low < interval.high
