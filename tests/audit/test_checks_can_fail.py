"""Every check of an explicit network fails when the network, or what is compared with it, is replaced by another."""

from __future__ import annotations

from types import ModuleType

import pytest

from exactrev.audit import EvidenceFailed
from exactrev.audit.rows import algorithms, definitions, further, induction, theorems
from exactrev.network import Network

net = Network.from_arrays
QUADRANT = ([[1, 0], [0, 1]], [0, 0])
KINK = net([([[1]], [0]), ([[1]], [0])])
PLANE = net([QUADRANT, ([[1, 1]], [0])])
LOWER = net([QUADRANT, ([[-1, -1]], ["-1/2"]), ([[1]], [0])])
HIGHER = net([QUADRANT, ([[1, 1]], [1]), ([[1]], [0])])
STEEPER = net([QUADRANT, ([[1, 2]], [-1]), ([[1]], [0])])
WIDE = net([([[1], [2]], [0, 1]), ([[1, 1]], [0])])
WITHOUT_A_LAST_BEND = net([
    ([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [0, 3, 3]), ([[0, 1, 0], [1, 0, 1]], [-3, -3]), ([[1, 1]], [0])
])  # fmt: skip
MISSING_A_LINE = net(
    [
        *[(layer.W, layer.b) for layer in induction.LAYER_3_LOOKS_LIKE_2.layers[:2]],
        ([[1, 5, 6], [-1, -6, -5], [2, 9, 13], [-1, -4, -5]], [-91, 87, -173, 80]),
        ([[1, -2, 3, 5]], [0]),
    ]
)
OTHER_BIASES = net([induction.FLIPPED, ([[1, 1, 1], [2, 2, 2]], [-1, -6]), ([[1, 1]], [0])])
BALL = net([
    ([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], [0] * 6), ([[1] * 6], [-1]), ([[1]], [0])
])  # fmt: skip
NOT_MAX = net([QUADRANT, ([[1, -1], [0, 1]], [0, 0]), ([[1, 2]], [0])])
SPOILT: list[tuple[ModuleType, str, object, str]] = [
    (definitions, "SHIFTED", KINK, "check_the_printed_preactivation_vanishes_where_nothing_switches"),
    (definitions, "ABSOLUTE", KINK, "check_scaling_as_printed_changes_a_sum_of_two_neurons"),
    (definitions, "TOUCHING", PLANE, "check_regions_may_touch_where_no_facet_fails"),
    (definitions, "NOWHERE", LOWER, "check_a_boundary_is_empty_in_a_whole_ball"),
    (definitions, "NOWHERE", STEEPER, "check_a_boundary_is_empty_in_a_whole_ball"),
    (theorems, "CORNER", PLANE, "check_bends_do_not_need_the_linear_regions_assumption"),
    (theorems, "TWO_BENDS", WITHOUT_A_LAST_BEND, "check_two_boundaries_of_one_layer_bend_at_one_point"),
    (theorems, "THREE_WIDE", HIGHER, "check_boundaries_do_not_tell_whether_layer_2_has_a_neuron_that_is_never_active"),
    (theorems, "FREE_WEIGHT", net([
        ([[1, -1], [0, 1], [1, 0]], [0, 0, 0]), ([[-2, 1, -2]], [3]), ([[1]], [0])
    ]), "check_boundaries_leave_a_weight_open_where_they_do_not_meet"),
    (induction, "CORNER", STEEPER, "check_the_bend_equation_needs_c_on_the_other_side"),
    (induction, "OTHER_WAY", OTHER_BIASES, "check_the_bias_depends_on_the_signs_of_the_layer_before"),
    (induction, "OTHER_WAY", induction.ONE_WAY, "check_the_bias_depends_on_the_signs_of_the_layer_before"),
    (induction, "LAYER_3_LOOKS_LIKE_2", MISSING_A_LINE, "check_a_part_of_layer_3_looks_like_layer_2"),
    (induction, "ONE_NOT_MET", net([
        ([[1, -1], [0, 1], [1, 0]], [0, 0, 0]), ([[2, 1, -2], [1, 2, 3]], [-3, -1]), ([[1, 2]], [0])
    ]), "check_weights_of_crossed_boundaries_are_recovered_where_one_is_not_met"),
    (algorithms, "FOUR_KINKS", net([
        ([[1], [-1]], [0, "1/2"]), ([[-1, -1]], [2]), ([[1]], [0])
    ]), "check_four_kinks_lie_between_points_that_agree"),
    (algorithms, "ONE_LINE", HIGHER, "check_a_boundary_of_layer_2_is_a_whole_line"),
    (algorithms, "CORNER", HIGHER, "check_going_straight_on_leaves_a_boundary_that_bends"),
    (algorithms, "NARROW", WIDE, "check_every_activation_of_a_narrow_layer_1_is_reached"),
    (algorithms, "BOUNDED", (STEEPER,), "check_networks_with_bounded_boundaries_are_recovered_by_the_walk_alone"),
    (further, "TORUS", BALL, "check_a_boundary_is_a_torus"),
    (further, "MAXIMUM", NOT_MAX, "check_max_pooling_adds_a_boundary_and_is_a_relu_network"),
    (further, "POOLED", net([QUADRANT, ([["1/2", "1/3"]], [0])]), "check_average_pooling_is_an_affine_map"),
]  # fmt: skip


@pytest.mark.parametrize(("module", "name", "other", "check"), SPOILT)
def test_a_check_fails_for_another_network(
    module: ModuleType, name: str, other: object, check: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert getattr(module, check)()
    monkeypatch.setattr(module, name, other)
    with pytest.raises(EvidenceFailed):
        getattr(module, check)()


@pytest.mark.parametrize(
    ("module", "check"),
    [
        (induction, "check_further_cells_add_no_equation_for_layer_1"),
        (algorithms, "check_a_line_may_miss_a_bounded_boundary"),
        (definitions, "check_boundaries_of_layer_1_border_regions_and_do_not_bend"),
        (further, "check_figure_1_is_drawn_from_a_network_of_its_shape"),
        (further, "check_bounded_boundaries_of_the_plane_are_circles"),
    ],
)
def test_a_check_of_a_bundled_network_fails_for_another_one(
    module: ModuleType, check: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One neuron in layer 1 whose line nothing crosses, and an empty boundary in layer 2.
    empty = net([([[1, 0]], [0]), ([[1]], [1]), ([[1]], [0])])
    monkeypatch.setattr(module, "load", lambda name: empty)
    with pytest.raises(EvidenceFailed):
        getattr(module, check)()
