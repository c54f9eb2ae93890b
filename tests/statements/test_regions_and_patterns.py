"""R1: one region per activation pattern, unless a preactivation vanishes on an open set."""

from __future__ import annotations

import numpy as np
import pytest
from geometry.nasty_networks import relu_network

from exactrev.errors import TheoryContradicted
from exactrev.geometry import RegionComplex
from exactrev.network import Neuron
from exactrev.statements import verify
from exactrev.verdict import Outcome, Verdict


def decide(*hidden: list[list[object]], output: list[list[object]] | None = None) -> Verdict:
    return verify(relu_network(*hidden, output=output), "R1")["R1"]


def test_three_lines_in_general_position_have_seven_patterns() -> None:
    verdict = decide([[1, 0, 0], [0, 1, 0], [1, 1, -1]])
    assert verdict.outcome is Outcome.HOLDS
    assert verdict.checked.startswith("7 regions have 7 different patterns")


def test_an_affine_network_has_one_region_and_the_empty_pattern() -> None:
    verdict = decide(output=[[2, 3, 1]])
    assert verdict.outcome is Outcome.HOLDS
    assert not verdict.vacuous
    assert verdict.checked.startswith("1 region has 1 pattern")


def test_a_pattern_on_an_open_set_without_a_region_is_shown() -> None:
    # z[2,0] = x+ vanishes for all x < 0: the pattern (off, off) belongs to no region.
    net = relu_network([[1, 0]], [[1, 0]])
    verdict = verify(net, "R1")["R1"]
    assert verdict.outcome is Outcome.FAILS
    assert verdict.checked.startswith("1 region has 1 pattern, but 1 more occur")
    (x,) = verdict.witness["vanishes_around"]
    assert verdict.witness["neuron"] == Neuron(2, 0)
    assert verdict.witness["where_the_pattern_is"] == ((False,), (False,)) == net.pattern([x])
    assert x < 0
    assert net.preactivations([x])[1] == net.preactivations([x / 2])[1] == (0,)


def test_without_any_region_the_correspondence_fails() -> None:
    # z2 = 0 everywhere: both half-lines lie inside B.
    verdict = decide([[1, 0], [0, 0]])
    assert verdict.outcome is Outcome.FAILS
    assert verdict.checked.startswith("0 regions have 0 different patterns, but 2 more")


def test_two_regions_with_the_same_signs_contradict_the_theory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RegionComplex, "signs", lambda self, cells: np.ones((3, len(cells)), np.int8))
    with pytest.raises(TheoryContradicted, match="same signs"):
        decide([[1, 0, 0], [0, 1, 0], [1, 1, -1]])
