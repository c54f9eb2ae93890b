"""``--certificates DIR``: what verify, regions and boundaries write is what the checker accepts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from command_line import Run

from exactrev import examples, save


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
    """R1 by the regions, R2 fails, T2h by two common points, T1b and L2 by the same two bends, I1 and I2 by a copy."""
    answer = run("verify", "bent.json", "--certificates", "proofs")
    assert answer.code == 1
    found = claims(run, "proofs")
    assert found == {"bend": 2, "equal": 2, "lra-fails-facet": 1, "meet": 2, "regions": 1}
    assert answer.err == "8 certificates in proofs\n"


def test_of_chosen_statements_only_these_are_certified(run: Run) -> None:
    run("verify", "bent.json", "--statement", "T2h", "--certificates", "proofs")
    assert claims(run, "proofs") == {"meet": 2}
    run("verify", "bent.json", "--box", "0,1", "--certificates", "inside")
    assert claims(run, "inside") == {"regions-in-box": 1}


def test_the_same_command_writes_the_same_bytes(run: Run) -> None:
    save(examples.load("figure1"), "figure1.json")
    for folder in ("one", "two"):
        run("regions", "figure1.json", "--certificates", folder)
    one, two = ({path.name: path.read_bytes() for path in Path(folder).iterdir()} for folder in ("one", "two"))
    assert one == two
    assert len(one) == 2


def test_a_folder_that_cannot_be_written_to_is_refused_before_any_work(run: Run) -> None:
    Path("file").write_text("")
    for command in ("verify", "regions", "boundaries"):
        for folder in ("file", "absent/deep", "file/inside"):
            answer = run(command, "bent.json", "--certificates", folder)
            assert (answer.code, answer.out) == (4, "")
            assert answer.err.startswith(f"exactrev: {folder}: found ")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_without_permission_is_refused(run: Run) -> None:
    Path("locked").mkdir(mode=0o500)
    assert run("regions", "bent.json", "--certificates", "locked").code == 4
