"""The page about surveys shows what the command prints: rows that are quick to make are made again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from command_line import Run

from exactrev.surveys import QUESTIONS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "surveys.md"
TEXT = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
pytestmark = pytest.mark.skipif(not TEXT, reason="needs the source tree")


def rows(text: str) -> list[list[str]]:
    """The lines of tables, word by word: a row begins with its widths, and its intervals follow on the next line."""
    lines = [re.sub(r" \?", "?", line).split() for line in text.splitlines()]
    starts = [i for i, words in enumerate(lines) if words and re.fullmatch(r"\d+(-\d+){2,}", words[0])]
    return [[*lines[i], *lines[i + 1]] for i in starts]


@pytest.mark.parametrize(("widths", "networks"), [("2-4-1", "200"), ("1-5-5-1", "100")])
def test_the_rows_of_the_page_are_made_again(run: Run, widths: str, networks: str) -> None:
    answer = run("survey", "--widths", widths, "--networks", networks)
    made = rows(answer.out)
    assert len(made) == widths.count("-") - 1
    for row in made:
        assert row in rows(TEXT)


def test_the_page_explains_every_question_by_its_heading_and_key() -> None:
    for question in QUESTIONS:
        assert f"| {question.heading} | `{question.key}` |" in TEXT


def test_the_commands_of_the_page_name_the_architectures_of_their_tables() -> None:
    blocks = re.findall(r"```sh\nexactrev survey (.*?)\n```.*?```text\n(.*?)```", TEXT, re.DOTALL)
    assert len(blocks) >= 2
    for command, table in blocks:
        options = dict(re.findall(r"--(\S+) (\S+)", command))
        grid = [
            "-".join([n_in, *[width] * int(depth), "1"])
            for n_in in options.get("inputs", "").split(",")
            for width in options.get("hidden", "").split(",")
            for depth in (options["depths"].split(",") if "depths" in options else [])
        ]
        expected = options["widths"].split(",") if "widths" in options else grid
        assert list(dict.fromkeys(row[0] for row in rows(table))) == expected
        assert {row[1] for row in rows(table)[: len(expected)]} == {options["networks"]}
