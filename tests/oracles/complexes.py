"""What an oracle answers: the full-dimensional cells by sign vector, and the facets between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from exactrev.network import Network, Neuron, Point, SignVector

__all__ = ["Box", "Cell", "CellComplex", "Facet", "is_thick"]

Box = tuple[tuple[Fraction, ...], tuple[Fraction, ...]]


@dataclass(frozen=True, slots=True)
class Cell:
    """An open convex polyhedron of full dimension on which every hidden preactivation has one sign.

    Inside a box a cell counts as bounded if none of its facets lies on a side of the box.
    """

    interior_point: Point
    is_bounded: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A face of dimension n_in - 1 common to two cells.

    `neurons` vanish on all of it, and not on all of both cells; `point` is in its relative interior.
    """

    neurons: frozenset[Neuron]
    point: Point


@dataclass(frozen=True, slots=True)
class CellComplex:
    """All full-dimensional cells of a network, over R^n or inside an open box, and all facets between two of them."""

    network: Network
    cells: Mapping[SignVector, Cell]
    facets: Mapping[frozenset[SignVector], Facet]
    box: Box | None = field(default=None)

    @property
    def regions(self) -> frozenset[SignVector]:
        return frozenset(signs for signs in self.cells if not is_thick(signs))

    @property
    def thick(self) -> frozenset[SignVector]:
        return frozenset(signs for signs in self.cells if is_thick(signs))

    @property
    def n_bounded(self) -> int:
        """The number of bounded regions."""
        return sum(self.cells[signs].is_bounded for signs in self.regions)

    def facet_signs(self, facet: frozenset[SignVector]) -> SignVector:
        """The signs in the relative interior of a facet: 0 where a neuron vanishes on it, else as on both sides."""
        one = next(iter(facet))
        vanishing = self.facets[facet].neurons
        return tuple(
            tuple(0 if Neuron(k, i) in vanishing else s for i, s in enumerate(layer))
            for k, layer in enumerate(one, start=1)
        )


def is_thick(signs: SignVector) -> bool:
    """Some preactivation vanishes identically."""
    return any(s == 0 for layer in signs for s in layer)
