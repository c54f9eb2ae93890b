"""``exactrev fuzz``: thousands of networks, every statement decided on each, and of each kind of failure the smallest.

Knows what a campaign prints: JSON lines on stdout, on a terminal a table on stderr that is kept up to date. What is
drawn, judged and kept is the business of `exactrev.testing.fuzz`.
"""

from __future__ import annotations

import json
import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from exactrev.cli.application import ExitCode
from exactrev.cli.arguments import Seconds, open_workers, workers_options
from exactrev.cli.printing import SCHEMA_VERSION
from exactrev.errors import BadInput, ExactrevError

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table

    from exactrev.testing.fuzz import Campaign, Finding

__all__ = ["fuzz"]

COLUMNS = {"HOLDS": "holds", "FAILS": "fails", "NOT_APPLICABLE": "n/a", "UNDECIDED": "undecided", "FAULT": "fault"}


def _read_labels(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    from exactrev.statements.registry import find_statements

    try:
        return tuple(statement.label for statement in find_statements(values or None))
    except BadInput as error:
        raise click.BadParameter(f"{error.found} is not {error.expected}.") from None


@click.command()
@click.option(
    "--statement",
    "labels",
    multiple=True,
    metavar="LABEL",
    callback=_read_labels,
    help="Only this statement, by label or by the paper's number; may be repeated.",
)
@click.option("--time", "seconds", type=Seconds(), metavar="S", help="Begin nothing new after S seconds.")
@click.option("--examples", type=click.IntRange(min=0), metavar="N", help="Stop after N networks.")
@click.option(
    "--seed", type=click.IntRange(0, 10**18 - 1), default=0, show_default=True, help="The same seed, the same networks."
)
@click.option("--corpus", metavar="DIR", help="Look at the findings in this folder first, and keep new ones there.")
@click.option("--log", metavar="FILE", help="Write finished parts of the campaign down as they come.")
@click.option("--resume", is_flag=True, help="Go on with the campaign in the --log, if there is one.")
@workers_options
@click.pass_context
def fuzz(
    ctx: click.Context,
    labels: tuple[str, ...],
    seconds: float | None,
    examples: int | None,
    seed: int,
    corpus: str | None,
    log: str | None,
    resume: bool,
    count: int | None,
    address: str | None,
) -> None:
    """Look for networks on which a statement fails.

    Networks are drawn at random, small and often degenerate, towards many regions, corners that nearly coincide and
    long numbers; every statement is decided on each, and again after permuting and scaling neurons. Of each kind of
    failure the smallest network is kept, made smaller, verified again and certified. It is printed as a line of JSON,
    and written into the corpus. The last line holds the numbers of examples and failures.

    The exit code is 0 if nothing failed, 1 if something did, 70 if exactrev itself was found at fault, 130 after Ctrl-C
    (what was found until then is printed and kept).
    """
    if seconds is None and examples is None:
        raise click.UsageError("How long? Give --time S or --examples N, or both.")
    if resume and log is None:
        raise click.UsageError("--resume goes on with the campaign in a --log.")
    try:
        from exactrev.testing.fuzz import Campaign, Corpus, Log, Plan
    except ImportError as error:
        if "Hypothesis" not in str(error):
            raise
        raise BadInput("", "fuzz", "Hypothesis missing here", "pip install exactrev[testing]") from None

    with ExitStack() as stack:
        known = None if corpus is None else Corpus(corpus)
        journal = None if log is None else stack.enter_context(Log(log, seed, labels, resume))
        workers = stack.enter_context(open_workers(count, address))
        campaign = Campaign(Plan(labels, seed, examples, seconds), workers, known, journal)
        screen = stack.enter_context(_Screen(campaign))
        interrupted = False
        try:
            _run(campaign, screen)
        except KeyboardInterrupt:
            interrupted = True
            _keep(campaign)
        except ExactrevError:  # a corpus that cannot be written, or workers that are lost
            _keep(campaign)
            raise
        _print(_summary(campaign, interrupted))
    _tell(campaign, corpus)
    ctx.exit(_exit_code(campaign, interrupted))


def _run(campaign: Campaign, screen: _Screen) -> None:
    for replayed in campaign.replay():
        found = {"statement": replayed.finding.label, "kind": replayed.finding.kind}
        _print({"event": "replayed", **found, "file": replayed.finding.file_name, "now": replayed.now or "as it was"})
    for result in campaign.explore():
        _print({"event": "shard", "shard": result.shard.number, "examples": result.examples})
        screen.update()
    for settled in campaign.settle():
        _print(_found(settled.finding))


def _keep(campaign: Campaign) -> None:
    for finding in campaign.keep():
        _print(_found(finding))


def _exit_code(campaign: Campaign, interrupted: bool) -> ExitCode:
    if interrupted:
        return ExitCode.INTERRUPTED
    if campaign.faults:
        return ExitCode.INTERNAL
    return ExitCode.FAILS if campaign.findings or campaign.changed else ExitCode.HOLDS


def _found(finding: Finding) -> str:
    return f'{{"event": "finding", "finding": {finding.to_text()}}}'


def _summary(campaign: Campaign, interrupted: bool) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "examples": campaign.examples,
        "failures": len(campaign.findings),
        "faults": campaign.faults,
        "changed": len(campaign.changed),
        "interrupted": interrupted,
        "seed": campaign.plan.seed,
        "outcomes": {label: dict(sorted(counts.items())) for label, counts in campaign.outcomes.items()},
        "scores": dict(sorted(campaign.scores.items())),
    }


def _print(record: dict[str, Any] | str) -> None:
    """One line, at once: whoever reads it may be waiting for it."""
    sys.stdout.write(f"{record if isinstance(record, str) else json.dumps(record)}\n")
    sys.stdout.flush()


def _tell(campaign: Campaign, corpus: str | None) -> None:
    where = f", kept in {corpus}" if corpus is not None and campaign.findings else ""
    click.echo(f"{campaign.examples} networks; {len(campaign.findings)} kinds of failure{where}", err=True)
    for replayed in campaign.changed:
        click.echo(f"{replayed.finding.file_name} is not as it was: {replayed.now}", err=True)
    if campaign.faults:
        faults = sorted(
            f"{finding.kind} ({finding.label})" for finding in campaign.findings.values() if finding.is_fault
        )
        click.echo(f"exactrev is at fault, or the mathematics is: {'; '.join(faults)}. Please report this.", err=True)


class _Screen:
    """A table on stderr, kept up to date; nothing where stderr is no terminal."""

    def __init__(self, campaign: Campaign) -> None:
        self._campaign = campaign
        self._start = time.monotonic()
        self._live: Live | None = None

    def __enter__(self) -> _Screen:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.live import Live

            console = Console(stderr=True)
            # Lines of JSON stay on stdout, whatever is drawn on stderr.
            self._live = Live(
                get_renderable=self._table,
                console=console,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._live is not None:
            self._live.stop()

    def update(self) -> None:
        if self._live is not None:
            self._live.refresh()

    def _table(self) -> Table:
        from rich import box
        from rich.table import Table

        campaign = self._campaign
        seconds = time.monotonic() - self._start
        head = f"{campaign.examples} networks, {len(campaign.findings)} kinds of failure, {seconds:.0f} s"
        table = Table(title=head, box=box.SIMPLE_HEAD, pad_edge=False)
        table.add_column("statement")
        for name in COLUMNS.values():
            table.add_column(name, justify="right")
        for label, counts in campaign.outcomes.items():
            table.add_row(label, *(str(counts[outcome] or "") for outcome in COLUMNS))
        return table
