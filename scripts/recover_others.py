"""Recovery of networks with skip connections and with other activations (§5.3), judged by proofs of equality.

    python scripts/recover_others.py [--seeds N]

Prints a line a network and a table in Markdown. A network counts as recovered if the result is proved to be the same
function; in the form of the truth if moreover it has, folded back, the activation and the widths of the truth. All
networks are He-initialised in float32, and the recovery is told points at which its result is wrong.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence

from exactrev.equivalence import decide_equal
from exactrev.network import AffineMap, Point, he_network
from exactrev.network.folding import fold, normal_form
from exactrev.network.piecewise import ABSOLUTE_VALUE, HARD_TANH, RELU6, ActivatedNetwork, Activation, leaky_relu
from exactrev.network.skips import SkipNetwork
from exactrev.recovery.skip_connections import has_free_signs, recover_with_skips

Truth = SkipNetwork | ActivatedNetwork


def skipping(widths: Sequence[int], seed: int) -> SkipNetwork:
    """Every layer reads everything before it."""
    reads, layers = widths[0], []
    for k, width in enumerate(widths[1:]):
        layers.append(he_network((reads, width), seed + 100 * k, "float32").layers[0])
        reads += width
    return SkipNetwork(tuple(layers))


def residual(widths: Sequence[int], seed: int) -> SkipNetwork:
    """ReLU(W ReLU(W' x + b') + b + x) and an output layer: widths n, m, n, n_out."""
    n, m, *_ = widths
    first, second, last = he_network(widths, seed, "float32").layers
    block = [[*(int(i == j) for j in range(n)), *row] for i, row in enumerate(second.W)]
    output = [[*[0] * (n + m), *row] for row in last.W]
    return SkipNetwork((first, AffineMap.from_arrays(block, second.b), AffineMap.from_arrays(output, last.b)))


def activated(phi: Activation) -> Callable[[Sequence[int], int], ActivatedNetwork]:
    return lambda widths, seed: ActivatedNetwork(phi, he_network(widths, seed, "float32").layers)


CASES: list[tuple[str, Callable[[Sequence[int], int], Truth], tuple[int, ...]]] = [
    ("all skip connections free", skipping, (3, 4, 3, 1)),
    ("all skip connections free", skipping, (3, 3, 3, 2, 2)),
    ("residual block, ReLU after the sum", residual, (3, 4, 3, 1)),
    *(
        (phi.name, activated(phi), widths)
        for phi in (leaky_relu("1/5"), ABSOLUTE_VALUE, HARD_TANH, RELU6)
        for widths in ((3, 4, 2), (3, 4, 3, 1), (4, 4, 3, 2))
    ),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=6)
    seeds = range(1, parser.parse_args().seeds + 1)
    lines = ["| networks | architecture | recovered | in the form of the truth | queries |", "|---|---|---|---|---|"]
    for name, make, widths in CASES:
        architecture = "-".join(map(str, widths))
        found = [attempt(make(widths, seed), seed, f"{name} {architecture}") for seed in seeds]
        queries = [spent for is_equal, _, spent in found if is_equal]
        told = f"{min(queries)} to {max(queries)}" if queries else ""
        equal, own = sum(is_equal for is_equal, _, _ in found), sum(is_own for _, is_own, _ in found)
        lines.append(f"| {name} | {architecture} | {equal} of {len(found)} | {own} | {told} |")
    print("\n".join(["", *lines]))


def attempt(truth: Truth, seed: int, name: str) -> tuple[bool, bool, int]:
    """Is the result the same function, has it the form of the truth, and how many queries did that take?"""
    start = time.process_time()
    exact = truth.unrolled()

    def teacher(guess: SkipNetwork) -> Point | None:
        return None if is_same_form(guess, truth) else decide_equal(guess.unrolled(), exact).witness.get("point")

    phi = truth.activation if isinstance(truth, ActivatedNetwork) else None
    known = phi if phi is not None and has_free_signs(phi) else None
    result = recover_with_skips(truth, truth.n_in, seed=seed, rounds=3, activation=known, equivalence=teacher)
    found = result.network
    is_own = found is not None and is_same_form(found, truth)
    is_equal = found is not None and (is_own or decide_equal(found.unrolled(), exact).holds)
    if isinstance(truth, SkipNetwork):
        is_own = found is not None and found.hidden_widths == truth.hidden_widths
    told = "the same function" if is_equal else result.reason
    seconds = time.process_time() - start
    print(f"    {name} seed {seed}: {told}, form {is_own}, {result.queries} queries, {seconds:.1f} s CPU", flush=True)
    return is_equal, is_equal and is_own, result.queries


def is_same_form(found: SkipNetwork, truth: Truth) -> bool:
    """Is it, folded back, the same network up to its symmetries? Then it is the same function."""
    if isinstance(truth, SkipNetwork):
        return False
    folded = fold(found, truth.activation)
    return folded is not None and normal_form(folded) == normal_form(truth)


if __name__ == "__main__":
    main()
