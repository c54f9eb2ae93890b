"""What the tests of the command line share: a network, an answer, and how numbers in JSON are read."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

from exactrev.network import Network

# Lines x = 0 and y = 0, then ReLU(x) + ReLU(y) = 1, which bends on both: 4 quadrants, 3 of them cut in two; each of the
# three boundaries consists of 3 pieces.
BENT = Network.from_arrays([([[1, 0], [0, 1]], [0, 0]), ([[1, 1]], [-1]), ([[1]], [0])])


class Answer(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Answer]


def point(values: list[str]) -> tuple[Fraction, ...]:
    assert all(isinstance(value, str) for value in values)
    return tuple(map(Fraction, values))
