"""Small networks in which the boundaries of two connected neurons do not meet: found by search, then made smaller.

Asked for: one of the five cases (see `pairs`), and whether there are isomorphisms besides permutation and scaling. What
cannot exist is refused with the argument. Knows how to draw, judge and shrink networks with small integers; every
network that is returned has been judged exactly. Boundaries that are empty do not count, nor do neurons that one can
do without: they would be examples of anything.

What cannot exist, and why (z has a boundary that is not empty, and so has z'; they do not meet):

- *Case 1 without further isomorphisms.* The weight from z to z' may fall for ever; the row of z' has other entries, as
  z' is not 0 on B[z], so its proportions change. Of the networks so obtained finitely many are isomorphic to the first.
- *Case 3 without, where z' is the only neuron of its layer.* z' is negative on B[z], by a margin, so B[z] cannot be
  seen in N: the bias of z may move a little against that of z'. (It is negative there, because where it were positive
  it would be so a little further, where z < 0.)
- *Any case without, where two consecutive hidden layers have width 1.* Such a network always has another one (I3).
- *Cases 1, 2 and 5, where z is the only neuron of its layer.* Then z' = v ReLU(z) + b' is b' where z <= 0, so
  one of the quadrants with z < 0 is empty: case 3 or 4. With case 1 or 2 besides, z' would not change sign at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, pairwise

import numpy as np

from exactrev.equivalence import prune
from exactrev.errors import BadInput, BudgetSpent
from exactrev.geometry import boundaries, regions
from exactrev.identifiability.dimension import functional_dimension
from exactrev.identifiability.identification import Identification, identify
from exactrev.identifiability.pairs import CASES, Pair, find_pairs
from exactrev.identifiability.uniqueness import decide_unique
from exactrev.network import Network
from exactrev.verdict import Outcome, Verdict

__all__ = ["Counterexample", "find_counterexample", "why_impossible"]

DEFAULT_WIDTHS = {
    True: ((1, 1, 1, 1), (1, 2, 1, 1), (2, 2, 1, 1), (1, 3, 1, 1), (1, 2, 2, 1)),
    False: ((1, 2, 1, 1), (2, 2, 1, 1), (1, 3, 1, 1), (2, 3, 1, 1), (2, 2, 2, 1), (2, 2, 2, 2)),
}
"""Shapes to try, smallest first; for networks without further isomorphisms those about which there is a lemma."""

MOST_DRAWN = 60_000
MOST_JUDGED = 400
_GRID = 400

Entries = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A network, the pair whose boundaries do not meet, and what is known of its isomorphisms.

    `unique` is the verdict of `decide_unique`: FAILS with an equal network, HOLDS by a lemma, or UNDECIDED, and then
    the network is proved to be unique near by.
    """

    network: Network
    case: int
    pair: Pair
    unique: Verdict
    identified: Identification


def why_impossible(case: int, further: bool, widths: Sequence[int] | None = None) -> str | None:
    """The argument why there is no such network, or None if none is known. Widths count input and output.

    >>> why_impossible(1, further=False)
    "in case 1 the weight from z to z' can fall for ever, so there always are further isomorphisms"
    >>> why_impossible(1, further=True) is None
    True
    """
    if not further and case == 1:
        return "in case 1 the weight from z to z' can fall for ever, so there always are further isomorphisms"
    if widths is None:
        return None
    hidden = list(pairwise(widths[1:-1]))
    if not hidden:
        return "there are no two consecutive hidden layers, so no two hidden neurons are connected"
    if not further and any(own == after == 1 for own, after in hidden):
        return "two consecutive hidden layers of width 1 always have a second network"
    if case in (1, 2, 5) and all(own == 1 for own, _ in hidden):
        return (
            "where z is alone in its layer, z' = v ReLU(z) + b' is constant where z is inactive: that is case 3 or 4, "
            "and with case 1 or 2 besides z' would not change sign"
        )
    if case == 3 and not further and all(after == 1 for _, after in hidden):
        return "in case 3 with one neuron listening, B[z] cannot be seen: its bias can move against that of z'"
    return None


def find_counterexample(
    case: int,
    further: bool,
    widths: Sequence[int] | None = None,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Counterexample:
    """A small network with two connected neurons whose boundaries do not meet, in this case.

    `further`: whether it has to have isomorphisms besides permutation and scaling, or to have none. Without `widths`
    small shapes are tried in turn. The same `seed` finds the same network. Raises `BadInput` with the argument for
    what cannot exist, and `BudgetSpent` if nothing was found.

    >>> found = find_counterexample(4, further=True)
    >>> found.network.architecture, str(found.pair), found.pair.case
    ('1-1-1-1', 'z[1,0] -> z[2,0]', 4)
    """
    if case not in (*CASES, 5):
        raise BadInput("", "case", str(case), "1, 2, 3, 4 or 5")
    if widths is not None and (len(widths) < 2 or min(widths) < 1):
        raise BadInput("", "widths", ",".join(map(str, widths)), "positive widths n_in, ..., n_out")
    reason = why_impossible(case, further, widths)
    if reason is not None:
        raise BadInput("", "counterexample", f"case {case}, isomorphism {_yes(further)}", f"one that exists: {reason}")
    shapes = [tuple(widths)] if widths is not None else [
        shape for shape in DEFAULT_WIDTHS[further] if why_impossible(case, further, shape) is None
    ]  # fmt: skip
    rng = np.random.default_rng(seed)
    drawn = judged = 0
    for shape in shapes:
        for bound in (1, 2, 3):
            own = 0
            for entries in _draw(shape, bound, rng, MOST_DRAWN // (3 * len(shapes))):
                drawn += 1
                if progress is not None and drawn % 100 == 0:
                    progress(drawn, MOST_DRAWN)
                if not _may_have(shape, entries, case):
                    continue
                own, judged = own + 1, judged + 1
                found = _judge(shape, entries, case, further)
                if found is not None:
                    return _shrink(shape, entries, case, further, found)
                if own >= MOST_JUDGED:
                    break
    raise BudgetSpent("no such network was found", drawn=drawn, judged=judged)


def _draw(shape: Sequence[int], bound: int, rng: np.random.Generator, most: int) -> Iterator[Entries]:
    size = sum(after * (own + 1) for own, after in pairwise(shape))
    seen: set[Entries] = set()
    for number in count():
        if number >= most:
            return
        entries = tuple(rng.integers(-bound, bound, size, endpoint=True).tolist())
        if entries not in seen:
            seen.add(entries)
            yield entries


def _network(shape: Sequence[int], entries: Entries) -> Network:
    layers = []
    rest = iter(entries)
    for own, after in pairwise(shape):
        rows = [[next(rest) for _ in range(own + 1)] for _ in range(after)]
        layers.append(([row[:-1] for row in rows], [row[-1] for row in rows]))
    return Network.from_arrays(layers)


def _may_have(shape: Sequence[int], entries: Entries, case: int) -> bool:
    """Whether signs on a grid allow some pair to be in the case; rules out most networks, and decides nothing."""
    rng = np.random.default_rng(1)
    below = rng.standard_normal((_GRID, shape[0])) * np.resize([0.5, 2.0, 8.0, 40.0], _GRID)[:, None]
    signs: list[np.ndarray[tuple[int, ...], np.dtype[np.bool_]]] = []
    start = 0
    for own, after in pairwise(shape[:-1]):
        table = np.array(entries[start : start + after * (own + 1)], dtype=np.float64).reshape(after, own + 1)
        start += after * (own + 1)
        z = below @ table[:, :-1].T + table[:, -1]
        signs.append(z > 0)
        if not (z > 0).any(axis=0).all() or not (z < 0).any(axis=0).all():
            return False  # a boundary is empty, as far as can be seen
        below = np.maximum(z, 0)
    for one, other in pairwise(signs):
        for i in range(one.shape[1]):
            for j in range(other.shape[1]):
                seen = {
                    number
                    for number, (side, sign) in CASES.items()
                    if ((one[:, i] == (side > 0)) & (other[:, j] == (sign > 0))).any()
                }
                if (case == 5 and len(seen) == 4) or (case != 5 and case not in seen):
                    return True
    return False


def _judge(shape: Sequence[int], entries: Entries, case: int, further: bool) -> Counterexample | None:
    """The counterexample that a network is, decided exactly; None if it is none."""
    net = _network(shape, entries)
    if any(not any(row[:-1]) for layer in net.layers for row in layer.rows) or prune(net).widths != net.widths:
        return None
    complex = regions(net)
    if complex.n_thick:
        return None
    found = find_pairs(net)
    pair = next((pair for pair in found.pairs if pair.cases == (case,)), None)
    if pair is None or any(boundary.is_empty for boundary in boundaries(complex)):
        return None
    if not further and not functional_dimension(net, found).is_full:
        return None
    identified = identify(net, found=found)
    unique = decide_unique(net, identified)
    if further:
        return Counterexample(net, case, pair, unique, identified) if unique.outcome is Outcome.FAILS else None
    proved = unique.holds or (unique.outcome is Outcome.UNDECIDED and identified.is_locally_unique is True)
    if not proved or (not unique.holds and _has_lemma(net)):
        return None
    return Counterexample(net, case, pair, unique, identified)


def _has_lemma(net: Network) -> bool:
    """Does a lemma about all networks of the architecture exist, so that being unique near by need not do?"""
    return (net.depth == 2 and net.hidden_widths[1] == 1) or net.hidden_widths == (2, 2)


def _shrink(
    shape: Sequence[int], entries: Entries, case: int, further: bool, found: Counterexample
) -> Counterexample:
    """The network with entries made smaller one by one, as long as it stays what it is.

    An entry becomes 0, 1, -1, or one nearer to 0; the sum of |entries| falls, then the number of negative entries, so
    this ends. Widths are the smallest ones already, or they were asked for.
    """
    improved = True
    while improved:
        improved = False
        for place, entry in enumerate(entries):
            for smaller in sorted({0, 1, -1, abs(entry), entry - (entry > 0) + (entry < 0)}, key=_size):
                if _size(smaller) >= _size(entry):
                    continue
                candidate = (*entries[:place], smaller, *entries[place + 1 :])
                if not _may_have(shape, candidate, case):
                    continue
                judged = _judge(shape, candidate, case, further)
                if judged is not None:
                    entries, found, improved = candidate, judged, True
                    break
    return found


def _size(entry: int) -> tuple[int, bool]:
    return abs(entry), entry < 0


def _yes(value: bool) -> str:
    return "yes" if value else "no"

