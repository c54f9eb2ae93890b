"""An inner layer with a unit that is always on: found from pieces at hand where no signs account for the gradients.

Knows the layers so far, the last up to signs, and pieces that were asked for. Such a unit has no boundary, so no search
for rows meets it. What is found is a guess like every other reading: the answers judge the network that comes of it.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from exactrev.network import AffineMap, Point
from exactrev.recovery.always_on import InnerPiece, find_always_on, find_rows
from exactrev.recovery.known import KnownLayers
from exactrev.recovery.last_layer import with_signs
from exactrev.recovery.layer_signs import LayerSigns, piece_at
from exactrev.recovery.sightings import Sightings
from exactrev.recovery.signs import SignDecision

__all__ = ["complete_by_linear_unit", "lacks_everywhere"]

MOST_PIECES = 300
"""So many pieces are looked at, the newest."""

MOST_UNITS = 9
"""All signs of so many units are tried at most, a fraction of a second for nine; for ten it can be some seconds."""


def lacks_everywhere(found: LayerSigns) -> bool:
    """Whether most pieces that could contradict the best signs do, as where a unit that is always on is lacking."""
    return bool(found.lacking) and 2 * len(found.lacking) >= len(found.telling)


def complete_by_linear_unit(
    known: KnownLayers, sightings: Sightings, decision: SignDecision
) -> tuple[AffineMap, SignDecision] | None:
    """The last known layer with its signs and a unit more, which is always on (or two, ReLU(y) and ReLU(-y)).

    None for layer 1, for more than 9 units, and where the pieces show no such unit: one that N does not need on some
    piece switches, and its boundary is to be found. `decision` is what the span test says of the layer by itself.
    """
    if known.depth == 1 or known.last_width > MOST_UNITS:
        return None
    pieces = [_inner_piece(known, point, affine) for point, affine in sightings.known_pieces()[-MOST_PIECES:]]
    telling = [piece for piece in pieces if piece is not None]
    found = find_always_on(telling) if telling else None
    if found is None or found.idle:
        return None
    *below, last = known.layers
    rows = find_rows(below, found.weights)
    signed = with_signs(last, found.signs)
    table = [tuple(Fraction(entry, signed.denominator) for entry in row) for row in signed.rows]
    signs = found.signs + (1,) * len(rows)
    n_against = len(found.contradicted)
    reason = f"a neuron that is always on accounts for {found.needed} of {len(telling)} pieces, {n_against} are against"
    shown = replace(decision, signs=signs, exists=not n_against or None, unique=True, second=None, reason=reason)
    return AffineMap.from_fractions([*table, *rows]), replace(shown, open=())


def _inner_piece(known: KnownLayers, point: Point, affine: AffineMap) -> InnerPiece | None:
    """What is seen at a point; None where a placeholder matters, a boundary is hit, or N is flat."""
    piece = piece_at(known, point, affine)
    if piece is None or not any(map(any, piece.gradients)):
        return None
    pattern = known.place(point).pattern
    below = known.maps(pattern)[-2].rows
    zero = (0,) * known.n_in
    return InnerPiece(piece, tuple(row[:-1] if on else zero for row, on in zip(below, pattern[-1], strict=True)))
