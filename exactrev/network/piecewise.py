"""Networks with another piecewise linear activation than ReLU, as ReLU networks that are exactly equal (§5.3).

Knows activations of one variable: continuous, piecewise linear, with finitely many kinks. Which symmetries take the
place of scaling follows from the activation alone, and is decided for all of them. Does not know where regions are: the
ReLU network that is equal has the same ones, a boundary where several of its neurons vanish being one boundary.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from exactrev.arithmetic.numbers import lift
from exactrev.errors import InvalidNetwork
from exactrev.network.affine import AffineMap
from exactrev.network.network import Network, Point

__all__ = [
    "ABSOLUTE_VALUE",
    "HARD_TANH",
    "RELU",
    "RELU6",
    "ActivatedNetwork",
    "Activation",
    "Kink",
    "Symmetries",
    "find_symmetries",
    "leaky_relu",
]


class Kink(NamedTuple):
    """At `place` the slope grows by `change`, which is not 0."""

    place: Fraction
    change: Fraction


@dataclass(frozen=True, slots=True)
class Activation:
    """t -> slope t + constant + sum of change ReLU(t - place) over the kinks, which are in order. At least one.

    >>> HARD_TANH(5), HARD_TANH("1/3"), leaky_relu("1/4")(-2)
    (Fraction(1, 1), Fraction(1, 3), Fraction(-1, 2))
    """

    name: str
    slope: Fraction
    constant: Fraction
    kinks: tuple[Kink, ...]

    def __post_init__(self) -> None:
        places = [kink.place for kink in self.kinks]
        if not places or places != sorted(set(places)) or not all(kink.change for kink in self.kinks):
            raise InvalidNetwork("an activation needs kinks, in order, at each a change of slope", kinks=self.kinks)

    def __call__(self, t: Any) -> Fraction:
        value = lift(t)
        bent = (change * max(value - place, Fraction(0)) for place, change in self.kinks)
        return self.slope * value + self.constant + sum(bent, Fraction(0))

    @property
    def slopes(self) -> tuple[Fraction, ...]:
        """The slopes from left to right, one more than kinks."""
        found = [self.slope]
        for kink in self.kinks:
            found.append(found[-1] + kink.change)
        return tuple(found)

    @property
    def units(self) -> tuple[tuple[int, Fraction, Fraction], ...]:
        """(sign, place, weight): the activation is `offset` + sum of weight ReLU(sign (t - place)).

        A unit a kink; and where the slope on the left is not 0, one more on the first kink, looking to the left.
        """
        first, *others = self.kinks
        units = [(1, first.place, first.change + self.slope), *((1, place, change) for place, change in others)]
        units += [(-1, first.place, -self.slope)]
        return tuple(unit for unit in units if unit[2])

    @property
    def offset(self) -> Fraction:
        return self.constant + self.slope * self.kinks[0].place


def _activation(name: str, slope: Any, constant: Any, *kinks: tuple[Any, Any]) -> Activation:
    lifted = tuple(Kink(lift(place), lift(change)) for place, change in kinks)
    return Activation(name, lift(slope), lift(constant), lifted)


RELU = _activation("ReLU", 0, 0, (0, 1))
ABSOLUTE_VALUE = _activation("absolute value", -1, 0, (0, 2))
HARD_TANH = _activation("hard tanh", 0, -1, (-1, 1), (1, -1))
RELU6 = _activation("ReLU6", 0, 0, (0, 1), (6, -1))


def leaky_relu(alpha: Any) -> Activation:
    """t for t > 0 and alpha t for t < 0. Raises `InvalidNetwork` for alpha = 1, which is no activation."""
    return _activation(f"leaky ReLU {lift(alpha)}", alpha, 0, (0, 1 - lift(alpha)))


# -- symmetries ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Symmetries:
    """The affine substitutions of t, not constant, that take an activation phi to factor phi + constant.

    With `scaling`, all phi(p + c (t - p)) = c phi(t) + (1 - c) phi(p) for c > 0, p being the kink. With `reflection`,
    (shift, factor, constant), phi(shift - t) = factor phi(t) + constant. Their compositions, and no others.
    """

    scaling: bool
    reflection: tuple[Fraction, Fraction, Fraction] | None

    def __str__(self) -> str:
        told = ["c > 0"] if self.scaling else []
        if self.reflection is not None:
            shift, factor, constant = self.reflection
            told.append(f"phi({shift} - t) = {factor} phi(t) + {constant}")
        return ", ".join(told) or "none"


def find_symmetries(phi: Activation) -> Symmetries:
    """What replaces the scaling of §3.1 where a neuron's activation is phi; for all substitutions c t + s, c not 0.

    phi(c t + s) breaks where c t + s is a kink, so t -> c t + s permutes the kinks. If c > 0 it keeps their order: with
    two kinks or more it is the identity; a single kink p is fixed, s = p (1 - c), and then all slopes are multiplied by
    c. If c < 0 the order of the kinks is reversed; after scaling, c = -1 and s is the first kink plus the last. Then
    slopes are reversed and negated, which has to be a multiple of what they were.

    >>> print(find_symmetries(RELU), find_symmetries(ABSOLUTE_VALUE), find_symmetries(RELU6), sep="; ")
    c > 0; c > 0, phi(0 - t) = 1 phi(t) + 0; phi(6 - t) = -1 phi(t) + 6
    """
    places, slopes = [kink.place for kink in phi.kinks], phi.slopes
    shift = places[0] + places[-1]
    turned = [-slope for slope in reversed(slopes)]
    pivot = next(i for i, slope in enumerate(slopes) if slope)  # there is a kink, so not all slopes are 0
    factor = turned[pivot] / slopes[pivot]
    is_even = [shift - place for place in reversed(places)] == places
    reflection = None
    if is_even and factor and turned == [factor * slope for slope in slopes]:
        reflection = shift, factor, phi(shift) - factor * phi(0)
    return Symmetries(len(places) == 1, reflection)


# -- networks ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ActivatedNetwork:
    """Fully connected layers with the same activation between consecutive ones. The last map is the output layer.

    >>> net = ActivatedNetwork.from_arrays(HARD_TANH, [([[2, 0], [1, 1]], [0, -1]), ([[3, 1]], [1])])
    >>> net((5, 1)), net.unrolled().architecture, net.unrolled()((5, 1)) == net((5, 1))
    ((Fraction(5, 1),), '2-4-1', True)
    """

    activation: Activation
    layers: tuple[AffineMap, ...]

    def __post_init__(self) -> None:
        Network(self.layers)  # raises for shapes that do not chain

    @classmethod
    def from_arrays(cls, activation: Activation, layers: Iterable[tuple[Any, Any]]) -> ActivatedNetwork:
        return cls(activation, Network.from_arrays(layers).layers)

    @property
    def n_in(self) -> int:
        return self.layers[0].n_in

    def __call__(self, point: Iterable[Any]) -> Point:
        """N(x), exactly, from the definition."""
        first, *later = self.layers
        value = first(point)
        for layer in later:
            value = layer([self.activation(z) for z in value])
        return value

    def unrolled(self) -> Network:
        """The ReLU network in which every neuron is replaced by its activation's units, which lie side by side."""
        units = self.activation.units
        hidden = [
            AffineMap.from_fractions([
                (*(sign * w for w in row), sign * (constant - place))
                for row, constant in zip(layer.W, layer.b, strict=True)
                for sign, place, _ in units
            ])
            for layer in self.layers[:-1]
        ]  # fmt: skip
        reads = [_read_units(layer.n_out, self.activation) for layer in self.layers[:-1]]
        first, *others = [*hidden, self.layers[-1]]
        return Network((first, *(layer.after(read) for layer, read in zip(others, reads, strict=True))))


def _read_units(width: int, activation: Activation) -> AffineMap:
    """The activations of a layer, from the ReLUs of its neurons' units."""
    units = activation.units
    zeros = [Fraction(0)] * (width * len(units))
    rows = []
    for i in range(width):
        row = [*zeros, activation.offset]
        row[i * len(units) : (i + 1) * len(units)] = [weight for _, _, weight in units]
        rows.append(row)
    return AffineMap.from_fractions(rows)
