"""Permutation and positive scaling: the function stays, the normal form stays, and every isomorphism is found."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations, product

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from exactrev.errors import InvalidNetwork
from exactrev.network import AffineMap, Network, Neuron
from exactrev.network.isomorphisms import (
    Isomorphism,
    canonical_form,
    find_isomorphism,
    has_ties,
    is_isomorphic,
    permute,
    scale,
)
from exactrev.network.random import he_network
from exactrev.testing.strategies import isomorphisms, networks, points, rationals

# 2-3-2-1 with distinct sizes and no symmetry.
NET = Network.from_arrays(
    [
        ([[1, 2], [-1, 1], [0, "1/2"]], [0, 1, -1]),
        ([[1, -1, 4], [2, 0, 3]], ["1/2", -4]),
        ([[3, -2]], [1]),
    ]
)
SIGNS = st.sampled_from([Fraction(0), Fraction(1), Fraction(-1)])


@st.composite
def networks_with_isomorphisms(draw: st.DrawFn) -> tuple[Network, Isomorphism]:
    net = draw(networks())
    return net, draw(isomorphisms(net))


def is_isomorphic_by_trying(a: Network, b: Network) -> bool:
    """The definition: some permutations, and then some positive scales. For few neurons.

    The scales c of fixed permutations solve B_ij c_j = c_i A_ij with c = 1 at inputs, outputs and the constant: the
    ratios along the non-zero weights are given, so each connected part has at most one solution up to a factor.
    """
    if a.widths != b.widths:
        return False
    return any(
        _scales_exist(Isomorphism(chosen, Isomorphism.identity(a.hidden_widths).scales)(a), b)
        for chosen in product(*(permutations(range(width)) for width in a.hidden_widths))
    )


def _scales_exist(a: Network, b: Network) -> bool:
    ground = ("ground",)
    depth = a.depth
    ratios: dict[tuple[object, ...], dict[tuple[object, ...], Fraction]] = {}

    def name(k: int, i: int) -> tuple[object, ...]:
        return (k, i) if 1 <= k <= depth else ground

    for k, (f, g) in enumerate(zip(a.layers, b.layers, strict=True), start=1):
        for i in range(f.n_out):
            entries = [(name(k - 1, j), f.W[i][j], g.W[i][j]) for j in range(f.n_in)]
            for source, p, q in [*entries, (ground, f.b[i], g.b[i])]:
                if (p > 0) != (q > 0) or (p < 0) != (q < 0):
                    return False
                if p:
                    # c_i = c_source q / p, checked against what is known of the same pair already
                    for start, end, ratio in [(source, name(k, i), q / p), (name(k, i), source, p / q)]:
                        if ratios.setdefault(start, {}).setdefault(end, ratio) != ratio:
                            return False
    scales: dict[tuple[object, ...], Fraction] = {}
    for start in [ground, *ratios]:
        scales.setdefault(start, Fraction(1))
        waiting = [start]
        while waiting:
            vertex = waiting.pop()
            for end, ratio in ratios.get(vertex, {}).items():
                if end not in scales:
                    waiting.append(end)
                if scales.setdefault(end, scales[vertex] * ratio) != scales[vertex] * ratio:
                    return False
    return True


# -- how isomorphisms act ----------------------------------------------------------------------------------------


@given(st.data())
def test_isomorphisms_do_not_change_the_function(data: st.DataObject) -> None:
    net, isomorphism = data.draw(networks_with_isomorphisms())
    batch = data.draw(st.lists(points(net.n_in), min_size=1, max_size=4))
    assert isomorphism(net).evaluate(batch) == net.evaluate(batch)


@given(st.data())
def test_isomorphisms_form_a_group(data: st.DataObject) -> None:
    net, f = data.draw(networks_with_isomorphisms())
    g = data.draw(isomorphisms(net))
    same = Isomorphism.identity(net.hidden_widths)
    assert g.after(f)(net) == g(f(net))
    assert f.inverse().after(f) == same == f.after(f.inverse())
    assert same(net) == net


def test_permuting_moves_the_rows_of_a_layer_and_the_columns_of_the_next() -> None:
    moved = permute(NET, 1, (2, 0, 1))
    assert moved.layers[0] == AffineMap.from_arrays([[0, "1/2"], [1, 2], [-1, 1]], [-1, 0, 1])
    assert moved.layers[1] == AffineMap.from_arrays([[4, 1, -1], [3, 2, 0]], ["1/2", -4])
    assert moved.layers[2] == NET.layers[2]


def test_scaling_divides_the_outgoing_weights_of_the_scaled_neuron_only() -> None:
    # Lemma 1 as printed divides the whole of W^2; column 1 of W^2 is all that may change.
    scaled = scale(NET, Neuron(1, 1), 3)
    assert scaled.layers[0] == AffineMap.from_arrays([[1, 2], [-3, 3], [0, "1/2"]], [0, 3, -1])
    assert scaled.layers[1] == AffineMap.from_arrays([[1, "-1/3", 4], [2, 0, 3]], ["1/2", -4])
    assert scaled.layers[2] == NET.layers[2]


def test_dividing_the_whole_next_layer_as_printed_changes_the_function() -> None:
    # ReLU(x) + ReLU(-x), first neuron, c = 2 at x = -1: 1 before, 1/2 after.
    net = Network.from_arrays([([[1], [-1]], [0, 0]), ([[1, 1]], [0])])
    printed = Network.from_arrays([([[2], [-1]], [0, 0]), ([["1/2", "1/2"]], [0])])
    assert (net((-1,)), printed((-1,))) == ((1,), (Fraction(1, 2),))
    assert not is_isomorphic(net, printed)


def test_a_permutation_and_its_inverse_cancel() -> None:
    assert permute(permute(NET, 1, (2, 0, 1)), 1, (1, 2, 0)) == NET


@pytest.mark.parametrize("c", [0, -1, "-1/2"])
def test_a_scale_that_is_not_positive_is_refused(c: object) -> None:
    with pytest.raises(InvalidNetwork, match="positive number only"):
        scale(NET, Neuron(2, 0), c)


@pytest.mark.parametrize("neuron", [Neuron(0, 0), Neuron(3, 0), Neuron(2, 2)])
def test_only_hidden_neurons_can_be_scaled(neuron: Neuron) -> None:
    with pytest.raises(InvalidNetwork, match="no such hidden neuron"):
        scale(NET, neuron, 2)


@pytest.mark.parametrize("layer", [0, 3, -1])
def test_only_hidden_layers_can_be_permuted(layer: int) -> None:
    with pytest.raises(InvalidNetwork, match="no such hidden layer"):
        permute(NET, layer, (0,))


@pytest.mark.parametrize("permutation", [(0, 1), (0, 1, 1), (1, 2, 3), (0, 1, 2, 3)])
def test_what_is_not_a_permutation_is_refused(permutation: tuple[int, ...]) -> None:
    with pytest.raises(InvalidNetwork, match="not a permutation"):
        permute(NET, 1, permutation)


def test_isomorphisms_of_other_widths_are_refused() -> None:
    small, large = Isomorphism.identity((2, 2)), Isomorphism.identity((3, 2))
    with pytest.raises(InvalidNetwork, match="other widths"):
        small(NET)
    with pytest.raises(InvalidNetwork, match="different widths"):
        small.after(large)
    with pytest.raises(InvalidNetwork, match="differ in length"):
        Isomorphism(((0, 1),), ((Fraction(1),),))


# -- the canonical form ------------------------------------------------------------------------------------------


@given(networks())
def test_the_canonical_form_is_isomorphic_to_the_network_and_is_its_own_form(net: Network) -> None:
    form = canonical_form(net)
    assert is_isomorphic(net, form)
    assert canonical_form(form) == form


@given(networks_with_isomorphisms())
def test_without_ties_isomorphic_networks_have_the_same_canonical_form(pair: tuple[Network, Isomorphism]) -> None:
    net, isomorphism = pair
    image = isomorphism(net)
    assert has_ties(net) == has_ties(image)
    event(f"ties: {has_ties(net)}")
    assume(not has_ties(net))
    assert canonical_form(net) == canonical_form(image)


def test_the_largest_entry_of_every_row_of_a_canonical_form_is_one_in_absolute_value() -> None:
    for layer in canonical_form(he_network((3, 4, 5, 2), seed=1)).layers[:-1]:
        for row, constant in zip(layer.W, layer.b, strict=True):
            assert max(abs(entry) for entry in (*row, constant)) == 1
        assert list(layer.rows) == sorted(layer.rows)


def test_a_row_of_zeros_is_scaled_by_its_outgoing_weights() -> None:
    # The first neuron is 0 everywhere; (3, -6) out of it and (1, -2) are the same up to its scale.
    a = Network.from_arrays([([[0], [1]], [0, 1]), ([[3, 1], [-6, 2]], [0, 0])])
    b = Network.from_arrays([([[0], [1]], [0, 1]), ([[1, 1], [-2, 2]], [0, 0])])
    assert not has_ties(a)
    assert canonical_form(a) == canonical_form(b)
    assert canonical_form(a).layers[1] == AffineMap.from_arrays([["1/2", 1], [-1, 2]], [0, 0])


def test_duplicates_are_ties_and_may_have_two_canonical_forms() -> None:
    a = Network.from_arrays([([[1], [1]], [0, 0]), ([[2, 3]], [0])])
    b = permute(a, 1, (1, 0))
    assert has_ties(a)
    assert canonical_form(a) != canonical_form(b)
    assert is_isomorphic(a, b)


def test_a_part_that_nothing_scales_is_a_tie() -> None:
    # z[1,0] is zero and feeds z[2,0] alone, which feeds nothing: only the ratio of their scales has a meaning.
    net = Network.from_arrays([([[0]], [0]), ([[5]], [0]), ([[0]], [1])])
    assert has_ties(net)
    assert is_isomorphic(net, scale(net, Neuron(1, 0), 7))


# -- deciding ----------------------------------------------------------------------------------------------------


@given(networks_with_isomorphisms())
def test_every_isomorphic_image_is_recognised_with_evidence(pair: tuple[Network, Isomorphism]) -> None:
    net, isomorphism = pair
    image = isomorphism(net)
    found = find_isomorphism(net, image)
    assert found is not None
    assert found(net) == image


@st.composite
def pairs_of_small_networks(draw: st.DrawFn) -> tuple[Network, Network]:
    """Pairs of the same widths with entries 0, 1, -1: often isomorphic, often nearly so, full of ties and zeros."""
    a = draw(networks(n_in=1, n_out=1, max_width=3, max_depth=2, entries=SIGNS))
    if draw(st.booleans()):
        image = draw(isomorphisms(a))(a)
        k = draw(st.integers(0, a.depth))
        changed = [list(row) for row in image.layers[k].rows]
        i, j = draw(st.integers(0, len(changed) - 1)), draw(st.integers(0, image.layers[k].n_in))
        changed[i][j] *= draw(st.sampled_from([1, 2, -1]))
        layer = AffineMap(tuple(map(tuple, changed)), image.layers[k].denominator, image.layers[k].n_in)
        return a, Network((*image.layers[:k], layer, *image.layers[k + 1 :]))
    layers = [
        AffineMap.from_fractions(draw(st.lists(points(n + 1, SIGNS), min_size=m, max_size=m)))
        for n, m in zip(a.widths, a.widths[1:], strict=False)
    ]
    return a, Network(tuple(layers))


@given(pairs_of_small_networks())
def test_the_decision_agrees_with_trying_all_permutations(pair: tuple[Network, Network]) -> None:
    a, b = pair
    expected = is_isomorphic_by_trying(a, b)
    event(f"isomorphic: {expected}")
    assert is_isomorphic(a, b) == expected


@given(st.data())
def test_isomorphic_networks_with_one_weight_changed_are_told_apart(data: st.DataObject) -> None:
    # On He networks almost surely no two entries are related, so any change of one non-zero weight is seen.
    net = he_network((2, 3, 3, 1), seed=data.draw(st.integers(0, 1000)))
    image = data.draw(isomorphisms(net))(net)
    k = data.draw(st.integers(0, 2))
    i, j = data.draw(st.integers(0, net.layers[k].n_out - 1)), data.draw(st.integers(0, net.layers[k].n_in))
    rows = [list(row) for row in image.layers[k].rows]
    rows[i][j] *= 2
    changed = AffineMap(tuple(map(tuple, rows)), image.layers[k].denominator, image.layers[k].n_in)
    other = Network((*image.layers[:k], changed, *image.layers[k + 1 :]))
    assert is_isomorphic(net, image)
    assert not is_isomorphic(net, other)


def test_networks_of_different_widths_are_not_related_even_if_they_are_the_same_function() -> None:
    one = Network.from_arrays([([[1]], [0]), ([[1]], [0])])
    with_a_dead_neuron = Network.from_arrays([([[1], [0]], [0, -1]), ([[1, 5]], [0])])
    assert find_isomorphism(one, with_a_dead_neuron) is None


def test_a_negated_neuron_is_not_isomorphic() -> None:
    net = Network.from_arrays([([[1]], [2]), ([[3]], [0])])
    negated = Network.from_arrays([([[-1]], [-2]), ([[-3]], [0])])
    assert not is_isomorphic(net, negated)


def test_duplicates_are_matched_by_what_they_feed() -> None:
    # Four equal neurons; layer 2 tells them apart: columns (1,0), (1,0), (0,1), (0,2), in any order.
    a = Network.from_arrays([([[1]] * 4, [1] * 4), ([[1, 1, 0, 0], [0, 0, 1, 2]], [0, 0]), ([[1, 1]], [0])])
    b = Network.from_arrays([([[1]] * 4, [1] * 4), ([[2, 0, 1, 0], [0, 1, 0, 1]], [0, 0]), ([[1, 1]], [0])])
    c = Network.from_arrays([([[1]] * 4, [1] * 4), ([[2, 0, 0, 0], [0, 1, 1, 1]], [0, 0]), ([[1, 1]], [0])])
    found = find_isomorphism(a, b)
    assert found is not None
    assert found(a) == b
    assert not is_isomorphic(a, c)


def _two_layers_joined_by(edges: list[tuple[int, int]], n: int) -> Network:
    """Equal neurons in both layers; z[2,e] adds the two neurons of edge e."""
    incidence = [[int(v in edge) for v in range(n)] for edge in edges]
    return Network.from_arrays([([[1]] * n, [1] * n), (incidence, [0] * len(edges)), ([[1] * len(edges)], [0])])


def test_graphs_that_refinement_cannot_tell_apart_are_told_apart_by_the_search() -> None:
    # A hexagon and two triangles are 2-regular on six vertices: the same colours, different networks.
    hexagon = [(i, (i + 1) % 6) for i in range(6)]
    triangles = [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3)]
    a, b = _two_layers_joined_by(hexagon, 6), _two_layers_joined_by(triangles, 6)
    assert not is_isomorphic(a, b)
    turned = Isomorphism(((3, 1, 5, 0, 2, 4), (5, 0, 3, 1, 4, 2)), Isomorphism.identity((6, 6)).scales)(a)
    found = find_isomorphism(a, turned)
    assert found is not None
    assert found(a) == turned


def test_many_zero_and_duplicate_neurons_do_not_make_the_search_long() -> None:
    # 40! orders of the dead neurons, 40! of the duplicates: twins are never tried one by one.
    dead, equal = 40, 40
    n = dead + equal + 1
    weights = [[0]] * dead + [[1]] * equal + [[-1]]
    biases = [0] * dead + [1] * equal + [2]
    out = [0] * dead + [3] * equal + [5]
    a = Network.from_arrays([(weights, biases), ([out], [0])])
    b = permute(a, 1, tuple(reversed(range(n))))
    found = find_isomorphism(a, b)
    assert found is not None
    assert found(a) == b
    less = Network.from_arrays([(weights, biases), ([[*out[:-2], 4, 5]], [0])])
    assert not is_isomorphic(a, less)


def test_neurons_that_nothing_scales_are_matched_together_with_their_scales() -> None:
    # Rows of zeros that feed rows made of them alone, which feed nothing: scales are fixed only among themselves.
    # 2x2 blocks [[p, q], [r, s]] are related by scaling rows and columns exactly when ps/qr agree (or qr/ps, swapped).
    def hanging(block: list[list[int]]) -> Network:
        return Network.from_arrays([([[0], [0]], [0, 0]), (block, [0, 0]), ([[0, 0]], [1])])

    a = hanging([[1, 2], [3, 4]])  # 4/6
    assert is_isomorphic(a, hanging([[5, 10], [6, 8]]))  # 40/60
    assert is_isomorphic(a, hanging([[10, 5], [8, 6]]))  # 60/40, columns swapped
    assert not is_isomorphic(a, hanging([[1, 2], [3, 5]]))  # 5/6
    assert not is_isomorphic(a, hanging([[1, -2], [3, -4]]))  # a column of negative weights stays negative


@given(networks(max_depth=2), networks(max_depth=2), rationals())
def test_isomorphic_networks_agree_everywhere_they_are_asked(a: Network, b: Network, t: Fraction) -> None:
    found = find_isomorphism(a, b)
    event(f"found: {found is not None}")
    if found is not None:
        assert a((t,) * a.n_in) == b((t,) * b.n_in)
        assert found.inverse()(b) == a


def test_a_network_without_hidden_layers_is_isomorphic_to_itself_alone() -> None:
    f, g = Network.from_arrays([([[1, 2]], [3])]), Network.from_arrays([([[1, 2]], [4])])
    assert find_isomorphism(f, f) == Isomorphism((), ())
    assert find_isomorphism(f, g) is None
    assert canonical_form(f) == f
