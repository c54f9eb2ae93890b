"""Where boundaries meet, as one flat table of pairs (face, neuron): what the statements about bends are read off.

A *face* is a face of codimension two or more at which at least one preactivation vanishes; the geometry lists it. Off
general position also facets are places where boundaries meet: those on which neurons of several layers vanish. Knows no
statement; T1a, T1b, T1c, L2 and R3 stand on it. Only for complexes without thick cells.

In general position (no more than n_in preactivations vanish at any point) faces of codimension two, the ridges, are
all that is listed, and that is enough: the preactivations that vanish at a point are independent there, so a boundary
that meets another at the point meets it along a ridge that contains the point in its closure, and what bends along the
ridge bends at the point.
"""

from __future__ import annotations

from functools import cached_property
from math import gcd

import numpy as np

from exactrev.geometry import Boundaries, RegionComplex
from exactrev.geometry.cells import Incidence
from exactrev.geometry.rounding import BoolArray
from exactrev.geometry.skeleton import Int64Array
from exactrev.network import Neuron, Point

__all__ = ["Meetings"]


class Meetings:
    """Pairs (face, neuron of which the boundary contains the face), flat, and the pieces around each.

    `face`, `neuron`, `layer`: arrays of equal length. `bends`: whether the neuron's boundary bends at the face.
    """

    def __init__(self, boundaries: Boundaries) -> None:
        self.boundaries = boundaries
        self.complex: RegionComplex = boundaries.complex
        widths = self.complex.network.hidden_widths
        self.layers: Int64Array = np.repeat(np.arange(1, len(widths) + 1), widths)
        self.table = boundaries.ridges
        self.face = self.table.owners
        self.neuron = self.table.ids.flat.astype(np.int64)
        self.layer = self.layers[self.neuron]
        self.bends = self.table.bends
        self.on_ridge: BoolArray = self.table.is_ridge[self.face]
        self._neurons = list(self.complex.network.neurons())

    def __len__(self) -> int:
        return len(self.face)

    @cached_property
    def meets_earlier(self) -> BoolArray:
        """Does a neuron of an earlier layer vanish on the face too?"""
        if not len(self):
            return np.zeros(0, np.bool_)
        first = np.minimum.reduceat(self.layer, self.table.ids.starts[:-1])
        return first[self.face] < self.layer

    @cached_property
    def meets_previous(self) -> BoolArray:
        """Does a neuron of the layer just before vanish on the face too?"""
        step = len(self.complex.network.hidden_widths) + 1
        return np.isin(self.face * step + self.layer - 1, self.face * step + self.layer)

    def others(self, pair: int) -> list[Neuron]:
        """The other neurons that vanish on the face of a pair, earliest first."""
        ids = sorted(self.table.ids[int(self.face[pair])].tolist())
        return [self._neurons[i] for i in ids if i != self.neuron[pair]]

    def neuron_of(self, pair: int) -> Neuron:
        return self._neurons[int(self.neuron[pair])]

    def point_of(self, pair: int) -> Point:
        """A rational point in the relative interior of the face of a pair."""
        return self.boundaries.ridge_point(int(self.face[pair]))

    # -- pieces around a face ------------------------------------------------------------------------------------

    @cached_property
    def pieces(self) -> Incidence:
        """For every pair the facets around its face that are pieces of its neuron's boundary."""
        count = len(self._neurons)
        rows = self.complex.cells.facet_ids
        owner = np.repeat(np.arange(len(self.table)), np.diff(self.table.facets.starts))
        facet = self.table.facets.flat.astype(np.int64)
        sizes = np.diff(rows.starts)[facet]
        ends = np.cumsum(sizes)
        within = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - sizes, sizes)
        facet, owner = np.repeat(facet, sizes), np.repeat(owner, sizes)
        neuron = rows.flat[rows.starts[facet] + within].astype(np.int64)
        keys = self.face * count + self.neuron
        order = np.argsort(keys)
        pairs = order[np.searchsorted(keys[order], owner * count + neuron)]
        return Incidence.from_pairs(pairs, facet, len(self))

    @property
    def n_pieces(self) -> Int64Array:
        """How many pieces of the pair's boundary there are around its face."""
        return np.diff(self.pieces.starts)

    def hyperplanes_of(self, facets: list[int]) -> list[Point]:
        """The different hyperplanes among those of some facets, by primitive normals."""
        return sorted({primitive(self.complex.facet_normal(facet)) for facet in facets})

    # -- facets shared by layers ---------------------------------------------------------------------------------

    @cached_property
    def shared_facets(self) -> list[int]:
        """The facets on which neurons of different layers vanish; none in general position."""
        rows = self.complex.cells.facet_ids
        several = np.flatnonzero(np.diff(rows.starts) > 1).tolist()
        return [f for f in several if len({*self.layers[rows[f]].tolist()}) > 1]


def primitive(normal: Point) -> Point:
    """The integer normal without common factor, its first entry that is not 0 positive, of an integral normal."""
    divisor = gcd(*(entry.numerator for entry in normal))
    lead = next((entry for entry in normal if entry), divisor)
    return tuple(entry / (divisor if lead > 0 else -divisor) for entry in normal)
