"""The public strategies: healthy, rich in degenerate networks, and with small counterexamples."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from fractions import Fraction
from itertools import combinations, product
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import find as find_by_hypothesis
from hypothesis import strategies as st

from exactrev.network import Network, Point
from exactrev.network.isomorphisms import Isomorphism
from exactrev.testing import strategies
from exactrev.testing.strategies import isomorphisms, networks, points, rationals

ZERO = Fraction(0)

T = TypeVar("T")


def find(strategy: st.SearchStrategy[T], condition: Callable[[T], bool]) -> T:
    """The minimal example. Without the phase that varies, afterwards, what does not matter in it."""
    phases = [Phase.generate, Phase.shrink]
    return find_by_hypothesis(strategy, condition, settings=settings(phases=phases, derandomize=True, database=None))


def rows(net: Network, k: int) -> list[Point]:
    """The rows of [W | b] of hidden layer k."""
    layer = net.layers[k - 1]
    return [(*row, constant) for row, constant in zip(layer.W, layer.b, strict=True)]


def any_pair(net: Network, related: Callable[[Point, Point], bool]) -> bool:
    return any(related(p, q) for k in range(1, net.depth + 1) for p, q in combinations(rows(net, k), 2))


def is_multiple(p: Point, q: Point, sign: int) -> bool:
    """Whether q = c p for some c with this sign, both non-zero."""
    ratios = {t / s for s, t in zip(p, q, strict=True) if s}
    proportional = all(bool(s) == bool(t) for s, t in zip(p, q, strict=True)) and len(ratios) == 1
    return proportional and all(sign * ratio > 0 for ratio in ratios)


def grid(n: int) -> list[tuple[int, ...]]:
    return list(product(range(-2, 3) if n < 3 else range(-1, 2), repeat=n))


def has_a_boundary_of_several_directions(net: Network) -> bool:
    """Whether some B[z], z in layer 2, crosses the edges of a plane grid in directions that are not all parallel."""
    if net.depth < 2 or net.n_in != 2:
        return False
    side = range(-3, 4)
    signs = dict(zip(plane := list(product(side, side)), net.sign_vectors(plane), strict=True))
    directions: dict[int, set[Point]] = {}
    for x, y in plane:
        for neighbour in [(x + 1, y), (x, y + 1)]:
            ours, theirs = signs[x, y], signs.get(neighbour)
            if theirs is None or ours[0] != theirs[0]:
                continue
            for i, (s, t) in enumerate(zip(ours[1], theirs[1], strict=True)):
                if s * t < 0:
                    p, q = net.preactivation_map(2, net.pattern((x, y))).W[i]
                    directions.setdefault(i, set()).add((Fraction(1), q / p) if p else (ZERO, Fraction(1)))
    return any(len(found) > 1 for found in directions.values())


PHENOMENA: dict[str, Callable[[Network], bool]] = {
    "no hidden layer": lambda net: net.depth == 0,
    "four hidden layers": lambda net: net.depth == 4,
    "width one throughout": lambda net: net.depth >= 2 and max(net.widths) == 1,
    "row of zeros": lambda net: any(not any(row) for k in range(1, net.depth + 1) for row in rows(net, k)),
    "no weights, negative bias": lambda net: any(
        not any(row[:-1]) and row[-1] < 0 for k in range(1, net.depth + 1) for row in rows(net, k)
    ),
    "no weights, positive bias": lambda net: any(
        not any(row[:-1]) and row[-1] > 0 for k in range(1, net.depth + 1) for row in rows(net, k)
    ),
    "zero bias": lambda net: any(any(row) and not row[-1] for row in rows(net, 1)) if net.depth else False,
    "duplicates": lambda net: any_pair(net, lambda p, q: p == q and any(p)),
    "duplicates up to scale": lambda net: any_pair(net, lambda p, q: p != q and is_multiple(p, q, 1)),
    "negated duplicates": lambda net: any_pair(net, lambda p, q: is_multiple(p, q, -1)),
    "parallel hyperplanes": lambda net: any_pair(net, lambda p, q: any(p[:-1]) and p[:-1] == q[:-1] and p[-1] != q[-1]),
    "a deeper layer off everywhere": lambda net: any(
        all(entry <= 0 for row in rows(net, k) for entry in row) for k in range(2, net.depth + 1)
    ),
    "a preactivation that vanishes on an open set": lambda net: (
        net.depth >= 2
        and any(
            not any((*f.W[i], f.b[i]))
            for x in grid(net.n_in)
            for f in [net.preactivation_map(2, net.pattern(x))]
            for i in range(f.n_out)
        )
    ),
    "a boundary of several directions": has_a_boundary_of_several_directions,
    "several outputs": lambda net: net.n_out > 1,
    "a function that is not affine": lambda net: any(
        a + c != 2 * b
        for x in grid(net.n_in)
        for a, b, c in zip(net([-t for t in x]), net([0] * net.n_in), net(x), strict=True)
    ),
}


@pytest.fixture(scope="module")
def sample() -> list[Network]:
    drawn: list[Network] = []

    @settings(max_examples=400, phases=[Phase.generate], derandomize=True, database=None)
    @given(networks())
    def draw(net: Network) -> None:
        drawn.append(net)

    draw()
    return drawn


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_the_strategies_are_healthy_and_keep_their_promises(data: st.DataObject) -> None:
    net = data.draw(networks(n_in=2, n_out=3, max_width=4, min_depth=1, max_depth=2))
    assert net.n_in == 2
    assert net.n_out == 3
    assert 1 <= net.depth <= 2
    assert max(net.hidden_widths) <= 4
    x = data.draw(points(5))
    assert len(x) == 5
    assert all(abs(entry.numerator) <= 4 and entry.denominator <= 3 for entry in x)
    assert data.draw(isomorphisms(net)).hidden_widths == net.hidden_widths


@pytest.mark.parametrize("phenomenon", PHENOMENA)
def test_one_network_in_a_hundred_or_more_shows(phenomenon: str, sample: list[Network]) -> None:
    shown = sum(PHENOMENA[phenomenon](net) for net in sample)
    assert shown * 100 >= len(sample), f"{shown} of {len(sample)}"


def test_not_every_network_is_degenerate(sample: list[Network]) -> None:
    degenerate = ["row of zeros", "duplicates", "no weights, negative bias", "no weights, positive bias"]
    ordinary = [net for net in sample if net.depth and not any(PHENOMENA[name](net) for name in degenerate)]
    assert len(ordinary) * 5 >= len(sample)


def test_the_smallest_network_has_one_zero_weight() -> None:
    assert find(networks(), lambda net: True) == Network.from_arrays([([[0]], [0])])


def test_the_smallest_network_that_is_not_affine_is_one_relu_of_one_input() -> None:
    net = find(networks(), PHENOMENA["a function that is not affine"])
    assert net.depth == net.n_in == 1
    assert [entry for layer in net.layers for row in (*layer.W, layer.b) for entry in row if entry] == [1, 1]


def test_the_smallest_deep_network_is_narrow_and_zero() -> None:
    net = find(networks(), lambda net: net.depth >= 3)
    assert net == Network.from_arrays([([[0]], [0])] * 4)


def test_the_smallest_duplicates_are_two_neurons_of_one_layer() -> None:
    net = find(networks(), PHENOMENA["duplicates"])
    assert net.depth == 1
    assert net.hidden_widths == (2,)
    assert {abs(entry) for row in rows(net, 1) for entry in row} == {0, 1}


def test_the_smallest_point_is_the_origin_and_the_smallest_rational_zero() -> None:
    assert find(points(3), lambda x: True) == (0, 0, 0)
    assert find(rationals(), lambda t: True) == 0
    assert find(rationals(), lambda t: t.denominator > 1) == Fraction(1, 2)


def test_the_smallest_isomorphism_is_the_identity() -> None:
    net = Network.from_arrays([([[1], [2]], [0, 0]), ([[1, 1]], [0])])
    assert find(isomorphisms(net), lambda f: True) == Isomorphism.identity((2,))
    assert find(isomorphisms(net), lambda f: f.permutations != ((0, 1),)) == Isomorphism(
        ((1, 0),), ((Fraction(1), Fraction(1)),)
    )


def test_all_rationals_in_range_are_reached() -> None:
    expected = {Fraction(p, q) for p in range(-2, 3) for q in (1, 2)}
    for value in expected:
        assert find(rationals(2, 2), lambda t, value=value: t == value) == value


@pytest.mark.parametrize(
    ("strategy", "complaint"),
    [
        (lambda: rationals(-1, 1), "no rationals"),
        (lambda: rationals(1, 0), "no rationals"),
        (lambda: points(0), "at least one coordinate"),
        (lambda: networks(max_width=0), "no networks"),
        (lambda: networks(n_in=0), "no networks"),
        (lambda: networks(n_out=-1), "no networks"),
        (lambda: networks(max_depth=-1), "no networks"),
        (lambda: networks(min_depth=3, max_depth=2), "no networks"),
    ],
)
def test_impossible_ranges_are_refused(strategy: Callable[[], object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        strategy()


def test_a_missing_hypothesis_is_reported_with_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    spec = importlib.util.spec_from_file_location("strategies_without_hypothesis", strategies.__file__)
    assert spec is not None
    assert spec.loader is not None
    with pytest.raises(ImportError, match=r"pip install exactrev\[testing\]"):
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
