"""Strategies for isomorphisms, and for pairs of networks with one function that no isomorphism joins.

Knows the constructions of `exactrev.identifiability`. What is handed out as equal and not isomorphic has been decided
to be both.
"""

from __future__ import annotations

from fractions import Fraction

from hypothesis import assume
from hypothesis import strategies as st

from exactrev.equivalence import decide_equal
from exactrev.identifiability import find_second_networks
from exactrev.identifiability.second_networks import negate
from exactrev.network import Network, is_isomorphic
from exactrev.network.isomorphisms import Isomorphism
from exactrev.testing.degeneracies import is_dead
from exactrev.testing.strategies.networks import networks
from exactrev.testing.strategies.rationals import choose, rationals
from exactrev.testing.strategies.spoiling import network_of, rows_of
from exactrev.verdict import Outcome

__all__ = ["equal_but_not_isomorphic_pairs", "isomorphisms"]


@st.composite
def isomorphisms(draw: st.DrawFn, net: Network) -> Isomorphism:
    """Isomorphisms of `net`: permutations and positive scales of its hidden neurons. Shrinks towards the identity."""
    factors = st.builds(Fraction, st.integers(1, 4), st.integers(1, 3))
    return Isomorphism(
        tuple(tuple(draw(st.permutations(range(width)))) for width in net.hidden_widths),
        tuple(draw(st.tuples(*[factors] * width)) for width in net.hidden_widths),
    )


@st.composite
def equal_but_not_isomorphic_pairs(draw: st.DrawFn) -> tuple[Network, Network]:
    """Two networks of one architecture that are the same function, although no isomorphism joins them (§5.2).

    One of: a weight out of a dead neuron; two consecutive layers of width 1 (I3); neurons u, v, -u-v, which can be
    negated together; a network with two neurons whose boundaries do not meet. Then both are moved by isomorphisms.

    Shrinks towards one dead neuron, to whom one of the networks listens, and identities.
    """
    first, second = draw(choose(_unheard(), _narrow(), _negated(), _disjoint()))
    pair = draw(isomorphisms(first))(first), draw(isomorphisms(second))(second)
    assume(not is_isomorphic(*pair) and decide_equal(*pair).outcome is Outcome.HOLDS)
    return pair


@st.composite
def _narrow(draw: st.DrawFn) -> tuple[Network, Network]:
    n_in, n_out = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    below = draw(st.lists(st.integers(1, 2), max_size=1))
    net = draw(networks(widths=(n_in, *below, 1, 1, n_out)))
    seconds = find_second_networks(net)
    assume(seconds)
    return net, draw(st.sampled_from(seconds)).network


@st.composite
def _unheard(draw: st.DrawFn) -> tuple[Network, Network]:
    """A weight out of a dead neuron changes, and nobody hears of it."""
    net = draw(networks(max_width=2, min_depth=1, max_depth=2, degeneracies=["dead"]))
    dead = draw(st.sampled_from([neuron for neuron in net.neurons() if is_dead(net, neuron)]))
    listener = draw(st.integers(0, net.layers[dead.layer].n_out - 1))
    rows = rows_of(net)
    rows[dead.layer][listener][dead.index] += draw(rationals().filter(bool))
    return net, network_of(rows)


@st.composite
def _negated(draw: st.DrawFn) -> tuple[Network, Network]:
    """ReLU(u) + ReLU(v) + ReLU(-u-v), up to biases, is the same with u and v negated: the difference is affine."""
    n_in, n_out = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    net = draw(networks(widths=(n_in, 3, n_out), degeneracies=()))
    rows = rows_of(net)
    u, v, w = rows[0]
    w[:-1] = [-s - t for s, t in zip(u[:-1], v[:-1], strict=True)]
    for row in rows[1]:
        row[1] = row[2] = row[0]
    net = network_of(rows)
    return net, negate(net, 1, (0, 1, 2))


_Layers = list[tuple[list[list[int]], list[int]]]

_DISJOINT: dict[int, tuple[_Layers, _Layers]] = {
    1: (
        [([[-1], [-1]], [1, -1]), ([[-1, 1]], [1]), ([[1]], [0])],
        [([[-1], [-1]], [1, -1]), ([[-1, 0]], [1]), ([[1]], [0])],
    ),
    2: (
        [([[-1], [1]], [-1, 1]), ([[-1, 1]], [1]), ([[1]], [0])],
        [([[-1], [1]], [-2, 2]), ([[-1, 1]], [0]), ([[1]], [0])],
    ),
    3: ([([[1]], [0]), ([[1]], [-1]), ([[1]], [0])], [([[1]], [-1]), ([[1]], [0]), ([[1]], [0])]),
    4: ([([[1]], [0]), ([[-1]], [1]), ([[1]], [0])], [([[-1]], [1]), ([[-1]], [1]), ([[-1]], [1])]),
    5: (
        [([[1], [-1]], [0, 0]), ([[1, 1]], [-1]), ([[1]], [0])],
        [([[1], [-1]], [-1, -1]), ([[1, 1]], [0]), ([[1]], [0])],
    ),
}
"""For every case of disjoint boundaries what `find_counterexample` finds first, and the equal network that it shows."""


@st.composite
def _disjoint(draw: st.DrawFn) -> tuple[Network, Network]:
    first, second = _DISJOINT[draw(st.integers(1, 5))]
    return Network.from_arrays(first), Network.from_arrays(second)
