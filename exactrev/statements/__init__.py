"""Statements of the paper, decided network by network in exact arithmetic: the registry, and `verify`.

Stands on the geometry. Every module that decides statements opens with the claim in our notation, its assumptions, how
the check decides it, and what it does not decide.
"""

from __future__ import annotations

from exactrev.statements.registry import STATEMENTS, as_table, find_statement
from exactrev.statements.report import Report
from exactrev.statements.statement import Statement
from exactrev.statements.verification import verify

__all__ = ["STATEMENTS", "Report", "Statement", "as_table", "find_statement", "verify"]
