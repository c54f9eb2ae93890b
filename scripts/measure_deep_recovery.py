"""How much of deep networks is recovered from answers alone, weight by weight, judged with the networks in hand.

    python scripts/measure_deep_recovery.py 5-6-6-6-1 [FIRST LAST] [--rounds R] [--plain]

prints a line for each He-initialised float32 network with seeds FIRST to LAST (0 to 9): what the recovery says, how
many of the identifiable weights and biases it found, how many rows it states that are no neuron's, and its cost. The
recovery asks an equivalence oracle, and packed queries unless told otherwise.

A weight counts as found if it stands in a row that agrees with a neuron's up to scale, after the units below have been
matched in the same way; as identifiable unless changing it is proved to change nothing, its neuron is never on or
never off, or it comes from a neuron that is.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from time import process_time

from exactrev.equivalence import decide_equal, find_difference
from exactrev.network import AffineMap, Network, Neuron, he_network, is_isomorphic
from exactrev.recovery import Recovery, recover
from exactrev.recovery.known import OpenWeights
from exactrev.search import (
    Budget,
    Found,
    decide_free,
    find_point_with_neuron_off,
    find_point_with_neuron_on,
)

Row = Sequence[Fraction]
Scale = dict[int, tuple[int, Fraction]]
"""For a recovered unit: the neuron that it is, and by how much its activation is larger."""


@dataclass(frozen=True, slots=True)
class Count:
    """Entries of the true rows that were found, those that can be, and stated rows that are no neuron's."""

    found: int
    identifiable: int
    false_rows: int


def count_weights(net: Network, result: Recovery) -> Count:
    """Match the recovered rows with the network's, layer by layer."""
    network, attempt = result.network, result.attempt
    layers = attempt.layers if network is None else network.layers
    entries: set[tuple[int, int, int]] = set()
    false_rows = 0
    units: Scale = {i: (i, Fraction(1)) for i in range(net.n_in)}
    for k, layer in enumerate(layers, start=1):
        if k > net.depth + 1 or (k == net.depth + 1 and network is None):
            false_rows += layer.n_out
            break
        has_signs = network is not None or k < len(layers) or _has_signs(result, k)
        units, found, wrong = _match_rows(net.layers[k - 1], layer, units, attempt.open_weights, k, has_signs)
        entries |= {(k, z, i) for z, i in found}
        false_rows += wrong
    unknowable = _find_unknowable(net, entries)
    total = sum(layer.n_out * (layer.n_in + 1) for layer in net.layers)
    return Count(len(entries - unknowable), total - len(unknowable), false_rows)


def _has_signs(result: Recovery, k: int) -> bool:
    signs = result.attempt.signs
    return len(signs) >= k and signs[k - 1].unique is True


def _match_rows(
    true: AffineMap, layer: AffineMap, below: Scale, opened: OpenWeights, k: int, has_signs: bool
) -> tuple[Scale, set[tuple[int, int]], int]:
    """The neurons that the rows of a layer are, the entries that are right, and how many rows are no neuron's."""
    units: Scale = {}
    entries: set[tuple[int, int]] = set()
    wrong = 0
    for j, (weights, bias) in enumerate(zip(layer.W, layer.b, strict=True)):
        known: dict[int, Fraction] = {}
        for i, (neuron, scale) in below.items():
            if (Neuron(k, j), i) not in opened:
                known[neuron] = known.get(neuron, Fraction(0)) + weights[i] * scale
        for z, (row, b) in enumerate(zip(true.W, true.b, strict=True)):
            factor = _factor([*(row[i] for i in known), b], [*known.values(), bias])
            if factor is not None and len(known) > 0 and (factor > 0 or not has_signs):
                units[j] = z, abs(factor)
                entries |= {(z, i) for i in (*known, true.n_in)}
                break
        else:
            wrong += 1
    return units, entries, wrong


def _factor(true: Row, stated: Row) -> Fraction | None:
    """c with stated = c true, if there is one and it is not 0."""
    for a, b in zip(true, stated, strict=True):
        if a:
            factor = b / a
            return factor if factor and all(y == factor * x for x, y in zip(true, stated, strict=True)) else None
    return None


def _find_unknowable(net: Network, found: set[tuple[int, int, int]]) -> set[tuple[int, int, int]]:
    """Entries that no answer can show, of those that were not found."""
    unknowable: set[tuple[int, int, int]] = set()
    for k, layer in enumerate(net.layers[:-1], start=1):
        for z in range(layer.n_out):
            neuron = Neuron(k, z)
            on, off = (
                isinstance(decide(net, neuron, Budget(20)), Found)
                for decide in (find_point_with_neuron_on, find_point_with_neuron_off)
            )
            if not (on and off):
                unknowable |= {(k, z, i) for i in range(layer.n_in + 1)}
                unknowable |= {(k + 1, y, z) for y in range(net.layers[k].n_out)}
            if not off:
                unknowable |= {(k + 1, y, net.layers[k].n_in) for y in range(net.layers[k].n_out)}
    for k, layer in enumerate(net.layers, start=1):
        for z in range(layer.n_out):
            for i in range(layer.n_in):
                entry = (k, z, i)
                if entry not in found | unknowable and decide_free(net, k, z, i, Budget(20)).holds:
                    unknowable.add(entry)
    return unknowable


def measure(widths: Sequence[int], seed: int, how: str, rounds: int) -> str:
    """One line about one network."""
    net = he_network(widths, seed, "float32")

    def difference(candidate: Network) -> tuple[Fraction, ...] | None:
        return None if is_isomorphic(net, candidate) else find_difference(net, candidate, seed)

    begun = process_time()
    result = recover(
        lambda x: net(x), net.n_in, how, seed=seed, rounds=rounds, equivalence=difference  # type: ignore[arg-type]
    )
    spent = process_time() - begun
    outcome = "partial"
    if result.network is not None:
        outcome = "exact" if is_isomorphic(net, result.network) else str(decide_equal(net, result.network).outcome)
        outcome = {"HOLDS": "equal", "FAILS": "DIFFERENT"}.get(outcome, outcome)
    count = count_weights(net, result)
    share = 100 if outcome in ("exact", "equal") else 100 * count.found / count.identifiable
    queries = (result.plain_queries + result.packed_queries) / net.parameters
    return (
        f"seed {seed}: {outcome:8} {share:5.1f} % ({count.found} of {count.identifiable}), false rows "
        f"{count.false_rows}; {queries:.1f} queries/parameter, {result.rounds} rounds, {spent:.0f} s; {result.summary}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("widths")
    parser.add_argument("first", nargs="?", type=int, default=0)
    parser.add_argument("last", nargs="?", type=int, default=9)
    parser.add_argument("--rounds", type=int, default=16)
    parser.add_argument("--plain", action="store_true")
    options = parser.parse_args()
    widths = [int(part) for part in options.widths.split("-")]
    for seed in range(options.first, options.last + 1):
        how = "plain" if options.plain else "packed"
        print(measure(widths, seed, how, options.rounds), flush=True)


if __name__ == "__main__":
    main()
