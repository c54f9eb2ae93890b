"""Executable proofs, one file for each statement; the package's own algebra runs in them with letters for numbers.

Stands above everything that is proved about. In the source tree this folder lies next to the package; installed, it is
`exactrev.proofs`.
"""

from __future__ import annotations

from exactrev.proofs.exceptional_networks_are_zeros_of_polynomials import Exceptional, find_exceptional
from exactrev.proofs.proof import Proof, ProofResult, Status, Step
from exactrev.proofs.registry import PROOFS, find_proofs

__all__ = ["PROOFS", "Exceptional", "Proof", "ProofResult", "Status", "Step", "find_exceptional", "find_proofs"]
