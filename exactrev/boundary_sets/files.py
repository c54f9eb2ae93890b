"""Boundary sets in files: one JSON object, rationals as they are, no interpretation left open.

    {"format": "exactrev-boundary-set", "version": 1, "n_in": 2,
     "pieces": [{"hyperplane": [1, "-1/2", 0], "facets": [[0, 1, 3]]}]}

A row [g_1, ..., g_n, c] stands for the form g.x + c. A piece consists of the points of its hyperplane at which no
facet's form is negative. There is no neuron in the file and no layer, and the order of the pieces means nothing. A
number is an integer or a string "p/q"; floats, unknown keys, and pieces of lower dimension are refused.
"""

from __future__ import annotations

import os
from fractions import Fraction
from typing import Any

from exactrev.arithmetic.numbers import parse_rational
from exactrev.boundary_sets.boundary_set import BoundarySet
from exactrev.boundary_sets.cones import MOST_RAYS
from exactrev.boundary_sets.pieces import Piece
from exactrev.errors import BudgetSpent, InexactInput
from exactrev.network.files.disk import Source, read_source, write_atomically
from exactrev.network.files.strict_json import NumberText, check_keys, kind_of, parse_json

__all__ = ["FORMAT", "load_boundary_set", "read_boundary_set", "save_boundary_set", "write_boundary_set"]

FORMAT = "exactrev-boundary-set"
VERSION = "1"
_MAX_DEPTH = 6
_MAX_DIMENSION = 1000
_MAX_FACETS = 1000
_NUMBER = 'an integer or a string "p/q"'


def load_boundary_set(path: str | os.PathLike[str]) -> BoundarySet:
    """The set in a file. Raises `BadInput` for everything that is not exactly of this format."""
    return read_boundary_set(read_source(path))


def save_boundary_set(boundary_set: BoundarySet, path: str | os.PathLike[str]) -> None:
    """Write the file whole or not at all; sets that are cut alike give the same bytes."""
    write_atomically(path, write_boundary_set(boundary_set))


def write_boundary_set(boundary_set: BoundarySet) -> bytes:
    """The set as JSON, a piece a line."""
    lines = ["{", f'  "format": "{FORMAT}",', f'  "version": {VERSION},', f'  "n_in": {boundary_set.n_in},']
    pieces = [
        f'    {{"hyperplane": {list(piece.hyperplane)}, "facets": {[list(facet) for facet in piece.facets]}}}'
        for piece in boundary_set.pieces
    ]
    lines += ['  "pieces": [', ",\n".join(pieces), "  ]", "}", ""] if pieces else ['  "pieces": []', "}", ""]
    return "\n".join(lines).encode("ascii")


def read_boundary_set(source: Source) -> BoundarySet:
    """The set in the bytes of a file. Raises `BadInput`."""
    document = parse_json(source, "", source.data, max_depth=_MAX_DEPTH)
    check_keys(source, "", document, {"format", "version", "n_in", "pieces"})
    if document["format"] != FORMAT or isinstance(document["format"], NumberText):
        raise source.refuse("format", kind_of(document["format"]), f'the string "{FORMAT}"')
    if not isinstance(document["version"], NumberText) or document["version"] != VERSION:
        raise source.refuse("version", kind_of(document["version"]), VERSION)
    n_in = document["n_in"].natural() if isinstance(document["n_in"], NumberText) else None
    if n_in is None or not 1 <= n_in <= _MAX_DIMENSION:
        raise source.refuse("n_in", kind_of(document["n_in"]), f"an integer from 1 to {_MAX_DIMENSION}")
    if not isinstance(document["pieces"], list):
        raise source.refuse("pieces", kind_of(document["pieces"]), "an array")
    return BoundarySet(n_in, [_piece(source, f"pieces[{k}]", p, n_in) for k, p in enumerate(document["pieces"])])


def _piece(source: Source, place: str, value: Any, n_in: int) -> Piece:
    check_keys(source, place, value, {"hyperplane", "facets"})
    hyperplane = _row(source, f"{place}.hyperplane", value["hyperplane"], n_in)
    if not any(hyperplane[:-1]):
        raise source.refuse(f"{place}.hyperplane", "a normal of zeros", "a hyperplane")
    facets = value["facets"]
    if not isinstance(facets, list):
        raise source.refuse(f"{place}.facets", kind_of(facets), "an array")
    if len(facets) > _MAX_FACETS:
        raise source.refuse(f"{place}.facets", f"{len(facets)} facets", f"at most {_MAX_FACETS}")
    rows = [_row(source, f"{place}.facets[{j}]", facet, n_in) for j, facet in enumerate(facets)]
    try:
        return Piece.from_rows(hyperplane, rows)
    except BudgetSpent as error:
        raise source.refuse(place, error.message, f"at most {MOST_RAYS}") from None
    except ValueError as error:
        raise source.refuse(place, str(error), "a piece that its rows cut out of its hyperplane") from None


def _row(source: Source, place: str, value: Any, n_in: int) -> list[Fraction]:
    if not isinstance(value, list):
        raise source.refuse(place, kind_of(value), "an array")
    if len(value) != n_in + 1:
        raise source.refuse(place, f"{len(value)} numbers", f"{n_in + 1}: a normal and a constant")
    return [_number(source, f"{place}[{i}]", entry) for i, entry in enumerate(value)]


def _number(source: Source, place: str, entry: Any) -> Fraction:
    if isinstance(entry, NumberText) and not entry.is_integer:
        raise source.refuse(place, kind_of(entry), _NUMBER)
    if not isinstance(entry, str):
        raise source.refuse(place, kind_of(entry), _NUMBER)
    try:
        return parse_rational(str(entry))
    except InexactInput as error:
        raise source.refuse(place, kind_of(entry) if len(entry) <= 60 else error.message, _NUMBER) from None
