"""Certificates of regions: seconds of CPU for writing and checking, and bytes a region."""

from __future__ import annotations

import io
import time
from typing import Any

import pytest

from exactrev.certificates import certify_regions, certify_regions_by_facets
from exactrev.checker.kinds import check
from exactrev.network.random import he_network

ARCHITECTURES = ["2-8-8-1", "3-8-8-1", "2-8-8-8-1", "2-32-32-1"]


@pytest.mark.parametrize("certify", [certify_regions, certify_regions_by_facets], ids=["tree", "facets"])
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def bench_checking(benchmark: Any, architecture: str, certify: Any) -> None:
    """The checker alone; writing goes before, once."""
    start = time.process_time()
    certificate = certify(he_network([int(width) for width in architecture.split("-")], seed=0))
    data = certificate.to_bytes()
    benchmark.extra_info["writing"] = round(time.process_time() - start, 2)
    benchmark.extra_info["bytes a region"] = round(len(data) / sum(certificate.numbers))
    claim = benchmark(lambda: check(io.BytesIO(data)))
    assert claim.text == certificate.claim
