"""Our own JSON: rationals as they are, one object, no interpretation left open.

    {"format": "exactrev-network", "version": 1,
     "layers": [{"weights": [[1, "-1/2"], ["2/3", 0]], "bias": [0, "1/7"]},
                {"weights": [[1, -1]], "bias": "none"}]}

The layers come in order, the output layer last, ReLU between them. `weights` holds the rows of a matrix of shape
(out, in), `bias` a number for each row, or the string "none" where all of them are zero. A number is an integer or a
string "p/q"; a JSON float is refused, because nobody can tell whether 0.1 means 1/10 or the nearest binary64 number.
Unknown keys are refused as well: a misspelt `bias` must not become a zero bias.

An optional object `origin` says which file the network was converted from, with the keys `path`, `sha256`, `format`,
`dtype` and `reading` (all strings).
"""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from fractions import Fraction
from typing import Any

from exactrev.arithmetic.numbers import MAX_DIGITS, format_rational, parse_rational
from exactrev.errors import BadInput, BudgetSpent, InexactInput
from exactrev.network.affine import AffineMap
from exactrev.network.files.assembly import network_of_maps
from exactrev.network.files.disk import Source, shown
from exactrev.network.files.exact_arrays import MAX_ENTRIES, ExactArray
from exactrev.network.files.strict_json import NumberText, check_keys, kind_of, parse_json
from exactrev.network.network import Network, Provenance

__all__ = ["read_json", "write_json"]

FORMAT = "exactrev-network"
VERSION = 1
_MAX_DEPTH = 8
_NUMBER = 'an integer or a string "p/q"'


def read_json(source: Source) -> Network:
    """The network in a file of our own format."""
    document = parse_json(source, "", source.data, max_depth=_MAX_DEPTH)
    check_keys(source, "", document, {"format", "version", "layers"}, frozenset({"origin"}))
    if document["format"] != FORMAT or isinstance(document["format"], NumberText):
        raise source.refuse("format", kind_of(document["format"]), f'the string "{FORMAT}"')
    if not isinstance(document["version"], NumberText) or document["version"] != str(VERSION):
        raise source.refuse("version", kind_of(document["version"]), str(VERSION))
    layers = _list_of(source, "layers", document["layers"])
    maps = [_layer(source, f"layers[{k}]", layer) for k, layer in enumerate(layers)]
    return network_of_maps(source, maps, format="exactrev JSON", dtype="rational", reading=_reading(source, document))


def write_json(name: str, net: Network) -> bytes:
    """The network in our own format, one row of weights a line; equal networks give equal bytes but for `origin`.

    Raises `BadInput` about the file `name` for numbers too long to be read back.
    """
    lines = ["{", f'  "format": "{FORMAT}",', f'  "version": {VERSION},']
    if net.provenance is not None:
        lines.append(f'  "origin": {json.dumps(asdict(net.provenance), ensure_ascii=True)},')
    lines.append('  "layers": [')
    for k, layer in enumerate(net.layers, start=1):
        spelt = [[_spelt(name, entry, layer.denominator) for entry in row] for row in layer.rows]
        rows = ",\n".join(f"        [{', '.join(row[:-1])}]" for row in spelt)
        bias = ", ".join(row[-1] for row in spelt)
        lines += ["    {", '      "weights": [', rows, "      ],", f'      "bias": [{bias}]']
        lines.append("    }" if k == len(net.layers) else "    },")
    lines += ["  ]", "}", ""]
    return "\n".join(lines).encode("ascii")


def _spelt(name: str, numerator: int, denominator: int) -> str:
    value = Fraction(numerator, denominator)
    text = format_rational(value)
    if len(text) > MAX_DIGITS and any(len(part.lstrip("-")) > MAX_DIGITS for part in text.split("/")):
        raise BadInput(name, "", f"a weight of {len(text)} digits", f"at most {MAX_DIGITS}")
    return text if value.denominator == 1 else f'"{text}"'


def _layer(source: Source, place: str, layer: Any) -> AffineMap:
    check_keys(source, place, layer, {"weights", "bias"})
    rows = _list_of(source, f"{place}.weights", layer["weights"])
    matrix: list[Fraction] = []
    n_in: int | None = None
    for i, row in enumerate(rows):
        entries = _list_of(source, f"{place}.weights[{i}]", row)
        if n_in is not None and len(entries) != n_in:
            found = f"{len(entries)} entries after rows of {n_in}"
            raise source.refuse(f"{place}.weights[{i}]", found, "rows of equal length")
        n_in = len(entries)
        matrix += [_number(source, f"{place}.weights[{i}]", j, entry) for j, entry in enumerate(entries)]
        if len(matrix) > MAX_ENTRIES:
            raise source.refuse(f"{place}.weights", f"more than {MAX_ENTRIES} weights", "a smaller layer")
    bias = layer["bias"]
    if bias == "none":
        constants = [Fraction(0)] * len(rows)
    else:
        constants = [
            _number(source, f"{place}.bias", i, entry)
            for i, entry in enumerate(_list_of(source, f"{place}.bias", bias))
        ]
    if len(constants) != len(rows):
        expected = f"{len(rows)}, one for each row of the weights"
        raise source.refuse(f"{place}.bias", f"{len(constants)} entries", expected)
    try:
        W = ExactArray.from_fractions(matrix, (len(rows), n_in or 0))
        return W.affine_map(ExactArray.from_fractions(constants, (len(rows),)))
    except BudgetSpent as error:
        raise source.refuse(place, str(error), "shorter numbers, or fewer different denominators") from None


def _number(source: Source, place: str, index: int, entry: Any) -> Fraction:
    if isinstance(entry, NumberText) and not entry.is_integer:
        raise source.refuse(f"{place}[{index}]", f"a float, {shown(str(entry))[1:-1]}", _NUMBER)
    if not isinstance(entry, str):
        raise source.refuse(f"{place}[{index}]", kind_of(entry), _NUMBER)
    try:
        return parse_rational(str(entry))
    except InexactInput as error:
        found = kind_of(entry) if len(entry) <= 60 else error.message
        raise source.refuse(f"{place}[{index}]", found, _NUMBER) from None


def _list_of(source: Source, place: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise source.refuse(place, kind_of(value), "an array")
    if not value:
        raise source.refuse(place, "an empty array", "at least one entry")
    return value


def _reading(source: Source, document: dict[str, Any]) -> str:
    if "origin" not in document:
        return "rationals exact"
    origin = document["origin"]
    names = [field.name for field in fields(Provenance)]
    check_keys(source, "origin", origin, set(names))
    for name in names:
        text = origin[name]
        if not isinstance(text, str) or isinstance(text, NumberText) or not text.isprintable():
            raise source.refuse(f"origin.{name}", kind_of(text), "a string of printable characters")
    return (
        f"rationals exact; converted from {origin['path']} ({origin['format']}, {origin['dtype']}, "
        f"sha256 {origin['sha256']}), read as: {origin['reading']}"
    )
