"""Whether all networks near a given one have the same cells: then what is shown for one is shown for an open set.

Knows networks with two inputs whose weights are intervals of rationals. The argument goes neuron by neuron. Let all
networks in question have the same cells, with corresponding corners, as far as the neurons before z go (inside a
simplex, so that cells have corners). On every cell z is affine, so where it vanishes is decided by its signs at the
corners; if these are the same for all, and none is 0, the cells are the same with z as well. So it suffices that at
every corner of the finished complex all preactivations that do not vanish there keep their sign, for all weights in
their intervals, and that this is so however large the simplex is.

A form is kept as a combination of the forms of layer 1, so that what cancels for all weights cancels here too, as long
as there are two hidden layers (in a third, parallel pieces may hide that their networks keep their cells). Signs at
corners are those of determinants, which are expanded by these combinations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations, pairwise, permutations

import numpy as np

from exactrev.arithmetic.numbers import lift
from exactrev.geometry import RegionComplex, boundaries, regions
from exactrev.geometry.domain import Simplex
from exactrev.network import AffineMap, Network
from exactrev.statements.second_networks import exchange_pieces

__all__ = ["Interval", "Ranges", "around", "exchange_survives", "find_exchange_radius", "keeps_cells", "keeps_jumps"]

Interval = tuple[Fraction, Fraction]
Ranges = tuple[tuple[tuple[Interval, ...], ...], ...]
"""For every layer the rows of [W | b], each entry an interval."""

Combination = Mapping[str, Interval]
"""Coefficients of forms: of ``u0``, ``u1``, ... in layer 1, of the constant ``1``, and of the walls ``w0``, ..."""

TURN = ((1, "1/9"), ("-1/7", 1))
"""Other coordinates of the plane, of no particular kind."""

ZERO = (Fraction(0), Fraction(0))
ONE = (Fraction(1), Fraction(1))


def around(net: Network, radius: Fraction) -> Ranges:
    """All networks each of whose weights and biases differs from those of `net` by `radius` at most."""
    rows = ([[*row, constant] for row, constant in zip(layer.W, layer.b, strict=True)] for layer in net.layers)
    return tuple(tuple(tuple((x - radius, x + radius) for x in row) for row in layer) for layer in rows)


def keeps_cells(complex: RegionComplex, ranges: Ranges) -> bool:
    """Have all networks in these ranges the cells of the complex, with the same signs? False if that is not shown.

    Only for two inputs, over R^2, and in general position: raises `ValueError` otherwise.
    """
    _require_plane(complex)
    skeleton = complex.found.skeleton
    rows = _Rows(complex, ranges)
    for vertex in range(skeleton.vertices):
        tight = skeleton.tight[vertex].tolist()
        signs = skeleton.signs[: skeleton.M, vertex].tolist()
        p, q = (rows.combination(i, signs) for i in tight)
        turn = _sign(rows.determinant([p, q]))
        if not turn:
            return False
        moving = [i >= skeleton.M for i in tight]
        for i in (i for i in range(skeleton.M) if i not in tight):
            f = rows.combination(i, signs)
            if _sign(rows.determinant([f, p, q])) != turn * signs[i]:
                return False
            if any(moving):
                speed = rows.drift(f, tight, p, q)
                if speed != ZERO and _sign(speed) != turn * signs[i]:
                    return False
    return True


def keeps_jumps(complex: RegionComplex, ranges: Ranges) -> bool:
    """Does the gradient of the first output jump across every facet, for all networks that have these cells?

    That is the Linear Regions Assumption. False if it is not shown.
    """
    widths = complex.network.hidden_widths
    ends = np.cumsum([0, *widths]).tolist()
    for facet, (cell, _) in enumerate(complex.facet_cells.tolist()):
        signs = complex.signs([cell])[:, 0].tolist()
        (neuron,) = complex.facet_neurons(facet)
        reach = [ranges[-1][0][i] for i in range(widths[-1])]
        for k in range(len(widths) - 1, neuron.layer - 1, -1):
            active = [i for i in range(widths[k]) if signs[ends[k] + i] > 0]
            reach = [_sum([_times(reach[i], ranges[k][i][j]) for i in active]) for j in range(widths[k - 1])]
        if not _sign(reach[neuron.index]):
            return False
    return True


def exchange_survives(
    net: Network, layer: int, pair: tuple[int, int], sources: Sequence[int], radius: Fraction
) -> bool:
    """Does exchanging pieces keep the boundaries, and both hypotheses, for all networks within `radius` of `net`?

    Shown in three steps. All of them have the cells of `net`; all networks that they become have the cells of what
    `net` becomes; in either, the gradient jumps across every facet. And in either complex no piece of the two neurons
    sees active neurons both of `sources` and of the others: then the two have the same boundaries together, as in
    `second_networks`; and whether boundaries of consecutive layers meet shows in the cells. False if not shown.

    Raises `ValueError` unless `layer` is the last hidden one, and as `keeps_cells` does.
    """
    one, other = pair
    ranges = around(net, radius)
    if layer != net.depth:
        raise ValueError("an exchange below the last hidden layer changes the boundaries above it")
    biases = ranges[layer - 1][one][-1], ranges[layer - 1][other][-1]
    if _sign(biases[0]) * _sign(biases[1]) <= 0:
        return False
    changed = [list(row) for row in ranges[layer - 1]]
    for i in sources:
        changed[one][i] = _times(ranges[layer - 1][other][i], _over(biases[0], biases[1]))
        changed[other][i] = _times(ranges[layer - 1][one][i], _over(biases[1], biases[0]))
    becomes = (*ranges[: layer - 1], tuple(map(tuple, changed)), *ranges[layer:])
    for each, all_around in ((net, ranges), (exchange_pieces(net, layer, pair, sources), becomes)):
        complex = regions(each)
        if not (_all_meet(complex) and _are_apart(complex, layer, pair, sources) and keeps_jumps(complex, all_around)):
            return False
        if not (keeps_cells(complex, all_around) or _keeps_cells_turned(each, all_around)):
            return False
    return True


def find_exchange_radius(
    net: Network, layer: int, pair: tuple[int, int], sources: Sequence[int], digits: int = 6
) -> Fraction | None:
    """A radius 1/n, n at most 2**digits, within which the exchange survives; the smallest n that bisection finds."""
    low, high = 1, 2**digits
    if not exchange_survives(net, layer, pair, sources, Fraction(1, high)):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if exchange_survives(net, layer, pair, sources, Fraction(1, middle)):
            high = middle
        else:
            low = middle
    return Fraction(1, high)


def _require_plane(complex: RegionComplex) -> None:
    domain = complex.found.domain
    if complex.network.n_in != 2 or complex.has_free_coordinates or not isinstance(domain, Simplex):
        raise ValueError("cells are followed over the plane R^2 only")
    if not complex.is_generic:
        raise ValueError("cells are followed in general position only")


def _keeps_cells_turned(net: Network, ranges: Ranges) -> bool:
    """The same in other coordinates: a line towards a corner of the simplex is stable, but does not look it."""
    first = AffineMap.from_arrays(TURN, (0, 0))
    turned = Network((net.layers[0].after(first), *net.layers[1:]))
    columns = [[(lift(x), lift(x)) for x in column] for column in zip(*TURN, strict=True)]
    rows = [
        (*(_sum([_times(*pair) for pair in zip(row[:2], column, strict=True)]) for column in columns), row[2])
        for row in ranges[0]
    ]
    return keeps_cells(regions(turned), (tuple(rows), *ranges[1:]))


def _all_meet(complex: RegionComplex) -> bool:
    """Do the boundaries of any two neurons of consecutive layers meet?"""
    ends = np.cumsum([0, *complex.network.hidden_widths]).tolist()
    layers = [slice(low, high) for low, high in pairwise(ends)]
    meets = boundaries(complex).meets
    return all(bool(meets[one, other].all()) for one, other in pairwise(layers))


def _are_apart(complex: RegionComplex, layer: int, pair: tuple[int, int], sources: Sequence[int]) -> bool:
    """Does every piece of the two neurons see active neurons of the layer before in or out of `sources`, not both?"""
    for facet, (cell, _) in enumerate(complex.facet_cells.tolist()):
        neuron = complex.facet_neurons(facet)[0]
        if neuron.layer == layer and neuron.index in pair:
            active = {i for i, on in enumerate(complex.pattern(cell)[layer - 2]) if on}
            if active & set(sources) and active - set(sources):
                return False
    return True


class _Rows:
    """Forms of all neurons and walls as combinations, and determinants of such."""

    def __init__(self, complex: RegionComplex, ranges: Ranges) -> None:
        self._ranges = ranges
        self._widths = complex.network.hidden_widths
        self._M = complex.found.skeleton.M
        domain = complex.found.domain
        if not isinstance(domain, Simplex):
            raise ValueError("cells are followed over the plane R^2 only")
        self._speeds = domain.wall_speeds()
        exact = [(*map(Fraction, normal), constant) for normal, constant in domain.walls()]
        self._basis: dict[str, tuple[Interval, ...]] = {f"u{i}": row for i, row in enumerate(ranges[0])}
        self._basis["1"] = (ZERO, ZERO, ONE)
        self._basis |= {f"w{k}": tuple((x, x) for x in row) for k, row in enumerate(exact)}
        self._known: dict[tuple[str, ...], Interval] = {}

    def combination(self, i: int, signs: Sequence[int]) -> Combination:
        """Form i, a neuron's or a wall's, where the neurons with sign +1 are active."""
        if i >= self._M:
            return {f"w{i - self._M}": ONE}
        activations: list[Combination] = [{f"u{j}": ONE} for j in range(self._widths[0])]
        first = 0
        for k, width in enumerate(self._widths):
            if i < first + width:
                return activations[i - first]
            rows = self._ranges[k + 1] if k + 1 < len(self._widths) else ()
            active = [j for j in range(width) if signs[first + j] > 0]
            before = activations
            activations = [_add([(row[j], before[j]) for j in active] + [(row[-1], {"1": ONE})]) for row in rows]
            first += width
        raise ValueError(f"no form has the number {i}")

    def determinant(self, forms: Sequence[Combination]) -> Interval:
        """Of three forms with their constants, or of two without; the sum over all choices of terms."""
        total = ZERO
        names = sorted(set().union(*forms))
        for chosen in combinations(names, len(forms)):
            minor = _minor([[form.get(name, ZERO) for name in chosen] for form in forms])
            if minor != ZERO:
                total = _plus(total, _times(minor, self._of_basis(chosen)))
        return total

    def drift(self, f: Combination, tight: Sequence[int], p: Combination, q: Combination) -> Interval:
        """How fast the determinant of (f, p, q) changes as the walls among the tight forms recede."""
        total = ZERO
        for place, i in enumerate(tight):
            if i >= self._M:
                speed = Fraction(self._speeds[i - self._M])
                forms = [f, p, q]
                forms[place + 1] = {"1": (speed, speed)}
                total = _plus(total, self.determinant(forms))
        return total

    def _of_basis(self, chosen: tuple[str, ...]) -> Interval:
        if chosen not in self._known:
            self._known[chosen] = _minor([self._basis[name][: len(chosen)] for name in chosen])
        return self._known[chosen]


def _minor(rows: Sequence[Sequence[Interval]]) -> Interval:
    """A determinant of order two or three by Leibniz' formula."""
    total = ZERO
    for order in permutations(range(len(rows))):
        odd = sum(order[i] > order[j] for i in range(len(order)) for j in range(i + 1, len(order))) % 2
        product = (Fraction(-1), Fraction(-1)) if odd else ONE
        for row, column in zip(rows, order, strict=True):
            product = _times(product, row[column])
            if product == ZERO:
                break
        total = _plus(total, product)
    return total


def _add(terms: Sequence[tuple[Interval, Combination]]) -> Combination:
    total: dict[str, Interval] = {}
    for factor, form in terms:
        for name, coefficient in form.items():
            total[name] = _plus(total.get(name, ZERO), _times(factor, coefficient))
    return total


def _plus(a: Interval, b: Interval) -> Interval:
    return a[0] + b[0], a[1] + b[1]


def _times(a: Interval, b: Interval) -> Interval:
    if ZERO in (a, b):
        return ZERO
    products = [x * y for x in a for y in b]
    return min(products), max(products)


def _over(a: Interval, b: Interval) -> Interval:
    return _times(a, (1 / b[1], 1 / b[0]))


def _sum(terms: Sequence[Interval]) -> Interval:
    total = ZERO
    for term in terms:
        total = _plus(total, term)
    return total


def _sign(a: Interval) -> int:
    """+1 or -1 if all of the interval has that sign, else 0."""
    return (a[0] > 0) - (a[1] < 0)
