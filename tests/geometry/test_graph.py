"""The region graph, and what must not change under relabelling: inputs, neurons and scales may be exchanged."""

from __future__ import annotations

import gc
import random
from collections import Counter
from fractions import Fraction

import networkx as nx
import pytest
from geometry.nasty_networks import NASTY_NETWORKS, NastyNetwork, relu_network
from oracles import brute_force
from oracles.networks import he_network, quarter_network, tangled_network

from exactrev.geometry import Box, RegionComplex, boundaries, region_graph, regions
from exactrev.network import Network, Neuron, SignVector

SAMPLE = [(he_network, (2, 5, 4, 1)), (quarter_network, (2, 5, 4, 1)), (quarter_network, (3, 4, 3, 1))]


# -- the graph --------------------------------------------------------------------------------------------------------


def check_graph(cells: RegionComplex) -> None:
    graph = region_graph(cells)
    assert graph.graph["complex"] is cells
    assert sorted(graph) == list(range(cells.n_cells))
    assert graph.number_of_edges() == cells.n_facets  # two convex cells share one facet at most
    assert nx.is_connected(graph)
    for cell, data in graph.nodes(data=True):
        assert data == {"bounded": cells.is_bounded(cell), "thick": cell >= cells.n_regions}
    for one, other, data in graph.edges(data=True):
        facet = data["facet"]
        assert {one, other} == set(cells.facet_cells[facet].tolist())
        assert data["neurons"] == cells.facet_neurons(facet)
        differing = {
            Neuron(k, i)
            for k, (a, b) in enumerate(zip(cells.sign_vector(one), cells.sign_vector(other), strict=True), start=1)
            for i, (s, t) in enumerate(zip(a, b, strict=True))
            if s != t
        }
        # Every neuron whose sign changes vanishes on the facet; one that only touches zero there keeps its sign.
        assert differing <= set(data["neurons"])
        assert differing


@pytest.mark.parametrize("nasty", NASTY_NETWORKS, ids=str)
def test_the_graph_of_a_nasty_network(nasty: NastyNetwork) -> None:
    check_graph(regions(nasty.network))


def test_the_graphs_of_tangled_networks() -> None:
    for seed in range(60):
        net = tangled_network(seed)
        check_graph(regions(net))
        check_graph(regions(net, Box.cube(net.n_in, -1, "3/2")))


def test_in_general_position_the_graph_is_bipartite_and_each_edge_has_one_neuron() -> None:
    for seed in range(5):
        graph = region_graph(he_network(seed, 2, 6, 5, 1))
        assert nx.is_bipartite(graph)  # one sign changes at a time
        assert all(len(neurons) == 1 for _, _, neurons in graph.edges(data="neurons"))


def test_lines_in_general_position_have_the_dual_graph_of_their_arrangement() -> None:
    # Five lines: 1 + 5 + 10 regions, 5 * 5 facets, 10 crossings: vertices - edges + faces = 1 in the plane.
    graph = region_graph(he_network(1, 2, 5, 1))
    crossings = boundaries(graph.graph["complex"]).ridges
    assert (graph.number_of_nodes(), graph.number_of_edges(), len(crossings)) == (16, 25, 10)


def test_a_network_without_hidden_layers_has_one_region_and_no_edges() -> None:
    graph = region_graph(Network.from_arrays([([[1, 2, 3]], [4])]))
    assert (list(graph.nodes(data=True)), list(graph.edges)) == ([(0, {"bounded": False, "thick": False})], [])


def test_the_collector_is_left_as_it_was() -> None:
    net = he_network(0, 2, 4, 1)
    assert gc.isenabled()
    region_graph(net)
    assert gc.isenabled()
    gc.disable()
    try:
        region_graph(net)
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_facet_and_ridge_points_lie_exactly_where_they_should() -> None:
    for make, widths in SAMPLE:
        net = make(7, *widths)
        cells = regions(net)
        for facet in range(cells.n_facets):
            assert zeros_at(net, cells.facet_point(facet)) == set(cells.facet_neurons(facet)) | thick_on_both_sides(
                cells, facet
            )
        found = boundaries(cells)
        for ridge in range(len(found.ridges)):
            assert zeros_at(net, found.ridge_point(ridge)) >= set(found.ridge_neurons(ridge))


def zeros_at(net: Network, point: tuple[Fraction, ...]) -> set[Neuron]:
    signs = net.sign_vector(point)
    return {z for z in net.neurons() if signs[z.layer - 1][z.index] == 0}


def thick_on_both_sides(cells: RegionComplex, facet: int) -> set[Neuron]:
    one, other = (cells.sign_vector(cell) for cell in cells.facet_cells[facet].tolist())
    return {z for z in cells.network.neurons() if one[z.layer - 1][z.index] == 0 == other[z.layer - 1][z.index]}


# -- relabelling ------------------------------------------------------------------------------------------------------


def exchanged(net: Network, rng: random.Random) -> tuple[Network, list[list[int]], list[int]]:
    """The same function of permuted inputs with permuted and scaled neurons; the orders of neurons and of inputs."""
    inputs = rng.sample(range(net.n_in), net.n_in)
    layers, orders = [], []
    order, scales = inputs, [Fraction(1)] * net.n_in
    for k, layer in enumerate(net.layers, start=1):
        width = layer.n_out
        last = k == len(net.layers)
        new_order = list(range(width)) if last else rng.sample(range(width), width)
        new_scales = [Fraction(1) if last else Fraction(rng.randint(1, 9), rng.randint(1, 9)) for _ in range(width)]
        W = [[new_scales[i] * layer.W[i][j] / scales[j] for j in order] for i in new_order]
        layers.append((W, [new_scales[i] * layer.b[i] for i in new_order]))
        order, scales = new_order, new_scales
        if not last:
            orders.append(new_order)
    return Network.from_arrays(layers), orders, inputs


def relabelled(signs: SignVector, orders: list[list[int]]) -> SignVector:
    return tuple(tuple(layer[i] for i in order) for layer, order in zip(signs, orders, strict=True))


@pytest.mark.parametrize("seed", range(24))
def test_relabelling_inputs_and_neurons_relabels_the_complex(seed: int) -> None:
    rng = random.Random(seed)
    make, widths = SAMPLE[seed % len(SAMPLE)]
    net = tangled_network(seed) if seed % 2 else make(seed, *widths)
    other, orders, inputs = exchanged(net, rng)
    one, two = regions(net), regions(other)
    assert (one.n_regions, one.n_thick, one.n_bounded, one.n_facets) == (
        two.n_regions,
        two.n_thick,
        two.n_bounded,
        two.n_facets,
    )
    number = {relabelled(one.sign_vector(cell), orders): cell for cell in range(one.n_cells)}
    to_one = [number[two.sign_vector(cell)] for cell in range(two.n_cells)]
    assert sorted(to_one) == list(range(one.n_cells))
    assert [one.is_bounded(cell) for cell in to_one] == [two.is_bounded(cell) for cell in range(two.n_cells)]
    names = {Neuron(k, order[i]): Neuron(k, i) for k, order in enumerate(orders, start=1) for i in range(len(order))}
    labels = [
        {
            frozenset(cells): frozenset(neurons)
            for cells, neurons in (
                ([rename(cell) for cell in pair], {translate(z) for z in found.facet_neurons(facet)})
                for facet, pair in enumerate(found.facet_cells.tolist())
            )
        }
        for found, rename, translate in ((one, int, names.get), (two, to_one.__getitem__, Neuron._make))
    ]
    assert labels[0] == labels[1]
    B, C = boundaries(one), boundaries(two)
    for z, w in names.items():
        b, c = B.of(z), C.of(w)
        assert (b.n_pieces, b.n_components, b.n_isolated, b.is_bounded, len(b.thick_cells), b.n_ridges, b.n_bends) == (
            c.n_pieces,
            c.n_components,
            c.n_isolated,
            c.is_bounded,
            len(c.thick_cells),
            c.n_ridges,
            c.n_bends,
        )
        for z2, w2 in names.items():
            assert (B.meeting_point(z, z2) is None) == (C.meeting_point(w, w2) is None)
    # Points of the one are points of the other, with coordinates exchanged.
    for cell, into in enumerate(to_one):
        point = two.interior_point(cell)
        original = [Fraction(0)] * net.n_in
        for position, coordinate in enumerate(inputs):
            original[coordinate] = point[position]
        assert net.sign_vector(original) == one.sign_vector(into)


# -- shapes at the edge -----------------------------------------------------------------------------------------------

SHAPES = {
    "one_input": (1, 5, 4, 1),
    "width_one_depth_eight": (2, 1, 1, 1, 1, 1, 1, 1, 1, 1),
    "one_input_width_one": (1, 1, 1, 1, 1),
    "more_inputs_than_neurons": (4, 2, 3, 1),
    "many_more_inputs": (7, 2, 2, 1),
    "bottleneck": (3, 3, 1, 3, 1),
}


@pytest.mark.parametrize("widths", SHAPES.values(), ids=SHAPES.keys())
def test_networks_of_unusual_shapes(widths: tuple[int, ...]) -> None:
    for seed in range(5):
        for make in (he_network, quarter_network):
            net = make(seed, *widths)
            cells = regions(net)
            check_graph(cells)
            if net.n_in > net.hidden_widths[0]:
                assert cells.n_bounded == 0
            expected = brute_force(net)
            counts = Counter(cell.is_bounded for signs, cell in expected.cells.items() if signs in expected.regions)
            assert (cells.n_regions, cells.n_thick, cells.n_bounded) == (
                len(expected.regions),
                len(expected.thick),
                counts[True],
            )


def test_repeated_and_zero_columns_change_nothing_but_the_dimension() -> None:
    for seed in range(8):
        net = quarter_network(seed, 2, 4, 3, 1)
        W, b = net.layers[0].W, net.layers[0].b
        # x, 0, x + y, 0, y: of rank 2.
        wide = [[row[0], Fraction(0), row[0] + row[1], Fraction(0), row[1]] for row in W]
        other = Network.from_arrays([(wide, b), *((layer.W, layer.b) for layer in net.layers[1:])])
        one, two = regions(net), regions(other)
        assert {one.sign_vector(c) for c in range(one.n_cells)} == {two.sign_vector(c) for c in range(two.n_cells)}
        assert (one.n_facets, two.n_bounded) == (two.n_facets, 0)
        assert [b.n_components for b in boundaries(one)] == [b.n_components for b in boundaries(two)]
        assert not any(b.is_bounded for b in boundaries(two) if not b.is_empty)
        for cell in range(two.n_cells):
            assert other.sign_vector(two.interior_point(cell)) == two.sign_vector(cell)


def test_layers_of_zeros_make_thick_cells_or_none() -> None:
    zero = relu_network([[1, 0, 0], [0, 1, 0]], [[0, 0, 0], [0, 0, 1]], [[0, 0, 0]])
    cells = regions(zero)
    # z[2,0] and z[3,0] vanish everywhere: four thick cells, no region.
    assert (cells.n_regions, cells.n_thick, cells.n_facets) == (0, 4, 4)
    check_graph(cells)
    assert boundaries(cells).of(Neuron(3, 0)).has_interior
    nowhere = relu_network([[0, 0, 1], [0, 0, -1]])
    assert (regions(nowhere).n_regions, regions(nowhere).n_thick) == (1, 0)
