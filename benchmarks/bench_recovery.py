"""Recovery from answers alone: queries per parameter, bits, seconds of CPU, and how they grow (claims Q1 and Q2, §5.1).

Queries and bits are counts, the same in every run. The growth is the slope of a line through the points on a log-log
scale, medians over the seeds; recoveries that are not exact are shown and left out of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import log, log2
from statistics import linear_regression, median
from typing import Any, Literal

import pytest

from exactrev.network.isomorphisms import is_isomorphic
from exactrev.network.random import he_network
from exactrev.oracle import Oracle
from exactrev.recovery.reconstruction import recover

How = Literal["plain", "packed"]

GRID = ["2-8-1", "3-10-1", "10-10-10-1", "10-20-20-1", "784-32-1"]
TOO_LONG = {("784-32-1", "plain")}  # a query per parameter, every one with 784 coordinates

SHALLOW_WIDTHS = [4, 8, 16, 32, 64]
"""One hidden layer of so many neurons on 10 inputs, where every query is spent on the first layer (Q1)."""

SHALLOW_INPUTS = [3, 6, 12, 24, 48]
"""So many inputs and one hidden layer of 10 (Q1)."""

DEEP_WIDTHS = [5, 8, 12, 20]
"""Two hidden layers of so many neurons on as many inputs: the weights grow as the square (Q2)."""

SEEDS = [1, 2, 3]


@dataclass(frozen=True, slots=True)
class Cost:
    """What one recovery took, and whether it was right."""

    architecture: str
    parameters: int
    is_exact: bool
    summary: str
    plain: int
    packed: int
    bits: int
    seconds: float

    @property
    def queries(self) -> int:
        return self.plain + self.packed

    def __str__(self) -> str:
        return (
            f"{self.architecture:>12} {self.parameters:7} parameters {self.plain:7} + {self.packed:5} queries, "
            f"{self.queries / self.parameters:7.3f} a parameter {self.bits / 1e6:9.3f} Mbit {self.seconds:8.2f} s CPU  "
            f"{'exact' if self.is_exact else f'NOT the same network: {self.summary}'}"
        )


def measure(architecture: str, how: How, seed: int) -> Cost:
    """Recover a He-initialised network in float32; the exact answers of the oracle are part of the time."""
    net = he_network([int(width) for width in architecture.split("-")], seed, "float32")
    oracle = Oracle(net)
    start = time.process_time()
    found = recover(oracle, net.n_in, how, seed=seed)
    seconds = time.process_time() - start
    is_exact = found.network is not None and is_isomorphic(net, found.network)
    bits = oracle.bits_in + oracle.bits_out
    return Cost(
        architecture, net.parameters, is_exact, found.summary, found.plain_queries, found.packed_queries, bits, seconds
    )


@pytest.mark.parametrize("how", ["plain", "packed"])
@pytest.mark.parametrize("architecture", GRID)
@pytest.mark.benchmark(timer=time.process_time)
def bench_recovery(benchmark: Any, architecture: str, how: How) -> None:
    """One recovery for each seed; the median of the queries per parameter."""
    if (architecture, how) in TOO_LONG:
        pytest.skip("takes a query per parameter")
    costs = benchmark.pedantic(lambda: [measure(architecture, how, seed) for seed in SEEDS], rounds=1, iterations=1)
    _print(how, costs)
    per_parameter = median(cost.queries / cost.parameters for cost in costs)
    benchmark.extra_info.update(exact=sum(cost.is_exact for cost in costs), queries_per_parameter=per_parameter)
    print(f"    median: {per_parameter:.3g} queries a parameter")


@pytest.mark.parametrize("how", ["plain", "packed"])
@pytest.mark.benchmark(timer=time.process_time)
def bench_growth_with_the_width_of_the_first_layer(benchmark: Any, how: How) -> None:
    """Q1: the paper expects O(n_in (sum of n_i) log n_1)."""
    _bench_growth(benchmark, how, [f"10-{width}-1" for width in SHALLOW_WIDTHS], _expected_in_first_layer)


@pytest.mark.parametrize("how", ["plain", "packed"])
@pytest.mark.benchmark(timer=time.process_time)
def bench_growth_with_the_number_of_inputs(benchmark: Any, how: How) -> None:
    """Q1 again. Packed, a gradient costs one query whatever n_in is: the number hardly grows, and bits do."""
    _bench_growth(benchmark, how, [f"{n_in}-10-1" for n_in in SHALLOW_INPUTS], _expected_in_first_layer)


@pytest.mark.parametrize("how", ["plain", "packed"])
@pytest.mark.benchmark(timer=time.process_time)
def bench_growth_with_the_width_of_two_layers(benchmark: Any, how: How) -> None:
    """Q2: deeper layers can take queries linear in the number of parameters."""
    architectures = [f"{width}-{width}-{width}-1" for width in DEEP_WIDTHS]
    _bench_growth(benchmark, how, architectures, lambda cost: cost.parameters)


def _expected_in_first_layer(cost: Cost) -> float:
    """n_in (sum of n_i) log n_1."""
    n_in, *hidden, _ = (int(width) for width in cost.architecture.split("-"))
    return n_in * sum(hidden) * log2(hidden[0])


def _bench_growth(benchmark: Any, how: How, architectures: Sequence[str], expected: Callable[[Cost], float]) -> None:
    costs: list[Cost] = benchmark.pedantic(
        lambda: [measure(architecture, how, seed) for architecture in architectures for seed in SEEDS],
        rounds=1,
        iterations=1,
    )
    _print(how, costs)
    slopes = {
        "queries": _slope(costs, lambda cost: cost.parameters, lambda cost: cost.queries),
        "bits": _slope(costs, lambda cost: cost.parameters, lambda cost: cost.bits),
        "CPU": _slope(costs, lambda cost: cost.parameters, lambda cost: cost.seconds),
    }
    powers = ", ".join(f"{name} ~ parameters^{power:.2f}" for name, power in slopes.items())
    against = _slope(costs, expected, lambda cost: cost.queries)
    benchmark.extra_info.update({f"{name}_power": power for name, power in slopes.items()}, expected_power=against)
    print(f"    {powers}; queries ~ (what the paper expects)^{against:.2f}")


def _slope(costs: Iterable[Cost], size: Callable[[Cost], float], price: Callable[[Cost], float]) -> float:
    """The slope of log price over log size, one point for each architecture: the median of its exact recoveries."""
    groups: dict[str, list[Cost]] = {}
    for cost in costs:
        if cost.is_exact:
            groups.setdefault(cost.architecture, []).append(cost)
    if len(groups) < 2:
        return float("nan")
    points = [(log(size(group[0])), log(median(map(price, group)))) for group in groups.values()]
    return linear_regression(*zip(*points, strict=True)).slope


def _print(how: How, costs: Iterable[Cost]) -> None:
    print(f"\n{how}:")
    for cost in costs:
        print(f"    {cost}")
