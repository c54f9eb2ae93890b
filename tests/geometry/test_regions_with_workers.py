"""Regions by workers: every array of the complex, bit by bit, is what it is without."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest

from exactrev.geometry import Box, RegionComplex, enumeration, regions
from exactrev.network import Network
from exactrev.network.random import he_network
from exactrev.parallel import Workers


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enumeration, "BLOCK", 64)


@pytest.fixture(scope="module")
def processes() -> Iterator[Workers]:
    with Workers(2) as workers:
        yield workers


@pytest.fixture(scope="module")
def threads() -> Iterator[Workers]:
    with ThreadPoolExecutor(2) as executor, Workers.around(executor) as workers:
        yield workers


def _digest(complex: RegionComplex) -> str:
    skeleton, zeros = complex.found.skeleton, complex.found.zeros
    nv, ne = skeleton.vertices, skeleton.edges
    arrays = [skeleton.tight[:nv], skeleton.points[:nv], skeleton.radii[:nv], skeleton.signs[:, :nv]]
    arrays += [skeleton.hashes[:nv], skeleton.ends[:ne], skeleton.edge_tight[:ne]]
    arrays += [complex.facet_cells, complex.cells.facet_ids.flat, complex.unbounded]
    arrays += [] if zeros is None else [zeros[:, :nv]]
    return hashlib.sha256(b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)).hexdigest()


def _small_integers(widths: list[int], seed: int) -> Network:
    rng = np.random.default_rng(seed)
    shapes = list(pairwise(widths))
    return Network.from_arrays(
        [(rng.integers(-2, 3, (out, into)).tolist(), rng.integers(-2, 3, out).tolist()) for into, out in shapes]
    )


CASES = [
    (he_network([2, 12, 12, 1], 0), None),
    (he_network([3, 8, 8, 8, 1], 1), None),
    (he_network([4, 7, 5, 1], 2), Box.cube(4, -1, 1)),
    (_small_integers([2, 8, 8, 1], 0), None),  # exact zeros: one neuron after the other
]


@pytest.mark.parametrize("case", range(len(CASES)))
@pytest.mark.parametrize("kind", ["processes", "threads"])
def test_the_complex_is_the_same_bit_by_bit(case: int, kind: str, request: pytest.FixtureRequest) -> None:
    net, box = CASES[case]
    alone = regions(net, box)
    helped = regions(net, box, workers=request.getfixturevalue(kind))
    assert alone.found.skeleton.vertices > 64  # more than one block
    assert _digest(helped) == _digest(alone)
    assert helped.interior_point(3) == alone.interior_point(3)


def test_workers_are_asked(processes: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    run = processes.run_in_order
    monkeypatch.setattr(processes, "run_in_order", lambda *arguments: asked.append(1) or run(*arguments))
    regions(CASES[0][0], workers=processes)
    assert asked


def test_a_network_beyond_the_range_of_floats_is_decided_exactly_here(processes: Workers) -> None:
    net = Network.from_arrays([([[10**300], [1]], [0, -1]), ([[1, -1], [1, 1]], [-1, -2]), ([[1, 1]], [0])])
    assert _digest(regions(net, workers=processes)) == _digest(regions(net))
