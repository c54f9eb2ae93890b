"""Certificates of whole reports: they agree with the verdicts, and the checker accepts them."""

from __future__ import annotations

import io

import pytest
from geometry.nasty_networks import NASTY_NETWORKS, NastyNetwork

from exactrev import verify
from exactrev.checker.kinds import check
from exactrev.errors import TheoryContradicted
from exactrev.geometry import boundaries, regions
from exactrev.statements.certified import certified_boundaries, certified_regions, certified_statements
from exactrev.verdict import Outcome, Verdict

SMALL = [nasty for nasty in NASTY_NETWORKS if nasty.name != "torus"]


@pytest.mark.parametrize("nasty", SMALL, ids=str)
def test_what_is_said_of_a_network_is_certified(nasty: NastyNetwork) -> None:
    report = verify(nasty.network, ["R1", "R2", "T1b", "L2", "T2h", "I1", "I2"])
    complex = regions(nasty.network)
    found = boundaries(complex)
    certificates = [
        *certified_statements(report), *certified_regions(complex), *certified_boundaries(found, list(found))
    ]  # fmt: skip
    assert len(certificates) >= 4
    for certificate in certificates:
        assert check(io.BytesIO(certificate.to_bytes()), certificate.claim).text == certificate.claim


def test_a_verdict_that_its_certificate_contradicts_stops_everything() -> None:
    from dataclasses import replace

    network = next(nasty.network for nasty in SMALL if nasty.lra_facet)
    report = verify(network, ["R2"])
    ((statement, verdict),) = report.verdicts
    assert verdict.outcome is Outcome.HOLDS
    lie = Verdict(Outcome.FAILS, verdict.checked)
    with pytest.raises(TheoryContradicted, match="a certificate contradicts the verdict"):
        list(certified_statements(replace(report, verdicts=((statement, lie),))))
