"""Does a region complex say what an oracle says? Every number, sign, point and neuron is compared exactly."""

from __future__ import annotations

import networkx as nx
from oracles import CellComplex
from oracles.complexes import is_thick
from oracles.forms import find_affine_map

from exactrev.geometry import RegionComplex, region_graph
from exactrev.network import Point, SignVector

__all__ = ["check_agreement"]


def check_agreement(found: RegionComplex, expected: CellComplex) -> None:
    """Counts, sign vectors, interior points, boundedness, affine maps, facets, their neurons and points, the graph."""
    signs = _check_cells(found, expected)
    _check_facets(found, expected, signs)
    _check_graph(found, expected, signs)


def _check_cells(found: RegionComplex, expected: CellComplex) -> list[SignVector]:
    assert found.network == expected.network
    assert (found.n_regions, found.n_thick) == (len(expected.regions), len(expected.thick))
    assert found.n_cells == len(expected.cells)
    signs = [found.sign_vector(cell) for cell in range(found.n_cells)]
    assert len(set(signs)) == len(signs)
    assert not set(signs) ^ set(expected.cells)
    assert not any(is_thick(s) for s in signs[: found.n_regions])  # regions come first
    assert found.n_bounded == expected.n_bounded
    points = [found.interior_point(cell) for cell in range(found.n_cells)]
    assert expected.network.sign_vectors(points) == signs
    assert all(_is_inside(point, expected) for point in points)
    for cell, s in enumerate(signs):
        assert found.pattern(cell) == tuple(tuple(entry > 0 for entry in layer) for layer in s)
        assert bool(found.is_bounded(cell)) == expected.cells[s].is_bounded, (s, points[cell])
        affine = found.affine_map(cell)
        assert (affine.W, affine.b) == find_affine_map(expected.network, s)
    return signs


def _check_facets(found: RegionComplex, expected: CellComplex, signs: list[SignVector]) -> None:
    pairs = [frozenset({signs[one], signs[other]}) for one, other in found.facet_cells.tolist()]
    assert found.n_facets == len(pairs)
    assert len(set(pairs)) == len(pairs)
    assert not set(pairs) ^ set(expected.facets)
    points = [found.facet_point(facet) for facet in range(found.n_facets)]
    assert expected.network.sign_vectors(points) == [expected.facet_signs(pair) for pair in pairs]
    assert all(_is_inside(point, expected) for point in points)
    for facet, pair in enumerate(pairs):
        neurons = found.facet_neurons(facet)
        assert len(set(neurons)) == len(neurons)
        assert set(neurons) == expected.facets[pair].neurons, (pair, neurons)


def _check_graph(found: RegionComplex, expected: CellComplex, signs: list[SignVector]) -> None:
    graph = region_graph(found)
    assert set(graph.nodes) == set(range(found.n_cells))
    assert not {frozenset({signs[one], signs[other]}) for one, other in graph.edges} ^ set(expected.facets)
    assert nx.is_connected(graph)  # all of R^n, and the inside of a box, minus faces of codimension two


def _is_inside(point: Point, expected: CellComplex) -> bool:
    return expected.box is None or all(lo < x < hi for x, lo, hi in zip(point, *expected.box, strict=True))
