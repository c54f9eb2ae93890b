"""A network and conditions on a point of it, as integer forms in one list: only what the conditions depend on.

Knows units, each a form in the inputs and in the activations of earlier units. Every unit is scaled by a positive
number to a primitive integer row, which changes no sign (Lemma 1), so that everything exact is integer arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from exactrev.arithmetic.integer_matrices import clear_denominators
from exactrev.network import Network, Neuron, Point
from exactrev.search.conditions import Condition, Relation

__all__ = ["Form", "System", "build_system"]


@dataclass(frozen=True, slots=True)
class Form:
    """sum of coefficient * (input or activation) + constant; sources 0..n-1 are inputs, n + j is unit j."""

    terms: tuple[tuple[int, int], ...]
    constant: int

    def __call__(self, values: Sequence[int], unit: int) -> int:
        """The value times `unit`, where the sources have the values `values` times `unit`."""
        return sum(c * values[s] for s, c in self.terms) + self.constant * unit


@dataclass(frozen=True, slots=True)
class System:
    """Units in an order in which every one stands after those it listens to, and the forms that are asked for.

    Unit j is neuron ``neurons[j]`` of the network; its activation here is the neuron's times ``scales[j]``.
    """

    n: int
    units: tuple[Form, ...]
    targets: tuple[Form, ...]
    relations: tuple[Relation, ...]
    neurons: tuple[Neuron, ...]
    scales: tuple[Fraction, ...]

    def evaluate(self, point: Point) -> tuple[list[int], list[int]]:
        """The preactivations of all units and the values of the targets, up to one positive factor."""
        q = lcm(*(entry.denominator for entry in point))
        values = [entry.numerator * (q // entry.denominator) for entry in point]
        found = []
        for form in self.units:
            z = form(values, q)
            found.append(z)
            values.append(max(z, 0))
        return found, [form(values, q) for form in self.targets]

    def is_solved_by(self, point: Point) -> bool:
        """Whether the point satisfies all conditions."""
        _, values = self.evaluate(point)
        return all(relation.holds(value) for relation, value in zip(self.relations, values, strict=True))


def build_system(net: Network, conditions: Sequence[Condition]) -> System:
    """What the conditions depend on. Raises `InvalidNetwork` for a condition that does not fit the network."""
    for condition in conditions:
        condition.require_fits(net)
    needed = _needed(net, conditions)
    source: dict[tuple[int, int], int] = {(0, i): i for i in range(net.n_in)}
    factor: dict[tuple[int, int], Fraction] = {(0, i): Fraction(1) for i in range(net.n_in)}
    units: list[Form] = []
    neurons: list[Neuron] = []

    def form(layer: int, row: Sequence[Fraction]) -> tuple[Form, Fraction]:
        below = [((layer - 1, j), c) for j, c in enumerate(row[:-1]) if c]
        integers, scale = clear_denominators([*(c / factor[key] for key, c in below), row[-1]])
        terms = tuple((source[key], c) for (key, _), c in zip(below, integers, strict=False))
        return Form(terms, integers[-1]), scale

    for k, width in enumerate(net.hidden_widths, start=1):
        f = net.layers[k - 1]
        for i in range(width):
            if (k, i) in needed:
                unit, factor[k, i] = form(k, [Fraction(entry, f.denominator) for entry in f.rows[i]])
                source[k, i] = net.n_in + len(units)
                units.append(unit)
                neurons.append(Neuron(k, i))
    targets = tuple(form(condition.layer, condition.row)[0] for condition in conditions)
    relations = tuple(condition.relation for condition in conditions)
    scales = tuple(factor[neuron.layer, neuron.index] for neuron in neurons)
    return System(net.n_in, tuple(units), targets, relations, tuple(neurons), scales)


def _needed(net: Network, conditions: Sequence[Condition]) -> set[tuple[int, int]]:
    """The neurons that some condition depends on."""
    needed = {(c.layer - 1, j) for c in conditions for j, entry in enumerate(c.row[:-1]) if entry}
    for k in range(net.depth, 1, -1):
        rows = net.layers[k - 1].rows
        needed |= {(k - 1, j) for layer, i in needed if layer == k for j, entry in enumerate(rows[i][:-1]) if entry}
    return needed
