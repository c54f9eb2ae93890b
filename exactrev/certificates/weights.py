"""Certificates about the weights of one network: inert ones, directions without effect, functional dimension.

Knows how a network depends on its parameters. Does not know how the checker reads it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

import flint

from exactrev.certificates.local import Signs, cell_forms, oriented_rows
from exactrev.certificates.regions import find_cells
from exactrev.certificates.systems import STRICT, Form, Point, primitive, value
from exactrev.certificates.text import Certificate, Step, as_integers
from exactrev.certificates.trees import MOST_STEPS, Assumed, Forms, Path, Unclosed, extend, grow, point_step
from exactrev.errors import AssumptionFailed, InvalidNetwork
from exactrev.network import AffineMap, Network, Neuron

__all__ = ["certify_flat_direction", "certify_functional_dimension", "certify_inert"]

PRIME = 2**61 - 1


def certify_inert(
    network: Network, z: Neuron, target: int, bound: Fraction | None = None, most_steps: int = MOST_STEPS
) -> Certificate:
    """That the weight from z to neuron `target` of the next layer may be anything up to `bound`; None: anything at all.

    Raises `AssumptionFailed`, with a point at which both neurons are on for the weight `bound`, if it is not so, and
    `BudgetSpent` if the proof takes more steps.

    >>> net = Network.from_arrays([([[1], [-1]], [0, -1]), ([[3, -1]], [-9]), ([[1]], [0])])
    >>> print(certify_inert(net, Neuron(1, 1), 0, Fraction(0)).claim)  # doctest: +ELLIPSIS
    inert 1 1 0 0 1 sha256:...
    """
    layer, index = network.require_neuron(z)
    if not 0 <= target < network.widths[layer + 1]:
        raise InvalidNetwork("no such neuron", layer=layer + 1, index=target)
    p, q = (1, 0) if bound is None else (bound.numerator, bound.denominator)
    layers = [*network.layers[:layer]]
    assumed = [Assumed(STRICT, layer - 1, index)]
    if bound is not None:
        row = list(network.layers[layer].W[target])
        if row[index] > bound:
            raise AssumptionFailed("the weight is above the bound", witness=row[index])
        row[index] = bound
        layers.append(AffineMap.from_fractions([[*row, network.layers[layer].b[target]]]))
        assumed.append(Assumed(STRICT, layer, 0))
    try:
        steps = tuple(grow([layers], assumed, STRICT, _no_leaf, most_steps))
    except Unclosed as left:
        raise AssumptionFailed("the weight matters", witness=left.point) from None
    return Certificate("inert", (layer, index, target, p, q), "tree", (network,), steps)


def certify_flat_direction(
    network: Network, layer: int, change: AffineMap, most_steps: int = MOST_STEPS
) -> Certificate:
    """That adding any multiple of `change` to W, b of a layer (the output layer is depth + 1) changes no value of N.

    Raises `AssumptionFailed`, with a point inside a region on which it does, if it is not so, and `BudgetSpent` if the
    proof takes more steps.
    """
    if not 1 <= layer <= network.depth + 1 or (change.n_in, change.n_out) != network.widths[layer - 1 : layer + 1]:
        raise InvalidNetwork("the change does not fit the layer", layer=layer, shape=(change.n_out, change.n_in))
    if not any(map(any, change.rows)):
        raise InvalidNetwork("the change is zero", layer=layer)

    def leaf(path: Path, point: Point) -> Step | None:
        return None if any(map(any, path.outputs()[0])) else ("L",)

    try:
        steps = tuple(grow([[*network.layers[: layer - 1], change]], [], STRICT, leaf, most_steps))
    except Unclosed as left:
        raise AssumptionFailed("the change has an effect", witness=left.point) from None
    return Certificate("flat-direction", (layer,), "tree", (network, Network((change,))), steps)


def certify_functional_dimension(network: Network) -> Certificate:
    """The functional dimension: the largest rank of the derivative of (N(x_1), ..., N(x_k)) by all parameters.

    Raises `AssumptionFailed` if there is a thick cell, where N is not differentiable by its parameters.
    """
    steps: list[Step] = []

    def leaf(path: Path, point: Point) -> Step:
        if 0 in path.signs:
            raise AssumptionFailed("a preactivation vanishes on an open set", witness=point)
        return ("L",)

    tree = list(grow([network.layers], [], STRICT, leaf))
    parameters = network.parameters
    cells = find_cells(network)
    rows: list[list[int]] = []
    columns = {}
    for signs, _ in cells:
        columns[signs] = _derivatives(network, signs)
        rows += [
            [int(column[output][c]) for column in columns[signs]]
            for output in range(network.n_out)
            for c in range(network.n_in + 1)
        ]
    kernel = _null_vectors(rows, parameters)
    rank = parameters - len(kernel)
    points: list[Point] = []
    pivots: dict[int, list[int]] = {}
    for signs, point in cells:
        for x in _around(network, signs, point):
            if len(pivots) == rank:
                break
            before = len(pivots)
            for output in range(network.n_out):
                _reduce_into(pivots, [_homogeneous_value(column[output], x) for column in columns[signs]])
            if len(pivots) > before:
                points.append(x)
    if len(pivots) < rank:
        raise AssumptionFailed("the rank is smaller modulo the prime", witness=PRIME)
    steps += [("D", len(points)), *(point_step("P", x) for x in points)]
    steps.extend(("V", *vector) for vector in kernel)
    return Certificate("functional-dimension", (rank,), "tree", (network,), (*steps, *tree))


def _no_leaf(path: Path, point: Point) -> None:
    return None


def _derivatives(network: Network, signs: Signs) -> list[list[Form]]:
    """For every parameter, row by row, the forms by which the outputs change: N is linear in each one alone."""
    forms = cell_forms(network, signs)
    found = []
    for k, (n, m) in enumerate(pairwise(network.widths)):
        for i in range(m):
            for j in range(n + 1):
                unit = [[0] * (n + 1) for _ in range(m)]
                unit[i][j] = 1
                moved = _moved(network, signs, forms, k, unit)
                found.append(moved)
    return found


def _moved(network: Network, signs: Signs, forms: list[Forms], k: int, unit: list[list[int]]) -> list[Form]:
    """The change of the outputs' forms, over the same denominator for all parameters."""
    n = network.n_in
    identity = [tuple(int(i == j) for i in range(n + 1)) for j in range(n)]
    below = (identity, 1) if k == 0 else forms[k - 1]
    on = [1] * n if k == 0 else signs[k - 1]
    change, _ = extend(AffineMap(tuple(map(tuple, unit)), 1, len(unit[0]) - 1), below, on)
    factor = network.layers[k].denominator
    change = [tuple(factor * c for c in form) for form in change]
    for layer, own in zip(network.layers[k + 1 :], signs[k:], strict=True):
        linear = AffineMap(tuple((*row[:-1], 0) for row in layer.rows), 1, layer.n_in)
        change, _ = extend(linear, (change, 1), own)
    return change


def _null_vectors(rows: Sequence[Sequence[int]], parameters: int) -> list[tuple[int, ...]]:
    """A basis of the integer vectors that all rows annihilate, in echelon form."""
    reduced, scale, rank = flint.fmpz_mat([list(row) for row in rows]).rref()
    table = reduced.tolist()
    pivots = [next(j for j, entry in enumerate(row) if entry) for row in table[:rank]]
    basis = []
    for free in range(parameters):
        if free in pivots:
            continue
        vector = [0] * parameters
        vector[free] = int(scale)
        for row, pivot in zip(table, pivots, strict=False):
            vector[pivot] = -int(row[free])
        basis.append(vector)
    if not basis:
        return []
    echelon, _, _ = flint.fmpz_mat(basis).rref()
    return [primitive([int(entry) for entry in row]) for row in echelon.tolist()]


def _around(network: Network, signs: Signs, point: Point) -> Iterator[Point]:
    """n + 1 affinely independent points of an open cell."""
    rows = oriented_rows(cell_forms(network, signs), signs)
    yield point
    for j in range(network.n_in):
        room = [value(row, point) / abs(row[j]) for row in rows if row[j]]
        step = min([*room, Fraction(1)]) / 2
        yield (*point[:j], point[j] + step, *point[j + 1 :])


def _homogeneous_value(form: Form, x: Point) -> int:
    denominator, *numerators = as_integers(x)
    return sum(c * y for c, y in zip(form, (*numerators, denominator), strict=True))


def _reduce_into(pivots: dict[int, list[int]], vector: list[int]) -> None:
    vector = [entry % PRIME for entry in vector]
    for pivot, row in pivots.items():
        vector = [(a - vector[pivot] * b) % PRIME for a, b in zip(vector, row, strict=True)]
    pivot = next((k for k, entry in enumerate(vector) if entry), -1)
    if pivot >= 0:
        inverse = pow(vector[pivot], -1, PRIME)
        pivots[pivot] = [entry * inverse % PRIME for entry in vector]
