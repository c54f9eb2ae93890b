"""Every way through the enumeration ends at the same cells: guesses, wrong guesses, exact integers, other hashes."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from geometry.agreement import check_agreement
from oracles import brute_force
from oracles.networks import he_network, quarter_network, tangled_network

from exactrev.errors import BudgetSpent, TheoryContradicted
from exactrev.geometry import Box, RegionComplex, boundaries, enumeration, regions
from exactrev.geometry.enumeration import Enumeration
from exactrev.geometry.rounding import FloatArray, RoundedNetwork
from exactrev.geometry.skeleton import CutParameter, Int64Array, Skeleton
from exactrev.network import Network

GENERIC = [(2, 6, 4, 1), (3, 4, 3, 1), (2, 3, 3, 3, 1), (1, 6, 4, 1), (4, 4, 2, 1)]


def content(cells: RegionComplex) -> Any:
    """All that a complex says, without its numbering."""
    signs = [cells.sign_vector(cell) for cell in range(cells.n_cells)]
    facets = {
        frozenset({signs[one], signs[other]}): cells.facet_neurons(facet)
        for facet, (one, other) in enumerate(cells.facet_cells.tolist())
    }
    bounds = boundaries(cells)
    topology = [(b.n_pieces, b.n_components, b.is_bounded, b.n_isolated, b.n_ridges, b.n_bends) for b in bounds]
    bounded = {s: bool(cells.is_bounded(i)) for i, s in enumerate(signs)}
    return bounded, facets, topology, bounds.meets.tolist(), cells.is_generic


def mixed_network(seed: int) -> Network:
    if seed % 3 == 0:
        return tangled_network(seed)
    return (he_network if seed % 3 == 1 else quarter_network)(seed, *GENERIC[seed % len(GENERIC)])


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often layers are cut on trust and step by step."""
    counts: Counter[str] = Counter()
    on_trust, step_by_step = Enumeration._cut_on_trust, Enumeration._cut_step_by_step

    def counted_on_trust(self: Enumeration, layer: int, values: FloatArray) -> None:
        counts["on trust"] += 1
        on_trust(self, layer, values)

    def counted_step_by_step(self: Enumeration, layer: int, values: FloatArray) -> None:
        counts["step by step"] += 1
        step_by_step(self, layer, values)

    monkeypatch.setattr(Enumeration, "_cut_on_trust", counted_on_trust)
    monkeypatch.setattr(Enumeration, "_cut_step_by_step", counted_step_by_step)
    return counts


def claim_no_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    original = RoundedNetwork.__init__

    def out_of_range(self: RoundedNetwork, *args: Any) -> None:
        original(self, *args)
        self.is_in_range = False

    monkeypatch.setattr(RoundedNetwork, "__init__", out_of_range)


def guess_wrongly(monkeypatch: pytest.MonkeyPatch, share: float, seed: int) -> None:
    """Cut some edges at random places: the guessed signs of later neurons there are wrong."""
    rng = np.random.default_rng(seed)

    class Misled(CutParameter):
        def __call__(self, minus: Int64Array, plus: Int64Array) -> FloatArray:
            t = super().__call__(minus, plus)
            return np.where(rng.random(len(t)) < share, rng.random(len(t)), t)

    monkeypatch.setattr(enumeration, "CutParameter", Misled)


def collide(monkeypatch: pytest.MonkeyPatch, span: int, seeds: range) -> None:
    """Hash weights from -span..span instead of 64 bits, for some of the seeds that are tried."""
    original = Skeleton.__init__

    def small(self: Skeleton, domain: Any, neurons: int, seed: int) -> None:
        original(self, domain, neurons, seed)
        if seed in seeds:
            self.weights[:] = np.random.default_rng(seed).integers(-span, span + 1, size=len(self.weights))
            corners = self.signs[self.M :, : self.vertices].astype(np.int64)
            self.hashes[: self.vertices] = self.weights[self.M :] @ corners

    monkeypatch.setattr(Skeleton, "__init__", small)


@pytest.mark.parametrize("first", range(0, 40, 10))
def test_exact_integers_alone_find_the_same_complex(first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    nets = [mixed_network(seed) for seed in range(first, first + 10)]
    cases = [(net, Box.cube(net.n_in, "-7/3", "5/9") if k % 4 == 0 else None) for k, net in enumerate(nets)]
    expected = [content(regions(net, box)) for net, box in cases]
    claim_no_bounds(monkeypatch)
    for (net, box), contents in zip(cases, expected, strict=True):
        found = regions(net, box)
        assert not found.found.rounded.is_in_range
        assert content(found) == contents


@pytest.mark.parametrize("share", [0.05, 0.3, 1.0])
def test_wrong_guesses_are_noticed_and_change_nothing(
    share: float, ways: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    nets = [mixed_network(seed) for seed in range(24)]
    expected = [content(regions(net)) for net in nets]
    before = ways.copy()
    guess_wrongly(monkeypatch, share, seed=1)
    for net, contents in zip(nets, expected, strict=True):
        assert content(regions(net)) == contents
    redone = ways - before
    assert redone["step by step"] > before["step by step"]  # which counts the layers with exact zeros


def test_one_wrong_sign_in_a_whole_layer_is_noticed(ways: Counter[str], monkeypatch: pytest.MonkeyPatch) -> None:
    net = he_network(5, 2, 12, 8, 1)
    expected = content(regions(net))
    assert ways == {"on trust": 2}
    settle = Enumeration._settle
    flipped: list[tuple[int, int]] = []

    def flip_one(self: Enumeration, layer: int, start: int, at: Int64Array, ids: Int64Array) -> Any:
        # The guess for the last decision of the layer becomes wrong after the fact.
        if not flipped and layer == 2:
            self.skeleton.signs[ids[-1], at[-1]] *= -1
            flipped.append((int(ids[-1]), int(at[-1])))
        return settle(self, layer, start, at, ids)

    monkeypatch.setattr(Enumeration, "_settle", flip_one)
    assert content(regions(net)) == expected
    assert len(flipped) == 1
    assert ways == {"on trust": 4, "step by step": 1}


@pytest.mark.parametrize("span", [1, 5, 30, 200, 1000, 5000])
def test_colliding_hashes_are_refused_and_never_give_a_wrong_answer(span: int, monkeypatch: pytest.MonkeyPatch) -> None:
    nets = [mixed_network(seed) for seed in range(20)]
    expected = [content(regions(net)) for net in nets]
    collide(monkeypatch, span, range(100))
    outcomes: Counter[str] = Counter()
    for net, contents in zip(nets, expected, strict=True):
        try:
            found = content(regions(net))
        except TheoryContradicted as error:
            outcomes[error.message] += 1
        else:
            outcomes["accepted"] += 1
            assert found == contents
    refusals = {"the cells do not fit together", "two facets have the same hash", "two ridges have the same hash"}
    assert outcomes.keys() <= {"accepted", *refusals}
    assert outcomes["accepted"]
    assert outcomes.keys() & refusals or span > 1000


def test_other_hashes_are_drawn_after_a_collision(monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(12):
        net = mixed_network(seed)
        with monkeypatch.context() as patch:
            collide(patch, 1, range(7))  # only the last seed that is tried has long hashes
            found = regions(net)
        check_agreement(found, brute_force(net))


def test_ridges_with_one_hash_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    # The corners of two such ridges would be mixed up, and a point of the ridge would not lie on it.
    refused = 0
    for seed in range(40):
        net = he_network(seed, 3, 4, 3, 1)
        with monkeypatch.context() as patch:
            collide(patch, 2000, range(100))
            try:
                found = boundaries(regions(net))
                points = [found.ridge_point(ridge) for ridge in range(len(found.ridges))]
            except TheoryContradicted as error:
                refused += "two ridges" in str(error)
                continue
        for ridge, point in enumerate(points):
            signs = net.sign_vector(point)
            on = tuple(z for z in net.neurons() if signs[z.layer - 1][z.index] == 0)
            assert on == found.ridge_neurons(ridge)
    assert refused


class Stop(KeyboardInterrupt):
    pass


@pytest.mark.parametrize("last", [1, 3, 7, 10])
def test_an_interrupt_between_two_neurons_leaves_nothing_behind(last: int) -> None:
    net = he_network(2, 2, 6, 4, 1)
    expected = content(regions(net))
    seen: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        seen.append((done, total))
        if done == last:
            raise Stop

    errors = np.geterr()
    with pytest.raises(Stop):
        regions(net, progress=stop)
    assert seen == [(done, 10) for done in range(1, last + 1)]
    assert np.geterr() == errors
    assert content(regions(net)) == expected


def test_progress_counts_every_neuron_once_where_nothing_has_to_be_redone() -> None:
    seen: list[tuple[int, int]] = []
    regions(he_network(2, 2, 6, 4, 1), progress=lambda done, total: seen.append((done, total)))
    assert seen == [(done, 10) for done in range(1, 11)]


def test_memory_that_is_not_enough_is_said_with_numbers() -> None:
    with pytest.raises(BudgetSpent) as caught:
        regions(he_network(2, 3, 12, 12, 1), memory=100_000)
    assert caught.value.data["neurons_done"].endswith(" of 24")


def test_answers_do_not_depend_on_the_size_of_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    nets = [mixed_network(seed) for seed in range(12)]
    expected = [content(regions(net)) for net in nets]
    monkeypatch.setattr(enumeration, "BLOCK", 3)
    monkeypatch.setattr("exactrev.geometry.infinity.BLOCK", 2)
    monkeypatch.setattr("exactrev.geometry.ridges.BLOCK", 2)
    for net, contents in zip(nets, expected, strict=True):
        assert content(regions(net)) == contents


def test_points_are_exact_whatever_way_they_were_found(monkeypatch: pytest.MonkeyPatch) -> None:
    # The rows of W meet in the third of a unit, which no float is.
    net = Network.from_arrays([([[3, 0], [0, 3], [1, 1]], [-1, -1, 0]), ([[1, 1, 1]], [0])])
    third = (Fraction(1, 3), Fraction(1, 3))
    with_floats = regions(net).found
    claim_no_bounds(monkeypatch)
    without = regions(net).found
    for found in (with_floats, without):
        assert third in found.points_of(np.arange(found.skeleton.vertices))
