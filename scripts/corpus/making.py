"""How the cases of the corpus are made: small networks, a valid certificate of every kind, and edits.

Knows the writers of certificates and asks the checker what each case gets. The forgeries are in the other modules.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from exactrev.certificates import (
    Certificate,
    certify_bend,
    certify_components,
    certify_different,
    certify_flat_direction,
    certify_functional_dimension,
    certify_inert,
    certify_isomorphic,
    certify_recovered,
    certify_regions,
    certify_regions_by_facets,
    certify_same_boundary,
    certify_separation,
    decide_bounded,
    decide_empty,
    decide_equal,
    decide_linear_regions,
    decide_meeting,
)
from exactrev.certificates.text import Step
from exactrev.checker.kinds import check
from exactrev.checker.refusals import Malformed, Rejected
from exactrev.network import AffineMap, Network, Neuron

CORPUS = Path(__file__).resolve().parents[2] / "tests" / "corpus"
FOLDERS = {0: "verified", 10: "rejected", 20: "malformed"}


Edit = Callable[[list[str]], object]


def relu(*layers: Sequence[Sequence[object]]) -> Network:
    """Each layer as rows (w_1, ..., w_n, b), the output layer last."""
    return Network.from_arrays([([row[:-1] for row in layer], [row[-1] for row in layer]) for layer in layers])


def required(case: object) -> Certificate:
    """A certificate where there might have been none."""
    if not isinstance(case, Certificate):
        raise ValueError("no certificate")
    return case


# Three lines in general position; two neurons in layer 2 on top of them; the diamond |x| + |y| = 1; points on a line.
LINES = relu([[1, 0, 0], [0, 1, 0], [1, 1, -1]], [[1, 2, 4, 0]])
DEEP = relu([[1, 0, 0], [0, 1, 0]], [[1, 1, -1], [1, -2, 3]], [[1, 1, 0]])
DIAMOND = relu([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0]], [[1, 1, 1, 1, -1]], [[1, 0]])
TENT = relu([[1, 0], [-1, 0]], [[1, 1, -1]], [[1, 0]])  # |x| - 1
PARALLEL = relu([[1, 2, 0], [1, 2, -1]], [[1, 1, 0]])
THICK = relu([[1, 0]], [[1, 0]], [[1, 0]])  # layer 2 vanishes for x < 0
ZERO = relu([[1, 0], [0, 0]], [[1, 1, 0]])
DEAD = relu([[1, 0], [0, -1]], [[1, 5, 0]])
CONSTANT = relu([[1, 0], [0, 1]], [[1, 5, 0]])
FLAT = relu([[1, 0]], [[0, 3]])  # constant, two regions
CONE = relu([[-1, 1, 0], [1, 1, 0], [0, 1, 0]], [[1, 1, -2, 0]])  # separates the readings
INERT = relu([[1, 0], [-1, -1]], [[-1, 1, -1]], [[1, 0]])
CORNER = relu([[1, 0, 0], [0, 1, 0]], [[1, 1, -1]], [[1, 0]])
STRAIGHT = relu([[1, 0, 0], [0, 1, 3]], [[0, 1, -5]], [[1, 0]])
DOUBLE = relu([[1, 0], [1, 0]], [[1, -1, 0]])
SCALED = relu([[0, "1/2", 0], [2, 0, 0], [1, 1, -1]], [[4, "1/2", 4, 0]])


def steps(*lines: str) -> tuple[Step, ...]:
    return tuple((line.split()[0], *map(int, line.split()[1:])) for line in lines)


def spliced(cert: Certificate, at: int, *lines: str, drop: int = 1) -> Certificate:
    """The certificate with `drop` steps from number `at` on replaced by others."""
    return replace(cert, steps=(*cert.steps[:at], *steps(*lines), *cert.steps[at + drop :]))


def at(cert: Certificate, letter: str, occurrence: int = 0) -> int:
    """The number of a step."""
    return [k for k, step in enumerate(cert.steps) if step[0] == letter][occurrence]


def edited(cert: Certificate, edit: Edit, seal: bool = True) -> bytes:
    """The certificate with its lines edited as text, and closed by the END that belongs to what they are now."""
    lines = cert.to_bytes().decode().splitlines()
    end = lines.pop()
    edit(lines)
    text = "".join(line + "\n" for line in lines)
    if seal:
        end = f"END {len(lines)} sha256:{hashlib.sha256(text.encode('utf-8')).hexdigest()}"
    return (text + end + "\n").encode("utf-8")


def substituted(cert: Certificate, old: str, new: str, seal: bool = True) -> bytes:
    """The certificate with one text replaced by another, where it occurs first."""

    def edit(lines: list[str]) -> None:
        text = "\n".join(lines)
        if old not in text:
            raise ValueError(f"{old!r} does not occur in {cert.claim}")
        lines[:] = text.replace(old, new, 1).split("\n")

    return edited(cert, edit, seal)


def reweighted(cert: Certificate, old: str, new: str, networks: int = 1) -> bytes:
    """The same with the hash of the network that is now in the file (spelt however it is spelt)."""

    def edit(lines: list[str]) -> None:
        text = "\n".join(lines).replace(old, new, 1)
        lines[:] = text.split("\n")
        starts = [k for k, line in enumerate(lines) if line.startswith("network")]
        hashes = []
        for start in starts:
            end = start + 1
            while end < len(lines) and lines[end].split()[0] in ("layer", "R"):
                end += 1
            body = "".join(line + "\n" for line in lines[start:end])
            hashes.append("sha256:" + hashlib.sha256(body.encode()).hexdigest())
        words = [word for word in lines[1].split() if not word.startswith("sha256:")]
        lines[1] = " ".join([*words, *hashes])

    return edited(cert, edit)


class Corpus:
    """Collects cases and refuses those whose verdict is not the expected one."""

    def __init__(self) -> None:
        self.cases: dict[tuple[int, str], bytes] = {}
        self.failures: list[str] = []

    def add(self, code: int, name: str, case: Certificate | bytes | None) -> None:
        if case is None:
            raise ValueError(f"{name}: no certificate")
        data = case.to_bytes() if isinstance(case, Certificate) else case
        found = verdict(data)
        if found[0] != code:
            self.failures.append(f"{name}: {found}, not {code}")
            return
        if (code, name) in self.cases:
            raise ValueError(f"{name}: twice")
        self.cases[code, name] = data

    def write(self) -> None:
        for (code, name), data in self.cases.items():
            path = CORPUS / FOLDERS[code] / f"{name}.cert"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        kept = {CORPUS / FOLDERS[code] / f"{name}.cert" for code, name in self.cases}
        for folder in FOLDERS.values():
            others = sorted(path.name for path in (CORPUS / folder).glob("*.cert") if path not in kept)
            print(f"{folder}: {sum(path.parent.name == folder for path in kept)} written, others: {others}")


def verdict(data: bytes) -> tuple[int, str]:
    try:
        check(io.BytesIO(data))
    except Rejected as refusal:
        return 10, str(refusal)
    except Malformed as refusal:
        return 20, str(refusal)
    return 0, ""


REGIONS = certify_regions(LINES)
FACETS = certify_regions_by_facets(LINES)
BOX = certify_regions(LINES, [(Fraction(-1), Fraction(1, 2)), (Fraction(0), Fraction(3))])
THICK_REGIONS = certify_regions(THICK)
THICK_FACETS = certify_regions_by_facets(THICK)
DISJOINT = decide_meeting(PARALLEL, Neuron(1, 0), Neuron(1, 1))
DISJOINT_LINES = [" ".join(map(str, step)) for step in DISJOINT.steps]
DEEP_DISJOINT = decide_meeting(TENT, Neuron(1, 0), Neuron(2, 0))
MEET = decide_meeting(LINES, Neuron(1, 0), Neuron(1, 2))
EMPTY = required(decide_empty(DEAD, Neuron(1, 1)))
BOUNDED = decide_bounded(TENT, Neuron(2, 0))
UNBOUNDED = decide_bounded(CORNER, Neuron(2, 0))
SEPARATED = certify_separation(TENT, Neuron(2, 0), (2, 1))
COMPONENTS = certify_components(TENT, Neuron(2, 0))
CONNECTED = certify_components(DIAMOND, Neuron(2, 0))
BEND = certify_bend(CORNER, Neuron(2, 0), Neuron(1, 0), (Fraction(0), Fraction(1)))
NO_BEND = certify_bend(STRAIGHT, Neuron(2, 0), Neuron(1, 0), (Fraction(0), Fraction(2)))
EQUAL = decide_equal(DOUBLE, relu([[1, -1]], [[0, 0]]))
MATCHING = required(certify_isomorphic(LINES, SCALED))
DIFFERENT = certify_different(LINES, DEEP, (Fraction(1), Fraction(1)))
SAME = required(
    certify_same_boundary(
        relu([[1, 0, 0], [0, 1, 0]], [[-1, -2, 2], [-2, -1, 3]], [[1, 2, 0]]),
        relu([[0, 2, 0], [1, 0, 0]], [["1/2", "1/2", -1], ["-1/2", -2, 3]], [[1, 7, 3]]),
    )
)
FAILS = decide_linear_regions(FLAT, "facet")
TOUCHING_FAILS = decide_linear_regions(CONE, "touching")
HOLDS = decide_linear_regions(CONE, "facet")
TOUCHING_HOLDS = decide_linear_regions(LINES, "touching")
TENT_HOLDS = decide_linear_regions(relu([[1, 0], [1, -1], [1, -2]], [[1, -2, 1, 0]]), "touching")
INERT_WEIGHT = certify_inert(INERT, Neuron(1, 0), 0, Fraction(0))
INERT_ALWAYS = certify_inert(DEAD, Neuron(1, 1), 0)
FLAT_DIRECTION = certify_flat_direction(CONSTANT, 2, AffineMap.from_arrays([[0, 1]], [-1]))
DIMENSION = certify_functional_dimension(relu([[1, 1]], [[2, 1]]))
TRANSCRIPT = [((Fraction(k), Fraction(1, 2)), LINES((k, Fraction(1, 2)))) for k in range(3)]
RECOVERED = required(certify_recovered(LINES, SCALED, TRANSCRIPT))


def words(step: Step, letter: str = "") -> str:
    return " ".join(map(str, ((letter,) if letter else ()) + step[1:]))
