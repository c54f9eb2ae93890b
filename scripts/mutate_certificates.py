"""Changes valid certificates at random, seals them again, and looks for a false claim that the checker accepts.

A changed certificate may well be accepted: another point of the same cell is as good. Then its claim has to be true.
The claims of the corpus are true; one whose integers were changed is decided again, by code that the checker does not
share. Anything that is neither accepted nor refused (a crash) counts as a fault.

    python scripts/mutate_certificates.py [NUMBER] [SEED]
"""

from __future__ import annotations

import hashlib
import io
import random
import sys
import time
from collections import Counter
from fractions import Fraction
from functools import cache
from pathlib import Path

from exactrev.certificates import (
    certify_components,
    certify_functional_dimension,
    certify_inert,
    certify_regions,
    decide_bounded,
    decide_meeting,
)
from exactrev.checker.kinds import check
from exactrev.checker.refusals import Refused
from exactrev.errors import AssumptionFailed
from exactrev.network import AffineMap, Network, Neuron

VERIFIED = Path(__file__).resolve().parents[1] / "tests" / "corpus" / "verified"
LARGEST = 2500  # bytes: small certificates are changed where it matters
NUMBERS = ("0", "1", "-1", "2", "-2", "3", "4", "7", "10", "99", "1000000007", "-1000000007")


def main(arguments: list[str]) -> int:
    number, seed = (int(arguments[0]) if arguments else 1_000_000), (int(arguments[1]) if arguments[1:] else 0)
    print(f"{number} mutations, seed {seed}")
    faults, verdicts, seconds = search(number, seed)
    print(f"{seconds:.0f} seconds: {dict(sorted(verdicts.items()))}")
    for fault in faults:
        print(f"FAULT: {fault}")
    return len(faults) > 0


def search(number: int, seed: int) -> tuple[list[str], Counter[str], float]:
    """The faults among so many mutations, and how often each verdict was given."""
    rng = random.Random(seed)
    texts = [path.read_text(encoding="ascii") for path in sorted(VERIFIED.glob("*.cert"))]
    texts = [text for text in texts if len(text) <= LARGEST]
    faults: list[str] = []
    verdicts: Counter[str] = Counter()
    start = time.process_time()
    for _ in range(number):
        text = rng.choice(texts)
        mutant = mutated(text, rng)
        try:
            claim = check(io.BytesIO(mutant))
        except Refused as refusal:
            verdicts[type(refusal).__name__] += 1
            continue
        except Exception as error:
            faults.append(f"{type(error).__name__}: {error}: {mutant!r}")
            continue
        if claim.text == text.splitlines()[1].removeprefix("claim "):
            verdicts["verified, the same claim"] += 1
        elif is_true(text, claim.name, claim.numbers):
            verdicts["verified, another true claim"] += 1
        else:
            faults.append(f"false: {claim.text}: {mutant!r}")
    return faults, verdicts, time.process_time() - start


def mutated(text: str, rng: random.Random) -> bytes:
    """The certificate after one to three changes, sealed again (nearly always)."""
    lines = text.splitlines()
    end = lines.pop()
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        rng.choice((_number, _number, _number, _line_out, _line_twice, _lines_exchanged, _letter, _byte))(lines, rng)
    body = "".join(line + "\n" for line in lines).encode("utf-8", "surrogateescape")
    if rng.random() < 0.98:
        end = f"END {len(lines)} sha256:{hashlib.sha256(body).hexdigest()}"
    return body + end.encode() + b"\n"


def _number(lines: list[str], rng: random.Random) -> None:
    k = rng.randrange(1, len(lines))
    words = lines[k].split(" ")
    places = [i for i, word in enumerate(words) if word.lstrip("-").isdigit()]
    if not places:
        return
    i = rng.choice(places)
    change = rng.randrange(4)
    if change == 0:
        words[i] = rng.choice(NUMBERS)
    elif change == 1:
        words[i] = str(int(words[i]) + rng.choice((-1, 1)))
    elif change == 2:
        words[i] = str(-int(words[i]))
    else:
        j = rng.choice(places)
        words[i], words[j] = words[j], words[i]
    lines[k] = " ".join(words)


def _line_out(lines: list[str], rng: random.Random) -> None:
    if len(lines) > 1:
        del lines[rng.randrange(len(lines))]


def _line_twice(lines: list[str], rng: random.Random) -> None:
    k = rng.randrange(len(lines))
    lines.insert(rng.randrange(len(lines) + 1), lines[k])


def _lines_exchanged(lines: list[str], rng: random.Random) -> None:
    i, j = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[i], lines[j] = lines[j], lines[i]


def _letter(lines: list[str], rng: random.Random) -> None:
    k = rng.randrange(len(lines))
    words = lines[k].split(" ")
    words[0] = rng.choice("SZFLPVMTCNJRHDAXQ")
    lines[k] = " ".join(words)


def _byte(lines: list[str], rng: random.Random) -> None:
    k = rng.randrange(len(lines))
    if not lines[k]:
        return
    i = rng.randrange(len(lines[k]))
    lines[k] = lines[k][:i] + chr(rng.choice((0, 9, 13, 32, 45, 48, 49, 57, 65, 127, 233, 0x661))) + lines[k][i + 1 :]


@cache
def is_true(text: str, name: str, numbers: tuple[int, ...]) -> bool:
    """Whether a claim about the networks of a certificate is true, decided anew."""
    networks = _networks(text)
    net = networks[0]
    if name in ("regions", "regions-in-box"):
        bounds = [Fraction(p, q) for p, q in zip(numbers[2::2], numbers[3::2], strict=True)]
        box = list(zip(bounds[::2], bounds[1::2], strict=True)) or None
        return certify_regions(net, box).numbers[:2] == numbers[:2]
    if name in ("meet", "disjoint"):
        return decide_meeting(net, Neuron(*numbers[:2]), Neuron(*numbers[2:])).name == name
    if name in ("bounded", "unbounded", "empty"):
        return decide_bounded(net, Neuron(*numbers)).name == name
    if name in ("components", "disconnected"):
        found = certify_components(net, Neuron(*numbers[:2])).numbers[2]
        return found == numbers[2] if name == "components" else found > 1
    if name == "functional-dimension":
        return certify_functional_dimension(net).numbers == numbers
    if name == "inert":
        bound = None if numbers[4] == 0 else Fraction(numbers[3], numbers[4])
        try:
            return certify_inert(net, Neuron(*numbers[:2]), numbers[2], bound).numbers == numbers
        except AssumptionFailed:
            return False
    return False  # no other claim that stays about the same networks can change its integers


def _networks(text: str) -> list[Network]:
    """The networks in a certificate, read by other code than the checker's."""
    layers: list[list[AffineMap]] = []
    rows: list[tuple[int, ...]] = []
    scale = 1
    for line in [*text.splitlines()[3:], "stop"]:
        word, *rest = line.split()
        if word != "R" and rows:
            layers[-1].append(AffineMap(tuple(rows), scale, len(rows[0]) - 1))
            rows = []
        if word == "network":
            layers.append([])
        elif word == "layer":
            scale = int(rest[0])
        elif word == "R":
            rows.append(tuple(map(int, rest)))
        else:
            break
    return [Network(tuple(own)) for own in layers]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
