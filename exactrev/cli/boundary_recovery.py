"""``exactrev recover --from-boundaries``: a network from the set of its boundaries alone, and a verdict from outside.

Knows the network only to strip its boundaries of all labels, and afterwards to judge what was read off them. NET may
also be a file that holds a set and no network.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from exactrev.cli.application import ExitCode
from exactrev.cli.arguments import check_output, load_network
from exactrev.cli.certificates import write_certificates
from exactrev.cli.printing import described, print_json, print_lines
from exactrev.cli.progress import Watch
from exactrev.errors import AssumptionFailed, RecoveryAmbiguous

if TYPE_CHECKING:
    from exactrev.boundary_sets import BoundarySet
    from exactrev.network import Network
    from exactrev.recovery.from_boundaries import NetworkFamily

__all__ = ["recover_from_boundaries"]

ALLOWED = {"net", "from_boundaries", "output", "folder", "raw", "as_json"}
SHOWN = 12  # open things that are listed


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict in one line, and whether it is that everything was recovered that boundaries show."""

    verdict: str
    is_right: bool


def recover_from_boundaries(
    ctx: click.Context, net: str | None, output: str | None, folder: str | None, raw: bool, as_json: bool
) -> None:
    """Recover from the set of boundaries alone, print what is known and what is open, and exit."""
    for name in ctx.params:
        if name not in ALLOWED and ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"--from-boundaries asks no questions: it takes no --{name.replace('_', '-')}.")
    if net is None:
        raise click.UsageError("--from-boundaries needs NET: a network, or a set of boundaries.")
    if output is not None:
        from exactrev.network.files import WRITABLE

        check_output(output, WRITABLE, [net])
    truth, pieces = _load(net, raw)
    from exactrev.recovery.from_boundaries import network_from_boundaries

    try:
        family = network_from_boundaries(pieces)
    except (AssumptionFailed, RecoveryAmbiguous) as error:
        _print_refusal(net, pieces, error, as_json)
        ctx.exit(ExitCode.FAILS)
    judged = _judge(truth, pieces, family)
    if as_json:
        print_json(_record(net, truth, pieces, family, judged))
    else:
        print_lines([*_lines(pieces, family), f"verdict: {judged.verdict}"])
    if output is not None and family.is_complete:
        from exactrev.network.files import save

        save(family.member(), output)
    if output is not None and not as_json:
        print_lines([f"  {output}: {'' if family.is_complete else 'not '}written"])
    if folder is not None:
        from exactrev.statements.certified_networks import certified_same_boundary

        known = truth is not None and family.is_complete and not family.conflicts and family.contains(truth)
        write_certificates(folder, certified_same_boundary(truth, family.member()) if truth and known else ())
    ctx.exit(ExitCode.HOLDS if judged.is_right else ExitCode.FAILS)


def _load(net: str, raw: bool) -> tuple[Network | None, BoundarySet]:
    """The set, and the network that it was made from unless it came as a set."""
    from exactrev.boundary_sets.files import FORMAT, read_boundary_set
    from exactrev.geometry import regions
    from exactrev.geometry.boundary_pieces import boundary_set
    from exactrev.network.files.disk import read_source

    if os.path.isfile(net) and net.lower().endswith(".json"):
        source = read_source(net)
        if f'"{FORMAT}"'.encode() in source.data:
            return None, read_boundary_set(source)
    truth = load_network(net, raw)
    with Watch("regions") as watch:
        complex = regions(truth, progress=watch)
    with Watch("pieces") as watch:
        return truth, boundary_set(complex, watch)


def _judge(truth: Network | None, pieces: BoundarySet, family: NetworkFamily) -> Judged:
    """What is true of the family, seen from outside."""
    from exactrev.geometry import regions
    from exactrev.geometry.boundary_pieces import boundary_set

    if family.conflicts:
        return Judged("contradictory; these are not connected boundaries that meet those of the layer before", False)
    if not family.is_complete:
        return Judged("partial", False)
    if truth is not None and family.contains(truth):
        return Judged("complete; the hidden layers of NET, up to the signs of the last one", True)
    member = regions(family.member())
    if member.n_thick or boundary_set(member) != pieces:
        return Judged("contradictory; the network that was read has other boundaries", False)
    if truth is None:
        return Judged("complete; a network with these boundaries", True)
    return Judged("another network with the boundaries of NET, whose own are not connected or do not all meet", False)


def _lines(pieces: BoundarySet, family: NetworkFamily) -> Iterator[str]:
    widths = "-".join(map(str, (family.n_in, *family.hidden_widths)))
    found = len(family.layering.boundaries)
    yield f"{len(pieces)} pieces without labels: {found} connected boundaries, read as {widths}"
    for k, layer in enumerate(family.layers, start=1):
        known = sum(neuron.is_oriented for neuron in layer)
        signs = "signs known" if known == len(layer) else "signs open" if not known else f"{known} signs known"
        complete = sum(neuron.is_complete for neuron in layer)
        rows = "all weights and biases" if complete == len(layer) else f"{complete} with all weights and bias"
        yield f"  layer {k}: {len(layer)} neurons, {rows}, {signs}"
    unordered = len(family.layering.unordered)
    if unordered:
        yield f"  bends alone do not order {unordered} pairs of boundaries"
    last = len(family.layers)
    named = [str(unknown) for unknown in family.unknowns if (unknown.what, unknown.neuron.layer) != ("sign", last)]
    for name in named[:SHOWN]:
        yield f"  open: {name}"
    if len(named) > SHOWN:
        yield f"  open: {len(named) - SHOWN} more"
    for conflict in family.conflicts[:SHOWN]:
        yield f"  contradiction: {conflict}"
    yield "  provided that every boundary is connected and those of connected neurons meet, which a set does not show"


def _record(
    net: str, truth: Network | None, pieces: BoundarySet, family: NetworkFamily, judged: Judged
) -> dict[str, Any]:
    from exactrev.statements.witnesses import as_json

    layers = [
        [
            {"weights": as_json(known.weights), "bias": as_json(known.bias), "oriented": known.is_oriented}
            for known in layer
        ]
        for layer in family.layers
    ]
    return {
        "network": None if truth is None else described(net, truth),
        "pieces": len(pieces),
        "boundaries": len(family.layering.boundaries),
        "hidden_widths": list(family.hidden_widths),
        "unordered_pairs": len(family.layering.unordered),
        "layers": layers,
        "open": [str(unknown) for unknown in family.unknowns],
        "contradictions": [str(conflict) for conflict in family.conflicts],
        "complete": family.is_complete,
        "verdict": judged.verdict,
    }


def _print_refusal(net: str, pieces: BoundarySet, error: AssumptionFailed | RecoveryAmbiguous, as_json: bool) -> None:
    from exactrev.statements.witnesses import as_json as plain
    from exactrev.statements.witnesses import as_text

    if as_json:
        record = {"name": net, "pieces": len(pieces), "verdict": error.message, "at": plain(error.witness)}
        print_json(record)
    else:
        print_lines([f"{len(pieces)} pieces without labels", f"verdict: {error.message}, at {as_text(error.witness)}"])
