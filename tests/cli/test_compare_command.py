"""``exactrev compare``: the relation, what shows it, and the exit code."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from command_line import BENT, Run, point

from exactrev import Network, Neuron, load, save
from exactrev.network import Isomorphism
from exactrev.network.isomorphisms import permute, scale
from exactrev.network.random import he_network

NETS = Path(__file__).resolve().parents[2] / "../shared/nets"


def without_neuron(net: Network, layer: int, index: int) -> Network:
    layers = [([*map(list, f.W)], [*f.b]) for f in net.layers]
    del layers[layer - 1][0][index], layers[layer - 1][1][index]
    for row in layers[layer][0]:
        del row[index]
    return Network.from_arrays(layers)


def test_a_file_is_identical_to_itself(run: Run) -> None:
    answer = run("compare", "bent.json", "bent.json")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.splitlines()[:4] == [
        "A is bent.json: 2-2-1-1, 11 parameters",
        "B is bent.json: 2-2-1-1, 11 parameters",
        "",
        "identical: all weights are equal",
    ]


def test_an_isomorphism_is_given_and_takes_one_file_to_the_other(run: Run) -> None:
    image = scale(permute(BENT, 1, (1, 0)), Neuron(2, 0), "2/3")
    save(image, "image.json")
    answer = run("compare", "bent.json", "image.json")
    assert answer.code == 0
    assert "  z[1,0] of B is z[1,1] of A\n" in answer.out
    assert "  z[2,0] of B is 2/3 times z[2,0] of A\n" in answer.out
    record = run("compare", "bent.json", "image.json", "--json").json
    assert record["relation"] == "isomorphic"
    found = record["isomorphism"]
    f = Isomorphism(tuple(map(tuple, found["permutations"])), tuple(map(point, found["scales"])))
    assert f(BENT) == image
    assert record["witness"] is None


def test_what_makes_two_networks_equal_is_said(run: Run) -> None:
    net = he_network((5, 10, 10, 10, 1), 2)
    save(net, "net.json")
    save(without_neuron(net, 3, 9), "less.json")
    answer = run("compare", "less.json", "net.json")
    assert answer.code == 0
    assert "\nequal: the neurons that both have are all that matters\n  z[3,9] of B is never active\n" in answer.out
    record = run("compare", "less.json", "net.json", "--json").json
    assert (record["relation"], record["missing"], record["isomorphism"]) == ("equal", None, None)
    (neuron,) = record["neurons"]
    assert (neuron["network"], neuron["neuron"], neuron["is"]) == ("B", "z[3,9]", "never active")


def test_multiples_are_said_of_activations(run: Run) -> None:
    first = ([[1], [-1]], [0, -2])
    save(Network.from_arrays([first, ([[1, 0], [1, 1]], [-1, 0]), ([[1, 1]], [0])]), "a.json")
    save(Network.from_arrays([first, ([[3, -7], [1, 1]], [-3, 0]), ([["1/3", 1]], [0])]), "b.json")
    answer = run("compare", "a.json", "b.json")
    assert answer.code == 0
    assert "  the activation of z[2,0] of B is 3 times that of z[2,0] of A\n" in answer.out
    (neuron,) = run("compare", "a.json", "b.json", "--json").json["neurons"]
    assert (neuron["of"], neuron["factor"]) == ({"network": "A", "neuron": "z[2,0]"}, "3")


def test_different_networks_exit_with_one_and_show_a_point(run: Run) -> None:
    other = Network.from_arrays([([[1, 0], [0, 1]], [0, 0]), ([[1, 1]], [-2]), ([[1]], [0])])
    save(other, "other.json")
    answer = run("compare", "bent.json", "other.json")
    assert answer.code == 1
    lines = answer.out.splitlines()
    assert lines[3].startswith("different: ")
    # BENT is ReLU(ReLU(x) + ReLU(y) - 1), the other has 2 in the place of 1: the difference is at most 1, and 1 where
    # both are on, which is the simplest there is.
    assert "    A(x) - B(x) = (1)" in lines
    assert "    there A - B = x -> (1)" in lines
    record = run("compare", "bent.json", "other.json", "--json").json
    x = point(record["witness"]["point"])
    assert BENT(x) == point(record["witness"]["first"])
    assert other(x) == point(record["witness"]["second"])
    assert BENT(x) != other(x)
    assert record["witness"]["first_pattern"][-1] == [True]
    assert record["first_layer"] == {"largest_difference": "0", "partners": [0, 1]}


def test_more_inputs_than_fit_on_a_line_are_listed_in_part(run: Run) -> None:
    a, b = he_network((60, 3, 1), 0), he_network((60, 3, 1), 1)
    save(a, "a.json")
    save(b, "b.json")
    answer = run("compare", "a.json", "b.json")
    assert answer.code == 1
    assert max(map(len, answer.out.splitlines())) < 1500
    x = point(run("compare", "a.json", "b.json", "--json").json["witness"]["point"])
    assert a(x) != b(x)


def test_a_spent_budget_is_undecided(run: Run) -> None:
    # ReLU(x) + ReLU(y) >= ReLU(x + y), so that the second neuron of the second layer is never on.
    net = Network.from_arrays(
        [([[1, 0], [0, 1], [1, 1]], [0] * 3), ([[1, 0, 1], [-1, -1, 1]], [0, 0]), ([[1, 1]], [0])]
    )
    save(net, "a.json")
    save(without_neuron(net, 2, 1), "b.json")
    assert run("compare", "a.json", "b.json").code == 0
    answer = run("compare", "a.json", "b.json", "--budget", "0", "--json")
    assert answer.code == 3
    assert answer.json["relation"] == "undecided"
    assert "cases" in answer.json["missing"]


def test_other_numbers_of_inputs_are_bad_input(run: Run) -> None:
    save(he_network((3, 2, 1), 0), "other.json")
    answer = run("compare", "bent.json", "other.json")
    assert (answer.code, answer.out) == (4, "")
    assert answer.err == (
        "exactrev: other.json: found 3 inputs and 1 output; expected 2 inputs and 1 output, as bent.json has\n"
    )


def test_two_networks_are_needed(run: Run) -> None:
    assert run("compare", "bent.json").code == 2
    assert run("compare", "bent.json", "nowhere.json").code == 4


@pytest.mark.skipif(not NETS.exists(), reason="needs the published networks")
def test_a_published_extraction_is_judged_by_its_rows(run: Run) -> None:
    victim, extracted = str(NETS / "victim_32-2-2-1.npz"), str(NETS / "extracted_14p_32-2-2-1.npz")
    answer = run("compare", victim, extracted, "--json")
    assert answer.code == 1
    rows = answer.json["first_layer"]
    assert rows["partners"] == [1, 0]
    largest = Fraction(rows["largest_difference"])
    assert 0 < largest < Fraction(1, 10**6)
    p, q = (load(path).layers[0] for path in (victim, extracted))
    entries = [
        abs(s / max(map(abs, p.W[i])) - t / max(map(abs, q.W[j])))
        for i, j in enumerate(rows["partners"])
        for s, t in zip((*p.W[i], p.b[i]), (*q.W[j], q.b[j]), strict=True)
    ]
    assert largest == max(entries)
    assert "differ by at most ~" in run("compare", victim, extracted).out
