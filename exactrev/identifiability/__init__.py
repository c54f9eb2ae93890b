"""When do two networks compute the same function: functional dimension, pairs of neurons, families of equal networks.

Knows one network, all of it (§3.1 and §5.2 of the paper). Whether two given networks are equal is the business of
`equivalence`, one floor below; which claims follow is that of `statements`, one floor above.
"""

from __future__ import annotations

from exactrev.identifiability.counterexamples import Counterexample, find_counterexample, why_impossible
from exactrev.identifiability.dimension import FunctionalDimension, functional_dimension
from exactrev.identifiability.families import Family, bias_family, free_weight, shared_weights
from exactrev.identifiability.identification import CheckedFamily, Identification, PairReport, identify
from exactrev.identifiability.pairs import Pair, Pairs, find_pairs
from exactrev.identifiability.parameters import Parameter, along, direction_text
from exactrev.identifiability.second_networks import SecondNetwork, find_second_networks
from exactrev.identifiability.uniqueness import decide_unique

__all__ = [
    "CheckedFamily",
    "Counterexample",
    "Family",
    "FunctionalDimension",
    "Identification",
    "Pair",
    "PairReport",
    "Pairs",
    "Parameter",
    "SecondNetwork",
    "along",
    "bias_family",
    "decide_unique",
    "direction_text",
    "find_counterexample",
    "find_pairs",
    "find_second_networks",
    "free_weight",
    "functional_dimension",
    "identify",
    "shared_weights",
    "why_impossible",
]
