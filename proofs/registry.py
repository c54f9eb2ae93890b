"""The proofs, in the paper's order, by label. Knows which there are; each is in the file of its label."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

from exactrev.errors import BadInput
from exactrev.proofs.proof import Proof

__all__ = ["PROOFS", "find_proofs"]

_LABELS = (
    "permuting_a_layer_changes_nothing",
    "scaling_a_neuron_changes_nothing",
    "two_narrow_layers_leave_a_second_network",
    "regions_correspond_to_patterns",
    "touching_regions_with_one_map_have_such_a_facet",
    "bends_at_every_earlier_boundary",
    "boundaries_cross_like_coordinate_hyperplanes",
    "bends_tell_layers_apart",
    "layers_are_read_off_bends",
    "connected_boundaries_determine_the_network",
    "deeper_boundaries_contain_no_hyperplane",
    "the_closest_zero_is_a_boundary",
    "a_bend_gives_the_weight",
    "earlier_crossings_carry_the_scale",
    "signs_solve_a_linear_system",
    "the_rank_of_the_signs_is_reached",
    "the_bias_follows_the_signs_below",
    "crossed_boundaries_give_weights_up_to_one_factor",
    "weights_of_case_1_are_free_up_to_a_largest",
    "weights_of_case_1_can_rise",
    "cases_2_to_4_leave_second_networks",
    "one_last_neuron_is_determined",
    "functions_of_one_neuron_determine_the_network",
    "disjoint_boundaries_need_not_be_in_a_case",
    "exceptional_networks_are_zeros_of_polynomials",
)


def _load(label: str) -> Proof:
    proof = import_module(f"exactrev.proofs.{label}").PROOF
    if not isinstance(proof, Proof) or proof.label != label:
        raise TypeError(f"exactrev.proofs.{label} holds no proof of that label")
    return proof


PROOFS: Mapping[str, Proof] = MappingProxyType({label: _load(label) for label in _LABELS})


def find_proofs(name: str) -> list[Proof]:
    """The proof with this label, or all that answer the claim with this number. Raises `BadInput` if there is none."""
    found = [proof for proof in PROOFS.values() if name == proof.label or name in proof.paper]
    if found:
        return found
    known = ", ".join(f"{proof.label} ({', '.join(proof.paper)})" for proof in PROOFS.values())
    raise BadInput("", "proof", f"{name!r}", f"one of {known}")
