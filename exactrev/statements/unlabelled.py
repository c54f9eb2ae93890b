"""What the statements about unlabelled boundaries share: the boundary set of a network, its layering, and who is who.

Knows the network as well as what is read off its boundaries, and compares the two; the recovery itself gets the set
alone. Found once for each network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from exactrev.boundary_sets import BoundarySet
from exactrev.errors import BudgetSpent
from exactrev.geometry.boundary_pieces import boundary_set
from exactrev.network import AffineMap, Network, Neuron
from exactrev.recovery.from_boundaries import Layering, layers_from_boundaries
from exactrev.statements.evidence import Evidence
from exactrev.verdict import Outcome, Verdict

__all__ = ["MOST_PIECES", "Unlabelled", "find_unfit", "read_unlabelled", "require_manageable", "second_network"]

MOST_PIECES = 2500
"""Sets of more pieces are left undecided: pieces are compared in pairs, which for so many takes some ten seconds."""


@dataclass(frozen=True, slots=True)
class Unlabelled:
    """The boundary set, its layering, and the neurons on whose boundary each of its boundaries lies."""

    boundary_set: BoundarySet
    layering: Layering
    owners: tuple[tuple[Neuron, ...], ...]

    def parts_of(self, neuron: Neuron) -> list[int]:
        """The boundaries in the layering that are parts of B[z]."""
        return [i for i, own in enumerate(self.owners) if neuron in own]


_FOUND: WeakKeyDictionary[Evidence, Unlabelled] = WeakKeyDictionary()


def find_unfit(evidence: Evidence) -> Verdict | None:
    """NOT_APPLICABLE where there is no set of pieces over R^n to speak of: inside a box, and with thick cells."""
    if evidence.box is not None:
        return Verdict(Outcome.NOT_APPLICABLE, "the statement is about boundaries over all of R^n, not inside a box")
    if evidence.complex.n_thick:
        checked = "a boundary has interior, so it does not consist of pieces"
        return Verdict(Outcome.NOT_APPLICABLE, checked, evidence.thick_witness())
    return None


def read_unlabelled(evidence: Evidence) -> Unlabelled:
    """The set without its labels, and what is read off it. Only without thick cells, over R^n.

    Raises `BudgetSpent` for more than `MOST_PIECES` pieces, and what `layers_from_boundaries` raises where boundaries
    do not cross in pairs.
    """
    if evidence not in _FOUND:
        complex = evidence.complex
        require_manageable(evidence)
        pieces = boundary_set(complex, lambda done, total: evidence.require_time("the set of boundaries"))
        evidence.require_time("who bends at whom")
        layering = layers_from_boundaries(pieces)
        owners = [_neurons_at(evidence.network, pieces, own) for own in layering.boundaries]
        _FOUND[evidence] = Unlabelled(pieces, layering, tuple(owners))
    return _FOUND[evidence]


def require_manageable(evidence: Evidence) -> None:
    """Raise `BudgetSpent` for more than `MOST_PIECES` pieces."""
    count = evidence.complex.n_facets
    if count > MOST_PIECES:
        missing = f"the ridges of a set of {count} pieces, more than {MOST_PIECES}"
        raise BudgetSpent("too many pieces", missing=missing)


def _neurons_at(net: Network, pieces: BoundarySet, own: Sequence[int]) -> tuple[Neuron, ...]:
    """The neurons that vanish on one of these pieces."""
    found = set()
    for number in own:
        signs = net.sign_vector(pieces.pieces[number].interior_point())
        found |= {Neuron(k, i) for k, layer in enumerate(signs, start=1) for i, sign in enumerate(layer) if not sign}
    return tuple(sorted(found))


def second_network(net: Network) -> dict[str, AffineMap]:
    """The layers of a network, as a witness."""
    names = [*(f"layer {k} of the other network" for k in range(1, net.depth + 1)), "its output layer"]
    return dict(zip(names, net.layers, strict=True))
