"""Surveys: how often something holds for random networks, every one of them decided exactly.

Knows He-initialised networks (§6 of the paper) by their widths and seeds. What is decided, and how, is the business of
the rooms below; an answer is yes, no or undecided, and what is undecided is never guessed.
"""

from __future__ import annotations

from exactrev.surveys.log import Log, read_log
from exactrev.surveys.one_network import Task, examine
from exactrev.surveys.plan import Plan, grid, parse_architecture
from exactrev.surveys.questions import COUNTED, QUESTIONS, Answer
from exactrev.surveys.record import Record
from exactrev.surveys.survey import Line, Survey, conduct

__all__ = [
    "COUNTED",
    "QUESTIONS",
    "Answer",
    "Line",
    "Log",
    "Plan",
    "Record",
    "Survey",
    "Task",
    "conduct",
    "examine",
    "grid",
    "parse_architecture",
    "read_log",
]
