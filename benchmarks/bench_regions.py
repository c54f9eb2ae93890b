"""Regions over all of R^n: microseconds of CPU per region, memory, and the cost of the graph and of the boundaries."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from exactrev.geometry import boundaries, region_graph, regions
from exactrev.network import Network
from exactrev.network.random import he_network

HE = ["2-64-64-1", "3-32-32-1", "4-10-10-1", "5-8-8-1", "2-10-10-10-10-10-10-10-10-1", "2-128-128-1"]
QUARTERS = ["2-10-10-1", "2-32-32-1", "3-10-10-1", "4-6-6-1", "2-8-8-8-1"]


def _widths(architecture: str) -> list[int]:
    return [int(width) for width in architecture.split("-")]


def _quarter_integer_network(architecture: str, seed: int) -> Network:
    rng = np.random.default_rng(seed)
    widths = _widths(architecture)

    def entries(shape: tuple[int, ...]) -> list[Any]:
        return [[Fraction(int(k), 4) for k in row] for row in rng.integers(-4, 5, size=shape)]

    return Network.from_arrays(
        [(entries((out, into)), entries((1, out))[0]) for into, out in pairwise(widths)]
    )


def _report(name: str, benchmark: Any, count: int) -> None:
    per_region = benchmark.stats.stats.median / count * 1e6 if benchmark.stats else float("nan")
    benchmark.extra_info.update(regions=count, us_per_region=per_region)
    print(f"\n{name}: {count} regions, {per_region:.1f} us CPU a region")


@pytest.mark.parametrize("architecture", HE)
@pytest.mark.benchmark(timer=time.process_time, min_rounds=5)
def bench_regions_over_the_whole_space(benchmark: Any, architecture: str) -> None:
    net = he_network(_widths(architecture), seed=0)
    complex = benchmark(regions, net)
    _report(f"{architecture}, coordinates, regions and facets", benchmark, complex.n_regions)


@pytest.mark.parametrize("architecture", HE)
@pytest.mark.parametrize("build", [region_graph, lambda found: list(boundaries(found))], ids=["graph", "boundaries"])
@pytest.mark.benchmark(timer=time.process_time, min_rounds=3)
def bench_what_stands_on_the_regions(benchmark: Any, architecture: str, build: Callable[..., object]) -> None:
    complex = regions(he_network(_widths(architecture), seed=0))
    benchmark(build, complex)
    _report(f"{architecture}, on top", benchmark, complex.n_regions)


@pytest.mark.parametrize("architecture", QUARTERS)
@pytest.mark.benchmark(timer=time.process_time, min_rounds=3)
def bench_degenerate_networks(benchmark: Any, architecture: str) -> None:
    net = _quarter_integer_network(architecture, seed=0)
    complex = benchmark(regions, net)
    _report(f"{architecture} in quarters, {complex.n_thick} thick cells", benchmark, complex.n_cells)


@pytest.mark.parametrize("architecture", ["3-64-64-1", "2-128-128-1"])
def bench_memory_of_a_whole_process(architecture: str) -> None:
    """One process: seconds of CPU and peak memory, imports included."""
    program = (
        "import resource; from exactrev.network.random import he_network; from exactrev.geometry import regions;"
        f"c = regions(he_network({_widths(architecture)}, seed=0));"
        "r = resource.getrusage(resource.RUSAGE_SELF);"
        "print(c.n_regions, c.n_facets, round(r.ru_utime + r.ru_stime, 1), r.ru_maxrss // 1024)"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime > before
    print(f"\n{architecture}: {answer[0]} regions, {answer[1]} facets, {answer[2]} s CPU, {answer[3]} MiB")
