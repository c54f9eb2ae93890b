"""``exactrev counterexample``: a small network in which the boundaries of two connected neurons do not meet (§5.2).

Knows which files are written: the network, what shows that it is what it is said to be, and a picture where one can be
drawn. Searching and judging is the business of `exactrev.identifiability`.
"""

from __future__ import annotations

import json
import os
import re
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import click

from exactrev.cli.arguments import as_json, check_output
from exactrev.cli.certificates import certificates_option, check_folder, write_certificates
from exactrev.cli.printing import print_json, print_lines
from exactrev.cli.progress import Watch

if TYPE_CHECKING:
    from exactrev.identifiability import Counterexample

__all__ = ["counterexample"]

_WIDTHS = re.compile(r"[0-9]{1,4}(,[0-9]{1,4})+")
MEANING = {
    1: "whenever z is active, z' is not",
    2: "whenever z is active, so is z'",
    3: "whenever z is inactive, so is z'",
    4: "whenever z is inactive, z' is active",
    5: "z' has both signs where z is active, and both where it is not",
}


def _read_widths(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[int, ...] | None:
    if value is None:
        return None
    if not _WIDTHS.fullmatch(value):
        raise click.BadParameter(f"{value!r} is not n_in,n_1,...,n_out, for example 2,3,2,1.")
    return tuple(map(int, value.split(",")))


@click.command()
@click.option(
    "--case",
    required=True,
    type=click.IntRange(1, 5),
    help="1 to 4 as in the paper; 5: disjoint boundaries in none of these cases.",
)
@click.option(
    "--isomorphism",
    required=True,
    type=click.Choice(["yes", "no"]),
    help="Are there isomorphisms besides permutation and scaling?",
)
@click.option(
    "--widths",
    metavar="N_IN,...,N_OUT",
    callback=_read_widths,
    help="The architecture; without it, the smallest that serves.",
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="The same seed gives the same network."
)
@click.option(
    "-o",
    "--output",
    metavar="FILE.json",
    help="Write the network, its witness (FILE.witness.json) and, if it can be drawn, its picture (FILE.svg).",
)
@certificates_option
@as_json
def counterexample(
    case: int,
    isomorphism: str,
    widths: tuple[int, ...] | None,
    seed: int,
    output: str | None,
    folder: str | None,
    as_json: bool,
) -> None:
    """Make a network with two connected neurons whose boundaries do not meet.

    It has few neurons and small integers, and has been judged exactly. What cannot exist is refused, with the reason.
    """
    files = _files(output)
    for path in files:
        check_output(path, (os.path.splitext(path)[1],))
    check_folder(folder)
    from exactrev.identifiability import find_counterexample

    with Watch("networks") as watch:
        found = find_counterexample(case, isomorphism == "yes", widths, seed, watch)
    record = _record(found)
    written = _write(found, record, files) if output is not None else []
    if as_json:
        print_json({**record, "written": written})
    else:
        _print_text(found, written)
    if folder is not None:
        from exactrev.statements.certified_networks import certified_counterexample

        write_certificates(folder, certified_counterexample(found))


def _files(output: str | None) -> list[str]:
    if output is None:
        return []
    stem = output.removesuffix(".json")
    return [output, f"{stem}.witness.json", f"{stem}.svg"]


def _write(found: Counterexample, record: dict[str, Any], files: list[str]) -> list[str]:
    from exactrev.network import save
    from exactrev.network.files.disk import write_atomically

    network, witness, picture = files
    save(found.network, network)
    text = json.dumps({key: value for key, value in record.items() if key != "network"}, indent=2) + "\n"
    write_atomically(witness, [text.encode("ascii")])
    written = [network, witness]
    if found.network.n_in <= 2 and find_spec("matplotlib") is not None:
        from exactrev import drawing

        drawing.plot(found.network, picture, title=f"case {found.case}: {found.pair}")
        written.append(picture)
    return written


def _print_text(found: Counterexample, written: list[str]) -> None:
    from exactrev.statements.witnesses import as_text

    net, pair = found.network, found.pair
    names = f"z = {pair.source}, z' = {pair.target}"
    print_lines([f"{net.architecture}, case {found.case}: {names}; {MEANING[found.case]}"])
    print_lines(f"  layer {k}: {as_text(layer)}" for k, layer in enumerate(net.layers, start=1))
    signs = {1: ">", -1: "<"}
    for (side, sign), point in pair.quadrants.items():
        where = f"nowhere z {signs[side]} 0 and z' {signs[sign]} 0"
        there = f"z {signs[side]} 0 and z' {signs[sign]} 0 at {as_text(point)}" if point is not None else where
        print_lines([f"  {there}"])
    dimension = found.identified.dimension
    print_lines([f"  functional dimension {dimension.at_least}; {dimension.expected} if only scalings are lost"])
    print_lines([f"  further isomorphisms: {_isomorphisms(found)}"])
    other = found.unique.witness.get("network")
    if other is not None:
        print_lines(["  the same function, not isomorphic:"])
        print_lines(f"    layer {k}: {as_text(layer)}" for k, layer in enumerate(other.layers, start=1))
    print_lines(written)


def _isomorphisms(found: Counterexample) -> str:
    if found.unique.holds:
        return f"none; {found.unique.checked}"
    if "network" in found.unique.witness:
        return f"yes; {found.unique.checked}"
    return "none near by (full functional dimension); far away none is known"


def _record(found: Counterexample) -> dict[str, Any]:
    from exactrev.network.files.json_format import write_json
    from exactrev.statements.witnesses import as_json

    pair, unique = found.pair, found.unique
    names = {1: "+", -1: "-"}
    other = unique.witness.get("network")
    witness: dict[str, Any] = {
        "from": str(pair.source),
        "to": str(pair.target),
        "weight": as_json(pair.weight),
        "quadrants": {names[s] + names[t]: as_json(point) for (s, t), point in pair.quadrants.items()},
        "functional_dimension": found.identified.dimension.at_least,
        "expected_dimension": found.identified.dimension.expected,
        "unique": str(unique.outcome),
        "why": unique.checked,
        "equal_network": None if other is None else json.loads(write_json("", other)),
    }
    return {"network": json.loads(write_json("", found.network)), "case": found.case, "witness": witness}
