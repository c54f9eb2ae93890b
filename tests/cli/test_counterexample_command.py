"""`exactrev counterexample`: its files, its JSON, its text, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import Run, point

from exactrev import load


def test_the_network_the_witness_and_the_picture_are_written(run: Run) -> None:
    answer = run("counterexample", "--case", "4", "--isomorphism", "yes", "-o", "four.json", "--json")
    assert answer.code == 0
    record = answer.json
    assert record["case"] == 4
    assert record["written"] == ["four.json", "four.witness.json", "four.svg"]
    assert all(Path(name).stat().st_size > 0 for name in record["written"])
    net, witness = load("four.json"), json.loads(Path("four.witness.json").read_text())["witness"]
    assert witness == record["witness"]
    assert witness["quadrants"]["--"] is None
    # In the other quadrants there are points, with the signs that they are listed under.
    for signs, at in witness["quadrants"].items():
        if at is not None:
            (z,), (later,) = net.preactivations(point(at))
            assert (z > 0) == (signs[0] == "+")
            assert (later > 0) == (signs[1] == "+")
    assert witness["unique"] == "FAILS"
    assert witness["equal_network"]["layers"]


def test_the_text_says_what_was_found(run: Run) -> None:
    answer = run("counterexample", "--case", "3", "--isomorphism", "yes")
    assert answer.code == 0
    assert "1-1-1-1, case 3: z = z[1,0], z' = z[2,0]; whenever z is inactive, so is z'" in answer.out
    assert "nowhere z < 0 and z' > 0" in answer.out
    assert not Path("four.json").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (("--case", "1", "--isomorphism", "no"), 4, "for ever"),
        (("--case", "3", "--isomorphism", "no", "--widths", "2,2,1,1"), 4, "cannot be seen"),
        (("--case", "6", "--isomorphism", "no"), 2, "6"),
        (("--case", "2", "--isomorphism", "maybe"), 2, "maybe"),
        (("--case", "2", "--isomorphism", "yes", "--widths", "2-2"), 2, "2-2"),
        (("--case", "2", "--isomorphism", "yes", "--widths", "2,0,1,1"), 4, "widths"),
        (("--case", "2", "--isomorphism", "yes", "-o", "net.txt"), 4, ".txt"),
    ],
)
def test_what_does_not_exist_or_is_spelt_wrongly_is_refused_in_one_line(
    run: Run, arguments: tuple[str, ...], code: int, word: str
) -> None:
    answer = run("counterexample", *arguments)
    assert answer.code == code
    assert word in answer.err
    assert code == 2 or answer.err.count("\n") == 1
