"""Second networks of the same architecture with the same function, far from the first: what no rank can see.

- *Reflection* of the first of two consecutive hidden layers of width 1: b' - |v| ReLU(z), b' > 0, is b' - |v| times z
  cut off at 0 and at b'/|v|, up to its own ReLU; so z may be replaced by b'/|v| - z.
- *Negation* of a set F of neurons of one layer with sum over F of (weights out of i) (row of weights of i) = 0: since
  ReLU(u) = u + ReLU(-u), what changes is a constant, and goes into the next biases.
- *Exchange* between two neurons of a layer with equal weights out of them whose boundaries have several parts: the
  weights that matter at some of the parts change hands. Whether the function stays is decided, not known beforehand.

And, for two consecutive layers of width 1, one network for every case (I3): there is always one. Knows networks and
their boundaries. What is returned is proved equal, and proved not to be isomorphic.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product

import numpy as np

from exactrev.arithmetic.integer_matrices import clear_denominators, integer_nullspace
from exactrev.equivalence import decide_equal
from exactrev.geometry import Boundaries, RegionComplex, boundaries
from exactrev.geometry.skeleton import Int64Array
from exactrev.network import AffineMap, Network, Neuron, is_isomorphic
from exactrev.verdict import Outcome

__all__ = [
    "SecondNetwork",
    "exchange",
    "find_exchanges",
    "find_narrow",
    "find_negations",
    "find_second_networks",
    "has_narrow_layers",
    "negate",
    "reflect",
]

MOST_FREE = 16
MOST_PARTS = 4

Rows = list[list[Fraction]]


@dataclass(frozen=True, slots=True)
class SecondNetwork:
    """An equal network of the same architecture, not isomorphic to the first, and how it arose."""

    kind: str
    how: str
    network: Network


def find_second_networks(net: Network, complex: RegionComplex | None = None) -> list[SecondNetwork]:
    """All that the constructions of this module give; every one decided to be equal and not isomorphic.

    Exchanges are looked for only with a region complex at hand.

    >>> net = Network.from_arrays([([[1]], [0]), ([[-1]], [1]), ([[1]], [0])])  # ReLU(1 - ReLU(x))
    >>> second, = find_second_networks(net)
    >>> second.network == Network.from_arrays([([[-1]], [1]), ([[-1]], [1]), ([[-1]], [1])])
    True
    """
    candidates = [*find_narrow(net), *find_negations(net)]
    if complex is not None:
        candidates += find_exchanges(boundaries(complex))
    return [second for second in candidates if _is_second(net, second.network)]


def _is_second(net: Network, other: Network) -> bool:
    return not is_isomorphic(net, other) and decide_equal(net, other).outcome is Outcome.HOLDS


# -- two consecutive layers of width 1 ---------------------------------------------------------------------------------


def has_narrow_layers(net: Network) -> bool:
    """Are there two consecutive hidden layers of width 1?"""
    return any(a == b == 1 for a, b in zip(net.hidden_widths, net.hidden_widths[1:], strict=False))


def find_narrow(net: Network) -> list[SecondNetwork]:
    """For every two consecutive hidden layers of width 1, z and then z' = v ReLU(z) + b', another network (I3)."""
    found = []
    for k in range(1, net.depth):
        if net.hidden_widths[k - 1] == net.hidden_widths[k] == 1:
            how, other = _another_narrow(net, k)
            kind = "reflection" if "replaced" in how else "narrow layers"
            found.append(SecondNetwork(kind, f"{Neuron(k, 0)}, {Neuron(k + 1, 0)}: {how}", other))
    return found


def _another_narrow(net: Network, k: int) -> tuple[str, Network]:
    """I3 case by case, for the layers k and k + 1."""
    layers = [_rows(layer) for layer in net.layers]
    (z,), (later,), after = layers[k - 1], layers[k], layers[k + 1]
    v, b = later
    one = Fraction(1)
    if v == 0:
        z[-1] += one
        return "nobody listens to z; its bias rises", _network(layers)
    if b <= 0 and v < 0:
        layers[k] = [[v, b - one]]
        return "z' is never positive; its bias falls", _network(layers)
    if v > 0 and b <= 0:
        # ReLU(v ReLU(z) + b) = ReLU(v z + b): shift z up, and z' down, as long as b - v s <= 0
        z[-1] += one
        layers[k] = [[v, b - v]]
        return "z' is positive only where z is; the bias of z rises and that of z' falls", _network(layers)
    if v > 0:
        # never negative, as b > 0: its bias against the next ones
        layers[k] = [[v, b + one]]
        for row in after:
            row[-1] -= row[0]
        return "z' is always positive; its bias rises against the next biases", _network(layers)
    return "z is replaced by b'/|v| - z", reflect(net, k)


def reflect(net: Network, k: int) -> Network:
    """The equal network with z replaced by b'/|v| - z, for z' = v ReLU(z) + b' with v < 0 < b'; widths 1 in k, k + 1.

    ReLU(z') = b' - |v| clip(z), where clip cuts off at 0 and at b'/|v|, and clip(b'/|v| - z) = b'/|v| - clip(z).
    """
    layers = [_rows(layer) for layer in net.layers]
    (z,), ((v, b),), after = layers[k - 1], layers[k], layers[k + 1]
    if not v < 0 < b:
        raise ValueError("a reflection needs a negative weight and a positive bias")
    layers[k - 1] = [[*(-entry for entry in z[:-1]), -b / v - z[-1]]]
    layers[k + 1] = [[-weight, bias + weight * b] for weight, bias in after]
    return _network(layers)


# -- negation ----------------------------------------------------------------------------------------------------------


def find_negations(net: Network) -> list[SecondNetwork]:
    """The smallest sets of neurons of one layer that can be negated together.

    Neurons without weights, in or out, are left aside: they are superfluous. Exhaustive for a layer, unless the
    products of the weights have more than 16 independent relations; then nothing is looked for there.
    """
    found = []
    for k in range(1, net.depth + 1):
        for chosen in negatable_sets(net, k):
            names = ", ".join(str(Neuron(k, i)) for i in chosen)
            found.append(SecondNetwork("negation", f"{names} negated", negate(net, k, chosen)))
    return found


def negatable_sets(net: Network, k: int) -> list[tuple[int, ...]]:
    """The minimal non-empty sets F of neurons of layer k with sum over F of (weights out) x (weights in) = 0."""
    own, after = net.layers[k - 1].W, net.layers[k].W
    products = [[row[i] * w for row in after for w in own[i]] for i in range(len(own))]
    useful = [i for i, entries in enumerate(products) if any(entries)]
    return _minimal([tuple(useful[i] for i in chosen) for chosen in zero_sums([products[i] for i in useful])])


def zero_sums(vectors: list[list[Fraction]]) -> list[tuple[int, ...]]:
    """All non-empty sets of vectors with sum 0; none is looked for where there are too many relations.

    >>> one = Fraction(1)
    >>> zero_sums([[one, one], [-one, 0 * one], [0 * one, -one], [-one, -one]])
    [(0, 3), (0, 1, 2)]
    """
    if not vectors:
        return []
    relations = _relations(vectors)
    if len(relations) > MOST_FREE:
        return []
    # Reduce to echelon form: the coefficients at the pivots are free, and 0 or 1; they fix all others.
    basis = _echelon(relations)
    found = []
    for choice in product((0, 1), repeat=len(basis)):
        total = [sum((b[j] for b, c in zip(basis, choice, strict=True) if c), Fraction(0)) for j in range(len(vectors))]
        if any(choice) and all(entry in (0, 1) for entry in total):
            found.append(tuple(j for j, entry in enumerate(total) if entry))
    return sorted(found, key=lambda chosen: (len(chosen), chosen))


def _relations(vectors: list[list[Fraction]]) -> list[tuple[int, ...]]:
    """A basis of the coefficients with which the vectors add up to 0."""
    rows = [clear_denominators(column)[0] for column in zip(*vectors, strict=True)]
    return integer_nullspace(rows)


def negate(net: Network, k: int, chosen: Iterable[int]) -> Network:
    """The network with the rows of some neurons of layer k negated, and what that adds to the next biases.

    The same function if the products of the weights out of them and into them sum to 0; see `negatable_sets`.
    """
    layers = [_rows(layer) for layer in net.layers]
    for i in chosen:
        for row in layers[k]:
            row[-1] += row[i] * layers[k - 1][i][-1]
        layers[k - 1][i] = [-entry for entry in layers[k - 1][i]]
    return _network(layers)


def _echelon(relations: list[tuple[int, ...]]) -> Rows:
    """The reduced echelon form of independent rows."""
    rows: Rows = [[Fraction(entry) for entry in relation] for relation in relations]
    r = 0
    for j in range(len(rows[0]) if rows else 0):
        lead = next((i for i in range(r, len(rows)) if rows[i][j]), None)
        if lead is None:
            continue
        rows[r], rows[lead] = rows[lead], rows[r]
        rows[r] = [entry / rows[r][j] for entry in rows[r]]
        for i in range(len(rows)):
            if i != r and rows[i][j]:
                factor = rows[i][j]
                rows[i] = [x - factor * y for x, y in zip(rows[i], rows[r], strict=True)]
        r += 1
    return rows


def _minimal(found: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    return [chosen for chosen in found if not any(set(other) < set(chosen) for other in found)]


# -- exchange ----------------------------------------------------------------------------------------------------------


def find_exchanges(found: Boundaries) -> list[SecondNetwork]:
    """Candidates: two neurons of a layer with equal weights out, scaled, exchange their weights at some of their parts.

    A *part* of B[z] is what hangs together; the neurons of the layer below that are positive around some of the parts,
    and around none of the others, are those whose weights change hands.
    """
    complex = found.complex
    net = complex.network
    if complex.n_thick:
        return []
    results = []
    for k in range(2, net.depth + 1):
        for i, j in combinations(range(net.hidden_widths[k - 1]), 2):
            factor = _ratio([row[i] for row in net.layers[k].W], [row[j] for row in net.layers[k].W])
            if factor is None:
                continue
            for chosen in _sets_at_parts(found, k, i, j):
                names = f"{Neuron(k, i)} and {Neuron(k, j)} exchange their weights from {len(chosen)} neurons"
                results.append(SecondNetwork("exchange", names, exchange(net, k, i, j, chosen, factor)))
    return results


def exchange(net: Network, k: int, i: int, j: int, chosen: Iterable[int], factor: Fraction = Fraction(1)) -> Network:
    """The network in which neurons i and j of layer k have exchanged their weights from some neurons below.

    `factor`: the weights out of i, divided by those out of j.
    """
    layers = [_rows(layer) for layer in net.layers]
    first, second = layers[k - 1][i], layers[k - 1][j]
    for c in chosen:
        first[c], second[c] = second[c] / factor, first[c] * factor
    return _network(layers)


def _sets_at_parts(found: Boundaries, k: int, i: int, j: int) -> Iterator[tuple[int, ...]]:
    own = [Neuron(k, i), Neuron(k, j)]
    if found.complex.is_generic and all(found.of(neuron).is_connected for neuron in own):
        return
    parts = [part for neuron in own for part in _active_at_parts(found, neuron)]
    if not 2 < len(parts) <= 2 * MOST_PARTS:
        return
    # Parts around which the same neurons are positive belong together.
    groups = list(dict.fromkeys(parts))
    seen = set()
    for size in range(1, len(groups)):
        for some in combinations(groups, size):
            inside = frozenset().union(*some)
            outside = frozenset().union(*(group for group in groups if group not in some))
            if inside and outside and not inside & outside and outside not in seen and inside not in seen:
                seen.add(inside)
                yield tuple(sorted(inside))


def _active_at_parts(found: Boundaries, neuron: Neuron) -> list[frozenset[int]]:
    """For each connected part of a boundary, the neurons of the layer below that are positive along a piece of it."""
    boundary = found.of(neuron)
    pieces = boundary.pieces
    complex = found.complex
    below = [number for number, other in enumerate(complex.network.neurons()) if other.layer == neuron.layer - 1]
    labels = _labels(found, neuron, pieces)
    signs = complex.signs(complex.facet_cells[pieces, 0].astype(np.int64))[below] if len(pieces) else None
    parts: dict[int, set[int]] = {}
    for number, label in enumerate(labels):
        active = parts.setdefault(label, set())
        if signs is not None:
            active |= set(np.flatnonzero(signs[:, number] > 0).tolist())
    return [frozenset(active) for active in parts.values()]


def _labels(found: Boundaries, neuron: Neuron, pieces: Int64Array) -> list[int]:
    """A number for each piece, equal for pieces joined across ridges."""
    parent = {int(piece): int(piece) for piece in pieces}

    def root(piece: int) -> int:
        while parent[piece] != piece:
            piece = parent[piece]
        return piece

    table = found.ridges
    for crossing in found.of(neuron).ridges:
        own = [f for f in table.facets[crossing.ridge].tolist() if f in parent]
        for other in own[1:]:
            parent[root(other)] = root(own[0])
    return [root(int(piece)) for piece in pieces]


def _ratio(first: list[Fraction], second: list[Fraction]) -> Fraction | None:
    """The positive factor c with first = c second, if there is one."""
    lead = next((k for k, entry in enumerate(second) if entry), None)
    if lead is None or not first[lead]:
        return None
    factor = first[lead] / second[lead]
    same = all(p == factor * q for p, q in zip(first, second, strict=True))
    return factor if factor > 0 and same else None


# -- rows --------------------------------------------------------------------------------------------------------------


def _rows(layer: AffineMap) -> Rows:
    return [[*row, constant] for row, constant in zip(layer.W, layer.b, strict=True)]


def _network(layers: list[Rows]) -> Network:
    return Network(tuple(AffineMap.from_fractions(rows) for rows in layers))
