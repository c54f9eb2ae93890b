"""What decides whether a network is unique: every network that is called equal is compared; every kind is met."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from exactrev import Network, compare, functional_dimension, regions
from exactrev.identifiability import find_pairs
from exactrev.identifiability.structure import relations_of_patterns
from exactrev.network import he_network, is_isomorphic
from exactrev.surveys import Answer, symmetries
from exactrev.surveys.clock import Clock
from exactrev.surveys.symmetries import Known, answer_symmetries

ANSWERED = ("dimension", "unique_nearby", "more")
AXES = ([[1, 0], [0, 1]], [0, 0])
THREE = ([[1, 0], [-1, 0], [0, 1]], [0, 0, 0])
DEAD = Network.from_arrays([AXES, ([[-1, -2], [1, 3]], [-1, -1]), ([[1, 1]], [0])])
# Where x > 0, a2 is 0: so -2 a1 + a2 is off, and all of SHARED's layer 2 is on.
EXCLUDED = Network.from_arrays([THREE, ([[-2, 1, 0], [1, 3, 1]], [0, -1]), ([[1, 2]], [0])])
SHARED = Network.from_arrays([THREE, ([[1, -1, 0], [2, -1, 1]], ["1/2", "1/3"]), ([[1, 1]], [0])])
ALWAYS_ON = Network.from_arrays([AXES, ([[1, 2], [-1, 1]], [1, -3]), ([[1, 1]], [0])])


def known(net: Network) -> Known:
    complex = regions(net)
    patterns = tuple(complex.pattern(cell) for cell in range(complex.n_cells))
    return Known(net, relations_of_patterns(net, patterns), patterns, complex, lambda: find_pairs(net))


@pytest.mark.parametrize(
    ("net", "relation"), [(DEAD, "never"), (EXCLUDED, "excludes"), (ALWAYS_ON, "always")], ids=["0", "1", "2"]
)
def test_a_network_in_which_something_can_be_moved_is_not_unique(net: Network, relation: str) -> None:
    found = known(net)
    assert getattr(found.relations, relation)
    moved = list(symmetries._moved(found))
    assert moved
    for other in moved:
        assert compare(net, other).is_same_function
        assert not is_isomorphic(net, other)
    assert [answer_symmetries(found, Clock(None))[key] for key in ANSWERED] == [Answer.NO, Answer.NO, Answer.YES]


@pytest.mark.parametrize("widths", [(2, 3, 3, 1), (3, 3, 3, 2), (2, 2, 2, 2, 1)])
def test_everything_that_is_moved_in_random_networks_gives_an_equal_one(widths: tuple[int, ...]) -> None:
    count = 0
    for seed in range(6):
        net = he_network(widths, seed)
        for other in list(symmetries._moved(known(net)))[:4]:
            assert compare(net, other).is_same_function
            count += 1
    assert count > 4


def test_a_family_is_found_where_no_single_weight_moves() -> None:
    found = known(SHARED)
    assert not list(symmetries._moved(found))
    assert answer_symmetries(found, Clock(None))["unique_nearby"] is Answer.NO


def test_the_rank_over_all_regions_decides_where_no_field_is_known() -> None:
    # The bias of z[1,0] moves against that of ReLU(2 a1 - a2 - 1), which is off where z[1,0] is.
    found = known(Network.from_arrays([AXES, ([[2, -1]], [-1]), ([[1]], [0])]))
    assert not functional_dimension(found.net).is_full
    assert symmetries._has_full_rank(found, []) is False
    assert symmetries._has_full_rank(replace(found, complex=None), []) is None


def test_an_undecided_rank_leaves_uniqueness_undecided() -> None:
    whole = known(he_network((2, 3, 3, 1), 2))
    assert answer_symmetries(whole, Clock(None))["unique_nearby"] is Answer.YES
    little = replace(whole, patterns=whole.patterns[:1], complex=None)
    assert answer_symmetries(little, Clock(None)) == dict.fromkeys(ANSWERED, Answer.UNDECIDED)


def one_layer(*rows: Any, out: Any) -> Network:
    return Network.from_arrays([([row[:-1] for row in rows], [row[-1] for row in rows]), ([out], [0])])


@pytest.mark.parametrize(
    ("net", "more"),
    [
        (one_layer((1, 0, 0), (0, 1, 0), (1, 1, -1), out=(1, 2, 4)), Answer.NO),
        (one_layer((1, 0, 0), (0, 1, 0), (1, 1, -1), out=(1, 1, -1)), Answer.YES),  # u1 + u2 - u3 is constant
        (one_layer((1, 0, 0), (2, 0, 0), (1, 1, -1), out=(1, 2, 4)), Answer.UNDECIDED),  # twice the same hyperplane
        (one_layer((1, 0, 0), (0, 1, 0), (1, 1, -1), out=(1, 2, 0)), Answer.UNDECIDED),  # nobody listens to one
    ],
)
def test_one_hidden_layer_is_unique_unless_something_cancels(net: Network, more: Answer) -> None:
    answers = answer_symmetries(known(net), Clock(None))
    assert answers["more"] is more
    assert symmetries._is_unique_by_one_layer(net) == (more is Answer.NO)
