"""``exactrev verify``: which statements of the paper hold for one network.

Knows how to ask and where to print. What is decided, and how it is put, is the statements' business.
"""

from __future__ import annotations

import click

from exactrev.cli.arguments import as_json, load_network, network_argument, raw_option
from exactrev.cli.printing import described, print_json, print_lines, title
from exactrev.cli.progress import Watch

__all__ = ["verify"]


@click.command()
@network_argument
@click.option("--statement", "labels", multiple=True, metavar="LABEL", help="Only this statement; may be repeated.")
@click.option("--budget", type=click.FloatRange(min=0), metavar="S", help="Stop after S seconds.")
@raw_option
@as_json
@click.pass_context
def verify(
    ctx: click.Context, net: str, labels: tuple[str, ...], budget: float | None, raw: bool, as_json: bool
) -> None:
    """Decide which statements hold for NET.

    They are the theorems and assumptions of "Reverse-Engineering Deep ReLU Networks", decided one by one for this
    network, each with an exact witness.
    """
    network = load_network(net, raw)
    from exactrev.statements import verify as verify_statements

    with Watch("regions") as watch:
        report = verify_statements(network, labels or None, budget=budget, progress=watch)
    if as_json:
        print_json({"network": described(net, network), **report.to_json()})
    else:
        print_lines([title(net, network), report.summary()])
    ctx.exit(report.exit_code)
