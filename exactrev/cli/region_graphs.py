"""Region graphs in files: GraphML, and the node-link JSON of networkx.

Knows the two formats. Written from the complex itself, cell by cell, because a graph of Python objects costs far more
than the regions do.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from exactrev.cli.printing import signs_text

if TYPE_CHECKING:
    from exactrev.geometry import RegionComplex

__all__ = ["write_region_graph"]

_GRAPHML = """<?xml version="1.0" encoding="utf-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
<key id="signs" for="node" attr.name="signs" attr.type="string"/>
<key id="bounded" for="node" attr.name="bounded" attr.type="boolean"/>
<key id="thick" for="node" attr.name="thick" attr.type="boolean"/>
<key id="point" for="node" attr.name="point" attr.type="string"/>
<key id="neurons" for="edge" attr.name="neurons" attr.type="string"/>
<key id="facet" for="edge" attr.name="facet" attr.type="int"/>
<graph edgedefault="undirected">
"""


def write_region_graph(complex: RegionComplex, path: str, progress: Callable[[int, int], None]) -> None:
    """One node per cell, with `signs`, `bounded`, `thick` and an exact interior `point`; one edge per facet, with
    `neurons` and its number `facet`.

    The extension, .graphml or .json, names the format. `progress(done, total)` is called after every cell.
    """
    from exactrev.network.files.disk import write_atomically

    chunks = _graphml(complex, progress) if path.lower().endswith(".graphml") else _node_link(complex, progress)
    write_atomically(path, (chunk.encode("ascii") for chunk in chunks))


def _graphml(complex: RegionComplex, progress: Callable[[int, int], None]) -> Iterator[str]:
    from exactrev.statements.witnesses import as_json

    yield _GRAPHML
    for cell in range(complex.n_cells):
        attributes = {
            "signs": signs_text(complex, cell),
            "bounded": str(complex.is_bounded(cell)).lower(),
            "thick": str(cell >= complex.n_regions).lower(),
            "point": " ".join(as_json(complex.interior_point(cell))),
        }
        yield f'<node id="{cell}">{_data(attributes)}</node>\n'
        progress(cell + 1, complex.n_cells)
    for facet, (one, other) in enumerate(complex.facet_cells.tolist()):
        attributes = {"neurons": " ".join(map(str, complex.facet_neurons(facet))), "facet": str(facet)}
        yield f'<edge source="{one}" target="{other}">{_data(attributes)}</edge>\n'
    yield "</graph>\n</graphml>\n"


def _data(attributes: dict[str, str]) -> str:
    """Attributes as GraphML; none of our values holds a character that XML would have to escape."""
    return "".join(f'<data key="{key}">{value}</data>' for key, value in attributes.items())


def _node_link(complex: RegionComplex, progress: Callable[[int, int], None]) -> Iterator[str]:
    from exactrev.statements.witnesses import as_json

    yield '{"directed": false, "multigraph": false, "graph": {}, "nodes": ['
    for cell in range(complex.n_cells):
        node = {
            "id": cell,
            "signs": signs_text(complex, cell),
            "bounded": complex.is_bounded(cell),
            "thick": cell >= complex.n_regions,
            "point": as_json(complex.interior_point(cell)),
        }
        yield (",\n" if cell else "\n") + json.dumps(node)
        progress(cell + 1, complex.n_cells)
    yield '], "edges": ['
    for facet, (one, other) in enumerate(complex.facet_cells.tolist()):
        neurons = [str(neuron) for neuron in complex.facet_neurons(facet)]
        edge = {"source": one, "target": other, "neurons": neurons, "facet": facet}
        yield (",\n" if facet else "\n") + json.dumps(edge)
    yield "]}\n"
