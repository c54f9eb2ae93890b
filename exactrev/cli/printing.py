"""How answers look: tables for people, one JSON object for programs.

Knows stdout. Rationals are spelt as in the statements' witnesses: exact in JSON, in text rounded only after a tilde.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exactrev.geometry import Box, RegionComplex
    from exactrev.network import Network

__all__ = [
    "SCHEMA_VERSION",
    "described",
    "json_box",
    "print_json",
    "print_lines",
    "print_report",
    "print_table",
    "signs_text",
    "stream_json",
    "title",
    "yes",
]

SCHEMA_VERSION = 1
PIPE_WIDTH = 120  # columns, where stdout is not a terminal
VERDICT_STYLES = {"HOLDS": "bold green", "FAILS": "bold red", "NOT APPLICABLE": "bold cyan", "UNDECIDED": "bold yellow"}


def yes(value: bool) -> str:
    return "yes" if value else "no"


def signs_text(complex: RegionComplex, cell: int) -> str:
    """The signs of all preactivations on a cell, one character a neuron and a bar between layers."""
    return "|".join("".join("-0+"[sign + 1] for sign in layer) for layer in complex.sign_vector(cell))


def title(name: str, net: Network, box: Box | None = None) -> str:
    """The line above a result: which network, and where."""
    from exactrev.statements.witnesses import as_text

    where = f"R^{net.n_in}" if box is None else f"the box from {as_text(box.lo)} to {as_text(box.hi)}"
    return f"{name}: {net.architecture}, {net.parameters} parameters, over {where}"


# -- JSON ---------------------------------------------------------------------------------------------------------


def json_box(box: Box | None) -> dict[str, Any] | None:
    from exactrev.statements.witnesses import as_json

    return None if box is None else {"lo": as_json(box.lo), "hi": as_json(box.hi)}


def described(name: str, net: Network) -> dict[str, Any]:
    """What a result says about the network that it is about."""
    record: dict[str, Any] = {"name": name, "architecture": net.architecture, "widths": list(net.widths)}
    record["parameters"] = net.parameters
    if net.provenance is not None:
        record |= {"sha256": net.provenance.sha256, "format": net.provenance.format, "reading": net.provenance.reading}
    return record


def print_json(record: Mapping[str, Any], **lists: Iterable[Any]) -> None:
    """One object, with the version of its schema first; see `stream_json`."""
    sys.stdout.writelines(stream_json(record, **lists))


def stream_json(record: Mapping[str, Any], **lists: Iterable[Any]) -> Iterator[str]:
    """The text of one object whose last entries are lists that need not fit into memory."""
    head = json.dumps({"schema_version": SCHEMA_VERSION, **record})
    yield head[:-1]
    for key, items in lists.items():
        yield f", {json.dumps(key)}: ["
        for number, item in enumerate(items):
            yield (",\n" if number else "\n") + json.dumps(item)
        yield "]"
    yield "}\n"


# -- text ---------------------------------------------------------------------------------------------------------


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[str] = ()) -> None:
    """A table on stdout; the columns named in `right` hold numbers. Text is taken as it is, never as markup."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    numeric = set(right)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = PIPE_WIDTH
    with console.capture() as text:
        console.print(table)
    print_lines(line.rstrip() for line in text.get().splitlines())


def print_lines(lines: Iterable[str]) -> None:
    """Lines on stdout, one at a time: they need not fit into memory."""
    for line in lines:
        sys.stdout.write(f"{line}\n")


def print_report(text: str) -> None:
    """The report of `verify` on stdout; on a terminal, verdicts have colours."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        print_lines([text])
        return
    styled = Text(text)
    for verdict, style in VERDICT_STYLES.items():
        styled.highlight_regex(f"(?m)^{verdict}\\b", style)
    console.print(styled)
