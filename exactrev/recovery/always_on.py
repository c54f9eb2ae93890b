"""An always-on neuron of an inner hidden layer, which has no boundary of its own, from the gradients of N.

Knows pieces of the input space on which N is affine, with the gradients of layer k's units, each up to its sign, and
the activation gradients of layer k-1. A unit y of layer k that is always on passes an affine function of a^{k-1} to
layer k+1: on a piece with Jacobian A of a^{k-1}, every output's gradient lies in

    span(gradients of the active units of layer k) + R (Y A),

Y being its weights. Modulo the span, grad N is a multiple of Y A: linear equations for Y, homogeneous, wherever the
span has room for them. Signs of layer k decide which units are active; the right ones leave one Y, up to its scale,
for all pieces, and others none.

A boundary does not enter, so a neuron that switches and was missed is found as well as one that is always on. That one
is not needed on the pieces where it is off: `idle` counts them, and its boundary is {Y a^{k-1} + b = 0} for a b that
breakpoints show. The bias of an always-on unit cannot be known: layer k+1's biases make up for any that keeps it on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import product
from operator import mul
from random import Random
from typing import Any

import flint

from exactrev.arithmetic.integer_matrices import clear_denominators, integer_nullspace, integer_rank
from exactrev.errors import BudgetSpent
from exactrev.network import AffineMap
from exactrev.recovery.linear_rest import IsAlwaysOn, find_bias_that_keeps_on, prove_always_on
from exactrev.recovery.spans import Piece

__all__ = ["AlwaysOn", "InnerPiece", "find_always_on", "find_rows"]

Vector = Sequence[Any]
Signs = tuple[int, ...]
Integers = tuple[int, ...]

_PRIME = 2**61 - 1
"""Signs are sorted out modulo this prime; what is returned is counted exactly."""

_MAX_UNITS = 14
"""All choices of signs are tried."""

_ORDERS = 6
"""So many random orders of the pieces are tried for each choice: one in ten pieces may be wrong."""

_CONFIRMATIONS = 3
"""So many equations at least have to agree beyond those that determine Y, on pieces where Y is needed."""


@dataclass(frozen=True, slots=True)
class InnerPiece:
    """A piece as the span test sees it, and the gradients of layer k-1's activations there, zero for units that are
    off: shape (n_{k-1}, n_in)."""

    piece: Piece
    jacobian: tuple[Vector, ...]


@dataclass(frozen=True, slots=True)
class AlwaysOn:
    """Weights Y of a unit that is always on, up to a factor of either sign, and the signs of the layer's other units.

    - `contradicted`: the pieces whose gradients are not in the span of the active units and Y A.
    - `needed`: on how many of the others they are not in the span of the active units alone.
    - `idle`: on how many they are, although Y A is not; a unit that is always on is idle only where it is masked.
    """

    signs: Signs
    weights: Integers
    contradicted: tuple[int, ...]
    needed: int
    idle: int


def find_always_on(pieces: Sequence[InnerPiece], tolerance: float = 0.1) -> AlwaysOn | None:
    """The one choice of signs and Y, up to a factor, that all pieces satisfy but a share `tolerance` of them.

    A unit of layer k-1 that is off on all pieces gets weight 0. None if no choice does, or if the pieces do not exclude
    all others; so where they show no Y at all, as without such a unit, for the true signs need none. For layers whose
    span test contradicts all signs; leave out pieces where a placeholder counts. Signs are excluded only on pieces with
    few active units: hundreds may be needed. Raises `BudgetSpent` for more than 14 units, `ValueError` for no pieces
    and for shapes that do not fit.

    >>> I = ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1))
    >>> def piece(gradient, *sides):  # N = f(ReLU(x), ReLU(y), z + 2 w), inputs x, y, z, w that are not negative
    ...     return InnerPiece(Piece((gradient,), ((1, 0, 0, 0), (0, 1, 0, 0)), sides), I)
    >>> signs = [(1, 1), (1, -1), (-1, 1), (-1, -1)]
    >>> quadrants = [piece((3 * (s > 0), 5 * (t > 0), k, 2 * k), s, t) for s, t in signs for k in (1, 7)]
    >>> find_always_on(quadrants)
    AlwaysOn(signs=(1, 1), weights=(0, 0, 1, 2), contradicted=(), needed=8, idle=0)
    """
    m = _check_shapes(pieces)
    integers = [_in_integers(piece) for piece in pieces]
    seen = [i for i in range(len(pieces[0].jacobian)) if any(any(piece.jacobian[i]) for piece in integers)]
    integers = [_Integers(p.gradients, p.units, p.sides, tuple(p.jacobian[i] for i in seen)) for p in integers]
    blocks = _Blocks(integers)
    candidates = []
    for signs in product((1, -1), repeat=m):
        weights = blocks.find_weights(signs, tolerance)
        if weights == ():  # these signs are possible, and leave Y open
            return None
        if weights is not None:
            candidates.append(_count_exactly(integers, signs, weights))
    if not candidates:
        return None
    best, *others = sorted(candidates, key=lambda candidate: len(candidate.contradicted))
    if not blocks.supports(best, tolerance) or (others and (best.contradicted or not others[0].contradicted)):
        return None
    placed = dict(zip(seen, best.weights, strict=True))
    return replace(best, weights=tuple(placed.get(i, 0) for i in range(len(pieces[0].jacobian))))


def find_rows(
    below: Sequence[AffineMap], weights: Vector, is_always_on: IsAlwaysOn | None = prove_always_on
) -> tuple[tuple[Fraction, ...], ...]:
    """Rows [W | b] of units that pass Y a on, `below` being layers 1, ..., k-1: one that is proved to be always on,
    else the pair y, -y, which needs no proof.

    >>> layer = AffineMap.from_arrays([[1, 0], [0, 1]], [0, 0])
    >>> [tuple(map(int, row)) for row in find_rows([layer], (-1, -2))]
    [(1, 2, 0)]
    >>> [tuple(map(int, row)) for row in find_rows([layer], (-1, 2))]
    [(-1, 2, 0), (1, -2, 0)]
    """
    sides = [tuple(Fraction(side * entry) for entry in weights) for side in (1, -1)]
    for w in sides:
        b = find_bias_that_keeps_on(below, w, is_always_on)
        if b is not None:
            return ((*w, b),)
    return tuple((*w, Fraction(0)) for w in sides)


def _check_shapes(pieces: Sequence[InnerPiece]) -> int:
    if not pieces:
        raise ValueError("there are no pieces")
    shapes = {
        (len(p.piece.gradients), len(p.piece.units), len(p.piece.sides), len(p.jacobian)) for p in pieces
    }
    lengths = {len(row) for p in pieces for row in (*p.piece.gradients, *p.piece.units, *p.jacobian)}
    m = len(pieces[0].piece.units)
    if len(shapes) > 1 or len(lengths) > 1 or len(pieces[0].piece.sides) != m or not pieces[0].jacobian:
        raise ValueError("the pieces differ in their numbers of units, outputs or inputs")
    if m > _MAX_UNITS:
        raise BudgetSpent("all signs are tried", units=m, limit=_MAX_UNITS)
    return m


@dataclass(frozen=True, slots=True)
class _Integers:
    """A piece in integers: rows in any scale of their own, but one for the Jacobian."""

    gradients: tuple[Integers, ...]
    units: tuple[Integers, ...]
    sides: Signs
    jacobian: tuple[Integers, ...]

    def active(self, signs: Signs) -> tuple[int, ...]:
        """The units that are active if these are the layer's signs."""
        return tuple(i for i, (sign, side) in enumerate(zip(signs, self.sides, strict=True)) if sign == side)

    def through(self, weights: Integers) -> Integers:
        """Y A."""
        return tuple(sum(map(mul, weights, column)) for column in zip(*self.jacobian, strict=True))


def _in_integers(piece: InnerPiece) -> _Integers:
    n_in = len(piece.jacobian[0])
    flat = clear_denominators(entry for row in piece.jacobian for entry in row)[0]
    return _Integers(
        tuple(clear_denominators(row)[0] for row in piece.piece.gradients),
        tuple(clear_denominators(row)[0] for row in piece.piece.units),
        tuple(piece.piece.sides),
        tuple(flat[start : start + n_in] for start in range(0, len(flat), n_in)),
    )


# -- guesses ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Block:
    """Equations e . Y = 0, exactly and modulo the prime; `is_hopeless` where no Y will do."""

    rows: tuple[Integers, ...] = ()
    residues: tuple[list[int], ...] = ()
    is_hopeless: bool = False


@dataclass(slots=True)
class _Blocks:
    """For a piece and a set of active units the equations for Y; each is found once."""

    pieces: Sequence[_Integers]
    _orders: list[list[int]] = field(init=False)
    _known: dict[tuple[int, tuple[int, ...]], _Block] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        random = Random(0)
        everything = range(len(self.pieces))
        self._orders = [random.sample(everything, len(everything)) for _ in range(_ORDERS)]

    def find_weights(self, signs: Signs, tolerance: float) -> Integers | None:
        """Y for these signs, if some pieces determine it and most others do not contradict; () where all pieces
        together leave it open, None where they contradict."""
        for order in self._orders:
            weights = self._guess(signs, order)
            if weights == () or (weights is not None and self._holds(signs, weights, tolerance)):
                return weights
        return None

    def _guess(self, signs: Signs, order: Sequence[int]) -> Integers | None:
        """Y from the first pieces that determine it; None if they contradict, () if all do not determine it."""
        n = len(self.pieces[0].jacobian)
        used: list[_Block] = []
        residues: list[list[int]] = []
        for p in (*order, None):
            block = _Block() if p is None else self._block(p, signs)
            if block.is_hopeless:
                return None
            if not block.rows and p is not None:
                continue
            used.append(block)
            residues += block.residues
            if p is not None and len(residues) < n - 1 + _CONFIRMATIONS:
                continue
            rank = int(flint.nmod_mat(residues, _PRIME).rank()) if residues else 0
            if rank >= n:
                return None
            if rank == n - 1:
                basis = integer_nullspace([row for block in used for row in block.rows])
                return _oriented(basis[0]) if len(basis) == 1 else None
        return ()

    def _holds(self, signs: Signs, weights: Integers, tolerance: float) -> bool:
        """Whether Y satisfies nearly all equations."""
        vector = [entry % _PRIME for entry in weights]
        wrong = informative = 0
        for p in range(len(self.pieces)):
            block = self._block(p, signs)
            informative += block.is_hopeless or bool(block.rows)
            wrong += block.is_hopeless or any(sum(map(mul, row, vector)) % _PRIME for row in block.residues)
            if wrong > tolerance * len(self.pieces):
                return False
        return wrong <= tolerance * informative

    def supports(self, found: AlwaysOn, tolerance: float) -> bool:
        """Whether nearly all pieces that could contradict agree, with different equations to spare.

        Pieces that differ only in layers above k often repeat the same equations, also for wrong signs: these count
        once.
        """
        contradicted = set(found.contradicted)
        agreeing = (self._block(p, found.signs) for p in range(len(self.pieces)) if p not in contradicted)
        informative = [block.rows for block in agreeing if block.rows]
        different = sum(map(len, set(informative)))
        if different < len(found.weights) - 1 + _CONFIRMATIONS:
            return False
        return len(contradicted) <= tolerance * (len(contradicted) + len(informative))

    def _block(self, p: int, signs: Signs) -> _Block:
        active = self.pieces[p].active(signs)
        block = self._known.get((p, active))
        if block is None:
            block = self._known[p, active] = _find_equations(self.pieces[p], active)
        return block


def _find_equations(piece: _Integers, active: Sequence[int]) -> _Block:
    """Modulo the span of the active units, (Y A)_k g_i = (Y A)_i g_k for all k, i being a place where g is not 0."""
    n_in = len(piece.gradients[0])
    if active:
        room = integer_nullspace([piece.units[i] for i in active])
    else:
        room = [tuple(int(i == k) for k in range(n_in)) for i in range(n_in)]
    if len(room) < 2:
        return _Block()
    gradients = [[sum(map(mul, g, q)) for q in room] for g in piece.gradients]
    g = next((row for row in gradients if any(row)), None)
    if g is None:
        return _Block()
    if len(gradients) > 1 and integer_rank(gradients) > 1:
        return _Block(is_hopeless=True)
    i = next(k for k, entry in enumerate(g) if entry)
    columns = [[sum(map(mul, row, q)) for row in piece.jacobian] for q in room]
    rows = [
        clear_denominators(g[i] * a - entry * b for a, b in zip(columns[k], columns[i], strict=True))[0]
        for k, entry in enumerate(g)
        if k != i
    ]
    rows = [row for row in rows if any(row)]
    return _Block(tuple(rows), tuple([entry % _PRIME for entry in row] for row in rows))


def _oriented(weights: Integers) -> Integers:
    """The multiple whose first entry that is not zero is positive, without common divisor."""
    lead = next(entry for entry in weights if entry)
    return weights if lead > 0 else tuple(-entry for entry in weights)


# -- exact counts -----------------------------------------------------------------------------------------------------


def _count_exactly(pieces: Sequence[_Integers], signs: Signs, weights: Integers) -> AlwaysOn:
    contradicted = []
    needed = idle = 0
    for p, piece in enumerate(pieces):
        units = [piece.units[i] for i in piece.active(signs)]
        alone, y = integer_rank(units), piece.through(weights)
        with_y = integer_rank([*units, y])
        if integer_rank([*units, y, *piece.gradients]) > with_y:
            contradicted.append(p)
        elif integer_rank([*units, *piece.gradients]) > alone:
            needed += 1
        else:
            idle += with_y > alone
    return AlwaysOn(signs, weights, tuple(contradicted), needed, idle)
