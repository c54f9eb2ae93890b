"""The checks of other architectures and of counts fail when networks, weights or counts are others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from exactrev.audit import EvidenceFailed
from exactrev.audit.experiments import Count
from exactrev.audit.rows import extensions, measurements
from exactrev.network import Network
from exactrev.network.piecewise import HARD_TANH
from exactrev.network.skips import SkipNetwork
from exactrev.recovery.skip_connections import recover_with_skips

FILTER = [[[2, -1], [1, 3]]]
NO_PATHS = SkipNetwork.from_arrays([
    ([[2, 1], [-1, 3], [1, -2]], [1, -2, "1/2"]),
    ([[1, "-1/2", 3, -2, 1], ["1/3", 1, -1, 2, 2]], [-1, 1]),
    ([[1, 2, -1, "1/2", 2, 0, 0], [0, -1, 2, -3, 1, 0, 0]], [-2, 1]),
    ([[1, 1, 2, -1, 1, 3, -2, 1, 2]], [0]),
])  # fmt: skip


@pytest.mark.parametrize(
    ("name", "other", "check"),
    [
        # The first neuron is not read: nothing that is done to it changes anything.
        (
            "ROWS_OF_TWO",
            [([[3, 1], [-2, 5]], ["1/2", -1]), ([[0, 7]], [-3])],
            "check_which_symmetries_take_the_place_of_scaling",
        ),
        ("SYMMETRIES", {HARD_TANH: "c > 0"}, "check_which_symmetries_take_the_place_of_scaling"),
        (
            "KERNELS",
            ([FILTER, FILTER], [-1, -1]),
            "check_convolutions_are_recovered_and_their_filters_found_afterwards",
        ),
        ("SKIPPING", NO_PATHS, "check_bends_are_sums_over_paths_and_give_the_weights_backwards"),
        ("flip", lambda net, neuron: net, "check_signs_are_free_where_all_skip_connections_are"),
        ("fold", lambda net, phi: None, "check_networks_with_other_activations_are_recovered_and_folded_back"),
    ],
)
def test_a_check_fails_for_another_network(
    name: str, other: object, check: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extensions, name, other)
    with pytest.raises(EvidenceFailed):
        getattr(extensions, check)()


def test_regions_are_counted_for_lines_in_general_position(monkeypatch: pytest.MonkeyPatch) -> None:
    parallel = Network.from_arrays([([[1, 0], [1, 0], [0, 1]], [0, 1, 0]), ([[1, 1, 1]], [0])])
    monkeypatch.setattr(extensions, "he_network", lambda *given: parallel)
    with pytest.raises(EvidenceFailed, match="7 regions, not 6"):
        extensions.check_regions_and_bends_are_those_of_the_unrolled_network()


def test_a_recovery_that_is_wrong_is_no_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    def spoilt(*given: Any, **named: Any) -> Any:
        found = recover_with_skips(*given, **named)
        *layers, last = found.network.layers
        moved = replace(last, rows=tuple((*row[:-1], row[-1] + 1) for row in last.rows))
        return replace(found, network=SkipNetwork((*layers, moved)))

    monkeypatch.setattr(extensions, "recover_with_skips", spoilt)
    for check in (
        extensions.check_networks_with_skip_connections_are_recovered,
        extensions.check_networks_with_other_activations_are_recovered_and_folded_back,
        extensions.check_neurons_that_never_reach_an_end_come_back_as_relu_with_linear_parts,
    ):
        with pytest.raises(EvidenceFailed, match="the same function"):
            check()


def counted(**given: Any) -> Callable[..., Count]:
    complete = Count("5-5-5-1", 1, 5, 0, 5, 30, 300, 100.0)
    return lambda net, seed, **named: replace(
        complete, architecture=net.architecture, parameters=net.parameters, **given
    )


@pytest.mark.parametrize(
    ("name", "counts", "check", "why"),
    [
        (
            "count_first_layer",
            counted(found=4),
            "check_layer_1_is_found_without_error_at_every_width_and_depth",
            "all neurons",
        ),
        (
            "count_first_layer",
            counted(wrong=1),
            "check_layer_1_of_memorising_networks_is_found_without_error",
            "all neurons",
        ),
        (
            "count_first_layer",
            counted(expected=1.0),
            "check_queries_for_layer_1_stay_below_the_bound_and_grow_no_faster",
            "bound",
        ),
        (
            "count_whole_network",
            counted(found=0),
            "check_queries_for_two_layers_grow_no_faster_than_the_parameters",
            "each shape",
        ),
        (
            "count_whole_network",
            counted(queries=10**6),
            "check_queries_for_two_layers_grow_no_faster_than_the_parameters",
            "linearly",
        ),
        ("count_whole_network", counted(wrong=1), "check_layer_2_is_found_without_error", "all neurons"),
        ("count_whole_network", counted(), "check_a_neuron_whose_boundary_is_empty_is_not_found", "all but one"),
        (
            "count_whole_network",
            counted(wrong=1),
            "check_a_neuron_that_is_seldom_on_is_found_from_a_point_where_it_is",
            "none is wrong",
        ),
    ],
)
def test_other_counts_are_no_evidence(
    name: str, counts: object, check: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measurements, name, counts)
    with pytest.raises(EvidenceFailed, match=why):
        getattr(measurements, check)()


def test_another_initialisation_or_too_few_labels_are_no_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    right = measurements.he_network
    monkeypatch.setattr(measurements, "he_network", lambda widths, seed: right((25, *widths[1:]), seed))
    measurements.check_networks_are_initialised_as_the_paper_says()  # another shape, but the same distribution
    large = Network.from_arrays([([[3] * 50] * 100, [0] * 100)])
    monkeypatch.setattr(measurements, "he_network", lambda widths, seed: large)
    with pytest.raises(EvidenceFailed, match="second moment"):
        measurements.check_networks_are_initialised_as_the_paper_says()
    narrow = measurements.Memorisation(large, 740, 1000)
    monkeypatch.setattr(measurements, "_memorising", lambda hidden: narrow)
    with pytest.raises(EvidenceFailed, match="nearly all labels"):
        measurements.check_wide_networks_memorise_nearly_all_labels_and_narrow_ones_do_not()
