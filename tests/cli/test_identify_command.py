"""`exactrev identify`: the keys of its JSON, its text, its exit codes."""

from __future__ import annotations

from fractions import Fraction

from command_line import Run

from exactrev import Network, save
from exactrev.network import he_network

HIDDEN = Network.from_arrays([([[1, 0], [0, 1]], [0, 0]), ([[2, -1]], [-1]), ([[1]], [0])])
UNIQUE = Network.from_arrays([([[1, 0], [0, 1]], [0, 0]), ([[-2, 1]], [1]), ([[1]], [0])])
REFLECTED = Network.from_arrays([([[1]], [0]), ([[-1]], [1]), ([[1]], [0])])


def test_the_json_has_the_dimension_the_pairs_and_the_families(run: Run) -> None:
    save(HIDDEN, "hidden.json")
    answer = run("identify", "hidden.json", "--json")
    assert answer.code == 1
    record = answer.json
    assert (record["parameters"], record["functional_dimension"], record["expected_dimension"]) == (11, 7, 8)
    first, second = record["pairs"]
    assert (first["from"], first["to"], first["meet"], first["case"]) == ("z[1,0]", "z[2,0]", False, 3)
    assert first["quadrants"]["-+"] is None
    assert (second["meet"], second["case"], second["identifiable"]) == (True, None, True)
    assert HIDDEN.preactivations(map(Fraction, second["point"]))[0][1] == 0
    (family,) = record["families"]
    assert family["moves"]["b1[0]"] == {"rate": "1/2", "interval": ["-1/2", None]}
    assert {entry["compared"] for entry in family["inside"]} == {"HOLDS"}
    assert {entry["compared"] for entry in family["outside"]} == {"FAILS"}


def test_a_network_that_is_unique_near_by_holds(run: Run) -> None:
    save(UNIQUE, "unique.json")
    answer = run("identify", "unique.json")
    assert answer.code == 0
    assert "functional dimension 8, rank over all" in answer.out
    assert "verdict: the function determines the network, up to permutation and scaling; the lemma" in answer.out
    assert run("identify", "unique.json", "--json").json["unique"]["verdict"] == "HOLDS"


def test_a_network_of_another_shape_is_said_to_be_unique_near_by(run: Run) -> None:
    answer = run("identify", "figure1")
    assert answer.code == 0
    assert answer.out.endswith("every network with the same function is a rescaling of this one\n")


def test_a_second_network_is_written_down_and_can_be_loaded(run: Run) -> None:
    save(REFLECTED, "narrow.json")
    answer = run("identify", "narrow.json")
    assert answer.code == 1
    assert "second network, reflection" in answer.out
    (second,) = run("identify", "narrow.json", "--json").json["second_networks"]
    layers = [(layer["weights"], layer["bias"]) for layer in second["network"]["layers"]]
    assert Network.from_arrays(layers)((Fraction(1, 3),)) == REFLECTED((Fraction(1, 3),))


def test_a_network_with_no_hidden_layer_is_answered(run: Run) -> None:
    save(Network.from_arrays([([[1, 2]], [3])]), "affine.json")
    answer = run("identify", "affine.json", "--json")
    assert answer.code == 0
    assert answer.json["pairs"] == []
    assert answer.json["functional_dimension"] == 3


def test_a_network_with_too_many_parameters_is_undecided_in_one_line(run: Run) -> None:
    save(he_network((40, 50, 1), seed=0), "large.json")
    answer = run("identify", "large.json")
    assert answer.code == 3
    assert "too many parameters" in answer.err
    assert answer.err.count("\n") == 1


def test_an_example_takes_the_place_of_a_file_and_a_wrong_name_is_one_line(run: Run) -> None:
    assert run("identify", "bounded_boundary", "--json").json["network"]["name"] == "bounded_boundary"
    answer = run("identify", "nothing_there")
    assert answer.code == 4
    assert answer.err.count("\n") == 1
