"""Forged certificates of pairs of networks, of recoveries and of weights."""

from __future__ import annotations

from dataclasses import replace

from corpus.making import (
    CONSTANT,
    DIFFERENT,
    DIMENSION,
    EQUAL,
    FLAT_DIRECTION,
    INERT_ALWAYS,
    INERT_WEIGHT,
    LINES,
    MATCHING,
    RECOVERED,
    SAME,
    SCALED,
    Corpus,
    at,
    relu,
    spliced,
    steps,
    words,
)
from exactrev.certificates import Certificate
from exactrev.certificates.text import Step, digest_of
from exactrev.network import AffineMap, Network


def of_pairs(corpus: Corpus) -> None:
    bad = corpus.add
    matching = MATCHING
    m = matching.steps
    bad(
        10,
        "different_at_a_point_where_they_are_equal",
        replace(DIFFERENT, steps=steps("P 1 -1 -1"), networks=(LINES, LINES)),
    )
    bad(10, "different_although_only_scaled", replace(DIFFERENT, networks=(LINES, SCALED)))
    bad(20, "different_at_a_point_of_denominator_zero", replace(DIFFERENT, steps=steps("P 0 1 1")))
    bad(
        10,
        "equal_with_other_biases",
        replace(
            EQUAL,
            networks=(relu([[1, 0]], [[1, 0]]), relu([[1, 0]], [[1, 1]])),
            steps=steps("S", "S", "L", "F 0 1", "S", "F 0 1", "L"),
        ),
    )
    bad(
        10,
        "equal_with_another_weight",
        replace(
            EQUAL,
            networks=(relu([[1, 0]], [[1, 0]]), relu([[1, 0]], [[2, 0]])),
            steps=steps("S", "S", "L", "F 0 1", "S", "F 0 1", "L"),
        ),
    )
    bad(10, "equal_up_to_a_factor", replace(EQUAL, networks=(relu([[1, 1]]), relu([["1/2", "1/2"]])), steps=steps("L")))
    bad(
        10,
        "equal_in_the_first_output_only",
        replace(EQUAL, networks=(relu([[1, 0], [1, 0]]), relu([[1, 0], [2, 0]])), steps=steps("L")),
    )
    bad(
        10,
        "equal_on_the_cube_only",
        replace(
            EQUAL,
            networks=(relu([[1, 0], [1, -5]], [[1, 1, 0]]), relu([[1, 0], [1, -5]], [[1, 2, 0]])),
            steps=steps("S", "S", "S", "S", "L", "F 0 3", "F 0 2", "F 0 1", "S", "F 0 2"),
        ),
    )
    two = replace(matching, networks=(LINES, relu([[1, 0, 0], [1, 1, -1]], [[1, 4, 0]])))
    bad(10, "isomorphic_with_other_widths", replace(two, steps=m[:2]))
    bad(
        10,
        "isomorphic_with_a_neuron_left_out",
        replace(
            matching,
            networks=(relu([[1, 0], [1, 1], [1, -1]], [[1, 2, 4, 0]]), relu([[1, 0], [1, 1]], [[1, 2, 0]])),
            steps=steps("M 0 1 1", "M 1 1 1"),
        ),
    )
    bad(
        10,
        "isomorphic_with_other_inputs",
        replace(matching, networks=(relu([[1, 0]], [[1, 0]]), relu([[1, 0, 0]], [[1, 0]])), steps=steps("M 0 1 1")),
    )
    bad(
        10,
        "isomorphic_with_other_outputs",
        replace(
            matching, networks=(relu([[1, 0]], [[1, 0], [1, 0]]), relu([[1, 0]], [[1, 0]])), steps=steps("M 0 1 1")
        ),
    )
    bad(
        10,
        "isomorphic_with_fewer_outputs",
        replace(
            matching, networks=(relu([[1, 0]], [[1, 0]]), relu([[1, 0]], [[1, 0], [1, 0]])), steps=steps("M 0 1 1")
        ),
    )
    bad(
        10,
        "isomorphic_with_a_neuron_twice",
        replace(
            matching,
            networks=(relu([[1, 0], [1, 1]], [[1, 1, 0]]), relu([[1, 0], [1, 0]], [[1, 1, 0]])),
            steps=steps("M 0 1 1", "M 0 1 1"),
        ),
    )
    bad(10, "isomorphic_with_a_neuron_that_is_not_there", replace(matching, steps=(*steps("M 3 1 1"), *m[1:])))
    bad(10, "isomorphic_with_a_negative_neuron", replace(matching, steps=(("M", int(m[0][1]) - 3, *m[0][2:]), *m[1:])))
    shifted = relu([[1, 0]], [[1, 1]])
    bad(10, "isomorphic_with_neuron_minus_one", replace(matching, networks=(shifted, shifted), steps=steps("M -1 1 1")))
    bad(
        10,
        "isomorphic_with_scale_zero",
        replace(matching, networks=(relu([[0, 0]], [[0, 0]]), relu([[0, 0]], [[0, 0]])), steps=steps("M 0 0 1")),
    )
    bad(
        10,
        "isomorphic_with_a_negative_scale",
        replace(matching, networks=(relu([[1, 0]], [[1, 0]]), relu([[-1, 0]], [[-1, 0]])), steps=steps("M 0 -1 1")),
    )
    bad(20, "isomorphic_with_a_scale_of_denominator_zero", replace(matching, steps=(("M", m[0][1], 1, 0), *m[1:])))
    bad(
        20,
        "isomorphic_with_a_scale_of_negative_denominator",
        replace(matching, networks=(relu([[1, 0]], [[1, 0]]), relu([[-1, 0]], [[-1, 0]])), steps=steps("M 0 1 -1")),
    )
    bad(
        20,
        "isomorphic_with_a_scale_not_in_lowest_terms",
        replace(matching, steps=(("M", m[0][1], 2 * int(m[0][2]), 2 * int(m[0][3])), *m[1:])),
    )
    bad(10, "isomorphic_with_another_scale", replace(matching, steps=(("M", m[0][1], 7, 1), *m[1:])))
    bad(10, "isomorphic_with_two_neurons_exchanged", replace(matching, steps=(m[1], m[0], *m[2:])))
    bad(
        10,
        "isomorphic_but_for_a_bias",
        replace(matching, networks=(relu([[1, 0]], [[1, 0]]), relu([[1, 0]], [[1, 1]])), steps=steps("M 0 1 1")),
    )
    bad(
        10,
        "isomorphic_but_for_a_weight",
        replace(matching, networks=(relu([[1, 0]], [[1, 0]]), relu([[1, 0]], [[2, 0]])), steps=steps("M 0 1 1")),
    )
    bad(
        10,
        "isomorphic_with_the_outputs_scaled",
        replace(matching, networks=(relu([[1, 0]], [[1, 1]]), relu([[1, 0]], [[2, 2]])), steps=steps("M 0 1 1")),
    )
    bad(
        10,
        "isomorphic_with_inputs_exchanged",
        replace(matching, networks=(relu([[1, 2, 0]], [[1, 0]]), relu([[2, 1, 0]], [[1, 0]])), steps=steps("M 0 1 1")),
    )
    bad(20, "isomorphic_with_a_line_missing", replace(matching, steps=m[:-1]))
    bad(20, "isomorphic_with_a_line_for_the_output", replace(matching, steps=(*m, *steps("M 0 1 1"))))
    same = SAME
    bad(10, "same_boundary_called_isomorphic", replace(same, name="isomorphic"))
    bad(
        10,
        "same_boundary_with_a_sign_in_an_earlier_layer",
        replace(
            same,
            networks=(relu([[1, 0]], [[1, -1]], [[1, 0]]), relu([[-1, 0]], [[-1, -1]], [[1, 0]])),
            steps=steps("M 0 -1 1", "M 0 1 1"),
        ),
    )
    bad(
        10,
        "same_boundary_with_scale_zero",
        replace(same, networks=(relu([[1, 0]], [[1, 0]]), relu([[0, 0]], [[1, 0]])), steps=steps("M 0 0 1")),
    )
    bad(
        10,
        "same_boundary_with_other_widths",
        replace(
            same,
            networks=(relu([[1, 0]], [[1, 0]]), relu([[1, 0], [1, 5]], [[1, 1, 0]])),
            steps=steps("M 0 1 1", "M 0 1 1"),
        ),
    )
    bad(
        10,
        "same_boundary_with_another_bias",
        replace(same, networks=(relu([[1, 0]], [[1, 0]]), relu([[1, 1]], [[1, 0]])), steps=steps("M 0 1 1")),
    )


def of_recoveries(corpus: Corpus) -> None:
    bad = corpus.add
    good = RECOVERED
    first = good.steps[0]

    def answered(*lines: Step) -> Certificate:
        asked = (*lines, *good.steps[len(lines) : good.numbers[0]])
        return replace(good, steps=(*asked, *good.steps[good.numbers[0] :]), hashes=(digest_of(asked),))

    bad(10, "recovered_with_a_wrong_answer", answered((*first[:-1], int(first[-1]) + int(first[-2]))))
    bad(10, "recovered_with_an_answer_of_another_network", answered((*first[:-2], 1, 99)))
    bad(
        20,
        "recovered_with_an_answer_not_in_lowest_terms",
        answered((*first[:-2], 2 * int(first[-2]), 2 * int(first[-1]))),
    )
    bad(20, "recovered_with_a_question_of_another_dimension", answered((*first, 0)))
    nobody = replace(good, numbers=(-1,), steps=good.steps[good.numbers[0] :], hashes=(digest_of(()),))
    bad(20, "recovered_from_minus_one_answers", nobody)
    bad(10, "recovered_from_another_transcript", replace(good, hashes=(digest_of(good.steps[:2]),)))
    bad(10, "recovered_from_fewer_answers", replace(good, numbers=(2,)))
    bad(20, "recovered_from_more_answers", replace(good, numbers=(4,)))
    bad(20, "recovered_without_a_digest_of_the_answers", replace(good, hashes=()))
    bad(
        10,
        "recovered_another_network",
        replace(good, networks=(LINES, relu([[1, 0, 0], [0, 1, 0], [1, 1, 1]], [[1, 2, 4, 0]]))),
    )


def of_weights(corpus: Corpus) -> None:
    bad = corpus.add
    bad(10, "inert_weight_beyond_its_interval", replace(INERT_WEIGHT, numbers=(1, 0, 0, 2, 1)))
    bad(10, "inert_weight_without_any_bound", replace(INERT_WEIGHT, numbers=(1, 0, 0, 1, 0)))
    bad(
        10,
        "inert_weight_that_is_above_the_bound",
        replace(INERT_WEIGHT, networks=(relu([[1, 0], [-1, -1]], [[5, 1, -1]], [[1, 0]]),)),
    )
    bad(20, "inert_weight_of_the_output_layer", replace(INERT_WEIGHT, numbers=(2, 0, 0, 5, 1)))
    bad(20, "inert_weight_of_the_output_layer_with_a_bound", replace(INERT_ALWAYS, numbers=(1, 1, 0, 9, 1)))
    bad(20, "inert_weight_to_a_neuron_that_is_not_there", replace(INERT_ALWAYS, numbers=(1, 1, 1, 1, 0)))
    bad(20, "inert_weight_to_a_negative_neuron", replace(INERT_ALWAYS, numbers=(1, 1, -1, 1, 0)))
    bad(20, "inert_weight_with_a_bound_not_in_lowest_terms", replace(INERT_WEIGHT, numbers=(1, 0, 0, 0, 2)))
    bad(20, "inert_weight_with_a_negative_denominator", replace(INERT_WEIGHT, numbers=(1, 0, 0, 1, -1)))
    bad(
        20,
        "inert_weight_upside_down_by_a_negative_denominator",
        replace(
            INERT_WEIGHT,
            networks=(relu([[1, 0]], [[1, 0]], [[1, 0]]),),
            numbers=(1, 0, 0, -1, -1),
            steps=steps("S", "F 0 2", "F 0 1"),
        ),
    )
    bad(20, "inert_weight_with_the_bound_minus_infinity", replace(INERT_ALWAYS, numbers=(1, 1, 0, -1, 0)))
    bad(10, "inert_weight_with_a_leaf", replace(INERT_ALWAYS, steps=steps("L")))
    bad(10, "inert_weight_of_a_neuron_that_is_on", replace(INERT_ALWAYS, numbers=(1, 0, 0, 1, 0)))
    bad(
        10,
        "flat_direction_that_is_zero",
        replace(FLAT_DIRECTION, networks=(CONSTANT, Network((AffineMap.from_arrays([[0, 0]], [0]),)))),
    )
    bad(
        10,
        "flat_direction_that_changes_the_network",
        replace(FLAT_DIRECTION, networks=(CONSTANT, Network((AffineMap.from_arrays([[0, 1]], [1]),)))),
    )
    bad(20, "flat_direction_of_another_layer", replace(FLAT_DIRECTION, numbers=(1,)))
    bad(20, "flat_direction_of_layer_0", replace(FLAT_DIRECTION, numbers=(0,)))
    bad(
        20,
        "flat_direction_of_layer_minus_one",
        replace(
            FLAT_DIRECTION,
            numbers=(-1,),
            networks=(relu([[1, 0]], [[1, 0]], [[1, 0]]), Network((AffineMap.from_arrays([[1]], [0]),))),
            steps=steps("L"),
        ),
    )
    bad(
        20,
        "flat_direction_of_a_layer_counted_from_the_end",
        replace(
            FLAT_DIRECTION,
            numbers=(-2,),
            networks=(relu([[0, -1]], [[1, 0]], [[1, 0]], [[1, 0]]), Network((AffineMap.from_arrays([[1]], [0]),))),
            steps=steps("S", "Z", "L", "F 0"),
        ),
    )
    bad(20, "flat_direction_beyond_the_layers", replace(FLAT_DIRECTION, numbers=(3,)))
    bad(
        20,
        "flat_direction_of_another_shape",
        replace(FLAT_DIRECTION, networks=(CONSTANT, Network((AffineMap.from_arrays([[0, 0, 1]], [-1]),)))),
    )
    bad(
        20,
        "flat_direction_with_fewer_outputs",
        replace(FLAT_DIRECTION, networks=(relu([[1, 0], [0, 1]], [[1, 5, 0], [1, 1, 1]]), FLAT_DIRECTION.networks[1])),
    )
    dim = DIMENSION
    vector = at(dim, "V")
    tree = dim.steps[vector + 1 :]
    bad(10, "functional_dimension_one_more", replace(dim, numbers=(4,), steps=(*dim.steps[:vector], *tree)))
    bad(
        10,
        "functional_dimension_one_less",
        replace(dim, numbers=(2,), steps=(*dim.steps[: vector + 1], dim.steps[vector], *tree)),
    )
    bad(
        10,
        "functional_dimension_with_another_vector_for_one_less",
        replace(dim, numbers=(2,), steps=(*dim.steps[: vector + 1], *steps("V 0 0 0 1"), *tree)),
    )
    bad(
        10,
        "functional_dimension_of_all_parameters_without_points",
        replace(dim, numbers=(4,), steps=(*steps("D 0"), *tree)),
    )
    bad(10, "functional_dimension_with_a_vector_zero", spliced(dim, vector, "V 0 0 0 0"))
    bad(10, "functional_dimension_with_a_vector_that_matters", spliced(dim, vector, "V 1 0 0 0"))
    bad(20, "functional_dimension_with_a_long_vector", spliced(dim, vector, words(dim.steps[vector], "V") + " 7"))
    bad(20, "functional_dimension_with_a_short_vector", spliced(dim, vector, "V 1 0"))
    bad(
        10,
        "functional_dimension_with_a_point_on_the_boundary",
        replace(dim, steps=(("D", int(dim.steps[0][1]) + 1), *steps("P 1 -1"), *dim.steps[1:])),
    )
    bad(
        10,
        "functional_dimension_with_a_thick_cell",
        replace(
            dim,
            networks=(relu([[0, 0]], [[1, 0]]),),
            numbers=(0,),
            steps=steps("D 0", *[f"V {' '.join(str(int(i == j)) for i in range(4))}" for j in range(4)], "Z", "L"),
        ),
    )
    between = relu([[1, 0], [-1, -1]], [[1, -1, 0]], [[1, 0]])  # layer 2 vanishes for -1 < x < 0 only
    null = ("1 0 0 0 -1 0 0 0 0", "0 1 0 0 0 0 -1 0 0", "0 0 1 0 0 0 0 0 0", "0 0 0 1 0 0 0 0 0",
            "0 0 0 0 1 0 0 -1 0", "0 0 0 0 0 1 0 0 0")  # fmt: skip
    bad(
        10,
        "functional_dimension_with_a_thick_cell_between",
        replace(
            dim,
            networks=(between,),
            numbers=(3,),
            steps=steps(
                "D 3",
                "P 1 1",
                "P 1 2",
                "P 1 -2",
                *(f"V {entries}" for entries in null),
                *("S", "S", "Z", "L", "S", "L", "F 1 2", "S", "S", "F 0 2", "L", "F 0 1"),
            ),
        ),
    )
    bad(
        10,
        "functional_dimension_zero",
        replace(
            dim,
            numbers=(0,),
            steps=(*steps("D 0", *[f"V {' '.join(str(int(i == j)) for i in range(4))}" for j in range(4)]), *tree),
        ),
    )
    bad(
        20,
        "functional_dimension_with_fewer_points_than_stated",
        replace(dim, steps=(("D", int(dim.steps[0][1]) + 1), *dim.steps[1:])),
    )
    bad(
        10,
        "functional_dimension_of_repeated_points",
        replace(dim, steps=(("D", 3), *[dim.steps[1]] * 3, *dim.steps[vector:])),
    )
