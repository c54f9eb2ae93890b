"""``exactrev audit``: claim by claim, what the paper says and what is true.

Knows how to ask and where to print. The verdicts, and the evidence that is run for them, are the audit's business.
"""

from __future__ import annotations

import click

from exactrev.cli.arguments import as_json
from exactrev.cli.printing import print_json, print_lines
from exactrev.cli.progress import Watch
from exactrev.errors import BadInput

__all__ = ["audit"]


def _read_ids(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> list[str] | None:
    if not values:
        return None
    from exactrev.audit import find_rows

    try:
        return [row.id for row in find_rows(values)]
    except BadInput as error:
        raise click.BadParameter(f"{error.found} is not {error.expected}.") from None


@click.command()
@click.option(
    "--claim",
    "ids",
    multiple=True,
    metavar="ID",
    callback=_read_ids,
    help="Only this claim, by its number in the table; may be repeated.",
)
@as_json
@click.pass_context
def audit(ctx: click.Context, ids: list[str] | None, as_json: bool) -> None:
    """Go through the claims of the paper, one by one.

    Each comes with a verdict (proved, checked, refuted as printed, open), what is true instead, and evidence: proofs,
    statements about bundled networks, explicit networks. All of it is run anew; evidence that does not come out turns
    its row into an error. The exit code is 1 if that happens, else 0.
    """
    from exactrev.audit import audit as run_audit

    with Watch("evidence") as watch:
        found = run_audit(ids, watch)
    if as_json:
        record = found.to_json()
        print_json({"counts": record["counts"]}, claims=record["claims"])
    else:
        print_lines([found.summary()])
    ctx.exit(0 if found.stands else 1)
