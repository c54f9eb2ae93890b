"""Convolutions and pooling as affine maps, and layers that share weights told from their rows (§5.3).

Knows images as vectors: channel by channel, row by row. A convolution has a neuron for each filter and place, all of
which have the same weights; a recovery knows nothing of that, and finds rows up to order and positive factors. Which of
them are one filter at several places is decided here, afterwards, exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any, NamedTuple

from exactrev.errors import InvalidNetwork
from exactrev.network.affine import AffineMap, lift_vector
from exactrev.network.isomorphisms import Isomorphism
from exactrev.network.network import Network

__all__ = ["Filter", "Image", "arrange_by_filters", "average_pooling", "convolution", "find_filters", "max_pooling"]


class Image(NamedTuple):
    """The shape of an image: channels, height, width."""

    channels: int
    height: int
    width: int

    @property
    def size(self) -> int:
        return self.channels * self.height * self.width

    def index(self, channel: int, y: int, x: int) -> int:  # type: ignore[override]  # shadows tuple.index
        return (channel * self.height + y) * self.width + x

    def place(self, index: int) -> tuple[int, int, int]:
        channel, rest = divmod(index, self.height * self.width)
        return channel, *divmod(rest, self.width)

    def windows(self, height: int, width: int, stride: int) -> Iterator[tuple[int, int]]:
        """Where windows of this size begin, row by row. `InvalidNetwork` if none fits."""
        if not (1 <= height <= self.height and 1 <= width <= self.width and stride >= 1):
            raise InvalidNetwork("no window of this size fits", image=self, height=height, width=width, stride=stride)
        return product(range(0, self.height - height + 1, stride), range(0, self.width - width + 1, stride))


def convolution(image: Image, kernels: Sequence[Any], biases: Iterable[Any], stride: int = 1) -> AffineMap:
    """The affine map of a convolution without padding (a correlation, as in PyTorch); a row for each filter and place.

    `kernels[f][channel][y][x]` are rationals, filters all of one shape; there is one bias for each filter. Rows come
    filter by filter, within each by place. Raises `InvalidNetwork` for shapes that do not fit.

    >>> convolution(Image(1, 1, 4), [[[[1, -1]]]], [5]).W[1] == (0, 1, -1, 0)
    True
    """
    constants = lift_vector(biases)
    filters = [[[lift_vector(line) for line in channel] for channel in kernel] for kernel in kernels]
    if not filters or len(filters) != len(constants) or any(len(kernel) != image.channels for kernel in filters):
        raise InvalidNetwork("filters do not fit", filters=len(filters), biases=len(constants), image=image)
    height, width = len(filters[0][0]), len(filters[0][0][0]) if filters[0][0] else 0
    if any(len(channel) != height or any(len(r) != width for r in channel) for kernel in filters for channel in kernel):
        raise InvalidNetwork("the filters differ in shape", height=height, width=width)
    rows = []
    for kernel, constant in zip(filters, constants, strict=True):
        for top, left in image.windows(height, width, stride):
            row = [Fraction(0)] * image.size + [constant]
            for channel, y, x in product(range(image.channels), range(height), range(width)):
                row[image.index(channel, top + y, left + x)] = kernel[channel][y][x]
            rows.append(row)
    return AffineMap.from_fractions(rows)


def average_pooling(image: Image, size: int) -> AffineMap:
    """The means over squares side by side, channel by channel: an affine map, which adds no boundary."""
    rows = []
    for channel in range(image.channels):
        for top, left in image.windows(size, size, size):
            row = [Fraction(0)] * (image.size + 1)
            for y, x in product(range(size), range(size)):
                row[image.index(channel, top + y, left + x)] = Fraction(1, size * size)
            rows.append(row)
    return AffineMap.from_fractions(rows)


def max_pooling(image: Image, size: int) -> tuple[list[AffineMap], AffineMap]:
    """The maxima over squares side by side, of activations >= 0: maps with ReLU after each, and one map at the end.

    max(a, b) = ReLU(a - b) + ReLU(b) for b >= 0, in a knock-out tournament; who has no partner goes on as it is.

    >>> rounds, last = max_pooling(Image(1, 2, 2), 2)
    >>> a = (3, 9, 4, 0)
    >>> for each in rounds:
    ...     a = tuple(max(0, z) for z in each(a))
    >>> last(a)
    (Fraction(9, 1),)
    """
    groups = []
    for channel in range(image.channels):
        for top, left in image.windows(size, size, size):
            groups.append([image.index(channel, top + y, left + x) for y, x in product(range(size), range(size))])
    zeros = [Fraction(0)] * (image.size + 1)
    forms = [[_plus(zeros, {index: 1}) for index in group] for group in groups]
    rounds = []
    while any(len(group) > 1 for group in forms):
        rows: list[list[Fraction]] = []
        sums: list[list[tuple[int, ...]]] = []  # the units whose sum is a winner
        for group in forms:
            winners: list[tuple[int, ...]] = []
            for a, b in zip(group[::2], group[1::2], strict=False):
                winners.append((len(rows), len(rows) + 1))
                rows += [[s - t for s, t in zip(a, b, strict=True)], b]
            if len(group) % 2:
                winners.append((len(rows),))
                rows.append(group[-1])
            sums.append(winners)
        rounds.append(AffineMap.from_fractions(rows))
        zeros = [Fraction(0)] * (len(rows) + 1)
        forms = [[_plus(zeros, dict.fromkeys(units, 1)) for units in winners] for winners in sums]
    return rounds, AffineMap.from_fractions([form for group in forms for form in group])


def _plus(zeros: Sequence[Fraction], entries: dict[int, int]) -> list[Fraction]:
    row = list(zeros)
    for index, entry in entries.items():
        row[index] += entry
    return row


@dataclass(frozen=True, slots=True)
class Filter:
    """Rows that are the same weights at several places.

    `weights` has an entry (channel, y, x, weight) for every weight that is not 0, y and x counted from the topmost and
    leftmost of them; they and the bias are scaled so that the first is 1 or -1. `places` tells where that corner lies,
    and `rows` which rows these are.
    """

    weights: tuple[tuple[int, int, int, Fraction], ...]
    bias: Fraction
    places: tuple[tuple[int, int], ...]
    rows: tuple[int, ...]

    @property
    def is_shared(self) -> bool:
        """Is it at more than one place?"""
        return len(self.rows) > 1


def find_filters(layer: AffineMap, image: Image) -> list[Filter]:
    """The rows gathered by their weights, up to where they stand and up to a positive factor; exact, all of them.

    A filter whose border has zeros is found with the border left out. Raises `InvalidNetwork` if the layer does not
    read such an image.

    >>> found = find_filters(convolution(Image(1, 1, 4), [[[[2, -1]]]], [4]), Image(1, 1, 4))
    >>> [(filter.places, filter.bias) for filter in found]
    [(((0, 0), (0, 1), (0, 2)), Fraction(2, 1))]
    """
    if layer.n_in != image.size:
        raise InvalidNetwork("the layer reads another number of inputs", found=layer.n_in, expected=image.size)
    groups: dict[tuple[tuple[tuple[int, int, int, Fraction], ...], Fraction], list[tuple[tuple[int, int], int]]] = {}
    for number, (row, bias) in enumerate(zip(layer.W, layer.b, strict=True)):
        entries = [(*image.place(index), weight) for index, weight in enumerate(row) if weight]
        factor = abs(entries[0][3]) if entries else Fraction(1)
        top = min((y for _, y, _, _ in entries), default=0)
        left = min((x for _, _, x, _ in entries), default=0)
        weights = tuple((channel, y - top, x - left, weight / factor) for channel, y, x, weight in entries)
        groups.setdefault((weights, bias / factor), []).append(((top, left), number))
    return [
        Filter(weights, bias, tuple(place for place, _ in sorted(members)), tuple(row for _, row in sorted(members)))
        for (weights, bias), members in groups.items()
    ]


def arrange_by_filters(net: Network, image: Image) -> Network:
    """An isomorphic network whose first layer comes filter by filter, within each by place, with one scale a filter.

    Then the second layer reads an image with a channel for each filter, if all of them stand at the same places.
    """
    order, scales = [], []
    for filter in find_filters(net.layers[0], image):
        for row in filter.rows:
            order.append(row)
            scales.append(1 / abs(next((w for w in net.layers[0].W[row] if w), Fraction(1))))
    rest = net.hidden_widths[1:]
    turn = Isomorphism(
        (tuple(order), *(tuple(range(width)) for width in rest)),
        (tuple(scales), *((Fraction(1),) * width for width in rest)),
    )
    return turn(net)
