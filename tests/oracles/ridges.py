"""Ridges: the faces of dimension n_in - 2, by a linear program for every two facets of every cell; and who bends there.

A ridge is known by the sign vector in its relative interior. Around it lie the cells whose closures contain such a
point; of them and of the facets between two of them B[z] is made near the ridge.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from exactrev.network import Neuron, Point, SignVector
from oracles.brute_force import crossing, inequalities
from oracles.complexes import CellComplex
from oracles.forms import Form, HomogeneousPoint, as_fractions, as_homogeneous, dot, negated
from oracles.simplex import find_strict_point

__all__ = ["Ridge", "find_ridges"]

Forms = dict[Neuron, Form]


@dataclass(frozen=True, slots=True)
class Ridge:
    """`neurons` vanish on it, and not on all cells around; near it `bending` lie in no single hyperplane."""

    point: Point
    neurons: frozenset[Neuron]
    bending: frozenset[Neuron]


def find_ridges(cells: CellComplex) -> dict[SignVector, Ridge]:
    """All ridges over R^n, by the sign vector in their relative interior."""
    if cells.box is not None:
        raise ValueError("a complex inside a box is not supported")
    net = cells.network
    forms = {signs: inequalities(net, signs) for signs in cells.cells}
    ridges: dict[SignVector, Ridge] = {}
    for signs in cells.cells if net.n_in > 1 else ():
        for q in _find_ridge_points(_facet_points(cells, signs, forms[signs])):
            here = net.sign_vector(as_fractions(q))
            if here not in ridges:
                ridges[here] = _look_around(cells, forms, here, q)
    return ridges


def _facet_points(cells: CellComplex, signs: SignVector, forms: Forms) -> dict[Form, HomogeneousPoint]:
    """The facets of one cell, by their forms."""
    points = {}
    for pair, facet in cells.facets.items():
        if signs in pair:
            q = as_homogeneous(facet.point)
            (form,) = {form for form in forms.values() if dot(form, q) == 0}
            points[form] = q
    return points


def _find_ridge_points(facets: dict[Form, HomogeneousPoint]) -> Iterator[HomogeneousPoint]:
    for one, other in combinations(facets, 2):
        rest = [form for form in facets if form not in (one, other)]
        beyond = find_strict_point(rest, facets[one], negated(other), equations=[one])
        if beyond is not None:
            yield crossing(other, facets[one], beyond)


def _look_around(cells: CellComplex, forms: dict[SignVector, Forms], here: SignVector, q: HomogeneousPoint) -> Ridge:
    around = {signs for signs in cells.cells if all(dot(form, q) >= 0 for form in forms[signs].values())}
    neurons = frozenset(
        neuron
        for neuron in cells.network.neurons()
        if here[neuron.layer - 1][neuron.index] == 0 and any(neuron in forms[signs] for signs in around)
    )
    hyperplanes: dict[Neuron, set[frozenset[Form]]] = {neuron: set() for neuron in neurons}
    for pair, facet in cells.facets.items():
        if pair <= around:
            p = as_homogeneous(facet.point)
            (form,) = {form for form in forms[next(iter(pair))].values() if dot(form, p) == 0}
            for neuron in facet.neurons:
                hyperplanes[neuron].add(frozenset({form, negated(form)}))
    bending = frozenset(
        neuron
        for neuron in neurons
        if len(hyperplanes[neuron]) > 1 or any(neuron not in forms[signs] for signs in around)
    )
    return Ridge(as_fractions(q), neurons, bending)
