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

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from exactrev.errors import InvalidNetwork
from exactrev.network import AffineMap, Network, Neuron, Point
from exactrev.recovery.allowed import AllowedSet, Interval, join
from exactrev.recovery.parametric import Answer, NotFollowed, OpenWeight, ParametricNetwork

__all__ = ["Answer", "Completion", "OpenWeight", "WeightFinding", "complete"]

ATTEMPTS = 6
"""So many orders of the answers are tried when some of them have to be left out."""


@dataclass(frozen=True, slots=True)
class WeightFinding:
    """What the answers say about one open weight.

    `allowed`: disjoint intervals outside of which some answer contradicts; none at all if the answers contradict
    whatever the weight is. `value` is what stands in the completed network: the weight itself if `is_known`, otherwise
    a representative from the inside of an interval, of which no answer shows whether it is right.
    """

    neuron: Neuron
    input: int
    allowed: tuple[Interval, ...]
    value: Fraction

    @property
    def is_known(self) -> bool:
        """Whether one value is left."""
        return len(self.allowed) == 1 and self.allowed[0].is_point

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
    """

    network: Network
    weights: tuple[WeightFinding, ...]
    contradictions: tuple[Point, ...]
    left_out: tuple[Point, ...]
    is_searched_out: bool

    @property
    def is_consistent(self) -> bool:
        """Whether the network gives every answer."""
        return not self.contradictions

    @property
    def still_open(self) -> tuple[WeightFinding, ...]:
        """The weights that no answer shows."""
        return tuple(weight for weight in self.weights if not weight.is_known)


def complete(
    network: Network, open_weights: Iterable[OpenWeight], answers: Sequence[Answer], *, budget: int = 20_000
) -> Completion:
    """Find the open weights of `network` (whatever stands in their place) from exact answers (x, N(x)).

    At most `budget` times a point is followed through the layers. Raises `InvalidNetwork` for a weight that the network
    does not have, and for points and values of the wrong length.

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
    blank = _with_values(network, dict.fromkeys(entries, Fraction(0)))
    if not entries:
        return Completion(blank, (), tuple(_find_disagreements(blank, answers)), (), True)
    return _Search(blank, entries, answers, budget).run()


def _with_values(network: Network, values: Mapping[OpenWeight, Fraction]) -> Network:
    """The network with other values of some weights."""
    layers = list(network.layers)
    for k in {neuron.layer for neuron, _ in values}:
        rows = [[*W, b] for W, b in zip(layers[k - 1].W, layers[k - 1].b, strict=True)]
        for (neuron, index), value in values.items():
            if neuron.layer == k:
                rows[neuron.index][index] = value
        layers[k - 1] = AffineMap.from_fractions(rows)
    return Network(tuple(layers), network.provenance)


def _find_disagreements(network: Network, answers: Sequence[Answer]) -> list[Point]:
    values = network.evaluate([x for x, _ in answers])
    return [x for (x, y), value in zip(answers, values, strict=True) if tuple(y) != value]


_Options = list[tuple[Answer, list[AllowedSet]]]
"""Answers that are not used up, with the sets that each would leave; no set if that was not to be found out."""


class _Search:
    """The sets of open weights that answers leave."""

    def __init__(self, network: Network, entries: Sequence[OpenWeight], answers: Sequence[Answer], budget: int) -> None:
        self.parametric = ParametricNetwork(network, entries)
        self.network = network  # 0 stands for all open weights
        self.entries = tuple(entries)
        self.answers = answers
        self.budget = budget
        self.is_searched_out = True

    def run(self) -> Completion:
        """Use all answers. If some have to be left out, try other orders: the fewest left out is the best guess."""
        ranked, wrong = self._select()
        best: tuple[list[Point], list[AllowedSet], bool] | None = None
        for attempt in range(ATTEMPTS):
            left_out: list[Point] = []
            self.is_searched_out = True
            leaves = list(self._explore(AllowedSet.everything(len(self.entries)), ranked, left_out))
            if best is None or (self.is_searched_out and len(left_out) < len(best[0])):
                best = left_out, leaves, self.is_searched_out
            if not left_out or not self.is_searched_out:
                break
            ranked = Random(attempt).sample(ranked, len(ranked))
        left_out, leaves, self.is_searched_out = best or ([], [], True)
        return self._conclude(leaves, [*wrong, *left_out])

    @property
    def _is_spent(self) -> bool:
        return self.parametric.followed >= self.budget

    def _select(self) -> tuple[list[Answer], list[Point]]:
        """The answers to use, the most telling first; and points where no open weight matters, but N' is not N."""
        disagreeing = set(_find_disagreements(self.network, self.answers))
        ranked, wrong = [], []
        for answer, active in zip(self.answers, self._count_active(), strict=True):
            if active:
                ranked.append(((answer[0] not in disagreeing, active), answer))
            elif answer[0] in disagreeing:
                wrong.append(answer[0])
        ranked.sort(key=lambda pair: pair[0])
        return [answer for _, answer in ranked], wrong

    def _count_active(self) -> list[int]:
        """At every point, how many open weights have an active unit below while all of them are 0.

        Where there is none, the open weights change nothing, whatever they are: none is the first to matter.
        """
        points = [x for x, _ in self.answers]
        patterns = self.network.sign_vectors(points)
        return [
            sum(bool(x[i]) if neuron.layer == 1 else signs[neuron.layer - 2][i] > 0 for neuron, i in self.entries)
            for x, signs in zip(points, patterns, strict=True)
        ]

    def _explore(
        self, state: AllowedSet, pending: Sequence[Answer], left_out: list[Point] | None
    ) -> Iterator[AllowedSet]:
        """The convex sets that are left of `state`; an answer that leaves nothing is left out, if there is a list."""
        reduced = self._propagate(state, pending, left_out)
        if reduced is None:
            return
        state, options = reduced
        choices = [option for option in options if option[1]]
        if not choices or self._is_spent:
            self.is_searched_out &= not options
            yield state
            return
        chosen, parts = min(choices, key=lambda option: len(option[1]))
        rest = [answer for answer, _ in options if answer is not chosen]
        for part in parts:
            yield from self._explore(part, rest, None)

    def _propagate(
        self, state: AllowedSet, pending: Sequence[Answer], left_out: list[Point] | None
    ) -> tuple[AllowedSet, _Options] | None:
        """Use up all answers that leave one convex set; None if one leaves nothing and none may be left out."""
        options: _Options = [(answer, []) for answer in pending]
        while options and not self._is_spent:
            before = state
            for follow in (self.parametric.solve_one, self.parametric.solve):
                if state.dimension == 0:
                    return self._settle(state, options, left_out)
                found = self._use(follow, state, options, left_out)
                if found is None:
                    return None
                state, options = found
                if state is not before:
                    break
            else:
                break
        return state, options

    def _use(
        self,
        follow: Callable[[Answer, AllowedSet], list[AllowedSet]],
        state: AllowedSet,
        options: _Options,
        left_out: list[Point] | None,
    ) -> tuple[AllowedSet, _Options] | None:
        """Each of the answers once, as long as there is more than one possibility."""
        kept: _Options = []
        for number, (answer, _) in enumerate(options):
            if state.dimension == 0 or self._is_spent:
                return state, [*kept, *options[number:]]
            try:
                parts = follow(answer, state)
            except NotFollowed:
                kept.append((answer, []))
                continue
            if len(parts) > 1:
                kept.append((answer, parts))
            elif parts:
                state = parts[0]
            elif left_out is None:
                return None
            else:
                left_out.append(answer[0])
        return state, kept

    def _settle(
        self, state: AllowedSet, options: _Options, left_out: list[Point] | None
    ) -> tuple[AllowedSet, _Options] | None:
        """One value is left for every weight: does it give the remaining answers?"""
        wrong = _find_disagreements(self._fill(state)[0], [answer for answer, _ in options])
        if wrong and left_out is None:
            return None
        if left_out is not None:
            left_out += wrong
        return state, []

    def _fill(self, state: AllowedSet) -> tuple[Network, list[Fraction]]:
        """The network with values that are all together allowed, from the inside of the set; and these values.

        Where there is no lower end, a value far down: as the unit below is not negative, it keeps the neuron off
        wherever any other of the allowed values does.
        """
        chosen = []
        for unit, (neuron, _) in zip(self.parametric.units, self.entries, strict=True):
            value = state.value_of(unit)
            if value is None:
                layer = self.network.layers[neuron.layer - 1]
                size = Fraction(max(map(abs, layer.rows[neuron.index])), layer.denominator)
                value = state.far_inside(unit, size, prefer_low=neuron.layer > 1)
                state = state.with_zero((*unit[:-1], -value)) or state
            chosen.append(value)
        return _with_values(self.network, dict(zip(self.entries, chosen, strict=True))), chosen

    def _conclude(self, leaves: Sequence[AllowedSet], left_out: Sequence[Point]) -> Completion:
        """Of several convex sets, the one whose network gives the most answers stands for all."""
        best = self.network, [Fraction(0)] * len(self.entries), _find_disagreements(self.network, self.answers)
        for number, leaf in enumerate(leaves):
            network, values = self._fill(leaf)
            wrong = _find_disagreements(network, self.answers)
            if number == 0 or len(wrong) < len(best[2]):
                best = network, values, wrong
        network, values, wrong = best
        findings = [
            WeightFinding(neuron, i, join(leaf.range_of(unit) for leaf in leaves), value)
            for (neuron, i), unit, value in zip(self.entries, self.parametric.units, values, strict=True)
        ]
        return Completion(network, tuple(findings), tuple(wrong), tuple(left_out), self.is_searched_out)
