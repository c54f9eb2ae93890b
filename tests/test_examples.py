"""The bundled networks: they load, the facts stated about them are true, and the script makes them again."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import pytest
from oracles.brute_force import brute_force
from oracles.complexes import CellComplex

from exactrev import examples
from exactrev.errors import BadInput
from exactrev.geometry import Box, boundaries, regions
from exactrev.geometry.boundary_pieces import boundary_set
from exactrev.network import Network, Neuron, is_isomorphic, load
from exactrev.recovery.from_boundaries import agree_up_to_last_signs
from exactrev.statements import verify

SCRIPT = Path(__file__).resolve().parents[1] / "scripts" / "train_examples.py"
PAIRS = [("opposite_signs_a", "opposite_signs_b"), ("exchanged_pieces_a", "exchanged_pieces_b")]
SMALL = ["figure1", "dead_layer", "parallel_coincident", "bounded_boundary", "disconnected_boundary", "unseen_neuron"]
SMALL += [name for pair in PAIRS for name in pair]
SMALL += ["reflected", "fifth_case"]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    pytest.importorskip("sklearn")
    spec = importlib.util.spec_from_file_location("train_examples", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def made(script: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with everything that the script writes."""
    folder = tmp_path_factory.mktemp("examples")
    script.main(folder)
    return folder


def absolute(t: Fraction) -> Fraction:
    return max(t, -t)


# -- names and files ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", examples.names())
def test_every_example_loads_and_is_described_in_one_sentence(name: str) -> None:
    net = examples.load(name)
    assert net.architecture == examples.example(name).architecture
    assert net.provenance is not None
    assert net.provenance.path == f"{name}.json"
    description = examples.describe(name)
    assert description.endswith(".")
    assert ". " not in description
    assert net.architecture in description


def test_every_data_file_is_an_example() -> None:
    data = Path(examples.__file__).parent / "data"
    assert {path.name for path in data.iterdir()} == {f"{name}.json" for name in examples.names()}


@pytest.mark.parametrize("ask", [examples.load, examples.describe, examples.example])
@pytest.mark.parametrize("name", ["figure2", "", "../data/figure1", "figure1.json"])
def test_an_unknown_name_is_refused_with_the_known_ones(ask: Callable[[str], object], name: str) -> None:
    with pytest.raises(BadInput, match="no such example; expected one of figure1, classifier2d"):
        ask(name)


# -- facts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", examples.names())
def test_the_facts_about_regions_and_boundaries_are_true(name: str) -> None:
    stated = examples.example(name)
    found = regions(examples.load(name))
    assert (found.n_regions, found.n_thick, found.n_bounded) == (stated.n_regions, 0, stated.n_bounded)
    maps = [found.affine_map(cell) for cell in range(found.n_cells)]
    assert stated.linear_regions == all(maps[p] != maps[q] for p, q in found.facet_cells.tolist())
    by_neuron = {boundary.neuron: boundary for boundary in boundaries(found)}
    for neuron, facts in stated.boundaries.items():
        boundary = by_neuron[neuron]
        assert boundary.n_pieces == facts.n_pieces
        assert boundary.n_components == facts.n_components
        assert boundary.is_bounded == facts.is_bounded
        assert boundary.n_bends == facts.n_bends
        assert boundary.is_empty == (facts.n_components == 0)


@pytest.mark.parametrize("name", SMALL)
def test_brute_force_over_all_patterns_counts_the_same(name: str) -> None:
    stated = examples.example(name)
    cells: CellComplex = brute_force(examples.load(name))
    assert len(cells.regions) == stated.n_regions
    assert cells.n_bounded == stated.n_bounded


def test_all_boundaries_of_figure1_meet_the_pictured_square_and_bend_in_it() -> None:
    pictured = boundaries(regions(examples.load("figure1"), Box.cube(2, -3, 3)))
    for boundary in pictured:
        assert boundary.n_pieces >= 9
        assert boundary.n_components == 1
    assert sum(boundary.n_bends for boundary in pictured) == 29
    assert all(boundary.n_bends > 0 for boundary in pictured if boundary.neuron.layer == 2)


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("dead_layer", lambda x, y: Fraction(1)),
        # a1 = ReLU(x) and a2 = ReLU(x + ReLU(y) - 2), N = a1 + 3 a2
        ("parallel_coincident", lambda x, y: max(x, 0) + 3 * max(x + max(y, 0) - 2, 0)),
        ("bounded_boundary", lambda x, y: max(absolute(x) + absolute(y) - 1, 0)),
        ("disconnected_boundary", lambda x, y: max(1 - absolute(absolute(x) - 3) - absolute(y), 0)),
        ("fifth_case", lambda x, y: max(max(x, 0) + max(y - x, 0) - 2 * max(y, 0) - 1, 0)),
    ],
)
def test_the_networks_written_down_are_the_functions_that_they_claim_to_be(
    name: str, formula: Callable[[Fraction, Fraction], Fraction]
) -> None:
    net = examples.load(name)
    grid = [(Fraction(p, 2), Fraction(q, 3)) for p in range(-9, 10) for q in range(-7, 8)]
    assert net.evaluate(grid) == [(formula(x, y),) for x, y in grid]


@pytest.mark.parametrize("pair", PAIRS)
def test_the_pairs_refute_theorem_2_as_printed(pair: tuple[str, str]) -> None:
    one, other = map(examples.load, pair)
    assert boundary_set(one).pieces == boundary_set(other).pieces
    assert not is_isomorphic(one, other)
    assert agree_up_to_last_signs(one, other) == (pair[0] == "opposite_signs_a")
    for net in (one, other):
        report = verify(net, ["R2", "T2h", "T2"])
        assert [str(report[paper].outcome) for paper in ("R2", "T2h", "T2")] == ["HOLDS", "HOLDS", "FAILS"]


def test_the_boundaries_said_to_coincide_are_the_same_facets() -> None:
    found = {boundary.neuron: boundary for boundary in boundaries(examples.load("parallel_coincident"))}
    same = [[Neuron(1, 0), Neuron(1, 1), Neuron(2, 0)], [Neuron(1, 2), Neuron(1, 3)]]
    for group in same:
        assert len({tuple(sorted(found[neuron].pieces.tolist())) for neuron in group}) == 1
    assert not set(found[Neuron(1, 0)].pieces.tolist()) & set(found[Neuron(1, 2)].pieces.tolist())


# -- the script --------------------------------------------------------------------------------------------------


def test_training_is_deterministic_and_the_trained_networks_are_good(script: ModuleType, made: Path) -> None:
    classifier, accuracy = script.train_classifier()
    regressor, r_squared = script.train_regressor()
    assert (classifier, regressor) == (load(made / "classifier2d.json"), load(made / "regressor3d.json"))
    # Other versions of the numerical libraries may give other weights, but not another architecture or a bad fit.
    assert classifier.architecture == examples.example("classifier2d").architecture
    assert regressor.architecture == examples.example("regressor3d").architecture
    assert accuracy > Fraction(9, 10)
    assert r_squared > Fraction(45, 100)


def test_the_bundled_trained_networks_have_learnt_the_data(script: ModuleType) -> None:
    assert script.accuracy(examples.load("classifier2d")) == Fraction(169, 178)
    assert Fraction(50, 100) < script.r_squared(examples.load("regressor3d")) < Fraction(52, 100)


def test_the_script_writes_every_example(made: Path) -> None:
    assert {path.stem for path in made.iterdir()} == set(examples.names())
    for name in SMALL:
        bundled = Path(examples.__file__).parent / "data" / f"{name}.json"
        assert (made / f"{name}.json").read_bytes() == bundled.read_bytes()


def test_rounding_is_to_the_nearest_multiple(script: ModuleType) -> None:
    net = Network.from_arrays([([["1/3", "-2/3"]], ["0.126"])])
    assert script.rounded(net, 100) == Network.from_arrays([([["33/100", "-67/100"]], ["13/100"])])
