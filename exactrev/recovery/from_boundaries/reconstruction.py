"""From a boundary set to a network (Theorem 2): hyperplanes are layer 1, bends are weights, and the rest follows.

Knows the layering and, layer by layer, what has been found below; the algebra is that of the recovery from answers
(`bends`, `signs`). No value of any network is asked for.

Every boundary is followed from piece to piece. In the scale of its first piece each bend gives the scale of the next
one, and where the boundary crossed belongs to the layer just before, the weight, up to the sign of the neuron. Then,
for the layer below, the sign system decides which side of each boundary is the active one; with it the bias, and the
weights from neurons that are active all along the boundary, are the solution of linear equations, which also show that
such a neuron is active where that was open. What has no unique solution stays open.

Reference: Rolnick & Koerding (2020), Theorem 2 and Appendix C.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from exactrev.arithmetic.linear_algebra import Inconsistent, matrix, solve
from exactrev.arithmetic.numbers import lift
from exactrev.boundary_sets import BoundarySet
from exactrev.errors import RecoveryAmbiguous
from exactrev.network import Neuron
from exactrev.recovery.bends import find_bend
from exactrev.recovery.from_boundaries.family import Conflict, KnownNeuron, NetworkFamily
from exactrev.recovery.from_boundaries.layering import Crossing, Layering, layers_from_boundaries
from exactrev.recovery.signs import SignDecision, Trail, Visit, recover_signs

__all__ = ["network_from_boundaries"]

Form = tuple[Fraction, ...]
Point = tuple[Fraction, ...]


def network_from_boundaries(
    boundary_set: BoundarySet, assumed_signs: Mapping[int, Sequence[int]] | None = None
) -> NetworkFamily:
    """The family of networks with connected boundaries, those of connected neurons meeting, that the set shows.

    `assumed_signs`, by layer, are used where the equations leave signs open; they are no part of what is known.

    Raises `RecoveryAmbiguous` where more than two boundaries meet along a ridge, and `AssumptionFailed` where the set
    is not that of a network in general position; either with a point as `witness`.

    >>> from exactrev.boundary_sets import Piece
    >>> rays = [Piece.from_rows((1, 0, -1), [(0, -1, 0)]), Piece.from_rows((0, 1, -1), [(-1, 0, 0)])]
    >>> corner = Piece.from_rows((1, 1, -1), [(1, 0, 0), (0, 1, 0)])
    >>> lines = [Piece.from_rows((1, 0, 0), []), Piece.from_rows((0, 1, 0), [])]
    >>> family = network_from_boundaries(BoundarySet(2, [*lines, *rays, corner]))
    >>> family.is_complete, [str(unknown) for unknown in family.unknowns]
    (True, ['the sign of z[2,0]'])
    >>> net = family.member()
    >>> net.layers[0].rows, net.layers[1].rows
    (((0, 1, 0), (1, 0, 0)), ((1, 1, -1),))
    """
    layering = layers_from_boundaries(boundary_set)
    if layering.undecided:
        raise RecoveryAmbiguous("more than two boundaries meet along a ridge", witness=layering.undecided[0])
    return _Reconstruction(layering, assumed_signs or {}).run()


class _Reconstruction:
    """The state: a form for every piece, in one scale per boundary, and what is known of every neuron so far."""

    def __init__(self, layering: Layering, assumed_signs: Mapping[int, Sequence[int]]) -> None:
        self.layering = layering
        self.assumed_signs = assumed_signs
        self.pieces = layering.boundary_set.pieces
        self.points = [piece.interior_point() for piece in self.pieces]
        self.forms: dict[int, Form] = {}
        self.layers: list[list[KnownNeuron]] = []
        self.signs: list[SignDecision | None] = []
        self.conflicts: list[Conflict] = []
        self._crossings: dict[int, list[Crossing]] = defaultdict(list)
        for crossing in layering.crossings:
            self._crossings[crossing.bending].append(crossing)

    def run(self) -> NetworkFamily:
        for k in range(1, len(self.layering.widths) + 1):
            members = self.layering.members(k)
            below = [known.boundary for known in self.layers[-1]] if k > 1 else []
            neurons = [self._follow(Neuron(k, i), boundary, below) for i, boundary in enumerate(members)]
            self.layers.append(neurons)
            self.signs.append(None)
            if k > 1:
                self._orient_layer_below(k)
                self._solve_layer(k, neurons)
        return NetworkFamily(
            self.layering.boundary_set.n_in,
            self.layering,
            tuple(map(tuple, self.layers)),
            tuple(self.signs),
            tuple(self.conflicts),
            tuple(self.forms[piece] for piece in range(len(self.pieces))),
        )

    # -- along one boundary ------------------------------------------------------------------------------------------

    def _follow(self, neuron: Neuron, boundary: int, below: list[int]) -> KnownNeuron:
        """Find the forms on all pieces in one scale, and the weights from the neurons of the layer below."""
        own = self.layering.boundaries[boundary]
        neighbours: dict[int, list[tuple[int, Crossing | None]]] = defaultdict(list)
        for one, other in self.layering.seams:
            neighbours[one].append((other, None))
            neighbours[other].append((one, None))
        for crossing in self._crossings[boundary]:
            neighbours[crossing.before].append((crossing.after, crossing))
            neighbours[crossing.after].append((crossing.before, crossing))
        self.forms[own[0]] = tuple(map(Fraction, self.pieces[own[0]].hyperplane))
        weights: dict[int, set[Fraction]] = defaultdict(set)
        is_consistent = True
        waiting = [own[0]]
        for piece in waiting:
            for other, across in neighbours[piece]:
                form = self._continue(piece, other, across, weights)
                if other not in self.forms:
                    self.forms[other] = form
                    waiting.append(other)
                is_consistent &= self.forms[other] == form
        if not is_consistent:
            self.conflicts.append(Conflict(neuron, "on a way round, its bends do not lead back to where they started"))
        if any(len(values) > 1 for u, values in weights.items() if u in below):
            self.conflicts.append(Conflict(neuron, "it bends at one boundary of the layer before by different weights"))
        row = tuple(next(iter(weights[u])) if len(weights[u]) == 1 else None for u in below)
        if not below:
            *normal, constant = self.forms[own[0]]
            return KnownNeuron(boundary, tuple(normal), constant, False)
        return KnownNeuron(boundary, row, None, False)

    def _continue(
        self, piece: int, other: int, crossing: Crossing | None, weights: dict[int, set[Fraction]]
    ) -> Form:
        """The form beyond a ridge; a weight, if it is one, is added to those from the boundary crossed."""
        if crossing is None:
            return self.forms[piece]
        plane = self.pieces[other].hyperplane
        crossed = self.forms[crossing.crossed_piece]
        bend = find_bend(self.forms[piece], plane, crossed)
        side = 1 if _value(crossed, self.points[other]) > 0 else -1
        weights[crossing.crossed].add(lift(bend.weight(side)))
        return tuple(map(lift, bend.rescale(plane)))

    # -- signs of the layer below ------------------------------------------------------------------------------------

    def _orient_layer_below(self, k: int) -> None:
        """Decide the signs of layer k - 1 from the boundaries of layer k."""
        trails = [self._trail(k, known) for known in self.layers[k - 1]]
        usable = [trail for trail in trails if trail.visits]
        if not usable:
            return
        decision = recover_signs(usable)
        if decision.exists is False:
            for i, trail in enumerate(trails):
                if trail.visits and recover_signs([trail]).exists is False:
                    reason = "no choice of active sides in the layer before explains its pieces"
                    self.conflicts.append(Conflict(Neuron(k, i), reason))
                    usable = [other for other in usable if other is not trail]
            if not usable or (decision := recover_signs(usable)).exists is False:
                return
        self.signs[k - 2] = decision
        settled: Sequence[int] | None = decision.settled
        if settled is None or 0 in settled:
            settled = self.assumed_signs.get(k - 1, settled)
        if settled is not None:
            self.layers[k - 2] = [
                _oriented(known, sign) for known, sign in zip(self.layers[k - 2], settled, strict=True)
            ]

    def _trail(self, k: int, known: KnownNeuron) -> Trail:
        """The pieces of a boundary as the sign system sees them; those where a form of layer k - 1 is open are left."""
        visits = []
        for piece in self.layering.boundaries[known.boundary]:
            forms = self._forms_at(k - 1, self.points[piece])
            seen = [form for form in forms if form is not None]
            sides = tuple(_sign(_value(form, self.points[piece])) for form in seen)
            if len(seen) == len(forms) and all(sides):
                visits.append(Visit(self.forms[piece][:-1], tuple(form[:-1] for form in seen), sides))
        return Trail(known.weights, tuple(visits))

    def _forms_at(self, layer: int, point: Point) -> list[Form | None]:
        """The affine forms of a layer's neurons around a point, None where they are open.

        A form of a neuron that is not oriented is known up to its sign.
        """
        forms: list[Form | None] = [_row(known) for known in self.layers[0]]
        for j in range(1, layer):
            active = [_active(known, form, point) for known, form in zip(self.layers[j - 1], forms, strict=True)]
            forms = [_combine(known, active, forms, len(point)) for known in self.layers[j]]
        return forms

    # -- bias, and weights from neurons whose boundaries are not met -------------------------------------------------

    def _solve_layer(self, k: int, neurons: Sequence[KnownNeuron]) -> None:
        """Solve for every neuron; where that shows that one below is on, its sign is known, and all is solved again."""
        before = len(self.conflicts)
        while True:
            del self.conflicts[before:]
            signs: dict[int, int] = {}
            solved = []
            for i, known in enumerate(neurons):
                better, on = self._solve_rest(Neuron(k, i), known)
                solved.append(better)
                signs = on | signs  # if two neurons contradict each other, the equations of one will do so next time
            self.layers[k - 1] = solved
            if not signs:
                return
            units = self.layers[k - 2]
            self.layers[k - 2] = [_oriented(unit, signs.get(i, 0)) for i, unit in enumerate(units)]

    def _solve_rest(self, neuron: Neuron, known: KnownNeuron) -> tuple[KnownNeuron, dict[int, int]]:
        """Fill in what the pieces determine, z = sum of W_i a_i + b; and the signs that this shows of neurons below.

        Where the sign of neuron i is open and B[z] stays on one side of its boundary, it adds c times its form, c being
        0 if it is off. If c is not 0, it is on, and on this side.
        """
        k, n = neuron.layer, self.layering.boundary_set.n_in
        units = self.layers[k - 2]
        unknown = [i for i, weight in enumerate(known.weights) if weight is None]
        sides: dict[int, set[int]] = {i: set() for i in unknown if not units[i].is_oriented}
        zeros = replace(known, weights=tuple(weight or Fraction(0) for weight in known.weights), bias=Fraction(0))
        rows: list[list[Fraction]] = []
        right: list[Fraction] = []
        for piece in self.layering.boundaries[known.boundary]:
            point = self.points[piece]
            forms = self._forms_at(k - 1, point)
            active = [_active(unit, form, point) for unit, form in zip(units, forms, strict=True)]
            rest = _combine(zeros, active, forms, n)
            columns: list[Form] = []
            for i in unknown:
                form = forms[i]
                if form is not None and (i in sides or active[i] is not None):
                    columns.append(form if i in sides or active[i] else (Fraction(0),) * (n + 1))
                    if i in sides:
                        sides[i].add(_sign(_value(form, point)))
            if rest is None or len(columns) < len(unknown):
                continue
            for c in range(n + 1):
                rows.append([*(column[c] for column in columns), Fraction(c == n)])
                right.append(self.forms[piece][c] - rest[c])
        if not rows or any(seen not in ({1}, {-1}) for seen in sides.values()):
            return known, {}
        solution = solve(matrix(rows), right)
        if isinstance(solution, Inconsistent):
            self.conflicts.append(Conflict(neuron, "no weights and bias explain all of its pieces"))
            return known, {}
        values = [
            None if any(direction[m] for direction in solution.directions) else lift(entry)
            for m, entry in enumerate(solution.point)
        ]
        weights, signs = list(known.weights), {}
        for i, value in zip(unknown, values, strict=False):
            if i not in sides:
                weights[i] = value
            elif value:
                (signs[i],) = sides[i]
                weights[i] = signs[i] * value
        return replace(known, weights=tuple(weights), bias=values[-1]), signs


def _combine(
    known: KnownNeuron, active: list[bool | None], below: list[Form | None], n_in: int
) -> Form | None:
    """The form of a neuron where the activity of the layer below is given; None if that takes what is not known."""
    if known.bias is None:
        return None
    total = [Fraction(0)] * n_in + [known.bias]
    for weight, on, form in zip(known.weights, active, below, strict=True):
        if weight == 0 or on is False:
            continue
        if weight is None or on is None or form is None:
            return None
        total = [entry + weight * x for entry, x in zip(total, form, strict=True)]
    return tuple(total)


def _active(known: KnownNeuron, form: Form | None, point: Point) -> bool | None:
    """Is the neuron active at a point off its boundary? None if its form or its sign is open."""
    if form is None:
        return None
    value = _value(form, point)
    return None if not known.is_oriented or value == 0 else value > 0


def _oriented(known: KnownNeuron, sign: int) -> KnownNeuron:
    if sign == 0:
        return known
    weights = tuple(None if weight is None else sign * weight for weight in known.weights)
    return replace(known, weights=weights, bias=None if known.bias is None else sign * known.bias, is_oriented=True)


def _row(known: KnownNeuron) -> Form | None:
    entries = [entry for entry in (*known.weights, known.bias) if entry is not None]
    return tuple(entries) if known.is_complete else None


def _value(form: Form, point: Point) -> Fraction:
    return sum(map(Fraction.__mul__, form[:-1], point), form[-1])


def _sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)
