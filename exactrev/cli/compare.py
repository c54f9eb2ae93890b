"""``exactrev compare``: are two networks the same function, and how are they related?

Knows how the answer is put, for people and for programs. What is decided is the equivalence's business.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from exactrev.cli.application import ExitCode
from exactrev.cli.arguments import Seconds, as_json, load_network, open_workers, raw_option, workers_options
from exactrev.cli.certificates import certificates_option, check_folder, write_certificates
from exactrev.cli.printing import described, print_json, print_lines
from exactrev.errors import BadInput

if TYPE_CHECKING:
    from exactrev.equivalence import Comparison
    from exactrev.equivalence.comparison import Remark
    from exactrev.equivalence.simplest import Difference
    from exactrev.network import Isomorphism, Network

__all__ = ["compare"]

_LISTED = 40
"""So many neurons, or coordinates, are listed; JSON has all of them."""


@click.command()
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@click.option(
    "--budget",
    type=Seconds(),
    metavar="S",
    help="Stop after S seconds; what is open then is undecided.",
)
@workers_options
@certificates_option
@raw_option
@as_json
@click.pass_context
def compare(
    ctx: click.Context,
    first: str,
    second: str,
    budget: float | None,
    count: int | None,
    address: str | None,
    folder: str | None,
    raw: bool,
    as_json: bool,
) -> None:
    """Decide whether A and B are the same function on all of R^n.

    They may have different architectures. The relation is "identical", "isomorphic" (by permuting and scaling neurons,
    which are given), "equal" (the same function all the same), "different" (with a point and the two values), or
    "undecided". The exit code is 0 if the functions are the same, 1 if they are different, 3 if that is undecided.
    """
    check_folder(folder)
    a, b = load_network(first, raw), load_network(second, raw)
    if (a.n_in, a.n_out) != (b.n_in, b.n_out):
        raise BadInput(second, "", _shape(b), f"{_shape(a)}, as {first} has")
    from exactrev.equivalence import compare as compare_networks

    start = time.monotonic()
    with open_workers(count, address) as workers:
        comparison = compare_networks(a, b, budget, workers)
    seconds = round(time.monotonic() - start, 3)
    if as_json:
        print_json(_record(first, second, a, b, comparison, seconds))
    else:
        print_lines(_lines(first, second, a, b, comparison, seconds))
    if folder is not None:
        from exactrev.statements.certified_networks import certified_comparison

        write_certificates(folder, certified_comparison(a, b, comparison))
    same = comparison.is_same_function
    ctx.exit(ExitCode.UNDECIDED if same is None else ExitCode.HOLDS if same else ExitCode.FAILS)


def _shape(net: Network) -> str:
    return f"{_count(net.n_in, 'input')} and {_count(net.n_out, 'output')}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


# -- for programs ------------------------------------------------------------------------------------------------------


def _record(first: str, second: str, a: Network, b: Network, found: Comparison, seconds: float) -> dict[str, Any]:
    from exactrev.statements.witnesses import as_json

    difference, isomorphism, rows = found.difference, found.isomorphism, found.rows
    undecided = found.is_same_function is None
    return {
        "first": described(first, a),
        "second": described(second, b),
        "relation": str(found.relation),
        "checked": found.checked,
        "missing": found.checked if undecided else None,
        "isomorphism": isomorphism
        and {"permutations": as_json(isomorphism.permutations), "scales": as_json(isomorphism.scales)},
        "witness": difference
        and {
            "point": as_json(difference.point),
            "first": as_json(difference.first),
            "second": as_json(difference.second),
            "first_pattern": as_json(difference.first_pattern),
            "second_pattern": as_json(difference.second_pattern),
            "difference": as_json(difference.map),
        },
        "first_layer": rows and {"largest_difference": as_json(rows.largest), "partners": as_json(rows.partners)},
        "neurons": [_remark(remark) for remark in found.remarks],
        "seconds": seconds,
    }


def _remark(remark: Remark) -> dict[str, Any]:
    from exactrev.statements.witnesses import as_json

    return {
        "network": remark.network,
        "neuron": as_json(remark.neuron),
        "is": remark.kind,
        "of": remark.of and {"network": remark.of[0], "neuron": as_json(remark.of[1])},
        "factor": as_json(remark.step.factor),
        "cases": sum(proof.cases for proof in remark.step.proofs),
    }


# -- for people --------------------------------------------------------------------------------------------------------


def _lines(first: str, second: str, a: Network, b: Network, found: Comparison, seconds: float) -> Iterator[str]:
    yield f"A is {first}: {a.architecture}, {a.parameters} parameters"
    yield f"B is {second}: {b.architecture}, {b.parameters} parameters"
    yield ""
    yield f"{found.relation}: {found.checked}"
    if found.isomorphism is not None:
        yield from _isomorphism(found.isomorphism)
    if found.difference is not None:
        yield from _difference(found.difference)
    lines = [_remark_line(remark) for remark in found.remarks]
    yield from _some(lines, "more neurons")
    if found.rows is not None:
        yield from _rows(found)
    yield f"  {seconds:.3f} seconds"


def _isomorphism(isomorphism: Isomorphism) -> Iterator[str]:
    from exactrev.network import Neuron
    from exactrev.statements.witnesses import as_text

    lines = []
    for k, (permutation, scales) in enumerate(zip(isomorphism.permutations, isomorphism.scales, strict=True), start=1):
        for i, (j, c) in enumerate(zip(permutation, scales, strict=True)):
            factor = "" if c == 1 else f"{as_text(c)} times "
            lines.append(f"  {Neuron(k, i)} of B is {factor}{Neuron(k, j)} of A")
    yield from _some(lines, "more neurons")


def _difference(difference: Difference) -> Iterator[str]:
    from exactrev.statements.witnesses import as_text

    x = difference.point
    if len(x) <= _LISTED:
        yield f"  at x = {as_text(x)}"
    else:
        entries = [f"x{i} = {as_text(entry)}" for i, entry in enumerate(x) if entry]
        yield f"  at {', '.join(entries[:_LISTED]) or 'x = 0'}" + (
            f" and {len(entries) - _LISTED} more coordinates" if len(entries) > _LISTED else ", all else 0"
        )
    yield f"    A(x) = {as_text(difference.first)}"
    yield f"    B(x) = {as_text(difference.second)}"
    yield f"    A(x) - B(x) = {as_text(difference.gap)}"
    neurons = sum(map(len, (*difference.first_pattern, *difference.second_pattern)))
    terms = sum(1 for row in difference.map.rows for entry in row if entry)
    if neurons <= 4 * _LISTED:
        patterns = (as_text(p) if p else "no neurons" for p in (difference.first_pattern, difference.second_pattern))
        yield "  around it the active neurons (+) are {} of A and {} of B".format(*patterns)
    if terms <= _LISTED:
        yield f"    there A - B = {as_text(difference.map)}"


def _remark_line(remark: Remark) -> str:
    from exactrev.statements.witnesses import as_text

    factor, of = remark.step.factor, remark.of
    if of is None or factor is None:
        return f"  {remark.neuron} of {remark.network} is {remark.kind}"
    factor_text = "" if factor == 1 else f"{as_text(factor)} times "
    return f"  the activation of {remark.neuron} of {remark.network} is {factor_text}that of {of[1]} of {of[0]}"


def _rows(found: Comparison) -> Iterator[str]:
    from exactrev.statements.witnesses import as_text

    rows = found.rows
    if rows is not None:
        text = as_text(rows.largest)
        about = "" if text.startswith("~") or rows.largest.denominator == 1 else f" (~{float(rows.largest):.3g})"
        yield f"  first layers: normalised rows, matched up, differ by at most {text}{about}"


def _some(lines: list[str], what: str) -> Iterator[str]:
    yield from lines[:_LISTED]
    if len(lines) > _LISTED:
        yield f"  and {len(lines) - _LISTED} {what}"
