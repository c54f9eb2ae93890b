"""Linear equations of which some are wrong, against solutions that are known."""

from __future__ import annotations

from random import Random

import pytest

from exactrev.recovery.consensus import find_consensus


def blocks_about(n, sizes, wrong, seed, bits=40):
    """A block of so many equations each, in n unknowns of which about half occur; wrong blocks have other values."""
    rng = Random(seed)
    solution = [rng.randrange(-(2**bits), 2**bits) for _ in range(n)]
    blocks = []
    for i, size in enumerate(sizes):
        columns = [k for k in range(n) if k == n - 1 or rng.random() < 0.5]
        values = [s + (rng.randrange(1, 2**bits) if i in wrong else 0) for s in solution]
        rows = [[rng.randrange(1, 2**bits) if k in columns else 0 for k in range(n)] for _ in range(size)]
        blocks.append([(*row, sum(map(int.__mul__, row, values))) for row in rows])
    return blocks, [(*(int(i == k) for k in range(n)), s) for i, s in enumerate(solution)]


@pytest.mark.parametrize(
    ("n", "size", "seed"), [(11, 6, 0), (11, 6, 1), (11, 2, 2), (11, 1, 3), (21, 6, 4), (21, 6, 5), (21, 2, 6)]
)
def test_two_in_five_wrong_blocks_are_left_out(n, size, seed):
    wrong = set(Random(seed).sample(range(300), 120))
    blocks, solution = blocks_about(n, [size] * 300, wrong, seed)
    found = find_consensus(blocks, n)
    assert set(found.contradicting) == wrong
    assert list(found.fit) == solution
    assert found.surplus == 180 * size - n


def test_a_few_large_blocks_are_worth_more_than_many_small_ones():
    # 300 single equations in 21 unknowns, two in five wrong, would take some 45,000 selections; 30 large blocks do.
    wrong = set(Random(1).sample(range(330), 132))
    blocks, solution = blocks_about(21, [6] * 30 + [1] * 300, wrong, 1)
    found = find_consensus(blocks, 21, attempts=400)
    assert set(found.contradicting) == wrong
    assert list(found.fit) == solution


def test_nothing_wrong_and_nothing_at_all():
    blocks, solution = blocks_about(5, [2] * 9, (), 0)
    found = find_consensus(blocks, 5)
    assert (list(found.fit), found.contradicting, found.surplus) == (solution, (), 13)
    empty = find_consensus([], 5)
    assert (empty.fit, empty.contradicting, empty.surplus) == ((), (), 0)


def test_unknowns_that_no_right_block_contains_stay_open_unless_one_that_is_not_contradicted_does():
    # E_1 + E_2 = 3 five times over, one contradiction; E_3 = 4 stands alone, so nothing speaks against it.
    blocks = [[(k, k, 0, 3 * k)] for k in range(1, 6)] + [[(1, 1, 0, 7)], [(0, 0, 2, 8)]]
    found = find_consensus(blocks, 3)
    assert found.contradicting == (5,)
    assert found.fit == ((1, 1, 0, 3), (0, 0, 1, 4))
    assert found.surplus == 4


def test_blocks_that_contradict_by_themselves_and_equations_without_unknowns():
    blocks = [[(1, 5), (2, 11)], [(1, 5)], [(0, 0)], [(0, 3)], [(3, 15)]]
    found = find_consensus(blocks, 1)
    assert found.contradicting == (0, 3)
    assert (found.fit, found.surplus) == (((1, 5),), 1)


def test_several_right_sides_agree_at_once_or_not_at_all():
    blocks = [[(1, 2, 3)], [(2, 4, 6)], [(3, 6, 10)], [(4, 8, 12)]]
    assert find_consensus(blocks, 1).contradicting == (2,)


def test_a_coefficient_that_the_prime_of_the_guesses_divides_is_no_zero():
    # Modulo 2^61 - 1 the second block says nothing, the third 0 = 1; exactly, the third contradicts only by its value.
    p = 2**61 - 1
    found = find_consensus([[(1, 0, 2)], [(0, p, 5 * p)], [(0, p, 5 * p + 1)]], 2)
    assert found.contradicting == (2,)
    assert found.fit == ((1, 0, 2), (0, 1, 5))


def test_the_same_blocks_give_the_same_answer():
    blocks, _ = blocks_about(4, [1] * 30, range(12), 3)
    assert find_consensus(blocks, 4) == find_consensus(blocks, 4)
