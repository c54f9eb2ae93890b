"""Grows split trees: the neurons of a network one by one, every part of the space that remains, and why none is left.

Knows networks, forms and how to look for the sign of a form on a cell. Does not know what is proved at the leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from exactrev.certificates.systems import (
    STRICT,
    WEAK,
    ZERO,
    Form,
    Point,
    Refutation,
    Row,
    decide,
    negative,
    primitive,
    value,
)
from exactrev.certificates.text import Step, as_integers
from exactrev.errors import BudgetSpent
from exactrev.network import AffineMap

__all__ = ["MOST_STEPS", "Assumed", "Forms", "Layers", "Path", "Unclosed", "extend", "grow", "point_step"]

MOST_STEPS = 2_000_000
"""A tree that grows larger is given up."""

Layers = Sequence[AffineMap]
"""The hidden layers and the output layer of a network."""
Forms = tuple[list[Form], int]
"""The forms of a layer's preactivations in x, and their common denominator."""


@dataclass(frozen=True, slots=True)
class Assumed:
    """A row that is assumed everywhere: a form of its own, or that of neuron `index` of a layer (from 0, all counted).

    The latter is known from where the path fixes it.
    """

    relation: str
    layer: int = 0
    index: int = 0
    form: Form | None = None


def extend(layer: AffineMap, below: Forms | None, signs: Sequence[int]) -> Forms:
    """The forms of a layer from those of the layer below, where its neurons have these signs."""
    if below is None:
        return list(layer.rows), layer.denominator
    inner, scale = below
    live = [j for j, sign in enumerate(signs) if sign > 0]
    forms = []
    for *weights, bias in layer.rows:
        form = [0] * len(inner[0])
        form[-1] = bias * scale
        for j in live:
            if weights[j]:
                form = [c + weights[j] * d for c, d in zip(form, inner[j], strict=True)]
        forms.append(tuple(form))
    return forms, scale * layer.denominator


class Path:
    """The way from the root to a node: signs of the first neurons, their rows, and all forms that these fix."""

    def __init__(self, networks: Sequence[Layers], assumed: Sequence[Assumed]) -> None:
        self.assumed = assumed
        self.dimension = networks[0][0].n_in
        self._layers = [layer for layers in networks for layer in layers]
        self._starts = [0]
        self._is_first = [k == 0 for layers in networks for k in range(len(layers))]
        for layers in networks:
            for width in [*(layer.n_out for layer in layers[:-1]), 0]:
                self._starts.append(self._starts[-1] + width)
        self.depth = self._starts.pop()
        self.signs: list[int] = []
        self.rows: list[Row] = []
        self.forms: list[Forms] = []
        self.go_to(0)

    def go_to(self, depth: int) -> None:
        """Back to the node of this path with so many neurons decided, and forward to all forms that are fixed there."""
        del self.signs[depth:], self.rows[depth:]
        while self.forms and self._starts[len(self.forms) - 1] > depth:
            self.forms.pop()
        while len(self.forms) < len(self._layers) and self._starts[len(self.forms)] <= depth:
            k = len(self.forms)
            below = None if self._is_first[k] else self.forms[k - 1]
            signs = self.signs[self._starts[k - 1] : self._starts[k]] if k else []
            self.forms.append(extend(self._layers[k], below, signs))

    def next_form(self) -> Form:
        return primitive(self.forms[-1][0][len(self.signs) - self._starts[len(self.forms) - 1]])

    def push(self, sign: int, row: Row) -> None:
        self.signs.append(sign)
        self.rows.append(row)
        self.go_to(len(self.signs))

    def known(self) -> list[tuple[int, Row]]:
        """The assumed rows that the path fixes, with their numbers."""
        found = []
        for i, row in enumerate(self.assumed):
            if row.form is not None:
                found.append((i, (row.relation, row.form)))
            elif row.layer < len(self.forms):
                found.append((i, (row.relation, primitive(self.forms[row.layer][0][row.index]))))
        return found

    def outputs(self) -> Forms:
        return self.forms[-1]


@dataclass(frozen=True, slots=True)
class _Node:
    """A node that is still to be written: where it hangs, its last sign and row, a point or why there is none.

    `active` are the numbers of the path's rows that matter.
    """

    depth: int
    sign: int
    row: Row | None
    found: Point | Refutation
    active: tuple[int, ...]


def grow(
    networks: Sequence[Layers],
    assumed: Sequence[Assumed],
    relation: str,
    leaf: Callable[[Path, Point], Step | None],
    most_steps: int = MOST_STEPS,
) -> Iterator[Step]:
    """The steps of a split tree, strict or weak, depth first, `leaf` making those of its leaves.

    Raises `BudgetSpent` if there are more than `most_steps`. What `leaf` answers None to is where the proof fails:
    `Unclosed` is raised with a point.
    """
    path = Path(networks, assumed)
    start = _decide(path, [])
    todo = [_Node(0, 0, None, start, ())]
    steps = 0
    while todo:
        steps += 1
        if steps > most_steps:
            raise BudgetSpent("a proof grows too long", steps=most_steps)
        node = todo.pop()
        if node.row is not None:
            path.go_to(node.depth - 1)
            known = len(path.forms)
            path.push(node.sign, node.row)
        else:
            known = len(path.forms)
        found, active = node.found, node.active
        if not isinstance(found, Refutation) and (node.row is None or len(path.forms) > known) and assumed:
            found = _still(path, active, found)  # rows that are assumed have come to be known
        if isinstance(found, Refutation):
            yield ("F", *found.rows)
            continue
        if node.depth == path.depth:
            step = leaf(path, found)
            if step is None:
                raise Unclosed(found)
            yield step
            continue
        form = path.next_form()
        if not any(form):
            yield ("Z",)
            todo.append(_Node(node.depth + 1, 0, (ZERO, form), found, active))
            continue
        yield ("S",)
        if len(active) > 3 * path.dimension + 6:
            active = _needed(path, active)
        number = node.depth
        children = []
        side = value(form, found)
        for sign in (-1, 1):
            row = (relation, form if sign > 0 else negative(form))
            if side * sign > 0 or (side == 0 and relation == WEAK):
                known_point: Point | Refutation = found
            else:
                known_point = _decide(path, active, (number, row))
            children.append((sign, row, known_point))
        splits = not any(isinstance(child[2], Refutation) for child in children)
        for sign, row, outcome in reversed(children):
            own = (*active, number) if splits or isinstance(outcome, Refutation) else active
            todo.append(_Node(node.depth + 1, sign, row, outcome, own))


class Unclosed(Exception):
    """A leaf has a point at which what was to be proved may fail."""

    def __init__(self, point: Point) -> None:
        super().__init__(point)
        self.point = point


def point_step(letter: str, point: Iterable[Fraction]) -> Step:
    """A step that is a point."""
    return (letter, *as_integers(point))


def _system(path: Path, active: Iterable[int], more: tuple[int, Row] | None = None) -> list[tuple[int, Row]]:
    """Rows with the numbers that they have in the certificate: the assumed ones come first."""
    shift = len(path.assumed)
    rows = [*path.known(), *((shift + i, path.rows[i]) for i in active)]
    return rows if more is None else [*rows, (shift + more[0], more[1])]


def _decide(path: Path, active: Iterable[int], more: tuple[int, Row] | None = None) -> Point | Refutation:
    rows = _system(path, active, more)
    outcome = decide([row for _, row in rows], path.dimension)
    if isinstance(outcome, Refutation):
        return Refutation(tuple(sorted(rows[i][0] for i in outcome.rows)))
    return outcome


def _still(path: Path, active: Sequence[int], point: Point) -> Point | Refutation:
    """The point, if it satisfies all assumed rows that are known; else another one, or a refutation."""
    for _, (relation, form) in path.known():
        found = value(form, point)
        if found < 0 or (found == 0 and relation == STRICT) or (found > 0 and relation == ZERO):
            return _decide(path, active)
    return point


def _needed(path: Path, active: Sequence[int]) -> tuple[int, ...]:
    """Without rows that follow from the others (for equal rows, the later ones)."""
    kept = list(active)
    for i in reversed(active):
        others = [j for j in kept if j != i]
        relation, form = path.rows[i]
        opposite = STRICT if relation == WEAK else relation
        if isinstance(_decide(path, others, (i, (opposite, negative(form)))), Refutation):
            kept = others
    return tuple(kept)
