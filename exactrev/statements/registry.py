"""The statements, in the order in which they are checked and reported, found by label or by the paper's number.

Knows every statement of the package, and every claim about networks at large, which no single network decides; what
deciding one takes is the business of its module.
"""

from __future__ import annotations

from collections.abc import Iterable

from exactrev.errors import BadInput
from exactrev.statements.claim import Claim
from exactrev.statements.claims import (
    bends,
    boundaries_determine,
    boundaries_meet,
    disjoint_boundaries,
    further_networks,
    layers_apart,
    layers_read_off,
    linear_regions,
    narrow_layers,
    patterns,
    surfaces,
    symmetries,
)
from exactrev.statements.statement import Statement

__all__ = ["CLAIMS", "STATEMENTS", "as_table", "claims_as_table", "find_claim", "find_statement", "find_statements"]

STATEMENTS: tuple[Statement, ...] = (
    *patterns.STATEMENTS,
    *linear_regions.STATEMENTS,
    *surfaces.STATEMENTS,
    *bends.THEOREM_1,
    *layers_apart.STATEMENTS,
    *layers_read_off.STATEMENTS,
    *boundaries_meet.STATEMENTS,
    *boundaries_determine.STATEMENTS,
    *bends.LEMMA_2,
    *symmetries.STATEMENTS,
)

CLAIMS: tuple[Claim, ...] = (*narrow_layers.CLAIMS, *further_networks.CLAIMS, *disjoint_boundaries.CLAIMS)
"""Claims about networks at large, each decided by explicit networks or by finitely many cases."""


def find_statement(name: str) -> Statement:
    """The statement with this label, or with this number in the paper. Raises `BadInput` if there is none.

    >>> find_statement("R2").label
    'linear_regions_are_activation_regions'
    >>> find_statement("linear_regions_are_activation_regions").paper
    'R2'
    """
    for statement in STATEMENTS:
        if name in (statement.label, statement.paper):
            return statement
    known = ", ".join(f"{statement.label} ({statement.paper})" for statement in STATEMENTS)
    raise BadInput("", "statement", f"{name!r}", f"one of {known}")


def find_statements(names: str | Iterable[str] | None) -> list[Statement]:
    """Those named, in the order of the registry, each once; for None all that are decided by default."""
    if names is None:
        return [statement for statement in STATEMENTS if statement.by_default]
    wanted = [find_statement(name) for name in ([names] if isinstance(names, str) else names)]
    return [statement for statement in STATEMENTS if statement in wanted]


def as_table() -> str:
    """The statements as a Markdown table: label, number, place, claim.

    >>> print(as_table().splitlines()[0])
    | statement | paper | what is decided |
    """
    head = ["| statement | paper | what is decided |", "|---|---|---|"]
    return "\n".join([*head, *(f"| `{s.label}` | {s.paper}, {s.where} | {s.claim} |" for s in STATEMENTS)]) + "\n"


def find_claim(name: str) -> Claim:
    """The claim with this label, or with this number in the paper. Raises `BadInput` if there is none.

    >>> str(find_claim("I3"))
    'two_narrow_layers_leave_a_second_network (I3, §3.1)'
    """
    for claim in CLAIMS:
        if name in (claim.label, claim.paper):
            return claim
    known = ", ".join(f"{claim.label} ({claim.paper})" for claim in CLAIMS)
    raise BadInput("", "claim", f"{name!r}", f"one of {known}")


def claims_as_table() -> str:
    """The claims as a Markdown table: label, number, place, claim, and what becomes of the paper's wording."""
    head = ["| claim | paper | what is decided | as printed |", "|---|---|---|---|"]
    rows = (f"| `{c.label}` | {c.paper}, {c.where} | {c.claim} | {c.printed or 'holds'} |" for c in CLAIMS)
    return "\n".join([*head, *rows]) + "\n"
