"""Always-on neurons of inner layers from gradients on pieces, against networks that are known."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from exactrev.errors import BudgetSpent
from exactrev.network import AffineMap, Network, he_network
from exactrev.recovery.always_on import InnerPiece, find_always_on, find_rows
from exactrev.recovery.spans import Piece


def rows_of(affine):
    return [tuple(Fraction(entry, affine.denominator) for entry in row) for row in affine.rows]


def with_always_on(widths, seed, k):
    """The last neuron of layer k >= 2 with positive weights and a positive bias: on, since activations are."""
    layers = list(he_network(widths, seed, "float32").layers)
    W, b = [list(row) for row in layers[k - 1].W], list(layers[k - 1].b)
    W[-1], b[-1] = [abs(entry) for entry in W[-1]], abs(b[-1])
    layers[k - 1] = AffineMap.from_arrays(W, b)
    return Network(tuple(layers))


def random_flips(m, seed):
    rng = Random(seed)
    return tuple(rng.choice((1, -1)) for _ in range(m))


def pieces_of(net, k, kept, flips, count=200, seed=0):
    """Pieces at random points, each region once, with the units `kept` of layer k, negated as `flips` says."""
    rng = Random(seed)
    found = {}
    for _ in range(count):
        size = rng.choice((1, 2, 5))
        x = tuple(Fraction(round(rng.gauss(0, size) * 2**16), 2**16) for _ in range(net.n_in))
        pattern = net.pattern(x)
        maps = net.preactivation_maps(pattern)
        gradients = tuple(row[:-1] for row in rows_of(maps[-1]))
        forms, values = rows_of(maps[k - 1]), maps[k - 1](x)
        units = tuple(tuple(t * entry for entry in forms[z][:-1]) for t, z in zip(flips, kept, strict=True))
        sides = tuple(1 if t * values[z] > 0 else -1 for t, z in zip(flips, kept, strict=True))
        zero = (Fraction(0),) * net.n_in
        below = zip(rows_of(maps[k - 2]), pattern[k - 2], strict=True)
        jacobian = tuple(row[:-1] if on else zero for row, on in below)
        found[pattern] = InnerPiece(Piece(gradients, units, sides), jacobian)
    return list(found.values())


def is_proportional(v, w):
    return any(v) and all(a * d == b * c for a, b in zip(v, w, strict=True) for c, d in zip(v, w, strict=True))


@pytest.mark.parametrize(
    ("widths", "k", "seed"),
    [
        ((5, 6, 6, 6, 1), 2, 2),
        ((5, 6, 6, 6, 1), 2, 3),
        ((6, 6, 6, 6, 2), 2, 3),
        ((8, 8, 6, 6, 3), 2, 1),
        ((6, 8, 5, 6, 3), 2, 0),
        ((6, 6, 6, 5, 6, 2), 3, 0),
    ],
)
def test_the_signs_and_the_weights_of_an_always_on_neuron_are_found(widths, k, seed):
    net, m = with_always_on(widths, seed, k), widths[k] - 1
    flips = random_flips(m, seed)
    pieces = pieces_of(net, k, range(m), flips, 300, seed)
    found = find_always_on(pieces)
    assert found is not None
    assert found.signs == flips
    assert is_proportional(found.weights, net.layers[k - 1].W[-1])
    assert found.contradicted == ()
    assert found.needed > len(pieces) / 3
    rows = find_rows(net.layers[: k - 1], found.weights)
    assert len(rows) == 1
    assert min(rows[0]) >= 0


@pytest.mark.parametrize("seed", range(3))
def test_a_few_wrong_pieces_are_named(seed):
    net, flips = with_always_on((6, 8, 5, 6, 3), seed, 2), random_flips(4, seed)
    pieces = pieces_of(net, 2, range(4), flips, 200, seed)
    rng = Random(seed)
    wrong = sorted(rng.sample(range(len(pieces)), len(pieces) // 20))
    for p in wrong:
        noise = tuple(tuple(rng.randrange(-99, 99) for _ in range(6)) for _ in range(3))
        pieces[p] = InnerPiece(Piece(noise, pieces[p].piece.units, pieces[p].piece.sides), pieces[p].jacobian)
    found = find_always_on(pieces)
    assert found is not None
    assert found.signs == flips
    assert is_proportional(found.weights, net.layers[1].W[-1])
    assert set(found.contradicted) <= set(wrong)
    # A wrong piece with five active units of six inputs is not always seen to be wrong; most are.
    assert len(found.contradicted) >= len(wrong) / 2


@pytest.mark.parametrize(("widths", "k"), [((8, 8, 6, 6, 3), 2), ((6, 8, 5, 6, 3), 2), ((5, 6, 6, 6, 1), 2)])
@pytest.mark.parametrize("seed", range(2))
def test_a_complete_layer_has_no_always_on_neuron_to_be_found(widths, k, seed):
    net, flips = he_network(widths, seed, "float32"), random_flips(widths[k], seed)
    assert find_always_on(pieces_of(net, k, range(widths[k]), flips, 150, seed)) is None


@pytest.mark.parametrize(("widths", "seed"), [((8, 8, 6, 6, 3), 0), ((8, 8, 6, 6, 3), 1), ((6, 8, 5, 6, 3), 2)])
def test_a_neuron_that_was_missed_is_found_as_well_and_idle_where_it_is_off(widths, seed):
    net, m = he_network(widths, seed, "float32"), widths[2] - 1
    flips = random_flips(m, seed)
    found = find_always_on(pieces_of(net, 2, range(m), flips, 200, seed))
    assert found is not None
    assert found.signs == flips
    assert is_proportional(found.weights, net.layers[1].W[-1])
    assert found.idle > 10


def test_signs_that_the_pieces_leave_open_are_not_guessed():
    # Layer 3 has one neuron that matters, so ReLU(v) = v + ReLU(-v) moves freely into the always-on one.
    base = with_always_on((5, 5, 4, 1), 3, 2)
    third, output = AffineMap.from_arrays([base.layers[2].W[0]], [1]), AffineMap.from_arrays([[3]], [0])
    net = Network((*base.layers[:2], third, output))
    assert find_always_on(pieces_of(net, 2, range(3), (1, 1, 1), 200)) is None


def test_few_pieces_support_nothing():
    net, flips = with_always_on((6, 8, 5, 6, 3), 0, 2), random_flips(4, 0)
    pieces = pieces_of(net, 2, range(4), flips, 200)
    assert find_always_on(pieces) is not None
    assert find_always_on(pieces[:3]) is None


def test_a_unit_below_that_is_off_on_all_pieces_gets_weight_zero():
    net, flips = with_always_on((6, 8, 5, 6, 3), 0, 2), random_flips(4, 0)
    pieces = [
        InnerPiece(p.piece, (*p.jacobian[:2], (0,) * 6, *p.jacobian[2:])) for p in pieces_of(net, 2, range(4), flips)
    ]
    found = find_always_on(pieces)
    assert found is not None
    assert found.weights[2] == 0
    assert is_proportional((*found.weights[:2], *found.weights[3:]), net.layers[1].W[-1])


def test_rows_without_a_proof_are_a_pair_and_with_one_a_single_row():
    below = [AffineMap.from_arrays([[1, 0], [0, 1], [1, 1]], [0, 0, 1])]
    assert find_rows(below, (-2, -1, 0)) == ((2, 1, 0, 0),)
    assert find_rows(below, (1, 1, -1), None) == ((1, 1, -1, 0), (-1, -1, 1, 0))
    ((*w, b),) = find_rows(below, (-1, -1, 1))
    assert (tuple(w), b >= 1) == ((1, 1, -1), True)


def test_shapes_and_sizes_are_checked():
    with pytest.raises(ValueError, match="no pieces"):
        find_always_on([])
    good = InnerPiece(Piece(((1, 2),), ((1, 0),), (1,)), ((1, 0), (0, 1)))
    for bad in [
        InnerPiece(Piece(((1, 2),), ((1, 0),), (1,)), ((1, 0, 0), (0, 1, 0))),
        InnerPiece(Piece(((1, 2),), ((1, 0),), (1, 1)), ((1, 0), (0, 1))),
        InnerPiece(Piece(((1, 2),), ((1, 0),), (1,)), ((1, 0),)),
    ]:
        with pytest.raises(ValueError, match="differ"):
            find_always_on([good, bad])
    wide = InnerPiece(Piece(((1, 2),), ((1, 0),) * 15, (1,) * 15), ((1, 0), (0, 1)))
    with pytest.raises(BudgetSpent, match="units=15"):
        find_always_on([wide])
