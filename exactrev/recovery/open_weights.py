"""Weights that no boundary has shown, from values: each answer N(x) leaves a set of values for the open weights.

Knows a network that is right but for some open weights, and answers. Asks nothing and looks into nothing: what it
concludes holds if everything else in the network is right, the signs of the last hidden layer and the output layer
included, which therefore must not have been fitted where a neuron with an open weight was taken to be off or on by its
placeholder.

With x fixed, N'(x) is a piecewise linear function of the open weights, and it is followed through the layers exactly.
An open weight W_zi matters at x only where unit i is active and z is not off whatever W_zi is. If all open weights that
matter belong to one neuron, only one number s, their share in its preactivation, is unknown, and N'(x) = N(x) is solved
by intervals for s. Where several neurons matter, all sign patterns that are possible are told apart by exact linear
programs. An answer that leaves one convex set is used up at once; one that leaves several is put off, until the others
have decided, or else is a choice that both ways are tried of. So the sets found contain every possible value, and
together, unless something is said to be left, no other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from exactrev.errors import InvalidNetwork
from exactrev.network import Network, Neuron, Point
from exactrev.recovery.allowed import AllowedSet, Interval, join
from exactrev.recovery.narrowing import AnswerSearch, find_disagreements, with_values
from exactrev.recovery.parametric import Answer, NotFollowed, OpenWeight, ParametricNetwork

__all__ = ["Answer", "Completion", "OpenWeight", "WeightFinding", "complete"]

MOST_SETS = 2
"""Rivals are taken from so many of the convex sets that are left."""

MOST_VOTES = 60
"""So many answers vote for the value of a weight."""


@dataclass(frozen=True, slots=True)
class WeightFinding:
    """What the answers say about one open weight.

    - `allowed`: disjoint intervals outside of which some answer contradicts, whatever the other open weights are; none
      at all if the answers contradict in any case.
    - `value` stands in the completed network: the weight itself if `is_known`, otherwise a representative, if possible
      from the inside of an interval.
    - `given_others`: what the answers allow if the other open weights have the values in the completed network.
    """

    neuron: Neuron
    input: int
    allowed: tuple[Interval, ...]
    value: Fraction
    given_others: tuple[Interval, ...]

    @property
    def is_known(self) -> bool:
        """Whether one value is left."""
        return len(self.allowed) == 1 and self.allowed[0].is_point

    @property
    def is_shown(self) -> bool:
        """Whether some answer needs this very value, the other weights being what they are in the network.

        It is no proof: where several weights only ever matter together, other values of all of them may do as well.
        """
        return len(self.given_others) == 1 and self.given_others[0].is_point

    @property
    def is_contradicted(self) -> bool:
        """Whether no value is left: then something else in the network is wrong."""
        return not self.allowed


@dataclass(frozen=True, slots=True)
class Completion:
    """What is left of the open weights, in the order given.

    - `network`: with the values of `weights` in place.
    - `contradictions`: the points of all answers that this network does not give. None if all is right.
    - `left_out`: points whose answers were not used, because no open weight can explain them together with the others:
      there something else is wrong. What `weights` says then holds if the other answers are unaffected by that.
    - `is_searched_out`: every answer but those was used up. If not, the intervals may be wider than need be.
    - `rivals`: networks with other values that the answers used leave as well, as far from these as they leave.
    """

    network: Network
    weights: tuple[WeightFinding, ...]
    contradictions: tuple[Point, ...]
    left_out: tuple[Point, ...]
    is_searched_out: bool
    rivals: tuple[Network, ...] = ()

    @property
    def is_consistent(self) -> bool:
        """Whether the network gives every answer."""
        return not self.contradictions

    @property
    def still_open(self) -> tuple[WeightFinding, ...]:
        """The weights that no answer shows."""
        return tuple(weight for weight in self.weights if not weight.is_known)


def complete(
    network: Network, open_weights: Iterable[OpenWeight], answers: Sequence[Answer], *, budget: int = 6_000
) -> Completion:
    """Find the open weights of `network` (whatever stands in their place) from exact answers (x, N(x)).

    `budget` bounds the work: about how many points are followed through the layers, beyond four times the answers.
    Raises `InvalidNetwork` for a weight that the network does not have, and for points and values of the wrong length.

    >>> truth = Network.from_arrays([([[1], [-1]], [0, 2]), ([[1, "2/3"]], [-3]), ([[1]], [0])])
    >>> other = Network.from_arrays([([[1], [-1]], [0, 2]), ([[1, 0]], [-3]), ([[1]], [0])])
    >>> answers = [((Fraction(x),), truth((x,))) for x in (-9, -1, 1, 5)]  # z is on at -9 and 5
    >>> found = complete(other, [(Neuron(2, 0), 1)], answers)
    >>> found.network == truth, found.weights[0].is_known
    (True, True)
    >>> print(*complete(other, [(Neuron(2, 0), 1)], answers[1:]).weights[0].allowed)
    (-oo, 1]
    """
    entries = tuple(dict.fromkeys((network.require_neuron(neuron), index) for neuron, index in open_weights))
    for neuron, index in entries:
        if not 0 <= index < network.layers[neuron.layer - 1].n_in:
            raise InvalidNetwork("no such weight", neuron=neuron, input=index)
    if any(len(y) != network.n_out for _, y in answers):
        raise InvalidNetwork("an answer has the wrong length", expected=network.n_out)
    blank = with_values(network, entries, [Fraction(0)] * len(entries))
    if not entries:
        wrong = tuple(find_disagreements(blank, answers))
        return Completion(blank, (), wrong, wrong, True)
    budget += 4 * len(answers)
    search = AnswerSearch(blank, entries, answers, budget)
    if search.left_out or not search.sets:
        # Something else is wrong. What most answers agree on tells which of them are affected by that.
        elected, against = _vote(blank, entries, [Fraction(0)] * len(entries), answers)
        if any(elected) and (not search.sets or len(against) < len(search.left_out)):
            search = AnswerSearch(blank, entries, [answer for answer in answers if answer[0] not in against], budget)
            search.left_out += against
    return _conclude(search, answers)


def _conclude(search: AnswerSearch, answers: Sequence[Answer]) -> Completion:
    """Of several convex sets, the one whose network gives the most answers stands for all."""
    blank, entries = search.network, search.parametric.entries
    values, wrong = [Fraction(0)] * len(entries), find_disagreements(blank, answers)
    for number, part in enumerate(search.sets):
        chosen = _choose(search, part)
        contradicted = find_disagreements(with_values(blank, entries, chosen), answers)
        if number == 0 or len(contradicted) < len(wrong):
            values, wrong = chosen, contradicted
    if len(wrong) > len(search.left_out) and not search.is_searched_out:
        values, wrong = _vote(blank, entries, values, answers)
    network = with_values(blank, entries, values)
    agreeing = [answer for answer in answers if answer[0] not in set(wrong)]
    findings = []
    for e, ((neuron, i), unit) in enumerate(zip(entries, search.parametric.units, strict=True)):
        alone = AnswerSearch(_without(network, entries[e]), [entries[e]], agreeing, search.budget)
        given_others = join(part.range_of((Fraction(1), Fraction(0))) for part in alone.sets)
        allowed = join(part.range_of(unit) for part in search.sets)
        findings.append(WeightFinding(neuron, i, allowed, values[e], given_others))
    rivals = tuple(_rivals(search, values))
    return Completion(network, tuple(findings), tuple(wrong), tuple(search.left_out), search.is_searched_out, rivals)


def _rivals(search: AnswerSearch, values: Sequence[Fraction]) -> Iterator[Network]:
    """Networks with one weight at an end of what is left of it, or far out, and the others as they may be then."""
    for part in search.sets[:MOST_SETS]:
        for e, unit in enumerate(search.parametric.units):
            left = part.range_of(unit)
            far = 16 * max(abs(values[e]), *(abs(end) for end in (left.low, left.high) if end is not None), Fraction(1))
            for end in (-far if left.low is None else left.low, far if left.high is None else left.high):
                here = part.with_zero((*unit[:-1], -end))
                if here is not None and end != values[e]:
                    yield with_values(search.network, search.parametric.entries, _choose(search, here))


def _without(network: Network, entry: OpenWeight) -> Network:
    return with_values(network, [entry], [Fraction(0)])


def _choose(search: AnswerSearch, part: AllowedSet) -> list[Fraction]:
    """Values that are all together in the set, from its inside.

    Where there is no lower end, a value far down: as the unit below is not negative, it keeps the neuron off wherever
    any other of the allowed values does.
    """
    chosen = []
    for unit, (neuron, _) in zip(search.parametric.units, search.parametric.entries, strict=True):
        value = part.value_of(unit)
        if value is None:
            layer = search.network.layers[neuron.layer - 1]
            size = Fraction(max(map(abs, layer.rows[neuron.index])), layer.denominator)
            value = part.far_inside(unit, size, prefer_low=neuron.layer > 1)
            part = part.with_zero((*unit[:-1], -value)) or part
        chosen.append(value)
    return chosen


def _vote(
    blank: Network, entries: Sequence[OpenWeight], values: Sequence[Fraction], answers: Sequence[Answer]
) -> tuple[list[Fraction], list[Point]]:
    """Values that more answers agree with, one after the other, and the points where the network is still wrong.

    With the other weights as they are, answers that are not met yet ask for a value of one weight. Where the other
    weights do not matter they all ask for the right one; elsewhere they hardly ever agree.
    """
    elected = list(values)
    wrong = find_disagreements(with_values(blank, entries, elected), answers)
    while wrong:
        trials = []
        for e, entry in enumerate(entries):
            network = with_values(blank, entries, elected)
            for value in _ask_for(entry, network, [answer for answer in answers if answer[0] in set(wrong)]):
                trial = [*elected[:e], value, *elected[e + 1 :]]
                trials.append((find_disagreements(with_values(blank, entries, trial), answers), trial))
        contradicted, trial = min(trials, key=lambda pair: len(pair[0]), default=(wrong, elected))
        if len(contradicted) >= len(wrong):
            break
        wrong, elected = contradicted, trial
    return elected, wrong


def _ask_for(entry: OpenWeight, network: Network, answers: Sequence[Answer]) -> list[Fraction]:
    """The values of a weight that most of the answers ask for."""
    parametric = ParametricNetwork(_without(network, entry), [entry])
    votes: Counter[Fraction] = Counter()
    for answer in answers[:MOST_VOTES]:
        try:
            shown = parametric.solve_one(answer, AllowedSet.everything(1))
        except NotFollowed:
            continue
        if shown.share is not None:
            solved = (interval.over(shown.share[0]) for interval in shown.intervals)
            votes.update(interval.low for interval in solved if interval.is_point and interval.low is not None)
    return [value for value, _ in votes.most_common(2)]
