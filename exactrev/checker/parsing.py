"""Reads a certificate line by line: its numbers, its claim, its networks, its end, in memory of one line at a time.

Knows the text, and limits sizes before anything is computed. What a step means is the kernel's business.
"""

import hashlib
import re
from itertools import pairwise
from math import gcd
from typing import BinaryIO, NamedTuple

from exactrev.checker.refusals import Malformed, allow, expect, told

MAX_LINE = 1 << 24  # bytes
MAX_DIGITS = 20_000  # of one number
MAX_WEIGHTS = 1 << 22  # of one network
MAX_BITS = 400_000  # of the longest number of each layer, summed over the layers: bounds every form and value

_INTEGER = r"(?:0|-?[1-9][0-9]*)"
_HASH = r"sha256:[0-9a-f]{64}"
_STEP = re.compile(rf"([A-Z])((?: {_INTEGER})*)", re.ASCII)
_CLAIM = re.compile(rf"claim (([a-z][a-z-]*)((?: {_INTEGER})*)((?: {_HASH})+))", re.ASCII)
_NETWORK = re.compile(r"network((?: [1-9][0-9]*){2,})", re.ASCII)
_LAYER = re.compile(r"layer( [1-9][0-9]*)", re.ASCII)
_PROOF = re.compile(r"proof ([a-z]+)", re.ASCII)
_END = re.compile(rf"END ({_INTEGER}) ({_HASH})", re.ASCII)

Numbers = tuple[int, ...]


class Layer(NamedTuple):
    """The affine map with the rows (w_1, ..., w_n, b), all divided by the positive integer `scale`."""

    scale: int
    rows: tuple[Numbers, ...]


class Net(NamedTuple):
    """A network: the widths (n_in, n_1, ..., n_d, n_out), the hidden layers in order, then the output layer."""

    widths: Numbers
    layers: tuple[Layer, ...]


class Claim(NamedTuple):
    """What is to be proved: its text, the name, its numbers, and the hashes of what it is about."""

    text: str
    name: str
    numbers: Numbers
    hashes: tuple[str, ...]


class Point(NamedTuple):
    """The point numerators / denominator, the denominator being positive."""

    numerators: Numbers
    denominator: int


class Reader:
    """The lines of a certificate, each looked at once."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self._part = hashlib.sha256()
        self.lines = 0

    def _match(self, pattern: re.Pattern[str], what: str) -> re.Match[str]:
        line = self._stream.readline(MAX_LINE + 1)
        self._digest.update(line)
        self._part.update(line)
        self.lines += 1
        allow(len(line) <= MAX_LINE, "a line is too long", self.lines)
        expect(line.endswith(b"\n"), "the file ends before a line does", self.lines)
        text = line[:-1].decode("ascii", "replace")
        match = pattern.fullmatch(text)
        if match is None:
            raise Malformed(told(f"line {self.lines} is not {what}", [text]))
        return match

    def step(self) -> tuple[str, Numbers]:
        """The next step: a capital letter and integers."""
        match = self._match(_STEP, "a step, a capital letter and integers")
        return match[1], integers(match[2])

    def take(self, letter: str, length: int) -> Numbers:
        """The integers of the next step, which has to be this letter with so many integers."""
        found, numbers = self.step()
        expect(found == letter, f"line {self.lines}: another step was due", found, letter)
        expect(len(numbers) == length, f"line {self.lines}: the wrong number of integers", len(numbers), length)
        return numbers

    def point(self, dimension: int) -> Point:
        """The next step, P, as a point."""
        return as_point(self.take("P", dimension + 1))

    def claim(self) -> tuple[Claim, str]:
        """The first lines: the version, the claim, and the name of the proof."""
        self._match(re.compile("exactrev-certificate 1"), "'exactrev-certificate 1'")
        match = self._match(_CLAIM, "a claim: a name, integers, and hashes")
        claim = Claim(match[1], match[2], integers(match[3]), tuple(match[4].split()))
        return claim, self._match(_PROOF, "'proof' and a name")[1]

    def network(self) -> Net:
        """The next network, in the one spelling that is allowed."""
        widths = integers(self._match(_NETWORK, "'network' and two widths or more, which are positive")[1])
        weights = sum((n + 1) * m for n, m in pairwise(widths))
        allow(weights <= MAX_WEIGHTS, "too many weights", weights)
        layers = []
        for n, m in pairwise(widths):
            (scale,) = integers(self._match(_LAYER, "'layer' and its denominator, which is positive")[1])
            rows = tuple(self.take("R", n + 1) for _ in range(m))
            expect(gcd(scale, *(w for row in rows for w in row)) == 1, "a layer is not in lowest terms", scale)
            layers.append(Layer(scale, rows))
        bits = sum(max(w.bit_length() for row in ((scale,), *rows) for w in row) for scale, rows in layers)
        allow(bits <= MAX_BITS, "the weights are too long", bits)
        return Net(widths, tuple(layers))

    def recent(self) -> str:
        """The hash of the lines since this was last asked for; there is one spelling of everything."""
        part, self._part = self._part, hashlib.sha256()
        return f"sha256:{part.hexdigest()}"

    def finish(self) -> None:
        """The last line: the number of lines before it and the digest of their bytes; then nothing."""
        digest, lines = self._digest.hexdigest(), self.lines
        match = self._match(_END, "the END")
        expect(integers(match[1]) == (lines,), "END has the wrong number of lines", lines)
        expect(match[2] == f"sha256:{digest}", "END has the wrong digest", digest)
        expect(not self._stream.read(1), "something follows the END")


def integers(text: str) -> Numbers:
    """Integers whose spelling a pattern has admitted, once their lengths are known to be small."""
    words = text.split()
    longest = max(map(len, words), default=0)
    allow(longest <= MAX_DIGITS, "a number is too long", longest)
    return tuple(map(int, words))


def as_point(numbers: Numbers) -> Point:
    """A denominator and numerators, in lowest terms."""
    expect(numbers[0] >= 1, "the denominator of a point has to be positive", numbers[0])
    expect(gcd(*numbers) == 1, "a point is not in lowest terms", numbers)
    return Point(numbers[1:], numbers[0])
