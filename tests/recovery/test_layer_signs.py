"""Signs of a layer whose rows are known: both ways lead to the true ones, and a unit that is lacking is noticed."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from functools import cache

import pytest
from recovery.white_box import lines_across, rows_of, zeros_of

from exactrev.arithmetic.linear_algebra import matrix, rank
from exactrev.network import AffineMap, Network, Neuron, he_network
from exactrev.recovery import layer_signs
from exactrev.recovery.known import KnownLayers, OpenWeights
from exactrev.recovery.layer_signs import LayerSigns, decide_by_matching, decide_by_span, decide_by_trails, is_settled
from exactrev.recovery.sightings import Sightings
from exactrev.recovery.signs import SignDecision

CASES = [
    (widths, seed, layer)
    for widths, seed in [((5, 6, 6, 6, 1), 0), ((5, 6, 6, 6, 1), 2), ((4, 5, 5, 5, 1), 0), ((4, 5, 5, 5, 1), 2)]
    for layer in (1, 2)
] + [((3, 4, 4, 1), 1, 1)]


@cache
def seen(widths: tuple[int, ...], seed: int) -> tuple[Network, Sightings]:
    """Six lines across a network, and all pieces along them."""
    net = he_network(widths, seed)
    sightings = lines_across(net, 6, seed)
    for line in sightings.lines:
        for index in range(len(line.points) + 1):
            sightings.piece(line, index)
    return net, sightings


def up_to_signs(
    net: Network, layer: int, seed: int = 0, *, without: int | None = None, opened: OpenWeights = ()
) -> tuple[KnownLayers, tuple[int, ...]]:
    """The layers up to this one, whose rows are in random scales, and the signs of these."""
    rng = random.Random(seed)
    scales = [rng.choice((1, -1)) * Fraction(rng.randint(1, 9), rng.randint(1, 9)) for _ in rows_of(net, layer)]
    kept = [i for i in range(len(scales)) if i != without]
    rows = [[scales[i] * entry for entry in rows_of(net, layer)[i]] for i in kept]
    known = KnownLayers((*net.layers[: layer - 1], AffineMap.from_fractions(rows)), opened)
    return known, tuple(1 if scales[i] > 0 else -1 for i in kept)


# -- the span test ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("widths", "seed", "layer"), CASES)
def test_gradients_tell_the_true_signs(widths, seed, layer):
    net, sightings = seen(widths, seed)
    for flips in range(3):
        known, true = up_to_signs(net, layer, flips)
        found = decide_by_span(known, sightings, sightings.probe)
        assert found is not None
        assert found.decision.signs == true
        assert found.is_clear
        assert (found.decision.exists, found.decision.unique, found.decision.open) == (True, True, ())


@pytest.mark.parametrize(("widths", "seed", "layer"), CASES)
def test_where_a_unit_is_lacking_points_are_named_that_need_it(widths, seed, layer):
    net, sightings = seen(widths, seed)
    right = 0
    for lacking in range(net.hidden_widths[layer - 1]):
        known, true = up_to_signs(net, layer, without=lacking)
        found = decide_by_span(known, sightings, sightings.probe)
        assert found is not None
        assert not found.is_clear
        signs = found.decision.signs
        assert signs is not None
        for point in found.lacking[:6]:
            assert not spans(net, known, signs, point)
            if signs == true:
                assert net.pattern(point)[layer - 1][lacking], "the unit that is lacking is on there"
        right += signs == true and bool(found.lacking)
    assert right > 0


def spans(net: Network, known: KnownLayers, signs: tuple[int, ...], point) -> bool:
    """Whether the gradients of units that are on, if these are the signs, span those of N: by rational ranks."""
    place = known.place(point)
    units = known.maps(place.pattern)[-1].W
    on = [units[i] for i, (side, sign) in enumerate(zip(place.sides, signs, strict=True)) if side == sign]
    gradients = net.affine_map(net.pattern(point)).W
    return rank(matrix(on, columns=net.n_in)) == rank(matrix([*on, *gradients], columns=net.n_in))


def test_pieces_that_decide_are_enough_and_nothing_is_asked():
    net, sightings = seen((5, 6, 6, 6, 1), 0)
    known, _ = up_to_signs(net, 1)
    spent, elsewhere = sightings.probe.oracle.queries, len(sightings.elsewhere)
    decide_by_span(known, sightings, sightings.probe)
    assert (sightings.probe.oracle.queries, len(sightings.elsewhere)) == (spent, elsewhere)


def test_where_pieces_leave_signs_open_some_more_are_asked_for():
    net = he_network((5, 6, 6, 6, 1), 0)
    sightings = lines_across(net, 1)
    sightings.piece(sightings.lines[0], 0)
    known, true = up_to_signs(net, 1)
    found = decide_by_span(known, sightings, sightings.probe)
    assert found is not None
    assert found.is_clear
    assert found.decision.signs == true
    assert 0 < len(sightings.elsewhere) <= layer_signs.FRESH_PIECES
    assert all(affine == net.affine_map(net.pattern(point)) for point, affine in sightings.elsewhere)


def test_a_sign_that_nothing_depends_on_stays_open():
    # N = ReLU(x) + 2 ReLU(y), and a third row x - y + 1 that is none of N's: its sign is never needed.
    net = Network.from_arrays([([[1, 0], [0, 1]], [0, 0]), ([[1, 2]], [0])])
    sightings = lines_across(net, 3)
    for sighting in sightings.all():
        sightings.form(sighting)
    known = KnownLayers((AffineMap.from_arrays([[1, 0], [0, -1], [1, -1]], [0, 0, 1]),))
    found = decide_by_span(known, sightings, sightings.probe)
    assert found is not None
    assert found.decision.open == (2,)
    assert found.decision.unique is False
    assert found.decision.signs is not None
    assert found.decision.second is not None
    assert {found.decision.signs, found.decision.second} == {(1, -1, 1), (1, -1, -1)}
    assert len(sightings.elsewhere) == layer_signs.FRESH_PIECES
    assert not found.is_clear


def test_no_piece_says_nothing():
    net = he_network((3, 4, 4, 1), 0)
    sightings = lines_across(net, 2)  # of these lines no whole piece has been asked for
    spent = sightings.probe.oracle.queries
    assert decide_by_span(up_to_signs(net, 1)[0], sightings, sightings.probe) is None
    assert sightings.probe.oracle.queries == spent


def test_pieces_where_a_placeholder_matters_say_nothing():
    net, sightings = seen((4, 5, 5, 5, 1), 0)
    mistaken = right = 0
    for unit in range(5):
        known, true = up_to_signs(net, 2)
        rows = [list(row) for row in known.layers[-1].W]
        rows[1][unit] += 1  # a placeholder, and wrong
        layers = (net.layers[0], AffineMap.from_arrays(rows, known.layers[-1].b))
        found = decide_by_span(KnownLayers(layers, ((Neuron(2, 1), unit),)), sightings, sightings.probe)
        if found is not None:
            assert found.lacking == ()
            assert found.decision.unique is not True or found.decision.signs == true
            right += found.is_clear
        as_if_sure = decide_by_span(KnownLayers(layers), sightings, sightings.probe)
        mistaken += as_if_sure is not None and bool(as_if_sure.lacking)
    assert right > 0
    assert mistaken > 0


def test_with_an_open_weight_of_layer_1_nothing_is_said():
    net, sightings = seen((4, 5, 5, 5, 1), 0)
    known, _ = up_to_signs(net, 2, opened=((Neuron(1, 0), 0),))
    assert decide_by_span(known, sightings, sightings.probe) is None


def test_layers_too_wide_for_all_signs_are_left_to_the_other_way(monkeypatch):
    net, sightings = seen((3, 4, 4, 1), 1)
    known, _ = up_to_signs(net, 1)
    monkeypatch.setattr(layer_signs, "WIDEST", 4)
    assert decide_by_span(known, sightings, sightings.probe) is not None
    monkeypatch.setattr(layer_signs, "WIDEST", 3)
    assert decide_by_span(known, sightings, sightings.probe) is None


# -- walks along the next boundaries ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("widths", "seed", "layer"), CASES)
def test_trails_along_the_next_boundaries_tell_the_same_signs(widths, seed, layer):
    net, sightings = seen(widths, seed)
    known, true = up_to_signs(net, layer)
    pool = [sighting for sighting, k, _ in zeros_of(net, sightings) if k > layer]
    decision = decide_by_trails(known, pool, sightings, sightings.probe)
    assert is_settled(decision)
    assert decision.signs == true


def test_without_a_trail_no_sign_is_known():
    net, sightings = seen((3, 4, 4, 1), 1)
    decision = decide_by_trails(up_to_signs(net, 1)[0], [], sightings, sightings.probe)
    assert not is_settled(decision)
    assert decision.signs in (None, (0, 0, 0, 0))


def test_settled_is_one_solution_with_a_sign_for_every_unit():
    decision = SignDecision((1, -1), True, True, None, (), True, 2, None, "by hand")
    assert is_settled(decision)
    assert not is_settled(replace(decision, signs=(1, 0)))
    assert not is_settled(replace(decision, signs=None))
    assert not is_settled(replace(decision, unique=None))
    assert not is_settled(replace(decision, unique=False, second=(1, 1)))


def test_clear_is_one_choice_that_no_point_contradicts():
    decision = SignDecision((1, -1), True, True, None, (), True, 2, None, "by hand")
    assert LayerSigns(decision).is_clear
    assert not LayerSigns(decision, ((Fraction(1), Fraction(0)),)).is_clear
    assert not LayerSigns(replace(decision, unique=None)).is_clear


# -- matching --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("widths", "seed"), [((2, 5, 5, 1), 1), ((2, 4, 4, 1), 2), ((2, 5, 5, 5, 1), 2), ((3, 4, 4, 1), 1)]
)
def test_breakpoints_that_share_weights_tell_the_true_signs(widths, seed):
    net = he_network(widths, seed)
    sightings = lines_across(net, 10, seed)
    pool = [s for s, layer, _ in zeros_of(net, sightings) if layer > 1]
    for flips in range(2):
        known, true = up_to_signs(net, 1, flips)
        found = decide_by_matching(known, pool, sightings)
        assert found is not None
        assert (found.signs, found.unique, is_settled(found)) == (true, True, True)
        assert found.exists is None, "shared weights are no proof"


@pytest.mark.parametrize("seed", [2, 4])
def test_weights_are_shared_by_cells_whose_forms_have_other_denominators(seed):
    net = he_network((3, 4, 4, 4, 1), seed)
    sightings = lines_across(net, 3, seed)
    known, true = up_to_signs(net, 2)
    found = decide_by_matching(known, [s for s, layer, _ in zeros_of(net, sightings) if layer > 2], sightings)
    assert found is not None
    assert found.signs == true


def test_few_breakpoints_share_too_few_weights_to_tell_signs():
    net = he_network((2, 5, 5, 1), 1)
    sightings = lines_across(net, 2, 1)
    pool = [s for s, layer, _ in zeros_of(net, sightings) if layer > 1][:2]
    assert decide_by_matching(up_to_signs(net, 1)[0], pool, sightings) is None


def test_layers_too_wide_to_try_all_signs_are_not_matched():
    net = he_network((2, 9, 3, 1), 0)
    sightings = lines_across(net, 2)
    assert decide_by_matching(up_to_signs(net, 1)[0], sightings.all(), sightings) is None
