"""A finding: a network on which a statement fails, or something is at fault, and the JSON that it is kept as.

Knows the format. A file is hostile until it is read; what it says of the network is never believed, but decided again.

    {"format": "exactrev-finding", "version": 1, "statement": LABEL, "paper": "T2h", "kind": "fails: ...",
     "verdict": "FAILS", "checked": "one sentence", "witness": {...}, "seed": 7, "shard": 3, "example": 41,
     "shrunk": true, "certificates": ["the claim that a checker accepted", ...], "network": {...}}

`network` is in the package's own format of networks; `seed`, `shard` and `example` say where it was first met.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from exactrev.network import Network
from exactrev.network.files.disk import Source
from exactrev.network.files.json_format import read_json, write_json
from exactrev.network.files.strict_json import NumberText, check_keys, kind_of, parse_json
from exactrev.statements import STATEMENTS, find_statement
from exactrev.testing.fuzz.judging import FAULT
from exactrev.testing.fuzz.shrinking import Size, size_of

__all__ = ["Finding", "finding_of", "read_finding"]

FORMAT = "exactrev-finding"
VERSION = 1
_KEYS = {
    *("format", "version", "statement", "paper", "kind", "verdict", "checked", "witness"),
    *("seed", "shard", "example", "shrunk", "certificates", "network"),
}
_MAX_DEPTH = 16

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Finding:
    """A network, the statement that it is about, and the kind of failure. See the module for the other fields."""

    label: str
    kind: str
    network: Network
    seed: int
    shard: int
    example: int
    verdict: str = "FAILS"
    checked: str = ""
    witness: Any = None
    shrunk: bool = False
    certificates: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        """One finding is kept for each."""
        return self.label, self.kind

    @property
    def is_fault(self) -> bool:
        return self.verdict == FAULT

    @property
    def order(self) -> tuple[Size, bool, int, int]:
        """Which of two findings of one key is kept: the smaller one, and of equal ones that which is finished."""
        return size_of(self.network), not self.shrunk, self.shard, self.example

    @property
    def file_name(self) -> str:
        """The statement, and a digest of the kind."""
        digest = hashlib.sha256(self.kind.encode()).hexdigest()[:8]
        return f"{find_statement(self.label).paper}-{self.label}-{digest}.json"

    def to_text(self) -> str:
        """One line of JSON, without its end."""
        record = {
            "format": FORMAT,
            "version": VERSION,
            "statement": self.label,
            "paper": find_statement(self.label).paper,
            "kind": self.kind,
            "verdict": self.verdict,
            "checked": self.checked,
            "witness": self.witness,
            "seed": self.seed,
            "shard": self.shard,
            "example": self.example,
            "shrunk": self.shrunk,
            "certificates": list(self.certificates),
        }
        lines = write_json("", Network(self.network.layers)).decode("ascii").splitlines()
        return f'{json.dumps(record)[:-1]}, "network": {" ".join(map(str.strip, lines))}}}'


def read_finding(source: Source) -> Finding:
    """The finding in a file. Raises `BadInput`."""
    return finding_of(source, "", parse_json(source, "", source.data, max_depth=_MAX_DEPTH))


def finding_of(source: Source, place: str, document: Any) -> Finding:
    """The finding in a JSON object that is part of a file."""
    check_keys(source, place, document, _KEYS)

    def at(key: str) -> str:
        return f"{place}{'.' if place else ''}{key}"

    def text(key: str) -> str:
        value = document[key]
        if not isinstance(value, str) or isinstance(value, NumberText):
            raise source.refuse(at(key), kind_of(value), "a string")
        return value

    def natural(key: str) -> int:
        value = document[key]
        number = value.natural() if isinstance(value, NumberText) else None
        if number is None:
            raise source.refuse(at(key), kind_of(value), "a natural number")
        return number

    if text("format") != FORMAT:
        raise source.refuse(at("format"), text("format"), FORMAT)
    if natural("version") != VERSION:
        raise source.refuse(at("version"), document["version"], str(VERSION))
    if text("statement") not in [statement.label for statement in STATEMENTS]:
        raise source.refuse(at("statement"), repr(text("statement")), "the label of a statement")
    if not isinstance(document["shrunk"], bool):
        raise source.refuse(at("shrunk"), kind_of(document["shrunk"]), "true or false")
    claims = document["certificates"]
    if not isinstance(claims, list) or any(not isinstance(c, str) or isinstance(c, NumberText) for c in claims):
        raise source.refuse(at("certificates"), kind_of(claims), "a list of strings")
    if not re.match("fails: |fault: ", text("kind")):
        raise source.refuse(at("kind"), repr(text("kind")), 'a kind that begins with "fails: " or "fault: "')
    inner = _spelt(document["network"]).encode("ascii")
    network = read_json(Source(f"{source.name}: {at('network')}", inner, source.sha256))
    return Finding(
        text("statement"),
        text("kind"),
        Network(network.layers),
        natural("seed"),
        natural("shard"),
        natural("example"),
        text("verdict"),
        text("checked"),
        _plain(document["witness"]),
        document["shrunk"],
        tuple(claims),
    )


def _spelt(value: Any) -> str:
    """JSON again, every number as it was."""
    if isinstance(value, NumberText):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_spelt, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{json.dumps(key)}: {_spelt(entry)}' for key, entry in value.items())}}}"
    return json.dumps(value)


def _plain(value: Any) -> Any:
    """A witness for people to read: small integers as such, and everything else as it is written."""
    if isinstance(value, NumberText):
        natural = value.natural()
        return str(value) if natural is None else natural
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    return value
