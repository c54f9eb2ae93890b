"""All cells by walking from cell to cell through facets: the second method, for networks with hundreds of regions.

From a random cell, the facets are found by shooting rays and by small linear programs (Clarkson's algorithm: a
constraint is tested against the facets known so far only). Across a facet the signs are read off by evaluating the
network in dual numbers, value and derivative along the direction of the crossing. The union of the closures of the
cells reached is closed, and a neighbourhood of every point in the relative interior of a facet; what is left of R^n
without the faces of codimension two is connected; so nothing is missed.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction

from exactrev.network import Network, SignVector
from oracles.brute_force import inequalities
from oracles.complexes import Box, Cell, CellComplex, Facet
from oracles.forms import (
    Form,
    HomogeneousPoint,
    as_fractions,
    as_homogeneous,
    dot,
    find_layer_forms,
    is_constant,
    is_zero,
    negated,
    primitive,
    sign,
    walls_of_box,
)
from oracles.simplex import between, find_strict_point, maximise

__all__ = ["traverse"]


def traverse(net: Network, box: Box | None = None, seed: int = 0) -> CellComplex:
    """All cells and facets of the network, over R^n or inside the open box (lo, hi)."""
    walls = walls_of_box(*box) if box is not None else ()
    signs, point = _find_first_cell(net, box, random.Random(seed))
    inside = {signs: point}
    queue = [signs]
    cells: dict[SignVector, Cell] = {}
    facets: dict[frozenset[SignVector], Facet] = {}
    while queue:
        signs = queue.pop()
        p = inside[signs]
        forms = inequalities(net, signs)
        facet_points = _find_facet_points(list(dict.fromkeys([*forms.values(), *walls])), p)
        for form, q in facet_points.items():
            if form in walls:
                continue
            v = [x * p[-1] - y * q[-1] for x, y in zip(q[:-1], p[:-1], strict=True)]
            beyond = _find_signs_along(net, q, v)
            if beyond not in inside:
                inside[beyond] = _step_inside([*inequalities(net, beyond).values(), *walls], q, v)
                queue.append(beyond)
            neurons = frozenset(
                neuron
                for neuron in net.neurons()
                if (forms[neuron] == form if neuron in forms else beyond[neuron.layer - 1][neuron.index] != 0)
            )
            found = facets.setdefault(frozenset({signs, beyond}), Facet(neurons, as_fractions(q)))
            if found.neurons != neurons:
                raise RuntimeError("the two sides of a facet disagree about its neurons")
        is_bounded = _is_bounded(list(facet_points), net.n_in) if box is None else not facet_points.keys() & set(walls)
        cells[signs] = Cell(as_fractions(p), is_bounded)
    return CellComplex(net, cells, facets, box)


def _find_first_cell(net: Network, box: Box | None, rng: random.Random) -> tuple[SignVector, HomogeneousPoint]:
    """The cell of a random point; drawn again while the point lies on a boundary without lying in a thick cell."""
    while True:
        share = [Fraction(rng.randrange(1, 10**6), 10**6) for _ in range(net.n_in)]
        if box is None:
            point = as_homogeneous(20 * t - 10 for t in share)
        else:
            point = as_homogeneous(lo + t * (hi - lo) for t, lo, hi in zip(share, *box, strict=True))
        signs: SignVector = ()
        for _ in range(net.depth):
            rows = [primitive(row) for row in find_layer_forms(net, signs)[0]]
            layer = tuple(sign(dot(row, point)) for row in rows)
            if any(s == 0 and not is_zero(row) for s, row in zip(layer, rows, strict=True)):
                break
            signs = (*signs, layer)
        else:
            return signs, point


def _find_facet_points(constraints: list[Form], p: HomogeneousPoint) -> dict[Form, HomogeneousPoint]:
    """A point in the relative interior of every facet of {constraint > 0 for all}; p is inside, no form is repeated."""
    undecided = [form for form in constraints if not is_constant(form)]
    facets: dict[Form, HomogeneousPoint] = {}
    while undecided:
        form = undecided.pop()
        if form in facets:
            continue
        beyond = find_strict_point(list(facets), p, negated(form))
        if beyond is None:
            continue
        first, share = _find_first_hits(constraints, p, beyond)
        if len(first) > 1:
            # The ray leaves through a corner: decide this one form against all others.
            first = [form]
            beyond = find_strict_point([other for other in constraints if other != form], p, negated(form))
            if beyond is None:
                continue
            share = _share(form, p, beyond)
        facets[first[0]] = between(p, beyond, share)
        if first[0] != form:
            undecided.append(form)
    return facets


def _share(form: Form, p: HomogeneousPoint, beyond: HomogeneousPoint) -> Fraction:
    """Where on the segment, as a share of its length, the form vanishes; its signs at the ends differ."""
    inside, outside = dot(form, p) * beyond[-1], dot(form, beyond) * p[-1]
    return Fraction(inside, inside - outside)


def _find_first_hits(
    constraints: Sequence[Form], p: HomogeneousPoint, beyond: HomogeneousPoint
) -> tuple[list[Form], Fraction]:
    shares = {form: _share(form, p, beyond) for form in constraints if dot(form, beyond) <= 0}
    least = min(shares.values())
    return [form for form, share in shares.items() if share == least], least


def _find_signs_along(net: Network, q: HomogeneousPoint, v: Sequence[int]) -> SignVector:
    """The signs just beyond the point q in direction v: lexicographic in (value, derivative), 0 for (0, 0)."""
    values, unit, slopes = list(q[:-1]), q[-1], list(v)
    signs: list[tuple[int, ...]] = []
    for layer in net.layers[: net.depth]:
        z = [dot(row, [*values, unit]) for row in layer.rows]
        dz = [dot(row[:-1], slopes) for row in layer.rows]
        unit *= layer.denominator
        here = tuple(sign(value) or sign(slope) for value, slope in zip(z, dz, strict=True))
        values = [value if s > 0 else 0 for value, s in zip(z, here, strict=True)]
        slopes = [slope if s > 0 else 0 for slope, s in zip(dz, here, strict=True)]
        signs.append(here)
    return tuple(signs)


def _step_inside(constraints: list[Form], q: HomogeneousPoint, v: Sequence[int]) -> HomogeneousPoint:
    """A point q + t v, t > 0, where all constraints are positive, with a small denominator if there is one nearby."""
    t = Fraction(1)
    for form in constraints:
        slope = dot(form[:-1], v)
        if slope < 0:
            t = min(t, Fraction(dot(form, q), -2 * slope * q[-1]))
    exact = [Fraction(x, q[-1]) + t * d for x, d in zip(q[:-1], v, strict=True)]
    for bits in (0, *(2**k for k in range(1, 14))):
        rounded = as_homogeneous(Fraction(round(x * 2**bits), 2**bits) for x in exact)
        if all(dot(form, rounded) > 0 for form in constraints):
            return rounded
    point = as_homogeneous(exact)
    if any(dot(form, point) <= 0 for form in constraints):
        raise RuntimeError("the point beyond a facet is not inside the cell there")
    return point


def _is_bounded(facet_forms: list[Form], n: int) -> bool:
    """The only direction d with (normal of every facet)·d >= 0 is 0.

    So the normals span, and their sum, which is 0 at d = 0, is nowhere positive on that cone.
    """
    normals = [(*form[:-1], 0) for form in facet_forms]
    if _rank([list(row[:-1]) for row in normals]) < n:
        return False
    total = tuple(map(sum, zip(*normals, strict=True)))
    return maximise(total, normals, (*([0] * n), 1)).ray is None


def _rank(rows: list[list[int]]) -> int:
    rank = 0
    while rows:
        row = rows.pop()
        j = next((j for j, entry in enumerate(row) if entry), None)
        if j is None:
            continue
        rank += 1
        rows = [[row[j] * a - other[j] * b for a, b in zip(other, row, strict=True)] for other in rows]
    return rank
