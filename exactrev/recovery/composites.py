"""Rows that are none of this layer: a deeper neuron's, seen inside one cell of the layer.

In such a cell a neuron of the next layer is a fixed combination of the units that are on there, so its row is a
combination of theirs. A row of the layer itself is not, unless the units that are on span everything or the weights are
special: an exact test that asks nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from exactrev.arithmetic.integer_matrices import clear_denominators, integer_nullspace, integer_rank
from exactrev.recovery.candidates import Candidate
from exactrev.recovery.known import KnownLayers
from exactrev.recovery.layer_signs import LayerSigns
from exactrev.recovery.sightings import Sightings

__all__ = ["find_composite"]


def find_composite(
    below: KnownLayers | None, rows: Sequence[Candidate], found: LayerSigns, sightings: Sightings
) -> int | None:
    """The row, of those the fewest breakpoints speak for, that is such a combination wherever it was seen, or None.

    Units count as on where the signs of `found` say so, or leave it open. A row too many makes no sign wrong, but may
    leave some open: the combination can be solved for any row in it. The one that was seen least is the deeper one's.
    """
    decision = found.decision
    weights = [clear_denominators([w or 0 for w in row.weights])[0] for row in rows]
    for z in sorted(range(len(rows)), key=lambda z: rows[z].agreement.seen):
        if not rows[z].is_complete or rows[z].agreement.is_strong:
            continue
        verdicts = []
        for sighting in sightings.all():
            activations = sighting.activations(below)
            if rows[z].sign_at(activations) != 0:
                continue
            sides = [_side(row, activations) for row in rows]
            on = [
                i
                for i, side in enumerate(sides)
                if i != z and (i in decision.open or decision.signs is None or side == decision.signs[i])
            ]
            if not any(rows[i].missing for i in on) and None not in sides:
                verdicts.append(_is_special(weights[z], [weights[i] for i in on]))
        if verdicts and all(verdicts):
            return z
    return None


def _is_special(row: Sequence[int], others: Sequence[Sequence[int]]) -> bool:
    """Whether a row is a combination of others though it has more entries than rows are needed."""
    relations = integer_nullspace([*zip(*others, row, strict=True)])
    if len(relations) != 1 or not relations[0][-1]:
        return bool(relations) and integer_rank(others) < len(row) and any(relation[-1] for relation in relations)
    return sum(map(bool, relations[0])) <= len(row)


def _side(row: Candidate, activations: Sequence[int] | None) -> int | None:
    """The sign of the row as a layer has it, where its first entry that is not zero is 1."""
    sign = row.sign_at(activations)
    lead = next((entry for entry in (*row.weights, row.bias) if entry), 1)
    return -sign if sign is not None and lead < 0 else sign
