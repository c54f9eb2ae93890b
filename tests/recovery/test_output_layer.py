"""The output layer and the last hidden layer's signs from samples of N, against networks that are known."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from exactrev.network import AffineMap, Network, he_network, random_rational_network
from exactrev.recovery.bends import find_outgoing_weight
from exactrev.recovery.output_layer import AffinePiece, PointSample, recover_output_layer


def identity(n):
    return AffineMap.from_arrays([[int(i == j) for j in range(n)] for i in range(n)], [0] * n)


def rows_of(affine):
    return [tuple(Fraction(entry, affine.denominator) for entry in row) for row in affine.rows]


def random_points(n, count, seed, size=300):
    random = Random(seed)
    return [tuple(Fraction(random.randint(-size, size), 101) for _ in range(n)) for _ in range(count)]


def random_flips(n, seed):
    random = Random(seed)
    return tuple(random.choice((1, -1)) for _ in range(n))


def flipped(layer, flips):
    return AffineMap.from_fractions(
        [[t * entry for entry in row] for t, row in zip(flips, rows_of(layer), strict=True)]
    )


def activations_map(net, pattern):
    """x -> a^{d-1}(x) on the region with this pattern, where a^0 = x."""
    if net.depth == 1:
        return identity(net.n_in)
    below = rows_of(net.preactivation_map(net.depth - 1, pattern))
    zero = [Fraction(0)] * (net.n_in + 1)
    return AffineMap.from_fractions(
        [row if on else zero for on, row in zip(pattern[net.depth - 2], below, strict=True)]
    )


def sample_at(net, x):
    return PointSample(activations_map(net, net.pattern(x))(x), net(x))


def piece_at(net, x):
    pattern = net.pattern(x)
    return AffinePiece(activations_map(net, pattern), net.affine_map(pattern), x)


def outgoing_by_jumps(net, flips, x):
    """o from the jump of N across each boundary of the last hidden layer, with forms of the given signs."""
    pattern = net.pattern(x)
    units = rows_of(net.preactivation_map(net.depth, pattern))
    columns = []
    for z, unit in enumerate(units):
        off, on = (
            rows_of(net.affine_map((*pattern[:-1], (*pattern[-1][:z], state, *pattern[-1][z + 1 :]))))
            for state in (False, True)
        )
        form = tuple(flips[z] * entry for entry in unit)
        columns.append(
            [find_outgoing_weight(before, after, form, flips[z]) for before, after in zip(off, on, strict=True)]
        )
    return [*zip(*columns, strict=True)]


def agrees(found, forms, net, points):
    """Does the recovered layer, over the neurons with their signs, say what N says?"""
    hidden = flipped(forms, found.signs.signs)
    for x in points:
        a = hidden(activations_map(net, net.pattern(x))(x))
        if found.layer(max(entry, Fraction(0)) for entry in a) != net(x):
            return False
    return True


@pytest.mark.parametrize(
    ("widths", "seed"),
    [((2, 3, 1), 0), ((2, 8, 1), 1), ((3, 10, 1), 2), ((1, 4, 1), 3), ((4, 4, 3), 4), ((2, 9, 5), 5), ((12, 7, 2), 7)],
)
def test_one_piece_and_the_jumps_recover_all_of_a_network_with_one_hidden_layer(widths, seed):
    net = he_network(widths, seed, "float32")
    flips = random_flips(widths[1], seed)
    forms = flipped(net.layers[0], flips)
    x, *others = random_points(widths[0], 20, seed)
    found = recover_output_layer(forms, outgoing_by_jumps(net, flips, x), [piece_at(net, x)])
    assert found.layer == net.layers[-1], "the scale is that of the forms, so the outputs have to be the same numbers"
    assert (found.signs.signs, found.signs.unique) == (flips, True)
    assert (found.rank, found.contradicting, found.has_linear_rest) == (widths[0] + 1, (), False)
    samples = [sample_at(net, y) for y in others] + [piece_at(net, y) for y in others]
    assert found.form.find_contradictions(samples) == []
    assert all(found.form(sample.activations) == sample.outputs for sample in samples[:19])
    assert agrees(found, forms, net, others)


@pytest.mark.parametrize("widths", [(2, 5, 1), (3, 4, 6, 1), (4, 6, 5, 2), (3, 4, 4, 4, 2)])
@pytest.mark.parametrize("seed", range(2))
def test_values_at_points_are_enough_in_any_depth(widths, seed):
    net = he_network(widths, seed, "float32")
    flips = random_flips(widths[-2], seed)
    forms = flipped(net.layers[-2], flips)
    points = random_points(widths[0], 60, seed)
    found = recover_output_layer(
        forms, outgoing_by_jumps(net, flips, points[0]), [sample_at(net, x) for x in points[:40]]
    )
    seen = [i for i in range(widths[-2]) if i not in found.signs.open]
    assert [found.signs.signs[i] for i in seen] == [flips[i] for i in seen]
    assert found.contradicting == ()
    if found.rank == widths[-3] + 1:
        assert found.signs.settled == flips
        assert found.layer == net.layers[-1]
        assert agrees(found, forms, net, points)
    else:
        assert found.form is None


def test_the_deep_cases_above_are_not_empty():
    net = he_network((4, 6, 5, 2), 0, "float32")
    found = recover_output_layer(
        net.layers[-2], net.layers[-1].W, [sample_at(net, x) for x in random_points(4, 40, 0)]
    )
    assert found.rank == 7
    assert found.layer == net.layers[-1]


@pytest.mark.parametrize("seed", range(3))
def test_points_and_pieces_say_the_same(seed):
    net = random_rational_network((3, 4, 3, 2), seed=seed, denominator=7)
    points = random_points(3, 30, seed)
    as_points = [sample_at(net, x) for x in points]
    as_pieces = [piece_at(net, x) for x in points]
    by_points = recover_output_layer(net.layers[-2], net.layers[-1].W, as_points)
    mixed = recover_output_layer(net.layers[-2], net.layers[-1].W, as_points[:9] + as_pieces[9:])
    assert by_points.contradicting == mixed.contradicting == ()
    assert mixed.rank >= by_points.rank
    if by_points.form is not None:
        assert (by_points.form, by_points.signs, by_points.layer) == (mixed.form, mixed.signs, mixed.layer)
        assert (by_points.agreeing, by_points.surplus) == (30, 30 - 5)
        assert mixed.surplus > by_points.surplus


def test_few_samples_leave_something_open_and_say_so():
    net = he_network((3, 5, 1), 1, "float32")
    x, y, *_ = random_points(3, 5, 1)
    found = recover_output_layer(net.layers[0], net.layers[-1].W, [sample_at(net, x), sample_at(net, y)])
    assert (found.rank, found.form) == (2, None)
    assert found.signs.rank == 1
    # Five products of weights with 24 bits have one choice of signs behind a single number: it shows the layer too.
    assert found.signs.settled == (1,) * 5
    assert found.layer == net.layers[-1]
    nothing = recover_output_layer(net.layers[0], net.layers[-1].W, [])
    assert (nothing.rank, nothing.form, nothing.layer) == (0, None, None)
    assert nothing.signs.settled == (0,) * 5


def test_a_missing_neuron_shows_at_the_samples_where_it_is_on():
    net = he_network((3, 6, 1), 3, "float32")
    points = random_points(3, 60, 3)
    on = [i for i in range(60) if net.pattern(points[i])[0][4]]
    off = [i for i in range(60) if i not in on]
    assert 5 < len(on) < 55
    kept = [0, 1, 2, 3, 5]
    forms = AffineMap.from_fractions([rows_of(net.layers[0])[i] for i in kept])
    outgoing = [[net.layers[1].W[0][i] for i in kept]]
    found = recover_output_layer(forms, outgoing, [sample_at(net, x) for x in points], attempts=40)
    # Where it is on it adds an affine function of x: either side can be taken for the true one.
    assert list(found.contradicting) in (on, off)
    assert len(found.contradicting) == min(len(on), len(off))
    assert found.form.find_contradictions([sample_at(net, x) for x in points]) == list(found.contradicting)
    more = random_points(3, 50, 4)
    expected = [i for i, x in enumerate(more) if net.pattern(x)[0][4] is (list(found.contradicting) == on)]
    assert found.form.find_contradictions([sample_at(net, x) for x in more]) == expected


@pytest.mark.parametrize("depth", [1, 2])
def test_a_neuron_that_is_always_on_is_reported_and_not_guessed(depth):
    # On the activations of layer 1, which are not negative, 3 a1 + 2 a2 + 5 a3 + 7 is always on; on the inputs
    # (one hidden layer) a zero row with a positive bias is.
    base = he_network((3, 3, 4, 1), 5, "float32")
    rows = rows_of(base.layers[1])
    if depth == 2:
        always = [3, 2, 5, 7]
        layers = [base.layers[0], AffineMap.from_fractions([*rows, list(map(Fraction, always))])]
    else:
        layers = [AffineMap.from_fractions([*rows, [Fraction(0)] * 3 + [Fraction(7)]])]
    net = Network((*layers, AffineMap.from_arrays([[*base.layers[2].W[0], 11]], [1])))
    forms = AffineMap.from_fractions(rows)
    points = random_points(3, 60, 5)
    samples = [sample_at(net, x) for x in points]
    found = recover_output_layer(forms, base.layers[2].W, samples)
    assert found.contradicting == ()
    assert found.form.find_contradictions(samples) == []
    if depth == 2:
        assert (found.signs.signs, found.layer, found.has_linear_rest) == (None, None, True)
        # With the true signs, what is left of E is the neuron's part: 11 (3, 2, 5).
        true_part = [sum(o * row[i] for o, row in zip(base.layers[2].W[0], rows, strict=True)) / 2 for i in range(3)]
        assert [e - p for e, p in zip(found.form.rest.W[0], true_part, strict=True)] == [33, 22, 55]
    else:
        # A constant is not to be told from the output's own bias: 1 + 11 * 7.
        assert found.layer == AffineMap.from_arrays(base.layers[2].W, [78])


def test_signs_that_cannot_be_known_are_shown_in_two_ways_that_are_one_function():
    # ReLU(x) + ReLU(y) + ReLU(1-x-y) = 1 + ReLU(-x) + ReLU(-y) + ReLU(x+y-1): the three forms add up to 1.
    net = Network.from_arrays([([[1, 0], [0, 1], [-1, -1]], [0, 0, 1]), ([[1, 1, 1]], [0])])
    points = random_points(2, 30, 2)
    found = recover_output_layer(net.layers[0], net.layers[1].W, [piece_at(net, points[0])])
    assert {found.signs.signs, found.signs.second} == {(1, 1, 1), (-1, -1, -1)}
    assert (found.signs.unique, found.signs.settled) == (False, (0, 0, 0))
    assert agrees(found, net.layers[0], net, points)
    assert found.layer.b[0] == (0 if found.signs.signs == (1, 1, 1) else 1)


def test_a_wrong_outgoing_weight_contradicts_most_samples():
    net = he_network((2, 4, 2), 6, "float32")
    wrong = [list(row) for row in net.layers[1].W]
    wrong[1][2] += 1
    samples = [sample_at(net, x) for x in random_points(2, 40, 6)]
    found = recover_output_layer(net.layers[0], wrong, samples)
    assert found.contradicting
    assert recover_output_layer(net.layers[0], net.layers[1].W, samples).contradicting == ()


def test_a_hundred_inputs_and_thirty_neurons_take_no_time_to_speak_of():
    net = he_network((100, 30, 2), 0, "float32")
    flips = random_flips(30, 0)
    x, y = random_points(100, 2, 0)
    found = recover_output_layer(flipped(net.layers[0], flips), net.layers[1].W, [piece_at(net, x), piece_at(net, y)])
    assert found.layer == net.layers[1]
    assert found.signs.settled == flips


def test_shapes_are_checked():
    forms = AffineMap.from_arrays([[1, 0], [0, 1]], [0, 0])
    sample = PointSample((Fraction(1), Fraction(2)), (Fraction(0),))
    with pytest.raises(ValueError, match="outgoing"):
        recover_output_layer(forms, [[Fraction(1)]], [sample])
    with pytest.raises(ValueError, match="outgoing"):
        recover_output_layer(forms, [], [sample])
    with pytest.raises(ValueError, match="fit the layer"):
        recover_output_layer(forms, [[Fraction(1)] * 2] * 2, [sample])
    piece = AffinePiece(identity(2), AffineMap.from_arrays([[1, 1]], [0]), (Fraction(0), Fraction(1)))
    with pytest.raises(ValueError, match="boundary"):
        recover_output_layer(forms, [[Fraction(1)] * 2], [piece])


def test_few_wrong_samples_among_many_are_found_and_left_out():
    net = he_network((4, 12, 5, 2), 8, "float32")
    samples = [sample_at(net, x) for x in random_points(4, 60, 8)]
    good = recover_output_layer(net.layers[1], net.layers[2].W, samples)
    assert (good.layer, good.contradicting) == (net.layers[2], ())
    for i in (3, 41):
        samples[i] = PointSample(samples[i].activations, (samples[i].outputs[0], Fraction(i)))
    found = recover_output_layer(net.layers[1], net.layers[2].W, samples)
    assert found.contradicting == (3, 41)
    assert (found.layer, found.form) == (good.layer, good.form)


@pytest.mark.parametrize(("widths", "seed"), [((2, 6, 1), 0), ((3, 5, 6, 2), 1), ((4, 6, 5, 2), 0)])
@pytest.mark.parametrize("kept", [0, 2])
def test_outgoing_weights_that_no_jump_has_shown_come_from_the_samples(widths, seed, kept):
    net = he_network(widths, seed, "float32")
    flips = random_flips(widths[-2], seed)
    forms = flipped(net.layers[-2], flips)
    points = random_points(widths[0], 65, seed)
    seen = [{net.pattern(x)[-1][z] for x in points} for z in range(forms.n_out)]
    unknown = [z for z in range(kept, forms.n_out) if len(seen[z]) == 2]  # where samples lie on both sides
    assert len(unknown) >= 3 - kept
    outgoing = [[None if z in unknown else w for z, w in enumerate(row)] for row in net.layers[-1].W]
    samples = [*(piece_at(net, x) for x in points[:25]), *(sample_at(net, x) for x in points[25:])]
    found = recover_output_layer(forms, outgoing, samples)
    assert found.layer == net.layers[-1]
    assert found.signs.settled == flips
    assert found.form.outgoing == net.layers[-1].W
    assert (found.contradicting, found.open_outgoing) == ((), ())
    assert found.rank == forms.n_in + 1 + len(unknown)


def test_a_neuron_on_one_side_of_all_samples_keeps_its_outgoing_weight_and_its_sign_to_itself():
    net = he_network((3, 6, 1), 3, "float32")
    outgoing = [[None if z == 4 else w for z, w in enumerate(net.layers[1].W[0])]]
    samples = [sample_at(net, x) for x in random_points(3, 60, 3) if net.pattern(x)[0][4]]
    found = recover_output_layer(net.layers[0], outgoing, samples)
    assert (found.open_outgoing, found.form, found.layer, found.contradicting) == ((4,), None, None, ())
    assert [found.signs.signs[z] for z in range(6) if z not in found.signs.open] == [1] * (6 - len(found.signs.open))
    assert 4 in found.signs.open


def test_samples_say_how_many_agree_and_how_often_they_could_have_contradicted():
    net = he_network((3, 6, 1), 3, "float32")
    points = random_points(3, 20, 3)
    samples = [*(sample_at(net, x) for x in points), *(piece_at(net, x) for x in points[:5])]
    samples[3] = PointSample(samples[3].activations, (Fraction(5),))
    found = recover_output_layer(net.layers[0], net.layers[1].W, samples)
    assert (found.contradicting, found.agreeing, found.rank) == ((3,), 24, 4)
    assert found.surplus == 19 + 5 * 4 - 4
