"""White-box comparison of two networks: a rational point where they differ, or a proof that they do not.

Knows both networks, all of them. The recovery must not know this package: an equivalence oracle is handed to it as a
function, and judges it from outside.
"""

from exactrev.equivalence.comparison import Comparison, Relatedness, compare
from exactrev.equivalence.differences import find_difference
from exactrev.equivalence.equality import decide_equal
from exactrev.equivalence.pruning import prune, prune_with_proofs
from exactrev.equivalence.side_by_side import side_by_side

__all__ = [
    "Comparison",
    "Relatedness",
    "compare",
    "decide_equal",
    "find_difference",
    "prune",
    "prune_with_proofs",
    "side_by_side",
]
