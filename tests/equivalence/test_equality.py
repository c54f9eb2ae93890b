"""Equality is claimed with a proof, denied with a point, and else left open."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

import pytest
from comparable_networks import made_linear, with_neuron, without
from hypothesis import given, settings
from hypothesis import strategies as st

from exactrev.equivalence import decide_equal, find_difference, prune, prune_with_proofs, side_by_side, vanishing
from exactrev.equivalence.side_by_side import owner_of
from exactrev.equivalence.vanishing import find_nonzero_point
from exactrev.errors import InvalidNetwork
from exactrev.network import AffineMap, Network, Neuron
from exactrev.network.isomorphisms import permute, scale
from exactrev.network.random import he_network, random_rational_network
from exactrev.search import Budget, Found, Impossible, decide_free, find_point_with_neuron_off, with_weight
from exactrev.verdict import Outcome

GRID = [*product((-3, Fraction(-1, 2), 0, 1, 4), repeat=2)]

# -- equality ----------------------------------------------------------------------------------------------------------


def test_isomorphic_networks_are_equal() -> None:
    net = he_network((20, 6, 5, 3), 0)
    image = scale(permute(net, 1, (5, 4, 3, 2, 1, 0)), Neuron(2, 1), "1/3")
    verdict = decide_equal(net, image)
    assert verdict.holds
    assert verdict.witness["isomorphism"](net) == image


def test_a_neuron_that_is_never_on_makes_no_difference() -> None:
    net = he_network((8, 6, 5, 3), 0)
    # -a_0 - 2 a_1 - 1 is negative, for activations are not.
    more = with_neuron(net, 2, [-1, -2, 0, 0, 0, 0, -1], [5, 6, 7])
    assert decide_equal(net, more).checked == "the neurons that both have are all that matters"
    assert decide_equal(more, net).holds


def test_a_different_way_to_write_a_linear_term_is_recognised() -> None:
    # ReLU(x + y) - ReLU(-x - y) = x + y = ReLU(x) - ReLU(-x) + ReLU(y) - ReLU(-y)
    a = Network.from_arrays([([[1, 1], [-1, -1]], [0, 0]), ([[1, -1]], [0])])
    b = Network.from_arrays([([[1, 0], [-1, 0], [0, 1], [0, -1]], [0] * 4), ([[1, -1, 1, -1]], [0])])
    verdict = decide_equal(a, b)
    assert verdict.holds
    # Neurons with opposite preactivations are one unit, so that the inputs alone are left: one case for either sign.
    assert verdict.checked == "the difference is positive or negative in none of 2 cases, which are all"
    assert all(proof.check() for proof in verdict.witness["difference"].proofs)


def test_networks_of_other_depths_are_compared() -> None:
    a = he_network((2, 3, 2, 1), 0)
    b = side_by_side(a, Network.from_arrays([([[0, 0]], [0])]))
    deeper = Network.from_arrays(
        [
            (a.layers[0].W, a.layers[0].b),
            (a.layers[1].W, a.layers[1].b),
            ([[1, 0], [0, 1]], [0, 0]),
            (a.layers[2].W, a.layers[2].b),
        ]
    )
    assert decide_equal(a, b).holds
    assert decide_equal(a, deeper).holds
    assert decide_equal(deeper, a).holds


def test_a_hat_too_small_for_samples_is_found_among_the_regions() -> None:
    # |x - c| <= 10^-9 is where ReLU(x - c + w) - 2 ReLU(x - c) + ReLU(x - c - w) is not zero.
    c, w = Fraction(123457, 10**5), Fraction(1, 10**9)
    flat = Network.from_arrays([([[1], [1], [1]], [w - c, -c, -w - c]), ([[0, 0, 0]], [0])])
    hat = Network.from_arrays([([[1], [1], [1]], [w - c, -c, -w - c]), ([[1, -2, 1]], [0])])
    verdict = decide_equal(flat, hat)
    assert verdict.outcome is Outcome.FAILS
    point = verdict.witness["point"]
    assert flat(point) == verdict.witness["first"] == (0,)
    assert hat(point) == verdict.witness["second"] != (0,)


def with_linear_terms(net: Network, forms: list[list[Fraction | int]], factors: list[int]) -> Network:
    """The network plus the sum of factor * form, each written as ReLU(form) - ReLU(-form) in the only hidden layer."""
    for form, factor in zip(forms, factors, strict=True):
        net = with_neuron(net, 1, form, [factor] * net.n_out)
        net = with_neuron(net, 1, [-entry for entry in form], [-factor] * net.n_out)
    return net


def test_linear_terms_that_cancel_are_seen_to_cancel_in_any_dimension() -> None:
    net = he_network((9, 5, 2), 0)
    forms: list[list[Fraction | int]] = [[1, 0, 2, *[0] * 7], [0, 1, *[0] * 7, 3], [1, 1, 2, *[0] * 6, 3]]
    more = with_linear_terms(net, forms, [1, 1, -1])
    verdict = decide_equal(net, more)
    assert verdict.holds
    assert verdict.checked == "the difference is positive or negative in none of 2 cases, which are all"


def test_they_may_be_as_many_as_they_like() -> None:
    net = he_network((9, 5, 2), 0)
    rows = random_rational_network((9, 20, 1), 0).layers[0].rows
    forms = [*map(list, rows), [sum(column) for column in zip(*rows, strict=True)]]
    more = with_linear_terms(net, [[*map(Fraction, form)] for form in forms], [1] * 20 + [-1])
    assert find_difference(net, more, budget=500) is None
    assert decide_equal(net, more).holds
    assert decide_equal(net, made_linear(net, Neuron(1, 0))).outcome is Outcome.FAILS


def test_neurons_that_both_have_are_made_one() -> None:
    net = he_network((30, 6, 5, 3), 0)
    split = with_neuron(net, 2, [2 * entry for entry in (*net.layers[1].W[0], net.layers[1].b[0])], [0, 5, 0])
    columns = [*zip(*split.layers[2].W, strict=True)]
    columns[0] = tuple(w - (10 if i == 1 else 0) for i, w in enumerate(columns[0]))
    split = Network.from_arrays(
        [*((f.W, f.b) for f in split.layers[:2]), (list(zip(*columns, strict=True)), split.layers[2].b)]
    )
    assert decide_equal(net, split).holds


def test_a_neuron_that_no_region_switches_on_makes_no_difference() -> None:
    # z[3,9] of this network is never on, which no row shows by itself.
    net = he_network((5, 10, 10, 10, 1), 2)
    verdict = decide_equal(net, without(net, Neuron(3, 9)))
    assert verdict.checked == "the neurons that both have are all that matters"
    (step,) = (step for step in verdict.witness["difference"].pruned.steps if step.kind == "never active")
    assert step.neuron == Neuron(3, 9)
    assert all(proof.check() for proof in step.proofs)


def tournament(order: list[int]) -> Network:
    """The largest of 2^d inputs, matched in this order: max(p, q) = ReLU(p - q) + ReLU(q) - ReLU(-q)."""
    forms = [[Fraction(i == j) for i in range(len(order))] for j in order]
    layers: list[tuple[list[list[Fraction]], list[int]]] = []
    while len(forms) > 1:
        rows = []
        for p, q in zip(forms[::2], forms[1::2], strict=True):
            rows += [[s - t for s, t in zip(p, q, strict=True)], q, [-t for t in q]]
        layers.append((rows, [0] * len(rows)))
        signs = (Fraction(1), Fraction(1), Fraction(-1))
        width, matches = len(rows), len(forms) // 2
        forms = [[signs[j % 3] if j // 3 == m else Fraction(0) for j in range(width)] for m in range(matches)]
    return Network.from_arrays([*layers, (forms, [0])])


@pytest.mark.parametrize("order", [[0, 2, 1, 3], [0, 4, 1, 5, 2, 6, 3, 7]])
def test_the_largest_of_many_is_the_same_however_they_are_matched(order: list[int]) -> None:
    a, b = tournament(sorted(order)), tournament(order)
    assert a(range(len(order))) == b(range(len(order))) == (len(order) - 1,)
    verdict = decide_equal(a, b)
    assert verdict.holds
    assert all(proof.check() for proof in verdict.witness["difference"].proofs)


def test_a_neuron_that_is_always_on_may_be_shifted() -> None:
    net = he_network((5, 10, 10, 10, 1), 3)
    assert isinstance(find_point_with_neuron_off(net, Neuron(3, 0)), Impossible)
    rows = [[*w, b] for w, b in zip(net.layers[2].W, net.layers[2].b, strict=True)]
    out = net.layers[3]
    rows[0][-1] += 1
    shifted = Network(
        (*net.layers[:2], AffineMap.from_fractions(rows), AffineMap.from_arrays(out.W, [out.b[0] - out.W[0][0]]))
    )
    assert decide_equal(net, shifted).holds
    rows[0][-1] -= 10**6  # now it is off somewhere
    wrong = AffineMap.from_arrays(out.W, [out.b[0] + (10**6 - 1) * out.W[0][0]])
    assert decide_equal(net, Network((*net.layers[:2], AffineMap.from_fractions(rows), wrong))).outcome is Outcome.FAILS


def free_weights(net: Network) -> Iterator[tuple[tuple[int, int, int], Fraction]]:
    """The places of the free weights, and the largest value that is known to change nothing."""
    for k in range(1, net.depth + 1):
        f = net.layers[k - 1]
        for i, j in product(range(f.n_out), range(f.n_in)):
            verdict = decide_free(net, k, i, j)
            if verdict.holds:
                yield (k, i, j), verdict.witness["interval"][1]


@pytest.mark.parametrize(("widths", "seed"), [((5, 6, 6, 6, 1), 5), ((4, 6, 6, 6, 6, 1), 1), ((5, 10, 10, 10, 1), 1)])
def test_networks_that_differ_in_weights_that_do_not_matter_are_equal(widths: tuple[int, ...], seed: int) -> None:
    net = he_network(widths, seed)
    image = scale(permute(net, 2, (*range(1, widths[2]), 0)), Neuron(3, 1), "5/3")
    moved, far, touched = net, net, set()
    for place, high in free_weights(net):
        if high is not None and place[:2] not in touched:  # two weights of a neuron need not be free together
            touched.add(place[:2])
            moved = with_weight(moved, *place, high)
            far = with_weight(far, *place, high + 10**6)
    assert moved != net
    verdict = decide_equal(image, moved)
    assert verdict.holds
    assert decide_equal(image, far).outcome is Outcome.FAILS


def test_without_cases_or_time_it_stays_open() -> None:
    a, b = tournament([0, 1, 2, 3]), tournament([0, 2, 1, 3])
    assert decide_equal(a, b, Budget(3)).outcome is Outcome.UNDECIDED
    assert decide_equal(a, b, Budget(deadline=0.0)).outcome is Outcome.UNDECIDED


def test_few_regions_are_looked_at_one_by_one_where_the_search_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = tournament([0, 1, 2, 3]), tournament([0, 2, 1, 3])
    monkeypatch.setattr(vanishing, "_FEW", 1)
    monkeypatch.setattr(vanishing, "_MORE", 1)
    assert decide_equal(a, b).checked.startswith("the difference is zero on all of its ")
    c = with_neuron(b, 2, [0, 0, 0, 1, 1, -1, -1000], [1])  # on where x1 or x3 is over 1000
    monkeypatch.setattr(vanishing, "guess_point", lambda *_: None)
    found = find_nonzero_point(side_by_side(a, c))
    assert isinstance(found, Found)
    assert a(found.point) != c(found.point)
    monkeypatch.setattr(vanishing, "MOST_REGIONS", 3)
    assert decide_equal(a, b).checked.startswith("the difference is positive or negative in none of ")


def test_a_mixed_integer_program_finds_what_a_short_search_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vanishing, "_FEW", 0)
    monkeypatch.setattr(vanishing, "_MORE", 0)
    net = he_network((10, 10, 10, 1), 11)
    found = find_nonzero_point(side_by_side(net, without(net, Neuron(2, 3))))
    assert isinstance(found, Found)
    assert net(found.point) != without(net, Neuron(2, 3))(found.point)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_verdicts_on_random_networks_agree_with_values(first: int, second: int) -> None:
    a = random_rational_network((2, 2, 1, 1), first, numerator=1, denominator=1)
    b = random_rational_network((2, 2, 1, 1), second, numerator=1, denominator=1)
    verdict = decide_equal(a, b)
    assert verdict.outcome in (Outcome.HOLDS, Outcome.FAILS)
    if verdict.holds:
        assert a.evaluate(GRID) == b.evaluate(GRID)
    else:
        assert a(verdict.witness["point"]) != b(verdict.witness["point"])


def test_networks_of_other_spaces_cannot_be_equal() -> None:
    with pytest.raises(InvalidNetwork, match="cannot be compared"):
        decide_equal(he_network((2, 3, 1), 0), he_network((2, 3, 2), 0))


# -- side by side ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second"), [((2, 3, 2), (2, 4, 2)), ((2, 3, 2), (2, 2, 1, 3, 2)), ((2, 2), (2, 3, 2)), ((2, 2), (2, 2))]
)
def test_side_by_side_is_the_difference(first: tuple[int, ...], second: tuple[int, ...]) -> None:
    a, b = random_rational_network(first, 1), random_rational_network(second, 2)
    differences = [
        tuple(p - q for p, q in zip(u, v, strict=True))
        for u, v in zip(a.evaluate(GRID), b.evaluate(GRID), strict=True)
    ]
    assert side_by_side(a, b).evaluate(GRID) == differences
    assert side_by_side(b, a).evaluate(GRID) == [tuple(-d for d in pair) for pair in differences]


# -- neurons that change nothing ---------------------------------------------------------------------------------------


def kinds(net: Network) -> list[tuple[str, Neuron]]:
    return sorted((step.kind, step.neuron) for step in prune_with_proofs(net).steps)


def test_a_neuron_above_an_identity_of_three_is_never_active() -> None:
    # ReLU(x) + ReLU(y) - ReLU(x + y) >= 0 always, so its negative is never on, and its sum with 1/100 is.
    first = ([[1, 0], [0, 1], [1, 1]], [0, 0, 0])
    net = Network.from_arrays([first, ([[-1, -1, 1], [1, 1, 0]], [0, 0]), ([[1, 1]], [0])])
    assert kinds(net) == [("never active", Neuron(2, 0)), ("unheard", Neuron(1, 2))]
    more = Network.from_arrays([first, ([[-1, -1, 1], [1, 1, 0]], ["1/100", 0]), ([[1, 1]], [0])])
    assert kinds(more) == []


def test_above_a_second_layer_activations_are_not_negative() -> None:
    # ReLU(-a - 1) is never on for a >= 0, but on for a real number a < -1.
    net = Network.from_arrays([([[1], [-1]], [0, 5]), ([[-1, 0]], [-1]), ([[1]], [0])])
    assert ("never active", Neuron(2, 0)) in kinds(net)
    assert prune(Network.from_arrays([([[-1]], [-1]), ([[1]], [0])])).hidden_widths == (1,)


def test_rows_that_differ_where_it_does_not_matter_are_multiples() -> None:
    # z[2,1] = 3 z[2,0] - 7 a1, and a1 = ReLU(-x - 2) is off wherever a0 - 1 = ReLU(x) - 1 is positive.
    net = Network.from_arrays([([[1], [-1]], [0, -2]), ([[1, 0], [3, -7], [1, 1]], [-1, -3, 0]), ([[1, 1, 1]], [0])])
    (step,) = prune_with_proofs(net).steps
    assert (step.neuron, step.kind, step.of, step.factor) == (Neuron(2, 1), "a multiple", Neuron(2, 0), 3)
    assert len(step.proofs) == 2
    assert all(proof.check() for proof in step.proofs)
    assert prune(net).evaluate([[x] for x in range(-9, 9)]) == net.evaluate([[x] for x in range(-9, 9)])


def test_what_is_left_is_named() -> None:
    net = Network.from_arrays([([[0], [1], [-1]], [3, 0, 2]), ([[1, 2, 7], [-1, -1, -1]], [0, -5]), ([[2, 4]], [0])])
    pruned = prune_with_proofs(net)
    assert pruned.left == ((Neuron(1, 1), Neuron(1, 2)), (Neuron(2, 0),))
    assert {step.neuron: step.kind for step in pruned.steps} == {Neuron(1, 0): "constant", Neuron(2, 1): "never active"}


def test_without_a_budget_only_what_the_rows_show_goes() -> None:
    net = he_network((5, 10, 10, 10, 1), 2)
    assert prune_with_proofs(net, Budget(0)).steps == ()
    assert [step.neuron for step in prune_with_proofs(net).steps] == [Neuron(3, 9)]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_pruning_changes_no_value(seed: int) -> None:
    net = random_rational_network((2, 3, 3, 2, 1), seed, numerator=1, denominator=1)
    pruned = prune(net)
    assert pruned.evaluate(GRID) == net.evaluate(GRID)
    assert all(proof.check() for step in prune_with_proofs(net).steps for proof in step.proofs)
    assert all(p <= w for p, w in zip(pruned.widths, net.widths, strict=True))
    assert prune(pruned) == pruned


def test_what_matters_stays() -> None:
    net = he_network((3, 4, 4, 1), 1)
    assert all(find_difference(net, without(net, neuron)) is not None for neuron in net.neurons())
    assert prune(net) == net


def test_a_dead_layer_keeps_one_neuron() -> None:
    net = Network.from_arrays([([[1, 2], [3, 4]], [0, 0]), ([[-1, 0], [0, -1]], [0, -1]), ([[1, 1]], [7])])
    assert prune(net) == Network.from_arrays([([[0, 0]], [0]), ([[0]], [0]), ([[0]], [7])])


@pytest.mark.parametrize(
    ("first", "second"), [((2, 3, 2), (2, 4, 2)), ((2, 3, 2), (2, 2, 1, 3, 2)), ((2, 2), (2, 3, 2))]
)
def test_side_by_side_every_neuron_has_an_owner(first: tuple[int, ...], second: tuple[int, ...]) -> None:
    a, b = random_rational_network(first, 1), random_rational_network(second, 2)
    owners = [owner_of(a, b, neuron) for neuron in side_by_side(a, b).neurons()]
    for side, net in (("A", a), ("B", b)):
        assert [neuron for owner, neuron in owners if owner == side and neuron is not None] == [*net.neurons()]
    for neuron in side_by_side(a, b).neurons():
        side, own = owner_of(a, b, neuron)
        x = (Fraction(3, 2), Fraction(-1, 7))
        if own is not None:
            theirs = (a if side == "A" else b).preactivations(x)[own.layer - 1][own.index]
            assert side_by_side(a, b).preactivations(x)[neuron.layer - 1][neuron.index] == theirs
