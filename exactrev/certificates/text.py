"""A certificate as text: a claim, a proof, networks and steps, one a line, closed by a count and a digest.

Knows the format (docs/certificates.md). Does not know what the steps prove.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from exactrev.arithmetic.numbers import format_rational
from exactrev.network import Network
from exactrev.network.files.disk import write_atomically

__all__ = ["Certificate", "Step", "as_integers", "digest_of", "hash_of", "network_lines"]

Step = tuple[str | int, ...]
"""A capital letter and integers."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is claimed, how it is proved, the networks it is about, and the steps of the proof.

    `numbers` are the integers of the claim, and `hashes` what it speaks of besides the networks.
    """

    name: str
    numbers: tuple[int, ...]
    proof: str
    networks: tuple[Network, ...]
    steps: tuple[Step, ...]
    hashes: tuple[str, ...] = ()

    @property
    def claim(self) -> str:
        """The claim on one line, which is what a checker has to be asked for."""
        return _spelt((self.name, *self.numbers, *map(hash_of, self.networks), *self.hashes))

    @property
    def file_name(self) -> str:
        """A name for the file: the claim's name and first integers, the start of its digest, and how it is proved."""
        numbers = [str(number) for number in self.numbers[:4] if abs(number) < 10**6]
        digest = hashlib.sha256(self.claim.encode()).hexdigest()[:12]
        return f"{'-'.join([self.name, *numbers, digest])}.{self.proof}.cert"

    def lines(self) -> Iterator[bytes]:
        """The file, line by line. Equal certificates have equal bytes."""
        digest, count = hashlib.sha256(), 0
        for line in self._body():
            data = f"{line}\n".encode("ascii")
            digest.update(data)
            count += 1
            yield data
        yield f"END {count} sha256:{digest.hexdigest()}\n".encode("ascii")

    def to_bytes(self) -> bytes:
        return b"".join(self.lines())

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the file: all of it, or nothing changes there. Raises `BadInput` where that is impossible."""
        write_atomically(path, self.lines())

    def _body(self) -> Iterator[str]:
        yield "exactrev-certificate 1"
        yield f"claim {self.claim}"
        yield f"proof {self.proof}"
        for network in self.networks:
            yield from map(_spelt, network_lines(network))
        yield from map(_spelt, self.steps)


def network_lines(network: Network) -> Iterator[Step]:
    """A network, layer by layer: a denominator, and rows of integers (w_1, ..., w_n, b) over it."""
    yield ("network", *network.widths)
    for layer in network.layers:
        yield ("layer", layer.denominator)
        for row in layer.rows:
            yield ("R", *row)


def hash_of(network: Network) -> str:
    """The hash by which claims speak of a network: equal for networks of equal weights, wherever they come from."""
    return digest_of(network_lines(network))


def digest_of(lines: Iterable[Step]) -> str:
    text = "".join(_spelt(line) + "\n" for line in lines)
    return "sha256:" + hashlib.sha256(text.encode("ascii")).hexdigest()


def as_integers(point: Iterable[Fraction]) -> tuple[int, ...]:
    """A point as its denominator and its numerators.

    >>> as_integers([Fraction(1, 2), Fraction(-2, 3)])
    (6, 3, -4)
    """
    x = list(point)
    common = lcm(*(entry.denominator for entry in x))
    return (common, *(entry.numerator * (common // entry.denominator) for entry in x))


def _spelt(words: Iterable[str | int]) -> str:
    return " ".join(map(_word, words))


def _word(word: str | int) -> str:
    if isinstance(word, int) and word.bit_length() > 10_000:
        return format_rational(Fraction(word))  # Python itself writes no integer of more than 4,300 digits
    return str(word)
