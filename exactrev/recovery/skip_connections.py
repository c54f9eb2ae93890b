"""Recovery of networks with skip connections from answers alone (§5.3): any layer may read all earlier ones and x.

Sees an oracle, never a network. There are no signs to be found: where all skip connections are free, z and -z make the
same functions (`exactrev.network.skips.flip`), so that every sign is right, and one layer is done before the next. A
walk along B[z] meets boundaries of all earlier layers; each cell that it visits gives z's form, hence n_in + 1 linear
equations for the row of z over x and all earlier activations. Networks whose activation has a single kink, such as
leaky ReLU, are of this kind; those with more kinks have a neuron for each.

Boundaries have to be seen nearly everywhere, as they are where the outputs read all layers. What is hidden behind
layers that are off, as in networks without skip connections, is not sought with the care that `reconstruction` takes.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from exactrev.errors import InvalidNetwork, RecoveryAmbiguous
from exactrev.network import AffineMap, Pattern, Point
from exactrev.network.piecewise import Activation, find_symmetries
from exactrev.network.skips import SkipNetwork
from exactrev.oracle import Oracle
from exactrev.recovery.hyperplanes import Jump, find_jump, test_hyperplane
from exactrev.recovery.known import KnownLayers, Place
from exactrev.recovery.lines import Breakpoint, LineScan, points_on_line
from exactrev.recovery.probe import Probe
from exactrev.recovery.rows import solve_uniquely
from exactrev.recovery.walk import Absence, Form, Walk

__all__ = ["SkipRecovery", "has_free_signs", "recover_with_skips"]

MOST_STEPS = 12
"""Of a walk, for each neuron that is known."""

MOST_ABSENCES = 3

MOST_LAYERS = 4

Row = tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class SkipRecovery:
    """`network` agrees with every answer at `tested` points, or is None, and `reason` says what is missing."""

    network: SkipNetwork | None
    reason: str
    layers: tuple[AffineMap, ...]
    tested: int
    queries: int


class KnownSkips(KnownLayers):
    """Earlier layers, each reading x and all layers before it; the signs of their rows do not matter."""

    @property
    def last_width(self) -> int:
        return self.layers[-1].n_out

    def places(self, points: Sequence[Point]) -> list[Place]:
        found = []
        for point in points:
            *below, last = _signs(self.layers, point)
            found.append(Place(tuple(tuple(s > 0 for s in layer) for layer in below), last))
        return found

    def maps(self, pattern: Pattern) -> list[AffineMap]:
        if pattern not in self._maps:
            self._maps[pattern] = SkipNetwork(self.layers).maps(pattern)
        return self._maps[pattern]

    def touches(self, point: Point) -> bool:
        return any(0 in layer for layer in _signs(self.layers, point))

    def equations(self, place: Place, form: Form) -> list[Row]:
        """What z = form in the cell says of z's row over (x, a^1, ..., a^m, 1): n_in + 1 equations."""
        n = self.n_in
        columns: list[Sequence[Fraction]] = [[Fraction(int(i == j)) for j in range(n + 1)] for i in range(n)]
        sides = tuple(side > 0 for side in place.sides)
        for affine, pattern in zip(self.maps(place.pattern), (*place.pattern, sides), strict=True):
            for weights, constant, is_on in zip(affine.W, affine.b, pattern, strict=True):
                columns.append([*weights, constant] if is_on else [Fraction(0)] * (n + 1))
        columns.append([Fraction(int(j == n)) for j in range(n + 1)])
        return [(*(column[j] for column in columns), target) for j, target in enumerate(form)]


def recover_with_skips(
    oracle: Oracle | Any,
    n_in: int,
    *,
    seed: int = 0,
    rounds: int = 4,
    lines: int = 6,
    tests: int = 60,
    activation: Activation | None = None,
    equivalence: Callable[[SkipNetwork], Point | None] | None = None,
) -> SkipRecovery:
    """Reconstruct a network with skip connections from its answers, looking at more lines in every round.

    The rows of each layer are right up to permutation and factors, of either sign. Rows of which a part stays open,
    because a boundary was not met, are left out, and then there is no network in the end.

    If the network is known to be fully connected with an activation for which signs do not matter (`has_free_signs`),
    say so: a row is then sought among those over the layer before, with fewer unknowns. `equivalence(network)` may
    answer a point at which the network differs from the truth: the next lines pass close to it. Raises `InvalidNetwork`
    for another activation, `ValueError` for no round, `NotPiecewiseLinear` for answers that are not exact.
    """
    if rounds < 1:
        raise ValueError(f"a recovery takes at least one round, not {rounds}")
    if activation is not None and not has_free_signs(activation):
        raise InvalidNetwork("the signs of neurons with this activation matter", activation=activation.name)
    search = _Search(Probe(oracle, n_in, seed=seed), random.Random(seed), activation)
    missed: Point | None = None
    for _ in range(rounds):
        search.look(lines, missed)
        layers = search.find_layers()
        answers = search.samples(tests)
        output = search.find_output(layers, answers)
        if output is not None:
            network = SkipNetwork((*layers, output))
            missed = next((x for x, y in answers if network(x) != y), None)
            if missed is None and equivalence is not None:
                missed = equivalence(network)
            if missed is None:
                told = f"no contradiction in {tests} points"
                return SkipRecovery(network, told, tuple(layers), tests, search.queries)
    unexplained = f"{len(search.pending)} breakpoints on no boundary that was found"
    reason = unexplained if search.pending else "answers do not determine an output layer, or contradict it"
    return SkipRecovery(None, reason, tuple(layers), 0, search.queries)


class _Search:
    """What has been seen, and the layers that follow from it; drawn anew in every round."""

    def __init__(self, probe: Probe, rng: random.Random, activation: Activation | None) -> None:
        self.probe, self.rng, self.activation = probe, rng, activation
        self.scans: list[LineScan] = []
        self.seen: list[tuple[Breakpoint, Jump]] = []
        self.pending: list[tuple[Breakpoint, Jump]] = []
        self.are_paired = True  # has every neuron of the last layer been seen at all its kinks?
        self._answers: list[tuple[Point, Point]] = []

    @property
    def queries(self) -> int:
        return self.probe.plain_queries + self.probe.packed_queries

    def look(self, lines: int, near: Point | None = None) -> None:
        """Scan so many lines through random points, or close to a point where something was missed."""
        for _ in range(lines):
            direction = [Fraction(self.rng.randint(-(2**12), 2**12) or 1, 2**12) for _ in range(self.probe.n_in)]
            origin = self._random_point()
            if near is not None:
                origin = tuple(x + y / 2**12 for x, y in zip(near, origin, strict=True))
            scan = points_on_line(self.probe, origin, direction, -(2**30), 2**30)
            self.scans.append(scan)
            self.seen += [(place, jump) for place in scan.breakpoints if (jump := _jump(self.probe, place)) is not None]

    def find_layers(self) -> list[AffineMap]:
        """Layer by layer, until no row is found for what is still unexplained."""
        layers: list[AffineMap] = []
        self.pending, self.are_paired = self.seen, True
        while self.pending and len(layers) < MOST_LAYERS:
            rows: list[Row] = []
            for place, jump in self.pending:
                if any(_value(row, layers, place.point) == 0 for row in rows):
                    continue
                row = self._find_row(layers, place, jump) if layers else self._find_first(place, jump)
                if row is not None and not _is_contradicted([*layers, AffineMap.from_fractions([row])], self.scans):
                    rows.append(row)
            if not rows:
                break
            if self.activation is not None:
                paired = _pair_up(rows, self.activation)
                self.are_paired, rows = bool(paired), paired or rows
            layers.append(AffineMap.from_fractions(rows))
            self.pending = [at for at in self.pending if 0 not in _signs(layers, at[0].point)[-1]]
        return layers

    def _find_first(self, place: Breakpoint, jump: Jump) -> Row | None:
        """A row of layer 1: the hyperplane goes on far away, wherever N is not flat.

        Where N is not flat, some unit that is seen to vary reads layer 1, all of it, so that layer 1 is seen to break.
        """
        scales = (1, 4, 2, 64)  # other activations are flat far away: near first
        tested = test_hyperplane(self.probe, jump.hyperplane, place.point, count=8, scales=scales, decided=(6, 1))
        is_whole = len(tested.seen) >= 3 and not tested.absent
        return tuple(map(Fraction, jump.hyperplane.form)) if is_whole else None

    def _find_row(self, layers: Sequence[AffineMap], place: Breakpoint, jump: Jump) -> Row | None:
        """The row of the neuron on whose boundary this is, by a walk; None if it is deeper, or a part stays open."""
        known = KnownSkips(tuple(layers))
        form = tuple(map(Fraction, jump.hyperplane.form))
        walk = Walk(known, self.probe, place.point, form, self.rng.randrange(2**30))
        start = walk.stations[0]
        equations = known.equations(start.place, start.form)
        visited = {start.place}
        reads = self._reads(layers)
        unknowns = len(equations[0]) - 1 if reads is None else len(reads)
        for step in range(MOST_STEPS * sum(layer.n_out for layer in layers)):
            missing = [i for i in range(known.last_width) if i not in walk.weights]
            station = walk.stations[-1] if step % 3 else walk.pick_station()
            arrived = walk.step_towards(station, walk.pick_target(station, missing) if step % 2 == 0 else None)
            if isinstance(arrived, Absence) and len(walk.absences) >= MOST_ABSENCES:
                return None
            if arrived is None or isinstance(arrived, Absence) or arrived.place in visited:
                continue
            visited.add(arrived.place)
            equations += known.equations(arrived.place, arrived.form)
            if len(equations) > unknowns:
                row = _solve_over(equations, reads)
                if row is not None:
                    return row
        return None

    def _reads(self, layers: Sequence[AffineMap]) -> list[Row] | None:
        """What a row may read, as combinations of (x, a^1, ..., a^m, 1): the last layer's activations, and 1."""
        if self.activation is None or not layers or not self.are_paired:
            return None
        phi, step = self.activation, len(self.activation.kinks)
        last = layers[-1]
        found = []
        for i in range(0, last.n_out, step):
            bent = [Fraction(0)] * last.n_out
            bent[i : i + step] = [kink.change for kink in phi.kinks]
            constant = phi.slope * (last.b[i] + phi.kinks[0].place) + phi.constant
            found.append((*(phi.slope * w for w in last.W[i]), *bent, constant))
        return [*found, (*[Fraction(0)] * (last.n_in + last.n_out), Fraction(1))]

    def samples(self, count: int) -> list[tuple[Point, Point]]:
        points = [self._random_point() for _ in range(count - len(self._answers))]
        self._answers += zip(points, self.probe.values(points), strict=True)
        return self._answers

    def find_output(self, layers: Sequence[AffineMap], answers: Sequence[tuple[Point, Point]]) -> AffineMap | None:
        """The output layer over (x, a^1, ..., a^d), from answers and the pieces of all lines; None if none fits."""
        pieces = [(piece.inside, piece.map.at(piece.middle)) for scan in self.scans for piece in scan.pieces]
        read = [([*_activations(layers, x), Fraction(1)], y) for x, y in (*answers, *pieces)]
        columns = [[(*a, y[j]) for a, y in read] for j in range(len(read[0][1]))]
        for reads in (self._reads(layers), None):  # a neuron that is never seen to bend is linear: it is skipped
            rows = [row for column in columns if (row := _solve_over(column, reads)) is not None]
            if len(rows) == len(columns):
                return AffineMap.from_fractions(rows)
        return None

    def _random_point(self) -> Point:
        return tuple(Fraction(round(self.rng.gauss(0, 2) * 2**16), 2**16) for _ in range(self.probe.n_in))


def _jump(probe: Probe, place: Breakpoint) -> Jump | None:
    try:
        return find_jump(probe, place)
    except RecoveryAmbiguous:  # several boundaries there, or none that can be seen
        return None


def has_free_signs(activation: Activation) -> bool:
    """Is there a reflection, and are neurons told by pairs of parallel forms, or by single ones?"""
    ends = activation.slope == 0 == activation.slopes[-1]
    is_paired = len(activation.kinks) == 2 and ends
    return find_symmetries(activation).reflection is not None and (len(activation.kinks) == 1 or is_paired)


def _solve_over(equations: Sequence[Row], reads: Sequence[Row] | None) -> Row | None:
    """The row that satisfies all equations, if there is just one among the combinations of `reads`."""
    if reads is None:
        solution = solve_uniquely(equations)
        return None if solution is None else tuple(solution)
    narrow = [(*(_dot(equation[:-1], read) for read in reads), equation[-1]) for equation in equations]
    shares = solve_uniquely(narrow)
    if shares is None:
        return None
    return tuple(_dot(shares, column) for column in zip(*reads, strict=True))


def _dot(a: Sequence[Fraction], b: Sequence[Fraction]) -> Fraction:
    return sum((s * t for s, t in zip(a, b, strict=True) if s and t), Fraction(0))


def _pair_up(rows: Sequence[Row], activation: Activation) -> list[Row]:
    """Forms z - kink for both kinks of neurons z, side by side; nothing if some have no partner.

    A neuron may never get to its other end: then it is ReLU, with a linear part.
    """
    if len(activation.kinks) == 1:
        return list(rows)
    gap = activation.kinks[1].place - activation.kinks[0].place
    sides: dict[Row, list[Fraction]] = {}
    for row in rows:
        lead = next((entry for entry in row[:-1] if entry), None)
        if lead is not None:
            sides.setdefault(tuple(w / lead for w in row[:-1]), []).append(-row[-1] / lead)
    found: list[Row] = []
    for direction, places in sides.items():
        if len(places) != 2:
            return []
        factor = gap / (max(places) - min(places))
        found += [tuple(factor * w for w in (*direction, -place)) for place in sorted(places)]
    return found


def _is_contradicted(layers: Sequence[AffineMap], scans: Iterable[LineScan]) -> bool:
    """Does a neuron of the last of these layers change its sign where N is affine, more often than a tenth?

    Some may be hidden there: a neuron is not seen where those that read it are off.
    """
    seen = absent = 0
    for scan in scans:
        for piece in scan.pieces:
            if not any(piece.slope):  # what is below units that are flat is hidden
                continue
            shorter = (piece.end - piece.start) / 2**20
            ends = [scan.line.at(t) for t in (piece.start + shorter, piece.end - shorter)]
            before, after = (_signs(layers, end)[-1] for end in ends)
            absent += sum(a != b for a, b in zip(before, after, strict=True))
        seen += sum(0 in _signs(layers, place.point)[-1] for place in scan.breakpoints)
    return 10 * absent > seen


def _activations(layers: Sequence[AffineMap], point: Point) -> list[Fraction]:
    read = list(point)
    for layer in layers:
        read += [max(z, Fraction(0)) for z in layer(read)]
    return read


def _signs(layers: Sequence[AffineMap], point: Point) -> list[tuple[int, ...]]:
    read, found = list(point), []
    for layer in layers:
        z = layer(read)
        found.append(tuple((value > 0) - (value < 0) for value in z))
        read += [max(value, Fraction(0)) for value in z]
    return found


def _value(row: Row, layers: Sequence[AffineMap], point: Point) -> Fraction:
    read = [*_activations(layers, point), Fraction(1)]
    return sum((w * a for w, a in zip(row, read, strict=True)), Fraction(0))
