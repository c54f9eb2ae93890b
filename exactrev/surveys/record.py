"""What was found out about one network of a survey, as plain data: it travels between processes, and into a log.

Knows how a record is written and read. A record that is read is taken from nobody's word: it has to have the form that
`examine` gives it, answer by answer and count by count. Does not know how answers are found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NoReturn

from exactrev.network.files.strict_json import NumberText, kind_of
from exactrev.surveys.questions import COUNTED, QUESTIONS, Answer, both

__all__ = ["Record", "Refuse", "Widths", "totals"]

Widths = tuple[int, ...]
"""(n_in, n_1, ..., n_d, n_out)."""

Tally = tuple[int, int]
"""How many of a layer were found to be so, and how many were not decided."""

Refuse = Callable[[str, str, str], NoReturn]
"""Called with (place, found, expected) where something read is not what it should be; raises."""


@dataclass(frozen=True, slots=True)
class Record:
    """One network: its widths, its seed, an answer for every question, and counts for its layers 2, ..., d.

    `regions` is None where they were not enumerated.
    """

    widths: Widths
    seed: int
    regions: int | None
    answers: Mapping[str, Answer]
    counts: Mapping[str, tuple[Tally, ...]]

    def to_json(self) -> dict[str, Any]:
        """As JSON has it; `from_json` reads it."""
        return {
            "widths": list(self.widths),
            "seed": self.seed,
            "regions": self.regions,
            "answers": {question.key: str(self.answers[question.key]) for question in QUESTIONS},
            "counts": {counted.key: [list(tally) for tally in self.counts[counted.key]] for counted in COUNTED},
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any], widths: Widths, seed: int, refuse: Refuse) -> Record:
        """The record of the network of these widths and this seed; `value` has the keys of `to_json`."""
        found = (_naturals(value["widths"]), _natural(value["seed"]))
        if found != (list(widths), seed):
            refuse("widths, seed", "another network", f"{'-'.join(map(str, widths))} with seed {seed}")
        regions = None if value["regions"] is None else _natural(value["regions"])
        if regions is None and value["regions"] is not None:
            refuse("regions", kind_of(value["regions"]), "a natural number or null")
        answers = _read_answers(value["answers"], refuse)
        counts = _read_counts(value["counts"], widths, refuse)
        return cls(widths, seed, regions, answers, counts)


def totals(widths: Widths, among_pairs: bool) -> list[int]:
    """How many neurons there are in each of the layers 2, ..., d; or pairs with the layer below."""
    hidden = widths[1:-1]
    return [own * (below if among_pairs else 1) for below, own in pairwise(hidden)]


def _read_answers(value: Any, refuse: Refuse) -> dict[str, Answer]:
    known = {str(answer): answer for answer in Answer}
    keys = [question.key for question in QUESTIONS]
    if not isinstance(value, dict) or list(value) != keys:
        refuse("answers", kind_of(value), f"an object with the keys {', '.join(keys)}")
    for key, answer in value.items():
        if isinstance(answer, NumberText) or not isinstance(answer, str) or answer not in known:
            refuse(f"answers, {key}", kind_of(answer), "yes, no or undecided")
    answers = {key: known[answer] for key, answer in value.items()}
    for key, parts in (("theorem_2", ("lra", "meet")), ("corrected", ("connected", "meet"))):
        if answers[key] is not both(*(answers[part] for part in parts)):
            refuse(f"answers, {key}", str(answers[key]), f"what follows from {' and '.join(parts)}")
    return answers


def _read_counts(value: Any, widths: Widths, refuse: Refuse) -> dict[str, tuple[Tally, ...]]:
    keys = [counted.key for counted in COUNTED]
    if not isinstance(value, dict) or list(value) != keys:
        refuse("counts", kind_of(value), f"an object with the keys {', '.join(keys)}")
    counts: dict[str, tuple[Tally, ...]] = {}
    for counted in COUNTED:
        found, most = value[counted.key], totals(widths, counted.among_pairs)
        if not isinstance(found, list) or len(found) != len(most):
            refuse(f"counts, {counted.key}", kind_of(found), f"an array of {len(most)} pairs of numbers")
        tallies = [_naturals(tally) for tally in found]
        for tally, total in zip(tallies, most, strict=True):
            if len(tally) != 2 or sum(tally) > total:
                refuse(f"counts, {counted.key}", "other counts", f"two natural numbers, {total} at most in all")
        counts[counted.key] = tuple((yes, undecided) for yes, undecided in tallies)
    return counts


def _natural(value: Any) -> int | None:
    return value.natural() if isinstance(value, NumberText) else None


def _naturals(value: Any) -> list[int]:
    """The natural numbers of a list; an empty list if it is none."""
    numbers = [_natural(entry) for entry in value] if isinstance(value, list) else []
    return [number for number in numbers if number is not None] if None not in numbers else []
