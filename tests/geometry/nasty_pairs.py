"""Pairs of networks that are easily confused: equal but not isomorphic, different but hardly ever seen to be.

Rows 36 to 43 of the list that nasty_networks.py begins, with the answers worked out by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from geometry.nasty_networks import TINY, relu_network

from exactrev.network import Network, Neuron

__all__ = ["NASTY_PAIRS", "NastyPair"]


@dataclass(frozen=True)
class NastyPair:
    """Two networks: where they agree, where they differ, whether permutation and positive scaling relate them."""

    row: int
    name: str
    first: Network
    second: Network
    equal_at: tuple[tuple[Any, ...], ...] = ()
    different_at: tuple[tuple[Any, ...], ...] = ()
    is_permutation_and_scaling: bool = False
    n_regions: tuple[int, int] | None = None
    same_boundary: bool | None = None
    lra_facet: tuple[bool, bool] | None = None
    disjoint: tuple[tuple[Neuron, Neuron], ...] = ()

    def __str__(self) -> str:
        return f"{self.row}_{self.name}"


_BASE_HIDDEN = ([[1, 2, -1], [-1, 1, 2], [3, -1, 1]], [[1, -1, 2, 1], [-2, 1, 1, -1]])
_BASE = relu_network(*_BASE_HIDDEN, output=[[3, -2, 5]])
_GRID = tuple((Fraction(p, 3), Fraction(q, 2)) for p in range(-9, 10, 3) for q in range(-7, 8, 2))
_LINE_GRID = tuple((Fraction(p, 4),) for p in range(-20, 21))

# Theorem 2's hypotheses hold for both choices of the last layer's signs.
_SIGN_LAYER_1 = [[1, 0, 0], [0, 1, 0]]
_SIGN_OUTPUT = [[1, 2, 4, 0]]

# fmt: off
NASTY_PAIRS: tuple[NastyPair, ...] = (
    # z3 = w x+ + (-x-1)+ - 1 with w < 0 is 0 at x = -2 only, and x+ > 0 only where z3 < 0: kinks -2, -1, 0.
    NastyPair(
        36, "inert_weight",
        relu_network([[1, 0], [-1, -1]], [[-1, 1, -1]]), relu_network([[1, 0], [-1, -1]], [[-5, 1, -1]]),
        equal_at=_LINE_GRID, n_regions=(4, 4), same_boundary=True, lra_facet=(False, False),
        disjoint=((Neuron(1, 0), Neuron(2, 0)),),
    ),
    # With w = 1 it is active for x > 1 too.
    NastyPair(
        36, "weight_beyond_the_inert_interval",
        relu_network([[1, 0], [-1, -1]], [[0, 1, -1]]), relu_network([[1, 0], [-1, -1]], [[1, 1, -1]]),
        equal_at=((-5,), (0,), (1,)), different_at=((2,),), n_regions=(4, 5), same_boundary=False,
        disjoint=((Neuron(1, 0), Neuron(2, 0)),),
    ),
    # Layer 1 in the order 3, 1, 2 with factors 2, 3, 1/2; layer 2 in the order 2, 1 with factors 1/5, 7.
    NastyPair(
        38, "permuted_and_scaled", _BASE,
        relu_network(
            [[6, -2, 2], [3, 6, -3], ["-1/2", "1/2", 1]],
            [["1/10", "-2/15", "2/5", "-1/5"], [7, "7/3", -14, 7]],
            output=[[-10, "3/7", 5]],
        ),
        equal_at=_GRID, is_permutation_and_scaling=True, same_boundary=True,
    ),
    # At (0, 0) the first neuron has z = -1: inactive, but active when negated.
    NastyPair(
        39, "negative_scale", _BASE,
        relu_network(
            [[-1, -2, 1], [-1, 1, 2], [3, -1, 1]], [[-1, -1, 2, 1], [2, 1, 1, -1]], output=[[3, -2, 5]]
        ),
        different_at=((0, 0),),
    ),
    # At (0, 0) the last layer has z = (2, 3, -3), the first one is active before and not after.
    NastyPair(
        40, "last_layer_row_negated",
        relu_network(_SIGN_LAYER_1, [[-1, -2, 2], [-2, -1, 3], [2, 2, -3]], output=_SIGN_OUTPUT),
        relu_network(_SIGN_LAYER_1, [[1, 2, -2], [-2, -1, 3], [2, 2, -3]], output=_SIGN_OUTPUT),
        different_at=((0, 0),), same_boundary=True, lra_facet=(True, True),
    ),
    NastyPair(
        41, "extra_dead_neuron",
        relu_network([[1, 2, -1], [-1, 1, 2]], output=[[1, 3, 0]]),
        relu_network([[1, 2, -1], [-1, 1, 2], [0, 0, -1]], output=[[1, 3, 5, 0]]),
        equal_at=_GRID, n_regions=(4, 4), same_boundary=True, lra_facet=(True, True),
    ),
    # Both are x+ on the square: y - 5 and x + y - 7 are negative there. At (0, 10): 5 and 3.
    NastyPair(
        42, "equal_on_the_cube",
        relu_network([[1, 0, 0], [0, 1, -5]]), relu_network([[1, 0, 0], [1, 1, -7]]),
        equal_at=tuple((Fraction(p, 4), Fraction(q, 4)) for p in range(-4, 5) for q in range(-4, 5)),
        different_at=((0, 10),), n_regions=(4, 4), same_boundary=False, lra_facet=(True, True),
    ),
    # A tent on (0, 2^-499), and 0. Tent: 0, x, 2 TINY - x, 0.
    NastyPair(
        43, "different_on_a_sliver",
        relu_network([[1, 0], [1, -TINY], [1, -2 * TINY]], output=[[1, -2, 1, 0]]),
        relu_network([[1, 0], [1, -TINY], [1, -2 * TINY]], output=[[0, 0, 0, 0]]),
        equal_at=_LINE_GRID, different_at=((TINY,),), n_regions=(4, 4), same_boundary=True, lra_facet=(True, False),
    ),
)
# fmt: on
