"""T1d, §3.3, after Theorem 1: the layers can be read off from who bends at whom.

Claim. Continue the pieces of the set of boundaries, given without labels, across ridges: then every neuron has exactly
one connected boundary, and its layer is one more than the largest layer of a boundary that it, or a boundary level with
it, bends at (1 if there is none).

Assumption, checked first: no boundary has interior (else NOT_APPLICABLE).

Check. The set is handed to the recovery without labels; what it reads is compared with the network, neuron by neuron.
Of larger sets, in general position, the geometry's own table of ridges is read: who bends at whom along each of them.
There two boundaries cross along every ridge, so their pieces pair up in one way, and what is joined across ridges are
the connected parts of boundaries.

Not decided: whether some other network has the same boundaries and other layers (T2). That the claim holds for
connected boundaries, if those of connected neurons meet and the weights are off explicit polynomials, is argued in the
module on T2.

Printed under the Linear Regions Assumption: "the architecture of the network can be determined by evaluating the
boundaries B_z and where they bend in relation to one another". It fails on open sets of networks under it: a neuron
that is always on has no boundary (ReLU(ReLU(x) + 1) has the boundary {0} of ReLU(x)), parts of a disconnected boundary
cannot be told from boundaries, and a boundary that misses the layer before looks like one of that layer.
"""

from __future__ import annotations

import numpy as np

from exactrev.errors import AssumptionFailed
from exactrev.network import Neuron
from exactrev.recovery.from_boundaries import find_depths
from exactrev.statements.evidence import Evidence
from exactrev.statements.statement import Statement
from exactrev.statements.unlabelled import MOST_PIECES, find_unfit, read_unlabelled
from exactrev.verdict import Outcome, Verdict

__all__ = ["STATEMENTS", "decide_layers_are_read_off_bends"]


def decide_layers_are_read_off_bends(evidence: Evidence) -> Verdict:
    """T1d: the unlabelled pieces, joined across ridges and ordered by bends, are the neurons in their layers."""
    unfit = find_unfit(evidence)
    if unfit is not None:
        return unfit
    if not evidence.neurons:
        return Verdict(Outcome.HOLDS, "there are no hidden neurons, and no boundaries", vacuous=True)
    pieces = f"{evidence.complex.n_facets} pieces without labels"
    empty = [boundary.neuron for boundary in evidence.boundaries if not len(boundary.pieces)]
    if empty:
        return Verdict(
            Outcome.FAILS, f"{pieces}: {len(empty)} neurons have none, so nothing shows them", {"neurons": empty}
        )
    if evidence.complex.n_facets > MOST_PIECES and evidence.complex.is_generic:
        return _read_table(evidence)
    try:
        found = read_unlabelled(evidence)
    except AssumptionFailed as failed:
        return Verdict(Outcome.FAILS, f"{pieces}: they do not pair up across ridges", {"at": failed.witness})
    if found.layering.undecided:
        return Verdict(
            Outcome.FAILS,
            f"{pieces}: more than two boundaries meet along a ridge, so the pieces do not pair up",
            {"at": found.layering.undecided[0]},
        )
    for neuron in evidence.neurons:
        if len(parts := found.parts_of(neuron)) != 1 or found.owners[parts[0]] != (neuron,):
            shared = sorted({other for part in parts for other in found.owners[part]} - {neuron})
            reason = f"the boundary of one neuron is read as {len(parts)}" if not shared else "boundaries share pieces"
            points = [found.boundary_set.pieces[found.layering.boundaries[p][0]].interior_point() for p in parts]
            return Verdict(
                Outcome.FAILS, f"{pieces}: {reason}", {"neurons": [neuron, *shared], "points_of_its_parts": points}
            )
    try:
        layers = found.layering.layers
    except AssumptionFailed as failed:
        return Verdict(Outcome.FAILS, f"{pieces}: {failed.message}", {"at": failed.witness})
    readings = zip(map(_only, found.owners), layers, strict=True)
    wrong = [(neuron, read) for neuron, read in readings if neuron.layer != read]
    if wrong:
        (neuron, read), number = wrong[0], len(wrong)
        return Verdict(
            Outcome.FAILS, f"{pieces}: {number} neurons are read in another layer", {"neuron": neuron, "read_in": read}
        )
    order = len(found.layering.unordered)
    rest = f"; bends alone leave the order of {order} pairs open" if order else ""
    return Verdict(Outcome.HOLDS, f"{pieces} are {len(layers)} boundaries, each read in its layer{rest}")


def _read_table(evidence: Evidence) -> Verdict:
    """The same from the table of ridges, for large sets in general position."""
    ridges = evidence.boundaries.ridges
    pieces = f"{evidence.complex.n_facets} pieces with {len(ridges)} ridges"
    for boundary in evidence.boundaries:
        if boundary.n_components > 1:
            checked = f"{pieces}: the boundary of one neuron is read as {boundary.n_components}"
            return Verdict(Outcome.FAILS, checked, {"neurons": [boundary.neuron]})
    evidence.require_time("who bends at whom")
    pairs, bends = ridges.ids.flat.reshape(-1, 2), ridges.bends.reshape(-1, 2)
    if bends.all(axis=1).any():
        ridge = int(bends.all(axis=1).argmax())
        both = list(evidence.boundaries.ridge_neurons(ridge))
        point = evidence.boundaries.ridge_point(ridge)
        return Verdict(Outcome.FAILS, f"{pieces}: two boundaries bend along one", {"neurons": both, "at": point})
    later = bends.argmax(axis=1)[:, None]
    ordered = np.hstack([np.take_along_axis(pairs, 1 - later, 1), np.take_along_axis(pairs, later, 1)])
    bending = bends.any(axis=1)
    level, order = (np.unique(table, axis=0).tolist() for table in (pairs[~bending], ordered[bending]))
    layers = find_depths(len(evidence.neurons), [(i, j) for i, j in level], [(i, j) for i, j in order])
    if layers is None:
        return Verdict(Outcome.FAILS, f"{pieces}: boundaries bend at each other in a circle")
    for neuron, read in zip(evidence.neurons, layers, strict=True):
        if neuron.layer != read:
            witness = {"neuron": neuron, "read_in": read}
            return Verdict(Outcome.FAILS, f"{pieces}: a neuron is read in another layer", witness)
    return Verdict(Outcome.HOLDS, f"{pieces} are {len(layers)} boundaries, each read in its layer")


def _only(owners: tuple[Neuron, ...]) -> Neuron:
    (neuron,) = owners
    return neuron


STATEMENTS = (
    Statement(
        label="layers_are_read_off_bends",
        paper="T1d",
        where="after Theorem 1, §3.3",
        claim="From the set of boundaries without labels, joining pieces across ridges and counting who bends at whom "
        "gives every neuron, in its layer.",
        decide=decide_layers_are_read_off_bends,
        printed="Printed under the Linear Regions Assumption, which does not suffice: neurons may have no boundary, "
        "or a disconnected one, or one that misses the layer before.",
    ),
)
