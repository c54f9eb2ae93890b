"""What the command line takes: networks, boxes, planes, neurons, workers, and files to write.

Knows the spelling of each. What is spelt wrongly is a wrong command line (`click.BadParameter`); what is spelt well
but does not exist or does not fit is bad input (`BadInput`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import isnan
from typing import TYPE_CHECKING, Any

import click

from exactrev.errors import BadInput, InexactInput

if TYPE_CHECKING:
    from exactrev.geometry import Box
    from exactrev.network import Network
    from exactrev.parallel import Workers

__all__ = [
    "Plane",
    "Point",
    "Seconds",
    "as_json",
    "box_option",
    "check_output",
    "find_box",
    "load_network",
    "network_argument",
    "neuron_option",
    "open_workers",
    "plane_option",
    "raw_option",
    "workers_options",
]

Point = tuple[Fraction, ...]
Plane = tuple[Point, list[Point]]

_NAME = re.compile(r"[A-Za-z0-9_-]+")
_NEURON = re.compile(r"(?:z\[)?([0-9]{1,9}),([0-9]{1,9})\]?")


class Seconds(click.FloatRange):
    """Seconds, at least 0. Not NaN, which click lets through: no clock ever reaches it."""

    def __init__(self) -> None:
        super().__init__(min=0)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        seconds = float(super().convert(value, param, ctx))
        if isnan(seconds):
            self.fail(f"{value!r} is not a number of seconds.", param, ctx)
        return seconds


def _numbers(value: str) -> list[Point]:
    """Lists of exact numbers: integers, p/q, decimals; commas inside a list, semicolons between lists."""
    from exactrev.arithmetic.numbers import lift

    try:
        return [tuple(lift(entry.strip()) for entry in part.split(",")) for part in value.split(";")]
    except InexactInput as error:
        raise click.BadParameter(str(error)) from None


def _read_box(ctx: click.Context, param: click.Parameter, value: str | None) -> list[Point] | None:
    if value is None:
        return None
    intervals = _numbers(value)
    if any(len(interval) != 2 or interval[0] >= interval[1] for interval in intervals):
        raise click.BadParameter(f'{value!r} is not LO,HI with LO < HI, nor one such pair per input, "LO,HI;LO,HI".')
    return intervals


def _read_plane(ctx: click.Context, param: click.Parameter, value: str | None) -> Plane | None:
    if value is None:
        return None
    origin, *directions = _numbers(value)
    if len(directions) not in (1, 2) or any(len(direction) != len(origin) for direction in directions):
        raise click.BadParameter(f'{value!r} is not "ORIGIN;DIR1;DIR2", vectors of equal length (one DIR for a line).')
    return origin, directions


def _read_neuron(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[int, int] | None:
    if value is None:
        return None
    match = _NEURON.fullmatch(value)
    if match is None:
        raise click.BadParameter(f"{value!r} is not K,I: layer K from 1, and neuron I of that layer, from 0.")
    return int(match[1]), int(match[2])


network_argument = click.argument("net", metavar="NET")
raw_option = click.option("--raw", is_flag=True, help="Skip the normalisation that a .nnet file asks for.")
as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
box_option = click.option(
    "--box", metavar="LO,HI", callback=_read_box, help='Only inside a box; "LO,HI;LO,HI" for one interval per axis.'
)
plane_option = click.option(
    "--plane", metavar='"ORIGIN;DIR1;DIR2"', callback=_read_plane, help="Draw this plane through the input space."
)
neuron_option = click.option(
    "--neuron",
    metavar="K,I",
    callback=_read_neuron,
    help="Only the boundary of neuron I (from 0) of layer K (from 1).",
)


def workers_options(command: Callable[..., None]) -> Callable[..., None]:
    """``--workers`` and ``--executor``, as `count` and `address`, which `open_workers` takes."""
    count = click.option(
        "--workers",
        "count",
        type=click.IntRange(min=1),
        metavar="N",
        help="Work in N processes; the result is the same.",
    )
    address = click.option(
        "--executor",
        "address",
        metavar="dask://HOST:PORT",
        help="Work on an existing Dask cluster (tls://HOST:PORT with TLS).",
    )
    return count(address(command))


def open_workers(count: int | None, address: str | None) -> Workers:
    """The workers that the options name: without options, this process. Raises `BadInput` if no cluster answers."""
    from exactrev.parallel import Workers

    if count is not None and address is not None:
        raise click.UsageError("--workers and --executor exclude each other: a cluster has its own workers.")
    return Workers(count or 1, address)


def load_network(name: str, raw: bool = False) -> Network:
    """The network in a file, or the bundled example of that name; a file goes first. Raises `BadInput`."""
    from exactrev import examples

    if not os.path.isfile(name) and name in examples.names():
        return examples.load(name)
    if not os.path.lexists(name) and _NAME.fullmatch(name):
        raise BadInput(name, "", "no such file or example", f"a file, or one of {', '.join(examples.names())}")
    from exactrev.network.files import load

    return load(name, raw=raw)


def find_box(intervals: list[Point] | None, dimension: int) -> Box | None:
    """The box that ``--box`` means in this dimension: one interval serves all axes."""
    if intervals is None:
        return None
    from exactrev.geometry import Box

    if len(intervals) == 1:
        return Box.cube(dimension, *intervals[0])
    return Box(*zip(*intervals, strict=True))


def check_output(path: str | None, extensions: Sequence[str], inputs: Sequence[str] = ()) -> None:
    """Refuse a file that cannot be written, before any work is done for it. Raises `BadInput`.

    It may exist (it is replaced), but it must not be one of the inputs.
    """
    if path is None:
        return
    extension = os.path.splitext(path)[1].lower()
    if extension not in extensions:
        found = f"the extension {extension!r}" if extension else "no extension"
        raise BadInput(path, "", found, " or ".join(extensions))
    if os.path.exists(path):
        if not os.path.isfile(path):
            raise BadInput(path, "", "something that is not a file", "a file to write")
        if any(os.path.exists(other) and os.path.samefile(path, other) for other in inputs):
            raise BadInput(path, "", "the input itself", "another file to write")
    folder = os.path.dirname(path) or "."
    if not os.path.isdir(folder):
        raise BadInput(path, "", "a folder that does not exist", "a folder that can be written to")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise BadInput(path, "", "a folder without permission to write", "a folder that can be written to")
