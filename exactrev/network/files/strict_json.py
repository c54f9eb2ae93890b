"""JSON without surprises: no number becomes a float, no key counts twice, no nesting is too deep.

Knows the text of JSON and nothing of what it means. Numbers stay text (`NumberText`), for the caller to read by the
rule of its format. Python's own parser does the work, after checks that keep it from recursing without end.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

from exactrev.network.files.disk import Source, shown
from exactrev.network.files.exact_arrays import MAX_ENTRIES

__all__ = ["NumberText", "check_keys", "kind_of", "parse_json"]

_TOKENS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[{]|[\]}]', re.DOTALL)


class NumberText(str):
    """A JSON number, uninterpreted: ``1``, ``0.10``, ``1e400``, ``NaN``."""

    __slots__ = ()

    @property
    def is_integer(self) -> bool:
        return re.fullmatch("-?[0-9]+", self) is not None

    def natural(self) -> int | None:
        """The value of a natural number below 10**18, None for everything else."""
        return int(self) if re.fullmatch("[0-9]{1,18}", self) else None


def parse_json(source: Source, place: str, data: bytes, *, max_depth: int) -> Any:
    """The one JSON value in `data`: dict, list, str, bool, None or `NumberText`.

    Refuses other encodings than UTF-8, byte order marks, duplicate keys, trailing text, nesting deeper than
    `max_depth`, and more values than any network has weights.
    """
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise source.refuse(place, "a byte order mark", "UTF-8 without one")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise source.refuse(place, f"a byte that is not UTF-8, at {error.start}", "UTF-8") from None
    _check_size(source, place, text, max_depth)

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        mapping = dict(pairs)
        if len(mapping) < len(pairs):
            twice, _ = Counter(key for key, _ in pairs).most_common(1)[0]
            raise source.refuse(place, f"the key {shown(twice)} twice in one object", "every key once")
        return mapping

    try:
        return json.loads(
            text, object_pairs_hook=unique, parse_int=NumberText, parse_float=NumberText, parse_constant=NumberText
        )
    except json.JSONDecodeError as error:
        where = f"{place + ', ' if place else ''}line {error.lineno}, column {error.colno}"
        expected = "one complete JSON document"
        raise source.refuse(where, _complaint(error.msg, text, error.pos), expected) from None


def check_keys(
    source: Source, place: str, value: Any, required: set[str], optional: frozenset[str] = frozenset()
) -> None:
    """`value` has to be an object with all required keys and no keys but these."""
    if not isinstance(value, dict):
        raise source.refuse(place, kind_of(value), "an object")
    expected = ", ".join(sorted(required | optional))
    for key in value:
        if key not in required and key not in optional:
            raise source.refuse(place, f"the unknown key {shown(key)}", f"only the keys {expected}")
    for key in sorted(required):
        if key not in value:
            raise source.refuse(place, f"no key {shown(key)}", f"the keys {expected}")


def kind_of(value: Any) -> str:
    """What a JSON value is, for error messages."""
    if isinstance(value, NumberText):
        return f"the number {shown(value)[1:-1]}" if len(value) <= 60 else f"a number of {len(value)} characters"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return f"the string {shown(value)}"
    return "an array" if isinstance(value, list) else "an object"


def _check_size(source: Source, place: str, text: str, max_depth: int) -> None:
    if text.count(",") > MAX_ENTRIES:
        raise source.refuse(place, f"more than {MAX_ENTRIES} values", "fewer")
    depth = 0
    for match in _TOKENS.finditer(text):
        token = match[0]
        if token in ("[", "{"):
            depth += 1
            if depth > max_depth:
                raise source.refuse(place, f"nesting deeper than {max_depth}", f"at most {max_depth} levels")
        elif token in ("]", "}"):
            depth -= 1


def _complaint(message: str, text: str, position: int) -> str:
    if not text.strip():
        return "an empty file"
    if position >= len(text.rstrip()):
        return "the end of the file"
    return message[0].lower() + message[1:]
