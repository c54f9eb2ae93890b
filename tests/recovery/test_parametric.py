"""One answer as a condition on open weights, against conditions that can be written down by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from exactrev.network import Network, Neuron
from exactrev.recovery.allowed import AllowedSet, Form
from exactrev.recovery.parametric import Answer, NotFollowed, ParametricNetwork, SeveralMatter

A, B, C = (Neuron(2, 0), 0), (Neuron(2, 1), 0), (Neuron(3, 0), 0)


@pytest.fixture
def net() -> Network:
    """a = ReLU(x), -x; z[2,0] = A a_0 + 1, z[2,1] = B a_0 - 1; z[3,0] = C ReLU(z[2,0]) + ReLU(z[2,1]) + 3."""
    return Network.from_arrays(
        [([[1], [-1]], [0, 0]), ([[0, 1], [0, 1]], [1, -1]), ([[0, 1]], [3]), ([[1]], [0])]
    )


def answer(x: int, y: int) -> Answer:
    return (Fraction(x),), (Fraction(y),)


def form(*entries: int) -> Form:
    return tuple(map(Fraction, entries))


def test_one_open_weight_is_solved_for_on_every_piece(net: Network) -> None:
    parametric = ParametricNetwork(net, [B])
    shown = parametric.solve_one(answer(2, 5), AllowedSet.everything(1))  # ReLU(2 B - 1) + 3 = 5
    assert shown.share == form(2, 0)
    assert [str(interval) for interval in shown.intervals] == ["{3}"]
    off = parametric.solve_one(answer(2, 3), AllowedSet.everything(1))
    assert [str(interval) for interval in off.intervals] == ["(-oo, 1]"]
    assert parametric.solve_one(answer(2, 2), AllowedSet.everything(1)).intervals == ()


def test_where_no_open_unit_is_on_an_answer_allows_everything_or_nothing(net: Network) -> None:
    parametric = ParametricNetwork(net, [B])
    everything = AllowedSet.everything(1)
    agreeing, wrong = parametric.solve_one(answer(-2, 4), everything), parametric.solve_one(answer(-2, 5), everything)
    assert agreeing.share is None
    assert agreeing.parts(everything) == [everything]
    assert wrong.parts(everything) == []


def test_two_neurons_of_a_layer_are_left_to_linear_programs() -> None:
    net = Network.from_arrays([([[1]], [0]), ([[0], [0]], [1, -1]), ([[1, 1]], [0])])
    parametric = ParametricNetwork(net, [A, B])
    plane = AllowedSet.everything(2)
    with pytest.raises(SeveralMatter):
        parametric.solve_one(answer(1, 4), plane)
    # ReLU(A + 1) + ReLU(B - 1) = 4: on and on A + B = 4, on and off A = 3, off and on B = 5.
    parts = parametric.solve(answer(1, 4), plane)
    shown = {tuple(str(part.range_of(unit)) for unit in parametric.units) for part in parts}
    assert shown == {("[-1, 3]", "[1, 5]"), ("{3}", "(-oo, 1]"), ("(-oo, -1]", "{5}")}


def test_a_product_of_two_open_weights_is_not_followed_where_both_matter(net: Network) -> None:
    parametric = ParametricNetwork(net, [A, C])
    plane = AllowedSet.everything(2)
    with pytest.raises(NotFollowed):
        parametric.solve(answer(1, 7), plane)
    shown = parametric.solve_one(answer(1, 7), plane)  # z[2,0] = A + 1: with A <= -1 it is off, and N' = 3
    assert not shown.is_exact
    assert [str(interval) for interval in shown.intervals] == ["[-1, oo)"]


def test_a_product_becomes_linear_when_one_of_the_weights_is_known(net: Network) -> None:
    parametric = ParametricNetwork(net, [A, C])
    line = AllowedSet.everything(2).with_zero(form(0, 1, -2))  # C = 2
    assert line is not None
    [point] = parametric.solve_one(answer(1, 7), line).parts(line)  # 2 (A + 1) + 3 = 7
    assert [point.value_of(unit) for unit in parametric.units] == [1, 2]
