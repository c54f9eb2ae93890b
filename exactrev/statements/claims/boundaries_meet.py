"""T2h, the hypothesis of Theorem 2, §3.3: boundaries of connected neurons meet.

Claim. If z and z' are hidden neurons of consecutive layers and the weight between them is not 0 (*connected*), then
B[z] and B[z'] share a point. Touching counts.

Check. Both sets are subcomplexes of the complex of all cells, so they meet if and only if both preactivations vanish
at one of its corners. Inside a box: meet inside the closed box.

Not decided here: whether Theorem 2 holds for the network. For d >= 2 the claim forces n_in and n_1 to be 2 at least,
since else boundaries are points or parallel. With one hidden layer it is vacuous.

Printed: "Suppose that for any two neurons z and z' that are connected in N, the boundaries B_z and B_z' intersect."
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from exactrev.errors import TheoryContradicted
from exactrev.network import Neuron
from exactrev.statements.evidence import Evidence
from exactrev.statements.statement import Statement
from exactrev.verdict import Outcome, Verdict

__all__ = ["STATEMENTS", "decide_boundaries_of_connected_neurons_meet"]

SHOWN = 10  # disjoint pairs that are listed


def decide_boundaries_of_connected_neurons_meet(evidence: Evidence) -> Verdict:
    """T2h: the boundaries of any two connected neurons have a common point."""
    connected = find_connected_pairs(evidence)
    if not connected:
        return Verdict(Outcome.HOLDS, "no two hidden neurons are connected", vacuous=True)
    meets = evidence.boundaries.meets
    numbers = {neuron: number for number, neuron in enumerate(evidence.neurons)}
    disjoint = [pair for pair in connected if not meets[numbers[pair[0]], numbers[pair[1]]]]
    if not disjoint:
        return Verdict(Outcome.HOLDS, f"the boundaries of all {len(connected)} pairs of connected neurons meet")
    return Verdict(
        Outcome.FAILS,
        f"the boundaries of {len(disjoint)} of {len(connected)} pairs of connected neurons are disjoint",
        _disjoint_witness(evidence, disjoint),
    )


def find_connected_pairs(evidence: Evidence) -> list[tuple[Neuron, Neuron]]:
    """All (z, z') with z' in the layer after z's and a weight from z to z' that is not 0."""
    return [
        (Neuron(k, i), Neuron(k + 1, j))
        for k, layer in enumerate(evidence.network.layers[1:-1], start=1)
        for j, row in enumerate(layer.rows)
        for i, weight in enumerate(row[:-1])
        if weight
    ]


def _disjoint_witness(evidence: Evidence, disjoint: list[tuple[Neuron, Neuron]]) -> dict[str, Any]:
    """One pair, preferably with boundaries that are not empty, the values along these, and a list of pairs."""
    boundaries = evidence.boundaries
    is_empty = {neuron: boundaries.of(neuron).is_empty for neuron in evidence.neurons}
    z, later = min(disjoint, key=lambda pair: is_empty[pair[0]] + is_empty[pair[1]])
    witness: dict[str, Any] = {"neurons": [z, later], "weight": _weight(evidence, z, later)}
    empty = [neuron for neuron in (z, later) if is_empty[neuron]]
    if empty:
        witness["empty_boundaries_of"] = empty
    for own, other in ((z, later), (later, z)):
        values = _values_along(evidence, own, other)
        if values:
            witness[f"along_the_boundary_of_{own}"] = values
    witness["disjoint_pairs"] = disjoint[:SHOWN]
    if len(disjoint) > SHOWN:
        witness["and_more"] = len(disjoint) - SHOWN
    return witness


def _weight(evidence: Evidence, z: Neuron, later: Neuron) -> Fraction:
    layer = evidence.network.layers[later.layer - 1]
    return Fraction(layer.rows[later.index][z.index], layer.denominator)


def _values_along(evidence: Evidence, own: Neuron, other: Neuron) -> list[dict[str, Any]]:
    """A point of B[own] for every sign that `other` has along its pieces, if any, with the value of `other` there."""
    complex = evidence.complex
    pieces = evidence.boundaries.of(own).pieces
    number = evidence.neurons.index(other)
    signs = complex.signs(complex.facet_cells[pieces, 0].astype(np.int64))[number]
    found = []
    for sign in sorted({*signs.tolist()}):
        point = complex.facet_point(int(pieces[np.flatnonzero(signs == sign)[0]]))
        value = evidence.network.preactivations(point)[other.layer - 1][other.index]
        evidence.require_zeros(point, [own])
        if (value > 0) - (value < 0) != sign or not sign:
            raise TheoryContradicted("a preactivation has another sign than its cell says", neuron=other, point=point)
        found.append({"point": point, str(other): value})
    return found


STATEMENTS = (
    Statement(
        label="boundaries_of_connected_neurons_meet",
        paper="T2h",
        where="Theorem 2, §3.3",
        claim="The boundaries of any two connected neurons have a common point.",
        decide=decide_boundaries_of_connected_neurons_meet,
    ),
)
