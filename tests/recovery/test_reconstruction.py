"""Whole networks from answers alone, compared outside the recovery with the networks that answered."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from exactrev.network import Network, Point
from exactrev.network.isomorphisms import is_isomorphic
from exactrev.network.random import he_network, random_rational_network
from exactrev.oracle import Oracle
from exactrev.recovery.probe import NotPiecewiseLinear
from exactrev.recovery.reconstruction import Reconstruction, Recovery, recover


def random_points(n: int, count: int, seed: int = 0) -> list[Point]:
    rng = random.Random(seed)
    scales = (Fraction(1, 64), Fraction(1), Fraction(40))
    return [tuple(rng.choice(scales) * Fraction(rng.randint(-300, 300), 101) for _ in range(n)) for _ in range(count)]


def check_exact(found: Recovery, net: Network) -> None:
    assert found.network is not None, found.summary
    assert is_isomorphic(found.network, net)
    assert found.summary == f"{net.architecture}, no contradiction in {found.tested} test points"
    assert found.tested >= 60
    assert not found.is_exact_everywhere
    assert found.contradictions == found.equivalence_queries == 0
    assert not found.attempt.open_weights


@pytest.mark.parametrize("how", ["plain", "packed"])
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("widths", [(1, 1, 1), (1, 6, 1), (2, 8, 1), (3, 10, 1), (4, 8, 3)])
def test_one_hidden_layer_is_recovered_exactly(widths, seed, how):
    net = he_network(widths, seed, "float32")
    oracle = Oracle(net)
    found = recover(oracle, net.n_in, how)
    check_exact(found, net)
    assert found.plain_queries + found.packed_queries == oracle.queries
    assert (found.packed_queries == 0) == (how == "plain")


@pytest.mark.parametrize(
    ("widths", "seed"), [((10, 10, 10, 1), 1), ((10, 10, 10, 1), 3), ((10, 10, 10, 10), 1)]
)
def test_two_hidden_layers_are_recovered_exactly(widths, seed):
    net = he_network(widths, seed, "float32")
    check_exact(recover(Oracle(net), net.n_in, "packed"), net)


@pytest.mark.parametrize("widths", [(3, 10, 1), (10, 10, 10, 1)])
def test_weights_of_53_bits_are_recovered_exactly(widths):
    net = he_network(widths, 1, "float64")
    check_exact(recover(net, net.n_in, "packed"), net)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("how", ["plain", "packed"])
def test_weights_with_denominators_of_all_kinds_are_recovered_exactly(seed, how):
    net = random_rational_network((4, 5, 2), seed, numerator=40, denominator=21)
    check_exact(recover(Oracle(net), 4, how), net)


def test_both_ways_to_ask_give_the_same_network():
    net = he_network((10, 10, 10, 1), 2, "float32")
    plain, packed = (recover(Oracle(net), 10, how) for how in ("plain", "packed"))
    check_exact(plain, net)
    assert plain.network == packed.network
    assert packed.plain_queries + packed.packed_queries < plain.plain_queries


def test_the_same_seed_asks_the_same_questions():
    net = he_network((3, 6, 1), 5, "float32")

    def questions(seed: int) -> tuple[list[Point], Recovery]:
        log: list[Point] = []

        def answer(x: Point) -> Point:
            log.append(x)
            return net(x)

        return log, recover(answer, 3, seed=seed)

    (first, found), (second, again), (third, other) = map(questions, (7, 7, 8))
    assert first == second
    assert found.network == again.network
    assert first[0] != third[0]
    check_exact(other, net)


# -- nothing but answers -----------------------------------------------------------------------------------------


def test_a_function_of_the_users_is_enough():
    def surface(x: Point) -> list[Fraction]:
        u, v, w = max(x[0] - 2 * x[1] + 1, 0), max(3 * x[1] - 1, 0), max(-x[0] - x[1], 0)
        return [u - 2 * v + 5 * w + 7, v - u]

    truth = Network.from_arrays([([[1, -2], [0, 3], [-1, -1]], [1, -1, 0]), ([[1, -2, 5], [-1, 1, 0]], [7, 0])])
    check_exact(recover(surface, 2), truth)


@pytest.mark.parametrize("how", ["plain", "packed"])
def test_a_recorded_transcript_gives_the_same_recovery_with_no_network_at_hand(how, tmp_path):
    net, path = he_network((6, 6, 5, 1), 1, "float32"), tmp_path / "answers.jsonl"
    with Oracle(net, transcript=path) as oracle:
        first = recover(oracle, 6, how, rounds=4)
    second = recover(Oracle.replay(path), 6, how, rounds=4)
    assert first.summary == second.summary
    assert (first.network, first.attempt) == (second.network, second.attempt)
    assert (first.plain_queries, first.packed_queries) == (second.plain_queries, second.packed_queries)
    assert (first.lines, first.rounds, first.tested) == (second.lines, second.rounds, second.tested)
    assert [row.weights for row in first.partial_rows] == [row.weights for row in second.partial_rows]


def test_answers_are_not_looked_behind():
    class Sealed:
        """A network behind a wall: any attribute asked for is an attempt to look inside."""

        def __init__(self, net: Network) -> None:
            self.__dict__["answer"] = net.evaluate

        def __call__(self, x: Point) -> Point:
            return self.__dict__["answer"]([x])[0]

        def __getattr__(self, name: str):
            raise AssertionError(f"recovery looked for {name}")

    net = he_network((3, 7, 1), 2)
    check_exact(recover(Sealed(net), 3), net)


# -- what is claimed ---------------------------------------------------------------------------------------------


def test_complete_is_said_only_where_an_equivalence_oracle_said_so():
    net, asked = he_network((3, 6, 1), 1), []

    def agrees(candidate: Network) -> Point | None:
        asked.append(candidate)
        return None

    found = recover(Oracle(net), 3, equivalence=agrees)
    assert found.network is not None
    assert found.is_exact_everywhere
    assert found.equivalence_queries == len(asked) == 1
    assert found.summary == "complete: 3-6-1, confirmed by the equivalence oracle"
    without = recover(Oracle(net), 3)
    assert "complete" not in without.summary
    assert not without.is_exact_everywhere


def test_a_counterexample_starts_another_round_that_finds_what_was_missed():
    # The third neuron is on for x + y > 60 only, where no test point lies.
    net = Network.from_arrays([([[1, -1], [0, 2], [1, 1]], [0, -1, -60]), ([[1, 2, 5]], [1])])
    asked = []

    def compare(candidate: Network) -> Point | None:
        asked.append(candidate)
        far = (Fraction(100), Fraction(5))
        return None if candidate(far) == net(far) else far

    found = recover(Oracle(net), 2, equivalence=compare)
    assert found.network is not None
    assert is_isomorphic(found.network, net)
    assert found.equivalence_queries == len(asked)


def test_an_equivalence_oracle_that_is_never_content_leaves_no_network():
    net = he_network((2, 4, 1), 0)
    found = recover(Oracle(net), 2, rounds=2, equivalence=lambda _: (Fraction(1), Fraction(2)))
    assert found.network is None
    assert found.contradictions == 1
    assert not found.is_exact_everywhere
    assert found.summary.startswith("partial")


def test_a_neuron_that_is_always_on_in_the_last_layer_is_a_linear_term():
    # Layer 2: a_1 + a_2 + a_3 + 1 with a >= 0 is always on.
    net = he_network((5, 6, 4, 1), 1)
    W, b = [list(row) for row in net.layers[1].W], list(net.layers[1].b)
    W[1], b[1] = [abs(w) for w in W[1]], Fraction(1)
    net = Network.from_arrays([(net.layers[0].W, net.layers[0].b), (W, b), (net.layers[2].W, net.layers[2].b)])
    found = recover(Oracle(net), 5, "packed")
    assert found.network is not None
    points = random_points(5, 400)
    assert found.network.evaluate(points) == net.evaluate(points)
    assert "always on" in found.attempt.reason
    assert "ReLU(y) - ReLU(-y)" in found.attempt.reason


def test_an_absolute_value_is_one_boundary_and_a_linear_term():
    found = recover(lambda x: abs(x[0]), 1)
    assert found.network is not None
    assert found.network.evaluate([(-3,), (0,), (5,)]) == [(3,), (0,), (5,)]


@pytest.mark.parametrize("constant", [0, 1])
def test_an_output_that_is_constant_is_recovered_beside_one_that_is_not(constant):
    net = he_network((3, 8, 1), 1)
    W, b = [list(net.layers[1].W[0]), [0] * 8], [net.layers[1].b[0], 7]
    if constant == 0:
        W, b = W[::-1], b[::-1]
    net = Network.from_arrays([(net.layers[0].W, net.layers[0].b), (W, b)])
    check_exact(recover(Oracle(net), 3), net)


def test_a_dead_neuron_leaves_no_trace_in_the_network_that_is_found():
    net = he_network((3, 6, 1), 2)
    dead = Network.from_arrays(
        [([*net.layers[0].W, [0, 0, 0]], [*net.layers[0].b, -1]), ([[*net.layers[1].W[0], 3]], net.layers[1].b)]
    )
    check_exact(recover(Oracle(dead), 3), net)


@pytest.mark.parametrize("function", [lambda x: 5, lambda x: 2 * x[0] - x[1] + 3, lambda x: (x[0], 0)])
def test_a_function_without_a_boundary_gives_no_hidden_neuron_and_no_false_claim(function):
    found = recover(function, 2, rounds=2)
    assert not found.attempt.layers
    assert not found.is_exact_everywhere
    if found.network is None:
        assert found.summary.startswith("partial: ")
    else:
        assert all(found.network(x) == Oracle(function, 2)(x) for x in random_points(2, 50))


@pytest.mark.parametrize("how", ["plain", "packed"])
@pytest.mark.parametrize("n_in", [1, 2])
def test_a_function_that_is_not_piecewise_linear_is_refused(n_in, how):
    with pytest.raises(NotPiecewiseLinear):
        recover(lambda x: x[0] * x[0], n_in, how)


def test_answers_that_are_rounded_are_refused():
    net = he_network((3, 6, 1), 1)
    with pytest.raises(NotPiecewiseLinear):
        recover(lambda x: [Fraction(round(y * 10**16), 10**16) for y in net(x)], 3)


def test_progress_is_told_line_by_line_and_round_by_round():
    told: list[str] = []
    recover(Oracle(he_network((2, 4, 1), 0)), 2, progress=told.append)
    assert any(text.startswith("round 1: a 2-4-1 network fits") for text in told)
    assert any(text.startswith("a line with ") for text in told)


@pytest.mark.parametrize(("widths", "seed"), [((10, 10, 10, 1), 0), ((10, 10, 10, 1), 6)])
def test_a_network_that_is_returned_agrees_with_every_answer_that_was_given(widths, seed):
    net, asked = he_network(widths, seed), []

    def answer(x: Point) -> Point:
        asked.append(x)
        return net(x)

    found = recover(answer, net.n_in, "plain", rounds=8)
    if found.network is None:
        assert found.summary.startswith("partial")
    else:
        assert found.network.evaluate(asked) == net.evaluate(asked)


def test_a_point_of_disagreement_right_beside_a_breakpoint_ends_no_line():
    net = Network.from_arrays([([[1, 0], [0, 1]], [0, 0]), ([[1, 1]], [0])])
    work = Reconstruction(net, 2)
    scan = work._scan((Fraction(-1, 2**400), Fraction(1)), (Fraction(1), Fraction(1, 2)), aimed=True)
    assert [breakpoint_.point[0] for breakpoint_ in scan.breakpoints] == [0]
