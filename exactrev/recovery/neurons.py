"""One layer at a time: the neurons of the first unknown layer, from breakpoints and walks (Algorithm 2, §4.2).

Knows the layers below with all their signs. A breakpoint whose local hyperplane no known neuron explains gives linear
equations for one row; a walk along its boundary gives the weights that are missing. A row is accepted only if the
scanned lines agree with it: where it predicts a zero, N has a breakpoint. So a deeper neuron, which looks like one of
this layer inside a single region, is turned away, or retracted later when more lines are known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from operator import mul

from exactrev.arithmetic.integer_matrices import clear_denominators, integer_rank
from exactrev.network import AffineMap, Point
from exactrev.recovery.hyperplanes import Hyperplane, test_hyperplane
from exactrev.recovery.known import KnownLayers
from exactrev.recovery.probe import Probe
from exactrev.recovery.rows import RowSystem, Solved, solve_uniquely
from exactrev.recovery.sightings import Sighting, Sightings
from exactrev.recovery.walk import Absence, Form, Walk

__all__ = ["Agreement", "Candidate", "LayerSearch", "agreement", "rows_as_map"]


MOST_TRIES = 4  # rounds in which rows with open weights are walked again


@dataclass(frozen=True, slots=True)
class Agreement:
    """How scanned lines speak of a row: zeros seen, and zeros predicted where N goes on without a break, not flat."""

    seen: int
    absent: int

    @property
    def is_good(self) -> bool:
        return self.seen >= 1 and self.absent * 8 <= self.seen

    @property
    def is_strong(self) -> bool:
        """Enough to take a row seriously of which weights are still open."""
        return self.seen >= 12 and not self.absent


@dataclass(slots=True)
class Candidate:
    """A row (W, b) in some scale and sign; None where a weight is not known."""

    weights: tuple[Fraction | None, ...]
    bias: Fraction
    origin: Sighting
    agreement: Agreement = Agreement(0, 0)
    _integers: tuple[int, ...] | None = None

    @property
    def is_complete(self) -> bool:
        return None not in self.weights

    @property
    def missing(self) -> list[int]:
        return [i for i, w in enumerate(self.weights) if w is None]

    def normalised(self) -> tuple[Fraction | None, ...]:
        """The same row with its first known non-zero entry 1: equal for pieces of one neuron."""
        entries = (*self.weights, self.bias)
        lead = next((e for e in entries if e), Fraction(1))
        return tuple(None if e is None else e / lead for e in entries)

    def sign_at(self, activations: Sequence[int]) -> int | None:
        """The sign of the preactivation at (a q, q), q > 0; None if an open weight matters."""
        if self._integers is None:
            self._integers, _ = clear_denominators([*(w or 0 for w in self.weights), self.bias])
        if any(activations[i] for i in self.missing):
            return None
        value: int = sum(map(mul, self._integers, activations))
        return (value > 0) - (value < 0)

    def fill(self, found: Mapping[int, Fraction]) -> None:
        """Weights that were open and are no longer."""
        self.weights = tuple(found.get(i, w) for i, w in enumerate(self.weights))
        self._integers = None


def agreement(known: KnownLayers | None, candidate: Candidate, sightings: Sightings) -> Agreement:
    """Compare a row with every scanned line: between two neighbouring breakpoints it must not change sign.

    Intervals on which N is constant count for nothing: there nothing can be seen.
    """
    seen = absent = 0
    for line in sightings.lines:
        signs = [candidate.sign_at(a) for a in line.activations(known)]
        seen += signs.count(0)
        gaps = enumerate(pairwise(signs))
        absent += sum({left, right} == {1, -1} and not line.is_flat(i) for i, (left, right) in gaps)
    return Agreement(seen, absent)


@dataclass(slots=True)
class LayerSearch:
    """The search for the rows of layer k = known.depth + 1, or 1 with nothing known; all signs below are known."""

    known: KnownLayers | None
    probe: Probe
    sightings: Sightings
    most_steps: int = 80
    found: list[Candidate] = field(default_factory=list)
    partial: list[Candidate] = field(default_factory=list)
    _settled: set[tuple[int, int]] = field(default_factory=set)
    _tries: int = 0

    def run(self, pool: Iterable[Sighting]) -> list[Candidate]:
        """Work through unexplained breakpoints; returns the rows that the lines agree with, complete ones first.

        Called again with more lines, it judges the rows afresh and goes on where it stopped. A row with open weights
        is returned if many breakpoints speak for it and none of the complete rows explains it.
        """
        sightings = list(pool)
        for row in [*self.found, *self.partial]:
            row.agreement = agreement(self.known, row, self.sightings)
        self.found = [row for row in self.found if row.agreement.is_good]
        for sighting in sightings:
            key = (id(sighting.line), sighting.index)
            if key in self._settled or any(self._explains(row, sighting) for row in self.found):
                continue
            self._settled.add(key)
            candidate = self._row_of(sighting)
            if candidate is not None:
                self._judge(candidate)
        self._extend_partial(sightings)
        self._walk_on()
        return [*self.found, *(row for row in self.partial if row.agreement.is_strong)]

    @property
    def promising(self) -> list[Candidate]:
        """Rows with open weights that nothing speaks against."""
        return [row for row in self.partial if row.agreement.seen and not row.agreement.absent]

    def _walk_on(self) -> None:
        """Once more along the boundaries of a few rows whose weights are open, other ways than before."""
        self._tries += 1
        if self._tries > MOST_TRIES:
            return
        for row in self.promising[:3]:
            form = self.sightings.form(row.origin)
            if self.known is None or form is None:
                continue
            system = RowSystem(self.known)
            system.add_form(self.known.place(row.origin.point), form)
            for index, weight in enumerate(row.weights):
                if weight is not None:
                    system.add_weight(index, weight)
            solved = self._walk(row.origin.point, form, system, system.solve())
            if solved.is_consistent:
                row.fill({i: w for i, w in enumerate(solved.weights) if w is not None})
            if row.is_complete:
                self.partial.remove(row)
                self._judge(row)

    def _judge(self, candidate: Candidate) -> None:
        candidate.agreement = agreement(self.known, candidate, self.sightings)
        if not candidate.is_complete:
            self.partial.append(candidate)
        elif candidate.agreement.is_good and (self.known is not None or self._reaches_far(candidate, candidate.origin)):
            self.found.append(candidate)

    def _extend_partial(self, sightings: Sequence[Sighting]) -> None:
        """Fill open weights from other breakpoints of the same boundary; drop rows that others explain.

        At a breakpoint the local form is known up to a factor. If the known weights, the factor and the open weights of
        active units satisfy all n_in + 1 equations with some to spare, it is the same neuron's.
        """
        waiting = sorted(self.partial, key=lambda row: (len(row.missing), -row.agreement.seen))
        self.partial = []
        for row in waiting:
            kept = [*self.found, *self.partial]
            if any(self._explains(other, row.origin) for other in kept):
                continue
            for sighting in sightings:
                if row.is_complete:
                    break
                if sighting is not row.origin and not any(self._explains(other, sighting) for other in kept):
                    self._extend(row, sighting)
            self._judge(row)

    def _extend(self, row: Candidate, sighting: Sighting) -> None:
        if self.known is None:
            return
        active = [i for i, a in enumerate(sighting.activations(self.known)[:-1]) if a]
        missing = [i for i in active if row.weights[i] is None]
        if not missing or len(missing) == len(active) or len(missing) + 3 > len(row.weights):
            return
        form = self.sightings.form(sighting)
        if form is None or len(form) < len(missing) + 3:  # one equation to spare, at least
            return
        affine = self.known.maps(self.known.place(sighting.point).pattern)[-1]
        constant = [0] * (len(form) - 1) + [1]
        if integer_rank([*(affine.rows[i] for i in active), constant]) < len(missing) + 2:
            return  # so few independent equations that any boundary would satisfy them
        equations = []
        for k, target in enumerate(form):
            entries = {i: Fraction(affine.rows[i][k], affine.denominator) for i in active}
            known = sum((w * entries[i] for i in active if (w := row.weights[i]) is not None), Fraction(0))
            known += row.bias if k == len(form) - 1 else 0
            equations.append([target, *(-entries[i] for i in missing), known])
        solution = solve_uniquely(equations)
        if solution is not None and solution[0]:
            row.fill(dict(zip(missing, solution[1:], strict=True)))

    def _reaches_far(self, candidate: Candidate, sighting: Sighting) -> bool:
        """Layer 1: is the whole hyperplane in B, as far as random points on it tell (TestHyperplane, §4.1)?"""
        row, _ = clear_denominators([*(w or 0 for w in candidate.weights), candidate.bias])
        share = test_hyperplane(self.probe, Hyperplane(row), sighting.point).share_seen
        return share is not None and share * 4 >= 3

    def _explains(self, row: Candidate, sighting: Sighting) -> bool:
        return row.sign_at(sighting.activations(self.known)) == 0

    def _row_of(self, sighting: Sighting) -> Candidate | None:
        """The row whose zero the breakpoint is, as far as its region and a walk tell; None if there is none."""
        form = self.sightings.form(sighting)
        if form is None:
            return None
        if self.known is None:
            return Candidate(form[:-1], form[-1], sighting)
        start = self.known.place(sighting.point)
        system = RowSystem(self.known)
        system.add_form(start, form)
        solved = system.solve()
        if not solved.is_consistent:
            return None
        if not solved.is_complete:
            solved = self._walk(sighting.point, form, system, solved)
            if not solved.is_consistent:
                return None
        if solved.bias is None:
            return None
        return Candidate(solved.weights, solved.bias, sighting)

    def _walk(self, point: Point, form: Form, system: RowSystem, solved: Solved) -> Solved:
        if self.known is None:
            return solved
        walk = Walk(self.known, self.probe, point, form, seed=self._tries)
        absences = 0
        for step in range(self.most_steps):
            walk.weights.update({i: w for i, w in enumerate(solved.weights) if w is not None})
            wanted = solved.missing
            station = walk.stations[-1] if step % 4 != 3 else walk.pick_station()
            target = walk.pick_target(station, wanted) if wanted else None
            arrived = walk.step_towards(station, target)
            if isinstance(arrived, Absence):
                absences += 1
                if absences > 2:
                    break
                continue
            if arrived is None:
                continue
            for index, weight in walk.weights.items():
                if solved.weights[index] is None:
                    system.add_weight(index, weight)
            system.add_form(arrived.place, arrived.form)
            solved = system.solve()
            if not solved.is_consistent or solved.is_complete:
                break
        return solved


def rows_as_map(candidates: Sequence[Candidate]) -> AffineMap:
    """Complete rows as one affine map, each scaled so that its first non-zero entry is 1."""
    rows = []
    for candidate in candidates:
        normal = candidate.normalised()
        rows.append([entry if entry is not None else Fraction(0) for entry in normal])
    return AffineMap.from_fractions(rows)
