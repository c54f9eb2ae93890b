"""Convolutions and pooling as affine maps, and filters found in rows."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from random import Random

import numpy as np
import pytest

from exactrev.errors import InvalidNetwork
from exactrev.network import AffineMap, Network, he_network, is_isomorphic
from exactrev.network.convolutions import (
    Image,
    arrange_by_filters,
    average_pooling,
    convolution,
    find_filters,
    max_pooling,
)
from exactrev.network.isomorphisms import Isomorphism

IMAGE = Image(2, 4, 5)


def pixels(image: Image, seed: int) -> list[int]:
    random = Random(seed)
    return [random.randint(-9, 9) for _ in range(image.size)]


@pytest.mark.parametrize("stride", [1, 2])
def test_a_convolution_is_a_sum_over_windows(stride: int) -> None:
    kernels = np.random.default_rng(1).integers(-5, 5, (3, 2, 2, 3))
    layer = convolution(IMAGE, kernels.tolist(), [1, 2, 3], stride)
    x = np.array(pixels(IMAGE, 2)).reshape(IMAGE)
    expected = [
        int((kernels[f] * x[:, top : top + 2, left : left + 3]).sum()) + f + 1
        for f in range(3)
        for top, left in product(range(0, 3, stride), range(0, 3, stride))
    ]
    assert list(layer(x.ravel().tolist())) == expected


def test_average_pooling_takes_means() -> None:
    image = Image(2, 4, 4)
    x = np.array(pixels(image, 3)).reshape(image)
    expected = [Fraction(int(x[c, y : y + 2, z : z + 2].sum()), 4) for c in range(2) for y in (0, 2) for z in (0, 2)]
    assert list(average_pooling(image, 2)(x.ravel().tolist())) == expected


@pytest.mark.parametrize(("image", "size"), [(Image(2, 4, 4), 2), (Image(1, 3, 3), 3), (Image(1, 2, 3), 1)])
def test_max_pooling_takes_maxima_of_activations(image: Image, size: int) -> None:
    rounds, last = max_pooling(image, size)
    for seed in range(20):
        x = [abs(t) for t in pixels(image, seed)]
        a: tuple[Fraction, ...] = tuple(map(Fraction, x))
        for each in rounds:
            a = tuple(max(z, Fraction(0)) for z in each(a))
        windows = [
            max(x[image.index(c, y + dy, z + dz)] for dy in range(size) for dz in range(size))
            for c in range(image.channels)
            for y in range(0, image.height - size + 1, size)
            for z in range(0, image.width - size + 1, size)
        ]
        assert list(last(a)) == windows


def test_filters_are_found_in_any_order_and_scale() -> None:
    layer = convolution(IMAGE, [[[[1, 2]], [[-3, 1]]], [[[2, 2]], [[1, -1]]]], ["1/2", 3])
    net = Network((layer, *he_network((layer.n_out, 1), 0).layers))
    random = Random(4)
    order = tuple(random.sample(range(layer.n_out), layer.n_out))
    scales = tuple(Fraction(random.randint(1, 9), random.randint(1, 9)) for _ in order)
    mixed = Isomorphism((order,), (scales,))(net)
    found = {f.weights: f for f in find_filters(mixed.layers[0], IMAGE)}
    assert len(found) == 2
    for f in find_filters(layer, IMAGE):
        assert (found[f.weights].bias, found[f.weights].places) == (f.bias, f.places)
        assert [order[row] for row in found[f.weights].rows] == list(f.rows)
        assert f.is_shared
        assert f.places == tuple(product(range(4), range(4)))
    arranged = arrange_by_filters(mixed, IMAGE)
    assert is_isomorphic(arranged, net)
    assert [f.rows for f in find_filters(arranged.layers[0], IMAGE)] == [tuple(range(16)), tuple(range(16, 32))]


def test_rows_with_another_bias_or_sign_are_other_filters() -> None:
    image = Image(1, 1, 3)
    layer = AffineMap.from_arrays([[1, 2, 0], [0, 1, 2], [0, -1, -2], [0, 1, 2], [0, 0, 0]], [1, 1, -1, 2, 1])
    assert sorted(f.rows for f in find_filters(layer, image)) == [(0, 1), (2,), (3,), (4,)]


def test_shapes_that_do_not_fit_are_refused() -> None:
    image = Image(1, 2, 2)
    for kernels, biases in (([], []), ([[[[1]]]], [1, 2]), ([[[[1]], [[1]]]], [1])):
        with pytest.raises(InvalidNetwork, match="filters do not fit"):
            convolution(image, kernels, biases)
    with pytest.raises(InvalidNetwork, match="differ in shape"):
        convolution(image, [[[[1]]], [[[1, 2]]]], [1, 2])
    for kernel in ([[[1, 2, 3]]], [[[]]]):
        with pytest.raises(InvalidNetwork, match="no window"):
            convolution(image, [kernel], [1])
    with pytest.raises(InvalidNetwork, match="no window"):
        average_pooling(image, 3)
    with pytest.raises(InvalidNetwork, match="another number of inputs"):
        find_filters(AffineMap.from_arrays([[1]], [0]), image)
