"""What a finished recovery does not know, neuron by neuron and weight by weight, in one of three words with a reason.

Knows what the recovery returns, and asks nothing. Whether a weight is free is a question about all inputs, which it
cannot decide: a decision procedure is handed in. What that says, it says of the recovered network.

- *free*: it is proved that changing the weight a little changes nothing; so no answer can show it.
- *unreached*: a neuron, a row or a weight was met, but not determined, and nothing stands for it.
- *placeholder*: a value stands for it, which no answer shows to be right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, Protocol

from exactrev.network import Network, Neuron
from exactrev.recovery.allowed import Interval, join
from exactrev.recovery.open_weights import OpenWeight, WeightFinding
from exactrev.recovery.signs import SignDecision
from exactrev.verdict import Outcome, Verdict

__all__ = ["DecideFree", "Missing", "PartialRow", "Word", "classify", "find_unplaced", "find_unsigned"]

Word = Literal["free", "unreached", "placeholder"]

DecideFree = Callable[[Network, Neuron, int], Verdict]
"""Does the function stay the same if this weight is changed a little? HOLDS, FAILS with a point, or UNDECIDED."""


class PartialRow(Protocol):
    """A row that was seen in part: None where a weight is not known."""

    @property
    def weights(self) -> tuple[Fraction | None, ...]: ...

    @property
    def missing(self) -> list[int]: ...


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is not known.

    `neuron` is None for a row of which it is not known whose it is, `input` is None if it is about a whole neuron or
    row. `allowed` is the interval that holds every value that no answer contradicts, where answers were asked.
    """

    neuron: Neuron | None
    input: int | None
    word: Word
    reason: str
    allowed: Interval | None = None

    def __str__(self) -> str:
        return f"{self.word}: {self.subject}: {self.reason}"

    @property
    def subject(self) -> str:
        """What it is that is not known.

        >>> Missing(Neuron(2, 0), 3, "free", "").subject, Missing(None, None, "unreached", "").subject
        ('the weight of z[2,0] for unit 3 below', 'a row')
        """
        owner = "a row" if self.neuron is None else str(self.neuron)
        return owner if self.input is None else f"the weight of {owner} for unit {self.input} below"


def classify(
    network: Network | None,
    open_weights: Iterable[OpenWeight],
    findings: Iterable[WeightFinding] = (),
    *,
    is_free: DecideFree | None = None,
) -> tuple[Missing, ...]:
    """A word for every weight that is not known, in order of neurons.

    `open_weights` are those that no boundary has shown; `findings`, what values said of them (`complete`): a weight
    that is known from these is not missing. Without a `network` every weight is a placeholder, and nothing is decided.

    >>> net = Network.from_arrays([([[1], [-1]], [0, 0]), ([[1, 5]], [-1]), ([[1]], [0])])
    >>> [missing] = classify(net, [(Neuron(2, 0), 1)])
    >>> print(missing)
    placeholder: the weight of z[2,0] for unit 1 below: no answer shows it; it stands as 5
    """
    by_weight = {(finding.neuron, finding.input): finding for finding in findings}
    entries = sorted({*open_weights, *by_weight})
    unknown = [entry for entry in entries if entry not in by_weight or not by_weight[entry].is_known]
    return tuple(_classify_one(network, entry, by_weight.get(entry), is_free) for entry in unknown)


def _classify_one(
    network: Network | None, entry: OpenWeight, finding: WeightFinding | None, is_free: DecideFree | None
) -> Missing:
    neuron, unit = entry
    allowed = None if finding is None else _hull(finding.allowed)
    value = Fraction(0) if network is None else network.layers[neuron.layer - 1].W[neuron.index][unit]
    seen = f"{_shown(finding)}; it stands as {value}"
    if network is None or is_free is None:
        return Missing(neuron, unit, "placeholder", seen, allowed)
    verdict = is_free(network, neuron, unit)
    if verdict.outcome is Outcome.HOLDS:
        return Missing(neuron, unit, "free", f"changing it changes nothing: {verdict.checked}", allowed)
    if verdict.outcome is Outcome.FAILS:
        point = verdict.witness.get("point")
        where = verdict.checked if point is None else f"at ({', '.join(map(str, point))})"
        return Missing(neuron, unit, "placeholder", f"{seen}, and the network depends on it, {where}", allowed)
    return Missing(neuron, unit, "placeholder", f"{seen}; whether it matters anywhere was not decided", allowed)


def _shown(finding: WeightFinding | None) -> str:
    if finding is None:
        return "no answer shows it"
    if finding.is_contradicted:
        return "the answers contradict every value, so something else is wrong"
    allowed = " or ".join(map(str, finding.allowed))
    if finding.is_shown:
        return f"the answers need this value if the other open weights have theirs, and by themselves allow {allowed}"
    return f"no answer shows more than that it is in {allowed}"


def _hull(intervals: Sequence[Interval]) -> Interval | None:
    joined = join(intervals)
    return Interval(joined[0].low, joined[-1].high) if joined else None


def find_unsigned(layer: int, width: int, decision: SignDecision | None) -> Iterator[Missing]:
    """The neurons of a layer whose rows were read without their signs; all of them where no signs were decided.

    That a row was read is no proof of it: rows of a deeper layer may be among them.
    """
    settled = None if decision is None else decision.settled
    for index in range(width):
        if settled is not None and settled[index]:
            continue
        if decision is None:
            reason = "no signs were decided"
        else:
            reason = decision.reason if settled is None else "both signs satisfy the equations"
        yield Missing(Neuron(layer, index), None, "unreached", f"its row was read up to its sign: {reason}")


def find_unplaced(rows: Iterable[PartialRow]) -> Iterator[Missing]:
    """Rows that were seen only in part, and stand in no network."""
    for row in rows:
        if row.missing:
            units = f"units below: {', '.join(map(str, row.missing))}"
            reason = f"{len(row.missing)} of {len(row.weights)} weights were not reached ({units})"
            yield Missing(None, None, "unreached", reason)
