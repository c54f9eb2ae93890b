"""What workers save and what they cost: seconds of CPU of this process, of two workers, and without workers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
import pytest

from exactrev.equivalence import Relatedness, compare
from exactrev.geometry import regions
from exactrev.network import Network
from exactrev.network.random import he_network
from exactrev.parallel import Workers

HE = ["2-128-128-1", "3-64-64-1", "4-24-24-1", "6-12-12-1", "-".join(["2", *["16"] * 16, "1"])]


@dataclass
class Cost:
    """Seconds of CPU: alone; then of this process, and of both workers together, without their start.

    This process waits while they work, so what is left of the time is `here`, and their share of `there`.
    """

    alone: float
    here: float
    there: float

    def report(self, name: str) -> None:
        two, many = self.here + self.there / 2, self.here
        print(f"\n{name}: {self.alone:.2f} s alone; with two workers {self.here:.2f} s here, {self.there:.2f} s there")
        print(
            f"    {self.alone / two:.1f} times faster on two free cores, at most {self.alone / many:.1f} times on many"
        )


def _worker_seconds(_: Any) -> float:
    time.sleep(0.2)  # so that each worker gets one
    return time.process_time()


def _cost(work: Callable[[Workers | None], Any]) -> Cost:
    with Workers(2) as workers:
        work(workers)  # imports
        start = time.process_time()
        work(None)
        alone = time.process_time() - start
        before = sum(workers.run_in_order(_worker_seconds, range(2)))
        start = time.process_time()
        work(workers)
        here = time.process_time() - start
        there = sum(workers.run_in_order(_worker_seconds, range(2))) - before
    return Cost(alone, here, there)


def _sleepers(asleep: int) -> tuple[Network, Network]:
    """Two networks, the first with more neurons: sums of six hats between 0 and 1, less 7, so never on."""
    rng = np.random.default_rng(0)
    directions, shifts = rng.integers(-5, 6, (10, 5)).tolist(), rng.integers(-3, 4, 10).tolist()
    first = [d for d in directions for _ in range(3)], [s + t for s in shifts for t in (1, 0, -1)]
    rows, biases = rng.integers(-3, 4, (4, 30)).tolist(), rng.integers(-3, 4, 4).tolist()
    small = Network.from_arrays([first, (rows, biases), ([[3, 1, 2, 5]], [0])])
    for _ in range(asleep):
        row = [0] * 30
        for d in rng.choice(10, 5, replace=False).tolist():
            row[3 * d : 3 * d + 3] = 1, -2, 1
        rows.append(row)
        biases.append(-6)
    return Network.from_arrays([first, (rows, biases), ([[3, 1, 2, 5, *range(1, asleep + 1)]], [0])]), small


@pytest.mark.parametrize("architecture", HE)
def bench_regions_with_two_workers(architecture: str) -> None:
    net = he_network([int(width) for width in architecture.split("-")], seed=0)
    _cost(lambda workers: regions(net, workers=workers)).report(f"regions of {architecture}")


def bench_comparison_with_two_workers() -> None:
    pair = _sleepers(8)
    assert compare(*pair).relation is Relatedness.EQUAL
    _cost(lambda workers: compare(*pair, workers=workers)).report("comparison with eight neurons that are never on")


def bench_a_task_that_does_nothing() -> None:
    def work(workers: Workers | None) -> None:
        for _ in (workers or Workers()).run(abs, repeat(-1, 2000)):
            pass

    cost = _cost(work)
    print(f"\na task that does nothing: {cost.here / 2000 * 1e6:.0f} us here, {cost.there / 2000 * 1e6:.0f} us there")
