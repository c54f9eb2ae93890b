"""Comparisons with workers who look ahead: the same answers, proofs and points included, whatever the budget."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from exactrev.equivalence import Relatedness, compare, decide_equal
from exactrev.network import Network
from exactrev.parallel import Workers
from exactrev.search import Budget, Found, Impossible, Open, Searches, find_point, is_on


@pytest.fixture(scope="module")
def threads() -> Iterator[Workers]:
    with ThreadPoolExecutor(2) as executor, Workers.around(executor, at_once=2) as workers:
        yield workers


@pytest.fixture(scope="module")
def processes() -> Iterator[Workers]:
    with Workers(2) as workers:
        yield workers


def sleepers(asleep: int, height: int = 3) -> tuple[Network, Network]:
    """Two networks, the first with more neurons: sums of three hats between 0 and 1, less `height`, so never on.

    ReLU(t + 1) - 2 ReLU(t) + ReLU(t - 1) is the hat over [-1, 1]. If `height` is 2, the neurons are on somewhere.
    """
    rng = np.random.default_rng(0)
    directions, shifts = rng.integers(-5, 6, (6, 3)).tolist(), rng.integers(-3, 4, 6).tolist()
    first = [d for d in directions for _ in range(3)], [s + t for s in shifts for t in (1, 0, -1)]
    rows, biases = rng.integers(-3, 4, (3, 18)).tolist(), rng.integers(-3, 4, 3).tolist()
    small = Network.from_arrays([first, (rows, biases), ([[3, 1, 2]], [0])])
    for _ in range(asleep):
        row = [0] * 18
        for d in rng.choice(6, 3, replace=False).tolist():
            row[3 * d : 3 * d + 3] = 1, -2, 1
        rows.append(row)
        biases.append(-height)
    return Network.from_arrays([first, (rows, biases), ([[3, 1, 2, *range(1, asleep + 1)]], [0])]), small


def test_neurons_that_are_never_on_are_proved_to_be_so_by_processes(processes: Workers) -> None:
    pair = sleepers(3)
    alone = compare(*pair)
    assert alone.relation is Relatedness.EQUAL
    assert [remark.kind for remark in alone.remarks] == ["never active"] * 3
    assert compare(*pair, workers=processes) == alone


@pytest.mark.parametrize("height", [2, 3])
@pytest.mark.parametrize("cases", [1, 10, 60, 100, 150, 10**6])
def test_the_verdict_is_the_same_whatever_the_budget(threads: Workers, height: int, cases: int) -> None:
    pair = sleepers(3, height)
    alone, helped = Budget(cases), Budget(cases)
    assert decide_equal(*pair, helped, threads) == decide_equal(*pair, alone)
    assert helped.cases == alone.cases


def test_multiples_that_only_a_search_shows_are_found_the_same(threads: Workers) -> None:
    # Neuron 1 of layer 2 is neuron 0 times two, but for a weight on a neuron that is on only where it is off.
    layers = [([[1], [-1]], [0, -1]), ([[1, -1], [2, -7]], [-1, -2]), ([[3, 5]], [1])]
    other = [([[1], [-1]], [0, -1]), ([[1, -1]], [-1]), ([[13]], [1])]
    pair = Network.from_arrays(layers), Network.from_arrays(other)
    alone = compare(*pair)
    assert alone.relation is Relatedness.EQUAL
    assert any(remark.step.proofs for remark in alone.remarks)
    assert compare(*pair, workers=threads) == alone


def test_a_late_deadline_changes_nothing_and_an_early_one_ends_undecided(threads: Workers) -> None:
    pair = sleepers(3)
    assert compare(*pair, 1000.0, threads) == compare(*pair)
    assert compare(*pair, 0.0, threads).relation is Relatedness.UNDECIDED


# -- looking ahead -----------------------------------------------------------------------------------------------------


def _questions(net: Network) -> list[tuple[object, ...]]:
    return [(is_on(net, neuron),) for neuron in net.neurons() if neuron.layer == 2]


def test_answers_are_those_of_a_search_in_whatever_order_they_are_asked_for(threads: Workers) -> None:
    net = sleepers(3)[0]
    questions = _questions(net)
    with Searches(threads) as searches:
        for order in ([0, 1, 2, 3, 4, 5], [1, 4], [5, 0, 3, 3]):
            searches.expect(net, questions, 500)
            for i in order:
                assert searches.find_point(net, questions[i], Budget(), 500) == find_point(net, questions[i])


def test_an_answer_for_another_network_or_budget_is_not_taken(threads: Workers) -> None:
    net, other = sleepers(3)[0], sleepers(3, 2)[0]
    questions = _questions(net)
    with Searches(threads) as searches:
        searches.expect(net, questions, 500)
        assert searches.find_point(other, questions[4], Budget(), 500) == find_point(other, questions[4])
        assert searches.find_point(net, questions[4], Budget(), 3) == Open(3)
        assert isinstance(searches.find_point(net, questions[4], Budget(), 500), Impossible)


def test_an_answer_about_other_activations_is_not_taken(threads: Workers) -> None:
    layers = [([[1], [-1]], [0, -1]), ([[1, 1], [-1, -2]], [-1, -3]), ([[1, 1]], [0])]
    net = Network.from_arrays(layers)
    other = Network.from_arrays([([[0], [0]], [0, 0]), *layers[1:]])  # where the same row is never positive
    questions = _questions(net)
    assert questions == _questions(other)
    with Searches(threads) as searches:
        searches.expect(net, questions, 500)
        assert isinstance(searches.find_point(other, questions[0], Budget(), 500), Impossible)
        assert isinstance(searches.find_point(net, questions[0], Budget(), 500), Found)


def test_the_budget_pays_for_what_is_asked_for_only(threads: Workers) -> None:
    net = sleepers(3)[0]
    questions = _questions(net)
    budget = Budget(1000)
    with Searches(threads) as searches:
        searches.expect(net, questions, 500)
        answer = searches.find_point(net, questions[4], budget, 500)
    assert isinstance(answer, Impossible)
    assert budget.cases == 1000 - answer.cases


def test_a_proof_that_is_too_deep_to_be_sent_is_found_here(threads: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    def too_deep(answer: object) -> bytes:
        raise RecursionError

    net = sleepers(3)[0]
    questions = _questions(net)
    monkeypatch.setattr("exactrev.search.ahead.pickle.dumps", too_deep)
    with Searches(threads) as searches:
        searches.expect(net, questions, 500)
        assert isinstance(searches.find_point(net, questions[4], Budget(), 500), Impossible)
