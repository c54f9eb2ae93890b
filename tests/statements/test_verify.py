"""`verify` as a whole: the report as text and JSON, exit codes, budgets, progress, boxes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from geometry.nasty_networks import relu_network

from exactrev.arithmetic.numbers import parse_rational
from exactrev.errors import BadInput, BudgetSpent, InvalidNetwork, TheoryContradicted
from exactrev.geometry import Box
from exactrev.network import Network, Neuron, he_network, load
from exactrev.statements import STATEMENTS, Report, verify
from exactrev.statements.evidence import Evidence
from exactrev.statements.registry import find_statements
from exactrev.statements.witnesses import as_json, as_text
from exactrev.verdict import Outcome, Verdict

NETS = Path(__file__).resolve().parents[2] / "../shared/nets"

CORNERED = relu_network([[1, 0, 0], [0, 1, 0]], [[1, 1, -1]])  # all holds but the LRA
GOOD = relu_network([[1, 0, 0], [0, 1, 0], [1, 1, -1]])  # one layer: all holds
BY_DEFAULT = find_statements(None)
THICK = relu_network([[1, 0, 0], [0, 1, 0]], [[1, 0, 0]])


def test_the_report_lists_every_statement_in_the_order_of_the_registry() -> None:
    report = verify(CORNERED)
    assert [statement for statement, _ in report.verdicts] == BY_DEFAULT
    assert report["T1b"] is report["bends_at_every_earlier_boundary"]
    with pytest.raises(KeyError):
        verify(CORNERED, "R1")["R2"]


def test_the_exit_code_says_what_happened() -> None:
    assert verify(GOOD).exit_code == 0
    assert verify(THICK, ["T1a", "T1b"]).exit_code == 0  # not applicable
    assert verify(CORNERED).exit_code == 1
    assert verify(CORNERED, budget=0).exit_code == 3
    assert verify(CORNERED, "T1b").exit_code == 0


def test_a_failure_weighs_more_than_what_is_undecided() -> None:
    outcomes = (Outcome.HOLDS, Outcome.UNDECIDED, Outcome.FAILS, Outcome.NOT_APPLICABLE)
    verdicts = tuple((s, Verdict(outcome, "")) for s, outcome in zip(STATEMENTS, outcomes, strict=False))
    assert Report(CORNERED, None, verdicts).exit_code == 1
    assert Report(CORNERED, None, verdicts[:2]).exit_code == 3
    assert Report(CORNERED, None, (verdicts[0], verdicts[3])).exit_code == 0


def test_what_the_budget_does_not_reach_is_undecided_and_named() -> None:
    report = verify(CORNERED, budget=0)
    undecided = {statement.paper for statement, verdict in report.verdicts if verdict.outcome is Outcome.UNDECIDED}
    # The isomorphisms need no enumeration.
    assert undecided == {statement.paper for statement in BY_DEFAULT} - {"I1", "I2"}
    assert report["R2"].witness == {"missing": "the enumeration of regions stopped after neuron 1 of 3"}
    assert report["I2"].outcome is Outcome.HOLDS
    assert "were not enumerated" in report.summary()
    assert "regions" not in report.to_json()["network"]


def test_an_enumeration_that_the_budget_stopped_is_not_begun_again(monkeypatch: pytest.MonkeyPatch) -> None:
    evidence = Evidence(CORNERED, budget=0)
    with pytest.raises(BudgetSpent) as first:
        assert evidence.complex
    monkeypatch.setattr(evidence, "_deadline", None)
    with pytest.raises(BudgetSpent) as second:
        assert evidence.complex
    assert first.value is second.value
    assert evidence.found_complex is None


def test_the_budget_also_stops_the_work_after_the_enumeration(monkeypatch: pytest.MonkeyPatch) -> None:
    evidence = Evidence(CORNERED, budget=10**6)
    assert evidence.complex.n_regions == 7
    monkeypatch.setattr(evidence, "_deadline", -1.0)
    for statement in STATEMENTS:
        if statement.paper in ("R2", "R3", "T1a", "T1b", "T1c", "L2"):
            with pytest.raises(BudgetSpent, match="missing="):
                statement.decide(evidence)


@pytest.mark.parametrize("budget", [-1, float("nan")])
def test_an_impossible_budget_is_bad_input(budget: float) -> None:
    with pytest.raises(BadInput, match="budget: found"):
        verify(CORNERED, budget=budget)


def test_a_box_of_another_dimension_is_refused() -> None:
    with pytest.raises(InvalidNetwork):
        verify(CORNERED, box=Box.cube(3, 0, 1))


def test_progress_counts_neurons_and_statements_and_may_stop_the_work() -> None:
    seen: list[tuple[int, int]] = []
    verify(CORNERED, ["R1", "R2"], progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]

    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verify(CORNERED, progress=interrupt)


def test_the_json_is_plain_and_its_rationals_are_strings() -> None:
    record = json.loads(json.dumps(verify(CORNERED).to_json(), allow_nan=False))
    assert record["schema_version"] == 1
    assert record["network"] == {
        "architecture": "2-2-1-1", "widths": [2, 2, 1, 1], "parameters": 11, "box": None,
        "regions": 7, "thick": 0, "bounded": 1, "facets": 9,
    }  # fmt: skip
    assert [entry["label"] for entry in record["statements"]] == [statement.label for statement in BY_DEFAULT]
    for entry in record["statements"]:
        assert {"label", "paper", "verdict", "checked", "witness"} <= entry.keys()
        assert entry["verdict"] in {outcome.value for outcome in Outcome}
    (failing,) = [entry for entry in record["statements"] if entry["verdict"] == "FAILS"]
    point = [parse_rational(text) for text in failing["witness"]["point"]]
    assert 0 in CORNERED.sign_vector(point)[0]
    assert failing["witness"]["map_on_both"] == {"W": [["0", "0"]], "b": ["0"]}


def test_the_summary_has_every_statement_with_its_verdict_and_the_witness_below_a_failure() -> None:
    text = verify(CORNERED).summary()
    for statement in BY_DEFAULT:
        (line,) = [line for line in text.splitlines() if f" {statement.label} ({statement.paper}, " in line]
        # Without the LRA, the hypothesis of Theorem 2, nothing need follow from Theorem 3 (T2d).
        expected = {"R2": "FAILS", "T2d": "NOT APPLICABLE"}.get(statement.paper, "HOLDS")
        assert line.startswith(expected)
    after = text.split("linear_regions_are_activation_regions")[1].splitlines()
    assert after[1].strip().startswith("at 4 of 9 facets")
    assert [line.split(":")[0].strip() for line in after[2:7]] == [
        "point", "neurons", "patterns", "points inside", "map on both"
    ]  # fmt: skip
    assert "2 inputs, hidden layers of 2, 1 neurons, 1 output; 11 parameters" in text
    assert "Over R^2 it has 7 activation regions (1 bounded), with 9 facets between them." in text
    assert "11 of 13 statements hold for this network, 1 fails, 1 does not apply." in text
    assert max(map(len, text.splitlines())) <= 120


def test_vacuous_passes_are_marked() -> None:
    text = verify(GOOD).summary()
    assert "bends_at_every_earlier_boundary (T1b, Theorem 1, §3.3), vacuously" in text
    assert "13 of 13 statements hold for this network (5 of them vacuously: there was nothing to check)." in text


def test_statements_that_do_not_apply_say_why() -> None:
    text = verify(THICK, ["T1a", "T1b"]).summary()
    assert text.count("NOT APPLICABLE") == 2
    assert "a boundary has interior" in text
    assert "and 2 thick cells" in text
    assert "0 of 2 statements hold for this network, 2 do not apply." in text


def test_a_box_is_named_in_the_report() -> None:
    report = verify(CORNERED, "R2", Box([0, "1/3"], [1, 2]))
    assert "the box from (0, 1/3) to (1, 2)" in report.summary()
    assert report.to_json()["network"]["box"] == {"lo": ["0", "1/3"], "hi": ["1", "2"]}


def test_long_rationals_are_rounded_in_the_text_and_not_in_the_json() -> None:
    value = parse_rational("1" + "0" * 60 + "1/7")
    assert as_text(value) == "~1.428571E+60"
    assert as_json(value) == "1" + "0" * 60 + "1/7"


def test_affine_maps_are_written_as_expressions() -> None:
    net = Network.from_arrays([([[1, "-1/2"], [0, 0], [-1, 0]], [3, 0, "-1/3"])])
    assert as_text(net.layers[0]) == "x -> (x0 - 1/2 x1 + 3, 0, -x0 - 1/3)"


def test_only_exact_things_are_witnesses() -> None:
    with pytest.raises(TypeError):
        as_json({"point": 0.5})


def test_a_witness_that_is_not_on_its_boundary_contradicts_the_theory() -> None:
    with pytest.raises(TheoryContradicted):
        Evidence(CORNERED).require_zeros((1, 1), [Neuron(1, 0)])


def test_a_network_of_three_layers_of_25_is_verified() -> None:
    report = verify(he_network((2, 25, 25, 25, 2), 1))
    outcomes = {statement.paper: verdict.outcome for statement, verdict in report.verdicts}
    assert {paper for paper, outcome in outcomes.items() if outcome is Outcome.FAILS} == {"T1d", "T2h"}
    assert {paper for paper, outcome in outcomes.items() if outcome is Outcome.NOT_APPLICABLE} == {"T2c", "T2d"}
    assert outcomes["T1c"] is Outcome.HOLDS


@pytest.mark.skipif(not (NETS / "fc1.onnx").exists(), reason="the network files are not here")
def test_a_published_network_is_verified_and_its_file_named() -> None:
    pytest.importorskip("onnx")
    report = verify(load(NETS / "fc1.onnx"))
    assert report["R2"].outcome is Outcome.HOLDS
    assert report["T2h"].outcome is Outcome.FAILS
    assert report.to_json()["network"]["format"] == "ONNX"
