"""The region graph: a networkx graph with a node per cell and an edge per shared facet. Built on demand from arrays."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import networkx as nx

from exactrev.geometry.complex import RegionComplex, regions
from exactrev.network import Network, Neuron

__all__ = ["region_graph"]


def region_graph(network: Network | RegionComplex) -> nx.Graph:
    """The graph of activation regions, adjacent where they share a facet.

    Nodes are cell numbers (regions first, then thick cells); node attributes: `bounded`, `thick`. Edge attributes:
    `neurons`, the neurons whose boundary the facet lies on, and `facet`, its number. The complex itself is
    ``graph.graph["complex"]``: patterns, interior points and affine maps come from there, when they are asked for.

    >>> net = Network.from_arrays([([[1, 0], [0, 1]], [0, 0]), ([[1, 1]], [0])])
    >>> graph = region_graph(net)
    >>> sorted(dict(graph.degree).values())
    [2, 2, 2, 2]
    >>> complex = graph.graph["complex"]
    >>> {complex.pattern(cell) for cell in graph} == {((a, b),) for a in (True, False) for b in (True, False)}
    True
    """
    complex = network if isinstance(network, RegionComplex) else regions(network)
    graph = nx.Graph(complex=complex)
    neurons = list(complex.network.neurons())
    bounded = (~complex.unbounded).tolist()
    count = complex.n_regions
    with _without_collector():
        graph.add_nodes_from((cell, {"bounded": b, "thick": cell >= count}) for cell, b in enumerate(bounded))
        rows = complex.cells.facet_ids
        if len(rows.flat) == len(rows):  # one neuron a facet: share the tuples
            single = [(neuron,) for neuron in neurons]
            labels: Iterator[tuple[Neuron, ...]] = (single[i] for i in rows.flat.tolist())
        else:
            labels = (tuple(neurons[i] for i in rows[f].tolist()) for f in range(len(rows)))
        graph.add_edges_from(
            (a, b, {"neurons": label, "facet": facet})
            for facet, ((a, b), label) in enumerate(zip(complex.facet_cells.tolist(), labels, strict=True))
        )
    return graph


@contextmanager
def _without_collector() -> Iterator[None]:
    """Many small objects and no cycles: collecting in between only costs time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
