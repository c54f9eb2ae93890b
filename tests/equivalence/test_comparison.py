"""How two networks are related, against an independent solver, against construction, and for published extractions."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from comparable_networks import with_neuron, without
from hypothesis import given, settings
from hypothesis import strategies as st
from satisfiability import differ_somewhere

import exactrev
from exactrev.equivalence import Comparison, Relatedness, compare
from exactrev.equivalence.rows import find_row_distance
from exactrev.equivalence.simplest import find_simplest_difference, shorten
from exactrev.errors import InvalidNetwork
from exactrev.network import AffineMap, Isomorphism, Network, Neuron, load
from exactrev.network.isomorphisms import permute, scale
from exactrev.network.random import he_network
from exactrev.testing.strategies import isomorphisms, networks

NETS = Path(__file__).resolve().parents[2] / "../shared/nets"
SAME = {Relatedness.IDENTICAL, Relatedness.ISOMORPHIC, Relatedness.EQUAL}


def confirm(a: Network, b: Network, found: Comparison) -> None:
    """Whatever is claimed is checked again from outside."""
    if found.relation is Relatedness.IDENTICAL:
        assert a == b
    if found.relation is Relatedness.ISOMORPHIC:
        assert found.isomorphism is not None
        assert found.isomorphism(a) == b
    difference = found.difference
    assert (difference is not None) == (found.relation is Relatedness.DIFFERENT)
    if difference is not None:
        x = difference.point
        assert (a(x), b(x)) == (difference.first, difference.second)
        assert difference.first != difference.second
        assert difference.map(x) == difference.gap
        assert (a.pattern(x), b.pattern(x)) == (difference.first_pattern, difference.second_pattern)
    assert all(proof.check() for remark in found.remarks for proof in remark.step.proofs)


# -- against z3 --------------------------------------------------------------------------------------------------------


def changed(net: Network, k: int, i: int, j: int, value: Fraction) -> Network:
    rows = [[*w, b] for w, b in zip(net.layers[k].W, net.layers[k].b, strict=True)]
    rows[i][j] = value
    return Network((*net.layers[:k], AffineMap.from_fractions(rows), *net.layers[k + 1 :]))


def with_split(net: Network, neuron: Neuron, share: Fraction) -> Network:
    """One neuron as two: scaled copies, which take shares of the weights out of it."""
    f, g = net.layers[neuron.layer - 1], net.layers[neuron.layer]
    row = [3 * c for c in (*f.W[neuron.index], f.b[neuron.index])]
    more = with_neuron(net, neuron.layer, [*row], [share * w[neuron.index] / 3 for w in g.W])
    rows = [[*w, b] for w, b in zip(more.layers[neuron.layer].W, more.layers[neuron.layer].b, strict=True)]
    for upper in rows:
        upper[neuron.index] *= 1 - share
    return Network((*more.layers[: neuron.layer], AffineMap.from_fractions(rows), *more.layers[neuron.layer + 1 :]))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Network, Network]:
    """Two networks of one space: unrelated, or the second is the first with a neuron split, a few numbers changed, and
    all neurons permuted and scaled."""
    n_in, n_out = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    a = draw(networks(n_in, n_out, max_width=2, max_depth=2))
    if draw(st.integers(0, 3)) == 0:
        return a, draw(networks(n_in, n_out, max_width=2, max_depth=2))
    b = a
    if a.depth and draw(st.booleans()):
        b = with_split(a, draw(st.sampled_from([*a.neurons()])), draw(st.sampled_from([Fraction(1, 2), Fraction(-1)])))
    for _ in range(draw(st.integers(0, 2))):
        k = draw(st.integers(0, b.depth))
        i, j = draw(st.integers(0, b.layers[k].n_out - 1)), draw(st.integers(0, b.layers[k].n_in))
        b = changed(b, k, i, j, Fraction(draw(st.integers(-2, 2))))
    return a, draw(isomorphisms(b))(b)


@settings(max_examples=250)
@given(pairs())
def test_an_independent_solver_agrees(pair: tuple[Network, Network]) -> None:
    a, b = pair
    found = compare(a, b)
    confirm(a, b, found)
    assert found.is_same_function is not None
    assert found.is_same_function != differ_somewhere(a, b)


def test_the_pairs_are_of_all_kinds() -> None:
    """Agreement means something only if equal and different, isomorphic and not, all occur."""
    seen: dict[Relatedness, int] = {}

    @settings(max_examples=120, database=None)
    @given(pairs())
    def count(pair: tuple[Network, Network]) -> None:
        relation = compare(*pair).relation
        seen[relation] = seen.get(relation, 0) + 1

    count()
    assert set(seen) == SAME | {Relatedness.DIFFERENT}
    assert min(seen.values()) >= 5


# -- against construction ----------------------------------------------------------------------------------------------


def shuffled(net: Network, seed: int) -> Network:
    rng = np.random.default_rng(seed)
    image = Isomorphism(
        tuple(tuple(rng.permutation(width).tolist()) for width in net.hidden_widths),
        tuple(tuple(Fraction(int(p), int(q)) for p, q in rng.integers(1, 9, (w, 2))) for w in net.hidden_widths),
    )
    return image(net)


@pytest.mark.parametrize("widths", [(2, 16, 16, 1), (5, 8, 8, 1), (10, 10, 10, 1), (3, 4, 4, 4, 2)])
@pytest.mark.parametrize("layer", [1, 2])
def test_a_network_is_equal_to_itself_shuffled_and_with_a_neuron_split(widths: tuple[int, ...], layer: int) -> None:
    net = he_network(widths, 0)
    assert compare(net, net).relation is Relatedness.IDENTICAL
    image = shuffled(net, 1)
    found = compare(net, image)
    assert found.relation is Relatedness.ISOMORPHIC
    confirm(net, image, found)
    split = shuffled(with_split(net, Neuron(layer, 1), Fraction(2, 7)), 2)
    assert split.architecture != net.architecture
    assert compare(net, split).relation is compare(split, net).relation is Relatedness.EQUAL
    out = [Fraction(i == 0, 1000) for i in range(split.hidden_widths[1])]
    wrong = with_neuron(split, 1, [1] * (widths[0] + 1), [*out])
    found = compare(net, wrong)
    assert found.relation is Relatedness.DIFFERENT
    confirm(net, wrong, found)


def test_a_network_differs_from_itself_without_a_neuron_that_100_000_inputs_do_not_switch_on() -> None:
    net = he_network((10, 10, 10, 1), 11)
    less = without(net, Neuron(2, 3))
    x = np.random.default_rng(7).standard_normal((100_000, 10))
    values = []
    for each in (net, less):
        a = x
        for k, (W, b) in enumerate(f.as_floats() for f in each.layers):
            a = (np.maximum(a, 0) if k else a) @ W.T + b
        values.append(a)
    assert np.allclose(*values, rtol=0, atol=1e-9)
    found = compare(net, less)
    assert found.relation is Relatedness.DIFFERENT
    confirm(net, less, found)


def test_two_networks_whose_loops_are_paired_otherwise_are_equal() -> None:
    # Two hidden neurons each have one loop near (10, 0) and one near (-10, 0); exchanging two of the loops leaves the
    # sum as it is, for wherever neurons of both groups are on, all four are positive.
    first = [(1, 1, -10), (1, -1, -10), (1, 0, -12), ("1/2", 1, -7), ("1/2", -1, -7)]
    other = [(-1, "11/10", -10), (-1, "-9/10", -10), (-1, "1/20", -12), ("-3/5", 1, -8), ("-2/5", "-11/10", -7)]
    layer = ([row[:2] for row in first + other], [row[2] for row in first + other])
    A, A_ = [1, 1, -6, -6, -6], [Fraction(5, 4), 1, -5, -7, -6]
    B, B_ = [1, 1, -6, -6, -6], [1, Fraction(9, 8), -7, -6, -7]
    third = [-2, -3, -2, -1, -3, -1, -2, -3, -1, -2]

    def paired(one: list[Fraction | int], two: list[Fraction | int], out: list[int]) -> Network:
        rows = [[-c for c in one], [-c for c in two], third]
        return Network.from_arrays([layer, (rows, [1, 1, 200]), ([out], [0])])

    a, b = paired([*A, *B], [*A_, *B_], [1, 1, 1]), paired([*A, *B_], [*A_, *B], [1, 1, 1])
    found = compare(a, b)
    assert found.relation is Relatedness.EQUAL
    assert found.isomorphism is None
    a, b = paired([*A, *B], [*A_, *B_], [1, 2, 1]), paired([*A, *B_], [*A_, *B], [1, 2, 1])
    assert a((-30, 0)) == (584,)
    assert b((-30, 0)) == (Fraction(1127, 2),)
    assert compare(a, b).relation is Relatedness.DIFFERENT


def test_layers_of_width_one_have_a_second_network() -> None:
    # ReLU(1 - ReLU(x)) = 1 - ReLU(1 - ReLU(1 - x)): isomorphic by none of permutation and scaling.
    a = Network.from_arrays([([[1]], [0]), ([[-1]], [1]), ([[1]], [0])])
    b = Network.from_arrays([([[-1]], [1]), ([[-1]], [1]), ([[-1]], [1])])
    found = compare(a, b)
    assert found.relation is Relatedness.EQUAL
    confirm(a, b, found)


def test_a_neuron_that_is_never_on_is_remarked_upon() -> None:
    net = he_network((5, 10, 10, 10, 1), 2)
    found = compare(without(net, Neuron(3, 9)), net)
    assert found.relation is Relatedness.EQUAL
    assert [(remark.network, remark.neuron, remark.kind) for remark in found.remarks] == [
        ("B", Neuron(3, 9), "never active")
    ]
    confirm(without(net, Neuron(3, 9)), net, found)


def test_neurons_that_both_have_up_to_entries_that_do_not_matter_are_named_with_their_network() -> None:
    # a1 = ReLU(-x - 2) is off wherever a0 - 1 = ReLU(x) - 1 is positive: its weight is free there.
    a = Network.from_arrays([([[1], [-1]], [0, -2]), ([[1, 0], [1, 1]], [-1, 0]), ([[1, 1]], [0])])
    b = Network.from_arrays([([[1], [-1]], [0, -2]), ([[3, -7], [1, 1]], [-3, 0]), ([["1/3", 1]], [0])])
    found = compare(a, b)
    assert found.relation is Relatedness.EQUAL
    (remark,) = found.remarks
    assert (remark.network, remark.neuron, remark.of, remark.step.factor) == (
        "B", Neuron(2, 0), ("A", Neuron(2, 0)), 3
    )  # fmt: skip
    confirm(a, b, found)


def test_without_time_it_stays_undecided() -> None:
    # ReLU(x) + ReLU(y) >= ReLU(x + y), so that the second neuron of the second layer is never on.
    first = ([[1, 0], [0, 1], [1, 1]], [0, 0, 0])
    a = Network.from_arrays([first, ([[1, 0, 1], [-1, -1, 1]], [0, 0]), ([[1, 1]], [0])])
    b = without(a, Neuron(2, 1))
    assert compare(a, b).relation is Relatedness.EQUAL
    found = compare(a, b, budget=0)
    assert found.relation is Relatedness.UNDECIDED
    assert found.is_same_function is None
    assert "cases" in found.checked


def test_it_is_a_name_of_the_package() -> None:
    assert exactrev.compare is compare


def test_networks_of_other_spaces_are_refused() -> None:
    with pytest.raises(InvalidNetwork, match="cannot be compared"):
        compare(he_network((2, 3, 1), 0), he_network((3, 3, 1), 0))


# -- what is shown -----------------------------------------------------------------------------------------------------


def test_the_point_of_difference_has_small_numbers() -> None:
    net = he_network((3, 5, 5, 1), 0)
    other = changed(net, 0, 1, 1, net.layers[0].W[1][1] + Fraction(1, 10**6))
    found = compare(net, other)
    assert found.difference is not None
    assert all(x.denominator == 1 and abs(x) < 100 for x in found.difference.point)


def test_of_several_regions_the_one_with_the_simplest_difference_is_shown() -> None:
    # a - b = 5 where x > 0, and 3x + y + 5 where x < 0 < y.
    a = Network.from_arrays([([[-1, 0], [0, 1], [-1, 1]], [0, 0, 0]), ([[-2, 0, 1]], [5])])
    b = Network.from_arrays([([[-1, 0], [-1, 1]], [0, 0]), ([[1, 1]], [0])])
    points = [(Fraction(-7, 3), Fraction(5, 3)), (Fraction(22, 7), Fraction(1))]
    difference = find_simplest_difference(a, b, points)
    assert difference.map == AffineMap.from_arrays([[0, 0]], [5])
    assert difference.point[0] > 0
    with pytest.raises(ValueError, match="a point"):
        find_simplest_difference(a, b, [])


def test_shortening_keeps_what_has_to_hold() -> None:
    x = (Fraction(10**9 + 7, 10**8), Fraction(-1, 10**7))
    short = shorten(x, lambda p: p[0] > 9 and p[1] < 0)
    assert short == (10, -1)
    assert shorten(x, lambda p: p == x) == x


# -- first layers ------------------------------------------------------------------------------------------------------


def test_first_layers_are_matched_so_that_the_largest_difference_is_smallest() -> None:
    net = he_network((4, 6, 1), 3)
    turned = scale(permute(net, 1, (3, 0, 5, 1, 2, 4)), Neuron(1, 2), "9/4")
    found = find_row_distance(net, turned)
    assert found is not None
    assert found.largest == 0
    assert found.partners == (1, 3, 4, 0, 5, 2)


def test_the_matching_is_the_best_of_all() -> None:
    for seed in range(6):
        a, b = he_network((2, 4, 1), seed), he_network((2, 4, 1), seed + 100)
        rows = [
            [[c / max(map(abs, w)) for c in (*w, bias)] for w, bias in zip(f.W, f.b, strict=True)]
            for f in (a.layers[0], b.layers[0])
        ]
        best = min(
            max(max(abs(s - t) for s, t in zip(rows[0][i], rows[1][j], strict=True)) for i, j in enumerate(order))
            for order in permutations(range(4))
        )
        found = find_row_distance(a, b)
        assert found is not None
        assert found.largest == best
        assert sorted(found.partners) == [0, 1, 2, 3]


def test_first_layers_of_other_widths_are_not_compared() -> None:
    assert find_row_distance(he_network((2, 3, 1), 0), he_network((2, 4, 1), 0)) is None
    assert find_row_distance(he_network((2, 1), 0), he_network((2, 1), 1)) is None


# -- published ---------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not NETS.exists(), reason="needs the published networks")
@pytest.mark.parametrize(("precision", "exponent", "partners"), [("12p", 5, (0, 1)), ("14p", 6, (1, 0))])
def test_published_extractions_are_other_functions_with_almost_the_right_rows(
    precision: str, exponent: int, partners: tuple[int, ...]
) -> None:
    victim, extracted = load(NETS / "victim_32-2-2-1.npz"), load(NETS / f"extracted_{precision}_32-2-2-1.npz")
    found = compare(victim, extracted)
    confirm(victim, extracted, found)
    assert found.relation is Relatedness.DIFFERENT
    assert found.rows is not None
    assert found.rows.partners == partners
    # Normalised floats suffice to confirm the exact rational to a few digits.
    W, b = victim.layers[0].as_floats()
    V, c = (entry[list(partners)] for entry in extracted.layers[0].as_floats())
    p, q = (np.c_[M, m] / np.abs(M).max(axis=1, keepdims=True) for M, m in ((W, b), (V, c)))
    assert float(found.rows.largest) == pytest.approx(np.abs(p - q).max(), rel=1e-6)
    assert 0 < found.rows.largest < Fraction(1, 10**exponent) * 10


@pytest.mark.skipif(not NETS.exists(), reason="needs the published networks")
def test_one_published_network_in_two_formats_can_be_two_functions() -> None:
    decimals, floats = (load(NETS / f"ACASXU_experimental_v2a_1_1.{kind}") for kind in ("nnet", "onnx"))
    assert compare(decimals, floats).relation is Relatedness.DIFFERENT
    decimals, floats = (load(NETS / f"fc_2-2-3.{kind}") for kind in ("nnet", "onnx"))
    assert compare(decimals, floats).relation is Relatedness.IDENTICAL
