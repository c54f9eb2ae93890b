"""A survey: its records, and what they come to, architecture by architecture, with intervals.

Knows how to count records, and how to have them made. Whoever makes them, and in whatever order they come, the same
plan gives the same table, up to what ran out of time.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from exactrev.parallel import Workers
from exactrev.surveys.intervals import CONFIDENCE, Interval, clopper_pearson, hoeffding
from exactrev.surveys.one_network import examine
from exactrev.surveys.plan import Plan
from exactrev.surveys.questions import COUNTED, QUESTIONS, Answer
from exactrev.surveys.record import Record, Widths, totals

__all__ = ["Line", "Survey", "conduct"]


@dataclass(frozen=True, slots=True)
class Line:
    """How often something was found, of `total` networks, neurons or pairs, and an interval for its probability.

    `layer` is None where it is asked of the network; else the layer in which neurons are counted, or pairs with the
    layer below. `total` is what was looked at: `yes`, no, and `undecided`, which the interval allows for.
    """

    widths: Widths
    what: str
    layer: int | None
    among: str
    total: int
    yes: int
    undecided: int
    interval: Interval

    @property
    def no(self) -> int:
        return self.total - self.yes - self.undecided

    @property
    def architecture(self) -> str:
        return "-".join(map(str, self.widths))

    def to_json(self) -> dict[str, Any]:
        return {
            "architecture": self.architecture,
            "n_in": self.widths[0],
            "hidden_layers": len(self.widths) - 2,
            "what": self.what,
            "among": self.among,
            "layer": self.layer,
            "total": self.total,
            "yes": self.yes,
            "no": self.no,
            "undecided": self.undecided,
            "low": float(self.interval.low),
            "high": float(self.interval.high),
        }


@dataclass(slots=True)
class Survey:
    """A plan, and the records that there are so far, by the number of their task."""

    plan: Plan
    records: dict[int, Record] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        return len(self.records) == len(self.plan)

    def missing(self) -> Iterator[int]:
        """The numbers of the tasks without a record."""
        return (number for number in range(len(self.plan)) if number not in self.records)

    def lines(self) -> list[Line]:
        """For every architecture with a record: every question, then every count layer by layer."""
        lines: list[Line] = []
        for widths in self.plan.architectures:
            own = [record for _, record in sorted(self.records.items()) if record.widths == widths]
            if own:
                lines += [*_asked(widths, own), *_counted(widths, own)]
        return lines

    def to_json(self) -> dict[str, Any]:
        """Everything, as plain data."""
        return {
            "plan": plan_to_json(self.plan),
            "confidence": float(CONFIDENCE),
            "questions": {question.key: question.asks for question in QUESTIONS},
            "counted": {counted.key: counted.asks for counted in COUNTED},
            "is_complete": self.is_complete,
            "lines": [line.to_json() for line in self.lines()],
        }

    def to_csv(self) -> str:
        """A line of text for every line, after one with the names of the columns; nothing without records."""
        rows = [line.to_json() for line in self.lines()]
        if not rows:
            return ""
        text = io.StringIO()
        writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return text.getvalue()


def conduct(survey: Survey, workers: Workers) -> Iterator[tuple[int, Record]]:
    """Have the missing records made; each is in the survey as soon as it is handed out, with the number of its task.

    >>> from exactrev.surveys.plan import Plan
    >>> survey = Survey(Plan(((2, 2, 2, 1),), networks=3))
    >>> with Workers() as workers:
    ...     [number for number, _ in conduct(survey, workers)]
    [0, 1, 2]
    >>> line = survey.lines()[1]
    >>> line.what, line.yes, line.no, float(line.interval.low), float(line.interval.high)
    ('meet', 1, 2, 0.0084, 0.9058)
    """
    numbers = list(survey.missing())
    for place, record in workers.run(examine, (survey.plan[number] for number in numbers)):
        survey.records[numbers[place]] = record
        yield numbers[place], record


def plan_to_json(plan: Plan) -> dict[str, Any]:
    return {
        "architectures": ["-".join(map(str, widths)) for widths in plan.architectures],
        "networks": plan.networks,
        "seed": plan.seed,
        "seconds": plan.seconds,
    }


def _asked(widths: Widths, records: list[Record]) -> Iterator[Line]:
    for question in QUESTIONS:
        found: Mapping[Answer, int] = Counter(record.answers[question.key] for record in records)
        yes, undecided = found[Answer.YES], found[Answer.UNDECIDED]
        interval = clopper_pearson(yes, undecided, len(records))
        yield Line(widths, question.key, None, "networks", len(records), yes, undecided, interval)


def _counted(widths: Widths, records: list[Record]) -> Iterable[Line]:
    for counted in COUNTED:
        for place, each in enumerate(totals(widths, counted.among_pairs)):
            tallies = [record.counts[counted.key][place] for record in records]
            yes, undecided = (sum(tally[i] for tally in tallies) for i in range(2))
            interval = hoeffding(yes, undecided, each, len(records))
            among = "pairs" if counted.among_pairs else "neurons"
            yield Line(widths, counted.key, place + 2, among, each * len(records), yes, undecided, interval)
