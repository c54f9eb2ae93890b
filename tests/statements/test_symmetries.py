"""I1 and I2: permutations and positive scalings change nothing; the scaling that is printed does."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import pytest
from geometry.nasty_networks import relu_network
from hypothesis import given, settings

from exactrev.errors import TheoryContradicted
from exactrev.network import Network, Neuron
from exactrev.network import permute as correct_permute
from exactrev.statements import verify
from exactrev.statements.claims import symmetries
from exactrev.statements.claims.symmetries import generators, scale_as_printed
from exactrev.testing.strategies import networks
from exactrev.verdict import Outcome

ABSOLUTE_VALUE = relu_network([[1, 0], [-1, 0]])


@settings(max_examples=40)
@given(networks())
def test_both_hold_for_every_network(net: Network) -> None:
    report = verify(net, ["I1", "I2"])
    assert report["I1"].outcome is report["I2"].outcome is Outcome.HOLDS
    assert report["I1"].vacuous == (max(net.hidden_widths, default=1) == 1)
    assert report["I2"].vacuous == (net.depth == 0)
    change = report["I2"].witness
    if change:
        printed = scale_as_printed(net, change["printed_map_scales"], change["by"])
        assert printed(change["and_changes_N_at"]) == change["to"] != change["from"] == net(change["and_changes_N_at"])
    elif max(net.hidden_widths, default=1) > 1 and net.hidden_widths[-1] > 1:
        # Then no neuron of the last layer is ever active and connected, so N is constant.
        assert len({net(point) for point in symmetries.sample_points(net.n_in)}) == 1


@pytest.mark.parametrize("width", [2, 3, 4])
def test_the_generators_generate_all_permutations(width: int) -> None:
    reached = {tuple(range(width))}
    while True:
        larger = reached | {tuple(p[i] for i in g) for p in reached for g in generators(width)}
        if larger == reached:
            break
        reached = larger
    assert reached == set(permutations(range(width)))


def test_the_printed_scaling_changes_the_absolute_value() -> None:
    verdict = verify(ABSOLUTE_VALUE, "I2")["I2"]
    assert verdict.outcome is Outcome.HOLDS
    assert verdict.witness["printed_map_scales"] in (Neuron(1, 0), Neuron(1, 1))
    assert scale_as_printed(ABSOLUTE_VALUE, Neuron(1, 0), Fraction(2))([-1]) == (Fraction(1, 2),)


def test_with_one_neuron_a_layer_the_printed_scaling_is_right() -> None:
    assert verify(relu_network([[1, 0]], [[2, 1]]), "I2")["I2"].witness == {}


def test_the_printed_scaling_is_caught_in_an_earlier_layer() -> None:
    # The last layer has one neuron, |x| - 1; scaling x by 2 and halving both weights leaves |x| - 1 for x > 0 only.
    net = relu_network([[1, 0], [-1, 0]], [[1, 1, -1]])
    witness = verify(net, "I2")["I2"].witness
    assert witness["printed_map_scales"].layer == 1
    assert witness["from"] != witness["to"]


def test_the_printed_scaling_is_caught_in_a_region_that_is_far_away() -> None:
    # Both neurons are off unless x > 1000.
    net = relu_network([[1, -1000], [2, -2000]])
    witness = verify(net, "I2")["I2"].witness
    assert witness["and_changes_N_at"] > (1000,)


def test_a_map_that_is_no_isomorphism_contradicts_the_theory(monkeypatch: pytest.MonkeyPatch) -> None:
    def permute(net: Network, layer: int, permutation: tuple[int, ...]) -> Network:
        """Forgets to permute the weights out of the layer."""
        image = correct_permute(net, layer, permutation)
        return Network((*image.layers[:layer], *net.layers[layer:]))

    monkeypatch.setattr(symmetries, "permute", permute)
    near = relu_network([[1, 0], [2, 1]], output=[[1, 3, 0]])
    far = relu_network([[1, -1000], [2, -3000]], output=[[1, 3, 0]])  # changes for x > 1000, where no point is tried
    for net in (near, far):
        with pytest.raises(TheoryContradicted, match="matrix identities"):
            verify(net, "I1")


def test_a_wrong_evaluation_contradicts_the_theory(monkeypatch: pytest.MonkeyPatch) -> None:
    values = iter(range(10**6))
    monkeypatch.setattr(Network, "evaluate", lambda self, points: next(values))
    with pytest.raises(TheoryContradicted, match="changes the function"):
        verify(ABSOLUTE_VALUE, "I1")


@pytest.mark.parametrize("n_in", [1, 2, 3, 6])
def test_sample_points_are_0_and_others_on_both_sides_of_it_in_every_coordinate(n_in: int) -> None:
    points = symmetries.sample_points(n_in)
    assert points[0] == (0,) * n_in
    assert len(set(points)) == len(points) == 5
    assert all(min(values) < 0 < max(values) for values in zip(*points, strict=True))
