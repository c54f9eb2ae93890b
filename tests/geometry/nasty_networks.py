"""Networks that break naive tools, each with answers worked out by hand; the comment above each says how.

A row number may occur several times: the variants of one idea. `None` and absent entries are not stated. Every stated
answer is also confirmed by the oracles, in tests/oracles. N is the sum of the last activations unless an output layer
is given. In the comments x, y, w are inputs, a1, a2, ... the activations of layer 1, and f+ is ReLU(f).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from exactrev.network import Network, Neuron

__all__ = ["MALFORMED", "NASTY_NETWORKS", "TINY", "BoundaryFacts", "NastyNetwork", "relu_network"]

Row = Sequence[Any]


@dataclass(frozen=True)
class BoundaryFacts:
    """What is known of one boundary as a point set; Betti numbers over GF(2), up to the last that is not 0."""

    is_empty: bool = False
    has_interior: bool = False
    is_bounded: bool | None = None
    n_components: int | None = None
    betti: tuple[int, ...] | None = None
    n_pieces: int | None = None
    n_bends: int | None = None


@dataclass(frozen=True)
class NastyNetwork:
    """A network and the right answers. `meeting` says of pairs of neurons whether their boundaries share a point."""

    row: int
    name: str
    network: Network
    n_regions: int
    n_thick: int = 0
    lra_facet: bool | None = None
    lra_touching: bool | None = None
    facet_classes: frozenset[frozenset[Neuron]] | None = None
    boundaries: Mapping[Neuron, BoundaryFacts] = field(default_factory=dict)
    meeting: Mapping[tuple[Neuron, Neuron], bool] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.row}_{self.name}"


def relu_network(*hidden: Sequence[Row], output: Sequence[Row] | None = None) -> Network:
    """Each layer as rows (w_1, ..., w_k, b). Without an output layer: the sum of the last activations."""
    rows = [*hidden, output if output is not None else [[*[1] * len(hidden[-1]), 0]]]
    return Network.from_arrays([([row[:-1] for row in layer], [row[-1] for row in layer]) for layer in rows])


def _z(layer: int, index: int) -> Neuron:
    return Neuron(layer, index)


def _classes(*classes: Sequence[Neuron]) -> frozenset[frozenset[Neuron]]:
    return frozenset(frozenset(neurons) for neurons in classes)


TINY = Fraction(1, 2**500)
HUGE = 10**300
POINT = BoundaryFacts(is_bounded=True, n_components=1, betti=(1,))
EMPTY = BoundaryFacts(is_empty=True, n_components=0, betti=(), n_pieces=0)
LINE = BoundaryFacts(is_bounded=False, n_components=1, betti=(1,))
THICK = BoundaryFacts(has_interior=True)

# |x|, |y| and |w| as x+ + (-x)+.
PLUS_MINUS_XY = [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0]]

# g(x) = |x| - 2(|x| - 2)+ rises from 0 to 2 at |x| = 2 and falls from there; likewise in y.
TORUS = relu_network(
    [
        [1, 0, 0, 0], [-1, 0, 0, 0], [1, 0, 0, -2], [-1, 0, 0, -2],
        [0, 1, 0, 0], [0, -1, 0, 0], [0, 1, 0, -2], [0, -1, 0, -2],
        [0, 0, 1, 0], [0, 0, -1, 0],
    ],
    [[1, 1, -2, -2, 1, 1, -2, -2, -1, -1, -1]],
)  # fmt: skip

# fmt: off
NASTY_NETWORKS: tuple[NastyNetwork, ...] = (
    # No hidden layer: no boundary at all.
    NastyNetwork(1, "affine", relu_network(output=[[2, 3, 1]]), 1, lra_facet=True, lra_touching=True),
    # z1 = x cuts the line in two; z2 = -1 is nowhere 0.
    NastyNetwork(
        2, "zero_weights_negative_bias", relu_network([[1, 0], [0, -1]]), 2, lra_facet=True, lra_touching=True,
        facet_classes=_classes([_z(1, 0)]), boundaries={_z(1, 0): POINT, _z(1, 1): EMPTY},
        meeting={(_z(1, 0), _z(1, 1)): False},
    ),
    NastyNetwork(
        3, "zero_weights_positive_bias", relu_network([[1, 0], [0, 1]]), 2, lra_facet=True, lra_touching=True,
        facet_classes=_classes([_z(1, 0)]), boundaries={_z(1, 0): POINT, _z(1, 1): EMPTY},
    ),
    # z2 = 0 everywhere: B is all of R, both half-lines are thick. z2 vanishes on both sides of x = 0.
    NastyNetwork(
        4, "zero_weights_zero_bias", relu_network([[1, 0], [0, 0]]), 0, 2,
        facet_classes=_classes([_z(1, 0)]), boundaries={_z(1, 0): POINT, _z(1, 1): THICK},
    ),
    NastyNetwork(
        5, "duplicate", relu_network([[1, 0], [1, 0]]), 2, lra_facet=True, lra_touching=True,
        facet_classes=_classes([_z(1, 0), _z(1, 1)]), meeting={(_z(1, 0), _z(1, 1)): True},
    ),
    # N = |x|, and x+ - (-x)+ = x, which is one affine map on both regions.
    NastyNetwork(
        6, "negated_duplicate", relu_network([[1, 0], [-1, 0]]), 2, lra_facet=True, lra_touching=True,
        facet_classes=_classes([_z(1, 0), _z(1, 1)]),
    ),
    NastyNetwork(
        6, "negated_duplicate_with_identity_output", relu_network([[1, 0], [-1, 0]], output=[[1, -1, 0]]), 2,
        lra_facet=False, lra_touching=False,
    ),
    NastyNetwork(
        7, "duplicate_up_to_scale", relu_network([[1, 2, -1], ["7/3", "14/3", "-7/3"]]), 2,
        lra_facet=True, lra_touching=True, facet_classes=_classes([_z(1, 0), _z(1, 1)]),
    ),
    NastyNetwork(
        8, "parallel", relu_network([[1, 2, 0], [1, 2, -1]]), 3, lra_facet=True, lra_touching=True,
        facet_classes=_classes([_z(1, 0)], [_z(1, 1)]), boundaries={_z(1, 0): LINE, _z(1, 1): LINE},
        meeting={(_z(1, 0), _z(1, 1)): False},
    ),
    # z3 = x+ - (-x)+ = x.
    NastyNetwork(
        9, "layer_1_hyperplane_repeated_in_layer_2", relu_network([[1, 0], [-1, 0]], [[1, -1, 0]]), 2,
        lra_facet=True, lra_touching=True, facet_classes=_classes([_z(1, 0), _z(1, 1), _z(2, 0)]),
        boundaries={_z(2, 0): BoundaryFacts(is_bounded=True, n_components=1, n_pieces=1, n_bends=0)},
        meeting={(_z(1, 0), _z(2, 0)): True},
    ),
    # Three lines through 0 make 6 sectors; in general position they make 7. Each region's map is the sum of the active
    # forms among x, y, x+y (-1): different sets of these have different sums, but for {x, y} and {x+y}, and of those
    # two sets the second is not a pattern.
    NastyNetwork(
        10, "three_lines_through_a_point", relu_network([[1, 0, 0], [0, 1, 0], [1, 1, 0]]), 6,
        lra_facet=True, lra_touching=True,
        meeting={(_z(1, 0), _z(1, 1)): True, (_z(1, 0), _z(1, 2)): True, (_z(1, 1), _z(1, 2)): True},
    ),
    NastyNetwork(
        10, "three_lines_in_general_position", relu_network([[1, 0, 0], [0, 1, 0], [1, 1, -1]]), 7,
        lra_facet=True, lra_touching=True,
        meeting={(_z(1, 0), _z(1, 1)): True, (_z(1, 0), _z(1, 2)): True, (_z(1, 1), _z(1, 2)): True},
    ),
    # A grid of 3 by 3; the map is f(x) + f(y) with f one of 0, x, 2x - 1.
    NastyNetwork(
        11, "two_pairs_of_parallels", relu_network([[1, 0, 0], [1, 0, -1], [0, 1, 0], [0, 1, -1]]), 9,
        lra_facet=True, lra_touching=True,
        meeting={(_z(1, 0), _z(1, 1)): False, (_z(1, 2), _z(1, 3)): False, (_z(1, 0), _z(1, 2)): True},
    ),
    # A central arrangement of 4 generic planes in R^3 has 2 (C(3,0) + C(3,1) + C(3,2)) = 14 regions.
    NastyNetwork(
        12, "four_planes_through_0", relu_network([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [1, 1, 1, 0]]), 14,
        lra_facet=True, lra_touching=True,
    ),
    # z2 = x+ vanishes identically for x < 0. On the facet x = 0 both vanish, and neither on both sides.
    NastyNetwork(
        13, "relu_without_bias_in_layer_2", relu_network([[1, 0]], [[1, 0]]), 1, 1,
        facet_classes=_classes([_z(1, 0), _z(2, 0)]), boundaries={_z(2, 0): THICK},
    ),
    NastyNetwork(
        14, "dead_layer", relu_network([[1, 0]], [[-1, -1]]), 2, lra_facet=False, lra_touching=False,
        boundaries={_z(2, 0): EMPTY},
    ),
    # z3 = x+ + y+ - 1 is -1 in the quadrant x, y < 0 and cuts the three others: 4 + 3. B_z3 is x = 1 (y < 0),
    # x + y = 1, y = 1 (x < 0): three pieces, two bends. N = 0 in four regions that share facets.
    NastyNetwork(
        15, "layer_dead_in_part_of_the_plane", relu_network([[1, 0, 0], [0, 1, 0]], [[1, 1, -1]]), 7,
        lra_facet=False, lra_touching=False,
        boundaries={
            _z(2, 0): BoundaryFacts(is_bounded=False, n_components=1, betti=(1,), n_pieces=3, n_bends=2),
            _z(1, 0): BoundaryFacts(is_bounded=False, n_components=1, betti=(1,), n_pieces=3, n_bends=0),
        },
    ),
    NastyNetwork(
        16, "zero_output_two_regions", relu_network([[1, 0]], output=[[0, 3]]), 2, lra_facet=False, lra_touching=False
    ),
    NastyNetwork(
        16, "zero_output_one_region", relu_network([[0, 1]], output=[[0, 3]]), 1, lra_facet=True, lra_touching=True
    ),
    NastyNetwork(
        17, "outputs_cancel", relu_network([[1, 0], [1, 0]], output=[[1, -1, 0]]), 2,
        lra_facet=False, lra_touching=False,
    ),
    # z3 = |x| - 1: zeros at -1 and 1, kink at 0. N = 0 on both sides of the kink.
    NastyNetwork(
        18, "bounded_boundary_of_two_points", relu_network([[1, 0], [-1, 0]], [[1, 1, -1]]), 4,
        lra_facet=False, lra_touching=False,
        facet_classes=_classes([_z(1, 0), _z(1, 1)], [_z(2, 0)]),
        boundaries={_z(2, 0): BoundaryFacts(is_bounded=True, n_components=2, betti=(2,), n_pieces=2)},
        meeting={(_z(1, 0), _z(2, 0)): False},
    ),
    # z3 = |x| >= 0 touches 0 without switching.
    NastyNetwork(
        19, "touching_0_from_above", relu_network([[1, 0], [-1, 0]], [[1, 1, 0]]), 2,
        lra_facet=True, lra_touching=True, facet_classes=_classes([_z(1, 0), _z(1, 1), _z(2, 0)]),
        boundaries={_z(2, 0): POINT}, meeting={(_z(1, 0), _z(2, 0)): True},
    ),
    NastyNetwork(
        20, "touching_0_from_below", relu_network([[1, 0], [-1, 0]], [[-1, -1, 0]]), 2,
        lra_facet=False, lra_touching=False, facet_classes=_classes([_z(1, 0), _z(1, 1), _z(2, 0)]),
        boundaries={_z(2, 0): POINT},
    ),
    # In R^2 the same with |x| + |y|: four quadrants, and a boundary that is one point and contains no facet.
    NastyNetwork(
        20, "boundary_of_one_point_in_the_plane", relu_network(PLUS_MINUS_XY, [[1, 1, 1, 1, 0]]), 4,
        lra_facet=True, lra_touching=True,
        boundaries={_z(2, 0): BoundaryFacts(is_bounded=True, n_components=1, betti=(1,), n_pieces=0)},
        meeting={(_z(1, 0), _z(2, 0)): True},
    ),
    # |x| + |y| = 1 cuts each quadrant in two. N = 0 in all four parts inside.
    NastyNetwork(
        21, "diamond", relu_network(PLUS_MINUS_XY, [[1, 1, 1, 1, -1]]), 8, lra_facet=False, lra_touching=False,
        boundaries={_z(2, 0): BoundaryFacts(is_bounded=True, n_components=1, betti=(1, 1), n_pieces=4)},
    ),
    # z = 1 - ||x| - 3| - |y| with ||x| - 3| = (-x)+ - x+ - 3 + 2(x+3)+ - 2x+ + 2(x-3)+, of slopes -1, 1, -1, 1.
    # Layer 1 cuts at x = -3, 0, 3 and y = 0: 8 cells, each cut in two by one of the 8 edges of the two diamonds
    # around (-3, 0) and (3, 0). The line x = 0 separates them. N = 0 outside.
    NastyNetwork(
        22, "two_far_bumps",
        relu_network(
            [[1, 0, 3], [1, 0, 0], [1, 0, -3], [-1, 0, 0], [0, 1, 0], [0, -1, 0]], [[-2, 3, -2, -1, -1, -1, 4]]
        ),
        16, lra_facet=False, lra_touching=False,
        boundaries={_z(2, 0): BoundaryFacts(is_bounded=True, n_components=2, betti=(2, 2), n_pieces=8)},
        meeting={(_z(1, 1), _z(2, 0)): False, (_z(1, 0), _z(2, 0)): True},
    ),
    # z = g(x) + g(y) - |w| - 1. Layer 1 cuts x at -2, 0, 2, y likewise, w at 0: 4 * 4 * 2 = 32 boxes. In each of them
    # g(x) + g(y) takes all values in (0, 4) or more, so z has both signs there: 64 regions, 32 pieces.
    NastyNetwork(
        23, "torus", TORUS, 64, lra_facet=False, lra_touching=False,
        boundaries={_z(2, 0): BoundaryFacts(is_bounded=True, n_components=1, betti=(1, 2, 1), n_pieces=32)},
    ),
    # z3 = 1 - x+ - (1/2 - x)+ is x + 1/2, 1/2, 1 - x: N is 0, x + 1/2, 1/2, 1 - x, 0 between the kinks -1/2, 0, 1/2, 1.
    NastyNetwork(
        24, "plateau", relu_network([[1, 0], [-1, "1/2"]], [[-1, -1, 1]]), 5, lra_facet=True, lra_touching=True,
        boundaries={_z(2, 0): BoundaryFacts(is_bounded=True, n_components=2)},
    ),
    # x < 0: z1 = x, and z2 = ... = z6 = 0 identically.
    NastyNetwork(
        25, "width_1_depth_6_without_biases", relu_network(*[[[1, 0]]] * 6), 1, 1,
        facet_classes=_classes([_z(k, 0) for k in range(1, 7)]),
    ),
    # z1 = x - 1, then 1 - a, a - 1, ... x < 1: 0, 1, 0, 1, 0 for a1, z2, z3, z4, z5: z3 and z5 vanish.
    # 1 < x < 2: z2 = 2 - x, z3 = 1 - x < 0, z4 = 1, z5 = 0. x > 2: z2 < 0, z3 = -1, z4 = 1, z5 = 0.
    NastyNetwork(
        26, "width_1_depth_6_alternating", relu_network(*[[[1, -1]], [[-1, 1]]] * 3), 0, 3,
        boundaries={_z(2, 0): POINT, _z(3, 0): THICK, _z(5, 0): THICK},
    ),
    # T(x) = (2x)+ - (4x - 2)+ is 0, 2x, 2 - 2x with kinks at 0 and 1/2; T = 1/3 at 1/6, 5/6; T = 2/3 at 1/3, 2/3;
    # T = -1/3 at 7/6: seven kinks, eight regions. N has slopes 0, 2, 4, 6, -6, -4, -2, 0, and 0 follows only -2.
    NastyNetwork(
        27, "many_kinks_on_a_line",
        relu_network([[2, 0], [4, -2]], [[1, -1, "-1/3"], [1, -1, "-2/3"], [1, -1, "1/3"]]), 8,
        lra_facet=True, lra_touching=True,
    ),
    # B_z2 = {x+ = 1} is the whole line x = 1. N is 1, 1 - x, 0.
    NastyNetwork(
        28, "deeper_boundary_is_a_hyperplane", relu_network([[1, 0, 0]], [[-1, 1]]), 3,
        lra_facet=True, lra_touching=True,
        boundaries={_z(2, 0): BoundaryFacts(is_bounded=False, n_components=1, betti=(1,), n_pieces=1, n_bends=0)},
        meeting={(_z(1, 0), _z(2, 0)): False},
    ),
    # z2 = x+ - 10^300. N = 0 on both sides of 0.
    NastyNetwork(
        30, "boundary_near_infinity", relu_network([[1, 0]], [[1, -HUGE]]), 3, lra_facet=False, lra_touching=False,
        boundaries={_z(2, 0): POINT},
    ),
    # As 28 with x instead of 10^300 x: kinks at 0 and 1.
    NastyNetwork(
        31, "huge_and_tiny_weights", relu_network([[HUGE, 0]], [[Fraction(-1, HUGE), 1]]), 3,
        lra_facet=True, lra_touching=True,
    ),
    NastyNetwork(
        32, "almost_parallel", relu_network([[1, 1, 0], [1, 1 + Fraction(1, 2**200), 0]]), 4,
        lra_facet=True, lra_touching=True, meeting={(_z(1, 0), _z(1, 1)): True},
    ),
    NastyNetwork(
        33, "sliver", relu_network([[1, 0], [1, -TINY]]), 3, lra_facet=True, lra_touching=True,
        meeting={(_z(1, 0), _z(1, 1)): False},
    ),
    # x, y, -x-y make 6 sectors at 0, (-,-,-) is none of them. z4 = x+ + y+ - (-x-y)+ is x+y, x, 2x+y, x+y, x+2y, y
    # in turn: it changes sign inside the third and the fifth, and passes through the triple point 0.
    NastyNetwork(
        34, "layer_2_through_a_triple_point", relu_network([[1, 0, 0], [0, 1, 0], [-1, -1, 0]], [[1, 1, -1, 0]]), 8,
        lra_facet=False, lra_touching=False,
        boundaries={_z(2, 0): BoundaryFacts(is_bounded=False, n_components=1, betti=(1,), n_pieces=2)},
        meeting={(_z(1, k), _z(2, 0)): True for k in range(3)},
    ),
    # z4 = x+ - (-x)+ + y+ is x for y < 0: there it shares its boundary with z1 and z2. For y > 0 it is x + y, which
    # cuts the quadrant x < 0: 2 + 3 regions. N = 0 in the two regions next to the half-line y = 0, x < 0.
    NastyNetwork(
        35, "overlap_on_a_half_line", relu_network([[1, 0, 0], [-1, 0, 0], [0, 1, 0]], [[1, -1, 1, 0]]), 5,
        lra_facet=False, lra_touching=False,
        facet_classes=_classes([_z(1, 0), _z(1, 1), _z(2, 0)], [_z(1, 0), _z(1, 1)], [_z(1, 2)], [_z(2, 0)]),
        boundaries={_z(2, 0): BoundaryFacts(is_bounded=False, n_components=1, betti=(1,), n_pieces=2)},
        meeting={(_z(1, 0), _z(2, 0)): True},
    ),
    # z3 = |x| - 1 is 0 at -1 and 1, z1 = x at 0; at -2, -1/2, 1/2, 2 the signs are -+, --, +-, ++.
    NastyNetwork(
        37, "disjoint_with_all_sign_pairs_on_a_line", relu_network([[1, 0], [-1, 0]], [[1, 1, -1]]), 4,
        meeting={(_z(1, 0), _z(2, 0)): False},
    ),
    # x, y-x, y make 6 sectors. z' = x+ + (y-x)+ - 2y+ - 1 is -y-1 (0 < x < y, negative), x-2y-1 (0 < y < x, cut),
    # x-1 (y < 0 < x, cut), -1 (y < x < 0), y-x-1 (x < y < 0, cut), -x-y-1 (x < 0 < y, cut): 10. On x = 0 it is
    # negative; the two pieces on either side are joined at (1, 0) and (-1, 0).
    NastyNetwork(
        37, "disjoint_with_all_sign_pairs_in_the_plane",
        relu_network([[1, 0, 0], [-1, 1, 0], [0, 1, 0]], [[1, 1, -2, -1]]), 10, lra_facet=False, lra_touching=False,
        boundaries={_z(2, 0): BoundaryFacts(is_bounded=False, n_components=2, betti=(2,), n_pieces=4)},
        meeting={(_z(1, 0), _z(2, 0)): False, (_z(1, 2), _z(2, 0)): True},
    ),
    # y-x, y+x, y: three lines through 0. (y-x)+ + (y+x)+ - 2y+ is 0 in the sectors |x| < y and |x| < -y, which touch
    # at 0 only, and ±x ± y in the others.
    NastyNetwork(
        44, "readings_of_the_assumption_differ",
        relu_network([[-1, 1, 0], [1, 1, 0], [0, 1, 0]], output=[[1, 1, -2, 0]]), 6,
        lra_facet=True, lra_touching=False,
    ),
    NastyNetwork(
        45, "all_zero", relu_network([[0, 0, 0], [0, 0, 0]], output=[[0, 0, 0]]), 0, 1,
        boundaries={_z(1, 0): THICK, _z(1, 1): THICK}, meeting={(_z(1, 0), _z(1, 1)): True},
    ),
    NastyNetwork(46, "constant", relu_network(output=[[0, 0, 5]]), 1, lra_facet=True, lra_touching=True),
    NastyNetwork(
        47, "fourteen_constant_neurons", relu_network([[0, 1]] * 14), 1, lra_facet=True, lra_touching=True,
        boundaries={_z(1, 13): EMPTY},
    ),
    # x = 100, y = 100; then x+ - 100 shifted once more: x = 200, y = 200. A grid of 3 by 3, no bend anywhere, so
    # which lines are of layer 2 cannot be seen. N = 0 for x, y < 200.
    NastyNetwork(
        48, "equal_layers_with_negative_bias", relu_network(*[[[1, 0, -100], [0, 1, -100]]] * 2), 9,
        lra_facet=False, lra_touching=False,
        boundaries={
            _z(k, i): BoundaryFacts(is_bounded=False, n_components=1, betti=(1,), n_pieces=3, n_bends=0)
            for k in (1, 2)
            for i in (0, 1)
        },
    ),
    # The second layer is at least 100 everywhere.
    NastyNetwork(
        48, "equal_layers_with_positive_bias", relu_network(*[[[1, 0, 100], [0, 1, 100]]] * 2), 4,
        lra_facet=True, lra_touching=True, boundaries={_z(2, 0): EMPTY, _z(2, 1): EMPTY},
    ),
    # Layer 2 has (x+100)+ + (y+100)+ - 200: the line x + y = 0 until it meets x = -100 at y = 100 and y = -100.
    # It cuts the quadrants x, y > -100; x < -100 < y; y < -100 < x: 4 + 3.
    NastyNetwork(
        48, "layer_2_unbent_near_0", relu_network([[1, 0, 100], [0, 1, 100]], [[1, 1, -200]]), 7,
        lra_facet=False, lra_touching=False,
        boundaries={_z(2, 0): BoundaryFacts(is_bounded=False, n_components=1, betti=(1,), n_pieces=3, n_bends=2)},
    ),
)

# fmt: on
# Row 29: what is refused at construction, as pairs (W, b) for each layer.
MALFORMED: Mapping[str, Sequence[tuple[Sequence[Sequence[int]], Sequence[int]]]] = {
    "no_layer": [],
    "no_output": [([], [])],
    "no_input": [([[]], [1])],
    "hidden_width_0": [([], []), ([[]], [1])],
    "ragged": [([[1, 2], [3]], [0, 0])],
    "bias_too_short": [([[1, 2], [3, 4]], [0])],
    "shapes_do_not_chain": [([[1, 2]], [0]), ([[1, 2]], [0])],
}
