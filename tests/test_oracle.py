"""The black box: exact answers, honest counts, transcripts that replay or are refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exactrev.errors import BadInput, BudgetSpent, InexactInput, InvalidNetwork
from exactrev.network import Network
from exactrev.oracle import Oracle, ReplayedOracle
from exactrev.testing.strategies import networks, points

# N(x, y) = (ReLU(x + 2y) / 3, 1)
NET = Network.from_arrays([([[1, 2]], [0]), ([["1/3"], [0]], [0, 1])])

HEADER = '{"format": "exactrev-transcript", "version": 1, "n_in": 2}\n'
LINE = '{"x": ["1/2", "3"], "y": ["13/6", "1"]}\n'


@pytest.fixture
def transcript(tmp_path: Path) -> Path:
    return tmp_path / "asked.jsonl"


# -- answers and counts ------------------------------------------------------------------------------------------


@given(st.data())
def test_an_oracle_answers_as_the_network_does_one_by_one_and_in_batches(data: st.DataObject) -> None:
    net = data.draw(networks())
    batch = data.draw(st.lists(points(net.n_in), max_size=4))
    oracle = Oracle(net)
    assert oracle.ask(batch) == net.evaluate(batch) == [oracle(x) for x in batch]
    assert oracle.queries == 2 * len(batch)
    assert oracle.distinct_queries == len(set(batch))
    assert (oracle.n_in, oracle.n_out) == (net.n_in, net.n_out)


def test_bits_are_those_of_numerators_and_denominators() -> None:
    oracle = Oracle(NET)
    assert oracle((Fraction(-5, 8), 3)) == (Fraction(43, 24), 1)
    # 5/8: 3 + 4 bits, 3: 2 + 1 bits; 43/24: 6 + 5 bits, 1: 1 + 1 bits.
    assert (oracle.bits_in, oracle.bits_out) == (10, 13)
    oracle((0, 0))  # 0 has 0 + 1 bits, so (0, 0) has 2, and the answer (0, 1) has 1 + 2
    assert (oracle.bits_in, oracle.bits_out) == (12, 16)


def test_equal_questions_in_different_spelling_are_not_distinct() -> None:
    oracle = Oracle(NET)
    oracle.ask([(0.5, 1), ("1/2", 1), (Fraction(2, 4), "1"), (1, 0.5)])
    assert (oracle.queries, oracle.distinct_queries) == (4, 2)


def test_no_questions_cost_nothing() -> None:
    oracle = Oracle(NET)
    assert oracle.ask([]) == []
    assert oracle.queries == oracle.distinct_queries == oracle.bits_in == oracle.bits_out == 0


@pytest.mark.parametrize("batch", [[(1,)], [(1, 2), (1, 2, 3)], ["12"]])
def test_a_question_of_the_wrong_length_is_refused_and_not_counted(batch: Iterable[Iterable[Any]]) -> None:
    oracle = Oracle(NET)
    with pytest.raises(InvalidNetwork):
        oracle.ask(batch)
    assert oracle.queries == 0


def test_a_question_that_is_not_exact_is_refused() -> None:
    with pytest.raises(InexactInput):
        Oracle(NET)((float("nan"), 0))


def test_the_number_of_inputs_has_to_agree_with_the_network() -> None:
    assert Oracle(NET, 2)((0, 0)) == (0, 1)
    with pytest.raises(InvalidNetwork, match="another number of inputs"):
        Oracle(NET, 3)


# -- the user's own functions ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        lambda x: x[0] / 2,
        lambda x: [x[0] / 2],
        lambda x: float(x[0]) / 2,
        lambda x: np.float32(x[0] / 2),
        lambda x: np.array(float(x[0] / 2)),
        lambda x: np.array([float(x[0] / 2)]),
        lambda x: "1/2",
        lambda x: ("1/2",),
    ],
)
def test_a_function_may_answer_with_a_number_or_a_sequence_of_numbers(answer: Callable[[Any], Any]) -> None:
    oracle = Oracle(answer, 1)
    assert oracle((1,)) == (Fraction(1, 2),)
    assert oracle.n_out == 1


def test_a_function_gets_exact_points() -> None:
    asked = []
    oracle = Oracle(lambda x: asked.append(x) or 0, 2)
    oracle((0.5, "1/3"))
    assert asked == [(Fraction(1, 2), Fraction(1, 3))]


@pytest.mark.parametrize("answer", [[], [1, 2, 3], np.array([])])
def test_answers_of_the_wrong_length_are_refused(answer: Any) -> None:
    answers = iter([[1, 2], answer])
    oracle = Oracle(lambda x: next(answers), 1)
    with pytest.raises(InvalidNetwork, match="answer has the wrong number"):
        oracle.ask([(0,), (1,), (2,)])
    assert oracle.queries == 1  # the first was answered


@pytest.mark.parametrize("answer", [float("inf"), None, [None], np.zeros((1, 1)), True])
def test_answers_that_are_not_numbers_are_refused(answer: Any) -> None:
    with pytest.raises(InexactInput):
        Oracle(lambda x: answer, 1)((0,))


@pytest.mark.parametrize("n_in", [None, 0, -1])
def test_a_function_needs_its_number_of_inputs(n_in: int | None) -> None:
    with pytest.raises(InvalidNetwork, match="needs its number of inputs"):
        Oracle(lambda x: 0, n_in)


def test_the_number_of_outputs_of_a_function_is_unknown_before_it_answers() -> None:
    with pytest.raises(InvalidNetwork, match="not known"):
        _ = Oracle(lambda x: 0, 1).n_out


# -- transcripts -------------------------------------------------------------------------------------------------


def test_a_transcript_has_one_line_a_query_with_rationals_as_strings(transcript: Path) -> None:
    with Oracle(NET, transcript=transcript) as oracle:
        oracle(("1/2", 3))
        assert transcript.read_text() == HEADER + LINE  # flushed
        oracle.ask([("1/2", 3), (0, 0)])
    assert transcript.read_text() == HEADER + LINE + LINE + '{"x": ["0", "0"], "y": ["0", "1"]}\n'


@given(st.data())
def test_a_replayed_transcript_gives_the_same_answers_and_counts(data: st.DataObject) -> None:
    net = data.draw(networks())
    batch = data.draw(st.lists(points(net.n_in), min_size=1, max_size=4))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "asked.jsonl"
        with Oracle(net, transcript=path) as oracle:
            oracle.ask(batch)
        replayed = Oracle.replay(path)
    assert replayed.ask(batch) == net.evaluate(batch)
    assert (replayed.queries, replayed.distinct_queries) == (oracle.queries, oracle.distinct_queries)
    assert (replayed.bits_in, replayed.bits_out) == (oracle.bits_in, oracle.bits_out)
    assert (replayed.n_in, replayed.n_out) == (net.n_in, net.n_out)


def test_a_question_that_was_not_recorded_is_refused(transcript: Path) -> None:
    transcript.write_text(HEADER + LINE)
    replayed = Oracle.replay(transcript)
    assert isinstance(replayed, ReplayedOracle)
    with pytest.raises(BadInput, match=r"asked\.jsonl: found no answer at the point '\(0, 1/7\)'; expected a question"):
        replayed((0, "1/7"))
    assert replayed.queries == 0
    assert replayed(("1/2", 3)) == (Fraction(13, 6), 1)


def test_numbers_of_many_digits_survive_the_transcript(transcript: Path) -> None:
    x = (Fraction(3**9000, 2**9000), Fraction(1, 10**5000))  # beyond the digits that Python converts by itself
    with Oracle(NET, transcript=transcript) as oracle:
        answer = oracle(x)
    assert Oracle.replay(transcript)(x) == answer


def test_a_number_that_could_not_be_read_back_is_not_written(transcript: Path) -> None:
    with Oracle(NET, transcript=transcript) as oracle:
        with pytest.raises(BudgetSpent, match="too long for a transcript"):
            oracle((10**100_000, 0))
        assert oracle.queries == 0
    assert transcript.read_text() == HEADER


def test_replaying_needs_no_network(transcript: Path) -> None:
    transcript.write_text(HEADER + LINE)
    program = (
        "import sys; from exactrev.oracle import Oracle; import exactrev.network.network as home\n"
        "def refuse(*args): raise SystemExit('a network was made')\n"
        "home.Network.__post_init__ = refuse\n"
        "print(Oracle.replay(sys.argv[1])(('1/2', 3)))"
    )
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run(
        [sys.executable, "-c", program, os.fspath(transcript)],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "(Fraction(13, 6), Fraction(1, 1))\n"


def test_a_closed_oracle_that_was_recording_cannot_be_asked(transcript: Path) -> None:
    oracle = Oracle(NET, transcript=transcript)
    oracle.close()
    oracle.close()
    with pytest.raises(ValueError, match="transcript is closed"):
        oracle((0, 0))
    assert oracle.queries == 0


def test_what_was_answered_before_a_failure_is_in_the_transcript(transcript: Path) -> None:
    answers = iter([1, 2, float("nan")])
    with Oracle(lambda x: next(answers), 1, transcript=transcript) as oracle:
        with pytest.raises(InexactInput):
            oracle.ask([(0,), (1,), (2,)])
        assert oracle.queries == 2
    assert Oracle.replay(transcript).ask([(0,), (1,)]) == [(1,), (2,)]


def _with(line: str, **changes: Any) -> str:
    return json.dumps({**json.loads(line), **changes}) + "\n"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "found an empty file"),
        ("\n", "line 1: column 1: found an empty file"),
        ("not json\n", "line 1: column 1: found expecting value"),
        (HEADER[:-2], "line 1: found a line without end"),
        (HEADER + LINE[:-1], "line 2: found a line without end"),
        (HEADER + LINE[:20] + "\n", "line 2"),
        (HEADER + "\n" + LINE, "line 2"),
        (LINE, "line 1: found the unknown key 'x'"),
        (_with(HEADER, format="other"), "line 1: format: found the string 'other'"),
        (_with(HEADER, version=2), "line 1: version: found the number 2"),
        (_with(HEADER, version="1"), "line 1: version: found the string '1'"),
        (_with(HEADER, n_in=0), "line 1: n_in: found the number 0"),
        (_with(HEADER, n_in=1.5), "line 1: n_in: found the number 1.5"),
        (_with(HEADER, n_in=10**11), "line 1: n_in: found the number 100000000000; expected at most 1048576 inputs"),
        (_with(HEADER, n_in="2"), "line 1: n_in: found the string '2'"),
        (_with(HEADER, n_in=[2]), "line 1: n_in: found an array"),
        (_with(HEADER, more=1), "unknown key 'more'"),
        ('{"format": "exactrev-transcript", "version": 1}\n', "no key 'n_in'"),
        (HEADER + _with(LINE, x=["1/2"]), "line 2: x: found 1 entries"),
        (HEADER + _with(LINE, x=[]), "line 2: x: found an empty array"),
        (HEADER + _with(LINE, y="1"), "line 2: y: found the string '1'"),
        (HEADER + _with(LINE, y=[1, 2]), r"line 2: y\[0\]: found the number 1"),
        (HEADER + _with(LINE, y=["0.5", "1"]), r"line 2: y\[0\]: found the string '0.5'"),
        (HEADER + _with(LINE, y=["2/4", "1"]), r"line 2: y\[0\]: found the string '2/4'"),
        (HEADER + _with(LINE, y=["1/0", "1"]), r"line 2: y\[0\]: found the string '1/0'"),
        (HEADER + _with(LINE, y=["1e9", "1"]), r"line 2: y\[0\]"),
        (HEADER + _with(LINE, y=[None, "1"]), r"line 2: y\[0\]: found null"),
        (HEADER + _with(LINE, y=[["1"], "1"]), "line 2: found nesting"),
        (HEADER + _with(LINE, z=["1"]), "line 2: found the unknown key 'z'"),
        (HEADER + '{"x": ["1/2", "3"]}\n', "line 2: found no key 'y'"),
        (HEADER + '{"x": ["1", "3"], "x": ["1", "4"], "y": ["1"]}\n', "line 2: found the key 'x' twice"),
        (HEADER + LINE + _with(LINE, y=["13/6"], x=["0", "0"]), "line 3: y: found 1 entries; expected 2"),
        (HEADER + LINE + _with(LINE, y=["13/6", "2"]), "line 3: found another answer to an earlier question"),
        ("\ufeff" + HEADER, "line 1: found a byte order mark"),
    ],
)
def test_a_damaged_transcript_is_refused_with_the_place(transcript: Path, text: str, complaint: str) -> None:
    transcript.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=complaint) as error:
        Oracle.replay(transcript)
    assert "\n" not in str(error.value)


def test_a_transcript_cut_off_inside_a_line_is_refused_at_every_byte(transcript: Path) -> None:
    whole = (HEADER + LINE).encode()
    for length in range(len(whole)):
        transcript.write_bytes(whole[:length])
        if length == len(HEADER):
            assert Oracle.replay(transcript).n_in == 2  # a transcript of no queries
        else:
            with pytest.raises(BadInput):
                Oracle.replay(transcript)


def test_files_that_cannot_be_read_or_written_are_refused_with_a_reason(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file"):
        Oracle.replay(tmp_path / "absent.jsonl")
    with pytest.raises(BadInput, match="not a file"):
        Oracle.replay(tmp_path)
    with pytest.raises(BadInput, match="no such file"):
        Oracle(NET, transcript=tmp_path / "absent" / "asked.jsonl")
    with pytest.raises(BadInput, match="directory"):
        Oracle(NET, transcript=tmp_path)


def test_a_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes here")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadInput, match="not a file"):
        Oracle.replay(tmp_path / "pipe")
