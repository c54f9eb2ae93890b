"""Other activations than ReLU: exact values, equal ReLU networks, and the symmetries of one neuron."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exactrev.errors import InvalidNetwork
from exactrev.geometry import regions
from exactrev.network import random_rational_network
from exactrev.network.piecewise import (
    ABSOLUTE_VALUE,
    HARD_TANH,
    RELU,
    RELU6,
    ActivatedNetwork,
    Activation,
    Kink,
    find_symmetries,
    leaky_relu,
)

NAMED = [RELU, leaky_relu("1/5"), ABSOLUTE_VALUE, HARD_TANH, RELU6]
RATIONALS = st.fractions(-9, 9, max_denominator=4)


@st.composite
def activations(draw: st.DrawFn) -> Activation:
    places = sorted(draw(st.sets(RATIONALS, min_size=1, max_size=3)))
    changes = draw(st.lists(RATIONALS.filter(bool), min_size=len(places), max_size=len(places)))
    return Activation("any", draw(RATIONALS), draw(RATIONALS), tuple(map(Kink, places, changes)))


@pytest.mark.parametrize(
    ("activation", "values"),
    [
        (leaky_relu("1/5"), {-10: -2, 0: 0, 3: 3}),
        (ABSOLUTE_VALUE, {-4: 4, 0: 0, 5: 5}),
        (HARD_TANH, {-7: -1, -1: -1, 0: 0, 1: 1, 2: 1}),
        (RELU6, {-1: 0, 0: 0, 2: 2, 6: 6, 9: 6}),
    ],
    ids=lambda case: case.name if isinstance(case, Activation) else "",
)
def test_values_are_those_of_the_definition(activation: Activation, values: dict[int, int]) -> None:
    assert {t: activation(t) for t in values} == values


@given(activations(), RATIONALS)
def test_the_units_of_an_activation_add_up_to_it(phi: Activation, t: Fraction) -> None:
    bent = (weight * max(sign * (t - place), Fraction(0)) for sign, place, weight in phi.units)
    assert phi.offset + sum(bent, Fraction(0)) == phi(t)


@given(activations(), st.integers(0, 99), st.lists(RATIONALS, min_size=2, max_size=2))
def test_the_unrolled_network_is_the_same_function(phi: Activation, seed: int, x: list[Fraction]) -> None:
    net = ActivatedNetwork(phi, random_rational_network((2, 3, 2, 2), seed).layers)
    assert net.unrolled()(x) == net(x)


def test_an_activation_without_kink_or_with_one_twice_is_refused() -> None:
    kink = Kink(Fraction(0), Fraction(1))
    for kinks in ((), (kink, kink), (Kink(Fraction(0), Fraction(0)),), (Kink(Fraction(1), Fraction(1)), kink)):
        with pytest.raises(InvalidNetwork, match="an activation needs kinks"):
            Activation("none", Fraction(0), Fraction(0), kinks)
    with pytest.raises(InvalidNetwork, match="an activation needs kinks"):
        leaky_relu(1)


def test_shapes_that_do_not_chain_are_refused() -> None:
    with pytest.raises(InvalidNetwork, match="do not chain"):
        ActivatedNetwork.from_arrays(RELU6, [([[1]], [0]), ([[1, 1]], [0])])


# -- symmetries ----------------------------------------------------------------------------------------------------


def test_each_activation_has_its_own_symmetries() -> None:
    # By hand: only ReLU, leaky ReLU and the absolute value are homogeneous; hard tanh is odd, ReLU6 about its middle 3.
    found = {phi.name: find_symmetries(phi) for phi in NAMED}
    assert {name for name, symmetries in found.items() if symmetries.scaling} == {
        "ReLU", "leaky ReLU 1/5", "absolute value"
    }  # fmt: skip
    assert found["ReLU"].reflection is None
    assert found["leaky ReLU 1/5"].reflection is None
    assert found["absolute value"].reflection == (0, 1, 0)
    assert found["hard tanh"].reflection == (0, -1, 0)
    assert found["ReLU6"].reflection == (6, -1, 6)


@given(activations(), st.fractions(-30, 30, max_denominator=8), st.fractions("1/9", 9))
def test_a_symmetry_that_is_found_is_one(phi: Activation, t: Fraction, c: Fraction) -> None:
    found = find_symmetries(phi)
    if found.scaling:
        p = phi.kinks[0].place
        assert phi(p + c * (t - p)) == c * phi(t) + (1 - c) * phi(p)
    if found.reflection is not None:
        shift, factor, constant = found.reflection
        assert phi(shift - t) == factor * phi(t) + constant


@given(activations(), st.fractions(-4, 4, max_denominator=2).filter(lambda c: c not in (0, 1)), RATIONALS)
def test_a_substitution_that_is_not_found_changes_the_function(phi: Activation, c: Fraction, shift: Fraction) -> None:
    # factor and constant follow from two points of different values; kinks and points beyond them decide the rest
    places = [kink.place for kink in phi.kinks]
    ends = [*places, *((place - shift) / c for place in places)]
    points = sorted({*ends, min(ends) - 1, min(ends) - 2, max(ends) + 1, max(ends) + 2})
    values = [(phi(t), phi(c * t + shift)) for t in points]
    (a, image), (b, other) = next((v, w) for v, w in product(values, values) if v[0] != w[0])
    factor = (other - image) / (b - a)
    is_symmetry = factor != 0 and all(y - image == factor * (x - a) for x, y in values)
    found, p = find_symmetries(phi), places[0]
    is_scaling = found.scaling and c > 0 and shift == p * (1 - c)
    is_turned = found.reflection is not None and c < 0 and (
        shift == p * (1 - c) if found.scaling else c == -1 and shift == found.reflection[0]
    )  # fmt: skip
    assert is_symmetry == (is_scaling or is_turned)


@pytest.mark.parametrize("phi", NAMED, ids=lambda phi: phi.name)
def test_every_cell_of_the_unrolled_network_has_pieces_of_its_own(phi: Activation) -> None:
    # Two cells never have the same piece of the activation at every neuron: coinciding boundaries split nothing twice.
    net = ActivatedNetwork(phi, random_rational_network((2, 3, 2, 1), 4).layers)
    complex = regions(net.unrolled())
    seen = set()
    for cell in range(complex.n_cells):
        value, pieces = tuple(complex.interior_point(cell)), []
        for layer in net.layers[:-1]:
            z = layer(value)
            pieces.append(tuple(sum(t > kink.place for kink in phi.kinks) for t in z))
            value = tuple(map(phi, z))
        seen.add(tuple(pieces))
    assert len(seen) == complex.n_cells > 5
