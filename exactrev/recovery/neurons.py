"""One layer at a time: the neurons of the first unknown layer, from breakpoints and walks (Algorithm 2, §4.2).

Knows the layers below with all their signs. A breakpoint whose local hyperplane no known neuron explains gives linear
equations for one row; other breakpoints of the same boundary, or a walk along it, give the weights that are missing. A
row is accepted only if N agrees with it: where it predicts a zero, on scanned lines and at points chosen for the
purpose, N has a breakpoint. So a deeper neuron, which looks like one of this layer inside a single region, is turned
away, or retracted later when more lines are known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from exactrev.arithmetic.integer_matrices import clear_denominators, integer_rank
from exactrev.network import Point
from exactrev.recovery.candidates import Agreement, Candidate, agreement, rows_as_map
from exactrev.recovery.confirmation import Confirmation, confirm_boundary
from exactrev.recovery.ensembles import Equations, find_equations, find_supported_rows
from exactrev.recovery.exploration import Way, explore
from exactrev.recovery.hyperplanes import Hyperplane, test_hyperplane
from exactrev.recovery.known import KnownLayers
from exactrev.recovery.matching import LocalRow, find_local_row, gather
from exactrev.recovery.probe import Probe
from exactrev.recovery.rows import RowSystem, Solved, solve_uniquely
from exactrev.recovery.sightings import Sighting, Sightings
from exactrev.recovery.walk import Absence, Form, Walk

__all__ = ["LayerSearch", "Strategy"]

Strategy = Literal["walk", "match", "both"]
"""Walk along boundaries as the paper does, or match the breakpoints that have been seen, or match and then walk."""

MOST_TRIES = 4  # rounds in which rows with open weights are walked again

CLEAR = 4  # zeros on scanned lines that speak for themselves

ENOUGH, THOROUGH = 3, 12  # points on a predicted boundary at which N has to break; and where much has failed already


@dataclass(slots=True)
class LayerSearch:
    """The search for the rows of layer k = known.depth + 1, or 1 with nothing known; all signs below are known."""

    known: KnownLayers | None
    probe: Probe
    sightings: Sightings
    most_steps: int = 80
    strategy: Strategy = "walk"
    explore: Way = "nearest"
    is_thorough: bool = False  # rows are judged by more points
    is_settled: bool = False  # nothing seen so far asks for more rows: walks only where a boundary was missed
    found: list[Candidate] = field(default_factory=list)
    partial: list[Candidate] = field(default_factory=list)
    _settled: set[tuple[int, int]] = field(default_factory=set)
    _local: dict[tuple[int, int], tuple[Equations, LocalRow | None] | None] = field(default_factory=dict)
    _confirmed: dict[tuple[tuple[Fraction | None, ...], int], Confirmation] = field(default_factory=dict)
    _tries: int = 0

    def run(self, pool: Iterable[Sighting]) -> list[Candidate]:
        """Work through unexplained breakpoints; returns the rows that N agrees with, complete ones first.

        Called again with more lines, it judges the rows afresh and goes on where it stopped. A row with open weights
        is returned if many breakpoints speak for it and none of the complete rows explains it.
        """
        sightings = list(pool)
        waiting, self.found = self.found, []
        for row in waiting:
            if self._is_accepted(row):
                self.found.append(row)
        if self.is_settled:
            sightings = [sighting for sighting in sightings if sighting.is_suspect]
        if self.known is not None and self.strategy != "walk":
            self._match(self.known, sightings)
        for sighting in sightings if self.strategy != "match" or self.known is None else ():
            if _key(sighting) in self._settled or any(self._explains(row, sighting) for row in self.found):
                continue
            self._settled.add(_key(sighting))
            candidate = self._row_of(sighting)
            if candidate is not None:
                self._judge(candidate)
        self._extend_partial(sightings)
        if self.strategy != "match":
            self._walk_on()
        return self._accepted

    @property
    def _accepted(self) -> list[Candidate]:
        return [*self.found, *(row for row in self.partial if self._is_strong(row))]

    @property
    def promising(self) -> list[Candidate]:
        """Rows with open weights that nothing speaks against."""
        return [row for row in self.partial if row.agreement.seen and not row.agreement.absent]

    # -- judging --------------------------------------------------------------------------------------------------

    def _judge(self, candidate: Candidate) -> None:
        if not candidate.is_complete:
            candidate.agreement = agreement(self.known, candidate, self.sightings)
            self.partial.append(candidate)
        elif self._is_accepted(candidate):
            self.found.append(candidate)

    def _is_accepted(self, row: Candidate) -> bool:
        """Whether lines, and points on the predicted boundary where lines say little, agree with a complete row."""
        row.agreement = agreement(self.known, row, self.sightings)
        if not row.agreement.is_good:
            return False
        if self.known is None:
            return self._reaches_far(row)
        if self.is_thorough:
            return self._confirm(row, THOROUGH).is_good
        return row.agreement.seen >= CLEAR or self._confirm(row).is_good

    def _is_strong(self, row: Candidate) -> bool:
        """Whether a row is to be taken seriously though some of its weights are open."""
        if row.agreement.absent or row.agreement.seen < 2:
            return False
        if self.is_thorough:
            return self._confirm(row, THOROUGH).is_good
        return row.agreement.is_strong or self._confirm(row, 6).is_good

    def examine(self, row: Candidate) -> list[Point]:
        """Points on the row's predicted boundary where N does break: on scanned lines, and many asked for here."""
        seen = [sighting.point for sighting in self.sightings.all() if self._explains(row, sighting)]
        return [*seen, *self._told(row, 30).places]

    def _confirm(self, row: Candidate, enough: int = ENOUGH) -> Agreement:
        """What lines and some points on its predicted boundary say together."""
        found = self._told(row, enough)
        return Agreement(row.agreement.seen + found.seen, row.agreement.absent + found.absent)

    def _told(self, row: Candidate, enough: int = ENOUGH) -> Confirmation:
        """What points on the predicted boundary say, in layer 1 on the whole hyperplane; asked once for each row."""
        key = row.normalised(), enough
        if key in self._confirmed:
            return self._confirmed[key]
        near = row.origin.point
        if self.known is None:
            form, _ = clear_denominators([*(w or 0 for w in row.weights), row.bias])
            far = test_hyperplane(self.probe, Hyperplane(form), near, count=enough + 1, decided=(enough, 2))
            told = Confirmation(len(far.seen), len(far.absent), far.seen)
        else:
            missing, most = tuple(row.missing), min(4 * enough, enough + 12)
            told = confirm_boundary(self.probe, self.known, rows_as_map([row]), missing, near, enough=enough, most=most)
        self._confirmed[key] = told
        return told

    def _reaches_far(self, candidate: Candidate) -> bool:
        """Layer 1: is the whole hyperplane in B, as far as random points on it tell?

        Where N is not flat a neuron of layer 1 shows, unless weights are zero: absences are doubtful even if few.
        """
        told = self._told(candidate, THOROUGH if self.is_thorough else ENOUGH)
        return told.seen > 0 and told.absent * (THOROUGH if self.is_thorough else ENOUGH) <= told.seen

    def _explains(self, row: Candidate, sighting: Sighting) -> bool:
        return row.sign_at(sighting.activations(self.known)) == 0

    # -- matching -------------------------------------------------------------------------------------------------

    def _match(self, known: KnownLayers, sightings: Sequence[Sighting]) -> None:
        """Gather the breakpoints that no accepted row explains into rows."""
        local = []
        for sighting in sightings:
            if any(self._explains(row, sighting) for row in self.found):
                continue
            key = _key(sighting)
            if key not in self._local:
                form = self.sightings.form(sighting)
                says = None
                if form is not None:
                    says = find_equations(known, sighting, form), find_local_row(known, sighting, form)
                self._local[key] = says
            says = self._local[key]
            if says is not None:
                local.append(says)
        supported = find_supported_rows([equations for equations, _ in local])
        for candidate in [*supported, *gather(row for _, row in local if row is not None)]:
            if not any(self._explains(row, candidate.origin) for row in (*self.found, *self.partial)):
                self._judge(candidate)

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
        activations = sighting.activations(self.known)
        if activations is None:
            return
        active = [i for i, a in enumerate(activations[:-1]) if a]
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

    # -- walking --------------------------------------------------------------------------------------------------

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
            place = self.known.place(row.origin.point)
            system.add_form(place, form)
            factor = _factor(self.known, row, row.origin, form)
            if factor is None:
                continue
            for index, weight in enumerate(row.weights):
                if weight is not None:
                    system.add_weight(index, weight * factor)
            solved = self._walk(row.origin.point, form, system, system.solve())
            if solved.is_consistent:
                row.fill({i: w / factor for i, w in enumerate(solved.weights) if w is not None})
            if row.is_complete:
                self.partial.remove(row)
                self._judge(row)

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
        walk.weights.update({i: w for i, w in enumerate(solved.weights) if w is not None})
        wanted = list(solved.missing)
        for arrived in explore(walk, lambda: wanted, self.explore, most_steps=self.most_steps):
            if isinstance(arrived, Absence):
                continue
            for index, weight in walk.weights.items():
                if solved.weights[index] is None:
                    system.add_weight(index, weight)
            system.add_form(arrived.place, arrived.form)
            solved = system.solve()
            if not solved.is_consistent or solved.is_complete:
                break
            wanted[:] = solved.missing
            walk.weights.update({i: w for i, w in enumerate(solved.weights) if w is not None})
        return solved


def _key(sighting: Sighting) -> tuple[int, int]:
    return id(sighting.line), sighting.index


def _factor(known: KnownLayers, row: Candidate, sighting: Sighting, form: Form) -> Fraction | None:
    """The form's scale in units of the row's, from the constant and the weights of active units; None if open."""
    affine = known.maps(known.place(sighting.point).pattern)[-1]
    activations = sighting.activations(known)
    if activations is None:
        return None
    active = [i for i, a in enumerate(activations[:-1]) if a]
    if any(row.weights[i] is None for i in active):
        return None
    for k, target in enumerate(form):
        entries = (Fraction(affine.rows[i][k], affine.denominator) * (row.weights[i] or 0) for i in active)
        value = sum(entries, row.bias if k == len(form) - 1 else Fraction(0))
        if target and value:
            return target / value
    return None
