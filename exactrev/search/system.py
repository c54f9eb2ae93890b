"""A network and conditions on a point of it, as integer forms in one list: only what the conditions depend on.

Knows units, each a form in the inputs and in the activations of earlier units. Every unit is scaled by a positive
number to a primitive integer row, which changes no sign (Lemma 1), so that everything exact is integer arithmetic. Two
neurons with opposite preactivations share a unit, ReLU(-u) = ReLU(u) - u, and so do two with the same one, up to scale.
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

    def __neg__(self) -> Form:
        return Form(tuple((s, -c) for s, c in self.terms), -self.constant)


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
    builder = _Builder(net.n_in)
    needed = _needed(net, conditions)
    for k, width in enumerate(net.hidden_widths, start=1):
        f = net.layers[k - 1]
        for i in range(width):
            if (k, i) in needed:
                builder.add(Neuron(k, i), [Fraction(entry, f.denominator) for entry in f.rows[i]])
    targets = tuple(builder.form(condition.layer, condition.row)[0] for condition in conditions)
    relations = tuple(condition.relation for condition in conditions)
    return System(
        net.n_in, tuple(builder.units), targets, relations, tuple(builder.neurons), tuple(builder.scales)
    )


class _Builder:
    """Units so far, and every activation as a combination of inputs, units and 1 (whose key is -1)."""

    def __init__(self, n: int) -> None:
        self.n = n
        self.units: list[Form] = []
        self.neurons: list[Neuron] = []
        self.scales: list[Fraction] = []
        self.place: dict[Form, int] = {}
        self.values: dict[tuple[int, int], dict[int, Fraction]] = {(0, i): {i: Fraction(1)} for i in range(n)}

    def form(self, layer: int, row: Sequence[Fraction]) -> tuple[Form, Fraction]:
        """A row over the activations below a layer, as a primitive form; and the form divided by the row."""
        total: dict[int, Fraction] = {-1: row[-1]}
        for j, c in enumerate(row[:-1]):
            if c:
                for s, part in self.values[layer - 1, j].items():
                    total[s] = total.get(s, Fraction(0)) + c * part
        constant = total.pop(-1)
        sources = sorted(s for s, c in total.items() if c)
        integers, scale = clear_denominators([*(total[s] for s in sources), constant])
        return Form(tuple(zip(sources, integers[:-1], strict=True)), integers[-1]), scale

    def add(self, neuron: Neuron, row: Sequence[Fraction]) -> None:
        """A unit for this neuron, or what its activation is in terms of others."""
        form, scale = self.form(neuron.layer, row)
        negative = -form
        if form not in self.place and negative not in self.place:
            self.place[form] = len(self.units)
            self.units.append(form)
            self.neurons.append(neuron)
            self.scales.append(scale)
        if form in self.place:
            value = {self.n + self.place[form]: 1 / scale}
        else:
            value = {self.n + self.place[negative]: 1 / scale, -1: form.constant / scale}
            value |= {s: c / scale for s, c in form.terms}
        self.values[neuron.layer, neuron.index] = value


def _needed(net: Network, conditions: Sequence[Condition]) -> set[tuple[int, int]]:
    """The neurons that some condition depends on."""
    needed = {(c.layer - 1, j) for c in conditions for j, entry in enumerate(c.row[:-1]) if entry}
    for k in range(net.depth, 1, -1):
        rows = net.layers[k - 1].rows
        needed |= {(k - 1, j) for layer, i in needed if layer == k for j, entry in enumerate(rows[i][:-1]) if entry}
    return needed
