"""From all answers to what they leave of the open weights: convex sets, none of which an answer contradicts.

Knows what one answer leaves (`parametric`), and in which order answers are used: those that leave one convex set are
used up at once; those that leave several wait, until the others have decided, or else each way is tried. Knows nothing
of what is done with the sets; that is for `open_weights`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from exactrev.network import AffineMap, Network, Point
from exactrev.recovery.allowed import AllowedSet, Form, Interval, meet
from exactrev.recovery.parametric import Answer, NotFollowed, OpenWeight, ParametricNetwork, ShareValues

__all__ = ["AnswerSearch", "find_disagreements", "with_values"]

ENOUGH_CHOICES = 6
"""Among so many answers that leave several convex sets, the one with the fewest is the next to branch on."""

_Options = list[tuple[Answer, list[AllowedSet]]]
"""Answers that are not used up, with the sets that each would leave; no set if that was not to be found out."""


@dataclass(frozen=True, slots=True)
class _Left:
    """What is left: a convex set, and for every weight a union of intervals, which need not be convex."""

    state: AllowedSet
    values: tuple[tuple[Interval, ...], ...]

    def narrowed(self, shown: ShareValues) -> _Left | None:
        """What remains by an answer that speaks of one weight only; the same if it speaks of several."""
        e = _only_entry(shown)
        if e is None or shown.share is None:
            return self
        unit = self.unit(e)
        allowed = meet(self.values[e], (interval.over(shown.share[e]) for interval in shown.intervals))
        allowed = meet(allowed, [self.state.range_of(unit)])
        state = self.state.within(unit, Interval(allowed[0].low, allowed[-1].high)) if allowed else None
        return None if state is None else _Left(state, (*self.values[:e], allowed, *self.values[e + 1 :]))

    def parts(self, shown: ShareValues) -> list[AllowedSet]:
        """The convex sets that remain by an answer, `narrowed` being done."""
        e = _only_entry(shown)
        return shown.parts(self.state) if e is None else self.split(e)

    def split(self, e: int) -> list[AllowedSet]:
        """The convex sets with weight e in one of its intervals."""
        found = (self.state.within(self.unit(e), interval) for interval in self.values[e])
        return [part for part in found if part is not None]

    def inside(self, part: AllowedSet) -> _Left:
        """What is left of a part of the convex set."""
        values = list(self.values)
        for e, intervals in enumerate(values):
            if len(intervals) > 1:
                values[e] = meet(intervals, [part.range_of(self.unit(e))])
        return _Left(part, tuple(values))

    def unit(self, e: int) -> Form:
        """Weight e as a form."""
        return tuple(Fraction(i == e) for i in range(len(self.values) + 1))


def _only_entry(shown: ShareValues) -> int | None:
    """The open weight that the share is a multiple of, if it is one."""
    entries = [e for e, c in enumerate((shown.share or ())[:-1]) if c]
    return entries[0] if len(entries) == 1 else None


class AnswerSearch:
    """The sets of open weights that answers leave.

    `sets` cover everything that no answer contradicts. `left_out`: points whose answers were ignored, because together
    with those before they leave nothing. `is_searched_out`: nothing but what answers allow is in the sets; if not,
    `budget` was spent, or some answers could not be followed.
    """

    def __init__(self, network: Network, entries: Sequence[OpenWeight], answers: Sequence[Answer], budget: int) -> None:
        self.network = network  # 0 stands for all open weights
        self.parametric = ParametricNetwork(network, entries)
        self.budget = budget
        self.left_out: list[Point] = []
        self.is_searched_out = True
        n = len(entries)
        start = _Left(AllowedSet.everything(n), ((Interval(),),) * n)
        self.sets = [left.state for left in self._explore(start, self._select(answers), self.left_out)]

    def _select(self, answers: Sequence[Answer]) -> list[Answer]:
        """The answers to use, the most telling first: where N' is not N, and few open weights have an active unit.

        Where none has one, the open weights change nothing, whatever they are: none is the first to matter.
        """
        disagreeing = set(find_disagreements(self.network, answers))
        points = [x for x, _ in answers]
        ranked = []
        for answer, signs in zip(answers, self.network.sign_vectors(points), strict=True):
            x, _ = answer
            active = sum(
                bool(x[i]) if neuron.layer == 1 else signs[neuron.layer - 2][i] > 0
                for neuron, i in self.parametric.entries
            )
            if active:
                ranked.append(((x not in disagreeing, active), answer))
            elif x in disagreeing:
                self.left_out.append(x)
        ranked.sort(key=lambda pair: pair[0])
        return [answer for _, answer in ranked]

    def _explore(self, left: _Left, pending: Sequence[Answer], left_out: list[Point] | None) -> Iterator[_Left]:
        """The convex sets that remain; an answer that leaves nothing is left out, if there is a list for that."""
        reduced = self._propagate(left, pending, left_out)
        if reduced is None:
            return
        left, options = reduced
        choices: list[tuple[list[AllowedSet], Answer | None]] = [(parts, answer) for answer, parts in options if parts]
        choices += [(left.split(e), None) for e, intervals in enumerate(left.values) if len(intervals) > 1]
        if not choices or self._is_spent:
            self.is_searched_out &= not options
            yield left
            return
        parts, chosen = min(choices, key=lambda choice: len(choice[0]))
        rest = [answer for answer, _ in options if answer is not chosen]
        for part in parts:
            yield from self._explore(left.inside(part), rest, None)

    def _propagate(
        self, left: _Left, pending: Sequence[Answer], left_out: list[Point] | None
    ) -> tuple[_Left, _Options] | None:
        """Use up all answers that leave one convex set; None if one leaves nothing and none may be left out.

        Points where one neuron matters are cheap: all of them come first, again after every change.
        """
        options: _Options = [(answer, []) for answer in pending]
        while options and not self._is_spent:
            before = left.state
            for use in (self._use_one, self._use_any):
                if left.state.dimension == 0:
                    return self._settle(left, options, left_out)
                used = use(left, options, left_out)
                if used is None:
                    return None
                left, options = used
                if left.state is not before:
                    break
            else:
                break
        return left, options

    def _use_one(self, left: _Left, options: _Options, left_out: list[Point] | None) -> tuple[_Left, _Options] | None:
        """Each of the answers once, where it speaks of one neuron."""
        kept: _Options = []
        for number, (answer, _) in enumerate(options):
            if left.state.dimension == 0 or self._is_spent:
                return left, [*kept, *options[number:]]
            try:
                shown = self.parametric.solve_one(answer, left.state)
            except NotFollowed:
                kept.append((answer, []))
                continue
            narrowed = left.narrowed(shown)
            parts = [] if narrowed is None else narrowed.parts(shown)
            if narrowed is None or not parts:
                if left_out is None:
                    return None
                left_out.append(answer[0])
                continue
            left = narrowed
            if not shown.is_exact:
                kept.append((answer, []))
            elif len(parts) > 1:
                kept.append((answer, parts))
            else:
                left = _Left(parts[0], left.values)
        return left, kept

    def _use_any(self, left: _Left, options: _Options, left_out: list[Point] | None) -> tuple[_Left, _Options] | None:
        """The answers that are not followed yet, until one changes what is left or there are choices enough."""
        kept: _Options = []
        choices = sum(len(parts) > 1 for _, parts in options)
        for number, (answer, parts) in enumerate(options):
            if choices >= ENOUGH_CHOICES or self._is_spent:
                return left, [*kept, *options[number:]]
            if not parts:
                try:
                    parts = self.parametric.solve(answer, left.state)
                except NotFollowed:
                    kept.append((answer, []))
                    continue
                choices += len(parts) > 1
            if len(parts) > 1:
                kept.append((answer, parts))
            elif parts:
                if parts[0] is not left.state:
                    return _Left(parts[0], left.values), [*kept, *options[number + 1 :]]
            elif left_out is None:
                return None
            else:
                left_out.append(answer[0])
        return left, kept

    def _settle(self, left: _Left, options: _Options, left_out: list[Point] | None) -> tuple[_Left, _Options] | None:
        """One value is left for every weight: does it give the remaining answers?"""
        wrong = self._wrong_at(left.state, [answer for answer, _ in options])
        if wrong and left_out is None:
            return None
        if left_out is not None:
            left_out += wrong
        return left, []

    def _wrong_at(self, state: AllowedSet, answers: Sequence[Answer]) -> list[Point]:
        """Where the network with the only values in the set does not give the answer."""
        values = [form[-1] for form in state.forms]
        return find_disagreements(with_values(self.network, self.parametric.entries, values), answers)

    @property
    def _is_spent(self) -> bool:
        return self.parametric.followed >= self.budget


def with_values(network: Network, entries: Sequence[OpenWeight], values: Sequence[Fraction]) -> Network:
    """The network with other values of some weights."""
    layers = list(network.layers)
    for k in {neuron.layer for neuron, _ in entries}:
        rows = [[*W, b] for W, b in zip(layers[k - 1].W, layers[k - 1].b, strict=True)]
        for (neuron, index), value in zip(entries, values, strict=True):
            if neuron.layer == k:
                rows[neuron.index][index] = value
        layers[k - 1] = AffineMap.from_fractions(rows)
    return Network(tuple(layers), network.provenance)


def find_disagreements(network: Network, answers: Sequence[Answer]) -> list[Point]:
    """The points of the answers that the network does not give."""
    values = network.evaluate([x for x, _ in answers])
    return [x for (x, y), value in zip(answers, values, strict=True) if tuple(y) != value]
