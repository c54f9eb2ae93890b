"""Points with given signs, or a proof that there are none: pruned search with exact linear programs.

Knows a network, all of it. Does not enumerate regions: a question about two neurons is decided by looking at what
matters for it. Needs no geometry, and meets no black box.
"""

from exactrev.search.ahead import Searches
from exactrev.search.certificates import check
from exactrev.search.conditions import Condition, Relation, is_off, is_on, is_zero, output_is_positive
from exactrev.search.pairs import (
    find_meeting_point,
    find_point_with_both_on,
    find_point_with_neuron_off,
    find_point_with_neuron_on,
    find_point_with_signs,
)
from exactrev.search.tree import Answer, Budget, Found, Impossible, Open, find_point
from exactrev.search.weights import decide_free, is_free, with_weight

__all__ = [
    "Answer",
    "Budget",
    "Condition",
    "Found",
    "Impossible",
    "Open",
    "Relation",
    "Searches",
    "check",
    "decide_free",
    "find_meeting_point",
    "find_point",
    "find_point_with_both_on",
    "find_point_with_neuron_off",
    "find_point_with_neuron_on",
    "find_point_with_signs",
    "is_free",
    "is_off",
    "is_on",
    "is_zero",
    "output_is_positive",
    "with_weight",
]
