"""Which networks can be reconstructed from their boundaries alone: a survey of He-initialised networks.

    python scripts/survey_boundary_sets.py [NETWORKS]

prints a row for each of four shapes: for how many of the first NETWORKS seeds (50) the hypotheses of the corrected
Theorem 2 hold (every boundary connected, those of connected neurons meeting), how many of these are reconstructed, and
what becomes of the others. Every claim of every reconstruction is compared with the network; then the first seeds for
which the hypotheses do hold are looked for, and reconstructed as well.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from time import process_time

import numpy as np

from exactrev.geometry import Boundaries, boundaries, regions
from exactrev.geometry.boundary_pieces import boundary_set
from exactrev.network import Network, Neuron, he_network
from exactrev.recovery.from_boundaries import NetworkFamily, network_from_boundaries

SHAPES = [(2, 3, 3, 1), (2, 4, 4, 1), (3, 4, 4, 1), (2, 3, 3, 3, 1)]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of one network.

    `hypotheses`: do they hold? `outcome`: "recovered", "another network" (complete, and with the same boundaries),
    "partial" (something is open, and named) or "contradiction" (noticed, and named). `wrong`: claims that are false.
    """

    hypotheses: bool
    outcome: str
    wrong: list[str]


def judge(net: Network) -> Judgement:
    """Reconstruct a network from its boundary set, and compare every claim with it."""
    found = boundaries(regions(net))
    pieces = boundary_set(found.complex)
    family = network_from_boundaries(pieces)
    owners = [_neurons_at(net, piece.interior_point()) for piece in pieces.pieces]
    wrong = [*_wrong_order(family, owners, found), *_wrong_rows(family, owners, net)]
    if family.conflicts:
        outcome = "contradiction"
    elif not family.is_complete:
        outcome = "partial"
        wrong += [] if family.unknowns else ["nothing is named as open"]
    elif family.contains(net):
        outcome = "recovered"
    else:
        outcome = "another network"
        wrong += [] if boundary_set(family.member()) == pieces else ["it has other boundaries"]
    return Judgement(hypotheses_hold(found), outcome, wrong)


def hypotheses_hold(found: Boundaries) -> bool:
    """Is every boundary connected and not empty, and do those of consecutive layers meet?"""
    ends = np.cumsum([0, *found.complex.network.hidden_widths]).tolist()
    layers = [slice(low, high) for low, high in pairwise(ends)]
    meet = all(found.meets[one, two].all() for one, two in pairwise(layers))
    return meet and found.complex.is_generic and all(boundary.n_components == 1 for boundary in found)


def _neurons_at(net: Network, point: tuple[Fraction, ...]) -> list[Neuron]:
    values = net.preactivations(point)
    return [Neuron(k, i) for k, layer in enumerate(values, 1) for i, value in enumerate(layer) if value == 0]


def _owner(family: NetworkFamily, owners: list[list[Neuron]], boundary: int) -> Neuron:
    return owners[family.layering.boundaries[boundary][0]][0]


def _wrong_order(family: NetworkFamily, owners: list[list[Neuron]], found: Boundaries) -> Iterator[str]:
    """Parts of boundaries that are not the components of the true ones, and pairs whose order is another."""
    layering = family.layering
    true = []
    for number, own in enumerate(layering.boundaries):
        true.append(_owner(family, owners, number))
        if any(owners[piece] != [true[-1]] for piece in own):
            yield f"boundary {number} belongs to several neurons"
    if Counter(true) != Counter({b.neuron: b.n_components for b in found if b.n_components}):
        yield "the parts of a boundary are not its components"
    for i, one in enumerate(true):
        for j, other in enumerate(true):
            if layering.compare(i, j) not in (None, (one.layer > other.layer) - (one.layer < other.layer)):
                yield f"{one} and {other} are not in the order said"


def _wrong_rows(family: NetworkFamily, owners: list[list[Neuron]], net: Network) -> Iterator[str]:
    """Weights, biases and signs of neurons that were read in their true layer, where they are not the true ones."""
    scales: dict[int, Fraction] = {}
    for number, own in enumerate(family.layering.boundaries):
        z = _owner(family, owners, number)
        pattern = net.pattern(family.layering.boundary_set.pieces[own[0]].interior_point())
        map = net.preactivation_map(z.layer, pattern)
        form = [Fraction(entry, map.denominator) for entry in map.rows[z.index]]
        pivot = next(k for k, entry in enumerate(form) if entry)
        scales[number] = abs(family.forms[own[0]][pivot] / form[pivot])
    true_layers = [_owner(family, owners, number).layer for number in range(len(family.layering.boundaries))]
    for k, layer in enumerate(family.layers, start=1):
        below = [known.boundary for known in family.layers[k - 2]] if k > 1 else []
        for known in layer:
            z = _owner(family, owners, known.boundary)
            if z.layer != k:
                continue
            truth = net.layers[k - 1]
            compared = []
            for weight, source in zip(known.weights, below or range(net.n_in), strict=True):
                if weight is None or (below and true_layers[source] != k - 1):
                    continue
                column = _owner(family, owners, source).index if below else source
                expected = truth.W[z.index][column] * scales[known.boundary] / (scales[source] if below else 1)
                compared.append((weight, expected))
            sources = [_owner(family, owners, source) for source in below]
            if known.bias is not None and (not below or sorted(sources) == [*_layer(net, k - 1)]):
                compared.append((known.bias, truth.b[z.index] * scales[known.boundary]))
            signs = (1,) if known.is_oriented else (1, -1)
            if not any(all(found == sign * expected for found, expected in compared) for sign in signs):
                yield f"the row of {z} is another"


def _layer(net: Network, k: int) -> Iterator[Neuron]:
    return (neuron for neuron in net.neurons() if neuron.layer == k)


def survey(widths: tuple[int, ...], seeds: range) -> dict[str, int]:
    """Counts for one shape."""
    counts: Counter[str] = Counter()
    for seed in seeds:
        judged = judge(he_network(widths, seed))
        counts["hypotheses hold"] += judged.hypotheses
        where = "recovered of these" if judged.hypotheses and judged.outcome == "recovered" else judged.outcome
        if judged.hypotheses and judged.outcome != "recovered":
            counts["MISSED"] += 1
        counts[where] += 1
        counts["wrong claims"] += len(judged.wrong)
    return dict(counts)


def find_seeds(widths: tuple[int, ...], count: int, limit: int) -> Iterator[int]:
    """The first seeds below `limit`, at most `count`, for which the hypotheses hold."""
    for seed in range(limit):
        if count and hypotheses_hold(boundaries(regions(he_network(widths, seed)))):
            count -= 1
            yield seed


COLUMNS = ["hypotheses hold", "recovered of these", "recovered", "another network", "partial", "contradiction",
           "wrong claims"]  # fmt: skip


def main(networks: int) -> None:
    print("network   " + "  ".join(COLUMNS) + "  CPU s")
    for widths in SHAPES:
        start = process_time()
        counts = survey(widths, range(networks))
        cells = "  ".join(f"{counts.get(name, 0):>{len(name)}}" for name in COLUMNS)
        missed = f"  MISSED {counts['MISSED']}" if counts.get("MISSED") else ""
        print(f"{'-'.join(map(str, widths)):10}{cells}  {process_time() - start:5.1f}{missed}")
    for widths in SHAPES:
        start = process_time()
        seeds = list(find_seeds(widths, 20, 60 * networks))
        outcomes = Counter(judge(he_network(widths, seed)).outcome for seed in seeds)
        shape = "-".join(map(str, widths))
        last = seeds[-1] if len(seeds) == 20 else 60 * networks - 1
        print(f"{shape}: the hypotheses hold for {len(seeds)} of the seeds up to {last}: {dict(outcomes)}; "
              f"{process_time() - start:.1f} s")  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
