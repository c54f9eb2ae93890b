"""``exactrev identify``: what the function of a network determines of its weights (§3.1, §5.2).

Knows how pairs, families and dimensions are printed. What is decided is the business of `exactrev.identifiability`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from exactrev.cli.application import ExitCode
from exactrev.cli.arguments import as_json, load_network, network_argument, raw_option
from exactrev.cli.certificates import certificates_option, check_folder, write_certificates
from exactrev.cli.printing import described, print_json, print_lines, print_table, title, yes
from exactrev.cli.progress import Watch

if TYPE_CHECKING:
    from fractions import Fraction

    from exactrev.identifiability import CheckedFamily, Identification, PairReport, SecondNetwork
    from exactrev.network import Network
    from exactrev.verdict import Verdict

__all__ = ["identify"]

SHOWN_FAMILIES = 20
SIGNS = {1: "+", -1: "-"}


@click.command()
@network_argument
@certificates_option
@raw_option
@as_json
@click.pass_context
def identify(ctx: click.Context, net: str, folder: str | None, raw: bool, as_json: bool) -> None:
    """Tell what the function of NET determines of its weights.

    For every two connected neurons of consecutive layers: do their boundaries meet; if not, which case holds (1 to 4
    as in the paper, 5: none of them, the later boundary has parts on both sides of the earlier one); is the weight
    identifiable, up to permutation and scaling, among the networks near by? With families of equal networks where it is
    not, the functional dimension, and second networks far away, as far as any are known. For some shapes it is proved
    that there are none.

    The exit code is 0 if every network near by with the same function is a rescaling of NET, 1 if another one is
    shown, near or far, and 3 if neither is decided.
    """
    check_folder(folder)
    network = load_network(net, raw)
    from exactrev.identifiability import decide_unique
    from exactrev.identifiability import identify as identify_network

    with Watch("pairs") as watch:
        found = identify_network(network, progress=watch)
    unique = decide_unique(network, found)
    if as_json:
        print_json(_record(net, network, found, unique), pairs=map(_pair_record, found.pairs))
    else:
        _print_text(net, network, found, unique)
    if folder is not None:
        from exactrev.statements.certified_networks import certified_identification

        write_certificates(folder, certified_identification(found))
    if found.has_further_isomorphisms:
        ctx.exit(ExitCode.FAILS)
    ctx.exit(ExitCode.HOLDS if found.is_locally_unique else ExitCode.UNDECIDED)


# -- text --------------------------------------------------------------------------------------------------------------


def _print_text(name: str, net: Network, found: Identification, unique: Verdict) -> None:
    print_lines([title(name, net), *_dimension_lines(found), ""])
    if found.pairs:
        columns = ("from", "to", "meet", "case", "identifiable", "")
        print_table(columns, map(_row, found.pairs))
        print_lines([""])
    for number, checked in enumerate(found.families):
        if number == SHOWN_FAMILIES:
            print_lines([f"... and {len(found.families) - number} more families (--json has them all)"])
            break
        print_lines(_family_lines(checked))
    for second in found.second_networks:
        print_lines([f"second network, {second.kind}: {second.how}", *_weights(second.network)])
    print_lines([_verdict(found, unique)])


def _dimension_lines(found: Identification) -> list[str]:
    dimension = found.dimension
    value = str(dimension.at_least) if dimension.is_exact else f"{dimension.at_least} to {dimension.at_most}"
    where = f"all {dimension.regions} regions" if dimension.is_complete else f"{dimension.regions} sampled regions"
    lines = [f"  functional dimension {value}, rank over {where}; {dimension.expected} if only scalings are lost"]
    from exactrev.identifiability import direction_text

    for other in dimension.others[:SHOWN_FAMILIES]:
        kind = "each map stays" if other.keeps_maps else "to first order"
        lines.append(f"  lost besides: {direction_text(other.direction, _short)} ({kind})")
    return lines


def _row(report: PairReport) -> tuple[str, ...]:
    pair = report.pair
    meets = "?" if pair.meets is None else yes(pair.meets)
    identifiable = "?" if report.identifiable is None else yes(report.identifiable)
    reason = "" if report.identifiable else report.reason
    return str(pair.source), str(pair.target), meets, ", ".join(map(str, pair.cases)), identifiable, reason


def _family_lines(checked: CheckedFamily) -> list[str]:
    from exactrev.identifiability import direction_text

    family = checked.family
    left = "(-inf" if family.low is None else f"[{_short(family.low)}"
    right = "inf)" if family.high is None else f"{_short(family.high)}]"
    lines = [f"equal networks: theta + t ({direction_text(family.direction, _short)}) for t in {left}, {right}"]
    lines.append(f"  {family.why}")
    for steps, where in ((checked.inside, "inside"), (checked.outside, "just outside")):
        words = {"HOLDS": "the same", "FAILS": "different", "UNDECIDED": "undecided"}
        told = ", ".join(f"{words[str(outcome)]} at t = {_short(t)}" for t, outcome in steps)
        lines += [f"  compared {where}: {told}"] if told else []
    return lines


def _verdict(found: Identification, unique: Verdict) -> str:
    if unique.holds:
        return f"verdict: the function determines the network, up to permutation and scaling; {unique.checked}"
    if found.is_locally_unique:
        near = "near by, every network with the same function is a rescaling of this one"
        return f"verdict: {near}" + ("; far away there is another one" if found.second_networks else "")
    if found.has_further_isomorphisms:
        return "verdict: there are networks with the same function that are no rescaling of this one"
    return "verdict: undecided; no other network with the same function was found"


def _weights(net: Network) -> list[str]:
    from exactrev.statements.witnesses import as_text

    return [f"    layer {k}: {as_text(layer)}" for k, layer in enumerate(net.layers, start=1)]


def _short(value: Fraction) -> str:
    from exactrev.statements.witnesses import as_text

    return as_text(value)


# -- JSON --------------------------------------------------------------------------------------------------------------


def _record(name: str, net: Network, found: Identification, unique: Verdict) -> dict[str, Any]:
    from exactrev.arithmetic.numbers import format_rational

    dimension = found.dimension
    return {
        "network": described(name, net),
        "parameters": net.parameters,
        "functional_dimension": dimension.at_least if dimension.is_exact else None,
        "functional_dimension_at_least": dimension.at_least,
        "functional_dimension_at_most": dimension.at_most,
        "expected_dimension": dimension.expected,
        "regions": dimension.regions,
        "all_regions": dimension.is_complete,
        "kernel": [
            {
                "direction": {str(p): format_rational(rate) for p, rate in other.direction.items()},
                "keeps_maps": other.keeps_maps,
            }
            for other in dimension.others
        ],
        "locally_unique": found.is_locally_unique,
        "further_isomorphisms": found.has_further_isomorphisms,
        "unique": {"verdict": str(unique.outcome), "checked": unique.checked},
        "families": [_family_record(checked) for checked in found.families],
        "second_networks": [_second_record(second) for second in found.second_networks],
    }


def _pair_record(report: PairReport) -> dict[str, Any]:
    from exactrev.statements.witnesses import as_json

    pair = report.pair
    quadrants = {
        SIGNS[side] + SIGNS[sign]: None if point is None else as_json(point)
        for (side, sign), point in pair.quadrants.items()
    }
    return {
        "from": str(pair.source),
        "to": str(pair.target),
        "weight": as_json(pair.weight),
        "meet": pair.meets,
        "point": as_json(pair.meeting),
        "case": pair.case,
        "cases": list(pair.cases),
        "quadrants": quadrants,
        "identifiable": report.identifiable,
        "reason": report.reason,
        "families": [_family_record(checked) for checked in report.families],
    }


def _family_record(checked: CheckedFamily) -> dict[str, Any]:
    from exactrev.identifiability.parameters import value_of
    from exactrev.statements.witnesses import as_json

    family = checked.family
    moves = {}
    for parameter, rate in sorted(family.direction.items()):
        ends = family.interval_of(parameter, value_of(family.net, parameter))
        moves[str(parameter)] = {"rate": as_json(rate), "interval": as_json(list(ends))}
    return {
        "moves": moves,
        "t": as_json([family.low, family.high]),
        "why": family.why,
        "largest": family.is_largest,
        "inside": [{"t": as_json(t), "compared": str(outcome)} for t, outcome in checked.inside],
        "outside": [{"t": as_json(t), "compared": str(outcome)} for t, outcome in checked.outside],
    }


def _second_record(second: SecondNetwork) -> dict[str, Any]:
    from exactrev.network.files.json_format import write_json

    return {"kind": second.kind, "how": second.how, "network": json.loads(write_json("", second.network))}
