"""Bend constants and weights from three rows: for the numbers of random networks, and for letters."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import QQ, symbols

from exactrev.errors import AssumptionFailed, InexactInput
from exactrev.network import he_network, random_rational_network
from exactrev.recovery.bends import Bend, find_bend, find_outgoing_weight


def rows_of(affine):
    return [tuple(Fraction(entry, affine.denominator) for entry in row) for row in affine.rows]


def times(factor, row):
    return tuple(factor * entry for entry in row)


def crossings(net, layer):
    """For each unit h below and each neuron z of a layer: the forms of z before and after h switches on, that of h."""
    pattern = tuple(tuple(i % 2 == k % 2 for i in range(n)) for k, n in enumerate(net.hidden_widths))
    below = rows_of(net.preactivation_map(layer - 1, pattern))
    for h in range(net.hidden_widths[layer - 2]):
        off, on = (
            tuple(
                tuple(state if (k, i) == (layer - 2, h) else s for i, s in enumerate(signs))
                for k, signs in enumerate(pattern)
            )
            for state in (False, True)
        )
        before, after = (rows_of(net.preactivation_map(layer, p)) for p in (off, on))
        for z in range(net.hidden_widths[layer - 1]):
            yield before[z], after[z], below[h], net.layers[layer - 1].W[z][h]


@pytest.mark.parametrize("layer", [2, 3])
@pytest.mark.parametrize("n", [2, 3, 4], ids=["gradients", "gradients and constants", "three inputs"])
def test_the_weight_is_recovered_whatever_signs_and_scales_the_rows_have(layer, n):
    net = he_network((n, 4, 3, 3, 1), seed=n + layer, dtype="float32")
    width = n + 1 if n == 3 else n
    seen = 0
    for off, on, crossed, weight in crossings(net, layer):
        if not any(off[:n]) or not any(on[:n]):
            continue
        seen += 1
        for scale, normal, sign, goes_on in product((1, Fraction(-2, 7)), (5, Fraction(-1, 3)), (1, -1), (True, False)):
            before, after = (off, on) if goes_on else (on, off)
            bend = find_bend(
                times(scale, before[:width]), times(normal, after[:width]), times(sign, crossed[:width])
            )
            assert bend.mu == scale / Fraction(normal)
            assert bend.rescale(after[:width]) == times(bend.mu, after[:width])
            # Beyond the crossing the true form of the unit is positive if it has been switched on.
            assert bend.weight(sign if goes_on else -sign) == scale * weight
    assert seen >= 6


def test_the_equation_of_appendix_c_holds_with_letters_for_weights():
    """z = w1 ReLU(u1) + w2 ReLU(u2) + w3 ReLU(u3) + b, u1 and u2 on, across u3 = 0, for all weights at once."""
    field = QQ.frac_field(*symbols("w1:4 b c a d e1:4 f1:4"))
    w1, w2, w3, b, c, a, d, *rest = field.gens
    e, f = rest[:3], rest[3:]
    u = [(e[i], f[i], field.one * (i + 1)) for i in range(3)]
    off = tuple(w1 * p + w2 * q for p, q in zip(u[0], u[1], strict=True))
    off = (*off[:2], off[2] + b)
    on = tuple(p + w3 * q for p, q in zip(off, u[2], strict=True))
    # z in the scale a; the normal beyond has been rescaled by c; the form of u3 in use is d times the true one.
    for length in (2, 3):
        bend = find_bend(times(a, off[:length]), times(c, on[:length]), times(d, u[2][:length]))
        assert bend.mu == a / c
        assert bend.step == a * w3 / d
        assert bend.rescale(times(c, on[:length])) == times(a, on[:length])
    back = find_bend(times(a, on), times(c, off), times(d, u[2]))
    assert back.weight(-1) == a * w3 / d, "d > 0: the unit goes off, and its form in use becomes negative"


def test_the_printed_equation_gives_another_weight_than_the_corrected_one():
    # grad z is (1, 0), then (1, 1): the weight is along (0, 1). With v_s = grad z / 2 (so c = 1/2, mu = 1/c = 2) the
    # printed c v_s - v_r = (-3/4, 1/4) is not along v; v_s / c - v_r = (0, 1) is.
    half = Fraction(1, 2)
    assert find_bend((1, 0), (half, half), (0, 1)) == Bend(Fraction(2), Fraction(1))


@given(st.lists(st.tuples(*[st.fractions(-5, 5, max_denominator=4)] * 3), min_size=2, max_size=4))
def test_a_bend_satisfies_its_equation_or_is_refused_with_a_reason(columns):
    before, after, crossed = zip(*columns, strict=True)
    bend, error = outcome_of(before, after, crossed)
    if bend:
        assert bend.mu != 0
        assert bend.rescale(after) == tuple(p + bend.step * q for p, q in zip(before, crossed, strict=True))
    elif "parallel" in error.message:
        pairs = list(zip(after, crossed, strict=True))
        assert all(p * w == q * v for p, v in pairs for q, w in pairs)
    elif "vanish" in error.message:
        assert all(p + error.step * q == 0 for p, q in zip(before, crossed, strict=True))
    else:
        assert error.residual != 0
        assert 0 <= error.witness < len(columns)
        assert len(columns) > 2, "two equations in two independent unknowns have a solution"


def outcome_of(*rows):
    try:
        return find_bend(*rows), None
    except AssumptionFailed as error:
        return None, error


def test_each_way_in_which_rows_cannot_belong_together_is_named():
    with pytest.raises(AssumptionFailed, match="parallel"):
        find_bend((1, 2), (2, 2), (1, 1))
    with pytest.raises(AssumptionFailed, match="parallel"):
        find_bend((1, 2), (2, 2), (0, 0))
    with pytest.raises(AssumptionFailed, match="vanish"):
        find_bend((0, 3), (1, 1), (0, 1))
    with pytest.raises(AssumptionFailed, match="no bend") as caught:
        find_bend((1, 0, 0), (1, 1, 1), (0, 1, 0))  # 1 + 0 s = 1, so mu = 1; but the third entry wants mu = 0
    assert (caught.value.witness, caught.value.residual) == (2, 1)
    with pytest.raises(ValueError, match="lengths"):
        find_bend((1, 0), (1, 1), (0, 1, 0))
    with pytest.raises(InexactInput):
        find_bend((1, float("nan")), (1, 1), (0, 1))
    with pytest.raises(ValueError, match="side"):
        find_bend((1, 0), (1, 1), (0, 1)).weight(0)


def test_constants_that_do_not_agree_are_noticed_where_gradients_alone_are_content():
    assert find_bend((1, 0), (1, 1), (0, 1)).step == 1
    with pytest.raises(AssumptionFailed, match="no bend") as caught:
        find_bend((1, 0, 4), (1, 1, 6), (0, 1, 1))  # z = x + 4 goes on as x + y + 5 across y = -1
    assert caught.value.witness == 2


@pytest.mark.parametrize("seed", range(4))
def test_the_jump_of_the_outputs_is_the_outgoing_weight(seed):
    net = random_rational_network((2, 3, 4, 2), seed=seed)
    pattern = [(True, False, True), (False, True, True, False)]
    units = rows_of(net.preactivation_map(2, pattern))
    for z in range(4):
        off, on = ([pattern[0], tuple(s if i != z else state for i, s in enumerate(pattern[1]))]
                   for state in (False, True))
        if not any(units[z]):
            continue
        for sign, j in product((1, -1), range(2)):
            before, after = (rows_of(net.affine_map(p))[j] for p in (off, on))
            o = net.layers[-1].W[j][z]
            assert find_outgoing_weight(before, after, times(sign, units[z]), side=sign) == o
            assert find_outgoing_weight(after, before, times(sign, units[z]), side=-sign) == o


def test_a_jump_that_is_not_along_the_neuron_is_refused():
    with pytest.raises(AssumptionFailed, match="along") as caught:
        find_outgoing_weight((0, 0), (1, 1), (1, 2), side=1)
    assert (caught.value.witness, caught.value.residual) == (1, -1)
    with pytest.raises(AssumptionFailed, match="no gradient"):
        find_outgoing_weight((0, 0), (1, 1), (0, 0), side=1)
    with pytest.raises(ValueError, match="side"):
        find_outgoing_weight((0, 0), (1, 1), (1, 1), side=0)
    with pytest.raises(ValueError, match="lengths"):
        find_outgoing_weight((0, 0), (1, 1), (1, 1, 1), side=1)
