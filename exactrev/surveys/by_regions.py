"""The answers for a network whose regions can be enumerated: everything is read off the cells.

Knows the whole complex. The Linear Regions Assumption is decided by the statement of that name, which rechecks what
fails by evaluating the network.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from math import comb

import numpy as np

from exactrev.geometry import Boundaries, Boundary
from exactrev.identifiability import find_pairs
from exactrev.identifiability.structure import relations_of_patterns
from exactrev.network import Network, Neuron, Pattern
from exactrev.statements.claims.linear_regions import decide_linear_regions_are_activation_regions
from exactrev.statements.evidence import Evidence
from exactrev.surveys.clock import Clock
from exactrev.surveys.questions import Answer
from exactrev.surveys.record import Tally
from exactrev.surveys.symmetries import Known, answer_symmetries

__all__ = ["answer_by_regions", "can_be_enumerated"]

MOST_WORK = 4_000_000
"""Cells of an arrangement of as many hyperplanes as there are neurons, times 2 to the dimension (corners of a cell):
four million take a few seconds, and a few hundred megabytes."""

Answers = dict[str, Answer]
Counts = dict[str, tuple[Tally, ...]]


def can_be_enumerated(net: Network) -> bool:
    """Are the regions few enough, as far as one can tell from the widths?"""
    neurons, dimension = sum(net.hidden_widths), min(net.n_in, net.hidden_widths[0])
    return sum(comb(neurons, k) for k in range(dimension + 1)) << dimension <= MOST_WORK


def answer_by_regions(net: Network, clock: Clock) -> tuple[int, Answers, Counts]:
    """The number of regions, the answers, the counts. Raises `BudgetSpent` if time or memory do not suffice."""
    evidence = Evidence(net, budget=clock.left)
    complex = evidence.complex
    found = evidence.boundaries
    disjoint = [_disjoint_pairs(net, found, k) for k in range(2, net.depth + 1)]
    answers = {
        "lra": clock.ask(lambda: decide_linear_regions_are_activation_regions(evidence).holds),
        "meet": Answer.of(not any(disjoint)),
        "connected": Answer.of(all(boundary.is_connected for boundary in found)),
        "non_empty": Answer.of(not any(boundary.is_empty for boundary in found)),
        "unbounded": Answer.of(not any(_is_bounded(boundary) for boundary in found)),
    }
    counts = {
        "disconnected": _count(net, (boundary.neuron for boundary in found if not boundary.is_connected)),
        "empty": _count(net, (boundary.neuron for boundary in found if boundary.is_empty)),
        "bounded": _count(net, (boundary.neuron for boundary in found if _is_bounded(boundary))),
        "disjoint": tuple((number, 0) for number in disjoint),
    }
    patterns = _patterns(net, complex.signs(np.arange(complex.n_cells)) > 0)
    known = Known(
        net,
        relations_of_patterns(net, patterns),
        patterns[: complex.n_regions],
        complex,
        cache(lambda: find_pairs(net, most_regions=MOST_WORK)),
    )
    return complex.n_regions, answers | answer_symmetries(known, clock), counts


def _disjoint_pairs(net: Network, found: Boundaries, layer: int) -> int:
    """How many pairs of connected neurons of this layer and the one below have boundaries that do not meet."""
    ends = np.cumsum([0, *net.hidden_widths])
    meets = found.meets[ends[layer - 1] : ends[layer], ends[layer - 2] : ends[layer - 1]]
    weights = np.array([[entry != 0 for entry in row[:-1]] for row in net.layers[layer - 1].rows])
    return int((weights & ~meets).sum())


def _is_bounded(boundary: Boundary) -> bool:
    return boundary.is_bounded and not boundary.is_empty


def _count(net: Network, neurons: Iterable[Neuron]) -> tuple[Tally, ...]:
    """In each of the layers 2, ..., d."""
    layers = [neuron.layer for neuron in neurons]
    return tuple((layers.count(k), 0) for k in range(2, net.depth + 1))


def _patterns(net: Network, table: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> list[Pattern]:
    """The patterns that are the columns of a table (neurons, cells)."""
    ends = np.cumsum([0, *net.hidden_widths]).tolist()
    layers = [list(map(tuple, table[low:high].T.tolist())) for low, high in pairwise(ends)]
    return list(zip(*layers, strict=True))
