"""From ReLU networks back to the activation that they stand for (§5.3): `from_activated` undone, up to symmetries.

Knows skip networks and an activation; asks nothing. What comes out is checked: unfolded again, it is the network that
was folded, up to the signs, factors and order of neurons, which change no function.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from exactrev.arithmetic import linear_algebra
from exactrev.errors import InvalidNetwork
from exactrev.network.affine import AffineMap
from exactrev.network.network import Neuron
from exactrev.network.piecewise import ActivatedNetwork, Activation, find_symmetries
from exactrev.network.skips import SkipNetwork, flip, from_activated

__all__ = ["fold", "normal_form", "reorder", "rescale"]

Row = list[Fraction]


def fold(net: SkipNetwork, activation: Activation) -> ActivatedNetwork | None:
    """A network with this activation that is the same function, or None if no such network is found.

    A single kink: neuron by neuron, the part of later rows that skips the neuron is its activation's linear part, up to
    the neuron's sign, which follows from a linear system; None if that has several solutions. Two kinks with slope 0 on
    both sides: neurons pair up, since their forms are parallel. Raises `InvalidNetwork` for other activations.

    >>> from exactrev.network.piecewise import HARD_TANH
    >>> truth = ActivatedNetwork.from_arrays(HARD_TANH, [([[4, 1]], [2]), ([[1]], [5])])
    >>> found = fold(flip(from_activated(truth), Neuron(1, 1)), HARD_TANH)
    >>> found.layers == truth.layers
    True
    """
    first, *others = activation.kinks
    if not others:
        straight = _orient(net, activation)
    elif len(others) == 1 and not activation.slope and first.change == -others[0].change:
        straight = _pair_up(net, activation)
    else:
        raise InvalidNetwork("only activations with one kink, or two and flat ends, are folded", kinks=activation.kinks)
    if straight is None:
        return None
    found = _read_off(straight, activation)
    return found if from_activated(found) == straight else None


def rescale(net: SkipNetwork, neuron: Neuron, factor: Fraction) -> SkipNetwork:
    """The same function with z multiplied by a positive factor. `InvalidNetwork` for another one."""
    if factor <= 0:
        raise InvalidNetwork("a neuron is scaled by a positive number", factor=factor)
    tables = [_table(layer) for layer in net.layers]
    tables[neuron.layer - 1][neuron.index] = [factor * entry for entry in tables[neuron.layer - 1][neuron.index]]
    place = net.starts[neuron.layer - 1] + neuron.index
    for table in tables[neuron.layer :]:
        for row in table:
            row[place] /= factor
    return _network(tables)


def reorder(net: SkipNetwork, layer: int, order: Sequence[int]) -> SkipNetwork:
    """The same function with the neurons of a hidden layer in another order."""
    if sorted(order) != list(range(net.hidden_widths[layer - 1])):
        raise InvalidNetwork("not a permutation of a layer's neurons", layer=layer, permutation=tuple(order))
    tables = [_table(each) for each in net.layers]
    tables[layer - 1] = [tables[layer - 1][i] for i in order]
    start = net.starts[layer - 1]
    for table in tables[layer:]:
        for row in table:
            row[start : start + len(order)] = [row[start + i] for i in order]
    return _network(tables)


def normal_form(net: ActivatedNetwork) -> ActivatedNetwork:
    """The same function with every neuron's symmetries used up: leading weights 1, or positive, and rows in order.

    Networks that differ by symmetries of neurons and their order have the same normal form, unless a layer has two
    rows that are equal; and networks with the same normal form are the same function.

    >>> from exactrev.network.piecewise import RELU6
    >>> a = ActivatedNetwork.from_arrays(RELU6, [([[1], [2]], [0, 1]), ([[1, 3]], [0])])
    >>> b = ActivatedNetwork.from_arrays(RELU6, [([[2], [-1]], [1, 6]), ([[3, -1]], [6])])
    >>> normal_form(a) == normal_form(b) == a
    True
    """
    phi, symmetries = net.activation, find_symmetries(net.activation)
    tables = [_table(layer) for layer in net.layers]
    for own, later in pairwise(tables):
        for i, row in enumerate(own):
            lead = next((entry for entry in row[:-1] if entry), Fraction(0))
            if symmetries.scaling and lead:
                c, p = 1 / abs(lead), phi.kinks[0].place
                _substitute(own, later, i, (c, p * (1 - c)), (c, (1 - c) * phi(p)))
            if symmetries.reflection is not None and lead < 0:
                shift, factor, constant = symmetries.reflection
                _substitute(own, later, i, (Fraction(-1), shift), (factor, constant))
        order = sorted(range(len(own)), key=own.__getitem__)
        own[:] = [own[i] for i in order]
        later[:] = [[*(row[i] for i in order), row[-1]] for row in later]
    return ActivatedNetwork(phi, tuple(map(AffineMap.from_fractions, tables)))


def _substitute(
    own: list[Row], later: list[Row], i: int, inner: tuple[Fraction, Fraction], outer: tuple[Fraction, Fraction]
) -> None:
    """Neuron i's z becomes c z + s, where phi(c t + s) = factor phi(t) + constant."""
    (c, s), (factor, constant) = inner, outer
    own[i] = [*(c * w for w in own[i][:-1]), c * own[i][-1] + s]
    for row in later:
        row[i] /= factor
        row[-1] -= row[i] * constant


# -- one kink ------------------------------------------------------------------------------------------------------


def _orient(net: SkipNetwork, activation: Activation) -> SkipNetwork | None:
    """Neurons turned so that what skips them is slope/change of their forms, in the rows of all later layers.

    With coefficients C_m for neurons m with forms F_m, the rest of a later row over what the layer reads is the sum of
    C_m g_m F_m: g is slope/change for a neuron that is the right way round, and -(slope + change)/change otherwise.
    """
    (kink,) = activation.kinks
    right, wrong = activation.slope / kink.change, -(activation.slope + kink.change) / kink.change
    if right == wrong:  # as for the absolute value: either sign will do
        return net
    for k in range(1, net.depth + 1):
        own, start = _table(net.layers[k - 1]), net.starts[k - 1]
        equations: list[Row] = []
        targets: list[Fraction] = []
        for layer in net.layers[k:]:
            for row in layer.W:
                weights = row[start : start + len(own)]
                equations += [[c * form[j] for c, form in zip(weights, own, strict=True)] for j in range(start)]
                targets += row[:start]
        answer = linear_algebra.solve(linear_algebra.matrix(equations), targets)
        if not isinstance(answer, linear_algebra.Solution) or not answer.is_unique:
            return None
        shares = [Fraction(int(g.numerator), int(g.denominator)) for g in answer.point]
        if any(g not in (right, wrong) for g in shares):
            return None
        for index, g in enumerate(shares):
            if g != right:
                net = flip(net, Neuron(k, index))
    return net


# -- two kinks -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Side:
    """A neuron with the direction of its form, which has leading coefficient 1, and where along that it is zero."""

    direction: tuple[Fraction, ...]
    place: Fraction
    index: int


def _pair_up(net: SkipNetwork, activation: Activation) -> SkipNetwork | None:
    """Pairs of neurons z - first, z - second side by side, both growing with z; None if neurons do not pair up."""
    gap = activation.kinks[1].place - activation.kinks[0].place
    for k in range(1, net.depth + 1):
        sides = []
        for index, row in enumerate(_table(net.layers[k - 1])):
            lead = next((entry for entry in row[:-1] if entry), None)
            if lead is None:
                return None
            if lead < 0:
                net = flip(net, Neuron(k, index))
            sides.append(_Side(tuple(w / lead for w in row[:-1]), -row[-1] / lead, index))
        sides.sort(key=lambda side: (side.direction, side.place))
        pairs = list(zip(sides[::2], sides[1::2], strict=False))
        if len(sides) % 2 or any(a.direction != b.direction or a.place == b.place for a, b in pairs):
            return None
        for pair in pairs:
            factor = gap / (pair[1].place - pair[0].place)
            for side in pair:
                lead = next(entry for entry in net.layers[k - 1].W[side.index] if entry)
                net = rescale(net, Neuron(k, side.index), factor / lead)
        net = reorder(net, k, [side.index for side in sides])
    return net


# -- reading off ---------------------------------------------------------------------------------------------------


def _read_off(net: SkipNetwork, activation: Activation) -> ActivatedNetwork:
    """The rows, from the coefficients of the units for the first kink; right if the network is of this form at all."""
    step, first = len(activation.kinks), activation.kinks[0]
    forms = [[*row[:-1], row[-1] + first.place] for row in _table(net.layers[0])[::step]]
    layers = [AffineMap.from_fractions(forms)]
    for k, layer in enumerate(net.layers[1:], start=1):
        start, width = net.starts[k - 1], net.hidden_widths[k - 1]
        table = _table(layer) if k == net.depth else _table(layer)[::step]
        rows = []
        for row in table:
            weights = [c / first.change for c in row[start : start + width : step]]
            constants = [activation.slope * form[-1] + activation.constant for form in forms]
            moved = sum((v * constant for v, constant in zip(weights, constants, strict=True)), Fraction(0))
            rows.append([*weights, row[-1] + (0 if k == net.depth else first.place) - moved])
        layers.append(AffineMap.from_fractions(rows))
        forms = [[*row[:-1], row[-1] + first.place] for row in table]
    return ActivatedNetwork(activation, tuple(layers))


def _table(layer: AffineMap) -> list[Row]:
    return [[*row, constant] for row, constant in zip(layer.W, layer.b, strict=True)]


def _network(tables: Sequence[Sequence[Row]]) -> SkipNetwork:
    return SkipNetwork(tuple(map(AffineMap.from_fractions, tables)))
