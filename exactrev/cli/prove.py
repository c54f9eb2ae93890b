"""``exactrev prove``: the proofs, run step by step.

Knows how to ask and where to print. What is proved, and how, is the proofs' business.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from exactrev.cli.application import ExitCode
from exactrev.cli.arguments import as_json
from exactrev.cli.printing import print_json, print_lines, print_table
from exactrev.cli.progress import Watch
from exactrev.errors import BadInput

__all__ = ["prove"]


def _read_labels(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> list[str]:
    if not values:
        return []
    from exactrev.proofs import find_proofs

    try:
        return list(dict.fromkeys(proof.label for value in values for proof in find_proofs(value)))
    except BadInput as error:
        raise click.BadParameter(f"{error.found} is not {error.expected}.") from None


@click.command()
@click.argument("labels", metavar="[LABEL]...", nargs=-1, callback=_read_labels)
@click.option("--list", "listing", is_flag=True, help="Only list the proofs.")
@as_json
@click.pass_context
def prove(ctx: click.Context, labels: list[str], listing: bool, as_json: bool) -> None:
    """Run the proofs of the paper's statements, or those with the given LABELs (or all for the paper's numbers).

    A proof calls the functions that recover and verify with letters instead of numbers, and checks every step. The exit
    code is 0 if all steps hold, 1 if one is false: then the statement, its proof or the program is wrong.
    """
    from exactrev.proofs import PROOFS

    proofs = [proof for label, proof in PROOFS.items() if not labels or label in labels]
    if listing:
        rows = [(proof.label, ", ".join(proof.paper), proof.where) for proof in proofs]
        if as_json:
            print_json({"proofs": [dict(zip(("label", "paper", "where"), row, strict=True)) for row in rows]})
        else:
            print_table(("proof", "claims", "place"), rows)
        return
    records: list[dict[str, Any]] = []
    for proof in proofs:
        with Watch(proof.label) as watch:
            result = proof.run(watch)
        records.append(
            {
                "label": proof.label,
                "paper": list(proof.paper),
                "where": proof.where,
                "status": str(result.status),
                "statement": proof.statement,
                "covers": proof.covers,
                "does_not_cover": proof.does_not_cover,
                "steps": [{**asdict(step), "holds": step.holds} for step in result.steps],
            }
        )
        if not as_json:
            print_lines([f"{str(result.status).upper()} {proof}", f"  {proof.statement}"])
            print_lines(f"  {number}. {step}" for number, step in enumerate(result.steps, start=1))
            print_lines([f"  covers: {proof.covers}", f"  does not cover: {proof.does_not_cover}", ""])
    proved = sum(record["status"] == "proved" for record in records)
    if as_json:
        print_json({"proved": proved, "proofs": records})
    else:
        print_lines([f"{proved} of {len(records)} proved"])
    ctx.exit(ExitCode.HOLDS if proved == len(records) else ExitCode.FAILS)
