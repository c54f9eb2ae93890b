"""Pairs of equal networks that are not isomorphic, oracles, and what Hypothesis knows without being told."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import strategies as st
from testing.examples_of import draw_many, find

from exactrev.certificates import decide_equal
from exactrev.identifiability import find_pairs
from exactrev.identifiability.second_networks import has_narrow_layers, negatable_sets
from exactrev.network import AffineMap, Isomorphism, Network, is_isomorphic
from exactrev.oracle import Oracle
from exactrev.testing.degeneracies import has_degeneracy
from exactrev.testing.registration import register
from exactrev.testing.strategies import equal_but_not_isomorphic_pairs, networks, oracles
from exactrev.testing.strategies.isomorphisms import _DISJOINT

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def pairs() -> list[tuple[Network, Network]]:
    return draw_many(equal_but_not_isomorphic_pairs(), 60)


def test_the_pairs_are_equal_of_one_architecture_and_not_isomorphic(pairs: list[tuple[Network, Network]]) -> None:
    for a, b in pairs:
        assert a.widths == b.widths
        assert not is_isomorphic(a, b)
        # By a proof that shares no code with the decision inside the strategy: split trees, not region complexes.
        assert decide_equal(a, b).name == "equal"


def test_every_kind_of_pair_is_drawn(pairs: list[tuple[Network, Network]]) -> None:
    firsts = [a for a, _ in pairs]
    assert any(has_narrow_layers(net) for net in firsts)
    assert any(has_degeneracy(net, "dead") and not has_narrow_layers(net) for net in firsts)
    assert any(len(chosen) == 3 for net in firsts for k in range(1, net.depth + 1) for chosen in negatable_sets(net, k))
    assert any(net.architecture == "1-2-1-1" and not has_degeneracy(net, "dead") for net in firsts)


def test_there_is_a_pair_for_every_case_of_disjoint_boundaries() -> None:
    for case, layers in _DISJOINT.items():
        first, second = map(Network.from_arrays, layers)
        assert any(case in pair.cases for pair in find_pairs(first).pairs), case
        assert decide_equal(first, second).name == "equal"
        assert not is_isomorphic(first, second)


def test_the_smallest_pair_is_a_dead_neuron_with_one_weight_or_another() -> None:
    a, b = find(equal_but_not_isomorphic_pairs())
    # ReLU(0), to which one of them listens.
    assert {a.layers[0], b.layers[0]} == {AffineMap.from_arrays([[0]], [0])}
    assert {a.layers[1].W, b.layers[1].W} == {((0,),), ((1,),)}
    assert a.layers[1].b == b.layers[1].b == (0,)


def test_oracles_answer_for_their_network_and_have_been_asked_nothing() -> None:
    net = Network.from_arrays([([[1], [-1]], [0, 0]), ([[1, 2]], [0])])
    drawn = draw_many(oracles(st.just(net)), 10)
    assert {oracle.queries for oracle in drawn} == {0}
    assert [oracle((3,)) for oracle in drawn] == [net((3,))] * len(drawn)
    assert all(oracle.n_in == 1 for oracle in draw_many(oracles(networks(n_in=1)), 5))


def test_oracles_are_of_networks_and_of_functions() -> None:
    drawn = draw_many(oracles(), 20)
    assert {oracle._n_out == 0 for oracle in drawn} == {True, False}


@pytest.mark.parametrize("kind", [Network, AffineMap, Isomorphism, Oracle])
def test_a_type_is_enough_once_they_are_registered(kind: type) -> None:
    register()
    assert all(isinstance(example, kind) for example in draw_many(st.from_type(kind), 5))


def test_the_hook_in_the_packaging_data_is_the_one_that_registers() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    module, _, name = project["entry-points"]["hypothesis"]["exactrev"].partition(":")
    assert getattr(import_module(module), name) is register
    assert any(need.startswith("hypothesis") for need in project["optional-dependencies"]["testing"])


def test_hypothesis_finds_the_hook_by_itself_and_loads_no_geometry_for_it(tmp_path: Path) -> None:
    metadata = tmp_path / "exactrev-0.1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: exactrev\nVersion: 0.1.0\n")
    (metadata / "entry_points.txt").write_text("[hypothesis]\nexactrev = exactrev.testing.registration:register\n")
    code = (
        "import sys, hypothesis\n"
        "print('exactrev.geometry' in sys.modules, 'exactrev.testing.strategies' in sys.modules)\n"
        "from exactrev.network import Network\n"
        "from hypothesis import given, settings, strategies as st\n"
        "@settings(database=None, max_examples=3)\n"
        "@given(...)\n"
        "def test(net: Network): assert isinstance(net, Network)\n"
        "test()\n"
    )
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": path},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, "False False\n"), done.stderr


def test_everything_but_the_strategies_is_importable_without_hypothesis() -> None:
    code = (
        "import sys; sys.modules['hypothesis'] = None\n"
        "import exactrev.testing, exactrev.testing.degeneracies, exactrev.testing.registration\n"
        "try:\n    import exactrev.testing.strategies\n"
        "except ImportError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "exactrev.testing.strategies needs Hypothesis: pip install exactrev[testing]\n", done.stderr
