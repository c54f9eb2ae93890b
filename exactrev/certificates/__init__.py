"""Evidence as data: what was decided, written so that somebody who trusts nobody can check it (`exactrev.checker`).

Knows networks and how to look for proofs. Must not know how they are checked: writer and checker share no code.
"""

from __future__ import annotations

from exactrev.certificates.boundaries import (
    certify_bend,
    certify_components,
    certify_meeting,
    certify_separation,
    decide_bounded,
    decide_empty,
    decide_meeting,
)
from exactrev.certificates.pairs import (
    certify_different,
    certify_isomorphic,
    certify_recovered,
    certify_same_boundary,
    decide_equal,
)
from exactrev.certificates.regions import certify_regions, certify_regions_by_facets, decide_linear_regions
from exactrev.certificates.text import Certificate, hash_of
from exactrev.certificates.weights import certify_flat_direction, certify_functional_dimension, certify_inert

__all__ = [
    "Certificate",
    "certify_bend",
    "certify_components",
    "certify_different",
    "certify_flat_direction",
    "certify_functional_dimension",
    "certify_inert",
    "certify_isomorphic",
    "certify_meeting",
    "certify_recovered",
    "certify_regions",
    "certify_regions_by_facets",
    "certify_same_boundary",
    "certify_separation",
    "decide_bounded",
    "decide_empty",
    "decide_equal",
    "decide_linear_regions",
    "decide_meeting",
    "hash_of",
]
