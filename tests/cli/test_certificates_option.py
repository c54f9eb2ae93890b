"""``--certificates DIR``: what the commands write is what the checker accepts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from command_line import Run

from exactrev import Network, examples, save
from exactrev.statements import certified_networks


def claims(run: Run, folder: str) -> dict[str, int]:
    """How many certificates of each claim are in the folder, all verified."""
    files = sorted(str(path) for path in Path(folder).iterdir())
    answer = run("check", *files)
    assert answer.code == 0, answer.err
    assert answer.out.count("s VERIFIED ") == len(files)
    names = [line.split(": VERIFIED: ")[1].split()[0] for line in answer.err.splitlines()]
    return {name: names.count(name) for name in sorted(set(names))}


def test_regions_are_certified_by_two_theorems(run: Run) -> None:
    answer = run("regions", "bent.json", "--certificates", "proofs")
    assert (answer.code, answer.err) == (0, "2 certificates in proofs\n")
    assert claims(run, "proofs") == {"regions": 2}
    assert {path.suffixes[0] for path in Path("proofs").iterdir()} == {".tree", ".facets"}


def test_regions_of_a_box_are_certified(run: Run) -> None:
    assert run("regions", "bent.json", "--box=-1/2,3", "--certificates", "proofs").code == 0
    assert claims(run, "proofs") == {"regions-in-box": 1}


def test_boundaries_are_certified(run: Run) -> None:
    """All three are unbounded and connected; the last one bends at two ridges."""
    answer = run("boundaries", "bent.json", "--certificates", "proofs", "--json")
    assert answer.code == 0
    assert len(answer.json["boundaries"]) == 3
    assert claims(run, "proofs") == {"bend": 2, "components": 3, "unbounded": 3}
    assert run("boundaries", "bent.json", "--certificates", "proofs", "--box", "0,1").code == 2


def test_one_boundary_is_certified(run: Run) -> None:
    assert run("boundaries", "bent.json", "--neuron", "2,0", "--certificates", "proofs").code == 0
    assert claims(run, "proofs") == {"bend": 2, "components": 1, "unbounded": 1}


def test_statements_are_certified_whether_they_hold_or_fail(run: Run) -> None:
    """R1 and R3 by the regions, R2 fails, T2h by two common points, T1b, T1c and L2 by the same two bends, T1d by three
    components besides, I1 and I2 by a copy; T2 does not apply."""
    answer = run("verify", "bent.json", "--certificates", "proofs")
    assert answer.code == 1
    found = claims(run, "proofs")
    assert found == {"bend": 2, "components": 3, "equal": 2, "lra-fails-facet": 1, "meet": 2, "regions": 1}
    assert answer.err == "11 certificates in proofs\n"


def test_of_chosen_statements_only_these_are_certified(run: Run) -> None:
    run("verify", "bent.json", "--statement", "T2h", "--certificates", "proofs")
    assert claims(run, "proofs") == {"meet": 2}
    run("verify", "bent.json", "--box", "0,1", "--certificates", "inside")
    assert claims(run, "inside") == {"regions-in-box": 1}


def test_a_second_network_with_the_same_boundaries_is_certified(run: Run) -> None:
    """Neurons turned round, so one set of boundaries; and the hypotheses, for both: 25 pairs each are connected."""
    assert run("verify", "figure1", "--statement", "T2", "--certificates", "second").code == 1
    assert claims(run, "second") == {"lra-holds-facet": 2, "meet": 50, "same-boundary": 1}


# -- pairs of networks, and weights -----------------------------------------------------------------------------------


def first_lines(folder: str) -> dict[str, str]:
    """The claims, by name."""
    lines = [path.read_text().splitlines()[1] for path in sorted(Path(folder).iterdir())]
    return {line.split()[1]: line for line in lines}


def weigh(name: str, hidden: list[list[int]], out: list[int]) -> Network:
    """ReLUs of x with the weights and biases given, added up with the weights `out`."""
    network = Network.from_arrays([([[w] for w, _ in hidden], [b for _, b in hidden]), ([out], [0])])
    save(network, name)
    return network


def test_every_relation_of_two_networks_is_certified(run: Run) -> None:
    weigh("a.json", [[1, 0], [-1, 1]], [2, 3])
    weigh("scaled.json", [[-2, 2], [1, 0]], [2, 2])  # 3 ReLU(1 - x) is half of it times 2, scaled by 2
    weigh("other.json", [[1, 0], [-1, 1]], [2, 4])
    for second, code, expected in (
        ("a.json", 0, {"equal": 1, "isomorphic": 1}),
        ("other.json", 1, {"different": 1}),
        ("scaled.json", 1, {"different": 1}),
    ):
        assert run("compare", "a.json", second, "--certificates", second.removesuffix(".json")).code == code
        assert claims(run, second.removesuffix(".json")) == expected
    weigh("split.json", [[1, 0], [-1, 1], [-2, 2]], [2, 1, 1])
    assert run("compare", "a.json", "split.json", "--certificates", "equal").code == 0
    assert claims(run, "equal") == {"equal": 1}
    assert run("check", "--network", "a.json", "--network", "split.json", *map(str, Path("equal").iterdir())).code == 0
    assert run("check", "--network", "split.json", "--network", "a.json", *map(str, Path("equal").iterdir())).code == 10


def test_a_proof_that_grows_too_long_is_said_after_the_report(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certified_networks, "MOST_STEPS", 3)
    weigh("a.json", [[1, 0], [-1, 1]], [2, 3])
    weigh("split.json", [[1, 0], [-1, 1], [-2, 2]], [2, 1, 1])
    answer = run("compare", "a.json", "split.json", "--certificates", "proofs")
    assert (answer.code, "equal: " in answer.out, "a proof grows too long" in answer.err) == (3, True, True)
    assert list(Path("proofs").iterdir()) == []


@pytest.mark.parametrize("queries", ["plain", "packed"])
def test_a_recovery_is_certified_with_all_its_answers(run: Run, queries: str) -> None:
    """The transcript counts the questions, and so does the claim."""
    arguments = ("recover", "bent.json", "--queries", queries, "--transcript", "asked.jsonl")
    answer = run(*arguments, "--certificates", "proofs", "-o", "found.json")
    assert answer.code == 0
    assert claims(run, "proofs") == {"isomorphic": 1, "recovered": 1}
    asked = len(Path("asked.jsonl").read_text().splitlines()) - 1
    assert first_lines("proofs")["recovered"].split()[2] == str(asked)
    files = map(str, Path("proofs").iterdir())
    assert run("check", "--network", "bent.json", "--network", "found.json", *files).code == 0
    arguments = ("recover", "bent.json", "--queries", queries, "--replay", "asked.jsonl")
    assert run(*arguments, "--certificates", "again").code == 0
    assert first_lines("again") == first_lines("proofs")


def test_what_is_not_recovered_is_certified_to_be_different_or_not_at_all(run: Run) -> None:
    """Noisy answers are not those of a piecewise linear function; a transcript alone shows no network."""
    run("recover", "bent.json", "--noise", "1/100", "--certificates", "noisy")
    assert not [path for path in Path("noisy").iterdir() if path.name.startswith(("recovered", "isomorphic", "equal"))]
    answer = run("recover", "--replay", "absent.jsonl", "--certificates", "proofs")
    assert (answer.code, "needs the network NET" in answer.err) == (2, True)


def test_a_network_read_off_its_boundaries_is_certified(run: Run) -> None:
    assert run("recover", "figure1", "--from-boundaries", "--certificates", "proofs").code == 0
    assert claims(run, "proofs") == {"same-boundary": 1}


def test_what_is_identifiable_is_certified(run: Run) -> None:
    """Where a1 is on, -2 a1 - a2 - 1 is off: that weight may be anything up to 0. The others meet."""
    layers = [([[1, 0], [0, 1]], [0, 0]), ([[-2, -1], [1, 1]], [-1, -1]), ([[1, 1]], [0])]
    save(Network.from_arrays(layers), "free.json")
    assert run("identify", "free.json", "--certificates", "proofs").code == 1
    found = claims(run, "proofs")
    assert set(found) == {"disjoint", "equal", "functional-dimension", "inert", "meet"}
    assert (found["disjoint"], found["meet"], found["functional-dimension"]) == (2, 2, 1)
    assert any(path.name.startswith("inert-1-0-0-0-") for path in Path("proofs").iterdir())


def test_flat_directions_are_certified(run: Run) -> None:
    """ReLU(2x) is twice ReLU(x), so either neuron after them may take some weight from one to the other."""
    layers = [([[1], [2]], [0, 0]), ([[1, 1], [1, -3]], [-1, 1]), ([[1, 1]], [0])]
    save(Network.from_arrays(layers), "multiples.json")
    assert run("identify", "multiples.json", "--certificates", "proofs").code in (1, 3)
    assert claims(run, "proofs") == {"disjoint": 4, "flat-direction": 2, "functional-dimension": 1}


def test_a_counterexample_is_certified(run: Run) -> None:
    """ReLU(1 - ReLU(x)): the boundaries of its two neurons are disjoint, and another network is equal to it."""
    answer = run("counterexample", "--case", "4", "--isomorphism", "yes", "--certificates", "proofs")
    assert answer.code == 0
    assert claims(run, "proofs") == {"disjoint": 1, "equal": 1, "functional-dimension": 1}


def test_the_same_command_writes_the_same_bytes(run: Run) -> None:
    save(examples.load("figure1"), "figure1.json")
    for folder in ("one", "two"):
        run("regions", "figure1.json", "--certificates", folder)
    one, two = ({path.name: path.read_bytes() for path in Path(folder).iterdir()} for folder in ("one", "two"))
    assert one == two
    assert len(one) == 2


def test_a_folder_that_cannot_be_written_to_is_refused_before_any_work(run: Run) -> None:
    Path("file").write_text("")
    commands = [(name, "bent.json") for name in ("verify", "regions", "boundaries", "recover", "identify")]
    others = [("compare", "bent.json", "bent.json"), ("counterexample", "--case", "1", "--isomorphism", "yes")]
    for command in (*commands, *others):
        for folder in ("file", "absent/deep", "file/inside"):
            answer = run(*command, "--certificates", folder)
            assert (answer.code, answer.out) == (4, "")
            assert answer.err.startswith(f"exactrev: {folder}: found ")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_without_permission_is_refused(run: Run) -> None:
    Path("locked").mkdir(mode=0o500)
    assert run("regions", "bent.json", "--certificates", "locked").code == 4
