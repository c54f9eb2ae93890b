"""``exactrev recover``: a network from its answers alone, and a verdict on it from outside.

Knows the network only to wrap it in an oracle, and afterwards to judge what was recovered. The recovery gets the
oracle; with ``--replay`` it gets recorded answers, and there need not be a network at all.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import click

from exactrev.cli.application import ExitCode
from exactrev.cli.arguments import as_json, check_output, load_network, raw_option
from exactrev.cli.certificates import certificates_option, check_folder, write_certificates
from exactrev.cli.printing import print_json, print_lines
from exactrev.cli.recovery_reports import Judgement, Noticed, Result, as_lines, as_record, find_missing
from exactrev.errors import AssumptionFailed, BadInput, InexactInput, RecoveryAmbiguous

if TYPE_CHECKING:
    from exactrev.certificates import Certificate
    from exactrev.network import Network
    from exactrev.network.network import Point
    from exactrev.oracle import Oracle

__all__ = ["recover"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What the recovery is told: a transcript can be replayed with the same settings only."""

    queries: Literal["plain", "packed"]
    seed: int
    rounds: int
    tests: int
    strategy: Literal["walk", "match", "both"]
    explore: Literal["random", "lp", "nearest"]


def _read_size(ctx: click.Context, param: click.Parameter, value: str | None) -> Fraction | None:
    if value is None:
        return None
    from exactrev.arithmetic.numbers import lift

    try:
        size = lift(value)
    except InexactInput as error:
        raise click.BadParameter(str(error)) from None
    if size < 0:
        raise click.BadParameter(f"{value} is negative.")
    return size


@click.command()
@click.argument("net", metavar="[NET]", required=False)
@click.option(
    "--queries",
    type=click.Choice(["plain", "packed"]),
    default="plain",
    show_default=True,
    help="A query per point, or value and gradient packed into the digits of one.",
)
@click.option(
    "--strategy",
    type=click.Choice(["walk", "match", "both"]),
    default="both",
    show_default=True,
    help="Walk along boundaries as the paper does, match the breakpoints of scanned lines, or both.",
)
@click.option(
    "--explore",
    type=click.Choice(["random", "lp", "nearest"]),
    default="nearest",
    show_default=True,
    help="How a walk chooses its next direction.",
)
@click.option(
    "--equivalence",
    is_flag=True,
    help="Let the recovery ask for a point where its result is wrong; such queries are counted apart.",
)
@click.option("--digits", type=click.IntRange(min=1), metavar="D", help="Round all answers to D significant digits.")
@click.option("--noise", metavar="R", callback=_read_size, help="Add seeded noise of up to R to all answers.")
@click.option("--transcript", metavar="FILE", help="Record all questions and answers, as JSON lines.")
@click.option("--replay", metavar="FILE", help="Recover from a transcript; NET, if given, is looked at afterwards.")
@click.option("--seed", type=int, default=0, show_default=True, metavar="S", help="The seed of all random choices.")
@click.option("--rounds", type=click.IntRange(min=1), default=12, show_default=True, metavar="R", help="At most.")
@click.option(
    "--tests", type=click.IntRange(min=1), default=60, show_default=True, metavar="Q", help="Random test points."
)
@click.option(
    "--from-boundaries", is_flag=True, help="Recover from the set of boundaries alone: NET may be such a set, as .json."
)
@click.option("-o", "--output", metavar="FILE", help="Write the recovered network, as .json, .npz or .onnx.")
@certificates_option
@raw_option
@as_json
@click.pass_context
def recover(
    ctx: click.Context,
    net: str | None,
    queries: Literal["plain", "packed"],
    strategy: Literal["walk", "match", "both"],
    explore: Literal["random", "lp", "nearest"],
    equivalence: bool,
    digits: int | None,
    noise: Fraction | None,
    transcript: str | None,
    replay: str | None,
    seed: int,
    rounds: int,
    tests: int,
    from_boundaries: bool,
    output: str | None,
    folder: str | None,
    raw: bool,
    as_json: bool,
) -> None:
    """Recover NET from its answers alone, exactly.

    The recovery sees a black box that answers N(x) and never the network. What it returns is then compared with NET:
    "complete" means that equality with NET was proved, and the exit code is 0 only then. Without that the report says
    how many test points showed no contradiction. With --replay, give the options of the recorded run.
    """
    if folder is not None and net is None:
        raise click.UsageError("--certificates needs the network NET.")
    check_folder(folder)
    if from_boundaries:
        from exactrev.cli.boundary_recovery import recover_from_boundaries

        recover_from_boundaries(ctx, net, output, folder, raw, as_json)
        return
    _check_options(net, replay, transcript, output, equivalence, digits is not None or noise is not None)
    settings = Settings(queries, seed, rounds, tests, strategy, explore)
    truth = None if net is None or replay is not None else load_network(net, raw)
    start = time.monotonic()
    with _open_oracle(truth, replay, transcript, digits, noise, seed) as oracle:
        if folder is not None:
            oracle.exchanges = []
        if net is not None and equivalence and truth is None:
            truth = load_network(net, raw)
        result = _run(oracle, settings, _equivalence(truth, seed) if equivalence and truth is not None else None)
    seconds = round(time.monotonic() - start, 3)
    if net is not None and truth is None:
        truth = load_network(net, raw)
    judgement = None if truth is None else _judge(truth, result, seed)
    if as_json:
        print_json(as_record(result, judgement, net, truth, seconds))
    else:
        print_lines(as_lines(result, judgement, seconds))
    if output is not None and result.network is not None:
        from exactrev.network.files import save

        save(result.network, output)  # .npz and .onnx may be refused, which must not cost the report
    if output is not None and not as_json:
        print_lines([f"  {output}: {'not ' if result.network is None else ''}written"])
    if folder is not None and truth is not None and judgement is not None:
        write_certificates(folder, _certified(truth, result, judgement))
    ctx.exit(ExitCode.HOLDS if judgement is not None and judgement.is_equal else ExitCode.FAILS)


def _check_options(
    net: str | None, replay: str | None, transcript: str | None, output: str | None, equivalence: bool, inexact: bool
) -> None:
    """Refuse what does not go together, before any work is done."""
    if net is None and replay is None:
        raise click.UsageError("Give a network NET, or a transcript with --replay.")
    if net is None and equivalence:
        raise click.UsageError("--equivalence needs the network NET.")
    if replay is not None and (transcript is not None or inexact):
        raise click.UsageError("--replay takes recorded answers: it goes with no --transcript, --digits or --noise.")
    inputs = [path for path in (net, replay) if path is not None]
    if transcript is not None:
        check_output(transcript, (os.path.splitext(transcript)[1].lower(),), inputs)
    if output is not None:
        from exactrev.network.files import WRITABLE

        check_output(output, WRITABLE, inputs)
        if transcript is not None and os.path.realpath(output) == os.path.realpath(transcript):
            raise BadInput(output, "", "the transcript itself", "another file to write")


def _open_oracle(
    truth: Network | None,
    replay: str | None,
    transcript: str | None,
    digits: int | None,
    noise: Fraction | None,
    seed: int,
) -> Oracle:
    from exactrev.oracle import Oracle

    if replay is not None:
        return Oracle.replay(replay)
    if truth is None:
        raise click.UsageError("Give a network NET, or a transcript with --replay.")
    if digits is None and noise is None:
        return Oracle(truth, transcript=transcript)
    from exactrev.recovery.inexact import with_noise, with_rounding

    answer: Callable[[Point], Point] = truth
    if noise is not None:
        answer = with_noise(answer, noise, seed)
    if digits is not None:
        answer = with_rounding(answer, digits)
    return Oracle(answer, truth.n_in, transcript=transcript)


def _run(oracle: Oracle, settings: Settings, equivalence: Callable[[Network], Point | None] | None) -> Result:
    """The recovery, and what it cost. Trouble in the answers is a result."""
    from exactrev.recovery.probe import NotPiecewiseLinear
    from exactrev.recovery.reconstruction import recover as recover_network

    recovery, noticed = None, None
    try:
        recovery = recover_network(
            oracle,
            oracle.n_in,
            settings.queries,
            seed=settings.seed,
            rounds=settings.rounds,
            tests=settings.tests,
            equivalence=equivalence,
            strategy=settings.strategy,
            explore=settings.explore,
            progress=_say if sys.stderr.isatty() else None,
        )
    except NotPiecewiseLinear as error:
        noticed = Noticed(error.message, error.data, is_inexact=True)
    except (RecoveryAmbiguous, AssumptionFailed) as error:
        noticed = Noticed(error.message, error.data, is_inexact=False)
    return Result(recovery, noticed, oracle, find_missing(recovery))


def _equivalence(truth: Network, seed: int) -> Callable[[Network], Point | None]:
    """The equivalence oracle: a point where a candidate is wrong, or None if none was found."""
    from exactrev.equivalence import find_difference
    from exactrev.network.isomorphisms import is_isomorphic

    return lambda candidate: None if is_isomorphic(truth, candidate) else find_difference(truth, candidate, seed)


def _judge(truth: Network, result: Result, seed: int) -> Judgement:
    """What is true of the recovered network, seen from outside."""
    if result.network is None:
        return Judgement(None, False)
    from exactrev.equivalence import decide_equal, find_difference
    from exactrev.network.isomorphisms import is_isomorphic
    from exactrev.verdict import Outcome, Verdict

    if (truth.n_in, truth.n_out) != (result.network.n_in, result.network.n_out):
        return Judgement(Verdict(Outcome.FAILS, "other numbers of inputs or outputs"), False)
    if is_isomorphic(truth, result.network):
        return Judgement(Verdict(Outcome.HOLDS, "isomorphic"), True)
    verdict = decide_equal(truth, result.network)
    if verdict.outcome is Outcome.UNDECIDED:
        point = find_difference(truth, result.network, seed + 1)
        if point is not None:
            verdict = Verdict(Outcome.FAILS, "a point was found", {"point": point})
    return Judgement(verdict, False)


def _certified(truth: Network, result: Result, judgement: Judgement) -> Iterator[Certificate]:
    """What can be certified about the recovered network; nothing where none was recovered."""
    from exactrev.statements.certified_networks import certified_recovery

    if result.network is not None and judgement.verdict is not None:
        yield from certified_recovery(truth, result.network, judgement.verdict, result.oracle.exchanges or [])


def _say(text: str) -> None:
    click.echo(text, err=True)
