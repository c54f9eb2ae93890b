"""What proofs are made of: forms, germs, refutations and split trees, on Python's integers.

Knows networks and how each step is checked, and no claims. Every form is computed here, none is read.

A *form* (c_1, ..., c_n, c_0) is the affine function c.x + c_0 up to a positive factor; a *row* is a form that is
greater than zero, at least zero, or zero. The forms of a layer have a common denominator, `scale`.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from math import gcd
from typing import NamedTuple

from exactrev.checker.parsing import Layer, Net, Numbers, Point, Reader
from exactrev.checker.refusals import expect, require

Form = Sequence[int]
STRICT, WEAK, ZERO = ">", ">=", "="
Row = tuple[str, Form]
Nested = list[list[int]]


class Forms(NamedTuple):
    rows: Sequence[Form]
    scale: int


def primitive(form: Form) -> Numbers:
    """The form without the common factor of its entries."""
    factor = gcd(*form) or 1
    return tuple(c // factor for c in form)


def negative(form: Form) -> Numbers:
    return tuple(-c for c in form)


def value(form: Form, point: Point) -> int:
    """The value at a point, times the point's (positive) denominator."""
    return sum(c * x for c, x in zip(form[:-1], point.numerators, strict=True)) + form[-1] * point.denominator


def extend(layer: Layer, below: Forms | None, signs: Sequence[int]) -> Forms:
    """The forms of a layer from those of the layer below, of which the neurons of positive sign are on."""
    if below is None:
        return Forms(layer.rows, layer.scale)
    rows = []
    for weights in layer.rows:
        form = [0] * (len(below.rows[0]) - 1) + [weights[-1] * below.scale]
        for w, inner, sign in zip(weights[:-1], below.rows, signs, strict=True):
            if w and sign > 0:
                form = [c + w * d for c, d in zip(form, inner, strict=True)]
        rows.append(form)
    return Forms(rows, below.scale * layer.scale)


def forms_of(net: Net, signs: Nested) -> list[Forms]:
    """The forms of all layers, the output layer last, where the hidden neurons have these signs."""
    forms = [extend(net.layers[0], None, ())]
    for layer, below in zip(net.layers[1:], signs, strict=True):
        forms.append(extend(layer, forms[-1], below))
    return forms


def germ(net: Net, q: Point, v: Sequence[int], far: bool = False) -> list[list[tuple[int, int]]]:
    """All layers at q + t v, as functions of t: (value, slope) for t just above 0, or (slope, value) for all large t.

    Times positive factors. The sign of a pair is that of its first entry that is not 0: its order relative to (0, 0).
    """
    scale, layers = q.denominator, []
    pairs = [(s, x) if far else (x, s) for x, s in zip(q.numerators, v, strict=True)]
    for layer in net.layers:
        now = []
        for weights in layer.rows:
            first = sum(w * pair[0] for w, pair in zip(weights[:-1], pairs, strict=True))
            second = sum(w * pair[1] for w, pair in zip(weights[:-1], pairs, strict=True))
            constant = weights[-1] * scale
            now.append((first, second + constant) if far else (first + constant, second))
        layers.append(now)
        scale *= layer.scale
        pairs = [max(pair, (0, 0)) for pair in now]
    return layers


def signs_of(layers: list[list[tuple[int, int]]]) -> Nested:
    """The signs of the hidden neurons of a germ."""
    return [[(pair > (0, 0)) - (pair < (0, 0)) for pair in layer] for layer in layers[:-1]]


def neuron(net: Net, k: int, i: int) -> tuple[int, int]:
    """The hidden neuron (k, i), which has to exist, with the layer counted from 0."""
    expect(k in range(1, len(net.layers)), "no such hidden layer", k)
    expect(i in range(net.widths[k]), "no such neuron", k, i)
    return k - 1, i


def cut(net: Net, k: int) -> Net:
    """The network whose outputs are the preactivations of layer k."""
    return Net(net.widths[: k + 1], net.layers[:k])


def preactivations(net: Net, point: Point) -> list[list[int]]:
    """All preactivations, the outputs last, times positive factors, one for each layer."""
    return [[pair[0] for pair in layer] for layer in germ(net, point, [0] * net.widths[0])]


def hold(rows: Iterable[Row], point: Point) -> None:
    """Do all rows hold at the point?"""
    for relation, form in rows:
        found = value(form, point)
        require(found > 0 or relation != STRICT, "a row is not positive at the point", form, point)
        require(found >= 0, "a row is negative at the point", form, point)
        require(found == 0 or relation != ZERO, "a row is not zero at the point", form, point)


def refute(rows: Callable[[int], Row], count: int, numbers: Sequence[int], dimension: int) -> None:
    """Rows i, j, ... have no common solution: by them some sum l_i f_i is at least 0, or positive, and it is not."""
    require(all(a < b for a, b in pairwise([-1, *numbers, count])), "rows not in order, or not there", numbers, count)
    require(len(numbers) <= dimension + 1, "more rows than a refutation needs", len(numbers), dimension + 1)
    system = [rows(i) for i in numbers]
    multipliers = dependency([form[:-1] for _, form in system])
    bounded = [m for (relation, _), m in zip(system, multipliers, strict=True) if relation != ZERO]
    total = [sum(m * f[c] for m, (_, f) in zip(multipliers, system, strict=True)) for c in range(dimension + 1)]
    if (bounded[0] if bounded else -total[-1]) < 0:
        bounded, total = [-m for m in bounded], [-s for s in total]
    require(all(m > 0 for m in bounded), "the multipliers of inequalities are not positive", numbers, bounded)
    require(not any(total[:-1]), "the sum of a refutation is not constant", numbers, total)
    strict = any(relation == STRICT for relation, _ in system)
    require(total[-1] < 0 or (strict and total[-1] == 0), "the sum of a refutation is no contradiction", total[-1])


def dependency(vectors: Sequence[Form]) -> Numbers:
    """Integers that make the sum of vectors zero, if only the last is spanned by others; nothing rests on it."""
    done: dict[int, Numbers] = {}
    row: Numbers = ()
    for j, vector in enumerate(vectors):
        row = primitive((*vector, *(int(i == j) for i in range(len(vectors)))))
        for k, other in done.items():
            row = primitive([other[k] * a - row[k] * b for a, b in zip(row, other, strict=True)])
        pivot = next((p for p in range(len(vector)) if row[p]), None)
        if pivot is not None:
            done[pivot] = row
    return row[-len(vectors) :]


class Assumed(NamedTuple):
    """A row that is assumed everywhere: a form of its own, or that of a neuron, known once the path fixes it."""

    relation: str
    layer: int = 0
    place: int = 0
    form: Form | None = None


class Tree:
    """A node of a split tree: the neurons of some networks in order, the first ones decided by the path.

    Strict trees branch into f > 0 and f < 0, where f is not zero, and their leaves cover an open dense set; weak trees
    into f >= 0 and f <= 0, and cover R^n. A form that is zero has one child.
    """

    def __init__(self, nets: Sequence[Net], assumed: Sequence[Assumed], relation: str) -> None:
        self.assumed, self.relation = assumed, relation
        self.layers = [layer for net in nets for layer in net.layers]
        self.first = [k == 0 for net in nets for k in range(len(net.layers))]
        self.starts = [0]  # a layer is entered when all neurons before it are decided; output layers have none
        for net in nets:
            for width in (*net.widths[1:-1], 0):
                self.starts.append(self.starts[-1] + width)
        self.depth, self.dimension = self.starts.pop(), nets[0].widths[0]
        self.signs: list[int] = []
        self.rows: list[Row] = []
        self.forms: list[Forms] = []
        self.enter()

    def enter(self) -> None:
        """Compute the forms that the path now fixes."""
        while len(self.forms) < len(self.layers) and self.starts[len(self.forms)] <= len(self.signs):
            k = len(self.forms)
            below = None if self.first[k] else self.forms[k - 1]
            signs = self.signs[self.starts[k - 1] : self.starts[k]] if k else ()
            self.forms.append(extend(self.layers[k], below, signs))

    def next_form(self) -> Form:
        """The form of the first neuron that is not decided."""
        require(len(self.signs) < self.depth, "all neurons are decided, yet another is asked for", self.depth)
        return self.forms[-1].rows[len(self.signs) - self.starts[len(self.forms) - 1]]

    def descend(self, form: Form, sign: int) -> None:
        """Decide the next neuron; the form is oriented, so that the new row says that it is positive."""
        self.rows.append((self.relation if sign else ZERO, primitive(form)))
        self.signs.append(sign)
        self.enter()

    def advance(self) -> bool:
        """Go to the next node in depth-first order, - before +; False when there is none."""
        while self.signs:
            sign = self.signs.pop()
            _, form = self.rows.pop()
            if sign < 0:
                while self.starts[len(self.forms) - 1] > len(self.signs):
                    self.forms.pop()
                self.descend(negative(form), 1)
                return True
        return False

    def row(self, i: int) -> Row:
        """Row i: the assumed rows, then those of the path."""
        if i >= len(self.assumed):
            return self.rows[i - len(self.assumed)]
        relation, layer, place, form = self.assumed[i]
        if form is None:
            require(layer < len(self.forms), "an assumed row is used before the path fixes it", i)
            form = primitive(self.forms[layer].rows[place])
        return relation, form

    def all_rows(self) -> list[Row]:
        return [self.row(i) for i in range(len(self.assumed) + len(self.rows))]


Leaf = Callable[[Tree, Numbers], None] | None


def walk(
    reader: Reader, nets: list[Net], assumed: list[Assumed], relation: str, leaf: Leaf = None, length: int = 0
) -> None:
    """Read a whole tree: S splits, Z passes a zero form, F closes a node, L is a leaf of the kind, with numbers."""
    tree = Tree(nets, assumed, relation)
    while True:
        letter, numbers = reader.step()
        expect(letter in "SZFL", "not a step of a tree", letter)
        if letter in "SZ":
            expect(not numbers, "S and Z have no numbers", numbers)
            form = tree.next_form()
            require(any(form) == (letter == "S"), "S is for a form that is not zero, Z for one that is", letter, form)
            tree.descend(negative(form), -1 if letter == "S" else 0)
            continue
        if letter == "F":
            refute(tree.row, len(assumed) + len(tree.rows), numbers, tree.dimension)
        else:
            require(leaf is not None, "a node is left open", tree.signs)
            require(len(tree.signs) == tree.depth, "a leaf before all neurons are decided", len(tree.signs), tree.depth)
            expect(len(numbers) == length, "a leaf has the wrong number of integers", len(numbers), length)
            if leaf is not None:
                leaf(tree, numbers)
        if not tree.advance():
            return
