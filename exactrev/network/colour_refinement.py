"""Matching the neurons of two networks: normal scales, colour refinement, and an exhaustive search over what is left.

Knows a network as a layered graph: an edge is a non-zero weight, and scaling neuron z by s > 0 multiplies the edges
into z by s and divides the edges out of z by s. Inputs, outputs and the constant 1 that carries the biases are never
scaled. Does not know what an isomorphism is used for; `exactrev.network.isomorphisms`, one floor up, checks what is
found here.

*Normal scales.* From the input upwards, every neuron is scaled so that the largest absolute value in its row [W | b] is
1. That choice does not depend on any order of the neurons, so scaling and permuting can be treated one after the
other. A neuron whose row is zero (then so is its activation) is scaled by its outgoing weights instead; what then hangs
together with nothing at all stays unscaled until the search starts from one of its neurons.

*Colour refinement* (one-dimensional Weisfeiler-Leman): neurons get the same colour as long as nothing tells them apart,
and are told apart by the multisets of (weight, colour) on the edges in and out. Where it ends with several neurons of
one colour, one neuron of the second network is paired with each of its colour in the first, in turn. The search is
exhaustive, so a negative answer is a proof. It takes exponential time in the worst case (the problem contains graph
isomorphism), but refinement alone settles all but artificial cases, and neurons that may be exchanged without any
effect cost nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from exactrev.errors import TheoryContradicted
from exactrev.network.network import Network

__all__ = ["Scales", "Vertex", "find_matching", "find_normal_scales"]

Scales = list[list[Fraction | None]]
"""Per layer 0, ..., d+1 and neuron the factor, None as long as nothing determines it."""

Vertex = tuple[int, int]
"""(k, i): neuron i of layer k, the inputs being layer 0 and the outputs layer d+1."""

_ONE = Fraction(1)


def find_normal_scales(net: Network) -> Scales:
    """The normal scales of all neurons; inputs (layer 0) and outputs (layer d+1) have scale 1."""
    scales: Scales = [[None] * width for width in net.widths]
    scales[0] = [_ONE] * net.n_in
    scales[-1] = [_ONE] * net.n_out
    graph = _Graph.of(net)
    for k in range(1, net.depth + 1):
        scales[k] = [graph.scale_by_inputs((k, i), scales) for i in range(net.widths[k])]
    graph.spread(scales)
    return scales


@dataclass(frozen=True, slots=True)
class _Graph:
    """The non-zero weights of a network, from both ends; layer k's vertices are (k, i), k = 0, ..., d+1."""

    inputs: dict[Vertex, list[tuple[Vertex, Fraction]]]
    outputs: dict[Vertex, list[tuple[Vertex, Fraction]]]
    bias: dict[Vertex, Fraction]

    @classmethod
    def of(cls, net: Network) -> _Graph:
        graph = cls({}, {}, {})
        for k, width in enumerate(net.widths):
            for i in range(width):
                graph.inputs[k, i], graph.outputs[k, i], graph.bias[k, i] = [], [], Fraction(0)
        for k, layer in enumerate(net.layers, start=1):
            for i, (row, constant) in enumerate(zip(layer.W, layer.b, strict=True)):
                graph.bias[k, i] = constant
                for j, weight in enumerate(row):
                    if weight:
                        graph.inputs[k, i].append(((k - 1, j), weight))
                        graph.outputs[k - 1, j].append(((k, i), weight))
        return graph

    def scale_by_inputs(self, vertex: Vertex, scales: Scales) -> Fraction | None:
        """The scale that makes the largest of the bias and the weights from scaled neurons 1 in absolute value."""
        size = abs(self.bias[vertex])
        for (k, j), weight in self.inputs[vertex]:
            below = scales[k][j]
            if below is not None:
                size = max(size, abs(weight) / below)
        return 1 / size if size else None

    def scale_by_outputs(self, vertex: Vertex, scales: Scales) -> Fraction | None:
        """The scale that makes the largest of the weights to scaled neurons 1 in absolute value."""
        size = Fraction(0)
        for (k, j), weight in self.outputs[vertex]:
            above = scales[k][j]
            if above is not None:
                size = max(size, abs(weight) * above)
        return size or None

    def spread(self, scales: Scales) -> bool:
        """Scale, in place and in rounds, whatever is joined to a scaled neuron; whether anything changed.

        All neurons of a round look at the state before it, so the result does not depend on their order.
        """
        changed = False
        waiting = [(k, i) for k, layer in enumerate(scales) for i, scale in enumerate(layer) if scale is None]
        while waiting:
            found = {
                vertex: scale
                for vertex in waiting
                if (scale := self.scale_by_inputs(vertex, scales) or self.scale_by_outputs(vertex, scales)) is not None
            }
            if not found:
                break
            changed = True
            for (k, i), scale in found.items():
                scales[k][i] = scale
            waiting = [vertex for vertex in waiting if vertex not in found]
        return changed


class _Ids:
    """Small integers for values: equal values get equal integers, in both networks."""

    def __init__(self) -> None:
        self._known: dict[Hashable, int] = {}

    def __getitem__(self, value: Hashable) -> int:
        return self._known.setdefault(value, len(self._known))


class _Side:
    """One of the two networks during the search: its graph, the scales, the named edges and the colours so far."""

    __slots__ = ("bias", "colours", "graph", "inputs", "outputs", "scales")

    def __init__(self, graph: _Graph, scales: Scales, colours: dict[Vertex, int]) -> None:
        self.graph = graph
        self.scales = scales
        self.colours = colours
        self.bias: dict[Vertex, int] = {}
        self.inputs: dict[Vertex, list[tuple[Vertex, int]]] = {}
        self.outputs: dict[Vertex, list[tuple[Vertex, int]]] = {}

    @classmethod
    def of(cls, net: Network, ids: _Ids) -> _Side:
        # Inputs and outputs keep their places: each has a colour of its own.
        colours = {
            (k, i): ids["place", k, i if k in (0, net.depth + 1) else None]
            for k, width in enumerate(net.widths)
            for i in range(width)
        }
        side = cls(_Graph.of(net), find_normal_scales(net), colours)
        side.name_edges(ids)
        return side

    def name_edges(self, ids: _Ids) -> None:
        """Name every edge by its weight under the normal scales, or by its sign where an end is unscaled."""
        self.inputs = {vertex: [] for vertex in self.colours}
        self.outputs = {vertex: [] for vertex in self.colours}
        for (k, i), edges in self.graph.inputs.items():
            scale = self.scales[k][i]
            self.bias[k, i] = ids[self.graph.bias[k, i] * (scale or 1)]  # an unscaled neuron has bias 0
            for source, weight in edges:
                below = self.scale(source)
                name = ids[("sign", weight > 0) if scale is None or below is None else weight * scale / below]
                self.inputs[k, i].append((source, name))
                self.outputs[source].append(((k, i), name))

    def paired(self, vertices: list[Vertex], ids: _Ids) -> _Side:
        """A copy in which the n-th of the vertices has a new colour that only the n-th on the other side has."""
        copy = _Side(self.graph, self.scales, dict(self.colours))
        copy.bias, copy.inputs, copy.outputs = self.bias, self.inputs, self.outputs
        for n, vertex in enumerate(vertices):
            copy.colours[vertex] = ids["paired", n, self.colours[vertex]]
        if any(self.scale(vertex) is None for vertex in vertices):
            # Nothing determines the scale of this part, and one factor on all of it changes nothing: start with 1.
            copy.scales = [list(layer) for layer in self.scales]
            for k, i in vertices:
                copy.scales[k][i] = copy.scales[k][i] or _ONE
            if copy.graph.spread(copy.scales):
                copy.name_edges(ids)
        return copy

    def scale(self, vertex: Vertex) -> Fraction | None:
        return self.scales[vertex[0]][vertex[1]]

    def recolour(self, ids: _Ids) -> None:
        """One round of refinement: the new colour is the old one with the multisets of named, coloured edges."""
        colours = self.colours

        def seen(edges: list[tuple[Vertex, int]]) -> Hashable:
            return frozenset(Counter((name, colours[vertex]) for vertex, name in edges).items())

        self.colours = {
            vertex: ids[colour, self.bias[vertex], seen(self.inputs[vertex]), seen(self.outputs[vertex])]
            for vertex, colour in colours.items()
        }

    def classes(self) -> dict[int, list[Vertex]]:
        """The vertices of each colour."""
        found: dict[int, list[Vertex]] = defaultdict(list)
        for vertex, colour in self.colours.items():
            found[colour].append(vertex)
        return found

    def are_twins(self, vertices: list[Vertex]) -> bool:
        """Whether the vertices have the same edges to the same neurons, and may be exchanged without any effect."""
        if any(self.scale(v) is None and (self.inputs[v] or self.outputs[v]) for v in vertices):
            return False
        first, *others = vertices
        return all(
            self.bias[v] == self.bias[first]
            and self.inputs[v] == self.inputs[first]
            and self.outputs[v] == self.outputs[first]
            for v in others
        )


def find_matching(a: Network, b: Network) -> tuple[dict[Vertex, Vertex], dict[Vertex, Fraction]] | None:
    """For every hidden neuron of `b` its partner in `a`, and the factor by which the partner has to be scaled.

    None if there is no matching: every one has been tried or excluded. Both networks have the same widths.
    """
    ids = _Ids()
    branches: list[Iterator[tuple[_Side, _Side]]] = [iter([(_Side.of(a, ids), _Side.of(b, ids))])]
    while branches:
        pair = next(branches[-1], None)
        if pair is None:
            branches.pop()
            continue
        left, right = pair
        if not _refine(left, right, ids):
            continue
        undecided = _find_undecided(left, right)
        if undecided is None:
            return _read_off(left, right, b)
        branches.append(_pairings(left, right, *undecided, ids))
    return None


def _refine(left: _Side, right: _Side, ids: _Ids) -> bool:
    """Refine both sides until no colour splits; False as soon as some colour is not equally frequent on both."""
    n_colours = 0
    while Counter(left.colours.values()) == Counter(right.colours.values()):
        before, n_colours = n_colours, len(set(left.colours.values()))
        if n_colours == before:
            return True
        left.recolour(ids)
        right.recolour(ids)
    return False


def _find_undecided(left: _Side, right: _Side) -> tuple[list[Vertex], list[Vertex]] | None:
    """The neurons, on both sides, of a colour that several have, or that one has whose scale is still open."""
    on_the_left = left.classes()
    for colour, vertices in right.classes().items():
        if len(vertices) > 1 or right.scale(vertices[0]) is None:
            return on_the_left[colour], vertices
    return None


def _pairings(
    left: _Side, right: _Side, ours: list[Vertex], theirs: list[Vertex], ids: _Ids
) -> Iterator[tuple[_Side, _Side]]:
    """The next steps of the search: twins are paired all at once in any order, others by trying each for one."""
    if left.are_twins(ours) and right.are_twins(theirs):
        yield left.paired(ours, ids), right.paired(theirs, ids)
        return
    for vertex in ours:
        yield left.paired([vertex], ids), right.paired(theirs[:1], ids)


def _read_off(left: _Side, right: _Side, net: Network) -> tuple[dict[Vertex, Vertex], dict[Vertex, Fraction]]:
    """The matching once every vertex has a colour and a scale of its own."""
    by_colour = {colour: vertex for vertex, colour in left.colours.items()}
    partners = {vertex: by_colour[colour] for vertex, colour in right.colours.items() if 1 <= vertex[0] <= net.depth}
    factors = {}
    for vertex, partner in partners.items():
        ours, theirs = left.scale(partner), right.scale(vertex)
        if ours is None or theirs is None:
            raise TheoryContradicted("a neuron of a finished matching has no scale", neuron=vertex)
        factors[vertex] = ours / theirs
    return partners, factors
