"""Certificates of regions and of the linear regions assumption: right, checked, and the same bytes every time."""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from checked import verified
from geometry.nasty_networks import NASTY_NETWORKS, NastyNetwork

from exactrev.certificates import certify_regions, certify_regions_by_facets, decide_linear_regions
from exactrev.errors import InvalidNetwork
from exactrev.geometry import Box, regions
from exactrev.network import Network
from exactrev.network.random import he_network, random_rational_network

ROOT = Path(__file__).resolve().parents[2]
SMALL = [nasty for nasty in NASTY_NETWORKS if nasty.row != 23]


@pytest.mark.parametrize("nasty", NASTY_NETWORKS, ids=str)
def test_the_counts_worked_out_by_hand_are_certified_by_both_theorems(nasty: NastyNetwork) -> None:
    expected = (nasty.n_regions, nasty.n_thick)
    assert verified(certify_regions(nasty.network)).numbers == expected
    assert verified(certify_regions_by_facets(nasty.network)).numbers == expected


@pytest.mark.parametrize("nasty", SMALL, ids=str)
def test_both_readings_of_the_linear_regions_assumption_are_certified(nasty: NastyNetwork) -> None:
    facet = verified(decide_linear_regions(nasty.network, "facet")).name
    touching = verified(decide_linear_regions(nasty.network, "touching")).name
    if nasty.lra_facet is not None:
        assert facet == f"lra-{'holds' if nasty.lra_facet else 'fails'}-facet"
    if nasty.lra_touching is not None:
        assert touching == f"lra-{'holds' if nasty.lra_touching else 'fails'}-touching"


@pytest.mark.parametrize("seed", range(40))
def test_degenerate_random_networks_have_as_many_regions_as_the_geometry_finds(seed: int) -> None:
    widths = [(1, 3, 2, 1), (2, 3, 1), (2, 2, 2, 1), (3, 3, 1), (2, 1, 2, 2)][seed % 5]
    net = random_rational_network(widths, seed, numerator=2, denominator=1)
    found = regions(net)
    expected = (found.n_regions, found.n_thick)
    assert verified(certify_regions(net)).numbers == expected
    assert verified(certify_regions_by_facets(net)).numbers == expected


@pytest.mark.parametrize("seed", range(40))
def test_regions_inside_a_box_are_those_that_the_geometry_finds(seed: int) -> None:
    net = random_rational_network((2, 3, 2, 1), seed, numerator=3, denominator=2)
    box = [(Fraction(-1, 2), Fraction(seed % 3, 1) + 1), (Fraction(-2), Fraction(1, 3))]
    found = regions(net, Box(*zip(*box, strict=True)))
    assert verified(certify_regions(net, box)).numbers[:2] == (found.n_regions, found.n_thick)


def test_a_box_of_another_dimension_is_refused() -> None:
    with pytest.raises(InvalidNetwork, match="the box has the wrong dimension"):
        certify_regions(he_network((2, 2, 1), seed=0), [(Fraction(0), Fraction(1))])


def test_a_certificate_takes_less_than_400_bytes_a_region_at_width_8() -> None:
    for widths in ((2, 8, 8, 1), (3, 8, 8, 1), (2, 8, 8, 8, 1)):
        certificate = certify_regions(he_network(widths, seed=0))
        assert len(certificate.to_bytes()) < 400 * sum(certificate.numbers)


def test_a_chain_of_fourteen_constant_neurons_is_linear_not_exponential() -> None:
    net = Network.from_arrays([([[0]] * 14, [1] * 14), ([[1] * 14], [0])])
    assert len(verified(certify_regions(net)).steps) == 29


def test_a_network_deeper_than_the_recursion_limit_is_certified() -> None:
    """z = x + 1, and from there every preactivation is at least 1."""
    layers = [([[1]], [1])] * 1100
    assert verified(certify_regions(Network.from_arrays([*layers, ([[1]], [0])]))).numbers == (2, 0)


def test_numbers_longer_than_python_writes_are_certified() -> None:
    """Three kinks, at -10^-5000, 0 and 10^5000."""
    net = Network.from_arrays([([[10**5000], [1], [1]], [1, 0, -(10**5000)]), ([[1, 1, 1]], [0])])
    assert verified(certify_regions(net)).numbers == (4, 0)
    assert verified(certify_regions_by_facets(net)).numbers == (4, 0)


PROGRAM = """
import sys
from exactrev.certificates import certify_regions, certify_regions_by_facets, decide_linear_regions
from exactrev.network.random import he_network
net = he_network((2, 4, 3, 1), seed=3)
for certificate in (certify_regions(net), certify_regions_by_facets(net), decide_linear_regions(net)):
    sys.stdout.buffer.write(certificate.to_bytes())
"""


def test_the_bytes_do_not_depend_on_the_hash_seed() -> None:
    outputs = set()
    for seed in ("0", "1", "4294967295"):
        command = [sys.executable, "-c", PROGRAM]
        setting = {**os.environ, "PYTHONHASHSEED": seed}
        outputs.add(subprocess.run(command, cwd=ROOT, env=setting, capture_output=True, check=True).stdout)
    assert len(outputs) == 1


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = certify_regions(he_network((2, 2, 1), seed=0))
    path = tmp_path / certificate.file_name
    certificate.save(path)
    assert path.read_bytes() == certificate.to_bytes()
    path.unlink()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        certificate.save(path)
    assert list(tmp_path.iterdir()) == []
