"""From a network to its boundary set: the facets between regions, stripped of all labels.

Knows the region complex. Cells are components of R^n minus B, so the set of boundaries alone determines them and the
facets between them: equal sets of boundaries come out as equal lists of pieces, whatever the networks.
"""

from __future__ import annotations

from collections.abc import Callable

from exactrev.boundary_sets import BoundarySet, Piece
from exactrev.errors import AssumptionFailed
from exactrev.geometry.complex import RegionComplex, regions
from exactrev.network import Network

__all__ = ["boundary_set"]

Tick = Callable[[int, int], None]


def boundary_set(network: Network | RegionComplex, tick: Tick | None = None) -> BoundarySet:
    """The boundaries of all hidden neurons over R^n as one set of pieces, without labels.

    A piece is a common facet of two regions. Where a preactivation touches zero along a face of lower dimension no two
    regions are separated, and nothing is listed. `tick(done, total)` is called after every piece, and may raise.

    Raises `AssumptionFailed` if a boundary has interior (with a cell on which a preactivation vanishes), and
    `ValueError` for a complex inside a box, whose sides would cut the pieces.

    >>> two_lines = Network.from_arrays([([[1, 0], [0, 1]], [0, -2]), ([[1, 1]], [0])])
    >>> [(piece.hyperplane, piece.facets) for piece in boundary_set(two_lines).pieces[:2]]
    [((0, 1, -2), ((-1, 0, 0),)), ((0, 1, -2), ((1, 0, 0),))]
    """
    complex = network if isinstance(network, RegionComplex) else regions(network)
    if complex.box is not None:
        raise ValueError("a boundary set is read off the regions of the whole space, not of a box")
    if complex.n_thick:
        raise AssumptionFailed("a boundary has interior", witness=complex.interior_point(complex.n_regions))
    net = complex.network
    pieces = []
    forms: dict[int, list[tuple[int, ...]]] = {}
    for facet, (cell, _) in enumerate(complex.facet_cells.tolist()):
        if cell not in forms:
            forms[cell] = _forms(complex, cell)
        number = _number(net, *complex.facet_neurons(facet)[0])
        pieces.append(Piece.from_rows(forms[cell][number], [row for row in forms[cell] if any(row)]))
        if tick is not None:
            tick(facet + 1, complex.n_facets)
    return BoundarySet(net.n_in, pieces)


def _forms(complex: RegionComplex, cell: int) -> list[tuple[int, ...]]:
    """The forms of all neurons on a cell, each with the sign that makes it positive there."""
    signs = [sign for layer in complex.sign_vector(cell) for sign in layer]
    maps = complex.network.preactivation_maps(complex.pattern(cell))[:-1]
    rows = [row for map in maps for row in map.rows]
    return [tuple(sign * entry for entry in row) for sign, row in zip(signs, rows, strict=True)]


def _number(net: Network, layer: int, index: int) -> int:
    return sum(net.hidden_widths[: layer - 1]) + index
