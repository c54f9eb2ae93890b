"""``exactrev recover``: what it claims and costs, what it replays, and what it says of answers that are not exact."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from command_line import Answer, Run

from exactrev import Network, Neuron, examples, load, save
from exactrev.network.isomorphisms import is_isomorphic
from exactrev.network.random import he_network
from exactrev.oracle import Oracle
from exactrev.recovery.inexact import round_to_digits, with_noise
from exactrev.recovery.reconstruction import Recovery, recover

# What a report says of the truth; the rest is the recovery's own.
OF_THE_TRUTH = ("recovered", "isomorphic", "verdict", "truth")

INEXACT = "the answers are not exact values of a piecewise linear function"


def without(record: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key not in keys}


def without_seconds(out: str) -> list[str]:
    lines = out.splitlines()
    assert sum(line.endswith(" seconds") for line in lines) == 1
    return [line for line in lines if not line.endswith(" seconds")]


# -- recovering -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("queries", ["plain", "packed"])
def test_a_network_is_recovered_and_shown_to_be_isomorphic(run: Run, queries: str) -> None:
    answer = run("recover", "figure1", "--queries", queries, "-o", "found.json", "--json")
    assert (answer.code, answer.err) == (0, "")
    record = answer.json
    assert record["schema_version"] == 1
    assert (record["recovered"], record["isomorphic"], record["missing"]) == ("complete", True, [])
    assert record["verdict"] == {"equal": "HOLDS", "checked": "isomorphic", "point": None}
    assert record["truth"]["architecture"] == record["network"]["architecture"] == "2-5-5-1"
    assert record["summary"] == "2-5-5-1, no contradiction in 60 test points"
    assert [(layer["layer"], layer["neurons"], layer["signs"]) for layer in record["layers"]] == [
        (1, 5, "known"),
        (2, 5, "known"),
    ]
    assert record["queries"] == record["plain_queries"] + record["packed_queries"]
    assert (record["packed_queries"] > 0) == (queries == "packed")
    assert record["query_bits"] == record["bits_in"] + record["bits_out"] > 0
    assert record["equivalence_queries"] == 0
    written = load("found.json")
    assert is_isomorphic(written, examples.load("figure1"))
    assert written == Network.from_arrays([(f["weights"], f["bias"]) for f in record["network"]["layers"]])


def test_the_text_names_cost_and_verdict(run: Run) -> None:
    answer = run("recover", "figure1")
    lines = without_seconds(answer.out)
    assert lines[0] == "2-5-5-1, no contradiction in 60 test points"
    layer = r"  layer 1: 5 neurons, signs known, rank \d+ of the system for them, (\d+|none) claimed"
    assert re.fullmatch(layer, lines[1])
    assert lines[-1] == "verdict: complete; isomorphic to the truth"
    assert " plain, 0 packed; " in answer.out


def test_an_equivalence_oracle_is_asked_and_counted_apart(run: Run) -> None:
    save(he_network((2, 4, 1), 0), "net.json")
    plain, asked = run("recover", "net.json", "--json").json, run("recover", "net.json", "--equivalence", "--json").json
    assert asked["equivalence_queries"] == 1
    assert asked["recovered"] == "complete"
    assert asked["queries"] == plain["queries"]
    assert asked["summary"] == "2-4-1, no contradiction in 60 test points, and the equivalence oracle knows none"


def test_a_function_that_is_equal_without_being_isomorphic_is_complete_by_proof(run: Run) -> None:
    # The second neuron is never on: no answer shows it, and nothing depends on it.
    save(Network.from_arrays([([[1, 2], [0, 0]], [0, -1]), ([[3, 4]], [5])]), "dead.json")
    answer = run("recover", "dead.json", "--json")
    assert answer.code == 0
    assert (answer.json["recovered"], answer.json["isomorphic"]) == ("complete", False)
    assert answer.json["verdict"]["equal"] == "HOLDS"
    assert answer.json["network"]["architecture"] == "2-1-1"
    text = run("recover", "dead.json").out
    assert "verdict: complete; equal: the neurons that both have are all that matters" in text


def test_a_wrong_result_without_contradictions_is_exposed_by_a_point(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The recovery gets answers of another function than the network that judges it.
    save(Network.from_arrays([([[1, 2], [1, 0]], [0, -1]), ([[3, 4]], [5])]), "truth.json")
    other = Network.from_arrays([([[1, 2]], [0]), ([[3]], [5])])
    monkeypatch.setattr("exactrev.oracle.Oracle", lambda truth, transcript: Oracle(other, transcript=transcript))
    answer = run("recover", "truth.json", "--json")
    assert answer.code == 1
    assert (answer.json["recovered"], answer.json["isomorphic"]) == ("partial", False)
    assert answer.json["verdict"]["equal"] == "FAILS"
    point = tuple(map(Fraction, answer.json["verdict"]["point"]))
    assert load("truth.json")(point) != other(point)
    assert "verdict: partial; another function than the truth, for instance at (" in run("recover", "truth.json").out


def test_an_open_weight_is_free_or_a_placeholder(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    # z[2,0] = -7 ReLU(x) + ReLU(-x) - 1 is off where unit 0 is on; z[2,1] listens to unit 0 for all that one can see.
    net = Network.from_arrays([([[1], [-1]], [0, 0]), ([[-7, 1], [2, 1]], [-1, 1]), ([[1, 1]], [0])])
    save(net, "truth.json")

    def recover_in_part(*arguments: Any, **options: Any) -> Recovery:
        found = recover(*arguments, **options)
        attempt = replace(found.attempt, network=net, open_weights=((Neuron(2, 0), 0), (Neuron(2, 1), 0)))
        return replace(found, network=net, attempt=attempt)

    monkeypatch.setattr("exactrev.recovery.reconstruction.recover", recover_in_part)
    free, placeholder = run("recover", "truth.json", "--json").json["missing"]
    assert (free["neuron"], free["input"], free["status"]) == ("z[2,0]", 0, "free")
    assert (placeholder["neuron"], placeholder["input"], placeholder["status"]) == ("z[2,1]", 0, "placeholder")
    assert placeholder["reason"].startswith("no answer shows it; it stands as 2, and the network depends on it, at (")
    lines = run("recover", "truth.json").out.splitlines()
    [line] = [line for line in lines if line.startswith("  missing, free: ")]
    assert line.startswith("  missing, free: the weight of z[2,0] for unit 0 below: changing it changes nothing: ")


def test_what_is_not_recovered_is_missing_with_a_reason(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    # A recovery that ends without a network, with one weight unknown of one row and one that nothing shows.
    def recover_in_part(*arguments: Any, **options: Any) -> Recovery:
        found = recover(*arguments, **options)
        attempt = replace(found.attempt, network=None, reason="too dark", open_weights=((Neuron(2, 1), 3),))
        row: Any = SimpleNamespace(weights=(Fraction(1, 2), None), bias=Fraction(3), missing=[1])
        return replace(found, network=None, contradictions=4, attempt=attempt, partial_rows=(row,))

    monkeypatch.setattr("exactrev.recovery.reconstruction.recover", recover_in_part)
    answer = run("recover", "figure1", "-o", "found.json", "--json")
    assert answer.code == 1
    record = answer.json
    assert (record["recovered"], record["isomorphic"], record["verdict"]) == ("partial", False, None)
    assert (record["summary"], record["network"]) == ("partial: too dark", None)
    assert record["missing"] == [
        {
            "what": "the weight of z[2,1] for unit 3 below",
            "status": "placeholder",
            "reason": "no answer shows it; it stands as 0",
            "neuron": "z[2,1]",
            "input": 3,
        },
        {
            "what": "network",
            "status": "unreached",
            "reason": "too dark; 4 of 60 test points contradict it",
        },
        *(
            {
                "what": f"z[2,{index}]",
                "status": "unreached",
                "reason": "its row was read up to its sign: no signs were decided",
                "neuron": f"z[2,{index}]",
            }
            for index in range(5)
        ),
        {
            "what": "a row",
            "status": "unreached",
            "reason": "1 of 2 weights were not reached (units below: 1)",
            "weights": ["1/2", None],
            "bias": "3",
        },
    ]
    # The layers that were found are there with their weights, the last one's signs being open.
    assert [layer["signs"] for layer in record["layers"]] == ["as read", "unknown"]
    assert [(len(layer["weights"]), len(layer["bias"])) for layer in record["layers"]] == [(5, 5), (5, 5)]
    assert not Path("found.json").exists()
    assert run("recover", "figure1").out.endswith("verdict: partial\n")


def test_a_file_that_cannot_hold_the_result_does_not_cost_the_report(run: Run) -> None:
    # No scaling of the neuron makes its weights, its bias and the weight out of it all binary.
    save(Network.from_arrays([([["1/3", 1]], ["1/7"]), ([["1/5"]], [0])]), "net.json")
    answer = run("recover", "net.json", "-o", "found.npz")
    assert answer.code == 4
    assert "verdict: complete; isomorphic to the truth" in answer.out
    assert "found.npz" in answer.err
    assert not Path("found.npz").exists()


# -- replaying --------------------------------------------------------------------------------------------------------


def run_alone(*arguments: str) -> Answer:
    """A command in a process of its own."""
    done = subprocess.run([sys.executable, "-m", "exactrev", *arguments], capture_output=True, text=True, check=False)
    return Answer(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("queries", ["plain", "packed"])
def test_a_transcript_gives_the_same_result_where_there_is_no_network(run: Run, queries: str) -> None:
    save(he_network((3, 5, 4, 1), 0), "net.json")
    options = ("--queries", queries, "--seed", "3")
    text = run("recover", "net.json", *options, "--transcript", "t.jsonl", "-o", "first.json").out
    record = run("recover", "net.json", *options, "--json").json
    Path("net.json").unlink()
    answer = run_alone("recover", "--replay", "t.jsonl", *options, "-o", "second.json", "--json")
    assert (answer.code, answer.err) == (1, "")  # nothing is proved where there is nothing to compare with
    told = [json.dumps(without(each, "seconds", *OF_THE_TRUTH)) for each in (record, answer.json)]
    assert told[0] == told[1]
    assert Path("first.json").read_bytes() == Path("second.json").read_bytes()
    assert [answer.json[key] for key in OF_THE_TRUTH] == ["partial", None, None, None]
    again = without_seconds(run("recover", "--replay", "t.jsonl", *options).out)
    assert [line for line in without_seconds(text) if line != "  first.json: written"][:-1] == again[:-1]
    assert again[-1] == "verdict: none, for there is no network to compare with"


def test_a_replayed_result_can_be_judged_afterwards(run: Run) -> None:
    first = run("recover", "figure1", "--transcript", "t.jsonl", "--json")
    second = run("recover", "figure1", "--replay", "t.jsonl", "--json")
    assert second.code == 0
    assert without(first.json, "seconds") == without(second.json, "seconds")


def test_an_equivalence_oracle_answers_in_a_replay_as_it_did_before(run: Run) -> None:
    save(he_network((2, 4, 1), 0), "net.json")
    first = run("recover", "net.json", "--equivalence", "--transcript", "t.jsonl", "--json").json
    second = run("recover", "net.json", "--equivalence", "--replay", "t.jsonl", "--json").json
    assert second["equivalence_queries"] == 1
    assert without(first, "seconds") == without(second, "seconds")


def test_inexact_answers_are_noticed_in_a_replay_too(run: Run) -> None:
    first = run("recover", "figure1", "--noise", "1/1000", "--transcript", "t.jsonl", "--json").json
    second = run("recover", "--replay", "t.jsonl", "--json").json
    assert without(first, "seconds", *OF_THE_TRUTH) == without(second, "seconds", *OF_THE_TRUTH)


def test_other_settings_ask_what_was_not_recorded(run: Run) -> None:
    run("recover", "figure1", "--transcript", "t.jsonl")
    answer = run("recover", "--replay", "t.jsonl", "--seed", "1")
    assert answer.code == 4
    assert answer.out == ""
    assert "t.jsonl: found no answer at the point" in answer.err


# -- answers that are not exact ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("queries", ["plain", "packed"])
@pytest.mark.parametrize("inexact", ["--digits 4", "--digits 16", "--digits 50", "--noise 1/1000000", "--noise 1e-30"])
def test_inexact_answers_are_noticed_and_nothing_is_claimed(
    run: Run, inexact: str, queries: str, seed: int
) -> None:
    save(he_network((2, 4, 3, 1), seed), "net.json")
    options = (*inexact.split(), "--queries", queries, "--seed", str(seed), "-o", "no.json", "--json")
    answer = run("recover", "net.json", *options)
    assert answer.code == 1
    record = answer.json
    assert (record["recovered"], record["isomorphic"], record["network"]) == ("partial", False, None)
    assert record["summary"] == f"partial: {INEXACT}"
    assert record["noticed"]["what"] == INEXACT
    assert len([Fraction(entry) for entry in record["noticed"]["place"]]) == 2
    assert Fraction(record["noticed"]["step"]) > 0
    assert record["missing"] == [{"what": "everything", "status": "unreached", "reason": INEXACT}]
    assert record["queries"] > 0
    assert not Path("no.json").exists()


def test_the_text_says_where_it_was_noticed(run: Run) -> None:
    lines = run("recover", "figure1", "--digits", "8", "-o", "no.json").out.splitlines()
    assert lines[0] == f"partial: {INEXACT}"
    assert lines[1].startswith("  noticed: the answers on a line fit no piecewise linear function")
    assert ", at (" in lines[1]
    assert "verdict: partial" in lines
    assert lines[-1] == "  no.json: not written"


def test_digits_enough_for_every_answer_change_nothing(run: Run) -> None:
    # All answers are dyadic with fewer digits than that.
    save(Network.from_arrays([([[1], [-1]], [0, 1]), ([[1, 2]], [0])]), "net.json")
    assert run("recover", "net.json", "--digits", "2000").code == 0
    assert run("recover", "net.json", "--noise", "0").code == 0


def test_rounding_keeps_significant_digits() -> None:
    assert round_to_digits(Fraction(1, 3), 3) == Fraction(333, 1000)
    assert round_to_digits(Fraction(-200, 3), 3) == Fraction(-667, 10)
    assert round_to_digits(Fraction(0), 3) == 0
    assert round_to_digits(Fraction(10**40 + 1), 5) == 10**40
    assert round_to_digits(Fraction(1, 7 * 10**90), 2) == Fraction(14, 10**92)
    with pytest.raises(ValueError, match="significant digits"):
        round_to_digits(Fraction(1), 0)


def test_noise_belongs_to_the_point_and_the_seed_and_stays_small() -> None:
    def answer(x: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
        return (Fraction(1), Fraction(2))

    noisy, other = with_noise(answer, Fraction(1, 10), 1), with_noise(answer, Fraction(1, 10), 2)
    points = [(Fraction(k, 7),) for k in range(50)]
    assert [noisy(x) for x in points] == [noisy(x) for x in reversed(points)][::-1]
    assert len({noisy(x) for x in points}) == 50
    assert all(noisy(x) != other(x) for x in points)
    assert all(abs(u - v) <= Fraction(1, 10) for x in points for u, v in zip(noisy(x), answer(x), strict=True))


# -- wrong command lines ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((), "Give a network NET"),
        (("--replay", "t", "--equivalence"), "--equivalence needs the network"),
        (("--replay", "t", "--transcript", "u"), "goes with no --transcript"),
        (("figure1", "--replay", "t", "--digits", "3"), "goes with no --transcript"),
        (("figure1", "--noise", "-1"), "is negative"),
        (("figure1", "--noise", "nan"), "--noise"),
        (("figure1", "--digits", "0"), "--digits"),
        (("figure1", "--queries", "many"), "--queries"),
    ],
)
def test_what_does_not_go_together_is_a_wrong_command_line(
    run: Run, arguments: tuple[str, ...], complaint: str
) -> None:
    answer = run("recover", *arguments)
    assert answer.code == 2
    assert answer.out == ""
    assert complaint in answer.err


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("nothing",), "no such file or example"),
        (("bent.json", "-o", "bent.json"), "the input itself"),
        (("bent.json", "--transcript", "bent.json"), "the input itself"),
        (("bent.json", "--transcript", "a.json", "-o", "a.json"), "the transcript itself"),
        (("bent.json", "-o", "found.txt"), "the extension '.txt'"),
        (("--replay", "bent.json"), "bent.json"),
        (("--replay", "absent.jsonl"), "absent.jsonl"),
    ],
)
def test_files_that_cannot_be_used_end_in_one_line(run: Run, arguments: tuple[str, ...], complaint: str) -> None:
    answer = run("recover", *arguments)
    assert (answer.code, answer.out) == (4, "")
    assert complaint in answer.err
    assert answer.err.count("\n") == 1


def test_layers_of_a_partial_recovery_are_not_said_to_be_right(run: Run) -> None:
    text = run("recover", "figure1", "--strategy", "match", "--rounds", "1").out
    assert text.startswith("partial: ")
    assert text.endswith("verdict: partial\n")
    layers = [line for line in text.splitlines() if line.startswith("  layer ")]
    assert layers
    assert all("as read so far, which may be wrong: " in line for line in layers)
    assert "boundary is known" not in text
