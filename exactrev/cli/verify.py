"""``exactrev verify``: which statements of the paper hold for one network.

Knows how to ask and where to print. What is decided, and how it is put, is the statements' business.
"""

from __future__ import annotations

import click

from exactrev.cli.arguments import (
    Point,
    Seconds,
    as_json,
    box_option,
    find_box,
    load_network,
    network_argument,
    raw_option,
)
from exactrev.cli.certificates import certificates_option, check_folder, write_certificates
from exactrev.cli.printing import print_json, print_report
from exactrev.cli.progress import Watch
from exactrev.errors import BadInput

__all__ = ["verify"]


def _read_labels(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> list[str] | None:
    if not values:
        return None
    from exactrev.statements import find_statement

    try:
        return [find_statement(value).label for value in values]
    except BadInput as error:
        raise click.BadParameter(f"{error.found} is not {error.expected}.") from None


@click.command()
@network_argument
@click.option(
    "--statement",
    "labels",
    multiple=True,
    metavar="LABEL",
    callback=_read_labels,
    help="Only this statement, by label or by the paper's number; may be repeated.",
)
@click.option(
    "--budget",
    type=Seconds(),
    metavar="S",
    help="Stop after S seconds; what is open then is undecided.",
)
@box_option
@certificates_option
@raw_option
@as_json
@click.pass_context
def verify(
    ctx: click.Context,
    net: str,
    labels: list[str] | None,
    budget: float | None,
    box: list[Point] | None,
    folder: str | None,
    raw: bool,
    as_json: bool,
) -> None:
    """Decide which statements hold for NET.

    They are the theorems and assumptions of "Reverse-Engineering Deep ReLU Networks", decided one by one for this
    network, each with an exact witness. The exit code is 0 if all hold (or do not apply), 1 if one fails, 3 if one is
    undecided.
    """
    check_folder(folder)
    network = load_network(net, raw)
    from exactrev.statements import verify as verify_statements

    with Watch("statements") as watch:
        report = verify_statements(network, labels, find_box(box, network.n_in), budget, watch)
    if as_json:
        record = report.to_json()
        print_json({**record, "network": {"name": net, **record["network"]}})
    else:
        print_report(report.summary())
    if folder is not None:
        from exactrev.statements.certified import certified_statements

        write_certificates(folder, certified_statements(report))
    ctx.exit(report.exit_code)
