"""Open weights into the last hidden layer, from values, before any sign of that layer is known.

Knows samples and forms v of the last hidden layer that lack some weights W_zi, which stand as 0. Where unit i is
active, z is on one side s of its boundary, and its size is s (v_z + W_zi a_i): linear in W_zi, but s is not known. So
such a sample is two, one for each side, and the consensus of all samples says which is right. A weight is determined if
unit i is active on both sides of z; if only on one, E_i makes up for any weight.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from itertools import product

from exactrev.network import AffineMap, Point
from exactrev.recovery.consensus import find_consensus
from exactrev.recovery.output_layer import AffinePiece, Sample, sample_equations

__all__ = ["find_open_weights", "with_weights"]

_MOST_NEURONS = 2
"""Samples at which open weights of more neurons count are not used: the number of cases doubles with each."""

_LEAST_SAMPLES = 3
"""On either side of a neuron so many samples have to agree where one of its open weights counts."""

Weight = tuple[int, int]


def find_open_weights(
    forms: AffineMap,
    outgoing: Sequence[Sequence[Fraction | None]],
    samples: Sequence[Sample],
    weights: Sequence[Weight],
) -> dict[Weight, Fraction]:
    """Those of the open weights (neuron, unit below) that the samples determine and confirm.

    `weights` are 0 in the forms; `outgoing` has None for neurons whose outgoing weights are not known either: these and
    their products with the open weights are linear unknowns. What is returned agrees with most samples; whoever uses it
    has to look at the others.
    """
    columns = [*zip(*outgoing, strict=True)]
    unknown = tuple(z for z, column in enumerate(columns) if None in column)
    sought = [(z, i) for z, i in weights if any(entry is None or entry for entry in columns[z])]
    o = tuple(tuple(Fraction(0) if z in unknown else Fraction(e or 0) for z, e in enumerate(row)) for row in outgoing)
    blocks, sides = [], []
    for sample in samples:
        active = _active(sample)
        affected = sorted({z for z, i in sought if active[i]})
        if len(affected) > _MOST_NEURONS:
            continue
        for choice in product((1, -1), repeat=len(affected)):
            chosen = dict(zip(affected, choice, strict=True))
            blocks.append(sample_equations(sample, forms, o, unknown, sought, chosen))
            sides.append({(z, i): chosen[z] for z, i in sought if active[i]})
    n = len(unknown) + len(sought) + forms.n_in + 1
    consensus = find_consensus(blocks, n)
    left_out = set(consensus.contradicting)
    counts: dict[tuple[Weight, int], int] = defaultdict(int)
    for number, chosen_sides in enumerate(sides):
        for weight, side in chosen_sides.items() if number not in left_out else ():
            counts[weight, side] += 1
    solved = _solved(consensus.fit, n)
    found = {}
    for place, (z, i) in enumerate(sought, start=len(unknown)):
        sizes = solved.get(unknown.index(z)) if z in unknown else [row[z] for row in o]
        if place not in solved or sizes is None or min(counts[(z, i), side] for side in (1, -1)) < _LEAST_SAMPLES:
            continue
        values = {share / size for share, size in zip(solved[place], sizes, strict=True) if size}
        silent = any(share and not size for share, size in zip(solved[place], sizes, strict=True))
        if len(values) == 1 and not silent:
            found[z, i] = values.pop()
    return found


def _solved(fit: Sequence[Sequence[int]], n: int) -> dict[int, list[Fraction]]:
    """The unknowns that the equations determine, with their values for every output."""
    found = {}
    for row in fit:
        places = [k for k, entry in enumerate(row[:n]) if entry]
        if len(places) == 1:
            found[places[0]] = [Fraction(entry, row[places[0]]) for entry in row[n:]]
    return found


def with_weights(forms: AffineMap, weights: dict[Weight, Fraction]) -> AffineMap:
    """The forms with these weights (neuron, unit below) in place.

    >>> with_weights(AffineMap.from_arrays([[1, 0]], [2]), {(0, 1): Fraction(1, 2)}).W
    ((Fraction(1, 1), Fraction(1, 2)),)
    """
    rows = [[Fraction(entry, forms.denominator) for entry in row] for row in forms.rows]
    for (z, i), value in weights.items():
        rows[z][i] = value
    return AffineMap.from_fractions(rows)


def _active(sample: Sample) -> list[bool]:
    """Which units below are active at the sample."""
    if isinstance(sample, AffinePiece):
        a: Point = sample.activations(sample.point)
        return [v > 0 or any(row[:-1]) for v, row in zip(a, sample.activations.rows, strict=True)]
    return [v > 0 for v in sample.activations]
