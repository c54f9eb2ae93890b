"""Recovery from answers alone: queries per parameter, bits of questions and answers, seconds of CPU."""

from __future__ import annotations

import time
from typing import Any, Literal

import pytest

from exactrev.network.isomorphisms import is_isomorphic
from exactrev.network.random import he_network
from exactrev.oracle import Oracle
from exactrev.recovery.reconstruction import Recovery, recover

GRID = [
    ("2-8-1", "plain"),
    ("2-8-1", "packed"),
    ("3-10-1", "plain"),
    ("3-10-1", "packed"),
    ("10-10-10-1", "plain"),
    ("10-10-10-1", "packed"),
    ("10-20-20-1", "plain"),
    ("10-20-20-1", "packed"),
    ("784-32-1", "packed"),
]


def _widths(architecture: str) -> list[int]:
    return [int(width) for width in architecture.split("-")]


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(("architecture", "how"), GRID, ids=["-".join(pair) for pair in GRID])
@pytest.mark.benchmark(timer=time.process_time)
def bench_recovery(benchmark: Any, architecture: str, how: Literal["plain", "packed"], seed: int) -> None:
    """One recovery of a He-initialised network in float32, the exact answers of the oracle included."""
    net = he_network(_widths(architecture), seed, "float32")
    oracle = Oracle(net)
    start = time.process_time()
    found: Recovery = benchmark.pedantic(recover, args=(oracle, net.n_in, how), rounds=1, iterations=1)
    seconds = time.process_time() - start
    exact = found.network is not None and is_isomorphic(net, found.network)
    per_parameter = oracle.queries / net.parameters
    benchmark.extra_info.update(
        exact=exact, queries=oracle.queries, queries_per_parameter=per_parameter, bits_in=oracle.bits_in,
        bits_out=oracle.bits_out, packed_queries=found.packed_queries,
    )
    print(
        f"\n{architecture} seed {seed}, {how}: {'exact' if exact else 'NOT the same network'} ({found.summary}); "
        f"{oracle.queries} queries ({found.packed_queries} packed) for {net.parameters} parameters, "
        f"{per_parameter:.3g} a parameter; {oracle.bits_in / 1e6:.3g} Mbit in, {oracle.bits_out / 1e6:.3g} Mbit out; "
        f"{seconds:.2f} s CPU"
    )
