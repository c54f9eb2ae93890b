"""The ``.nnet`` format of Stanford's NNet project: a text file of decimals, with a normalisation.

Knows the layout: comment lines starting with ``//``; the numbers of layers, inputs, outputs, and the largest width;
the widths; an unused flag; the least and greatest input values; the means and ranges of the inputs and of the
outputs; then for each layer the rows of its matrix (out, in) and its biases, one a line. Decimals are exact: 0.1 is
1/10. The function in the file is

    N(x) = R * net((x - mean) / range) + M,

with R and M the last range and mean; it is folded into the first and the last layer exactly, unless the caller wants
`raw` weights. NNet's own evaluation first clips x to the least and greatest values, which no affine layer can do: the
network read here agrees with it inside that box, and continues its affine pieces outside.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from exactrev.arithmetic.numbers import parse_decimal
from exactrev.errors import BudgetSpent, InexactInput
from exactrev.network.affine import AffineMap
from exactrev.network.files.assembly import network_of_maps
from exactrev.network.files.disk import Source, shown
from exactrev.network.files.exact_arrays import MAX_ENTRIES, ExactArray
from exactrev.network.network import Network

__all__ = ["read_nnet"]

Layer = tuple[list[list[Fraction]], list[Fraction]]


def read_nnet(source: Source, raw: bool = False) -> Network:
    """The network in an ``.nnet`` file, normalisation folded in; the weights as they stand if `raw`."""
    lines = _Lines(source)
    widths = _widths(source, lines)
    lines.numbers("the unused flag")
    n_in = widths[0]
    lines.numbers("the least input values", at_least=n_in)
    lines.numbers("the greatest input values", at_least=n_in)
    mean = lines.numbers("the means", at_least=n_in + 1)
    spread = lines.numbers("the ranges", at_least=n_in + 1)
    layers: list[Layer] = []
    for k, (below, width) in enumerate(pairwise(widths), start=1):
        rows = [lines.numbers(f"layer {k}, weights of neuron {i}", exactly=below) for i in range(width)]
        constants = [lines.numbers(f"layer {k}, bias of neuron {i}", exactly=1)[0] for i in range(width)]
        layers.append((rows, constants))
    lines.finish()
    if len(mean) != len(spread):
        raise source.refuse("the ranges", f"{len(spread)} ranges for {len(mean)} means", "as many as means")
    reading = ".nnet decimals exact"
    if raw:
        reading += ", normalisation skipped"
    else:
        for i in (*range(n_in), len(spread) - 1):
            if spread[i] == 0:
                raise source.refuse("the ranges", f"the range 0 at position {i}", "ranges other than 0")
        _denormalise_inputs(layers[0], mean, spread)
        _denormalise_outputs(layers[-1], mean[-1], spread[-1])
        reading += ", normalisation applied, clipping of inputs to their least and greatest values left out"
        if len(mean) != n_in + 1:
            reading += f"; of {len(mean)} means and ranges the first {n_in} are the inputs' and the last the outputs'"
    maps = [_affine_map(source, k, layer) for k, layer in enumerate(layers, start=1)]
    return network_of_maps(source, maps, format="nnet", dtype="decimal", reading=reading)


def _denormalise_inputs(first: Layer, mean: list[Fraction], spread: list[Fraction]) -> None:
    """W (x - mean) / range + b as one affine map of x."""
    rows, constants = first
    for i, row in enumerate(rows):
        rows[i] = [weight / r for weight, r in zip(row, spread, strict=False)]
        constants[i] -= sum((weight * m for weight, m in zip(rows[i], mean, strict=False)), Fraction(0))


def _denormalise_outputs(last: Layer, mean: Fraction, spread: Fraction) -> None:
    """R (W y + b) + M as one affine map of y."""
    rows, constants = last
    for i, row in enumerate(rows):
        rows[i] = [weight * spread for weight in row]
        constants[i] = constants[i] * spread + mean


def _affine_map(source: Source, k: int, layer: Layer) -> AffineMap:
    rows, constants = layer
    try:
        W = ExactArray.from_fractions([weight for row in rows for weight in row], (len(rows), len(rows[0])))
        return W.affine_map(ExactArray.from_fractions(constants, (len(rows),)))
    except BudgetSpent as error:
        raise source.refuse(f"layer {k}", str(error), "shorter decimals") from None


def _widths(source: Source, lines: _Lines) -> list[int]:
    sizes = lines.naturals("the numbers of layers, inputs and outputs")
    if len(sizes) != 4:
        raise source.refuse(lines.place, f"{len(sizes)} numbers", "4: layers, inputs, outputs, largest width")
    n_layers, n_in, n_out, _ = sizes  # the largest width is often wrong in published files, and nothing needs it
    widths = lines.naturals("the widths")
    if len(widths) != n_layers + 1:
        raise source.refuse(lines.place, f"{len(widths)} widths", f"{n_layers + 1}, for {n_layers} layers")
    if (widths[0], widths[-1]) != (n_in, n_out):
        found = f"{widths[0]} inputs and {widths[-1]} outputs"
        raise source.refuse(lines.place, found, f"{n_in} and {n_out}, as in the line before")
    if 0 in widths or n_layers == 0:
        raise source.refuse(lines.place, "an empty layer", "widths of at least 1")
    if sum(below * above for below, above in pairwise(widths)) > MAX_ENTRIES:
        raise source.refuse(lines.place, "a network too large", f"at most {MAX_ENTRIES} weights")
    return widths


class _Lines:
    """The lines of the file behind the opening comments, read one by one."""

    def __init__(self, source: Source) -> None:
        self._source = source
        try:
            text = source.data.decode("utf-8")  # comments may hold anything; numbers are checked digit by digit
        except UnicodeDecodeError as error:
            raise source.refuse("", f"a byte that is not UTF-8, at {error.start}", "a text file") from None
        if text.startswith("\ufeff"):
            raise source.refuse("", "a byte order mark", "a text file without one")
        if "\0" in text:
            raise source.refuse("", "a NUL byte", "a text file")
        if not text.endswith("\n"):
            raise source.refuse("", "no newline at the end, so the last number may be cut", "whole lines")
        self._lines: Iterator[tuple[int, str]] = enumerate(text.split("\n")[:-1], start=1)
        self._in_comments = True
        self._label = ""
        self._number = 0

    @property
    def place(self) -> str:
        """Where we are, for error messages."""
        return f"line {self._number} ({self._label})"

    def numbers(self, label: str, *, exactly: int | None = None, at_least: int = 1) -> list[Fraction]:
        """The decimals of the next line."""
        fields = self._fields(label)
        if exactly is not None and len(fields) != exactly:
            raise self._source.refuse(self.place, f"{len(fields)} numbers", str(exactly))
        if len(fields) < at_least:
            raise self._source.refuse(self.place, f"{len(fields)} numbers", f"at least {at_least}")
        try:
            return [parse_decimal(field) for field in fields]
        except InexactInput as error:
            found = f"{error.data.get('text', '')}, {error.message}"
            raise self._source.refuse(self.place, found, "decimal numbers, separated by commas") from None

    def naturals(self, label: str) -> list[int]:
        """The natural numbers of the next line."""
        fields = self._fields(label)
        for field in fields:
            if not (field.isascii() and field.isdigit() and len(field) <= 9):
                raise self._source.refuse(self.place, shown(field), "a natural number below 10^9")
        return list(map(int, fields))

    def finish(self) -> None:
        """Nothing may follow but empty lines."""
        for number, line in self._lines:
            if line.strip():
                self._number, self._label = number, "after the last bias"
                raise self._source.refuse(self.place, shown(line), "the end of the file")

    def _fields(self, label: str) -> list[str]:
        self._label = label
        for number, line in self._lines:
            self._number = number
            if not (self._in_comments and line.startswith("//")):
                self._in_comments = False
                fields = [field.strip(" \t\r") for field in line.split(",")]
                return fields if fields[-1] else fields[:-1]  # most writers end a line with a comma
        raise self._source.refuse(f"behind line {self._number}", "the end of the file", label)
