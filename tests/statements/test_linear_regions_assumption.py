"""R2: the Linear Regions Assumption, across facets and for regions that only touch; every witness is recomputed."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from geometry.nasty_networks import NASTY_NETWORKS, NastyNetwork, relu_network
from oracles import CellComplex, brute_force, find_equal_neighbours, find_equal_touching_cells
from oracles.complexes import is_thick
from oracles.networks import he_network, tangled_network

from exactrev.errors import TheoryContradicted
from exactrev.geometry import Box
from exactrev.network import Network, Neuron
from exactrev.statements import verify
from exactrev.statements.claims import linear_regions
from exactrev.verdict import Outcome, Verdict

# y-x, y+x, y: (y-x)+ + (y+x)+ - 2y+ is 0 in the sectors |x| < y and |x| < -y, which touch at 0 only.
FAN = [[-1, 1, 0], [1, 1, 0], [0, 1, 0]]
FAN_OUTPUT = [[1, 1, -2, 0]]


def decide(net: Network, box: Box | None = None) -> Verdict:
    return verify(net, "R2", box)["R2"]


def recompute(net: Network, witness: dict[str, Any]) -> None:
    """By evaluation alone: two patterns, a point inside either, and one affine map that N is near both."""
    point, patterns, inside, map = (witness[key] for key in ("point", "patterns", "points_inside", "map_on_both"))
    assert [net.pattern(x) for x in inside] == patterns
    assert patterns[0] != patterns[1]
    values = net.preactivations(point)
    assert all(values[neuron.layer - 1][neuron.index] == 0 for neuron in witness["neurons"])
    for x in inside:
        # On the way from the point to x the pattern is that of x, and N is the map.
        for t in (Fraction(1, 7), Fraction(1, 2), Fraction(1)):
            between = tuple(p + t * (q - p) for p, q in zip(point, x, strict=True))
            assert net.pattern(between) == net.pattern(x)
            assert net(between) == map(between)


@pytest.mark.parametrize("nasty", [n for n in NASTY_NETWORKS if n.lra_facet is not None], ids=str)
def test_a_nasty_network_gets_the_right_answer_in_both_readings(nasty: NastyNetwork) -> None:
    verdict = decide(nasty.network)
    assert verdict.outcome is (Outcome.HOLDS if nasty.lra_facet else Outcome.FAILS)
    assert (verdict.holds and "touching_reading" not in verdict.witness) == nasty.lra_touching
    if verdict.witness:
        recompute(nasty.network, verdict.witness)


def test_a_layer_that_is_off_in_part_of_the_plane_is_the_papers_example() -> None:
    # N = (x+ + y+ - 1)+ is 0 in four regions, of which one is the quadrant x, y < 0: four facets between them fail,
    # x = 0 and y = 0 on either side of 0, up to x = 1 and y = 1.
    net = relu_network([[1, 0, 0], [0, 1, 0]], [[1, 1, -1]])
    verdict = decide(net)
    assert verdict.outcome is Outcome.FAILS
    assert verdict.checked.startswith("at 4 of 9 facets")
    assert verdict.witness["map_on_both"].rows == ((0, 0, 0),)
    recompute(net, verdict.witness)


def test_a_single_neuron_whose_paths_cancel_is_found() -> None:
    # z[1,0] = x reaches the output through a + 5 and through -a + 5, which are both on near x = 0, and cancels.
    net = relu_network([[1, 0]], [[1, 5], [-1, 5]])
    verdict = decide(net)
    assert verdict.outcome is Outcome.FAILS
    assert verdict.witness["neurons"] == [Neuron(1, 0)]
    assert verdict.witness["point"] == (0,)
    recompute(net, verdict.witness)


def test_facets_of_several_neurons_are_compared_by_their_maps() -> None:
    # x+ - (-x)+ = x: both neurons vanish at 0, each alone would change the map, together they do not.
    net = relu_network([[1, 0], [-1, 0]], output=[[1, -1, 0]])
    verdict = decide(net)
    assert verdict.outcome is Outcome.FAILS
    assert verdict.witness["neurons"] == [Neuron(1, 0), Neuron(1, 1)]
    assert verdict.witness["map_on_both"].rows == ((1, 0),)


def test_regions_that_only_touch_matter_in_the_touching_reading_only() -> None:
    verdict = decide(relu_network(FAN, output=FAN_OUTPUT))
    assert verdict.outcome is Outcome.HOLDS
    assert verdict.witness["touching_reading"] == "FAILS"
    assert verdict.witness["point"] == (0, 0)
    assert verdict.witness["map_on_both"].rows == ((0, 0, 0),)
    assert {*verdict.witness["patterns"]} == {((True, True, True),), ((False, False, False),)}


def test_regions_that_touch_on_a_side_of_the_box_do_not_touch_inside_it() -> None:
    net = relu_network(FAN, output=FAN_OUTPUT)
    assert decide(net, Box.cube(2, -1, 1)).witness["touching_reading"] == "FAILS"
    assert decide(net, Box([0, -1], [1, 1])).outcome is Outcome.HOLDS
    assert not decide(net, Box([0, -1], [1, 1])).witness


def test_regions_that_touch_along_an_edge_with_ends_on_two_sides_of_the_box_touch_inside_it() -> None:
    # The same with a third input, on which nothing depends but the neuron w - 5, which cuts outside the box.
    net = relu_network([[-1, 1, 0, 0], [1, 1, 0, 0], [0, 1, 0, 0], [0, 0, 1, -5]], output=[[1, 1, -2, 1, 0]])
    verdict = decide(net, Box.cube(3, -1, 1))
    assert verdict.outcome is Outcome.HOLDS
    assert verdict.witness["touching_reading"] == "FAILS"
    assert verdict.witness["point"][:2] == (0, 0)


def test_the_assumption_may_hold_inside_a_box_and_fail_outside() -> None:
    net = relu_network([[1, 0, 0], [0, 1, 0]], [[1, 1, -1]])
    inside = decide(net, Box.cube(2, "1/4", 2))
    assert inside.outcome is Outcome.HOLDS
    assert inside.checked.startswith("N has different affine maps on the two sides of each of 1 facets")
    assert decide(net, Box.cube(2, -2, 2)).outcome is Outcome.FAILS


def test_a_thick_neighbour_with_the_same_map_counts() -> None:
    # x > 0 is a region, x < 0 lies inside B of z[2,0] = x+. With output weight 0 N is 0 on both, with 1 it is not.
    net = relu_network([[1, 0]], [[1, 0]], output=[[0, 0]])
    verdict = decide(net)
    assert verdict.outcome is Outcome.FAILS
    assert {*verdict.witness["patterns"]} == {((True,), (True,)), ((False,), (False,))}
    recompute(net, verdict.witness)
    assert decide(relu_network([[1, 0]], [[1, 0]])).outcome is Outcome.HOLDS


def test_two_thick_neighbours_with_the_same_map_do_not_count() -> None:
    # z2 = 0 everywhere, so there is no region at all; N is 0 on both cells.
    verdict = decide(relu_network([[1, 0], [0, 0]], output=[[0, 1, 0]]))
    assert verdict.outcome is Outcome.HOLDS
    assert verdict.vacuous


def test_a_network_without_hidden_neurons_satisfies_it() -> None:
    verdict = decide(relu_network(output=[[2, 3, 1]]))
    assert verdict.outcome is Outcome.HOLDS
    assert not verdict.vacuous


def equal_pairs(pairs: set[frozenset[Any]]) -> int:
    """Thick cells are no regions: a pair of them shows nothing."""
    return sum(not all(map(is_thick, pair)) for pair in pairs)


def check_against(net: Network, cells: CellComplex) -> None:
    verdict = decide(net)
    facets = equal_pairs(find_equal_neighbours(cells))
    assert verdict.holds == (facets == 0)
    if facets:
        assert verdict.checked.startswith(f"at {facets} of ")
    else:
        assert ("touching_reading" in verdict.witness) == (equal_pairs(find_equal_touching_cells(cells)) > 0)
    if verdict.witness:
        recompute(net, verdict.witness)


@pytest.mark.parametrize("seed", range(60))
def test_both_readings_agree_with_a_comparison_of_all_pairs(seed: int) -> None:
    net = tangled_network(seed)
    check_against(net, brute_force(net))


def central_network(seed: int) -> Network:
    """Hyperplanes through 0 and outputs that cancel: here the readings often differ."""
    rng = random.Random(seed)
    n, width = rng.choice([2, 2, 3]), rng.choice([3, 4])
    rows = [[*(rng.randint(-1, 1) for _ in range(n)), 0] for _ in range(width)]
    return relu_network(rows, output=[[*(rng.choice([-2, -1, 1, 2]) for _ in range(width)), 0]])


def test_both_readings_agree_with_a_comparison_of_all_pairs_where_all_hyperplanes_meet() -> None:
    readings = set()
    for seed in range(120):
        net = central_network(seed)
        check_against(net, brute_force(net))
        verdict = decide(net)
        readings.add((verdict.holds, "touching_reading" in verdict.witness))
    assert readings == {(True, False), (True, True), (False, False)}


def test_the_facets_are_compared_in_blocks_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    net = he_network(7, 2, 5, 5, 1)
    whole = decide(net)
    monkeypatch.setattr(linear_regions, "BLOCK", 7)
    assert decide(net) == whole


def test_a_facet_that_is_wrongly_accused_contradicts_the_theory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linear_regions, "find_equal_facets", lambda evidence: np.array([0]))
    with pytest.raises(TheoryContradicted, match="is not N there"):
        decide(relu_network([[1, 0, 0], [0, 1, 0], [1, 1, -1]]))
