"""Forged certificates of linear regions, boundaries, components and bends."""

from __future__ import annotations

from dataclasses import replace

from corpus.making import (
    BEND,
    BOUNDED,
    COMPONENTS,
    CONE,
    CONNECTED,
    DEAD,
    DEEP_DISJOINT,
    DIAMOND,
    DISJOINT,
    EMPTY,
    FAILS,
    FLAT,
    HOLDS,
    LINES,
    MEET,
    NO_BEND,
    PARALLEL,
    SEPARATED,
    STRAIGHT,
    TENT_HOLDS,
    TOUCHING_FAILS,
    UNBOUNDED,
    Corpus,
    at,
    relu,
    spliced,
    steps,
    words,
)
from exactrev.certificates import Certificate, certify_components, certify_regions_by_facets
from exactrev.certificates.text import Step
from exactrev.network import Neuron


def of_linear_regions(corpus: Corpus) -> None:
    bad = corpus.add
    bad(10, "lra_fails_off_the_boundary", replace(FAILS, steps=steps("P 1 1", "V 1")))
    bad(10, "lra_fails_in_direction_zero", replace(FAILS, steps=steps("P 1 0", "V 0")))
    bad(10, "lra_fails_with_different_maps", replace(FAILS, networks=(relu([[1, 0]], [[1, 0]]),)))
    bad(
        10,
        "lra_fails_at_a_corner",
        replace(
            FAILS, networks=(relu([[1, 0, 0], [0, 1, 0]], [[1, 1, 0], [0, 0, 0]]),), steps=steps("P 1 0 0", "V 1 -1")
        ),
    )
    bad(10, "lra_fails_by_the_other_reading", replace(FAILS, networks=(CONE,), steps=steps("P 1 0 0", "V 0 1")))
    bad(
        10,
        "lra_fails_at_a_corner_of_equal_maps",
        replace(FAILS, networks=(relu([[1, 0, 0], [0, 1, 0]], [[0, 0, 0]]),), steps=steps("P 1 0 0", "V 1 1")),
    )
    bad(
        10,
        "lra_fails_at_a_thick_cell",
        replace(FAILS, networks=(relu([[1, 0], [0, 0]], [[0, 0, 0]]),), steps=steps("P 1 0", "V 1")),
    )
    bad(
        10,
        "lra_fails_along_the_boundary",
        replace(FAILS, networks=(relu([[1, 0, 0]], [[0, 3]]),), steps=steps("P 1 0 0", "V 0 1")),
    )
    bad(20, "lra_fails_without_a_direction", replace(FAILS, steps=steps("P 1 0")))
    bad(
        20,
        "lra_fails_with_a_short_direction",
        replace(FAILS, networks=(relu([[1, 0, 0]], [[0, 3]]),), steps=steps("P 1 0 0", "V 1")),
    )
    bad(10, "lra_fails_touching_with_one_region", replace(TOUCHING_FAILS, steps=steps("P 1 0 0", "V 0 1", "V 0 2")))
    bad(10, "lra_fails_touching_with_different_maps", replace(TOUCHING_FAILS, steps=steps("P 1 0 0", "V 0 1", "V 2 1")))
    bad(
        10,
        "lra_fails_touching_along_a_boundary",
        replace(TOUCHING_FAILS, networks=(FLAT,), steps=steps("P 1 0", "V 0", "V 1")),
    )
    bad(20, "lra_fails_touching_without_the_second_direction", replace(TOUCHING_FAILS, steps=TOUCHING_FAILS.steps[:-1]))
    bad(
        10,
        "lra_holds_although_a_map_does_not_change",
        replace(certify_regions_by_facets(FLAT), name="lra-holds-facet", numbers=()),
    )
    bad(
        10,
        "lra_holds_although_a_thick_cell_has_the_same_map",
        replace(certify_regions_by_facets(relu([[1, 0]], [[1, 0]], [[0, 0]])), name="lra-holds-facet", numbers=()),
    )
    bad(10, "lra_holds_by_facets_of_some_cells", replace(HOLDS, steps=(("N", 1), *HOLDS.steps[1 : at(HOLDS, "C", 1)])))
    bad(20, "lra_holds_touching_by_facets", replace(HOLDS, name="lra-holds-touching"))
    bad(20, "lra_holds_with_a_refutation_missing", replace(TENT_HOLDS, steps=TENT_HOLDS.steps[:-1]))
    bad(
        10,
        "lra_holds_with_a_refutation_of_cells_that_touch",
        replace(TENT_HOLDS, networks=(FLAT,), steps=steps("S", "L", "L", "F 0 1")),
    )
    bad(
        20,
        "lra_holds_with_a_step_of_another_letter",
        spliced(TENT_HOLDS, len(TENT_HOLDS.steps) - 1, "G " + words(TENT_HOLDS.steps[-1])),
    )
    bad(
        20,
        "lra_holds_although_two_cells_have_one_map",
        replace(TENT_HOLDS, networks=(FLAT,), steps=steps("S", "L", "L")),
    )


def of_boundaries(corpus: Corpus) -> None:
    bad = corpus.add
    bad(10, "meet_off_the_first_boundary", replace(MEET, steps=steps("P 1 1 0")))
    bad(10, "meet_off_the_second_boundary", replace(MEET, steps=steps("P 1 0 2")))
    bad(10, "meet_nearly", replace(MEET, steps=(("P", 10**30, 0, 10**30 + 1),)))
    bad(20, "meet_at_a_point_of_another_dimension", replace(MEET, steps=steps("P 1 0 1 0")))
    bad(20, "meet_at_a_point_with_denominator_zero", replace(MEET, steps=steps("P 0 0 1")))
    bad(20, "meet_at_infinity", replace(MEET, networks=(PARALLEL,), numbers=(1, 0, 1, 1), steps=steps("P 0 2 -1")))
    bad(20, "meet_at_a_point_with_negative_denominator", replace(MEET, steps=steps("P -1 0 -1")))
    bad(20, "meet_at_a_point_not_in_lowest_terms", replace(MEET, steps=steps("P 2 0 2")))
    bad(20, "meet_at_a_point_with_another_letter", replace(MEET, steps=steps("Q 1 0 1")))
    bad(20, "meet_without_a_point", replace(MEET, steps=()))
    bad(20, "meet_with_two_points", replace(MEET, steps=MEET.steps * 2))
    bad(10, "disjoint_boundaries_that_meet", replace(DISJOINT, networks=(relu([[1, 2, 0], [2, 1, -1]], [[1, 1, 0]]),)))
    bad(
        10,
        "disjoint_boundaries_that_coincide",
        replace(DISJOINT, networks=(relu([[1, 2, 0], [1, 2, 0]], [[1, 1, 0]]),)),
    )
    bad(
        10,
        "disjoint_in_two_layers_that_meet",
        replace(DEEP_DISJOINT, networks=(relu([[1, 0], [-1, 0]], [[1, 1, 0]], [[1, 0]]),)),
    )
    bad(10, "empty_boundary_that_is_not", replace(EMPTY, numbers=(1, 0)))
    bad(10, "bounded_with_a_point_off_it", spliced(BOUNDED, 0, "P 1 0"))
    bad(10, "bounded_with_a_radius_too_small", spliced(BOUNDED, 1, "R 1"))
    bad(20, "bounded_without_a_radius", spliced(BOUNDED, 1))
    bad(
        20,
        "bounded_with_a_direction_missing",
        replace(BOUNDED, steps=BOUNDED.steps[: 2 + (len(BOUNDED.steps) - 2) // 2]),
    )
    bad(
        10,
        "bounded_although_empty",
        replace(BOUNDED, networks=(DEAD,), numbers=(1, 1), steps=steps("P 1 0", "R 1", "F 0", "F 0")),
    )
    bad(
        10,
        "bounded_although_a_line",
        replace(
            BOUNDED,
            networks=(relu([[1, 0, 0]], [[1, 0]]),),
            numbers=(1, 0),
            steps=steps("P 1 0 0", "R 1", "F 0 1", "F 0 1", "F 0 1", "F 0 1"),
        ),
    )
    bad(10, "unbounded_in_direction_zero", replace(UNBOUNDED, steps=(UNBOUNDED.steps[0], *steps("V 0 0"))))
    bad(10, "unbounded_that_leaves_the_boundary", replace(UNBOUNDED, steps=(UNBOUNDED.steps[0], *steps("V 1 1"))))
    bad(10, "unbounded_that_only_passes", replace(UNBOUNDED, networks=(DIAMOND,), steps=steps("P 1 1 0", "V -1 1")))
    bad(10, "unbounded_parallel_to_the_boundary", replace(UNBOUNDED, steps=steps("P 1 5 0", "V 0 -1")))
    bad(20, "unbounded_with_a_direction_too_long", replace(UNBOUNDED, steps=(UNBOUNDED.steps[0], *steps("V 0 0 1"))))
    bad(
        10,
        "disconnected_by_points_on_one_side",
        replace(SEPARATED, steps=(SEPARATED.steps[0], SEPARATED.steps[1], SEPARATED.steps[1], *SEPARATED.steps[3:])),
    )
    bad(
        10,
        "disconnected_by_points_on_the_other_side",
        replace(SEPARATED, steps=(SEPARATED.steps[0], SEPARATED.steps[2], SEPARATED.steps[2], *SEPARATED.steps[3:])),
    )
    bad(10, "disconnected_by_a_point_off_the_boundary", spliced(SEPARATED, 1, "P 1 -5"))
    bad(10, "disconnected_by_the_other_point_off_the_boundary", spliced(SEPARATED, 2, "P 1 5"))
    bad(10, "disconnected_by_a_hyperplane_that_meets_it", spliced(SEPARATED, 0, "H 1 1"))
    bad(10, "disconnected_by_a_form_that_is_zero", spliced(SEPARATED, 0, "H 0 0"))
    bad(20, "disconnected_without_a_hyperplane", replace(SEPARATED, steps=SEPARATED.steps[1:]))
    bad(
        10,
        "disconnected_although_a_line",
        replace(
            SEPARATED,
            networks=(relu([[1, 0, 0]], [[1, 0]]),),
            numbers=(1, 0),
            steps=steps("H 0 1 0", "P 1 0 -1", "P 1 0 1", "F 0 1"),
        ),
    )


def of_components(corpus: Corpus) -> None:
    bad = corpus.add
    joins = at(CONNECTED, "J")
    first = CONNECTED.steps[joins]
    bad(20, "components_one_more_than_there_are", replace(CONNECTED, numbers=(2, 0, 2)))
    bad(
        10,
        "components_one_more_with_a_refutation_of_pieces_that_touch",
        replace(CONNECTED, numbers=(2, 0, 2), steps=(*CONNECTED.steps[:-1], *steps(*["F 0 1"] * 20))),
    )
    bad(20, "components_one_less_than_there_are", replace(COMPONENTS, numbers=(2, 0, 1)))
    bad(
        10,
        "components_joined_at_a_point_of_one_piece",
        replace(COMPONENTS, numbers=(2, 0, 1), steps=(*without_refutations(COMPONENTS), *steps("J 0 1 1 1"))),
    )
    bad(
        10,
        "components_joined_at_a_point_of_neither",
        replace(COMPONENTS, numbers=(2, 0, 1), steps=(*without_refutations(COMPONENTS), *steps("J 0 1 1 0"))),
    )
    bad(
        10,
        "components_joined_twice_instead_of_once",
        replace(CONNECTED, steps=(*CONNECTED.steps[:joins], first, first, *CONNECTED.steps[joins + 2 :])),
    )
    bad(10, "component_joined_to_itself", spliced(CONNECTED, joins, "J 0 0 " + words(first)[4:]))
    bad(
        10,
        "components_joined_in_the_wrong_order",
        spliced(CONNECTED, joins, f"J {first[2]} {first[1]} " + " ".join(map(str, first[3:]))),
    )
    bad(10, "component_joined_to_a_piece_that_is_not_there", spliced(CONNECTED, joins, "J 0 99 " + words(first)[4:]))
    bad(
        10,
        "component_joined_to_a_negative_piece",
        spliced(
            CONNECTED, joins, f"J {int(first[1]) - pieces_of(CONNECTED)} {first[2]} " + " ".join(map(str, first[3:]))
        ),
    )
    bad(20, "components_negative_number", replace(COMPONENTS, numbers=(2, 0, -1)))
    bad(
        10,
        "components_of_none_for_a_boundary_that_is_there",
        replace(COMPONENTS, numbers=(2, 0, 0), steps=steps("F 0")),
    )
    bad(10, "components_with_a_piece_that_is_empty", spliced(COMPONENTS, at(COMPONENTS, "L"), "L 1 0"))
    bad(20, "components_with_a_refutation_missing", replace(COMPONENTS, steps=COMPONENTS.steps[:-1]))
    bad(10, "components_with_a_false_refutation", replace(COMPONENTS, steps=(*COMPONENTS.steps[:-1], ("F", 0))))
    zero = certify_components(relu([[1, 0], [-1, 0], [0, 0]], [[1, 1, 5, -1]], [[1, 0]]), Neuron(2, 0))
    bad(10, "refutation_with_a_row_too_many", replace(zero, steps=(*zero.steps[:-1], *steps("F 0 3 4"))))
    straight = certify_components(STRAIGHT, Neuron(2, 0))
    bad(10, "components_with_a_witness_in_another_piece", spliced(straight, at(straight, "L"), "L 1 5 2"))
    bad(10, "components_more_than_there_are_pieces", replace(COMPONENTS, numbers=(2, 0, 9)))


def without_refutations(cert: Certificate) -> tuple[Step, ...]:
    """The tree of a certificate of components, without the refutations after it."""
    return cert.steps[:-1]


def pieces_of(cert: Certificate) -> int:
    return sum(step[0] == "L" for step in cert.steps)


def of_bends(corpus: Corpus) -> None:
    bad = corpus.add
    p, v, w = BEND.steps
    bad(
        10,
        "bend_where_there_is_none",
        replace(NO_BEND, name="bend", numbers=NO_BEND.numbers[:4], steps=(("P", *NO_BEND.numbers[4:]), *NO_BEND.steps)),
    )
    bad(
        10,
        "no_bend_where_there_is_one",
        replace(BEND, name="no-bend", numbers=(*BEND.numbers, *(int(x) for x in p[1:])), steps=(v, w)),
    )
    bad(20, "no_bend_without_a_point", replace(NO_BEND, numbers=NO_BEND.numbers[:4]))
    bad(20, "no_bend_at_a_point_of_denominator_zero", replace(NO_BEND, numbers=(*NO_BEND.numbers[:4], 0, 0, 1)))
    bad(10, "bend_with_directions_exchanged", replace(BEND, steps=(p, w, v)))
    bad(10, "bend_seen_from_one_side", replace(BEND, steps=(p, v, v)))
    bad(10, "bend_along_a_direction_off_the_boundary", replace(BEND, steps=(p, ("V", 1, 1), w)))
    bad(10, "bend_along_the_other_direction_off_the_boundary", replace(BEND, steps=(p, v, ("V", -1, 1))))
    bad(10, "bend_along_the_crossing_boundary", replace(BEND, steps=(p, ("V", 0, 0), w)))
    bad(10, "bend_at_a_point_off_the_boundary", replace(BEND, steps=(("P", 1, 0, 5), v, w)))
    bad(10, "bend_at_a_point_off_the_crossing", replace(BEND, steps=(("P", 2, 1, 1), v, w)))
    bad(
        20,
        "bend_at_a_neuron_of_the_same_layer",
        replace(BEND, networks=(LINES,), numbers=(1, 0, 1, 1), steps=steps("P 1 0 0", "V 1 0", "V -1 0")),
    )
    bad(
        20,
        "no_bend_at_a_neuron_of_the_same_layer",
        replace(NO_BEND, networks=(LINES,), numbers=(1, 0, 1, 1, 1, 0, 0), steps=steps("V 1 0", "V -1 0")),
    )
    bad(20, "bend_at_a_neuron_of_a_later_layer", replace(BEND, numbers=(2, 0, 1, 0)))
    corner = relu([[1, 0, 0], [0, 1, 0], [1, -1, 0]], [[1, 1, 1, 0]], [[1, 0]])
    bad(
        10,
        "bend_where_three_boundaries_meet",
        replace(BEND, networks=(corner,), numbers=(1, 0, 2, 0), steps=steps("P 1 0 0", "V 1 -1", "V -1 0")),
    )
    pair = relu([[1, 0, 0], [1, 0, 0], [0, 1, 5]], [[1, 1, 1, -5]], [[1, 0]])
    bad(
        10,
        "bend_at_two_boundaries_that_coincide",
        replace(BEND, networks=(pair,), numbers=(1, 0, 2, 0), steps=steps("P 1 0 0", "V 1 -2", "V -1 0")),
    )
    interior = relu([[1, 0, 0], [0, 1, 1]], [[1, 0, 0]], [[1, 0]])
    bad(
        10,
        "bend_where_the_boundary_has_interior",
        replace(BEND, networks=(interior,), numbers=(1, 0, 2, 0), steps=steps("P 1 0 0", "V 1 0", "V -1 0")),
    )
    touching = relu([[1, 0, 0], [0, 1, 1]], [[-1, 0, 0]], [[1, 0]])
    bad(
        10,
        "bend_where_one_side_has_interior_only",
        replace(BEND, networks=(touching,), numbers=(1, 0, 2, 0), steps=steps("P 1 0 0", "V 1 0", "V -1 0")),
    )
    late = relu([[1, 0, 0], [0, 1, 0]], [[1, 1, -1]], [[1, -1]], [[1, 0]])
    bad(10, "bend_of_a_deeper_boundary_off_it", replace(BEND, networks=(late,), numbers=(1, 0, 3, 0)))
    bad(
        10,
        "no_bend_where_both_sides_have_interior",
        replace(
            NO_BEND,
            networks=(relu([[1, 0, 0], [0, 1, 9]], [[0, 0, 0]], [[1, 0]]),),
            numbers=(1, 0, 2, 0, 1, 0, 0),
            steps=steps("V 1 0", "V -1 0"),
        ),
    )
    bad(20, "bend_without_the_second_direction", replace(BEND, steps=(p, v)))
