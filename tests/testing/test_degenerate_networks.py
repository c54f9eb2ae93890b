"""Networks with degeneracies by name have them, generic ones have none, and both shrink to what one would write down.

The degeneracies are judged here by other means than in the package, as far as there are any: by evaluation on a grid,
by rows, by the boundaries' own account of their pieces.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from testing.examples_of import draw_many, find

from exactrev.errors import BudgetSpent
from exactrev.geometry import boundaries, regions
from exactrev.network import Network, Neuron, Point
from exactrev.search import Open
from exactrev.testing import degeneracies
from exactrev.testing.degeneracies import DEGENERACIES, find_degeneracies, has_degeneracy
from exactrev.testing.strategies import networks

SMALL = 25  # examples for each name: every one is decided exactly


def rows(net: Network) -> list[list[Point]]:
    """The rows [W | b], layer by layer, of the hidden layers."""
    return [[(*w, b) for w, b in zip(f.W, f.b, strict=True)] for f in net.layers[:-1]]


def zeros_at(net: Network, x: Point) -> list[Neuron]:
    values = net.preactivations(x)
    return [z for z in net.neurons() if values[z.layer - 1][z.index] == 0]


def is_never_active(net: Network, neuron: Neuron) -> bool:
    """As far as a point inside every region shows, which is all the way: a sign is constant on a region."""
    complex = regions(net)
    return not any(complex.sign_vector(c)[neuron.layer - 1][neuron.index] > 0 for c in range(complex.n_cells))


def shares_a_piece(net: Network) -> bool:
    found = boundaries(regions(net))
    return any(set(a.pieces.tolist()) & set(b.pieces.tolist()) for a, b in combinations(found, 2))


def crowds(net: Network) -> bool:
    """Some corner of some cell, as exact points, is on more boundaries than the first layer has rank."""
    complex = regions(net)
    corners = {x for c in range(complex.n_cells) for x in complex.vertex_points(complex.cells.cell_vertices(c))}
    return any(len(zeros_at(net, x)) > complex.found.net.n_in for x in corners)


BY_OTHER_MEANS: dict[str, Callable[[Network], bool]] = {
    "zero_row": lambda net: any(set(row[:-1]) == {0} for layer in rows(net) for row in layer),
    "dead": lambda net: any(is_never_active(net, z) for z in net.neurons()),
    "dead_layer": lambda net: any(
        all(is_never_active(net, Neuron(k, i)) for i in range(len(layer))) for k, layer in enumerate(rows(net), 1)
    ),
    "duplicated": lambda net: any(
        # p and q span one line, and point the same way along it
        all(s * v == t * u for (s, t), (u, v) in product(zip(p, q, strict=True), repeat=2))
        and sum(s * t for s, t in zip(p, q, strict=True)) > 0
        for layer in rows(net)
        for p, q in combinations(layer, 2)
    ),
    "parallel": lambda net: any(
        len(p) > 2
        and any(p[:-1])
        and any(q[:-1])
        and all(s * v == t * u for (s, t), (u, v) in product(zip(p[:-1], q[:-1], strict=True), repeat=2))
        and any(s * q[-1] != t * p[-1] for s, t in zip(p, q, strict=True))
        for layer in rows(net)
        for p, q in combinations(layer, 2)
    ),
    "coincident": shares_a_piece,
    "concurrent": crowds,
    "thick": lambda net: any(b.has_interior for b in boundaries(regions(net))),
}


@pytest.mark.parametrize("name", DEGENERACIES)
def test_every_network_asked_for_by_name_has_the_degeneracy(name: str) -> None:
    for net in draw_many(networks(degeneracies=[name], max_depth=3), SMALL):
        assert BY_OTHER_MEANS[name](net), net


@pytest.mark.parametrize("name", DEGENERACIES)
def test_a_degeneracy_is_decided_as_by_other_means(name: str) -> None:
    networks_of_all_kinds = draw_many(networks(n_in=2, max_depth=2), 3 * SMALL)
    decided = [has_degeneracy(net, name) for net in networks_of_all_kinds]
    assert decided == [BY_OTHER_MEANS[name](net) for net in networks_of_all_kinds]
    assert any(decided)
    assert not all(decided)


@pytest.mark.parametrize("names", [*combinations(DEGENERACIES, 2), tuple(DEGENERACIES)], ids="-".join)
def test_degeneracies_can_be_asked_for_together(names: tuple[str, ...]) -> None:
    (net, *_) = draw_many(networks(widths=(2, 6, 7, 3, 1), degeneracies=names), 2)
    assert net.widths == (2, 6, 7, 3, 1)
    assert set(names) <= find_degeneracies(net)


def test_generic_networks_have_no_degeneracy_and_are_not_all_alike() -> None:
    drawn = draw_many(networks(degeneracies=(), min_depth=1, max_depth=3), 60)
    assert not any(decide(net) for net in drawn for decide in BY_OTHER_MEANS.values())
    assert all(regions(net).is_generic for net in drawn)
    depths = Counter(net.depth for net in drawn)
    assert set(depths) == {1, 2, 3}
    # Most of them are more than a few hyperplanes: some have many regions, some a bend.
    assert max(regions(net).n_regions for net in drawn) >= 12
    assert any(b.n_bends for net in drawn for b in boundaries(regions(net)))
    assert len({net.layers for net in drawn}) > 40


@pytest.mark.parametrize(
    ("name", "layers"),
    [
        # One neuron that is 0, whatever x is.
        ("zero_row", [([[0]], [0]), ([[0]], [0])]),
        ("dead", [([[0]], [0]), ([[0]], [0])]),
        ("dead_layer", [([[0]], [0]), ([[0]], [0])]),
        ("thick", [([[0]], [0]), ([[0]], [0])]),
        ("duplicated", [([[1], [1]], [0, 0]), ([[0, 0]], [0])]),
        ("parallel", [([[1, 0], [1, 0]], [0, 1]), ([[0, 0]], [0])]),
        ("coincident", [([[1], [-1]], [0, 0]), ([[0, 0]], [0])]),
        # On a line, two neurons that vanish at one point.
        ("concurrent", [([[1], [1]], [0, 0]), ([[0, 0]], [0])]),
    ],
)
def test_the_smallest_network_with_a_degeneracy_has_nothing_else(
    name: str, layers: list[tuple[list[list[int]], list[int]]]
) -> None:
    assert find(networks(degeneracies=[name])) == Network.from_arrays(layers)


def test_the_smallest_generic_network_with_a_neuron_is_one_relu() -> None:
    net = find(networks(degeneracies=()), lambda net: net.depth == 1)
    assert net == Network.from_arrays([([[1]], [0]), ([[0]], [0])])


def test_three_lines_through_the_origin_are_the_smallest_concurrency_in_the_plane() -> None:
    net = find(
        networks(widths=(2, 3, 1), degeneracies=["concurrent"]), lambda net: not has_degeneracy(net, "coincident")
    )
    assert zeros_at(net, (Fraction(0), Fraction(0))) == list(net.neurons())
    assert {abs(entry) for row in rows(net)[0] for entry in row} <= {0, 1}


@settings(max_examples=25)
@given(st.sampled_from([(1, 1), (2, 3, 1), (1, 2, 2, 2), (3, 1, 1, 2)]), st.data())
def test_an_architecture_can_be_asked_for(widths: tuple[int, ...], data: st.DataObject) -> None:
    assert data.draw(networks(widths=widths)).widths == widths
    assert data.draw(networks(widths=widths, degeneracies=())).widths == widths


def test_entries_are_the_users_in_every_kind_of_network() -> None:
    entries = st.just(Fraction(7))
    for kind in (None, ["parallel"]):
        for net in draw_many(networks(widths=(2, 2, 1), entries=entries, degeneracies=kind), 5):
            assert any(entry == 7 for f in net.layers for row in (*f.W, f.b) for entry in row)
    odd = st.sampled_from([Fraction(p) for p in range(-19, 20, 2)])
    for net in draw_many(networks(widths=(2, 2, 2, 1), entries=odd, degeneracies=()), 20):
        assert all(entry % 2 == 1 for f in net.layers for row in (*f.W, f.b) for entry in row)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"degeneracies": ["flat"]}, "no degeneracy is called 'flat'"),
        ({"degeneracies": ["dead"], "max_depth": 0}, "no networks with .* have room for the degeneracies dead"),
        ({"degeneracies": ["parallel"], "widths": (2, 1, 1)}, "room for the degeneracies parallel"),
        ({"degeneracies": ["concurrent"], "widths": (3, 3, 1)}, "room for the degeneracies concurrent"),
        ({"widths": (2,)}, "no networks with widths"),
        ({"widths": (2, 0, 1)}, "no networks with widths"),
        ({"widths": (2, 1), "n_in": 2}, "no networks with widths"),
    ],
)
def test_what_cannot_be_is_refused_at_once(options: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        networks(**options)  # type: ignore[arg-type]


def test_one_name_need_not_be_in_a_list() -> None:
    assert find(networks(degeneracies="dead")).depth == 1


def test_a_search_without_an_answer_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(degeneracies, "find_point_with_neuron_on", lambda net, neuron: Open("budget"))
    with pytest.raises(BudgetSpent):
        degeneracies.is_dead(Network.from_arrays([([[1]], [0]), ([[1]], [0])]), Neuron(1, 0))


def test_there_is_no_degeneracy_of_an_unknown_name() -> None:
    with pytest.raises(KeyError):
        has_degeneracy(Network.from_arrays([([[1]], [0])]), "flat")
