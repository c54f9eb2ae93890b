"""The fifth case: its proof fails off the inequalities, and networks that meet these are in the case."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import pytest

from exactrev.errors import AssumptionFailed
from exactrev.examples import load
from exactrev.identifiability import find_pairs
from exactrev.network import Network
from exactrev.proofs import disjoint_boundaries_need_not_be_in_a_case as fifth
from exactrev.proofs.proof import run_steps


def without_its_constant(rows: Any, field: Any) -> Any:
    return (*fifth.coordinates(rows, field)[:-1], field.zero)


def of_the_other_sign(rows: Any, field: Any) -> Any:
    first, *others = fifth.coordinates(rows, field)
    return (-first, *others)


def mirrored(p: Any, r: Any, w: Any, b: Any) -> Any:
    return {signs: -x for signs, x in fifth.find_points(p, r, w, b).items()}


def twice_as_far(p: Any, r: Any, w: Any, b: Any) -> Any:
    return {signs: 2 * x for signs, x in fifth.find_points(p, r, w, b).items()}


WRONG: list[dict[str, Any]] = [
    {"combine": without_its_constant},
    {"combine": of_the_other_sign},
    {"points": mirrored},
    {"points": twice_as_far},
    {"gap": -1},
]


@pytest.mark.parametrize("replaced", WRONG)
def test_the_proof_fails_for_other_points_and_without_an_inequality(replaced: dict[str, Any]) -> None:
    assert not run_steps(fifth.derive(**replaced), fifth.PROOF.length).proved


def test_the_bundled_network_meets_the_inequalities() -> None:
    found = fifth.find_inequalities(load("fifth_case"))
    assert min(found.values()) > 0
    assert {"p", "q1", "v1 - w2 q1", "b - w2 r"} <= set(found)


def _network(n_in: int, seed: int, further: int) -> Network:
    """A network by the inequalities, in other coordinates of the input, with another neuron if `further`."""
    rng = random.Random(seed)

    def size() -> Fraction:
        return Fraction(rng.randint(1, 9), rng.randint(1, 4))

    basis = [[Fraction(rng.randint(-5, 5) + 9 * (i == c)) for c in range(n_in + 1)] for i in range(n_in)]
    p, w1, w2, f, *q = (size() for _ in range(n_in + 3))
    r = rng.choice([-1, 0, 1]) * size()
    second = [Fraction(0)] * n_in + [r]
    for factor, row in zip([-p, *q], basis, strict=True):
        second = [entry + factor * c for entry, c in zip(second, row, strict=True)]
    weights, bias = [w1, w2, *(-w2 * factor - size() for factor in q)], -f - max(w2 * r, Fraction(0))
    rows = [basis[0], second, *basis[1:], *[[Fraction(0)] * n_in + [Fraction(-1)]] * further]
    layer = ([row[:-1] for row in rows], [row[-1] for row in rows])
    return Network.from_arrays([layer, ([[*weights, *[Fraction(-2)] * further]], [bias]), ([[1]], [0])])


@pytest.mark.parametrize(("n_in", "seed", "further"), [(1, 0, 0), (1, 1, 1), (2, 2, 0), (2, 3, 1), (3, 4, 0)])
def test_networks_that_meet_the_inequalities_are_in_none_of_the_four_cases(n_in: int, seed: int, further: int) -> None:
    net = _network(n_in, seed, further)
    assert min(fifth.find_inequalities(net).values()) > 0
    assert find_pairs(net).pairs[0].cases == (5,)


def test_dependent_rows_and_too_few_are_refused() -> None:
    few = Network.from_arrays([([[1, 0], [0, 1]], [0, 0]), ([[1, 1]], [-1]), ([[1]], [0])])
    flat = Network.from_arrays([([[1, 0], [0, 1], [2, 0]], [0, 0, 0]), ([[1, 1, 1]], [-1]), ([[1]], [0])])
    for net in (few, flat):
        with pytest.raises(AssumptionFailed, match="layer 1"):
            fifth.find_inequalities(net)
