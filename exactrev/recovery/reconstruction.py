"""The recovery of a whole network from answers alone (Algorithms 1 and 2, Theorem 3): layer by layer, in rounds.

Holds an oracle's answers and never a network. Each round draws all conclusions anew from everything that has been seen:
the first layer from hyperplanes, then layer after layer, the signs of one layer from the bends of the next, at last the
output layer from values. Points where the result disagrees with N start the next round: a line through such a point
shows what was missed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Literal

from exactrev.network import AffineMap, Network, Neuron, Point
from exactrev.oracle import Oracle
from exactrev.recovery.candidates import Candidate, rows_as_map
from exactrev.recovery.composites import count_settings, find_circuits
from exactrev.recovery.exploration import Way
from exactrev.recovery.known import KnownLayers, OpenWeights
from exactrev.recovery.last_layer import activations_at, assemble, recover_last_layer, with_signs
from exactrev.recovery.layer_signs import LayerSigns, decide_by_matching, decide_by_span, decide_by_trails, is_settled
from exactrev.recovery.lines import LineScan, points_on_line
from exactrev.recovery.neurons import LayerSearch, Strategy
from exactrev.recovery.open_weights import WeightFinding, complete
from exactrev.recovery.output_layer import OutputLayer, PointSample
from exactrev.recovery.probe import Probe
from exactrev.recovery.sightings import Sighting, Sightings
from exactrev.recovery.signs import SignDecision

__all__ = ["Attempt", "Reconstruction", "Recovery", "recover"]

Equivalence = Callable[[Network], Point | None]

MOST_ANSWERS = 80
"""So many answers of either kind are used to find open weights."""

MOST_OPEN = 6
"""So many open weights at most are sought in values: their number is an exponent."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one round concludes: the layers in order, the signs' evidence, and N as far as it goes.

    `open_weights` lists weights that nothing has shown, as (neuron, index of the unit below): they stand as 0 in
    `layers` and in `network`, as placeholders.
    """

    layers: tuple[AffineMap, ...]
    signs: tuple[SignDecision, ...]
    output: OutputLayer | None
    network: Network | None
    reason: str
    open_weights: OpenWeights = ()
    findings: tuple[WeightFinding, ...] = ()
    lacking: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Recovery:
    """The outcome of a recovery.

    `network` reproduces every plain answer that was given, or is None. `is_exact_everywhere` is True only if an
    equivalence oracle said so; otherwise `tested` points without contradiction is all that is claimed.
    """

    network: Network | None
    is_exact_everywhere: bool
    tested: int
    contradictions: int
    rounds: int
    lines: int
    plain_queries: int
    packed_queries: int
    equivalence_queries: int
    attempt: Attempt
    partial_rows: tuple[Candidate, ...]

    @property
    def summary(self) -> str:
        """One sentence that claims no more than was shown."""
        if self.network is None:
            return f"partial: {self.attempt.reason}"
        if self.attempt.open_weights:
            count = len(self.attempt.open_weights)
            return f"partial: {count} weights are placeholders; no contradiction in {self.tested} test points"
        if self.is_exact_everywhere:
            return f"complete: {self.network.architecture}, confirmed by the equivalence oracle"
        return f"{self.network.architecture}, no contradiction in {self.tested} test points"


def recover(
    oracle: Oracle | Callable[[Point], Any],
    n_in: int,
    how: Literal["plain", "packed"] = "plain",
    *,
    seed: int = 0,
    rounds: int = 12,
    tests: int = 60,
    equivalence: Equivalence | None = None,
    strategy: Strategy = "both",
    explore: Way = "nearest",
    progress: Callable[[str], None] | None = None,
) -> Recovery:
    """Reconstruct a network from its answers.

    `equivalence(network)` may answer a point at which the network differs from the truth, or None if there is none.
    `strategy` says how rows are found: "walk" along boundaries as the paper does, in one of its three ways to choose
    the next direction (`explore`), or "match" the breakpoints of scanned lines, or "both".
    """
    work = Reconstruction(
        oracle,
        n_in,
        how,
        seed=seed,
        tests=tests,
        equivalence=equivalence,
        strategy=strategy,
        explore=explore,
        progress=progress,
    )
    return work.run(rounds)


@dataclass
class Reconstruction:
    """The state between rounds: only answers, and conclusions that are keyed by what they were drawn from."""

    oracle: Any
    n_in: int
    how: Literal["plain", "packed"] = "plain"
    seed: int = 0
    tests: int = 60
    equivalence: Equivalence | None = None
    progress: Callable[[str], None] | None = None
    strategy: Strategy = "both"
    explore: Way = "nearest"
    _round: int = 1
    _searches: dict[tuple[AffineMap, ...], LayerSearch] = field(default_factory=dict)
    _signs: dict[tuple[AffineMap, ...], SignDecision] = field(default_factory=dict)
    _aimed: set[tuple[Point, Point]] = field(default_factory=set)  # lines of disagreement that have been scanned

    def __post_init__(self) -> None:
        self.probe = Probe(self.oracle, self.n_in, self.how, seed=self.seed)
        self.sightings = Sightings(self.probe)
        self._random = random.Random(self.seed + 1)
        self._samples: list[tuple[Point, Point]] = []
        self._equivalence_queries = 0

    # -- rounds ---------------------------------------------------------------------------------------------------

    def run(self, rounds: int) -> Recovery:
        """At most so many rounds, one at least; stops at the first result that nothing contradicts."""
        if rounds < 1:
            raise ValueError(f"a recovery takes at least one round, not {rounds}")
        self._scan_random()
        self._scan_random()
        for number in range(1, rounds + 1):
            self._round = number
            attempt = self._attempt()
            self._say(f"round {number}: {attempt.reason}")
            wrong = self._find_contradictions(attempt)
            if attempt.network is not None and not wrong:
                point = self._ask_equivalence(attempt.network)
                if point is None:
                    return self._recovery(attempt, number, 0)
                wrong = [point]
                self._samples.append((point, self.probe.value(point)))
            if number < rounds:
                self._look_again(attempt, wrong)
        return self._recovery(attempt, rounds, len(wrong))

    def _look_again(self, attempt: Attempt, wrong: Sequence[Point]) -> None:
        """New lines: through points of disagreement, or where a unit is lacking, towards others; else at random."""
        targets = list(wrong) or list(attempt.lacking)
        good = [x for x, _ in self._samples if x not in targets]
        is_vague = attempt.output is None and attempt.network is None and not attempt.lacking
        if is_vague or not targets or not good:
            for _ in range(2):
                self._scan_random()
            return
        for x in self._random.sample(targets, min(2, len(targets))):
            others = [y for y in good if (x, y) not in self._aimed] or good
            nearest = min(others, key=lambda y: sum((a - b) ** 2 for a, b in zip(x, y, strict=True)))
            self._aimed.add((x, nearest))
            self._scan(x, tuple(b - a for a, b in zip(x, nearest, strict=True)), aimed=True)
        if attempt.network is None:
            self._scan_random()

    def _ask_equivalence(self, network: Network) -> Point | None:
        if self.equivalence is None:
            return None
        self._equivalence_queries += 1
        return self.equivalence(network)

    def _find_contradictions(self, attempt: Attempt) -> list[Point]:
        """Points at which the attempt's function is not N: test points, asked once, and all that ever was asked."""
        while len(self._samples) < self.tests:
            batch = [self._random_point() for _ in range(self.tests - len(self._samples))]
            self._samples += zip(batch, self.probe.values(batch), strict=True)
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

    # -- one round ------------------------------------------------------------------------------------------------

    def _attempt(self) -> Attempt:
        """All layers that the sightings so far determine; of several readings the one that answers contradict least.

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
            known = _with_rows(layers, opened, rows)
            rest = self._unexplained(known)
            if self._may_be_last(rest):
                reading = self._finish(known, decisions)
                readings += [reading, *(self._with_promising(layers, opened, decisions, search) if rest else [])]
                if not rest or (reading.network is not None and not self._find_contradictions(reading)):
                    break
            decision = self._decide_signs(known, found, rest)
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
        ways: Sequence[Strategy] = (self.strategy,)
        if self.strategy == "both":
            ways = ("walk",) if self._round == 1 or search.known is None else ("match", "both")
        rows: list[Candidate] = []
        found: LayerSigns | None = None
        for way in ways:
            search.strategy, search.explore = way, self.explore
            rows = search.run(pool)
            if not rows:
                continue
            rows, found = self._without_composites(search, layers, opened, rows)
            rest = self._unexplained(_with_rows(layers, opened, rows))
            search.is_settled = found is not None and found.is_clear and not self._may_be_last(rest)
        return rows, found

    def _may_be_last(self, unexplained: Sequence[Sighting]) -> bool:
        """Whether few breakpoints are left over: a layer with such rows may be the last hidden one."""
        return len(unexplained) * 5 <= len(self.sightings.all())

    def _decide_signs(
        self, known: KnownLayers, found: LayerSigns | None, rest: Sequence[Sighting]
    ) -> SignDecision:
        """The signs by the span test, or by trails where that says nothing or leaves signs open."""
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

    def _best(self, readings: Sequence[Attempt]) -> Attempt:
        """The reading with a network that the fewest answers contradict, else the one that went furthest."""
        with_network = [reading for reading in readings if reading.network is not None]
        if with_network:
            return min(with_network, key=lambda reading: len(self._find_contradictions(reading)))
        return max(readings, key=lambda reading: (reading.output is not None, len(reading.layers)))

    def _without_composites(
        self, search: LayerSearch, layers: Sequence[AffineMap], opened: OpenWeights, rows: Sequence[Candidate]
    ) -> tuple[list[Candidate], LayerSigns | None]:
        """The rows without those of deeper neurons seen inside one cell of this layer; the span test on the rest.

        Of rows that depend on each other more than rows should, the one goes whose boundary is seen only where the
        others are on certain sides, if gradients are spanned as well without it.
        """
        kept = list(rows)
        if self.strategy == "walk":
            return kept, None  # the paper's way knows no such test
        found = decide_by_span(_with_rows(layers, opened, kept), self.sightings, self.probe)
        while found is not None:
            fewer = self._without_one(search, layers, opened, kept, found)
            if fewer is None:
                break
            self._say(f"a row of layer {len(layers) + 1} is a combination of others: a deeper neuron's")
            kept, found = fewer
        return kept, found

    def _without_one(
        self,
        search: LayerSearch,
        layers: Sequence[AffineMap],
        opened: OpenWeights,
        rows: Sequence[Candidate],
        found: LayerSigns,
    ) -> tuple[list[Candidate], LayerSigns] | None:
        """The rows without one that is a combination of others, and the span test on the rest; None if all stay."""
        for circuit in find_circuits(rows):
            settings = {
                z: count_settings(search.known, [rows[i] for i in circuit if i != z], search.examine(rows[z]))
                for z in circuit
            }
            suspects = [z for z in circuit if settings[z] == min(settings.values())]

            def doubt(z: int) -> tuple[bool, bool, int]:
                """The row that lines speak against first, then one whose sign is open, then the one seen least."""
                return not rows[z].agreement.absent, z not in found.decision.open, rows[z].agreement.seen

            for suspect in sorted(suspects, key=doubt):
                fewer = [row for z, row in enumerate(rows) if z != suspect]
                without = decide_by_span(_with_rows(layers, opened, fewer), self.sightings, self.probe)
                if without is not None and len(without.lacking) <= len(found.lacking):
                    return fewer, without
        return None

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
        known = _with_rows(layers, opened, rows)
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
        if network is None or not known.open_weights or len(known.open_weights) > MOST_OPEN:
            return attempt
        found = complete(network, known.open_weights, self._some_answers(network))
        still = tuple((weight.neuron, weight.input) for weight in found.still_open)
        return replace(attempt, network=found.network, open_weights=still, findings=found.weights)

    def _some_answers(self, network: Network) -> list[tuple[Point, Point]]:
        """Some of the answers that the network does not give, and some of those that it does."""
        told = self.probe.answered
        values = network.evaluate([x for x, _ in told])
        wrong = [answer for answer, value in zip(told, values, strict=True) if answer[1] != value]
        right = [answer for answer, value in zip(told, values, strict=True) if answer[1] == value]
        rng = random.Random(self.seed)
        return [
            *rng.sample(wrong, min(len(wrong), MOST_ANSWERS)),
            *rng.sample(right, min(len(right), MOST_ANSWERS)),
        ]

    # -- asking ---------------------------------------------------------------------------------------------------

    def _scan_random(self) -> None:
        origin = self._random_point()
        entries = [self._random.randint(-(2**12), 2**12) or 1 for _ in range(self.n_in)]
        self._scan(origin, tuple(Fraction(entry, 2**12) for entry in entries))

    def _scan(self, origin: Point, direction: Point, *, aimed: bool = False) -> LineScan:
        reach = (0, 1) if aimed else (-(2**30), 2**30)
        scan = points_on_line(self.probe, origin, direction, *reach)
        self.sightings.add(scan, aimed=aimed)
        self._say(f"a line with {len(scan.breakpoints)} breakpoints, {scan.queries} queries")
        return scan

    def _random_point(self) -> Point:
        scale = self._random.choice((1, 1, 1, 2, 4))
        return tuple(Fraction(round(self._random.gauss(0, scale) * 2**16), 2**16) for _ in range(self.n_in))

    def _say(self, text: str) -> None:
        if self.progress is not None:
            self.progress(text)

    def _recovery(self, attempt: Attempt, rounds: int, contradictions: int) -> Recovery:
        partial = [row for search in self._searches.values() for row in search.partial]
        return Recovery(
            network=attempt.network if not contradictions else None,
            is_exact_everywhere=attempt.network is not None and not contradictions and self.equivalence is not None,
            tested=len(self._samples),
            contradictions=contradictions,
            rounds=rounds,
            lines=len(self.sightings.lines),
            plain_queries=self.probe.plain_queries,
            packed_queries=self.probe.packed_queries,
            equivalence_queries=self._equivalence_queries,
            attempt=attempt,
            partial_rows=tuple(partial),
        )


def _with_rows(layers: Sequence[AffineMap], opened: OpenWeights, rows: Sequence[Candidate]) -> KnownLayers:
    """The layers with one more, of these rows."""
    here = ((Neuron(len(layers) + 1, z), i) for z, row in enumerate(rows) for i in row.missing)
    return KnownLayers((*layers, rows_as_map(rows)), (*opened, *here))
