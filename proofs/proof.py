"""What a proof is here: a statement, and a derivation whose every step is checked when it is run.

Knows steps and how they are told. Knows nothing of networks; the derivations, one file each, stand above.

A derivation calls the package's functions with letters, elements of a field of rational functions, where recovery calls
them with numbers. What is done by an argument in words stands in the module's docstring, next to the steps that carry
it; a step is something that can come out false, and none assumes what is to be shown. The functions under test are
arguments of the derivation, so that a test can hand in a wrong one and see the proof fail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache

__all__ = ["Derivation", "Progress", "Proof", "ProofResult", "Status", "Step", "check", "rests_on"]

Progress = Callable[[int, int], None]
"""Called with (steps done, steps in all)."""


class Status(Enum):
    """PROVED: every step held. FAILED: a step did not, so the statement, its proof or the program is wrong."""

    PROVED = "proved"
    FAILED = "failed"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it says, in how many cases it was checked, and the first case in which it is false, if any."""

    claim: str
    cases: int
    counterexample: str | None = None

    @property
    def holds(self) -> bool:
        """A step that was checked in no case shows nothing, and does not hold."""
        return self.counterexample is None and self.cases > 0

    def __str__(self) -> str:
        if self.counterexample is not None:
            return f"FALSE: {self.claim} [{self.counterexample}]"
        return f"{self.claim} [{self.cases} {'case' if self.cases == 1 else 'cases'}]"


@dataclass(frozen=True, slots=True)
class ProofResult:
    """The steps of a run, up to the first that is false."""

    status: Status
    steps: tuple[Step, ...]

    @property
    def proved(self) -> bool:
        return self.status is Status.PROVED


Derivation = Callable[[], Iterator[Step]]


@dataclass(frozen=True, slots=True)
class Proof:
    """An executable proof.

    `label` names the statement as everywhere, `paper` holds the numbers of the claims that it answers, `where` the
    place. `statement` is what is proved, `covers` what is symbolic (shapes, patterns) and `does_not_cover` the rest.
    `length` is the number of steps.
    """

    label: str
    paper: tuple[str, ...]
    where: str
    statement: str
    covers: str
    does_not_cover: str
    length: int
    derivation: Derivation

    def run(self, progress: Progress | None = None) -> ProofResult:
        """Check every step, and stop at the first that is false."""
        return run_steps(self.derivation(), self.length, progress)

    def __str__(self) -> str:
        return f"{self.label} ({', '.join(self.paper)}, {self.where})"


def check(claim: str, cases: Iterable[tuple[str, bool]]) -> Step:
    """A step from named cases, looked at until one is false.

    >>> print(check("squares are not negative", ((f"{n}", n * n >= 0) for n in (-1, 0, 2))))
    squares are not negative [3 cases]
    >>> print(check("squares are positive", ((f"{n}", n * n > 0) for n in (-1, 0, 2))))
    FALSE: squares are positive [0]
    >>> check("nothing is looked at", []).holds
    False
    """
    count = 0
    for name, holds in cases:
        count += 1
        if not holds:
            return Step(claim, count, name)
    return Step(claim, count, None if count else "no case")


def rests_on(*proofs: Proof) -> Step:
    """A step that runs the proofs of what is used, each once in a process."""
    return check("what it rests on is proved", ((proof.label, _is_proved(proof)) for proof in proofs))


@cache
def _is_proved(proof: Proof) -> bool:
    return proof.run().proved


def run_steps(steps: Iterable[Step], length: int, progress: Progress | None = None) -> ProofResult:
    """The result of a derivation. One that has not as many steps as it should has left something out, and fails."""
    done: list[Step] = []
    for step in steps:
        done.append(step)
        if progress is not None:
            progress(len(done), length)
        if not step.holds:
            return ProofResult(Status.FAILED, tuple(done))
    if len(done) != length:
        done.append(Step("the derivation is complete", len(done), f"{len(done)} steps of {length}"))
        return ProofResult(Status.FAILED, tuple(done))
    return ProofResult(Status.PROVED, tuple(done))
