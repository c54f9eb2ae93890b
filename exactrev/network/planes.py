"""A network on an affine plane: exact slices through a high-dimensional input space.

Knows how to compose a network with u -> origin + sum of u_i times direction i. The slice is a network again, so
whatever can be said of a network can be said of a slice; what holds on a slice need not hold off it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from exactrev.errors import InvalidNetwork
from exactrev.network.affine import AffineMap, lift_vector
from exactrev.network.network import Network

__all__ = ["plane", "restrict"]


def plane(origin: Iterable[Any], directions: Iterable[Iterable[Any]]) -> AffineMap:
    """The map u -> origin + sum of u_i times direction i, from Q^k to Q^n, for k independent directions.

    Raises `InvalidNetwork` if there is no direction, if their lengths differ from the origin's, or if they are
    linearly dependent: they would span less than they claim to.

    >>> plane((1, 0, 0), [(0, 1, 1)])((3,)) == (1, 3, 3)
    True
    """
    start = lift_vector(origin)
    columns = [lift_vector(direction) for direction in directions]
    if not columns:
        raise InvalidNetwork("a plane needs at least one direction", directions=0)
    for i, column in enumerate(columns):
        if len(column) != len(start):
            raise InvalidNetwork(
                "a direction has the wrong number of coordinates", direction=i, found=len(column), expected=len(start)
            )
    embedding = AffineMap.from_fractions(list(zip(*columns, start, strict=True)))
    if embedding.homogeneous().rank() <= len(columns):  # its last row and column add one to the rank
        raise InvalidNetwork("the directions of a plane are linearly dependent", directions=len(columns))
    return embedding


def restrict(net: Network, origin: Iterable[Any], directions: Iterable[Iterable[Any]]) -> Network:
    """The network u -> N(origin + sum of u_i times direction i), with as many inputs as there are directions.

    The hidden neurons are those of `net`, in the same order: z[k,i] of the slice is z[k,i] on the plane.

    >>> net = Network.from_arrays([([[1, 2, 3]], [4]), ([[1]], [0])])
    >>> restrict(net, (0, 0, 1), [(1, 0, 0), (0, 1, 1)]).layers[0] == AffineMap.from_arrays([[1, 5]], [7])
    True
    """
    embedding = plane(origin, directions)
    if embedding.n_out != net.n_in:
        raise InvalidNetwork(
            "a plane lies in another space than the inputs", found=embedding.n_out, expected=net.n_in
        )
    return Network((net.layers[0].after(embedding), *net.layers[1:]))
