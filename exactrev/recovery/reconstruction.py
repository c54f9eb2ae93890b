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
from exactrev.recovery.known import KnownLayers
from exactrev.recovery.last_layer import activations_at, assemble, recover_last_layer, with_signs
from exactrev.recovery.lines import LineScan, points_on_line
from exactrev.recovery.neurons import Candidate, LayerSearch, rows_as_map
from exactrev.recovery.output_layer import OutputLayer, PointSample
from exactrev.recovery.probe import Probe
from exactrev.recovery.sightings import Sighting, Sightings
from exactrev.recovery.signs import SignDecision, Trail, Visit, recover_signs
from exactrev.recovery.walk import Absence, Walk

__all__ = ["Attempt", "Reconstruction", "Recovery", "recover"]

Equivalence = Callable[[Network], Point | None]


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
    open_weights: tuple[tuple[Neuron, int], ...] = ()


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
    progress: Callable[[str], None] | None = None,
) -> Recovery:
    """Reconstruct a network from its answers.

    `equivalence(network)` may answer a point at which the network differs from the truth, or None if there is none.
    """
    work = Reconstruction(oracle, n_in, how, seed=seed, tests=tests, equivalence=equivalence, progress=progress)
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
    _searches: dict[tuple[AffineMap, ...], LayerSearch] = field(default_factory=dict)
    _signs: dict[tuple[AffineMap, ...], SignDecision] = field(default_factory=dict)

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
        """New lines: through points of disagreement towards a point of agreement, else at random."""
        good = [x for x, _ in self._samples if x not in wrong]
        if attempt.output is None or not wrong or not good:
            for _ in range(2):
                self._scan_random()
            return
        for x in self._random.sample(list(wrong), min(2, len(wrong))):
            nearest = min(good, key=lambda y: sum((a - b) ** 2 for a, b in zip(x, y, strict=True)))
            self._scan(x, tuple(b - a for a, b in zip(x, nearest, strict=True)))

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
            activations = activations_at(attempt.layers[:-1], [x for x, _ in self._samples])
            samples = [PointSample(a, y) for a, (_, y) in zip(activations, self._samples, strict=True)]
            return [self._samples[i][0] for i in attempt.output.form.find_contradictions(samples)]
        return []

    # -- one round ------------------------------------------------------------------------------------------------

    def _attempt(self) -> Attempt:
        """All layers that the sightings so far determine, from the first."""
        open_weights: list[tuple[Neuron, int]] = []
        return replace(self._find_layers(open_weights), open_weights=tuple(open_weights))

    def _find_layers(self, open_weights: list[tuple[Neuron, int]]) -> Attempt:
        layers: list[AffineMap] = []
        decisions: list[SignDecision] = []
        known: KnownLayers | None = None
        search = LayerSearch(None, self.probe, self.sightings)
        while True:
            pool = self._unexplained(known)
            if known is not None:
                if not pool:
                    return self._finish(layers, decisions)
                decision = self._decide_signs(known, pool)
                decisions.append(decision)
                if decision.signs is None or not _is_settled(decision):
                    last = self._finish(layers, decisions[:-1])
                    if last.network is not None and len(pool) * 20 < len(self.sightings.all()):
                        return last
                    return self._finish_with_open_rows(layers, decisions, search, open_weights) or Attempt(
                        tuple(layers),
                        tuple(decisions),
                        last.output,
                        None,
                        f"signs of layer {len(layers)}: {decision.reason}",
                    )
                layers[-1] = with_signs(layers[-1], decision.signs)
                known = KnownLayers(tuple(layers))
            key = tuple(layers)
            search = self._searches.setdefault(key, LayerSearch(known, self.probe, self.sightings))
            rows = search.run(pool)
            if not rows:
                reason = f"no neuron of layer {len(layers) + 1} was found"
                return Attempt(tuple(layers), tuple(decisions), None, None, reason)
            layers.append(rows_as_map(rows))
            open_weights += [(Neuron(len(layers), z), i) for z, row in enumerate(rows) for i in row.missing]
            known = KnownLayers(tuple(layers))

    def _finish_with_open_rows(
        self,
        layers: Sequence[AffineMap],
        decisions: Sequence[SignDecision],
        search: LayerSearch,
        open_weights: list[tuple[Neuron, int]],
    ) -> Attempt | None:
        """If rows with open weights explain all that is left, the last known layer is the last hidden one."""
        complete = len(layers[-1].rows)
        rows = [*search.found, *search.promising]
        extended = [*layers[:-1], rows_as_map(rows)]
        if len(rows) == complete or self._unexplained(KnownLayers(tuple(extended))):
            return None
        layer = len(extended)
        open_weights[:] = [entry for entry in open_weights if entry[0].layer != layer]  # the rows are numbered anew
        open_weights += [(Neuron(layer, z), i) for z, row in enumerate(rows) for i in row.missing]
        attempt = self._finish(extended, decisions[:-1])
        return attempt

    def _unexplained(self, known: KnownLayers | None) -> list[Sighting]:
        sightings = self.sightings.all()
        if known is None:
            return sightings
        places = known.places([s.point for s in sightings])
        net = Network(known.layers)
        signs = net.sign_vectors([s.point for s in sightings])
        return [
            s
            for s, place, vector in zip(sightings, places, signs, strict=True)
            if place.is_open and all(all(layer) for layer in vector)
        ]

    def _decide_signs(self, known: KnownLayers, pool: Sequence[Sighting]) -> SignDecision:
        """The signs of the last known layer from walks along boundaries of the next (Appendix C)."""
        if known.layers in self._signs:
            return self._signs[known.layers]
        trails: list[Trail] = []
        best: SignDecision | None = None
        for sighting in self._spread(pool, 16):
            trail = self._trail(known, sighting)
            if trail is None:
                continue
            for chosen in ([*trails, trail], [trail]):
                decision = recover_signs(chosen)
                if _is_settled(decision):
                    self._signs[known.layers] = decision
                    return decision
                if decision.exists is not False:
                    trails, best = chosen, decision
                    break
        return best or recover_signs([Trail((None,) * known.last_width, ())])

    @staticmethod
    def _spread(pool: Sequence[Sighting], count: int) -> Sequence[Sighting]:
        """Some of the sightings, from all lines."""
        return pool[:: max(1, len(pool) // count)][:count]

    def _trail(self, known: KnownLayers, sighting: Sighting, most_steps: int = 80) -> Trail | None:
        form = self.sightings.form(sighting)
        if form is None:
            return None
        walk = Walk(known, self.probe, sighting.point, form)
        for step in range(most_steps):
            wanted = [i for i in range(known.last_width) if i not in walk.weights]
            if not wanted:
                break
            station = walk.stations[-1] if step % 4 != 3 else walk.pick_station()
            target = walk.pick_target(station, wanted) if step % 8 != 7 else None
            if isinstance(walk.step_towards(station, target), Absence) and len(walk.absences) > 2:
                return None
        visits = []
        for station in walk.stations:
            affine = known.maps(station.place.pattern)[-1]
            units = tuple(tuple(Fraction(c, affine.denominator) for c in row[:-1]) for row in affine.rows)
            visits.append(Visit(station.form[:-1], units, station.place.sides))
        return Trail(tuple(walk.weights.get(i) for i in range(known.last_width)), tuple(visits))

    def _finish(self, layers: Sequence[AffineMap], decisions: Sequence[SignDecision]) -> Attempt:
        """The last hidden layer's signs and the output layer."""
        output = recover_last_layer(layers, self.sightings)
        if output is None:
            reason = "a neuron of the last hidden layer shows no jump by itself"
            return Attempt(tuple(layers), tuple(decisions), None, None, reason)
        network, reason = assemble(layers[:-1], output)
        return Attempt(tuple(layers), tuple(decisions), output, network, reason)

    # -- asking ---------------------------------------------------------------------------------------------------

    def _scan_random(self) -> None:
        origin = self._random_point()
        entries = [self._random.randint(-(2**12), 2**12) or 1 for _ in range(self.n_in)]
        self._scan(origin, tuple(Fraction(entry, 2**12) for entry in entries))

    def _scan(self, origin: Point, direction: Point) -> LineScan:
        scan = points_on_line(self.probe, origin, direction, -(2**30), 2**30)
        self.sightings.add(scan)
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


def _is_settled(decision: SignDecision) -> bool:
    """One solution, and a sign for every unit: a unit whose weight no trail shows gets none."""
    return decision.unique is True and decision.signs is not None and 0 not in decision.signs
