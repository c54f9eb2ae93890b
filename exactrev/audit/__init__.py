"""The audit of the paper: claim by claim, what it says and what is true, with evidence that is run again every time.

Stands on everything but the command line. The rows are written down; a verdict is told only after its evidence ran.
"""

from __future__ import annotations

from exactrev.audit.ledger import ROWS, as_table, find_rows
from exactrev.audit.report import Audit, Finding, Result, audit, run_row
from exactrev.audit.row import Evidence, EvidenceFailed, Hypothesis, Need, Row, Standing

__all__ = [
    "ROWS",
    "Audit",
    "Evidence",
    "EvidenceFailed",
    "Finding",
    "Hypothesis",
    "Need",
    "Result",
    "Row",
    "Standing",
    "as_table",
    "audit",
    "find_rows",
    "run_row",
]
