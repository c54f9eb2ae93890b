"""The rows of a layer without those that gradients do not need: a deeper neuron's, seen inside one cell of the layer.

Knows the search for the layer, what its rows explain, and the span test on them. Asks only where a row is examined.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exactrev.network import AffineMap
from exactrev.recovery.candidates import Candidate, with_rows
from exactrev.recovery.composites import count_settings, find_circuits
from exactrev.recovery.known import OpenWeights
from exactrev.recovery.layer_signs import LayerSigns, decide_by_span
from exactrev.recovery.neurons import LayerSearch
from exactrev.recovery.sightings import find_activations

__all__ = ["drop_composites"]

CLEARLY = 4
"""A row is not needed if so many gradients on either side of it are spanned without it."""


def drop_composites(
    search: LayerSearch,
    layers: Sequence[AffineMap],
    opened: OpenWeights,
    rows: Sequence[Candidate],
    say: Callable[[str], None],
    *,
    ask: bool,
) -> tuple[list[Candidate], LayerSigns | None]:
    """The rows without those of deeper neurons seen inside one cell of this layer; the span test on the rest.

    Of rows that depend on each other more than rows should, the one goes whose boundary is seen only where the
    others are on certain sides, if gradients are spanned as well without it.
    """
    kept = list(rows)
    found = decide_by_span(with_rows(layers, opened, kept), search.sightings, search.probe, ask=ask)
    while found is not None:
        fewer = _without_needless(search, layers, opened, kept)
        fewer = fewer or _without_one(search, layers, opened, kept, found)
        if fewer is None:
            break
        say(f"a row of layer {len(layers) + 1} is a deeper neuron's: without it gradients are spanned as well")
        kept, found = fewer
    return kept, found


def _without_needless(
    search: LayerSearch, layers: Sequence[AffineMap], opened: OpenWeights, rows: Sequence[Candidate]
) -> tuple[list[Candidate], LayerSigns] | None:
    """The rows without one with open weights that no gradient needs on either side of it; None if there is none."""
    for row in sorted(rows, key=lambda row: row.agreement.seen):
        if row.is_complete or len(rows) == 1:
            continue
        fewer = [other for other in rows if other is not row]
        without = decide_by_span(with_rows(layers, opened, fewer), search.sightings, search.probe, ask=False)
        if without is None or not without.is_clear:
            continue
        sides = [row.sign_at(a) for a in find_activations(search.known, without.telling)]
        if min(sides.count(1), sides.count(-1)) >= CLEARLY:
            return fewer, without
    return None


def _without_one(
    search: LayerSearch,
    layers: Sequence[AffineMap],
    opened: OpenWeights,
    rows: Sequence[Candidate],
    found: LayerSigns,
) -> tuple[list[Candidate], LayerSigns] | None:
    """The rows without one that is a combination of others, and the span test on the rest; None if all stay."""
    for circuit in find_circuits(rows):
        settings = {
            z: count_settings(search.known, [rows[i] for i in circuit if i != z], search.examine(rows[z]))
            for z in circuit
        }
        suspects = [z for z in circuit if settings[z] == min(settings.values())]
        if not rows[circuit[-1]].is_complete:
            suspects = [circuit[-1]]

        def doubt(z: int) -> tuple[bool, bool, int]:
            """The row that lines speak against first, then one whose sign is open, then the one seen least."""
            return not rows[z].agreement.absent, z not in found.decision.open, rows[z].agreement.seen

        for suspect in sorted(suspects, key=doubt):
            fewer = [row for z, row in enumerate(rows) if z != suspect]
            without = decide_by_span(with_rows(layers, opened, fewer), search.sightings, search.probe, ask=False)
            if without is not None and len(without.lacking) <= len(found.lacking):
                return fewer, without
    return None
