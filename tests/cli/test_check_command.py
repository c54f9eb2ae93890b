"""``exactrev check``: verdicts, and that the claim and the networks are the user's."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import BENT, Run

from exactrev import save
from exactrev.certificates import certify_different, certify_regions
from exactrev.network import Network

CORPUS = Path(__file__).resolve().parents[1] / "corpus"


@pytest.fixture
def cert(run: Run) -> str:
    certify_regions(BENT).save("regions.cert")
    return "regions.cert"


def test_a_certificate_of_the_network_given_is_verified(run: Run, cert: str) -> None:
    for options in ((), ("--network", "bent.json"), ("--claim", certify_regions(BENT).claim)):
        answer = run("check", cert, *options)
        assert (answer.code, answer.out[:11], answer.out.count("\n")) == (0, "s VERIFIED ", 1)
        assert answer.err == f"c regions.cert: VERIFIED: {certify_regions(BENT).claim}\n"


def test_a_certificate_of_another_network_is_rejected(run: Run, cert: str) -> None:
    save(Network.from_arrays([([[1, 0]], [0]), ([[1]], [0])]), "other.json")
    answer = run("check", cert, "--network", "other.json")
    assert (answer.code, answer.out) == (10, "")
    assert "REJECTED: the claim is about other networks" in answer.err


def test_the_networks_of_a_claim_about_two_come_in_their_order(run: Run, cert: str) -> None:
    other = Network.from_arrays([([[1, 0]], [1])])
    save(other, "other.json")
    certify_different(BENT, other, (0, 0)).save("different.cert")
    assert run("check", "different.cert", "--network", "bent.json", "--network", "other.json").code == 0
    assert run("check", "different.cert", "--network", "other.json", "--network", "bent.json").code == 10


def test_another_claim_is_rejected_whatever_the_network(run: Run, cert: str) -> None:
    claim = certify_regions(BENT).claim.replace("regions 7", "regions 9")
    assert run("check", cert, "--claim", claim, "--network", "bent.json").code == 10
    assert run("check", cert, "--claim", claim).code == 10


def test_the_exit_code_is_that_of_the_worst(run: Run, cert: str) -> None:
    forged = str(CORPUS / "rejected" / "hash_of_another_network.cert")
    answer = run("check", cert, forged)
    assert (answer.code, answer.out.count("s VERIFIED")) == (10, 1)
    assert run("check", cert, "absent.cert").code == 20
    assert run("check", cert, "absent.cert", "--network", "bent.json").code == 20
    assert run("check", cert, "bent.json", "--network", "bent.json").code in (10, 20)
    assert run("check").code == 2
