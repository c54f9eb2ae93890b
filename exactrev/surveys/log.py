"""The log of a survey: a line of JSON for the plan, then one for every record, written as soon as there is one.

Knows how a log is written so that whatever kills the survey costs the records under way and no more, and how it is read
again. A log that is read is hostile until it has been checked, line by line; only its last line may be torn.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from types import TracebackType
from typing import Any, NoReturn

from exactrev.errors import BadInput
from exactrev.network.files.disk import Source, printable, read_source, shown
from exactrev.network.files.strict_json import NumberText, check_keys, kind_of, parse_json
from exactrev.surveys.plan import Plan, parse_architecture
from exactrev.surveys.record import Record
from exactrev.surveys.survey import Survey, plan_to_json

__all__ = ["Log", "read_log"]

VERSION = 1
KEYS = {"task", "widths", "seed", "regions", "answers", "counts"}


class Log:
    """An open log. As a context it is closed at the end; `start` begins a new one, `resume` goes on with an old one."""

    def __init__(self, path: str, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor

    @classmethod
    def start(cls, path: str, plan: Plan) -> Log:
        """A new log. Raises `BadInput` if the file exists, or cannot be made."""
        log = cls._open(path, os.O_CREAT | os.O_EXCL)
        log._write({"exactrev_survey": VERSION, **plan_to_json(plan)})
        return log

    @classmethod
    def resume(cls, path: str) -> tuple[Log, Survey]:
        """The log, and the survey that it holds so far; a torn last line is cut off. Raises `BadInput`."""
        survey, length = read_log(path)
        log = cls._open(path, 0)
        os.ftruncate(log._descriptor, length)
        return log, survey

    def append(self, number: int, record: Record) -> None:
        """Keep the record of a task."""
        self._write({"task": number, **record.to_json()})

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Log:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @classmethod
    def _open(cls, path: str, flags: int) -> Log:
        try:
            return cls(path, os.open(path, flags | os.O_WRONLY | os.O_APPEND | getattr(os, "O_CLOEXEC", 0), 0o666))
        except FileExistsError:
            raise BadInput(printable(path), "", "a file that exists", "a new one, or --resume") from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise BadInput(printable(path), "", reason, "a file that can be written") from None

    def _write(self, value: Mapping[str, Any]) -> None:
        """One line, in one piece."""
        data = (json.dumps(value, separators=(",", ":")) + "\n").encode()
        while data:
            data = data[os.write(self._descriptor, data) :]


def read_log(path: str) -> tuple[Survey, int]:
    """The survey in a log, and the length of what is whole in it. Raises `BadInput`."""
    source = read_source(path)
    length = source.data.rfind(b"\n") + 1
    lines = source.data[:length].splitlines()
    if not lines:
        raise source.refuse("", "no whole line", "the log of a survey")
    survey = Survey(_read_plan(source, lines[0]))
    for number, line in enumerate(lines[1:], start=2):
        place = f"line {number}"
        value = parse_json(source, place, line, max_depth=6)
        check_keys(source, place, value, KEYS)
        task = value["task"].natural() if isinstance(value["task"], NumberText) else None
        if task is None or task >= len(survey.plan) or task in survey.records:
            found = kind_of(value["task"]) + (", again" if task in survey.records else "")
            raise source.refuse(f"{place}, task", found, f"a number below {len(survey.plan)}, once")
        wanted = survey.plan[task]

        def refuse(what: str, found: str, expected: str, place: str = place) -> NoReturn:
            raise source.refuse(f"{place}, {what}", found, expected)

        survey.records[task] = Record.from_json(value, wanted.widths, wanted.seed, refuse)
    return survey, length


def _read_plan(source: Source, line: bytes) -> Plan:
    value = parse_json(source, "line 1", line, max_depth=2)
    check_keys(source, "line 1", value, {"exactrev_survey", "architectures", "networks", "seed", "seconds"})
    version = value["exactrev_survey"]
    if version != str(VERSION) or not isinstance(version, NumberText):
        raise source.refuse("line 1, exactrev_survey", kind_of(version), str(VERSION))
    names = value["architectures"]
    if not isinstance(names, list) or not all(isinstance(n, str) and not isinstance(n, NumberText) for n in names):
        raise source.refuse("line 1, architectures", kind_of(names), "an array of strings")
    try:
        architectures = tuple(parse_architecture(name) for name in names)
        networks, seed = (_number(source, value, key) for key in ("networks", "seed"))
        return Plan(architectures, networks, seed, _seconds(source, value))
    except BadInput as error:
        if error.file:
            raise
        raise source.refuse(f"line 1, {error.place}", shown(error.found), error.expected) from None


def _number(source: Source, value: Mapping[str, Any], key: str) -> int:
    number = value[key].natural() if isinstance(value[key], NumberText) else None
    if number is None:
        raise source.refuse(f"line 1, {key}", kind_of(value[key]), "a natural number")
    return int(number)


def _seconds(source: Source, value: Mapping[str, Any]) -> float | None:
    seconds = value["seconds"]
    if seconds is None:
        return None
    if not isinstance(seconds, NumberText) or len(seconds) > 40:
        raise source.refuse("line 1, seconds", kind_of(seconds), "a number or null")
    return float(seconds)
