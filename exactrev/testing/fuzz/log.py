"""The log of a campaign: a line for each finished shard, so that a campaign that was interrupted goes on where it was.

Knows JSON lines. The first says which campaign it is; a last line without end, left by a machine that went down, is cut
off.

    {"format": "exactrev-fuzz-log", "version": 1, "seed": 7, "statements": [LABEL, ...]}
    {"shard": 0, "asked": 50, "examples": 50, "outcomes": {LABEL: {"HOLDS": 48, "FAILS": 2}}, "scores": {"regions": 14},
     "findings": [FINDING, ...]}
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from exactrev import __version__
from exactrev.errors import BadInput
from exactrev.network.files.disk import Source, read_source
from exactrev.network.files.strict_json import NumberText, check_keys, kind_of, parse_json
from exactrev.testing.fuzz.findings import finding_of
from exactrev.testing.fuzz.shards import Shard, ShardResult

__all__ = ["Log"]

FORMAT = "exactrev-fuzz-log"
_MAX_DEPTH = 24


class Log:
    """The finished shards of one campaign, and the file that the next ones are added to; close it, or use ``with``."""

    def __init__(self, path: str | os.PathLike[str], seed: int, labels: tuple[str, ...], resume: bool = False) -> None:
        """Begin a log, or read one to go on with. Raises `BadInput` for a file that is there and not to be resumed, for
        one of another campaign, of another version, or damaged."""
        self._path = Path(path)
        self._seed, self._labels = seed, labels
        self.results: dict[int, ShardResult] = {}
        header = {"format": FORMAT, "version": __version__, "seed": seed, "statements": list(labels)}
        if self._path.exists() and not resume:
            raise BadInput(str(path), "", "a log that is there already", "--resume to go on with it, or another name")
        whole = self._read(header) if self._path.exists() else 0
        try:
            self._file = self._path.open("ab")
            self._file.truncate(whole)
        except OSError as error:
            reason = error.strerror or str(error)
            raise BadInput(str(path), "", reason[0].lower() + reason[1:], "a file that can be written") from None
        if not whole:
            self._write(json.dumps(header))

    def add(self, result: ShardResult) -> None:
        """Write a finished shard down, at once."""
        self.results[result.shard.number] = result
        record = {
            "shard": result.shard.number,
            "asked": result.shard.examples,
            "examples": result.examples,
            "outcomes": result.outcomes,
            "scores": result.scores,
        }
        findings = ", ".join(finding.to_text() for finding in result.findings)
        self._write(f'{json.dumps(record)[:-1]}, "findings": [{findings}]}}')

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write(self, line: str) -> None:
        self._file.write(f"{line}\n".encode("ascii"))
        self._file.flush()

    def _read(self, header: dict[str, Any]) -> int:
        """Take over the shards of a log; how many bytes of it are whole lines."""
        source = read_source(self._path)
        *lines, rest = source.data.split(b"\n")
        for number, line in enumerate(lines, start=1):
            place = f"line {number}"
            record = parse_json(source, place, line, max_depth=_MAX_DEPTH)
            if number == 1:
                _check_header(source, record, header)
            else:
                result = self._result(source, place, record)
                self.results[result.shard.number] = result
        return len(source.data) - len(rest)

    def _result(self, source: Source, place: str, record: Any) -> ShardResult:
        check_keys(source, place, record, {"shard", "asked", "examples", "outcomes", "scores", "findings"})
        findings = record["findings"]
        if not isinstance(findings, list):
            raise source.refuse(f"{place}: findings", kind_of(findings), "a list")
        outcomes = _table(source, f"{place}: outcomes", record["outcomes"])
        if list(outcomes) != list(self._labels):
            raise source.refuse(f"{place}: outcomes", ", ".join(outcomes), "the campaign's statements")
        number = _natural(source, place, record, "shard")
        return ShardResult(
            Shard(self._seed, number, _natural(source, place, record, "asked"), self._labels),
            _natural(source, place, record, "examples"),
            {label: _counts(source, f"{place}: {label}", counts) for label, counts in outcomes.items()},
            tuple(finding_of(source, f"{place}: findings[{i}]", finding) for i, finding in enumerate(findings)),
            _counts(source, f"{place}: scores", record["scores"]),
        )


def _check_header(source: Source, record: Any, expected: dict[str, Any]) -> None:
    check_keys(source, "line 1", record, set(expected))
    for key, value in expected.items():
        found = record[key]
        if isinstance(found, NumberText):
            found = found.natural()
        if found != value or isinstance(found, bool):
            shown = found if isinstance(found, (str, int)) else kind_of(found)
            if isinstance(found, list):
                shown = ", ".join(map(str, found))
            wanted = ", ".join(value) if isinstance(value, list) else str(value)
            raise source.refuse(f"line 1: {key}", str(shown), f"{wanted}, as in this campaign")


def _table(source: Source, place: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise source.refuse(place, kind_of(value), "an object")
    return value


def _counts(source: Source, place: str, value: Any) -> dict[str, int]:
    return {key: _natural(source, place, value, key) for key in _table(source, place, value)}


def _natural(source: Source, place: str, record: dict[str, Any], key: str) -> int:
    value = record[key]
    number = value.natural() if isinstance(value, NumberText) else None
    if number is None:
        raise source.refuse(f"{place}: {key}", kind_of(value), "a natural number")
    return number
