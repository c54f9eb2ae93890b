"""Findings come back from their files as they were; what is none is refused; a corpus keeps the smallest."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from testing.fuzz.networks_to_judge import LARGE_ZERO, MEET, R1, R2, RELU, UNSEEN, ZERO

from exactrev.errors import BadInput
from exactrev.network import Network
from exactrev.network.files.disk import Source, read_source
from exactrev.testing.fuzz import Corpus, Finding, replay
from exactrev.testing.fuzz.findings import read_finding
from exactrev.testing.strategies import networks, rationals

THICK = "fails: neuron, vanishes around, where the pattern is"
FOUND = Finding(R1, THICK, ZERO, seed=7, shard=3, example=41)
WITNESS = {"neuron": "z[1,0]", "at": ["1/2", "-3"], "pattern": [[True]], "count": 12, "none": None}


def source(text: str) -> Source:
    return Source("found.json", text.encode(), "")


@settings(max_examples=40)
@given(networks(entries=rationals(10**30, 10**20)))
def test_a_finding_comes_back_as_it_was(net: Network) -> None:
    found = replace(FOUND, network=net, checked='say "x"', witness=WITNESS, shrunk=True, certificates=("regions 1",))
    text = found.to_text()
    assert "\n" not in text
    assert read_finding(source(text)) == found


def test_numbers_longer_than_python_likes_to_read_come_back_too() -> None:
    net = Network.from_arrays([([[10**6000, "1/3"]], [0])])
    assert read_finding(source(replace(FOUND, network=net).to_text())).network == net


def damaged(**changes: Any) -> str:
    record = {**json.loads(FOUND.to_text()), **changes}
    return json.dumps({key: value for key, value in record.items() if value is not ...})


@pytest.mark.parametrize(
    ("text", "place", "found"),
    [
        ("", "line 1", "found"),
        ("[]", "", "found an array"),
        ("{", "line 1", "found"),
        (damaged(format="exactrev-network"), "format", "exactrev-network"),
        (damaged(version=2), "version", "2"),
        (damaged(statement="theorem_2"), "statement", "'theorem_2'"),
        (damaged(statement=1), "statement", "number"),
        (damaged(kind="sometimes"), "kind", "'sometimes'"),
        (damaged(seed=-1), "seed", "number"),
        (damaged(shard=0.5), "shard", "number"),
        (damaged(example="1"), "example", "string"),
        (damaged(shrunk=1), "shrunk", "number"),
        (damaged(certificates="all"), "certificates", "string"),
        (damaged(certificates=[1]), "certificates", "list"),
        (damaged(network={}), "network", "no key"),
        (damaged(network={"format": "exactrev-network", "version": 1, "layers": []}), "network", "found"),
        (damaged(extra=1), "", "unknown key 'extra'"),
        (damaged(witness=...), "", "no key 'witness'"),
        (damaged(witness=[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]), "", "found"),
    ],
)
def test_what_is_no_finding_is_refused_on_one_line(text: str, place: str, found: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_finding(source(text))
    line = str(refused.value)
    assert line.startswith("found.json")
    assert place in line
    assert found in line
    assert "\n" not in line


# -- the corpus --------------------------------------------------------------------------------------------------------


def test_a_corpus_keeps_the_smallest_finding_of_a_kind(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path / "kept")
    assert not corpus.findings
    assert not corpus.folder.exists()
    large = replace(FOUND, network=LARGE_ZERO)
    assert corpus.keep(large)
    assert corpus.keep(FOUND)
    assert not corpus.keep(large)
    assert not corpus.keep(FOUND)
    assert corpus.keep(replace(FOUND, shrunk=True))  # the same network, finished
    assert corpus.keep(replace(FOUND, label=R2, kind="fails: point", network=UNSEEN))
    again = Corpus(tmp_path / "kept")
    assert again.findings == corpus.findings
    assert sorted(os.listdir(again.folder)) == sorted(found.file_name for found in again.findings.values())
    assert again.findings[R1, THICK].network == ZERO


def test_certificates_are_put_beside_the_findings(tmp_path: Path) -> None:
    Corpus(tmp_path).keep(FOUND, [("regions.cert", b"exactrev-certificate 1\n")])
    assert (tmp_path / "certificates" / "regions.cert").read_bytes() == b"exactrev-certificate 1\n"
    assert list(Corpus(tmp_path).findings) == [(R1, THICK)]


def test_a_finding_under_another_name_is_refused(tmp_path: Path) -> None:
    Corpus(tmp_path).keep(FOUND)
    (tmp_path / FOUND.file_name).rename(tmp_path / "renamed.json")
    with pytest.raises(BadInput, match=f"belongs into {FOUND.file_name}"):
        Corpus(tmp_path)


def test_what_is_no_folder_is_refused_and_so_is_one_that_cannot_be_made(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path / "name")
    (tmp_path / "name").write_text("")
    with pytest.raises(BadInput, match="expected a folder that can be made"):
        corpus.keep(FOUND)
    with pytest.raises(BadInput, match="expected a folder of findings"):
        Corpus(tmp_path / "name")
    with pytest.raises(BadInput, match="expected a folder that can be made"):
        Corpus(tmp_path / "no" / "where")


def test_a_finding_is_decided_again_from_its_network_alone() -> None:
    assert replay(FOUND) == ""
    assert replay(replace(FOUND, network=RELU)) == "HOLDS"
    assert replay(replace(FOUND, kind="fails: otherwise")) == f"FAILS, {THICK}"
    assert replay(replace(FOUND, label=MEET, network=ZERO)) == "HOLDS"
    fault = replace(FOUND, kind="fault: TheoryContradicted in regions", verdict="FAULT")
    assert replay(fault) == f"FAILS, {THICK}"


# -- the corpus of the project -----------------------------------------------------------------------------------------

CORPUS = Path(__file__).resolve().parents[2] / "corpus_fuzz"


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.json")), ids=lambda path: path.stem)
def test_what_campaigns_have_found_is_as_it_was(path: Path) -> None:
    finding = read_finding(read_source(path))
    assert finding.file_name == path.name
    assert finding.shrunk
    assert not finding.is_fault
    assert replay(finding) == ""


def test_the_corpus_of_the_project_is_not_empty() -> None:
    assert len(Corpus(CORPUS).findings) >= 10
