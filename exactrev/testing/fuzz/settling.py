"""From a network on which something failed to one that is worth reading: made smaller, verified again, certified.

Knows findings, and who can confirm them: `verify` afresh on the network as it will be written, and the checker, which
trusts nobody. A confirmation that does not come is a finding itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from io import BytesIO

from exactrev.checker.kinds import check
from exactrev.errors import BudgetSpent
from exactrev.network import Network
from exactrev.network.files.disk import Source
from exactrev.statements import verify
from exactrev.statements.certified import certified_statements
from exactrev.testing.fuzz.findings import Finding, read_finding
from exactrev.testing.fuzz.judging import FAULT, judge, kind_of_error
from exactrev.testing.fuzz.shrinking import shrink

__all__ = ["Settled", "settle"]


@dataclass(frozen=True, slots=True)
class Settled:
    """A finding in its final form, and the files of its certificates."""

    finding: Finding
    certificates: tuple[tuple[str, bytes], ...] = ()


def settle(finding: Finding) -> list[Settled]:
    """The finding made smaller, verified and certified; and a second one if confirming it went wrong.

    A pure function, for workers to run.
    """
    small = replace(finding, network=shrink(finding.network, lambda net: _shows(finding, net)), shrunk=True)
    again = read_finding(Source("", f"{small.to_text()}\n".encode("ascii"), ""))
    (now,), _ = judge(again.network, [finding.label], twice=finding.is_fault)
    if (now.outcome, now.kind) != (finding.verdict, finding.kind):
        return [Settled(_at_fault(small, "fault: decided in another way once more", now.kind or now.outcome))]
    small = replace(small, checked=now.checked, witness=now.witness)
    if finding.is_fault:
        return [Settled(small)]
    try:
        report = verify(again.network, [finding.label])
        files = [(found.file_name, found.to_bytes(), found.claim) for found in certified_statements(report)]
        for _, data, claim in files:
            check(BytesIO(data), claim)
    except BudgetSpent:
        return [Settled(small)]
    except Exception as error:  # a certificate that contradicts the verdict, or is not accepted
        return [Settled(small), Settled(_at_fault(small, kind_of_error(error), str(error)))]
    claims = tuple(sorted(claim for _, _, claim in files))
    return [Settled(replace(small, certificates=claims), tuple((name, data) for name, data, _ in files))]


def _shows(finding: Finding, net: Network) -> bool:
    (now,), _ = judge(net, [finding.label], twice=finding.is_fault)
    return (now.outcome, now.kind) == (finding.verdict, finding.kind)


def _at_fault(finding: Finding, kind: str, checked: str) -> Finding:
    return replace(finding, kind=kind, verdict=FAULT, checked=checked, witness=None)
