"""What all answers so far say of the network (Algorithm 2, Theorem 3): layer by layer, drawn anew in every round.

The first layer from hyperplanes, then layer after layer, the signs of one layer from gradients or from the bends of the
next, at last the output layer from values. Asks what single steps need, and nothing to find out where it is wrong: that
is for who calls it, with more lines.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TypeVar

from exactrev.network import AffineMap, Network, Point
from exactrev.recovery.candidates import Candidate, with_rows
from exactrev.recovery.exploration import Way
from exactrev.recovery.known import KnownLayers, OpenWeights
from exactrev.recovery.last_layer import activations_at, assemble, recover_last_layer, with_signs
from exactrev.recovery.layer_signs import LayerSigns, decide_by_matching, decide_by_span, decide_by_trails, is_settled
from exactrev.recovery.linear_units import complete_by_linear_unit, lacks_everywhere
from exactrev.recovery.needed_rows import drop_composites
from exactrev.recovery.neurons import LayerSearch, Strategy
from exactrev.recovery.open_weights import Completion, complete
from exactrev.recovery.output_layer import PointSample
from exactrev.recovery.probe import Probe
from exactrev.recovery.results import Attempt
from exactrev.recovery.rivals import find_deciding_point
from exactrev.recovery.sightings import Sighting, Sightings
from exactrev.recovery.signs import SignDecision

__all__ = ["Reader"]

T = TypeVar("T")

ANSWERS = 20
"""So many answers of either kind are used first to find open weights."""

AT_ONCE = 4
"""So many points that tell rivals apart are asked for together."""

MOST_COMPLETIONS, WORK = 4, 1500
"""So often answers that contradict are added to them; each time, about so many points are followed at most."""

THOROUGH = 4
"""Every so many rounds, layers that seemed settled are walked again: gradients do not need every neuron. From then on
rows are judged by more points than at first: something that seemed right is wrong."""

MOST_OPEN = 6
"""So many open weights at most are sought in values: their number is an exponent."""


@dataclass(slots=True)
class Reader:
    """Conclusions from sightings and answers, and what is kept between rounds, keyed by what it was drawn from."""

    probe: Probe
    sightings: Sightings
    strategy: Strategy
    explore: Way
    seed: int
    say: Callable[[str], None]
    _round: int = 1
    _complete_only: bool = False  # whether rows with open weights are left out, and whether any were met
    _met_open: bool = False
    _searches: dict[tuple[AffineMap, ...], LayerSearch] = field(default_factory=dict)
    _signs: dict[tuple[AffineMap, ...], SignDecision] = field(default_factory=dict)

    @property
    def partial_rows(self) -> tuple[Candidate, ...]:
        """Rows with open weights that were met anywhere."""
        return tuple(row for search in self._searches.values() for row in search.partial)

    def read(self, round_number: int) -> Attempt:
        """All layers that the sightings so far determine; of several readings the one that answers contradict least.

        Rows with open weights that much speaks for count as rows of their layer; where that, or leaving them out, leads
        to nothing that all answers agree with, the layers are read the other way as well.
        """
        self._round, self._met_open = round_number, False
        attempt = self._read_layers()
        if not self._met_open or (attempt.network is not None and not self.find_contradictions(attempt)):
            return attempt
        self._complete_only = not self._complete_only
        other = self._read_layers()
        best = self._best([attempt, other])
        if best is attempt:
            self._complete_only = not self._complete_only
        return best

    def _read_layers(self) -> Attempt:
        """Layer after layer, from the first.

        Whether a layer is the last hidden one is not known beforehand: where few breakpoints are left that its rows do
        not explain, both readings are tried.
        """
        layers: list[AffineMap] = []
        decisions: list[SignDecision] = []
        opened: OpenWeights = ()
        readings: list[Attempt] = []
        known: KnownLayers | None = None
        while True:
            search = self._searches.setdefault(tuple(layers), LayerSearch(known, self.probe, self.sightings))
            rows, found = self._find_rows(search, layers, opened)
            if not rows:
                readings.append(self._without_neurons(layers, decisions, opened))
                break
            is_fewer = len(rows) < len(search.found)
            whole = self._with_all_rows(layers, opened, decisions, search.found) if is_fewer else None
            if whole is not None:
                readings.append(whole)
                break
            known = with_rows(layers, opened, rows)
            rest = self._unexplained(known)
            if self._may_be_last(rest):
                reading = self._finish(known, decisions)
                readings += [reading, *(self._with_promising(layers, opened, decisions, search) if rest else [])]
                if not rest or (reading.network is not None and not self.find_contradictions(reading)):
                    break
            decision = self._decide_signs(known, found, rest)
            completed = self._with_linear_unit(known, found, decision) if rest and not is_settled(decision) else None
            if completed is not None:
                layer, decision = completed
                decisions.append(decision)
                opened, layers = known.open_weights, [*layers, layer]
                known = KnownLayers(tuple(layers), opened)
                continue
            decisions.append(decision)
            if decision.signs is None or not is_settled(decision):
                reason = f"signs of layer {known.depth}: {decision.reason}"
                lacking = found.lacking if found is not None else ()
                seen = (known.layers, tuple(decisions), None, None, reason, known.open_weights)
                readings.append(Attempt(*seen, lacking=lacking))
                break
            opened = known.open_weights
            layers = [*layers, with_signs(known.layers[-1], decision.signs)]
            known = KnownLayers(tuple(layers), opened)
        return self._best(readings)

    def _without_neurons(
        self, layers: Sequence[AffineMap], decisions: Sequence[SignDecision], opened: OpenWeights
    ) -> Attempt:
        """The attempt in which no further layer was found: an affine map, if no line has shown any boundary."""
        reason, network = f"no neuron of layer {len(layers) + 1} was found", None
        if not self.sightings.all():
            reason, piece = "no line shows a boundary", self.sightings.piece(self.sightings.lines[0], 0)
            network = None if piece is None else Network((piece,))
        return Attempt(tuple(layers), tuple(decisions), None, network, reason, opened)

    def _find_rows(
        self, search: LayerSearch, layers: Sequence[AffineMap], opened: OpenWeights
    ) -> tuple[list[Candidate], LayerSigns | None]:
        """The rows of the first unknown layer, and the span test on them.

        After the first round breakpoints are matched first. If then all gradients fit one choice of signs, and there
        is more above, walks are made only where a boundary was missed.
        """
        pool = self._unexplained(search.known)
        if self._round % THOROUGH == 0:
            search.is_settled = False
        search.is_thorough = self._round >= THOROUGH
        ways: Sequence[Strategy] = (self.strategy,)
        if self.strategy == "both":
            ways = ("walk",) if self._round == 1 or search.known is None else ("match", "both")
        rows: list[Candidate] = []
        found: LayerSigns | None = None
        for way in ways:
            search.strategy, search.explore = way, self.explore
            rows = search.run(pool)
            self._met_open |= not all(row.is_complete for row in rows)
            if self._complete_only:
                rows = [row for row in rows if row.is_complete]
            if not rows:
                continue
            is_inner = not self._may_be_last(self._unexplained(with_rows(layers, opened, rows)))
            if self.strategy != "walk":  # the paper's way knows no such test
                rows, found = drop_composites(search, layers, opened, rows, self.say, ask=is_inner)
            rest = self._unexplained(with_rows(layers, opened, rows))
            search.is_settled = found is not None and found.is_clear and not self._may_be_last(rest)
        return rows, found

    def _may_be_last(self, unexplained: Sequence[Sighting]) -> bool:
        """Whether few breakpoints are left over: a layer with such rows may be the last hidden one."""
        return len(unexplained) * 5 <= len(self.sightings.all())

    def _decide_signs(
        self, known: KnownLayers, found: LayerSigns | None, rest: Sequence[Sighting]
    ) -> SignDecision:
        """The signs by the span test, or by trails where that says nothing or leaves signs open."""
        if found is not None and found.decision.unique is False and self._may_be_last(rest):  # nothing was asked yet
            found = decide_by_span(known, self.sightings, self.probe)
        if found is not None and (found.decision.unique is True or found.lacking):
            return found.decision
        if known.layers not in self._signs:
            decision = decide_by_trails(known, rest, self.sightings, self.probe, self.explore)
            if not is_settled(decision) and self.strategy != "walk":
                decision = decide_by_matching(known, rest, self.sightings) or decision
            if not is_settled(decision):
                return decision if found is None else found.decision
            self._signs[known.layers] = decision
        return self._signs[known.layers]

    def _with_linear_unit(
        self, known: KnownLayers, found: LayerSigns | None, decision: SignDecision
    ) -> tuple[AffineMap, SignDecision] | None:
        """The layer with a unit that is always on, where most gradients are not spanned without one."""
        if self._round == 1 or self.strategy == "walk" or found is None or not lacks_everywhere(found):
            return None
        completed = complete_by_linear_unit(known, self.sightings, decision)
        if completed is not None:
            self.say(f"layer {known.depth}: {completed[1].reason}")
        return completed

    def _best(self, readings: Sequence[Attempt]) -> Attempt:
        """The reading with a network that the fewest answers contradict, else the one that went furthest."""
        with_network = [reading for reading in readings if reading.network is not None]
        if len(with_network) == 1:
            return with_network[0]
        if with_network:
            return min(with_network, key=lambda reading: len(self.find_contradictions(reading)))
        return max(readings, key=lambda reading: (reading.output is not None, len(reading.layers)))

    def _with_all_rows(
        self,
        layers: Sequence[AffineMap],
        opened: OpenWeights,
        decisions: Sequence[SignDecision],
        rows: Sequence[Candidate],
    ) -> Attempt | None:
        """The reading in which this layer is the last one and keeps the rows that others combine to, if N is that.

        Hyperplanes that are parallel or have a line in common are such rows, and none of a deeper neuron.
        """
        known = with_rows(layers, opened, rows)
        if self._unexplained(known):
            return None
        reading = self._finish(known, decisions)
        return reading if reading.network is not None and not self.find_contradictions(reading) else None

    def _with_promising(
        self,
        layers: Sequence[AffineMap],
        opened: OpenWeights,
        decisions: Sequence[SignDecision],
        search: LayerSearch,
    ) -> list[Attempt]:
        """The reading in which rows with open weights explain all that is left."""
        rows = [*search.found, *search.promising]
        if not search.promising:
            return []
        known = with_rows(layers, opened, rows)
        return [] if self._unexplained(known) else [self._finish(known, decisions)]

    def _unexplained(self, known: KnownLayers | None) -> list[Sighting]:
        sightings = self.sightings.all()
        if known is None:
            return sightings
        points = [s.point for s in sightings]
        places, signs = known.places(points), Network(known.layers).sign_vectors(points)
        return [
            s
            for s, place, vector, is_sure in zip(sightings, places, signs, known.are_sure(points), strict=True)
            if is_sure and place.is_open and all(all(layer) for layer in vector)
        ]

    def _finish(self, known: KnownLayers, decisions: Sequence[SignDecision]) -> Attempt:
        """The reading in which the last known layer is the last hidden one: its signs, the output, open weights."""
        output = recover_last_layer(known.layers, self.sightings, known.open_weights)
        network, reason = assemble(known.layers[:-1], output)
        attempt = Attempt(known.layers, tuple(decisions), output, network, reason, known.open_weights)
        if network is None:
            attempt = replace(attempt, lacking=output.doubtful)
        if network is None or not known.open_weights or len(known.open_weights) > MOST_OPEN:
            return attempt
        return self._complete(replace(attempt, network=network), network)

    def _complete(self, attempt: Attempt, network: Network) -> Attempt:
        """The reading with its open weights from values: answers that contradict it are used until none does, then N is
        asked where other values that are left would make a difference.
        """
        opened = attempt.open_weights
        used = self._some_answers(network, opened)
        for _ in range(MOST_COMPLETIONS):
            found = complete(network, opened, used, budget=WORK)
            attempt = replace(
                attempt,
                network=found.network,
                open_weights=tuple((weight.neuron, weight.input) for weight in found.still_open),
                findings=found.weights,
            )
            if not found.is_consistent:
                break
            fresh = self.find_contradictions(attempt) or self._ask_between(found)
            if not fresh:
                break
            told = dict(self.probe.answered)
            used += [(x, told[x]) for x in self._sample(fresh, ANSWERS // 2)]
        return attempt

    def _ask_between(self, found: Completion) -> list[Point]:
        """Ask N where the network differs from others that the answers leave as well; the points."""
        rivals = found.rivals if found.still_open else ()
        decided = (find_deciding_point(found.network, rival) for rival in rivals)
        points = list(islice((x for x in decided if x is not None), AT_ONCE))
        self.probe.values(points)
        return points

    def _some_answers(self, network: Network, opened: OpenWeights) -> list[tuple[Point, Point]]:
        """Some of the answers that the network does not give, and some in which an open weight may have a part."""
        told = self.probe.answered
        points = [x for x, _ in told]
        values, sure = network.evaluate(points), KnownLayers(network.layers[:-1], opened).are_sure(points)
        wrong = [answer for answer, value in zip(told, values, strict=True) if answer[1] != value]
        shared = [
            answer
            for answer, value, is_sure in zip(told, values, sure, strict=True)
            if answer[1] == value and not is_sure
        ]
        return [*self._sample(wrong, ANSWERS), *self._sample(shared, ANSWERS)]

    def _sample(self, items: Sequence[T], most: int) -> list[T]:
        return random.Random(self.seed).sample(items, min(len(items), most))

    def find_contradictions(self, attempt: Attempt) -> list[Point]:
        """Points at which the attempt's function is not N, of all that ever were asked."""
        if attempt.network is not None:
            told = self.probe.answered
            answers = attempt.network.evaluate([x for x, _ in told])
            return [x for (x, y), answer in zip(told, answers, strict=True) if y != answer]
        if attempt.output is not None and attempt.output.form is not None:
            told = self.probe.answered
            activations = activations_at(attempt.layers[:-1], [x for x, _ in told])
            samples = [PointSample(a, y) for a, (_, y) in zip(activations, told, strict=True)]
            return [told[i][0] for i in attempt.output.form.find_contradictions(samples)]
        return []
