"""All cells by the tree of sign prefixes, all facets by a linear program per cell and neuron: slow and simple.

The neurons are walked in layer order. On a cell of the prefix the next preactivation is an affine form: where it is
identically zero the sign is 0, else each side is kept if it has a point. A prefix without a point is cut off, so each
of the 3^M sign patterns is either found with an interior point or excluded with a proof (the multipliers that the
simplex checks).
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from exactrev.network import Network, Neuron, SignVector
from oracles.complexes import Box, Cell, CellComplex, Facet
from oracles.forms import (
    Form,
    HomogeneousPoint,
    Walls,
    as_fractions,
    as_homogeneous,
    dot,
    find_forms,
    find_layer_forms,
    is_constant,
    is_zero,
    negated,
    primitive,
    walls_of_box,
)
from oracles.simplex import between, find_strict_point, is_bounded_above

__all__ = ["brute_force", "crossing", "find_cells", "inequalities", "starting_point"]

FoundCell = tuple[SignVector, HomogeneousPoint]


def brute_force(net: Network, box: Box | None = None) -> CellComplex:
    """All cells with an interior point each, and all facets, over R^n or inside the open box (lo, hi)."""
    walls = walls_of_box(*box) if box is not None else ()
    inside = dict(find_cells(net, walls, starting_point(net.n_in, box)))
    closures = {signs: inequalities(net, signs) for signs in inside}
    facets: dict[frozenset[SignVector], Facet] = {}
    for signs, point in inside.items():
        for facet, found in _find_facets(net, signs, point, closures, walls):
            if facets.setdefault(facet, found).neurons != found.neurons:
                raise RuntimeError("the two sides of a facet disagree about its neurons")
    cells = {
        signs: Cell(
            as_fractions(point),
            _is_off(walls, list(closures[signs].values()), point)
            if walls
            else _is_bounded(list(closures[signs].values()), point),
        )
        for signs, point in inside.items()
    }
    return CellComplex(net, cells, facets, box)


def inequalities(net: Network, signs: SignVector) -> dict[Neuron, Form]:
    """The forms that are positive on the cell; the neurons of sign 0 have none."""
    return {
        Neuron(k, i): form if s > 0 else negated(form)
        for k, (layer, layer_signs) in enumerate(zip(find_forms(net, signs), signs, strict=True), start=1)
        for i, (form, s) in enumerate(zip(layer, layer_signs, strict=True))
        if s
    }


def find_cells(net: Network, walls: Walls, start: HomogeneousPoint) -> Iterator[FoundCell]:
    """The sign vectors of all full-dimensional cells inside the walls, with an interior point each."""

    def walk(
        earlier: SignVector, signs: tuple[int, ...], forms: list[Form], constraints: list[Form], p: HomogeneousPoint
    ) -> Iterator[FoundCell]:
        if len(signs) == len(forms):
            yield from enter_layer((*earlier, signs), constraints, p)
            return
        form = forms[len(signs)]
        if is_zero(form):
            yield from walk(earlier, (*signs, 0), forms, constraints, p)
            return
        for s, side in ((-1, negated(form)), (1, form)):
            point = find_strict_point(constraints, p, side)
            if point is not None:
                yield from walk(earlier, (*signs, s), forms, [*constraints, side], point)

    def enter_layer(earlier: SignVector, constraints: list[Form], p: HomogeneousPoint) -> Iterator[FoundCell]:
        if len(earlier) == net.depth:
            yield earlier, p
        else:
            forms = [primitive(row) for row in find_layer_forms(net, earlier)[0]]
            yield from walk(earlier, (), forms, constraints, p)

    yield from enter_layer((), list(walls), start)


def _find_facets(
    net: Network,
    signs: SignVector,
    point: HomogeneousPoint,
    closures: dict[SignVector, dict[Neuron, Form]],
    walls: Walls,
) -> Iterator[tuple[frozenset[SignVector], Facet]]:
    forms = closures[signs]
    for form in {form for form in forms.values() if not is_constant(form)} - set(walls):
        others = [other for other in {*forms.values(), *walls} if other != form]
        beyond = find_strict_point(others, point, negated(form))
        if beyond is None:
            continue
        q = crossing(form, point, beyond)
        # The closures are polyhedra that meet face to face: the relative interior of a facet is in exactly two.
        neighbours = [
            other
            for other, closure in closures.items()
            if other != signs and all(dot(g, q) >= 0 for g in closure.values())
        ]
        if len(neighbours) != 1:
            raise RuntimeError(f"{len(neighbours)} cells beyond one facet")
        there = closures[neighbours[0]]
        vanishing = {
            neuron
            for neuron in net.neurons()
            if _vanishes_on(form, forms.get(neuron)) and (neuron in forms or neuron in there)
        }
        yield frozenset({signs, neighbours[0]}), Facet(frozenset(vanishing), as_fractions(q))


def _vanishes_on(facet_form: Form, form: Form | None) -> bool:
    """Is a preactivation (None: zero on the whole cell; else its positive form) zero on the facet {facet_form = 0}?"""
    return form is None or form == facet_form


def crossing(form: Form, inside: HomogeneousPoint, beyond: HomogeneousPoint) -> HomogeneousPoint:
    """The point of the segment where the form is 0: all that is positive at both ends is positive there."""
    high = Fraction(dot(form, inside), inside[-1])
    low = Fraction(dot(form, beyond), beyond[-1])
    return between(inside, beyond, high / (high - low))


def _is_bounded(constraints: list[Form], point: HomogeneousPoint) -> bool:
    """Every coordinate is bounded below and above."""
    n = len(point) - 1
    return all(
        is_bounded_above(tuple(s * int(i == j) for i in range(n + 1)), constraints, point)
        for j in range(n)
        for s in (1, -1)
    )


def _is_off(walls: Walls, forms: list[Form], point: HomogeneousPoint) -> bool:
    """No facet of the cell lies on a wall."""
    return not any(
        find_strict_point([form for form in {*forms, *walls} if form != wall], point, negated(wall)) for wall in walls
    )


def starting_point(n: int, box: Box | None) -> HomogeneousPoint:
    if box is None:
        return (*([0] * n), 1)
    return as_homogeneous((a + b) / 2 for a, b in zip(*box, strict=True))
