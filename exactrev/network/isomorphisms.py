"""The isomorphisms of §3.1: permuting the neurons of a layer, and scaling a neuron by a positive number.

Knows how they act on the weights, a normal form under them, and how to decide whether two networks are related by
them. Does not know when two networks that are *not* related so are the same function all the same (§5.2): that takes
geometry, and a network may well have other isomorphisms than these.

Scaling z by c > 0 multiplies z's weights and bias by c and divides the weights *out of z* by c, and only those
(Lemma 1, whose printed s_{z,c} divides the whole of W^{k+1}, holds for this reading): ReLU(c t) = c ReLU(t) for c > 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from exactrev.arithmetic.numbers import lift
from exactrev.errors import InvalidNetwork, TheoryContradicted
from exactrev.network.affine import AffineMap
from exactrev.network.colour_refinement import find_matching, find_normal_scales
from exactrev.network.network import Network, Neuron

__all__ = [
    "Isomorphism",
    "act_on_rows",
    "canonical_form",
    "find_isomorphism",
    "has_ties",
    "is_isomorphic",
    "permute",
    "scale",
]


@dataclass(frozen=True, slots=True)
class Isomorphism:
    """A permutation and positive scales for every hidden layer, layer 1 first.

    Neuron i of layer k of the image is neuron ``permutations[k-1][i]`` of the original, scaled by ``scales[k-1][i]``.

    >>> net = Network.from_arrays([([[1, 2], [3, 4], [5, 6]], [7, 8, 9]), ([[1, 2, 3]], [4])])
    >>> turn = Isomorphism(((2, 0, 1),), ((Fraction(1), Fraction(2), Fraction(1)),))
    >>> image = turn(net)
    >>> image == Network.from_arrays([([[5, 6], [2, 4], [3, 4]], [9, 14, 8]), ([[3, "1/2", 2]], [4])])
    True
    >>> turn.inverse()(image) == net
    True
    """

    permutations: tuple[tuple[int, ...], ...]
    scales: tuple[tuple[Fraction, ...], ...]

    def __post_init__(self) -> None:
        if [len(permutation) for permutation in self.permutations] != [len(scales) for scales in self.scales]:
            raise InvalidNetwork("the permutations and scales of an isomorphism differ in length")
        for k, (permutation, scales) in enumerate(zip(self.permutations, self.scales, strict=True), start=1):
            if sorted(permutation) != list(range(len(permutation))):
                raise InvalidNetwork("not a permutation of a layer's neurons", layer=k, permutation=permutation)
            for c in scales:
                _require_positive(c, layer=k)

    @classmethod
    def identity(cls, hidden_widths: Sequence[int]) -> Isomorphism:
        """The isomorphism that changes nothing."""
        return cls(
            tuple(tuple(range(width)) for width in hidden_widths),
            tuple((Fraction(1),) * width for width in hidden_widths),
        )

    @property
    def hidden_widths(self) -> tuple[int, ...]:
        """The hidden widths of the networks on which it acts."""
        return tuple(map(len, self.permutations))

    def __call__(self, net: Network) -> Network:
        """The image of a network: the same function with other weights. `InvalidNetwork` if the widths differ."""
        if net.hidden_widths != self.hidden_widths:
            raise InvalidNetwork(
                "an isomorphism acts on other widths", found=net.hidden_widths, expected=self.hidden_widths
            )
        tables = [[(*row, constant) for row, constant in zip(layer.W, layer.b, strict=True)] for layer in net.layers]
        layers = map(AffineMap.from_fractions, act_on_rows(tables, self.permutations, self.scales))
        return Network(tuple(layers))

    def inverse(self) -> Isomorphism:
        """The isomorphism that undoes this one."""
        permutations, scales = [], []
        for permutation, factors in zip(self.permutations, self.scales, strict=True):
            places = sorted(range(len(permutation)), key=permutation.__getitem__)
            permutations.append(tuple(places))
            scales.append(tuple(1 / factors[place] for place in places))
        return Isomorphism(tuple(permutations), tuple(scales))

    def after(self, first: Isomorphism) -> Isomorphism:
        """The composition: ``self.after(first)(net) == self(first(net))``."""
        if first.hidden_widths != self.hidden_widths:
            raise InvalidNetwork(
                "isomorphisms act on different widths", first=first.hidden_widths, second=self.hidden_widths
            )
        return Isomorphism(
            tuple(
                tuple(inner[i] for i in outer)
                for inner, outer in zip(first.permutations, self.permutations, strict=True)
            ),
            tuple(
                tuple(c * inner[i] for i, c in zip(outer, factors, strict=True))
                for inner, outer, factors in zip(first.scales, self.permutations, self.scales, strict=True)
            ),
        )


def act_on_rows(
    tables: Sequence[Sequence[Sequence[Any]]],
    permutations: Sequence[Sequence[int]],
    scales: Sequence[Sequence[Any]],
) -> list[list[list[Any]]]:
    """The rows [W | b] of the image, layer by layer, the output layer last; everything else acts through this.

    Entries and scales are elements of one field: numbers, or letters that stand for them.

    >>> act_on_rows([[(1, 2)], [(3, 4)]], [(0,)], [(Fraction(2),)])  # doubled, then halved
    [[[Fraction(2, 1), Fraction(4, 1)]], [[Fraction(3, 2), 4]]]
    """
    image = [[list(row) for row in table] for table in tables]
    for k, (permutation, factors) in enumerate(zip(permutations, scales, strict=True)):
        moved = list(zip(permutation, factors, strict=True))
        image[k] = [[c * entry for entry in image[k][i]] for i, c in moved]
        image[k + 1] = [[*(row[i] / c for i, c in moved), row[-1]] for row in image[k + 1]]
    return image


def permute(net: Network, layer: int, permutation: Sequence[int]) -> Network:
    """The network whose neuron i of hidden layer `layer` is neuron ``permutation[i]`` of `net` (I1, §3.1).

    Raises `InvalidNetwork` if there is no such layer, or if `permutation` does not list its neurons once each.
    """
    if not 1 <= layer <= net.depth:
        raise InvalidNetwork("no such hidden layer", layer=layer, hidden_layers=net.depth)
    if len(permutation) != net.hidden_widths[layer - 1]:
        raise InvalidNetwork("not a permutation of a layer's neurons", layer=layer, permutation=tuple(permutation))
    same = Isomorphism.identity(net.hidden_widths)
    permutations = (*same.permutations[: layer - 1], tuple(permutation), *same.permutations[layer:])
    return Isomorphism(permutations, same.scales)(net)


def scale(net: Network, neuron: Neuron, c: Any) -> Network:
    """The network in which `neuron`'s weights and bias are multiplied, and the weights out of it divided, by c > 0.

    (I2, Lemma 1 in the reading that holds.) Raises `InvalidNetwork` for c <= 0, where the function would change:

    >>> net = Network.from_arrays([([[1]], [0]), ([[1]], [0])])  # ReLU(x)
    >>> scale(net, Neuron(1, 0), "2/3") == Network.from_arrays([([["2/3"]], [0]), ([["3/2"]], [0])])
    True
    >>> scale(net, Neuron(1, 0), -1)
    Traceback (most recent call last):
        ...
    exactrev.errors.InvalidNetwork: a neuron can be scaled by a positive number only (layer=1, c=-1)
    """
    layer, index = net.require_neuron(neuron)
    factor = lift(c)
    same = Isomorphism.identity(net.hidden_widths)
    row = list(same.scales[layer - 1])
    row[index] = factor
    return Isomorphism(same.permutations, (*same.scales[: layer - 1], tuple(row), *same.scales[layer:]))(net)


def canonical_form(net: Network) -> Network:
    """A normal form under permutation and positive scaling.

    From layer 1 upwards, every neuron is scaled so that the largest absolute value in its row [W | b] is 1, and the
    neurons of the layer are sorted by their rows. (A row of zeros cannot be scaled; then the largest weight out of
    the neuron to an already scaled one is made 1.)

    The form is isomorphic to `net`, so networks with equal forms are isomorphic, always. The converse, that
    isomorphic networks have equal forms, holds for every network without ties (see `has_ties`): there the form is a
    complete invariant. Where two neurons of a layer end with equal rows (duplicates up to scale, say), their order
    shows only in the next layer's columns and stays as it was; use `is_isomorphic`, which decides in every case.

    >>> net = Network.from_arrays([([[3, 6], [-4, 2]], [0, 1]), ([[1, 1]], [0])])
    >>> form = canonical_form(net)
    >>> form == Network.from_arrays([([[-1, "1/2"], ["1/2", 1]], ["1/4", 0]), ([[4, 6]], [0])])
    True
    >>> canonical_form(permute(scale(net, Neuron(1, 1), 5), 1, (1, 0))) == form
    True
    """
    return _find_canonical_isomorphism(net)(net)


def has_ties(net: Network) -> bool:
    """Whether `canonical_form` had a choice: two neurons of a layer with equal rows, or a neuron with no scale.

    A neuron has no scale if its row is zero, and so are the rows of all that it is joined to, and nothing leads from
    there to the output. Without ties, networks isomorphic to `net` are exactly those with the same canonical form.
    """
    if any(scale is None for layer in find_normal_scales(net) for scale in layer):
        return True
    hidden = canonical_form(net).layers[:-1]
    return any(len(set(layer.rows)) < layer.n_out for layer in hidden)


def is_isomorphic(a: Network, b: Network) -> bool:
    """Whether permuting neurons and scaling them by positive numbers turns `a` into `b`. Exact, for all networks."""
    return find_isomorphism(a, b) is not None


def find_isomorphism(a: Network, b: Network) -> Isomorphism | None:
    """An isomorphism f with ``f(a) == b``, checked, or None if there is none.

    Exhaustive: equal rows, zero rows and duplicates included, None is a proof. Networks of different widths are not
    related by these isomorphisms, even where they are the same function.

    >>> a = Network.from_arrays([([[1], [-1]], [0, 1]), ([[2, 3]], [0])])
    >>> b = Network.from_arrays([([[-4], [1]], [4, 0]), ([["3/4", 2]], [0])])
    >>> find_isomorphism(a, b)
    Isomorphism(permutations=((1, 0),), scales=((Fraction(4, 1), Fraction(1, 1)),))
    """
    if a.widths != b.widths:
        return None
    found = find_matching(a, b)
    if found is None:
        return None
    partners, factors = found
    isomorphism = Isomorphism(
        tuple(tuple(partners[k, i][1] for i in range(width)) for k, width in enumerate(b.hidden_widths, start=1)),
        tuple(tuple(factors[k, i] for i in range(width)) for k, width in enumerate(b.hidden_widths, start=1)),
    )
    if isomorphism(a) != b:
        raise TheoryContradicted("a finished matching is not an isomorphism", isomorphism=isomorphism)
    return isomorphism


def _find_canonical_isomorphism(net: Network) -> Isomorphism:
    """The isomorphism that leads to the canonical form: normal scales, then sorting from layer 1 upwards."""
    normal = [[Fraction(1) if s is None else s for s in layer] for layer in find_normal_scales(net)]
    below = list(range(net.n_in))
    permutations, scales = [], []
    for k, layer in enumerate(net.layers[:-1], start=1):
        rows = [
            ([s * row[j] / normal[k - 1][j] for j in below], s * constant)
            for s, row, constant in zip(normal[k], layer.W, layer.b, strict=True)
        ]
        below = sorted(range(layer.n_out), key=rows.__getitem__)
        permutations.append(tuple(below))
        scales.append(tuple(normal[k][i] for i in below))
    return Isomorphism(tuple(permutations), tuple(scales))


def _require_positive(c: Fraction, layer: int) -> None:
    if c <= 0:
        raise InvalidNetwork("a neuron can be scaled by a positive number only", layer=layer, c=c)
