"""What can be special about a network, by name, and how it is decided: exactly, by the library.

Knows networks, searches and region complexes. Knows nothing of Hypothesis: the strategies, one floor up, make networks
with these degeneracies and ask here whether they have. A generic network has none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from types import MappingProxyType

from exactrev.errors import BudgetSpent
from exactrev.geometry import regions
from exactrev.network import Network, Neuron, Point
from exactrev.search import Found, Open, find_point_with_neuron_on

__all__ = ["DEGENERACIES", "find_degeneracies", "has_degeneracy", "is_dead"]


def find_degeneracies(net: Network) -> frozenset[str]:
    """The names of all degeneracies of a network.

    >>> sorted(find_degeneracies(Network.from_arrays([([[1], [-1]], [0, 0]), ([[1, 1]], [0])])))  # |x|
    ['coincident', 'concurrent']
    """
    return frozenset(name for name, decide in DEGENERACIES.items() if decide(net))


def has_degeneracy(net: Network, name: str) -> bool:
    """Whether a network has the degeneracy of this name. `KeyError` if there is none of this name."""
    return DEGENERACIES[name](net)


def is_dead(net: Network, neuron: Neuron) -> bool:
    """Is the preactivation positive nowhere? Raises `BudgetSpent` where the search ends without an answer."""
    answer = find_point_with_neuron_on(net, neuron)
    if isinstance(answer, Open):
        raise BudgetSpent("it was not decided whether a neuron is dead", neuron=neuron)
    return not isinstance(answer, Found)


def _has_zero_row(net: Network) -> bool:
    """A neuron without weights, whatever its bias: its preactivation is constant."""
    return any(not any(row[:-1]) for rows in _hidden(net) for row in rows)


def _has_dead(net: Network) -> bool:
    """A neuron that is active nowhere."""
    return any(is_dead(net, neuron) for neuron in net.neurons())


def _has_dead_layer(net: Network) -> bool:
    """A layer none of whose neurons is active anywhere."""
    return any(
        all(is_dead(net, Neuron(k, i)) for i in range(width)) for k, width in enumerate(net.hidden_widths, start=1)
    )


def _has_duplicated(net: Network) -> bool:
    """Two neurons of a layer of which one is a positive multiple of the other, and not zero."""
    return any(_ratio(p, q) > 0 for p, q in _pairs(net))


def _has_parallel(net: Network) -> bool:
    """Two neurons of a layer of two inputs or more with parallel hyperplanes there, not the same one."""
    return any(len(p) > 2 and _ratio(p[:-1], q[:-1]) and not _ratio(p, q) for p, q in _pairs(net))


def _has_coincident(net: Network) -> bool:
    """Two boundaries, of any layers, that have a piece in common."""
    complex = regions(net)
    return any(len(complex.facet_neurons(facet)) > 1 for facet in range(complex.n_facets))


def _has_concurrent(net: Network) -> bool:
    """A point on more boundaries than there are dimensions (that the first layer tells apart)."""
    complex = regions(net)
    if complex.is_generic:
        return False
    vertices, _ = complex.crowded_points()
    zeros = [
        sum(sign == 0 for layer in signs for sign in layer)
        for signs in net.sign_vectors(complex.vertex_points(vertices))
    ]
    return any(count > complex.found.net.n_in for count in zeros)


def _has_thick(net: Network) -> bool:
    """A preactivation that vanishes on an open set."""
    return regions(net).n_thick > 0


DEGENERACIES: Mapping[str, Callable[[Network], bool]] = MappingProxyType(
    {
        "zero_row": _has_zero_row,
        "dead": _has_dead,
        "dead_layer": _has_dead_layer,
        "duplicated": _has_duplicated,
        "parallel": _has_parallel,
        "coincident": _has_coincident,
        "concurrent": _has_concurrent,
        "thick": _has_thick,
    }
)
"""The names, cheap ones first, and what decides each. One may bring another along: `dead_layer` brings `dead`."""


def _hidden(net: Network) -> Iterator[list[Point]]:
    """The rows [W | b] of every hidden layer."""
    for layer in net.layers[:-1]:
        yield [(*row, constant) for row, constant in zip(layer.W, layer.b, strict=True)]


def _pairs(net: Network) -> Iterator[tuple[Point, Point]]:
    for rows in _hidden(net):
        yield from combinations(rows, 2)


def _ratio(p: Point, q: Point) -> int:
    """The sign of c if q = c p for some c other than 0, and 0 if there is none, or p is 0."""
    lead = next((k for k, entry in enumerate(p) if entry), None)
    if lead is None or not q[lead]:
        return 0
    c = q[lead] / p[lead]
    return (1 if c > 0 else -1) if all(c * s == t for s, t in zip(p, q, strict=True)) else 0
