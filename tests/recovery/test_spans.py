"""The span test against networks whose signs are known, and against a count over all signs by rational ranks."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exactrev.arithmetic.linear_algebra import matrix, rank
from exactrev.errors import BudgetSpent
from exactrev.network import Network, he_network
from exactrev.recovery.spans import Piece, SpanCount, find_signs_by_span


def pieces_of(net, k, count, flips, *, without=(), seed=0):
    """The pieces that `count` random points lie in, as the span test sees them for layer k with some units left out."""
    random = Random(seed)
    kept = [i for i in range(net.hidden_widths[k - 1]) if i not in without]
    pieces = []
    for _ in range(count):
        pattern = net.pattern(tuple(Fraction(random.randint(-400, 400), 101) for _ in range(net.n_in)))
        units = net.preactivation_map(k, pattern).W
        pieces.append(
            Piece(
                gradients=net.affine_map(pattern).W,
                units=tuple(tuple(flips[i] * entry for entry in units[i]) for i in kept),
                sides=tuple(flips[i] if pattern[k - 1][i] else -flips[i] for i in kept),
            )
        )
    return pieces


def random_flips(n, seed):
    random = Random(seed)
    return tuple(random.choice((1, -1)) for _ in range(n))


@pytest.mark.parametrize(
    ("widths", "k", "seed"),
    [((5, 6, 6, 6, 1), 2, 0), ((4, 5, 5, 5, 1), 1, 1), ((5, 6, 6, 2), 2, 2), ((5, 8, 6, 1), 1, 3)],
)
def test_the_right_signs_are_the_only_ones_that_no_piece_contradicts(widths, k, seed):
    net = he_network(widths, seed, "float32")
    flips = random_flips(widths[k], seed)
    found = find_signs_by_span(pieces_of(net, k, 120, flips, seed=seed))
    assert found.signs == flips
    assert found.candidates[0].contradicted == ()
    assert found.candidates[0].informative
    assert (found.hopeless, found.ties) == ((), 1)
    assert len(found.candidates[1].contradicted) > 0


def test_twelve_units_are_no_trouble():
    net = he_network((9, 12, 4, 1), 0, "float32")
    flips = random_flips(12, 0)
    found = find_signs_by_span(pieces_of(net, 1, 60, flips))
    assert found.signs == flips
    assert len(found.candidates[0].informative) > 30


def test_a_missing_unit_contradicts_every_choice_of_signs():
    net = he_network((5, 6, 6, 1), 0, "float32")
    flips = random_flips(6, 0)
    complete = find_signs_by_span(pieces_of(net, 1, 100, flips))
    assert complete.signs == flips
    lacking = find_signs_by_span(pieces_of(net, 1, 100, flips, without=(2,)))
    assert lacking.signs is None
    assert all(candidate.contradicted for candidate in lacking.candidates)
    # Five units span R^5, so no single piece is hopeless; with two more missing, pieces are.
    assert not lacking.hopeless
    assert find_signs_by_span(pieces_of(net, 1, 100, flips, without=(1, 2, 3))).hopeless


def test_pieces_where_the_active_units_span_everything_support_nothing():
    pieces = [Piece(((3, 5),), ((1, 0), (0, 1)), (1, 1))]
    found = find_signs_by_span(pieces)
    assert found.candidates[0].signs == (1, 1)
    assert found.candidates[0].informative == ()
    assert found.signs is None


def test_a_dead_direction_leaves_a_tie():
    # N = ReLU(x): whatever the sign of u2 = y, its gradient is never needed.
    net = Network.from_arrays([([[1, 0], [0, 1]], [0, 0]), ([[1, 0]], [0])])
    found = find_signs_by_span(pieces_of(net, 1, 40, (1, 1)))
    assert {candidate.signs for candidate in found.candidates if not candidate.contradicted} == {(1, 1), (1, -1)}
    assert (found.ties, found.signs) == (2, None)


def spans_by_rank(piece, signs):
    active = [unit for unit, sign, side in zip(piece.units, signs, piece.sides, strict=True) if sign == side]
    n = len(piece.gradients[0])
    return rank(matrix(active, columns=n)) == rank(matrix([*active, *piece.gradients], columns=n))


@st.composite
def degenerate_pieces(draw):
    """Pieces of small integers: units that are zero, parallel and dependent are common among these."""
    m, n, n_out = draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(st.integers(1, 2))
    vectors = st.tuples(*[st.integers(-1, 1)] * n)
    piece = st.builds(
        Piece, st.tuples(*[vectors] * n_out), st.tuples(*[vectors] * m), st.tuples(*[st.sampled_from((-1, 1))] * m)
    )
    return m, draw(st.lists(piece, min_size=1, max_size=4))


@given(degenerate_pieces())
@settings(max_examples=60)
def test_all_choices_are_counted_as_rational_ranks_count_them(case):
    m, pieces = case
    found = find_signs_by_span(pieces, keep=2**m)
    assert {candidate.signs for candidate in found.candidates} == set(product((1, -1), repeat=m))
    for candidate in found.candidates:
        assert candidate.contradicted == tuple(
            p for p, piece in enumerate(pieces) if not spans_by_rank(piece, candidate.signs)
        )
    counts = [len(candidate.contradicted) for candidate in found.candidates]
    assert counts == sorted(counts)
    assert found.ties == counts.count(counts[0])
    everything = [p for p, piece in enumerate(pieces) if not spans_by_rank(piece, piece.sides)]
    assert list(found.hopeless) == everything
    # With few kept, the best are kept.
    few = find_signs_by_span(pieces, keep=2)
    assert [len(candidate.contradicted) for candidate in few.candidates] == counts[:2]


@given(degenerate_pieces(), st.data())
@settings(max_examples=40)
def test_pieces_may_be_added_one_by_one_in_any_parts(case, data):
    m, pieces = case
    first = data.draw(st.integers(1, len(pieces)))
    count = SpanCount(pieces[:first])
    count.add(pieces[first:-1])
    count.add(pieces[max(first, len(pieces) - 1) :])
    assert count.pieces == pieces
    assert count.judge(2**m) == find_signs_by_span(pieces, keep=2**m)


@given(degenerate_pieces())
@settings(max_examples=40)
def test_contested_are_the_units_with_both_signs_among_the_best_choices(case):
    m, pieces = case
    contradictions = {
        signs: sum(not spans_by_rank(piece, signs) for piece in pieces) for signs in product((1, -1), repeat=m)
    }
    best = [signs for signs, count in contradictions.items() if count == min(contradictions.values())]
    count = SpanCount(pieces)
    assert count.best in best
    assert count.contested == tuple(i for i in range(m) if len({signs[i] for signs in best}) == 2)
    assert find_signs_by_span(pieces).contested == count.contested


def test_a_piece_that_tells_settles_what_was_contested():
    # N = ReLU(x) + 2 ReLU(y). Where x alone is on, nothing depends on y's sign; where y alone is on, it has to be.
    units = ((1, 0), (0, 1))
    count = SpanCount([Piece(((1, 0),), units, (1, -1))])
    assert count.contested == (1,)
    assert count.best[0] == 1
    count.add([Piece(((0, 2),), units, (-1, 1))])
    assert (count.best, count.contested) == ((1, 1), ())


def test_no_more_pieces_change_nothing_and_others_do_not_fit():
    units = ((1, 0), (0, 1))
    count = SpanCount([Piece(((1, 0),), units, (1, -1))])
    before = count.judge()
    count.add([])
    assert count.judge() == before
    with pytest.raises(ValueError, match="differ"):
        count.add([Piece(((1, 0),), units[:1], (1,))])
    assert count.judge() == before


def test_shapes_and_sizes_are_checked():
    with pytest.raises(ValueError, match="needs a piece"):
        find_signs_by_span([])
    good = Piece(((1, 0),), ((1, 0), (0, 1)), (1, 1))
    for bad in (
        Piece(((1, 0),), ((1, 0),), (1,)),
        Piece(((1,),), ((1, 0), (0, 1)), (1, 1)),
        Piece(((1, 0),), ((1, 0), (0, 1)), (1,)),
        Piece(((1, 0), (0, 1)), ((1, 0), (0, 1)), (1, 1)),
    ):
        with pytest.raises(ValueError, match="differ"):
            find_signs_by_span([good, bad])
    with pytest.raises(ValueError, match="sides"):
        find_signs_by_span([Piece(((1, 0),), ((1, 0), (0, 1)), (1, 0))])
    with pytest.raises(BudgetSpent, match="limit=16"):
        find_signs_by_span([Piece(((1,),), ((1,),) * 17, (1,) * 17)])
