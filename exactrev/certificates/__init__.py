"""Evidence as data: what was decided, written so that somebody who trusts nobody can check it (`exactrev.checker`).

Knows networks and how to look for proofs. Must not know how they are checked: writer and checker share no code.
"""

from __future__ import annotations

from exactrev.certificates.regions import certify_regions, certify_regions_by_facets, decide_linear_regions
from exactrev.certificates.text import Certificate

__all__ = ["Certificate", "certify_regions", "certify_regions_by_facets", "decide_linear_regions"]
