"""The audit run: every row's evidence anew, and what came of it. Knows how results are told, in text and as data.

A row whose evidence does not come out is an error, whatever its verdict was; a row without evidence can only be open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from textwrap import wrap
from time import monotonic
from typing import Any

from exactrev.audit.evidence import proofs_of
from exactrev.audit.ledger import find_rows
from exactrev.audit.row import Evidence, Row, Standing
from exactrev.errors import ExactrevError, TheoryContradicted

__all__ = ["Audit", "Finding", "Result", "audit", "run_row"]

WIDTH = 116
_TRUTH = {
    Standing.PROVED: "holds",
    Standing.CHECKED: "holds",
    Standing.REFUTED: "corrected",
    Standing.OPEN: "missing",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What running a piece of evidence gave: what it says, or why it failed; and in how many seconds."""

    evidence: Evidence
    stands: bool
    text: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Result:
    """A row with what its evidence gave."""

    row: Row
    findings: tuple[Finding, ...]

    @property
    def error(self) -> str:
        """Why the verdict cannot be upheld; empty if it can."""
        failed = [f"{finding.evidence.name}: {finding.text}" for finding in self.findings if not finding.stands]
        if self.row.standing is not Standing.OPEN and not self.findings:
            failed.append("there is no evidence")
        if self.row.standing is Standing.PROVED and not any(f.evidence.kind == "proof" for f in self.findings):
            failed.append("there is no proof")
        failed += [hypothesis.error for hypothesis in self.row.needed if hypothesis.error]
        return "; ".join(failed)

    @property
    def verdict(self) -> str:
        return "error" if self.error else str(self.row.standing)

    def to_json(self) -> dict[str, Any]:
        row = self.row
        return {
            "claim": row.id,
            "where": row.where,
            "paper": row.says,
            "verdict": self.verdict,
            "error": self.error,
            _TRUTH[row.standing]: row.truth,
            "hypotheses": [
                {
                    "hypothesis": hypothesis.name,
                    "needed": str(hypothesis.need),
                    "why": hypothesis.why,
                    "evidence": [piece.name for piece in hypothesis.evidence],
                }
                for hypothesis in row.needed
            ],
            "evidence": [
                {
                    "kind": finding.evidence.kind,
                    "name": finding.evidence.name,
                    "command": finding.evidence.command,
                    "stands": finding.stands,
                    "finding": finding.text,
                    "seconds": round(finding.seconds, 3),
                }
                for finding in self.findings
            ],
        }

    def lines(self) -> list[str]:
        """For people: the verdict, the claim, what holds, and every piece of evidence."""
        row = self.row
        lines = [f"{self.verdict.upper():19} {row.id}, {row.where}: {row.says}"]
        lines += _indented(f"{_TRUTH[row.standing]}: ", row.truth)
        for hypothesis in row.needed:
            lines += _indented("hypothesis: ", str(hypothesis))
        for finding in self.findings:
            told = finding.text if finding.stands else f"FAILED, {finding.text}"
            lines += _indented(f"{finding.evidence.kind}: ", f"{finding.evidence.name}: {told}")
            if finding.evidence.command:
                lines += _indented("  $ ", finding.evidence.command)
        if self.error and not any(not finding.stands for finding in self.findings):
            lines += _indented("error: ", self.error)
        return lines


@dataclass(frozen=True, slots=True)
class Audit:
    """The results, in the order of the ledger."""

    results: tuple[Result, ...]
    seconds: float

    @property
    def stands(self) -> bool:
        """Has every row's evidence come out?"""
        return not any(result.error for result in self.results)

    def counts(self) -> dict[str, int]:
        """Rows by verdict."""
        verdicts = [result.verdict for result in self.results]
        return {name: verdicts.count(name) for name in (*map(str, Standing), "error")}

    def to_json(self) -> dict[str, Any]:
        return {"counts": self.counts(), "claims": [result.to_json() for result in self.results]}

    def summary(self) -> str:
        lines = [line for result in self.results for line in (*result.lines(), "")]
        told = ", ".join(f"{number} {name}" for name, number in self.counts().items() if number)
        return "\n".join([*lines, f"{len(self.results)} claims: {told}"])


Key = Evidence | tuple[str, str]


def run_row(row: Row, tell: Callable[[], None] = lambda: None, ran: dict[Key, Finding] | None = None) -> Result:
    """Run the evidence for one row, proofs included that answer it; `tell` is called after each piece.

    `ran` keeps findings, so that evidence for several rows is run once for all of them.
    """
    kept = {} if ran is None else ran
    findings = []
    for evidence in evidence_for(row):
        key = _key(evidence)
        if key not in kept:
            kept[key] = _run(evidence)
        findings.append(kept[key])
        tell()
    return Result(row, tuple(findings))


def evidence_for(row: Row) -> tuple[Evidence, ...]:
    """The proofs that answer a claim, what its row cites, and what its hypotheses do; each once."""
    cited = (*proofs_of(row.id), *row.evidence, *(piece for h in row.needed for piece in h.evidence))
    return tuple({_key(evidence): evidence for evidence in cited}.values())


def _key(evidence: Evidence) -> Key:
    """Proofs are the same if their labels are; other evidence if it runs the same function."""
    return (evidence.kind, evidence.name) if evidence.kind == "proof" else evidence


def audit(ids: Iterable[str] | None = None, progress: Callable[[int, int], None] | None = None) -> Audit:
    """Run the evidence for the rows with these numbers, for all by default. Raises `BadInput` for unknown numbers.

    >>> run = audit(["X1"])
    >>> run.stands, run.results[0].verdict
    (True, 'refuted as printed')
    """
    rows = find_rows(ids)
    total, done = sum(len(evidence_for(row)) for row in rows), 0
    start = monotonic()

    def tell() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, total)

    ran: dict[Key, Finding] = {}
    results = tuple(run_row(row, tell, ran) for row in rows)
    return Audit(results, monotonic() - start)


def _run(evidence: Evidence) -> Finding:
    start = monotonic()
    try:
        text, stands = evidence.run(), True
    except TheoryContradicted:
        raise
    except ExactrevError as failure:
        text, stands = str(failure), False
    return Finding(evidence, stands, text, monotonic() - start)


def _indented(first: str, text: str) -> list[str]:
    margin = " " * 20
    return wrap(text, WIDTH, initial_indent=margin + first, subsequent_indent=margin + "    ")
