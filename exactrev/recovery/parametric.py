"""One answer N(x) = y as a condition on weights that are unknown: x is followed through the layers exactly.

Knows a network with open weights, and sets of their values (`allowed`). With x fixed every preactivation is a piecewise
affine form of the open weights, as long as no two of them are multiplied; wherever the sign of one changes, the set is
divided. What choice of answers there is, and what is concluded from all of them, is the business of `open_weights`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Protocol

import flint

from exactrev.network import Network, Neuron, Point
from exactrev.recovery.allowed import AllowedSet, Form, Interval, join

__all__ = ["MOST_CELLS", "Answer", "NotFollowed", "OpenWeight", "ParametricNetwork", "SeveralMatter", "ShareValues"]

OpenWeight = tuple[Neuron, int]
"""A hidden neuron z and the index i of the unit below (or of the input): W_zi is open."""

Answer = tuple[Point, Point]
"""x and N(x)."""

MOST_CELLS = 64
"""So many sign patterns are told apart at one point."""

_Entry = tuple[int, int, int]
"""A neuron's index in its layer, the index of the unit below, the number of the open weight."""


class NotFollowed(Exception):
    """At this point weights that are both open are multiplied, or more than `MOST_CELLS` sign patterns are possible."""


class SeveralMatter(NotFollowed):
    """The open weights of more than one neuron matter at this point."""


@dataclass(frozen=True, slots=True)
class ShareValues:
    """The values of s, the share of one neuron's open weights in its preactivation at a point, that an answer allows.

    `share` is s as a form of the open weights, None if none matters: then `intervals` is everything or nothing. Unless
    `is_exact`, some of the intervals were not looked into, because further open weights matter there.
    """

    share: Form | None
    intervals: tuple[Interval, ...]
    is_exact: bool

    def parts(self, state: AllowedSet) -> list[AllowedSet]:
        """The convex sets that are left of a set of open weights."""
        if self.share is None:
            return [state] if self.intervals else []
        found = (state.within(self.share, interval) for interval in self.intervals)
        return [part for part in found if part is not None]


class ParametricNetwork:
    """A network whose weights number 0, 1, ... of `entries` are unknown; 0 stands for them in `network`.

    Every solution is a list of sets whose union is the part of `state` on which N'(x) = y. `followed` counts the work:
    points that were followed through the layers, weighted by how long that takes.
    """

    def __init__(self, network: Network, entries: Sequence[OpenWeight]) -> None:
        self.network = network
        self.entries = tuple(entries)
        n = len(self.entries)
        self.units: list[Form] = [tuple(Fraction(i == e) for i in range(n + 1)) for e in range(n)]
        self.followed = 0
        self._matrices = [layer.homogeneous() for layer in network.layers]
        self._by_layer: dict[int, list[_Entry]] = {}
        for e, (neuron, unit) in enumerate(self.entries):
            self._by_layer.setdefault(neuron.layer, []).append((neuron.index, unit, e))

    def solve(self, answer: Answer, state: AllowedSet) -> list[AllowedSet]:
        """What an answer leaves of `state`, exactly, whichever neurons matter. Raises `NotFollowed`."""
        self.followed += 10
        solutions = list(dict.fromkeys(self._follow(answer, _AllNeurons(self.units, state))))
        return [state] if state in solutions else solutions

    def solve_one(self, answer: Answer, state: AllowedSet) -> ShareValues:
        """What an answer says of the only neuron whose open weights matter, or of the lowest.

        Raises `SeveralMatter` if open weights of several neurons matter whatever they are.
        """
        mode = _OneNeuron(self.units, state)
        solutions = list(self._follow(answer, mode))
        if mode.share is None:
            return ShareValues(None, (Interval(),) if solutions else (), True)
        s = (Fraction(1), Fraction(0))
        intervals = join(cell.range_of(s) for cell in [*solutions, *mode.unsolved])
        return ShareValues(mode.share, intervals, not mode.unsolved)

    def _follow(self, answer: Answer, mode: _Mode) -> Iterator[AllowedSet]:
        """The sets of unknowns on which N'(x) = y."""
        self.followed += 1
        x, y = answer
        q = lcm(*(entry.denominator for entry in x))
        blank = [0] * len(mode.start.forms)
        branches = [_Branch(mode.start, flint.fmpz_mat([*([*blank, int(c * q)] for c in x), [*blank, q]]))]
        for k, matrix in enumerate(self._matrices, start=1):
            if k > 1:
                branches = [part for branch in branches for part in branch.activated()]
            if len(branches) > MOST_CELLS:
                raise NotFollowed
            entries = self._by_layer.get(k, ())
            entered = [mode.enter(branch, entries, matrix * branch.columns) for branch in branches]
            branches = [branch for branch in entered if branch is not None]
        self.followed += len(branches) // 4
        for branch in branches:
            cell: AllowedSet | None = branch.cell
            for j, value in enumerate(y):
                *coefficients, constant = branch.form(j)
                cell = cell and cell.with_zero((*coefficients, constant - value))
            if cell is not None:
                yield cell


@dataclass(frozen=True, slots=True)
class _Branch:
    """A convex set of unknowns, and on it homogeneous columns: rows (coefficients, constant) q, the last one (0, q)."""

    cell: AllowedSet
    columns: flint.fmpz_mat

    def form(self, i: int) -> Form:
        """Row i as an affine form of the unknowns."""
        last = self.columns.ncols() - 1
        q = int(self.columns[self.columns.nrows() - 1, last])
        return tuple(Fraction(int(self.columns[i, j]), q) for j in range(last + 1))

    def plus(self, shares: Mapping[int, Form]) -> _Branch:
        """Forms added to some rows."""
        if not shares:
            return self
        scale = lcm(*(c.denominator for share in shares.values() for c in share))
        table = [[int(entry) * scale for entry in row] for row in self.columns.tolist()]
        for i, share in shares.items():
            table[i] = [entry + int(c * table[-1][-1]) for entry, c in zip(table[i], share, strict=True)]
        return _Branch(self.cell, flint.fmpz_mat(table))

    def activated(self) -> Iterator[_Branch]:
        """ReLU of every row but the last: the cell is divided where the sign of a row changes inside."""
        table = self.columns.tolist()
        pieces: list[tuple[AllowedSet, list[bool]]] = [(self.cell, [])]
        for i, row in enumerate(table[:-1]):
            if not any(row[:-1]):
                for _, signs in pieces:
                    signs.append(row[-1] > 0)
                continue
            form = self.form(i)
            pieces = [(part, [*signs, on]) for cell, signs in pieces for part, on in _divide(cell, form)]
            if len(pieces) > MOST_CELLS:
                raise NotFollowed
        zeros = [0] * self.columns.ncols()
        for cell, signs in pieces:
            kept = [row if on else zeros for row, on in zip(table[:-1], signs, strict=True)]
            yield _Branch(cell, flint.fmpz_mat([*kept, table[-1]]))


def _divide(cell: AllowedSet, form: Form) -> list[tuple[AllowedSet, bool]]:
    """Where the form is at most 0 (False), and where it is at least 0 (True); only one where its sign is constant."""
    signs = cell.signs_of(form)
    if 1 not in signs:
        return [(cell, False)]
    if -1 not in signs:
        return [(cell, True)]
    parts = ((cell.with_bound(tuple(-c for c in form)), False), (cell.with_bound(form), True))
    return [(part, on) for part, on in parts if part is not None]


class _Mode(Protocol):
    """What the unknowns are that are carried along."""

    start: AllowedSet

    def enter(self, branch: _Branch, entries: Sequence[_Entry], columns: flint.fmpz_mat) -> _Branch | None:
        """The preactivations: `columns`, where the open weights are 0, and what these add; None for a branch given up.

        `branch` holds the activations below. Raises `NotFollowed`.
        """


class _AllNeurons:
    """The unknowns are all open weights."""

    def __init__(self, units: Sequence[Form], state: AllowedSet) -> None:
        self.units = units
        self.start = state

    def enter(self, branch: _Branch, entries: Sequence[_Entry], columns: flint.fmpz_mat) -> _Branch:
        shares: dict[int, Form] = {}
        for z, i, e in entries:
            activation = branch.form(i)
            factor, weight = branch.cell.value_of(activation), branch.cell.value_of(self.units[e])
            if factor is not None:
                _add(shares, z, factor, self.units[e])
            elif weight is not None:
                _add(shares, z, weight, activation)
            else:
                raise NotFollowed
        return _Branch(branch.cell, columns).plus(shares)


class _OneNeuron:
    """One unknown s: what the open weights of one neuron, the only one for which they matter, add to it.

    `share` is s as a form of the open weights; None as long as none has mattered. `unsolved` are the sets of s on which
    other open weights matter further up.
    """

    def __init__(self, units: Sequence[Form], state: AllowedSet) -> None:
        self.units = units
        self.state = state
        self.start = AllowedSet.everything(1)
        self.share: Form | None = None
        self.unsolved: list[AllowedSet] = []

    def enter(self, branch: _Branch, entries: Sequence[_Entry], columns: flint.fmpz_mat) -> _Branch | None:
        shares: dict[int, Form] = {}
        unknown: dict[int, Form] = {}
        for z, i, e in entries:
            activation = branch.form(i)
            weight = self.state.value_of(self.units[e])
            if weight is not None:
                _add(shares, z, weight, activation)
            elif any(activation[:-1]):
                self.unsolved.append(branch.cell)
                return None
            else:
                _add(unknown, z, activation[-1], self.units[e])
        cell, is_first = branch.cell, self.share is None
        for z, share in unknown.items():
            value = self.state.value_of(share)
            if value is not None:
                _add(shares, z, value, (Fraction(0), Fraction(1)))
            elif self.share is None:
                self.share = share
                s = (Fraction(1), Fraction(0))
                cell = self.start.within(s, self.state.range_of(share)) or cell
                _add(shares, z, Fraction(1), s)
            elif is_first:
                raise SeveralMatter
            else:
                self.unsolved.append(cell)
                return None
        return _Branch(cell, columns).plus(shares)


def _add(shares: dict[int, Form], z: int, factor: Fraction, form: Form) -> None:
    if factor:
        before = shares.get(z, (Fraction(0),) * len(form))
        shares[z] = tuple(a + factor * b for a, b in zip(before, form, strict=True))
