"""A black box: questions in, exact answers out, every one counted and, if wanted, recorded.

Knows how to ask a network, or a function of the user's, and what asking costs. Shows nothing but answers: whoever
holds an oracle learns no weight, no pattern and no width. A recorded transcript can be replayed where there is no
network at all.

A transcript is a text file of JSON lines. The first is ``{"format": "exactrev-transcript", "version": 1, "n_in": 2}``;
after it comes one line a query, in order, with the rationals as strings in lowest terms:
``{"x": ["1/2", "3"], "y": ["-7/4"]}``.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from operator import index
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from exactrev.arithmetic.numbers import MAX_DIGITS, format_rational, lift, parse_rational
from exactrev.errors import BadInput, BudgetSpent, InexactInput, InvalidNetwork
from exactrev.network.affine import lift_vector
from exactrev.network.files.disk import Source, shown
from exactrev.network.files.strict_json import NumberText, check_keys, kind_of, parse_json
from exactrev.network.network import Network, Point

__all__ = ["Oracle", "ReplayedOracle"]

_FORMAT = "exactrev-transcript"
_VERSION = 1
_MAX_LINE = 1 << 26  # bytes
_MOST_INPUTS = 1 << 20


class Oracle:
    """Answers N(x) exactly, for a network or for any function from Q^n_in to Q^n_out.

    `queries` counts the questions and `distinct_queries` the different ones; `bits_in` and `bits_out` add up the
    lengths of all questions and answers, the length of a rational p/q in lowest terms being the bits of abs(p) plus the
    bits of q. A question asked twice is answered twice and counted twice. Set `exchanges` to a list, and all questions
    and answers from then on are kept in it.

    >>> oracle = Oracle(Network.from_arrays([([[1], [-1]], [0, 0]), ([[1, 2]], [0])]))
    >>> oracle((3,)), oracle.ask([("-1/2",), (3,)])
    ((Fraction(3, 1),), [(Fraction(1, 1),), (Fraction(3, 1),)])
    >>> oracle.queries, oracle.distinct_queries, oracle.bits_in, oracle.bits_out
    (3, 2, 9, 8)
    """

    def __init__(
        self,
        source: Network | Callable[[Point], Any],
        n_in: int | None = None,
        *,
        transcript: str | os.PathLike[str] | None = None,
    ) -> None:
        """Ask `source`; write every question and answer to the file `transcript`, if given, as they come.

        A function gets one point, a tuple of Fractions, and returns one number or a sequence of numbers, which are
        lifted exactly; `n_in` has to be given for it. With a transcript, use the oracle in a ``with`` statement or
        close it. Raises `InvalidNetwork` if `n_in` is missing or wrong, `BadInput` if the file cannot be written.
        """
        self._answers: Callable[[list[Point]], Iterable[Point]]
        if isinstance(source, Network):
            if n_in is not None and n_in != source.n_in:
                raise InvalidNetwork("the network has another number of inputs", found=source.n_in, expected=n_in)
            self._n_in, self._n_out = source.n_in, source.n_out
            self._answers = source.evaluate
        else:
            if n_in is None or index(n_in) < 1:
                raise InvalidNetwork("an oracle for a function needs its number of inputs", n_in=n_in)
            self._n_in, self._n_out = index(n_in), 0
            self._answers = lambda points: (_lift_answer(source(point)) for point in points)
        self.queries = 0
        self.bits_in = 0
        self.bits_out = 0
        self.exchanges: list[tuple[Point, Point]] | None = None
        self._seen: set[bytes] = set()
        self._transcript = None if transcript is None else _create_transcript(transcript, self._n_in)

    @classmethod
    def replay(cls, path: str | os.PathLike[str]) -> ReplayedOracle:
        """An oracle that answers from a recorded transcript, and refuses whatever was not asked then."""
        return ReplayedOracle(path)

    @property
    def n_in(self) -> int:
        """The number of coordinates of a question."""
        return self._n_in

    @property
    def n_out(self) -> int:
        """The number of coordinates of an answer. `InvalidNetwork` if a function has not given an answer yet."""
        if not self._n_out:
            raise InvalidNetwork("the number of outputs is not known before the first answer")
        return self._n_out

    @property
    def distinct_queries(self) -> int:
        """The number of different questions."""
        return len(self._seen)

    def __call__(self, point: Iterable[Any]) -> Point:
        """The answer to one question."""
        return self.ask([point])[0]

    def ask(self, points: Iterable[Iterable[Any]]) -> list[Point]:
        """The answers to a batch of questions, in order.

        Raises `InvalidNetwork` for a point, or an answer of the user's function, of the wrong length, and
        `InexactInput` for NaN and whatever else has no exact value. What was answered before that stays counted.
        """
        if self._transcript is not None and self._transcript.closed:
            raise ValueError("this oracle's transcript is closed")
        batch = [self._lift_question(point) for point in points]
        answers: list[Point] = []
        try:
            for point, answer in zip(batch, self._answers(batch), strict=True):
                self._take(point, answer)
                answers.append(answer)
        finally:
            if self._transcript is not None:
                self._transcript.flush()
        return answers

    def close(self) -> None:
        """Close the transcript, if there is one; the oracle cannot be asked after that."""
        if self._transcript is not None:
            self._transcript.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _lift_question(self, point: Iterable[Any]) -> Point:
        x = tuple(lift_vector(point))
        if len(x) != self._n_in:
            raise InvalidNetwork("a point has the wrong number of coordinates", found=len(x), expected=self._n_in)
        return x

    def _take(self, point: Point, answer: Point) -> None:
        """Check the shape of an answer, count it and write it down."""
        if not answer or len(answer) != (self._n_out or len(answer)):
            raise InvalidNetwork(
                "an answer has the wrong number of coordinates", found=len(answer), expected=self._n_out or "at least 1"
            )
        if self._transcript is not None:
            self._transcript.write(_line({"x": _spell(point), "y": _spell(answer)}))
        if self.exchanges is not None:
            self.exchanges.append((point, answer))
        self._n_out = len(answer)
        self.queries += 1
        self.bits_in += _bits(point)
        self.bits_out += _bits(answer)
        self._seen.add(_digest(point))


class ReplayedOracle(Oracle):
    """Answers from a transcript. Asking it anything else raises `BadInput`; so does opening a damaged file."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        name = str(path)
        answers: dict[bytes, Point] = {}
        lines = _read_lines(path)
        n_in = _read_header(next(lines, None), name)
        n_out = 0
        for number, line in enumerate(lines, start=2):
            point, answer = _read_exchange(line, f"line {number}", n_in, n_out)
            n_out = len(answer)
            if answers.setdefault(_digest(point), answer) != answer:
                raise line.refuse(f"line {number}", "another answer to an earlier question", "the same answer")

        def look_up(point: Point) -> Point:
            answer = answers.get(_digest(point))
            if answer is None:
                asked = shown(f"({', '.join(map(format_rational, point))})")
                raise BadInput(name, "", f"no answer at the point {asked}", "a question that was recorded")
            return answer

        super().__init__(look_up, n_in)
        self._n_out = n_out


def _lift_answer(answer: Any) -> Point:
    if isinstance(answer, str) or getattr(answer, "ndim", None) == 0 or not isinstance(answer, Iterable):
        return (lift(answer),)
    return tuple(lift_vector(answer))


def _bits(values: Point) -> int:
    return sum(value.numerator.bit_length() + value.denominator.bit_length() for value in values)


def _digest(point: Point) -> bytes:
    """What tells questions apart: 256 bits, so that a transcript of long questions need not be held in memory."""
    text = ",".join(f"{entry.numerator:x}/{entry.denominator:x}" for entry in point)
    return hashlib.blake2b(text.encode("ascii"), digest_size=32).digest()


# -- transcripts -------------------------------------------------------------------------------------------------


def _create_transcript(path: str | os.PathLike[str], n_in: int) -> BinaryIO:
    try:
        file = Path(path).open("wb")  # noqa: SIM115 - the oracle closes it
    except (OSError, ValueError) as error:
        raise BadInput(str(path), "", _reason(error), "a file that can be written") from None
    file.write(_line({"format": _FORMAT, "version": _VERSION, "n_in": n_in}))
    file.flush()
    return file


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value).encode("ascii") + b"\n"


def _spell(values: Point) -> list[str]:
    texts = [format_rational(value) for value in values]
    for text in texts:
        if len(text) > MAX_DIGITS and any(len(part.lstrip("-")) > MAX_DIGITS for part in text.split("/")):
            raise BudgetSpent("a number is too long for a transcript", digits=len(text), limit=MAX_DIGITS)
    return texts


def _read_lines(path: str | os.PathLike[str]) -> Iterator[Source]:
    """The lines of a regular file, one at a time: a transcript may be longer than memory."""
    name = str(path)
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise BadInput(name, "", "something that is not a file", "a transcript")
        with Path(path).open("rb") as file:
            number = 0
            while line := file.readline(_MAX_LINE):
                number += 1
                if not line.endswith(b"\n"):
                    found = f"a line of more than {_MAX_LINE} bytes" if len(line) == _MAX_LINE else "a line without end"
                    raise BadInput(name, f"line {number}", found, "a complete line")
                yield Source(name, line, hashlib.sha256(line).hexdigest())
    except (OSError, ValueError) as error:
        if isinstance(error, BadInput):
            raise
        raise BadInput(name, "", _reason(error), "a transcript that can be read") from None


def _read_header(line: Source | None, name: str) -> int:
    if line is None:
        raise BadInput(name, "", "an empty file", "a transcript")
    header = _parse(line, "line 1")
    check_keys(line, "line 1", header, {"format", "version", "n_in"})
    if header["format"] != _FORMAT or isinstance(header["format"], NumberText):
        raise line.refuse("line 1: format", kind_of(header["format"]), f'the string "{_FORMAT}"')
    if header["version"] != str(_VERSION) or not isinstance(header["version"], NumberText):
        raise line.refuse("line 1: version", kind_of(header["version"]), str(_VERSION))
    n_in = header["n_in"].natural() if isinstance(header["n_in"], NumberText) else None
    if not n_in:
        raise line.refuse("line 1: n_in", kind_of(header["n_in"]), "a positive integer")
    if n_in > _MOST_INPUTS:
        raise line.refuse("line 1: n_in", kind_of(header["n_in"]), f"at most {_MOST_INPUTS} inputs")
    return n_in


def _read_exchange(line: Source, place: str, n_in: int, n_out: int) -> tuple[Point, Point]:
    exchange = _parse(line, place)
    check_keys(line, place, exchange, {"x", "y"})
    point = _read_point(line, f"{place}: x", exchange["x"])
    answer = _read_point(line, f"{place}: y", exchange["y"])
    for key, values, expected in [("x", point, n_in), ("y", answer, n_out or len(answer))]:
        if len(values) != expected:
            raise line.refuse(f"{place}: {key}", f"{len(values)} entries", str(expected))
    return point, answer


def _parse(line: Source, place: str) -> Any:
    """The JSON value of one line; an error names the line of the transcript, and the column."""
    try:
        return parse_json(line, "", line.data.rstrip(b"\n"), max_depth=2)
    except BadInput as error:
        inside = error.place.removeprefix("line 1, ")
        raise line.refuse(": ".join(filter(None, [place, inside])), error.found, error.expected) from None


def _read_point(line: Source, place: str, values: Any) -> Point:
    if not isinstance(values, list) or not values:
        raise line.refuse(place, kind_of(values) if values != [] else "an empty array", "an array of rationals")
    return tuple(_read_rational(line, f"{place}[{i}]", value) for i, value in enumerate(values))


def _read_rational(line: Source, place: str, text: Any) -> Fraction:
    expected = 'a string "p/q" in lowest terms'
    if not isinstance(text, str) or isinstance(text, NumberText):
        raise line.refuse(place, kind_of(text), expected)
    try:
        value = parse_rational(text)
    except InexactInput:
        raise line.refuse(place, kind_of(text), expected) from None
    if format_rational(value) != text:
        raise line.refuse(place, kind_of(text), expected)
    return value


def _reason(error: OSError | ValueError) -> str:
    strerror = getattr(error, "strerror", None)
    return strerror[0].lower() + strerror[1:] if strerror else str(error)
