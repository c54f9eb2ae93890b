"""``exactrev recover --from-boundaries``: verdicts, exit codes, sets as files, and options that do not go with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import Run

from exactrev import examples
from exactrev.boundary_sets import BoundarySet, Piece, save_boundary_set
from exactrev.geometry.boundary_pieces import boundary_set
from exactrev.network import load
from exactrev.recovery.from_boundaries import agree_up_to_last_signs


def test_a_network_is_recovered_from_its_boundaries(run: Run) -> None:
    answer = run("recover", "figure1", "--from-boundaries", "-o", "found.json")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.splitlines() == [
        "130 pieces without labels: 10 connected boundaries, read as 2-5-5",
        "  layer 1: 5 neurons, all weights and biases, signs known",
        "  layer 2: 5 neurons, all weights and biases, signs open",
        "  provided that every boundary is connected and those of connected neurons meet, which a set does not show",
        "verdict: complete; the hidden layers of NET, up to the signs of the last one",
        "  found.json: written",
    ]
    assert agree_up_to_last_signs(load("found.json"), examples.load("figure1"))


def test_a_set_in_a_file_is_enough(run: Run) -> None:
    save_boundary_set(boundary_set(examples.load("opposite_signs_a")), "set.json")
    answer = run("recover", "set.json", "--from-boundaries", "--json")
    assert answer.code == 0
    record = answer.json
    assert record["network"] is None
    assert (record["hidden_widths"], record["complete"]) == ([2, 3], True)
    assert record["verdict"] == "complete; a network with these boundaries"
    assert record["open"] == [f"the sign of z[2,{i}]" for i in range(3)]
    assert {tuple(neuron["weights"]) for neuron in record["layers"][0]} == {("1", "0"), ("0", "1")}


def test_another_network_with_the_same_boundaries_is_not_passed_off_as_the_one(run: Run) -> None:
    answer = run("recover", "exchanged_pieces_a", "--from-boundaries", "-o", "found.json")
    assert answer.code == 1
    assert "read as 2-6-5" in answer.out
    assert not Path("found.json").exists()
    assert "not written" in answer.out
    unseen = run("recover", "unseen_neuron", "--from-boundaries")
    assert unseen.code == 1
    assert "verdict: another network with the boundaries of NET" in unseen.out


def test_what_stays_open_is_named(run: Run) -> None:
    answer = run("recover", "classifier2d", "--from-boundaries")
    assert answer.code == 1
    assert "  open: the weight z[1," in answer.out
    assert "bends alone do not order" in answer.out
    assert answer.out.splitlines()[-1] == "verdict: partial"


def test_contradictions_are_verdicts(run: Run) -> None:
    answer = run("recover", "bounded_boundary", "--from-boundaries")
    assert answer.code == 1
    assert "  contradiction: z[2,0]: " in answer.out
    assert "verdict: contradictory" in answer.out


def test_sets_of_no_network_are_refused_with_a_point(run: Run) -> None:
    save_boundary_set(BoundarySet(2, [Piece.from_rows((1, 0, 0), [(0, 1, 0)])]), "half.json")
    answer = run("recover", "half.json", "--from-boundaries")
    assert answer.code == 1
    assert "verdict: a piece ends where nothing continues it, at (0, 0)" in answer.out
    assert run("recover", "half.json", "--from-boundaries", "--json").json["at"] == ["0", "0"]


@pytest.mark.parametrize("options", [["--queries", "packed"], ["--replay", "x"], ["--digits", "3"], ["--equivalence"]])
def test_options_about_questions_do_not_go_with_it(run: Run, options: list[str]) -> None:
    answer = run("recover", "figure1", "--from-boundaries", *options)
    assert answer.code == 2
    assert f"it takes no {options[0]}" in answer.err


def test_it_needs_a_network_or_a_set_and_files_that_fit(run: Run) -> None:
    assert run("recover", "--from-boundaries").code == 2
    assert run("recover", "figure1", "--from-boundaries", "-o", "found.txt").code == 4
    assert run("recover", "dead", "--from-boundaries").code == 4
    Path("broken.json").write_text('{"format": "exactrev-boundary-set"}')
    broken = run("recover", "broken.json", "--from-boundaries")
    assert broken.code == 4
    assert "broken.json: found no key 'n_in'" in broken.err
