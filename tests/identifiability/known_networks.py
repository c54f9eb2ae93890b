"""Small networks whose ambiguity can be worked out by hand; the tests of identifiability share them.

Throughout a1, a2, ... are the activations of layer 1.
"""

from __future__ import annotations

from fractions import Fraction

from exactrev.network import Network

net = Network.from_arrays

# Case 1, and an output that hears it: z[2,0] = -2 a1 - a2 - 1 is never positive, z[2,1] = a1 + a2 - 1.
DEAD = net([([[1, 0], [0, 1]], [0, 0]), ([[-2, -1], [1, 1]], [-1, -1]), ([[1, 1]], [0])])

# Case 1 with z' alive: z[2,0] = -2 a1 + a2 + 1 over u = (x, -x): where x > 0 it is -2 x + 1, so not case 1 for b' = 1;
# with b' = -1 it is -2 x - 1 there and -x - 1 > 0 for x < -1. The weight may rise until w x - 1 is positive: up to 0.
EXCLUDED = net([([[1], [-1]], [0, 0]), ([[-2, 1], [1, 1]], [-1, 0]), ([[1, 1]], [0])])

# Case 2, shared: on x > 0 both z' are positive, and the output adds them. 1 + t + ... : t in [-1, 2].
SHARED = net([([[1], [-1]], [0, 0]), ([[1, -1], [2, -1]], [1, 2]), ([[1, 1]], [0])])

# Case 3 with one listener: ReLU(2 a1 - a2 - 1) never sees z[1,0] at 0: b1 = s, b' = -1 - 2 s for s >= -1/2.
HIDDEN = net([([[1, 0], [0, 1]], [0, 0]), ([[2, -1]], [-1]), ([[1]], [0])])

# Case 4, widths (1, 1): ReLU(1 - ReLU(x)) = 1 - ReLU(1 - ReLU(1 - x)).
REFLECTED = net([([[1]], [0]), ([[-1]], [1]), ([[1]], [0])])

# Case 5, n_in = 1: z = x, z' = |x| - 1 = 0 at -1 and at 1. ReLU(|x| - 1) does not see 0.
BOTH_SIDES = net([([[1], [-1]], [0, 0]), ([[1, 1]], [-1]), ([[1]], [0])])

# Case 5, n_in = 2 (u = (x, y - x, y)): on x = 0, z' = ReLU(y) - 2 ReLU(y) - 1 < 0; left of it and right of it z' has
# both signs.
BOTH_SIDES_2D = net([([[1, 0], [-1, 1], [0, 1]], [0, 0, 0]), ([[1, 1, -2]], [-1]), ([[1]], [0])])

# Unique: ReLU(1 - 2 a1 + a2).
UNIQUE = net([([[1, 0], [0, 1]], [0, 0]), ([[-2, 1]], [1]), ([[1]], [0])])

# Sum over all three of (weights out) x (row) is 0: ReLU(u) - ReLU(-u) = u, and x + y + (1 - x - y) is constant.
NEGATABLE = net([([[1, 0], [0, 1], [-1, -1]], [0, 0, 1]), ([[1, 1, 1], [2, 2, 2]], [-2, -7]), ([[1, 1]], [0])])


def exchangeable(out: tuple[int, int, int] = (1, 1, 1)) -> Network:
    """2-10-3-1: the first two neurons of layer 2 have a loop near (10, 0) and one near (-10, 0) each.

    Five neurons of layer 1 are positive near the one, the other five near the other, none near both.
    """
    right = [(1, 1, -10), (1, -1, -10), (1, 0, -12), ("1/2", 1, -7), ("1/2", -1, -7)]
    left = [
        (-1, "11/10", -10),
        (-1, "-9/10", -10),
        (-1, "1/20", -12),
        ("-3/5", 1, -8),
        ("-2/5", "-11/10", -7),
    ]
    rows = [
        [1, 1, -6, -6, -6, 1, 1, -6, -6, -6],
        ["5/4", 1, -5, -7, -6, 1, "9/8", -7, -6, -7],
        [2, 3, 2, 1, 3, 1, 2, 3, 1, 2],
    ]
    W = [[-Fraction(w) for w in row] for row in rows]
    first = [row[:2] for row in (*right, *left)], [row[2] for row in (*right, *left)]
    return net([first, (W, [1, 1, 200]), ([list(out)], [0])])
