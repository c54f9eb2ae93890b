"""Networks: exact evaluation, patterns and affine maps, shapes, refusals."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Sequence
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exactrev.errors import InexactInput, InvalidNetwork
from exactrev.network import AffineMap, Network, Neuron, Provenance
from exactrev.testing.strategies import networks, points

# A worked example, 2-3-2-1, with distinct sizes and no symmetry.
WORKED = Network.from_arrays(
    [
        ([[1, 2], [-1, 1], [0, "1/2"]], [0, 1, -1]),
        ([[1, -1, 0], [2, 0, 3]], ["1/2", -4]),
        ([[3, -2]], [1]),
    ]
)


def evaluate_by_hand(net: Network, x: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """The definition, in Fractions: z^k = W^k a^{k-1} + b^k, a^k = max(z^k, 0)."""
    a = list(x)
    for k, layer in enumerate(net.layers, start=1):
        z = [sum((w * t for w, t in zip(row, a, strict=True)), b) for row, b in zip(layer.W, layer.b, strict=True)]
        a = z if k == len(net.layers) else [max(t, Fraction(0)) for t in z]
    return tuple(a)


def test_the_worked_example_has_the_values_found_by_hand() -> None:
    # x = (2, 1): z1 = (4, 0, -1/2), a1 = (4, 0, 0), z2 = (9/2, 4), N = 27/2 - 8 + 1.
    x = (2, 1)
    assert WORKED.preactivations(x) == ((4, 0, Fraction(-1, 2)), (Fraction(9, 2), 4))
    assert WORKED.sign_vector(x) == ((1, 0, -1), (1, 1))
    assert WORKED.pattern(x) == ((True, False, False), (True, True))
    assert WORKED(x) == (Fraction(13, 2),)


@given(st.data())
def test_batch_evaluation_agrees_with_the_definition(data: st.DataObject) -> None:
    net = data.draw(networks())
    batch = data.draw(st.lists(points(net.n_in), max_size=3))
    assert net.evaluate(batch) == [evaluate_by_hand(net, x) for x in batch]
    assert net.sign_vectors(batch) == [net.sign_vector(x) for x in batch]


@given(st.data())
def test_the_affine_map_of_a_pattern_agrees_with_the_network_where_the_pattern_holds(data: st.DataObject) -> None:
    net = data.draw(networks())
    x = data.draw(points(net.n_in))
    pattern = net.pattern(x)
    *hidden, output = net.preactivation_maps(pattern)
    assert output == net.affine_map(pattern)
    assert output(x) == net(x)
    assert tuple(f(x) for f in hidden) == net.preactivations(x)
    for k, f in enumerate(hidden, start=1):
        assert net.preactivation_map(k, pattern[: k - 1]) == f


def test_the_affine_maps_of_all_patterns_are_products_of_the_layers() -> None:
    # N(x) = 3 ReLU(ReLU(2x - 1) - ReLU(-x)) + 1: patterns decide which factor survives.
    net = Network.from_arrays([([[2], [-1]], [-1, 0]), ([[1, -1]], [0]), ([[3]], [1])])
    expected = {(True, True): (9, -2), (True, False): (6, -2), (False, True): (3, 1), (False, False): (0, 1)}
    for first in product([True, False], repeat=2):
        slope, constant = expected[first]
        assert net.affine_map((first, (False,))) == AffineMap.from_arrays([[0]], [1])
        assert net.affine_map((first, (True,))) == AffineMap.from_arrays([[slope]], [constant])


def test_shapes_are_named_as_in_the_paper() -> None:
    assert WORKED.widths == (2, 3, 2, 1)
    assert WORKED.hidden_widths == (3, 2)
    assert (WORKED.n_in, WORKED.n_out, WORKED.depth) == (2, 1, 2)
    assert WORKED.architecture == "2-3-2-1"
    assert WORKED.parameters == 3 * 3 + 2 * 4 + 1 * 3
    assert [str(neuron) for neuron in WORKED.neurons()] == ["z[1,0]", "z[1,1]", "z[1,2]", "z[2,0]", "z[2,1]"]


def test_a_network_without_hidden_layers_is_an_affine_map() -> None:
    net = Network.from_arrays([([[1, 2]], [3])])
    assert net((1, 1)) == (6,)
    assert net.sign_vector((1, 1)) == () == net.pattern((1, 1)) == net.preactivations((1, 1))
    assert net.affine_map(()) == net.layers[0]


@pytest.mark.parametrize("form", [list, tuple, iter, np.array])
def test_a_batch_of_any_form_gets_one_sign_vector_a_point(form: object) -> None:
    batch = [[1, 1], [2, 0], [0, 0]]
    affine = Network.from_arrays([([[1, 2]], [3])])
    assert affine.sign_vectors(form(batch)) == [(), (), ()]  # type: ignore[operator]
    assert len(WORKED.sign_vectors(form(batch))) == 3  # type: ignore[operator]


def test_no_points_have_no_values() -> None:
    assert WORKED.evaluate([]) == []
    assert WORKED.sign_vectors([]) == []


def test_huge_and_tiny_weights_are_evaluated_exactly() -> None:
    big = 10**300
    net = Network.from_arrays([([[big], [Fraction(1, big)]], [0, 0]), ([[Fraction(1, big), big]], [0])])
    assert net((Fraction(1, 3),)) == (Fraction(2, 3),)


def test_equality_ignores_provenance_and_earlier_evaluation() -> None:
    named = Network(WORKED.layers, Provenance("net.json", "0" * 64, "json", "rational", "exact"))
    named((1, 2))
    assert named == WORKED
    assert hash(named) == hash(WORKED)


def test_layers_given_as_a_list_make_the_same_network() -> None:
    net = Network(list(WORKED.layers))  # type: ignore[arg-type]
    assert net == WORKED
    assert hash(net) == hash(WORKED)


def test_a_network_can_be_pickled_and_copied_after_it_has_been_evaluated() -> None:
    net = Network(WORKED.layers, Provenance("net.json", "0" * 64, "json", "rational", "exact"))
    net((1, 2))
    for twin in (pickle.loads(pickle.dumps(net)), copy.deepcopy(net), copy.copy(net)):
        assert twin == net
        assert twin.provenance == net.provenance
        assert twin((1, 2)) == net((1, 2))


def test_layers_that_do_not_chain_are_refused_with_both_layers_named() -> None:
    with pytest.raises(InvalidNetwork, match=r"layers 1 and 2 do not chain \(produced=1, consumed=2\)"):
        Network.from_arrays([([[1]], [0]), ([[1, 2]], [0])])


def test_a_network_without_layers_is_refused() -> None:
    with pytest.raises(InvalidNetwork, match="at least an output layer"):
        Network(())


@pytest.mark.parametrize("rows", [(), ((1,),)])
def test_empty_layers_are_refused(rows: tuple[tuple[int, ...], ...]) -> None:
    with pytest.raises(InvalidNetwork, match="layer is empty"):
        Network((AffineMap(rows, 1, 0),))


def test_the_layer_at_fault_is_named() -> None:
    good = ([[1], [2]], [0, 0])
    with pytest.raises(InvalidNetwork, match="ragged") as ragged:
        Network.from_arrays([good, ([[1, 2], [3]], [0, 0])])
    assert ragged.value.layer == 2
    with pytest.raises(InexactInput) as not_a_number:
        Network.from_arrays([good, ([[1, float("nan")]], [0])])
    assert not_a_number.value.layer == 2


@pytest.mark.parametrize("layer", [([[1]], [0], "relu"), ([[1]],), 7, np.eye(3)])
def test_a_layer_that_is_not_a_pair_is_refused(layer: object) -> None:
    with pytest.raises(InvalidNetwork, match=r"pair \(W, b\)") as error:
        Network.from_arrays([layer])  # type: ignore[list-item]
    assert error.value.layer == 1


def test_points_of_the_wrong_size_are_refused() -> None:
    with pytest.raises(InvalidNetwork, match="coordinates"):
        WORKED((1, 2, 3))
    with pytest.raises(InvalidNetwork, match="not a list of numbers"):
        WORKED("12")
    with pytest.raises(InexactInput):
        WORKED((1, float("nan")))


@pytest.mark.parametrize("layer", [0, -1, 4])
def test_a_preactivation_map_exists_for_the_layers_of_the_network_only(layer: int) -> None:
    with pytest.raises(InvalidNetwork, match="no such layer"):
        WORKED.preactivation_map(layer, WORKED.pattern((1, 1)))


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        (((True, False, True),), "number of layers"),
        (((True, False, True), (True, True), (True,)), "number of layers"),
        (((True, False), (True, True)), "wrong length"),
        (((True, False, True), (True, True, True)), "wrong length"),
        (((1, -1, 0), (1, 1)), "truth values"),
    ],
)
def test_patterns_of_the_wrong_shape_and_sign_vectors_are_refused(
    pattern: tuple[tuple[bool, ...], ...], message: str
) -> None:
    with pytest.raises(InvalidNetwork, match=message):
        WORKED.affine_map(pattern)
    with pytest.raises(InvalidNetwork, match=message):
        WORKED.preactivation_maps(pattern)


def test_a_preactivation_map_needs_the_patterns_of_the_layers_below() -> None:
    with pytest.raises(InvalidNetwork, match="number of layers"):
        WORKED.preactivation_map(3, ((True, False, True),))


def test_numpy_truth_values_are_a_pattern() -> None:
    pattern = [np.array(row) for row in WORKED.pattern((2, 1))]
    assert WORKED.affine_map(pattern)((2, 1)) == WORKED((2, 1))


def test_only_hidden_neurons_are_neurons() -> None:
    assert WORKED.require_neuron(Neuron(2, 1)) == (2, 1)
    for neuron in (Neuron(0, 0), Neuron(3, 0), Neuron(1, 3), Neuron(1, -1)):
        with pytest.raises(InvalidNetwork, match="no such hidden neuron"):
            WORKED.require_neuron(neuron)


def test_width_one_at_depth_six_is_evaluated_through_every_layer() -> None:
    # z = x, then five times z -> -ReLU(z) + 1, and the output: at x = 1/4 the values alternate 3/4, 1/4, ...
    step: tuple[list[list[int]], list[int]] = ([[-1]], [1])
    net = Network.from_arrays([([[1]], [0]), *[step] * 5, ([[1]], [0])])
    assert net.depth == 6
    quarter, rest = Fraction(1, 4), Fraction(3, 4)
    assert net.preactivations((quarter,)) == ((quarter,), (rest,), (quarter,), (rest,), (quarter,), (rest,))
    assert net((5,)) == (0,)  # 5, -4, 1, 0, 1, 0
