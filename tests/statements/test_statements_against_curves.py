"""In the plane all statements about boundaries agree with a second method, and nothing depends on names and scales."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import brute_force
from oracles.networks import tangled_network
from statements.plane_curves import expected_outcomes

from exactrev.network import Network
from exactrev.statements import verify
from exactrev.statements.registry import find_statements
from exactrev.testing.strategies import isomorphisms, networks
from exactrev.verdict import Outcome

COMPARED = ("R3", "T1a", "T1b", "L2", "T1c", "T2h")


def check(net: Network) -> dict[str, Outcome]:
    report = verify(net, COMPARED)
    outcomes = {label: report[label].outcome for label in COMPARED}
    if outcomes["T1b"] is not Outcome.NOT_APPLICABLE:
        for label, holds in expected_outcomes(net).items():
            assert outcomes[label] is (Outcome.HOLDS if holds else Outcome.FAILS), label
    return outcomes


def test_tangled_networks_agree_with_curves_and_reach_every_outcome() -> None:
    reached = set()
    for seed in range(240):
        net = tangled_network(seed)
        if net.n_in == 2:
            reached |= set(check(net).items())
    expected = {(label, Outcome.HOLDS) for label in COMPARED}
    expected |= {(label, Outcome.FAILS) for label in COMPARED if label != "T1a"}
    expected |= {(label, Outcome.NOT_APPLICABLE) for label in ("T1a", "T1b", "L2", "T1c")}
    assert reached == expected


@settings(max_examples=60)
@given(networks(n_in=2, max_depth=3))
def test_networks_agree_with_curves(net: Network) -> None:
    check(net)


@settings(max_examples=60)
@given(networks())
def test_patterns_correspond_exactly_without_thick_cells(net: Network) -> None:
    cells = brute_force(net)
    verdict = verify(net, "R1")["R1"]
    assert verdict.holds == (not cells.thick)
    assert verdict.checked.startswith(f"{len(cells.regions)} region")


def outcomes_of(net: Network) -> list[tuple[str, Outcome, bool]]:
    report = verify(net)
    return [(s.label, report[s.label].outcome, report[s.label].vacuous) for s in find_statements(None)]


@settings(max_examples=40)
@given(st.data())
def test_isomorphic_networks_have_the_same_verdicts(data: st.DataObject) -> None:
    net = data.draw(networks())
    image = data.draw(isomorphisms(net))(net)
    assert outcomes_of(image) == outcomes_of(net)
