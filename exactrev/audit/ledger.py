"""All rows of the audit, one for every claim of the paper. Knows their order, and how they are shown in a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from exactrev.audit.row import Row
from exactrev.audit.rows import algorithms, definitions, extensions, further, induction, measurements, theorems
from exactrev.audit.rows.needed import NEEDED
from exactrev.errors import BadInput

__all__ = ["ROWS", "as_table", "find_rows", "hypotheses_as_table"]

_ORDER = """
    D1 I1 I2 I3 I4 R1 R2 R3 T1a T1b T1c T1d L2 T2 T2h T3a T3b T3c T3d T3e T3f A1 A2 A3 A4 A5 Q1 Q2
    N1 N2 N3 N4 N5 N6 N7 O1 O2 O3 O4 E1 E2 E3 E4 S1 I5 T2c T2d T3g T3h A6 A7 A8 A9 R4 D2 N8 N9 M1 X1
"""
_PLACE = {name: place for place, name in enumerate(_ORDER.split())}

_ALL = (
    *definitions.ROWS,
    *theorems.ROWS,
    *induction.ROWS,
    *algorithms.ROWS,
    *measurements.ROWS,
    *further.ROWS,
    *extensions.ROWS,
)

ROWS: tuple[Row, ...] = tuple(
    replace(row, needed=NEEDED.get(row.id, ())) for row in sorted(_ALL, key=lambda row: _PLACE[row.id])
)


def find_rows(ids: Iterable[str] | None = None) -> list[Row]:
    """The rows with these numbers, in the order of the ledger, each once; all for None. `BadInput` for others.

    >>> [row.id for row in find_rows(["T2", "D1"])]
    ['D1', 'T2']
    """
    if ids is None:
        return list(ROWS)
    wanted = list(ids)
    known = {row.id for row in ROWS}
    for name in wanted:
        if name not in known:
            raise BadInput("", "claim", f"{name!r}", f"one of {', '.join(row.id for row in ROWS)}")
    return [row for row in ROWS if row.id in wanted]


def as_table() -> str:
    """The verdicts as a Markdown table. They are those of the rows; `audit` runs the evidence for them."""
    head = ["| claim | where | the paper, in short | verdict | what holds, or is missing |", "|---|---|---|---|---|"]
    rows = (f"| {r.id} | {r.where} | {_cell(r.says)} | {r.standing} | {_cell(_told(r))} |" for r in ROWS)
    return "\n".join([*head, *rows]) + "\n"



def hypotheses_as_table() -> str:
    """The hypotheses of theorems as a Markdown table: is each needed, and why."""
    head = ["| claim | hypothesis | needed? | why |", "|---|---|---|---|"]
    rows = (f"| {r.id} | {_cell(h.name)} | {h.need} | {_cell(h.why)} |" for r in ROWS for h in r.needed)
    return "\n".join([*head, *rows]) + "\n"


def _told(row: Row) -> str:
    return f"{row.truth} *Needed?* {'; '.join(map(str, row.needed))}." if row.needed else row.truth


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
