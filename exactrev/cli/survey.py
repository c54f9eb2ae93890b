"""``exactrev survey``: how often do hypotheses hold for random networks? A table, a CSV, a picture, a log.

Knows how a survey is asked for and how its lines are shown. What is decided, and counted, is the surveys' business.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from math import ceil, floor
from typing import TYPE_CHECKING

import click

from exactrev.cli.application import ExitCode
from exactrev.cli.arguments import as_json, check_output, open_workers, workers_options
from exactrev.cli.printing import print_json, print_lines, print_table
from exactrev.cli.progress import Watch
from exactrev.errors import BadInput

if TYPE_CHECKING:
    from exactrev.drawing.survey import Block
    from exactrev.surveys import Line, Log, Plan, Survey
    from exactrev.surveys.record import Widths

__all__ = ["survey"]

PICTURES = (".svg", ".png", ".pdf")
NETWORKS = 100


def _read_architectures(ctx: click.Context, param: click.Parameter, value: str | None) -> list[Widths]:
    from exactrev.surveys import parse_architecture

    try:
        return [parse_architecture(text.strip()) for text in value.split(",")] if value is not None else []
    except BadInput as error:
        raise click.BadParameter(f"{error.found} is not {error.expected}.") from None


def _read_counts(ctx: click.Context, param: click.Parameter, value: str | None) -> list[int]:
    texts = [text.strip() for text in value.split(",")] if value is not None else []
    if not all(re.fullmatch("[1-9][0-9]{0,4}", text) for text in texts):
        raise click.BadParameter(f"{value!r} is not a list of positive numbers, as 2,3,4.")
    return [int(text) for text in texts]


@click.command()
@click.option(
    "--widths", metavar="LIST", callback=_read_architectures, help='Architectures, as "2-5-5-1,3-5-5-1"; or a grid:'
)
@click.option("--inputs", metavar="LIST", callback=_read_counts, help="Numbers of inputs, as 2,3,4,")
@click.option("--hidden", metavar="LIST", callback=_read_counts, help="widths of all hidden layers, as 4,8,")
@click.option("--depths", metavar="LIST", callback=_read_counts, help="and numbers of hidden layers, as 1,2,3.")
@click.option("--outputs", type=click.IntRange(1, 99999), metavar="N", help="Outputs of the networks of the grid [1].")
@click.option("--networks", type=click.IntRange(1), metavar="N", help=f"Networks of each architecture [{NETWORKS}].")
@click.option("--seed", type=click.IntRange(min=0), metavar="S", help="They have the seeds S, S+1, ... [0].")
@click.option(
    "--time", "seconds", type=click.FloatRange(min=0, min_open=True), metavar="S",
    help="At most about S seconds for each network; what is open then is undecided.",
)  # fmt: skip
@workers_options
@click.option("--log", "log", metavar="FILE", help="Keep every network's answers, as they come, in a new file.")
@click.option("--resume", metavar="FILE", help="Go on with the survey of a log, whatever ended it.")
@click.option("--csv", "table", metavar="FILE", help="Write all counts and intervals (.csv).")
@click.option("--plot", "picture", metavar="FILE", help="Draw them (.svg, .png or .pdf).")
@as_json
@click.pass_context
def survey(
    ctx: click.Context,
    widths: list[Widths],
    inputs: list[int],
    hidden: list[int],
    depths: list[int],
    outputs: int | None,
    networks: int | None,
    seed: int | None,
    seconds: float | None,
    count: int | None,
    address: str | None,
    log: str | None,
    resume: str | None,
    table: str | None,
    picture: str | None,
    as_json: bool,
) -> None:
    """Count how often the hypotheses of Theorem 2, and others, hold for He-initialised networks.

    Every network is decided exactly: yes, no, or undecided, which is never guessed. Shares come with 95 % intervals
    that allow for what is undecided. Weights are drawn from N(0, 2/fan-in) and biases from N(0, 1), as in the paper.
    The same seeds give the same survey, however many workers there are; only time that runs out makes a difference.
    """
    given = bool(widths or inputs or hidden or depths)
    chosen = {"--outputs": outputs, "--networks": networks, "--seed": seed, "--time": seconds, "--log": log}
    if resume is not None and (given or any(value is not None for value in chosen.values())):
        raise click.UsageError("--resume takes the architectures, and all that was asked for, from the log.")
    if resume is None and (not given or bool(inputs) != bool(hidden) or bool(inputs) != bool(depths)):
        raise click.UsageError("Name architectures by --widths, or by --inputs, --hidden and --depths.")
    check_output(table, (".csv",), [resume] if resume else [])
    check_output(picture, PICTURES, [resume] if resume else [])
    if picture is not None:
        from exactrev.drawing.canvas import settings

        with settings():  # not only after an hour does it turn out that matplotlib is missing
            pass
    from exactrev.surveys import Log, Plan, Survey, grid

    with ExitStack() as stack:
        kept: Log | None = None
        if resume is not None:
            kept, found = Log.resume(resume)
            stack.enter_context(kept)
        else:
            listed = dict.fromkeys([*widths, *grid(inputs, hidden, depths, outputs or 1)])
            found = Survey(Plan(tuple(listed), networks or NETWORKS, seed or 0, seconds))
            if log is not None:
                kept = stack.enter_context(Log.start(log, found.plan))
        interrupted = not _conduct(found, kept, count, address)
    _show(found, table, picture, as_json)
    if interrupted:
        go_on = f"; exactrev survey --resume {log or resume} goes on" if kept is not None else ""
        click.echo(f"exactrev: interrupted after {len(found.records)} of {len(found.plan)} networks{go_on}", err=True)
        ctx.exit(ExitCode.INTERRUPTED)


def _conduct(found: Survey, log: Log | None, count: int | None, address: str | None) -> bool:
    """Have all missing records made and kept; False if Ctrl-C came first, and then those made so far are there."""
    from exactrev.surveys import conduct

    if found.is_complete:
        return True
    try:
        with Watch("networks") as watch, open_workers(count, address) as workers:
            for number, record in conduct(found, workers):
                if log is not None:
                    log.append(number, record)
                watch(len(found.records), len(found.plan))
    except KeyboardInterrupt:
        return False
    return True


def _show(found: Survey, table: str | None, picture: str | None, as_json: bool) -> None:
    """Print what there is, and write the files that were asked for."""
    lines = found.lines()
    if as_json:
        record = found.to_json()
        print_json({key: value for key, value in record.items() if key != "lines"}, lines=record["lines"])
    elif lines:
        _print(found.plan, lines)
    if table is not None and lines:
        from exactrev.network.files.disk import write_atomically

        write_atomically(table, found.to_csv().encode())
    if picture is not None and lines:
        from exactrev.drawing.survey import plot_survey

        plot_survey(_blocks(lines), picture)


# -- text --------------------------------------------------------------------------------------------------------------


def _print(plan: Plan, lines: Sequence[Line]) -> None:
    from exactrev.surveys import COUNTED, QUESTIONS

    until = plan.seed + plan.networks - 1
    print_lines([f"He-initialised networks, seeds {plan.seed} to {until} of each architecture"])
    print_lines(["How many, and below it the 95 % interval of the probability, in per cent", ""])
    rows = []
    for architecture, own in _by_architecture(lines):
        asked = [line for line in own if line.layer is None]
        rows.append([architecture, str(asked[0].total), *map(_cell, asked)])
    headings = ["widths", "of", *(question.heading for question in QUESTIONS)]
    print_table(headings, rows, headings[1:])
    print_lines(["", *(f"{question.heading}: {question.asks}" for question in QUESTIONS)])
    if any(line.undecided for line in lines):
        print_lines(["1 ?2: it holds for 1, and is undecided for 2"])
    rows = []
    for architecture, own in _by_architecture(lines):
        for layer, counted in _by_layer(own):
            totals = {line.among: str(line.total) for line in counted}
            rows.append([architecture, str(layer), *totals.values(), *map(_cell, counted)])
    if rows:
        headings = ["widths", "layer", "neurons", "pairs", *(counted.heading for counted in COUNTED)]
        print_lines([""])
        print_table(headings, rows, headings[1:])
        print_lines(["", *(f"{counted.heading}: {counted.asks}" for counted in COUNTED)])


def _cell(line: Line) -> str:
    """The count, and below it the interval in per cent, rounded outwards."""
    count = f"{line.yes} ?{line.undecided}" if line.undecided else str(line.yes)
    return f"{count}\n{floor(100 * line.interval.low)}-{ceil(100 * line.interval.high)}"


def _by_architecture(lines: Iterable[Line]) -> Iterator[tuple[str, list[Line]]]:
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(line.architecture, []).append(line)
    yield from groups.items()


def _by_layer(lines: Iterable[Line]) -> Iterator[tuple[int, list[Line]]]:
    groups: dict[int, list[Line]] = {}
    for line in lines:
        if line.layer is not None:
            groups.setdefault(line.layer, []).append(line)
    yield from groups.items()


# -- picture -----------------------------------------------------------------------------------------------------------


def _blocks(lines: Sequence[Line]) -> list[Block]:
    """The questions, and below them the counts, if there are any."""
    from exactrev.drawing.survey import Block, Panel, Share
    from exactrev.surveys import COUNTED, QUESTIONS

    def share(line: Line) -> Share:
        return Share(
            line.yes / line.total, line.undecided / line.total, float(line.interval.low), float(line.interval.high)
        )

    inputs = list(dict.fromkeys(line.widths[0] for line in lines))
    blocks = []
    for caption, headings, own in (
        ("of networks", {q.key: q.heading for q in QUESTIONS}, [line for line in lines if line.layer is None]),
        ("of neurons, or pairs", {c.key: c.heading for c in COUNTED}, [line for line in lines if line.layer]),
    ):
        if own:
            panels = tuple(
                Panel(heading, tuple(share(line) for line in own if line.what == key))
                for key, heading in headings.items()
            )
            first = [line for line in own if line.what == own[0].what]
            labels = tuple(x.architecture if x.layer is None else f"{x.architecture}, layer {x.layer}" for x in first)
            blocks.append(Block(caption, labels, tuple(inputs.index(x.widths[0]) for x in first), panels))
    return blocks
