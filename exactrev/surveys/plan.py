"""Which networks a survey looks at: architectures, and so many seeds of each.

Knows the spelling of architectures. The networks of one architecture are independent; those of two have the same seeds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise, product

from exactrev.errors import BadInput
from exactrev.surveys.one_network import Task
from exactrev.surveys.record import Widths

__all__ = ["Plan", "grid", "parse_architecture"]

MOST_TASKS = 100_000  # a log of more would be too large to be read
MOST_SEED = 10**15
MOST_WEIGHTS = 1_000_000  # of one network
_ARCHITECTURE = re.compile(r"[1-9][0-9]{0,4}(-[1-9][0-9]{0,4}){2,64}")


@dataclass(frozen=True, slots=True)
class Plan:
    """`networks` networks of each architecture, with the seeds `seed`, `seed` + 1, ...; `seconds` for each (or None).

    Raises `BadInput` for an empty plan, an architecture that is named twice or has no hidden layer, and for numbers
    out of range.

    >>> plan = Plan(((2, 3, 1), (3, 3, 1)), networks=2, seed=7)
    >>> [(task.widths, task.seed) for task in plan]
    [((2, 3, 1), 7), ((3, 3, 1), 7), ((2, 3, 1), 8), ((3, 3, 1), 8)]
    """

    architectures: tuple[Widths, ...]
    networks: int
    seed: int = 0
    seconds: float | None = None

    def __post_init__(self) -> None:
        names = ["-".join(map(str, widths)) for widths in self.architectures]
        for name in names:
            widths = parse_architecture(name)
            weights = sum(n_in * n_out for n_in, n_out in pairwise(widths))
            if weights > MOST_WEIGHTS:
                raise BadInput("", "architecture", f"{weights} weights in {name}", f"{MOST_WEIGHTS} at most")
        if not names or len(set(names)) < len(names):
            raise BadInput("", "architectures", ", ".join(names) or "none", "one at least, each once")
        if not 1 <= self.networks * len(names) <= MOST_TASKS:
            raise BadInput("", "networks", str(self.networks), f"1 at least, and {MOST_TASKS} in all at most")
        if not 0 <= self.seed <= MOST_SEED:
            raise BadInput("", "seed", str(self.seed), f"0 to {MOST_SEED}")
        if self.seconds is not None and not 0 < self.seconds < float("inf"):
            raise BadInput("", "time", str(self.seconds), "a positive number of seconds")

    def __len__(self) -> int:
        return self.networks * len(self.architectures)

    def __getitem__(self, number: int) -> Task:
        """Task by task; the architectures take turns, so that a survey that is cut short has looked at all of them."""
        if not 0 <= number < len(self):
            raise IndexError(number)
        turn, place = divmod(number, len(self.architectures))
        return Task(self.architectures[place], self.seed + turn, self.seconds)


def parse_architecture(text: str) -> Widths:
    """The widths n_in, n_1, ..., n_out of an architecture with a hidden layer. Raises `BadInput`.

    >>> parse_architecture("2-5-5-1")
    (2, 5, 5, 1)
    """
    if not _ARCHITECTURE.fullmatch(text):
        raise BadInput("", "architecture", repr(text), "positive widths n_in-n_1-...-n_out, as 2-5-5-1")
    return tuple(map(int, text.split("-")))


def grid(inputs: Iterable[int], hidden: Iterable[int], depths: Iterable[int], outputs: int = 1) -> tuple[Widths, ...]:
    """All architectures with one of these numbers of inputs, and of hidden layers of one of these widths.

    >>> grid([2, 3], [4], [1, 2])
    ((2, 4, 1), (2, 4, 4, 1), (3, 4, 1), (3, 4, 4, 1))
    """
    return tuple((n_in, *(width,) * depth, outputs) for n_in, width, depth in product(inputs, hidden, depths))
