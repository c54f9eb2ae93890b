"""How answers look: tables for people, one JSON object for programs, rationals in full or visibly shortened.

Knows stdout. Knows nothing of what is printed.
"""

from __future__ import annotations

import decimal
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exactrev.geometry import Box, RegionComplex
    from exactrev.network import Network

__all__ = [
    "SCHEMA_VERSION",
    "described",
    "json_box",
    "json_point",
    "json_rational",
    "print_json",
    "print_lines",
    "print_table",
    "shown",
    "shown_point",
    "signs_text",
    "stream_json",
    "title",
    "yes",
]

SCHEMA_VERSION = 1
PIPE_WIDTH = 120  # columns, where stdout is not a terminal
LONGEST = 40  # characters of a rational that is printed in full


def shown(value: Fraction) -> str:
    """A rational in full, or where that is too long an approximation that says so.

    >>> shown(Fraction(-7, 3))
    '-7/3'
    >>> shown(Fraction(10**50 + 1, 3**100))
    '~194.0330 (51/48 digits)'
    """
    from exactrev.arithmetic.numbers import format_rational

    text = format_rational(value)
    if len(text) <= LONGEST:
        return text
    digits = "/".join(str(len(part.lstrip("-"))) for part in text.split("/"))
    context = decimal.Context(prec=7, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN)
    quotient = context.divide(decimal.Decimal(value.numerator), decimal.Decimal(value.denominator))
    return f"~{quotient} ({digits} digits)"


def shown_point(point: Iterable[Fraction]) -> str:
    """A point as people write it, each coordinate as `shown`."""
    return f"({', '.join(shown(x) for x in point)})"


def yes(value: bool) -> str:
    return "yes" if value else "no"


def signs_text(complex: RegionComplex, cell: int) -> str:
    """The signs of all preactivations on a cell, one character a neuron and a bar between layers."""
    return "|".join("".join("-0+"[sign + 1] for sign in layer) for layer in complex.sign_vector(cell))


def title(name: str, net: Network, box: Box | None = None) -> str:
    """The line above a result: which network, and where."""
    where = f"R^{net.n_in}" if box is None else " x ".join(map(_interval, box.lo, box.hi))
    return f"{name}: {net.architecture}, {net.parameters} parameters, over {where}"


def _interval(low: Fraction, high: Fraction) -> str:
    return f"[{shown(low)}, {shown(high)}]"


# -- JSON ---------------------------------------------------------------------------------------------------------


def json_rational(value: Fraction) -> int | str:
    """An integer that every JSON reader holds exactly, or a string ``p/q``."""
    from exactrev.arithmetic.numbers import format_rational

    if value.denominator == 1 and value.numerator.bit_length() <= 53:
        return value.numerator
    return format_rational(value)


def json_point(point: Iterable[Fraction]) -> list[int | str]:
    return [json_rational(x) for x in point]


def json_box(box: Box | None) -> dict[str, Any] | None:
    return None if box is None else {"lo": json_point(box.lo), "hi": json_point(box.hi)}


def described(name: str, net: Network) -> dict[str, Any]:
    """What a result says about the network that it is about."""
    record: dict[str, Any] = {"name": name, "architecture": net.architecture, "parameters": net.parameters}
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
