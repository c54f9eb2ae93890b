"""T2, T2c and T2d: what the set of boundaries says about the network (Theorem 2, §3.3), printed and corrected.

Setting. N has d hidden layers. Given is the set of its boundaries, the union of all B[z] as a set of points. The
Linear Regions Assumption makes it the set where N is not affine, and plays no other part.

Claim T2, as printed. If the Linear Regions Assumption holds and the boundaries of connected neurons meet (T2h), then
every network with the same set of boundaries of which this is true as well has the same hidden layers, up to
permutation and positive scaling.
Claim T2c, corrected. If every boundary is connected and not empty and those of connected neurons meet, then the hidden
layers can be reconstructed from the set alone, up to permutation, positive scaling and the signs of the last of them.
Claim T2d. Theorem 2 "follows from Theorem 3", whose induction needs, for every neuron z after layer 1, a chain of
adjacent pieces of B[z] that crosses the boundaries of all neurons of the layer before that z is connected to. Under the
hypotheses of Theorem 2 there is one.

Check of T2. Two constructions give other networks: neurons of the last hidden layer are turned round, and where
boundaries are disconnected, pieces are exchanged between neurons (`second_networks`). Whatever comes out is enumerated
anew: its boundaries have to be the same set, its hypotheses have to hold, and it must not be isomorphic to N. If one
passes, the claim FAILS and the network is the witness. If none does, that proves nothing: UNDECIDED.
Check of T2c. The set, without labels, is handed to the recovery, which knows nothing else; what comes back is compared
with N. Where signs have several solutions, the network that belongs to the second one is enumerated.
Check of T2d. Pieces of B[z] are joined across ridges; every part is asked which boundaries it meets along them.

All three are NOT_APPLICABLE where a hypothesis fails, inside a box, and where a boundary has interior.

Networks off general position are not counted as others. Doubling a neuron always gives one with the same boundaries.

Not decided: T2c for all networks. The argument, for N and its competitors off explicit polynomials in the weights. (1)
Boundaries meet along ridges in pairs; the one of the later layer bends, the other does not (T1b, T1c). So the germs
around a ridge pair up in one way, and continuing across ridges gives the connected parts, which are the boundaries. (2)
B[z] of layer k meets all those of layer k - 1, by hypothesis, and bends there; it bends at none of layer k or later. By
induction the layer of z is 1 + the largest layer it bends at. (3) Near a ridge with B[u], u of layer k - 1, z changes
by W u. Along connected pieces all forms of z are known up to one common factor: crossing any earlier boundary
determines the next factor, and crossing B[u] determines W, up to the sign of z. (4) Turning round a set S of neurons of
layer k - 1 changes no equation only if on every cell that B[z] visits the sum over S of W_i grad u_i vanishes. z bends
at every u_i of S, so on one of these cells a gradient is not 0, and the sum is a polynomial in the weights W_i that is
not 0. (5) Then the activations below z are known and its bias is the only number left. For the last hidden layer there
is no (4): turning round a neuron of it changes no boundary.

How small counterexamples to T2 can be. By signs: ReLU(x) and ReLU(-x). With d = 2 and two lines in layer 1, say x and
y, a boundary of layer 2 that meets both is a corner, and along each half-axis its neuron is on up to the corner or
beyond. By the Linear Regions Assumption some neuron of layer 2 is on everywhere on the axes. So the set of those that
are on at 0 must not be the set of the first few corners on either axis: of two neurons there is at most one such set,
of three there are two at least. (One neuron alone in layer 2 is off on one side of where it meets a line.) Hence 2-2-3,
five neurons. By exchange: scale the biases to -1 and let f and g be the sums over the activations of the two sets, so
that parts are {f = 1} where g = 0, and {g = 1} where f = 0. Every boundary of layer 1 is met by a part, so by one of
its own set. A set of one neuron has parts parallel to its boundary. A set of two with weights of unequal signs has
parts that miss one of the two; with positive weights, the convex hull of {f = 1} contains the region where both are
off, and so the other part; but it lies in the convex region where the other set is off, and there the other part cannot
be. So either set has three neurons at least, and 2-6-3-1 is an example.

References: Rolnick & Körding (2020), §3.3 and Appendix C; their slides, where boundaries are connected.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import Any

import networkx as nx
import numpy as np

from exactrev.boundary_sets import BoundarySet
from exactrev.boundary_sets.pieces import oriented
from exactrev.errors import AssumptionFailed, RecoveryAmbiguous
from exactrev.geometry import regions
from exactrev.geometry.boundary_pieces import boundary_set
from exactrev.network import AffineMap, Network, Neuron, is_isomorphic
from exactrev.recovery.from_boundaries import NetworkFamily, agree_up_to_last_signs, network_from_boundaries
from exactrev.statements.claims.boundaries_meet import decide_boundaries_of_connected_neurons_meet, find_connected_pairs
from exactrev.statements.claims.linear_regions import decide_linear_regions_are_activation_regions
from exactrev.statements.evidence import Evidence
from exactrev.statements.second_networks import exchange_pieces, find_exchanges, turn_round
from exactrev.statements.statement import Statement
from exactrev.statements.unlabelled import MOST_PIECES, find_unfit, read_unlabelled, require_manageable, second_network
from exactrev.verdict import Outcome, Verdict

__all__ = [
    "STATEMENTS",
    "decide_boundaries_determine_the_network",
    "decide_boundaries_lead_through_the_layer_before",
    "decide_connected_boundaries_determine_the_network",
]

MOST_FLIPS = 24
"""So many choices of neurons to turn round are tried, smallest first."""

MOST_OUTPUTS = 3
"""With so many output layers each: the network's own first."""


# -- T2 ----------------------------------------------------------------------------------------------------------------


def decide_boundaries_determine_the_network(evidence: Evidence) -> Verdict:
    """T2, as printed: no other network that meets the hypotheses has the same boundaries."""
    net = evidence.network
    failed = find_unfit(evidence) or _find_failed_hypothesis(evidence, with_linear_regions=True)
    if failed is not None:
        return failed
    if net.depth == 0:
        return Verdict(Outcome.HOLDS, "there are no hidden neurons, and no boundaries", vacuous=True)
    require_manageable(evidence)
    pieces = boundary_set(evidence.complex, lambda done, total: evidence.require_time("the set of boundaries"))
    tried = 0
    for how, neurons, other in (*_exchanged(evidence), *_turned_round(evidence)):
        evidence.require_time("whether another network has the same boundaries")
        tried += 1
        if _is_second_network(evidence, other) and _has_boundaries(other, pieces):
            up_to_signs = "" if agree_up_to_last_signs(net, other) else ", not even up to the last layer's signs"
            return Verdict(
                Outcome.FAILS,
                f"another network has the same {len(pieces)} pieces, the Linear Regions Assumption holds for it and "
                f"boundaries of connected neurons meet; it is not isomorphic to this one{up_to_signs}",
                {how: neurons, **second_network(other)},
            )
    return Verdict(
        Outcome.UNDECIDED,
        f"none of {tried} other networks that were made from this one meets the hypotheses and has the same boundaries",
        {"missing": "all other networks"},
    )


def _exchanged(evidence: Evidence) -> Iterator[tuple[str, list[Neuron], Network]]:
    """Networks in which two neurons have exchanged pieces."""
    if all(boundary.is_connected for boundary in evidence.boundaries):
        return
    for k, (one, other), sources in find_exchanges(evidence.complex):
        neurons = [Neuron(k, one), Neuron(k, other), *(Neuron(k - 1, i) for i in sources)]
        exchanged = exchange_pieces(evidence.network, k, (one, other), sources)
        yield "exchanged_are_the_weights_of_two_neurons_from", neurons, exchanged


def _turned_round(evidence: Evidence) -> Iterator[tuple[str, list[Neuron], Network]]:
    """Networks with neurons of the last hidden layer turned round, and some output layers."""
    net = evidence.network
    width = net.hidden_widths[-1]
    choices = (chosen for size in range(1, width + 1) for chosen in combinations(range(width), size))
    for _, chosen in zip(range(MOST_FLIPS), choices, strict=False):
        for output in _outputs(net):
            yield "turned_round", [Neuron(net.depth, i) for i in chosen], turn_round(net, chosen, output)


def _outputs(net: Network) -> Iterator[AffineMap]:
    """The output layer, and others that are as good, because boundaries do not depend on it."""
    yield net.layers[-1]
    width = net.hidden_widths[-1]
    for base in range(2, MOST_OUTPUTS + 1):
        yield AffineMap(tuple((*(base**i for i in range(width)), 0) for _ in range(net.n_out)), 1, width)


def _is_second_network(evidence: Evidence, other: Network) -> bool:
    """Does another network meet the hypotheses, without being isomorphic in its hidden layers?"""
    if _have_isomorphic_hidden_layers(evidence.network, other):
        return False
    return _find_failed_hypothesis(Evidence(other), with_linear_regions=True) is None


def _has_boundaries(net: Network, pieces: BoundarySet) -> bool:
    found = regions(net)
    return not found.n_thick and boundary_set(found) == pieces


def _have_isomorphic_hidden_layers(one: Network, other: Network) -> bool:
    last = one.hidden_widths[-1]
    nothing = AffineMap(((0,) * (last + 1),), 1, last)
    return is_isomorphic(Network((*one.layers[:-1], nothing)), Network((*other.layers[:-1], nothing)))


# -- T2c ---------------------------------------------------------------------------------------------------------------


def decide_connected_boundaries_determine_the_network(evidence: Evidence) -> Verdict:
    """T2c: a network with connected boundaries is reconstructed from the set, up to the last layer's signs."""
    net = evidence.network
    failed = find_unfit(evidence) or _find_failed_hypothesis(evidence, with_linear_regions=False)
    if failed is not None:
        return failed
    for boundary in evidence.boundaries:
        if boundary.n_components != 1:
            what = "empty" if boundary.is_empty else f"in {boundary.n_components} parts"
            return Verdict(Outcome.NOT_APPLICABLE, f"a boundary is {what}, not connected", {"neuron": boundary.neuron})
    if net.depth == 0:
        return Verdict(Outcome.HOLDS, "there are no hidden neurons, and no boundaries", vacuous=True)
    if net.depth == 1 and evidence.complex.n_facets > MOST_PIECES:
        planes = {oriented(row) for row in net.layers[0].rows}
        if len(planes) == net.hidden_widths[0]:
            checked = f"the set contains {len(planes)} hyperplanes, and they are the rows of the only hidden layer"
            return Verdict(Outcome.HOLDS, checked)
    try:
        pieces = read_unlabelled(evidence).boundary_set
        family = network_from_boundaries(pieces)
    except (AssumptionFailed, RecoveryAmbiguous) as trouble:
        checked = f"the pieces do not pair up across ridges: {trouble.message}"
        return Verdict(Outcome.FAILS, checked, {"at": trouble.witness})
    evidence.require_time("which other networks have these boundaries")
    count = f"{len(pieces)} pieces without labels"
    if family.is_complete and family.contains(net):
        widths = ", ".join(map(str, net.hidden_widths))
        checked = f"{count} gave back hidden layers of {widths} neurons, up to the last one's signs"
        return Verdict(Outcome.HOLDS, checked)
    for other in _members(pieces, family):
        if not agree_up_to_last_signs(net, other) and _has_boundaries(other, pieces):
            return Verdict(
                Outcome.FAILS, f"another network has the same {len(pieces)} pieces", second_network(other)
            )
    return Verdict(
        Outcome.FAILS,
        f"{count} leave parts of the network open, or contradict what is said of them",
        {"open": [*map(str, family.unknowns), *map(str, family.conflicts)]},
    )


def _members(pieces: BoundarySet, family: NetworkFamily) -> Iterator[Network]:
    """The network that was read, or those that belong to other solutions of the sign systems."""
    if family.is_complete:
        yield family.member()
    for k, decision in enumerate(family.signs, start=1):
        for signs in (decision.signs, decision.second) if decision is not None and decision.second else ():
            if signs is not None:
                assumed = network_from_boundaries(pieces, {k: signs})
                if assumed.is_complete:
                    yield assumed.member()


# -- T2d ---------------------------------------------------------------------------------------------------------------


def decide_boundaries_lead_through_the_layer_before(evidence: Evidence) -> Verdict:
    """T2d: under the hypotheses of Theorem 2 every boundary has a connected part that meets all of the layer before."""
    unfit = find_unfit(evidence)
    if unfit is not None:
        return unfit
    connected = find_connected_pairs(evidence)
    if not connected:
        return Verdict(Outcome.HOLDS, "no two hidden neurons are connected", vacuous=True)
    failed = _find_failed_hypothesis(evidence, with_linear_regions=True)
    if failed is not None:
        return failed
    numbers = {neuron: number for number, neuron in enumerate(evidence.neurons)}
    parts, met = _find_parts(evidence)
    for z in dict.fromkeys(later for _, later in connected):
        before = {earlier for earlier, later in connected if later == z}
        own = parts[numbers[z]]
        missed = [sorted(before - {evidence.neurons[i] for i in met[numbers[z], part]}) for part in own]
        if all(missed):
            witness: dict[str, Any] = {"neuron": z}
            for number, (facet, misses) in enumerate(zip(own, missed, strict=True)):
                point = evidence.complex.facet_point(facet)
                evidence.require_zeros(point, [z])
                witness[f"part {number}"] = {"contains": point, "misses": misses}
            return Verdict(
                Outcome.FAILS, f"none of the {len(own)} connected parts of a boundary meets all before it", witness
            )
    return Verdict(Outcome.HOLDS, f"all {len({z for _, z in connected})} boundaries after layer 1 have such a part")


def _find_parts(evidence: Evidence) -> tuple[dict[int, list[int]], dict[tuple[int, int], set[int]]]:
    """For every neuron (by number) its parts, known by a facet, and for every part the neurons met along ridges."""
    cells, ridges = evidence.complex.cells, evidence.boundaries.ridges
    graph: nx.Graph[tuple[int, int]] = nx.Graph()
    graph.add_nodes_from((int(i), facet) for facet in range(evidence.complex.n_facets) for i in cells.facet_ids[facet])
    places: list[tuple[int, int, set[int]]] = []
    for ridge in np.flatnonzero(ridges.is_ridge).tolist():
        around, neurons = ridges.facets[ridge].tolist(), set(ridges.ids[ridge].tolist())
        for i in neurons:
            own = [facet for facet in around if i in cells.facet_ids[facet]]
            graph.add_edges_from(((i, one), (i, other)) for one, other in pairwise(own))
            places += [(i, own[0], neurons - {i})] if own else []
    parts: dict[int, list[int]] = {i: [] for i in range(len(evidence.neurons))}
    part_of: dict[tuple[int, int], int] = {}
    for component in nx.connected_components(graph):
        first = min(component)
        parts[first[0]].append(first[1])
        part_of |= dict.fromkeys(component, first[1])
    met: dict[tuple[int, int], set[int]] = {(i, part): set() for i, own in parts.items() for part in own}
    for i, facet, others in places:
        met[i, part_of[i, facet]] |= others
    return parts, met


# -- the hypotheses ----------------------------------------------------------------------------------------------------


def _find_failed_hypothesis(evidence: Evidence, with_linear_regions: bool) -> Verdict | None:
    """NOT_APPLICABLE, with the witness, if T2h or the Linear Regions Assumption does not hold."""
    meet = decide_boundaries_of_connected_neurons_meet(evidence)
    if not meet.holds:
        return Verdict(Outcome.NOT_APPLICABLE, meet.checked, meet.witness)
    if with_linear_regions:
        linear = decide_linear_regions_are_activation_regions(evidence)
        if not linear.holds:
            return Verdict(Outcome.NOT_APPLICABLE, linear.checked, linear.witness)
    return None


STATEMENTS = (
    Statement(
        label="boundaries_determine_the_network",
        paper="T2",
        where="Theorem 2, §3.3",
        claim="As printed: where the Linear Regions Assumption holds and boundaries of connected neurons meet, no "
        "other network has the same set of boundaries, up to isomorphism of the hidden layers.",
        decide=decide_boundaries_determine_the_network,
        printed="Refuted: signs of the last hidden layer do not show, and pieces of disconnected boundaries can belong "
        "to one neuron or to another.",
        by_default=False,
    ),
    Statement(
        label="connected_boundaries_determine_the_network",
        paper="T2c",
        where="Theorem 2, corrected",
        claim="Where every boundary is connected and those of connected neurons meet, the set of boundaries gives back "
        "the hidden layers, up to isomorphism and the signs of the last one.",
        decide=decide_connected_boundaries_determine_the_network,
    ),
    Statement(
        label="boundaries_lead_through_the_layer_before",
        paper="T2d",
        where="after Theorem 2, §3.3",
        claim="Under the hypotheses of Theorem 2 every boundary has a connected part that crosses the boundaries of "
        "all neurons of the layer before to which its neuron is connected.",
        decide=decide_boundaries_lead_through_the_layer_before,
        printed="Printed as: Theorem 2 follows from Theorem 3, whose induction walks along such a part.",
    ),
)
