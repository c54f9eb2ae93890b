"""Forged split trees, refutations, lists of regions and of facets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from corpus.making import (
    BOX,
    DEEP_DISJOINT,
    DISJOINT,
    DISJOINT_LINES,
    EMPTY,
    EQUAL,
    FACETS,
    FLAT,
    REGIONS,
    TENT_HOLDS,
    THICK,
    THICK_FACETS,
    THICK_REGIONS,
    ZERO,
    Corpus,
    at,
    relu,
    spliced,
    steps,
    words,
)
from exactrev.certificates import certify_regions, certify_regions_by_facets
from exactrev.certificates.text import Step


def of_trees(corpus: Corpus) -> None:
    bad = corpus.add
    first_leaf, first_split = at(REGIONS, "L"), at(REGIONS, "S")
    bad(20, "tree_without_a_step", replace(REGIONS, steps=()))
    bad(20, "tree_of_one_split", replace(REGIONS, steps=steps("S")))
    bad(20, "tree_with_its_last_leaf_missing", replace(REGIONS, steps=REGIONS.steps[:-1]))
    bad(20, "tree_with_a_leaf_too_many", replace(REGIONS, steps=REGIONS.steps + REGIONS.steps[-1:]))
    bad(20, "tree_after_the_tree", replace(REGIONS, steps=REGIONS.steps * 2))
    bad(
        10,
        "tree_with_children_swapped",
        replace(certify_regions(relu([[1, 0]], [[1, 0]])), steps=steps("S", "L 1 1", "L 1 -1")),
    )
    bad(
        10,
        "tree_with_one_child_missing",
        replace(REGIONS, steps=REGIONS.steps[:first_leaf] + REGIONS.steps[first_leaf + 1 :]),
    )
    bad(20, "split_with_a_number", spliced(REGIONS, first_split, "S 0"))
    bad(20, "zero_with_a_number", spliced(THICK_REGIONS, at(THICK_REGIONS, "Z"), "Z 0"))
    bad(20, "unknown_letter_for_a_leaf", spliced(REGIONS, first_leaf, "X " + words(REGIONS.steps[first_leaf])))
    bad(20, "letter_of_another_kind_in_a_tree", spliced(REGIONS, first_leaf, "P " + words(REGIONS.steps[first_leaf])))
    bad(10, "split_beyond_the_last_neuron", spliced(REGIONS, first_leaf, "S", drop=0))
    bad(10, "splits_without_end", replace(REGIONS, steps=steps(*["S"] * 200)))
    bad(
        10,
        "split_on_a_zero_form",
        replace(certify_regions(ZERO), numbers=(0, 0), steps=steps("S", "S", "F 1", "F 1", "S", "F 1", "F 1")),
    )
    bad(
        10,
        "split_on_a_zero_form_and_close_both_sides",
        replace(
            EMPTY,
            name="equal",
            proof="tree",
            numbers=(),
            networks=(relu([[0, 0]], [[1, 0]]), relu([[0, 1]], [[1, 0]])),
            steps=steps("S", "F 0", "F 0"),
        ),
    )
    bad(10, "zero_on_a_form_that_is_not_zero", replace(REGIONS, numbers=(0, 1), steps=steps("Z", "Z", "Z", "L 1 0 0")))
    bad(10, "zero_to_skip_a_region", replace(certify_regions(FLAT), numbers=(0, 1), steps=steps("Z", "L 1 0")))
    bad(10, "leaf_before_the_last_neuron", replace(REGIONS, numbers=(1, 0), steps=steps("L 1 0 0")))
    bad(
        10,
        "equal_at_a_leaf_before_the_outputs_are_known",
        replace(EQUAL, networks=(relu([[1, 0]], [[0, 0]]), relu([[1, 0]], [[1, 0]])), steps=steps("S", "L", "L")),
    )
    bad(
        20,
        "leaf_with_a_coordinate_too_many",
        spliced(REGIONS, first_leaf, words(REGIONS.steps[first_leaf], "L") + " 0"),
    )
    bad(20, "leaf_with_a_coordinate_too_few", spliced(REGIONS, first_leaf, "L 1 0"))
    bad(20, "leaf_with_numbers_where_none_are_due", spliced(EQUAL, at(EQUAL, "L"), "L 1"))
    bad(20, "leaf_of_the_linear_regions_with_a_number", spliced(TENT_HOLDS, at(TENT_HOLDS, "L"), "L 0"))
    bad(10, "leaf_where_all_has_to_be_closed", replace(DISJOINT, steps=steps("L")))
    bad(10, "leaf_left_open_after_the_splits", replace(DEEP_DISJOINT, steps=steps(*["S"] * 2, "L", "L", "S", "L", "L")))
    bad(10, "split_on_an_output", replace(DISJOINT, steps=steps("S", *DISJOINT_LINES, *DISJOINT_LINES)))
    bad(10, "null_proof_of_disjointness", replace(DISJOINT, steps=steps("F")))


def of_refutations(corpus: Corpus) -> None:
    bad = corpus.add
    line = relu([[1, 0], [1, -1]], [[1, 1, 0]])  # x and x - 1: x < 0, 0 < x < 1, 1 < x
    regions = certify_regions(line)
    leaf = at(regions, "F")
    bad(10, "refutation_without_rows", spliced(regions, leaf, "F"))
    bad(10, "refutation_by_one_row", spliced(regions, leaf, "F 0"))
    bad(10, "refutation_with_a_row_twice", spliced(regions, leaf, "F 0 0"))
    bad(10, "refutation_with_rows_in_the_wrong_order", spliced(regions, leaf, "F 1 0"))
    bad(10, "refutation_with_a_negative_row", spliced(regions, leaf, "F -1 0"))
    bad(10, "refutation_with_a_negative_row_that_python_would_find", spliced(regions, leaf, "F -2 1"))
    bad(10, "refutation_with_the_row_of_the_next_neuron", spliced(regions, 1, "F 0 1", drop=3))
    bad(10, "refutation_with_a_row_that_is_not_there", spliced(regions, leaf, "F 0 7"))
    bad(
        10,
        "refutation_of_a_cell_that_is_there",
        replace(regions, numbers=(2, 0), steps=steps("S", "S", "L 1 -1", "F 0 1", "S", "F 0 1", "L 1 2")),
    )
    bad(
        10,
        "refutation_of_the_only_cell_by_one_row",
        replace(certify_regions(relu([[0, 1]], [[1, 0]])), numbers=(0, 0), steps=steps("S", "F 0", "F 0")),
    )
    bad(
        10,
        "refutation_with_a_multiplier_of_the_wrong_sign",
        replace(
            certify_regions(relu([[1, -1], [1, 0]], [[1, 1, 0]])),
            numbers=(2, 0),
            steps=steps("S", "S", "L 1 -1", "L 2 1", "S", "F 0 1", "F 0 1"),
        ),
    )
    bad(
        10,
        "refutation_by_independent_rows",
        replace(REGIONS, numbers=(0, 0), steps=steps("S", "S", "S", "F 0 1", "F 0 1", "F 0 1", "F 0 1")),
    )
    bad(
        10,
        "refutation_whose_sum_is_not_constant",
        replace(
            certify_regions(relu([[1, 0, -1], [0, 1, 0]], [[1, 1, 0]])),
            numbers=(3, 0),
            steps=steps("S", "S", "L 1 0 -1", "L 1 0 1", "S", "L 1 2 -1", "F 0 1"),
        ),
    )
    bad(
        10,
        "refutation_whose_sum_is_positive",
        replace(certify_regions(line), numbers=(2, 0), steps=steps("S", "S", "L 1 -1", "F 0 1", "S", "F 0 1", "L 1 2")),
    )
    bad(
        10,
        "weak_refutation_whose_sum_is_zero",
        replace(DISJOINT, networks=(relu([[1, 0], [2, 0]], [[1, 1, 0]]),), numbers=(1, 0, 1, 1), steps=steps("F 0 1")),
    )
    bad(
        10,
        "weak_split_at_zero_treated_as_strict",
        replace(
            EMPTY, networks=(relu([[1, 0]], [[1, 0]], [[1, 0]]),), numbers=(2, 0), steps=steps("S", "F 0 1", "F 0 1")
        ),
    )
    bad(10, "equation_used_before_it_is_fixed", replace(DEEP_DISJOINT, steps=steps("F 0 1")))
    bad(
        10, "equation_of_the_other_neuron_forgotten", replace(DEEP_DISJOINT, numbers=(1, 0, 1, 1), steps=steps("F 0 1"))
    )
    bad(
        10,
        "refutation_by_a_zero_row_alone",
        replace(certify_regions(THICK), numbers=(1, 0), steps=steps("S", "Z", "F 1", "S", "F 0 1", "L 1 1")),
    )
    bad(10, "row_of_a_sibling", spliced(regions, len(regions.steps) - 1, "F 0 1"))


def of_regions(corpus: Corpus) -> None:
    bad = corpus.add
    leaves = [k for k, step in enumerate(REGIONS.steps) if step[0] == "L"]
    bad(10, "one_region_too_many_claimed", replace(REGIONS, numbers=(8, 0)))
    bad(10, "one_region_too_few_claimed", replace(REGIONS, numbers=(6, 0)))
    bad(10, "thick_cell_claimed_as_a_region", replace(THICK_REGIONS, numbers=(2, 0)))
    bad(10, "region_claimed_as_thick", replace(REGIONS, numbers=(6, 1)))
    bad(10, "negative_number_of_thick_cells", replace(REGIONS, numbers=(8, -1)))
    bad(10, "witness_of_another_leaf", spliced(REGIONS, leaves[0], words(REGIONS.steps[leaves[1]], "L")))
    bad(10, "witness_on_a_boundary", spliced(REGIONS, leaves[0], "L 1 0 -1"))
    bad(
        10,
        "witness_where_all_boundaries_meet",
        replace(
            certify_regions(relu([[1, 0], [-1, 0]], [[1, 1, 0]])),
            numbers=(4, 0),
            steps=steps("S", "S", "L 1 0", "L 1 0", "S", "L 1 0", "L 1 0"),
        ),
    )
    bad(20, "witness_with_denominator_zero", spliced(REGIONS, leaves[0], "L 0 -1 -1"))
    bad(20, "witness_with_negative_denominator", spliced(REGIONS, leaves[0], "L -1 1 1"))
    bad(20, "witness_not_in_lowest_terms", spliced(REGIONS, leaves[0], "L 2 -2 -2"))
    bad(
        10,
        "empty_region_with_a_far_witness",
        replace(
            certify_regions(relu([[1, 0], [1, -1]], [[1, 1, 0]])),
            numbers=(4, 0),
            steps=steps("S", "S", "L 1 -1", "L 1 2", "S", "L 2 1", "L 1 2"),
        ),
    )
    bad(10, "box_with_a_witness_outside", spliced(BOX, at(BOX, "L"), "L 1 -7 -7"))
    bad(10, "box_with_a_witness_on_its_side", spliced(BOX, at(BOX, "L"), "L 1 -1 1"))
    bad(20, "box_with_a_denominator_zero", replace(BOX, numbers=(*BOX.numbers[:2], 1, 0, *BOX.numbers[4:])))
    bad(20, "box_with_a_negative_denominator", replace(BOX, numbers=(*BOX.numbers[:2], 1, -1, *BOX.numbers[4:])))
    bad(20, "box_with_a_negative_denominator_above", replace(BOX, numbers=(*BOX.numbers[:4], -1, -2, *BOX.numbers[6:])))
    half = certify_regions(FLAT, [(Fraction(-1), Fraction(5))])
    bad(
        20,
        "box_upside_down_below_by_a_negative_denominator",
        replace(half, numbers=(1, 0, 1, -1, 5, 1), steps=steps("S", "L 1 -2", "F 0 2")),
    )
    bad(
        20,
        "box_upside_down_above_by_a_negative_denominator",
        replace(half, numbers=(2, 0, -5, 1, 1, -1), steps=steps("S", "L 2 -1", "L 1 1")),
    )
    bad(20, "box_side_not_in_lowest_terms", replace(BOX, numbers=(*BOX.numbers[:2], -2, 2, *BOX.numbers[4:])))
    bad(20, "box_side_above_not_in_lowest_terms", replace(BOX, numbers=(*BOX.numbers[:4], 2, 4, *BOX.numbers[6:])))
    bad(10, "box_proof_for_all_of_space", replace(BOX, name="regions", numbers=BOX.numbers[:2]))
    bad(10, "proof_for_another_box", replace(BOX, numbers=(*BOX.numbers[:2], 1, 4, *BOX.numbers[4:])))


def of_facets(corpus: Corpus) -> None:
    bad = corpus.add
    cells = [k for k, step in enumerate(FACETS.steps) if step[0] == "C"]
    body = [FACETS.steps[a:b] for a, b in zip(cells, [*cells[1:], len(FACETS.steps)], strict=True)]

    def listing(chosen: Sequence[tuple[Step, ...]], count: int | None = None) -> tuple[Step, ...]:
        return (("N", len(chosen) if count is None else count), *(step for cell in chosen for step in cell))

    bad(10, "facets_of_no_cell", replace(FACETS, numbers=(0, 0), steps=steps("N 0")))
    bad(10, "facets_of_a_negative_number_of_cells", replace(FACETS, numbers=(-1, 0), steps=steps("N -1")))
    bad(10, "facets_of_all_cells_but_one", replace(FACETS, numbers=(6, 0), steps=listing(body[:-1])))
    bad(10, "facets_of_one_cell_only", replace(FACETS, numbers=(1, 0), steps=listing(body[:1])))
    bad(10, "facets_with_a_cell_twice", replace(FACETS, numbers=(8, 0), steps=listing([*body, body[0]])))
    bad(
        20,
        "facets_with_a_cell_twice_by_a_sign_of_two",
        replace(
            FACETS,
            numbers=(8, 0),
            steps=listing([*body, (("C", *(2 * int(s) if s == 1 else s for s in body[-1][0][1:])), *body[-1][1:])]),
        ),
    )
    bad(
        10,
        "facets_with_a_cell_twice_by_a_sign_of_zero",
        replace(
            FACETS,
            numbers=(7, 1),
            steps=listing([*body, (("C", *(0 if s == -1 else s for s in body[0][0][1:])), *body[0][1:])]),
        ),
    )
    bad(10, "facets_with_another_count_claimed", replace(FACETS, numbers=(6, 0)))
    bad(10, "facets_with_a_count_too_small", replace(FACETS, steps=listing(body, 6), numbers=(6, 0)))
    bad(20, "facets_with_a_count_too_large", replace(FACETS, steps=listing(body, 8), numbers=(8, 0)))
    bad(20, "facets_with_a_sign_of_two", spliced(FACETS, cells[-1], "C 2 1 1"))
    bad(20, "facets_with_a_sign_missing", spliced(FACETS, cells[-1], "C 1 1"))
    bad(10, "facets_with_a_cell_that_is_empty", spliced(FACETS, cells[0], "C -1 -1 1"))
    bad(10, "facets_with_sign_zero_for_a_form_that_is_not", spliced(FACETS, cells[-1], "C 0 1 1"))
    thick = at(THICK_FACETS, "C", 0)
    bad(10, "facets_with_a_sign_for_a_zero_form", spliced(THICK_FACETS, thick, "C -1 -1"))
    bad(10, "facets_with_a_witness_on_the_boundary", spliced(FACETS, cells[0] + 1, "P 1 0 -1"))
    k = at(FACETS, "T")
    chosen = FACETS.steps[k]
    bad(20, "facets_with_another_letter", spliced(FACETS, k, "U " + words(chosen)))
    bad(20, "facet_of_a_neuron_that_is_not_there", spliced(FACETS, k, "T 0 3"))
    bad(20, "facet_of_a_negative_neuron", spliced(FACETS, k, "T " + " ".join(str(int(u) - 3) for u in chosen[1:])))
    bad(10, "facet_of_a_zero_form", spliced(THICK_FACETS, at(THICK_FACETS, "T"), "T 0 1", "P 1 0", "P 1 -1", drop=2))
    bad(10, "facet_omitted", spliced(FACETS, k, "T " + words(chosen[:2]), drop=2))
    bad(
        10,
        "facet_omitted_and_refuted_by_itself",
        replace(
            certify_regions_by_facets(relu([[1, 0]], [[1, 0]])),
            numbers=(1, 0),
            steps=steps("N 1", "C 1", "P 1 1", "T", "F 0"),
        ),
    )
    bad(
        10,
        "facet_invented",
        replace(
            certify_regions_by_facets(relu([[1, 0], [1, -1]], [[1, 1, 0]])),
            steps=steps(
                "N 3",
                "C -1 -1",
                "P 1 -1",
                "T 0 1",
                "P 1 0",
                "P 1 1",
                "C 1 -1",
                "P 2 1",
                "T 0 1",
                "P 1 0",
                "P 1 1",
                "C 1 1",
                "P 1 2",
                "T 1",
                "P 1 1",
                "F 0 1",
            ),
        ),
    )
    bad(10, "facet_point_off_the_facet", spliced(FACETS, k + 1, "P 1 -5 -7"))
    bad(
        10,
        "facet_point_at_a_corner",
        replace(
            certify_regions_by_facets(relu([[1, 0, 0], [0, 1, 0]], [[1, 1, 0]])),
            numbers=(2, 0),
            steps=steps(
                "N 2",
                "C 1 1",
                "P 1 1 1",
                "T 0 1",
                "P 1 0 0",
                "P 1 0 0",
                "C -1 -1",
                "P 1 -1 -1",
                "T 0 1",
                "P 1 0 0",
                "P 1 0 0",
            ),
        ),
    )
    redundant = at(FACETS, "F")
    bad(20, "facet_refutation_missing", spliced(FACETS, redundant))
    bad(20, "facet_refutation_with_another_letter", spliced(FACETS, redundant, "G " + words(FACETS.steps[redundant])))
    bad(10, "facet_refutation_without_rows", spliced(FACETS, redundant, "F"))
