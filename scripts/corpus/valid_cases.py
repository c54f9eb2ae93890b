"""Valid certificates, one for every claim and proof, and some that look odd."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from corpus.making import (
    BEND,
    BOUNDED,
    BOX,
    COMPONENTS,
    CONNECTED,
    DEEP_DISJOINT,
    DIFFERENT,
    DIMENSION,
    DISJOINT,
    EMPTY,
    EQUAL,
    FACETS,
    FAILS,
    FLAT_DIRECTION,
    HOLDS,
    INERT_ALWAYS,
    INERT_WEIGHT,
    LINES,
    MATCHING,
    MEET,
    NO_BEND,
    RECOVERED,
    REGIONS,
    SAME,
    SCALED,
    SEPARATED,
    TENT_HOLDS,
    THICK_FACETS,
    THICK_REGIONS,
    TOUCHING_FAILS,
    TOUCHING_HOLDS,
    UNBOUNDED,
    Corpus,
    relu,
)
from exactrev.certificates import certify_isomorphic, certify_regions, certify_regions_by_facets


def valid(corpus: Corpus) -> None:
    for name, case in {
        "regions": REGIONS, "regions_by_facets": FACETS, "regions_in_a_box": BOX, "thick_cells": THICK_REGIONS,
        "thick_cells_by_facets": THICK_FACETS, "disjoint": DISJOINT, "disjoint_in_two_layers": DEEP_DISJOINT,
        "meet": MEET, "empty": EMPTY, "bounded": BOUNDED, "unbounded": UNBOUNDED, "disconnected": SEPARATED,
        "two_components": COMPONENTS, "one_component": CONNECTED, "bend": BEND, "no_bend": NO_BEND,
        "equal_by_a_tree": EQUAL, "isomorphic": MATCHING, "different": DIFFERENT, "same_boundary": SAME,
        "lra_fails": FAILS, "lra_fails_touching": TOUCHING_FAILS, "lra_holds": HOLDS,
        "lra_holds_touching": TENT_HOLDS, "lra_holds_touching_all_maps_differ": TOUCHING_HOLDS,
        "inert_weight": INERT_WEIGHT, "inert_weight_of_a_dead_neuron": INERT_ALWAYS,
        "flat_direction": FLAT_DIRECTION, "functional_dimension": DIMENSION, "recovered": RECOVERED,
        "equal_by_matching": certify_isomorphic(LINES, SCALED, "equal"),
        "lra_holds_facet_by_a_tree": replace(TENT_HOLDS, name="lra-holds-facet"),
        "no_hidden_layer": certify_regions(relu([[2, 3, 1]])),
        "no_hidden_layer_by_facets": certify_regions_by_facets(relu([[2, 3, 1]])),
        "all_zero": certify_regions(relu([[0, 0]], [[0, 0]])),
        "long_numbers": certify_regions(relu([[1, 0], [1, -(10**300)]], [[1, 1, 0]])),
        "sliver": certify_regions(relu([[1, 0], [1, Fraction(-1, 2**500)]], [[1, 1, 0]])),
    }.items():  # fmt: skip
        corpus.add(0, name, case)
