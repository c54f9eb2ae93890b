"""The commands as a user sees them: what they print, for people and for programs, and which files they write."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import networkx as nx
import pytest
from command_line import BENT, Run, point

import exactrev.examples
import exactrev.statements
from exactrev import Network, load, region_graph, regions, save
from exactrev.cli import main

# -- starting ---------------------------------------------------------------------------------------------------------


def test_asking_for_help_loads_no_arithmetic_and_no_tables() -> None:
    script = (
        "import sys\n"
        "from exactrev.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'sympy', 'flint', 'networkx', 'highspy', 'matplotlib', 'rich', 'mpmath'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "Usage: " in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_module_runs_as_a_program_and_names_its_version() -> None:
    command = [sys.executable, "-m", "exactrev", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"exactrev {exactrev.__version__}\n", "")


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_explains_itself(run: Run, command: str) -> None:
    answer = run(command, "--help")
    assert answer.code == 0
    assert ("--json" in answer.out) == (command not in {"check", "fuzz"})  # whose answers are for programs anyway


# -- verify -----------------------------------------------------------------------------------------------------------


def test_a_network_of_which_everything_holds_exits_with_0(run: Run) -> None:
    answer = run("verify", "figure1")
    assert (answer.code, answer.err) == (0, "")
    assert "13 of 13 statements hold for this network." in answer.out
    assert "\x1b" not in answer.out


def test_a_statement_that_fails_exits_with_1_and_shows_its_witness(run: Run) -> None:
    # N = ReLU(1 - ||x| - 3| - |y|) is zero on both sides of the boundary x = 0.
    answer = run("verify", "disconnected_boundary", "--statement", "linear_regions_are_activation_regions")
    assert (answer.code, answer.err) == (1, "")
    assert "FAILS           linear_regions_are_activation_regions (R2, §3.2)" in answer.out
    assert "point: (0, " in answer.out


def test_a_spent_budget_exits_with_3(run: Run) -> None:
    answer = run("verify", "figure1", "--budget", "0", "--json")
    assert answer.code == 3
    assert {entry["verdict"] for entry in answer.json["statements"]} == {"UNDECIDED", "HOLDS"}


def test_verdicts_for_programs_carry_exact_witnesses(run: Run) -> None:
    record = run("verify", "classifier2d", "--json").json
    assert {"schema_version", "network", "statements"} <= record.keys()
    assert (record["network"]["name"], record["network"]["architecture"]) == ("classifier2d", "2-8-8-3")
    assert len(record["statements"]) == len(exactrev.statements.registry.find_statements(None))
    for entry in record["statements"]:
        assert {"label", "paper", "verdict", "checked", "witness"} <= entry.keys()
    (failed,) = [entry for entry in record["statements"] if entry["paper"] == "R2"]
    net = exactrev.examples.load("classifier2d")
    maps = {net.affine_map(pattern) for pattern in failed["witness"]["patterns"]}
    assert failed["verdict"] == "FAILS"
    assert len(maps) == 1
    inside = [net.pattern(point(x)) for x in failed["witness"]["points_inside"]]
    assert [[list(layer) for layer in pattern] for pattern in inside] == failed["witness"]["patterns"]


def test_statements_are_chosen_by_label_or_number_and_places_by_a_box(run: Run) -> None:
    answer = run("verify", "figure1", "--statement", "R2", "--statement", "bends_at_every_earlier_boundary")
    assert "2 of 2 statements hold" in answer.out
    inside = run("verify", "figure1", "--statement", "R1", "--box", "0,1", "--json").json
    assert inside["network"]["box"] == {"lo": ["0", "0"], "hi": ["1", "1"]}


def test_verdicts_are_coloured_on_a_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[1;32mHOLDS\x1b[0m" in run("verify", "figure1", "--statement", "R1").out


# -- regions ----------------------------------------------------------------------------------------------------------


def test_regions_are_counted_for_people(run: Run) -> None:
    answer = run("regions", "bent.json")
    assert (answer.code, answer.err) == (0, "")
    first, *lines = answer.out.splitlines()
    assert first == "bent.json: 2-2-1-1, 11 parameters, over R^2"
    assert lines[:2] == ["  7 regions, 1 of them bounded", "  9 facets between them"]


def test_regions_are_counted_for_programs(run: Run) -> None:
    answer = run("regions", "bent.json", "--json")
    assert answer.code == 0
    assert answer.json.keys() == {
        "schema_version", "network", "box", "regions", "thick", "bounded", "facets", "seconds"
    }  # fmt: skip
    assert [answer.json[key] for key in ("regions", "thick", "bounded", "facets")] == [7, 0, 1, 9]
    assert answer.json["network"]["sha256"] == load("bent.json").provenance.sha256  # type: ignore[union-attr]


def test_listed_regions_are_exact_and_complete(run: Run) -> None:
    cells = run("regions", "bent.json", "--list", "--json").json["cells"]
    assert len({str(cell["signs"]) for cell in cells}) == 7
    for cell in cells:
        x = point(cell["point"])
        assert [list(layer) for layer in BENT.sign_vector(x)] == cell["signs"]
        (row,), (constant,) = cell["weights"], cell["bias"]
        value = sum((Fraction(w) * c for w, c in zip(row, x, strict=True)), Fraction(constant))
        assert (value,) == BENT(x)


def test_a_list_for_people_has_a_line_for_every_cell(run: Run) -> None:
    lines = run("regions", "bent.json", "--list").out.splitlines()
    header = next(i for i, line in enumerate(lines) if line.startswith("cell"))
    assert len(lines) - header - 1 == 7
    assert sum("+-|+" in line for line in lines) == 1


def test_a_box_may_have_one_interval_for_all_axes_or_one_for_each(run: Run) -> None:
    # In 0 < x, y < 1/2 nothing changes sign; in (-1, 1) x (2, 3) only x does, because y > 1 is beyond the bend.
    inside = run("regions", "bent.json", "--box", "0,1/2", "--json").json
    assert (inside["regions"], inside["box"]) == (1, {"lo": ["0", "0"], "hi": ["1/2", "1/2"]})
    assert run("regions", "bent.json", "--box", "-1,1;2,3", "--json").json["regions"] == 2
    assert "over the box from (-1, 2) to (1, 3)" in run("regions", "bent.json", "--box", "-1,1;2,3").out


def test_decimals_in_a_box_are_decimals(run: Run) -> None:
    assert run("regions", "bent.json", "--box", "-0.1,1e-1", "--json").json["box"]["hi"] == ["1/10", "1/10"]


@pytest.mark.parametrize("name", ["graph.graphml", "graph.json"])
@pytest.mark.parametrize("net", ["bent.json", "parallel_coincident"])
def test_an_exported_graph_is_the_region_graph(run: Run, name: str, net: str) -> None:
    assert run("regions", net, "--graph", name).code == 0
    if name.endswith(".graphml"):
        graph = nx.read_graphml(name, node_type=int)
    else:
        graph = nx.node_link_graph(json.loads(Path(name).read_text()), edges="edges")
    network = BENT if net == "bent.json" else exactrev.examples.load(net)
    expected = region_graph(network)
    complex = regions(network)
    assert set(graph) == set(expected)
    assert {frozenset(edge) for edge in graph.edges} == {frozenset(edge) for edge in expected.edges}
    for cell, data in graph.nodes(data=True):
        assert data["bounded"] is expected.nodes[cell]["bounded"]
        values = data["point"].split() if isinstance(data["point"], str) else data["point"]
        assert network.sign_vector(point(values)) == complex.sign_vector(cell)
        assert data["signs"].replace("|", "") == "".join(
            "-0+"[sign + 1] for layer in complex.sign_vector(cell) for sign in layer
        )
    for one, other, data in graph.edges(data=True):
        neurons = data["neurons"].split() if isinstance(data["neurons"], str) else data["neurons"]
        assert neurons == [str(neuron) for neuron in expected.edges[one, other]["neurons"]]


# -- boundaries -------------------------------------------------------------------------------------------------------


def test_boundaries_are_described_for_people(run: Run) -> None:
    answer = run("boundaries", "bent.json")
    assert (answer.code, answer.err) == (0, "")
    rows = [line.split() for line in answer.out.splitlines() if line.startswith("z[")]
    # x = 0 is cut at 0 and at 1; so is y = 0; the bent boundary has three pieces and bends twice.
    assert rows == [
        ["z[1,0]", "3", "1", "no", "2", "0"],
        ["z[1,1]", "3", "1", "no", "2", "0"],
        ["z[2,0]", "3", "1", "no", "2", "2"],
    ]


def test_empty_and_thick_boundaries_are_called_so(run: Run) -> None:
    net = Network.from_arrays([([[1], [0], [0]], [0, 0, 1]), ([[1, 1, 1]], [0])])
    save(net, "odd.json")
    out = run("boundaries", "odd.json").out
    assert "interior: 2 thick cells" in next(line for line in out.splitlines() if line.startswith("z[1,1]"))
    assert "empty" in next(line for line in out.splitlines() if line.startswith("z[1,2]"))


def test_boundaries_are_described_for_programs(run: Run) -> None:
    record = run("boundaries", "bounded_boundary", "--json").json
    assert {"schema_version", "network", "boundaries"} <= record.keys()
    last = record["boundaries"][-1]
    assert {"neuron", "pieces", "components", "bounded", "betti", "bends"} <= last.keys()
    # |x| + |y| = 1: a circle of four pieces, with a bend on every half-axis.
    expected = {"neuron": "z[2,0]", "pieces": 4, "components": 1, "bounded": True, "betti": [1, 1], "bends": 4}
    assert expected.items() <= last.items()


def test_one_neuron_can_be_asked_for(run: Run) -> None:
    for spelt in ("2,0", "z[2,0]"):
        (record,) = run("boundaries", "bent.json", "--neuron", spelt, "--json").json["boundaries"]
        assert record["neuron"] == "z[2,0]"


def test_exported_pieces_and_ridges_lie_where_they_say(run: Run) -> None:
    assert run("boundaries", "figure1", "-o", "pieces.json").code == 0
    net = exactrev.examples.load("figure1")
    record = json.loads(Path("pieces.json").read_text())
    pieces = {piece["piece"]: piece for piece in record["pieces"]}
    ridges = {ridge["ridge"]: ridge for ridge in record["ridges"]}
    assert len(record["boundaries"]) == 10
    for boundary in record["boundaries"]:
        layer, index = map(int, boundary["neuron"][2:-1].split(","))
        assert boundary["pieces"]
        places = [pieces[number] for number in boundary["pieces"]]
        places += [ridges[crossing["ridge"]] for crossing in boundary["ridges"]]
        for place in places:
            assert boundary["neuron"] in place["neurons"]
            assert net.preactivations(point(place["point"]))[layer - 1][index] == 0
        assert any(crossing["bends"] for crossing in boundary["ridges"]) == (layer == 2)
    complex = regions(net)
    for piece in pieces.values():
        x, normal = point(piece["point"]), point(piece["normal"])
        step = Fraction(1, 10**9)
        sides = {net.sign_vector([c + t * a for c, a in zip(x, normal, strict=True)]) for t in (step, -step)}
        assert sides == {complex.sign_vector(cell) for cell in piece["cells"]}


# -- pictures, examples, formats --------------------------------------------------------------------------------------


def test_a_picture_is_written(run: Run) -> None:
    answer = run("plot", "bent.json", "-o", "bent.svg", "--box", "-2,2")
    assert (answer.code, answer.out) == (0, "bent.svg: bent.json, 2-2-1-1\n")
    assert 'id="boundary-2-0"' in Path("bent.svg").read_text()


def test_a_plane_through_more_inputs_is_drawn(run: Run) -> None:
    assert run("plot", "regressor3d", "-o", "slice.png", "--plane", "0,0,0;1,0,0;0,1,1/2").code == 0
    assert Path("slice.png").read_bytes().startswith(b"\x89PNG")


def test_more_than_two_inputs_need_a_plane(run: Run) -> None:
    answer = run("plot", "regressor3d", "-o", "all.svg")
    assert answer.code == 4
    assert "needs a plane" in answer.err
    assert not Path("all.svg").exists()


def test_the_surface_is_drawn_and_takes_no_colour(run: Run) -> None:
    assert run("plot", "bent.json", "-o", "surface.svg", "--surface", "--json").json["written"] == "surface.svg"
    assert run("plot", "bent.json", "-o", "surface.svg", "--surface", "--colour", "value").code == 2


def test_examples_are_listed_and_described(run: Run) -> None:
    names = exactrev.examples.names()
    listed = run("examples")
    assert listed.code == 0
    assert [line.split()[0] for line in listed.out.splitlines() if line.startswith(names)] == list(names)
    assert [record["name"] for record in run("examples", "--json").json["examples"]] == list(names)
    assert exactrev.examples.describe("dead_layer") in run("examples", "dead_layer").out
    assert run("examples", "nonsense").code == 4


@pytest.mark.parametrize("name", ["copy.json", "copy.npz", "copy.onnx"])
def test_conversion_keeps_every_number(run: Run, name: str) -> None:
    answer = run("convert", "bent.json", name)
    assert (answer.code, answer.err) == (0, "")
    assert load(name) == BENT


def test_conversion_refuses_to_round(run: Run) -> None:
    save(Network.from_arrays([([["1/3"]], [0])]), "third.json")
    answer = run("convert", "third.json", "third.npz")
    assert answer.code == 4
    assert not Path("third.npz").exists()


def test_raw_skips_the_normalisation_of_nnet_files(run: Run) -> None:
    # One input of mean 1 and range 2: x stands for (x - 1)/2.
    Path("scaled.nnet").write_text("// one weight\n1,1,1,1,\n1,1,\n0\n-9,\n9,\n1,0,\n2,1,\n1,\n0,\n")
    run("convert", "scaled.nnet", "folded.json")
    run("convert", "scaled.nnet", "raw.json", "--raw")
    assert load("folded.json")((3,)) == (1,)
    assert load("raw.json")((3,)) == (3,)


def test_a_file_goes_before_an_example_of_the_same_name(run: Run) -> None:
    os.mkdir("dead_layer")  # a folder is not a network
    assert run("examples", "dead_layer").code == 0
    assert run("regions", "dead_layer", "--json").json["regions"] == 7
    Path("figure1").write_text("{}")
    assert run("regions", "figure1").code == 4  # a file without an extension, which nobody can read
